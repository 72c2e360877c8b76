//! Name look-ups: all conversations with name servers about one name are one block of few rows. A row
//! stands for what happened without a wait in between: what was asked, and what came back.

use std::collections::{BTreeMap, HashMap};

use socklab_event::{Call, Endpoint, Errno, Process};
use socklab_flows::{Answer, Flows, Lookup, NumberMap, NumberSet, Position, question};

use super::unit::Unit;

/// A name and the type of record wanted, as a name server is asked for them.
pub(crate) type Asked = (String, String);

/// All that a thread did, one after the other, to look up a name.
#[derive(Debug, Default)]
pub(crate) struct Block {
    /// Its rows, in order.
    pub(crate) steps: Vec<Step>,
}

/// A row of a look-up.
#[derive(Debug)]
pub(crate) struct Step {
    /// The call beside which it stands: its first, or of a wait in vain the last.
    pub(crate) at: Position,
    /// When it begins and ends, nanoseconds of `CLOCK_MONOTONIC`.
    pub(crate) began: u64,
    pub(crate) ended: u64,
    /// What it asks for the first time.
    pub(crate) asks: Vec<Asked>,
    /// What it asks again.
    pub(crate) again: Vec<Asked>,
    /// The name server, if the steps before asked none or another one.
    pub(crate) server: Option<Endpoint>,
    /// True if it asks by TCP, and the steps before did not.
    pub(crate) by_stream: bool,
    /// What came back; without an answer if too little of it was recorded.
    pub(crate) answers: Vec<(Asked, Option<Answer>)>,
    /// What had got no answer when it began, and since when the program had waited. In the last step,
    /// what never got one.
    pub(crate) unanswered: Vec<Asked>,
    pub(crate) since: u64,
    /// True if nothing was asked in the whole block but what is unanswered.
    pub(crate) all_unanswered: bool,
    /// Why not, if a call on the socket said so.
    pub(crate) error: Option<Errno>,
    /// The packets to which something happened on their way: each with what it asks or answers, and
    /// true if it asks.
    pub(crate) packets: Vec<(Position, Option<Asked>, bool)>,
    /// All of its events.
    pub(crate) events: Vec<Position>,
}

impl Step {
    fn at(at: Position, began: u64) -> Self {
        Self {
            at,
            began,
            ended: began,
            asks: Vec::new(),
            again: Vec::new(),
            server: None,
            by_stream: false,
            answers: Vec::new(),
            unanswered: Vec::new(),
            since: began,
            all_unanswered: false,
            error: None,
            packets: Vec::new(),
            events: Vec::new(),
        }
    }

    /// True if a program waited in vain for its whole length: it has nothing else to say.
    pub(crate) fn only_waits(&self) -> bool {
        self.asks.is_empty() && self.again.is_empty() && self.answers.is_empty()
    }
}

/// The blocks of a drawing, and where their rows are.
#[derive(Debug, Default)]
pub(crate) struct Lookups {
    pub(crate) blocks: Vec<Block>,
    /// The block and the step that stands beside each call.
    pub(crate) rows: NumberMap<Position, (usize, usize)>,
    /// All calls of look-ups.
    pub(crate) calls: NumberSet<Position>,
}

