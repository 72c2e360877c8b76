//! Socket options: names and values.

use std::time::Duration;

use socklab_event::{Args, Bytes, Errno, Name, OptionValue};

use super::returned::Returned;
use super::words::{i32_at, u64_at};
use crate::memory::Memory;

/// How many bytes of an option's value are decoded: no value is longer than a page.
const LONGEST: usize = 4096;

/// `SO_RCVTIMEO_NEW` and `SO_SNDTIMEO_NEW`, which libc lacks for most targets.
const RCVTIMEO_NEW: i32 = 66;
const SNDTIMEO_NEW: i32 = 67;

pub(super) fn set(call: &Returned<'_, impl Memory>) -> Args {
    let (level, option) = (call.int(1), call.int(2));
    let value = read(call, call.uint(4));
    Args::SetOption { level: level_name(level), option: option_name(level, option), value }
}

pub(super) fn get(call: &Returned<'_, impl Memory>) -> Args {
    let (level, option) = (call.int(1), call.int(2));
    let length = call.memory.array::<4>(call.word(4)).filter(|_| call.has_succeeded());
    let value = length.map(|length| read(call, u32::from_ne_bytes(length)));
    Args::GetOption { level: level_name(level), option: option_name(level, option), value }
}

/// The value that the call's fourth argument points to.
fn read(call: &Returned<'_, impl Memory>, length: u32) -> OptionValue {
    let bytes = call.memory.bytes(call.word(3), (length as usize).min(LONGEST));
    value(call.int(1), call.int(2), &bytes)
}

/// The name of an option level.
pub(super) fn level_name(level: i32) -> Name {
    match level {
        libc::SOL_SOCKET => "SOL_SOCKET".into(),
        libc::IPPROTO_IP => "IPPROTO_IP".into(),
        libc::IPPROTO_TCP => "IPPROTO_TCP".into(),
        libc::IPPROTO_UDP => "IPPROTO_UDP".into(),
        libc::IPPROTO_IPV6 => "IPPROTO_IPV6".into(),
        libc::IPPROTO_ICMPV6 => "IPPROTO_ICMPV6".into(),
        libc::IPPROTO_SCTP => "IPPROTO_SCTP".into(),
        libc::IPPROTO_MPTCP => "IPPROTO_MPTCP".into(),
        libc::IPPROTO_RAW => "IPPROTO_RAW".into(),
        libc::SOL_PACKET => "SOL_PACKET".into(),
        libc::SOL_NETLINK => "SOL_NETLINK".into(),
        libc::SOL_TLS => "SOL_TLS".into(),
        libc::SOL_ALG => "SOL_ALG".into(),
        _ => Name::from(format!("level {level}")),
    }
}

/// The name of an option within its level.
fn option_name(level: i32, option: i32) -> Name {
    let table = match level {
        libc::SOL_SOCKET => SOCKET,
        libc::IPPROTO_IP => IP,
        libc::IPPROTO_TCP => TCP,
        libc::IPPROTO_UDP => UDP,
        libc::IPPROTO_IPV6 => IPV6,
        _ => &[],
    };
    match table.iter().find(|(number, _)| *number == option) {
        Some((_, name)) => Name::of(name),
        None => Name::from(format!("option {option}")),
    }
}

/// Decodes an option's value according to the option.
fn value(level: i32, option: i32, bytes: &[u8]) -> OptionValue {
    match (level, option) {
        (libc::SOL_SOCKET, libc::SO_LINGER) if bytes.len() >= 8 => {
            OptionValue::Linger((i32_at(bytes, 0) != 0).then(|| i32_at(bytes, 4)))
        }
        (libc::SOL_SOCKET, libc::SO_RCVTIMEO | libc::SO_SNDTIMEO | RCVTIMEO_NEW | SNDTIMEO_NEW)
            if bytes.len() >= 16 =>
        {
            let micros = Duration::from_micros(u64_at(bytes, 8)).as_nanos();
            let seconds = u128::from(u64_at(bytes, 0)) * 1_000_000_000;
            OptionValue::Time(u64::try_from(seconds + micros).unwrap_or(u64::MAX))
        }
        (libc::SOL_SOCKET, libc::SO_ERROR) if bytes.len() >= 4 && i32_at(bytes, 0) != 0 => {
            OptionValue::Error(Errno(i32_at(bytes, 0)))
        }
        (libc::SOL_SOCKET, libc::SO_BINDTODEVICE)
        | (libc::IPPROTO_TCP, libc::TCP_CONGESTION | libc::TCP_ULP) => {
            let end = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len());
            OptionValue::Text(String::from_utf8_lossy(&bytes[..end]).into_owned())
        }
        // Some IP options take a byte as well as an int.
        _ if bytes.len() == 1 => OptionValue::Int(i64::from(bytes[0])),
        _ if bytes.len() == 4 => OptionValue::Int(i64::from(i32_at(bytes, 0))),
        _ if bytes.len() == 8 && level == libc::SOL_SOCKET => {
            OptionValue::Int(u64_at(bytes, 0).cast_signed())
        }
        _ => OptionValue::Bytes(Bytes::whole(bytes)),
    }
}

