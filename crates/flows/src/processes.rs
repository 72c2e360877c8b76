//! Which command each process belongs to, and its display name.

use crate::numbers::NumberMap;
use socklab_event::{Column, Event, Exit, Process, Signal, Timeline, What};

use crate::names::program_name;

/// A process of the recording, from its start to its end. A reused process id counts as another
/// process.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RecordedProcess<'t> {
    /// Process id.
    pub id: u32,
    /// The command it is or descends from, as an index into the header's columns; `None` if its
    /// start was not recorded.
    pub command: Option<u32>,
    /// The process whose start or `exec` began the program that runs in this one: itself, or the
    /// ancestor that forked it.
    pub root: u32,
    /// True if it runs the command itself, and not a program that the command has started.
    pub is_command: bool,
    /// The arguments of the last program it ran.
    pub argv: &'t [String],
    /// How it ended, if that was recorded.
    pub exit: Option<Exit>,
    /// The last signal with which the recorder tried to end it.
    pub ended_by_recorder: Option<Signal>,
    column: Option<&'t Column>,
}

impl<'t> RecordedProcess<'t> {
    /// The signal of the recorder that ended it; `None` if it ended otherwise, though perhaps because
    /// of such a signal.
    pub fn killed_by_recorder(&self) -> Option<Signal> {
        self.ended_by_recorder.filter(|signal| self.exit == Some(Exit::Signal(*signal)))
    }

    fn unknown(id: u32) -> Self {
        Self {
            command: None,
            root: id,
            is_command: true,
            argv: &[],
            exit: None,
            ended_by_recorder: None,
            id,
            column: None,
        }
    }

    /// The label of its command's column: the actor it acts for. Programs that a command starts act
    /// for the command.
    pub fn actor(&self) -> Option<&'t str> {
        self.column.map(|column| column.label.as_str())
    }

    /// The name of the program it runs: its file, or the script that an interpreter runs. Empty if that
    /// is not known.
    pub fn program(&self) -> String {
        program_name("", self.argv)
    }

    /// Its display name: the command's label or the program's own name, or else `#ID`.
    pub fn name(&self) -> String {
        let label = self.actor().filter(|_| self.is_command).unwrap_or("");
        let name = program_name(label, self.argv);
        if name.is_empty() { format!("#{}", self.id) } else { name }
    }
}

/// Every process, and for every event the process it belongs to.
pub(crate) fn follow<'t>(
    timeline: &'t Timeline,
    order: &[&'t Event],
) -> (Vec<RecordedProcess<'t>>, Vec<Option<usize>>) {
    let mut processes: Vec<RecordedProcess<'t>> = Vec::new();
    let mut current: NumberMap<u32, usize> = NumberMap::default();
    let mut process_at = Vec::with_capacity(order.len());
    for event in order {
        let id = event.place.process;
        if let Some(Process::Start { command, parent, argv, .. }) = event.process() {
            let parent = parent.and_then(|parent| current.get(&parent)).map(|at| &processes[*at]);
            let started = RecordedProcess {
                id,
                command: Some(*command),
                root: parent.map_or(id, |parent| parent.root),
                is_command: parent.is_none_or(|parent| parent.is_command),
                argv,
                exit: None,
                ended_by_recorder: None,
                column: timeline.header.columns.get(*command as usize),
            };
            current.insert(id, processes.len());
            processes.push(started);
        }
        let known = current.get(&id).copied().or_else(|| {
            let acts = matches!(event.what, What::Call(_) | What::Process(_));
            acts.then(|| {
                current.insert(id, processes.len());
                processes.push(RecordedProcess::unknown(id));
                processes.len() - 1
            })
        });
        let process = known.map(|known| &mut processes[known]);
        match (process, event.process()) {
            (Some(process), Some(Process::Exec { argv, .. })) => {
                // A child that runs another program no longer runs the command itself.
                process.is_command &= process.root == id;
                process.root = id;
                process.argv = argv;
            }
            (Some(process), Some(Process::Exit { status })) => process.exit = Some(*status),
            (Some(process), Some(Process::EndedByRecorder { signal })) => {
                process.ended_by_recorder = Some(*signal);
            }
            _ => {}
        }
        process_at.push(known);
    }
    (processes, process_at)
}
