//! The field that filters the rows of a page: what the script has to know.

use serde::Serialize;
use socklab_filter::{ALIKE, Subject, WORDS, Wanted};
use socklab_say::{Speaker, say};

use crate::model::Ladder;
use crate::svg::xml::Xml;

const LANGUAGE: &str = include_str!("filter.js");
const SCRIPT: &str = include_str!("filtering.js");

/// What the script gets.
#[derive(Serialize)]
struct Data<'l> {
    words: [&'static str; WORDS.len()],
    alike: [(&'static str, &'static str); ALIKE.len()],
    texts: Texts,
    subjects: Vec<&'l Subject<'static>>,
    /// Of each row, which of the subjects it shows.
    rows: Vec<Vec<usize>>,
    /// The rows that show more events than have a subject here.
    more: Vec<usize>,
    /// Pairs of rows with the two ends of an arrow.
    ties: Vec<(usize, usize)>,
    /// Between groups of three digits, and how many digits a number with groups has at least.
    group: String,
    grouped: usize,
}

/// What the script says. In braces, what it fills in.
#[derive(Serialize)]
struct Texts {
    expected: String,
    ends: String,
    perhaps: String,
    unopened: String,
    unclosed: String,
    unquoted: String,
    escape: String,
    ends_first: String,
    deep: String,
    want: std::collections::BTreeMap<&'static str, String>,
    rows: String,
    unsure: String,
}

impl Texts {
    fn of(speaker: Speaker) -> Self {
        let say = |key: &'static str| say!(speaker, key);
        let found = "{found}";
        let expected = "{expected}";
        let want = Wanted::ALL.iter().map(|(wanted, key)| {
            let name = key.strip_prefix("filter-want-").unwrap_or(key);
            (name, speaker.tell(&wanted.sentence()))
        });
        Self {
            expected: say!(speaker, "filter-expected", found = found, expected = expected),
            ends: say!(speaker, "filter-ends-early", expected = expected),
            perhaps: say!(speaker, "filter-perhaps", what = "{what}", near = "{near}"),
            unopened: say("filter-unopened"),
            unclosed: say("filter-unclosed"),
            unquoted: say("filter-unquoted"),
            escape: say!(speaker, "filter-escape", found = found),
            ends_first: say("filter-ends-first"),
            deep: say("filter-deep"),
            want: want.collect(),
            rows: say!(speaker, "filter-rows", shown = "{shown}", all = "{all}"),
            unsure: say!(speaker, "filter-rows-unsure", n = "{n}"),
        }
    }
}

/// Writes the field, which only the script shows.
pub(super) fn field(speaker: Speaker, page: &mut Xml) {
    let hidden = ("hidden", "hidden".to_owned());
    page.open("div", &[("class", "filter".to_owned()), ("role", "search".to_owned()), hidden]);
    page.open("label", &[]);
    page.text_element("span", &[("id", "filter".to_owned())], &say!(speaker, "filter-field"));
    let attributes = [
        ("type", "search".to_owned()),
        ("aria-labelledby", "filter".to_owned()),
        ("aria-describedby", "filtered".to_owned()),
        ("placeholder", "port 8080 and not call poll".to_owned()),
        ("autocomplete", "off".to_owned()),
        ("autocapitalize", "off".to_owned()),
        ("spellcheck", "false".to_owned()),
        ("maxlength", "1000".to_owned()),
    ];
    page.empty("input", &attributes);
    page.close("label");
    let live = ("aria-live", "polite".to_owned());
    page.text_element("output", &[("id", "filtered".to_owned()), live], "");
    page.open("details", &[]);
    page.text_element("summary", &[], &say!(speaker, "filter-words"));
    page.open("dl", &[]);
    let help = say!(speaker, "filter-help");
    for (term, fits) in help.lines().filter_map(|line| line.split_once("  ")) {
        page.text_element("dt", &[], term);
        page.text_element("dd", &[], fits.trim_start());
    }
    page.close("dl");
    page.text_element("p", &[], &say!(speaker, "filter-help-rest"));
    page.close("details");
    page.close("div");
}

/// The script that filters the rows.
pub(super) fn script(ladder: &Ladder) -> String {
    let mut places = std::collections::HashMap::new();
    let mut subjects = Vec::new();
    let mut more = Vec::new();
    let mut rows = Vec::new();
    for (index, row) in ladder.rows.iter().enumerate() {
        let mut seqs: Vec<u64> = row.cells.iter().map(|cell| cell.seq).collect();
        seqs.extend(&row.seqs);
        seqs.sort_unstable();
        seqs.dedup();
        let all = seqs.len();
        let known = seqs.into_iter().filter_map(|seq| Some((seq, ladder.subjects.get(&seq)?)));
        let known: Vec<usize> = known
            .map(|(seq, subject)| {
                *places.entry(seq).or_insert_with(|| {
                    subjects.push(subject);
                    subjects.len() - 1
                })
            })
            .collect();
        more.extend((known.len() < all).then_some(index));
        rows.push(known);
    }
    let ties = ladder.arrows.iter().flat_map(|arrow| {
        let others = arrow.heads.iter().map(|head| head.row).filter(|row| *row != arrow.row);
        others.map(|row| (arrow.row, row))
    });
    let thousands = ladder.speaker.number(10_000);
    let group = thousands.trim_matches(|char: char| char.is_ascii_digit()).to_owned();
    let grouped = if ladder.speaker.number(1_000).contains(&group) { 4 } else { 5 };
    let data = Data {
        words: WORDS,
        alike: ALIKE,
        texts: Texts::of(ladder.speaker),
        subjects,
        rows,
        more,
        ties: ties.collect(),
        group,
        grouped,
    };
    // Recorded text must not end the element.
    let data = serde_json::to_string(&data).unwrap_or_default();
    let data = data.replace('<', "\\u003c").replace('>', "\\u003e").replace('&', "\\u0026");
    format!("{LANGUAGE}{}", SCRIPT.replace("DATA", &data))
}
