//! Rules at work: each frame that is sent, judged in order.
//!
//! Longer than 400 lines, because all counters of a rule change together.

use std::collections::{HashMap, HashSet};

use serde::{Deserialize, Serialize};
use socklab_event::{Headers, Transport};

use super::chance::is_lost;
use super::change::Change;
use super::count::{Counted, Gate};
use super::decision::{Corruption, Decision, Held, Injected, Towards};
use super::facts::Facts;
use super::reset::{reset, shortened};
use super::rule::{Act, Limit, Meaning, Moment, Origin, Party, Rule};
use super::streams::{Placed, Streams};

/// A frame that is being sent.
#[derive(Clone, Copy, Debug)]
pub struct Passing<'a> {
    /// When, nanoseconds of `CLOCK_MONOTONIC`. Never less than before.
    pub at: u64,
    /// The host that sends it.
    pub from: &'a str,
    /// The host it is meant for; `None` for broadcasts and for addresses that no host has.
    pub to: Option<&'a str>,
    /// The frame from its Ethernet header on.
    pub frame: &'a [u8],
    /// Its headers; `None` if they could not be decoded.
    pub headers: Option<&'a Headers>,
}

/// What one rule did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleCount {
    /// The rule, as its author wrote it.
    pub rule: String,
    /// The frames that it was about while it was in force: of `drop the 2nd SYN`, the SYNs.
    pub seen: u64,
    /// Those among them that it chose.
    pub matched: u64,
    /// True if it was lifted again.
    #[serde(default)]
    pub lifted: bool,
}

/// What a [`Change`] did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Changed {
    /// How many rules were lifted.
    pub lifted: usize,
    /// Frames that those rules kept: they go on now.
    pub released: Vec<Held>,
}

/// What came of time alone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Due {
    /// Frames that were kept long enough: they go on now.
    pub released: Vec<Held>,
    /// Hosts that die now.
    pub deaths: Vec<String>,
}

/// The rules of a wire, with what they have counted.
#[derive(Debug, Default)]
pub struct Rules {
    active: Vec<Active>,
    streams: Streams,
    kept: u64,
}

/// A frame that waits for one behind it waits so long at most: then there will be none.
const MOST_HELD: u64 = 1_000_000_000;
/// More than this does not wait for its turn at a limited rate, as in the queue of a router.
const MOST_QUEUED: u64 = 4_000_000;

/// What of a frame goes on that a connection's end is about.
#[derive(Clone, Copy, Debug)]
enum Passes {
    Whole,
    /// So many bytes of its payload.
    Only(u64),
}

#[derive(Debug)]
struct Active {
    rule: Rule,
    gate: Gate,
    seen: u64,
    matched: u64,
    lifted: bool,
    /// Connections that were reset, by number.
    cut: HashSet<u64>,
    mark: Counted,
    held: Option<(Held, u64)>,
    /// Until when each sender's side of the link is busy.
    busy: HashMap<String, u64>,
    /// True if the rate is for this frame.
    shapes: bool,
    /// True once the host was announced dead.
    announced: bool,
}

impl Rules {
    /// Rules that have seen nothing yet.
    pub fn new(rules: impl IntoIterator<Item = Rule>) -> Self {
        let active = rules.into_iter().map(Active::of).collect();
        Self { active, ..Self::default() }
    }

    /// True if there is no rule in it (any more).
    pub fn is_empty(&self) -> bool {
        self.active.iter().all(|one| one.lifted)
    }

    /// What becomes of a frame. Every frame that is sent must be handed over, once, in order.
    pub fn judge(&mut self, passing: &Passing<'_>) -> Decision {
        let facts = Facts::of(passing, &mut self.streams);
        let mut decision = Decision::default();
        let kept = self.kept;
        for active in self.active.iter_mut().filter(|one| !one.lifted) {
            active.judge(&facts, &mut decision, &mut self.streams, &mut self.kept);
        }
        // A frame that does not arrive neither waits nor takes up a rate.
        for active in self.active.iter_mut().filter(|one| !one.lifted) {
            active.shape(&facts, &mut decision);
        }
        if decision.dropped {
            for active in &mut self.active {
                if active.held.take_if(|(held, _)| held.0 > kept).is_some() {
                    active.matched -= 1;
                }
            }
        } else if let (Some(headers), Some(placed), None) =
            (facts.headers(), &facts.placed, &decision.cut)
        {
            self.streams.let_through(headers, placed);
        }
        decision
    }

