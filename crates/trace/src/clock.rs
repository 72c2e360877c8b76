//! The one clock.

/// Nanoseconds of `CLOCK_MONOTONIC`, `clock_gettime(2)`; the vDSO answers without a system call.
pub(crate) fn now() -> u64 {
    read(libc::CLOCK_MONOTONIC)
}

/// Unix time, in nanoseconds, of the moment `CLOCK_MONOTONIC` was 0.
pub(crate) fn epoch() -> u64 {
    read(libc::CLOCK_REALTIME).saturating_sub(now())
}

fn read(clock: libc::clockid_t) -> u64 {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: `time` is a valid place for the answer. These clocks always exist.
    unsafe { libc::clock_gettime(clock, &mut time) };
    time.tv_sec as u64 * 1_000_000_000 + time.tv_nsec as u64
}
