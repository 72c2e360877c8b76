//! Works on one exercise: checks whenever its file is saved, obeys keys, and says how the student
//! left.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use socklab_say::{Speaker, say};
use socklab_scenario::exercise::{Code, Hints};
use socklab_scenario::format::Exercise;

use super::changes::Watched;
use super::run::{CheckEnd, CheckMessage, CheckThread, How};
use crate::commands::check::{Subject, behind};
use crate::commands::exercise::{Material, restart};
use crate::course::points::Points;
use crate::course::{progress, source, texts};
use crate::exit_reason::ExitReason;
use crate::failure::Failure;
use crate::output::{Screen, println, screen};
use crate::style;
use crate::terminal::gauge;
use crate::terminal::keys::{Key, Keys};

/// How often the file is checked if inotify reports nothing.
const GLANCE: Duration = Duration::from_millis(500);
/// How often the messages of a running check are read.
const BEAT: Duration = Duration::from_millis(40);

/// How a student leaves an exercise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Leave {
    /// To the shell.
    Quit,
    /// To what is behind it on the way.
    Next,
    /// To what is before it.
    Previous,
    /// To a list, to choose from.
    Select,
}

/// What lies before and behind an exercise on the student's way, as it is called there; `None` where
/// the way begins or ends.
#[derive(Clone, Debug, Default)]
pub(crate) struct Way {
    pub(crate) previous: Option<String>,
    pub(crate) next: Option<String>,
}

/// An exercise to work on.
#[derive(Clone, Debug)]
pub(crate) struct Task<'a> {
    pub(crate) material: &'a Material,
    pub(crate) exercise: &'a Exercise,
    /// The student's program; it has a source file.
    pub(crate) subject: &'a Subject,
    pub(crate) way: Way,
    pub(crate) how: &'a How,
}

/// Works on an exercise until the student leaves it. The terminal is then as it was, with the cursor
/// at the beginning of a line.
///
/// Who calls it has found a terminal ([`crate::terminal::keys::can_ask`]) and cares for signals
/// ([`crate::scenario::end_cleanly`]).
///
/// # Errors
///
/// There is no source file to watch, the terminal can't be read, or a check can't be begun.
pub(crate) fn work_on(speaker: Speaker, task: Task<'_>) -> Result<Leave> {
    let mut session = WatchSession::new(speaker, task)?;
    let keys = Keys::take().context("tcsetattr")?;
    session.begin()?;
    let leave = loop {
        if let Some(leave) = session.beat(&keys)? {
            break leave;
        }
    };
    gauge::hide();
    Ok(leave)
}

/// A question that the same key answers with yes, and any other key with no.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Asked {
    /// `x`: back to the starter?
    Reset,
    /// `n`: leave what is not solved?
    Skip,
}

/// The exercise being worked on, and the state of its checks.
struct WatchSession<'a> {
    speaker: Speaker,
    task: Task<'a>,
    exercise: Arc<Exercise>,
    hints: Arc<Hints>,
    file: PathBuf,
    code: Code,
    watched: Watched,
    running: Option<CheckThread>,
    /// The bar of the running check.
    bar: String,
    /// The file was saved while a check was running: the next check starts as soon as that one
    /// stops.
    again: bool,
    last: CheckEnd,
    /// How many hints have been given since the last check.
    given: usize,
    asked: Option<Asked>,
    /// The keys have been named, and nothing was printed since.
    told: bool,
}

impl<'a> WatchSession<'a> {
    fn new(speaker: Speaker, task: Task<'a>) -> Result<Self> {
        let nothing = || Failure::new(ExitReason::Usage, say!(speaker, "watch-no-file"));
        let file = task.subject.file().ok_or_else(nothing)?.to_owned();
        let code = Code::of(&file).ok_or_else(nothing)?;
        let hints = Arc::new(task.material.hints(&task.exercise.name)?);
        let watched = Watched::new(&file);
        Ok(Self {
            speaker,
            exercise: Arc::new(task.exercise.clone()),
            task,
            hints,
            file,
            code,
            watched,
            running: None,
            bar: String::new(),
            again: false,
            last: CheckEnd::default(),
            given: 0,
            asked: None,
            told: false,
        })
    }

    /// Starts a check, on a clean screen.
    fn begin(&mut self) -> Result<()> {
        if let Some(running) = &self.running {
            running.stop();
            self.again = true;
            return Ok(());
        }
        (self.again, self.given, self.asked, self.told) = (false, 0, None, false);
        screen(Screen::Clear);
        println!(
            "{}",
            style::paint(style::STRONG, &texts::exercise(self.speaker, &self.exercise).title)
        );
        println!("{}", style::paint(style::FAINT, socklab_say::path(&self.file)));
        let source = self.task.material.source(&self.exercise.name);
        println!("{}", source::line(self.speaker, &source));
        let (exercise, subject, hints) = (&self.exercise, self.task.subject, &self.hints);
        let started = CheckThread::start(self.speaker, exercise, subject, hints, self.task.how)?;
        self.running = Some(started);
        Ok(())
    }

    /// One iteration: shows the messages of the check, notices a saved file, obeys a key. Returns
    /// how the student leaves, if so.
    fn beat(&mut self, keys: &Keys) -> Result<Option<Leave>> {
        self.listen()?;
        if self.watched.changed() {
            self.begin()?;
        }
        let wait = if self.running.is_some() { BEAT } else { GLANCE };
        match keys.press_alone(self.watched.fd(), wait).context("read a key")? {
            None => Ok(None),
            Some(Key::Char('q') | Key::EndOfInput) => Ok(Some(Leave::Quit)),
            Some(press) => self.obey(press),
        }
    }

