//! The rules of explanation that only recorded packets show, provoked by real programs on a loopback
//! through a wire: `fixtures/provoke/wire/RULE.py`. Its first lines say what the wire does; without
//! that, nothing is to be explained.

use std::fs;
use std::path::{Path, PathBuf};

use socklab_event::Timeline;
use socklab_flows::Flows;
use socklab_judge::{RULES, explain};
use socklab_prerequisites::{need, not_run};

use crate::stage::{run, socklab};

/// What `trace --wire` says where there can be no such loopback.
const NO_PLACE: i32 = 3;

fn folder() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/provoke/wire"))
}

/// The programs, each with the options in its first lines.
fn programs() -> Vec<(String, PathBuf, Vec<String>)> {
    let files = fs::read_dir(folder()).expect("the folder");
    let paths = files.map(|file| file.expect("readable").path());
    let scripts = paths.filter(|path| path.extension().is_some_and(|ending| ending == "py"));
    let read = |path: PathBuf| {
        let rule = path.file_stem()?.to_str()?.to_owned();
        let text = fs::read_to_string(&path).ok()?;
        let options = text.lines().map_while(|line| line.strip_prefix("# --")?.split_once(": "));
        let options = options.flat_map(|(option, value)| [format!("--{option}"), value.to_owned()]);
        let options = options.collect();
        // `ends.py` is a module that the others share.
        (rule != "ends").then_some((rule, path, options))
    };
    let mut programs: Vec<_> = scripts.filter_map(read).collect();
    programs.sort();
    programs
}

/// What is explained of a program; `None` where there can be no wire.
fn explained(python: &str, program: &Path, options: &[String]) -> Option<Vec<&'static str>> {
    let name = program.file_stem().expect("a name").to_str().expect("UTF-8");
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("provoked");
    fs::create_dir_all(&folder).expect("mkdir");
    let file = folder.join(format!("{}-{name}.jsonl", std::process::id()));
    let mut command = socklab(&["trace", "--packets", "--timeout", "60", "-o"]);
    command.arg(&file).args(options).args(["--", python, "-B"]).arg(program);
    let ended = run(&mut command);
    if ended.code == NO_PLACE {
        return None;
    }
    ended.exits(0);
    let read = socklab_event::read(&fs::read(&file).expect("it was written")[..]);
    fs::remove_file(&file).expect("it was written");
    let timeline: Timeline = read.expect("a recording").timeline;
    let found = explain(&Flows::of(&timeline));
    Some(found.into_iter().map(|one| one.rule).collect())
}

#[test]
fn the_wire_provokes_what_only_packets_show() {
    let python = need!("python3");
    for (rule, program, options) in programs() {
        assert!(RULES.iter().any(|one| one.key == rule), "{rule} is a rule");
        let Some(found) = explained(&python, &program, &options) else {
            not_run!("user namespaces")
        };
        assert!(found.contains(&&*rule), "{rule}: {found:?}");
        if !options.is_empty() {
            let found = explained(&python, &program, &[]).expect("as before");
            assert!(!found.contains(&&*rule), "{rule} without {options:?}: {found:?}");
        }
    }
}
