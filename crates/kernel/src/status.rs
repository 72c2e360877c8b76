//! `/proc/ID/status`, `proc_pid_status(5)`: many fields in one read.

use std::fs;
use std::io;

/// The status of a thread at the moment it was read.
///
/// Reading it takes about 20 µs: to look at several fields, read it once.
#[derive(Clone, Debug)]
pub struct Status {
    text: String,
}

impl Status {
    /// Reads the status of a thread, or of a process's first thread.
    ///
    /// # Errors
    ///
    /// When there is no such thread.
    pub fn of(thread: u32) -> io::Result<Self> {
        // The name of a program may contain any bytes.
        let text = fs::read(format!("/proc/{thread}/status"))?;
        Ok(Self { text: String::from_utf8_lossy(&text).into_owned() })
    }

    /// Reads the status of the calling thread.
    ///
    /// # Errors
    ///
    /// When `/proc` can't be read.
    pub fn own() -> io::Result<Self> {
        Ok(Self { text: fs::read_to_string("/proc/thread-self/status")? })
    }

    /// The text of a field; `None` if this kernel has no such field.
    pub fn field(&self, name: &str) -> Option<&str> {
        self.text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':').map(str::trim))
    }

    /// The thread that traces this one, if there is one.
    pub fn tracer(&self) -> Option<u32> {
        self.number("TracerPid").filter(|tracer| *tracer != 0)
    }

    /// The thread's real user id.
    pub fn user(&self) -> Option<u32> {
        self.field("Uid")?.split_ascii_whitespace().next()?.parse().ok()
    }

    /// How many seccomp filters the thread has (Linux 5.9).
    pub fn seccomp_filters(&self) -> Option<usize> {
        self.number("Seccomp_filters")
    }

    /// The value of a field that is a single decimal number.
    pub fn number<T: std::str::FromStr>(&self, name: &str) -> Option<T> {
        self.field(name)?.parse().ok()
    }

    /// True if the thread has a handler for this signal.
    pub fn catches(&self, signal: i32) -> bool {
        self.has_signal("SigCgt", signal)
    }

    /// True if the thread ignores this signal.
    pub fn ignores(&self, signal: i32) -> bool {
        self.has_signal("SigIgn", signal)
    }

    /// True if the thread has blocked this signal.
    pub fn blocks(&self, signal: i32) -> bool {
        self.has_signal("SigBlk", signal)
    }

    /// Signal 1 is the lowest bit of a mask.
    fn has_signal(&self, mask: &str, signal: i32) -> bool {
        let mask = self.field(mask).and_then(|mask| u64::from_str_radix(mask, 16).ok());
        (1..=64).contains(&signal) && mask.unwrap_or(0) >> (signal - 1) & 1 == 1
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn status(text: &str) -> Status {
        Status { text: text.to_owned() }
    }

    #[test]
    fn our_own_is_read() {
        let status = Status::of(std::process::id()).unwrap();
        assert_eq!(status.field("Tgid"), Some(std::process::id().to_string().as_str()));
        assert_eq!(status.number("Pid"), Some(std::process::id()));
        assert_eq!(status.user(), Some(rustix::process::getuid().as_raw()));
        // Rust's start-up code ignores SIGPIPE (13) in every program.
        assert!(status.ignores(13) && !status.catches(13));
        assert!(Status::own().unwrap().field("Tgid").is_some());
        assert!(Status::of(u32::MAX).is_err());
    }

    #[test]
    fn fields_are_found_by_their_full_name() {
        let text = "Name:\tTracerPid: 7\nTracerPid:\t0\nSeccomp:\t2\nSeccomp_filters:\t3\n";
        assert_eq!(status(text).tracer(), None);
        assert_eq!(status(text).field("Seccomp"), Some("2"));
        assert_eq!(status(text).seccomp_filters(), Some(3));
        assert_eq!(status(text).field("Name"), Some("TracerPid: 7"));
        assert_eq!(status(text).field("Uid"), None);
    }

    proptest! {
        #[test]
        fn a_mask_has_its_signals(mask: u64, signal in 1..=64) {
            let status = status(&format!("SigIgn:\t{mask:016x}\n"));
            prop_assert_eq!(status.ignores(signal), mask & (1 << (signal - 1)) != 0);
            prop_assert!(!status.catches(signal));
        }

        #[test]
        fn any_text_can_be_read(text: String, name: String, signal: i32) {
            let status = status(&text);
            let _ = (status.field(&name), status.tracer(), status.user());
            let _ = (status.seccomp_filters(), status.catches(signal));
        }
    }
}
