//! What `doctor` finds on machines that forbid something, and what the other commands do there:
//! either it goes on without, or it ends with exit code 3, and both say the step, the error and the
//! way to the fix.

use std::path::Path;
use std::process::Command;

use serde_json::Value;
use socklab_prerequisites::{need, not_run};

use crate::stage::{Ended, program, run, socklab};

const SOCKLAB: &str = env!("CARGO_BIN_EXE_socklab");
const CONFINED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/confined/confined.py");
const MAPS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/confined/maps.c");

/// A shell script in a user and mount namespace of its own, in which it is root; `$0` is socklab.
fn within(script: &str) -> Command {
    let mut command = program("unshare");
    command.args(["--user", "--map-root-user", "--mount", "sh", "-ec", script, SOCKLAB]);
    command
}

/// socklab behind one of the filters of `confined.py`.
fn confined(profile: &str, words: &[&str]) -> Command {
    let mut command = program("python3");
    command.args([CONFINED, profile, SOCKLAB]).args(words);
    command
}

/// What a report in JSON says.
struct Report(Value);

impl Report {
    fn of(ended: &Ended) -> Self {
        Self(serde_json::from_slice(&ended.output).unwrap_or_else(|e| panic!("{e}: {ended:?}")))
    }

    fn find<'a>(&'a self, list: &str, key: &str, name: &str) -> &'a Value {
        let entries = self.0[list].as_array().expect("a list");
        let found = entries.iter().find(|entry| entry[key] == name);
        found.unwrap_or_else(|| panic!("no {name} in {:#}", self.0))
    }

    /// The call and the error with which a step was refused.
    fn refusal(&self, step: &str) -> (String, String) {
        let step = self.find("steps", "step", step);
        assert_eq!(step["works"], false, "{step:#}");
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        (text(&step["call"]), text(&step["errno"]["name"]))
    }

    fn verdict(&self, ability: &str) -> &str {
        self.find("abilities", "ability", ability)["verdict"].as_str().expect("a verdict")
    }

    fn remedies(&self) -> Vec<&str> {
        let all = self.0["remedies"].as_array().expect("a list");
        all.iter().map(|remedy| remedy["remedy"].as_str().expect("a name")).collect()
    }
}

