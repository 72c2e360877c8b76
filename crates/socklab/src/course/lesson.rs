//! What a course program teaches, in the reader's language.
//!
//! In English this is the header of its source; in other languages, a file below
//! `course/lessons/TAG`.

use programs::Program;
use socklab_say::Speaker;
use socklab_scenario::Course;

/// The lesson in Markdown; `None` if it is the header of the source.
pub(crate) fn translated(speaker: Speaker, program: &Program) -> Option<&'static str> {
    let path = format!("lessons/{}/{}.md", speaker.language(), program.name);
    std::str::from_utf8(Course::built_in_file(&path)?).ok()
}

/// What it does, in one line.
pub(crate) fn purpose(speaker: Speaker, program: &Program) -> &'static str {
    match translated(speaker, program) {
        Some(lesson) => {
            let title = lesson.lines().next().unwrap_or_default();
            title.split_once(": ").map_or(title, |(_, purpose)| purpose)
        }
        None => program.purpose(),
    }
}

#[cfg(test)]
mod tests {
    use socklab_say::Language;

    use super::*;

    #[test]
    fn every_program_has_a_spanish_lesson_with_every_part() {
        let spanish = Speaker::new(Language::find("es").unwrap());
        for program in programs::PROGRAMS {
            let lesson = translated(spanish, program).unwrap();
            assert!(lesson.starts_with(&format!("# {}: ", program.name)), "{}", program.name);
            let mut rest = lesson;
            for part in ["Nuevo aquí", "Ejecútalo", "Prueba", "La pregunta", "Línea a línea"] {
                let at = rest.find(&format!("\n## {part}\n"));
                assert!(at.is_some(), "{}: no «{part}» where it should be", program.name);
                rest = &rest[at.unwrap() + 1..];
            }
        }
    }
}
