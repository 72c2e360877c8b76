//! Calls whose results are known: applies their effects and reports the events they cause.

use std::sync::Arc;

use libc::pid_t;
use socklab_event::{
    Args, Call, Errno, Name, Outcome, Process as Life, Readiness, SocketId, Stream, Wait,
};

use super::counting::Counting;
use super::descriptors::Descriptors;
use super::effects::Effect;
use super::filters::Filters;
use super::lines::Lines;
use super::reporter::Reporter;
use super::sockets::Sockets;
use super::table::{Descriptor, Shared};
use super::thread::OpenCall;
use super::tracees::Tracees;
use crate::decode::{Limits, decode};
use crate::memory::{MemoryInCall, TraceeMemory};
use crate::options::Options;
use crate::syscall::{Stage, Sys};

/// Results that make the kernel restart a call; programs never see them:
/// `ERESTARTSYS`, `ERESTARTNOINTR`, `ERESTARTNOHAND`, `ERESTART_RESTARTBLOCK` of
/// `include/linux/errno.h`.
const RESTARTS: [i64; 4] = [-512, -513, -514, -516];

/// Results from here to -1 are error numbers, `MAX_ERRNO` of `include/linux/err.h`.
const LARGEST_ERROR: i64 = -4095;

/// What is needed to handle a call.
pub(super) struct Calls<'a> {
    pub(super) options: &'a Options,
    pub(super) tracees: &'a mut Tracees,
    pub(super) sockets: &'a mut Sockets,
    pub(super) lines: &'a mut Lines,
    pub(super) counting: &'a Counting,
    pub(super) reporter: &'a mut Reporter,
}

impl Calls<'_> {
    pub(super) fn descriptors(&mut self) -> Descriptors<'_> {
        Descriptors { tracees: self.tracees, sockets: self.sockets, reporter: self.reporter }
    }

    pub(super) fn filters(&mut self) -> Filters<'_> {
        Filters { tracees: self.tracees, reporter: self.reporter }
    }

    /// How much of the messages of a thread, or of what passes through its standard streams, is
    /// recorded.
    pub(super) fn limits(&self, tid: pid_t, stdio: bool) -> Limits {
        let process = self.tracees.process_of(tid);
        let own = process.and_then(|one| one.stdio_sample.filter(|_| stdio).or(one.sample));
        Limits { sample: own.unwrap_or(self.options.sample) }
    }

    /// Decodes a call whose outcome is known, and reports it.
    pub(super) fn finish(&mut self, tid: pid_t, mut call: OpenCall, outcome: Outcome, ended: u64) {
        self.settle_line(tid, &mut call, outcome);
        let memory = MemoryInCall(TraceeMemory(tid), call.ahead.as_ref());
        let args = decode(&call.entry, outcome, &memory, self.limits(tid, call.stdio));
        if call.stdio {
            return self.report_stdio(tid, &call, &args, ended);
        }
        self.conclude(tid, call, args, outcome, ended);
    }

    /// Applies a decoded call to our tables, and reports it and what followed from it.
    pub(super) fn conclude(
        &mut self,
        tid: pid_t,
        call: OpenCall,
        mut args: Args,
        outcome: Outcome,
        ended: u64,
    ) {
        let effect = self.descriptors().apply(tid, &call, &mut args, outcome);
        if !self.concerns_sockets(tid, &call, &mut args, outcome) {
            return self.report_effect(tid, effect, ended);
        }
        let socket = effect.socket.as_ref().or(call.socket.as_ref());
        let event = Call {
            name: Name::of(call.entry.row.name),
            fd: fd(&call, &args),
            socket: socket.map(|socket| Arc::clone(&socket.borrow().id)),
            args,
            outcome,
            began: call.began,
            ended,
            restarts: call.restarts,
            implicit: false,
            source: call.line.told(),
            counted: call.counted,
        };
        let place = self.tracees.place(tid);
        self.reporter.report(place, event.moment(), event.into());
        self.report_effect(tid, effect, ended);
    }

    /// Fills in what only the tables know. False for calls that turn out not to concern sockets.
    fn concerns_sockets(
        &self,
        tid: pid_t,
        call: &OpenCall,
        args: &mut Args,
        outcome: Outcome,
    ) -> bool {
        let Some(process) = self.tracees.process_of(tid) else {
            return true;
        };
        let table = process.table.borrow();
        match args {
            Args::Poll { waits, .. } => {
                for wait in &mut *waits {
                    wait.socket = table.get(wait.fd).map(|socket| Arc::clone(&socket.borrow().id));
                }
                // A number that belongs to nobody any more is part of the story if the call says so.
                let closed = |wait: &Wait| {
                    let refused = wait.got.has("POLLNVAL") || outcome == BAD;
                    refused && table.was_closed(wait.fd)
                };
                waits.iter().any(|wait| wait.socket.is_some() || closed(wait))
            }
            Args::EpollWait { epoll, ready, .. } => {
                for entry in &mut *ready {
                    entry.fd = table.watched(*epoll, entry.data);
                }
                true
            }
            // The call was made on the number of a closed socket. If it did anything, something else
            // had got the number.
            _ if on_descriptor(call) && call.socket.is_none() => outcome == BAD,
            Args::Other { .. } => !matches!(call.entry.row.sys, Sys::CloseRange | Sys::PidfdGetfd),
            _ => true,
        }
    }

    fn report_stdio(&mut self, tid: pid_t, call: &OpenCall, args: &Args, ended: u64) {
        let stream = match call.entry.fd() {
            0 => Stream::Stdin,
            1 => Stream::Stdout,
            _ => Stream::Stderr,
        };
        let (Args::Send { bytes, .. } | Args::Recv { bytes, .. }) = args else {
            return;
        };
        if bytes.total > 0 {
            let life = Life::Stdio { stream, bytes: bytes.clone() };
            self.reporter.report(self.tracees.place(tid), ended, life.into());
        }
    }

    /// Reports what followed from a call: descriptors closed, who holds the address it wanted,
    /// notices, sockets ready.
    fn report_effect(&mut self, tid: pid_t, effect: Effect, at: u64) {
        self.report_closed(tid, effect.closed, at);
        for state in effect.holders {
            self.reporter.report(self.tracees.place(tid), at, state.into());
        }
        for notice in effect.notices {
            self.reporter.report(self.tracees.place(tid), at, notice.into());
        }
        if let Some((readiness, socket)) = effect.ready {
            self.report_ready(tid, readiness, &socket, at);
        }
    }

    /// Reports that a socket can be reached by others, or is connected. In the first case the next
    /// command may start.
    pub(super) fn report_ready(
        &mut self,
        tid: pid_t,
        readiness: Readiness,
        socket: &Shared,
        at: u64,
    ) {
        let id = Arc::clone(&socket.borrow().id);
        let life = Life::Ready { readiness, at: id.local.clone(), socket: id };
        self.reporter.report(self.tracees.place(tid), at, life.into());
        let command = self.tracees.process_of(tid).map(|process| process.command);
        if let Some(command) = command.filter(|_| readiness != Readiness::Connected) {
            self.tracees.mark_ready(command);
        }
    }

    /// Reports sockets closed by something other than `close`: an exec, an exit, a `dup2`.
    pub(super) fn report_closed(&mut self, tid: pid_t, closed: Vec<(i32, Descriptor)>, at: u64) {
        for (fd, descriptor) in closed {
            let id = Arc::clone(&descriptor.socket.borrow().id);
            let what = implicit_close(fd, id, at).into();
            self.reporter.report(self.tracees.place(tid), at, what);
        }
    }

    /// Handles the start of a call on a socket. If a command was started with the socket, this use
    /// shows that the socket was not left open by accident, and its readiness is reported.
    pub(super) fn use_given(&mut self, tid: pid_t, sys: Sys, socket: &Shared, began: u64) {
        let only_moves =
            matches!(sys, Sys::Close | Sys::Dup | Sys::Dup2 | Sys::Dup3 | Sys::Fcntl | Sys::Ioctl);
        if only_moves {
            return;
        }
        let given = socket.borrow_mut().given.take();
        if let Some(readiness) = given {
            self.report_ready(tid, readiness, socket, began);
        }
    }
}

