//! The ways into a host: its network, its name and its files, as descriptors for namespaces.

use std::ffi::CString;
use std::fs::{self, File};
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::ffi::OsStringExt;
use std::os::unix::process::CommandExt;
use std::process::Command;

use rustix::mount::{MountPropagationFlags, mount_change};
use rustix::thread::{LinkNameSpaceType, UnshareFlags, move_into_link_name_space};
use socklab_kernel::Entrance;

use super::files;
use super::host::Home;
use super::options::{Addresses, HostsRefusal};
use crate::names::{only_dns, show_in_etc};
use crate::sys;
use crate::wire::WireRefusal;

/// Descriptors for the namespaces of a host.
#[derive(Debug)]
pub(super) struct Doors {
    home: Home,
    name: OwnedFd,
    files: OwnedFd,
}

impl Doors {
    /// Makes the host's name and files, in namespaces of their own.
    pub(super) fn make(
        home: &Home,
        name: &str,
        all: &[(&str, Addresses)],
    ) -> Result<Self, HostsRefusal> {
        let refused = |step: &'static str| move |error| WireRefusal::new(step, error);
        let make = || -> Result<Self, HostsRefusal> {
            sys::unshare(UnshareFlags::NEWNS | UnshareFlags::NEWUTS)
                .map_err(refused("unshare CLONE_NEWNS|CLONE_NEWUTS"))?;
            // Otherwise what is mounted here would appear at others.
            mount_change("/", MountPropagationFlags::REC | MountPropagationFlags::PRIVATE)
                .map_err(|errno| WireRefusal::new("mount --make-rprivate /", errno))?;
            rustix::system::sethostname(name.as_bytes())
                .map_err(|errno| WireRefusal::new(format!("sethostname {name}"), errno))?;
            let machine = fs::read_to_string("/etc/nsswitch.conf").unwrap_or_default();
            let texts = [
                ("hosts", files::hosts(name, all)),
                ("hostname", format!("{name}\n")),
                ("resolv.conf", files::resolver(all)),
                ("nsswitch.conf", only_dns(&machine)),
            ];
            show_in_etc(&texts)?;
            let of = |kind: &str| -> io::Result<OwnedFd> {
                Ok(File::open(format!("/proc/thread-self/ns/{kind}"))?.into())
            };
            Ok(Self { home: home.copy()?, name: of("uts")?, files: of("mnt")? })
        };
        home.within(make)?
    }

    /// A copy, for one new process.
    pub(super) fn entrance(&self) -> io::Result<Self> {
        let (name, files) = (self.name.try_clone()?, self.files.try_clone()?);
        Ok(Self { home: self.home.copy()?, name, files })
    }

    /// The namespaces, in the order in which they are entered.
    pub(super) fn namespaces(&self) -> [BorrowedFd<'_>; 3] {
        [self.home.as_fd(), self.name.as_fd(), self.files.as_fd()]
    }

    /// Makes `command` run in the host, in the working directory that it would have outside.
    pub(super) fn contain(&self, command: &mut Command) -> io::Result<()> {
        let directory = match command.get_current_dir() {
            Some(directory) => std::path::absolute(directory)?,
            None => std::env::current_dir()?,
        };
        let directory = CString::new(directory.into_os_string().into_vec())?;
        let doors = self.entrance()?;
        let enter = move || {
            doors.move_in()?;
            // Another mount namespace begins with its root as the working directory.
            Ok(rustix::process::chdir(directory.as_c_str())?)
        };
        // SAFETY: both call only async-signal-safe functions.
        unsafe { command.pre_exec(enter) };
        Ok(())
    }

    /// Runs `work` on a thread in the host, and waits for it.
    pub(super) fn within<T: Send>(
        &self,
        work: impl FnOnce() -> T + Send,
    ) -> Result<T, HostsRefusal> {
        let work = || -> io::Result<T> {
            // A thread shares its working directory with the others, unless it has one of its own:
            // only then it may change its mount namespace.
            sys::unshare(UnshareFlags::FS)?;
            self.move_in()?;
            Ok(work())
        };
        Ok(self.home.within(work)??)
    }

    /// Moves the calling thread into the host. Async-signal-safe.
    fn move_in(&self) -> io::Result<()> {
        use LinkNameSpaceType as Kind;
        self.home.enter()?;
        move_into_link_name_space(self.name.as_fd(), Some(Kind::HostNameAndNISDomainName))?;
        Ok(move_into_link_name_space(self.files.as_fd(), Some(Kind::Mount))?)
    }
}

impl Entrance for Doors {
    fn before_fork(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn after_fork(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn in_child(&mut self) -> io::Result<()> {
        self.move_in()
    }
}
