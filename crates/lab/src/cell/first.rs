//! The first process of a cell: makes the cell's mounts, and then does nothing until it is killed.
//!
//! It is a copy of the process that made it, forked without `exec` to be ready at once. So before
//! anybody else is in the cell it closes all descriptors and makes its memory unreadable.

use std::ffi::CString;
use std::io;
use std::os::fd::{AsFd, AsRawFd, OwnedFd};

use rustix::event::{PollFd, PollFlags, poll};
use rustix::fs::{Mode, OFlags, open};
use rustix::io::Errno;
use rustix::pipe::{PipeFlags, pipe_with};
use rustix::process::{DumpableBehavior, Pid, Signal, pidfd_send_signal, set_dumpable_behavior};
use socklab_kernel::parent::{self, Parent};
use socklab_kernel::process;

use super::entrance::Doors;
use super::options::CellOptions;
use super::powers;
use super::view::View;
use crate::refusal::NamespaceRefusal;
use crate::sys::{self, Cloned};

/// The steps that the first process reports, as their index.
const STEPS: [&str; 20] = [
    "prctl PR_SET_PDEATHSIG",
    "/proc/self/setgroups",
    "/proc/self/uid_map",
    "/proc/self/gid_map",
    "mount --make-rprivate /",
    "mount proc",
    "write user.max_user_namespaces",
    "mount read-only in /proc",
    "mount --bind",
    "mount -o remount,bind,ro",
    "open_tree",
    "mount tmpfs",
    "mount tmpfs /tmp",
    "mkdir for what is shown",
    "mount /dev",
    "open_tree /dev",
    "move_mount",
    "mount_setattr MOUNT_ATTR_RDONLY",
    "mount_setattr MOUNT_ATTR_NOSUID",
    "mount_setattr to write",
];
/// What stands for any other step.
const OTHER: u32 = STEPS.len() as u32;

