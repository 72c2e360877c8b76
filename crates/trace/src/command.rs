//! A program to run, and how to start it.

use std::ffi::{OsStr, OsString};
use std::fmt;
use std::io;
use std::os::fd::OwnedFd;
use std::path::PathBuf;

use socklab_kernel::Entrance;

use crate::confines::Confines;

/// A program to run under the tracer: one column of a ladder.
pub struct Command {
    pub(crate) argv: Vec<OsString>,
    pub(crate) label: String,
    pub(crate) variables: Vec<(OsString, Option<OsString>)>,
    pub(crate) directory: Option<PathBuf>,
    pub(crate) stdio: [Stdio; 3],
    pub(crate) entrance: Option<Box<dyn Entrance>>,
    pub(crate) before_exec: Option<BeforeExec>,
    pub(crate) start: Start,
    pub(crate) sample: Option<usize>,
    pub(crate) stdio_sample: Option<usize>,
    pub(crate) confines: Option<Confines>,
}

type BeforeExec = Box<dyn FnMut() -> io::Result<()> + Send>;

/// Where a standard stream goes to or comes from.
#[derive(Debug, Default)]
#[non_exhaustive]
pub enum Stdio {
    /// The tracer's own, such as the user's terminal.
    #[default]
    Inherit,
    /// `/dev/null`.
    Null,
    /// This descriptor.
    Fd(OwnedFd),
}

/// When a command starts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Start {
    /// When the previous command listens, is bound to a datagram port, or has ended together with
    /// every process it started; the first command starts at once. The trace shows when a command
    /// is ready, so the next one waits no longer than necessary.
    #[default]
    InOrder,
    /// At once.
    AtOnce,
}

impl Command {
    /// A command from its arguments. The first is the program, which is looked up in `PATH` unless
    /// it contains a slash.
    ///
    /// Unless [`Command::label`] is called, the label is the program's file name.
    pub fn new<S: Into<OsString>>(argv: impl IntoIterator<Item = S>) -> Self {
        let argv: Vec<OsString> = argv.into_iter().map(Into::into).collect();
        let name = argv.first().map(|first| first.to_string_lossy().into_owned());
        let name = name.unwrap_or_default();
        let label = name.rsplit('/').next().unwrap_or_default().to_owned();
        Self {
            argv,
            label,
            variables: Vec::new(),
            directory: None,
            stdio: Default::default(),
            entrance: None,
            before_exec: None,
            start: Start::default(),
            sample: None,
            stdio_sample: None,
            confines: None,
        }
    }

    /// What the command is called in the timeline: `server`, `client` ….
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    /// Sets an environment variable; the others are inherited.
    #[must_use]
    pub fn env(mut self, name: impl AsRef<OsStr>, value: impl AsRef<OsStr>) -> Self {
        self.variables.push((name.as_ref().to_owned(), Some(value.as_ref().to_owned())));
        self
    }

    /// Removes an environment variable.
    #[must_use]
    pub fn env_remove(mut self, name: impl AsRef<OsStr>) -> Self {
        self.variables.push((name.as_ref().to_owned(), None));
        self
    }

    /// Sets the working directory.
    #[must_use]
    pub fn current_dir(mut self, directory: impl Into<PathBuf>) -> Self {
        self.directory = Some(directory.into());
        self
    }

    /// Sets standard input.
    #[must_use]
    pub fn stdin(mut self, stdin: Stdio) -> Self {
        self.stdio[0] = stdin;
        self
    }

    /// Sets standard output.
    #[must_use]
    pub fn stdout(mut self, stdout: Stdio) -> Self {
        self.stdio[1] = stdout;
        self
    }

    /// Sets standard error.
    #[must_use]
    pub fn stderr(mut self, stderr: Stdio) -> Self {
        self.stdio[2] = stderr;
        self
    }

    /// Sets when the command starts.
    #[must_use]
    pub fn start(mut self, start: Start) -> Self {
        self.start = start;
        self
    }

    /// Starts the command inside a place, through this entrance. The system calls it makes are not
    /// recorded. If the new process can't enter, the recording ends with
    /// [`Error::Prepare`](crate::Error::Prepare).
    ///
    /// The process ids in the timeline stay the tracer's, whatever the program sees.
    #[must_use]
    pub fn enter(mut self, entrance: Box<dyn Entrance>) -> Self {
        self.entrance = Some(entrance);
        self
    }

    /// Sets how many bytes of every message of this command are recorded, instead of
    /// [`Options::sample`](crate::Options::sample).
    #[must_use]
    pub fn sample(mut self, bytes: usize) -> Self {
        self.sample = Some(bytes);
        self
    }

    /// Sets how many bytes of everything that this command prints or reads from its standard input
    /// are recorded, if [`Options::stdio`](crate::Options::stdio) is set, instead of as many as of
    /// its messages.
    #[must_use]
    pub fn stdio_sample(mut self, bytes: usize) -> Self {
        self.stdio_sample = Some(bytes);
        self
    }

    /// Records what the program, which is in a sandbox, tries in vain: calls that a filter refuses by
    /// `SECCOMP_RET_TRAP`, changes of files that are not its own, looks at what is kept from it, signals
    /// to others; and that it needs more room than it has. A program that opens and writes few files pays
    /// nothing.
    #[must_use]
    pub fn attempts(mut self, confines: Confines) -> Self {
        self.confines = Some(confines);
        self
    }

    /// Runs `prepare` in the new process just before it executes its program, for instance to enter
    /// a namespace. The system calls of `prepare` are not recorded. If it fails, the process ends,
    /// and the recording ends with [`Error::Prepare`](crate::Error::Prepare).
    ///
    /// # Safety
    ///
    /// As for [`std::os::unix::process::CommandExt::pre_exec`]: between `fork` and `execve`, a
    /// program with several threads may call only async-signal-safe functions
    /// (`signal-safety(7)`): no allocation, no locks.
    #[must_use]
    pub unsafe fn before_exec(
        mut self,
        prepare: impl FnMut() -> io::Result<()> + Send + 'static,
    ) -> Self {
        self.before_exec = Some(Box::new(prepare));
        self
    }

    /// The label, as set or derived.
    pub fn name(&self) -> &str {
        &self.label
    }

    /// The command's column in a timeline's header.
    pub fn column(&self) -> socklab_event::Column {
        let text = |argument: &OsString| argument.to_string_lossy().into_owned();
        socklab_event::Column {
            label: self.label.clone(),
            argv: self.argv.iter().map(text).collect(),
        }
    }
}

impl fmt::Debug for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Command")
            .field("label", &self.label)
            .field("argv", &self.argv)
            .field("start", &self.start)
            .finish_non_exhaustive()
    }
}
