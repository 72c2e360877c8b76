//! Finds the other end of a Unix socket, `sock_diag(7)`: most have no address to identify it by.

use rustix::net::{
    AddressFamily, RecvFlags, SendFlags, SocketFlags, SocketType, netlink, recv, send, socket_with,
};

/// `SOCK_DIAG_BY_FAMILY`
const BY_FAMILY: u16 = 20;
/// `NLM_F_REQUEST`
const REQUEST: u16 = 1;
/// `UDIAG_SHOW_PEER`, which asks for the attribute `UNIX_DIAG_PEER` in the answer.
const SHOW_PEER: u32 = 4;
const PEER: u16 = 2;

/// `sizeof(struct nlmsghdr)` and `sizeof(struct unix_diag_msg)`.
const HEADER: usize = 16;
const BODY: usize = 16;

/// The inode of the socket at the other end of the Unix socket with this inode, in the calling
/// thread's network namespace.
///
/// `None` if the socket has no other end, if that end has not been accepted yet and so has no
/// inode, or if the kernel has no `CONFIG_UNIX_DIAG`.
pub fn unix_peer(inode: u64) -> Option<u64> {
    let inode = u32::try_from(inode).ok()?;
    let family = AddressFamily::NETLINK;
    let diag = Some(netlink::SOCK_DIAG);
    let socket = socket_with(family, SocketType::DGRAM, SocketFlags::CLOEXEC, diag).ok()?;
    send(&socket, &request(inode), SendFlags::empty()).ok()?;
    // The kernel answers before `send` returns: there is nothing to wait for.
    let mut answer = [0_u8; 512];
    let (length, _) = recv(&socket, &mut answer, RecvFlags::DONTWAIT).ok()?;
    peer(answer.get(..length)?)
}

/// `struct nlmsghdr`, then `struct unix_diag_req`.
fn request(inode: u32) -> Vec<u8> {
    const LENGTH: u32 = HEADER as u32 + 24;
    let mut bytes = Vec::with_capacity(LENGTH as usize);
    bytes.extend(LENGTH.to_ne_bytes());
    bytes.extend(BY_FAMILY.to_ne_bytes());
    bytes.extend(REQUEST.to_ne_bytes());
    bytes.extend([0; 8]); // sequence number, port id
    bytes.extend([AddressFamily::UNIX.as_raw() as u8, 0, 0, 0]);
    bytes.extend(u32::MAX.to_ne_bytes()); // sockets in any state
    bytes.extend(inode.to_ne_bytes());
    bytes.extend(SHOW_PEER.to_ne_bytes());
    bytes.extend([0xff; 8]); // with any cookie
    bytes
}

/// Finds the peer's inode among the attributes of an answer.
fn peer(answer: &[u8]) -> Option<u64> {
    let kind = u16_at(answer, 4)?;
    let mut attributes = answer.get(HEADER + BODY..).filter(|_| kind == BY_FAMILY)?;
    // `struct rtattr`: the length, which includes this header, the type; then the value.
    while let (Some(length), Some(attribute)) = (u16_at(attributes, 0), u16_at(attributes, 2)) {
        let length = usize::from(length);
        if attribute == PEER && length >= 8 {
            let inode = attributes.get(4..8)?.try_into().ok().map(u32::from_ne_bytes)?;
            return Some(inode.into()).filter(|inode| *inode != 0);
        }
        attributes = attributes.get(length.max(4).next_multiple_of(4)..)?;
    }
    None
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..at + 2)?.try_into().ok().map(u16::from_ne_bytes)
}

#[cfg(test)]
mod tests {
    use std::os::fd::AsFd;
    use std::os::unix::net::UnixStream;

    use proptest::prelude::*;
    use rustix::fs::fstat;

    use super::*;

    fn inode(socket: impl AsFd) -> u64 {
        fstat(socket).unwrap().st_ino
    }

    #[test]
    fn the_ends_of_a_pair_find_each_other() {
        let (one, other) = UnixStream::pair().unwrap();
        match unix_peer(inode(&one)) {
            Some(peer) => assert_eq!(peer, inode(&other)),
            None => socklab_prerequisites::not_run!("a kernel with CONFIG_UNIX_DIAG"),
        }
    }

    /// An answer with these attributes.
    fn answer(attributes: &[u8]) -> Vec<u8> {
        let mut answer = vec![0; HEADER + BODY];
        answer[4..6].copy_from_slice(&BY_FAMILY.to_ne_bytes());
        answer.extend_from_slice(attributes);
        answer
    }

    fn attribute(kind: u16, value: &[u8]) -> Vec<u8> {
        let length = (4 + value.len()) as u16;
        let mut bytes = [length.to_ne_bytes(), kind.to_ne_bytes()].concat();
        bytes.extend_from_slice(value);
        bytes.resize(bytes.len().next_multiple_of(4), 0);
        bytes
    }

    proptest! {
        #[test]
        fn the_peer_is_found_behind_other_attributes(
            before in prop::collection::vec((3_u16.., prop::collection::vec(any::<u8>(), 0..9)), 0..4),
            inode in 1_u32..,
        ) {
            let mut attributes: Vec<u8> =
                before.iter().flat_map(|(kind, value)| attribute(*kind, value)).collect();
            attributes.extend(attribute(PEER, &inode.to_ne_bytes()));
            prop_assert_eq!(peer(&answer(&attributes)), Some(inode.into()));
        }

        #[test]
        fn any_answer_can_be_read(bytes: Vec<u8>) {
            let _ = peer(&bytes);
            let _ = peer(&answer(&bytes));
        }
    }
}
