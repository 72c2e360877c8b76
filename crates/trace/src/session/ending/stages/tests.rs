use super::super::verdict::Work;
use super::*;

const MS: u64 = 1_000_000;
const GRACE: u64 = 5000 * MS;
const TERM: i32 = libc::SIGTERM;
const KILL: i32 = libc::SIGKILL;

fn waits(pid: pid_t, command: u32) -> Living {
    Living { pid, command, work: None, for_child: false }
}

fn works(pid: pid_t, command: u32) -> Living {
    Living { work: Some(Work::Computes), ..waits(pid, command) }
}

/// The stages of a recording with the commands 0, 1 and 2, whose processes are 10, 20 and 30.
struct Play {
    stages: Stages,
    now: u64,
    /// The processes that have got a signal, in order; `Act`s without one as pid 0.
    acts: Vec<Act>,
}

impl Play {
    fn new(grace: u64) -> Self {
        Self { stages: Stages::new(grace), now: 1000 * MS, acts: Vec::new() }
    }

    fn settling(grace: u64) -> Self {
        let mut play = Self::new(grace);
        play.stages.settle(play.now);
        play
    }

    fn terminating(grace: u64) -> Self {
        let mut play = Self::new(grace);
        play.stages.terminate(play.now);
        play
    }

    /// Takes all steps that are due within this many milliseconds.
    fn pass(&mut self, milliseconds: u64, living: &[Living]) -> &mut Self {
        let end = self.now + milliseconds * MS;
        while let Some(due) = self.stages.due().filter(|due| *due <= end) {
            self.now = due.max(self.now);
            self.acts.extend(self.stages.step(self.now, living, &[10, 20, 30], 0));
        }
        self.now = end;
        self
    }

    fn acts(&mut self) -> Vec<Act> {
        std::mem::take(&mut self.acts)
    }

    fn told(&mut self) -> Vec<Option<u32>> {
        let told = self.acts.iter().filter_map(|act| match act {
            Act::Tell { signalled, .. } => Some(*signalled),
            _ => None,
        });
        let told = told.collect();
        self.acts.retain(|act| !matches!(act, Act::Tell { .. }));
        told
    }
}

fn signal(pid: pid_t, signal: i32) -> Act {
    Act::Signal(pid, signal)
}

#[test]
fn a_server_that_only_waits_gets_its_signal_at_once() {
    let mut play = Play::settling(GRACE);
    assert_eq!(play.pass(20, &[waits(10, 0)]).acts(), [Act::End, signal(10, TERM)]);
    assert_eq!(play.pass(20, &[]).acts(), [Act::Killed]);
    assert_eq!(play.stages.due(), None);
}

#[test]
fn nobody_is_ended_while_one_of_them_works() {
    let mut play = Play::settling(GRACE);
    let living = [waits(10, 0), works(20, 1)];
    assert_eq!(play.pass(900, &living).acts(), []);
    play.pass(1000, &living);
    assert_eq!(play.told(), [None]);
    let done = [waits(10, 0), waits(20, 1)];
    assert_eq!(play.pass(50, &done).acts(), [Act::End, signal(20, TERM)]);
    assert_eq!(play.pass(50, &[waits(10, 0)]).acts(), [signal(10, TERM)]);
}

#[test]
fn one_look_without_work_is_not_enough() {
    let mut play = Play::settling(GRACE);
    for _ in 0..20 {
        play.acts.extend(play.stages.step(play.now, &[waits(10, 0)], &[10], 0));
        play.acts.extend(play.stages.step(play.now, &[works(10, 0)], &[10], 0));
    }
    assert_eq!(play.acts(), []);
}

#[test]
fn the_patience_with_work_ends() {
    let mut play = Play::settling(GRACE);
    play.pass(4900, &[works(10, 0)]);
    assert_eq!((play.told(), play.acts()), (vec![None], vec![]));
    assert_eq!(play.pass(150, &[works(10, 0)]).acts(), [Act::End, signal(10, TERM)]);
}

