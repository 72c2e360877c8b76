//! What the kernel tells of sockets over netlink, `sock_diag(7)`: the other end of a Unix socket, as
//! most have no address to identify it by, and the memory of what is under way.

use std::fs;
use std::io;
use std::os::fd::OwnedFd;

use rustix::net::{
    AddressFamily, RecvFlags, SendFlags, SocketFlags, SocketType, netlink, recv, send, socket_with,
};

/// `SOCK_DIAG_BY_FAMILY`
const BY_FAMILY: u16 = 20;
/// `NLM_F_REQUEST`, and `NLM_F_DUMP` with it: not one socket, but all.
const ONE: u16 = 1;
const ALL: u16 = 0x301;
/// `IPPROTO_TCP` and `IPPROTO_UDP`
const TRANSPORTS: [u8; 2] = [6, 17];

/// The bit of `TCP_TIME_WAIT`: there may be many, and they keep nothing.
const TIME_WAIT: u32 = 1 << 6;

/// What to ask of a Unix socket, and the attribute with the answer: `UDIAG_SHOW_PEER` and
/// `UNIX_DIAG_PEER`, `UDIAG_SHOW_RQLEN` and `UNIX_DIAG_RQLEN`, `UDIAG_SHOW_MEMINFO` and
/// `UNIX_DIAG_MEMINFO`.
const PEER: (u32, u16) = (4, 2);
const QUEUE: (u32, u16) = (0x10, 4);
const UNIX_MEMORY: (u32, u16) = (0x20, 5);
/// The same of a TCP or UDP socket: the bit of `INET_DIAG_SKMEMINFO`, and its number.
const INET_MEMORY: (u8, u16) = (1 << 6, 7);

/// `sizeof(struct nlmsghdr)`, `sizeof(struct unix_diag_msg)` and `sizeof(struct inet_diag_msg)`.
const HEADER: usize = 16;
const UNIX_BODY: usize = 16;
const INET_BODY: usize = 72;

/// The inode of the socket at the other end of the Unix socket with this inode, in the calling
/// thread's network namespace.
///
/// `None` if the socket has no other end, if that end has not been accepted yet and so has no
/// inode, or if the kernel has no `CONFIG_UNIX_DIAG`.
pub fn unix_peer(inode: u64) -> Option<u64> {
    let inode = u32::try_from(inode).ok()?;
    let socket = ask(ONE, &of_unix(inode, PEER.0)).ok()?;
    let mut answer = [0_u8; 512];
    // The kernel answers before `send` returns: there is nothing to wait for.
    let (length, _) = recv(&socket, &mut answer, RecvFlags::DONTWAIT).ok()?;
    peer(answer.get(..length)?)
}

/// How many sockets there are in the calling thread's network namespace, also those that no process
/// has open any more (`/proc/net/sockstat`). `None` without `/proc`.
pub fn sockets() -> Option<u64> {
    in_use(&fs::read_to_string("/proc/thread-self/net/sockstat").ok()?)
}

fn in_use(sockstat: &str) -> Option<u64> {
    sockstat.lines().find_map(|line| line.strip_prefix("sockets: used "))?.trim().parse().ok()
}

/// How many bytes of memory the kernel has taken for what was sent and nobody has read yet, by all
/// TCP, UDP and Unix sockets of the calling thread's network namespace. It takes long to find out.
///
/// There is no more counting once it is more than `most`. What a kernel doesn't tell counts nothing
/// (`CONFIG_INET_DIAG`, `CONFIG_INET_UDP_DIAG`, `CONFIG_UNIX_DIAG`).
pub fn under_way(most: u64) -> u64 {
    let inet = [AddressFamily::INET, AddressFamily::INET6]
        .into_iter()
        .flat_map(|family| TRANSPORTS.map(|transport| of_inet(family, transport)));
    let inet = inet.map(|request| (request, INET_BODY, INET_MEMORY.1));
    let unix = (of_unix(0, QUEUE.0 | UNIX_MEMORY.0), UNIX_BODY, UNIX_MEMORY.1);
    let mut all = UnderWay::default();
    let mut answer = vec![0_u8; 32 << 10];
    for (request, body, memory) in inet.chain([unix]) {
        let Ok(socket) = ask(ALL, &request) else { continue };
        // Each time the kernel says as much as there is room for. Then there is nothing more.
        while let Ok((length @ 1.., _)) = recv(&socket, &mut answer[..], RecvFlags::DONTWAIT) {
            all.add(&answer[..length.min(answer.len())], body, memory);
            if all.bytes() > most {
                return all.bytes();
            }
        }
    }
    all.bytes()
}

