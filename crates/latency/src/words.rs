//! Waits in words, in the reader's language: what every display of them shows.

use std::collections::BTreeMap;

use socklab_say::{Sentence, Speaker, count, duration, say, sentence};

use crate::model::{Asked, Cause, Latency, Part, Seen, Side, Wait};

/// So many pairs of programs are shown, and so many single waits.
const PAIRS: usize = 12;
const LONGEST: usize = 5;

/// A part that is smaller than this share of the whole, in thousandths, is not told by itself.
const SMALL: u64 = 10;

/// What is said of causes whose names don't say enough.
const NOTES: &[(&[Cause], &str)] = &[
    (&[Cause::Elsewhere], "latency-note-elsewhere"),
    (&[Cause::Nagle, Cause::DelayedAck], "latency-note-nagle"),
    (&[Cause::Window], "latency-note-window"),
    (&[Cause::AcceptQueue], "latency-note-accept"),
    (&[Cause::Between], "latency-note-between"),
];

/// Where the time went, in words.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Told {
    /// How many waits there were, and how long all of them.
    pub head: String,
    /// What is left out of these figures.
    pub recorder: Option<String>,
    /// Who waited for whom, and what for.
    pub pairs: Vec<Pair>,
    /// What is said of pairs that are not shown.
    pub more: Option<String>,
    /// The longest waits, if there are several, each with the event that ended it, by `seq`.
    pub longest: Vec<(String, u64)>,
    /// What the reader must know of the figures.
    pub notes: Vec<String>,
}

/// All waits of one program for another.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Pair {
    /// Who waited for whom, how often and how long.
    pub title: String,
    /// What that consisted of, the largest part first.
    pub rows: Vec<Row>,
}

/// A part of some waits.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Row {
    /// What went on.
    pub cause: Cause,
    /// The same in words.
    pub text: String,
    /// How long.
    pub time: String,
    /// Its share of the whole, in thousandths. Those of all rows of a pair are 1,000.
    pub share: u64,
    /// The same in words, without a sign: `96.7`.
    pub percent: String,
    /// Which event shows its longest piece.
    pub seen: String,
    /// That event, by `seq`.
    pub seq: Option<u64>,
    /// True if a piece of it does not follow with certainty.
    pub inferred: bool,
}

impl Latency {
    /// The waits in words. `arrow` stands between who waits and for whom.
    pub fn told(&self, speaker: Speaker, arrow: &str) -> Told {
        let mut pairs: BTreeMap<(&[String; 2],), Vec<&Wait>> = BTreeMap::new();
        for wait in &self.waits {
            pairs.entry((&wait.ends,)).or_default().push(wait);
        }
        let mut pairs: Vec<Vec<&Wait>> = pairs.into_values().collect();
        let total = |waits: &[&Wait]| sum(waits.iter().map(|wait| wait.own()));
        pairs.sort_by_key(|waits| std::cmp::Reverse(total(waits)));
        let all = sum(self.waits.iter().map(Wait::own));
        let held = sum(self.waits.iter().map(|wait| wait.recorder));
        let n = self.waits.len();
        let shown: Vec<Pair> =
            pairs.iter().take(PAIRS).map(|waits| pair(speaker, waits, total(waits))).collect();
        let more = pairs.len().saturating_sub(PAIRS);
        let mut notes = Vec::new();
        if shown.iter().flat_map(|pair| &pair.rows).any(|row| row.inferred) {
            notes.push(say!(speaker, "latency-inferred"));
        }
        let told = |causes: &[Cause]| {
            let mut rows = shown.iter().flat_map(|pair| &pair.rows);
            rows.any(|row| row.seq.is_some() && causes.contains(&row.cause))
        };
        for (causes, key) in NOTES {
            if told(causes) {
                notes.push(say!(speaker, *key));
            }
        }
        if !self.packets && told(&[Cause::Between, Cause::Sending]) {
            notes.push(say!(speaker, "latency-note-packets"));
        }
        Told {
            head: match n {
                0 => say!(speaker, "latency-none"),
                n => say!(speaker, "latency-head", n = count(n), time = duration(all)),
            },
            recorder: (held > 0).then(|| say!(speaker, "latency-recorder", time = duration(held))),
            pairs: shown,
            more: (more > 0).then(|| say!(speaker, "latency-more", n = count(more))),
            longest: self.longest(speaker, arrow),
            notes,
        }
    }

    fn longest(&self, speaker: Speaker, arrow: &str) -> Vec<(String, u64)> {
        let all = sum(self.waits.iter().map(Wait::own));
        let matters = |wait: &&Wait| wait.own() > all / 100;
        let mut waits: Vec<&Wait> = self.waits.iter().filter(matters).collect();
        if waits.len() < 2 {
            return Vec::new();
        }
        waits.sort_by_key(|wait| std::cmp::Reverse(wait.own()));
        let told = |wait: &&Wait| {
            let part = wait.parts.iter().max_by_key(|part| part.took)?;
            let key = match wait.asked {
                Asked::Connection => "latency-connection-one",
                Asked::Answer => "latency-longest-one",
            };
            let [asker, peer] = &wait.ends;
            let share = part.took.saturating_mul(100) / wait.own();
            let text = say!(
                speaker,
                key,
                at = speaker.clock(wait.began),
                asker = asker,
                arrow = arrow,
                peer = peer,
                time = duration(wait.own()),
                share = count(share),
                cause = cause(part.cause, part.side, &wait.ends)
            );
            Some((text, wait.answer))
        };
        waits.iter().take(LONGEST).filter_map(told).collect()
    }
}

