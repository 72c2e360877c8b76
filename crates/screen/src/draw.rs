//! Writes what is shown into a buffer of cells.

use ratatui_core::buffer::Buffer;
use ratatui_core::layout::Rect;
use ratatui_core::style::{Color, Modifier, Style};
use socklab_say::{Speaker, clean, count, say};
use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

use crate::details::{self, Kind, Line};
use crate::talks::Talk;
use crate::view::{Place, Stage, View};

/// Columns of the list that are as wide as this: the protocol, the state, the bytes each way, the
/// messages and the time. The two ends share what is left.
const WIDTHS: [u16; 6] = [6, 9, 8, 8, 5, 8];

/// Which of them go first where the ends would have less than [`END`]: who talks with whom matters more.
const FIRST_TO_GO: [usize; 5] = [4, 0, 5, 3, 2];

/// How wide an end is at least, as long as there is a figure to leave out for it.
const END: u16 = 13;

/// What stands before each conversation: whether it is selected, and whether something went wrong.
const MARKS: u16 = 2;

fn strong() -> Style {
    Style::new().add_modifier(Modifier::BOLD)
}

fn faint() -> Style {
    Style::new().add_modifier(Modifier::DIM)
}

fn cursor() -> Style {
    Style::new().add_modifier(Modifier::REVERSED)
}

fn wrong() -> Style {
    strong().fg(Color::Red)
}

impl View {
    /// Writes the screen into the buffer, whose size the view has been told.
    pub fn draw(&self, buffer: &mut Buffer) {
        let area = *buffer.area();
        let mut paper = Paper { buffer, area, colour: self.colour };
        if area.width < 40 || area.height < 8 {
            paper.put(0, 0, area.width, &say!(self.speaker, "screen-too-small"), Style::new());
            return;
        }
        self.head(&mut paper);
        match (self.help, self.place) {
            (Some(top), _) => {
                let lines = details::help(self.speaker, area.width.into());
                self.paragraphs(&mut paper, &lines, top);
            }
            (None, Place::List) => self.list(&mut paper),
            (None, Place::Ladder) => self.ladder(&mut paper),
            (None, Place::Message { top, .. } | Place::Difference { top, .. }) => {
                self.paragraphs(&mut paper, &self.lines(), top);
            }
        }
        self.foot(&mut paper);
    }

    fn head(&self, paper: &mut Paper<'_>) {
        let speaker = self.speaker;
        let events = say!(speaker, "screen-events", n = count(self.progress.events));
        let stage = match self.progress.stage {
            _ if self.progress.thinking => say!(speaker, "screen-thinking"),
            Stage::Reading(percent) => say!(speaker, "screen-reading", n = percent.to_string()),
            Stage::Following => say!(speaker, "screen-following"),
            Stage::Complete => say!(speaker, "screen-complete"),
        };
        let right = format!("{events} · {stage}");
        let width = paper.area.width;
        let room = width.saturating_sub(columns(&right) + 2);
        let title = cut(&clean(&self.title), room.into());
        paper.put(0, 0, width, &" ".repeat(width.into()), cursor());
        paper.put(0, 0, room, &title, cursor().add_modifier(Modifier::BOLD));
        paper.put(width.saturating_sub(columns(&right)), 0, width, &right, cursor());
    }

    fn list(&self, paper: &mut Paper<'_>) {
        let speaker = self.speaker;
        let width = paper.area.width;
        let (share, widths) = shares(width);
        let key = |key: &'static str| say!(speaker, key);
        let headings = [
            key("screen-column-protocol"),
            key("screen-column-state"),
            key("screen-column-there"),
            key("screen-column-back"),
            key("screen-column-messages"),
            key("screen-column-time"),
        ];
        let row = |ends: [String; 2], cells: [String; 6]| {
            let mut text = String::new();
            for end in ends {
                text.push_str(&left(&end, share));
                text.push(' ');
            }
            for (index, (cell, width)) in cells.iter().zip(widths).enumerate() {
                let Some(width) = width else { continue };
                text.push_str(&if index < 2 { left(cell, width) } else { right(cell, width) });
                text.push(' ');
            }
            text.truncate(text.trim_end().len());
            text
        };
        let ends = [key("screen-column-client"), key("screen-column-server")];
        paper.put(MARKS, 1, width, &row(ends, headings), strong());
        if self.list.talks.is_empty() {
            let none = match (self.progress.stage, &self.filter) {
                _ if !self.is_known => return,
                (Stage::Reading(_), _) => key("screen-none-yet"),
                (_, Some(_)) => key("screen-none-fits"),
                (Stage::Following, None) => key("screen-none-yet"),
                (Stage::Complete, None) => key("screen-none"),
            };
            paper.put(MARKS, 3, width, &none, faint());
            return;
        }
        let visible = self.list.talks.iter().enumerate().skip(self.list.top).take(self.room());
        for (y, (index, talk)) in (2_u16..).zip(visible) {
            let selected = self.list.selected.contains(&talk.key);
            let ends = talk.ends.each_ref().map(|end| clean(end));
            let text = row(ends, cells(talk, speaker));
            let style = match (index == self.list.at, talk.is_wrong()) {
                (true, _) => cursor(),
                (false, true) => Style::new().fg(Color::Red),
                (false, false) => Style::new(),
            };
            let marks = format!(
                "{}{}",
                if selected { "*" } else { " " },
                if talk.is_wrong() { "!" } else { " " }
            );
            let style = if selected { style.add_modifier(Modifier::BOLD) } else { style };
            paper.put(0, y, width, &left(&format!("{marks}{text}"), width), style);
        }
    }

