//! Instances of socklab that it starts itself. Their output is collected, their state can be
//! awaited, and none outlives its owner.

use std::io::{PipeReader, Read, Write, pipe};
use std::os::fd::OwnedFd;
use std::process::{Child as Process, Command, ExitStatus, Stdio};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use socklab_kernel::{Transport, process, table};
use socklab_say::Speaker;

/// The limit for every wait on a child.
pub(crate) const PATIENCE: Duration = Duration::from_secs(5);

/// How often the kernel's tables are polled: no system call waits for a change in them.
const GLANCE: Duration = Duration::from_millis(1);

/// A process that runs this same binary.
#[derive(Debug)]
pub(crate) struct Child {
    process: Process,
    pidfd: OwnedFd,
    output: Arc<Output>,
    collector: Option<JoinHandle<()>>,
}

/// What a child has written so far, standard output and error interleaved.
#[derive(Debug, Default)]
struct Output {
    collected: Mutex<Collected>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct Collected {
    bytes: Vec<u8>,
    ended: bool,
}

impl Output {
    fn lock(&self) -> MutexGuard<'_, Collected> {
        // The collector only appends, so the data is valid even after a panic.
        self.collected.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn collect(&self, mut pipe: PipeReader) {
        let mut piece = [0u8; 16 * 1024];
        loop {
            let length = pipe.read(&mut piece).unwrap_or(0);
            let mut collected = self.lock();
            collected.bytes.extend_from_slice(&piece[..length]);
            collected.ended = length == 0;
            self.changed.notify_all();
            if length == 0 {
                return;
            }
        }
    }
}

impl Child {
    /// Starts `socklab WORD…`. Its standard input is a pipe, to be written to and closed.
    pub(crate) fn start(speaker: Speaker, words: &[&str]) -> Result<Child> {
        let socklab = std::env::current_exe().context("readlink /proc/self/exe")?;
        let (reader, writer) = pipe().context("pipe")?;
        let mut command = Command::new(socklab);
        // The first word is socklab's command. The hidden option must precede a program's arguments.
        let bond = format!("--end-with-parent={}", std::process::id());
        command
            .arg(words[0])
            .arg(bond)
            .arg(format!("--lang={}", speaker.language()))
            .args(&words[1..]);
        command.stdin(Stdio::piped());
        command.stdout(writer.try_clone().context("dup")?).stderr(writer);
        let process =
            command.spawn().with_context(|| format!("start socklab {}", words.join(" ")))?;
        drop(command); // and with it our copies of the pipe's writing end
        let pidfd = process::pidfd(process.id()).context("pidfd_open")?;
        let output = Arc::new(Output::default());
        let collect = {
            let output = Arc::clone(&output);
            move || output.collect(reader)
        };
        let mut child = Child { process, pidfd, output, collector: None };
        let collector = thread::Builder::new().spawn(collect);
        child.collector = Some(collector.context("clone, a thread that reads its output")?);
        Ok(child)
    }

    /// Writes to its standard input.
    pub(crate) fn say(&mut self, bytes: &[u8]) -> Result<()> {
        let input = self.process.stdin.as_mut().context("its input is closed")?;
        input.write_all(bytes).context("write to its input")
    }

    /// Closes its standard input.
    pub(crate) fn end_input(&mut self) {
        self.process.stdin = None;
    }

    /// Everything it has written so far.
    pub(crate) fn output(&self) -> String {
        String::from_utf8_lossy(&self.output.lock().bytes).into_owned()
    }

    /// Everything it wrote, after it ended: waits for the rest of the pipe.
    fn last_words(&self) -> String {
        let waiting = |collected: &mut Collected| !collected.ended;
        let collected = self.output.lock();
        let waited = self.output.changed.wait_timeout_while(collected, PATIENCE, waiting);
        let (collected, _) = waited.unwrap_or_else(PoisonError::into_inner);
        String::from_utf8_lossy(&collected.bytes).into_owned()
    }

    /// Waits until it has written `text`. False if it ends or the time runs out first.
    pub(crate) fn wait_for_output(&self, text: &str) -> bool {
        let wanted = |bytes: &[u8]| bytes.windows(text.len()).any(|piece| piece == text.as_bytes());
        let collected = self.output.lock();
        let waiting = |collected: &mut Collected| !collected.ended && !wanted(&collected.bytes);
        let (collected, _) = self
            .output
            .changed
            .wait_timeout_while(collected, PATIENCE, waiting)
            .unwrap_or_else(PoisonError::into_inner);
        wanted(&collected.bytes)
    }

    /// Waits until it listens on `port` (TCP) or has bound it (UDP), as the kernel's tables say.
    pub(crate) fn wait_for_port(&self, transport: Transport, port: u16) -> Result<()> {
        let deadline = Instant::now() + PATIENCE;
        while Instant::now() < deadline {
            if table::has_port(self.process.id(), transport, port) {
                return Ok(());
            }
            if self.has_ended_within(GLANCE)? {
                bail!("it ended before it had port {port}: {}", self.last_words().trim_end());
            }
        }
        bail!("after {PATIENCE:?} it still had not opened port {port}")
    }

    fn has_ended_within(&self, time: Duration) -> Result<bool> {
        process::has_ended_within(&self.pidfd, time).context("poll")
    }

    /// Closes its input and waits for its end; kills it if that takes too long.
    pub(crate) fn finish(mut self) -> Result<(ExitStatus, String)> {
        self.end_input();
        if !self.has_ended_within(PATIENCE)? {
            bail!("it did not end within {PATIENCE:?}, having written: {}", self.output());
        }
        let status = self.process.wait().context("wait")?;
        self.join_collector();
        Ok((status, self.output()))
    }

    /// Kills it and returns what it wrote. Other signals might be ignored: children inherit that, for
    /// example when a shell runs `socklab tour &`.
    pub(crate) fn end(mut self) -> Result<String> {
        self.process.kill().context("kill")?;
        self.process.wait().context("wait")?;
        self.join_collector();
        Ok(self.output())
    }

    fn join_collector(&mut self) {
        if let Some(collector) = self.collector.take() {
            let _ = collector.join();
        }
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        // Both fail harmlessly if it has already ended.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
