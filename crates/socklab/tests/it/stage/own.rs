//! A copy of socklab whose processes can be recognised, to check that none is left.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use socklab_kernel::process;

use super::{PATIENCE, program};

/// socklab at a path that no other process runs, so that its children can be recognised.
pub(crate) struct Own {
    pub(crate) path: PathBuf,
    _folder: tempfile::TempDir,
}

impl Own {
    pub(crate) fn new() -> Own {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("socklab");
        fs::copy(env!("CARGO_BIN_EXE_socklab"), &path).expect("a copy of socklab");
        // Executable for everybody, whatever the umask.
        for path in [folder.path(), &path] {
            fs::set_permissions(path, fs::Permissions::from_mode(0o755)).expect("chmod");
        }
        Own { path, _folder: folder }
    }

    pub(crate) fn command(&self, words: &[&str]) -> Command {
        let mut command = program(self.path.to_str().expect("a path of plain letters"));
        command.args(words);
        command
    }

    /// The processes that run this file, according to the kernel. A zombie runs nothing.
    pub(crate) fn processes(&self) -> Vec<u32> {
        let mut processes = process::all().expect("/proc");
        processes.retain(|pid| process::executable(*pid).is_some_and(|file| file == self.path));
        processes
    }

    /// Waits until no process runs this file any more. An NTP client may take 3 seconds to give up.
    #[track_caller]
    pub(crate) fn assert_nothing_left(&self, after: &str) {
        let deadline = Instant::now() + PATIENCE / 3;
        loop {
            let left = self.processes();
            let Some(first) = left.first() else { return };
            let command_line = process::arguments(*first).0.join(" ");
            if Instant::now() > deadline {
                panic!("after {after}: {left:?}, such as {command_line}");
            }
            await_end(*first, Duration::from_secs(1));
        }
    }
}

impl Drop for Own {
    fn drop(&mut self) {
        self.processes().into_iter().for_each(kill);
    }
}

/// Waits until a process has ended, at most this long.
pub(crate) fn await_end(pid: u32, time: Duration) {
    let Ok(pidfd) = process::pidfd(pid) else { return };
    process::has_ended_within(pidfd, time).expect("poll");
}

pub(crate) fn kill(pid: u32) {
    if let Some(pid) = Pid::from_raw(pid as i32) {
        let _ = kill_process(pid, Signal::KILL);
    }
}
