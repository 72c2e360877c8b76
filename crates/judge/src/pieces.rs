//! Finds a long text in what a program printed, perhaps piece by piece, as it arrived: with the
//! same label before each piece (`Received 1024 bytes: `), and otherwise unchanged.

/// The longest label between two pieces, in bytes.
const LABEL: usize = 200;
/// How many bytes of the text show where a piece of it begins.
const ANCHOR: usize = 8;
/// A label with this many bytes of the text in it is no label: something was printed again.
const AGAIN: usize = 8;
/// How many of the first bytes of a label may look like the text that has yet to come.
const CHANCE: usize = 4;

/// Where the text ends in `printed`, if all of it is there, in pieces or not. Neither has line ends.
pub(crate) fn end(printed: &[u8], text: &[u8]) -> Option<usize> {
    starts(printed, text).find_map(|start| {
        let (done, end) = follow(printed, start, text);
        (done == text.len()).then_some(end)
    })
}

/// How many of the first bytes of the text are in `printed`, in order, in pieces or not.
pub(crate) fn right(printed: &[u8], text: &[u8]) -> usize {
    starts(printed, text).map(|start| follow(printed, start, text).0).max().unwrap_or(0)
}

/// Where the text may begin.
fn starts<'a>(printed: &'a [u8], text: &'a [u8]) -> impl Iterator<Item = usize> {
    let anchor = &text[..text.len().min(ANCHOR)];
    (0..printed.len()).filter(move |at| !anchor.is_empty() && printed[*at..].starts_with(anchor))
}

/// Follows the text from here on: how much of it there is, and where that ends.
fn follow(printed: &[u8], start: usize, text: &[u8]) -> (usize, usize) {
    let (mut at, mut done) = (start, 0);
    let mut label: Option<Vec<u8>> = None;
    loop {
        let same = printed[at..].iter().zip(&text[done..]).take_while(|(a, b)| a == b).count();
        (at, done) = (at + same, done + same);
        if done == text.len() {
            return (done, at);
        }
        match next_piece(printed, at, text, done, same, &mut label) {
            Some(next) => (at, done) = next,
            None => return (done, at),
        }
    }
}

/// Where the next piece begins, in what was printed and in the text. The label before it must be
/// like the ones before, if there were any.
fn next_piece(
    printed: &[u8],
    at: usize,
    text: &[u8],
    done: usize,
    same: usize,
    label: &mut Option<Vec<u8>>,
) -> Option<(usize, usize)> {
    // The label may begin like the text goes on.
    for back in 0..=CHANCE.min(same.saturating_sub(1)) {
        let (from, rest) = (at - back, &text[done - back..]);
        let anchor = &rest[..rest.len().min(ANCHOR)];
        for length in 1..=LABEL.min(printed.len() - from) {
            if !printed[from + length..].starts_with(anchor) {
                continue;
            }
            let found = without_numbers(&printed[from..from + length]);
            let fits = match label {
                Some(label) => *label == found,
                // So short a piece could be anywhere.
                None if anchor.len() < AGAIN => false,
                None => is_label(&found, text),
            };
            if fits {
                label.get_or_insert(found);
                return Some((from + length, done - back));
            }
        }
    }
    None
}

/// Labels may count.
fn without_numbers(label: &[u8]) -> Vec<u8> {
    label.iter().copied().filter(|byte| !byte.is_ascii_digit()).collect()
}

/// True for text that is not from the text itself.
fn is_label(label: &[u8], text: &[u8]) -> bool {
    let is_text = std::str::from_utf8(label)
        .is_ok_and(|label| label.chars().all(|char| char == '\t' || !char.is_control()));
    is_text && !label.windows(AGAIN).any(|part| text.windows(AGAIN).any(|other| other == part))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Letters without any order to speak of.
    fn text(length: usize) -> Vec<u8> {
        let letter = |state: &mut u32| {
            *state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            Some(b'A' + (*state >> 24) as u8 % 26)
        };
        (0..length).scan(9, |state, _| letter(state)).collect()
    }

    fn labelled(text: &[u8], piece: usize, label: impl Fn(usize) -> String) -> Vec<u8> {
        let pieces = text.chunks(piece);
        pieces.flat_map(|piece| [label(piece.len()).as_bytes(), piece].concat()).collect()
    }

    #[test]
    fn a_text_may_be_printed_in_pieces_with_labels() {
        let text = text(5000);
        for piece in [3, 8, 64, 1000, 5000] {
            for label in ["'b'", "Received: ", "A", "  -> "] {
                let printed = labelled(&text, piece, |_| label.to_owned());
                // Pieces of three bytes are no longer recognised as such.
                let whole = piece > 3 || label.is_empty();
                assert_eq!(end(&printed, &text), whole.then_some(printed.len()), "{piece} {label}");
            }
            if piece > 3 {
                let printed = labelled(&text, piece, |length| format!("[{length} bytes] "));
                assert_eq!(right(&printed, &text), text.len(), "{piece}");
            }
        }
        let more = [b"HTTP/1.1 200 OK", &text[..], b"Bye"].concat();
        assert_eq!(end(&more, &text), Some(text.len() + 15));
    }

    #[test]
    fn what_is_missing_wrong_or_printed_again_is_not_the_text() {
        let text = text(5000);
        let rubbish = [&text[..4096], &[b'x'; 904]].concat();
        assert_eq!((end(&rubbish, &text), right(&rubbish, &text)), (None, 4096));
        let missing = [&text[..2000], &text[2001..]].concat();
        assert_eq!((end(&missing, &text), right(&missing, &text)), (None, 2000));
        let short = [&text[..4999], b"Connection closed: ", &text[4999..]].concat();
        assert_eq!(end(&short, &text), None);
        // A buffer that was not filled anew, and bytes of it printed once more.
        let again = [&text[..1000], &text[900..1000], &text[1000..]].concat();
        assert_eq!(end(&again, &text), None);
        let zero = [&text[..1000], b"\0", &text[1000..]].concat();
        assert_eq!(end(&zero, &text), None);
        assert_eq!((end(b"", &text), right(b"", &text)), (None, 0));
    }
}
