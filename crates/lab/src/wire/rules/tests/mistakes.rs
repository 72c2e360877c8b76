//! A wrong rule: which word, and what was expected there.

use super::super::{Change, Expected, Rule, RuleMistake};

/// The word at fault and the mistake, of a text that is no rule.
fn mistake(text: &str) -> (String, RuleMistake) {
    match text.parse::<Rule>() {
        Ok(rule) => panic!("{text:?} is a rule: {rule}"),
        Err(error) => (error.word().to_owned(), error.mistake),
    }
}

#[test]
fn the_word_at_fault_is_marked() {
    let error = "drop the 2nd SIN from client".parse::<Rule>().unwrap_err();
    let (line, marks) = error.marked();
    assert_eq!(line, "drop the 2nd SIN from client");
    assert_eq!(marks, "             ^^^");
    assert!(error.expected_words().contains(&"SYN"));

    let error = "delay 40ms\tüber 3".parse::<Rule>().unwrap_err();
    assert_eq!(error.marked(), ("delay 40ms über 3".to_owned(), "           ^^^^".to_owned()));

    // What is missing is marked behind the end.
    let error = "drop the 2nd SYN from ".parse::<Rule>().unwrap_err();
    assert_eq!(error.marked().1, "                     ^");
    assert_eq!(error.mistake, RuleMistake::Expected(vec![Expected::Word("port"), Expected::Host]));
}

#[test]
fn what_was_expected_there_is_listed() {
    for (text, word, expected) in [
        ("", "", Expected::Word("drop")),
        ("droop the 1st SYN", "droop", Expected::Word("drop")),
        ("drop", "", Expected::Word("the")),
        ("drop the last SYN", "last", Expected::Ordinal),
        ("drop the 1st", "", Expected::Word("SYN")),
        ("drop every", "", Expected::Ordinal),
        ("drop the 1st SYN of server", "server", Expected::Ordinal),
        ("drop the 1st SYN from after 2s", "after", Expected::Host),
        ("drop the 1st SYN from cl*ent", "cl*ent", Expected::Host),
        ("drop the 1st SYN from client please", "please", Expected::End),
        ("drop the 1st SYN to port http", "http", Expected::Port),
        ("drop the 1st SYN to port 0", "0", Expected::Port),
        ("drop the 1st SYN to port 65536", "65536", Expected::Port),
        ("drop SYN 3", "", Expected::Word("times")),
        ("delay", "", Expected::Duration),
        ("delay 40", "40", Expected::Duration),
        ("delay 40 SYN", "40", Expected::Duration),
        ("delay -1s", "-1s", Expected::Duration),
        ("lose 5", "5", Expected::Percentage),
        ("lose 5% seed", "", Expected::Number),
        ("rate fast", "fast", Expected::Rate),
        ("reset after", "", Expected::Size),
        ("reset now", "now", Expected::Word("after")),
        ("host server sleeps", "sleeps", Expected::Word("dies")),
        ("partition client and server", "and", Expected::Word("from")),
        ("reorder 3", "", Expected::Word("and")),
        ("corrupt 60", "60", Expected::Word("byte")),
        ("corrupt byte 60 and mend it", "it", Expected::Word("checksum")),
        ("drop data between 1s", "", Expected::Word("and")),
        ("rate 1 Mbit/s, once", "once", Expected::End),
        ("drop the 1st SYN of the 2nd", "", Expected::Word("connection")),
    ] {
        let (at, mistake) = mistake(text);
        assert_eq!(at, word, "{text}");
        let RuleMistake::Expected(all) = &mistake else { panic!("{text}: {mistake:?}") };
        assert!(all.contains(&expected), "{text}: {all:?}");
    }
}

#[test]
fn what_makes_no_sense_is_said() {
    let range = |text: &str| matches!(mistake(text).1, RuleMistake::OutOfRange { .. });
    for text in [
        "drop the 0th SYN",
        "drop every 0th SYN",
        "corrupt byte 0",
        "corrupt byte 99999999999999999999999",
        "lose 101%",
        "delay 0ms",
        "delay 61min",
        "rate 1 bit/s",
        "drop SYN, 0 times",
    ] {
        assert!(range(text), "{text}: {:?}", mistake(text));
    }
    assert_eq!(mistake("drop all from a from b"), ("from".into(), RuleMistake::Twice));
    assert_eq!(mistake("drop all, once, twice").1, RuleMistake::Twice);
    assert_eq!(mistake("drop all until 1s until 2s").1, RuleMistake::Twice);
    assert_eq!(mistake("drop all between 3s and 1s"), ("between".into(), RuleMistake::EndsFirst));
    assert_eq!(mistake("partition a from a"), ("a".into(), RuleMistake::SameHost));
    assert_eq!(mistake("reorder 4 and 4"), ("4".into(), RuleMistake::NotLater));
    let no_stream = |kind| RuleMistake::NoStream { kind };
    assert_eq!(mistake("drop the SYN with byte 3"), ("byte".into(), no_stream("SYN")));
    assert_eq!(mistake("reset after the 1st UDP").1, no_stream("UDP"));
    let which = RuleMistake::WhichOne { kind: "SYN" };
    assert_eq!(mistake("drop the SYN from client"), ("SYN".into(), which));
}

#[test]
fn an_error_reads_in_one_line() {
    let said = |text: &str| text.parse::<Rule>().unwrap_err().to_string();
    assert_eq!(said("lose 5"), "wire rule \"lose 5\", at \"5\": expected a percentage such as 5%");
    assert_eq!(said("host server"), "wire rule \"host server\", at its end: expected `dies`");
    assert_eq!(
        said("delay 61min"),
        "wire rule \"delay 61min\", at \"61min\": not within 1ns … 60min"
    );
    let words = "drop\n the".parse::<Change>().unwrap_err().to_string();
    assert!(words.starts_with("wire rule \"drop\\n the\", at its end: expected"), "{words}");
}
