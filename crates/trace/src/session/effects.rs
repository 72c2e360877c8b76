//! The effects of a call that has returned on descriptors and sockets.

use std::rc::Rc;
use std::sync::Arc;

use libc::pid_t;
use socklab_event::{
    Args, Control, Errno, Family, Flags, Notice, OptionValue, Outcome, Protocol, Readiness,
    SocketId, SocketType, State,
};

use super::descriptors::Descriptors;
use super::in_use;
use super::table::{self, Descriptor, Shared};
use super::thread::OpenCall;
use crate::probe;
use crate::syscall::Sys;

/// What a call caused, besides its own event.
#[derive(Default)]
pub(super) struct Effect {
    /// The socket it created.
    pub(super) socket: Option<Shared>,
    /// A socket that can be reached or is connected from now on.
    pub(super) ready: Option<(Readiness, Shared)>,
    /// Descriptors it closed as a side effect.
    pub(super) closed: Vec<(i32, Descriptor)>,
    pub(super) notices: Vec<Notice>,
    /// The sockets that hold the address it wanted.
    pub(super) holders: Vec<State>,
}

impl Descriptors<'_> {
    /// Makes the changes to our tables that the call made to the kernel's, and completes the
    /// arguments with what only the tables know.
    pub(super) fn apply(
        &mut self,
        tid: pid_t,
        call: &OpenCall,
        args: &mut Args,
        outcome: Outcome,
    ) -> Effect {
        match outcome {
            Outcome::Value(value) => self.apply_success(tid, call, args, value),
            Outcome::Error(errno) => self.apply_failure(tid, call, args, errno),
            Outcome::Unfinished => Effect::default(),
        }
    }

    fn apply_success(
        &mut self,
        tid: pid_t,
        call: &OpenCall,
        args: &mut Args,
        value: i64,
    ) -> Effect {
        let mut effect = Effect::default();
        let new_fd = i32::try_from(value).unwrap_or(-1);
        match (args, &call.socket) {
            (Args::Socket { family, kind, flags, protocol }, _) => {
                let id = new_socket(tid, new_fd, (*family, *kind, *protocol));
                effect.socket = Some(self.create(tid, new_fd, id, is_cloexec(flags)));
            }
            (Args::Socketpair { family, kind, flags, protocol, fds, second }, _) => {
                // Which is the other end of each is known: there is nothing to ask the kernel.
                let pair = fds.iter().map(|fd| new_socket(tid, *fd, (*family, *kind, *protocol)));
                if let [one, other] = &mut pair.collect::<Vec<_>>()[..] {
                    (one.peer_inode, other.peer_inode) = (other.inode, one.inode);
                    let cloexec = is_cloexec(flags);
                    effect.socket = Some(self.create(tid, fds[0], one.clone(), cloexec));
                    let other = self.create(tid, fds[1], other.clone(), cloexec);
                    *second = Some(Arc::clone(&other.borrow().id));
                }
            }
            (Args::Accept { peer, flags, listener }, Some(listening)) => {
                let id = self.accepted(tid, new_fd, &listening.borrow().id, peer.as_ref());
                *listener = Some(Arc::clone(&listening.borrow().id));
                effect.socket = Some(self.create(tid, new_fd, id, is_cloexec(flags)));
            }
            (Args::Dup { flags }, Some(socket)) => {
                let cloexec = flags.has("O_CLOEXEC");
                let socket = Rc::clone(socket);
                if call.entry.words[0] as i32 != new_fd {
                    effect.closed = self.replace(tid, new_fd, Some((socket, cloexec)));
                }
            }
            (Args::Bind { address }, Some(socket)) => {
                self.bound(tid, call.entry.fd(), socket, address);
                let socket_ref = socket.borrow();
                let reachable = socket_ref.id.local.as_ref().is_some_and(table::is_reachable);
                if socket_ref.is_datagram() && reachable {
                    effect.ready = Some((Readiness::Bound, Rc::clone(socket)));
                }
            }
            (Args::Listen { .. }, Some(socket)) => {
                self.refresh(tid, call.entry.fd(), socket);
                effect.ready = Some((Readiness::Listening, Rc::clone(socket)));
            }
            (Args::Connect { address }, Some(socket)) => {
                self.connected(tid, call.entry.fd(), socket, address);
                effect.ready = Some((Readiness::Connected, Rc::clone(socket)));
            }
            (Args::Send { control, flags, to, .. }, Some(socket)) => {
                match to {
                    // It asks for a connection as connect does.
                    Some(address) if flags.has("MSG_FASTOPEN") => {
                        self.connected(tid, call.entry.fd(), socket, address);
                        effect.ready = Some((Readiness::Connected, Rc::clone(socket)));
                    }
                    _ => self.sent(tid, call.entry.fd(), socket),
                }
                effect.notices.extend(self.passed_on(tid, control));
            }
            (Args::SendMany { messages, .. }, Some(socket)) => {
                self.sent(tid, call.entry.fd(), socket);
                for message in messages {
                    effect.notices.extend(self.passed_on(tid, &message.control));
                }
            }
            (Args::Recv { control, flags, .. }, _) => {
                effect.notices.extend(self.received(tid, control, flags));
            }
            (Args::RecvMany { messages, flags, .. }, _) => {
                for message in messages {
                    effect.notices.extend(self.received(tid, &message.control, flags));
                }
            }
            (Args::GetOption { option, value, .. }, Some(socket)) if option == "SO_ERROR" => {
                let connecting = socket.borrow().connecting;
                if connecting && *value == Some(OptionValue::Int(0)) {
                    self.refresh(tid, call.entry.fd(), socket);
                    if socket.borrow().id.peer.is_some() {
                        effect.ready = Some((Readiness::Connected, Rc::clone(socket)));
                    }
                }
                socket.borrow_mut().connecting = false;
            }
            (Args::Fcntl { command, argument, .. }, _) if command == "F_SETFD" => {
                let cloexec = *argument & libc::FD_CLOEXEC as u64 != 0;
                self.set_cloexec(tid, call.entry.fd(), cloexec);
            }
            (Args::Ioctl { request, .. }, _) if request == "FIOCLEX" || request == "FIONCLEX" => {
                self.set_cloexec(tid, call.entry.fd(), request == "FIOCLEX");
            }
            (Args::EpollControl { epoll, interest: Some(interest), .. }, _) => {
                let fd = call.entry.words[2] as i32;
                if let Some(process) = self.tracees.process_of(tid) {
                    process.table.borrow_mut().watch(*epoll, fd, interest.data);
                }
            }
            (args @ Args::SendFile { .. }, _) if call.entry.row.sys == Sys::Splice => {
                self.orient_splice(tid, call, args);
            }
            (Args::IoUring { .. }, _) => {
                let notice = self.watch_ring(tid, new_fd, call.entry.words[1]);
                effect.notices.extend(notice);
            }
            (Args::Dup { .. }, None) => effect.closed = self.replace(tid, new_fd, None),
            (Args::Other { words }, _) => match call.entry.row.sys {
                Sys::CloseRange => effect.closed = self.close_range(tid, words),
                Sys::PidfdGetfd if self.adopt(tid, new_fd, true).is_some() => {
                    effect.notices.push(Notice::Passed { fds: vec![new_fd], received: true });
                }
                _ => {}
            },
            _ => {}
        }
        effect
    }

    /// Most calls that fail change nothing. A failed `close` does, because Linux frees the
    /// descriptor even then; but our table dropped the descriptor at entry.
    fn apply_failure(&mut self, tid: pid_t, call: &OpenCall, args: &Args, errno: Errno) -> Effect {
        let mut effect = Effect::default();
        if let (Args::Connect { address }, Some(socket)) = (args, &call.socket)
            && errno == Errno::EINPROGRESS
        {
            self.connected(tid, call.entry.fd(), socket, address);
            socket.borrow_mut().connecting = true;
        }
        if let Some(socket) = &call.socket
            && let Some(holders) = in_use::holders(tid, args, &socket.borrow().id, errno)
        {
            effect.holders = holders.states;
            effect.notices.extend(holders.path);
        }
        effect
    }

    /// Finds out which end of a splice is the socket.
    fn orient_splice(&self, tid: pid_t, call: &OpenCall, args: &mut Args) {
        let Some(process) = self.tracees.process_of(tid) else {
            return;
        };
        let (from, to) = (call.entry.words[0] as i32, call.entry.words[2] as i32);
        let into = process.table.borrow().get(to).is_some();
        if let Args::SendFile { other_fd, into_socket, .. } = args {
            (*other_fd, *into_socket) = if into { (from, true) } else { (to, false) };
        }
    }

    /// The notice of sockets sent to another process by `SCM_RIGHTS`.
    fn passed_on(&self, tid: pid_t, control: &[Control]) -> Option<Notice> {
        let process = self.tracees.process_of(tid)?;
        let table = process.table.borrow();
        let fds: Vec<i32> = rights(control).filter(|fd| table.get(*fd).is_some()).collect();
        (!fds.is_empty()).then_some(Notice::Passed { fds, received: false })
    }

    /// The notice of sockets received from another process by `SCM_RIGHTS`, which are adopted.
    fn received(&mut self, tid: pid_t, control: &[Control], flags: &Flags) -> Option<Notice> {
        let cloexec = flags.has("MSG_CMSG_CLOEXEC");
        let mut fds: Vec<i32> = rights(control).collect();
        fds.retain(|fd| self.adopt(tid, *fd, cloexec).is_some());
        (!fds.is_empty()).then_some(Notice::Passed { fds, received: true })
    }
}

/// A socket that has just been created. `asked` are the arguments of the call.
fn new_socket(tid: pid_t, fd: i32, asked: (Family, SocketType, Protocol)) -> SocketId {
    let (family, kind, protocol) = asked;
    SocketId {
        netns: probe::netns(tid),
        family,
        kind,
        protocol: table::resolve(kind, protocol),
        local: None,
        peer: None,
        inode: probe::inode(tid, fd),
        peer_inode: None,
    }
}

fn is_cloexec(flags: &Flags) -> bool {
    flags.has("SOCK_CLOEXEC")
}

/// The descriptors in a message's ancillary data.
fn rights(control: &[Control]) -> impl Iterator<Item = i32> {
    let fds = control.iter().filter_map(|piece| match piece {
        Control::Rights { fds } => Some(fds),
        _ => None,
    });
    fds.flatten().copied()
}
