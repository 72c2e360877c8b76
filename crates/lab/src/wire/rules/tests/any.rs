//! Whatever the rule: what is written parses to the same rule, and no text makes the parser fail.

use proptest::prelude::*;
use socklab_event::FrameKind;

use super::super::rule::{
    Act, Choice, Direction, Limit, Mark, Meaning, Moment, Origin, Party, Rule, Selection,
    StreamByte, WITHOUT_CONNECTION, has_stream,
};
use super::built::{Wire, conversation};

fn party() -> BoxedStrategy<Party> {
    let name =
        prop_oneof![Just("client"), Just("server"), Just("h2"), Just("10.0.0.1"), Just("::1")];
    name.prop_map(Party::of).boxed()
}

fn kind() -> BoxedStrategy<FrameKind> {
    prop::sample::select(FrameKind::ALL.map(|(kind, _)| kind).to_vec()).boxed()
}

/// What may be said of any frames: no byte of a stream.
fn clauses(kind: impl Strategy<Value = FrameKind> + 'static) -> BoxedStrategy<Selection> {
    let ports = (prop::option::of(1..=u16::MAX), prop::option::of(1..=u16::MAX));
    let parties = (prop::option::of(party()), prop::option::of(party()));
    let connection = prop::option::of(1..5_u64);
    (kind, parties, ports, connection)
        .prop_map(|(kind, (from, to), (from_port, to_port), connection)| Selection {
            kind,
            again: false,
            byte: None,
            from,
            to,
            from_port,
            to_port,
            connection,
        })
        .boxed()
}

fn selection() -> BoxedStrategy<Selection> {
    let direction = prop_oneof![Just(Direction::Request), Just(Direction::Answer)];
    let byte = (1..100_000_u64, prop::option::of(direction));
    let byte = byte.prop_map(|(number, of)| StreamByte { number, of });
    (clauses(kind()), prop::option::of(byte), any::<bool>())
        .prop_map(|(selection, byte, again)| {
            let byte = byte.filter(|_| has_stream(selection.kind));
            let again = again && selection.kind == FrameKind::Segment;
            Selection { byte, again, ..selection }
        })
        .boxed()
}

fn mark() -> BoxedStrategy<Mark> {
    (1..200_u64, selection()).prop_map(|(number, of)| Mark { number, of }).boxed()
}

fn moment() -> BoxedStrategy<Moment> {
    prop_oneof![(0..=3_600_000_000_000_u64).prop_map(Moment::Time), mark().prop_map(Moment::Mark)]
        .boxed()
}

/// Start and end in the right order, if both are times.
fn when() -> BoxedStrategy<(Option<Moment>, Option<Moment>)> {
    (prop::option::of(moment()), prop::option::of(moment()))
        .prop_map(|(start, end)| match (start, end) {
            (Some(Moment::Time(one)), Some(Moment::Time(other))) => {
                let (start, end) = (one.min(other), one.max(other) + 1);
                (Some(Moment::Time(start)), Some(Moment::Time(end)))
            }
            other => other,
        })
        .boxed()
}

fn choice() -> BoxedStrategy<Choice> {
    prop_oneof![
        Just(Choice::Every),
        (1..200_u64).prop_map(Choice::Nth),
        (1..200_u64).prop_map(Choice::EveryNth),
    ]
    .boxed()
}

