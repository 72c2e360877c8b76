//! The cells that a submission runs in, a new one for each start.

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustix::process::{Resource, getrlimit};
use socklab_lab::{Cell, CellOptions, Limits, Sandbox, Scope};
use socklab_trace::{Command, Confines};

use super::guard::{Guard, Uses, Watched};
use super::terminal::Printed;
use super::watch::Watch;
use crate::exercise;
use crate::recording::{Isolation, PlaceUsed, Trouble};
use crate::request::{IsolationWanted, Request};

/// Cells, by the number of the command in each.
#[derive(Debug)]
pub(super) struct Cells {
    options: CellOptions,
    /// One that nobody is in yet, so that the first start does not wait for it.
    ready: Option<Cell>,
    taken: HashMap<usize, Cell>,
    isolation: Isolation,
    guard: Guard,
    /// The folder of the scenario's files.
    folder: PathBuf,
}

impl Cells {
    /// Finds out whether there can be cells in this place. Call it in the thread that starts the
    /// commands: cells end with it.
    pub(super) fn new(request: &Request, place: &PlaceUsed) -> Self {
        let plain = options(&request.scratch, &request.variables.dir);
        let wanted = match request.isolation {
            IsolationWanted::Sandbox => vec![sandboxed(request)],
            IsolationWanted::SandboxIfPossible => vec![sandboxed(request), plain.clone()],
            _ => vec![plain.clone()],
        };
        let mut cells = Self {
            options: plain,
            ready: None,
            taken: HashMap::new(),
            isolation: Isolation::NotNeeded,
            guard: Guard::default(),
            folder: request.variables.dir.clone(),
        };
        if request.isolation == IsolationWanted::Nothing && request.submission.is_some() {
            cells.isolation = Isolation::Open { because: "--no-sandbox".to_owned() };
        } else if request.submission.is_some() {
            cells.isolation = match possible(place) {
                Err(because) => Isolation::Open { because },
                Ok(()) => cells.open(wanted),
            };
        }
        cells
    }

    /// Opens the first cell that the kernel allows of those that are wanted.
    fn open(&mut self, wanted: Vec<CellOptions>) -> Isolation {
        let mut because = String::new();
        for options in wanted {
            match Cell::open(&options) {
                Ok(cell) => {
                    (self.options, self.ready) = (options, Some(cell));
                    return Isolation::Isolated;
                }
                Err(refusal) => because = refusal.to_string(),
            }
        }
        Isolation::Open { because }
    }

    /// Makes a command run in a cell of its own, or at least unable to end others.
    ///
    /// # Errors
    ///
    /// There was a cell for an earlier command, but there can be none for this one: it must not run
    /// outside.
    pub(super) fn contain(&mut self, number: usize, command: Command) -> io::Result<Command> {
        if self.isolation != Isolation::Isolated {
            return Ok(command.enter(Box::new(Scope::new(&self.limits()))));
        }
        let cell = match self.ready.take() {
            Some(cell) => cell,
            None => Cell::open(&self.options).map_err(io::Error::other)?,
        };
        let command = match &self.options.sandbox {
            Some(sandbox) => cleaned(command).attempts(confines(sandbox)),
            None => command,
        };
        let command = command.enter(cell.entrance()?);
        self.taken.insert(number, cell);
        Ok(command)
    }

    /// Why the submission must not be started, if it must not.
    pub(super) fn refusal(&self, wanted: IsolationWanted) -> Option<Trouble> {
        let required = matches!(wanted, IsolationWanted::Cell | IsolationWanted::Sandbox);
        match &self.isolation {
            Isolation::Open { because } if required => {
                Some(Trouble::NotIsolated { what: because.clone() })
            }
            _ => None,
        }
    }

    /// Watches over a program: one that takes all memory or all processes of the machine would leave
    /// none for those who judge it. `counted` says whether its memory is that of the submission.
    pub(super) fn watch(
        &self,
        number: usize,
        who: &str,
        (program, counted): (u32, bool),
        printed: Printed,
        seen: &Arc<Watch>,
    ) -> io::Result<()> {
        let watched = match self.taken.get(&number) {
            Some(cell) => Watched::in_cell(cell.first_process(), (number, program), seen),
            None => Watched::in_the_open((number, program), seen),
        };
        let uses = Uses { printed, folder: self.folder.clone(), limits: self.limits(), counted };
        self.guard.watch(who, watched?, uses)
    }

    fn limits(&self) -> Limits {
        self.options.sandbox.as_ref().map_or_else(Limits::default, |it| it.limits)
    }

    /// The limit that was reached.
    pub(super) fn limit(&self) -> Option<Trouble> {
        self.guard.found().map(|(who, limit)| Trouble::Limit { who, limit })
    }

