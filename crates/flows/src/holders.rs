//! Who has a socket open. `fork`, `dup` and `SCM_RIGHTS` give a socket further descriptors, in the
//! same process or in others, and only the close of the last of them closes the socket: the closes
//! before send nothing to the peer (close(2), fork(2), unix(7)).

use std::collections::BTreeMap;

use crate::numbers::NumberMap;
use socklab_event::{Args, Call, Control, Errno, Event, Notice, Process, What};

use crate::{Position, Socket};

/// A descriptor that referred to a socket.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Holding {
    /// The process.
    pub process: u32,
    /// The descriptor.
    pub fd: i32,
    /// The event that gave it to the process: the call that created it, or the start of a child
    /// that inherited it. Where that was not recorded, the first event of the process.
    pub since: Position,
    /// The close that took it away; `None` if the recording shows none.
    pub until: Option<Position>,
    /// True if a child inherited it from its parent.
    pub inherited: bool,
}

impl Holding {
    /// True if the process had the descriptor when the event at `at` happened.
    pub fn at(&self, at: Position) -> bool {
        self.since <= at && self.until.is_none_or(|until| until > at)
    }
}

/// Who has each socket open, and when.
#[derive(Debug, Default)]
pub struct Holders {
    by_socket: Vec<Vec<Holding>>,
    /// The sockets that somebody outside the recording may have open too.
    elsewhere: Vec<bool>,
}

impl Holders {
    /// Every descriptor that ever referred to a socket, in order of appearance.
    pub fn of(&self, socket: usize) -> &[Holding] {
        self.by_socket.get(socket).map_or(&[], Vec::as_slice)
    }

    /// The descriptors that referred to a socket at a moment.
    pub fn at(&self, socket: usize, at: Position) -> impl Iterator<Item = &Holding> {
        self.of(socket).iter().filter(move |holding| holding.at(at))
    }

    /// True if these are all descriptors of the socket: its creation was recorded, and it was never
    /// handed to a process that is not recorded.
    pub fn are_known(&self, socket: usize) -> bool {
        self.elsewhere.get(socket).is_some_and(|elsewhere| !elsewhere)
    }

    /// The close of a socket's last descriptor; `None` while one is open, or if others may exist.
    pub fn last_close(&self, socket: usize) -> Option<Position> {
        let all = self.of(socket);
        if !self.are_known(socket) || all.is_empty() {
            return None;
        }
        all.iter().map(|holding| holding.until).try_fold(0, |last, until| Some(last.max(until?)))
    }
}

/// Follows every descriptor of every process.
pub(crate) fn follow(order: &[&Event], sockets: &[Socket], socket_at: &[Option<usize>]) -> Holders {
    let inodes = sockets.iter().enumerate();
    let inodes = inodes.filter_map(|(index, socket)| Some((socket.identity.inode?, index)));
    let mut tables = Tables {
        holders: Holders {
            by_socket: vec![Vec::new(); sockets.len()],
            elsewhere: sockets.iter().map(|socket| socket.created.is_none()).collect(),
        },
        by_inode: inodes.collect(),
        open: NumberMap::default(),
        began: NumberMap::default(),
        arrived: NumberMap::default(),
        closed: NumberMap::default(),
    };
    for (at, event) in order.iter().enumerate() {
        tables.see(at, event, socket_at[at]);
    }
    tables.holders
}

struct Tables {
    holders: Holders,
    by_inode: NumberMap<u64, usize>,
    /// What each descriptor of each process refers to: a socket, and which of its holdings.
    open: NumberMap<u32, BTreeMap<i32, (usize, usize)>>,
    /// The first event of each process.
    began: NumberMap<u32, Position>,
    /// Descriptors that came with a message, by the receive.
    arrived: NumberMap<(u32, i32), Position>,
    /// What the last close of each number closed, and when.
    closed: NumberMap<(u32, i32), (usize, u64)>,
}

impl Tables {
    fn see(&mut self, at: Position, event: &Event, socket: Option<usize>) {
        let process = event.place.process;
        match &event.what {
            What::Process(life) => self.life(at, process, life),
            What::Notice(notice) if matches!(**notice, Notice::NotFollowed { .. }) => {
                // Whoever it is may have inherited everything.
                for (socket, _) in self.open.get(&process).into_iter().flat_map(BTreeMap::values) {
                    self.holders.elsewhere[*socket] = true;
                }
            }
            What::Call(call) => {
                self.began.entry(process).or_insert(at);
                self.call(at, process, call, socket);
            }
            _ => {}
        }
    }

    fn life(&mut self, at: Position, process: u32, life: &Process) {
        match life {
            Process::Start { parent, .. } => {
                self.began.insert(process, at);
                self.open.remove(&process);
                if let Some(parent) = parent {
                    self.inherit(at, *parent, process);
                }
            }
            Process::Exit { .. } => {
                let open = self.open.remove(&process).unwrap_or_default();
                for (socket, holding) in open.into_values() {
                    self.holders.by_socket[socket][holding].until = Some(at);
                }
            }
            _ => {}
        }
    }

