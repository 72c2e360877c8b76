//! Which descriptors of this process the programs it starts inherit.

/// Marks every descriptor of this process but its standard streams close-on-exec.
///
/// Terminals and job runners leak descriptors to the programs they start. If we passed these on,
/// the sockets of our programs would get other numbers. Uses `close_range(2)` of Linux 5.11; does
/// nothing on an older kernel.
pub fn close_others_on_exec() {
    // SAFETY: no pointers; no descriptor is closed, only a flag set.
    unsafe { libc::syscall(libc::SYS_close_range, 3, u32::MAX, libc::CLOSE_RANGE_CLOEXEC) };
}
