//! Which threads have waited for long in a call that has not returned yet: the tracer tells of a call
//! when it returns.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use socklab_event::{Event, Place, Process, library_name};
use socklab_kernel::process::{self, State, SystemCall, Target};
use socklab_ladder::Waiting;

/// A wait that is longer than this is told.
const LONG: Duration = Duration::from_secs(1);

/// Of so many threads at most: they are looked at again and again.
const MOST: usize = 256;

/// The threads that have made calls.
#[derive(Debug, Default)]
pub(super) struct LongWaits {
    threads: HashMap<(u32, u32), Thread>,
}

#[derive(Debug, Default)]
struct Thread {
    host: Option<Arc<str>>,
    /// The call in which it was seen last, and since when. Any event of it ends that.
    inside: Option<(i64, [u64; 6], Instant)>,
    told: bool,
}

/// A thread that waits.
#[derive(Debug)]
pub(super) struct LongWait {
    place: Place,
    call: &'static str,
    fd: Option<i32>,
    lasts: Duration,
}

impl LongWait {
    pub(super) fn told(&self) -> Waiting<'_> {
        let lasts = u64::try_from(self.lasts.as_nanos()).unwrap_or(u64::MAX);
        Waiting::new(&self.place, self.call, self.fd, lasts)
    }
}

impl LongWaits {
    /// A thread that does something does not wait.
    pub(super) fn see(&mut self, event: &Event) {
        let place = &event.place;
        let key = (place.process, place.thread);
        if matches!(event.process(), Some(Process::Exit { .. } | Process::Released)) {
            self.threads.retain(|(process, _), _| *process != place.process);
        } else if event.call().is_some_and(|call| !call.implicit) {
            if self.threads.len() >= MOST && !self.threads.contains_key(&key) {
                return;
            }
            let thread = self.threads.entry(key).or_default();
            *thread = Thread { host: place.host.clone(), ..Thread::default() };
        }
    }

    /// The threads that have just waited for long, each once.
    pub(super) fn look(&mut self) -> Vec<LongWait> {
        // Of a thread that ends while others of its process go on, nothing is told.
        self.threads.retain(|(process, thread), _| process::state(*process, *thread).is_some());
        let mut found = Vec::new();
        for (&(process, number), thread) in self.threads.iter_mut().filter(|(_, one)| !one.told) {
            let sleeps = process::state(process, number) == Some(State::Sleeping);
            let call = process::system_call(process, number).ok().filter(|_| sleeps);
            let Some(SystemCall::Inside { number: call, arguments, .. }) = call else {
                thread.inside = None;
                continue;
            };
            let since = match thread.inside {
                Some((known, same, since)) if known == call && same == arguments => since,
                _ => {
                    thread.inside = Some((call, arguments, Instant::now()));
                    continue;
                }
            };
            let Some((name, fd)) = waits_in(number, call, &arguments) else { continue };
            if since.elapsed() > LONG {
                thread.told = true;
                let place = Place { host: thread.host.clone(), process, thread: number };
                found.push(LongWait { place, call: name, fd, lasts: since.elapsed() });
            }
        }
        found
    }
}

/// The call, if it is one on a socket or waits for sockets, and the socket's descriptor.
fn waits_in(thread: u32, call: i64, arguments: &[u64; 6]) -> Option<(&'static str, Option<i32>)> {
    // The address is the fifth argument of both recvfrom(2) and sendto(2).
    let name = library_name(socklab_trace::call_name(call)?, arguments[4] != 0);
    let first = arguments[0];
    if name.contains("poll") || name.contains("select") {
        // Which sockets it waits for is in the program's memory.
        return Some((name, None));
    }
    // The kernel takes the lower half of the register.
    let fd = i32::from_ne_bytes(u32::try_from(first & 0xffff_ffff).ok()?.to_ne_bytes());
    let on_socket = matches!(process::target(thread, fd), Target::Socket(_));
    on_socket.then_some((name, Some(fd)))
}