/// Everything that was printed, on one line: a terminal's width breaks none of it.
fn told(ended: &Ended) -> String {
    let all = ended.text() + &ended.errors;
    all.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// True if namespaces are allowed where the test runs: what forbids them is then the test's doing.
fn has_namespaces() -> bool {
    let ended = run(within("true").arg("x"));
    ended.code == 0
}

#[test]
fn every_step_is_tried_and_said_with_its_time() {
    let ended = run(&mut socklab(&["doctor", "--json"]));
    let report = Report::of(&ended);
    let steps = report.0["steps"].as_array().expect("steps");
    assert!(steps.len() >= 17, "{steps:?}");
    for step in steps {
        match step["works"].as_bool() {
            Some(true) => assert!(step["ms"].as_f64().is_some_and(|ms| ms > 0.0), "{step}"),
            Some(false) => assert!(step["call"].is_string() || step["signal"].is_u64(), "{step}"),
            None => assert!(step["needs"].is_string(), "{step}"),
        }
    }
    let all_there = report.0["ok"] == true;
    assert_eq!(ended.code == 0, all_there, "{ended:?}");
    let text = run(&mut socklab(&["doctor"]));
    assert_eq!(text.code, ended.code, "{text:?}");
    assert!(text.text().contains("user namespace"), "{text:?}");
}

#[test]
fn a_limit_of_nought_is_not_taken_for_a_full_disk() {
    if !has_namespaces() {
        not_run!("user namespaces");
    }
    let none = |rest: &str| {
        run(&mut within(&format!("echo 0 > /proc/sys/user/max_user_namespaces; {rest}")))
    };
    let ended = none("exec \"$0\" doctor --json").exits(1);
    let report = Report::of(&ended);
    let refusal = report.refusal("user-namespace");
    assert_eq!(refusal, ("unshare CLONE_NEWUSER".into(), "ENOSPC".into()));
    assert_eq!(report.find("steps", "step", "packet-ring")["needs"], "user-namespace");
    assert_eq!(report.verdict("trace"), "works");
    assert_eq!(report.verdict("place"), "instead");
    assert_eq!(report.verdict("internet"), "refused");
    let fix = report.find("remedies", "remedy", "set");
    let typed = fix["type"].to_string();
    assert!(typed.contains("user.max_user_namespaces=10000"), "{typed}");
    let text = none("exec \"$0\" doctor").exits(1);
    let text = told(&text);
    for said in ["ENOSPC", "Nothing is full", "user.max_user_namespaces=10000"] {
        assert!(text.contains(said), "{said}: {text}");
    }
    // A question is answered all the same, on the machine's own loopback.
    need!("python3");
    let ended = none("exec \"$0\" what-if 3 --predict b");
    let told = told(&ended.exits(0));
    for said in ["unshare CLONE_NEWUSER", "No space left", "user.max_user_namespaces", "doctor"] {
        assert!(told.contains(said), "{said}: {told}");
    }
}

#[test]
fn a_map_that_may_not_be_written_is_another_step_than_the_namespace() {
    need!("gcc");
    if !has_namespaces() {
        not_run!("user namespaces");
    }
    let folder = tempfile::tempdir().expect("a folder");
    let library = folder.path().join("maps.so");
    let mut compile = program("gcc");
    compile.args(["-shared", "-fPIC", "-o"]).arg(&library).args([MAPS, "-ldl"]);
    run(&mut compile).exits(0);
    let preloaded = |words: &[&str], library: &Path| {
        let mut command = socklab(words);
        run(command.env("LD_PRELOAD", library))
    };
    let ended = preloaded(&["doctor", "--json"], &library).exits(1);
    let report = Report::of(&ended);
    assert_eq!(report.find("steps", "step", "user-namespace")["works"], true);
    let refusal = report.refusal("id-maps");
    assert_eq!(refusal, ("write /proc/self/uid_map".into(), "EPERM".into()));
    assert_eq!(report.find("steps", "step", "network-namespace")["needs"], "id-maps");
    assert_eq!(report.verdict("place"), "instead");
    assert!(!report.remedies().is_empty());
    let told = preloaded(&["what-if", "3", "--predict", "b"], &library);
    let told = self::told(&told);
    assert!(told.contains("/proc/self/uid_map: Operation not permitted"), "{told}");
}

#[test]
fn read_only_settings_are_said_and_most_goes_on() {
    if !has_namespaces() {
        not_run!("user namespaces");
    }
    let script = "mount --bind /proc/sys /proc/sys; mount -o remount,bind,ro /proc/sys; ";
    let ended = run(&mut within(&format!("{script} exec \"$0\" doctor --json"))).exits(1);
    let report = Report::of(&ended);
    assert_eq!(report.refusal("settings").1, "EROFS");
    // The kernel lets no new /proc show what was made read-only in the old one.
    assert_eq!(report.refusal("proc"), ("mount proc /proc".into(), "EPERM".into()));
    assert_eq!(report.verdict("place"), "lacking");
    assert_eq!(report.verdict("packets"), "works");
    assert_eq!(report.verdict("internet"), "refused");
    run(&mut within(&format!("{script} exec \"$0\" what-if 3 --predict b"))).exits(0);
}

#[test]
fn without_a_veth_packets_are_seen_and_no_rule_applies() {
    need!("python3");
    if cfg!(not(target_arch = "x86_64")) || !has_namespaces() {
        not_run!("x86-64 and user namespaces");
    }
    let ended = run(&mut confined("no-netlink", &["doctor", "--json"])).exits(1);
    let report = Report::of(&ended);
    assert_eq!(report.refusal("veth"), ("socket AF_NETLINK".into(), "EAFNOSUPPORT".into()));
    assert_eq!(report.find("steps", "step", "policy-route")["needs"], "veth");
    let verdicts = ["place", "packets", "rules", "hosts"].map(|it| report.verdict(it).to_owned());
    assert_eq!(verdicts, ["works", "works", "refused", "refused"]);
    let typed = report.find("remedies", "remedy", "load-module")["type"].to_string();
    assert!(typed.contains("modprobe veth"), "{typed}");
    // What needs a veth says so; the rest is there.
    let ended = run(&mut confined("no-netlink", &["lab", "run", "--hosts", "2", "--", "true"]));
    let told = told(&ended.exits(3));
    for said in ["socket AF_NETLINK", "Address family not supported", "sudo modprobe veth"] {
        assert!(told.contains(said), "{said}: {told}");
    }
    run(&mut confined("no-netlink", &["lab", "run", "--", "true"])).exits(0);
}

#[test]
fn behind_dockers_filter_calls_are_still_seen() {
    need!("python3");
    if cfg!(not(target_arch = "x86_64")) {
        not_run!("x86-64");
    }
    let ended = run(&mut confined("docker", &["doctor", "--json"])).exits(1);
    let report = Report::of(&ended);
    let refusal = report.refusal("user-namespace");
    assert_eq!(refusal, ("unshare CLONE_NEWUSER".into(), "EPERM".into()));
    assert_eq!(report.refusal("pidfd-getfd"), ("pidfd_getfd".into(), "EPERM".into()));
    assert_eq!(report.0["environment"]["seccomp_filter"], true);
    assert_eq!(report.verdict("trace"), "lacking");
    assert_eq!(report.verdict("sandbox"), "refused");
    if report.0["environment"]["container"] == "docker" {
        let typed = report.find("remedies", "remedy", "start-container")["type"].to_string();
        for option in ["seccomp=unconfined", "--cap-add=SYS_PTRACE"] {
            assert!(typed.contains(option), "{typed}");
        }
    }
    let told = run(&mut confined("docker", &["what-if", "3", "--predict", "b"]));
    let told = self::told(&told);
    assert!(told.contains("unshare CLONE_NEWUSER") && told.contains("doctor"), "{told}");
}
