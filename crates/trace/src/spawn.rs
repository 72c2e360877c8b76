//! Starting a program as a tracee: fork, be seized, install the filters, execute.

use std::ffi::{CString, OsStr, OsString};
use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd, RawFd};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};
use std::ptr;

use libc::{c_char, pid_t, sock_filter};

use crate::command::{Command, Stdio};
use crate::error::Error;
use crate::filter::SET_MODE_FILTER;
use crate::ptrace;

/// A tracee on its way to `execve`.
#[derive(Debug)]
pub(crate) struct Spawned {
    pub(crate) pid: pid_t,
    /// Where it tells what went wrong; closed by a successful `execve`.
    trouble: File,
    program: PathBuf,
}

/// What went wrong in the new process before its program ran.
#[derive(Debug)]
pub(crate) enum Trouble {
    /// The filters were refused; the program runs without them.
    NoFilter(io::Error),
    /// It could not be run.
    Fatal(Error),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i32)]
enum Step {
    Dup2 = 1,
    Chdir,
    Prepare,
    Filter,
    Exec,
}

/// Forks, seizes the child and lets it go on towards `execve`.
pub(crate) fn spawn(command: &mut Command, filters: &[Vec<sock_filter>]) -> Result<Spawned, Error> {
    let prepared = Prepared::new(command)?;
    let (go_read, go_write) = pipe()?;
    let (trouble_read, trouble_write) = pipe()?;
    // SAFETY: the child calls only async-signal-safe functions (see `Prepared::run`) and never
    // returns from this block.
    let pid = unsafe { libc::fork() };
    match pid {
        -1 => return Err(Error::last("fork", prepared.program.display())),
        0 => {
            // Closed so that the read below ends if the tracer dies before it seizes us.
            drop(go_write);
            prepared.run(command, filters, &go_read, &trouble_write);
        }
        _ => {}
    }
    drop((go_read, trouble_write));
    if let Err(source) = ptrace::seize(pid, true) {
        // The child finds the pipe closed and exits.
        drop(go_write);
        let _ = ptrace::wait_for(pid);
        return Err(Error::Refused { source });
    }
    File::from(go_write).write_all(b"!").map_err(|error| Error::call("write", "pipe", error))?;
    Ok(Spawned { pid, trouble: trouble_read.into(), program: prepared.program })
}

impl Spawned {
    /// What the child told, if anything. To be asked when it has executed or exited: both close
    /// its end of the pipe, so that this does not wait.
    pub(crate) fn trouble(mut self) -> Option<Trouble> {
        let mut last = None;
        let mut words = [0; 8];
        while self.trouble.read_exact(&mut words).is_ok() {
            let [a, b, c, d, e, f, g, h] = words;
            let source = io::Error::from_raw_os_error(i32::from_ne_bytes([e, f, g, h]));
            let program = self.program.clone();
            let failed = |step, source| {
                let program = program.display().to_string();
                Trouble::Fatal(Error::Prepare { program, step, source })
            };
            last = Some(match i32::from_ne_bytes([a, b, c, d]) {
                step if step == Step::Filter as i32 => Trouble::NoFilter(source),
                step if step == Step::Dup2 as i32 => failed("dup2", source),
                step if step == Step::Chdir as i32 => failed("chdir", source),
                step if step == Step::Prepare as i32 => failed("preparation", source),
                _ => Trouble::Fatal(Error::Exec { program, source }),
            });
        }
        last
    }
}

/// Everything the child needs, allocated before the fork.
struct Prepared {
    program: PathBuf,
    path: CString,
    argv: Pointers,
    environment: Pointers,
    directory: Option<CString>,
    stdio: [Option<OwnedFd>; 3],
}

/// A null-terminated array of C strings, and the strings.
struct Pointers {
    pointers: Vec<*const c_char>,
    _strings: Vec<CString>,
}