/// What sockets have under way.
#[derive(Clone, Copy, Debug, Default)]
struct UnderWay {
    /// By those who have sent it or those who will read it, with what the kernel needs around it.
    memory: u64,
    /// By those who will read it, in bytes of Unix sockets alone: who has sent it may be gone.
    queued: u64,
}

impl UnderWay {
    fn bytes(self) -> u64 {
        self.memory.max(self.queued)
    }

    /// Adds what an answer says of sockets.
    fn add(&mut self, answer: &[u8], body: usize, memory: u16) {
        for message in messages(answer) {
            for (kind, value) in attributes(message.get(body..).unwrap_or_default()) {
                let word = |at: usize| u64::from(u32_at(value, 4 * at).unwrap_or(0));
                if kind == memory {
                    // `SK_MEMINFO_RMEM_ALLOC`, then `_WMEM_ALLOC` or `_WMEM_QUEUED`: what TCP still
                    // keeps may be on its way as well. Then `_BACKLOG`.
                    self.memory += word(0) + word(2).max(word(5)) + word(7);
                } else if kind == QUEUE.1 && body == UNIX_BODY {
                    self.queued += word(0);
                }
            }
        }
    }
}

/// Asks the kernel about one socket or about all.
fn ask(whom: u16, body: &[u8]) -> io::Result<OwnedFd> {
    let diag = Some(netlink::SOCK_DIAG);
    let socket =
        socket_with(AddressFamily::NETLINK, SocketType::DGRAM, SocketFlags::CLOEXEC, diag)?;
    let length = u32::try_from(HEADER + body.len()).unwrap_or(u32::MAX);
    let mut request = Vec::with_capacity(HEADER + body.len());
    request.extend(length.to_ne_bytes());
    request.extend(BY_FAMILY.to_ne_bytes());
    request.extend(whom.to_ne_bytes());
    request.extend([0; 8]); // sequence number, port id
    request.extend_from_slice(body);
    send(&socket, &request, SendFlags::empty())?;
    Ok(socket)
}

/// `struct unix_diag_req`.
fn of_unix(inode: u32, show: u32) -> Vec<u8> {
    let mut bytes = vec![AddressFamily::UNIX.as_raw() as u8, 0, 0, 0];
    bytes.extend(u32::MAX.to_ne_bytes()); // in any state
    bytes.extend(inode.to_ne_bytes());
    bytes.extend(show.to_ne_bytes());
    bytes.extend([0xff; 8]); // with any cookie
    bytes
}

/// `struct inet_diag_req_v2`.
fn of_inet(family: AddressFamily, transport: u8) -> Vec<u8> {
    let mut bytes = vec![family.as_raw() as u8, transport, INET_MEMORY.0, 0];
    bytes.extend((!TIME_WAIT).to_ne_bytes()); // in any other state
    bytes.extend([0; 48]); // with any addresses
    bytes
}

/// The contents of the messages of an answer that are about sockets.
fn messages(mut answer: &[u8]) -> impl Iterator<Item = &[u8]> {
    std::iter::from_fn(move || {
        let length = usize::try_from(u32_at(answer, 0)?).ok()?.max(HEADER);
        let kind = u16_at(answer, 4)?;
        let message = answer.get(HEADER..length.min(answer.len()))?;
        answer = answer.get(length.next_multiple_of(4)..).unwrap_or_default();
        Some((kind, message))
    })
    .filter_map(|(kind, message)| (kind == BY_FAMILY).then_some(message))
}

