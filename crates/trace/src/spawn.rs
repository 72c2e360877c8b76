//! Starting a program as a tracee: fork, get seized, install the filters, execute.

use std::ffi::{CString, OsStr, OsString};
use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStringExt;
use std::path::PathBuf;
use std::ptr;

use libc::{c_char, pid_t, sock_filter};
use rustix::io::Errno;
use rustix::process::{geteuid, getuid};
use rustix::stdio::{dup2_stderr, dup2_stdin, dup2_stdout};
use rustix::thread::{
    CapabilitiesSecureBits, CapabilitySet, capabilities_secure_bits, capability_is_in_ambient_set,
    capability_is_in_bounding_set, set_no_new_privs,
};
use socklab_kernel::executables;

use crate::command::{Command, Stdio};
use crate::error::Error;
use crate::ptrace;

/// A tracee on its way to `execve`.
#[derive(Debug)]
pub(crate) struct Spawned {
    pub(crate) pid: pid_t,
    /// The child reports failures through the other end of this pipe; a successful `execve` closes
    /// that end.
    trouble: File,
    program: PathBuf,
}

/// What went wrong in the new process before its program ran.
#[derive(Debug)]
pub(crate) enum Trouble {
    /// The filters were refused; the program runs without them.
    NoFilter(io::Error),
    /// The program could not be run.
    Fatal(Error),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i32)]
enum LaunchStep {
    Dup2 = 1,
    Enter,
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
    let program = prepared.program.display();
    let entering = |error| Error::call("enter the place of", &program, error);
    if let Some(entrance) = &mut command.entrance {
        entrance.before_fork().map_err(entering)?;
    }
    // SAFETY: the child calls only async-signal-safe functions (see `Prepared::run`) and never
    // returns from this block.
    let pid = unsafe { libc::fork() };
    match pid {
        -1 => {
            let failed = Error::last("fork", &program);
            if let Some(entrance) = &mut command.entrance {
                entrance.after_fork().map_err(entering)?;
            }
            return Err(failed);
        }
        0 => {
            // Closed so that the read below ends if the tracer dies before it seizes us.
            drop(go_write);
            prepared.run(command, filters, &go_read, &trouble_write);
        }
        _ => {}
    }
    drop((go_read, trouble_write));
    let entered = match &mut command.entrance {
        Some(entrance) => entrance.after_fork().map_err(entering),
        None => Ok(()),
    };
    if let Err(error) = entered {
        drop(go_write);
        let _ = ptrace::wait_for(pid);
        return Err(error);
    }
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
    /// What went wrong in the child, if anything. Call it once the child has executed its program
    /// or exited: both close the child's end of the pipe, so that this does not block.
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
                step if step == LaunchStep::Filter as i32 => Trouble::NoFilter(source),
                step if step == LaunchStep::Dup2 as i32 => failed("dup2", source),
                step if step == LaunchStep::Enter as i32 => {
                    Trouble::Fatal(Error::call("enter the place of", program.display(), source))
                }
                step if step == LaunchStep::Chdir as i32 => failed("chdir", source),
                step if step == LaunchStep::Prepare as i32 => failed("preparation", source),
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
        let directory = match &command.directory {
            // Another mount namespace begins with its root as the working directory.
            None if command.entrance.is_some() => std::env::current_dir().ok(),
            directory => directory.clone(),
        };
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

    /// The child's side. It may have been forked from a process with several threads, so everything
    /// it calls is async-signal-safe, `signal-safety(7)`: nothing here allocates or takes a lock.
    fn run(
        &self,
        command: &mut Command,
        filters: &[Vec<sock_filter>],
        go: &OwnedFd,
        trouble: &OwnedFd,
    ) -> ! {
        // The tracer writes when it has seized us.
        if rustix::io::read(go, &mut [0]) != Ok(1) {
            exit();
        }
        // SAFETY: no handler is installed. (Rust's start-up code ignores SIGPIPE, and that would be
        // inherited.)
        unsafe { libc::signal(libc::SIGPIPE, libc::SIG_DFL) };
        let [stdin, stdout, stderr] = &self.stdio;
        let duplicated = or_done(stdin.as_ref().map(dup2_stdin))
            .and_then(|()| or_done(stdout.as_ref().map(dup2_stdout)))
            .and_then(|()| or_done(stderr.as_ref().map(dup2_stderr)));
        if let Err(errno) = duplicated {
            fail(trouble, LaunchStep::Dup2, errno);
        }
        if let Some(entrance) = &mut command.entrance
            && let Err(error) = entrance.in_child()
        {
            fail(trouble, LaunchStep::Enter, errno(&error));
        }
        let directory = self.directory.as_deref();
        if let Err(errno) = or_done(directory.map(rustix::process::chdir)) {
            fail(trouble, LaunchStep::Chdir, errno);
        }
        if let Some(prepare) = &mut command.before_exec
            && let Err(error) = prepare()
        {
            fail(trouble, LaunchStep::Prepare, errno(&error));
        }
        // Install the base filter last: it stops at `seccomp` calls, and from then on those are
        // the program's own.
        for filter in filters.iter().rev() {
            if let Err(errno) = install(filter) {
                report(trouble, LaunchStep::Filter, errno);
                break;
            }
        }
        let (argv, environment) = (&self.argv.pointers, &self.environment.pointers);
        // SAFETY: a C string and two null-terminated arrays of C strings, all of them alive.
        unsafe { libc::execve(self.path.as_ptr(), argv.as_ptr(), environment.as_ptr()) };
        fail(trouble, LaunchStep::Exec, last_errno());
    }
}

