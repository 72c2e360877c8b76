//! Wraps a label to the width of a column. Payload data is shortened first; nothing else is ever
//! cut.

use socklab_say::Speaker;
use unicode_width::UnicodeWidthChar as _;

use super::glyphs::Glyphs;
use crate::label::{Label, Part, PartKind};

/// A run of text of one kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) text: String,
    pub(crate) kind: PartKind,
}

/// A wrapped line.
pub(crate) type Spans = Vec<Span>;

/// The space available to a label.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Room {
    /// Width of each line in terminal columns.
    pub(crate) width: usize,
    /// Indentation of the lines after the first.
    pub(crate) hang: usize,
    /// At most this many characters of data are shown.
    pub(crate) data: usize,
}

/// Rather than show fewer characters of data than this, start a new line.
const DATA_SAYS: usize = 6;

pub(crate) fn width(text: &str) -> usize {
    text.chars().map(|char| char.width().unwrap_or(0)).sum()
}

pub(crate) fn spans_width(spans: &Spans) -> usize {
    spans.iter().map(|span| width(&span.text)).sum()
}

/// Wraps a label into at least one line, none wider than `room`.
pub(crate) fn wrap(label: &Label, room: Room, speaker: Speaker, glyphs: &Glyphs) -> Vec<Spans> {
    let room = Room { data: data_for_one_line(label, room, speaker, glyphs), ..room };
    let mut lines: Vec<Spans> = vec![Vec::new()];
    let mut used = 0;
    for unit in label.parts.chunk_by(|_, next| next.glued) {
        let hang = if lines.len() == 1 { 0 } else { room.hang };
        let fresh = used <= hang && lines.last().is_some_and(is_blank);
        let gap = usize::from(!fresh);
        let left = room.width.saturating_sub(used + gap);
        if let Some(spans) = fit(unit, left, DATA_SAYS, room, speaker, glyphs) {
            if gap == 1 {
                push(&mut lines, Span { text: " ".to_owned(), kind: PartKind::Plain });
            }
            used += gap + spans_width(&spans);
            for span in spans {
                push(&mut lines, span);
            }
            continue;
        }
        if !fresh {
            used = new_line(&mut lines, room);
        }
        let left = room.width.saturating_sub(used);
        let fits = fit(unit, left, 1, room, speaker, glyphs);
        match fits.or_else(|| bare(unit, left, speaker, glyphs)) {
            Some(spans) => {
                used += spans_width(&spans);
                for span in spans {
                    push(&mut lines, span);
                }
            }
            None => break_hard(unit, &mut lines, &mut used, room, speaker, glyphs),
        }
    }
    lines
}

/// True if some unbreakable unit of the label is wider than `room`, so that it would be broken, or
/// shown without its data.
pub(crate) fn breaks(label: &Label, room: Room, speaker: Speaker, glyphs: &Glyphs) -> bool {
    let left = room.width.saturating_sub(room.hang);
    let mut units = label.parts.chunk_by(|_, next| next.glued);
    units.any(|unit| fit(unit, left, 1, room, speaker, glyphs).is_none())
}

/// True if the first line cannot show the first unit of the label whole, even without its data.
pub(crate) fn tears(label: &Label, room: Room, speaker: Speaker, glyphs: &Glyphs) -> bool {
    let first = label.parts.chunk_by(|_, next| next.glued).next().unwrap_or_default();
    let fits = fit(first, room.width, 1, room, speaker, glyphs);
    fits.or_else(|| bare(first, room.width, speaker, glyphs)).is_none()
}

/// The spans of a unit without its data, of which only the number of bytes is left: `write(4, 32 B)`.
/// `None` if it has none, or if that does not fit either.
fn bare(unit: &[Part], left: usize, speaker: Speaker, glyphs: &Glyphs) -> Option<Spans> {
    unit.iter().find(|part| part.data.is_some())?;
    let span = |part: &Part| Span { text: glyphs.spell(&part.bare(speaker)), kind: part.kind };
    let spans: Spans = unit.iter().map(span).collect();
    (spans_width(&spans) <= left).then_some(spans)
}

/// How many characters of data to show so that the whole label fits on one line, or `room.data` if
/// too few would be left to be useful.
fn data_for_one_line(label: &Label, room: Room, speaker: Speaker, glyphs: &Glyphs) -> usize {
    let mut parts = label.parts.iter().filter_map(|part| part.data.map(|_| &part.text));
    let (Some(text), None) = (parts.next(), parts.next()) else { return room.data };
    let all = room.data.min(text.chars().count());
    let wide = |most: usize| -> usize {
        let part = |(index, part): (usize, &Part)| {
            let gap = usize::from(index > 0 && !part.glued);
            gap + width(&glyphs.spell(&part.shortened(most, speaker)))
        };
        label.parts.iter().enumerate().map(part).sum()
    };
    let fits = (DATA_SAYS..=all).rev().find(|most| wide(*most) <= room.width);
    fits.unwrap_or(room.data)
}

