//! The positions and sizes of everything.

use socklab_say::Speaker;

use crate::heading::shortened;
use crate::label::{Label, PartKind};
use crate::model::{ArrowKind, Ladder, NoteKind, Participant, Row};
use crate::text::glyphs::Glyphs;
use crate::text::wrap::{Room, Spans, spans_width, width, wrap};
use crate::times::Times;

/// Width of a character, a little more than most fonts need.
pub(super) const CHAR: f64 = 7.9;
/// Height of a line of text.
pub(super) const LINE: f64 = 18.0;
/// Between a card's edge and its text, above and below.
pub(super) const PAD: f64 = 6.0;
/// Between a card's edge and its text, at the sides.
pub(super) const SIDE: f64 = 12.0;
/// Between two rows.
pub(super) const GAP: f64 = 6.0;
const MARGIN: f64 = 20.0;
const OUTSIDE: f64 = 120.0;
/// Around the caption of an arrow some of its line is seen: so many characters.
pub(super) const CAPTION: usize = 5;
/// Where no program is, what the kernel makes of a packet stands.
const NOBODY: f64 = 220.0;

/// The geometry of a drawing.
pub(super) struct Layout {
    pub(super) width: f64,
    pub(super) height: f64,
    pub(super) lanes: Vec<Lane>,
    pub(super) rows: Vec<Place>,
    pub(super) heading: f64,
    pub(super) footer: Vec<(f64, String)>,
}

/// A column: a program, one side of it, or a peer outside the recording.
pub(super) struct Lane {
    pub(super) left: f64,
    pub(super) width: f64,
    pub(super) title: Vec<String>,
    pub(super) subtitle: Vec<String>,
}

impl Lane {
    pub(super) fn middle(&self) -> f64 {
        self.left + self.width / 2.0
    }

    pub(super) fn right(&self) -> f64 {
        self.left + self.width
    }
}

/// A row.
pub(super) struct Place {
    pub(super) top: f64,
    /// Height of the cards, without the notes below.
    pub(super) height: f64,
    /// Bottom edge, including the notes.
    pub(super) bottom: f64,
    /// The wrapped text of each cell, in the row's order.
    pub(super) cells: Vec<Vec<Spans>>,
    /// The wrapped text of a fold.
    pub(super) band: Vec<String>,
    /// What stands above the row if nothing was recorded for long.
    pub(super) silence: Option<String>,
    pub(super) notes: Vec<PlacedNote>,
}

/// A note under a row, wrapped.
pub(super) struct PlacedNote {
    /// True if something went wrong there.
    pub(super) problem: bool,
    pub(super) lines: Vec<String>,
}

impl Place {
    /// The height at which arrows leave and meet the row: its first line of text.
    pub(super) fn axis(&self) -> f64 {
        self.top + PAD + LINE / 2.0
    }
}

impl Layout {
    pub(super) fn of(ladder: &Ladder, footer: bool, lessons: bool) -> Self {
        let chars = card_chars(ladder);
        let (lanes, width) = lanes(ladder, chars);
        let title_lines = lanes.iter().map(|lane| lane.title.len() + lane.subtitle.len());
        let heading = title_lines.max().unwrap_or(0) as f64 * LINE + 2.0 * PAD + 2.0;
        let mut y = MARGIN + heading + 14.0;
        let mut rows = Vec::new();
        for row in &ladder.rows {
            let place = place(ladder, row, y, &lanes, width, lessons);
            y = place.bottom + GAP;
            rows.push(place);
        }
        y += 10.0;
        let mut lines = Vec::new();
        for line in ladder.footer.iter().filter(|_| footer) {
            for line in prose(line, width - 2.0 * MARGIN) {
                lines.push((y + LINE * 0.7, line));
                y += LINE;
            }
        }
        Self { width, height: y + MARGIN * 0.5, lanes, rows, heading, footer: lines }
    }

    pub(super) fn top(&self) -> f64 {
        MARGIN
    }

    /// Left and right edge of the columns together.
    pub(super) fn span(&self) -> (f64, f64) {
        let left = self.lanes.first().map_or(MARGIN, |lane| lane.left);
        (left, self.lanes.last().map_or(self.width - MARGIN, Lane::right))
    }
}

/// The width of the column of times.
fn times(ladder: &Ladder) -> f64 {
    match ladder.times {
        Times::SinceStart => 66.0,
        // `20:15:00.000448`, small.
        Times::OfDay(_) => 126.0,
        Times::None => 14.0,
    }
}

/// The width of the cards in characters: enough for most calls, within readable limits.
fn card_chars(ladder: &Ladder) -> usize {
    let traced = ladder.participants.iter().filter(|one| !one.outside).count();
    let most = if traced <= 3 { 44 } else { 34 };
    let cells = ladder.rows.iter().flat_map(|row| &row.cells);
    let wants = cells.map(|cell| {
        let parts = cell.tagged().parts.iter().fold(0, |sum, part| {
            let text = width(&part.shortened(16, ladder.speaker));
            sum + text + usize::from(!part.glued)
        });
        let line = cell.line.as_ref().map_or(0, |line| width(line) + 2);
        parts.saturating_sub(1) + line
    });
    wants.max().unwrap_or(0).clamp(26, most)
}

