//! Which descriptors of this process the programs it starts will have.

/// Marks every descriptor of this process but its standard streams close-on-exec.
///
/// Terminals and job runners leak descriptors to what they start. Passed on, they would give the
/// sockets of our programs other numbers. `close_range(2)`, Linux 5.11; nothing happens on an
/// older kernel.
pub fn close_others_on_exec() {
    // SAFETY: no pointers; no descriptor is closed, only a flag set.
    unsafe { libc::syscall(libc::SYS_close_range, 3, u32::MAX, libc::CLOSE_RANGE_CLOEXEC) };
}
