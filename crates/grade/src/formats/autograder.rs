//! The zip that makes Gradescope grade: `setup.sh`, `run_autograder`, socklab itself, the exercise,
//! and the pack of hidden cases.

use std::io::{Seek, Write};

use socklab_say::{Speaker, say};
use zip::result::ZipResult;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

const RUN: &str = include_str!("autograder/run_autograder");
const SETUP: &str = include_str!("autograder/setup.sh");

/// What Debian and Ubuntu call the tools for the languages that exercises are written in.
const PACKAGES: [&str; 4] = ["python3", "gcc", "libc6-dev", "rustc"];

/// A file below a folder: its path with `/` between the parts, and its bytes.
pub type Below = (String, Vec<u8>);

/// What the zip is made of.
#[derive(Clone, Copy, Debug)]
pub struct Autograder<'a> {
    /// The exercise's name.
    pub exercise: &'a str,
    /// The version of socklab.
    pub version: &'a str,
    /// The binary of socklab, which runs on Gradescope's machines if it runs here: x86-64 Linux.
    pub binary: &'a [u8],
    /// The files of the exercise, below the course: `exercises/echo-server/exercise.toml`. None for
    /// one that is built in.
    pub course: &'a [Below],
    /// The files of the pack of hidden cases, below its folder; and the folder's name.
    pub pack: Option<(&'a str, &'a [Below])>,
    /// Further options of `socklab grade`: `--count`, `all`.
    pub options: &'a [String],
    /// True to grade without a sandbox where there can't be one.
    pub without_sandbox: bool,
}

/// Writes the zip.
///
/// # Errors
///
/// It could not be written, or a file's name cannot be one in a zip.
pub fn gradescope_zip(
    speaker: Speaker,
    autograder: &Autograder<'_>,
    into: impl Write + Seek,
) -> ZipResult<()> {
    let mut zip = ZipWriter::new(into);
    // The same files make the same bytes: the time is left at its default, 1980.
    let file = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    let program = file.unix_permissions(0o755);
    let file = file.unix_permissions(0o644);
    let mut put = |name: &str, bytes: &[u8], options: SimpleFileOptions| -> ZipResult<()> {
        zip.start_file(name, options)?;
        zip.write_all(bytes)?;
        Ok(())
    };
    put("setup.sh", setup(speaker, autograder).as_bytes(), program)?;
    put("run_autograder", run(speaker, autograder).as_bytes(), program)?;
    put("socklab", autograder.binary, program.large_file(autograder.binary.len() > 1 << 31))?;
    for (path, bytes) in autograder.course {
        put(&format!("course/{path}"), bytes, file)?;
    }
    if let Some((name, files)) = autograder.pack {
        for (path, bytes) in files {
            put(&format!("pack/{name}/{path}"), bytes, file)?;
        }
    }
    zip.finish()?.flush()?;
    Ok(())
}

fn run(speaker: Speaker, autograder: &Autograder<'_>) -> String {
    let mut options: Vec<String> = autograder.options.iter().map(|it| quoted(it)).collect();
    if !autograder.course.is_empty() {
        options.push("--course \"$source/course\"".to_owned());
    }
    if let Some((name, _)) = autograder.pack {
        options.push(format!("--pack \"$source\"/pack/{}", quoted(name)));
    }
    if autograder.without_sandbox {
        options.push("--unsafe".to_owned());
    }
    filled(speaker, autograder, RUN)
        .replace("@EXERCISE@", &quoted(autograder.exercise))
        .replace("@FAILED@", &quoted(&say!(speaker, "autograder-failed")))
        .replace(" @OPTIONS@", &options.iter().map(|it| format!(" {it}")).collect::<String>())
}

fn setup(speaker: Speaker, autograder: &Autograder<'_>) -> String {
    filled(speaker, autograder, SETUP)
        .replace("@TOO_OLD@", &quoted(&say!(speaker, "autograder-too-old")))
        .replace("@PACKAGES@", &PACKAGES.join(" "))
}

