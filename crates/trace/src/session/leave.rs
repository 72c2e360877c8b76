//! A thread returns from a system call: what came of it.

use libc::pid_t;
use socklab_event::{
    Args, Call, Errno, Name, Outcome, Process as Life, Readiness, SocketId, Stream, What,
};
use socklab_kernel::clock;

use super::effects::Effect;
use super::{Done, Session};
use crate::calls::Sys;
use crate::decode::{Limits, decode};
use crate::memory::Of;
use crate::state::InCall;
use crate::table::Shared;

/// Results by which the kernel tells itself to restart a call; programs never see them.
/// `ERESTARTSYS`, `ERESTARTNOINTR`, `ERESTARTNOHAND`, `ERESTART_RESTARTBLOCK`.
const RESTARTS: [i64; 4] = [-512, -513, -514, -516];

/// Results from here up to -1 are error numbers.
const LARGEST_ERROR: i64 = -4095;

impl Session<'_> {
    pub(super) fn on_return(&mut self, tid: pid_t, result: i64) -> Done {
        let ended = clock::now();
        let Some(thread) = self.threads.get_mut(&tid) else {
            return self.resume(tid, 0);
        };
        let Some(mut call) = thread.call.take() else {
            return self.resume(tid, 0);
        };
        if is_restart(result) {
            call.interrupted_at = ended;
            thread.interrupted = Some(call);
        } else {
            self.finish(tid, call, outcome_of(result), ended);
            self.prepare_landings(tid);
        }
        self.resume(tid, 0)
    }

    /// Tells a call whose result is known, and does to our tables what it did to the kernel's.
    pub(super) fn finish(&mut self, tid: pid_t, call: InCall, outcome: Outcome, ended: u64) {
        let args = decode(&call.asked, outcome, &Of(tid), self.limits());
        if call.stdio {
            return self.tell_stdio(tid, &call, &args, ended);
        }
        self.conclude(tid, call, args, outcome, ended);
    }

    /// The rest of [`Session::finish`], for arguments decoded already.
    pub(super) fn conclude(
        &mut self,
        tid: pid_t,
        call: InCall,
        mut args: Args,
        outcome: Outcome,
        ended: u64,
    ) {
        let effect = match outcome {
            Outcome::Value(value) => self.apply(tid, &call, &mut args, value),
            Outcome::Error(errno) => self.apply_failure(tid, &call, &args, errno),
            Outcome::Unfinished => Effect::default(),
        };
        if !self.is_worth_telling(tid, &call, &mut args) {
            return self.tell_effect(tid, effect, ended);
        }
        let socket = effect.socket.as_ref().or(call.socket.as_ref());
        let told = Call {
            name: Name::of(call.asked.row.name),
            fd: fd(&call, &args),
            socket: socket.map(|socket| socket.borrow().id.clone()),
            args,
            outcome,
            began: call.began,
            ended,
            restarts: call.restarts,
            implicit: false,
            source: None,
        };
        let place = self.place(tid);
        self.emit(place, told.moment(), What::Call(Box::new(told)));
        self.tell_effect(tid, effect, ended);
    }

    pub(super) fn limits(&self) -> Limits {
        Limits { sample: self.options.sample }
    }

    /// Fills in what only the tables know; false for calls that turned out not to concern sockets.
    fn is_worth_telling(&mut self, tid: pid_t, call: &InCall, args: &mut Args) -> bool {
        let Some(process) = self.process_of(tid) else {
            return true;
        };
        let table = process.table.borrow();
        match args {
            Args::Poll { waits, .. } => {
                for wait in &mut *waits {
                    wait.socket = table.get(wait.fd).map(|socket| socket.borrow().id.clone());
                }
                waits.iter().any(|wait| wait.socket.is_some())
            }
            Args::EpollWait { epoll, ready, .. } => {
                for entry in &mut *ready {
                    entry.fd = table.watched(*epoll, entry.data);
                }
                true
            }
            Args::Dup { .. } => call.socket.is_some(),
            Args::Other { .. } => !matches!(call.asked.row.sys, Sys::CloseRange | Sys::PidfdGetfd),
            _ => true,
        }
    }

    fn tell_stdio(&mut self, tid: pid_t, call: &InCall, args: &Args, ended: u64) {
        let stream = match call.asked.fd() {
            0 => Stream::Stdin,
            1 => Stream::Stdout,
            _ => Stream::Stderr,
        };
        let (Args::Send { bytes, .. } | Args::Recv { bytes, .. }) = args else {
            return;
        };
        if bytes.total > 0 {
            let what = Life::Stdio { stream, bytes: bytes.clone() };
            self.emit(self.place(tid), ended, What::Process(what));
        }
    }

    /// Tells what followed from a call: descriptors closed, sockets ready, notices.
    fn tell_effect(&mut self, tid: pid_t, effect: Effect, at: u64) {
        for (fd, socket) in effect.closed {
            self.tell_implicit_close(tid, fd, socket, at);
        }
        for notice in effect.notices {
            self.emit(self.place(tid), at, What::Notice(notice));
        }
        if let Some((readiness, socket)) = effect.ready {
            self.tell_ready(tid, readiness, &socket, at);
        }
    }

    /// A socket became able to serve others; a command that waits for it may start.
    pub(super) fn tell_ready(
        &mut self,
        tid: pid_t,
        readiness: Readiness,
        socket: &Shared,
        at: u64,
    ) {
        let command = self.process_of(tid).map(|process| process.command);
        let id = socket.borrow().id.clone();
        let life = Life::Ready { readiness, at: id.local.clone(), socket: id };
        self.emit(self.place(tid), at, What::Process(life));
        if let Some(command) = command.filter(|_| readiness != Readiness::Connected) {
            self.mark_ready(command);
        }
    }

    pub(super) fn tell_implicit_close(&mut self, tid: pid_t, fd: i32, socket: SocketId, at: u64) {
        let call = Call {
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
        };
        self.emit(self.place(tid), at, What::Call(Box::new(call)));
    }

    /// A thread ends, or is let go, in the middle of a call.
    pub(super) fn abandon_call(&mut self, tid: pid_t) {
        self.collect(tid);
        self.forget_shortcut(tid);
        let Some(thread) = self.threads.get_mut(&tid) else {
            return;
        };
        let calls = [thread.call.take(), thread.interrupted.take()];
        for call in calls.into_iter().flatten() {
            self.finish(tid, call, Outcome::Unfinished, clock::now());
        }
    }
}

/// True for a result by which the kernel tells itself to make the call again.
pub(super) fn is_restart(result: i64) -> bool {
    RESTARTS.contains(&result)
}

pub(super) fn outcome_of(result: i64) -> Outcome {
    // No error number is that large, but a program may put any result where we look for one.
    match i32::try_from(result.saturating_neg()) {
        Ok(errno) if (LARGEST_ERROR..0).contains(&result) => Outcome::Error(Errno(errno)),
        _ => Outcome::Value(result),
    }
}

/// The descriptor a call is said to be made on.
fn fd(call: &InCall, args: &Args) -> Option<i32> {
    match (call.asked.row.sys, args) {
        (Sys::EpollCtl, _) => Some(call.asked.words[2] as i32),
        (Sys::Splice, Args::SendFile { into_socket: true, .. }) => Some(call.asked.words[2] as i32),
        (Sys::Splice, _) => Some(call.asked.words[0] as i32),
        _ => call.asked.row.takes_fd().then(|| call.asked.fd()),
    }
}
