//! Columns in the making: commands, and the programs they start.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use socklab_event::{Event, Exit, Process, Timeline, What};
use socklab_flows::{Flows, file_name, program_name};

use super::group::Group;
use super::notable::Notable;
use super::unit::Unit;
use crate::clean::clean;

/// More columns than this and programs begin to share.
const MOST: usize = 14;

/// What makes two processes one column: command, program, command line.
type Key = (Option<u32>, u32, String);

/// What each process is: which command, which program, which process began that program.
struct Life {
    processes: BTreeMap<u32, Being>,
}

struct Being {
    command: Option<u32>,
    /// The process whose start or exec began this program.
    root: u32,
    /// True if it is what the command names, not a program which that has started.
    is_command: bool,
    line: Vec<String>,
}

impl Life {
    fn of(timeline: &Timeline) -> Self {
        let mut processes: BTreeMap<u32, Being> = BTreeMap::new();
        for event in &timeline.events {
            let id = event.place.process;
            match &event.what {
                What::Process(Process::Start { command, parent, argv, .. }) => {
                    let parent = parent.and_then(|parent| processes.get(&parent));
                    let root = parent.map_or(id, |parent| parent.root);
                    let is_command = parent.is_none_or(|parent| parent.is_command);
                    let (command, line) = (Some(*command), argv.clone());
                    processes.insert(id, Being { command, root, is_command, line });
                }
                What::Process(Process::Exec { argv, .. }) => {
                    let being = processes.entry(id).or_insert_with(|| Being::unknown(id));
                    // A child that starts another program is a program of its own.
                    being.is_command &= being.root == id;
                    being.root = id;
                    being.line.clone_from(argv);
                }
                What::Call(_) | What::Process(_) => {
                    processes.entry(id).or_insert_with(|| Being::unknown(id));
                }
                _ => {}
            }
        }
        Self { processes }
    }
}

impl Being {
    fn unknown(id: u32) -> Self {
        Self { command: None, root: id, is_command: true, line: Vec::new() }
    }
}

/// One group for every program that used sockets in a way worth drawing, in the order of the
/// commands.
pub(crate) fn groups(timeline: &Timeline, flows: &Flows<'_>, notable: &Notable) -> Vec<Group> {
    let life = Life::of(timeline);
    let killed = killed(timeline);
    let mut units: Vec<(Unit, Option<String>)> = Vec::new();
    let mut seen = BTreeSet::new();
    for (at, event, _) in flows.calls() {
        let unit = (event.place.process, event.place.thread);
        if (notable.has(at) || killed.contains(&unit.0)) && seen.insert(unit) {
            units.push((unit, event.place.host.clone()));
        }
    }
    // A column can be too much detail: first every program its own, then one per command line,
    // then one per command.
    let by_root = |being: &Being| (being.command, being.root, String::new());
    let by_line = |being: &Being| (being.command, 0, being.line.join(" "));
    let by_command = |being: &Being| (being.command, 0, String::new());
    let mut groups = Vec::new();
    for key in [&by_root as &dyn Fn(&Being) -> _, &by_line, &by_command] {
        groups = grouped(&units, &life, timeline, key);
        if groups.len() <= MOST {
            break;
        }
    }
    quiet_commands(&mut groups, timeline, &life);
    groups.sort_by_key(|group| group.command.unwrap_or(u32::MAX));
    groups
}

/// The processes that a signal ended: whatever they did, that is worth a row.
fn killed(timeline: &Timeline) -> HashSet<u32> {
    let killed = |event: &&Event| {
        matches!(event.what, What::Process(Process::Exit { status: Exit::Signal(_) }))
    };
    timeline.events.iter().filter(killed).map(|event| event.place.process).collect()
}

fn grouped(
    units: &[(Unit, Option<String>)],
    life: &Life,
    timeline: &Timeline,
    key: &dyn Fn(&Being) -> Key,
) -> Vec<Group> {
    let mut index: HashMap<Key, usize> = HashMap::new();
    let mut groups: Vec<Group> = Vec::new();
    for (unit, host) in units {
        let Some(being) = life.processes.get(&unit.0) else { continue };
        let at = *index.entry(key(being)).or_insert_with(|| {
            groups.push(named(timeline, being, unit.0, host.clone()));
            groups.len() - 1
        });
        groups[at].units.push(*unit);
    }
    groups
}

fn named(timeline: &Timeline, being: &Being, process: u32, host: Option<String>) -> Group {
    let column = being.command.and_then(|command| timeline.header.columns.get(command as usize));
    let line = clean(&command_line(&being.line));
    let label = column.filter(|_| being.is_command).map_or("", |column| column.label.as_str());
    let mut name = clean(&program_name(label, &being.line));
    if name.is_empty() {
        name = format!("#{process}");
    }
    Group {
        command: being.command,
        name,
        line,
        host: host.map(|host| clean(&host)),
        units: Vec::new(),
        root: Some(process),
        side: None,
        serves: BTreeSet::new(),
        connects: 0,
        accepts: 0,
    }
}

/// As a person would type it: the program without its folder.
fn command_line(argv: &[String]) -> String {
    let word = |(index, word): (usize, &String)| match word {
        _ if index == 0 => file_name(word).to_owned(),
        // A long path says most at its end.
        _ if word.contains('/') && !word.contains(' ') && word.len() > 24 => {
            format!("…/{}", file_name(word))
        }
        _ => word.clone(),
    };
    argv.iter().enumerate().map(word).collect::<Vec<_>>().join(" ")
}

/// A command that made no call on a socket still has its column; a shell whose children made
/// them all does not.
fn quiet_commands(groups: &mut Vec<Group>, timeline: &Timeline, life: &Life) {
    for (process, being) in &life.processes {
        let Some(command) = being.command.filter(|_| being.root == *process) else { continue };
        let known = groups.iter().any(|group| group.command == Some(command));
        if !known && groups.len() < MOST {
            let mut group = named(timeline, being, *process, None);
            group.units.push((*process, *process));
            groups.push(group);
        }
    }
    // The first thread of a process also lives, prints and dies.
    for group in groups {
        for process in group.units.iter().map(|unit| unit.0).collect::<BTreeSet<_>>() {
            if !group.units.contains(&(process, process)) {
                group.units.push((process, process));
            }
        }
    }
}
