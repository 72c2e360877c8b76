//! The difference of two runs: what stands beside what, and where they part first.

use std::collections::BTreeMap;

use socklab_event::{Stream, Timeline};
use socklab_flows::{Flows, Position};
use socklab_say::{Sentence, Speaker};

use crate::align::{Ground, Pair, align};
use crate::form::{About, Deed, Kind, Run, Step, Strand};
use crate::names::Names;
use crate::notes;
use crate::pairing::{self, Side};
use crate::reading;
use crate::words::{Part, Words};

/// Two runs, beside each other.
#[derive(Debug)]
pub struct Comparison {
    /// What was done, in the order of run a.
    pub rows: Vec<Row>,
    /// The row in which the two part first; `None` if nothing is different.
    pub first: Option<usize>,
    /// The events that show what each of the two does there; `None` for one that does nothing more.
    pub parted: [Option<u64>; 2],
    /// That difference, in a sentence.
    pub sentence: Option<String>,
    /// What could not be compared.
    pub notes: Vec<Sentence>,
}

/// What one of the two did, beside what the other did.
#[derive(Clone, Debug)]
pub struct Row {
    /// Who: a command, or a program that it started.
    pub who: String,
    /// On which connection, by its number in run a, or in b for one that only b has.
    pub connection: Option<usize>,
    /// What run a did.
    pub a: Option<Told>,
    /// What run b did.
    pub b: Option<Told>,
    /// True if that is the same.
    pub is_same: bool,
    /// Where in a stream, or in a message, the bytes begin to differ.
    pub byte: Option<u64>,
    key: (u64, u64),
}

/// A deed, in words.
#[derive(Clone, Debug)]
pub struct Told {
    /// The event that shows it.
    pub seq: u64,
    /// How much had been received on the connection before.
    pub received: u64,
    /// How much had been sent.
    pub sent: u64,
    /// What.
    pub text: String,
}

impl Comparison {
    /// Compares two recordings.
    pub fn of(a: &Timeline, b: &Timeline, speaker: Speaker) -> Self {
        let (flows_a, flows_b) = (Flows::of(a), Flows::of(b));
        // In which order an end sends and receives is compared where it is no chance in either run.
        let split = |flows: &Flows<'_>| reading::read(flows, vec![false; flows.connections.len()]);
        let (mut run_a, mut run_b) = (split(&flows_a), split(&flows_b));
        let commands = pairing::commands(a, b);
        let columns: Vec<_> = commands
            .iter()
            .enumerate()
            .filter_map(|(own, other)| Some((&a.header.columns[own], &b.header.columns[(*other)?])))
            .collect();
        let mut names = Names::of(&columns, &run_a.named, &run_b.named);
        let role_a: Vec<usize> = (0..commands.len()).collect();
        let role_b = (0..b.header.columns.len()).map(|own| {
            let paired = commands.iter().position(|other| *other == Some(own));
            paired.unwrap_or(commands.len() + own)
        });
        let role_b: Vec<usize> = role_b.collect();
        let connections = pairing::connections(
            &Side { flows: &flows_a, run: &run_a, role: role_a.clone() },
            &Side { flows: &flows_b, run: &run_b, role: role_b.clone() },
        );
        let (in_a, in_b) = (reading::dialogues(&flows_a), reading::dialogues(&flows_b));
        let (mut both_a, mut both_b) = (vec![false; in_a.len()], vec![false; in_b.len()]);
        for (one, other) in &connections {
            let dialogue = in_a[*one] && in_b[*other];
            (both_a[*one], both_b[*other]) = (dialogue, dialogue);
        }
        run_a = reading::read(&flows_a, both_a);
        run_b = reading::read(&flows_b, both_b);
        let sides = [
            Side { flows: &flows_a, run: &run_a, role: role_a },
            Side { flows: &flows_b, run: &run_b, role: role_b },
        ];
        for (one, other) in &connections {
            let ends = [&flows_a.connections[*one].ends, &flows_b.connections[*other].ends];
            for (one, other) in ends[0].iter().zip(ends[1]) {
                let port =
                    |end: &socklab_flows::End| Some(end.address.as_ref()?.port()?.to_string());
                if let (Some(one), Some(other)) = (port(one), port(other)) {
                    names.pair(&one, &other);
                }
            }
        }
        let comparing = Comparing { sides, names, connections, commands, speaker };
        comparing.compare()
    }
}

