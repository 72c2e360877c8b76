//! The network namespace of a switch, apart from those of the hosts.

use std::os::fd::{AsFd, BorrowedFd};
use std::sync::mpsc;
use std::thread;

use crate::namespace::Network;
use crate::netlink::Netlink;
use crate::wire::WireRefusal;
use crate::wire::ring::{Ring, RingOptions};

/// The namespace in which the ports of a switch are. It lives as long as the switch's ring does.
#[derive(Debug)]
pub(crate) struct Apart {
    network: Network,
    /// Changes the links in it.
    pub(crate) netlink: Netlink,
}

impl Apart {
    /// Makes the namespace and opens the ring in it, and meanwhile does what is to be done besides: the
    /// kernel takes 6 to 13 ms for a ring, in which it does nothing. Returns when both are done.
    pub(crate) fn open<T, E: From<WireRefusal>>(
        options: RingOptions,
        besides: impl FnOnce(&mut Self) -> Result<T, E>,
    ) -> Result<(Ring, Self, T), E> {
        let (tell, told) = mpsc::sync_channel(1);
        let open = move || {
            let _ = tell.send(Self::new()?);
            Ring::open(None, options)
        };
        thread::scope(|scope| {
            let opening = thread::Builder::new()
                .spawn_scoped(scope, open)
                .map_err(|error| WireRefusal::new("clone", error))?;
            // If nothing is told, the thread returns why.
            let done = told.recv().ok().map(|mut apart| -> Result<_, E> {
                let done = besides(&mut apart)?;
                Ok((apart, done))
            });
            let ring = opening.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            match done {
                None => Err(ring.err().unwrap_or_else(|| {
                    WireRefusal::new("unshare CLONE_NEWNET", std::io::ErrorKind::Other)
                }))?,
                Some(done) => {
                    let (apart, done) = done?;
                    Ok((ring?, apart, done))
                }
            }
        })
    }

    fn new() -> Result<Self, WireRefusal> {
        Network::enter_new().map_err(|error| WireRefusal::new("unshare CLONE_NEWNET", error))?;
        // The ports themselves say nothing: no router solicitations, no reports of memberships.
        let _ = socklab_kernel::sysctl::write("net.ipv6.conf.default.disable_ipv6", "1");
        let network = Network::current()
            .map_err(|error| WireRefusal::new("open /proc/thread-self/ns/net", error))?;
        Ok(Self { network, netlink: Netlink::open()? })
    }
}

impl AsFd for Apart {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.network.as_fd()
    }
}
