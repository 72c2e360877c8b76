use proptest::prelude::*;

use super::*;

fn new(part: Part, text: &str) -> Result<Pattern, Sentence> {
    Pattern::new(part, &[PatternPiece::Syntax(text)], false, None)
}

fn whole(text: &str) -> Pattern {
    new(Part::Whole, text).expect(text)
}

#[test]
fn a_pattern_is_about_bytes() {
    let date = whole(r"(Mon|Tue|Wed), \d{2} [A-Z][a-z]{2} 20\d\d\r?\n");
    assert!(date.fits(b"Tue, 07 Jan 2025\r\n") && date.fits(b"Mon, 01 Feb 2000\n"));
    assert!(!date.fits(b"Tue, 7 Jan 2025\r\n") && !date.fits(b"Tue, 07 Jan 2025\r\n\0"));
    assert!(whole("(?s).").fits(b"\xff") && !whole("(?s).").fits("é".as_bytes()));
    assert!(whole(r"\xe9\0").fits(b"\xe9\0") && !whole(r"\w").fits(b"\xe9"));
    // A letter of two bytes is repeated as a whole.
    assert!(whole("año+").fits("añooo".as_bytes()) && whole("ñ{2}").fits("ññ".as_bytes()));
    let ends = new(Part::Somewhere, "é|[0-9]+").unwrap().ends("é 12 é".as_bytes());
    assert_eq!(ends, [2, 5, 8]);
    // Alternatives stay within, and no bracket closes what is around them.
    assert!(!whole("a|b").fits(b"ab") && whole("a|b").fits(b"b"));
    assert!(whole("[]a][^]]").fits(b"]x") && whole("[[:alpha:]]\\]").fits(b"a]"));
}

#[test]
fn upper_and_lower_case_may_be_the_same() {
    let pieces = [PatternPiece::Syntax("date: "), PatternPiece::Literal(b"x.Y")];
    let pattern = Pattern::new(Part::Whole, &pieces, true, None).unwrap();
    assert!(pattern.fits(b"Date: X.y") && !pattern.fits(b"Date: X_y"));
}

