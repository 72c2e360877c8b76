//! A UDP socket that knows which of its addresses a datagram was sent to, and answers from it.
//!
//! On a machine with several addresses, a socket bound to the wildcard would answer from the one
//! the route prefers, and a client that asked another one would not recognize the answer. The
//! `IP_PKTINFO` control message (ip(7), ipv6(7), RFC 3542 §6) carries the address both ways.

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

use super::screen::Directed;

/// A UDP socket with `IP_PKTINFO` and kernel receive timestamps.
#[derive(Debug)]
pub(super) struct PktinfoSocket(UdpSocket);

/// A datagram's circumstances.
pub(super) struct Arrival {
    /// Its length in bytes.
    pub(super) length: usize,
    /// Who sent it, or is said to have.
    pub(super) source: SocketAddr,
    /// What it was addressed to.
    pub(super) directed: Directed,
    /// When the kernel got it (`SO_TIMESTAMPNS`).
    pub(super) arrived: SystemTime,
    /// The same control message, to be handed back with the answer.
    info: Info,
}

enum Info {
    V4(in_pktinfo),
    V6(in6_pktinfo),
    /// The kernel sent none; then the route decides about the answer's source.
    None,
}

impl PktinfoSocket {
    pub(super) fn bind(address: SocketAddr) -> io::Result<Self> {
        let socket = UdpSocket::bind(address)?;
        // On an IPv6 wildcard socket both kinds: a datagram over IPv4 gets both control messages,
        // and only IPv4's tells a broadcast.
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

    /// Takes the next datagram, or fails with `WouldBlock`.
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
            directed: info.directed(self.0.local_addr()?.port()),
            arrived: arrived.unwrap_or_else(SystemTime::now),
            info,
        })
    }

    /// Sends `bytes` back to where `request` came from, from where it was sent to, or fails with
    /// `WouldBlock`.
    pub(super) fn send(&self, bytes: &[u8], request: &Arrival) -> io::Result<()> {
        let reply;
        let control = match &request.info {
            Info::V4(info) => {
                // Interface 0: let the route to the client choose it.
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
    fn directed(&self, port: u16) -> Directed {
        match self {
            Self::V4(info) => {
                // ip(7): ipi_addr is the packet's destination, ipi_spec_dst the local address it
                // was delivered to. They differ when the destination is not one machine's.
                let (sent_to, local) = (to_ipv4(info.ipi_addr), to_ipv4(info.ipi_spec_dst));
                if sent_to.is_multicast() {
                    Directed::Multicast
                } else if sent_to != local {
                    Directed::Broadcast
                } else {
                    Directed::Here(SocketAddr::new(IpAddr::V4(local), port))
                }
            }
            Self::V6(info) => {
                let sent_to = Ipv6Addr::from(info.ipi6_addr.s6_addr);
                if sent_to.is_multicast() {
                    Directed::Multicast
                } else {
                    Directed::Here(SocketAddr::new(IpAddr::V6(sent_to), port))
                }
            }
            Self::None => Directed::Unknown,
        }
    }
}

fn to_ipv4(address: in_addr) -> Ipv4Addr {
    // s_addr is in network order in memory, whatever the machine's order is.
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
