//! Programs in Java: compiled to classes, of which one has `main`.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::build::{BuildError, failed, find};
use super::code::Code;
use super::compile::compile;
use crate::Used;

/// A virtual machine for a program that does little: classes are mapped, not read again
/// (`-Xshare`), the first compiler has to do, one thread collects garbage, and no file in `/tmp` tells
/// others about it.
const SMALL: [&str; 6] = [
    "-Xshare:auto",
    "-XX:TieredStopAtLevel=1",
    "-XX:+UseSerialGC",
    "-XX:-UsePerfData",
    // It begins with little, and may take more than a sandbox lets it have: then the limit is named, which
    // an OutOfMemoryError is not.
    "-Xms16m",
    "-Xmx1536m",
];

/// The options of the compiler, which is a program in Java itself. Nothing of a submission is run
/// while it is compiled (`-proc:none`).
pub(super) const COMPILER: [&str; 8] = [
    "-J-Xshare:auto",
    "-J-XX:TieredStopAtLevel=1",
    "-J-XX:+UseSerialGC",
    "-J-XX:-UsePerfData",
    "-J-Xmx512m",
    "-encoding",
    "UTF-8",
    "-proc:none",
];

/// A program in Java.
#[derive(Debug)]
pub(super) struct Java {
    pub(super) argv: Vec<String>,
    /// The folder with its classes.
    pub(super) classes: PathBuf,
    pub(super) warnings: String,
}

/// Compiles a program and others to classes in a folder.
pub(super) fn build(
    (file, with): (&Path, &[PathBuf]),
    folder: &Path,
    hidden: &[PathBuf],
    used: &Used,
) -> Result<Java, BuildError> {
    let java = find("java")?;
    let classes = folder.join("classes");
    fs::create_dir(&classes).map_err(failed("mkdir", &classes))?;
    let compiled = |file: &Path| {
        let sources = [&[file.to_owned()], with].concat();
        compile(Code::Java, &sources, &classes, folder, hidden, used)
    };
    let (file, warnings) = match compiled(file) {
        Err(BuildError::Refused { output, .. }) if public_class(file, &output).is_some() => {
            // Schools name files after students, and Java wants them to be named after classes.
            let name = public_class(file, &output).unwrap_or_default();
            let renamed = folder.join("renamed").join(format!("{name}.java"));
            let beside = folder.join("renamed");
            fs::create_dir(&beside).map_err(failed("mkdir", &beside))?;
            fs::copy(file, &renamed).map_err(failed("copy", file))?;
            let warnings = compiled(&renamed)?;
            (renamed, warnings)
        }
        done => (file.to_owned(), done?),
    };
    let main = main_class(&file, &classes).map_err(failed("read", &classes))?;
    let words = [java].into_iter().chain(SMALL.map(str::to_owned));
    let argv = words.chain(["-cp".to_owned(), classes.display().to_string(), main]).collect();
    Ok(Java { argv, classes, warnings })
}

/// The name that the compiler wants this file to have.
fn public_class(file: &Path, output: &str) -> Option<String> {
    let name = file.file_name()?.to_str()?;
    output.lines().filter(|line| line.starts_with(&format!("{name}:"))).find_map(|line| {
        let (before, after) = line.split_once(" is public, should be declared in a file named ")?;
        let class = after.strip_suffix(".java")?;
        let is_name = class.chars().all(|c| c.is_alphanumeric() || c == '_');
        (is_name && before.ends_with(&format!(" {class}"))).then(|| class.to_owned())
    })
}

/// The class of a file that has `main`: the one that has the file's name, if that does. Without any,
/// the machine will say what it misses.
fn main_class(file: &Path, classes: &Path) -> io::Result<String> {
    let stem = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let source = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let mut found = Vec::new();
    let mut folders = vec![classes.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "class") {
                let bytes = fs::read(&path)?;
                let has = |text: &str| has_constant(&bytes, text);
                if has("main") && has("([Ljava/lang/String;)V") && has(&source) {
                    found.push(path);
                }
            }
        }
    }
    found.sort();
    let called = found.iter().find(|path| path.file_stem().is_some_and(|name| *name == *stem));
    let Some(path) = called.or(found.first()) else { return Ok(stem) };
    let below = path.strip_prefix(classes).unwrap_or(path).with_extension("");
    Ok(below.display().to_string().replace('/', "."))
}

/// True if a class has this text among its constants: the names of what it declares and uses, and of
/// its source file (The Java Virtual Machine Specification, 4.4.7: a tag, a length, the text).
fn has_constant(class: &[u8], text: &str) -> bool {
    const UTF8: u8 = 1;
    let Ok(length) = u16::try_from(text.len()) else { return false };
    let wanted = [&[UTF8], &length.to_be_bytes()[..], text.as_bytes()].concat();
    class.windows(wanted.len()).any(|window| window == wanted)
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::super::build::Built;
    use super::*;
    use crate::format::Arguments;

    /// What a program prints that was built of these files, the first of which is the program.
    fn printed(files: &[(&str, &str)]) -> Option<String> {
        if find("javac").is_err() {
            socklab_prerequisites::say_not_run("java", "javac");
            return None;
        }
        let folder = super::super::build::BuildFolder::open().unwrap();
        let paths: Vec<PathBuf> = files
            .iter()
            .map(|(name, text)| {
                let path = folder.path().join(name);
                fs::write(&path, text).unwrap();
                path
            })
            .collect();
        let none = Arguments::default();
        let built =
            Built::from_sources(Code::Java, &paths[0], &paths[1..], &none, &[], &Used::default());
        let argv = match built.as_ref() {
            Ok(built) => built.submission.argv.clone(),
            Err(BuildError::Refused { output, .. }) => return Some(output.clone()),
            Err(error) => panic!("{error}"),
        };
        let (tool, words) = argv.split_first().unwrap();
        let words = words.iter().filter(|word| *word != crate::format::ARGS);
        let output = Command::new(tool).args(words).output().unwrap();
        Some(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    const MAIN: &str =
        "public static void main(String[] a) { System.out.print(new Other().say()); }";
    const OTHER: &str = "class Other { String say() { return \"ñ\"; } }\n";

    #[test]
    fn the_class_with_main_is_run_whatever_the_files_are_called() {
        let whole = format!("public class Server {{ {MAIN} }}\n");
        let packaged = format!("package net.example;\n{whole}{OTHER}");
        let second = format!("{OTHER}class Program {{ {MAIN} }}\n");
        for files in [
            &[("Server.java", whole.as_str()), ("Other.java", OTHER)][..],
            &[("ana.java", &packaged)],
            &[("ana.java", &second)],
        ] {
            let Some(printed) = printed(files) else { return };
            assert_eq!(printed, "ñ", "{files:?}");
        }
    }

    #[test]
    fn what_the_compiler_says_names_the_file_only() {
        let Some(said) = printed(&[("Server.java", "public class Server { int }\n")]) else {
            return;
        };
        assert!(said.starts_with("Server.java:1: error: "), "{said}");
    }

    #[test]
    fn a_name_is_taken_from_the_compiler_only() {
        let wanted = "ana.java:1: error: class Server is public, should be declared in a file named Server.java";
        assert_eq!(public_class(Path::new("/x/ana.java"), wanted).as_deref(), Some("Server"));
        let other =
            wanted.replace("Server.java", "../x.java").replace("class Server", "class ../x");
        assert_eq!(public_class(Path::new("/x/ana.java"), &other), None);
        assert_eq!(public_class(Path::new("/x/b.java"), wanted), None);
    }
}
