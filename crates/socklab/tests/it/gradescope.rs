//! `grade --gradescope-zip`: what is in the zip grades as Gradescope runs it, in a root of its own.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;

use serde_json::Value;
use socklab_prerequisites::{find, need, not_run};

use crate::grade::{PACK, School};
use crate::stage::run;

/// Runs a script of the zip as Gradescope's container does, where only these tools are.
fn script(root: &Path, name: &str, tools: Option<&Path>) -> Command {
    let mut command = Command::new(find("bash").expect("bash"));
    command.arg(root.join(name)).env("AUTOGRADER_ROOT", root).current_dir(root);
    if let Some(tools) = tools {
        command.env("PATH", tools);
    }
    command
}

#[test]
fn what_is_in_the_zip_grades_as_gradescope_runs_it() {
    need!("python3");
    need!("bash");
    let school = School::of("echo-server", &[]);
    fs::create_dir(school.path("pack")).expect("a folder");
    fs::write(school.path("pack/exercise.toml"), PACK).expect("a file");
    let zip = ["echo-server", "--pack", "pack", "--gradescope-zip", "autograder.zip"];
    run(&mut school.command(&zip)).exits(0);
    let root = school.path("root");
    for folder in ["source", "submission"] {
        fs::create_dir_all(root.join(folder)).expect("a folder");
    }
    let mut unpack = Command::new("python3");
    unpack
        .args(["-m", "zipfile", "-e"])
        .arg(school.path("autograder.zip"))
        .arg(root.join("source"));
    run(&mut unpack).exits(0);

    // Without apt-get, nothing is installed here.
    let tools = school.path("tools");
    fs::create_dir(&tools).expect("a folder");
    symlink(find("chmod").expect("chmod"), tools.join("chmod")).expect("a link");
    let ready = run(&mut script(&root, "source/setup.sh", Some(&tools))).exits(0);
    assert!(ready.text().starts_with("socklab "), "{ready:?}");

    let program = school.path("class/ana");
    for (from, score, second) in
        [("solution.py", 8, "passed"), ("bugs/no-loop.py", 5, "failed"), ("", 0, "failed")]
    {
        fs::remove_dir_all(root.join("submission")).expect("a folder");
        if from.is_empty() {
            fs::create_dir(root.join("submission")).expect("a folder");
        } else {
            let _ = fs::remove_dir_all(&program);
            school.hand_in("echo-server", "ana", from);
            fs::rename(&program, root.join("submission")).expect("a folder");
        }
        let ended = run(&mut script(&root, "source/run_autograder", None));
        if ended.errors.contains("can't be contained") {
            not_run!("a sandbox");
        }
        let results = fs::read(root.join("results/results.json"));
        let results: Value =
            serde_json::from_slice(&results.unwrap_or_else(|error| panic!("{error} {ended:?}")))
                .expect("JSON");
        assert_eq!(results["score"], score, "{from}: {results:#}");
        let test = |case: &str| {
            let mut tests = results["tests"].as_array().into_iter().flatten();
            tests.find(|test| test["extra_data"]["case"] == case).cloned().unwrap_or_default()
        };
        assert_eq!(test("next-client")["status"], second, "{from}");
        if !from.is_empty() {
            let hidden = test("secret-word");
            assert_eq!((&hidden["name"], &hidden["score"]), (&"secret-word".into(), &2.into()));
            assert_eq!(hidden["visibility"], "after_published", "{hidden:#}");
        }
        let left = fs::read_dir(root.join("results")).expect("a folder").count();
        assert_eq!(left, 1, "{from}");
    }
}
