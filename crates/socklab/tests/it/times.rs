//! The times in a drawing.

use std::path::Path;

use crate::stage::{run, socklab};

const RECORDING: &str =
    concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/timelines/upper-tcp.jsonl");

fn draw(file: &str, words: &[&str], zone: &str) -> std::process::Command {
    let mut command = socklab(&[&["draw", file], words].concat());
    command.env("TZ", zone);
    command
}

#[test]
fn the_time_of_day_is_that_of_the_readers_zone() {
    // POSIX zones need no database: behind UTC counts as positive there.
    for (zone, heading) in [("UTC0", "UTC"), ("COT5", "UTC-05:00"), ("NPT-5:45", "UTC+05:45")] {
        let ended = run(&mut draw(RECORDING, &["--time", "clock"], zone)).exits(0);
        let drawn = ended.text();
        assert!(drawn.lines().nth(1).is_some_and(|line| line.contains(heading)), "{drawn}");
    }
    let text = |zone| run(&mut draw(RECORDING, &["--time", "clock"], zone)).exits(0).text();
    assert_ne!(text("UTC0"), text("COT5"));
    let relative = run(&mut draw(RECORDING, &["--time", "relative"], "COT5")).exits(0).text();
    assert!(relative.contains(" 0.068487 ") && !relative.contains("UTC"), "{relative}");
    let plain = run(&mut draw(RECORDING, &[], "COT5")).exits(0).text();
    assert!(!plain.contains("0.068487"), "{plain}");
}

#[test]
fn a_recording_that_tells_no_time_of_day_gets_an_error() {
    let folder = tempfile::tempdir().expect("a folder");
    let recording = std::fs::read_to_string(Path::new(RECORDING)).expect("the recording");
    let (header, events) = recording.split_once('\n').expect("a header");
    let epoch = header.find("\"epoch\":").expect("an epoch") + "\"epoch\":".len();
    let digits = header[epoch..].find(|char: char| !char.is_ascii_digit()).expect("more");
    let header = format!("{}0{}", &header[..epoch], &header[epoch + digits..]);
    let file = folder.path().join("old.jsonl");
    std::fs::write(&file, format!("{header}\n{events}")).expect("a file");
    let file = file.to_str().expect("a path");
    let ended = run(&mut draw(file, &["--time", "clock"], "UTC0")).exits(2);
    assert!(ended.errors.contains("time of day"), "{}", ended.errors);
    run(&mut draw(file, &["--time", "relative"], "UTC0")).exits(0);
}
