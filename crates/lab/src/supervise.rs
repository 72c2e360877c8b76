//! Runs a command of ours on what somebody else has written, such as a compiler: contained as well as
//! this machine allows, and watched until it ends or reaches a limit.

use std::io::{self, Read};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process_group};
use socklab_kernel::parent::{self, Parent};
use socklab_kernel::{process, tree};

use crate::cell::{Cell, CellOptions};
use crate::refusal::NamespaceRefusal;
use crate::room::Room;
use crate::sandbox::{Restrictions, Sandbox};

/// How long and how much a command may work. What it may use at a time are the limits of its
/// [`Sandbox`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// How long it may take.
    pub total: Duration,
    /// How long all of it may sleep without using a processor: it waits for something that nobody
    /// will send.
    pub asleep: Duration,
    /// The processor time of all its processes together.
    pub processor: Duration,
    /// How many bytes of what it prints are kept. It may print more: that is no fault.
    pub output: usize,
    /// How many bytes of the disk there may be in its writable folders and below. They are counted up to
    /// its limit of files.
    pub written: u64,
}

/// Which limit a command has reached. It was killed for that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reached {
    /// It took too long, although it was working: the machine is slow or busy.
    Total(Duration),
    /// It slept for this long.
    Asleep(Duration),
    /// It used this much processor time.
    Processor(Duration),
    /// It had more than this many bytes of memory.
    Memory(u64),
    /// It had more than this many processes and threads.
    Processes(u64),
    /// It wrote more than this many bytes to files.
    Written(u64),
}

/// How a command ended.
#[derive(Debug)]
pub struct Supervised {
    /// How it ended by itself, or which limit it has reached.
    pub end: Result<ExitStatus, Reached>,
    /// What it printed, as far as that is kept.
    pub output: Vec<u8>,
    /// Why it could not run in a cell, if it could not: then it had its limits, but saw the files of
    /// this machine.
    pub refused: Option<NamespaceRefusal>,
    /// The processor time of all its processes, to the hundredth of a second.
    pub processor: Duration,
}

/// How often a command is looked at.
const EVERY: Duration = Duration::from_millis(10);
/// How long after a kill the output is waited for.
const BURIAL: Duration = Duration::from_secs(2);

/// Runs a command to its end. It gets no input, and its standard output and error are collected.
/// Where a cell is refused, it runs outside one, but with all other restrictions that the machine
/// has.
///
/// # Errors
///
/// The command could not be started.
pub fn supervise(
    command: &mut Command,
    sandbox: &Sandbox,
    patience: &Patience,
) -> io::Result<Supervised> {
    let options = CellOptions {
        own_user: true,
        own_network: true,
        sandbox: Some(sandbox.clone()),
        ..CellOptions::default()
    };
    let (cell, refused) = match Cell::open(&options) {
        Ok(cell) => (Some(cell), None),
        Err(refusal) => (None, Some(refusal)),
    };
    match &cell {
        Some(cell) => cell.contain(command)?,
        None => restrict(command, sandbox)?,
    }
    let (output, theirs) = io::pipe()?;
    command.stdin(Stdio::null()).stdout(theirs.try_clone()?).stderr(theirs);
    let collected = Collected::from(output, patience.output)?;
    let child = command.spawn();
    // The command keeps our ends of the pipe, and so the end would never come.
    command.stdout(Stdio::null()).stderr(Stdio::null());
    let mut running = Running { child: child?, cell, processor: Duration::ZERO };
    let end = running.watch(sandbox, patience)?;
    running.end();
    let processor = running.processor;
    drop(running);
    Ok(Supervised { end, output: collected.take(), refused, processor })
}

/// All restrictions but a cell: a process group of its own, limits, landlock, the filter of calls.
fn restrict(command: &mut Command, sandbox: &Sandbox) -> io::Result<()> {
    let restrictions = Restrictions::without_cell(sandbox);
    let this = std::process::id();
    command.process_group(0);
    let restrict = move || {
        parent::end_with(Parent::Id(this))?;
        rustix::thread::set_no_new_privs(true)?;
        Ok(restrictions.take()?)
    };
    // SAFETY: all of this is async-signal-safe.
    unsafe { command.pre_exec(restrict) };
    Ok(())
}