fn meaning() -> BoxedStrategy<Meaning> {
    let single = prop_oneof![
        Just(Act::Drop),
        Just(Act::Duplicate),
        (1..=3_600_000_000_000_u64).prop_map(Act::Delay),
        (1..2_000_u64, any::<bool>(), any::<bool>()).prop_map(|(byte, payload, mend)| {
            Act::Corrupt { byte, of: if payload { Origin::Payload } else { Origin::Frame }, mend }
        }),
    ];
    let times = prop::option::of(1..9_u64);
    let single = (single, selection(), choice(), times.clone(), when()).prop_map(
        |(act, selection, choice, times, (start, end))| Meaning {
            act,
            selection,
            choice,
            times,
            start,
            end,
        },
    );
    let lose = (0..=1_000_000_u32, any::<u64>())
        .prop_map(|(millionths, seed)| Act::Lose { millionths, seed });
    let lose = (lose, selection(), times.clone(), when());
    let lose = lose.prop_map(|(act, selection, times, (start, end))| Meaning {
        selection,
        times,
        start,
        end,
        ..Meaning::of(act)
    });
    let rate = (1_000..=100_000_000_000_u64).prop_map(Act::Rate);
    let rate = (rate, clauses(kind()), when()).prop_map(|(act, selection, (start, end))| Meaning {
        selection,
        start,
        end,
        ..Meaning::of(act)
    });
    let reorder = (1..50_u64, 1..50_u64).prop_map(|(one, more)| Act::Reorder(one, one + more));
    let reorder = (reorder, selection(), when());
    let reorder = reorder.prop_map(|(act, selection, (start, end))| Meaning {
        selection,
        start,
        end,
        ..Meaning::of(act)
    });
    let bytes = (1..=(1_u64 << 40)).prop_map(|size| Act::Reset(Limit::Bytes(size)));
    let bytes = (bytes, clauses(Just(FrameKind::Segment)), times)
        .prop_map(|(act, selection, times)| Meaning { selection, times, ..Meaning::of(act) });
    let segments = |mark: &Mark| !WITHOUT_CONNECTION.contains(&mark.of.kind);
    let marked = mark().prop_filter("segments", segments);
    let marked = marked.prop_map(|mark| Meaning::of(Act::Reset(Limit::Mark(mark))));
    let dies = (party(), prop::option::of(moment()))
        .prop_map(|(host, start)| Meaning { start, ..Meaning::of(Act::Die(host)) });
    let cut = (party(), party(), when())
        .prop_filter("two hosts", |(one, other, _)| one != other)
        .prop_map(|(one, other, (start, end))| Meaning {
            start,
            end,
            ..Meaning::of(Act::Partition(one, other))
        });
    prop_oneof![6 => single.boxed(), 2 => lose.boxed(), 1 => rate.boxed(), 1 => reorder.boxed(), 1 => bytes.boxed(), 1 => marked.boxed(), 1 => dies.boxed(), 1 => cut.boxed()].boxed()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(2_000) })]

    #[test]
    fn what_is_written_parses_to_the_same_rule(meaning in meaning()) {
        let written = Rule { text: String::new(), meaning };
        let text = written.to_string();
        let read: Rule = text.parse().map_err(|error| TestCaseError::fail(format!("{error}")))?;
        prop_assert_eq!(&read, &written, "{}", text);
        prop_assert_eq!(read.to_string(), text);
    }

    /// The same frames have the same fates, whatever the rules are.
    #[test]
    fn the_same_traffic_has_the_same_fates(meanings in prop::collection::vec(meaning(), 1..4)) {
        let rules: Vec<String> =
            meanings.into_iter().map(|meaning| Rule { text: String::new(), meaning }.to_string()).collect();
        let rules: Vec<&str> = rules.iter().map(String::as_str).collect();
        let frames: Vec<_> = (0..3).flat_map(|port| conversation(4000 + port)).collect();
        let run = || {
            let mut wire = Wire::with(&rules);
            let fates: Vec<_> = frames.iter().map(|frame| wire.pass(frame)).collect();
            (fates, wire.rules.counts())
        };
        let (fates, counts) = run();
        prop_assert_eq!(run(), (fates.clone(), counts.clone()));
        prop_assert!(counts.iter().all(|count| count.matched <= count.seen));
        let touched = fates.iter().any(|fate| !fate.is_untouched());
        let acted = counts.iter().any(|count| count.matched > 0);
        prop_assert!(acted || !touched || fates.iter().all(|fate| !fate.dropped));
    }

    /// Words of the language in any order, and anything else.
    #[test]
    fn any_text_is_a_rule_or_has_a_place_where_it_is_wrong(
        words in prop::collection::vec(prop_oneof![
            4 => prop::sample::select(WORDS.to_vec()).prop_map(str::to_owned),
            1 => any::<String>(),
        ], 0..12),
    ) {
        let text = words.join(" ");
        if let Err(error) = text.parse::<Rule>() {
            prop_assert!(error.at.end <= text.len());
            prop_assert!(text.get(error.at.clone()).is_some());
            let (line, marks) = error.marked();
            prop_assert!(marks.chars().count() <= line.chars().count() + 1);
            prop_assert!(!error.to_string().is_empty());
        }
    }
}

const WORDS: [&str; 40] = [
    "drop",
    "delay",
    "duplicate",
    "reorder",
    "corrupt",
    "lose",
    "rate",
    "reset",
    "host",
    "partition",
    "the",
    "every",
    "all",
    "1st",
    "2nd",
    "SYN",
    "data",
    "UDP",
    "segment",
    "from",
    "to",
    "port",
    "client",
    "server",
    "with",
    "byte",
    "of",
    "answer",
    "connection",
    "after",
    "until",
    "between",
    "and",
    "40ms",
    "2s",
    "5%",
    "10",
    "kB",
    "once",
    "dies",
];
