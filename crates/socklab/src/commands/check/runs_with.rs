//! How to run a file that is not a program by itself: what to type, by the file's language.

use std::fs::File;
use std::io::Read;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use socklab_say::{Speaker, say};
use socklab_scenario::exercise::Code;
use socklab_scenario::format::{ARGS, Exercise};

use super::explain::shell_words;

/// Interpreters, and compilers that run a single file, by the extension of what they run.
const INTERPRETERS: [(&str, &str); 11] = [
    ("js", "node"),
    ("mjs", "node"),
    ("cjs", "node"),
    ("rb", "ruby"),
    ("pl", "perl"),
    ("php", "php"),
    ("lua", "lua"),
    ("sh", "sh"),
    ("bash", "bash"),
    ("tcl", "tclsh"),
    ("py", "python3"),
];

/// Compilers that make a program of a file.
const COMPILERS: [(&str, &str); 5] = [
    ("go", "go build"),
    ("cpp", "g++ -Wall -pthread -o"),
    ("cc", "g++ -Wall -pthread -o"),
    ("cxx", "g++ -Wall -pthread -o"),
    ("zig", "zig build-exe"),
];

/// What to type to check this file.
pub(super) fn advice(speaker: Speaker, exercise: &Exercise, file: &str) -> String {
    let path = Path::new(file);
    let extension = path.extension().and_then(|one| one.to_str()).unwrap_or_default();
    let stem = path.file_stem().map(|one| one.to_string_lossy().into_owned()).unwrap_or_default();
    let check = |words: &[&str]| {
        let usual = exercise.arguments.of("").to_vec();
        // Where only some cases have arguments, nothing else tells them apart.
        let own = exercise.cases.iter().flat_map(|case| &case.scenario.actors);
        let some = own.into_iter().any(|actor| actor.arguments.is_some());
        let arguments = if usual.is_empty() && some { vec![ARGS.to_owned()] } else { usual };
        let words = words.iter().map(|word| (*word).to_owned());
        let words: Vec<String> = words.chain(arguments.iter().cloned()).collect();
        format!("socklab check {} -- {}", exercise.name, shell_words(&words))
    };
    let by = |table: &[(&str, &'static str)]| {
        table.iter().find(|(known, _)| *known == extension).map(|(_, tool)| *tool)
    };
    let here = format!("./{file}");
    let local = if file.contains('/') { file } else { here.as_str() };
    if is_executable(path) {
        return say!(speaker, "runs-as", command = check(&[local]));
    }
    if Code::of(path).is_some() && extension != "py" {
        // Compiled and given its arguments by the check itself.
        let file = shell_words(&[file.to_owned()]);
        let command = format!("socklab check {} -- {file}", exercise.name);
        return say!(speaker, "runs-as", command = command);
    }
    if let Some(compiler) = by(&COMPILERS) {
        let output = if compiler.ends_with("-o") { format!(" {stem}") } else { String::new() };
        let compile = format!("{compiler}{output} {}", shell_words(&[file.to_owned()]));
        let program = format!("./{stem}");
        return say!(speaker, "runs-compiled", compile = compile, command = check(&[&program]));
    }
    if let Some(interpreter) = by(&INTERPRETERS) {
        return say!(speaker, "runs-as", command = check(&[interpreter, file]));
    }
    if names_its_interpreter(path) {
        let chmod = format!("chmod +x {}", shell_words(&[file.to_owned()]));
        return say!(speaker, "runs-compiled", compile = chmod, command = check(&[local]));
    }
    say!(speaker, "check-not-executable-hint")
}

fn is_executable(path: &Path) -> bool {
    path.metadata().is_ok_and(|about| about.permissions().mode() & 0o111 > 0)
}

/// True if its first line begins with `#!`, execve(2).
fn names_its_interpreter(path: &Path) -> bool {
    let mut start = [0; 2];
    File::open(path).and_then(|mut file| file.read_exact(&mut start)).is_ok() && start == *b"#!"
}

#[cfg(test)]
mod tests {
    use super::*;
    use socklab_scenario::Course;

    #[test]
    fn each_language_has_its_own_advice() {
        let exercise = Course::built_in().exercise("echo-server").unwrap();
        let folder = tempfile::tempdir().unwrap();
        let told = |name: &str, text: &str| {
            let path = folder.path().join(name);
            std::fs::write(&path, text).unwrap();
            let path = path.display().to_string();
            let told = advice(Speaker::ENGLISH, &exercise, &path);
            told.replace(&format!("{}/", folder.path().display()), "")
        };
        let check = "socklab check echo-server --";
        assert!(
            told("e.go", "").contains(&format!("go build e.go, and then: {check} ./e {{port}}"))
        );
        assert!(told("E.java", "").ends_with(&format!("{check} E.java")));
        assert!(told("e.js", "").contains(&format!("{check} node e.js {{port}}")));
        assert!(told("e.rb", "").contains(&format!("{check} ruby e.rb {{port}}")));
        assert!(told("e.pl", "").contains(&format!("{check} perl e.pl {{port}}")));
        assert!(told("e.py", "").contains(&format!("{check} python3 e.py {{port}}")));
        assert!(told("e.c", "").ends_with(&format!("{check} e.c")));
        assert!(told("e", "#!/bin/sh\n").contains("chmod +x e, and then"));
        assert!(!told("e.xyz", "").contains("java e.xyz"));
    }
}
