//! How many bytes a call moved, whichever of the many calls it was.

use socklab_event::{Args, Bytes, Call, Endpoint, Flags};

/// The bytes a successful send handed to the kernel: how many, and a sample of them.
pub fn sent(call: &Call) -> Option<(u64, &[u8])> {
    let value = u64::try_from(call.value()?).ok()?;
    match &call.args {
        Args::Send { bytes, .. } => Some((bytes.total, taken(bytes))),
        Args::SendMany { messages, .. } => {
            let total = messages.iter().fold(0u64, |sum, one| sum.saturating_add(one.bytes.total));
            Some((total, messages.first().map_or(&[], |one| taken(&one.bytes))))
        }
        Args::SendFile { into_socket: true, .. } => Some((value, &[])),
        _ => None,
    }
}

/// The bytes a successful receive got. Bytes only looked at (`MSG_PEEK`) stay where they were,
/// and the error queue holds none of the other end's: both count as nothing received.
pub fn received(call: &Call) -> Option<(u64, &[u8])> {
    let value = u64::try_from(call.value()?).ok()?;
    match &call.args {
        Args::Recv { flags, .. } | Args::RecvMany { flags, .. } if leaves(flags) => None,
        Args::Recv { bytes, .. } => Some((bytes.total, taken(bytes))),
        Args::RecvMany { messages, .. } => {
            let total = messages.iter().fold(0u64, |sum, one| sum.saturating_add(one.bytes.total));
            Some((total, messages.first().map_or(&[], |one| taken(&one.bytes))))
        }
        Args::SendFile { into_socket: false, .. } => Some((value, &[])),
        _ => None,
    }
}

/// The messages of a successful datagram send or receive, each with the address given.
pub(crate) fn messages(call: &Call) -> Vec<(&Bytes, Option<&Endpoint>)> {
    if call.value().is_none() {
        return Vec::new();
    }
    match &call.args {
        Args::Send { bytes, to, .. } => vec![(bytes, to.as_ref())],
        Args::Recv { flags, .. } | Args::RecvMany { flags, .. } if leaves(flags) => Vec::new(),
        Args::Recv { bytes, from, .. } => vec![(bytes, from.as_ref())],
        Args::SendMany { messages, .. } | Args::RecvMany { messages, .. } => {
            messages.iter().map(|one| (&one.bytes, one.address.as_ref())).collect()
        }
        _ => Vec::new(),
    }
}

/// Does a receive with these flags take nothing out of the queue that the other end fills?
fn leaves(flags: &Flags) -> bool {
    flags.has("MSG_PEEK") || flags.has("MSG_ERRQUEUE")
}

/// The sample, never longer than what moved: a short write's sample may be of all that was asked.
pub(crate) fn taken(bytes: &Bytes) -> &[u8] {
    let most = usize::try_from(bytes.total).unwrap_or(usize::MAX);
    &bytes.sample[..bytes.sample.len().min(most)]
}
