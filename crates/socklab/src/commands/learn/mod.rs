//! `socklab learn`: leads through the course, one item at a time, from where the student was.

mod choose;
mod exercise;
mod program;
mod prompt;
mod question;

use std::process::ExitCode;

use anyhow::Result;
use socklab_say::{Speaker, say};
use socklab_scenario::Course;
use socklab_scenario::format::{Item, Question};

use crate::cli::{Learn, WhichCourse};
use crate::commands::watch::Leave;
use crate::course;
use crate::course::journey::{self, Entry, Journey};
use crate::course::progress;
use crate::course::progress::Progress;
use crate::failure::Failure;
use crate::output::{Screen, println, screen, width};
use crate::scenario;
use crate::style;
use crate::terminal::keys;
use crate::terminal::markdown::hanging;

pub(crate) use choose::{choose, heading};

/// The words under which the progress file records where the student is.
const LEARN: &str = "learn";
const AT: &str = "at";

/// How many lines the head of an item takes.
const HEAD: usize = 2;

/// What everything on the way needs.
struct Guide<'a> {
    speaker: Speaker,
    which: &'a WhichCourse,
    course: Course,
    journey: Journey,
}

/// Leads through the course until the student leaves.
pub(crate) fn learn(speaker: Speaker, options: &Learn) -> Result<ExitCode> {
    let guide = Guide::new(speaker, &options.which)?;
    let start = match &options.name {
        Some(name) => Some(guide.named(name)?),
        None => guide.journey.resume(last(&progress::read()).as_ref()),
    };
    if !keys::can_ask() {
        guide.tell(start);
        return Ok(ExitCode::SUCCESS);
    }
    guide.lead(start)
}

/// Leads through the course from an item on.
pub(crate) fn learn_from(speaker: Speaker, which: &WhichCourse, at: usize) -> Result<ExitCode> {
    Guide::new(speaker, which)?.lead(Some(at))
}

/// True if the student has used `socklab learn` before.
pub(crate) fn is_begun(progress: &Progress) -> bool {
    last(progress).is_some()
}

/// The item that the student was at last.
pub(crate) fn last(progress: &Progress) -> Option<Item> {
    let (kind, name) = progress.get(&format!("{LEARN} {AT}"))?.split_once(' ')?;
    journey::item(kind, name)
}

impl<'a> Guide<'a> {
    fn new(speaker: Speaker, which: &'a WhichCourse) -> Result<Self> {
        let course = course::load(speaker, which)?;
        let journey = Journey::load(speaker, &course, &progress::read())?;
        Ok(Self { speaker, which, course, journey })
    }

    /// The item of that name. If several have it, the first to which there is something to do.
    fn named(&self, name: &str) -> Result<usize> {
        let number: Option<u32> = name.parse().ok();
        let numbered = number.and_then(|number| {
            let questions = self.course.questions().ok()?;
            Some(questions.into_iter().find(|question| question.number == number)?.name)
        });
        let program = programs::find(name).map(|program| program.name);
        let name = numbered.as_deref().or(program).unwrap_or(name);
        let entries = &self.journey.entries;
        let all = || (0..entries.len()).filter(|index| entries[*index].item.name() == name);
        let open = all().find(|index| !entries[*index].standing.is_past());
        open.or_else(|| all().next()).ok_or_else(|| {
            let names = entries.iter().map(|entry| entry.item.name());
            let what = say!(self.speaker, "learn-unknown", name = name);
            Failure::unknown(self.speaker, what, name, names, "socklab list").into()
        })
    }

