//! The lines of programs in Python: each call that a program of `fixtures/lines` marks in a comment (`@sendto`) is
//! told with that line, and no other line is told. `@connect?` may be made there or not: a thread that is quick has its
//! answer before it must wait, and what was sent in two pieces may arrive in one.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use socklab_prerequisites::{pythons, say_not_run};

use crate::lines::{Told, folder, marks, trace};

/// Calls that Python's sockets make besides, at lines that say nothing of them.
const BESIDES: [&str; 12] = [
    "bind",
    "close",
    "epoll_create1",
    "epoll_ctl",
    "epoll_wait",
    "fcntl",
    "getpeername",
    "getsockname",
    "getsockopt",
    "ioctl",
    "poll",
    "setsockopt",
];

/// Compares what was told with a program's marks. `others`: calls that only the language's own library makes,
/// of which no line is told. Returns how many were right.
#[track_caller]
fn compare(what: &str, told: &[Told], program: &Path, others: &[&str]) -> usize {
    let marks = marks(program);
    let mut wrong = BTreeSet::new();
    let mut seen = BTreeSet::new();
    let mut right = 0;
    for it in told {
        let besides = BESIDES.contains(&it.call.as_str());
        let marked =
            |call: &str| marks.get(&it.line).is_some_and(|calls| calls.iter().any(|it| it == call));
        let here = it.file.as_deref() == Some(program);
        let untold = it.file.is_none() && others.contains(&it.call.as_str());
        if here && marked(&it.call) {
            seen.insert((it.line, it.call.clone()));
            right += 1;
        } else if !(besides || untold || here && marked(&format!("{}?", it.call))) {
            wrong.insert(format!("{} {:?}:{} {}", it.call, it.file, it.line, it.function));
        }
    }
    assert!(wrong.is_empty(), "{what}: wrong: {wrong:#?}");
    for (line, calls) in &marks {
        for call in calls.iter().filter(|call| !call.ends_with('?')) {
            assert!(seen.contains(&(*line, call.clone())), "{what}: no {call} in line {line}");
        }
    }
    right
}

/// The interpreters whose lines can be told.
fn interpreters() -> Vec<String> {
    let found = pythons(8..=13);
    if found.is_empty() {
        say_not_run("lines of Python", "python3 3.8 to 3.13");
    }
    found
}

#[track_caller]
fn check(name: &str, others: &[&str]) {
    let program = folder().join(name);
    for python in interpreters() {
        let what = format!("{python} {name}");
        let told = trace(&[&python, &program.to_string_lossy()], &folder(), None);
        let right = compare(&what, &told, &program, others);
        println!("{what}: {right} of {} calls", told.len());
    }
}

#[test]
fn sockets_in_every_kind_of_statement() {
    check("sockets.py", &[]);
}

#[test]
fn threads_and_pools_of_them() {
    check("pools.py", &[]);
}

#[test]
fn threads_that_follow_one_another() {
    check("successors.py", &[]);
    // Not only lines where such a call is made, but each at its turn.
    let two = [9, 14].into_iter().cycle().zip([28, 26, 26].into_iter().cycle());
    let two = two.take(12).flat_map(|(first, second)| [first, second]);
    let expected: Vec<u64> = two.chain([44, 45, 46, 45].into_iter().cycle().take(12)).collect();
    for python in interpreters() {
        let told = trace(&[&python, "successors.py"], &folder(), None);
        let sent = told.iter().filter(|it| it.call == "sendto").map(|it| it.line);
        assert_eq!(sent.collect::<Vec<_>>(), expected, "{python}");
    }
}

/// A program that says of itself where each call is made, in code that comes and goes.
#[test]
fn every_send_is_told_where_it_says_it_is() {
    for python in interpreters() {
        for seed in ["1", "2"] {
            let told = trace(&[&python, "says_where.py", seed, "80"], &folder(), None);
            let sent: Vec<&Told> = told.iter().filter(|it| it.call == "sendto").collect();
            for it in &sent {
                let file = it.file.as_deref().unwrap_or(Path::new("")).to_string_lossy();
                let said = it.sent.as_deref().expect("what it says");
                assert_eq!(format!("{file}:{}", it.line), said, "{python} {seed}");
            }
            assert!(sent.len() > 300, "{python} {seed}: {} calls", sent.len());
            println!("{python} says_where.py {seed}: {} calls", sent.len());
        }
    }
}

