//! How often each program made each call, and how long that took.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};

use socklab_event::{Name, Outcome};
use socklab_flows::Flows;
use socklab_say::clean;

use crate::model::{CallCount, Program};

pub(crate) fn of(flows: &Flows<'_>) -> Vec<Program> {
    let mut programs: Vec<Program> = Vec::new();
    let mut by_name: HashMap<String, usize> = HashMap::new();
    let program_of: Vec<usize> = flows
        .processes
        .iter()
        .map(|process| {
            let name = clean(&process.name());
            *by_name.entry(name.clone()).or_insert_with(|| {
                programs.push(Program { name, ..Program::default() });
                programs.len() - 1
            })
        })
        .collect();
    let mut counts: Vec<BTreeMap<&Name, CallCount>> = vec![BTreeMap::new(); programs.len()];
    let mut calls = vec![false; flows.processes.len()];
    for (at, _, call) in flows.calls().filter(|(.., call)| !call.implicit) {
        let Some(process) = flows.process_at(at) else { continue };
        let new =
            || CallCount { name: call.name.clone(), calls: 0, errors: 0, unfinished: 0, time: 0 };
        let program = program_of[process];
        if !std::mem::replace(&mut calls[process], true) {
            programs[program].processes.push(flows.processes[process].id);
        }
        let count = counts[program].entry(&call.name).or_insert_with(new);
        count.calls += 1;
        count.errors += u64::from(call.error().is_some());
        count.unfinished += u64::from(call.outcome == Outcome::Unfinished);
        count.time = count.time.saturating_add(call.took());
    }
    for (program, counts) in programs.iter_mut().zip(counts) {
        program.calls = counts.into_values().collect();
        sort(&mut program.calls);
    }
    programs.retain(|program| !program.calls.is_empty());
    programs
}

/// The same for programs whose names are one name in another way.
pub(crate) fn merged(programs: &[Program], name: impl Fn(&str) -> String) -> Vec<Program> {
    let mut merged: Vec<Program> = Vec::new();
    let mut by_name: HashMap<String, usize> = HashMap::new();
    for program in programs {
        let name = name(&program.name);
        let index = *by_name.entry(name.clone()).or_insert_with(|| {
            merged.push(Program { name, ..Program::default() });
            merged.len() - 1
        });
        let into = &mut merged[index];
        into.processes.extend(&program.processes);
        for one in &program.calls {
            match into.calls.iter_mut().find(|known| known.name == one.name) {
                None => into.calls.push(one.clone()),
                Some(known) => {
                    known.calls += one.calls;
                    known.errors += one.errors;
                    known.unfinished += one.unfinished;
                    known.time = known.time.saturating_add(one.time);
                }
            }
        }
    }
    merged.iter_mut().for_each(|program| sort(&mut program.calls));
    merged
}

/// Those that took longest in all come first.
fn sort(calls: &mut [CallCount]) {
    calls.sort_by_key(|one| (Reverse(one.time), Reverse(one.calls)));
}
