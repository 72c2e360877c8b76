//! Filters: what they leave of a drawing, and the script that filters the rows of a page.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::process::{Command, Stdio};

use serde::Deserialize;
use serde_json::{Value, json};
use socklab_event::Timeline;
use socklab_filter::{Facts, Filter, Verdict};
use socklab_flows::Flows;
use socklab_ladder::{Detail, HtmlStyle, Ladder, Options, TextStyle};
use socklab_prerequisites::need;
use socklab_say::{Language, Speaker};
use socklab_timelines::{recorded, scenes};

fn drawn(timeline: &Timeline, filter: &str, options: Options) -> String {
    let filter = Some(Filter::parse(filter).expect("a filter"));
    Ladder::of(timeline, &options.filter(filter)).to_text(&TextStyle::new(90))
}

#[test]
fn what_fits_is_drawn_with_its_other_end_and_the_rest_counted() {
    let timeline = scenes::searched();
    let mut all = String::new();
    for filter in [
        "bytes GET",
        "call connect",
        "errors",
        "not port 12000",
        "bytes nothing",
        "fd 3 from 1s to 1.5s",
    ] {
        all += &format!("{filter}\n\n{}\n", drawn(&timeline, filter, Options::default()));
    }
    insta::assert_snapshot!(all);
}

#[test]
fn a_message_that_fits_keeps_its_packets() {
    let text = drawn(&recorded("packets-pair"), "bytes hola", Options::default());
    assert!(text.contains("hola") && !text.contains("SYN"), "{text}");
    insta::assert_snapshot!(text);
}

#[test]
fn calls_that_are_drawn_only_on_demand_are_told_of() {
    let timeline = recorded("upper-tcp");
    let text = drawn(&timeline, "call setsockopt", Options::default().offers_all(true));
    assert!(text.contains("leaves nothing to draw: 15 events are left out"), "{text}");
    assert!(text.contains("not drawn: 1. --all draws them"), "{text}");
    let text = drawn(&timeline, "call setsockopt", Options::default().detail(Detail::All));
    assert!(text.contains("setsockopt(3, ") && !text.contains("recv"), "{text}");
}

#[test]
fn times_count_from_the_same_moment_with_and_without_a_filter() {
    let timeline = scenes::searched();
    let whole = Ladder::of(&timeline, &Options::default());
    let filter = Some(Filter::parse("call close").unwrap());
    let part = Ladder::of(&timeline, &Options::default().filter(filter));
    assert!(!part.rows.is_empty() && part.rows.len() < whole.rows.len());
    for row in &part.rows {
        let same = whole.row_of(row.seqs[0]).unwrap();
        assert_eq!(row.at, whole.rows[same].at);
    }
}

/// The data that a page gives its script.
fn data(speaker: Speaker, timeline: &Timeline) -> Value {
    let page = Ladder::of(timeline, &Options::new(speaker)).to_html(&HtmlStyle::default());
    let script = page.rsplit_once("})({").expect("the script").1;
    let data = script.split_once("});").expect("its data").0;
    serde_json::from_str(&format!("{{{data}}}")).expect("JSON")
}

#[derive(Deserialize)]
struct Table {
    fits: BTreeMap<String, Value>,
    mistakes: Vec<(String, usize, usize, String, Option<String>)>,
}

/// Asks the script about each filter: what it makes of each subject, or what is wrong.
const ASK: &str = r#"
const { words, alike, texts, subjects, all } = JSON.parse(require("fs").readFileSync(0, "utf8"));
const { parse } = filters({ words, alike, texts });
const answer = (text) => {
  let filter;
  try {
    filter = parse(text);
  } catch (mistake) {
    if (!mistake.said) throw mistake;
    const characters = (end) => [...text.slice(0, end)].length;
    return [characters(mistake.from), characters(mistake.to), mistake.said];
  }
  return subjects.map(filter);
};
process.stdout.write(JSON.stringify(all.map(answer)));
"#;

fn ask(node: &str, question: &Value) -> Vec<Value> {
    let script = format!("{}{ASK}", include_str!("../../src/html/filter.js"));
    let mut child = Command::new(node)
        .args(["-e", &script])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("what node answers");
    child
        .stdin
        .take()
        .expect("what node answers")
        .write_all(question.to_string().as_bytes())
        .expect("what node answers");
    let output = child.wait_with_output().expect("what node answers");
    assert!(output.status.success());
    serde_json::from_slice(&output.stdout).expect("what node answers")
}

#[test]
fn the_script_of_a_page_reads_filters_as_the_crate_does() {
    let node = need!("node");
    let table: Table =
        serde_json::from_str(include_str!("../../../filter/tests/table.json")).unwrap();
    let timeline = scenes::searched();
    let flows = Flows::of(&timeline);
    let facts = Facts::of(&flows, 1_000_000_000);
    let subjects: Vec<_> = (0..flows.order.len()).map(|at| facts.at(at)).collect();
    let texts: Vec<&String> =
        table.fits.keys().chain(table.mistakes.iter().map(|mistake| &mistake.0)).collect();
    for language in Language::all() {
        let speaker = Speaker::new(language);
        let data = data(speaker, &timeline);
        let answers = ask(
            &node,
            &json!({
                "words": data["words"],
                "alike": data["alike"],
                "texts": data["texts"],
                "subjects": subjects,
                "all": texts,
            }),
        );
        assert_eq!(answers.len(), texts.len());
        for (text, answer) in texts.iter().zip(answers) {
            let wanted = match Filter::parse(text) {
                Ok(filter) => {
                    let number = |verdict| match verdict {
                        Verdict::No => json!(0),
                        Verdict::Unknown => json!(0.5),
                        Verdict::Yes => json!(1),
                    };
                    subjects.iter().map(|one| number(filter.verdict(one))).collect::<Value>()
                }
                Err(mistake) => {
                    let characters = |end: usize| text[..end].chars().count();
                    let (from, to) = (characters(mistake.at.start), characters(mistake.at.end));
                    json!([from, to, speaker.tell(&mistake.sentence())])
                }
            };
            assert_eq!(answer, wanted, "{text}");
        }
    }
}

#[test]
fn a_page_knows_what_each_row_can_be_searched_for() {
    let timeline = recorded("crowd");
    let ladder = Ladder::of(&timeline, &Options::default());
    let data = data(Speaker::ENGLISH, &timeline);
    let rows = data["rows"].as_array().unwrap();
    assert_eq!(rows.len(), ladder.rows.len());
    assert!(rows.iter().all(|row| !row.as_array().unwrap().is_empty()));
    // A fold of many connections has more than a page holds.
    let more: Vec<u64> = data["more"].as_array().unwrap().iter().flat_map(Value::as_u64).collect();
    let folds = ladder.rows.iter().enumerate().filter(|(_, row)| row.seqs.len() > 16);
    assert_eq!(more, folds.map(|(index, _)| index as u64).collect::<Vec<_>>());
    assert!(!more.is_empty());
}
