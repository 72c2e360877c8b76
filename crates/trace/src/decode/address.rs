//! `struct sockaddr` in its many forms.

use std::net::{Ipv4Addr, Ipv6Addr};

use socklab_event::{Bytes, Endpoint, Family};

use super::words::u32_at;
use crate::memory::Memory;

/// The longest address the kernel takes: `sizeof(struct sockaddr_storage)`.
pub(crate) const LONGEST: usize = 128;

/// Reads and decodes the address a program passed: pointer and length.
pub(crate) fn passed(memory: &impl Memory, address: u64, length: u64) -> Endpoint {
    // The kernel takes the length as an int and ignores the upper half of the register.
    let length = length as u32 as usize;
    if address == 0 {
        return invalid("null pointer", &[]);
    }
    let bytes = memory.bytes(address, length.min(LONGEST));
    if bytes.len() < length.min(LONGEST) {
        return invalid("unreadable memory", &bytes);
    }
    endpoint(&bytes)
}

/// Decodes the address the kernel wrote into a program's buffer. `room` is the buffer's size,
/// `length` that of the whole address. `None` if the program did not ask for it, or the kernel
/// wrote nothing.
pub(crate) fn returned(
    memory: &impl Memory,
    address: u64,
    room: u32,
    length: u32,
) -> Option<Endpoint> {
    if address == 0 || length == 0 {
        return None;
    }
    let bytes = memory.bytes(address, (length.min(room) as usize).min(LONGEST));
    Some(endpoint(&bytes))
}

/// Decodes an address from exactly these bytes. Any bytes decode to something.
pub(crate) fn endpoint(bytes: &[u8]) -> Endpoint {
    let Some((family, rest)) = bytes.split_first_chunk::<2>() else {
        return invalid("shorter than a family", bytes);
    };
    let family = Family(i32::from(u16::from_ne_bytes(*family)));
    match family {
        Family::INET => match rest {
            [p, q, a, b, c, d, ..] => Endpoint::Inet {
                ip: Ipv4Addr::new(*a, *b, *c, *d),
                port: u16::from_be_bytes([*p, *q]),
            },
            _ => invalid("shorter than a sockaddr_in", bytes),
        },
        Family::INET6 => match bytes.get(8..24).and_then(|ip| <[u8; 16]>::try_from(ip).ok()) {
            Some(ip) => Endpoint::Inet6 {
                ip: Ipv6Addr::from(ip),
                port: u16::from_be_bytes([rest[0], rest[1]]),
                flow: u32::from_be(u32_at(bytes, 4)),
                scope: u32_at(bytes, 24),
            },
            None => invalid("shorter than a sockaddr_in6", bytes),
        },
        Family::UNIX => match rest {
            [] => Endpoint::UnixUnnamed,
            [0, name @ ..] => Endpoint::UnixAbstract { name: Bytes::whole(name).into() },
            path => {
                let end = path.iter().position(|byte| *byte == 0).unwrap_or(path.len());
                Endpoint::Unix { path: String::from_utf8_lossy(&path[..end]).into_owned() }
            }
        },
        Family::NETLINK if bytes.len() >= 12 => {
            Endpoint::Netlink { port: u32_at(bytes, 4), groups: u32_at(bytes, 8) }
        }
        Family::UNSPEC => Endpoint::Unspecified,
        of => Endpoint::Other { of, bytes: Bytes::whole(rest).into() },
    }
}

fn invalid(why: &'static str, bytes: &[u8]) -> Endpoint {
    Endpoint::Invalid { why: why.into(), bytes: Bytes::whole(bytes).into() }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn known_families_decode() {
        let inet = [2, 0, 0x2e, 0xe0, 127, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0];
        assert_eq!(endpoint(&inet).to_string(), "127.0.0.1:12000");
        let mut inet6 = [0; 28];
        inet6[0] = 10;
        inet6[3] = 80;
        inet6[23] = 1;
        assert_eq!(endpoint(&inet6).to_string(), "[::1]:80");
        assert_eq!(endpoint(b"\x01\0/run/x\0junk").to_string(), "unix:/run/x");
        assert_eq!(endpoint(b"\x01\0\0name").to_string(), "unix:@name");
        assert_eq!(endpoint(&[1, 0]), Endpoint::UnixUnnamed);
        assert_eq!(endpoint(&[0; 16]), Endpoint::Unspecified);
        assert!(matches!(endpoint(&[2, 0, 1]), Endpoint::Invalid { .. }));
        assert!(matches!(endpoint(&[]), Endpoint::Invalid { .. }));
    }

    proptest! {
        #[test]
        fn any_bytes_decode_to_something(bytes: Vec<u8>, family in 0u8..50) {
            let _ = endpoint(&bytes).to_string();
            let mut bytes = bytes;
            if bytes.len() > 1 {
                (bytes[0], bytes[1]) = (family, 0);
            }
            let _ = endpoint(&bytes).to_string();
        }
    }
}