/// Everything the first process needs, allocated before it is forked.
struct Plan {
    parent: OwnedFd,
    maps: Option<[(&'static std::ffi::CStr, CString); 3]>,
    view: View,
    /// Tells the first process to go on: its namespaces have been opened, its report was heard.
    go: OwnedFd,
    /// Where it reports that a part is done, or what went wrong.
    report: OwnedFd,
}

/// Starts the first process of a new cell, and waits until the cell is ready.
pub(super) fn start(options: &CellOptions) -> Result<(Pid, OwnedFd, Doors), NamespaceRefusal> {
    let refused = |step| move |error| NamespaceRefusal::new(step, error);
    let pipe =
        || pipe_with(PipeFlags::CLOEXEC).map_err(|e| NamespaceRefusal::new("pipe2", e.into()));
    let ((go, ours), (news, report)) = (pipe()?, pipe()?);
    let user = rustix::process::geteuid().as_raw();
    let group = rustix::process::getegid().as_raw();
    let text = |text: String| CString::new(text).expect("a text of ours without a zero byte");
    let maps = options.own_user.then(|| {
        [
            (c"/proc/self/setgroups", text("deny".to_owned())),
            (c"/proc/self/uid_map", text(format!("{user} {user} 1"))),
            (c"/proc/self/gid_map", text(format!("{group} {group} 1"))),
        ]
    });
    let this = process::pidfd(std::process::id()).map_err(refused("pidfd_open"))?;
    let plan = Plan { parent: this, maps, view: View::new(options)?, go, report };
    let mut flags = libc::CLONE_NEWPID | libc::CLONE_NEWNS | libc::CLONE_NEWIPC;
    if options.own_user {
        flags |= libc::CLONE_NEWUSER;
    }
    if options.own_network {
        flags |= libc::CLONE_NEWNET;
    }
    let (pid, pidfd) = match sys::clone(flags).map_err(refused("clone CLONE_NEWPID|CLONE_NEWNS"))? {
        Cloned::Child => plan.be_first(),
        Cloned::Parent(pid, pidfd) => (pid, pidfd),
    };
    drop(plan);
    let begun = Doors::open(pid, options)
        .map_err(refused("open the namespaces of the first process in /proc"))
        .and_then(|doors| {
            // First it makes the mounts, then it closes all descriptors, of which `report` is the last.
            for _ in 0..2 {
                rustix::io::write(&ours, b"!")
                    .map_err(|e| NamespaceRefusal::new("write", e.into()))?;
                hear(&news)?;
            }
            let _ = rustix::io::retry_on_intr(|| rustix::io::read(&news, &mut [0_u8]));
            Ok(doors)
        });
    match begun {
        Ok(doors) => Ok((pid, pidfd, doors)),
        Err(refusal) => {
            // It may have ended already.
            let _ = pidfd_send_signal(&pidfd, Signal::KILL);
            let _ = sys::wait_for_any_child(pid);
            Err(refusal)
        }
    }
}

/// What the first process reports.
fn hear(news: &OwnedFd) -> Result<(), NamespaceRefusal> {
    let mut words = [0; 8];
    let count = rustix::io::retry_on_intr(|| rustix::io::read(news, &mut words));
    let [a, b, c, d, e, f, g, h] = words;
    let (step, errno) = (u32::from_ne_bytes([a, b, c, d]), i32::from_ne_bytes([e, f, g, h]));
    match count {
        Ok(8) if errno == 0 => Ok(()),
        Ok(8) => {
            let step = STEPS.get(step as usize).copied().unwrap_or("prepare the cell");
            Err(NamespaceRefusal::new(step, io::Error::from_raw_os_error(errno)))
        }
        _ => Err(NamespaceRefusal::new("start a first process", io::ErrorKind::BrokenPipe.into())),
    }
}

impl Plan {
    /// The first process's side. It was forked from a process that may have several threads, so
    /// everything here is async-signal-safe: nothing allocates, frees or takes a lock.
    fn be_first(mut self) -> ! {
        let prepared = self.prepare();
        self.say(prepared);
        // Whoever is heard after the death signal was set is followed by that signal when it ends.
        self.wait_to_go_on();
        let closed = sys::close_all_but(self.report.as_raw_fd());
        self.say(closed.map_err(|errno| ("close_range", errno)));
        // The last one.
        let _ = sys::close_all_but(-1);
        sys::reap_forever()
    }

    fn prepare(&mut self) -> Result<(), (&'static str, Errno)> {
        let failed = |step| move |errno| (step, errno);
        let number = |error: io::Error| Errno::from_io_error(&error).unwrap_or(Errno::INVAL);
        parent::end_with(Parent::Pidfd(self.parent.as_fd()))
            .map_err(|error| (STEPS[0], number(error)))?;
        self.wait_to_go_on();
        for (path, text) in self.maps.iter().flatten() {
            let step = STEPS.into_iter().find(|step| step.as_bytes() == path.to_bytes());
            let failed = failed(step.unwrap_or_default());
            let file =
                open(*path, OFlags::WRONLY | OFlags::CLOEXEC, Mode::empty()).map_err(failed)?;
            rustix::io::write(&file, text.as_bytes()).map_err(failed)?;
        }
        self.view.make()?;
        powers::drop_all().map_err(failed("give up the capabilities"))?;
        set_dumpable_behavior(DumpableBehavior::NotDumpable).map_err(failed("prctl"))?;
        rustix::process::setsid().map(drop).map_err(failed("setsid"))
    }

    /// Waits for the parent's next byte, and ends this process if the parent ends instead. The end
    /// of the pipe would not tell that: this process has a copy of the other end. And neither does
    /// the death signal, if the parent's thread was already gone when it was set while another
    /// thread of the parent was still ending.
    fn wait_to_go_on(&self) {
        let mut either =
            [PollFd::new(&self.go, PollFlags::IN), PollFd::new(&self.parent, PollFlags::IN)];
        let ready = rustix::io::retry_on_intr(|| poll(&mut either, None));
        let parent_has_ended = !either[1].revents().is_empty();
        if ready.is_err()
            || parent_has_ended
            || rustix::io::retry_on_intr(|| rustix::io::read(&self.go, &mut [0_u8])) != Ok(1)
        {
            sys::exit_now(1);
        }
    }

    /// Reports that a part is done; or what went wrong, which ends this process.
    fn say(&self, done: Result<(), (&'static str, Errno)>) {
        let (index, errno) = match done {
            Ok(()) => (0, 0),
            Err((step, errno)) => {
                let index = STEPS.iter().position(|known| *known == step);
                let index = index.and_then(|index| u32::try_from(index).ok()).unwrap_or(OTHER);
                (index, errno.raw_os_error())
            }
        };
        let mut words = [0; 8];
        words[..4].copy_from_slice(&index.to_ne_bytes());
        words[4..].copy_from_slice(&errno.to_ne_bytes());
        let _ = rustix::io::write(&self.report, &words);
        if done.is_err() {
            sys::exit_now(1);
        }
    }
}
