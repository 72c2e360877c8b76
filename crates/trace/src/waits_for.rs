//! What the calls that are not made on a socket wait for.

/// What a thread waits for that sleeps in a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum WaitsFor {
    /// For a time: `nanosleep(2)`, `clock_nanosleep(2)`.
    Time,
    /// For a lock or another thread: `futex(2)`.
    Lock,
    /// For a child process: `wait4(2)`, `waitid(2)`.
    Child,
    /// For a signal: `sigsuspend(2)`, `sigwait(3)`, `pause(2)`.
    Signal,
}

/// What the call with this number waits for; `None` for any other call.
pub fn waits_for(number: i64) -> Option<WaitsFor> {
    #[cfg(target_arch = "x86_64")]
    if number == libc::SYS_pause {
        return Some(WaitsFor::Signal);
    }
    match number {
        libc::SYS_nanosleep | libc::SYS_clock_nanosleep => Some(WaitsFor::Time),
        libc::SYS_futex => Some(WaitsFor::Lock),
        libc::SYS_wait4 | libc::SYS_waitid => Some(WaitsFor::Child),
        libc::SYS_rt_sigsuspend | libc::SYS_rt_sigtimedwait => Some(WaitsFor::Signal),
        _ => None,
    }
}

/// The name of the call with this number, if it is one that the tracer tells of.
pub fn call_name(number: i64) -> Option<&'static str> {
    #[cfg(has_arch)]
    return crate::syscall_table::row(number).map(|row| row.name);
    #[cfg(not(has_arch))]
    None.filter(|_: &&str| number >= 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_read_may_wait_for_anything() {
        assert_eq!(waits_for(libc::SYS_read), None);
        assert_eq!(waits_for(libc::SYS_clock_nanosleep), Some(WaitsFor::Time));
    }
}