    /// See [`Recording::memory`](crate::Recording::memory).
    pub(super) fn memory(&self) -> u64 {
        self.guard.memory()
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
    options.limits = Some(Limits::default());
    options.read_only.push(scratch.to_owned());
    options.writable.push(files.to_owned());
    options
}

/// A cell with a sandbox: of the machine's files there is the system, what `PATH` names, and where
/// the submission is. Its folder seems to be writable, but what it writes there goes with the cell.
fn sandboxed(request: &Request) -> CellOptions {
    let mut sandbox = Sandbox::new(Limits::default());
    sandbox.told = true;
    sandbox.shown = exercise::visible_programs();
    let submission = request.submission.as_ref();
    sandbox.shown.extend(submission.iter().flat_map(|submission| submission.needs.clone()));
    let folder = submission.and_then(|submission| submission.directory.clone());
    let folder = folder.or_else(|| std::env::current_dir().ok());
    let words = submission.map(|submission| submission.argv.as_slice()).unwrap_or_default();
    let files = words.iter().map(|word| Path::new(word).is_file().then(|| absolute(word)));
    let files: Vec<Option<PathBuf>> = files.map(Option::flatten).collect();
    // The program itself must be there, but is not changed: an interpreter is where all others are.
    let program = files.first().into_iter().flatten().filter_map(|file| file.parent());
    sandbox.shown.extend(program.flat_map(exercise::visible_work));
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = own_folders(&files, &std::env::split_paths(&path).collect::<Vec<_>>());
    // Where the program starts must be there, even if it is a home with nothing to be shown.
    sandbox.present.extend(folder.clone());
    for folder in folders.into_iter().chain(folder) {
        let shown = exercise::visible_work(&folder);
        match shown == [folder] {
            true => sandbox.layered.extend(shown),
            false => sandbox.shown.extend(shown),
        }
    }
    sandbox.writable.push(request.variables.dir.clone());
    sandbox.hidden.clone_from(&request.hidden);
    let mut options = CellOptions::default();
    options.sandbox = Some(sandbox);
    options
}

fn absolute(word: &String) -> Option<PathBuf> {
    std::path::absolute(word).ok()
}

/// The folders that are a submission's own, of the files among the words of its command: those that are
/// named to a program, and not those of programs, which the machine has.
fn own_folders(files: &[Option<PathBuf>], path: &[PathBuf]) -> Vec<PathBuf> {
    const SYSTEM: [&str; 11] = [
        "/bin", "/sbin", "/usr", "/lib", "/lib32", "/lib64", "/libx32", "/etc", "/nix", "/gnu",
        "/sys",
    ];
    let is_own = |folder: &&Path| {
        !SYSTEM.iter().any(|system| folder.starts_with(system))
            && !path.iter().any(|it| it == folder)
            && *folder != Path::new("/")
    };
    let folders = files.iter().skip(1).flatten().filter_map(|file| file.parent()).filter(is_own);
    folders.map(Path::to_owned).collect()
}

/// What a program in a sandbox may try to change: its own places, and the devices that everybody has; and
/// what is kept from it.
fn confines(sandbox: &Sandbox) -> Confines {
    const DEVICES: [&str; 10] = [
        "/dev/null",
        "/dev/zero",
        "/dev/full",
        "/dev/tty",
        "/dev/ptmx",
        "/dev/pts",
        "/dev/fd",
        "/dev/stdin",
        "/dev/stdout",
        "/dev/stderr",
    ];
    let given = sandbox.writable.iter().chain(&sandbox.layered).chain(&sandbox.present);
    let given = given.flat_map(|path| [Some(path.clone()), path.canonicalize().ok()]);
    let mut secrets = socklab_lab::secret_files();
    secrets.extend(sandbox.hidden.iter().cloned());
    Confines {
        given: given.flatten().collect(),
        apart: ["/tmp", "/dev/shm"].map(PathBuf::from).to_vec(),
        devices: DEVICES.map(PathBuf::from).to_vec(),
        secrets,
        room: sandbox.limits.temporary,
        files: sandbox.limits.files,
        shared: socklab_lab::SHARED_MEMORY,
        file: lower(Resource::Fsize, sandbox.limits.file),
        processor: lower(Resource::Cpu, sandbox.limits.processor.as_secs().max(1)),
    }
}

/// A limit of a program: the machine may have a lower one than is wanted.
fn lower(resource: Resource, wanted: u64) -> u64 {
    getrlimit(resource).current.map_or(wanted, |machine| machine.min(wanted))
}

/// The variables that a program in a sandbox gets: those that say where things are and which language
/// is spoken. Others may be secrets.
const VARIABLES: [&str; 10] = [
    "PATH",
    "LANG",
    "TZ",
    "LD_LIBRARY_PATH",
    "VIRTUAL_ENV",
    "JAVA_HOME",
    "GOROOT",
    "NODE_PATH",
    "PYTHONPATH",
    "RUSTUP_HOME",
];

/// The command with a clean environment, and with homes that exist.
fn cleaned(mut command: Command) -> Command {
    for (name, _) in std::env::vars_os() {
        let keeps = name.to_str().is_some_and(|name| {
            VARIABLES.contains(&name) || name.starts_with("LC_") || name.starts_with("PYTHON")
        });
        if !keeps {
            command = command.env_remove(name);
        }
    }
    command.env("HOME", "/tmp").env("TMPDIR", "/tmp")
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_folder_of_an_interpreter_is_nobodys_own() {
        let path = [PathBuf::from("/usr/bin"), PathBuf::from("/x/venv/bin")];
        let own = |words: &[&str]| {
            let files: Vec<_> =
                words.iter().map(|word| word.starts_with('/').then(|| word.into())).collect();
            own_folders(&files, &path)
        };
        let ana = [PathBuf::from("/x/class/ana")];
        assert_eq!(own(&["/usr/bin/python3", "/x/class/ana/server.py", "-v"]), ana);
        assert_eq!(own(&["/x/python/bin/python3", "/x/class/ana/server.py"]), ana);
        assert_eq!(own(&["env", "/usr/bin/python3", "/x/class/ana/server.py"]), ana);
        assert_eq!(
            own(&["/bin/env", "/x/venv/bin/python3", "/lib/x.py", "/x.py"]),
            [] as [PathBuf; 0]
        );
        assert_eq!(
            own(&["/opt/jdk/bin/java", "/opt/class/ana/S.java"]),
            [Path::new("/opt/class/ana")]
        );
        assert_eq!(own(&[]), [] as [PathBuf; 0]);
    }
}
