//! Fills the commands of a programming language into an exercise's page.

use socklab_say::{Piece, Template};
use socklab_scenario::exercise::Code;

/// The placeholder for the compile command; its line is dropped for languages without a compiler.
const BUILD: &str = "build";
/// The placeholder for the command that runs the program.
const RUN: &str = "run";

/// Fills in how this exercise is built and run.
pub(super) fn with_commands(page: &str, exercise: &str, code: Code) -> String {
    let file = format!("{exercise}.{}", code.extension());
    let (build, run) = match code {
        Code::Python => (None, format!("python3 {file}")),
        Code::Rust => (Some(format!("rustc {file}")), format!("./{exercise}")),
        Code::Java => (Some(format!("javac {file}")), format!("java {file}")),
        Code::C => {
            (Some(format!("gcc -Wall -pthread {file} -o {exercise}")), format!("./{exercise}"))
        }
    };
    let mut filled = String::with_capacity(page.len());
    for line in page.lines() {
        let template = Template::parse(line.trim());
        if matches!(template.pieces(), [Piece::Place { name: BUILD, .. }]) {
            filled.extend(build.iter().map(|build| format!("{build}\n")));
        } else {
            filled += &aligned(
                line,
                &Template::parse(line).fill(|place| (place == RUN).then_some(run.as_str())),
            );
            filled.push('\n');
        }
    }
    filled
}

/// Moves a comment after the command back to its original column.
fn aligned(line: &str, filled: &str) -> String {
    let (Some(column), Some((command, comment))) = (line.find("  # "), filled.split_once("  # "))
    else {
        return filled.to_owned();
    };
    let command = command.trim_end();
    format!("{command:<column$}  # {comment}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_names_the_commands_of_its_language() {
        let page = "```\n{build}\n{run} 80           # one\nsocklab connect   # two\n```\n";
        assert_eq!(
            with_commands(page, "e", Code::Python),
            "```\npython3 e.py 80    # one\nsocklab connect   # two\n```\n"
        );
        assert_eq!(
            with_commands(page, "e", Code::C),
            "```\ngcc -Wall -pthread e.c -o e\n./e 80             # one\nsocklab connect   # two\n```\n"
        );
        assert_eq!(with_commands("{run}\n", "e", Code::Rust), "./e\n");
    }
}
