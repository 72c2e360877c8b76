//! The RST segments with which a wire cuts a connection, as a firewall does.

use etherparse::checksum::Sum16BitWords;

use super::super::checksum::{complete_checksum, complete_header_checksum, is_intact};
use super::facts::{Facts, network_start};

const TCP: usize = 20;
const FIN: u8 = 0x01;
const RST: u8 = 0x04;
const ACK: u8 = 0x10;

/// An RST from a frame's sender to its receiver, or back. `sequence` must be what the one who gets it
/// waits for, else it is not believed (RFC 5961, section 3.2).
///
/// `None` if the frame is no plain TCP segment over IPv4 or IPv6.
pub(super) fn reset(
    facts: &Facts<'_>,
    to_source: bool,
    sequence: u32,
    acknowledgement: u32,
) -> Option<Vec<u8>> {
    let frame = facts.passing.frame;
    let ip = network_start(frame)?;
    let version = frame.get(ip)? >> 4;
    let (ip_length, addresses, address_length, ports) = match version {
        4 => (20, ip + 12, 4, ip + usize::from(frame[ip] & 15) * 4),
        6 => (40, ip + 8, 16, ip + 40),
        _ => return None,
    };
    let tcp = ip + ip_length;
    let mut reset = frame.get(..tcp)?.to_vec();
    reset.extend(frame.get(ports..ports + 4)?);
    reset.extend(sequence.to_be_bytes());
    reset.extend(acknowledgement.to_be_bytes());
    reset.extend([(TCP as u8 / 4) << 4, RST | ACK, 0, 0, 0, 0, 0, 0]);
    if to_source {
        swap(&mut reset, 0, 6);
        swap(&mut reset, addresses, address_length);
        swap(&mut reset, tcp, 2);
    }
    if version == 4 {
        reset[ip] = 0x45;
        reset[ip + 2..ip + 4].copy_from_slice(&((ip_length + TCP) as u16).to_be_bytes());
        // No fragment.
        reset[ip + 6..ip + 8].fill(0);
        reset[ip + 8] = 64;
        reset[ip + 10..ip + 12].fill(0);
        let sum = Sum16BitWords::new().add_slice(&reset[ip..tcp]).ones_complement();
        reset[ip + 10..ip + 12].copy_from_slice(&sum.to_ne_bytes());
    } else {
        reset[ip + 4..ip + 6].copy_from_slice(&(TCP as u16).to_be_bytes());
        reset[ip + 7] = 64;
    }
    complete_checksum(&mut reset);
    Some(reset)
}

/// A TCP segment of which only the first `keep` bytes of the payload go on: shorter, with its lengths and
/// checksums right, and without the FIN that stood behind the rest.
///
/// `None` if the frame is no whole TCP segment over IPv4 or IPv6.
pub(super) fn shortened(facts: &Facts<'_>, keep: usize) -> Option<Vec<u8>> {
    let end = facts.payload_start()?.checked_add(keep)?;
    let mut frame = facts.passing.frame.get(..end)?.to_vec();
    let ip = network_start(&frame)?;
    let (tcp, length, before) = match *frame.get(ip)? >> 4 {
        4 => (ip + usize::from(frame[ip] & 15) * 4, ip + 2, ip),
        6 if frame.get(ip + 6) == Some(&6) => (ip + 40, ip + 4, ip + 40),
        _ => return None,
    };
    let bytes = u16::try_from(end.checked_sub(before)?).ok()?;
    frame.get_mut(length..length + 2)?.copy_from_slice(&bytes.to_be_bytes());
    *frame.get_mut(tcp + 13)? &= !FIN;
    complete_header_checksum(&mut frame);
    complete_checksum(&mut frame);
    // What can't be checked is not understood well enough to be cut.
    is_intact(&frame)?.then_some(frame)
}

/// Exchanges two neighbouring fields.
fn swap(bytes: &mut [u8], start: usize, length: usize) {
    let (one, other) = bytes[start..start + 2 * length].split_at_mut(length);
    one.swap_with_slice(other);
}