    /// What is due by time alone; see [`Rules::next_due`].
    pub fn due(&mut self, now: u64) -> Due {
        let mut due = Due::default();
        for active in self.active.iter_mut().filter(|one| !one.lifted) {
            if let Some((held, _)) = active.held.take_if(|(_, until)| *until <= now) {
                due.released.push(held);
            }
            if active.death_due().is_some_and(|at| at <= now) {
                active.announce(&mut due.deaths);
            }
        }
        due
    }

    /// When [`Rules::due`] has to be asked next, nanoseconds of `CLOCK_MONOTONIC`.
    pub fn next_due(&self) -> Option<u64> {
        let active = self.active.iter().filter(|one| !one.lifted);
        active.flat_map(|one| [one.held.map(|(_, until)| until), one.death_due()]).flatten().min()
    }

    /// When the first of the frames that rules keep is let go.
    pub(crate) fn keeps_until(&self) -> Option<u64> {
        let active = self.active.iter().filter(|one| !one.lifted);
        active.filter_map(|one| one.held.map(|(_, until)| until)).min()
    }

    /// Adds a rule, which begins to count now, or lifts some.
    pub fn change(&mut self, change: &Change) -> Changed {
        let mut changed = Changed::default();
        let lifts = |one: &Active| match change {
            Change::Add(_) => false,
            Change::Lift(rule) => one.rule == *rule,
            Change::LiftAll => true,
            Change::Heal => matches!(one.rule.meaning.act, Act::Partition(..)),
        };
        for active in self.active.iter_mut().filter(|one| !one.lifted) {
            if lifts(active) {
                active.lifted = true;
                changed.lifted += 1;
                changed.released.extend(active.held.take().map(|(held, _)| held));
            }
        }
        if let Change::Add(rule) = change {
            self.active.push(Active::of(rule.clone()));
        }
        changed
    }

    /// True unless a dead host or a partition stands between two hosts at this moment. For frames to
    /// everybody, which [`Rules::judge`] decides about once.
    pub fn reaches(&self, from: &str, to: &str, now: u64) -> bool {
        let active = self.active.iter().filter(|one| !one.lifted);
        !active.filter(|one| one.is_open_at(now)).any(|one| match &one.rule.meaning.act {
            Act::Die(host) => host.is_called(from) || host.is_called(to),
            Act::Partition(one, other) => {
                let between =
                    |one: &Party, other: &Party| one.is_called(from) && other.is_called(to);
                between(one, other) || between(other, one)
            }
            _ => false,
        })
    }

    /// What each rule did, in the order in which they were given.
    pub fn counts(&self) -> Vec<RuleCount> {
        let count = |one: &Active| RuleCount {
            rule: one.rule.text().to_owned(),
            seen: one.seen,
            matched: one.matched,
            lifted: one.lifted,
        };
        self.active.iter().map(count).collect()
    }
}

impl Active {
    fn of(rule: Rule) -> Self {
        Self {
            rule,
            gate: Gate::default(),
            seen: 0,
            matched: 0,
            lifted: false,
            cut: HashSet::new(),
            mark: Counted::default(),
            held: None,
            busy: HashMap::new(),
            shapes: false,
            announced: false,
        }
    }

