//! The other end of a Unix socket, `sock_diag(7)`: no address tells it.

use std::mem;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};

use crate::decode::u32_at;

/// `SOCK_DIAG_BY_FAMILY`.
const BY_FAMILY: u16 = 20;
/// `NLM_F_REQUEST`.
const REQUEST: u16 = 1;
/// `UDIAG_SHOW_PEER`, and the attribute it brings, `UNIX_DIAG_PEER`.
const SHOW_PEER: u32 = 4;
const PEER: u16 = 2;

/// `sizeof(struct nlmsghdr)` and `sizeof(struct unix_diag_msg)`.
const HEADER: usize = 16;
const BODY: usize = 16;

/// The inode of the socket at the other end of the Unix socket with this inode, in our own
/// network namespace. A connection that has not been accepted yet has no inode at that end.
pub(crate) fn unix_peer(inode: u64) -> Option<u64> {
    let inode = u32::try_from(inode).ok()?;
    let socket = socket()?;
    let request = request(inode);
    let mut answer = [0_u8; 512];
    // SAFETY: both buffers outlive their calls and have the lengths given. The kernel answers
    // before `send` returns, so that `recv` does not wait.
    let length = unsafe {
        let fd = socket.as_raw_fd();
        if libc::send(fd, request.as_ptr().cast(), request.len(), 0) < 0 {
            return None;
        }
        libc::recv(fd, answer.as_mut_ptr().cast(), answer.len(), libc::MSG_DONTWAIT)
    };
    peer(answer.get(..usize::try_from(length).ok()?)?)
}

fn socket() -> Option<OwnedFd> {
    let kind = libc::SOCK_DGRAM | libc::SOCK_CLOEXEC;
    // SAFETY: no pointers; the descriptor, if any, is new and nobody else's.
    unsafe {
        let fd = libc::socket(libc::AF_NETLINK, kind, libc::NETLINK_SOCK_DIAG);
        (fd >= 0).then(|| OwnedFd::from_raw_fd(fd))
    }
}

/// `struct nlmsghdr`, then `struct unix_diag_req`.
fn request(inode: u32) -> Vec<u8> {
    const LENGTH: usize = HEADER + 24;
    let mut bytes = Vec::with_capacity(LENGTH);
    bytes.extend((LENGTH as u32).to_ne_bytes());
    bytes.extend(BY_FAMILY.to_ne_bytes());
    bytes.extend(REQUEST.to_ne_bytes());
    bytes.extend([0; 8]); // sequence, port
    bytes.extend([libc::AF_UNIX as u8, 0, 0, 0]);
    bytes.extend(u32::MAX.to_ne_bytes()); // any state
    bytes.extend(inode.to_ne_bytes());
    bytes.extend(SHOW_PEER.to_ne_bytes());
    bytes.extend([0xff; 2 * mem::size_of::<u32>()]); // any cookie
    bytes
}

/// Finds the peer's inode among an answer's attributes.
fn peer(answer: &[u8]) -> Option<u64> {
    let kind = u16::from_ne_bytes(answer.get(4..6)?.try_into().ok()?);
    let mut rest = answer.get(HEADER + BODY..).filter(|_| kind == BY_FAMILY)?;
    while rest.len() >= 8 {
        let length = usize::from(u16::from_ne_bytes([rest[0], rest[1]]));
        let attribute = u16::from_ne_bytes([rest[2], rest[3]]);
        if attribute == PEER && length >= 8 {
            return Some(u64::from(u32_at(rest, 4))).filter(|inode| *inode != 0);
        }
        rest = rest.get(length.max(4).next_multiple_of(4)..)?;
    }
    None
}

#[cfg(test)]
mod tests {
    use std::os::unix::net::UnixStream;

    use proptest::prelude::*;

    use super::*;
    use crate::probe::inode_of;

    #[test]
    fn a_pair_knows_each_other() {
        use std::os::fd::AsFd;
        let (one, other) = UnixStream::pair().unwrap();
        let (one, other) = (inode_of(one.as_fd()).unwrap(), inode_of(other.as_fd()).unwrap());
        match unix_peer(one) {
            Some(peer) => assert_eq!(peer, other),
            None => eprintln!("not run: sock_diag: needs CONFIG_UNIX_DIAG"),
        }
    }

    proptest! {
        #[test]
        fn any_answer_can_be_read(answer: Vec<u8>) {
            let _ = peer(&answer);
            let mut headed = vec![0; HEADER + BODY];
            headed[4] = BY_FAMILY as u8;
            headed.extend(answer);
            let _ = peer(&headed);
        }
    }
}