/// A command at work.
struct Running {
    child: Child,
    cell: Option<Cell>,
    /// The processor time of all of it so far.
    processor: Duration,
}

impl Running {
    /// Waits until it ends by itself or has reached a limit.
    fn watch(
        &mut self,
        sandbox: &Sandbox,
        patience: &Patience,
    ) -> io::Result<Result<ExitStatus, Reached>> {
        let pidfd = process::pidfd(self.child.id())?;
        let roots: Vec<u32> = [Some(self.child.id()), self.cell.as_ref().map(Cell::first_process)]
            .into_iter()
            .flatten()
            .collect();
        let begun = Instant::now();
        let (mut worked, mut at_work) = (Duration::ZERO, begun);
        loop {
            let has_ended = process::has_ended_within(&pidfd, EVERY)?;
            // That of a process that has ended is still known until somebody waits for it.
            let used = tree::usage(&roots, sandbox.limits.processes);
            self.processor = self.processor.max(used.processor);
            if has_ended {
                return self.child.wait().map(Ok);
            }
            if used.memory > sandbox.limits.memory
                && tree::memory(&roots, sandbox.limits.processes, 0) > sandbox.limits.memory
            {
                return Ok(Err(Reached::Memory(sandbox.limits.memory)));
            }
            if used.threads > sandbox.limits.processes {
                return Ok(Err(Reached::Processes(sandbox.limits.processes)));
            }
            if used.processor > patience.processor {
                return Ok(Err(Reached::Processor(patience.processor)));
            }
            let files = sandbox.limits.files;
            let room = sandbox.writable.iter().map(|folder| Room::taken_in(folder, files));
            if room.map(|it| it.bytes).fold(0, u64::saturating_add) > patience.written {
                return Ok(Err(Reached::Written(patience.written)));
            }
            if used.processor > worked || !tree::is_asleep(&roots) {
                (worked, at_work) = (used.processor.max(worked), Instant::now());
            }
            if at_work.elapsed() > patience.asleep {
                return Ok(Err(Reached::Asleep(patience.asleep)));
            }
            if begun.elapsed() > patience.total {
                return Ok(Err(Reached::Total(patience.total)));
            }
        }
    }

    /// Kills what is left of it.
    fn end(&mut self) {
        match &mut self.cell {
            Some(cell) => drop(cell.kill(BURIAL)),
            None => {
                let group = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw);
                if let Some(group) = group {
                    // Nobody may be left.
                    let _ = kill_process_group(group, Signal::KILL);
                }
            }
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.end();
    }
}

/// What a command prints, read by a thread.
struct Collected {
    bytes: Arc<Mutex<Vec<u8>>>,
    /// Ends when the reader does.
    reader: Receiver<()>,
}

impl Collected {
    fn from(mut pipe: io::PipeReader, most: usize) -> io::Result<Self> {
        let bytes = Arc::new(Mutex::new(Vec::new()));
        let ours = Arc::clone(&bytes);
        let (ends, reader) = channel::<()>();
        let read = move || {
            let _ends = ends;
            let mut buffer = [0; 16 * 1024];
            while let Ok(count @ 1..) = pipe.read(&mut buffer) {
                let mut bytes = ours.lock().unwrap_or_else(PoisonError::into_inner);
                let room = most.saturating_sub(bytes.len());
                bytes.extend_from_slice(&buffer[..count.min(room)]);
            }
        };
        // Called before the command starts, so that one that can't be heard isn't started.
        thread::Builder::new().spawn(read)?;
        Ok(Self { bytes, reader })
    }

    /// All of it, once everybody who could print has ended. What escaped is not waited for.
    fn take(self) -> Vec<u8> {
        let _ = self.reader.recv_timeout(BURIAL);
        std::mem::take(&mut *self.bytes.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
