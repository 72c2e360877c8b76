//! The report of a check for scripts: its keys are those that `course/FORMAT.md` describes.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde_json::Value;
use socklab_prerequisites::need;

use crate::stage::{run, socklab};

/// Hands over text where bytes are needed.
const TEXT: &str = "import socket, sys\ns = socket.socket()\n\
                    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)\n\
                    s.bind(('', int(sys.argv[1])))\ns.listen()\n\
                    c, a = s.accept()\nc.sendall(c.recv(99).decode())\n";

/// The keys in the first column of a table of the section “What a script reads”.
fn documented(table: usize) -> BTreeSet<String> {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../course/FORMAT.md");
    let page = fs::read_to_string(page).expect("the page");
    let (_, section) = page.split_once("### What a script reads\n").expect("the section");
    let (section, _) = section.split_once("\n### ").expect("its end");
    let rows = section.split("| key | |\n").nth(table).expect("a table");
    let rows = rows.lines().skip(1).take_while(|line| line.starts_with('|'));
    // `a` `b`
    rows.flat_map(|line| line.split('|').nth(1).unwrap_or_default().split('`').skip(1).step_by(2))
        .map(str::to_owned)
        .collect()
}

fn keys(value: &Value) -> BTreeSet<String> {
    value.as_object().expect("an object").keys().cloned().collect()
}

fn report(folder: &Path, words: &[&str]) -> Value {
    let mut command = socklab(words);
    command.env("XDG_STATE_HOME", folder.join("state")).current_dir(folder);
    serde_json::from_slice(&run(&mut command).output).expect("JSON")
}

#[test]
fn a_script_reads_what_the_format_describes() {
    need!("python3");
    need!("gcc");
    let home = tempfile::tempdir().expect("a folder");
    let write = |name: &str, text: &str| fs::write(home.path().join(name), text).expect("written");
    write("text.py", TEXT);
    write("wrong.c", "int main(void) { return 0 }\n");
    let check = ["check", "echo-server", "--case", "echo"];
    let of = |more: &[&str]| report(home.path(), &[&check[..], more].concat());

    let failed = of(&["--json", "--no-sandbox", "--no-packets", "--", "text.py"]);
    let case = &failed["cases"][0];
    assert_eq!(
        (&case["did"]["rule"], &case["did"]["cause"]),
        (&"raised-text".into(), &"text-for-bytes".into())
    );
    assert_eq!(case["hint"], case["hints"][0]);
    assert!(case["hint"].as_str().expect("a hint").contains(".encode()"), "{case:#}");
    assert_eq!(failed["source"]["sha256"].as_str().map(str::len), Some(64));
    assert_eq!(failed["isolated"], false);
    let packets = (&failed["packets"], &failed["no_packets"]);
    assert_eq!(packets, (&false.into(), &"--no-packets".into()));

    let refused = of(&["--format", "json", "--", "wrong.c"]);
    assert_eq!((&refused["passed"], refused["build_error"].is_object()), (&false.into(), true));
    let mut nowhere = socklab(&[&check[..], &["--json", "--", "no-such-tool", "x"]].concat());
    let nowhere = run(nowhere.current_dir(home.path())).exits(3).text();
    let nowhere: Value = serde_json::from_str(&nowhere).expect("JSON");

    let all =
        [&failed, &refused, &nowhere].map(keys).into_iter().flatten().collect::<BTreeSet<_>>();
    assert_eq!(all, documented(1), "the first table is not what is printed");
    assert_eq!(keys(case), documented(2));
    assert_eq!(keys(&case["did"]), documented(3));
}

#[test]
fn json_is_asked_for_as_everywhere_and_only_once() {
    let home = tempfile::tempdir().expect("a folder");
    let words = ["check", "echo-server", "--json", "--format", "text", "--", "true"];
    let mut command = socklab(&words);
    run(command.current_dir(home.path())).exits(2);
}