fn is_blank(line: &Spans) -> bool {
    line.iter().all(|span| span.text.trim().is_empty())
}

fn push(lines: &mut [Spans], span: Span) {
    if let Some(line) = lines.last_mut() {
        line.push(span);
    }
}

fn new_line(lines: &mut Vec<Spans>, room: Room) -> usize {
    if let Some(span) = lines.last_mut().and_then(|line| line.last_mut()) {
        span.text.truncate(span.text.trim_end().len());
    }
    let hang = room.hang.min(room.width / 2);
    lines.push(vec![Span { text: " ".repeat(hang), kind: PartKind::Plain }]);
    hang
}

/// The spans of the unit if they fit, with its data shortened to no fewer than `least` characters.
fn fit(
    unit: &[Part],
    left: usize,
    least: usize,
    room: Room,
    speaker: Speaker,
    glyphs: &Glyphs,
) -> Option<Spans> {
    let spell = |most: usize| -> Spans {
        let span = |part: &Part| Span {
            text: glyphs.spell(&part.shortened(most, speaker)),
            kind: part.kind,
        };
        unit.iter().map(span).collect()
    };
    let whole = spell(room.data);
    let excess = match spans_width(&whole).checked_sub(left) {
        None | Some(0) => return Some(whole),
        Some(excess) => excess,
    };
    let longest =
        unit.iter().filter(|part| part.data.is_some()).map(|part| part.text.chars().count());
    let longest = longest.max()?.min(room.data);
    // Wide characters and escapes can make the first guess slightly too long.
    let mut most = longest.checked_sub(excess.div_ceil(2))?;
    loop {
        let spans = spell(most);
        if spans_width(&spans) <= left {
            return (most >= least).then_some(spans);
        }
        most = most.checked_sub(1)?;
    }
}

/// Breaks a unit that cannot be shortened: at a space if there is one, otherwise at the end of the
/// line.
fn break_hard(
    unit: &[Part],
    lines: &mut Vec<Spans>,
    used: &mut usize,
    room: Room,
    speaker: Speaker,
    glyphs: &Glyphs,
) {
    for part in unit {
        let text = glyphs.spell(&part.shortened(DATA_SAYS, speaker));
        for word in text.split_inclusive(' ') {
            if *used + width(word.trim_end()) > room.width && width(word) + room.hang <= room.width
            {
                *used = new_line(lines, room);
            }
            let mut piece = String::new();
            for char in word.chars() {
                let wide = char.width().unwrap_or(0);
                if *used + wide > room.width {
                    push(lines, Span { text: std::mem::take(&mut piece), kind: part.kind });
                    if char == ' ' {
                        continue;
                    }
                    *used = new_line(lines, room);
                }
                piece.push(char);
                *used += wide;
            }
            push(lines, Span { text: piece, kind: part.kind });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(label: &Label, width: usize) -> Vec<String> {
        let room = Room { width, hang: 2, data: 60 };
        let wrapped = wrap(label, room, Speaker::ENGLISH, &Glyphs::of(false));
        wrapped.iter().map(|line| line.iter().map(|span| &*span.text).collect()).collect()
    }

    fn send() -> Label {
        let bytes = socklab_event::Bytes::whole("abcdefghijklmnopqrstuvwxyz");
        Label::default()
            .then(PartKind::Name, "send")
            .glue(PartKind::Plain, "(3, ")
            .glue_data(&bytes, 26, true)
            .glue(PartKind::Plain, ")")
            .then(PartKind::Mark, "✗ EPIPE")
    }

    #[test]
    fn data_is_shortened_and_its_length_shown() {
        assert_eq!(lines(&send(), 80), [r#"send(3, "abcdefghijklmnopqrstuvwxyz" 26 B) ✗ EPIPE"#]);
        assert_eq!(lines(&send(), 26), [r#"send(3, "abcdefghi…" 26 B)"#, "  ✗ EPIPE"]);
    }

    #[test]
    fn a_call_stays_whole_without_its_data_before_it_is_broken() {
        assert_eq!(lines(&send(), 15), ["send(3, 26 B)", "  ✗ EPIPE"]);
        let room = |width| Room { width, hang: 2, data: 60 };
        let tears = |width| tears(&send(), room(width), Speaker::ENGLISH, &Glyphs::of(false));
        assert!(!tears(13) && tears(12));
    }

    #[test]
    fn text_wider_than_the_column_is_broken_not_lost() {
        assert_eq!(lines(&send(), 10).concat().replace(' ', ""), r#"send(3,"abcdef…"26B)✗EPIPE"#);
    }
}
