//! What the kernel has counted of a TCP connection: `struct tcp_info` of `include/uapi/linux/tcp.h`.
//!
//! It has grown with the kernel, and an old one fills in less; so it is read field by field, as far as
//! it was filled in.

use std::mem::offset_of;
use std::os::fd::{AsRawFd as _, BorrowedFd};

use libc::c_void;
use linux_raw_sys::net::tcp_info;
use socklab_event::TcpCounters;

// Where its fields are, in bytes.
const STATE: usize = offset_of!(tcp_info, tcpi_state);
const SND_MSS: usize = offset_of!(tcp_info, tcpi_snd_mss);
const UNACKED: usize = offset_of!(tcp_info, tcpi_unacked);
const RTT: usize = offset_of!(tcp_info, tcpi_rtt);
const SND_CWND: usize = offset_of!(tcp_info, tcpi_snd_cwnd);
const TOTAL_RETRANS: usize = offset_of!(tcp_info, tcpi_total_retrans);
const NOTSENT_BYTES: usize = offset_of!(tcp_info, tcpi_notsent_bytes);
const BUSY_TIME: usize = offset_of!(tcp_info, tcpi_busy_time);
const RWND_LIMITED: usize = offset_of!(tcp_info, tcpi_rwnd_limited);
const SNDBUF_LIMITED: usize = offset_of!(tcp_info, tcpi_sndbuf_limited);

/// Room for all that is read of it; the kernel writes no more than there is room for.
const SIZE: usize = SNDBUF_LIMITED + size_of::<u64>();

/// States of `include/net/tcp_states.h` in which there is no connection yet.
const SYN_SENT: u8 = 2;
const LISTEN: u8 = 10;

/// What the kernel has counted of this connection so far; `None` if the descriptor refers to anything
/// else than a TCP socket, or the socket listens or is about to connect.
pub(crate) fn of(socket: BorrowedFd<'_>) -> Option<TcpCounters> {
    let mut bytes = [0_u8; SIZE];
    let mut length = SIZE as libc::socklen_t;
    // SAFETY: both pointers are valid for the kernel to write to, and `length` says how much room there
    // is behind the first.
    let done = unsafe {
        let to = bytes.as_mut_ptr().cast::<c_void>();
        libc::getsockopt(socket.as_raw_fd(), libc::IPPROTO_TCP, libc::TCP_INFO, to, &mut length)
    };
    (done == 0).then(|| parse(bytes.get(..length as usize)?)).flatten()
}

/// Reads a `tcp_info`. What a kernel doesn't know yet is 0: the times are there since Linux 4.10.
fn parse(bytes: &[u8]) -> Option<TcpCounters> {
    if matches!(*bytes.get(STATE)?, SYN_SENT | LISTEN) {
        return None;
    }
    let nanoseconds = |at| time(bytes, at).saturating_mul(1000);
    Some(TcpCounters {
        busy: nanoseconds(BUSY_TIME),
        window_limited: nanoseconds(RWND_LIMITED),
        buffer_limited: nanoseconds(SNDBUF_LIMITED),
        resent: number(bytes, TOTAL_RETRANS),
        congestion_window: number(bytes, SND_CWND),
        unacknowledged: number(bytes, UNACKED),
        segment: number(bytes, SND_MSS),
        unsent: number(bytes, NOTSENT_BYTES),
        round_trip: number(bytes, RTT),
    })
}

fn number(bytes: &[u8], at: usize) -> u32 {
    let field = bytes.get(at..).and_then(<[u8]>::first_chunk);
    field.map_or(0, |field| u32::from_ne_bytes(*field))
}

fn time(bytes: &[u8], at: usize) -> u64 {
    let field = bytes.get(at..).and_then(<[u8]>::first_chunk);
    field.map_or(0, |field| u64::from_ne_bytes(*field))
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;
    use std::net::{TcpListener, TcpStream, UdpSocket};
    use std::os::fd::AsFd as _;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_field_is_read_from_its_place() {
        let mut bytes: Vec<u8> = (0..SIZE).map(|at| at as u8).collect();
        bytes[STATE] = 1;
        let read = parse(&bytes).expect("a connection");
        let at = |at: u32| u32::from_ne_bytes([0, 1, 2, 3].map(|byte| (at + byte) as u8));
        assert_eq!((read.segment, read.unacknowledged, read.round_trip), (at(16), at(24), at(68)));
        assert_eq!((read.congestion_window, read.resent, read.unsent), (at(80), at(100), at(144)));
        for (time, at) in [(read.busy, 168), (read.window_limited, 176), (read.buffer_limited, 184)]
        {
            let field: [u8; 8] = std::array::from_fn(|byte| at + byte as u8);
            assert_eq!(time, u64::from_ne_bytes(field).saturating_mul(1000));
        }
    }

    #[test]
    fn an_older_kernel_tells_less() {
        // Linux 4.9 ended before the times.
        let read = parse(&[1; BUSY_TIME]).expect("a connection");
        assert_eq!((read.busy, read.window_limited, read.buffer_limited), (0, 0, 0));
        assert_eq!((read.unsent, read.segment), (0x0101_0101, 0x0101_0101));
    }

    #[test]
    fn only_connections_are_told_of() {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a listener");
        let mut client =
            TcpStream::connect(listener.local_addr().expect("its address")).expect("one");
        client.write_all(b"hello").expect("a send");
        let told = of(client.as_fd()).expect("a connection");
        assert!(told.segment > 0 && told.congestion_window > 0, "{told:?}");
        assert_eq!(of(listener.as_fd()), None);
        assert_eq!(of(UdpSocket::bind("127.0.0.1:0").expect("a socket").as_fd()), None);
    }

    proptest! {
        #[test]
        fn any_bytes_can_be_read(bytes: Vec<u8>) {
            let _ = parse(&bytes);
        }
    }
}
