//! What every reader of the language has to agree on: `tests/table.json`. The script of a page is held
//! to it by `ladder/tests/it/filter.rs`.

use std::collections::{BTreeMap, HashMap};

use serde::Deserialize;
use socklab_filter::{Facts, Filter, Mistake, Verdict, What};
use socklab_flows::Flows;
use socklab_timelines::scenes;

#[derive(Deserialize)]
struct Table {
    /// Of each filter, the events of [`scenes::searched`] that fit it; with a question mark those of
    /// which that is not known.
    fits: BTreeMap<String, Vec<String>>,
    /// Of each text, from which to which character something is wrong, what is wanted or wrong, and
    /// what was probably meant.
    mistakes: Vec<(String, usize, usize, String, Option<String>)>,
}

fn table() -> Table {
    serde_json::from_str(include_str!("../table.json")).expect("a table")
}

/// What the events are called: `client recv`, and the second one `client recv 2`.
fn names(flows: &Flows<'_>) -> Vec<String> {
    let mut known: HashMap<String, usize> = HashMap::new();
    let name = |(at, event): (usize, &&socklab_event::Event)| {
        let what = event.call().map_or("event", |call| call.library_name());
        let name = format!("{} {what}", flows.actor_at(at).unwrap_or_default());
        let number = known.entry(name.clone()).or_default();
        *number += 1;
        if *number == 1 { name } else { format!("{name} {number}") }
    };
    flows.order.iter().enumerate().map(name).collect()
}

#[test]
fn every_filter_fits_what_the_table_says() {
    let timeline = scenes::searched();
    let flows = Flows::of(&timeline);
    let facts = Facts::of(&flows, 1_000_000_000);
    let names = names(&flows);
    let found = |text: &String| -> Vec<String> {
        let filter = Filter::parse(text).unwrap_or_else(|mistake| panic!("{text}: {mistake}"));
        let verdicts =
            names.iter().enumerate().map(|(at, name)| match filter.verdict(&facts.at(at)) {
                Verdict::Yes => Some(name.clone()),
                Verdict::Unknown => Some(format!("{name}?")),
                Verdict::No => None,
            });
        verdicts.flatten().collect()
    };
    let table = table().fits;
    let all: BTreeMap<String, Vec<String>> =
        table.keys().map(|text| (text.clone(), found(text))).collect();
    assert_eq!(all, table, "{}", serde_json::to_string_pretty(&all).unwrap());
}

#[test]
fn every_mistake_is_where_the_table_says() {
    for (text, from, to, what, near) in table().mistakes {
        let mistake: Mistake = Filter::parse(&text).expect_err(&text);
        let characters = |end: usize| text[..end].chars().count();
        let at = (characters(mistake.at.start), characters(mistake.at.end));
        let said = match mistake.what {
            What::Expected(wanted) => format!("{wanted:?}"),
            other => format!("{other:?}"),
        };
        assert_eq!((at, said, mistake.near()), ((from, to), what, near.as_deref()), "{text}");
    }
}
