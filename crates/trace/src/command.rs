//! What to run.

use std::ffi::{OsStr, OsString};
use std::fmt;
use std::io;
use std::os::fd::OwnedFd;
use std::path::PathBuf;

/// A program to run under the tracer: one column of a ladder.
pub struct Command {
    pub(crate) argv: Vec<OsString>,
    pub(crate) label: String,
    pub(crate) variables: Vec<(OsString, Option<OsString>)>,
    pub(crate) directory: Option<PathBuf>,
    pub(crate) stdio: [Stdio; 3],
    pub(crate) before_exec: Option<BeforeExec>,
    pub(crate) start: Start,
}

type BeforeExec = Box<dyn FnMut() -> io::Result<()> + Send>;

/// Where a standard stream goes.
#[derive(Debug, Default)]
pub enum Stdio {
    /// Where the tracer's own goes: the user's terminal.
    #[default]
    Inherit,
    /// `/dev/null`.
    Null,
    /// This descriptor.
    Fd(OwnedFd),
}

/// When a command starts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Start {
    /// When the command before it listens, or is bound to a datagram port, or has ended with all it
    /// started; the
    /// first one at once. No time passes by guess: readiness is seen in the trace.
    #[default]
    InOrder,
    /// At once.
    AtOnce,
}

impl Command {
    /// A command from its arguments; the first is looked for in `PATH` unless it has a slash.
    ///
    /// The label, unless set, is the program's file name.
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
            before_exec: None,
            start: Start::default(),
        }
    }

    /// What the command is called in the timeline: `server`, `client` ….
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    /// Sets an environment variable; the rest is inherited.
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

    /// When to start it.
    #[must_use]
    pub fn start(mut self, start: Start) -> Self {
        self.start = start;
        self
    }

    /// Runs `prepare` in the new process just before its program is executed: to enter a
    /// namespace, for instance. Its own system calls are not traced.
    ///
    /// # Safety
    ///
    /// As for [`std::os::unix::process::CommandExt::pre_exec`]: after `fork` in a program with
    /// several threads only async-signal-safe functions may be called; no allocation, no locks.
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

    /// How a timeline's header describes the command.
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
