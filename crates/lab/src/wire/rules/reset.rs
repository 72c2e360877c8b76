//! The RST segments with which a wire cuts a connection, as a firewall does.

use super::facts::Facts;

const ETHERNET: usize = 14;
const TCP: usize = 20;
const RST: u8 = 0x04;
const ACK: u8 = 0x10;

/// An RST from a frame's sender to its receiver, or back. `sequence` must be what the one who gets it
/// waits for, else it is not believed (RFC 5961, section 3.2). Checksums are left open.
///
/// `None` if the frame is no plain TCP segment over IPv4 or IPv6.
pub(super) fn reset(
    facts: &Facts<'_>,
    to_source: bool,
    sequence: u32,
    acknowledgement: u32,
) -> Option<Vec<u8>> {
    let frame = facts.passing.frame;
    let version = frame.get(ETHERNET)? >> 4;
    let (ip_length, addresses, address_length) = match version {
        4 => (20, ETHERNET + 12, 4),
        6 => (40, ETHERNET + 8, 16),
        _ => return None,
    };
    let ports = match version {
        4 => ETHERNET + usize::from(frame[ETHERNET] & 15) * 4,
        _ => ETHERNET + 40,
    };
    let mut reset = frame.get(..ETHERNET + ip_length)?.to_vec();
    reset.extend(frame.get(ports..ports + 4)?);
    let tcp = ETHERNET + ip_length;
    if version == 4 {
        reset[ETHERNET] = 0x45;
        reset[ETHERNET + 2..ETHERNET + 4]
            .copy_from_slice(&((ip_length + TCP) as u16).to_be_bytes());
        // No fragment, and a checksum to be computed.
        reset[ETHERNET + 6..ETHERNET + 8].fill(0);
        reset[ETHERNET + 8] = 64;
        reset[ETHERNET + 10..ETHERNET + 12].fill(0);
    } else {
        reset[ETHERNET + 4..ETHERNET + 6].copy_from_slice(&(TCP as u16).to_be_bytes());
        reset[ETHERNET + 7] = 64;
    }
    reset.extend(sequence.to_be_bytes());
    reset.extend(acknowledgement.to_be_bytes());
    reset.extend([(TCP as u8 / 4) << 4, RST | ACK, 0, 0, 0, 0, 0, 0]);
    if to_source {
        swap(&mut reset, 0, 6);
        swap(&mut reset, addresses, address_length);
        swap(&mut reset, tcp, 2);
    }
    Some(reset)
}

/// Exchanges two neighbouring fields.
fn swap(bytes: &mut [u8], start: usize, length: usize) {
    let (one, other) = bytes[start..start + 2 * length].split_at_mut(length);
    one.swap_with_slice(other);
}
