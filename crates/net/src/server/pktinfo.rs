//! A UDP socket that answers each datagram from the address it was sent to.
//!
//! On a machine with several addresses, a socket bound to the wildcard address answers from the one
//! the route prefers, and a client that asked another one does not recognize the answer. The
//! `IP_PKTINFO` control message (ip(7), ipv6(7), RFC 3542 §6) carries the address both ways. rustix
//! has no such control messages, hence nix.

use std::io::{self, IoSlice, IoSliceMut};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use nix::cmsg_space;
use nix::libc::{in_addr, in_pktinfo, in6_pktinfo};
use nix::sys::socket::{
    ControlMessage, ControlMessageOwned, MsgFlags, SockaddrStorage, recvmsg, sendmsg, setsockopt,
    sockopt,
};
use nix::sys::time::TimeSpec;

use super::screen::Destination;

/// A UDP socket with `IP_PKTINFO` and kernel receive timestamps.
#[derive(Debug)]
pub(super) struct PktinfoSocket(UdpSocket);

/// A received datagram, without its bytes.
pub(super) struct Arrival {
    /// Its length in bytes.
    pub(super) length: usize,
    /// The source address, which may be forged.
    pub(super) source: SocketAddr,
    /// Where it was sent to.
    pub(super) destination: Destination,
    /// When the kernel received it (`SO_TIMESTAMPNS`).
    pub(super) arrived: SystemTime,
    /// The control message, to be passed back with the answer.
    info: Info,
}

enum Info {
    V4(in_pktinfo),
    V6(in6_pktinfo),
    /// The kernel sent none; then routing decides the answer's source address.
    None,
}

impl PktinfoSocket {
    pub(super) fn bind(address: SocketAddr) -> io::Result<Self> {
        let socket = UdpSocket::bind(address)?;
        // An IPv6 wildcard socket needs both: an IPv4 datagram then comes with both control
        // messages, and only the IPv4 one reveals a broadcast.
        if address.is_ipv6() {
            setsockopt(&socket, sockopt::Ipv6RecvPacketInfo, &true)?;
        }
        setsockopt(&socket, sockopt::Ipv4PacketInfo, &true)?;
        setsockopt(&socket, sockopt::ReceiveTimestampns, &true)?;
        Ok(Self(socket))
    }

    pub(super) fn local_addr(&self) -> io::Result<SocketAddr> {
        self.0.local_addr()
    }

    /// Receives the next datagram, or fails with `WouldBlock`.
    pub(super) fn receive(&self, buffer: &mut [u8]) -> io::Result<Arrival> {
        let mut control = cmsg_space!(in_pktinfo, in6_pktinfo, TimeSpec);
        let mut slices = [IoSliceMut::new(buffer)];
        let message = recvmsg::<SockaddrStorage>(
            self.0.as_raw_fd(),
            &mut slices,
            Some(&mut control),
            MsgFlags::MSG_DONTWAIT,
        )?;
        let source = message.address.as_ref().and_then(to_std).ok_or(io::ErrorKind::InvalidData)?;
        let mut info = Info::None;
        let mut arrived = None;
        for control in message.cmsgs()? {
            match control {
                ControlMessageOwned::Ipv4PacketInfo(four) => info = Info::V4(four),
                ControlMessageOwned::Ipv6PacketInfo(six) if !matches!(info, Info::V4(_)) => {
                    info = Info::V6(six);
                }
                ControlMessageOwned::ScmTimestampns(time) => arrived = to_system(time),
                _ => {}
            }
        }
        Ok(Arrival {
            length: message.bytes,
            source,
            destination: info.destination(self.0.local_addr()?.port()),
            arrived: arrived.unwrap_or_else(SystemTime::now),
            info,
        })
    }

    /// Sends `bytes` to the source of `request`, from the address that `request` was sent to, or
    /// fails with `WouldBlock`.
    pub(super) fn send(&self, bytes: &[u8], request: &Arrival) -> io::Result<()> {
        let reply;
        let control = match &request.info {
            Info::V4(info) => {
                // Interface 0: let routing choose it.
                reply = in_pktinfo { ipi_ifindex: 0, ..*info };
                Some(ControlMessage::Ipv4PacketInfo(&reply))
            }
            Info::V6(info) => Some(ControlMessage::Ipv6PacketInfo(info)),
            Info::None => None,
        };
        sendmsg(
            self.0.as_raw_fd(),
            &[IoSlice::new(bytes)],
            control.as_slice(),
            MsgFlags::MSG_DONTWAIT,
            Some(&SockaddrStorage::from(request.source)),
        )?;
        Ok(())
    }
}

impl AsFd for PktinfoSocket {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

impl Info {
    fn destination(&self, port: u16) -> Destination {
        match self {
            Self::V4(info) => {
                // ip(7): ipi_addr is the packet's destination, ipi_spec_dst the local address it
                // was delivered to. They differ when the destination is not a single host.
                let (sent_to, local) = (to_ipv4(info.ipi_addr), to_ipv4(info.ipi_spec_dst));
                if sent_to.is_multicast() {
                    Destination::Multicast
                } else if sent_to != local {
                    Destination::Broadcast
                } else {
                    Destination::Host(SocketAddr::new(IpAddr::V4(local), port))
                }
            }
            Self::V6(info) => {
                let sent_to = Ipv6Addr::from(info.ipi6_addr.s6_addr);
                if sent_to.is_multicast() {
                    Destination::Multicast
                } else {
                    Destination::Host(SocketAddr::new(IpAddr::V6(sent_to), port))
                }
            }
            Self::None => Destination::Unknown,
        }
    }
}

fn to_ipv4(address: in_addr) -> Ipv4Addr {
    // s_addr is in network byte order in memory.
    Ipv4Addr::from(address.s_addr.to_ne_bytes())
}

fn to_std(address: &SockaddrStorage) -> Option<SocketAddr> {
    if let Some(four) = address.as_sockaddr_in() {
        return Some(SocketAddr::V4((*four).into()));
    }
    address.as_sockaddr_in6().map(|six| SocketAddr::V6((*six).into()))
}

fn to_system(time: TimeSpec) -> Option<SystemTime> {
    let seconds = u64::try_from(time.tv_sec()).ok()?;
    let nanos = u32::try_from(time.tv_nsec()).ok()?;
    UNIX_EPOCH.checked_add(Duration::new(seconds, nanos))
}
