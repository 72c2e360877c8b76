//! The rules of explanation that only packets show, or that take a wire: each is provoked by a real
//! program, `fixtures/provoke/packets/RULE.py`, whose first line is the command that records it.

use std::fs;
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::thread;

use socklab_flows::Flows;
use socklab_judge::explain;
use socklab_prerequisites::{need, not_run};

use crate::stage::{run, socklab};

/// What socklab says where there can be no such place.
const NO_PLACE: i32 = 3;

/// The words of a command line; apostrophes hold words together.
fn words(line: &str) -> Vec<String> {
    let parts = line.split('\'').enumerate();
    let words = parts.flat_map(|(number, part)| match number % 2 {
        0 => part.split_whitespace().map(str::to_owned).collect(),
        _ => vec![part.to_owned()],
    });
    words.collect()
}

/// Records a program as its first line says: the rules that its recording is explained with. `None`
/// where that is not possible.
fn explained(program: &Path, python: &str) -> Option<Vec<&'static str>> {
    let text = fs::read_to_string(program).expect("a program");
    let line = text.lines().next().and_then(|line| line.strip_prefix("# socklab "));
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("provoked");
    fs::create_dir_all(&folder).expect("mkdir");
    let name = program.file_stem().and_then(|name| name.to_str()).expect("a name");
    let out = folder.join(format!("{}-{name}.jsonl", std::process::id()));
    let mut words = words(line.unwrap_or_else(|| panic!("{name}: no command")));
    for word in &mut words {
        match &word[..] {
            "OUT" => *word = out.display().to_string(),
            "THIS" => *word = program.display().to_string(),
            "python3" => python.clone_into(word),
            _ => {}
        }
    }
    let ended = run(&mut socklab(&words.iter().map(String::as_str).collect::<Vec<_>>()));
    if ended.code == NO_PLACE {
        return None;
    }
    ended.exits(0);
    let file = fs::File::open(&out).expect("a recording");
    let timeline = socklab_event::read(BufReader::new(file)).expect("a recording").timeline;
    fs::remove_file(&out).expect("it was written");
    Some(explain(&Flows::of(&timeline)).into_iter().map(|one| one.rule).collect())
}

#[test]
fn what_only_packets_show_is_explained_of_real_programs() {
    let python = need!("python3");
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/provoke/packets");
    let entries = fs::read_dir(folder).expect("the folder").map(|entry| entry.expect("one").path());
    let is_program = |path: &PathBuf| path.extension().is_some_and(|extension| extension == "py");
    let programs: Vec<PathBuf> = entries.filter(is_program).collect();
    let found: Vec<_> = thread::scope(|scope| {
        let python = &python;
        let running = programs.iter().map(|path| scope.spawn(move || explained(path, python)));
        let running: Vec<_> = running.collect();
        running.into_iter().map(|one| one.join().expect("it ends")).collect()
    });
    if found.iter().all(Option::is_none) {
        not_run!("user namespaces");
    }
    let wrong: Vec<String> = programs
        .iter()
        .zip(found)
        .filter_map(|(program, found)| {
            let rule = program.file_stem()?.to_str()?;
            let found = found?;
            (!found.contains(&rule)).then(|| format!("{rule}: {found:?}"))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
