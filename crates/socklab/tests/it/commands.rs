//! list, show, run by name, host, resolve, service, completions, man: each compared with the
//! repository, the kernel or the system's own tools.

use std::collections::BTreeSet;
use std::fs;
use std::io::Read;
use std::path::Path;

use crate::stage::{program, run, run_with, socklab};
use serde_json::Value;
use socklab_kernel::status::Status;
use socklab_prerequisites::{need, not_run};

/// The repository's root, to which the paths of `list --json` are relative.
fn repository() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

fn json(words: &[&str]) -> Value {
    let text = run(&mut socklab(words)).exits(0).text();
    serde_json::from_str(&text).unwrap_or_else(|e| panic!("{words:?}: {e} in\n{text}"))
}

fn listed() -> Vec<Value> {
    json(&["list", "--json"])["programs"].as_array().expect("a list").clone()
}

fn text<'v>(value: &'v Value, key: &str) -> &'v str {
    value[key].as_str().unwrap_or_else(|| panic!("no text under {key} in {value}"))
}

/// Any tool's output as a set: the first word of each line.
fn first_words(output: &str) -> BTreeSet<String> {
    output.lines().filter_map(|line| line.split_whitespace().next()).map(str::to_string).collect()
}

#[test]
fn a_running_program_is_known_by_its_own_name() {
    let mut command = socklab(&["run", "udp-client"]);
    command.stdin(std::process::Stdio::piped()).stdout(std::process::Stdio::piped());
    let mut child = command.spawn().expect("socklab");
    // Its first output shows that it is running.
    let mut letter = [0];
    child.stdout.as_mut().unwrap().read_exact(&mut letter).expect("a prompt");
    let status = Status::of(child.id());
    child.kill().expect("a child");
    child.wait().expect("its end");
    assert_eq!(status.expect("a process").field("Name"), Some("udp-client"));
}

#[test]
fn list_names_all_21_programs_and_each_is_a_file_of_the_repository() {
    let programs = listed();
    assert_eq!(programs.len(), 21);
    let mut files = BTreeSet::new();
    for program in &programs {
        let (name, group, file) =
            (text(program, "name"), text(program, "group"), text(program, "file"));
        assert_eq!(file, format!("programs/{group}/{name}.rs"));
        let source = fs::read_to_string(repository().join(file)).expect(file);
        let first = format!("//! {name}: {}.\n", text(program, "purpose"));
        // A purpose that is a question ends with its question mark.
        assert!(source.starts_with(first.trim_end_matches(".\n")), "{first}");
        assert!(program["calls"].as_array().is_some_and(|calls| !calls.is_empty()), "{program}");
        files.insert(repository().join(file).canonicalize().unwrap());
    }
    let groups = fs::read_dir(repository().join("programs")).unwrap().flatten();
    let folders = groups.map(|group| group.path()).filter(|path| path.is_dir());
    let there: BTreeSet<_> = folders
        .flat_map(|folder| fs::read_dir(folder).unwrap().flatten())
        .map(|entry| entry.path().canonicalize().unwrap())
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .collect();
    assert_eq!(files, there, "the listed files and the existing ones");

    let list = run(&mut socklab(&["list"])).exits(0).text();
    for program in &programs {
        let line = format!(" program   {:<22} ", text(program, "name"));
        assert_eq!(list.matches(&line).count(), 1, "{line}{list}");
    }
}

#[test]
fn show_source_prints_exactly_the_source_file() {
    for program in listed() {
        let name = text(&program, "name");
        let words = ["show", name, "--source"];
        let shown = run(&mut socklab(&words)).exits(0);
        assert!(shown.output == fs::read(repository().join(text(&program, "file"))).unwrap());
        // On a terminal it is the same text, with colours added.
        let coloured = run(socklab(&words).env("CLICOLOR_FORCE", "1")).exits(0).text();
        assert!(
            coloured.contains('\u{1b}') && without_escapes(&coloured) == shown.text(),
            "{name}"
        );
    }
}

/// ESC [ … m is a colour.
fn without_escapes(text: &str) -> String {
    let mut pieces = text.split("\u{1b}[");
    let first = pieces.next().unwrap_or_default().to_string();
    pieces.fold(first, |plain, piece| plain + piece.split_once('m').expect("a colour ends").1)
}