/// A sum that no recording makes too large.
fn sum(times: impl Iterator<Item = u64>) -> u64 {
    times.fold(0, u64::saturating_add)
}

/// All waits of one program for another, which last `total` together.
fn pair(speaker: Speaker, waits: &[&Wait], total: u64) -> Pair {
    let ends = &waits[0].ends;
    let of = |asked: Asked| waits.iter().filter(|wait| wait.asked == asked).count();
    let counts = [
        (of(Asked::Answer), "latency-counts-answers"),
        (of(Asked::Connection), "latency-counts-connections"),
    ];
    let counts = counts.into_iter().filter(|(n, _)| *n > 0);
    let counts: Vec<String> = counts.map(|(n, key)| say!(speaker, key, n = count(n))).collect();
    let [asker, peer] = ends;
    let pair = say!(speaker, "latency-pair", asker = asker, peer = peer, time = duration(total));
    let title = say!(speaker, "latency-pair-counts", pair = pair, counts = counts.join(", "));
    // A part of all of them, and the event that shows the longest of its pieces.
    let mut parts: Vec<Part> = Vec::new();
    for part in waits.iter().flat_map(|wait| &wait.parts) {
        let same = |known: &&mut Part| (known.cause, known.side) == (part.cause, part.side);
        match parts.iter_mut().find(same) {
            Some(known) => {
                known.took = known.took.saturating_add(part.took);
                known.inferred |= part.inferred;
                if part.longest > known.longest {
                    (known.longest, known.seen) = (part.longest, part.seen.clone());
                }
            }
            None => parts.push(part.clone()),
        }
    }
    parts.sort_by_key(|part| std::cmp::Reverse(part.took));
    let thousandths = |took: u64| match total {
        0 => 0,
        total => u64::try_from(u128::from(took) * 1_000 / u128::from(total)).unwrap_or(1_000),
    };
    let (told, small): (Vec<Part>, Vec<Part>) =
        parts.into_iter().partition(|part| thousandths(part.took) >= SMALL);
    let row = |part: &Part| {
        let share = thousandths(part.took);
        Row {
            cause: part.cause,
            text: speaker.tell(&cause(part.cause, part.side, ends)),
            time: speaker.duration(part.took),
            share,
            percent: speaker.tenths(share),
            seen: part.seen.as_ref().map_or_else(String::new, |seen| shown(speaker, seen)),
            seq: part.seen.as_ref().map(|seen| seen.seq),
            inferred: part.inferred,
        }
    };
    let mut rows: Vec<Row> = told.iter().map(row).collect();
    let rest = sum(small.iter().map(|part| part.took));
    let known: u64 = rows.iter().map(|row| row.share).sum();
    let left = 1_000_u64.saturating_sub(known);
    if rest > 0 {
        rows.push(Row {
            cause: Cause::Unknown,
            text: say!(speaker, "latency-rest"),
            time: speaker.duration(rest),
            share: left,
            percent: speaker.tenths(left),
            seen: String::new(),
            seq: None,
            inferred: small.iter().any(|part| part.inferred),
        });
    } else if let Some(largest) = rows.first_mut() {
        // What rounding down took from all of them.
        largest.share += left;
        largest.percent = speaker.tenths(largest.share);
    }
    Pair { title, rows }
}

/// The event that shows something.
fn shown(speaker: Speaker, seen: &Seen) -> String {
    let at = speaker.clock(seen.at);
    match (&seen.call, &seen.line) {
        (Some(call), Some(line)) => {
            say!(speaker, "latency-seen-line", call = call, line = line, at = at)
        }
        (Some(call), None) => say!(speaker, "latency-seen-call", call = call, at = at),
        (None, _) => say!(speaker, "latency-seen-frame", at = at),
    }
}

/// What a part of a wait went by with.
fn cause(cause: Cause, side: Option<Side>, ends: &[String; 2]) -> Sentence {
    let who = match side {
        Some(Side::Asker) => ends[0].as_str(),
        Some(Side::Peer) => ends[1].as_str(),
        None => "",
    };
    match cause {
        Cause::Running => sentence!("latency-running", who = who),
        Cause::Processor => sentence!("latency-processor", who = who),
        Cause::Elsewhere => sentence!("latency-elsewhere", who = who),
        Cause::MoreData => sentence!("latency-more-data", who = who),
        Cause::Program => sentence!("latency-program", who = who),
        Cause::Nagle => sentence!("latency-nagle", who = who),
        Cause::DelayedAck => sentence!("latency-delayed-ack", who = who),
        Cause::Cork => sentence!("latency-cork", who = who),
        Cause::Window => sentence!("latency-window", who = who),
        Cause::SendBuffer => sentence!("latency-send-buffer", who = who),
        Cause::Congestion => sentence!("latency-congestion", who = who),
        Cause::Sending => sentence!("latency-sending", who = who),
        Cause::Retransmission => sentence!("latency-retransmission", who = who),
        Cause::AcceptQueue => sentence!("latency-accept-queue", who = who),
        Cause::Network => sentence!("latency-network"),
        Cause::Between => sentence!("latency-between"),
        Cause::OtherEnd => sentence!("latency-other-end", who = who),
        Cause::Unknown => sentence!("latency-unknown"),
    }
}