type Table = &'static [(i32, &'static str)];

const SOCKET: Table = &[
    (1, "SO_DEBUG"),
    (2, "SO_REUSEADDR"),
    (3, "SO_TYPE"),
    (4, "SO_ERROR"),
    (5, "SO_DONTROUTE"),
    (6, "SO_BROADCAST"),
    (7, "SO_SNDBUF"),
    (8, "SO_RCVBUF"),
    (9, "SO_KEEPALIVE"),
    (10, "SO_OOBINLINE"),
    (11, "SO_NO_CHECK"),
    (12, "SO_PRIORITY"),
    (13, "SO_LINGER"),
    (14, "SO_BSDCOMPAT"),
    (15, "SO_REUSEPORT"),
    (16, "SO_PASSCRED"),
    (17, "SO_PEERCRED"),
    (18, "SO_RCVLOWAT"),
    (19, "SO_SNDLOWAT"),
    (20, "SO_RCVTIMEO"),
    (21, "SO_SNDTIMEO"),
    (25, "SO_BINDTODEVICE"),
    (26, "SO_ATTACH_FILTER"),
    (27, "SO_DETACH_FILTER"),
    (28, "SO_PEERNAME"),
    (29, "SO_TIMESTAMP"),
    (30, "SO_ACCEPTCONN"),
    (31, "SO_PEERSEC"),
    (32, "SO_SNDBUFFORCE"),
    (33, "SO_RCVBUFFORCE"),
    (34, "SO_PASSSEC"),
    (35, "SO_TIMESTAMPNS"),
    (36, "SO_MARK"),
    (37, "SO_TIMESTAMPING"),
    (38, "SO_PROTOCOL"),
    (39, "SO_DOMAIN"),
    (40, "SO_RXQ_OVFL"),
    (41, "SO_WIFI_STATUS"),
    (42, "SO_PEEK_OFF"),
    (43, "SO_NOFCS"),
    (44, "SO_LOCK_FILTER"),
    (45, "SO_SELECT_ERR_QUEUE"),
    (46, "SO_BUSY_POLL"),
    (47, "SO_MAX_PACING_RATE"),
    (49, "SO_INCOMING_CPU"),
    (50, "SO_ATTACH_BPF"),
    (51, "SO_ATTACH_REUSEPORT_CBPF"),
    (52, "SO_ATTACH_REUSEPORT_EBPF"),
    (53, "SO_CNX_ADVICE"),
    (55, "SO_MEMINFO"),
    (56, "SO_INCOMING_NAPI_ID"),
    (57, "SO_COOKIE"),
    (59, "SO_PEERGROUPS"),
    (60, "SO_ZEROCOPY"),
    (61, "SO_TXTIME"),
    (62, "SO_BINDTOIFINDEX"),
    (66, "SO_RCVTIMEO_NEW"),
    (67, "SO_SNDTIMEO_NEW"),
    (69, "SO_PREFER_BUSY_POLL"),
    (70, "SO_BUSY_POLL_BUDGET"),
    (71, "SO_NETNS_COOKIE"),
    (72, "SO_BUF_LOCK"),
    (74, "SO_TXREHASH"),
    (75, "SO_RCVMARK"),
    (76, "SO_PASSPIDFD"),
    (77, "SO_PEERPIDFD"),
];

const IP: Table = &[
    (1, "IP_TOS"),
    (2, "IP_TTL"),
    (3, "IP_HDRINCL"),
    (4, "IP_OPTIONS"),
    (5, "IP_ROUTER_ALERT"),
    (6, "IP_RECVOPTS"),
    (7, "IP_RETOPTS"),
    (8, "IP_PKTINFO"),
    (10, "IP_MTU_DISCOVER"),
    (11, "IP_RECVERR"),
    (12, "IP_RECVTTL"),
    (13, "IP_RECVTOS"),
    (14, "IP_MTU"),
    (15, "IP_FREEBIND"),
    (19, "IP_TRANSPARENT"),
    (20, "IP_RECVORIGDSTADDR"),
    (21, "IP_MINTTL"),
    (24, "IP_BIND_ADDRESS_NO_PORT"),
    (25, "IP_RECVFRAGSIZE"),
    (26, "IP_RECVERR_RFC4884"),
    (32, "IP_MULTICAST_IF"),
    (33, "IP_MULTICAST_TTL"),
    (34, "IP_MULTICAST_LOOP"),
    (35, "IP_ADD_MEMBERSHIP"),
    (36, "IP_DROP_MEMBERSHIP"),
    (49, "IP_MULTICAST_ALL"),
    (50, "IP_UNICAST_IF"),
    (51, "IP_LOCAL_PORT_RANGE"),
];

