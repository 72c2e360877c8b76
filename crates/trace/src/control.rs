//! Controlling a recording while the tracer waits for its tracees.

use std::collections::VecDeque;
use std::io;
use std::mem::MaybeUninit;
use std::ptr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, Once, PoisonError};
use std::time::Duration;

use crate::command::Command;
use crate::error::Error;
use crate::hold::{Hold, Holds};

/// Controls a recording from another thread, or from its own sink. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Handle(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    /// True while `requests` may have entries. Read after every stop, so reading it must be cheap.
    called: AtomicBool,
    state: Mutex<State>,
    changed: Condvar,
    holds: Holds,
}

#[derive(Debug, Default)]
struct State {
    requests: VecDeque<Steering>,
    timer: Option<Timer>,
}

/// A request to a running recording.
#[derive(Debug)]
pub(crate) enum Steering {
    Stop,
    Skip,
    Start(Box<Command>),
    NoMore,
    /// Look whether everybody waits: a release was asked for.
    Look,
    LetAllGo,
}

impl Handle {
    /// Ends the recording: commands are ended as the options say, attached processes are released.
    /// Called again, it does what [`Handle::skip`] does.
    pub fn stop(&self) {
        self.ask(Steering::Stop);
    }

    /// Stops waiting for programs that are at work after the last command has ended, or that have
    /// got SIGTERM: they get the next signal at once. Does nothing at other times.
    pub fn skip(&self) {
        self.ask(Steering::Skip);
    }

    /// Starts another command, at once, as the next column; a header made earlier lacks that
    /// column. If the command can't be run, the recording ends with that error.
    pub fn start(&self, command: Command) {
        self.ask(Steering::Start(Box::new(command)));
    }

    /// Promises that no more commands will be started: the recording ends when its programs have
    /// ended.
    /// Needed only with [`crate::Tracer::keep_open`].
    pub fn no_more(&self) {
        self.ask(Steering::NoMore);
    }

    /// Holds threads from now on. When this returns, no thread gets past that point any more.
    /// Shortcuts are off from then on, so every call stops at its entry and its return.
    pub fn hold(&self, hold: Hold) {
        self.0.holds.add(hold);
    }

    /// Ends the holds of a command that last until it is released, as soon as nobody can go on:
    /// every other traced thread waits or is held. Then the threads that are held go on, one at a
    /// time, each when all others wait. The release is done when nobody can go on again.
    pub fn release(&self, command: u32) {
        self.0.holds.ask_release(command);
        self.ask(Steering::Look);
    }

    /// Ends all holds, and lets everybody go who is held, at once.
    pub fn let_all_go(&self) {
        self.0.holds.end();
        self.ask(Steering::LetAllGo);
    }

    /// True from [`Handle::release`] until it is done.
    pub fn is_releasing(&self, command: u32) -> bool {
        self.0.holds.is_releasing(command)
    }

    pub(crate) fn holds(&self) -> &Holds {
        &self.0.holds
    }

    fn ask(&self, request: Steering) {
        let mut state = self.lock();
        state.requests.push_back(request);
        self.0.called.store(true, Ordering::Release);
        if let Some(timer) = &state.timer {
            timer.ring(Duration::from_nanos(1));
        }
        self.0.changed.notify_all();
    }

    /// Takes the requests made since the last call.
    pub(crate) fn requests(&self) -> VecDeque<Steering> {
        if !self.0.called.load(Ordering::Acquire) {
            return VecDeque::new();
        }
        let mut state = self.lock();
        self.0.called.store(false, Ordering::Release);
        std::mem::take(&mut state.requests)
    }

    /// Waits for a request, at most this long. For times when there are no tracees to wait for.
    pub(crate) fn wait(&self, at_most: Duration) {
        let state = self.lock();
        if state.requests.is_empty() {
            let _ = self.0.changed.wait_timeout(state, at_most);
        }
    }

    /// Makes requests and alarms interrupt the calling thread when it waits.
    pub(crate) fn begin(&self) -> Result<(), Error> {
        let timer = Timer::new().map_err(|error| Error::call("timer_create", "wake-up", error))?;
        self.lock().timer = Some(timer);
        Ok(())
    }

    /// Interrupts the tracer's waiting after this long, and then every millisecond until it is
    /// called again; `None` turns the alarm off. A request that nobody has taken yet rings it at
    /// once: it may have come after the tracer looked and before it set the alarm, and would wait as
    /// long as the programs do.
    pub(crate) fn alarm(&self, after: Option<Duration>) {
        let state = self.lock();
        if let Some(timer) = &state.timer {
            timer.ring(time_until_alarm(after, !state.requests.is_empty()));
        }
    }