/// Fails if the program can't be found.
pub(crate) fn check(command: &Command) -> Result<(), Error> {
    find(command, &environment(&command.variables)).map(drop)
}

/// True if the calling thread will have `CAP_SYS_ADMIN` when it has executed a program without
/// privileges of its own: user 0 keeps what it has, and others only what is "ambient"
/// (`capabilities(7)`). In a user namespace of its own, an ordinary user has all capabilities until then.
/// Async-signal-safe: system calls only.
fn stays_privileged() -> bool {
    let admin = CapabilitySet::SYS_ADMIN;
    let has = |set: Result<bool, Errno>| set.unwrap_or(false);
    let is_root = getuid().is_root() || geteuid().is_root();
    let root_keeps = !capabilities_secure_bits()
        .is_ok_and(|bits| bits.contains(CapabilitiesSecureBits::NO_ROOT));
    (is_root && root_keeps && has(capability_is_in_bounding_set(admin)))
        || has(capability_is_in_ambient_set(admin))
}

/// Installs a filter in the calling thread. Without `CAP_SYS_ADMIN` a thread must first give up the
/// right to gain privileges by exec, which a tracee does not have anyway. The program will be given more
/// filters, so what counts is what it will have.
fn install(filter: &[sock_filter]) -> Result<(), Errno> {
    let program = libc::sock_fprog { len: filter.len() as u16, filter: filter.as_ptr().cast_mut() };
    let mode = u64::from(libc::SECCOMP_SET_MODE_FILTER);
    let install = || {
        // SAFETY: the program describes `filter`, which the kernel copies.
        let done = unsafe {
            let flags = libc::SECCOMP_FILTER_FLAG_SPEC_ALLOW;
            libc::syscall(libc::SYS_seccomp, mode, flags, &raw const program)
        };
        if done == 0 { Ok(()) } else { Err(last_errno()) }
    };
    if !stays_privileged() {
        set_no_new_privs(true)?;
    }
    install()
}

/// The error of a call made through libc.
fn last_errno() -> Errno {
    errno(&io::Error::last_os_error())
}

/// The number of an error. Does not allocate: both types only wrap it.
fn errno(error: &io::Error) -> Errno {
    Errno::from_io_error(error).unwrap_or(Errno::INVAL)
}

/// A step that was not requested counts as done.
fn or_done(asked: Option<Result<(), Errno>>) -> Result<(), Errno> {
    asked.unwrap_or(Ok(()))
}

/// Reports to the tracer what failed.
fn report(trouble: &OwnedFd, step: LaunchStep, errno: Errno) {
    let mut words = [0; 8];
    words[..4].copy_from_slice(&(step as i32).to_ne_bytes());
    words[4..].copy_from_slice(&errno.raw_os_error().to_ne_bytes());
    let _ = rustix::io::write(trouble, &words);
}

fn fail(trouble: &OwnedFd, step: LaunchStep, errno: Errno) -> ! {
    report(trouble, step, errno);
    exit()
}

fn exit() -> ! {
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

/// The program's file.
fn find(command: &Command, environment: &[(OsString, OsString)]) -> Result<PathBuf, Error> {
    let Some(name) = command.argv.first() else {
        return Err(Error::Nothing);
    };
    let path = environment.iter().find(|(known, _)| known == "PATH");
    executables::find(name, path.map(|(_, path)| path.as_os_str()))
        .ok_or_else(|| Error::NotFound { program: name.to_string_lossy().into_owned() })
}

/// A pipe whose ends are close-on-exec and above the standard streams.
fn pipe() -> Result<(OwnedFd, OwnedFd), Error> {
    let pipe = rustix::pipe::pipe_with(rustix::pipe::PipeFlags::CLOEXEC);
    let (read, write) =
        pipe.map_err(|error| Error::call("pipe2", "the new process", error.into()))?;
    Ok((above_stdio(&read)?, above_stdio(&write)?))
}

/// A duplicate that no `dup2` to 0, 1 or 2 can overwrite.
fn above_stdio(fd: &OwnedFd) -> Result<OwnedFd, Error> {
    rustix::io::fcntl_dupfd_cloexec(fd, 3)
        .map_err(|error| Error::call("fcntl(F_DUPFD_CLOEXEC)", "a standard stream", error.into()))
}