    /// Goes from item to item.
    fn lead(mut self, start: Option<usize>) -> Result<ExitCode> {
        scenario::end_cleanly()?;
        let Some(mut at) = start else {
            self.finished();
            return Ok(ExitCode::SUCCESS);
        };
        loop {
            let item = self.journey.entries[at].item.clone();
            let here = format!("{} {}", journey::kind(&item), item.name());
            progress::note(LEARN, AT, &here);
            let leave = match &item {
                Item::Program(name) => program::learn(&self, at, name)?,
                Item::Question(name) => question::learn(&self, at, name)?,
                Item::Exercise(name) => exercise::learn(&self, at, name)?,
            };
            self.journey = Journey::load(self.speaker, &self.course, &progress::read())?;
            let next = match leave {
                Leave::Next if at + 1 < self.journey.entries.len() => Some(at + 1),
                // Something may have been left out on the way here.
                Leave::Next => self.journey.resume(None),
                Leave::Previous => Some(at.saturating_sub(1)),
                Leave::Select => Some(choose(self.speaker, &self.journey, at)?.unwrap_or(at)),
                Leave::Quit => {
                    println!(
                        "\n{}",
                        say!(self.speaker, "learn-left", command = self.command("socklab learn"))
                    );
                    socklab_scenario::clean_up();
                    return Ok(ExitCode::SUCCESS);
                }
            };
            match next {
                Some(next) => at = next,
                None => {
                    self.finished();
                    return Ok(ExitCode::SUCCESS);
                }
            }
        }
    }

    fn questions(&self) -> Result<Vec<Question>> {
        let questions = self.course.questions();
        questions.map_err(|error| course::mistake(self.speaker, &error))
    }

    fn entry(&self, at: usize) -> &Entry {
        &self.journey.entries[at]
    }

    /// A clean screen with one line on top: how far the student is, and in which part.
    fn head(&self, at: usize) {
        screen(Screen::Clear);
        println!("{}", style::paint(style::FAINT, fitted(&self.standing(at), width())));
        println!();
    }

    /// `12/68 · A TCP server in five steps 3/16`.
    fn standing(&self, at: usize) -> String {
        let (journey, part) = (&self.journey, self.entry(at).part);
        let title = match &journey.parts[part] {
            Some(title) => title.clone(),
            None => say!(self.speaker, "list-more"),
        };
        let (past, all) = journey.past_in(part);
        let whole = format!("{}/{}", journey.past(), journey.entries.len());
        format!("socklab learn · {whole} · {title} {past}/{all}")
    }

    /// What an item is called in a prompt.
    fn place(&self, at: usize) -> Option<String> {
        let entry = self.journey.entries.get(at)?;
        let key = format!("learn-place-{}", entry.kind());
        Some(say!(self.speaker, &key, name = entry.item.name()))
    }

    /// What comes after an item, for a prompt.
    fn next(&self, at: usize) -> String {
        self.place(at + 1).unwrap_or_else(|| say!(self.speaker, "learn-end"))
    }

    /// Where there is no terminal: where the student is, and what to type.
    fn tell(&self, at: Option<usize>) {
        let Some(at) = at else { return self.finished() };
        println!("{}", self.standing(at));
        for (index, key) in [(at, "learn-now"), (at + 1, "learn-then")] {
            if let Some(entry) = self.journey.entries.get(index) {
                println!("\n{}", say!(self.speaker, key));
                println!("  {}", self.command(&entry.command()));
                println!("  {}", hanging(&entry.title, 2, width()));
            }
        }
    }

    /// A command about this course, to be typed. Programs are the same in every course.
    fn command(&self, text: &str) -> String {
        let options = match text.starts_with("socklab show") {
            true => Vec::new(),
            false => self.which.words(),
        };
        let options = shlex::try_join(options.iter().map(String::as_str)).unwrap_or_default();
        style::paint(style::COMMAND, format!("{text} {options}").trim_end())
    }

    fn finished(&self) {
        let all = self.journey.entries.len();
        println!("{}", say!(self.speaker, "learn-finished", all = all));
        println!("{}", hanging(&say!(self.speaker, "learn-finished-next"), 0, width()));
    }
}

/// As much of a line as fits.
fn fitted(text: &str, width: usize) -> String {
    text.chars().take(width).collect()
}
