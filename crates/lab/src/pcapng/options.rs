//! The options at the end of a block: a code, a length and a value each, padded to 32 bits.

use super::{Order, option};

/// The options in a part of a block; they end where it ends, where an end is marked, or where one is
/// damaged.
pub(super) fn options(order: Order, bytes: &[u8]) -> impl Iterator<Item = (u16, &[u8])> {
    let mut left = bytes;
    std::iter::from_fn(move || {
        let [a, b, c, d, rest @ ..] = left else { return None };
        let (code, length) = (order.u16([*a, *b]), usize::from(order.u16([*c, *d])));
        let value = rest.get(..length)?;
        left = rest.get(length.next_multiple_of(4)..).unwrap_or_default();
        (code != option::END).then_some((code, value))
    })
}

/// Appends an option. A value that is too long for one is cut.
pub(super) fn push(block: &mut Vec<u8>, code: u16, value: &[u8]) {
    let value = &value[..value.len().min(usize::from(u16::MAX))];
    block.extend(code.to_le_bytes());
    block.extend((value.len() as u16).to_le_bytes());
    block.extend(value);
    block.resize(block.len().next_multiple_of(4), 0);
}

/// Appends a text as an option, cut between two characters if it is too long.
pub(super) fn push_text(block: &mut Vec<u8>, code: u16, text: &str) {
    let mut end = text.len().min(usize::from(u16::MAX));
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    push(block, code, &text.as_bytes()[..end]);
}
