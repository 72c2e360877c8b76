//! What a timeline keeps of a frame in a ring.

use socklab_event::{Bytes, Fate, Frame, Headers};

use super::ring::Seen;
use super::{complete_checksum, headers};

/// How much of a payload stands with the decoded headers, where drawings and judges look at it. The
/// frame's bytes are what a capture file is made of, and may have more.
pub(crate) const QUOTED: usize = 512;

/// A frame that went from one host to another. Of its payload `sample` bytes are kept, as far as they
/// are in the ring. If nobody has computed its checksum, it is computed, in the ring too.
pub(crate) fn frame(
    seen: &mut Seen<'_>,
    sample: usize,
    from: &str,
    to: Option<&str>,
    fate: Fate,
) -> Frame {
    if seen.checksum_open {
        complete_checksum(seen.bytes);
    }
    let headers = headers(seen.bytes, seen.length, sample.min(QUOTED));
    let bytes = kept(seen.bytes, seen.length, headers.as_ref(), sample);
    Frame { from: from.to_owned(), to: to.map(str::to_owned), bytes, headers, fate }
}

/// What is kept of a frame whose beginning is here, and that was `length` bytes long: `sample` bytes of
/// its payload, and all before them.
pub(crate) fn kept(frame: &[u8], length: usize, headers: Option<&Headers>, sample: usize) -> Bytes {
    let payload = headers.map_or(0, |headers| headers.payload.total);
    let payload = usize::try_from(payload).unwrap_or(usize::MAX);
    // What could not be decoded is all payload.
    let before = if headers.is_some() { length.saturating_sub(payload) } else { 0 };
    let kept = before.saturating_add(sample).min(frame.len());
    Bytes { sample: frame[..kept].to_vec(), total: length as u64 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::is_intact;
    use crate::wire::built;
    use crate::wire::ring::Offload;

    #[test]
    fn of_a_frame_all_headers_are_kept_and_as_much_of_the_payload_as_wanted() {
        let whole = built::udp([127, 0, 0, 1], 12000, 53, b"hola, mundo");
        for (sample, kept) in [(0, 0), (4, 4), (4096, 11)] {
            let mut bytes = whole.clone();
            let length = bytes.len();
            let mut seen = Seen {
                at: 7,
                ifindex: 1,
                outgoing: false,
                checksum_open: false,
                offload: Offload::default(),
                length,
                bytes: &mut bytes,
            };
            let kept_frame =
                frame(&mut seen, sample, "client", Some("server"), Fate::Delivered { at: 7 });
            assert_eq!(kept_frame.bytes.total, length as u64);
            assert_eq!(kept_frame.bytes.sample, whole[..length - 11 + kept]);
            let headers = kept_frame.headers.expect("a datagram");
            assert_eq!(headers.payload.total, 11);
            assert_eq!(headers.payload.sample, b"hola, mundo"[..kept]);
        }
    }

    #[test]
    fn an_open_checksum_is_completed() {
        let mut bytes = built::udp([127, 0, 0, 1], 12000, 53, b"hola");
        let length = bytes.len();
        let field = length - 4 - 2;
        bytes[field] ^= 0xff;
        let mut seen = Seen {
            at: 7,
            ifindex: 1,
            outgoing: false,
            checksum_open: true,
            offload: Offload::default(),
            length,
            bytes: &mut bytes,
        };
        let _ = frame(&mut seen, 0, "a", None, Fate::Delivered { at: 7 });
        assert_eq!(is_intact(&bytes), Some(true));
    }
}
