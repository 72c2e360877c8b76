//! `socklab check --watch`: checks again whenever the file is saved, and responds to keys.

mod changes;
mod run;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use socklab_say::{Speaker, say};
use socklab_scenario::exercise::{Code, Hints};
use socklab_scenario::format::Exercise;

use super::check::{Subject, behind};
use super::exercise::{Material, line, restart, source_file, started};
use crate::cli;
use crate::course::progress;
use crate::course::{source, texts};
use crate::exit_reason::ExitReason;
use crate::failure::Failure;
use crate::output::{Screen, println, screen, write_out};
use crate::scenario;
use crate::style;
use crate::terminal::keys;
use crate::terminal::keys::Keys;
use changes::Watched;
use run::{CheckEnd, CheckMessage, CheckThread, How};

/// How often the file is checked if inotify reports nothing.
const GLANCE: Duration = Duration::from_millis(500);
/// How often the messages of a running check are read.
const BEAT: Duration = Duration::from_millis(40);

/// Watches until `q`.
pub(super) fn watch(speaker: Speaker, options: &cli::Check) -> Result<ExitCode> {
    scenario::end_cleanly()?;
    let material = Material::load(speaker, &options.which)?;
    let exercise = material.exercise(&options.name)?;
    let subject = Subject::find(speaker, &exercise, &options.command)?;
    if !keys::can_ask() {
        return Err(Failure::new(ExitReason::Usage, say!(speaker, "watch-no-terminal")).into());
    }
    let how = How { wanted: options.apart.wanted(), options: options.words() };
    let mut session = WatchSession::new(speaker, material, exercise, subject, how)?;
    let keys = Keys::take().context("tcsetattr")?;
    session.begin()?;
    while session.beat(&keys)? {}
    drop(keys);
    println!("\n{}", say!(speaker, "watch-ended", name = session.exercise.name));
    socklab_scenario::clean_up();
    Ok(ExitCode::SUCCESS)
}

/// The exercise being worked on, and the state of its checks.
struct WatchSession {
    speaker: Speaker,
    material: Material,
    exercise: Arc<Exercise>,
    hints: Arc<Hints>,
    subject: Subject,
    how: How,
    file: PathBuf,
    code: Code,
    watched: Watched,
    running: Option<CheckThread>,
    /// The file was saved while a check was running: the next check starts as soon as that one
    /// stops.
    again: bool,
    last: CheckEnd,
    /// How many hints have been given since the last check.
    given: usize,
    /// `x` was pressed once, and awaits confirmation.
    asked: bool,
}

impl WatchSession {
    fn new(
        speaker: Speaker,
        material: Material,
        exercise: Exercise,
        subject: Subject,
        how: How,
    ) -> Result<Self> {
        let nothing = || Failure::new(ExitReason::Usage, say!(speaker, "watch-no-file"));
        let file = subject.file().ok_or_else(nothing)?.to_owned();
        let code = Code::of(&file).ok_or_else(nothing)?;
        let hints = Arc::new(material.hints(&exercise.name)?);
        let watched = Watched::new(&file);
        Ok(Self {
            speaker,
            material,
            exercise: Arc::new(exercise),
            hints,
            subject,
            how,
            file,
            code,
            watched,
            running: None,
            again: false,
            last: CheckEnd::default(),
            given: 0,
            asked: false,
        })
    }

    /// Starts a check, on a clean screen.
    fn begin(&mut self) -> Result<()> {
        if let Some(running) = &self.running {
            running.stop();
            self.again = true;
            return Ok(());
        }
        (self.again, self.given, self.asked) = (false, 0, false);
        screen(Screen::Clear);
        println!(
            "{}",
            style::paint(style::STRONG, &texts::exercise(self.speaker, &self.exercise).title)
        );
        println!("{}", style::paint(style::FAINT, socklab_say::path(&self.file)));
        println!("{}", source::line(self.speaker, &self.material.source(&self.exercise.name)));
        let (exercise, subject, hints) = (&self.exercise, &self.subject, &self.hints);
        let started = CheckThread::start(self.speaker, exercise, subject, hints, &self.how)?;
        self.running = Some(started);
        Ok(())
    }