/// The attributes behind the body of a message: `struct rtattr`, which is the length with this header
/// included and the kind, then the value.
fn attributes(mut all: &[u8]) -> impl Iterator<Item = (u16, &[u8])> {
    std::iter::from_fn(move || {
        let (length, kind) = (usize::from(u16_at(all, 0)?).max(4), u16_at(all, 2)?);
        let value = all.get(4..length.min(all.len()))?;
        all = all.get(length.next_multiple_of(4)..).unwrap_or_default();
        Some((kind, value))
    })
}

/// The peer's inode, by an answer about one Unix socket.
fn peer(answer: &[u8]) -> Option<u64> {
    let message = messages(answer).next()?;
    let mut attributes = attributes(message.get(UNIX_BODY..)?);
    let (_, value) = attributes.find(|(kind, value)| *kind == PEER.1 && value.len() >= 4)?;
    u32_at(value, 0).map(u64::from).filter(|inode| *inode != 0)
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..at + 2)?.try_into().ok().map(u16::from_ne_bytes)
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..at + 4)?.try_into().ok().map(u32::from_ne_bytes)
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::net::{TcpListener, TcpStream};
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

    /// What is under way in both directions of a pair counts as long as nobody reads it.
    #[test]
    fn what_nobody_reads_is_counted() {
        const SENT: usize = 100_000;
        let (mut one, other) = UnixStream::pair().unwrap();
        if unix_peer(inode(&one)).is_none() {
            socklab_prerequisites::not_run!("a kernel with CONFIG_UNIX_DIAG");
        }
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let mut client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        one.write_all(&[0; SENT]).unwrap();
        client.write_all(&[0; SENT]).unwrap();
        let all = u64::try_from(2 * SENT).unwrap();
        assert!(under_way(u64::MAX) >= all);
        // Its sender is gone, and what it has sent is not.
        drop(one);
        assert!(under_way(u64::MAX) >= all / 2);
        assert!(under_way(0) > 0);
        drop(other);
    }

    #[test]
    fn every_socket_is_counted() {
        let pairs: Vec<_> = (0..50).map(|_| UnixStream::pair().unwrap()).collect();
        // Others have sockets, too, and close them.
        assert!(sockets().expect("/proc") >= 100);
        drop(pairs);
        assert_eq!(in_use("TCP: inuse 4\nsockets: used 17\n"), Some(17));
        assert_eq!(in_use("sockets: used many\n"), None);
    }

    /// An answer about a socket with these attributes.
    fn answer(attributes: &[u8]) -> Vec<u8> {
        let mut answer = vec![0; HEADER + UNIX_BODY];
        answer[4..6].copy_from_slice(&BY_FAMILY.to_ne_bytes());
        answer.extend_from_slice(attributes);
        let length = u32::try_from(answer.len()).unwrap();
        answer[..4].copy_from_slice(&length.to_ne_bytes());
        answer
    }

    #[test]
    fn memory_is_that_of_readers_and_senders() {
        let words: Vec<u8> = (1..=9).flat_map(|n| (1_u32 << n).to_ne_bytes()).collect();
        let mut all = UnderWay::default();
        let one = answer(&[attribute(UNIX_MEMORY.1, &words), attribute(9, &[1; 5])].concat());
        all.add(&[one.clone(), one].concat(), UNIX_BODY, UNIX_MEMORY.1);
        assert_eq!(all.bytes(), 2 * (2 + 64 + 256));
        let queue = answer(&attribute(QUEUE.1, &[5_000_u32.to_ne_bytes(), [0; 4]].concat()));
        all.add(&queue, UNIX_BODY, UNIX_MEMORY.1);
        assert_eq!(all.bytes(), 5_000);
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
            attributes.extend(attribute(PEER.1, &inode.to_ne_bytes()));
            prop_assert_eq!(peer(&answer(&attributes)), Some(inode.into()));
        }

        #[test]
        fn any_answer_can_be_read(bytes: Vec<u8>) {
            let mut all = UnderWay::default();
            for answer in [bytes.clone(), answer(&bytes)] {
                let _ = peer(&answer);
                all.add(&answer, UNIX_BODY, UNIX_MEMORY.1);
                all.add(&answer, INET_BODY, INET_MEMORY.1);
            }
        }
    }
}