    fn judge(
        &mut self,
        facts: &Facts<'_>,
        decision: &mut Decision,
        streams: &mut Streams,
        kept: &mut u64,
    ) {
        let open = self.gate.is_open(&self.rule.meaning, facts);
        match &self.rule.meaning.act {
            Act::Die(host) => {
                let concerned = host.sent(facts) || host.is_sent(facts);
                self.cut_off(open && concerned, decision);
                if open || self.gate.start_reached() {
                    self.announce(&mut decision.deaths);
                }
            }
            Act::Partition(one, other) => {
                let between = |one: &Party, other: &Party| one.sent(facts) && other.is_sent(facts);
                let concerned = between(one, other) || between(other, one);
                self.cut_off(open && concerned, decision);
            }
            Act::Reset(_) => self.reset(facts, decision, streams),
            _ => {
                let concerned = open && self.rule.meaning.selection.has(facts);
                self.shapes = concerned;
                if concerned {
                    self.seen += 1;
                    self.act(facts, decision, kept);
                }
            }
        }
    }

    /// True if the rule is in force at a moment, whatever passes.
    fn is_open_at(&self, now: u64) -> bool {
        self.gate.is_open_at(&self.rule.meaning, now)
    }

    fn cut_off(&mut self, concerned: bool, decision: &mut Decision) {
        if concerned {
            self.seen += 1;
            self.matched += 1;
            decision.drop_by(self.rule.text());
        }
    }

    /// What acts on single frames, on one that the rule is about.
    fn act(&mut self, facts: &Facts<'_>, decision: &mut Decision, kept: &mut u64) {
        let Meaning { act, choice, times, .. } = &self.rule.meaning;
        if times.is_some_and(|times| self.matched >= times) || !choice.takes(self.seen) {
            return;
        }
        let text = self.rule.text();
        match act {
            Act::Drop => decision.drop_by(text),
            Act::Lose { millionths, seed } => {
                if !is_lost(*seed, self.seen, *millionths) {
                    return;
                }
                decision.drop_by(text);
            }
            Act::Delay(time) => {
                if !decision.dropped {
                    decision.delay = decision.delay.saturating_add(*time);
                    decision.note("delayed", text);
                }
            }
            Act::Duplicate => {
                if !decision.dropped {
                    decision.copies += 1;
                    decision.note("duplicated", text);
                }
            }
            Act::Corrupt { byte, of, mend } => {
                let start = match of {
                    Origin::Frame => Some(0),
                    Origin::Payload => facts.payload_start(),
                };
                let offset = usize::try_from(byte - 1).ok();
                let offset = start.zip(offset).and_then(|(start, byte)| start.checked_add(byte));
                let Some(offset) = offset.filter(|one| *one < facts.passing.frame.len()) else {
                    return;
                };
                if !decision.dropped {
                    decision.corruptions.push(Corruption { offset, mend: *mend });
                    decision.note("corrupted", text);
                }
            }
            Act::Reorder(first, second) => {
                if self.seen == *first {
                    if !decision.dropped {
                        *kept += 1;
                        let held = Held(*kept);
                        decision.held = Some(held);
                        decision.note("reordered", text);
                        self.held = Some((held, facts.passing.at.saturating_add(MOST_HELD)));
                        self.matched += 1;
                    }
                    return;
                }
                let waiting = if self.seen == *second { self.held.take() } else { None };
                decision.released.extend(waiting.map(|(held, _)| held));
                // One frame was to be moved, and has been counted.
                return;
            }
            // Elsewhere: they count differently.
            Act::Rate(_) | Act::Reset(_) | Act::Die(_) | Act::Partition(..) => return,
        }
        self.matched += 1;
    }

    /// The rate of a link: a frame waits until those before it are through.
    fn shape(&mut self, facts: &Facts<'_>, decision: &mut Decision) {
        let Act::Rate(rate) = self.rule.meaning.act else { return };
        if !self.shapes || decision.dropped {
            return;
        }
        self.matched += 1;
        let nanoseconds = |bytes: u64| u128::from(bytes) * 8_000_000_000 / u128::from(rate);
        let now = facts.passing.at;
        let busy = self.busy.entry(facts.passing.from.to_owned()).or_default();
        let waits = busy.saturating_sub(now);
        if u128::from(waits) > nanoseconds(MOST_QUEUED) {
            decision.drop_by(self.rule.text());
            return;
        }
        let takes =
            u64::try_from(nanoseconds(facts.passing.frame.len() as u64)).unwrap_or(u64::MAX);
        *busy = now.saturating_add(waits).saturating_add(takes);
        decision.delay = decision.delay.saturating_add(waits).saturating_add(takes);
        decision.note("rate_limited", self.rule.text());
    }

