//! Tests inside a private loopback. `unshare` fails in a process with several threads, such as the
//! test harness; so these have none, and each test runs in a process of its own, which is this program
//! again.

use std::process::{Command, ExitCode};

use socklab_kernel::parent::{self, Parent};
use socklab_lab::{Role, enter_private_loopback};

/// A test: its name, and what it does inside.
pub(crate) type Test = (&'static str, fn());

/// Runs all of them, or those whose name contains the first argument, as the harness would.
pub(crate) fn main(tests: &[Test]) -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [inside, name, parent] = &arguments[..]
        && inside == "inside"
    {
        let (_, test) = tests.iter().find(|(known, _)| known == name).expect("a known test");
        return enter(*test, parent.parse().expect("our parent's id"));
    }
    let wanted = arguments.iter().find(|one| !one.starts_with('-'));
    let mut failed = 0;
    for (name, _) in tests.iter().filter(|(name, _)| wanted.is_none_or(|it| name.contains(it))) {
        let us = std::env::current_exe().expect("our path");
        let parent = std::process::id().to_string();
        let status = Command::new(us).args(["inside", name, &parent]).status().expect("ourselves");
        println!("test {name} ... {}", if status.success() { "ok" } else { "FAILED" });
        failed += u8::from(!status.success());
    }
    ExitCode::from(failed)
}

fn enter(test: fn(), parent: u32) -> ExitCode {
    parent::end_with(Parent::Id(parent)).expect("prctl");
    match enter_private_loopback() {
        Ok(Role::Inside(_)) => test(),
        Ok(Role::Outside { exit_code }) => {
            return ExitCode::from(u8::try_from(exit_code).unwrap_or(1));
        }
        Err(refusal) => {
            socklab_prerequisites::say_not_run("inside", &format!("user namespaces ({refusal})"));
        }
    }
    ExitCode::SUCCESS
}
