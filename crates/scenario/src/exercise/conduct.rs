//! What a program did beside the point: things a student should know of, whatever the verdict.

use std::collections::{BTreeMap, BTreeSet};

use socklab_event::{Process, What};

use crate::recording::Recording;

/// Something a program did that is no part of any case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Conduct {
    /// It ended, and processes that it had started ran on. They were ended.
    LeftProcesses {
        /// Who.
        actor: String,
        /// How many.
        count: usize,
    },
    /// It printed more than anybody reads.
    Printed {
        /// Who.
        actor: String,
        /// How much.
        bytes: u64,
    },
}

/// More than this is no message to a person.
const MUCH: u64 = 1_000_000;

/// What there is to say about the programs of a recording.
pub fn conduct(recording: &Recording) -> Vec<Conduct> {
    let mut command_of = BTreeMap::new();
    let mut first = BTreeMap::new();
    let mut living: BTreeMap<u32, BTreeSet<u32>> = BTreeMap::new();
    let mut printed: BTreeMap<u32, u64> = BTreeMap::new();
    for event in &recording.events {
        let What::Process(process) = &event.what else { continue };
        let number = event.place.process;
        match process {
            Process::Start { command, parent, .. } => {
                command_of.insert(number, *command);
                if parent.is_none() {
                    first.insert(*command, number);
                }
                living.entry(*command).or_default().insert(number);
            }
            Process::Exit { .. } => {
                if let Some(command) = command_of.get(&number) {
                    living.entry(*command).or_default().remove(&number);
                }
            }
            Process::Stdio { stream, bytes } if *stream != socklab_event::Stream::Stdin => {
                if let Some(command) = command_of.get(&number) {
                    *printed.entry(*command).or_default() += bytes.total;
                }
            }
            _ => {}
        }
    }
    let actor = |command: &u32| {
        let column = recording.header.columns.get(*command as usize);
        column.map(|column| column.label.clone()).unwrap_or_default()
    };
    let orphans = living.iter().filter(|(command, left)| {
        let program = first.get(command);
        !left.is_empty() && program.is_some_and(|program| !left.contains(program))
    });
    let left = orphans
        .map(|(command, left)| Conduct::LeftProcesses { actor: actor(command), count: left.len() });
    let talkers = printed.iter().filter(|(_, bytes)| **bytes > MUCH);
    let talked =
        talkers.map(|(command, bytes)| Conduct::Printed { actor: actor(command), bytes: *bytes });
    left.chain(talked).collect()
}