#[test]
fn who_ignores_the_signal_is_killed_after_the_grace_period() {
    let mut play = Play::terminating(GRACE);
    assert_eq!(play.pass(900, &[waits(10, 0)]).acts(), [signal(10, TERM)]);
    play.pass(4000, &[waits(10, 0)]);
    assert_eq!((play.told(), play.acts()), (vec![Some(0)], vec![]));
    assert_eq!(play.pass(150, &[waits(10, 0)]).acts(), [signal(10, KILL), Act::Killed]);
}

#[test]
fn skipping_goes_to_the_next_signal() {
    let mut play = Play::settling(GRACE);
    play.pass(50, &[works(10, 0)]);
    play.stages.skip(play.now);
    assert_eq!(play.pass(1, &[works(10, 0)]).acts(), [Act::End, signal(10, TERM)]);
    play.stages.skip(play.now);
    assert_eq!(play.pass(1, &[works(10, 0)]).acts(), [signal(10, KILL), Act::Killed]);
    play.stages.skip(play.now);
    assert_eq!(play.stages.due(), None);
    let mut running = Play::new(GRACE);
    running.stages.skip(running.now);
    assert_eq!(running.stages.due(), None);
}

#[test]
fn without_grace_everybody_is_killed_at_once() {
    let living = [works(10, 0), waits(20, 1)];
    let killed = [Act::End, signal(20, KILL), signal(10, KILL), Act::Killed];
    assert_eq!(Play::settling(0).pass(0, &living).acts(), killed);
    assert_eq!(Play::terminating(0).pass(0, &living).acts(), killed[1..]);
}

#[test]
fn a_master_ends_its_workers_itself() {
    let mut play = Play::terminating(GRACE);
    let living = [waits(11, 0), waits(10, 0), waits(12, 0)];
    assert_eq!(play.pass(100, &living).acts(), [signal(10, TERM)]);
    // It has not, and half of the time has passed.
    play.pass(2450, &living);
    play.told();
    assert_eq!(play.acts(), [signal(11, TERM), signal(12, TERM)]);
    // It has, but one of them is still there.
    let mut play = Play::terminating(GRACE);
    play.pass(100, &living).acts();
    assert_eq!(play.pass(100, &[waits(12, 0)]).acts(), [signal(12, TERM)]);
}

#[test]
fn a_wrapper_that_waits_for_its_child_passes_no_signal_on() {
    let wrapper = Living { for_child: true, ..waits(10, 0) };
    let mut play = Play::terminating(GRACE);
    let first = play.pass(250, &[wrapper, waits(11, 0)]).acts();
    assert_eq!(first, [signal(10, TERM)], "it may have a handler");
    assert_eq!(play.pass(250, &[wrapper, works(11, 0)]).acts(), [], "its child is ending");
    assert_eq!(play.pass(100, &[wrapper, waits(11, 0)]).acts(), [signal(11, TERM)]);
}

#[test]
fn a_command_is_ended_when_those_that_may_use_it_have_ended() {
    let mut play = Play::terminating(GRACE);
    let all = [waits(10, 0), waits(20, 1), waits(31, 2)];
    assert_eq!(play.pass(100, &all).acts(), [signal(31, TERM)], "the last command left a child");
    assert_eq!(play.pass(20, &all[..2]).acts(), [signal(20, TERM)]);
    play.pass(5050, &all[..2]);
    play.told();
    assert_eq!(play.acts(), [signal(20, KILL), signal(10, TERM)]);
    assert_eq!(play.pass(100, &[]).acts(), [Act::Killed]);
}

#[test]
fn looking_takes_a_fifth_of_the_time_at_most() {
    let mut stages = Stages::new(GRACE);
    stages.settle(0);
    stages.step(0, &[works(10, 0)], &[10], 100 * MS);
    assert_eq!(stages.due(), Some(400 * MS));
}
