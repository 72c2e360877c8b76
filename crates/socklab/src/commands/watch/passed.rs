//! What is shown when an exercise is done, before the student goes on: the model solution beside the
//! student's program, the ladders of both, and what a robust program does as well.

use std::fs;

use anyhow::{Context, Result};
use socklab_say::{Speaker, say};
use socklab_scenario::exercise::{BuildFolder, Built, Check, Code, without_prompts};
use socklab_scenario::{Recording, Runner};

use super::run::Exemplary;
use super::task::Task;
use crate::failure::with_causes;
use crate::output::{Screen, println, screen};
use crate::scenario::{self, answered};
use crate::terminal::keys::Key;
use crate::terminal::{compare, markdown};
use crate::{output, style};

/// The column where the titles of cases begin.
const TITLE: usize = 20;

/// What can be looked at, page by page.
#[derive(Debug)]
pub(super) struct Passed {
    yours: String,
    model: String,
    /// A case in which both programs were run.
    case: Option<Case>,
    /// The robust cases that did not pass: name and title.
    left: Vec<(String, String)>,
    /// The diff takes the place of the two programs.
    diff: bool,
    /// The first line on the screen.
    top: usize,
}

#[derive(Debug)]
struct Case {
    name: String,
    yours: Recording,
    /// What became of the model solution, or why it could not be run.
    model: Result<Recording>,
}

impl Case {
    /// The ladders of both.
    fn lines(&self, speaker: Speaker, width: usize) -> Vec<String> {
        let strong = |text: String| style::paint(style::STRONG, text);
        let drawn = |recording| {
            let text = answered::draw(speaker, recording, &[], width, true);
            text.lines().map(str::to_owned).collect::<Vec<_>>()
        };
        let mut lines = vec![strong(say!(speaker, "passed-ladder-yours", case = &*self.name))];
        lines.extend(drawn(&self.yours));
        lines.push(String::new());
        match &self.model {
            Ok(recording) => {
                lines.push(strong(say!(speaker, "passed-ladder-model", case = &*self.name)));
                lines.extend(drawn(recording));
            }
            Err(error) => {
                let why = say!(speaker, "passed-no-ladder", why = with_causes(error));
                lines.extend(markdown::lines(&why, width, "  "));
            }
        }
        lines
    }
}

impl Passed {
    /// Runs the model solution in the case in which the student's program was exemplary.
    pub(super) fn new(
        speaker: Speaker,
        task: &Task<'_>,
        code: Code,
        exemplary: Option<Exemplary>,
        left: Vec<(String, String)>,
    ) -> Result<Self> {
        let name = &task.exercise.name;
        let file = task.subject.file().context("a program without a file is not watched")?;
        let yours = fs::read(file).with_context(|| format!("read {}", socklab_say::path(file)))?;
        let yours = without_prompts(code, &String::from_utf8_lossy(&yours));
        let model = task.material.solution(name, code)?;
        let case = exemplary.map(|Exemplary { case, seed, recording }| {
            let run = || -> Result<Recording> {
                let folder = BuildFolder::open()?;
                let file = folder.path().join(format!("{name}.{}", code.extension()));
                fs::write(&file, &model)
                    .with_context(|| format!("write {}", socklab_say::path(&file)))?;
                let built = Built::from_source(code, &file, &task.exercise.arguments)?;
                let runner = scenario::runner(speaker, seed)?;
                let (isolation, packets) = (task.how.wanted, task.how.packets);
                let runner = Runner { isolation, packets, ..runner };
                let check = Check {
                    exercise: task.exercise,
                    submission: &built.submission,
                    runner: &runner,
                    only: Some(&case),
                };
                let mut report = check.run(|_| true);
                let done = report.cases.pop().and_then(|done| done.recording);
                done.context("the case was not run")
            };
            Case { model: run(), name: case, yours: recording }
        });
        Ok(Self { yours, model, case, left, diff: false, top: 0 })
    }

    /// Obeys a key that is about what is shown; false if it is about something else.
    pub(super) fn obey(&mut self, speaker: Speaker, key: Key) -> bool {
        let (all, room) = (self.lines(speaker, output::width()).len(), room());
        match key {
            // On the last page it goes on.
            Key::Enter if self.top + room >= all => return false,
            Key::Char(' ') | Key::Enter | Key::PageDown | Key::Down => {
                self.top += if self.top + room < all { room } else { 0 };
            }
            Key::Char('b') | Key::PageUp | Key::Up => self.top = self.top.saturating_sub(room),
            Key::Char('d') => (self.diff, self.top) = (!self.diff, 0),
            _ => return false,
        }
        true
    }

    /// Shows a page, and the keys below it.
    pub(super) fn show(&self, speaker: Speaker, next: Option<&str>) {
        let lines = self.lines(speaker, output::width());
        let room = room();
        screen(Screen::Clear);
        lines.iter().skip(self.top).take(room).for_each(|line| println!("{line}"));
        let (page, pages) = (self.top / room + 1, lines.len().div_ceil(room));
        let mut keys = Vec::new();
        if page < pages {
            keys.push(say!(speaker, "passed-key-space"));
        }
        if self.top > 0 {
            keys.push(say!(speaker, "passed-key-back"));
        }
        keys.push(say!(speaker, if self.diff { "passed-key-both" } else { "passed-key-diff" }));
        keys.extend(next.map(|next| say!(speaker, "passed-key-next", next = next)));
        keys.push(say!(speaker, "passed-key-quit"));
        let keys = format!("{}  {page}/{pages}", keys.join("  "));
        println!(
            "{}",
            markdown::each_line(style::FAINT, &markdown::key_line(&keys, output::width()))
        );
    }

    fn lines(&self, speaker: Speaker, width: usize) -> Vec<String> {
        let strong = |text: String| style::paint(style::STRONG, text);
        let mut lines = Vec::new();
        if self.diff {
            lines.push(strong(say!(speaker, "passed-diff")));
            let diff = compare::unified(&self.yours, &self.model, width);
            if diff.is_empty() {
                lines.push(say!(speaker, "solution-same"));
            }
            lines.extend(diff);
        } else {
            let [yours, model] = ["passed-yours", "passed-model"].map(|key| say!(speaker, key));
            lines.push(strong(compare::columns(&yours, &model, width)));
            lines.extend(compare::beside(&self.yours, &self.model, width));
        }
        if let Some(case) = &self.case {
            lines.push(String::new());
            lines.extend(case.lines(speaker, width));
        }
        lines.push(String::new());
        lines.extend(self.robust(speaker, width));
        lines
    }

    /// What a robust program does as well.
    fn robust(&self, speaker: Speaker, width: usize) -> Vec<String> {
        let strong = |text: String| style::paint(style::STRONG, text);
        if self.left.is_empty() {
            return markdown::lines(&say!(speaker, "passed-robust"), width, "")
                .into_iter()
                .map(|line| style::paint(style::GOOD, line))
                .collect();
        }
        let heading = markdown::lines(&say!(speaker, "passed-robust-left"), width, "");
        let mut lines: Vec<String> = heading.into_iter().map(strong).collect();
        for (name, title) in &self.left {
            let title = markdown::lines(title, width.saturating_sub(TITLE), "");
            let name = style::paint(style::COMMAND, format_args!("{name:<17}"));
            let title = title.join(&format!("\n{}", " ".repeat(TITLE)));
            lines.extend(format!("  {name} {title}").lines().map(str::to_owned));
        }
        lines
    }
}

/// How many lines a page has: three stay for the keys, which may need two, and the cursor.
fn room() -> usize {
    output::height().saturating_sub(3).max(1)
}
