//! Waits for a port at which others can know the student's program to be.

use socklab_kernel::table::{self, Namespace, Table};

use super::asleep;
use super::doors::Reach;
use super::failure::Failure;
use super::started::Started;
use super::watch::Seen;
use crate::format::Until;
use crate::step_end::{PortChoice, StepTrouble};

impl Started {
    /// If the student's program is to listen or to be bound: whether to a datagram port.
    pub(super) fn port_wanted(&self, command: usize, conditions: &[Until]) -> Option<bool> {
        let condition = conditions.iter().find(|until| is_ready(until))?;
        self.is_submission(command).then_some(*condition == Until::Bound)
    }

    pub(super) fn is_reached(&self, command: usize, datagrams: bool, asked: u16) -> bool {
        let seen = self.watch.lock();
        let reach = self.reach(&seen, command, asked, datagrams);
        matches!(reach, Reach::Asked(_) | Reach::Own(_))
    }

    /// Notes at which port the student's program is. The error says that nobody could know it.
    pub(super) fn port_found(
        &self,
        actor: &str,
        command: usize,
        datagrams: bool,
        asked: u16,
    ) -> Result<(), Failure> {
        let reach = self.reach(&self.watch.lock(), command, asked, datagrams);
        let wrong = |found, because| {
            Failure::from(StepTrouble::WrongPort { who: actor.to_owned(), asked, found, because })
        };
        let found = match reach {
            Reach::Nowhere => return Ok(()),
            Reach::Unknowable(found, because) => return Err(wrong(found, because)),
            Reach::Asked(address) => address.port(),
            Reach::Own(address) => {
                let found = address.port();
                if let Some(before) = self.first_port.get().filter(|it| *it != found) {
                    return Err(wrong(found, PortChoice::Changing { before }));
                }
                self.own_port.set(Some(found));
                found
            }
        };
        if self.first_port.get().is_none() {
            self.first_port.set(Some(found));
        }
        Ok(())
    }
}

/// True if the port that the program has opened to others is still open when the program waits for
/// somebody, or has gone on. Some first try whether a port is free, and close it again.
pub(super) fn stays_open(seen: &Seen, command: usize, port: u16, datagrams: bool) -> bool {
    let known = &seen.commands[command];
    let settled = || {
        known.doors.are_used()
            || seen.blocked(command, None).is_some()
            || known.living.iter().all(|process| asleep::is_calm(*process))
    };
    let tables = if datagrams { [Table::Udp, Table::Udp6] } else { [Table::Tcp, Table::Tcp6] };
    // Without IPv6 there are no tables of it.
    let sockets = || tables.map(|which| table::read(Namespace::Own, which).unwrap_or_default());
    settled() && {
        let sockets = sockets();
        let listed = |inode| sockets.iter().flatten().any(|it| it.inode == Some(inode));
        known.doors.is_open(port, datagrams, listed)
    }
}

/// True for the conditions that a program can be reached.
pub(super) fn is_ready(until: &Until) -> bool {
    matches!(until, Until::Listening | Until::Bound)
}
