//! A pseudo terminal in which a program runs, as a user would see it.

use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Instant;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{LocalModes, Termios, Winsize, tcgetattr, tcsetwinsize};

use super::PATIENCE;

/// A program in a terminal of its own.
pub(crate) struct Terminal {
    screen: File,
    /// The program's end of the terminal, kept open so that its settings can be checked afterwards.
    terminal: File,
    pub(crate) child: Child,
    shown: String,
}

impl Terminal {
    /// Starts a command in a terminal of so many columns and rows.
    pub(crate) fn start(command: &mut Command, columns: u16, rows: u16) -> Self {
        let screen: OwnedFd = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).expect("openpt");
        grantpt(&screen).and_then(|()| unlockpt(&screen)).expect("a terminal");
        let name = ptsname(&screen, Vec::new()).expect("ptsname");
        let name = Path::new(std::ffi::OsStr::from_bytes(name.as_bytes()));
        let terminal = OpenOptions::new().read(true).write(true).open(name).expect("open");
        let size = Winsize { ws_col: columns, ws_row: rows, ws_xpixel: 0, ws_ypixel: 0 };
        tcsetwinsize(&terminal, size).expect("tcsetwinsize");
        let end = || Stdio::from(terminal.try_clone().expect("dup"));
        let child = command.stdin(end()).stdout(end()).stderr(end()).spawn().expect("start");
        Self { screen: File::from(screen), terminal, child, shown: String::new() }
    }

    /// Waits until this text is shown, and returns everything shown up to then.
    #[track_caller]
    pub(crate) fn until(&mut self, text: &str) -> String {
        let start = Instant::now();
        loop {
            if let Some(at) = self.shown.find(text) {
                let rest = self.shown.split_off(at + text.len());
                return std::mem::replace(&mut self.shown, rest);
            }
            let ended = self.child.try_wait().expect("wait");
            assert!(start.elapsed() < PATIENCE, "no {text:?} in\n{}\n({ended:?})", self.shown);
            if self.is_readable(500_000_000) {
                self.take();
            }
        }
    }

    /// Everything that is shown until the program ends.
    #[track_caller]
    pub(crate) fn all(mut self) -> String {
        let start = Instant::now();
        loop {
            let ended = self.child.try_wait().expect("wait").is_some();
            assert!(start.elapsed() < PATIENCE, "still running:\n{}", self.shown);
            // What it wrote last is there when it has ended.
            while self.is_readable(if ended { 0 } else { 20_000_000 }) {
                self.take();
            }
            if ended {
                return std::mem::take(&mut self.shown);
            }
        }
    }

    fn is_readable(&self, nanoseconds: i64) -> bool {
        let mut ready = [PollFd::new(&self.screen, PollFlags::IN)];
        let wait = Timespec { tv_sec: 0, tv_nsec: nanoseconds };
        poll(&mut ready, Some(&wait)).expect("poll") > 0
    }

    fn take(&mut self) {
        let mut piece = [0; 4096];
        let length = self.screen.read(&mut piece).expect("read");
        self.shown.push_str(&String::from_utf8_lossy(&piece[..length]));
    }

    /// Types these characters.
    pub(crate) fn press(&mut self, keys: &str) {
        self.screen.write_all(keys.as_bytes()).expect("write");
    }

    /// The settings of the terminal.
    pub(crate) fn modes(&self) -> Termios {
        tcgetattr(&self.terminal).expect("tcgetattr")
    }

    /// Waits for the end; true if the terminal has its usual settings again.
    #[track_caller]
    pub(crate) fn ends(mut self) -> (ExitStatus, bool) {
        let status = self.child.wait().expect("wait");
        let modes = self.modes().local_modes;
        (status, modes.contains(LocalModes::ICANON | LocalModes::ECHO))
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
