//! Upper: the course's own service, which sends text back in upper case.

use super::behaviour::{Behaviour, Datagram};
use super::config::Transport;
use super::connection::Connection;
use super::event::{Cut, RefusalReason, ServerEventKind};

/// The upper-case service. It maps letters as Unicode and Python's `str.upper` do (ñ → Ñ, ß → SS);
/// bytes that are not UTF-8 come back unchanged.
#[derive(Clone, Copy, Debug, Default)]
pub struct Upper;

const BUFFER: usize = 64 * 1024;

impl Behaviour for Upper {
    const NAME: &'static str = "upper";
    const OFFERS: Transport = Transport::Both;

    fn converse(&self, connection: &mut Connection<'_>) -> Result<(), Cut> {
        let mut buffer = vec![0; BUFFER];
        let mut upper = Uppercaser::default();
        let mut answer = Vec::new();
        loop {
            let count = connection.read(&mut buffer)?;
            answer.clear();
            match count {
                0 => upper.finish(&mut answer),
                _ => upper.push(&buffer[..count], &mut answer),
            }
            connection.write_all(&answer)?;
            if count == 0 {
                return Ok(());
            }
        }
    }

    fn answer(
        &self,
        request: &Datagram<'_>,
        answer: &mut Vec<u8>,
    ) -> Result<Option<ServerEventKind>, RefusalReason> {
        // No more bytes follow in a datagram: an incomplete character at its end stays incomplete.
        let mut upper = Uppercaser::default();
        upper.push(request.bytes, answer);
        upper.finish(answer);
        Ok(None)
    }
}

/// Upper-cases a byte stream whose pieces may end in the middle of a character.
#[derive(Debug, Default)]
struct Uppercaser {
    /// The start of a character whose remaining bytes have not arrived: at most 3 bytes.
    unfinished: Vec<u8>,
}

impl Uppercaser {
    fn push(&mut self, piece: &[u8], out: &mut Vec<u8>) {
        let joined;
        let bytes = if self.unfinished.is_empty() {
            piece
        } else {
            joined = [&std::mem::take(&mut self.unfinished), piece].concat();
            &joined
        };
        let mut chunks = bytes.utf8_chunks().peekable();
        while let Some(chunk) = chunks.next() {
            out.extend_from_slice(chunk.valid().to_uppercase().as_bytes());
            let rest = chunk.invalid();
            if chunks.peek().is_none() && is_unfinished(rest) {
                rest.clone_into(&mut self.unfinished);
            } else {
                out.extend_from_slice(rest);
            }
        }
    }

    fn finish(&mut self, out: &mut Vec<u8>) {
        out.append(&mut self.unfinished);
    }
}

/// Whether these bytes are the start of a valid character.
fn is_unfinished(bytes: &[u8]) -> bool {
    std::str::from_utf8(bytes).is_err_and(|error| error.error_len().is_none())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn upper(pieces: &[&[u8]]) -> Vec<u8> {
        let mut upper = Uppercaser::default();
        let mut out = Vec::new();
        for piece in pieces {
            upper.push(piece, &mut out);
        }
        upper.finish(&mut out);
        out
    }

    #[test]
    fn letters_are_mapped_as_in_python() {
        assert_eq!(upper(&["año, straße, ŉ".as_bytes()]), "AÑO, STRASSE, ʼN".as_bytes());
    }

    #[test]
    fn a_character_may_be_split_between_pieces() {
        assert_eq!(upper(&[b"a\xc3", b"\xb1o"]), "AÑO".as_bytes());
        assert_eq!(upper(&[b"\xf0", b"\x9f", b"\x98", b"\x80x"]), "😀X".as_bytes());
    }

    #[test]
    fn invalid_utf8_passes_unchanged() {
        assert_eq!(upper(&[b"a\xffb\xc3(c\xc3"]), b"A\xffB\xc3(C\xc3");
        assert_eq!(upper(&[b"\xc3", b"a"]), b"\xc3A");
    }

    proptest! {
        #[test]
        fn valid_text_is_upper_cased(text in ".*") {
            prop_assert_eq!(upper(&[text.as_bytes()]), text.to_uppercase().into_bytes());
        }

        #[test]
        fn the_result_does_not_depend_on_the_pieces(
            bytes in prop::collection::vec(
                prop::sample::select(&b"az\xc3\xb1\x9f\xf0\x98\x80\xe2\xff\xed\xa0"[..]), 0..40),
            size in 1usize..8,
        ) {
            let pieces: Vec<&[u8]> = bytes.chunks(size).collect();
            prop_assert_eq!(upper(&pieces), upper(&[&bytes]));
        }
    }
}
