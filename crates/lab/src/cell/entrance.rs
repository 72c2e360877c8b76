//! The ways into a cell: by descriptors for its namespaces.

use std::fs::File;
use std::io;
use std::os::fd::{AsFd, OwnedFd};

use rustix::process::Pid;
use rustix::thread::{LinkNameSpaceType, move_into_link_name_space};
use socklab_kernel::Entrance;

use super::options::CellOptions;
use super::powers;
use crate::sandbox::{Planned, Restrictions};
use crate::sys::{self, Forked};

/// Descriptors for the namespaces of a cell, and for the process namespace outside.
#[derive(Debug)]
pub(super) struct Doors {
    user: Option<OwnedFd>,
    network: Option<OwnedFd>,
    mounts: OwnedFd,
    messages: OwnedFd,
    processes: OwnedFd,
    outside: OwnedFd,
    limits: Option<Planned>,
    restrictions: Option<Restrictions>,
}

impl Doors {
    /// Opens the namespaces of the first process of a cell.
    pub(super) fn open(first: Pid, options: &CellOptions) -> io::Result<Self> {
        let of = |name: &str| -> io::Result<OwnedFd> {
            Ok(File::open(format!("/proc/{}/ns/{name}", first.as_raw_pid()))?.into())
        };
        Ok(Self {
            user: options.own_user.then(|| of("user")).transpose()?,
            network: options.own_network.then(|| of("net")).transpose()?,
            mounts: of("mnt")?,
            messages: of("ipc")?,
            processes: of("pid")?,
            outside: File::open("/proc/self/ns/pid")?.into(),
            // Processes of other cells and of the machine would count as well.
            limits: options.limits.map(|limits| limits.plan(false)),
            restrictions: options.sandbox.as_ref().map(Restrictions::new),
        })
    }

    /// A copy, for one new process.
    pub(super) fn entrance(&self) -> io::Result<Self> {
        let copy = |fd: &Option<OwnedFd>| fd.as_ref().map(OwnedFd::try_clone).transpose();
        Ok(Self {
            user: copy(&self.user)?,
            network: copy(&self.network)?,
            mounts: self.mounts.try_clone()?,
            messages: self.messages.try_clone()?,
            processes: self.processes.try_clone()?,
            outside: self.outside.try_clone()?,
            limits: self.limits.clone(),
            restrictions: self.restrictions.clone(),
        })
    }

    /// Moves the calling process, which has one thread, into the cell, but for the process
    /// namespace: only children can be in another one. Async-signal-safe.
    fn move_in(&self) -> io::Result<()> {
        use LinkNameSpaceType as Kind;
        if let Some(user) = &self.user {
            // First, because the others belong to it.
            move_into_link_name_space(user.as_fd(), Some(Kind::User))?;
        }
        if let Some(network) = &self.network {
            move_into_link_name_space(network.as_fd(), Some(Kind::Network))?;
        }
        move_into_link_name_space(self.messages.as_fd(), Some(Kind::InterProcessCommunication))?;
        Ok(move_into_link_name_space(self.mounts.as_fd(), Some(Kind::Mount))?)
    }

    /// Leaves the terminal and the process group of those outside, and gives up all privileges.
    fn settle(&self) -> io::Result<()> {
        // `kill(0, …)` would reach the processes of the same group even in other namespaces.
        rustix::process::setsid()?;
        powers::drop_all()?;
        self.limits.as_ref().map_or(Ok(()), Planned::set)?;
        self.restrictions.as_ref().map_or(Ok(()), |all| all.take().map_err(io::Error::from))
    }

    /// Takes the calling process, which has one thread and is about to execute a program, into the
    /// cell by forking: the child returns from here, inside. The caller waits for the child and
    /// ends as it does. Async-signal-safe.
    pub(super) fn pass(&self) -> io::Result<()> {
        self.move_in()?;
        move_into_link_name_space(self.processes.as_fd(), Some(LinkNameSpaceType::ProcessID))?;
        match sys::fork()? {
            Forked::Child => self.settle(),
            Forked::Parent(child) => sys::end_like(child),
        }
    }
}

impl Entrance for Doors {
    fn before_fork(&mut self) -> io::Result<()> {
        Ok(move_into_link_name_space(self.processes.as_fd(), Some(LinkNameSpaceType::ProcessID))?)
    }

    fn after_fork(&mut self) -> io::Result<()> {
        Ok(move_into_link_name_space(self.outside.as_fd(), Some(LinkNameSpaceType::ProcessID))?)
    }

    fn in_child(&mut self) -> io::Result<()> {
        self.move_in()?;
        self.settle()
    }
}
