//! The cells that a submission runs in, a new one for each start.

use std::collections::HashMap;
use std::io;
use std::path::Path;

use socklab_lab::{Cell, CellOptions, Scope};
use socklab_trace::Command;

use crate::recording::{Isolation, PlaceUsed};
use crate::request::Request;

/// Cells, by the number of the command in each.
#[derive(Debug)]
pub(super) struct Cells {
    options: CellOptions,
    /// One that nobody is in yet, so that the first start does not wait for it.
    ready: Option<Cell>,
    taken: HashMap<usize, Cell>,
    isolation: Isolation,
}

impl Cells {
    /// Finds out whether there can be cells in this place. Call it in the thread that starts the
    /// commands: cells end with it.
    pub(super) fn new(request: &Request, place: &PlaceUsed) -> Self {
        let options = options(&request.scratch, &request.variables.dir);
        let mut cells =
            Self { options, ready: None, taken: HashMap::new(), isolation: Isolation::NotNeeded };
        if request.submission.is_some() {
            cells.isolation = match possible(place) {
                Err(because) => Isolation::Open { because },
                Ok(()) => match Cell::open(&cells.options) {
                    Ok(cell) => {
                        cells.ready = Some(cell);
                        Isolation::Isolated
                    }
                    Err(refusal) => Isolation::Open { because: refusal.to_string() },
                },
            };
        }
        cells
    }

    /// Makes a command run in a cell of its own, or at least unable to end others.
    ///
    /// # Errors
    ///
    /// There was a cell for an earlier command, but there can be none for this one: it must not run
    /// outside.
    pub(super) fn contain(&mut self, number: usize, command: Command) -> io::Result<Command> {
        if self.isolation != Isolation::Isolated {
            return Ok(command.enter(Box::new(Scope)));
        }
        let cell = match self.ready.take() {
            Some(cell) => cell,
            None => Cell::open(&self.options).map_err(io::Error::other)?,
        };
        let command = command.enter(cell.entrance()?);
        self.taken.insert(number, cell);
        Ok(command)
    }

    /// The cell that a command runs in.
    pub(super) fn of(&mut self, number: usize) -> Option<&mut Cell> {
        self.taken.get_mut(&number)
    }

    /// Whether the submission was kept apart.
    pub(super) fn isolation(&self) -> Isolation {
        self.isolation.clone()
    }
}

/// A cell in which only the files of the scenario can be changed of what this run needs: the rest
/// names the programs that its other actors are.
fn options(scratch: &Path, files: &Path) -> CellOptions {
    let mut options = CellOptions::default();
    options.read_only.push(scratch.to_owned());
    options.writable.push(files.to_owned());
    options
}

/// Without a process namespace, the submission shares the one of those who judge it.
fn possible(place: &PlaceUsed) -> Result<(), String> {
    match place {
        PlaceUsed::Private { processes: true } => Ok(()),
        PlaceUsed::Private { processes: false } => {
            Err("mount proc: this place has no process namespace of its own".to_owned())
        }
        PlaceUsed::Machine { because: Some(because) } => Err(because.clone()),
        PlaceUsed::Machine { because: None } => {
            Err("it ran on the machine's own loopback, as asked for".to_owned())
        }
    }
}
