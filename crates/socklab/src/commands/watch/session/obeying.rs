//! What each key does while an exercise is worked on.

use anyhow::Result;
use rustix::termios::QueueSelector;
use socklab_say::say;

use super::{Asked, WatchSession, fitted};
use crate::commands::check::hint_lines;
use crate::commands::exercise::restart;
use crate::commands::watch::passed::Passed;
use crate::commands::watch::task::Leave;
use crate::course::points::Points;
use crate::course::{hinted, progress};
use crate::failure::with_causes;
use crate::output::println;
use crate::style;
use crate::terminal::keys::Key;
use crate::terminal::{gauge, markdown};

impl WatchSession<'_> {
    pub(super) fn obey(&mut self, press: Key) -> Result<Option<Leave>> {
        let asked = self.asked.take();
        if let Some(passed) = &mut self.passed
            && passed.obey(self.speaker, press)
        {
            passed.show(self.speaker, self.task.way.next.as_deref());
            return Ok(None);
        }
        let confirms = match asked {
            Some(Asked::Reset) => press == Key::Char('x'),
            Some(Asked::Skip) => press == Key::Char('n'),
            None => true,
        };
        if !confirms {
            // It means no, and nothing else.
            self.name_keys();
            self.told = true;
            return Ok(None);
        }
        match press {
            Key::Enter if self.passed.is_some() => return Ok(self.next(asked)),
            Key::Char('r') => self.begin()?,
            // The other keys print, and would print into the middle of a report.
            _ if self.running.is_some() => self.busy(),
            Key::Char('h') => self.hint(),
            Key::Char('l') => return Ok(Some(Leave::Select)),
            Key::Char('n') => return Ok(self.next(asked)),
            Key::Char('p') if self.task.way.previous.is_some() => {
                return Ok(Some(Leave::Previous));
            }
            Key::Char('p') => self.tell(&say!(self.speaker, "watch-first")),
            Key::Char('x') if asked == Some(Asked::Reset) => {
                // What stands in the way can be mended while the session goes on.
                if let Err(error) = self.reset() {
                    self.tell(&with_causes(&error));
                }
            }
            Key::Char('x') => {
                self.asked = Some(Asked::Reset);
                self.tell(&say!(self.speaker, "watch-reset"));
            }
            _ => self.unknown(),
        }
        Ok(None)
    }

    /// Says, once, what can be pressed while a check runs.
    fn busy(&mut self) {
        if !std::mem::replace(&mut self.told, true) {
            gauge::hide();
            let busy = fitted(&say!(self.speaker, "watch-busy"));
            println!("{}", markdown::each_line(style::FAINT, &busy));
            gauge::put(&self.bar);
        }
    }

    /// `n`: on, but not away from what is not solved without being asked twice, and not from what is
    /// without a look at the model solution.
    fn next(&mut self, asked: Option<Asked>) -> Option<Leave> {
        let passed = self.last.points.is_some_and(|points| points.core());
        if passed && self.passed.is_none() && self.look() {
            return None;
        }
        let Some(next) = self.task.way.next.clone() else {
            self.tell(&say!(self.speaker, "watch-last"));
            return None;
        };
        if asked == Some(Asked::Skip) || passed || self.was_solved() {
            return Some(Leave::Next);
        }
        self.asked = Some(Asked::Skip);
        self.tell(&say!(self.speaker, "watch-unsolved", name = &*self.exercise.name, next = next));
        None
    }

    /// Shows the model solution beside the student's; false if there is none.
    fn look(&mut self) -> bool {
        let (exemplary, left) = (self.last.exemplary.clone(), self.last.left.clone());
        println!("{}", style::paint(style::FAINT, say!(self.speaker, "passed-runs")));
        let passed = Passed::new(self.speaker, &self.task, self.code, exemplary, left);
        // What was pressed meanwhile was not meant for what is shown now.
        let _ = rustix::termios::tcflush(std::io::stdin(), QueueSelector::IFlush);
        match passed {
            Ok(passed) => {
                passed.show(self.speaker, self.task.way.next.as_deref());
                self.passed = Some(passed);
                true
            }
            Err(error) => {
                self.answer(&with_causes(&error));
                false
            }
        }
    }

    /// True if all core points were earned once.
    fn was_solved(&self) -> bool {
        let noted = Points::noted(&progress::read(), &self.exercise.name);
        noted.is_some_and(|points| points.core())
    }

    /// The next hint for what did not pass. Those that were given outside, by `socklab hint`, count.
    fn hint(&mut self) {
        let Some(hinted) = self.last.hinted.take() else {
            self.tell(&say!(self.speaker, "watch-no-hint"));
            return;
        };
        let elsewhere = hinted::read(&self.exercise.name);
        let mut hinted = hinted.after(elsewhere.as_ref());
        let given = hinted.give();
        let lines = match &given {
            Some((number, level)) => hint_lines(self.speaker, &hinted, *number, level),
            None => vec![say!(self.speaker, "watch-no-more-hints", all = hinted.hints.len())],
        };
        hinted::write(&self.exercise.name, &hinted);
        self.last.hinted = Some(hinted);
        self.answer(&lines.join("\n"));
        self.name_keys();
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