/// Something that happened in a look-up.
enum Happens<'l> {
    Asks(Asked, &'l Lookup),
    Answers(Asked, Option<&'l Answer>),
}

impl Lookups {
    /// The step that stands beside a call.
    pub(crate) fn step(&self, at: Position) -> Option<&Step> {
        let (block, step) = *self.rows.get(&at)?;
        self.blocks[block].steps.get(step)
    }

    /// Adds the rows of these look-ups. `tells` is true for other events that get a row: what happens
    /// after one is another look-up. What follows within `soon` nanoseconds is in the same row.
    pub(crate) fn lay_out(
        &mut self,
        flows: &Flows<'_>,
        drawn: &[usize],
        tells: &dyn Fn(Position) -> bool,
        soon: u64,
    ) {
        for lookups in blocks(flows, drawn, tells) {
            let steps = steps(flows, &lookups, soon);
            let block = self.blocks.len();
            let rows = steps.iter().enumerate().map(|(index, step)| (step.at, (block, index)));
            self.rows.extend(rows);
            self.blocks.push(Block { steps });
        }
    }
}

/// Which look-ups belong together: those of one thread about one name, unless it did something else in
/// between.
fn blocks<'l>(
    flows: &'l Flows<'_>,
    drawn: &[usize],
    tells: &dyn Fn(Position) -> bool,
) -> Vec<Vec<&'l Lookup>> {
    let unit = |at: Position| {
        let place = &flows.order[at].place;
        (place.process, place.thread)
    };
    let mut by_unit: BTreeMap<Unit, Vec<&Lookup>> = BTreeMap::new();
    for lookup in drawn.iter().map(|index| &flows.lookups[*index]) {
        if let Some(first) = lookup.calls.first() {
            by_unit.entry(unit(*first)).or_default().push(lookup);
        }
    }
    let mut others: HashMap<Unit, Vec<Position>> = HashMap::new();
    for (at, event) in flows.order.iter().enumerate() {
        let speaks = matches!(event.process(), Some(Process::Stdio { .. }));
        if (speaks || tells(at))
            && let Some(unit) = Some(unit(at)).filter(|unit| by_unit.contains_key(unit))
        {
            others.entry(unit).or_default().push(at);
        }
    }
    let mut blocks = Vec::new();
    for (unit, mut lookups) in by_unit {
        lookups.sort_by_key(|lookup| lookup.calls.first().copied());
        let others = others.get(&unit).map_or(&[][..], Vec::as_slice);
        let mut block: Vec<&Lookup> = Vec::new();
        for lookup in lookups {
            let joins = block.last().is_some_and(|last| {
                let from = last.calls.last().copied().unwrap_or_default();
                let to = lookup.calls.first().copied().unwrap_or_default();
                let between = others[others.partition_point(|at| *at < from)..].first();
                let alike =
                    |name: &String| last.names.iter().any(|other| other.eq_ignore_ascii_case(name));
                between.is_none_or(|at| *at > to) && lookup.names.iter().any(alike)
            });
            if !joins && !block.is_empty() {
                blocks.push(std::mem::take(&mut block));
            }
            block.push(lookup);
        }
        blocks.push(block);
    }
    blocks
}

