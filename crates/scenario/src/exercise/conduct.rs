//! Side effects of a program that no case is about, but that its author should know of.

use std::collections::{BTreeMap, BTreeSet};

use socklab_event::{Args, Call, Errno, Process, What};

use crate::recording::Recording;

/// Something that a program did that no case is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Conduct {
    /// It ended while processes that it had started were still running. They were killed.
    LeftProcesses {
        /// Whose program.
        actor: String,
        /// How many processes.
        count: usize,
    },
    /// It asked again and again for something that had not happened, without a pause.
    Polled {
        /// Whose program.
        actor: String,
        /// How many calls were in vain.
        calls: u64,
    },
    /// It printed more than anyone would read.
    Printed {
        /// Whose program.
        actor: String,
        /// How many bytes.
        bytes: u64,
    },
}

/// The most bytes of output that someone might read.
const MUCH: u64 = 1_000_000;

/// A program that asks in vain more often than this, and on average again within [`PAUSE`], does
/// not pause in between.
const VAIN: u64 = 500;
/// In nanoseconds.
const PAUSE: u64 = 1_000_000;

/// What the programs of a recording did that no case is about.
pub fn conduct(recording: &Recording) -> Vec<Conduct> {
    let mut command_of = BTreeMap::new();
    let mut first = BTreeMap::new();
    let mut living: BTreeMap<u32, BTreeSet<u32>> = BTreeMap::new();
    let mut printed: BTreeMap<u32, u64> = BTreeMap::new();
    // Calls in vain: how many, and for how long.
    let mut vain: BTreeMap<u32, (u64, u64, u64)> = BTreeMap::new();
    // Scripted peers have no command line.
    let is_peer = |command: u32| {
        let column = recording.header.columns.get(command as usize);
        column.is_some_and(|column| column.argv.is_empty())
    };
    for event in &recording.events {
        if let (Some(call), Some(command)) = (event.call(), command_of.get(&event.place.process))
            && is_in_vain(call)
        {
            let (calls, first, last) = vain.entry(*command).or_insert((0, call.began, 0));
            *calls += 1;
            (*first, *last) = ((*first).min(call.began), (*last).max(call.ended));
        }
        let What::Process(process) = &event.what else { continue };
        let number = event.place.process;
        match &**process {
            Process::Start { command, .. } if is_peer(*command) => {}
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
    let printers = printed.iter().filter(|(_, bytes)| **bytes > MUCH);
    let printed_much =
        printers.map(|(command, bytes)| Conduct::Printed { actor: actor(command), bytes: *bytes });
    let restless = vain.iter().filter(|(_, (calls, first, last))| {
        *calls > VAIN && last.saturating_sub(*first) / calls < PAUSE
    });
    let polled = restless
        .map(|(command, (calls, ..))| Conduct::Polled { actor: actor(command), calls: *calls });
    left.chain(printed_much).chain(polled).collect()
}

/// True for a call that did not wait, and got nothing.
fn is_in_vain(call: &Call) -> bool {
    match &call.args {
        Args::Poll { timeout: Some(0), .. } | Args::EpollWait { timeout: Some(0), .. } => {
            call.value() == Some(0)
        }
        _ => call.error().is_some_and(Errno::is_not_now),
    }
}