struct Comparing<'a, 't> {
    sides: [Side<'a, 't>; 2],
    names: Names,
    connections: Vec<(usize, usize)>,
    commands: Vec<Option<usize>>,
    speaker: Speaker,
}

/// A strand of each run, either of which may be missing, and what is beside what in them.
struct Beside {
    strands: [Option<usize>; 2],
    pairs: Vec<Pair>,
}

impl Comparing<'_, '_> {
    fn run(&self, side: usize) -> &Run {
        self.sides[side].run
    }

    fn compare(&self) -> Comparison {
        let paired = pairing::strands(&self.sides[0], &self.sides[1], &self.connections);
        let mut all: Vec<Beside> = Vec::new();
        for (a, b) in paired.both {
            let (one, other) = (&self.run(0).strands[a], &self.run(1).strands[b]);
            let pairs = align(&one.deeds, &other.deeds, &self.ground(one, Some(other)));
            all.push(Beside { strands: [Some(a), Some(b)], pairs });
        }
        for (side, only) in [paired.only_a, paired.only_b].into_iter().enumerate() {
            for index in only {
                if !self.is_excused(side, index) {
                    all.push(self.alone(side, index));
                }
            }
        }
        if all.iter().all(|one| one.pairs.iter().all(|pair| pair.is_same)) {
            all.extend(self.orders());
        }
        let scale = self.scale(&all);
        let words = Words::of(&self.sides, &self.connections, self.speaker);
        let mut rows: Vec<Row> = Vec::new();
        let mut notes = notes::of_runs(&self.sides);
        // Of what differs in one strand, the first; and how the other goes on there.
        let mut parts: Vec<((u64, u64), Part<'_>)> = Vec::new();
        for beside in &all {
            let deeds = |side: usize| {
                beside.strands[side].map(|index| self.run(side).strands[index].deeds.as_slice())
            };
            let (a, b) = (deeds(0).unwrap_or_default(), deeds(1).unwrap_or_default());
            let strand = beside.strands[0]
                .map(|index| (0, index))
                .or(beside.strands[1].map(|index| (1, index)));
            let Some((side, index)) = strand else { continue };
            let strand = &self.run(side).strands[index];
            let (who, connection) = words.place(side, strand);
            notes.extend(notes::of_room(&who, connection, &beside.pairs, a, b));
            let mut differs = false;
            for (place, pair) in beside.pairs.iter().enumerate() {
                let (one, other) = (pair.a.map(|at| &a[at]), pair.b.map(|at| &b[at]));
                let key = key(one, other, pair, &scale);
                if !pair.is_same && !std::mem::replace(&mut differs, true) {
                    let next =
                        |of: fn(&Pair) -> Option<usize>| beside.pairs[place..].iter().find_map(of);
                    let next_a = next(|pair| pair.a).map(|at| &a[at]);
                    let next_b = next(|pair| pair.b).map(|at| &b[at]);
                    let key = self::key(next_a.or(one), next_b.or(other), pair, &scale).min(key);
                    let part = Part {
                        strands: beside.strands,
                        next: [next_a, next_b],
                        byte: pair.byte,
                        row: rows.len(),
                    };
                    parts.push((key, part));
                }
                // The calls themselves stand in rows of their own.
                if pair.is_same && matches!(strand.about, About::Order) {
                    continue;
                }
                rows.push(Row {
                    who: who.clone(),
                    connection,
                    a: one.map(|deed| words.told(0, deed, pair.byte)),
                    b: other.map(|deed| words.told(1, deed, pair.byte)),
                    is_same: pair.is_same,
                    byte: pair.byte,
                    key,
                });
            }
        }
        let first = parts.into_iter().min_by_key(|(key, part)| (*key, part.row));
        let parted = [0, 1].map(|side| {
            let deed = first.as_ref().and_then(|(_, part)| part.next[side])?;
            Some(self.sides[side].flows.order[deed.at].seq)
        });
        let sentence = first.as_ref().map(|(_, part)| words.first(part));
        let row = first.map(|(_, part)| part.row);
        let mut order: Vec<usize> = (0..rows.len()).collect();
        order.sort_by_key(|index| (rows[*index].key, *index));
        let first = row.and_then(|row| order.iter().position(|index| *index == row));
        let rows = order.iter().map(|index| rows[*index].clone()).collect();
        Comparison { rows, first, parted, sentence, notes }
    }

    fn ground(&self, strand: &Strand, beside: Option<&Strand>) -> Ground<'_> {
        let killed = [strand.is_killed, beside.is_some_and(|beside| beside.is_killed)];
        let other = strand.command.and_then(|command| self.commands.get(command).copied()?);
        let is_open = |side: usize, command: Option<usize>| {
            let run = self.run(side);
            let open = command.is_some_and(|command| run.open.get(command) == Some(&true));
            open || run.limit.is_some()
        };
        let one_by_one = |side: usize, command: Option<usize>| {
            command.is_none_or(|command| self.run(side).sequential.get(command) == Some(&true))
        };
        Ground {
            names: &self.names,
            open: [is_open(0, strand.command) || killed[0], is_open(1, other) || killed[1]],
            any_order: !one_by_one(0, strand.command) || !one_by_one(1, other),
        }
    }