impl Prepared {
    fn new(command: &mut Command) -> Result<Self, Error> {
        let environment = environment(&command.variables);
        let program = find(command, &environment)?;
        let directory = command.directory.as_ref();
        let mut stdio = [const { None }; 3];
        for (stream, slot) in std::mem::take(&mut command.stdio).into_iter().zip(&mut stdio) {
            *slot = match stream {
                Stdio::Inherit => None,
                Stdio::Null => {
                    let null = File::options().read(true).write(true).open("/dev/null");
                    let null = null.map_err(|error| Error::call("open", "/dev/null", error))?;
                    Some(above_stdio(&null.into())?)
                }
                Stdio::Fd(fd) => Some(above_stdio(&fd)?),
            };
        }
        Ok(Self {
            path: c_string(program.as_os_str())?,
            program,
            argv: Pointers::new(command.argv.iter().cloned())?,
            environment: Pointers::new(environment.into_iter().map(|(mut name, value)| {
                name.push("=");
                name.push(value);
                name
            }))?,
            directory: directory.map(|directory| c_string(directory.as_os_str())).transpose()?,
            stdio,
        })
    }

    /// The child's side. Nothing here allocates or locks.
    fn run(
        &self,
        command: &mut Command,
        filters: &[Vec<sock_filter>],
        go: &OwnedFd,
        trouble: &OwnedFd,
    ) -> ! {
        let mut byte = 0_u8;
        // SAFETY: plain system calls on descriptors and strings that outlive them; `argv` and
        // `environment` are null-terminated arrays of C strings. The child does not return.
        unsafe {
            if libc::read(go.as_raw_fd(), (&raw mut byte).cast(), 1) != 1 {
                libc::_exit(127);
            }
            // Rust's start-up code ignores SIGPIPE, and that would be inherited.
            libc::signal(libc::SIGPIPE, libc::SIG_DFL);
            for (target, source) in self.stdio.iter().enumerate() {
                let Some(source) = source else { continue };
                if libc::dup2(source.as_raw_fd(), target as RawFd) < 0 {
                    fail(trouble, Step::Dup2);
                }
            }
            if let Some(directory) = &self.directory
                && libc::chdir(directory.as_ptr()) < 0
            {
                fail(trouble, Step::Chdir);
            }
            if let Some(prepare) = &mut command.before_exec
                && let Err(error) = prepare()
            {
                tell(trouble, Step::Prepare, error.raw_os_error().unwrap_or(libc::EINVAL));
                libc::_exit(127);
            }
            // The base filter last: from then on a `seccomp` call is the program's own.
            for filter in filters.iter().rev() {
                if let Err(errno) = install(filter) {
                    tell(trouble, Step::Filter, errno);
                    break;
                }
            }
            let (argv, environment) = (&self.argv.pointers, &self.environment.pointers);
            libc::execve(self.path.as_ptr(), argv.as_ptr(), environment.as_ptr());
        }
        fail(trouble, Step::Exec);
    }
}

/// Would the program be found? Better told before anything runs.
pub(crate) fn check(command: &Command) -> Result<(), Error> {
    find(command, &environment(&command.variables)).map(drop)
}

/// Puts a filter on the calling thread, first as the privileged may, without changing anything
/// else; else giving up the right to gain privileges by exec, which no tracee has anyway.
fn install(filter: &[sock_filter]) -> Result<(), i32> {
    let program = libc::sock_fprog { len: filter.len() as u16, filter: filter.as_ptr().cast_mut() };
    // SAFETY: the program describes `filter`, which the kernel copies.
    let try_once = || unsafe {
        let flags = 0x04_u64; // SECCOMP_FILTER_FLAG_SPEC_ALLOW
        libc::syscall(libc::SYS_seccomp, u64::from(SET_MODE_FILTER), flags, &raw const program)
    };
    if try_once() == 0 {
        return Ok(());
    }
    if errno() == libc::EACCES {
        // SAFETY: no pointers.
        unsafe { libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) };
        if try_once() == 0 {
            return Ok(());
        }
    }
    Err(errno())
}

