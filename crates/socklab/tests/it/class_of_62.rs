//! The class of 62 (`fixtures/class`): everybody scores what the table says, and those who behave alike
//! are one group, whatever language they write in, and nobody else is: of the whole class there are 14.
//!
//! Some of it, as the whole class takes minutes and harms whatever does not contain it. Others:
//! `SOCKLAB_CLASS=disk/,daemon/ cargo test -p socklab --test it class_of_62`; all: `SOCKLAB_CLASS=/`.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use socklab_class::{Class, State};
use socklab_grade::cluster::{Group, experiment};
use socklab_grade::{CaseState, Gradebook};
use socklab_prerequisites::{need, not_run};
use socklab_say::Speaker;

use crate::stage::{run, socklab};

/// Which programs are run: those whose paths contain one of these words.
const FILTER: &str = "SOCKLAB_CLASS";

const SOME: &str = "lines/makefile.py,lines/getline.c,one-message/hilos.py,one-message/pthreads.c,\
    one-client/straight.py,one-client/straight.c,second-client/slots.py,second-client/asserts.c";

#[test]
fn those_who_behave_alike_score_alike_and_are_one_group() {
    need!("python3");
    need!("gcc");
    let wanted = std::env::var(FILTER).unwrap_or_else(|_| SOME.to_owned());
    let class = Class::read();
    let school = tempfile::tempdir().expect("a folder");
    let students = class.students().into_iter().filter(|student| {
        wanted.split(',').any(|word| student.source.to_string_lossy().contains(word))
    });
    let students: Vec<_> = students.collect();
    assert!(!students.is_empty(), "{wanted}");
    for student in &students {
        student.hand_in(&school.path().join("class")).expect("a copy");
    }
    let mut command = socklab(&["grade", &class.exercise, "class", "-o", "out"]);
    command.current_dir(school.path()).env("XDG_STATE_HOME", school.path().join("state"));
    let ended = run(&mut command);
    if ended.code == 3 && ended.errors.contains("can't be contained") {
        not_run!("a sandbox");
    }
    let text = fs::read(school.path().join("out/gradebook.json")).expect("a gradebook");
    let book: Gradebook = serde_json::from_slice(&text).expect("a gradebook");

    let mut wrong = Vec::new();
    for student in &students {
        let (id, behaviour) = (&student.id, student.behaviour);
        let graded = book.results.iter().find(|it| it.student.id == *id).expect("a result");
        let word = match behaviour.state {
            State::Graded => "graded",
            State::NoSubmission => "no-submission",
            State::DoesNotCompile => "does-not-compile",
        };
        let not = |state: &dyn Fn(CaseState) -> bool| -> BTreeSet<String> {
            let cases = graded.cases.iter().filter(|case| state(case.state));
            cases.map(|case| case.name.clone()).collect()
        };
        let failed = not(&|it| !matches!(it, CaseState::Passed | CaseState::Skipped));
        let skipped = not(&|it| it == CaseState::Skipped);
        if graded.state.word() != word || failed != behaviour.fails || skipped != behaviour.skips {
            let state = graded.state.word();
            let source = student.source.display();
            wrong.push(format!("{source}: {state}, failed {failed:?}, skipped {skipped:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}\n{}", wrong.join("\n"), ended.errors);

    // Behaviours and groups are the same partition.
    let mut behaviours: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for student in &students {
        behaviours.entry(&student.behaviour.name).or_default().insert(&student.id);
    }
    let groups = book.groups();
    let mut mixed = Vec::new();
    for (name, ids) in &behaviours {
        let are_in = groups.iter().filter(|group| group.members.iter().any(|id| ids.contains(id)));
        let are_in: Vec<&Group<'_>> = are_in.collect();
        let members: BTreeSet<&str> = are_in.iter().flat_map(|it| it.members.clone()).collect();
        if let [_] = are_in[..]
            && members == *ids
        {
            continue;
        }
        mixed.push(format!("{name} is in {} groups:", are_in.len()));
        for group in &are_in {
            let parts = experiment(are_in[0].form, group.form);
            let parts = parts.map(|it| it.text([are_in[0].number, group.number], Speaker::ENGLISH));
            mixed.push(format!("  {:?} {}", group.members, parts.unwrap_or_default()));
        }
    }
    assert!(mixed.is_empty(), "{}", mixed.join("\n"));
    assert_eq!(groups.len(), behaviours.len());
    let all = class.students().len() == students.len();
    assert!(!all || groups.len() == 14, "{} groups", groups.len());
}