    /// One iteration: shows the messages of the check, notices a saved file, obeys a key. Returns
    /// false to quit.
    fn beat(&mut self, keys: &Keys) -> Result<bool> {
        self.listen()?;
        if self.watched.changed() {
            self.begin()?;
        }
        let wait = if self.running.is_some() { BEAT } else { GLANCE };
        match keys.next(self.watched.fd(), wait).context("read a key")? {
            None => Ok(true),
            Some('q' | '\u{4}') => Ok(false),
            Some(key) => self.obey(key).map(|()| true),
        }
    }

    fn listen(&mut self) -> Result<()> {
        let Some(running) = &self.running else { return Ok(()) };
        let mut over = None;
        for message in running.messages.try_iter() {
            match message {
                CheckMessage::Line(line) => {
                    screen(Screen::Line);
                    println!("{line}");
                }
                CheckMessage::Progress(line) => {
                    screen(Screen::Line);
                    write_out(format_args!("{line}"));
                }
                CheckMessage::CheckEnd(end) => over = Some(end),
            }
        }
        if let Some(end) = over {
            self.running = None;
            self.last = end;
            if self.again {
                self.begin()?;
            } else {
                self.rest();
            }
        }
        Ok(())
    }

    /// Prints the lines below a finished report.
    fn rest(&self) {
        screen(Screen::Line);
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
        println!("{}", style::paint(style::FAINT, say!(self.speaker, "watch-keys")));
    }

    fn obey(&mut self, key: char) -> Result<()> {
        let asked = std::mem::take(&mut self.asked);
        match key {
            'r' => self.begin()?,
            // The other keys print, and would print into the middle of a report.
            _ if self.running.is_some() => {}
            'h' => self.hint(),
            'l' => self.list()?,
            'n' => self.next()?,
            'x' if asked => self.reset()?,
            'x' => {
                self.asked = true;
                println!("\n{}", say!(self.speaker, "watch-reset"));
            }
            _ => {}
        }
        Ok(())
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
        println!();
        behind(
            &label,
            &hint.unwrap_or_else(|| {
                let all = self.last.hints.len() > 1;
                say!(self.speaker, if all { "watch-no-more-hints" } else { "watch-no-hint" })
            }),
        )
        .iter()
        .for_each(|line| println!("{line}"));
    }

    fn list(&self) -> Result<()> {
        let progress = progress::read();
        println!();
        for exercise in self.material.all()? {
            let title = &texts::exercise(self.speaker, &exercise).title;
            let here = if exercise.name == self.exercise.name { ">" } else { " " };
            println!("{here} {}", line(&exercise.name, title, &progress));
        }
        println!("{}", style::paint(style::FAINT, say!(self.speaker, "watch-keys")));
        Ok(())
    }

    /// Goes on to the next exercise; if that has not been started, starts it beside this one.
    fn next(&mut self) -> Result<()> {
        let all = self.material.all()?;
        let mut behind = all.into_iter().skip_while(|exercise| exercise.name != self.exercise.name);
        let Some(next) = behind.nth(1) else {
            println!("\n{}", say!(self.speaker, "watch-last"));
            return Ok(());
        };
        let beside = beside(&self.file, &self.exercise.name);
        let there = source_file(&next.name, &beside).or_else(|| started(&next.name));
        let file = match there {
            Some(file) => file,
            None => super::exercise::begin(&self.material, &next.name, self.code, &beside)?,
        };
        let subject = Subject::source(file).context("a started file has a language")?;
        let material = std::mem::take(&mut self.material);
        let how = self.how.clone();
        *self = Self::new(self.speaker, material, next, subject, how)?;
        self.begin()
    }

    /// Back to the starter. What the student wrote is kept under another name.
    fn reset(&mut self) -> Result<()> {
        let starter = self.material.starter(&self.exercise.name, self.code)?;
        let kept = restart(&self.file, &starter)?;
        self.watched.changed();
        self.begin()?;
        if let Some(kept) = kept {
            println!("{}", say!(self.speaker, "watch-kept", file = socklab_say::path(&kept)));
        }
        Ok(())
    }
}

/// The folder that holds the other exercises.
fn beside(file: &Path, exercise: &str) -> PathBuf {
    // A bare file name has no parent folder.
    let file = file.canonicalize().unwrap_or_else(|_| file.to_owned());
    let folder = file.parent().unwrap_or(Path::new("."));
    let own = folder.file_name().is_some_and(|name| name == exercise);
    let beside = if own { folder.parent().unwrap_or(folder) } else { folder };
    if beside.as_os_str().is_empty() { PathBuf::from(".") } else { beside.to_owned() }
}
