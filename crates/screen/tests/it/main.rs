//! The screen: keys in, cells out.

mod keys;
mod looks;

use ratatui_core::buffer::Buffer;
use ratatui_core::layout::Rect;
use socklab_event::Timeline;
use socklab_flows::Flows;
use socklab_ladder::{Ladder, Options};
use socklab_say::{Language, Speaker};
use socklab_screen::{Key, Listing, Progress, Shown, Stage, View, Wish, part, talks};

/// A recording and its screen.
struct Screen {
    timeline: Timeline,
    view: View,
    speaker: Speaker,
}

impl Screen {
    fn of(timeline: Timeline, columns: u16, lines: u16) -> Self {
        Self::speaking(Speaker::ENGLISH, timeline, columns, lines)
    }

    fn spanish(timeline: Timeline, columns: u16, lines: u16) -> Self {
        let spanish = Speaker::new(Language::find("es").expect("Spanish"));
        Self::speaking(spanish, timeline, columns, lines)
    }

    fn speaking(speaker: Speaker, timeline: Timeline, columns: u16, lines: u16) -> Self {
        let mut view = View::new(speaker, "run.jsonl", columns, lines);
        let events = timeline.events.len() as u64;
        view.progress(Progress { events, stage: Stage::Complete, thinking: false });
        let mut screen = Self { timeline, view, speaker };
        screen.plan();
        screen
    }

    /// Finds out what is wanted, as whoever has the recording does.
    fn plan(&mut self) {
        let wanted = self.view.wanted();
        let flows = Flows::of(&self.timeline);
        let filter = wanted.filter.as_ref();
        let listing = Listing { filter, ..Listing::default() };
        self.view.know(talks(&flows, listing, self.speaker));
        if !wanted.keys.is_empty() {
            let part = part(&flows, &wanted.keys);
            let options = Options::new(self.speaker).filter(wanted.filter);
            let ladder = Ladder::of(&part, &options);
            self.view.show(&wanted.keys, Shown::new(ladder, wanted.width, false));
        }
    }

    fn press(&mut self, key: Key) -> Wish {
        let wish = self.view.press(key);
        if wish == Wish::Plan {
            self.plan();
        }
        wish
    }

    fn type_in(&mut self, text: &str) {
        for char in text.chars() {
            self.press(Key::Char(char));
        }
    }

    fn buffer(&self, columns: u16, lines: u16) -> Buffer {
        let mut buffer = Buffer::empty(Rect::new(0, 0, columns, lines));
        self.view.draw(&mut buffer);
        buffer
    }

    /// The text on the screen, with every line as wide as it is drawn.
    fn text(&self, columns: u16, lines: u16) -> String {
        let buffer = self.buffer(columns, lines);
        let line = |y: u16| {
            let cells = (0..columns).map(|x| buffer[(x, y)].symbol());
            cells.collect::<String>().trim_end().to_owned()
        };
        (0..lines).map(line).collect::<Vec<_>>().join("\n")
    }

    /// How many conversations are listed, and how many events each part has.
    fn parts(&self) -> Vec<usize> {
        let flows = Flows::of(&self.timeline);
        let all = talks(&flows, Listing::default(), self.speaker);
        all.listed.iter().map(|talk| part(&flows, &[talk.key]).events.len()).collect()
    }
}
