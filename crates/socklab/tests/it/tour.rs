//! The tour: everything is verified, offline, for any user; and whatever ends it, it leaves nothing
//! running.

use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::stage::own::Own;
use crate::stage::{Ended, Running, program, run, socklab};
use rustix::process::Signal;
use serde_json::Value;
use socklab_kernel::process;
use socklab_prerequisites::{need, not_run};

/// Tours on one machine compete for the same ports; here only one runs at a time. Another test
/// covers tours that compete.
fn alone() -> MutexGuard<'static, ()> {
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner)
}

#[track_caller]
fn assert_all_verified(ended: Ended) -> Value {
    let text = ended.text();
    let report: Value = serde_json::from_str(&text).unwrap_or_else(|e| panic!("{e} in\n{text}"));
    let stops = report["stops"].as_array().expect("stops").iter();
    let failed: Vec<_> = stops.filter(|stop| stop["ok"] != true).collect();
    assert!(failed.is_empty(), "{failed:#?}\n{}", ended.errors);
    let mut programs = report["programs"].as_array().expect("programs").iter();
    assert!(programs.all(|program| program["ok"] == true) && report["ok"] == true, "{text}");
    assert_eq!(ended.exits(0).errors, "");
    report
}

#[test]
fn the_tour_verifies_all_21_programs() {
    let _alone = alone();
    let report = assert_all_verified(run(&mut socklab(&["tour", "--json"])));
    let names = |value: &Value| -> Vec<String> {
        let list = value.as_array().expect("a list").iter();
        let mut names: Vec<_> = list.map(|program| program["name"].to_string()).collect();
        names.sort();
        names
    };
    let listed = run(&mut socklab(&["list", "--json"])).exits(0).text();
    let listed: Value = serde_json::from_str(&listed).unwrap();
    let listed = names(&listed["programs"]);
    assert_eq!(listed.len(), 21);
    assert_eq!(names(&report["programs"]), listed);
    // Verified means really checked: every stop has commands, output and checks.
    for stop in report["stops"].as_array().unwrap() {
        assert!(stop["steps"].as_array().is_some_and(|steps| !steps.is_empty()), "{stop}");
        assert!(stop["checks"].as_array().is_some_and(|checks| !checks.is_empty()), "{stop}");
        for step in stop["steps"].as_array().unwrap() {
            assert!(step["command"].as_str().unwrap().contains("socklab "), "{step}");
            assert!(!step["output"].as_str().unwrap().is_empty(), "{step}");
        }
    }
}

#[test]
fn the_tour_ends_with_a_table_of_all_programs_in_both_languages() {
    let _alone = alone();
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("tour.html");
    let file = file.to_str().expect("UTF-8");
    let mut verdicts = Vec::new();
    for (language, verdict, total) in [
        ("en", "\nVerdict\n", "\n21 of 21 programs verified in "),
        ("es", "\nVeredicto\n", "\n21 de 21 programas "),
    ] {
        let words = ["tour", "--lang", language, "-o", file];
        let tour = run(&mut socklab(&words)).exits(0).text();
        let page = std::fs::read_to_string(file).expect("a page");
        assert_eq!(socklab_pages::faults(&page), [] as [&str; 0]);
        assert!(page.contains(total.trim_start()), "the verdict stands on the page too");
        let (stops, table) = tour.split_once(verdict).unwrap_or_else(|| panic!("{tour}"));
        assert!(table.contains(total), "{table}");
        assert_eq!(table.matches('✓').count(), 21, "{table}");
        // In a drawing, the same sign marks a server killed by a signal: that is not a failed
        // check.
        let failed = |line: &str| line.trim_start().starts_with('✗');
        assert!(!tour.lines().any(failed), "{tour}");
        assert!(stops.contains("$ socklab run server-03 ") && stops.contains("OK...hola"));
        assert!(!stops.contains("[check-") && !stops.contains("[tour-"), "{stops}");
        verdicts.push(table.to_string());
    }
    // The purpose of every program is in the reader's language.
    let [english, spanish] = &verdicts[..] else { panic!("two languages") };
    for line in english.lines().filter(|line| line.contains('✓')) {
        let purpose = line.split(" ms  ").nth(1).expect("a purpose");
        assert!(!spanish.contains(purpose), "not Spanish: {purpose}");
    }
}

