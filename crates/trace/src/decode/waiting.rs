//! Calls that wait for several descriptors: `poll`, `select`, `epoll_wait`.

use socklab_event::{Args, Name};

use super::entry::Before;
use super::poll_sets;
use super::returned::Returned;
use crate::memory::Memory;

pub(super) fn poll(call: &Returned<'_, impl Memory>) -> Args {
    Args::Poll {
        waits: poll_sets::poll(call.memory, call.word(0), u64::from(call.uint(1))),
        timeout: call.entry.timeout(),
    }
}

pub(super) fn select(call: &Returned<'_, impl Memory>) -> Args {
    let Before::Sets(before, timeout) = &call.entry.before else {
        return call.undecoded();
    };
    let sets = [call.word(1), call.word(2), call.word(3)];
    let after = call.has_succeeded().then(|| poll_sets::sets(call.memory, call.word(0), sets));
    let waits = poll_sets::select(call.word(0), before, after.as_ref());
    Args::Poll { waits, timeout: *timeout }
}

pub(super) fn epoll_wait(call: &Returned<'_, impl Memory>) -> Args {
    Args::EpollWait {
        epoll: call.int(0),
        max: call.int(2),
        ready: poll_sets::ready(call.memory, call.word(1), call.count() as usize),
        timeout: call.entry.timeout(),
    }
}

pub(super) fn epoll_ctl(call: &Returned<'_, impl Memory>) -> Args {
    let operation = match call.int(1) {
        libc::EPOLL_CTL_ADD => Name::of("EPOLL_CTL_ADD"),
        libc::EPOLL_CTL_DEL => Name::of("EPOLL_CTL_DEL"),
        libc::EPOLL_CTL_MOD => Name::of("EPOLL_CTL_MOD"),
        other => Name::from(format!("operation {other}")),
    };
    let interest = match call.int(1) {
        libc::EPOLL_CTL_DEL => None,
        _ => poll_sets::interest(call.memory, call.word(3)),
    };
    Args::EpollControl { epoll: call.int(0), operation, interest }
}
