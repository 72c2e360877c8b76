//! Which calls advance a conversation, and which only set up, query or clean up.

use socklab_event::{Args, Call, Family};

use crate::options::Options;

/// True if a call advances a conversation.
pub(crate) fn is_essential(call: &Call, options: &Options) -> bool {
    let failed = call.error().is_some();
    let family = call.socket.as_ref().map(|socket| socket.family);
    match &call.args {
        // `getaddrinfo` uses netlink to learn the machine's addresses.
        _ if family == Some(Family::NETLINK) => false,
        Args::Socket { family: Family::NETLINK, .. } => false,
        Args::SetOption { .. } => failed,
        Args::GetOption { value, .. } => {
            matches!(value, Some(socklab_event::OptionValue::Error(errno)) if errno.0 != 0)
        }
        Args::LocalName { .. }
        | Args::PeerName { .. }
        | Args::Dup { .. }
        | Args::Fcntl { .. }
        | Args::Ioctl { .. }
        | Args::EpollControl { .. }
        | Args::Other { .. } => false,
        Args::Poll { .. } | Args::EpollWait { .. } => failed || options.waited(call),
        Args::Close => !failed || !call.implicit,
        _ => true,
    }
}