const TCP: Table = &[
    (1, "TCP_NODELAY"),
    (2, "TCP_MAXSEG"),
    (3, "TCP_CORK"),
    (4, "TCP_KEEPIDLE"),
    (5, "TCP_KEEPINTVL"),
    (6, "TCP_KEEPCNT"),
    (7, "TCP_SYNCNT"),
    (8, "TCP_LINGER2"),
    (9, "TCP_DEFER_ACCEPT"),
    (10, "TCP_WINDOW_CLAMP"),
    (11, "TCP_INFO"),
    (12, "TCP_QUICKACK"),
    (13, "TCP_CONGESTION"),
    (14, "TCP_MD5SIG"),
    (16, "TCP_THIN_LINEAR_TIMEOUTS"),
    (18, "TCP_USER_TIMEOUT"),
    (19, "TCP_REPAIR"),
    (23, "TCP_FASTOPEN"),
    (24, "TCP_TIMESTAMP"),
    (25, "TCP_NOTSENT_LOWAT"),
    (26, "TCP_CC_INFO"),
    (30, "TCP_FASTOPEN_CONNECT"),
    (31, "TCP_ULP"),
    (34, "TCP_FASTOPEN_NO_COOKIE"),
    (35, "TCP_ZEROCOPY_RECEIVE"),
    (36, "TCP_INQ"),
    (37, "TCP_TX_DELAY"),
];

const UDP: Table = &[(1, "UDP_CORK"), (100, "UDP_ENCAP"), (103, "UDP_SEGMENT"), (104, "UDP_GRO")];

const IPV6: Table = &[
    (1, "IPV6_ADDRFORM"),
    (7, "IPV6_CHECKSUM"),
    (16, "IPV6_UNICAST_HOPS"),
    (17, "IPV6_MULTICAST_IF"),
    (18, "IPV6_MULTICAST_HOPS"),
    (19, "IPV6_MULTICAST_LOOP"),
    (20, "IPV6_ADD_MEMBERSHIP"),
    (21, "IPV6_DROP_MEMBERSHIP"),
    (23, "IPV6_MTU_DISCOVER"),
    (24, "IPV6_MTU"),
    (25, "IPV6_RECVERR"),
    (26, "IPV6_V6ONLY"),
    (49, "IPV6_RECVPKTINFO"),
    (50, "IPV6_PKTINFO"),
    (51, "IPV6_RECVHOPLIMIT"),
    (62, "IPV6_DONTFRAG"),
    (66, "IPV6_RECVTCLASS"),
    (67, "IPV6_TCLASS"),
];

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn values_by_kind() {
        let int = |number: i32| number.to_ne_bytes().to_vec();
        assert_eq!(value(libc::SOL_SOCKET, libc::SO_REUSEADDR, &int(1)), OptionValue::Int(1));
        assert_eq!(value(libc::SOL_SOCKET, libc::SO_ERROR, &int(111)), {
            OptionValue::Error(Errno::ECONNREFUSED)
        });
        assert_eq!(value(libc::SOL_SOCKET, libc::SO_ERROR, &int(0)), OptionValue::Int(0));
        let linger = [int(1), int(0)].concat();
        assert_eq!(value(libc::SOL_SOCKET, libc::SO_LINGER, &linger), OptionValue::Linger(Some(0)));
        let time = [1_u64.to_ne_bytes(), 500_000_u64.to_ne_bytes()].concat();
        let decoded = value(libc::SOL_SOCKET, libc::SO_RCVTIMEO, &time);
        assert_eq!(decoded, OptionValue::Time(1_500_000_000));
        assert_eq!(option_name(libc::IPPROTO_TCP, 1), "TCP_NODELAY");
        assert_eq!(option_name(libc::IPPROTO_TCP, 999), "option 999");
    }

    proptest! {
        #[test]
        fn any_value_decodes(level in -2i32..300, option in -2i32..110, bytes: Vec<u8>) {
            let _ = (level_name(level), option_name(level, option), value(level, option, &bytes));
        }
    }
}
