//! What is still on its way to programs that wait: a reason not to end them yet.
//!
//! A program that has sent all and ended leaves the sending to its kernel, which goes on until
//! everything is acknowledged; and a wire holds frames that it delays. Whoever waits for that is in the
//! midst of its work, although it does nothing. What the kernel of a dead program still does can be
//! read only in the tables of its network namespace, so these are opened while the program lives.

use std::collections::HashMap;
use std::net::SocketAddr;

use libc::pid_t;
use socklab_kernel::table::{Entry, Namespace, OpenTables};

use super::looks::Living;
use super::verdict::Work;
use crate::awaiting::WireHolds;
use crate::probe;

/// The network namespaces of the programs, and the wire between them.
#[derive(Default)]
pub(super) struct Arriving {
    /// By inode, which can't be used again while the namespace's tables are open.
    namespaces: HashMap<u64, OpenTables>,
    wire: Option<WireHolds>,
}

impl Arriving {
    pub(super) fn new(wire: Option<WireHolds>) -> Self {
        Self { wire, ..Self::default() }
    }

    /// A process has executed a program.
    pub(super) fn note(&mut self, pid: pid_t) {
        let Some(netns) = probe::netns(pid).filter(|netns| !self.namespaces.contains_key(netns))
        else {
            return;
        };
        if let Ok(tables) = OpenTables::of_tcp(Namespace::OfProcess(pid.cast_unsigned())) {
            self.namespaces.insert(netns, tables);
        }
    }

    /// Takes for work, of those who wait, what is on its way to them; and, for nobody knows whom it may
    /// wake, all that a wire holds, unless that is for longer than `until`.
    pub(super) fn count_as_work(&mut self, living: &mut [Living], until: u64) {
        if self.wire.as_mut().and_then(|holds| holds()).is_some_and(|leaves| leaves <= until) {
            living.iter_mut().for_each(|one| one.work = Some(Work::Receives));
            return;
        }
        // A failure means that nothing is known to be under way.
        let tables = self.namespaces.values_mut().filter_map(|tables| tables.read().ok());
        let entries: Vec<Entry> = tables.flatten().collect();
        let receiving = receiving(&entries);
        if receiving.is_empty() {
            return;
        }
        for one in living {
            let sockets = probe::sockets(one.pid);
            if sockets.iter().any(|socket| receiving.contains(&socket.inode)) {
                one.work = Some(Work::Receives);
            }
        }
    }
}

/// The sockets, by inode, to which another one in these tables still sends something, and which have
/// room for it. For a connection that nobody has accepted yet, the socket that listens.
fn receiving(entries: &[Entry]) -> Vec<u64> {
    let unacknowledged = entries.iter().filter(|entry| entry.send_queue > 0);
    let receivers = unacknowledged.filter_map(|sender| {
        let (local, remote) = (plain(sender.local), plain(sender.remote?));
        let is_end =
            |entry: &&Entry| plain(entry.local) == remote && entry.remote.map(plain) == Some(local);
        let end = entries.iter().find(is_end);
        // With a full queue, it is the reader that must do something.
        let takes = end.is_some_and(|end| end.receive_queue == 0);
        if !takes && !sender.awaits_acknowledgement() {
            return None;
        }
        let listens = |entry: &&Entry| {
            let ip = entry.local.ip().to_canonical();
            entry.state == Entry::LISTEN
                && entry.local.port() == remote.port()
                && (ip.is_unspecified() || ip == remote.ip())
        };
        match end {
            Some(Entry { inode: Some(inode), .. }) => Some(*inode),
            _ => entries.iter().find(listens)?.inode,
        }
    });
    receivers.collect()
}

/// The address without IPv6 around IPv4.
fn plain(address: SocketAddr) -> SocketAddr {
    SocketAddr::new(address.ip().to_canonical(), address.port())
}

#[cfg(test)]
mod tests {
    use super::*;

    const CLIENT: &str = "0100007F:9C40";
    const SERVER: &str = "0100007F:2EE0";
    const NONE: &str = "00000000:0000";

    /// A socket with these addresses, state, queues (to send, to read), timer and inode.
    fn entry(
        [local, remote]: [&str; 2],
        state: u8,
        queues: [u32; 2],
        timer: u8,
        inode: u64,
    ) -> Entry {
        let [send, receive] = queues;
        let line = format!(
            "0: {local} {remote} {state:02X} {send:08X}:{receive:08X} {timer:02X}:0 0 0 0 {inode}"
        );
        socklab_kernel::table::read_line(&line, socklab_kernel::table::Table::Tcp).expect("a line")
    }

    const FIN_WAIT1: u8 = 4;
    const ESTABLISHED: u8 = 1;

    fn listening() -> Entry {
        entry([SERVER, NONE], Entry::LISTEN, [0, 0], 0, 7)
    }

    /// What a client that has ended has left behind.
    fn orphan(unacknowledged: u32, timer: u8) -> Entry {
        entry([CLIENT, SERVER], FIN_WAIT1, [unacknowledged, 0], timer, 0)
    }

    fn accepted(to_read: u32) -> Entry {
        entry([SERVER, CLIENT], ESTABLISHED, [0, to_read], 0, 8)
    }

    #[test]
    fn what_a_dead_program_has_sent_is_on_its_way_until_it_is_acknowledged() {
        assert_eq!(receiving(&[listening(), accepted(0), orphan(9, 1)]), [8]);
        assert_eq!(receiving(&[listening(), accepted(0), orphan(0, 0)]), [0_u64; 0]);
        // There is room again, but the sender does not know it yet.
        assert_eq!(receiving(&[accepted(0), orphan(9, 4)]), [8]);
    }

    #[test]
    fn what_nobody_reads_does_not_come() {
        assert_eq!(receiving(&[listening(), accepted(4096), orphan(9, 4)]), [0_u64; 0]);
    }

    #[test]
    fn before_it_is_accepted_it_is_for_whoever_listens() {
        let waiting = entry([SERVER, CLIENT], ESTABLISHED, [0, 0], 0, 0);
        assert_eq!(receiving(&[listening(), waiting, orphan(9, 1)]), [7]);
        let syn = entry([CLIENT, SERVER], 2, [1, 0], 1, 9);
        assert_eq!(receiving(&[listening(), syn.clone()]), [7]);
        assert_eq!(receiving(&[syn]), [0_u64; 0]);
    }
}
