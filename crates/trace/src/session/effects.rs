//! What a call did to descriptors and sockets, done to our tables too.

use std::rc::Rc;

use libc::pid_t;
use socklab_event::{Args, Control, Errno, Flags, Notice, OptionValue, Readiness, SocketId};
use socklab_kernel::clock;

use super::Session;
use crate::calls::Sys;
use crate::probe;
use crate::state::InCall;
use crate::table::{self, Shared};

/// What followed from a call.
#[derive(Default)]
pub(super) struct Effect {
    /// The socket it created.
    pub(super) socket: Option<Shared>,
    /// What can be done now.
    pub(super) ready: Option<(Readiness, Shared)>,
    /// Descriptors closed on the way.
    pub(super) closed: Vec<(i32, SocketId)>,
    pub(super) notices: Vec<Notice>,
}

impl Session<'_> {
    /// Applies a call that succeeded with this value.
    pub(super) fn apply(
        &mut self,
        tid: pid_t,
        call: &InCall,
        args: &mut Args,
        value: i64,
    ) -> Effect {
        let mut effect = Effect::default();
        let new_fd = i32::try_from(value).unwrap_or(-1);
        match (args, &call.socket) {
            (Args::Socket { family, kind, flags, protocol }, _) => {
                let id = SocketId {
                    netns: probe::netns(tid),
                    family: *family,
                    kind: *kind,
                    protocol: table::resolve(*family, *kind, *protocol),
                    local: None,
                    peer: None,
                    inode: probe::inode(tid, new_fd),
                    peer_inode: None,
                };
                effect.socket = Some(self.create(tid, new_fd, id, is_cloexec(flags)));
            }
            (Args::Socketpair { fds, flags, second, .. }, _) => {
                let flag = is_cloexec(flags);
                let pair: Vec<_> = fds.iter().map(|fd| self.adopt(tid, *fd, flag)).collect();
                if let [Some(one), Some(other)] = &pair[..] {
                    let inodes = (one.borrow().id.inode, other.borrow().id.inode);
                    (other.borrow_mut().id.peer_inode, one.borrow_mut().id.peer_inode) = inodes;
                    *second = Some(Box::new(other.borrow().id.clone()));
                }
                effect.socket = pair.into_iter().next().flatten();
            }
            (Args::Accept { peer, flags, listener }, Some(listening)) => {
                let id = self.accepted(tid, new_fd, &listening.borrow().id, peer.as_ref());
                *listener = Some(Box::new(listening.borrow().id.clone()));
                effect.socket = Some(self.create(tid, new_fd, id, is_cloexec(flags)));
            }
            (Args::Dup { flags }, Some(socket)) => {
                let cloexec = flags.has("O_CLOEXEC");
                let socket = Rc::clone(socket);
                if call.asked.words[0] as i32 != new_fd {
                    effect.closed = self.replace(tid, new_fd, Some((socket, cloexec)));
                }
            }
            (Args::Bind { .. }, Some(socket)) => {
                self.refresh(tid, call.asked.fd(), socket);
                let socket_ref = socket.borrow();
                let reachable = socket_ref.id.local.as_ref().is_some_and(table::is_reachable);
                if socket_ref.is_datagram() && reachable {
                    effect.ready = Some((Readiness::Bound, Rc::clone(socket)));
                }
            }
            (Args::Listen { .. }, Some(socket)) => {
                self.refresh(tid, call.asked.fd(), socket);
                effect.ready = Some((Readiness::Listening, Rc::clone(socket)));
            }
            (Args::Connect { address }, Some(socket)) => {
                self.connected(tid, call.asked.fd(), socket, address);
                effect.ready = Some((Readiness::Connected, Rc::clone(socket)));
            }
            (Args::Send { control, .. }, Some(socket)) => {
                self.after_send(tid, call, socket);
                effect.notices.extend(self.passed_on(tid, control));
            }
            (Args::SendMany { messages, .. }, Some(socket)) => {
                self.after_send(tid, call, socket);
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
                    self.refresh(tid, call.asked.fd(), socket);
                    if socket.borrow().id.peer.is_some() {
                        effect.ready = Some((Readiness::Connected, Rc::clone(socket)));
                    }
                }
                socket.borrow_mut().connecting = false;
            }
            (Args::Fcntl { command, argument, .. }, _) if command == "F_SETFD" => {
                let cloexec = *argument & libc::FD_CLOEXEC as u64 != 0;
                self.set_cloexec(tid, call.asked.fd(), cloexec);
            }
            (Args::Ioctl { request, .. }, _) if request == "FIOCLEX" || request == "FIONCLEX" => {
                self.set_cloexec(tid, call.asked.fd(), request == "FIOCLEX");
            }
            (Args::EpollControl { epoll, interest: Some(interest), .. }, _) => {
                let fd = call.asked.words[2] as i32;
                if let Some(process) = self.process_of(tid) {
                    process.table.borrow_mut().watch(*epoll, fd, interest.data);
                }
            }
            (args @ Args::SendFile { .. }, _) if call.asked.row.sys == Sys::Splice => {
                self.orient_splice(tid, call, args);
            }
            (Args::IoUring { .. }, _) => effect.notices.push(Notice::IoUring),
            (Args::Dup { .. }, None) => effect.closed = self.replace(tid, new_fd, None),
            (Args::Other { words }, _) => match call.asked.row.sys {
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

    /// Applies a call that failed. Most change nothing.
    pub(super) fn apply_failure(
        &mut self,
        tid: pid_t,
        call: &InCall,
        args: &Args,
        errno: Errno,
    ) -> Effect {
        match (args, &call.socket) {
            (Args::Connect { address }, Some(socket)) if errno == Errno::EINPROGRESS => {
                self.connected(tid, call.asked.fd(), socket, address);
                socket.borrow_mut().connecting = true;
            }
            // A failed close too: the descriptor was forgotten at entry, rightly, as Linux closes
            // it even then.
            _ => {}
        }
        Effect::default()
    }

    fn orient_splice(&mut self, tid: pid_t, call: &InCall, args: &mut Args) {
        let Some(process) = self.process_of(tid) else {
            return;
        };
        let (from, to) = (call.asked.words[0] as i32, call.asked.words[2] as i32);
        let into = process.table.borrow().get(to).is_some();
        if let Args::SendFile { other_fd, into_socket, .. } = args {
            (*other_fd, *into_socket) = if into { (from, true) } else { (to, false) };
        }
    }

    /// Sockets sent to another process by `SCM_RIGHTS`.
    fn passed_on(&mut self, tid: pid_t, control: &[Control]) -> Option<Notice> {
        let process = self.process_of(tid)?;
        let table = process.table.borrow();
        let fds: Vec<i32> = rights(control).filter(|fd| table.get(*fd).is_some()).collect();
        (!fds.is_empty()).then_some(Notice::Passed { fds, received: false })
    }

    /// Sockets received from another process by `SCM_RIGHTS`.
    fn received(&mut self, tid: pid_t, control: &[Control], flags: &Flags) -> Option<Notice> {
        let cloexec = flags.has("MSG_CMSG_CLOEXEC");
        let mut fds: Vec<i32> = rights(control).collect();
        fds.retain(|fd| self.adopt(tid, *fd, cloexec).is_some());
        (!fds.is_empty()).then_some(Notice::Passed { fds, received: true })
    }

    fn close_range(&mut self, tid: pid_t, words: &[u64]) -> Vec<(i32, SocketId)> {
        let &[first, last, flags, ..] = words else {
            return Vec::new();
        };
        let (first, last) = (first as u32, last as u32);
        if flags & u64::from(libc::CLOSE_RANGE_UNSHARE) != 0 {
            self.on_unshare(tid, libc::CLONE_FILES as u64);
        }
        let Some(process) = self.process_of(tid) else {
            return Vec::new();
        };
        let mut table = process.table.borrow_mut();
        if flags & u64::from(libc::CLOSE_RANGE_CLOEXEC) != 0 {
            table.set_cloexec_range(first, last);
            return Vec::new();
        }
        let taken = table.take_range(first, last);
        taken.into_iter().map(|(fd, entry)| (fd, entry.socket.borrow().id.clone())).collect()
    }

    fn set_cloexec(&mut self, tid: pid_t, fd: i32, cloexec: bool) {
        if let Some(process) = self.process_of(tid) {
            process.table.borrow_mut().set_cloexec(fd, cloexec);
        }
    }

    /// Puts a socket, or something else, behind a descriptor; tells what socket was there before.
    fn replace(
        &mut self,
        tid: pid_t,
        fd: i32,
        with: Option<(Shared, bool)>,
    ) -> Vec<(i32, SocketId)> {
        let Some(process) = self.process_of(tid) else {
            return Vec::new();
        };
        let before = process.table.borrow_mut().remove(fd);
        if let Some((socket, cloexec)) = with {
            process.table.borrow_mut().insert(fd, socket, cloexec);
            self.cover(tid, fd);
        }
        before.map(|entry| (fd, entry.socket.borrow().id.clone())).into_iter().collect()
    }

    /// Closes whatever sockets an ending or executing process still has.
    pub(super) fn close_implicitly(&mut self, tid: pid_t, closed: Vec<(i32, table::Entry)>) {
        let at = clock::now();
        for (fd, entry) in closed {
            let id = entry.socket.borrow().id.clone();
            self.tell_implicit_close(tid, fd, id, at);
        }
    }
}

fn is_cloexec(flags: &Flags) -> bool {
    flags.has("SOCK_CLOEXEC")
}

fn rights(control: &[Control]) -> impl Iterator<Item = i32> {
    let fds = control.iter().filter_map(|piece| match piece {
        Control::Rights { fds } => Some(fds),
        _ => None,
    });
    fds.flatten().copied()
}
