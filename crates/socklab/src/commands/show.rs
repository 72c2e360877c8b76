//! `socklab show`: a program's lesson, its source, and what comes before and after it.

use std::io::IsTerminal as _;

use programs::Program;
use socklab_say::Speaker;
use socklab_scenario::Course;
use socklab_scenario::format::Item;

use crate::course::lesson;
use crate::course::neighbours::neighbours;
use crate::course::standing::note_program;
use crate::highlight;
use crate::output::{println, width, write_out};
use crate::terminal::folding::folded;
use crate::terminal::markdown;

/// Prints all there is to read about a program, or exactly its source file.
pub(super) fn show(speaker: Speaker, program: &Program, source_only: bool) {
    if source_only {
        return write_out(format_args!("{}", highlight::rust(program.source)));
    }
    let text = whole(speaker, program);
    match std::io::stdout().is_terminal() {
        true => {
            text.lines().flat_map(|line| folded(line, width())).for_each(|line| println!("{line}"));
        }
        false => write_out(format_args!("{text}")),
    }
    println!();
    let item = Item::Program(program.name.to_owned());
    for line in neighbours(speaker, &Course::built_in(), &item, width()) {
        println!("{line}");
    }
    note_program(program.name);
}

/// What it is about, its source, and what its lines do, in the order in which that is read.
pub(super) fn whole(speaker: Speaker, program: &Program) -> String {
    let prose = |text: String| markdown::render(&text, width());
    let introduction = prose(lesson::introduction(speaker, program));
    let lines = prose(lesson::line_by_line(speaker, program));
    format!("{introduction}\n{}\n{lines}", highlight::rust(program.code()))
}
