//! `socklab show`: a program's lesson, its source, and what comes before and after it.

use programs::Program;
use socklab_say::Speaker;
use socklab_scenario::Course;
use socklab_scenario::format::Item;

use crate::course::lesson;
use crate::course::neighbours::neighbours;
use crate::course::standing::note_program;
use crate::highlight;
use crate::output::{println, width, write_out};
use crate::style;

/// Prints all there is to read about a program.
pub(super) fn show(speaker: Speaker, program: &Program) {
    write_out(format_args!("{}", whole(speaker, program)));
    println!();
    let item = Item::Program(program.name.to_owned());
    for line in neighbours(speaker, &Course::built_in(), &item, width()) {
        println!("{line}");
    }
    note_program(program.name);
}

/// The lesson and the source.
pub(super) fn whole(speaker: Speaker, program: &Program) -> String {
    let mut whole = String::new();
    if let Some(lesson) = lesson::translated(speaker, program) {
        for line in lesson.lines() {
            match line.trim_start_matches('#') {
                heading if heading.len() < line.len() => {
                    whole += &style::paint(style::STRONG, heading.trim_start());
                }
                line => whole += line,
            }
            whole.push('\n');
        }
        whole.push('\n');
    }
    whole + &highlight::rust(program.source)
}

/// What it is about, as Markdown: all but the explanation of its lines.
pub(super) fn introduction(speaker: Speaker, program: &Program) -> String {
    let Some(lesson) = lesson::translated(speaker, program) else { return program.header() };
    let parts = lesson.split("\n## ").collect::<Vec<_>>();
    // The last part explains the source, line by line.
    let shown = &parts[..parts.len().saturating_sub(1).max(1)];
    shown.join("\n### ").replacen("# ", "### ", 1)
}