fn errno() -> i32 {
    // Does not allocate: it wraps the number.
    io::Error::last_os_error().raw_os_error().unwrap_or(0)
}

fn tell(trouble: &OwnedFd, step: Step, errno: i32) {
    let words = [step as i32, errno];
    // SAFETY: writes the two ints of a live array.
    unsafe { libc::write(trouble.as_raw_fd(), words.as_ptr().cast(), 8) };
}

fn fail(trouble: &OwnedFd, step: Step) -> ! {
    tell(trouble, step, errno());
    // SAFETY: ends the child at once, running none of the parent's exit handlers.
    unsafe { libc::_exit(127) }
}

impl Pointers {
    fn new(strings: impl Iterator<Item = OsString>) -> Result<Self, Error> {
        let strings: Vec<CString> =
            strings.map(|string| c_string(&string)).collect::<Result<_, _>>()?;
        let pointers = strings.iter().map(|string| string.as_ptr());
        Ok(Self { pointers: pointers.chain([ptr::null()]).collect(), _strings: strings })
    }
}

fn c_string(text: &OsStr) -> Result<CString, Error> {
    CString::new(text.to_owned().into_vec())
        .map_err(|_| Error::ZeroByte { what: text.to_string_lossy().into_owned() })
}

fn environment(changes: &[(OsString, Option<OsString>)]) -> Vec<(OsString, OsString)> {
    let mut variables: Vec<_> = std::env::vars_os().collect();
    for (name, value) in changes {
        variables.retain(|(known, _)| known != name);
        variables.extend(value.clone().map(|value| (name.clone(), value)));
    }
    variables
}

/// Looks the program up as `execvp(3)` does: as it is if it has a slash, else along `PATH`.
fn find(command: &Command, environment: &[(OsString, OsString)]) -> Result<PathBuf, Error> {
    let Some(name) = command.argv.first() else {
        return Err(Error::Nothing);
    };
    if name.as_bytes().contains(&b'/') {
        return Ok(PathBuf::from(name));
    }
    let path = environment.iter().find(|(known, _)| known == "PATH");
    let path = path.map_or_else(|| OsString::from("/bin:/usr/bin"), |(_, path)| path.clone());
    std::env::split_paths(&path)
        .map(|directory| directory.join(name))
        .find(|candidate| !name.is_empty() && is_executable(candidate))
        .ok_or_else(|| Error::NotFound { program: name.to_string_lossy().into_owned() })
}

fn is_executable(path: &Path) -> bool {
    let Ok(c_path) = CString::new(path.as_os_str().as_bytes()) else {
        return false;
    };
    // SAFETY: a C string that outlives the call.
    path.is_file() && unsafe { libc::access(c_path.as_ptr(), libc::X_OK) } == 0
}

/// A pipe whose ends are close-on-exec and above the standard streams.
fn pipe() -> Result<(OwnedFd, OwnedFd), Error> {
    let mut fds = [0; 2];
    // SAFETY: `fds` has room for two ints.
    if unsafe { libc::pipe2(fds.as_mut_ptr(), libc::O_CLOEXEC) } < 0 {
        return Err(Error::last("pipe2", "the new process"));
    }
    // SAFETY: both descriptors are new and nobody else's.
    let [read, write] = fds.map(|fd| unsafe { OwnedFd::from_raw_fd(fd) });
    Ok((above_stdio(&read)?, above_stdio(&write)?))
}

/// A duplicate that no `dup2` to 0, 1 or 2 can overwrite.
fn above_stdio(fd: &OwnedFd) -> Result<OwnedFd, Error> {
    // SAFETY: duplicates an open descriptor.
    let fd = unsafe { libc::fcntl(fd.as_raw_fd(), libc::F_DUPFD_CLOEXEC, 3) };
    if fd < 0 {
        return Err(Error::last("fcntl(F_DUPFD_CLOEXEC)", "a standard stream"));
    }
    // SAFETY: the descriptor is new and nobody else's.
    Ok(unsafe { OwnedFd::from_raw_fd(fd) })
}
