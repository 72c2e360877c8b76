//! Network namespaces, which a thread can be in without the rest of its process.

use std::fs::File;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::thread::{LinkNameSpaceType, UnshareFlags, move_into_link_name_space};
use socklab_kernel::sysctl;

use crate::sys;

/// A descriptor for a network namespace. The namespace lives as long as anything in it or a
/// descriptor for it does.
#[derive(Debug)]
pub(crate) struct Network(OwnedFd);

impl Network {
    /// The one that the calling thread is in.
    pub(crate) fn current() -> io::Result<Self> {
        Ok(Self(File::open("/proc/thread-self/ns/net")?.into()))
    }

    /// Moves the calling thread into a new one, in which `lo` is down. Reading its tables of
    /// connections takes microseconds instead of milliseconds, and ports below 1024 are open to all
    /// users, unless these settings may not be written.
    pub(crate) fn enter_new() -> io::Result<()> {
        // It applies to the namespaces that are made from this one (Linux 6.1).
        let _ = sysctl::write("net.ipv4.tcp_child_ehash_entries", "256");
        sys::unshare(UnshareFlags::NEWNET)?;
        let _ = sysctl::write("net.ipv4.ip_unprivileged_port_start", "0");
        Ok(())
    }

    /// Another descriptor for it.
    pub(crate) fn try_clone(&self) -> io::Result<Self> {
        self.0.try_clone().map(Self)
    }

    /// Moves the calling thread into it. Async-signal-safe.
    pub(crate) fn enter(&self) -> io::Result<()> {
        Ok(move_into_link_name_space(self.0.as_fd(), Some(LinkNameSpaceType::Network))?)
    }
}

impl AsFd for Network {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}
