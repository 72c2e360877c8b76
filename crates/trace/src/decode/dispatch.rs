//! Which function decodes which call.

use socklab_event::{Args, Outcome};

use super::entry::CallAtEntry;
use super::returned::{Limits, Returned};
use super::{descriptor, option, setup, transfer, waiting};
use crate::memory::Memory;
use crate::syscall::Sys;

/// Decodes a call that has returned, or never will.
pub(crate) fn decode(
    entry: &CallAtEntry,
    outcome: Outcome,
    memory: &impl Memory,
    limits: Limits,
) -> Args {
    let call = &Returned { entry, outcome, memory, limits };
    match entry.row.sys {
        Sys::Socket => setup::socket(call),
        Sys::Socketpair => setup::socketpair(call),
        Sys::Bind => setup::bind(call),
        Sys::Connect => setup::connect(call),
        Sys::Listen => setup::listen(call),
        Sys::Accept | Sys::Accept4 => setup::accept(call),
        Sys::Getsockname => setup::getsockname(call),
        Sys::Getpeername => setup::getpeername(call),
        Sys::Shutdown => setup::shutdown(call),
        Sys::Close => Args::Close,

        Sys::Setsockopt => option::set(call),
        Sys::Getsockopt => option::get(call),

        Sys::Sendto | Sys::Write | Sys::Writev | Sys::Pwritev2 | Sys::Sendmsg => {
            transfer::send(call)
        }
        Sys::Recvfrom | Sys::Read | Sys::Readv | Sys::Preadv2 | Sys::Recvmsg => {
            transfer::receive(call)
        }
        Sys::Sendmmsg => transfer::send_many(call),
        Sys::Recvmmsg => transfer::receive_many(call),
        Sys::Sendfile => transfer::sendfile(call),
        Sys::Splice => transfer::splice(call),

        Sys::Poll | Sys::Ppoll => waiting::poll(call),
        Sys::Select | Sys::Pselect6 => waiting::select(call),
        Sys::EpollWait | Sys::EpollPwait2 => waiting::epoll_wait(call),
        Sys::EpollCtl => waiting::epoll_ctl(call),

        Sys::Dup | Sys::Dup2 => descriptor::dup(call),
        Sys::Dup3 => descriptor::dup3(call),
        Sys::Fcntl => descriptor::fcntl(call),
        Sys::Ioctl => descriptor::ioctl(call),

        Sys::IoUringSetup => Args::IoUring { entries: call.uint(0) },
        Sys::CloseRange
        | Sys::PidfdGetfd
        | Sys::Unshare
        | Sys::Seccomp
        | Sys::Prctl
        | Sys::Execve
        | Sys::Clone
        | Sys::Clone3
        | Sys::RestartSyscall => call.undecoded(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::syscall_table::table;

    /// A memory in which these bytes are at every address.
    struct Everywhere(Vec<u8>);

    impl Memory for Everywhere {
        fn read(&self, _: u64, into: &mut [u8]) -> usize {
            let length = self.0.len().min(into.len());
            into[..length].copy_from_slice(&self.0[..length]);
            length
        }
    }

    /// A call decoded with the same memory before and after it.
    fn decoded(sys: Sys, words: [u64; 6], memory: Vec<u8>, outcome: Outcome) -> Args {
        let memory = Everywhere(memory);
        let row = table().find(|row| row.sys == sys).expect("a row");
        decode(&CallAtEntry::new(row, words, &memory), outcome, &memory, Limits { sample: 16 })
    }

    #[test]
    fn upper_halves_of_registers_are_ignored() {
        let words = [0xdead_0000_0000_0002, 0xdead_0000_0008_0001, 0xdead_0000_0000_0006, 0, 0, 0];
        let Args::Socket { family, kind, flags, protocol } =
            decoded(Sys::Socket, words, Vec::new(), Outcome::Value(3))
        else {
            panic!("not a socket");
        };
        assert_eq!((family.0, kind.0, protocol.number()), (2, 1, 6));
        assert!(flags.has("SOCK_CLOEXEC"));
    }

    #[test]
    fn a_send_that_has_not_returned_shows_what_was_offered() {
        let words = [3, 0x1000, 4, 0, 0, 0];
        for (outcome, total) in [(Outcome::Unfinished, 0), (Outcome::Value(2), 2)] {
            let args = decoded(Sys::Write, words, b"hola".to_vec(), outcome);
            let Args::Send { asked, bytes, .. } = args else { panic!("{args:?}") };
            assert_eq!((asked, bytes.total), (4, total));
            assert_eq!(bytes.sample.len() as u64, if total == 0 { 4 } else { total });
        }
    }

    #[test]
    fn a_failed_call_has_written_no_address() {
        let address = [2, 0, 0x2e, 0xe0, 127, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0];
        // Address and length are at different places, but this memory has the same everywhere.
        let words = [3, 0x1000, 0x2000, 0, 0, 0];
        let failed = Outcome::Error(socklab_event::Errno::EAGAIN);
        let args = decoded(Sys::Accept, words, address.to_vec(), failed);
        assert!(matches!(args, Args::Accept { peer: None, .. }), "{args:?}");
        let args = decoded(Sys::Accept, words, address.to_vec(), Outcome::Value(4));
        assert!(matches!(args, Args::Accept { peer: Some(_), .. }), "{args:?}");
    }

    proptest! {
        #[test]
        fn any_words_and_any_memory_decode(
            index: prop::sample::Index,
            words: [u64; 6],
            memory: Vec<u8>,
            value in -5000_i64..100_000,
        ) {
            let rows: Vec<_> = table().collect();
            let memory = Everywhere(memory);
            let entry = CallAtEntry::new(rows[index.index(rows.len())], words, &memory);
            for outcome in [Outcome::Value(value), Outcome::Unfinished] {
                let _ = decode(&entry, outcome, &memory, Limits { sample: 64 });
            }
        }
    }
}