#[test]
fn old_names_of_programs_are_known() {
    for (old, new) in [
        ("basic-01", "basics-01"),
        ("basic-05.py", "basics-05"),
        ("UDPClient.py", "udp-client"),
        ("UDPServer", "udp-server"),
        ("TCPClient", "tcp-client"),
        ("TCPServer.py", "tcp-server"),
        ("echo_client.py", "echo-client"),
        ("echo_server", "echo-server"),
        ("server-03.py", "server-03"),
        ("Socket-05.rs", "socket-05"),
    ] {
        let [by_old, by_new] =
            [old, new].map(|name| run(&mut socklab(&["show", name])).exits(0).output);
        assert!(by_old == by_new, "{old}");
    }
    let [by_old, by_new] =
        ["basic-03", "basics-03"].map(|name| run(&mut socklab(&["run", name])).exits(0).text());
    assert_eq!(by_old, by_new);
}

#[test]
fn basics_03_prints_what_the_course_asks_for() {
    let text = run(&mut socklab(&["run", "basics-03"])).exits(0).text();
    let wanted = "Port 25/tcp is the service smtp\nPort 53/udp is the service domain\n";
    assert_eq!(text, wanted);
}

#[test]
fn host_agrees_with_the_kernel_and_getent() {
    let getent = need!("getent");
    let name = socklab_kernel::sysctl::read("kernel.hostname").unwrap();
    let name = name.as_str();
    let known = run(program(&getent).args(["ahosts", name]));
    if known.code != 0 {
        not_run!("a host name that resolves");
    }
    let host = json(&["host", "--json"]);
    assert_eq!(text(&host, "name"), name);
    assert_eq!(addresses(&host), first_words(&known.text()));

    let course = run(&mut socklab(&["run", "basics-01"])).exits(0).text();
    assert!(course.starts_with(&format!("Host name: {name}\n")), "{course}");
    let printed = course.lines().filter_map(|line| line.strip_prefix("Address: "));
    assert_eq!(printed.map(str::to_string).collect::<BTreeSet<_>>(), first_words(&known.text()));
}

fn addresses(value: &Value) -> BTreeSet<String> {
    let list = value["addresses"].as_array().expect("addresses");
    list.iter().map(|address| address.as_str().expect("text").to_string()).collect()
}

#[test]
fn resolve_gives_the_addresses_that_getent_gives() {
    let getent = need!("getent");
    let known = run(program(&getent).args(["ahosts", "localhost"])).exits(0).text();
    let known = first_words(&known);
    assert_eq!(addresses(&json(&["resolve", "localhost", "--json"])), known);
    let printed = run(&mut socklab(&["resolve", "localhost"])).exits(0).text();
    assert_eq!(first_words(&printed), known);
    let course = run(&mut socklab(&["run", "basics-02", "localhost"])).exits(0).text();
    let last_words = course.lines().filter_map(|line| line.rsplit(' ').next());
    assert_eq!(last_words.map(str::to_string).collect::<BTreeSet<_>>(), known);

    // With several names, each line says which name the address belongs to. An address resolves to
    // itself.
    let words = ["resolve", "-4", "127.0.0.1", "192.0.2.7"];
    let several = run(&mut socklab(&words)).exits(0).text();
    assert_eq!(several, "127.0.0.1 127.0.0.1\n192.0.2.7 192.0.2.7\n");
    // Of two names, an unknown one does not hide the other.
    let words = ["resolve", "no-such-name.invalid", "127.0.0.1"];
    let half = run(&mut socklab(&words)).exits(6);
    assert_eq!(half.text(), "127.0.0.1 127.0.0.1\n");
    assert!(half.complaint().contains("no-such-name.invalid"));
}

#[test]
fn service_agrees_with_getent() {
    let getent = need!("getent");
    for query in [
        "7/tcp",
        "13/udp",
        "22/tcp",
        "25/tcp",
        "53/tcp",
        "53/udp",
        "80/tcp",
        "123/udp",
        "443/tcp",
        "993/tcp",
        "60001/tcp",
    ] {
        let known = run(program(&getent).args(["services", query]));
        // getent prints `smtp                  25/tcp mail`, or nothing, with exit code 2.
        let known = known.text();
        let mut words = known.split_whitespace();
        let (name, port) = (words.next(), words.next());
        match name {
            Some(name) => {
                let ours = run(&mut socklab(&["service", query])).exits(0).text();
                let ours: Vec<_> = ours.split_whitespace().collect();
                assert_eq!(ours[..2], [name, port.unwrap()], "{query}");
                assert_eq!(ours[2..], words.collect::<Vec<_>>(), "aliases of {query}");
                // And the reverse: from the name, or an alias, to the port.
                let back = run(&mut socklab(&["service", name])).exits(0).text();
                assert!(back.split_whitespace().any(|word| Some(word) == port), "{name}: {back}");
            }
            None => {
                let ours = run(&mut socklab(&["service", query])).exits(1);
                assert!(ours.complaint().contains(query), "{}", ours.errors);
            }
        }
    }
}