    fn inherit(&mut self, at: Position, parent: u32, child: u32) {
        let theirs = self.open.get(&parent).cloned().unwrap_or_default();
        for (fd, (socket, _)) in theirs {
            self.open_as(
                Holding { process: child, fd, since: at, until: None, inherited: true },
                socket,
            );
        }
    }

    fn call(&mut self, at: Position, process: u32, call: &Call, socket: Option<usize>) {
        for fd in received_descriptors(call) {
            self.arrived.insert((process, fd), at);
        }
        for fd in sent_descriptors(call) {
            // The message holds the socket open until somebody receives it.
            let passed = self.open.get(&process).and_then(|open| open.get(&fd));
            if let Some((socket, _)) = passed {
                self.holders.elsewhere[*socket] = true;
            }
        }
        let Some(socket) = socket.filter(|_| call.error() != Some(Errno::EBADF)) else { return };
        match &call.args {
            Args::Socket { .. } | Args::Accept { .. } => {
                self.gain(at, process, call.new_fd(), socket);
            }
            Args::Socketpair { fds, second, .. } if call.value().is_some() => {
                self.gain(at, process, fds.first().copied(), socket);
                let other = second.as_ref().and_then(|second| second.inode);
                let other = other.and_then(|inode| self.by_inode.get(&inode)).copied();
                if let Some((fd, other)) = fds.get(1).zip(other) {
                    self.holders.elsewhere[other] = false;
                    self.gain(at, process, Some(*fd), other);
                }
            }
            Args::Dup { .. } => {
                self.learn(process, call, socket);
                self.gain(at, process, call.new_fd(), socket);
            }
            Args::Close => {
                let Some(fd) = call.fd.filter(|_| call.is_close()) else { return };
                self.learn(process, call, socket);
                self.closed.insert((process, fd), (socket, call.began));
                let closed = self.open.get_mut(&process).and_then(|open| open.remove(&fd));
                if let Some((socket, holding)) = closed {
                    self.holders.by_socket[socket][holding].until = Some(at);
                }
            }
            _ => {
                self.learn(process, call, socket);
            }
        }
    }

    /// A call has created a descriptor.
    fn gain(&mut self, at: Position, process: u32, fd: Option<i32>, socket: usize) {
        let Some(fd) = fd else { return };
        self.open_as(Holding { process, fd, since: at, until: None, inherited: false }, socket);
    }

    /// A call shows that a process has a descriptor, which it may have had before.
    fn learn(&mut self, process: u32, call: &Call, socket: usize) {
        let Some(fd) = call.fd else { return };
        let known = self.open.get(&process).and_then(|open| open.get(&fd));
        if known.is_some_and(|(known, _)| *known == socket) {
            return;
        }
        // It was closed while this call was waiting.
        let closed = self.closed.get(&(process, fd));
        if closed.is_some_and(|(closed, when)| *closed == socket && *when >= call.began) {
            return;
        }
        let came = self.arrived.get(&(process, fd)).or(self.began.get(&process));
        let since = came.copied().unwrap_or(0);
        self.open_as(Holding { process, fd, since, until: None, inherited: false }, socket);
    }

    fn open_as(&mut self, holding: Holding, socket: usize) {
        let holdings = &mut self.holders.by_socket[socket];
        let (process, fd, since) = (holding.process, holding.fd, holding.since);
        let new = (socket, holdings.len());
        holdings.push(holding);
        let before = self.open.entry(process).or_default().insert(fd, new);
        if let Some((socket, holding)) = before {
            // Its close was not recorded, but the number has come to mean something else.
            self.holders.by_socket[socket][holding].until.get_or_insert(since);
        }
    }
}

/// The descriptors that a call passed to another process.
fn sent_descriptors(call: &Call) -> Vec<i32> {
    if call.sent().is_some() { rights(call) } else { Vec::new() }
}

/// The descriptors that came with the messages a call received.
fn received_descriptors(call: &Call) -> Vec<i32> {
    if call.receives() && call.value().is_some() { rights(call) } else { Vec::new() }
}

fn rights(call: &Call) -> Vec<i32> {
    let control: Vec<&Control> = match &call.args {
        Args::Send { control, .. } | Args::Recv { control, .. } => control.iter().collect(),
        Args::SendMany { messages, .. } | Args::RecvMany { messages, .. } => {
            messages.iter().flat_map(|message| &message.control).collect()
        }
        _ => Vec::new(),
    };
    let fds = control.into_iter().filter_map(|one| match one {
        Control::Rights { fds } => Some(fds),
        _ => None,
    });
    fds.flatten().copied().collect()
}
