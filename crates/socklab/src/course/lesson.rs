//! What a course program teaches, in the reader's language.
//!
//! In English, all but the last part is the header of its source; everything else is in
//! `course/lessons/TAG`.

use std::path::Path;

use programs::Program;
use socklab_say::{Speaker, say};
use socklab_scenario::Course;
use socklab_scenario::format::Prose;

/// What is read before the source, and what the header of the source calls it.
const BEFORE: [(&str, &str); 4] =
    [("new", "New here: "), ("run", "Run: "), ("try", "Try: "), ("question", "The question: ")];
/// What is read with the source: what its lines do.
const LINES: &str = "lines";

/// What it does, in one line.
pub(crate) fn purpose(speaker: Speaker, program: &Program) -> &'static str {
    match file(speaker, program).filter(|_| is_translated(speaker)) {
        Some(lesson) => {
            let title = lesson.lines().next().unwrap_or_default();
            title.split_once(": ").map_or(title, |(_, purpose)| purpose)
        }
        None => program.purpose(),
    }
}

/// What to read before the source, as Markdown.
pub(crate) fn introduction(speaker: Speaker, program: &Program) -> String {
    let lesson = lesson(speaker, program);
    let mut text = format!("# {}: {}\n", program.name, purpose(speaker, program));
    for (key, mark) in BEFORE {
        let part = match is_translated(speaker) {
            true => lesson.section(key).unwrap_or_default().to_owned(),
            false => from_header(program, mark),
        };
        text += &format!("\n### {}\n{part}\n", heading(speaker, key));
    }
    text
}

/// What to read with the source, as Markdown: what its lines do, and why.
pub(crate) fn line_by_line(speaker: Speaker, program: &Program) -> String {
    let lesson = lesson(speaker, program);
    format!("### {}\n{}\n", heading(speaker, LINES), lesson.section(LINES).unwrap_or_default())
}

fn heading(speaker: Speaker, key: &str) -> String {
    say!(speaker, &format!("lesson-{key}"))
}

/// The source is English, and so is its header.
fn is_translated(speaker: Speaker) -> bool {
    speaker.language().tag() != "en"
}

/// The part of the header that begins with this mark. After a heading it is a sentence of its own.
fn from_header(program: &Program, mark: &str) -> String {
    let header = program.header();
    let part = header.split("\n\n").find_map(|part| part.strip_prefix(mark)).unwrap_or_default();
    let mut letters = part.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string());
    first.unwrap_or_default() + letters.as_str().trim_end()
}

/// An empty one if there is none, which a test rules out.
fn lesson(speaker: Speaker, program: &Program) -> Prose {
    let text = file(speaker, program).unwrap_or_default();
    Prose::parse(Path::new(program.name), text).unwrap_or_default()
}

fn file(speaker: Speaker, program: &Program) -> Option<&'static str> {
    let path = format!("lessons/{}/{}.md", speaker.language(), program.name);
    std::str::from_utf8(Course::built_in_file(&path)?).ok()
}

#[cfg(test)]
mod tests {
    use socklab_say::Language;

    use super::*;

    fn speakers() -> impl Iterator<Item = Speaker> {
        Language::all().map(Speaker::new)
    }

    #[test]
    fn every_program_has_a_lesson_with_every_part_in_every_language() {
        for (speaker, program) in
            speakers().flat_map(|it| programs::PROGRAMS.iter().map(move |p| (it, p)))
        {
            let name = program.name;
            let text = file(speaker, program).unwrap_or_else(|| panic!("{name}: no lesson"));
            let title = format!("# {name}: {}\n", purpose(speaker, program));
            assert!(text.starts_with(&title), "{title}{text}");
            let lesson = Prose::parse(Path::new(name), text).unwrap();
            let translated =
                BEFORE.map(|(key, _)| key).into_iter().filter(|_| is_translated(speaker));
            let mut wanted: Vec<_> = translated.chain([LINES]).collect();
            wanted.sort_unstable();
            assert!(lesson.sections.keys().eq(wanted.iter()), "{name}: {:?}", lesson.sections);
            let parts = introduction(speaker, program) + &line_by_line(speaker, program);
            let filled = |part: &str| part.trim().lines().count() > 1;
            assert!(parts.split("\n### ").skip(1).all(filled), "{parts}");
            assert!(!parts.contains("<!--"), "{name}: a comment is shown");
            assert!(text.contains("<!-- source: "), "{name}: on what does it rest?");
        }
    }

    /// A name in backticks that looks like one of the program's is one.
    #[test]
    fn what_a_lesson_names_is_in_the_source() {
        assert!(!is_known(programs::find("server-01").unwrap(), "acceptfrom"));
        for speaker in speakers() {
            for program in programs::PROGRAMS {
                for name in code(&line_by_line(speaker, program)) {
                    assert!(is_known(program, &name), "{}: `{name}`", program.name);
                }
            }
        }
    }

    /// They say the same: the same calls, errors and names, in the same items.
    #[test]
    fn the_languages_name_the_same() {
        for program in programs::PROGRAMS {
            let named: Vec<Vec<_>> = speakers()
                .map(|speaker| {
                    let text = line_by_line(speaker, program);
                    text.split("\n- ").skip(1).map(|item| sorted(code(item))).collect()
                })
                .collect();
            for items in &named {
                assert_eq!(items, &named[0], "{}", program.name);
            }
        }
    }

    /// What is between backticks.
    fn code(text: &str) -> Vec<String> {
        text.split('`').skip(1).step_by(2).map(|code| code.replace("\n  ", " ")).collect()
    }

    fn sorted(mut words: Vec<String>) -> Vec<String> {
        words.sort_unstable();
        words.dedup();
        words
    }

    /// Whether a piece of code is in the program's source, or is none of its names: an errno, a file,
    /// a command, a call of the kernel or of the C library.
    fn is_known(program: &Program, code: &str) -> bool {
        const OTHERS: &[&str] = &[
            "accept",
            "bind",
            "clone",
            "clone3",
            "close",
            "connect",
            "getaddrinfo",
            "getservbyport",
            "hostname",
            "listen",
            "setsockopt",
            "telnet",
            "uname",
            "with",
        ];
        let is_name = code.chars().all(|c| c.is_alphanumeric() || "_:()!?".contains(c));
        let is_errno = code.starts_with('E') && code.chars().all(char::is_uppercase);
        let known = |word: &str| program.code().contains(word) || OTHERS.contains(&word);
        !is_name || is_errno || code.split([':', '(', ')', '!', '?']).all(known)
    }
}
