//! What the tour looks like on a terminal.

use std::io::{IsTerminal, stdout};

use socklab_event::Timeline;
use socklab_ladder::TextStyle;
use socklab_say::{Speaker, count, say};

use super::report::{StopReport, Total, purpose};
use super::visit::{Claim, ShownCommand};
use crate::cli::Look;
use crate::commands::trace::ladder_of;
use crate::output::{self, println, width};
use crate::printer;
use crate::style::{BAD, COMMAND, FAINT, GOOD, STRONG, paint};
use crate::terminal::folding::folded;
use crate::terminal::markdown::{each_line, hanging};

/// Longer output is shortened to its beginning and its end.
const MOST_LINES: usize = 12;

/// `because` says why it is not in a lab.
pub(super) fn opening(speaker: Speaker, stops: usize, because: Option<&str>) {
    let width = width();
    println!("{}", each_line(STRONG, &hanging(&say!(speaker, "tour-title"), 0, width)));
    println!("{}", hanging(&say!(speaker, "tour-opening", stops = stops), 0, width));
    place(speaker, because);
}

/// Where it happens; `because` says why it is not in a lab.
pub(super) fn place(speaker: Speaker, because: Option<&str>) {
    let place = match because {
        None => say!(speaker, "tour-in-lab"),
        Some(because) => say!(speaker, "tour-on-loopback", reason = because),
    };
    println!("{}\n", each_line(FAINT, &hanging(&place, 0, width())));
}

pub(super) fn report(speaker: Speaker, number: usize, of: usize, report: &StopReport) {
    for (index, (name, teaches)) in report.programs.iter().zip(&report.teaches).enumerate() {
        let place = if index == 0 { format!("{number:>2}/{of}") } else { String::new() };
        let teaches = hanging(&format!("{name} · {teaches}"), 6, width());
        let rest = teaches.strip_prefix(name).unwrap_or_default();
        println!("{} {}{rest}", paint(FAINT, format_args!("{place:>5}")), paint(STRONG, name));
    }
    events(speaker, report);
}

/// What happened at a stop, and whether it was as it should be.
pub(super) fn events(speaker: Speaker, report: &StopReport) {
    for note in &report.notes {
        println!("      {}", each_line(FAINT, &hanging(note, 6, width())));
    }
    for step in &report.steps {
        command(speaker, step);
    }
    if let Some(timeline) = &report.timeline {
        ladder(speaker, timeline);
    }
    for check in &report.checks {
        verdict_of(speaker, check);
    }
    if let Some(error) = &report.error {
        println!("      {} {}", paint(BAD, "✗"), hanging(error, 8, width()));
    }
    println!();
}

fn command(speaker: Speaker, step: &ShownCommand) {
    println!("      {}", paint(COMMAND, format_args!("$ {}", step.command)));
    let lines: Vec<&str> = step.output.lines().collect();
    if lines.len() <= MOST_LINES {
        lines.iter().for_each(|line| output(line));
    } else {
        let (head, tail) = (MOST_LINES - 4, 3);
        let hidden = lines.len() - head - tail;
        lines[..head].iter().for_each(|line| output(line));
        println!(
            "      {}",
            paint(FAINT, format_args!("┊ {}", say!(speaker, "tour-folded", lines = count(hidden))))
        );
        lines[lines.len() - tail..].iter().for_each(|line| output(line));
    }
}

/// Draws the ladder as wide as the terminal allows, up to 100 columns.
fn ladder(speaker: Speaker, timeline: &Timeline) {
    let width = if stdout().is_terminal() { width().min(100) } else { 100 } - 6;
    let style = TextStyle::new(width).color(output::in_colour());
    // The explanations are on the page that -o writes.
    let look = Look { no_explanations: true, ..Look::default() };
    let drawing = printer::marked(&ladder_of(speaker, timeline, &look).to_text(&style));
    println!();
    drawing.trim_end().lines().for_each(|line| println!("{}", format!("      {line}").trim_end()));
    println!();
}

fn output(line: &str) {
    for row in folded(line, width().saturating_sub(8)) {
        println!("      {} {row}", paint(FAINT, "│"));
    }
}

fn verdict_of(speaker: Speaker, check: &Claim) {
    let Claim { what, ok, seen } = check;
    let what = hanging(what, 8, width());
    if *ok {
        println!("      {} {what}", paint(GOOD, "✓"));
    } else {
        println!("      {} {what}", paint(BAD, "✗"));
        let seen = seen.as_deref().unwrap_or_default();
        println!("        {}", hanging(&say!(speaker, "tour-seen", seen = seen), 8, width()));
    }
}

pub(super) fn verdict(speaker: Speaker, reports: &[StopReport], total: &Total) {
    println!("{}", paint(STRONG, say!(speaker, "tour-verdict")));
    for report in reports {
        for name in report.programs {
            let mark = if report.ok { paint(GOOD, "✓") } else { paint(BAD, "✗") };
            let checks = report.checks.iter().filter(|check| check.ok).count();
            let count = format!("{checks}/{}", report.checks.len());
            let time = paint(FAINT, format_args!("{count:>5} {:>5} ms", report.milliseconds));
            println!("  {mark} {name:<12}{time}  {}", hanging(purpose(speaker, name), 32, width()));
        }
    }
    println!("\n{}", paint(if total.ok { GOOD } else { BAD }, &total.text));
    println!("{}", hanging(&say!(speaker, "tour-next"), 0, width()));
}