    /// The opposite of [`Handle::begin`].
    pub(crate) fn end(&self) {
        self.lock().timer = None;
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The time until an alarm rings; zero if it does not.
fn time_until_alarm(after: Option<Duration>, is_asked: bool) -> Duration {
    const AT_ONCE: Duration = Duration::from_nanos(1);
    if is_asked { AT_ONCE } else { after.map_or(Duration::ZERO, |after| after.max(AT_ONCE)) }
}

/// A POSIX timer that signals one thread, `timer_create(2)` with `SIGEV_THREAD_ID`.
///
/// `waitpid` has no timeout, and a signal that arrives just before it is entered would be missed.
/// So once the timer has expired, it expires again every millisecond until it is reset.
#[derive(Debug)]
struct Timer(libc::timer_t);

// SAFETY: a timer id is a number (in glibc, a tagged pointer that only glibc looks at), and every
// thread of the process may set and delete the timer.
unsafe impl Send for Timer {}

impl Timer {
    fn new() -> io::Result<Self> {
        let signal = wake_signal();
        let mut event = MaybeUninit::<libc::sigevent>::zeroed();
        let mut id: libc::timer_t = ptr::null_mut();
        // SAFETY: `event` is zeroed, which is a valid sigevent, and its fields are set before the
        // kernel reads them; `id` is valid for the kernel to write to.
        let done = unsafe {
            let event = event.assume_init_mut();
            event.sigev_notify = libc::SIGEV_THREAD_ID;
            event.sigev_signo = signal;
            event.sigev_notify_thread_id = libc::gettid();
            libc::timer_create(libc::CLOCK_MONOTONIC, event, &mut id)
        };
        if done < 0 { Err(io::Error::last_os_error()) } else { Ok(Self(id)) }
    }

    fn ring(&self, after: Duration) {
        let time = |duration: Duration| libc::timespec {
            tv_sec: duration.as_secs().try_into().unwrap_or(libc::time_t::MAX),
            tv_nsec: duration.subsec_nanos() as libc::c_long,
        };
        let setting =
            libc::itimerspec { it_value: time(after), it_interval: time(Duration::from_millis(1)) };
        // SAFETY: the timer lives as long as `self`; `setting` outlives the call.
        unsafe { libc::timer_settime(self.0, 0, &setting, ptr::null_mut()) };
    }
}

impl Drop for Timer {
    fn drop(&mut self) {
        // SAFETY: created by `new` and deleted only here.
        unsafe { libc::timer_delete(self.0) };
    }
}

/// A real-time signal with a handler that does nothing, so that it only interrupts.
fn wake_signal() -> i32 {
    extern "C" fn nothing(_: i32) {}
    static ONCE: Once = Once::new();
    let signal = libc::SIGRTMIN() + 6;
    ONCE.call_once(|| {
        // SAFETY: the handler does nothing and so is async-signal-safe; zeroed is a valid
        // sigaction with no flags: no SA_RESTART, or `waitpid` would not be interrupted.
        unsafe {
            let mut action = MaybeUninit::<libc::sigaction>::zeroed().assume_init();
            action.sa_sigaction = nothing as extern "C" fn(i32) as usize;
            libc::sigaction(signal, &action, ptr::null_mut());
        }
    });
    signal
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_alarm_that_is_set_anew_does_not_silence_a_request() {
        let (no_time, long) = (Duration::from_nanos(1), Duration::from_secs(9));
        assert_eq!(time_until_alarm(None, false), Duration::ZERO);
        assert_eq!(time_until_alarm(Some(long), false), long);
        assert_eq!(time_until_alarm(Some(Duration::ZERO), false), no_time);
        assert_eq!(time_until_alarm(None, true), no_time);
        assert_eq!(time_until_alarm(Some(long), true), no_time);
    }

    /// The tracer looks for requests, is asked, sets its alarm, and waits.
    #[test]
    fn a_request_that_comes_just_before_the_alarm_is_set_interrupts_the_wait() {
        let handle = Handle::default();
        handle.begin().expect("a timer");
        assert!(handle.requests().is_empty());
        handle.stop();
        handle.alarm(None);
        let long = rustix::thread::Timespec { tv_sec: 20, tv_nsec: 0 };
        // It may already have rung, and rings again.
        let slept = rustix::thread::nanosleep(&long);
        assert!(!matches!(slept, rustix::thread::NanosleepRelativeResult::Ok), "{slept:?}");
        assert_eq!(handle.requests().len(), 1);
        handle.alarm(None);
        handle.end();
    }
}
