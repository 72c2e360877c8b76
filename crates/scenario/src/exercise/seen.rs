//! What a program tried besides its task, over all cases; and what a file made its compiler need.

use std::collections::HashMap;

use rustix::system::uname;
use socklab_event::{Process, Resource};
use socklab_judge::{Offered, Sighting, SightingKind, sightings};

use super::build::BuildError;
use super::check::{CaseReport, Report};
use super::conduct::{Conduct, conduct};
use crate::recording::{LimitReached, NamesUsed, Recording, Trouble};
use socklab_lab::Reached;

/// Something that was seen of a program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// The first case in which it was; empty for the compiler.
    pub case: String,
    /// What, and how often in all cases.
    pub sighting: Sighting,
}

impl Report<'_> {
    /// What the program tried that is not its business, and which limits it reached. Events are those of
    /// the first case.
    pub fn sightings(&self) -> Vec<Seen> {
        let mut all: Vec<Seen> = Vec::new();
        for done in &self.cases {
            for sighting in done.sightings() {
                let same = |seen: &&mut Seen| {
                    (seen.sighting.kind, &seen.sighting.object) == (sighting.kind, &sighting.object)
                };
                match all.iter_mut().find(same) {
                    Some(seen) => {
                        seen.sighting.times = seen.sighting.times.saturating_add(sighting.times);
                    }
                    None => all.push(Seen { case: done.case.name.clone(), sighting }),
                }
            }
        }
        all
    }
}

impl CaseReport<'_> {
    /// What the program tried in this case.
    pub fn sightings(&self) -> Vec<Sighting> {
        let Some(recording) = &self.recording else { return Vec::new() };
        let ours: Vec<&str> = self.runs().map(|(actor, _)| actor).collect();
        let columns = &recording.header.columns;
        let mut command_of = HashMap::new();
        for event in &recording.events {
            if let Some(Process::Start { command, .. }) = event.process() {
                command_of.insert(event.place.process, *command as usize);
            }
        }
        let is_watched = |process| {
            let column = command_of.get(&process).and_then(|command| columns.get(*command));
            column.is_some_and(|column| ours.contains(&column.label.as_str()))
        };
        let offered = self.offered(recording);
        let mut all = sightings(&recording.events, is_watched, offered.as_ref());
        // The recording may have been over when it was reached.
        if let Some(Trouble::Limit { limit, .. }) = &self.verdict.trouble {
            let told = of_limit(*limit);
            if !all.iter().any(|one| one.kind == told.kind) {
                all.push(told);
            }
        }
        let left = conduct(recording).into_iter().filter_map(|one| match one {
            Conduct::LeftProcesses { actor, count } if ours.contains(&actor.as_str()) => {
                let object = count.to_string();
                let kind = SightingKind::LeftProcesses;
                Some(Sighting { kind, object, times: 1, evidence: Vec::new() })
            }
            _ => None,
        });
        all.extend(left);
        all
    }

    /// What the place has, if it has an address for every name.
    fn offered(&self, recording: &Recording) -> Option<Offered> {
        let scenario = &self.case.scenario;
        let answers = matches!(recording.names, NamesUsed::Place) && !scenario.names.internet;
        let names = &scenario.names;
        let own = [&scenario.host, &recording.variables.host];
        let known = names.addresses.keys().chain(names.dns.keys()).chain(&names.unknown);
        answers.then(|| Offered {
            names: known.chain(own).cloned().collect(),
            machine: uname().nodename().to_string_lossy().into_owned(),
            ports: vec![scenario.port, recording.variables.port],
        })
    }
}

fn of_limit(limit: LimitReached) -> Sighting {
    let (of, most) = limit.resource();
    Sighting::of_limit(of, most)
}

impl BuildError {
    /// The limit that the compiler reached, if that is what is wrong with the file.
    pub fn sighting(&self) -> Option<Sighting> {
        let Self::Limit { reached, .. } = self else { return None };
        let time = |time: &std::time::Duration| u64::try_from(time.as_nanos()).unwrap_or(u64::MAX);
        let (of, most) = match reached {
            Reached::Memory(most) => (Resource::Memory, *most),
            Reached::Processes(most) => (Resource::Processes, *most),
            Reached::Written(most) => (Resource::FileSize, *most),
            Reached::Processor(most) | Reached::Total(most) => (Resource::Processor, time(most)),
            // It waited, and needed nothing.
            _ => return None,
        };
        Some(Sighting::of_limit(of, most))
    }
}
