//! Works on one exercise: checks whenever its file is saved, obeys keys, and says how the student
//! left.

mod obeying;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::{Context, Result};
use signal_hook::consts::SIGCONT;
use socklab_say::{Speaker, say};
use socklab_scenario::Origin;
use socklab_scenario::exercise::Code;
use socklab_scenario::format::Exercise;

use super::changes::Watched;
use super::passed::Passed;
use super::run::{CheckEnd, CheckMessage, CheckThread};
use super::task::{Leave, Task};
use crate::commands::check::{Help, remember};
use crate::course::{source, texts};
use crate::exit_reason::ExitReason;
use crate::failure::Failure;
use crate::output::{self, Screen, println, screen};
use crate::style;
use crate::terminal::gauge;
use crate::terminal::keys::{Key, Keys};
use crate::terminal::markdown;

/// How often the file is checked if inotify reports nothing.
const GLANCE: Duration = Duration::from_millis(500);
/// How often the messages of a running check are read.
const BEAT: Duration = Duration::from_millis(40);

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
    let handler = signal_hook::flag::register(SIGCONT, Arc::clone(&session.continued))?;
    let leave = session.begin().and_then(|()| {
        loop {
            if let Some(leave) = session.beat(&keys)? {
                break Ok(leave);
            }
        }
    });
    signal_hook::low_level::unregister(handler);
    gauge::hide();
    leave
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
    help: Arc<Help>,
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
    asked: Option<Asked>,
    /// What is shown before the student goes on.
    passed: Option<Passed>,
    /// A key that means nothing was answered, and nothing else was printed since.
    told: bool,
    /// After Ctrl-Z and `fg` the shell has written below what was shown.
    continued: Arc<AtomicBool>,
    /// The width of the terminal when something was shown last.
    columns: usize,
}

impl<'a> WatchSession<'a> {
    fn new(speaker: Speaker, task: Task<'a>) -> Result<Self> {
        let nothing = || Failure::new(ExitReason::Usage, say!(speaker, "watch-no-file"));
        let file = task.subject.file().ok_or_else(nothing)?.to_owned();
        let code = Code::of(&file).ok_or_else(nothing)?;
        let name = &task.exercise.name;
        let help = Arc::new(Help::with(task.material, name, task.subject, &task.how.course)?);
        let watched = Watched::new(&file);
        Ok(Self {
            speaker,
            exercise: Arc::new(task.exercise.clone()),
            task,
            help,
            file,
            code,
            watched,
            running: None,
            bar: String::new(),
            again: false,
            last: CheckEnd::default(),
            asked: None,
            passed: None,
            told: false,
            continued: Arc::new(AtomicBool::new(false)),
            columns: output::width(),
        })
    }

    /// Starts a check, on a clean screen.
    fn begin(&mut self) -> Result<()> {
        if let Some(running) = &self.running {
            running.stop();
            self.again = true;
            return Ok(());
        }
        (self.again, self.asked, self.told, self.passed) = (false, None, false, None);
        screen(Screen::Clear);
        println!(
            "{}",
            style::paint(style::STRONG, &texts::exercise(self.speaker, &self.exercise).title)
        );
        println!("{}", style::paint(style::FAINT, socklab_say::path(&self.file)));
        let source = self.task.material.source(&self.exercise.name);
        if source.origin != Origin::BuiltIn {
            println!("{}", source::line(self.speaker, &source));
        }
        let (exercise, subject, help) = (&self.exercise, self.task.subject, &self.help);
        let started = CheckThread::start(self.speaker, exercise, subject, help, self.task.how)?;
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
        self.show_again();
        let wait = if self.running.is_some() { BEAT } else { GLANCE };
        match keys.press_alone(self.watched.fd(), wait).context("read a key")? {
            None => Ok(None),
            Some(Key::Char('q') | Key::EndOfInput) => Ok(Some(Leave::Quit)),
            Some(press) => self.obey(press),
        }
    }

    /// After Ctrl-Z and `fg`, and where a page no longer fits: what was shown last.
    fn show_again(&mut self) {
        let columns = output::width();
        let wider = std::mem::replace(&mut self.columns, columns) != columns;
        let continued = self.continued.swap(false, Ordering::Relaxed);
        match &self.passed {
            Some(passed) if wider || continued => {
                passed.show(self.speaker, self.task.way.next.as_deref());
            }
            None if continued && self.running.is_none() => self.rest(),
            _ => {}
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
            gauge::hide();
            self.end(*end);
            if self.again {
                self.begin()?;
            } else {
                self.rest();
            }
        }
        Ok(())
    }

    /// Takes the end of a check. What was given for the same problem before is remembered, even where
    /// nothing can be written.
    fn end(&mut self, end: CheckEnd) {
        let before = self.last.hinted.take();
        self.last = end;
        let passed = self.last.points.is_some_and(|points| points.all());
        if let Some(hinted) = self.last.hinted.take() {
            self.last.hinted = remember(&self.exercise.name, Some(hinted.after(before.as_ref())));
        } else if passed {
            remember(&self.exercise.name, None);
        } else {
            // Stopped, or not judged.
            self.last.hinted = before;
        }
    }

    /// Prints the lines below a finished report.
    fn rest(&self) {
        println!();
        if let Some(summary) = &self.last.summary {
            println!("{summary}");
        }
        match &self.last.points {
            Some(points) if points.all() => {
                println!("{}", fitted(&say!(self.speaker, "watch-all")));
            }
            Some(points) if points.core() => {
                println!("{}", fitted(&say!(self.speaker, "watch-core")));
            }
            _ => {
                let file = socklab_say::path(&self.file);
                let waiting = say!(self.speaker, "watch-waiting", file = file);
                println!("{}", markdown::hanging(&waiting, 0, output::width()));
            }
        }
        self.name_keys();
    }

    /// Says which keys there are.
    fn name_keys(&self) {
        let next = self.last.hinted.as_ref().and_then(|hinted| {
            hinted.next().map(|(number, _)| format!(" {number}/{}", hinted.hints.len()))
        });
        let keys = say!(self.speaker, "watch-keys", next = next.unwrap_or_default());
        println!(
            "{}",
            markdown::each_line(style::FAINT, &markdown::key_line(&keys, output::width()))
        );
    }

    /// Answers a key that means nothing, once however often it is pressed.
    fn unknown(&mut self) {
        match &self.passed {
            Some(passed) => passed.show(self.speaker, self.task.way.next.as_deref()),
            None if self.told => {}
            None => self.name_keys(),
        }
        self.told = true;
    }

    /// A sentence between others, for a key.
    fn tell(&mut self, text: &str) {
        self.answer(&fitted(text));
    }

    /// A line between others, for a key.
    fn answer(&mut self, line: &str) {
        println!("\n{line}");
        self.told = false;
    }
}

/// A sentence in lines that fit the terminal.
fn fitted(text: &str) -> String {
    markdown::lines(text, output::width(), "  ").join("\n")
}
