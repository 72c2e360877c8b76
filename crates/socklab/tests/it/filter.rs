//! `--filter` from outside: what is left of a drawing, what stays whole, and what is said of mistakes.

use std::fs;

use crate::stage::{run, socklab};

/// A recording of a pair that says “hola”.
const RECORDING: &str =
    concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/timelines/upper-tcp.jsonl");

#[test]
fn a_drawing_has_what_was_asked_for_and_counts_the_rest() {
    let filter = "bytes hola or bytes \"HOLA\"";
    let text = run(&mut socklab(&["draw", RECORDING, "--filter", filter])).exits(0).text();
    assert!(text.contains("send(3, \"hola\" 4 B)") && text.contains("= 4 \"HOLA\""), "{text}");
    assert!(!text.contains("connect"), "{text}");
    assert!(text.contains("`bytes \"hola\" or bytes \"HOLA\"`: 11 of 15 events."), "{text}");
    let text =
        run(&mut socklab(&["draw", RECORDING, "-f", "port 1", "--lang", "es"])).exits(0).text();
    assert!(text.contains("El filtro `port 1` no deja nada que dibujar"), "{text}");
    let text = run(&mut socklab(&["draw", RECORDING, "--lessons", "-f", "call listen"])).exits(0);
    let text = text.text();
    assert!(text.contains("explanations are about what the filter leaves out"), "{text}");
}

#[test]
fn a_drawing_is_filtered_and_a_recording_stays_whole() {
    let folder = tempfile::tempdir().expect("a folder");
    let word = |name: &str| folder.path().join(name).to_str().expect("UTF-8").to_owned();
    let outputs = ["a.jsonl", "a.svg", "a.html", "a.txt"].map(word);
    let mut command = socklab(&["draw", RECORDING, "--filter", "call connect"]);
    for output in &outputs {
        command.args(["-o", output]);
    }
    run(&mut command).exits(0);
    let read = |path: &str| fs::read_to_string(path).expect("a file");
    let events = |text: &str| text.lines().filter(|line| line.contains("\"call\":")).count();
    assert_eq!(events(&read(&outputs[0])), events(&read(RECORDING)));
    for drawing in &outputs[1..] {
        let drawn = read(drawing);
        assert!(drawn.contains("connect") && !drawn.contains("hola"), "{drawing}");
    }
}

#[test]
fn a_mistake_is_shown_in_its_place_before_anything_runs() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("started");
    let touch = format!("touch {}", file.display());
    let ended = run(&mut socklab(&["trace", "--filter", "errors or prot 80", &touch])).exits(2);
    assert!(!file.exists());
    assert!(ended.errors.contains("Did you mean `port`?\n"), "{}", ended.errors);
    assert!(ended.errors.contains("  errors or prot 80\n"), "{}", ended.errors);
    assert!(ended.errors.contains("            ^^^^\n"), "{}", ended.errors);
    let ended = run(&mut socklab(&["draw", RECORDING, "-f", "slower 10", "--lang", "es"])).exits(2);
    assert!(ended.errors.contains("se esperaba un tiempo con su unidad"), "{}", ended.errors);
}

#[test]
fn the_help_lists_the_words() {
    for (language, title) in [("en", "Filters"), ("es", "Filtros")] {
        for command in [&["draw"][..], &["trace"], &["lab", "run"]] {
            let words = [command, &["--help", "--lang", language]].concat();
            let help = run(&mut socklab(&words)).exits(0).text();
            let (_, words) = help.split_once(&format!("\n{title}\n")).expect("the words");
            assert!(words.contains("  slower 10ms ") && words.contains("  a or b "), "{words}");
        }
    }
}
