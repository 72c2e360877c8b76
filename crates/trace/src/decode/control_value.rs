//! What the frequent kinds of ancillary data mean.

use std::net::{Ipv4Addr, Ipv6Addr};

use socklab_event::{Endpoint, Errno, OptionValue};

use super::address;
use super::words::{i32_at, u32_at, u64_at};

/// Time stamps whose seconds have 64 bits whatever the processor, `asm-generic/socket.h`: on ours they
/// look like the old ones.
const NEW_STAMP: i32 = linux_raw_sys::net::SO_TIMESTAMP_NEW as i32;
const NEW_STAMP_NS: i32 = linux_raw_sys::net::SO_TIMESTAMPNS_NEW as i32;
const NEW_STAMPING: i32 = linux_raw_sys::net::SO_TIMESTAMPING_NEW as i32;

/// `UDP_GRO` of `linux/udp.h`.
const UDP_GRO: i32 = 104;

/// `sizeof(struct sock_extended_err)`; the address of who reported the error follows.
const EXTENDED_ERROR: usize = 16;

/// The value of a piece of ancillary data; `None` for other kinds, and if it is cut short.
pub(super) fn of(level: i32, of: i32, data: &[u8]) -> Option<OptionValue> {
    match (level, of) {
        (libc::SOL_SOCKET, libc::SCM_TIMESTAMP | NEW_STAMP) => stamp(data, 1000),
        (libc::SOL_SOCKET, libc::SCM_TIMESTAMPNS | NEW_STAMP_NS) => stamp(data, 1),
        (libc::SOL_SOCKET, libc::SCM_TIMESTAMPING | NEW_STAMPING) => stamps(data),
        (libc::SOL_SOCKET, libc::SO_RXQ_OVFL) => int(data),
        (libc::IPPROTO_IP, libc::IP_TTL) | (libc::IPPROTO_UDP, UDP_GRO) => int(data),
        (libc::IPPROTO_IPV6, libc::IPV6_HOPLIMIT | libc::IPV6_TCLASS) => int(data),
        // Received as a byte, sent as a byte or an int.
        (libc::IPPROTO_IP, libc::IP_TOS) => match data {
            [tos] => Some(OptionValue::Int(i64::from(*tos))),
            _ => int(data),
        },
        (libc::IPPROTO_IP, libc::IP_PKTINFO) if data.len() >= 12 => {
            let ip = |at: usize| Ipv4Addr::from(u32::from_be(u32_at(data, at)));
            let (interface, local, to) = (i32_at(data, 0), ip(4), ip(8));
            Some(OptionValue::Text(format!("interface {interface}, local {local}, to {to}")))
        }
        (libc::IPPROTO_IPV6, libc::IPV6_PKTINFO) if data.len() >= 20 => {
            let address = Ipv6Addr::from(*data.first_chunk::<16>()?);
            Some(OptionValue::Text(format!("interface {}, address {address}", u32_at(data, 16))))
        }
        (libc::IPPROTO_IP, libc::IP_RECVERR) | (libc::IPPROTO_IPV6, libc::IPV6_RECVERR)
            if data.len() >= EXTENDED_ERROR =>
        {
            Some(OptionValue::Text(extended_error(data)))
        }
        _ => None,
    }
}

fn int(data: &[u8]) -> Option<OptionValue> {
    (data.len() >= 4).then(|| OptionValue::Int(i64::from(i32_at(data, 0))))
}

/// A time of seconds and a fraction of so many nanoseconds: `struct timeval` or `struct timespec`.
fn nanoseconds(data: &[u8], fraction: u64) -> Option<u64> {
    let [seconds, rest] = [u64_at(data, 0), u64_at(data, 8)];
    let whole = seconds.checked_mul(1_000_000_000)?.checked_add(rest.checked_mul(fraction)?);
    whole.filter(|_| data.len() >= 16)
}

fn stamp(data: &[u8], fraction: u64) -> Option<OptionValue> {
    nanoseconds(data, fraction).map(OptionValue::Time)
}

/// `struct scm_timestamping`: the software's stamp, one that is not used any more, the hardware's.
/// Those that are zero were not made.
fn stamps(data: &[u8]) -> Option<OptionValue> {
    if data.len() < 48 {
        return None;
    }
    let stamps = [("software", 0), ("hardware", 32)];
    let made = stamps.iter().filter_map(|(by, at)| {
        let time = nanoseconds(&data[*at..], 1).filter(|time| *time > 0)?;
        Some(format!("{by} {}.{:09}", time / 1_000_000_000, time % 1_000_000_000))
    });
    Some(OptionValue::Text(made.collect::<Vec<_>>().join(", ")))
}