#[test]
fn servers_and_clients_of_the_standard_library() {
    // A server in a thread of its own accepts, and reads a request before it calls the user's function.
    check("servers.py", &["accept4", "recvfrom", "shutdown"]);
}

#[test]
fn coroutines() {
    // What the loop does for streams, to wake itself, and in a thread that was given the socket's own method.
    check("loop.py", &["accept4", "recvfrom", "sendto"]);
}

#[test]
fn code_made_at_run_time() {
    check("made.py", &[]);
}

#[test]
fn encrypted_connections() {
    check("secure.py", &[]);
}

#[test]
fn processes() {
    check("processes.py", &[]);
}

#[test]
fn a_program_may_be_started_in_many_ways() {
    let own = folder();
    let program = own.join("packaged.py");
    let temporary = tempfile::tempdir().expect("a temporary folder");
    let place = temporary.path().canonicalize().expect("its path");
    let archive = place.join("archive.zip");
    let link = place.join("link.py");
    std::os::unix::fs::symlink(&program, &link).expect("a link");
    for python in interpreters() {
        let ran = |command: &[&str]| {
            let output = Command::new(&python).args(command).output().expect("an interpreter");
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        };
        let path = program.to_string_lossy();
        for command in [
            vec![&*path],
            vec!["packaged.py"],
            vec!["./../lines/packaged.py"],
            vec!["-m", "packaged"],
            vec!["-c", "import packaged\n\npackaged.main()"],
            vec!["-c", "import runpy; runpy.run_path('packaged.py', run_name='__main__')"],
            vec!["-X", "importtime", "-O", "-B", "packaged.py"],
        ] {
            let what = format!("{python} {command:?}");
            let command: Vec<&str> = [&*python].into_iter().chain(command).collect();
            let told = trace(&command, &own, None);
            assert!(compare(&what, &told, &program, &[]) >= 3, "{what}");
            assert!(told.iter().any(|it| it.call == "sendto" && it.function == "main"), "{what}");
        }
        let find = |told: &[Told], call: &str| {
            let found = told.iter().find(|it| it.call == call).expect("the call");
            (found.file.clone().unwrap_or_default(), found.line)
        };
        // From elsewhere, and by another name for the file.
        let told = trace(&[&python, &path], &place, None);
        assert_eq!(find(&told, "sendto"), (program.clone(), 7), "{python}");
        let told = trace(&[&python, "link.py"], &place, None);
        assert_eq!(find(&told, "sendto").1, 7, "{python}");
        // Without a file.
        let told = trace(
            &[&python, "-c", "import socket\na, b = socket.socketpair()\na.send(b'x')"],
            &own,
            None,
        );
        assert_eq!(find(&told, "socketpair"), ("<string>".into(), 2), "{python}");
        assert_eq!(find(&told, "sendto"), ("<string>".into(), 3), "{python}");
        let told = trace(&[&python, "-"], &own, Some(&program));
        assert_eq!(find(&told, "sendto"), ("<stdin>".into(), 7), "{python}");
        // In an archive.
        let packed = format!(
            "import zipfile; zipfile.ZipFile({archive:?}, 'w').write({program:?}, '__main__.py')"
        );
        ran(&["-c", &packed]);
        let told = trace(&[&python, &archive.to_string_lossy()], &place, None);
        assert_eq!(find(&told, "sendto"), (archive.join("__main__.py"), 7), "{python}");
        // In a virtual environment, with a package in it that sends for others.
        let environment = place.join("environment");
        ran(&["-m", "venv", "--without-pip", "--clear", &environment.to_string_lossy()]);
        let library = fs::read_dir(environment.join("lib")).expect("a folder").flatten().next();
        let packages = library.expect("a folder").path().join("site-packages");
        fs::write(packages.join("sender.py"), "def send(to):\n    to.send(b'x')\n")
            .expect("a package");
        let user = place.join("user.py");
        fs::write(&user, "import sender, socket\na, b = socket.socketpair()\n\nsender.send(a)\n")
            .expect("a file");
        let inside = environment.join("bin/python");
        let told = trace(&[&inside.to_string_lossy(), "user.py"], &place, None);
        assert_eq!(find(&told, "sendto"), (user, 4), "{python}");
    }
}