fn implicit_close(fd: i32, socket: Arc<SocketId>, at: u64) -> Call {
    Call {
        name: Name::of("close"),
        fd: Some(fd),
        socket: Some(socket),
        args: Args::Close,
        outcome: Outcome::Value(0),
        began: at,
        ended: at,
        restarts: 0,
        implicit: true,
        source: None,
        counted: None,
    }
}

/// True for a result that makes the kernel restart the call.
pub(super) fn is_restart(result: i64) -> bool {
    RESTARTS.contains(&result)
}

/// The outcome that a system call's result means.
pub(super) fn outcome_of(result: i64) -> Outcome {
    // The kernel returns no error number that large, but a program may write anything into a slot.
    match i32::try_from(result.saturating_neg()) {
        Ok(errno) if (LARGEST_ERROR..0).contains(&result) => Outcome::Error(Errno(errno)),
        _ => Outcome::Value(result),
    }
}

const BAD: Outcome = Outcome::Error(Errno::EBADF);

/// True for a call that is of interest only because of the descriptor it is made on.
fn on_descriptor(call: &OpenCall) -> bool {
    let row = call.entry.row;
    row.stage == Stage::OnDescriptor
        || matches!(row.sys, Sys::Dup2 | Sys::Dup3 | Sys::Splice | Sys::EpollCtl)
}

/// The descriptor to report as the one the call was made on.
fn fd(call: &OpenCall, args: &Args) -> Option<i32> {
    match (call.entry.row.sys, args) {
        (Sys::EpollCtl, _) => Some(call.entry.words[2] as i32),
        (Sys::Splice, Args::SendFile { into_socket: true, .. }) => Some(call.entry.words[2] as i32),
        (Sys::Splice, _) => Some(call.entry.words[0] as i32),
        _ => call.entry.row.takes_fd().then(|| call.entry.fd()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_are_values_or_error_numbers() {
        assert_eq!(outcome_of(0), Outcome::Value(0));
        assert_eq!(outcome_of(-111), Outcome::Error(Errno::ECONNREFUSED));
        assert_eq!(outcome_of(-4095), Outcome::Error(Errno(4095)));
        for value in [-4096, i64::MIN, i64::MAX] {
            assert_eq!(outcome_of(value), Outcome::Value(value));
        }
        assert!(is_restart(-512) && !is_restart(-4) && !is_restart(0));
    }
}