    fn ladder(&self, paper: &mut Paper<'_>) {
        let Some(shown) = &self.shown else {
            paper.put(MARKS, 3, paper.area.width, &say!(self.speaker, "screen-drawing"), faint());
            return;
        };
        let marked: Vec<usize> =
            self.reading.marked.iter().filter_map(|seq| shown.ladder().row_of(*seq)).collect();
        let room = self.room() + 1;
        let lines = shown.lines().iter().enumerate().skip(self.reading.top).take(room);
        for (y, (_, line)) in (1_u16..).zip(lines) {
            let is_at = line.row == Some(self.reading.row);
            let mut x = 0;
            for (text, style) in &line.pieces {
                let style = Style::from(*style);
                let style = if is_at { style.add_modifier(Modifier::REVERSED) } else { style };
                x = paper.put(x, y, paper.area.width, text, style);
            }
            if line.row.is_some_and(|row| marked.contains(&row)) {
                paper.put(0, y, 1, "d", wrong());
            } else if is_at {
                paper.put(0, y, 1, ">", strong());
            }
        }
    }

    fn paragraphs(&self, paper: &mut Paper<'_>, lines: &[Line], top: usize) {
        let room = self.room() + 1;
        for (y, line) in (1_u16..).zip(lines.iter().skip(top).take(room)) {
            let style = match line.kind {
                Kind::Heading => strong(),
                Kind::Fact | Kind::Bytes => Style::new(),
                Kind::Wrong => wrong(),
                Kind::Aside => faint(),
            };
            paper.put(0, y, paper.area.width, &line.text, style);
            for (from, to) in &line.differs {
                let (Ok(from), Ok(to)) = (u16::try_from(*from), u16::try_from(*to)) else {
                    continue;
                };
                let style = Style::new().fg(Color::Yellow).add_modifier(Modifier::REVERSED);
                paper.mark(from, to, y, style);
            }
        }
    }

    fn foot(&self, paper: &mut Paper<'_>) {
        let speaker = self.speaker;
        let (width, height) = (paper.area.width, paper.area.height);
        let above = height - 2;
        if let Some(prompt) = &self.prompt {
            let (line, marks) = match &prompt.mistake {
                Some(mistake) => mistake.marked(),
                None => (prompt.text.clone(), String::new()),
            };
            let label = say!(speaker, "screen-filter");
            let x = columns(&label) + 1;
            // Of a long filter the end is shown, where something is typed.
            let room = usize::from(width.saturating_sub(x + 1));
            let hidden = line.chars().count().saturating_sub(room);
            let shown: String = line.chars().skip(hidden).collect();
            paper.put(0, above - 1, width, &" ".repeat(width.into()), Style::new());
            paper.put(0, above, width, &" ".repeat(width.into()), Style::new());
            paper.put(0, above - 1, width, &label, strong());
            let end = paper.put(x, above - 1, width, &shown, Style::new());
            paper.put(end, above - 1, width, " ", cursor());
            if let Some(mistake) = &prompt.mistake {
                let marks: String = marks.chars().skip(hidden).collect();
                paper.put(x, above, width, &marks, wrong());
                let told = speaker.tell(&mistake.sentence());
                let room: usize = width.into();
                paper.put(0, height - 1, width, &cut(&clean(&told), room), wrong());
                return;
            }
            paper.put(0, height - 1, width, &say!(speaker, "screen-keys-filter"), faint());
            return;
        }
        if self.help.is_none() && self.place == Place::List {
            let filter = self.filter.as_ref().map(|filter| {
                say!(speaker, "screen-filtered", filter = clean(&filter.to_string()))
            });
            let incidental = (self.incidental > 0)
                .then(|| say!(speaker, "screen-incidental", n = count(self.incidental)));
            let told: Vec<String> = filter.into_iter().chain(incidental).collect();
            paper.put(0, above, width, &cut(&told.join(" · "), width.into()), faint());
        } else if self.help.is_none() && self.place == Place::Ladder {
            let mut told = Vec::new();
            if self.reading.follows {
                told.push(say!(speaker, "screen-follows"));
            }
            if let [_] = self.reading.marked[..] {
                told.push(say!(speaker, "screen-one-marked"));
            }
            if let Some(filter) = &self.filter {
                let filter = clean(&filter.to_string());
                told.push(say!(speaker, "screen-filtered", filter = filter));
            }
            // The last line of the ladder stands there if there is nothing to say.
            if !told.is_empty() {
                paper.put(0, above, width, &" ".repeat(width.into()), Style::new());
                paper.put(0, above, width, &cut(&told.join(" · "), width.into()), faint());
            }
        }
        let keys = match (self.help, self.place) {
            (Some(_), _) => "screen-keys-help",
            (None, Place::List) => "screen-keys-list",
            (None, Place::Ladder) => "screen-keys-ladder",
            (None, Place::Message { .. }) => "screen-keys-message",
            (None, Place::Difference { .. }) => "screen-keys-help",
        };
        let keys = keys_in(&say!(speaker, keys), width.into());
        paper.put(0, height - 1, width, &keys, faint());
    }
}