fn steps(flows: &Flows<'_>, lookups: &[&Lookup], soon: u64) -> Vec<Step> {
    let mut walk =
        Walk { flows, steps: Vec::new(), open: BTreeMap::new(), known: Vec::new(), soon };
    let mut happened: Vec<(Position, Happens<'_>)> = Vec::new();
    for lookup in lookups {
        for one in &lookup.questions {
            // Case does not matter in names.
            let asked = (one.name.to_ascii_lowercase(), one.kind.to_string());
            let asks = one.asked.iter().map(|at| (*at, Happens::Asks(asked.clone(), lookup)));
            happened.extend(asks);
            let answers = one.answers.iter();
            happened.extend(
                answers.map(|(at, answer)| (*at, Happens::Answers(asked.clone(), answer.as_ref()))),
            );
        }
    }
    happened.sort_by_key(|(at, _)| *at);
    let mut server = None;
    let mut by_stream = false;
    for (at, happens) in happened {
        let Some(call) = flows.call(at) else { continue };
        match happens {
            Happens::Asks(asked, lookup) => {
                let step = walk.asks(at, call, asked);
                if server != Some(&lookup.server) {
                    server = Some(&lookup.server);
                    step.server = Some(lookup.server.clone());
                }
                step.by_stream |= lookup.by_stream && !by_stream;
                by_stream |= lookup.by_stream;
            }
            Happens::Answers(asked, answer) => walk.answers(at, call, asked, answer.cloned()),
        }
    }
    let calls = || lookups.iter().flat_map(|one| one.calls.iter().chain(&one.waits)).copied();
    walk.ends(calls().max());
    let mut steps = walk.steps;
    for at in calls() {
        let Some(call) = flows.call(at) else { continue };
        let Some(step) = step_at(&mut steps, call.began) else { continue };
        step.events.push(at);
        let waited_in_vain = [Errno::EAGAIN, Errno::EINTR, Errno::EINPROGRESS];
        let error = call.error().filter(|error| !waited_in_vain.contains(error));
        step.error = step.error.or(error);
    }
    for lookup in lookups {
        let refused = lookup.refused.and_then(|at| flows.call(at));
        if let Some(step) = refused.and_then(|call| step_at(&mut steps, call.began)) {
            step.error = step.error.or(Some(Errno::ECONNREFUSED));
        }
        packets(flows, lookup, &mut steps);
    }
    for step in &mut steps {
        step.events.sort_unstable();
    }
    steps
}

/// The step in which something happened at a time.
fn step_at(steps: &mut [Step], time: u64) -> Option<&mut Step> {
    let after = steps.iter().position(|step| !step.only_waits() && step.began > time);
    let last = steps.len().checked_sub(1)?;
    steps.get_mut(after.map_or(last, |after| after.saturating_sub(1)))
}

/// Adds the packets of a look-up to the steps in which they were sent.
fn packets(flows: &Flows<'_>, lookup: &Lookup, steps: &mut [Step]) {
    let conversations = flows.ties.conversations.iter();
    for conversation in conversations.filter(|one| one.sockets.contains(&Some(lookup.socket))) {
        for at in conversation.frames.iter().copied() {
            let event = flows.order[at];
            let Some(frame) = event.frame() else { continue };
            let Some(tie) = flows.ties.of(at) else { continue };
            let Some(step) = step_at(steps, event.at) else { continue };
            let payload = frame.headers.as_ref().map(|headers| &headers.payload);
            let about = payload.and_then(|payload| question(payload.moved()));
            let about = about.map(|(name, kind)| (name.to_ascii_lowercase(), kind.to_string()));
            let asks = conversation.sockets.get(tie.side) == Some(&Some(lookup.socket));
            step.events.push(at);
            if !matches!(frame.fate, socklab_event::Fate::Delivered { .. }) {
                step.packets.push((at, about, asks));
            }
        }
    }
}

/// A look-up, followed from event to event.
struct Walk<'a, 't> {
    flows: &'a Flows<'t>,
    steps: Vec<Step>,
    /// What has been asked and not answered, and since when.
    open: BTreeMap<Asked, u64>,
    /// All that has been asked.
    known: Vec<Asked>,
    soon: u64,
}

impl Walk<'_, '_> {
    fn asks(&mut self, at: Position, call: &Call, asked: Asked) -> &mut Step {
        let again = self.known.contains(&asked);
        let joins = self.steps.last().is_some_and(|step| {
            let twice = step.asks.contains(&asked) || step.again.contains(&asked);
            !twice && call.began.saturating_sub(step.ended) < self.soon
        });
        if !joins {
            let step = self.next(at, call.began);
            self.steps.push(step);
        }
        self.open.insert(asked.clone(), call.began);
        if !again {
            self.known.push(asked.clone());
        }
        let last = self.steps.len() - 1;
        let step = &mut self.steps[last];
        step.ended = step.ended.max(call.ended);
        if again {
            step.again.push(asked);
        } else {
            step.asks.push(asked);
        }
        step
    }

    fn answers(&mut self, at: Position, call: &Call, asked: Asked, answer: Option<Answer>) {
        self.open.remove(&asked);
        let joins = self.steps.last();
        if joins.is_none_or(|step| call.ended.saturating_sub(step.ended) >= self.soon) {
            let mut step = self.next(at, call.began);
            // It waited for this one.
            step.unanswered.clear();
            self.steps.push(step);
        }
        if let Some(step) = self.steps.last_mut() {
            step.ended = step.ended.max(call.ended);
            step.answers.push((asked, answer));
        }
    }

    /// A new step, with what is unanswered when it begins.
    fn next(&self, at: Position, began: u64) -> Step {
        let mut step = Step::at(at, began);
        step.since = self.open.values().min().copied().unwrap_or(began);
        step.unanswered = self.open.keys().cloned().collect();
        step.all_unanswered = self.open.len() == self.known.len();
        step
    }

    /// The end of the look-up: what has got no answer then never gets one.
    fn ends(&mut self, last: Option<Position>) {
        let Some(call) = last.and_then(|last| self.flows.call(last)) else { return };
        let (Some(last), false) = (last, self.open.is_empty()) else { return };
        let ended = call.ended.max(call.began);
        let waits = self.next(last, ended);
        let waited = ended.saturating_sub(waits.since) >= self.soon;
        match self.steps.last_mut() {
            Some(step) if step.at >= last || !waited => {
                // Nobody waited for it, or it is the same call.
                if step.unanswered.is_empty() {
                    step.unanswered = waits.unanswered;
                    step.all_unanswered = waits.all_unanswered;
                    step.since = ended;
                }
            }
            _ => self.steps.push(waits),
        }
    }
}
