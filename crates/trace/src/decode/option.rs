//! Socket options: names and values.

use std::net::{Ipv4Addr, Ipv6Addr};
use std::time::Duration;

use socklab_event::{Args, Bytes, Errno, Name, OptionValue};

use super::address;
use super::constants::{self, Table};
use super::returned::Returned;
use super::words::{i32_at, u32_at, u64_at};
use crate::memory::Memory;

/// How many bytes of an option's value are decoded: no value is longer than a page.
const LONGEST: usize = 4096;

pub(super) fn set(call: &Returned<'_, impl Memory>) -> Args {
    let (level, option) = (call.int(1), call.int(2));
    let value = read(call, call.uint(4));
    Args::SetOption { level: level_name(level), option: option_name(level, option), value }
}

pub(super) fn get(call: &Returned<'_, impl Memory>) -> Args {
    let (level, option) = (call.int(1), call.int(2));
    let length = call.memory.array::<4>(call.word(4)).filter(|_| call.has_succeeded());
    let value = length.map(|length| read(call, u32::from_ne_bytes(length)));
    Args::GetOption { level: level_name(level), option: name_to_get(level, option), value }
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

/// The options of a level.
fn options(level: i32) -> Table {
    match level {
        libc::SOL_SOCKET => constants::SOCKET,
        libc::IPPROTO_IP => constants::IP,
        libc::IPPROTO_TCP => constants::TCP,
        libc::IPPROTO_UDP => constants::UDP,
        libc::IPPROTO_IPV6 => constants::IPV6,
        libc::IPPROTO_RAW => constants::RAW,
        libc::SOL_PACKET => constants::PACKET,
        libc::SOL_NETLINK => constants::NETLINK,
        libc::SOL_TLS => constants::TLS,
        _ => &[],
    }
}

/// The name of an option within its level.
fn option_name(level: i32, option: i32) -> Name {
    match options(level).iter().find(|(number, _)| *number == option) {
        Some((_, name)) => Name::of(name),
        None => Name::from(format!("option {option}")),
    }
}

/// The name of an option that is read: some numbers mean something else then.
fn name_to_get(level: i32, option: i32) -> Name {
    match (level, option) {
        (libc::SOL_SOCKET, libc::SO_GET_FILTER) => Name::of("SO_GET_FILTER"),
        _ => option_name(level, option),
    }
}

/// The name of a kind of ancillary data within its level; `None` if it has none. Levels of protocols
/// name them after the options that ask for them.
pub(super) fn control_name(level: i32, of: i32) -> Option<Name> {
    let table = match level {
        libc::SOL_SOCKET => constants::SOCKET_CONTROL,
        _ => options(level),
    };
    table.iter().find(|(number, _)| *number == of).map(|(_, name)| Name::of(name))
}

/// Decodes an option's value according to the option.
fn value(level: i32, option: i32, bytes: &[u8]) -> OptionValue {
    match (level, option) {
        (libc::SOL_SOCKET, libc::SO_LINGER) if bytes.len() >= 8 => {
            OptionValue::Linger((i32_at(bytes, 0) != 0).then(|| i32_at(bytes, 4)))
        }
        (
            libc::SOL_SOCKET,
            libc::SO_RCVTIMEO | libc::SO_SNDTIMEO | libc::SO_RCVTIMEO_NEW | libc::SO_SNDTIMEO_NEW,
        ) if bytes.len() >= 16 => {
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
        (libc::SOL_SOCKET, libc::SO_PEERCRED | libc::SO_PEERSEC) => credentials(option, bytes),
        (libc::IPPROTO_IP, libc::IP_ADD_MEMBERSHIP | libc::IP_DROP_MEMBERSHIP)
        | (libc::IPPROTO_IP, libc::IP_MULTICAST_IF)
            if bytes.len() >= 8 =>
        {
            OptionValue::Text(ip_group(bytes))
        }
        (libc::IPPROTO_IPV6, libc::IPV6_ADD_MEMBERSHIP | libc::IPV6_DROP_MEMBERSHIP)
            if bytes.len() >= 20 =>
        {
            let group = bytes.first_chunk::<16>().map_or(Ipv6Addr::UNSPECIFIED, |ip| (*ip).into());
            OptionValue::Text(format!("{group}, interface {}", u32_at(bytes, 16)))
        }
        (
            libc::IPPROTO_IP | libc::IPPROTO_IPV6,
            libc::MCAST_JOIN_GROUP | libc::MCAST_LEAVE_GROUP,
        ) if bytes.len() >= 36 => {
            let group = address::endpoint(&bytes[8..]);
            let group = group.ip_port().map(|(ip, _)| ip.to_string()).unwrap_or_default();
            OptionValue::Text(format!("{group}, interface {}", u32_at(bytes, 0)))
        }
        (libc::SOL_PACKET, libc::PACKET_ADD_MEMBERSHIP | libc::PACKET_DROP_MEMBERSHIP)
            if bytes.len() >= 16 =>
        {
            let (interface, kind) = (i32_at(bytes, 0), u32_at(bytes, 4) & 0xffff);
            OptionValue::Text(format!("interface {interface}, type {kind}"))
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

/// `struct ucred`, of which the kernel returns as much as fits; or a security label.
fn credentials(option: i32, bytes: &[u8]) -> OptionValue {
    if option == libc::SO_PEERSEC {
        let label = bytes.strip_suffix(b"\0").unwrap_or(bytes);
        return OptionValue::Text(String::from_utf8_lossy(label).into_owned());
    }
    let numbers = bytes.chunks_exact(4).map(|word| i32_at(word, 0));
    let fields = ["pid", "uid", "gid"].iter().zip(numbers);
    let fields: Vec<String> = fields.map(|(name, number)| format!("{name} {number}")).collect();
    OptionValue::Text(fields.join(", "))
}

/// `struct ip_mreq`: a group and the address of an interface; or `struct ip_mreqn`, which has the
/// number of the interface too.
fn ip_group(bytes: &[u8]) -> String {
    let address = |at: usize| Ipv4Addr::from(u32::from_be(u32_at(bytes, at)));
    let (group, interface) = (address(0), address(4));
    match bytes.len() >= 12 {
        true => format!("{group}, interface {} ({interface})", i32_at(bytes, 8)),
        false => format!("{group}, interface {interface}"),
    }
}

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

    #[test]
    fn the_same_number_has_another_name_when_it_is_read() {
        assert_eq!(option_name(libc::SOL_SOCKET, libc::SO_GET_FILTER), "SO_ATTACH_FILTER");
        assert_eq!(name_to_get(libc::SOL_SOCKET, libc::SO_GET_FILTER), "SO_GET_FILTER");
    }

    #[test]
    fn structures_are_told_by_their_fields() {
        let text = |level, option, bytes: &[u8]| match value(level, option, bytes) {
            OptionValue::Text(text) => text,
            other => panic!("{other:?}"),
        };
        let words = |words: &[i32]| -> Vec<u8> {
            words.iter().flat_map(|word| word.to_ne_bytes()).collect()
        };
        let peer = words(&[7, 1000, 100]);
        let (socket, cred) = (libc::SOL_SOCKET, libc::SO_PEERCRED);
        assert_eq!(text(socket, cred, &peer), "pid 7, uid 1000, gid 100");
        assert_eq!(text(socket, cred, &peer[..8]), "pid 7, uid 1000", "the buffer was short");
        let group = [224, 0, 0, 251, 127, 0, 0, 1];
        let (ip, join) = (libc::IPPROTO_IP, libc::IP_ADD_MEMBERSHIP);
        assert_eq!(text(ip, join, &group), "224.0.0.251, interface 127.0.0.1");
        let with_number = [&group[..], &words(&[2])].concat();
        assert_eq!(text(ip, join, &with_number), "224.0.0.251, interface 2 (127.0.0.1)");
        let mut six = [0; 20];
        (six[0], six[1], six[15], six[16]) = (0xff, 2, 1, 3);
        let (ipv6, join) = (libc::IPPROTO_IPV6, libc::IPV6_ADD_MEMBERSHIP);
        assert_eq!(text(ipv6, join, &six), "ff02::1, interface 3");
    }

    #[test]
    fn every_number_has_one_name_in_its_table() {
        let tables = [
            constants::SOCKET,
            constants::IP,
            constants::IPV6,
            constants::TCP,
            constants::UDP,
            constants::NETLINK,
            constants::PACKET,
            constants::RAW,
            constants::TLS,
        ];
        for table in tables {
            let mut numbers: Vec<i32> = table.iter().map(|(number, _)| *number).collect();
            numbers.sort_unstable();
            let all = numbers.len();
            numbers.dedup();
            assert_eq!(numbers.len(), all, "{table:?}");
        }
    }

    proptest! {
        #[test]
        fn any_value_decodes(level in -2i32..300, option in -2i32..110, bytes: Vec<u8>) {
            let _ = (level_name(level), option_name(level, option), value(level, option, &bytes));
        }
    }
}
