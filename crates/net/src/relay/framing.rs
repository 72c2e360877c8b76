//! Cuts a byte stream into datagrams. Pure.

use serde::Serialize;

/// How the input is cut into datagrams. No byte is added or dropped: the datagram of a line includes
/// its newline.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Framing {
    /// One datagram per line, for interactive use. Text after the last newline counts as a line.
    #[default]
    Lines,
    /// One datagram per `read`, for pipes and files that do not consist of lines.
    Chunks,
}

/// The largest payload of a datagram over IPv4: 65,535 bytes less the IP and UDP headers.
pub(super) const LARGEST: usize = 65_507;

/// Cuts input into datagrams.
#[derive(Debug)]
pub(super) struct Framer {
    framing: Framing,
    unfinished: Vec<u8>,
}

impl Framer {
    pub(super) fn new(framing: Framing) -> Self {
        Self { framing, unfinished: Vec::new() }
    }

    /// Adds `piece`; returns the datagrams it completes.
    pub(super) fn push(&mut self, piece: &[u8]) -> Vec<Vec<u8>> {
        let mut datagrams = Vec::new();
        match self.framing {
            Framing::Chunks => datagrams.extend(piece.chunks(LARGEST).map(<[u8]>::to_vec)),
            Framing::Lines => {
                for line in piece.split_inclusive(|&byte| byte == b'\n') {
                    self.unfinished.extend_from_slice(line);
                    while self.unfinished.len() > LARGEST {
                        let rest = self.unfinished.split_off(LARGEST);
                        datagrams.push(std::mem::replace(&mut self.unfinished, rest));
                    }
                    if self.unfinished.ends_with(b"\n") {
                        datagrams.push(std::mem::take(&mut self.unfinished));
                    }
                }
            }
        }
        datagrams
    }

    /// The last datagram, once the input has ended.
    pub(super) fn finish(&mut self) -> Option<Vec<u8>> {
        Some(std::mem::take(&mut self.unfinished)).filter(|rest| !rest.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_line_is_a_datagram() {
        let mut framer = Framer::new(Framing::Lines);
        assert_eq!(framer.push(b"one\ntw"), [b"one\n"]);
        assert_eq!(framer.push(b"o\n\nthree"), [b"two\n".to_vec(), b"\n".to_vec()]);
        assert_eq!(framer.finish(), Some(b"three".to_vec()));
        assert_eq!(framer.finish(), None);
    }

    #[test]
    fn a_chunk_is_a_datagram() {
        let mut framer = Framer::new(Framing::Chunks);
        assert_eq!(framer.push(b"one\ntwo"), [b"one\ntwo"]);
        assert_eq!(framer.finish(), None);
    }

    proptest! {
        #[test]
        fn nothing_is_lost_and_nothing_is_too_large(
            pieces in prop::collection::vec((0usize..200_000, any::<bool>()), 0..5),
            lines: bool,
        ) {
            let framing = if lines { Framing::Lines } else { Framing::Chunks };
            let mut framer = Framer::new(framing);
            let (mut given, mut got) = (Vec::new(), Vec::new());
            for (length, newline) in pieces {
                let mut piece = vec![b'x'; length];
                piece.extend(newline.then_some(b'\n'));
                given.extend_from_slice(&piece);
                got.extend(framer.push(&piece));
            }
            got.extend(framer.finish());
            prop_assert!(got.iter().all(|datagram| (1..=LARGEST).contains(&datagram.len())));
            prop_assert_eq!(got.concat(), given);
        }
    }
}