fn filled(speaker: Speaker, autograder: &Autograder<'_>, script: &str) -> String {
    let plain = |char: &char| char.is_ascii_alphanumeric() || ".-+".contains(*char);
    let version: String = autograder.version.chars().filter(plain).collect();
    script.replace("@VERSION@", &version).replace("@LANGUAGE@", speaker.language().tag())
}

/// A word for a shell (POSIX 2.2.2): nothing in it has a meaning.
fn quoted(word: &str) -> String {
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Read, Write as _};
    use std::process::{Command, Stdio};

    use proptest::prelude::*;
    use zip::ZipArchive;

    use super::*;

    fn made(autograder: &Autograder<'_>) -> ZipArchive<Cursor<Vec<u8>>> {
        let mut bytes = Cursor::new(Vec::new());
        gradescope_zip(Speaker::ENGLISH, autograder, &mut bytes).unwrap();
        ZipArchive::new(bytes).unwrap()
    }

    fn text(zip: &mut ZipArchive<Cursor<Vec<u8>>>, name: &str) -> String {
        let mut text = String::new();
        zip.by_name(name).unwrap().read_to_string(&mut text).unwrap();
        text
    }

    /// True if bash understands it. Nothing is run.
    fn is_bash(script: &str) -> bool {
        let mut bash = Command::new("bash").arg("-n").stdin(Stdio::piped()).spawn().unwrap();
        bash.stdin.take().unwrap().write_all(script.as_bytes()).unwrap();
        bash.wait().unwrap().success()
    }

    #[test]
    fn it_has_what_gradescope_looks_for_at_its_root() {
        let course = [("exercises/echo/exercise.toml".to_owned(), b"points = 1".to_vec())];
        let pack = [("echo/exercise.toml".to_owned(), b"points = 2".to_vec())];
        let autograder = Autograder {
            exercise: "echo",
            version: "0.1.0",
            binary: b"\x7fELF",
            course: &course,
            pack: Some(("term 1", &pack)),
            options: &["--count".to_owned(), "all".to_owned()],
            without_sandbox: true,
        };
        let mut zip = made(&autograder);
        let names: Vec<String> = zip.file_names().map(|name| name.unwrap().into_owned()).collect();
        assert_eq!(
            names,
            [
                "setup.sh",
                "run_autograder",
                "socklab",
                "course/exercises/echo/exercise.toml",
                "pack/term 1/echo/exercise.toml"
            ]
        );
        for name in ["setup.sh", "run_autograder", "socklab"] {
            assert_eq!(zip.by_name(name).unwrap().unix_mode().unwrap() & 0o777, 0o755, "{name}");
        }
        let run = text(&mut zip, "run_autograder");
        assert!(run.contains("--lang en grade 'echo' \"$work/class\" "), "{run}");
        assert!(run.contains(
            "-j 1 '--count' 'all' --course \"$source/course\" --pack \"$source\"/pack/'term 1' --unsafe >"
        ));
        for name in ["setup.sh", "run_autograder"] {
            let script = text(&mut zip, name);
            assert!(!script.contains('@'), "{script}");
            assert!(script.starts_with("#!/usr/bin/env bash\n") && is_bash(&script), "{script}");
        }
        assert_eq!(text(&mut zip, "pack/term 1/echo/exercise.toml"), "points = 2");
        let again = made(&autograder).into_inner().into_inner();
        assert_eq!(zip.into_inner().into_inner(), again, "it is not the same twice");
    }

    proptest! {
        #[test]
        fn a_word_stays_one_word(word in "[^\0]*") {
            let echo = format!("printf %s {}", quoted(&word));
            let output = Command::new("bash").arg("-c").arg(echo).output().unwrap();
            prop_assert_eq!(output.stdout, word.as_bytes());
        }
    }
}