#[test]
fn the_tour_can_start_at_any_program() {
    let _alone = alone();
    let all = assert_all_verified(run(&mut socklab(&["tour", "--json"])));
    let stops = all["stops"].as_array().unwrap().len();
    for (name, fewer) in [("basics-01", 0), ("server-03", 12), ("UDPClient.py", 15)] {
        let report = run(&mut socklab(&["tour", "--json", "--from", name]));
        let report = assert_all_verified(report);
        assert_eq!(report["stops"].as_array().unwrap().len(), stops - fewer, "{name}");
    }
}

#[test]
fn the_tour_needs_no_network() {
    let (unshare, ip, bash) = (need!("unshare"), need!("ip"), need!("bash"));
    if run(program(&unshare).args(["-Urn", "true"])).code != 0 {
        not_run!("a network namespace (unshare -Urn)");
    }
    let script = format!(r#"{ip} link set lo up && exec "$0" tour --json"#);
    let words = ["-Urn", &bash, "-c", &script, env!("CARGO_BIN_EXE_socklab")];
    assert_all_verified(run(program(&unshare).args(words)));
}

#[test]
fn if_loopback_is_down_the_tour_says_so_at_once() {
    let (unshare, ip, bash) = (need!("unshare"), need!("ip"), need!("bash"));
    if run(program(&unshare).args(["-Urn", "true"])).code != 0 {
        not_run!("a network namespace (unshare -Urn)");
    }
    // Where it can have a lab, it needs no loopback of others. If it was never up, there is no
    // 127.0.0.1; if it was up before, the address remains, but is unreachable.
    let no_lab = "echo 0 > /proc/sys/user/max_user_namespaces && ";
    for before in [String::new(), format!("{ip} link set lo up && {ip} link set lo down && ")] {
        let script = format!(r#"{no_lab}{before} exec "$0" tour"#);
        let words = ["-Urn", &bash, "-c", &script, env!("CARGO_BIN_EXE_socklab")];
        let ended = run(program(&unshare).args(words)).exits(3);
        assert!(ended.errors.contains(" lo, is down "), "{}", ended.errors);
        assert!(ended.errors.contains("\n  Try: ip link set lo up"), "{}", ended.errors);
        assert_eq!(ended.text(), "");
    }
}

#[test]
fn without_a_lab_the_tour_takes_place_on_the_loopback_and_says_why() {
    let (unshare, ip, bash) = (need!("unshare"), need!("ip"), need!("bash"));
    if run(program(&unshare).args(["-Urn", "true"])).code != 0 {
        not_run!("a network namespace (unshare -Urn)");
    }
    let script = format!(
        r#"echo 0 > /proc/sys/user/max_user_namespaces && {ip} link set lo up && exec "$0" tour --json"#
    );
    let words = ["-Urn", &bash, "-c", &script, env!("CARGO_BIN_EXE_socklab")];
    let report = assert_all_verified(run(program(&unshare).args(words)));
    assert_eq!(report["place"]["lab"], false);
    let because = report["place"]["because"].as_str().expect("a reason");
    assert!(because.contains("unshare CLONE_NEWUSER"), "{because}");
}

#[test]
fn the_tour_needs_no_root() {
    if !rustix::process::geteuid().is_root() {
        // Then all the other tests here have proved it.
        return;
    }
    let setpriv = need!("setpriv");
    let _alone = alone();
    let own = Own::new();
    let mut nobody = program(&setpriv);
    nobody.args(["--reuid=65534", "--regid=65534", "--clear-groups"]).arg(&own.path);
    assert_all_verified(run(nobody.args(["tour", "--json"])));
    own.assert_nothing_left("a tour run by nobody");
}

#[test]
fn four_tours_at_once_all_find_ports() {
    let _alone = alone();
    let tours = [(); 4].map(|()| Running::start(&mut socklab(&["tour", "--json"])));
    for tour in tours {
        assert_all_verified(tour.finish());
    }
}

#[test]
fn a_finished_tour_leaves_nothing_running() {
    let _alone = alone();
    let own = Own::new();
    run(&mut own.command(&["tour"])).exits(0);
    assert_eq!(own.processes(), [] as [u32; 0]);
}

/// Starts a tour, and stops it (as Ctrl-Z would) while one of its servers is running.
fn tour_in_the_middle(own: &Own) -> Running {
    for _ in 0..50 {
        let tour = Running::start(&mut own.command(&["tour", "--from", "server-02"]));
        while !tour.ends_within(Duration::ZERO) {
            if own.processes().len() < 2 {
                continue;
            }
            tour.signal(Signal::STOP);
            let children = own.processes().into_iter().filter(|pid| *pid != tour.pid());
            let mut command_lines = children.map(|pid| process::arguments(pid).0.concat());
            // The process has the program's name: it is already a server, waiting for a client that
            // will not come now.
            if command_lines.any(|line| line.starts_with("server-0")) {
                return tour;
            }
            tour.signal(Signal::CONT);
        }
    }
    panic!("none of 50 tours was seen with a server");
}

#[test]
fn a_tour_killed_by_a_signal_in_the_middle_leaves_nothing_running() {
    let _alone = alone();
    for (signal, code) in [(Signal::INT, 130), (Signal::TERM, 143), (Signal::KILL, 137)] {
        let own = Own::new();
        let tour = tour_in_the_middle(&own);
        assert!(own.processes().len() >= 2);
        tour.signal(signal);
        tour.signal(Signal::CONT);
        let ended = tour.finish();
        assert_eq!(ended.code, code, "{}", ended.errors);
        own.assert_nothing_left(&format!("{signal:?}"));
    }
}

/// True if the process has a child. The kernel's list is quick to read, but not every kernel has
/// it.
fn has_a_child(own: &Own, pid: u32) -> bool {
    match process::children(pid) {
        Ok(children) => !children.is_empty(),
        Err(_) => own.processes().len() > 1,
    }
}

#[test]
fn a_tour_killed_while_it_starts_a_server_leaves_nothing_running() {
    let _alone = alone();
    let own = Own::new();
    for round in 0..10 {
        // This tour first starts a server, which would wait forever.
        let tour = Running::start(&mut own.command(&["tour", "--from", "basics-04"]));
        while !has_a_child(&own, tour.pid()) && !tour.ends_within(Duration::ZERO) {}
        // A little later each time, to hit every stage of a start: forked, executed, bound.
        let start = Instant::now();
        while start.elapsed() < Duration::from_micros(100 * round) {}
        tour.signal(Signal::KILL);
        tour.finish();
        own.assert_nothing_left(&format!("SIGKILL, round {round}"));
    }
}

#[test]
fn a_tour_in_the_background_of_a_script_works_like_any_other() {
    let bash = need!("bash");
    let _alone = alone();
    // A shell without job control makes background jobs ignore Ctrl-C, and their children inherit
    // that.
    let script = r#"trap '' INT; exec "$0" tour --json"#;
    assert_all_verified(run(program(&bash).args(["-c", script, env!("CARGO_BIN_EXE_socklab")])));
}

#[test]
fn the_output_of_a_tour_may_be_cut_short() {
    let bash = need!("bash");
    let _alone = alone();
    let own = Own::new();
    let script = r#""$0" tour | head -3; exit "${PIPESTATUS[0]}""#;
    let ended = run(program(&bash).args(["-c", script]).arg::<&Path>(&own.path));
    assert!(!ended.errors.contains("panicked"), "{}", ended.errors);
    assert_eq!((ended.code, ended.errors.as_str()), (141, ""));
    own.assert_nothing_left("head -3");
}
