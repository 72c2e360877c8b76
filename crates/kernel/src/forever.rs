//! Whether a process waits for somebody else, and for nothing besides.

use std::fs;

use crate::process::{self, State, SystemCall};
use crate::status::Status;
use crate::timeout::{self, Timeout};

/// `SIGALRM`, which `alarm(2)` sends; whether it will, can't be seen from outside.
const ALARM: i32 = 14;
/// Calls of x86-64 that end when somebody else does something, unless they have a time limit: `read`,
/// `write`, `poll`, `readv`, `writev`, `select`, `pause`, `connect`, `accept`, `sendto`, `recvfrom`, `sendmsg`,
/// `recvmsg`, `wait4`, `rt_sigsuspend`, `futex`, `epoll_wait`, `waitid`, `pselect6`, `ppoll`, `epoll_pwait`,
/// `accept4`, `epoll_pwait2`. Others, such as those that wait for a disk, end by themselves.
const WAITS: [i64; 23] = [
    0, 1, 7, 19, 20, 23, 34, 42, 43, 44, 45, 46, 47, 61, 130, 202, 232, 247, 270, 271, 281, 288,
    441,
];
/// What a descriptor may refer to that wakes a thread up without anybody's doing.
const CLOCKS: [&str; 2] = ["anon_inode:[timerfd]", "anon_inode:[io_uring]"];

/// True if no thread of the process will do anything unless another process, or a peer, does
/// something first: each sleeps in a call without a time limit, and the process has set no timer.
/// False when in doubt, and of a process that has ended. A time limit that a socket has
/// (`SO_RCVTIMEO`) can't be seen from outside, nor an `alarm(2)` that would end the process.
pub fn waits_forever(process: u32) -> bool {
    let Ok(threads) = process::threads(process) else { return false };
    !threads.is_empty()
        && threads.into_iter().all(|thread| sleeps_forever(process, thread))
        && !has_timer(process)
}

fn sleeps_forever(process: u32, thread: u32) -> bool {
    let inside = || match process::system_call(process, thread).ok()? {
        SystemCall::Inside { number, arguments, .. } if WAITS.contains(&number) => {
            Some(timeout::of(process, number, arguments))
        }
        _ => None,
    };
    cfg!(target_arch = "x86_64")
        && process::state(process, thread) == Some(State::Sleeping)
        && inside() == Some(Timeout::Never)
        // The alarm would be handled, or be taken by `sigwait(3)` or a `signalfd(2)`.
        && Status::of(thread).is_ok_and(|it| !it.catches(ALARM) && !it.blocks(ALARM))
}

/// True if the process has a timer of POSIX or of a descriptor, or if that can't be known.
fn has_timer(process: u32) -> bool {
    // Without `CONFIG_CHECKPOINT_RESTORE` there is no such file.
    let timers = fs::read(format!("/proc/{process}/timers"));
    let Ok(descriptors) = fs::read_dir(format!("/proc/{process}/fd")) else { return true };
    let is_clock = |path: std::path::PathBuf| {
        let target = fs::read_link(path).unwrap_or_default();
        target.to_str().is_some_and(|target| CLOCKS.contains(&target))
    };
    timers.map_or(true, |timers| !timers.is_empty())
        || descriptors.flatten().any(|entry| is_clock(entry.path()))
}

#[cfg(test)]
mod tests {
    use std::io::{BufRead, BufReader};
    use std::process::{Command, Stdio};
    use std::time::{Duration, Instant};

    use socklab_prerequisites::need;

    use super::*;

    /// Whether a program in Python is found to wait forever.
    fn waits(program: &str, within: Duration) -> bool {
        let program = format!("import os, signal, select, sys, threading, time\n{program}");
        let mut child = Command::new("python3")
            .args(["-c", &program])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        // It may still be on its way to where it sleeps, but not for long.
        let begin = Instant::now();
        let asleep = || {
            let mut threads = process::threads(child.id()).unwrap().into_iter();
            threads.all(|thread| process::state(child.id(), thread) == Some(State::Sleeping))
        };
        let mut forever = false;
        while !forever && begin.elapsed() < within {
            forever = asleep() && waits_forever(child.id());
            std::thread::yield_now();
        }
        child.kill().unwrap();
        child.wait().unwrap();
        forever
    }

    #[test]
    #[cfg(target_arch = "x86_64")]
    fn who_reads_without_a_time_limit_waits_for_somebody_else() {
        need!("python3");
        let within = Duration::from_secs(20);
        assert!(waits("print(flush=True)\nsys.stdin.read()", within));
        let two =
            "threading.Thread(target=sys.stdin.read).start()\nprint(flush=True)\nsignal.pause()";
        assert!(waits(two, within));
    }

    #[test]
    fn who_has_a_clock_does_not() {
        need!("python3");
        let clocks = [
            "print(flush=True)\nselect.select([0], [], [], 60)",
            "print(flush=True)\ntime.sleep(60)",
            "signal.signal(signal.SIGALRM, print)\nprint(flush=True)\nsys.stdin.read()",
            "signal.pthread_sigmask(signal.SIG_BLOCK, [14])\nprint(flush=True)\nsignal.sigwait([14])",
            "threading.Timer(60, print).start()\nprint(flush=True)\nsys.stdin.read()",
        ];
        for clock in clocks {
            assert!(!waits(clock, Duration::from_millis(50)), "{clock}");
        }
    }

    #[test]
    fn who_runs_or_has_ended_does_not() {
        assert!(!waits_forever(std::process::id()));
        assert!(!waits_forever(u32::MAX));
    }
}