#[test]
fn version_is_that_of_the_package() {
    for option in ["--version", "-V"] {
        let text = run(&mut socklab(&[option])).exits(0).text();
        assert_eq!(text, concat!("socklab ", env!("CARGO_PKG_VERSION"), "\n"));
    }
}

#[test]
fn the_completions_of_bash_parse_and_complete() {
    let bash = need!("bash");
    let script = run(&mut socklab(&["completions", "bash"])).exits(0).output;
    run_with(program(&bash).arg("-n"), script.clone()).exits(0);
    // The script asks the `socklab` in PATH.
    let ours = Path::new(env!("CARGO_BIN_EXE_socklab")).parent().expect("a folder");
    let path = format!("{}:{}", ours.display(), std::env::var("PATH").unwrap_or_default());
    for (words, at, wanted) in [
        ("socklab se", 1, "serve\nservice\n"),
        ("socklab show server-0", 2, "server-01 server-02 server-03 server-04 server-05"),
        ("socklab what-if tcp-client", 2, "tcp-client-first"),
    ] {
        let (_, last) = words.rsplit_once(' ').expect("a word");
        let ask = format!(
            "\nCOMP_WORDS=({words}); COMP_CWORD={at}; _clap_complete_socklab socklab {last} x\n\
             printf '%s\\n' \"${{COMPREPLY[@]}}\"\n"
        );
        let mut shell = program(&bash);
        let completed = run_with(shell.env("PATH", &path), [&script, ask.as_bytes()].concat());
        let completed = completed.exits(0).text();
        let set =
            |words: &str| words.split_whitespace().map(str::to_owned).collect::<BTreeSet<_>>();
        assert_eq!(set(&completed), set(wanted), "{words}");
    }
}

#[test]
fn the_completions_of_zsh_parse() {
    let zsh = need!("zsh");
    let script = run(&mut socklab(&["completions", "zsh"])).exits(0).output;
    run_with(program(&zsh).arg("-n"), script).exits(0);
}

#[test]
fn the_completions_of_fish_parse() {
    let fish = need!("fish");
    let script = run(&mut socklab(&["completions", "fish"])).exits(0).output;
    run_with(program(&fish).arg("--no-execute"), script).exits(0);
}

#[test]
fn every_command_has_a_manual_page() {
    let folder = tempfile::tempdir().unwrap();
    run(&mut socklab(&["man", folder.path().to_str().unwrap()])).exits(0);
    for command in ["", "-tour", "-list", "-show", "-run", "-serve", "-connect"] {
        let page = folder.path().join(format!("socklab{command}.1"));
        let page = fs::read_to_string(&page).unwrap_or_else(|e| panic!("{page:?}: {e}"));
        assert!(page.contains(&format!(".TH socklab{command} 1")), "{page}");
    }
}

#[test]
fn list_also_shows_questions_and_exercises_and_the_progress_in_them() {
    let state = tempfile::tempdir().expect("a folder");
    let list = |more: &[&str]| {
        let mut command = socklab(&[&["list"], more].concat());
        run(command.env("XDG_STATE_HOME", state.path())).exits(0).text()
    };
    let parsed = |text: &str| -> Value { serde_json::from_str(text).expect("JSON") };
    let before = list(&[]);
    let (questions, exercises) =
        (json(&["what-if", "list", "--json"]), json(&["exercise", "list", "--json"]));
    let [questions, exercises] = [&questions, &exercises].map(|list| list.as_array().unwrap());
    assert!(before.contains("The course: 0 of 86"), "{before}");
    for (kind, item) in questions
        .iter()
        .map(|question| ("question ", question))
        .chain(exercises.iter().map(|exercise| ("exercise ", exercise)))
    {
        assert!(before.contains(&format!("{kind} {}", text(item, "name"))), "{item}");
    }
    assert_eq!(parsed(&list(&["--json"]))["questions"].as_array().unwrap().len(), questions.len());

    let folder = state.path().join("socklab");
    fs::create_dir_all(&folder).expect("a folder");
    let done = "1 what-if tcp-client-first right\n2 exercise echo-server 6/6 4/13\n";
    fs::write(folder.join("progress"), done).expect("written");
    let after = list(&[]);
    for done in ["✓ question  tcp-client-first", "✓ exercise  echo-server", "course: 2 of 86"] {
        assert!(after.contains(done), "{done}: {after}");
    }
    let after = parsed(&list(&["--json"]));
    assert_eq!(after["questions"][2]["result"], "right");
}
