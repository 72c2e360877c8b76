//! Messages of rtnetlink: a header, a body of fixed size, and attributes that may contain others.
//! Pure.

use rustix::io::Errno;

/// `sizeof(struct nlmsghdr)`.
const HEADER: usize = 16;

/// A message under construction.
#[derive(Debug)]
pub(super) struct Message(Vec<u8>);

impl Message {
    /// A message of this kind that asks for an answer.
    pub(super) fn new(kind: u16, flags: i32) -> Self {
        let flags = (flags | libc::NLM_F_REQUEST | libc::NLM_F_ACK) as u16;
        let mut bytes = vec![0; HEADER];
        bytes[4..6].copy_from_slice(&kind.to_ne_bytes());
        bytes[6..8].copy_from_slice(&flags.to_ne_bytes());
        Self(bytes)
    }

    /// Adds a piece of the body.
    pub(super) fn bytes(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }

    /// Adds an attribute, `struct rtattr`.
    pub(super) fn attribute(&mut self, kind: u16, value: &[u8]) {
        self.nest(kind, |message| message.bytes(value));
    }

    /// Adds an attribute whose value is written by `inside`, for instance as further attributes.
    pub(super) fn nest(&mut self, kind: u16, inside: impl FnOnce(&mut Self)) {
        let start = self.0.len();
        self.0.extend_from_slice(&[0; 2]);
        self.0.extend_from_slice(&kind.to_ne_bytes());
        inside(self);
        // No message of ours comes near 64 KiB.
        let length = (self.0.len() - start) as u16;
        self.0[start..start + 2].copy_from_slice(&length.to_ne_bytes());
        self.0.resize(self.0.len().next_multiple_of(4), 0);
    }

    /// The message as it is sent.
    pub(super) fn finish(mut self, sequence: u32) -> Vec<u8> {
        let length = self.0.len() as u32;
        self.0[..4].copy_from_slice(&length.to_ne_bytes());
        self.0[8..12].copy_from_slice(&sequence.to_ne_bytes());
        self.0
    }
}

/// `struct ifinfomsg`: which of the flags in `mask` are on.
pub(super) fn link_body(index: i32, flags: u32, mask: u32) -> [u8; 16] {
    let mut body = [0; 16];
    body[4..8].copy_from_slice(&index.to_ne_bytes());
    body[8..12].copy_from_slice(&flags.to_ne_bytes());
    body[12..16].copy_from_slice(&mask.to_ne_bytes());
    body
}

/// What an answer (`NLMSG_ERROR`, whose error may be 0) says of the message with this number; `None`
/// if it is about another one.
pub(super) fn verdict(answer: &[u8], sequence: u32) -> Option<Result<(), Errno>> {
    let word = |at: usize| answer.get(at..at + 4)?.try_into().ok().map(u32::from_ne_bytes);
    let kind = u16::from_ne_bytes(answer.get(4..6)?.try_into().ok()?);
    if i32::from(kind) != libc::NLMSG_ERROR || word(8)? != sequence {
        return None;
    }
    match word(HEADER)?.cast_signed().checked_neg() {
        Some(0) => Some(Ok(())),
        error => Some(Err(Errno::from_raw_os_error(error.unwrap_or(libc::EPROTO)))),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_attribute_has_its_length_and_begins_at_a_multiple_of_four() {
        let mut message = Message::new(16, 0);
        message.nest(1, |message| message.attribute(2, b"abcde"));
        let bytes = message.finish(7);
        assert_eq!(bytes[..4], 32_u32.to_ne_bytes());
        assert_eq!(bytes[8..12], 7_u32.to_ne_bytes());
        assert_eq!(bytes[16..18], 16_u16.to_ne_bytes(), "with the padding of what is inside");
        assert_eq!(bytes[20..22], 9_u16.to_ne_bytes(), "without its own padding");
        assert_eq!(&bytes[24..29], b"abcde");
    }

    #[test]
    fn an_answer_is_about_one_message() {
        let mut answer = [0; 36];
        answer[4] = libc::NLMSG_ERROR as u8;
        answer[8] = 3;
        assert_eq!(verdict(&answer, 3), Some(Ok(())));
        assert_eq!(verdict(&answer, 4), None);
        answer[16..20].copy_from_slice(&(-libc::EPERM).to_ne_bytes());
        assert_eq!(verdict(&answer, 3), Some(Err(Errno::PERM)));
    }

    proptest! {
        #[test]
        fn any_answer_can_be_read(bytes: Vec<u8>, sequence: u32) {
            let _ = verdict(&bytes, sequence);
        }
    }
}
