//! Calls that move bytes: `send`, `recv`, `read`, `write` and their relatives.

use socklab_event::{Args, Bytes, Flags, Outcome};

use super::entry::Before;
use super::header::Header;
use super::returned::Returned;
use super::{address, flags, message};
use crate::memory::Memory;
use crate::syscall::Sys;

pub(super) fn send(call: &Returned<'_, impl Memory>) -> Args {
    let memory = call.memory;
    let (buffers, flags, to, control) = match call.entry.row.sys {
        Sys::Sendto => {
            let (pointer, length) = (call.word(4), call.word(5));
            let to = (pointer != 0).then(|| address::passed(memory, pointer, length));
            (vec![(call.word(1), call.word(2))], message_flags(call, 3), to, Box::default())
        }
        Sys::Write => (vec![(call.word(1), call.word(2))], Flags::default(), None, Box::default()),
        Sys::Sendmsg => {
            let header = Header::read(memory, call.word(1)).unwrap_or_default();
            let buffers = message::buffers(memory, header.buffers, header.buffer_count);
            (buffers, message_flags(call, 2), header.to(memory), message::control(&header, memory))
        }
        _ => {
            let buffers = message::buffers(memory, call.word(1), call.word(2));
            (buffers, Flags::default(), None, Box::default())
        }
    };
    let (offered, sent) = (message::capacity(&buffers), call.count());
    let shown = if sent > 0 { sent } else { offered };
    let sample = message::gather(memory, &buffers, shown, call.limits.sample);
    Args::Send { asked: offered, bytes: Bytes { sample, total: sent }, flags, to, control }
}

pub(super) fn receive(call: &Returned<'_, impl Memory>) -> Args {
    let memory = call.memory;
    let mut got = Flags::default();
    let mut control = Box::default();
    let (buffers, flags, from) = match call.entry.row.sys {
        Sys::Recvfrom => {
            let from = call.written_address(4, 5);
            (vec![(call.word(1), call.word(2))], message_flags(call, 3), from)
        }
        Sys::Read => (vec![(call.word(1), call.word(2))], Flags::default(), None),
        Sys::Recvmsg => {
            let Before::Header(before) = call.entry.before else {
                return call.undecoded();
            };
            let buffers = message::buffers(memory, before.buffers, before.buffer_count);
            let after = Header::read(memory, call.word(1)).filter(|_| call.has_succeeded());
            let from = after.and_then(|after| {
                got = after.returned_flags();
                // The kernel changes neither pointer, only the lengths.
                let length = after.control_length.min(before.control_length);
                let header = Header { control_length: length, ..before };
                control = message::control(&header, memory);
                address::returned(memory, before.name, before.name_length, after.name_length)
            });
            (buffers, message_flags(call, 2), from)
        }
        _ => (message::buffers(memory, call.word(1), call.word(2)), Flags::default(), None),
    };
    let (room, received) = (message::capacity(&buffers), call.count());
    // With MSG_TRUNC the result may exceed the room: it is the datagram's own length.
    let sample = message::gather(memory, &buffers, received.min(room), call.limits.sample);
    Args::Recv { room, bytes: Bytes { sample, total: received }, flags, got, from, control }
}

pub(super) fn send_many(call: &Returned<'_, impl Memory>) -> Args {
    // Where the kernel refuses, it has refused the first message: it tells of those before another.
    let is_refused = matches!(call.outcome, Outcome::Error(_));
    let count = if is_refused { 1 } else { call.count() as usize };
    let sample = call.limits.sample;
    let mut messages = message::many(call.memory, call.word(1), count, None, sample);
    if let Some(refused) = messages.first_mut().filter(|_| is_refused) {
        refused.bytes = Bytes::default();
    }
    Args::SendMany { asked: call.uint(2), messages, flags: message_flags(call, 3) }
}

pub(super) fn receive_many(call: &Returned<'_, impl Memory>) -> Args {
    let Before::Capacities(capacities) = &call.entry.before else {
        return call.undecoded();
    };
    let (count, sample) = (call.count() as usize, call.limits.sample);
    let messages = message::many(call.memory, call.word(1), count, Some(capacities), sample);
    Args::RecvMany { room: call.uint(2), messages, flags: message_flags(call, 3) }
}

pub(super) fn sendfile(call: &Returned<'_, impl Memory>) -> Args {
    Args::SendFile { other_fd: call.int(1), asked: call.word(3), into_socket: true }
}

/// Only the caller knows which end is the socket; it swaps the two where necessary.
pub(super) fn splice(call: &Returned<'_, impl Memory>) -> Args {
    Args::SendFile { other_fd: call.int(0), asked: call.word(4), into_socket: true }
}

/// The `MSG_…` flags in an argument.
fn message_flags(call: &Returned<'_, impl Memory>, index: usize) -> Flags {
    flags::flags(u64::from(call.uint(index)), flags::MSG)
}
