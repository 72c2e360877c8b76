//! Asks the kernel whether threads sleep.

use socklab_kernel::process::{self, State, SystemCall};

/// The calls for which the kernel is asked whether the thread is still in them. A thread can leave
/// some of these without an event, such as calls on its standard streams that moved no bytes; the
/// rest are calls that steps often wait for. Other calls are not compared, because the kernel may
/// restart them under another number (`restart_syscall(2)`).
const COMPARED: [&str; 10] = [
    "read", "readv", "write", "writev", "recvfrom", "recvmsg", "sendto", "sendmsg", "accept",
    "accept4",
];

/// `recv(2)`; the same number on every processor.
const MSG_WAITALL: u64 = 0x100;

/// A thread inside a call.
#[derive(Clone, Debug)]
pub(super) struct Inside {
    pub(super) process: u32,
    pub(super) command: usize,
    /// The word for the call in scenarios.
    pub(super) call: String,
    /// The system call.
    pub(super) name: String,
    /// Its number.
    pub(super) number: i64,
    /// The descriptor it is made on.
    pub(super) fd: Option<i32>,
    /// When it was entered, in ns of `CLOCK_MONOTONIC`.
    pub(super) began: u64,
}

/// True if the thread is still in the call that it was seen to enter, and sleeps there.
pub(super) fn is_asleep_in(inside: &Inside, thread: u32) -> bool {
    // A thread that its tracer has stopped does not count as asleep.
    process::state(inside.process, thread) == Some(State::Sleeping) && is_in(inside, thread)
}

/// True if the thread sleeps in a call that returns when its buffer is full: whatever arrives until
/// then comes in one piece.
pub(super) fn is_filling(inside: &Inside, thread: u32) -> bool {
    let flags = match inside.name.as_str() {
        "recvfrom" => 3,
        "recvmsg" => 2,
        _ => return false,
    };
    let call = process::system_call(inside.process, thread);
    matches!(call, Ok(SystemCall::Inside { number, arguments, .. })
        if number == inside.number && arguments[flags] & MSG_WAITALL != 0)
        && process::state(inside.process, thread) == Some(State::Sleeping)
}

/// True if all threads of the process sleep or have ended.
pub(super) fn is_calm(process: u32) -> bool {
    let Ok(threads) = process::threads(process) else { return true };
    threads.into_iter().all(|thread| {
        let state = process::state(process, thread);
        state.is_none_or(|state| state == State::Sleeping || state.has_ended())
    })
}

/// True if the process has a socket of the Internet protocols.
pub(super) fn is_on_network(process: u32) -> bool {
    let sockets = process::sockets(process);
    let mut protocols =
        sockets.iter().filter_map(|socket| process::socket_protocol(process, socket.fd));
    protocols.any(|protocol| !protocol.starts_with("UNIX") && protocol != "NETLINK")
}

/// True if the thread is still in the call, or if the kernel does not say: then we rely on what the
/// tracer saw.
fn is_in(inside: &Inside, thread: u32) -> bool {
    if !COMPARED.contains(&inside.name.as_str()) {
        return true;
    }
    match process::system_call(inside.process, thread) {
        Ok(call) => is_call(call, inside.number, inside.fd),
        Err(_) => true,
    }
}

fn is_call(call: SystemCall, expected: i64, fd: Option<i32>) -> bool {
    let SystemCall::Inside { number, arguments, .. } = call else { return false };
    // A descriptor is an int: the upper half of its register may hold anything.
    number == expected && fd.is_none_or(|fd| arguments[0] as u32 == fd.cast_unsigned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_is_identified_by_number_and_descriptor() {
        let arguments = [0xdead_0000_0000_0003, 0x7ffd, 0x400, 0, 0, 0];
        let (stack, instruction) = (0x7ffc, 0x7f12);
        let call = SystemCall::Inside { number: 45, arguments, stack, instruction };
        assert!(is_call(call, 45, Some(3)) && is_call(call, 45, None));
        assert!(!is_call(call, 45, Some(4)));
        assert!(!is_call(call, 0, Some(3)));
        assert!(!is_call(SystemCall::Running, 45, Some(3)));
        assert!(!is_call(SystemCall::Outside, 45, None));
    }
}