    fn reset(&mut self, facts: &Facts<'_>, decision: &mut Decision, streams: &mut Streams) {
        let (Some(headers), Some(placed)) = (facts.headers(), facts.placed) else { return };
        let Meaning { act: Act::Reset(limit), selection, times, .. } = &self.rule.meaning else {
            return;
        };
        if self.cut.contains(&placed.number) {
            self.cut_off(true, decision);
            return;
        }
        let is_over = |times: &u64| u64::try_from(self.cut.len()).is_ok_and(|cut| cut >= *times);
        // What of the frame goes on: all of it, so many bytes, or nothing.
        let passes = match limit {
            Limit::Bytes(size) => {
                if !selection.has(facts) {
                    return;
                }
                self.seen += 1;
                let beyond = placed.end > placed.start
                    && u64::try_from(placed.end).is_ok_and(|end| end > *size);
                if !beyond || times.as_ref().is_some_and(is_over) {
                    return;
                }
                let start = u64::try_from(placed.start).unwrap_or_default();
                Passes::Only(size.saturating_sub(start))
            }
            Limit::Mark(mark) => {
                self.seen += u64::from(mark.of.has(facts));
                if !self.mark.is_it(mark, facts) {
                    return;
                }
                Passes::Whole
            }
        };
        self.matched += 1;
        self.cut.insert(placed.number);
        let first = match passes {
            Passes::Only(bytes) if bytes > 0 && !decision.dropped => {
                usize::try_from(bytes).ok().and_then(|keep| shortened(facts, keep))
            }
            _ => None,
        };
        match (passes, &first) {
            (Passes::Whole, _) if !decision.dropped => streams.let_through(headers, &placed),
            (Passes::Only(bytes), Some(_)) => {
                let end = placed.start.saturating_add(bytes.cast_signed());
                streams.let_through(headers, &Placed { end, occupied_end: end, ..placed });
            }
            _ => {}
        }
        decision.resets.extend(self.resets(facts, streams));
        match (passes, first) {
            (Passes::Whole, _) => {}
            (Passes::Only(_), Some(first)) => {
                decision.cut = Some(first);
                decision.note("cut", self.rule.text());
            }
            (Passes::Only(_), None) => decision.drop_by(self.rule.text()),
        }
    }

    /// One RST to each end.
    fn resets(&self, facts: &Facts<'_>, streams: &mut Streams) -> Vec<Injected> {
        let (Some(headers), Some(placed)) = (facts.headers(), facts.placed) else {
            return Vec::new();
        };
        let Transport::Tcp { sequence, acknowledgement, .. } = headers.transport else {
            return Vec::new();
        };
        let by_source = streams.awaited(headers, placed.answer, true).unwrap_or(acknowledgement);
        let by_receiver = streams.awaited(headers, placed.answer, false).unwrap_or(sequence);
        let injected = |towards, sequence, acknowledgement| {
            let to_source = towards == Towards::Source;
            let frame = reset(facts, to_source, sequence, acknowledgement)?;
            Some(Injected { towards, frame, rule: self.rule.text().to_owned() })
        };
        let both = [
            injected(Towards::Destination, by_receiver, by_source),
            injected(Towards::Source, by_source, by_receiver),
        ];
        both.into_iter().flatten().collect()
    }

    /// When a host dies by time alone.
    fn death_due(&self) -> Option<u64> {
        let meaning = &self.rule.meaning;
        if self.announced || !matches!(meaning.act, Act::Die(_)) {
            return None;
        }
        match &meaning.start {
            None => Some(0),
            Some(Moment::Time(_)) => self.gate.opens_at(meaning),
            Some(Moment::Mark(_)) => None,
        }
    }

    fn announce(&mut self, deaths: &mut Vec<String>) {
        if let Act::Die(host) = &self.rule.meaning.act
            && !std::mem::replace(&mut self.announced, true)
        {
            deaths.push(host.to_string());
        }
    }
}
