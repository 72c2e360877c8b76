//! What a course program teaches, in the reader's language.
//!
//! In English that is the header of its source; in Spanish a file under `course/lessons/es`.

use programs::Program;

use crate::language::speaker;

macro_rules! spanish {
    ($($name:literal)*) => {
        &[$(($name, include_str!(concat!("../../../course/lessons/es/", $name, ".md")))),*]
    };
}

#[rustfmt::skip]
const SPANISH: &[(&str, &str)] = spanish![
    "basics-01" "basics-02" "basics-03" "basics-04" "basics-05"
    "socket-01" "socket-02" "socket-03" "socket-04" "socket-05"
    "server-01" "server-02" "server-03" "server-04" "server-05"
    "echo-server" "echo-client" "udp-client" "udp-server" "tcp-client" "tcp-server"
];

/// The Spanish lesson, in Markdown.
pub(crate) fn spanish(program: &Program) -> &'static str {
    SPANISH.iter().find(|(name, _)| *name == program.name).map_or("", |(_, text)| text)
}

/// What it does, in a line.
pub(crate) fn purpose(program: &Program) -> &'static str {
    match speaker().language().tag() {
        "es" => {
            let title = spanish(program).lines().next().unwrap_or_default();
            title.split_once(": ").map_or(title, |(_, purpose)| purpose)
        }
        _ => program.purpose(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_program_has_a_spanish_lesson_with_every_part() {
        for program in programs::PROGRAMS {
            let lesson = spanish(program);
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