    /// True for what the other run may only not have come to.
    fn is_excused(&self, side: usize, index: usize) -> bool {
        let strand = &self.run(side).strands[index];
        let other = &self.run(1 - side);
        let role = self.sides[side].role_of(strand);
        let command =
            role.and_then(|role| self.sides[1 - side].role.iter().position(|it| *it == role));
        let stopped = command.is_some_and(|command| other.open.get(command) == Some(&true));
        let only_seen = match strand.about {
            About::End { incoming, .. } => incoming,
            About::Output(_) => true,
            _ => strand.deeds.is_empty(),
        };
        other.limit.is_some() || (stopped && only_seen)
    }

    fn alone(&self, side: usize, index: usize) -> Beside {
        let deeds = self.run(side).strands[index].deeds.len();
        let pair = |at: usize| Pair {
            a: (side == 0).then_some(at),
            b: (side == 1).then_some(at),
            byte: None,
            is_same: false,
        };
        let strands = if side == 0 { [Some(index), None] } else { [None, Some(index)] };
        Beside { strands, pairs: (0..deeds).map(pair).collect() }
    }

    /// The orders in which commands serve their connections: what is the same in them, or not.
    fn orders(&self) -> Vec<Beside> {
        let order = |side: usize, command: usize| {
            self.run(side).strands.iter().position(|strand| {
                strand.command == Some(command) && matches!(strand.about, About::Order)
            })
        };
        let mut found = Vec::new();
        for (command, other) in self.commands.iter().enumerate() {
            let Some(other) = *other else { continue };
            let (Some(a), Some(b)) = (order(0, command), order(1, other)) else { continue };
            let (one, two) = (&self.run(0).strands[a].deeds, &self.run(1).strands[b].deeds);
            let to_a: BTreeMap<usize, usize> =
                self.connections.iter().map(|(a, b)| (*b, *a)).collect();
            let begins = |deeds: &[Deed], name: &dyn Fn(usize) -> Option<usize>| {
                let begun = deeds.iter().filter_map(|deed| match deed.kind {
                    Kind::Serves { connection, step: Step::Begins, .. } => Some(name(connection)),
                    _ => None,
                });
                begun.collect::<Vec<Option<usize>>>()
            };
            let in_a = begins(one, &Some);
            let in_b = begins(two, &|connection| to_a.get(&connection).copied());
            // Who came first of several clients is chance. What is done with the first, and when, is not.
            let same_order = in_a == in_b;
            let own = begins(two, &Some);
            let named = |deeds: &[Deed], names: &[Option<usize>], renamed: bool| {
                let deeds = deeds.iter().filter_map(|deed| {
                    let Kind::Serves { connection, step, .. } = deed.kind else { return None };
                    let connection = match (same_order, renamed) {
                        (true, false) => connection,
                        (true, true) => *to_a.get(&connection)?,
                        (false, _) => names.iter().position(|it| *it == Some(connection))?,
                    };
                    (same_order || step != Step::Answers).then(|| {
                        let kind = Kind::Serves { connection, step };
                        Deed { kind, ..deed.clone() }
                    })
                });
                deeds.collect::<Vec<Deed>>()
            };
            let (in_a, in_b) = (named(one, &in_a, false), named(two, &own, true));
            let ground = self.ground(&self.run(0).strands[a], None);
            let pairs = align(&in_a, &in_b, &ground);
            let originals = |deeds: &[Deed], all: &[Deed], at: usize| {
                all.iter().position(|deed| deed.at == deeds[at].at).unwrap_or(at)
            };
            let pairs = pairs.into_iter().map(|pair| Pair {
                a: pair.a.map(|at| originals(&in_a, one, at)),
                b: pair.b.map(|at| originals(&in_b, two, at)),
                ..pair
            });
            found.push(Beside { strands: [Some(a), Some(b)], pairs: pairs.collect() });
        }
        found
    }