#[test]
fn a_mistake_is_said_by_its_kind() {
    for (text, kind) in [
        ("(a", "group"),
        ("a)(?:b", "group"),
        ("a)", "group"),
        ("[a", "brackets"),
        ("[z-a]", "brackets"),
        ("*a", "repeat"),
        ("{3}", "repeat"),
        ("a{3", "repeat"),
        ("a{3,1}", "repeat"),
        (r"\q", "escape"),
        (r"\x4", "escape"),
        (r"\x{41}", "escape"),
        (r"\u0041", "escape"),
        (r"\é", "escape"),
        (r"a\", "escape"),
        (r"(a)\1", "unsupported"),
        (r"a(?=b)", "unsupported"),
        (r"\pL", "unsupported"),
        (r"(?x)a # b", "unsupported"),
        (r"(?q)a", "unsupported"),
        ("[a&&b]", "unsupported"),
        ("[é]", "class"),
        ("[^a-ü]", "class"),
        ("(a{100}){100}", "large"),
        (&"a".repeat(LONGEST + 1), "large"),
        (&"(".repeat(300), "large"),
    ] {
        let told = new(Part::Whole, text).expect_err(text);
        assert_eq!(told.key, format!("mistake-pattern-{kind}"), "{text}");
    }
    // It would be true of everything.
    for text in ["a*", "^", r"\b", "(a|)", "x?$"] {
        let told = new(Part::Somewhere, text).expect_err(text);
        assert_eq!(told.key, "mistake-pattern-empty", "{text}");
        assert!(new(Part::Beginning, text).is_err() && new(Part::Whole, text).is_ok(), "{text}");
    }
    let place =
        [PatternPiece::Syntax("["), PatternPiece::Literal(b"ab"), PatternPiece::Syntax("]")];
    let told = Pattern::new(Part::Whole, &place, false, None).unwrap_err();
    assert_eq!(told.key, "mistake-pattern-place-in-class");
}

#[test]
fn no_message_of_the_library_stays_english() {
    let good = r"(?i)(a|[^b-c]{2,3})+\d\x41?\n$";
    for at in 0..good.len() {
        for slip in ["", "(", ")", "[", "]", "{", "}", "*", "\\", "?", "x", "-", "é"] {
            let text = format!("{}{slip}{}", &good[..at], &good[at + 1..]);
            if let Err(told) = new(Part::Whole, &text) {
                assert_ne!(told.key, "mistake-pattern", "{text}: {told:?}");
            }
        }
    }
}

#[test]
fn it_is_told_how_far_some_bytes_fit_where_that_is_certain() {
    let line = whole(r"HTTP/1\.[01] \d{3} .*\r\n");
    let fitting = |bytes: &[u8]| line.fitting(bytes);
    assert_eq!(fitting(b"HTTP/1.0 20 OK\r\n"), 9);
    assert_eq!(fitting(b"HTTP/1.2 200 OK\r\n"), 7);
    assert_eq!(fitting(b"hola\r\n"), 0);
    // `.*` takes everything, so nobody knows where it should have ended.
    assert_eq!(fitting(b"HTTP/1.0 200 OK\n"), 0);
    assert_eq!(whole("ab|cd").fitting(b"ax"), 0);
    assert_eq!(whole("é{2}x").fitting("ééy".as_bytes()), 4);
}

#[test]
fn what_is_cut_off_decides_nothing() {
    let wanted = |part, text| crate::BytesWanted {
        patterns: vec![new(part, text).unwrap()],
        ..crate::BytesWanted::default()
    };
    assert_eq!(wanted(Part::Whole, "a+").fit(b"aa", 3), None);
    assert_eq!(wanted(Part::Whole, "a+").fit(b"aa", 2), Some(true));
    let some = wanted(Part::Somewhere, r"\d+$");
    assert_eq!((some.fit(b"a12", 3), some.fit(b"a12", 4)), (Some(true), None));
    assert_eq!(some.fit(b"a12b", 4), Some(false));
    let early = wanted(Part::Somewhere, r"\d+,");
    assert_eq!((early.fit(b"12, x", 9), early.fit(b"12", 9)), (Some(true), None));
    let begin = wanted(Part::Beginning, "ab");
    assert_eq!((begin.fit(b"abc", 3), begin.fit(b"cab", 3)), (Some(true), Some(false)));
    let once = crate::BytesWanted { once: true, whole: true, ..early };
    assert_eq!(once.fit(b"1, 2,", 5), Some(false));
    assert_eq!((once.fit(b"1, x", 4), once.fit(b"1,\0", 3)), (Some(true), Some(false)));
    let left = wanted(Part::Whole, r"ab\d").right(b"abx");
    assert_eq!(left, 2);
}

proptest! {
    #[test]
    fn bytes_that_are_filled_in_fit_themselves_and_nothing_else(
        bytes in prop::collection::vec(any::<u8>(), 0..40),
        other in prop::collection::vec(any::<u8>(), 0..40),
        times in 1_usize..4,
    ) {
        let count = format!("{{{times}}}");
        let pieces = [PatternPiece::Literal(&bytes), PatternPiece::Syntax(&count)];
        let pattern = Pattern::new(Part::Whole, &pieces, false, None).unwrap();
        prop_assert!(pattern.fits(&bytes.repeat(times)));
        prop_assert_eq!(pattern.fits(&other), other == bytes.repeat(times));
        let (before, behind) = (other.clone(), other);
        let around = [&before[..], &bytes, &behind].concat();
        if let Ok(pattern) = Pattern::new(Part::Somewhere, &pieces[..1], false, None) {
            let first = around.windows(bytes.len()).position(|window| window == bytes);
            prop_assert_eq!(pattern.ends(&around)[0], first.unwrap() + bytes.len());
        }
    }

    #[test]
    fn a_pattern_of_ascii_means_what_it_means_to_the_library(
        text in r"([ab.\[\]()|*+?^$-]|\\d|\\\\|\{2\}|1){0,9}",
        bytes in "[ab1\\[\\n.]{0,6}",
    ) {
        let alone = Regex::new(&text);
        let ours = new(Part::Whole, &text);
        prop_assert_eq!(alone.is_ok(), ours.is_ok(), "{}: {:?}", text, ours);
        if let (Ok(alone), Ok(ours)) = (alone, ours) {
            let theirs = Regex::new(&format!(r"\A(?:{text})\z")).unwrap();
            prop_assert_eq!(theirs.is_match(&bytes), ours.fits(bytes.as_bytes()));
            let fitting = ours.fitting(bytes.as_bytes());
            prop_assert!(fitting <= bytes.len());
            if let Ok(found) = new(Part::Somewhere, &text) {
                let ends: Vec<usize> = alone.find_iter(&bytes).map(|found| found.end()).collect();
                prop_assert_eq!(found.ends(bytes.as_bytes()), ends);
            }
        }
    }

    #[test]
    fn no_pattern_panics(text in any::<String>(), bytes in prop::collection::vec(any::<u8>(), 0..20)) {
        for part in [Part::Whole, Part::Somewhere, Part::Beginning] {
            if let Ok(pattern) = new(part, &text) {
                let _ = (pattern.fits(&bytes), pattern.ends(&bytes), pattern.fitting(&bytes));
            }
        }
    }
}