/// As many keys as fit. Of the last ones, which show all keys and lead back, none is left out.
fn keys_in(keys: &str, room: usize) -> String {
    let mut keys: Vec<&str> = keys.split("  ").collect();
    while keys.len() > 2 && keys.join("  ").width() > room {
        keys.remove(keys.len() - 3);
    }
    cut(&keys.join("  "), room)
}

/// How wide each of the two ends of a conversation is, and the figures that there is room for.
fn shares(width: u16) -> (u16, [Option<u16>; 6]) {
    let mut widths = WIDTHS.map(Some);
    let mut to_go = FIRST_TO_GO.into_iter();
    loop {
        let fixed: u16 = widths.iter().flatten().map(|width| width + 1).sum::<u16>() + MARKS;
        let share = width.saturating_sub(fixed + 1) / 2;
        match to_go.next().filter(|_| share < END) {
            Some(index) => widths[index] = None,
            None => return (share, widths),
        }
    }
}

/// The figures of a conversation.
fn cells(talk: &Talk, speaker: Speaker) -> [String; 6] {
    let bytes = |bytes: Option<u64>| bytes.map_or_else(|| "–".to_owned(), |n| speaker.number(n));
    let [there, back] = talk.bytes.map(bytes);
    [
        clean(&talk.protocol),
        talk.state.told(speaker),
        there,
        back,
        speaker.number(talk.messages),
        speaker.duration(talk.lasted),
    ]
}

fn columns(text: &str) -> u16 {
    u16::try_from(text.width()).unwrap_or(u16::MAX)
}

/// As much of a text as fits, with dots for what does not.
fn cut(text: &str, room: usize) -> String {
    if text.width() <= room {
        return text.to_owned();
    }
    let mut kept = String::new();
    for char in text.chars() {
        if kept.width() + char.width().unwrap_or(0) + 1 > room {
            break;
        }
        kept.push(char);
    }
    if room > 0 { kept + "…" } else { kept }
}

/// At the left of a column. Of a name that is too long, the end (its port) is kept as well.
fn left(text: &str, column: u16) -> String {
    let column = usize::from(column);
    let mut text = text.to_owned();
    if text.width() > column {
        let end: String = match text.rsplit_once(':') {
            Some((_, port)) if port.len() < 6 && column > port.len() + 4 => format!(":{port}"),
            _ => String::new(),
        };
        text = cut(&text, column.saturating_sub(end.width())) + &end;
    }
    let gap = column.saturating_sub(text.width());
    text + &" ".repeat(gap)
}

/// At the right of a column.
fn right(text: &str, column: u16) -> String {
    let gap = usize::from(column).saturating_sub(text.width());
    format!("{}{}", " ".repeat(gap), cut(text, column.into()))
}

/// Where the screen is drawn.
struct Paper<'b> {
    buffer: &'b mut Buffer,
    area: Rect,
    colour: bool,
}

impl Paper<'_> {
    /// Writes a text from a column on, before the column `end`; returns the column after it.
    fn put(&mut self, x: u16, y: u16, end: u16, text: &str, style: Style) -> u16 {
        let end = end.min(self.area.width);
        if x >= end || y >= self.area.height {
            return x;
        }
        let style = self.shown(style);
        let room = usize::from(end - x);
        let (x, _) = self.buffer.set_stringn(self.area.x + x, self.area.y + y, text, room, style);
        x - self.area.x
    }

    /// Gives columns of a line another style.
    fn mark(&mut self, from: u16, to: u16, y: u16, style: Style) {
        let to = to.min(self.area.width);
        if from < to && y < self.area.height {
            let style = self.shown(style);
            let place = Rect::new(self.area.x + from, self.area.y + y, to - from, 1);
            self.buffer.set_style(place, style);
        }
    }

    fn shown(&self, style: Style) -> Style {
        match self.colour {
            true => style,
            false => Style { fg: None, bg: None, ..style },
        }
    }
}
