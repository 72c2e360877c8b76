//! How a thread deals with its peers: what the end of a recording asks about it.

use crate::decode::CallAtEntry;
use crate::syscall::Sys;

/// What a thread's calls on sockets came to. Noted at every return, so it must cost next to
/// nothing.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Contact {
    /// How many calls it has returned from that wait for peers or deal with one.
    pub(crate) calls: u64,
    /// How many of these it has made in vain since it last dealt with a peer.
    pub(crate) fruitless: u64,
    /// When it last dealt with a peer: accepted it, moved bytes, ended the stream. 0 for never.
    pub(crate) served: u64,
    /// The limit of the last wait that ended before the thread first accepted a connection: how
    /// long it waits when it has nothing else to do. `Some(None)` is a wait without limit.
    pub(crate) idle_wait: Option<Option<u64>>,
    /// Its last call read the end of a stream.
    pub(crate) at_end: bool,
    pub(crate) accepted: bool,
}

impl Contact {
    /// Notes that a call has returned.
    pub(crate) fn note(&mut self, call: &CallAtEntry, result: i64, ended: u64) {
        use Sys::*;
        let dealt = match call.row.sys {
            Poll | Ppoll | Select | Pselect6 | EpollWait | EpollPwait2 => {
                // A limit of zero is a question, not a wait.
                let limit = Some(call.timeout()).filter(|limit| *limit != Some(0));
                if !self.accepted && limit.is_some() {
                    self.idle_wait = limit;
                }
                false
            }
            Recvfrom | Recvmsg | Recvmmsg | Read | Readv | Preadv2 => {
                // Reading the same end again finds nothing.
                let again = std::mem::replace(&mut self.at_end, result == 0);
                result > 0 || (result == 0 && !again)
            }
            Accept | Accept4 => {
                self.accepted |= result >= 0;
                result >= 0
            }
            Connect | Sendto | Sendmsg | Sendmmsg | Write | Writev | Pwritev2 | Sendfile
            | Splice | Shutdown | Close => result >= 0,
            _ => return,
        };
        self.calls += 1;
        if dealt {
            (self.served, self.fruitless) = (ended, 0);
        } else {
            self.fruitless += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::Memory;
    use crate::syscall_table::row;

    struct Nothing;

    impl Memory for Nothing {
        fn read(&self, _: u64, _: &mut [u8]) -> usize {
            0
        }
    }

    fn after(calls: &[(i64, [u64; 6], i64)]) -> Contact {
        let mut contact = Contact::default();
        for (ended, (number, words, result)) in (1..).zip(calls) {
            let row = row(*number).expect("a call we stop at");
            contact.note(&CallAtEntry::new(row, *words, &Nothing), *result, ended);
        }
        contact
    }

    const RECV: i64 = libc::SYS_recvfrom;
    const ACCEPT: i64 = libc::SYS_accept;

    fn epoll(milliseconds: i32) -> [u64; 6] {
        [4, 0, 0, milliseconds.cast_unsigned().into(), 0, 0]
    }

    #[test]
    fn moving_bytes_is_serving_and_finding_nothing_is_not() {
        let served = after(&[(ACCEPT, [0; 6], 5), (RECV, [0; 6], 3)]);
        assert_eq!((served.served, served.fruitless), (2, 0));
        let vain = after(&[(ACCEPT, [0; 6], 5), (ACCEPT, [0; 6], -11), (ACCEPT, [0; 6], -24)]);
        assert_eq!((vain.served, vain.fruitless), (1, 2));
        let end = after(&[(RECV, [0; 6], 0)]);
        assert_eq!((end.served, end.fruitless), (1, 0));
        let again = after(&[(RECV, [0; 6], 0), (RECV, [0; 6], 0)]);
        assert_eq!((again.served, again.fruitless, again.calls), (1, 1, 2));
        let spins = after(&[(libc::SYS_epoll_wait, epoll(-1), 1); 9]);
        assert_eq!((spins.served, spins.fruitless), (0, 9));
    }

    #[test]
    fn the_idle_wait_is_the_one_before_the_first_client() {
        let wait = libc::SYS_epoll_wait;
        let calls = [(wait, epoll(0), 0), (wait, epoll(100), 1), (ACCEPT, [0; 6], 5)];
        assert_eq!(after(&calls).idle_wait, Some(Some(100_000_000)));
        let calls = [&calls[..], &[(wait, epoll(7), 0)]].concat();
        assert_eq!(after(&calls).idle_wait, Some(Some(100_000_000)));
        assert_eq!(after(&[(wait, epoll(-1), 1)]).idle_wait, Some(None));
        assert_eq!(after(&[(wait, epoll(0), 1)]).idle_wait, None);
    }

    #[test]
    fn what_only_sets_up_or_asks_is_not_noted() {
        let asks = after(&[(libc::SYS_getsockname, [0; 6], 0), (libc::SYS_socket, [0; 6], 3)]);
        assert_eq!((asks.calls, asks.served), (0, 0));
    }
}
