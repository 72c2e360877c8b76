//! Attaching to processes that are running already.

use libc::pid_t;
use socklab_event::Notice;
use socklab_kernel::clock;
use socklab_kernel::process::descendants;

use super::life::Lives;
use super::process::TracedProcess;
use super::thread::TracedThread;
use crate::error::{AttachRefusal, Error};
use crate::{attach, probe};

impl Lives<'_, '_> {
    /// Attaches to a running process, which is recorded as the command with this index, and to its
    /// descendants if the options say so.
    pub(super) fn attach(&mut self, pid: u32, command: u32) -> Result<(), Error> {
        self.attach_one(pid, command, None)?;
        let descend = self.calls.options.descendants;
        let descendants = if descend { descendants(pid) } else { Vec::new() };
        for (child, parent) in descendants {
            let (id, parent) = (child.cast_signed(), parent.cast_signed());
            if self.calls.tracees.knows_process(id) {
                continue;
            }
            match self.attach_one(child, command, Some(parent)) {
                Err(Error::Attach { reason: AttachRefusal::NoSuchProcess, .. }) | Ok(()) => {}
                Err(error) => self.notice(id, Notice::NotFollowed { why: error.to_string() }),
            }
        }
        Ok(())
    }

    fn attach_one(&mut self, pid: u32, command: u32, parent: Option<pid_t>) -> Result<(), Error> {
        let seized = Some(clock::now());
        let threads = attach::attach(pid)?;
        let pid = pid.cast_signed();
        let mut process = TracedProcess::new(pid, command);
        process.alive = u32::try_from(threads.len()).unwrap_or(u32::MAX);
        (process.stepped, process.attached) = (true, true);
        process.argv = probe::argv(pid).into();
        process.exe = probe::exe(pid);
        self.calls.tracees.add_process(process);
        for tid in threads {
            let thread = TracedThread { seized, ..TracedThread::new(pid) };
            self.calls.tracees.add_thread(tid, thread);
        }
        self.report_start_of(pid, parent, true);
        let sockets = self.calls.descriptors().adopt_all(pid, pid);
        self.notice(pid, Notice::Attached { sockets });
        Ok(())
    }
}