fn lanes(ladder: &Ladder, chars: usize) -> (Vec<Lane>, f64) {
    let gutter: f64 = match ladder.participants.len() {
        0..=2 => 150.0,
        3 => 120.0,
        _ => 84.0,
    };
    let gutter = gutter.max(captions(ladder));
    let card = chars as f64 * CHAR + 2.0 * SIDE;
    let mut x = MARGIN + times(ladder);
    let mut lanes = Vec::new();
    for one in &ladder.participants {
        let width = match one.outside {
            true if one.nobody => NOBODY.max(title_width(one)),
            true => OUTSIDE.max(title_width(one)),
            false => card,
        };
        lanes.push(lane(ladder, one, x, width));
        x += width + gutter;
    }
    let width = if lanes.is_empty() { 640.0 } else { x - gutter + MARGIN };
    (lanes, width.max(480.0))
}

/// The room that the names of packets need between two cards.
fn captions(ladder: &Ladder) -> f64 {
    let between = ladder.arrows.iter().filter(|arrow| {
        let cells = &ladder.rows[arrow.row].cells;
        let card = |lane| cells.iter().any(|cell| cell.participant == lane);
        arrow.kind == ArrowKind::Frame && card(arrow.from) && card(arrow.to)
    });
    let chars = between.map(|arrow| {
        let parts = &arrow.label.parts;
        let names = parts.iter().filter(|part| part.kind == PartKind::Name);
        let name: usize = names.map(|part| width(&part.text) + 1).sum();
        // A lost one has its name on the half before the cross.
        if arrow.lost { 2 * name } else { name + CAPTION }
    });
    chars.max().unwrap_or(0) as f64 * CHAR
}

fn title_width(one: &Participant) -> f64 {
    (width(&one.name).min(24) as f64) * CHAR + 2.0 * SIDE
}

fn lane(ladder: &Ladder, one: &Participant, left: f64, width: f64) -> Lane {
    let people = &ladder.participants;
    let room = width - 16.0;
    let names = people.iter().map(|other| other.name.as_str());
    let mut title = two_lines(&one.name, names, room);
    if let Some(host) = one.host.as_ref().filter(|host| **host != one.name) {
        title = prose(&format!("{} @{host}", title.join(" ")), room);
    }
    let commands = people.iter().map(|other| other.command.as_str());
    Lane { left, width, title, subtitle: two_lines(&one.command, commands, room) }
}

/// A text in at most two lines, cut in the middle.
fn two_lines<'l>(
    text: &str,
    others: impl Iterator<Item = &'l str> + Clone,
    width: f64,
) -> Vec<String> {
    let whole = 2 * (width / CHAR) as usize;
    // Lines end where words do, so that two of them may hold less.
    let mut lines = (whole / 2..=whole)
        .rev()
        .step_by(2)
        .map(|most| prose(&shortened(text, others.clone(), most), width));
    lines.find(|lines| lines.len() <= 2).unwrap_or_default()
}

fn place(ladder: &Ladder, row: &Row, top: f64, lanes: &[Lane], full: f64, lessons: bool) -> Place {
    let glyphs = Glyphs::of(false);
    let cells: Vec<Vec<Spans>> = row
        .cells
        .iter()
        .map(|cell| {
            let chars = (lanes[cell.participant].width - 2.0 * SIDE) / CHAR;
            let room = Room { width: chars.round() as usize, hang: 2, data: 60 };
            let mut lines = wrap(&cell.tagged(), room, ladder.speaker, &glyphs);
            // The line of source stands at the right edge, below the text if that leaves no room.
            let last = lines.last().map_or(0, spans_width);
            let fits = |line: &String| last + 2 + width(line) <= room.width;
            if cell.line.as_ref().is_some_and(|line| !fits(line)) {
                lines.push(Vec::new());
            }
            lines
        })
        .collect();
    let times = times(ladder);
    let room = full - times - 2.0 * MARGIN - 2.0 * SIDE;
    let band = row.band.as_ref().map(|band| prose(&band.text(ladder.speaker), room));
    let band = band.unwrap_or_default();
    let lines = cells.iter().map(Vec::len).max().unwrap_or(1).max(band.len());
    let height = lines as f64 * LINE + 2.0 * PAD;
    let width = full - times - 2.0 * MARGIN - 30.0;
    let mishap = row.arrow.and_then(|arrow| ladder.arrows[arrow].note());
    let shown = row.notes.iter().filter(|note| lessons || note.kind == NoteKind::Problem);
    let shown = shown.map(|note| (note.kind == NoteKind::Problem, &note.text));
    let notes = mishap.iter().map(|mishap| (false, mishap)).chain(shown);
    let notes = notes.map(|(problem, text)| {
        let sign = if problem { glyphs.problem } else { glyphs.note };
        PlacedNote { problem, lines: prose(&format!("{sign} {text}"), width) }
    });
    let notes: Vec<PlacedNote> = notes.collect();
    let below =
        notes.iter().map(|note| note.lines.len() as f64 * LINE + 2.0 * PAD + 4.0).sum::<f64>();
    // What did not happen before the row stands above it.
    let silence = ladder.silence(row);
    let top = if silence.is_some() { top + LINE + GAP } else { top };
    Place { top, height, bottom: top + height + below, cells, band, notes, silence }
}

/// Wraps a text to a width in pixels.
pub(super) fn prose(text: &str, pixels: f64) -> Vec<String> {
    let width = ((pixels / CHAR) as usize).max(8);
    let label = Label::prose(PartKind::Plain, text);
    if label.is_empty() {
        return Vec::new();
    }
    let room = Room { width, hang: 0, data: 60 };
    let lines = wrap(&label, room, Speaker::ENGLISH, &Glyphs::of(false));
    lines.iter().map(|line| line.iter().map(|span| span.text.as_str()).collect()).collect()
}
