//! Engines that have answered, on their way out: the kernel takes a while to close what they had open,
//! and nobody waits for that but the end of this process.

use std::io;
use std::process::Child;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use socklab_kernel::{Deadline, process};

/// How long all of them together may take. It takes them some 20 ms.
const PATIENCE: Duration = Duration::from_secs(2);

/// They have answered; their programs have ended, and they will.
static ENDING: Mutex<Vec<Engine>> = Mutex::new(Vec::new());

/// The process of an engine. Dropping it kills it, and with it all of its place.
#[derive(Debug)]
pub(super) struct Engine(pub(super) Child);

impl Engine {
    /// It has answered: nothing is to be done but to wait for its end, some time.
    pub(super) fn has_answered(self) {
        let mut ending = ending();
        ending.retain_mut(Engine::is_there);
        ending.push(self);
    }

    fn is_there(&mut self) -> bool {
        matches!(self.0.try_wait(), Ok(None))
    }

    fn await_end(&mut self, deadline: Deadline) -> io::Result<()> {
        let pidfd = process::pidfd(self.0.id())?;
        process::has_ended_within(&pidfd, deadline.left())?;
        Ok(())
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        // If it has ended already, these have no effect.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Waits until nothing is left of the engines that have answered, for some seconds at most; then kills
/// them. Call it before this process ends.
pub fn await_engines() {
    let deadline = Deadline::after(PATIENCE);
    for mut engine in std::mem::take(&mut *ending()) {
        // One that can't be waited for is killed.
        let _ = engine.await_end(deadline);
    }
}

fn ending() -> MutexGuard<'static, Vec<Engine>> {
    // After a panic in another thread they are still children of ours.
    ENDING.lock().unwrap_or_else(PoisonError::into_inner)
}