    /// For what is the same in both: where it is in b, and in a.
    fn scale(&self, all: &[Beside]) -> Vec<(Position, Position)> {
        let mut scale = Vec::new();
        for beside in all {
            let [Some(a), Some(b)] = beside.strands else { continue };
            let (a, b) = (&self.run(0).strands[a].deeds, &self.run(1).strands[b].deeds);
            for pair in beside.pairs.iter().filter(|pair| pair.is_same) {
                if let (Some(one), Some(other)) = (pair.a, pair.b) {
                    scale.push((b[other].at, a[one].at));
                }
            }
        }
        scale.sort_unstable();
        let mut last = 0;
        for (_, a) in &mut scale {
            last = last.max(*a);
            *a = last;
        }
        scale
    }
}

/// Where a row stands in run a.
fn key(
    a: Option<&Deed>,
    b: Option<&Deed>,
    pair: &Pair,
    scale: &[(Position, Position)],
) -> (u64, u64) {
    let at = |deed: &Deed| match (&deed.kind, pair.byte) {
        (
            Kind::Sends { content, .. } | Kind::Receives { content, .. } | Kind::Prints { content },
            Some(byte),
        ) => content.mover(byte).unwrap_or(deed.at),
        _ => deed.at,
    };
    let in_a = a.map(|deed| 2 * at(deed) as u64);
    let in_b = b.map(|deed| {
        let before = scale.partition_point(|(b, _)| *b < at(deed));
        before.checked_sub(1).map_or(0, |last| 2 * scale[last].1 as u64 + 1)
    });
    let key = match (in_a, in_b) {
        (Some(a), Some(b)) if !pair.is_same => a.min(b),
        (a, b) => a.or(b).unwrap_or(0),
    };
    (key, in_a.or(in_b).unwrap_or(0))
}

/// What a stream is called.
pub(crate) fn stream_name(stream: Stream) -> &'static str {
    match stream {
        Stream::Stdin => "stdin",
        Stream::Stdout => "stdout",
        Stream::Stderr => "stderr",
    }
}