/// `struct sock_extended_err`, `ip(7)`.
fn extended_error(data: &[u8]) -> String {
    let errno = Errno(u32_at(data, 0).cast_signed());
    let origin = match data[4] {
        0 => "none".to_owned(),
        1 => "local".to_owned(),
        2 => "icmp".to_owned(),
        3 => "icmp6".to_owned(),
        4 => "timestamping".to_owned(),
        5 => "zerocopy".to_owned(),
        6 => "txtime".to_owned(),
        other => other.to_string(),
    };
    let [kind, code] = [data[5], data[6]];
    let (info, more) = (u32_at(data, 8), u32_at(data, 12));
    let mut text =
        format!("{errno}, origin {origin}, type {kind}, code {code}, info {info}, data {more}");
    let offender = address::endpoint(&data[EXTENDED_ERROR..]);
    if let Some((ip, _)) = offender.ip_port().filter(|_| offender != Endpoint::Unspecified) {
        text.push_str(&format!(", from {ip}"));
    }
    text
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn words(words: &[u32]) -> Vec<u8> {
        words.iter().flat_map(|word| word.to_ne_bytes()).collect()
    }

    fn text(level: i32, kind: i32, data: &[u8]) -> String {
        match of(level, kind, data) {
            Some(OptionValue::Text(text)) => text,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn numbers_and_times() {
        let ttl = of(libc::IPPROTO_IP, libc::IP_TTL, &words(&[64]));
        assert_eq!(ttl, Some(OptionValue::Int(64)));
        let tos = |data: &[u8]| of(libc::IPPROTO_IP, libc::IP_TOS, data);
        assert_eq!(tos(&[0x10]), Some(OptionValue::Int(16)));
        assert_eq!(tos(&words(&[16])), Some(OptionValue::Int(16)));
        let time = [1_700_000_000_u64, 5].map(u64::to_ne_bytes).concat();
        let stamped = |kind| of(libc::SOL_SOCKET, kind, &time);
        let (micros, nanos) = (1_700_000_000_000_005_000, 1_700_000_000_000_000_005);
        assert_eq!(stamped(libc::SCM_TIMESTAMP), Some(OptionValue::Time(micros)));
        assert_eq!(stamped(NEW_STAMP), Some(OptionValue::Time(micros)));
        assert_eq!(stamped(libc::SCM_TIMESTAMPNS), Some(OptionValue::Time(nanos)));
        let three = [&time[..], &[0; 32]].concat();
        let by = text(libc::SOL_SOCKET, libc::SCM_TIMESTAMPING, &three);
        assert_eq!(by, "software 1700000000.000000005");
        assert_eq!(of(libc::SOL_SOCKET, libc::SCM_TIMESTAMP, &time[..8]), None, "cut short");
        assert_eq!(of(libc::SOL_SOCKET, 999, &time), None);
    }

    #[test]
    fn structures_are_told_by_their_fields() {
        let ip = libc::IPPROTO_IP;
        let info = [&words(&[2])[..], &[127, 0, 0, 1], &[224, 0, 0, 251]].concat();
        let told = text(ip, libc::IP_PKTINFO, &info);
        assert_eq!(told, "interface 2, local 127.0.0.1, to 224.0.0.251");
        let mut info = [0; 20];
        (info[15], info[16]) = (1, 1);
        let told = text(libc::IPPROTO_IPV6, libc::IPV6_PKTINFO, &info);
        assert_eq!(told, "interface 1, address ::1");
        let family = (libc::AF_INET as u16).to_ne_bytes();
        let from = [&family[..], &[0, 0, 127, 0, 0, 1], &[0; 8]].concat();
        let error = [&words(&[111])[..], &[2, 3, 3, 0], &words(&[0, 0]), &from].concat();
        let told = text(ip, libc::IP_RECVERR, &error);
        let expected = "ECONNREFUSED, origin icmp, type 3, code 3, info 0, data 0, from 127.0.0.1";
        assert_eq!(told, expected);
    }

    proptest! {
        #[test]
        fn any_bytes_decode(data: Vec<u8>, kind in 0..120) {
            for level in [libc::SOL_SOCKET, libc::IPPROTO_IP, libc::IPPROTO_IPV6, libc::IPPROTO_UDP] {
                let _ = of(level, kind, &data);
            }
        }
    }
}