    fn listen(&mut self) -> Result<()> {
        let Some(running) = &self.running else { return Ok(()) };
        let mut over = None;
        for message in running.messages.try_iter() {
            match message {
                CheckMessage::Line(line) => {
                    gauge::hide();
                    println!("{line}");
                    self.told = false;
                }
                CheckMessage::Progress(line) => {
                    gauge::put(&line);
                    self.bar = line;
                }
                CheckMessage::CheckEnd(end) => over = Some(end),
            }
        }
        if let Some(end) = over {
            self.running = None;
            self.last = end;
            gauge::hide();
            if self.again {
                self.begin()?;
            } else {
                self.rest();
            }
        }
        Ok(())
    }

    /// Prints the lines below a finished report.
    fn rest(&mut self) {
        println!();
        if let Some(summary) = &self.last.summary {
            println!("{summary}");
        }
        match &self.last.points {
            Some(points) if points.all() => println!("{}", say!(self.speaker, "watch-all")),
            Some(points) if points.core() => println!("{}", say!(self.speaker, "watch-core")),
            _ => println!(
                "{}",
                say!(self.speaker, "watch-waiting", file = socklab_say::path(&self.file))
            ),
        }
        self.name_keys();
    }

    /// Says which keys there are, unless that stands there already.
    fn name_keys(&mut self) {
        if !std::mem::replace(&mut self.told, true) {
            println!("{}", style::paint(style::FAINT, say!(self.speaker, "watch-keys")));
        }
    }

    /// A line between others, for a key.
    fn answer(&mut self, line: &str) {
        println!("\n{line}");
        self.told = false;
    }

    fn obey(&mut self, press: Key) -> Result<Option<Leave>> {
        let asked = self.asked.take();
        match press {
            Key::Char('r') => self.begin()?,
            // The other keys print, and would print into the middle of a report.
            _ if self.running.is_some() => self.busy(),
            Key::Char('h') => self.hint(),
            Key::Char('l') => return Ok(Some(Leave::Select)),
            Key::Char('n') => return Ok(self.next(asked)),
            Key::Char('p') if self.task.way.previous.is_some() => {
                return Ok(Some(Leave::Previous));
            }
            Key::Char('p') => self.answer(&say!(self.speaker, "watch-first")),
            Key::Char('x') if asked == Some(Asked::Reset) => self.reset()?,
            Key::Char('x') => {
                self.asked = Some(Asked::Reset);
                self.answer(&say!(self.speaker, "watch-reset"));
            }
            _ => self.name_keys(),
        }
        Ok(None)
    }

    /// Says, once, what can be pressed while a check runs.
    fn busy(&mut self) {
        if !std::mem::replace(&mut self.told, true) {
            gauge::hide();
            println!("{}", style::paint(style::FAINT, say!(self.speaker, "watch-busy")));
            gauge::put(&self.bar);
        }
    }

    /// `n`: on, but not away from what is not solved without being asked twice.
    fn next(&mut self, asked: Option<Asked>) -> Option<Leave> {
        let Some(next) = self.task.way.next.clone() else {
            self.answer(&say!(self.speaker, "watch-last"));
            return None;
        };
        if asked == Some(Asked::Skip) || self.is_solved() {
            return Some(Leave::Next);
        }
        self.asked = Some(Asked::Skip);
        self.answer(&say!(
            self.speaker,
            "watch-unsolved",
            name = &*self.exercise.name,
            next = next
        ));
        None
    }

    /// True if all core points are earned, now or before.
    fn is_solved(&self) -> bool {
        let noted = || Points::noted(&progress::read(), &self.exercise.name);
        self.last.points.is_some_and(|points| points.core())
            || noted().is_some_and(|points| points.core())
    }

    /// The next hint: about the gap that the report names, or else about what failed.
    fn hint(&mut self) {
        let gap = self.last.gap.as_ref();
        let about = gap.and_then(|gap| self.hints.about(&gap.name));
        let hint = match (about, self.given) {
            (Some(hint), 0) => Some(texts::text(self.speaker, &hint.vague).to_owned()),
            (Some(hint), 1) => Some(texts::text(self.speaker, &hint.precise).to_owned()),
            (Some(hint), _) => hint
                .call(self.code)
                .map(|(call, man)| say!(self.speaker, "hint-call", call = call, man = man)),
            // The report has shown the first.
            (None, given) => self.last.hints.get(given + 1).cloned(),
        };
        self.given += 1;
        let label = match gap {
            Some(gap) => {
                say!(self.speaker, "label-hint-gap", number = gap.number, name = &*gap.name)
            }
            None => say!(self.speaker, "label-hint"),
        };
        let text = hint.unwrap_or_else(|| {
            let all = self.last.hints.len() > 1;
            say!(self.speaker, if all { "watch-no-more-hints" } else { "watch-no-hint" })
        });
        self.answer(&behind(&label, &text).join("\n"));
    }

    /// Back to the starter. What the student wrote is kept under another name.
    fn reset(&mut self) -> Result<()> {
        let starter = self.task.material.starter(&self.exercise.name, self.code)?;
        let kept = restart(&self.file, &starter)?;
        self.watched.changed();
        self.begin()?;
        if let Some(kept) = kept {
            println!("{}", say!(self.speaker, "watch-kept", file = socklab_say::path(&kept)));
        }
        Ok(())
    }
}
