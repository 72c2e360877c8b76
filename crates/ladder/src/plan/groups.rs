//! Groups processes into columns: the commands, and the programs they start.

use socklab_say::clean;
use std::collections::{BTreeSet, HashMap, HashSet};

use socklab_event::Exit;
use socklab_flows::{Flows, RecordedProcess, file_name};

use super::group::Group;
use super::notable::Notable;
use super::unit::Unit;

/// The maximum number of columns before programs share one.
const MOST: usize = 14;

/// Processes with equal keys share a column: command, program, command line.
type Key = (Option<u32>, u32, String);

/// One group per program that made calls worth drawing, in the order of the commands.
pub(crate) fn groups(flows: &Flows<'_>, notable: &Notable) -> Vec<Group> {
    let killed = killed(flows);
    let mut units: Vec<(Unit, Option<String>)> = Vec::new();
    let mut seen = BTreeSet::new();
    for (at, event, _) in flows.calls() {
        let unit = (event.place.process, event.place.thread);
        if (notable.has(at) || killed.contains(&unit.0)) && seen.insert(unit) {
            units.push((unit, event.place.host.as_deref().map(str::to_owned)));
        }
    }
    // If there are too many columns, share them: try one per program, then one per command line,
    // then one per command.
    let by_root = |process: &RecordedProcess<'_>| (process.command, process.root, String::new());
    let by_line = |process: &RecordedProcess<'_>| (process.command, 0, process.argv.join(" "));
    let by_command = |process: &RecordedProcess<'_>| (process.command, 0, String::new());
    let mut groups = Vec::new();
    for key in [&by_root as &dyn Fn(&RecordedProcess<'_>) -> _, &by_line, &by_command] {
        groups = grouped(&units, flows, key);
        if groups.len() <= MOST {
            break;
        }
    }
    quiet_commands(&mut groups, flows);
    tell_apart(&mut groups);
    groups.sort_by_key(|group| group.command.unwrap_or(u32::MAX));
    groups
}

/// Shows the whole command line where shortening its paths made different ones equal.
fn tell_apart(groups: &mut [Group]) {
    let mut wholes: HashMap<String, BTreeSet<String>> = HashMap::new();
    for group in groups.iter() {
        wholes.entry(group.line.clone()).or_default().insert(group.whole.clone());
    }
    for group in groups.iter_mut().filter(|group| wholes[&group.line].len() > 1) {
        group.line.clone_from(&group.whole);
    }
}

/// The processes killed by a signal, which is always worth a row; unless the recorder ended them.
fn killed(flows: &Flows<'_>) -> HashSet<u32> {
    let killed = flows.processes.iter().filter(|process| {
        matches!(process.exit, Some(Exit::Signal(_))) && process.killed_by_recorder().is_none()
    });
    killed.map(|process| process.id).collect()
}

fn grouped(
    units: &[(Unit, Option<String>)],
    flows: &Flows<'_>,
    key: &dyn Fn(&RecordedProcess<'_>) -> Key,
) -> Vec<Group> {
    let mut index: HashMap<Key, usize> = HashMap::new();
    let mut groups: Vec<Group> = Vec::new();
    for (unit, host) in units {
        let Some(process) = flows.process(unit.0) else { continue };
        let at = *index.entry(key(process)).or_insert_with(|| {
            groups.push(named(process, host.clone()));
            groups.len() - 1
        });
        groups[at].units.push(*unit);
    }
    groups
}

fn named(process: &RecordedProcess<'_>, host: Option<String>) -> Group {
    Group {
        command: process.command,
        name: clean(&process.name()),
        line: clean(&command_line(process.argv)),
        whole: clean(&process.argv.iter().map(|word| typed(word)).collect::<Vec<_>>().join(" ")),
        host: host.map(|host| clean(&host)),
        units: Vec::new(),
        root: Some(process.id),
        side: None,
        serves: BTreeSet::new(),
        connects: 0,
        accepts: 0,
    }
}

/// The command line as a person would type it, without the program's directory.
fn command_line(argv: &[String]) -> String {
    let word = |(index, word): (usize, &String)| match word {
        _ if index == 0 => file_name(word).to_owned(),
        // Keep the end of a long path, which is the most telling part.
        // Of a URL, the host is as telling.
        _ if word.contains("://") => word.clone(),
        _ if word.contains('/') && !word.contains(' ') && word.len() > 24 => {
            format!("…/{}", file_name(word))
        }
        _ => typed(word).to_owned(),
    };
    argv.iter().enumerate().map(word).collect::<Vec<_>>().join(" ")
}

/// A word as it has to be typed to be one: an empty one needs its quotes.
fn typed(word: &str) -> &str {
    if word.is_empty() { "''" } else { word }
}

/// Adds a column for each command that made no call on a socket, unless its children did, as with a
/// shell.
fn quiet_commands(groups: &mut Vec<Group>, flows: &Flows<'_>) {
    for process in &flows.processes {
        let Some(command) = process.command.filter(|_| process.root == process.id) else {
            continue;
        };
        let known = groups.iter().any(|group| group.command == Some(command));
        if !known && groups.len() < MOST {
            let mut group = named(process, None);
            group.units.push((process.id, process.id));
            groups.push(group);
        }
    }
    // Output and exit are events of a process's first thread, so it needs a column too.
    for group in groups {
        for process in group.units.iter().map(|unit| unit.0).collect::<BTreeSet<_>>() {
            if !group.units.contains(&(process, process)) {
                group.units.push((process, process));
            }
        }
    }
}
