//! Sweeps: a program closes one number after the other, whether or not anything is open there, as
//! daemons do when they start.

use std::collections::HashMap;

use socklab_event::{Args, Call, Errno};

use crate::Position;

/// So many closes in a row that find nothing are no mistake.
const SWEEP: usize = 4;

/// The calls of all sweeps that found nothing to close, sweep by sweep. Each sweep is made by one
/// thread, in ascending or descending order, with no other call in between that is recorded.
pub(crate) fn find<'c>(calls: impl Iterator<Item = (Position, (u32, u32), &'c Call)>) -> Sweeps {
    let mut open: HashMap<(u32, u32), Vec<Step>> = HashMap::new();
    let mut sweeps = Vec::new();
    let mut end = |run: Vec<Step>| {
        let vain: Vec<Position> =
            run.into_iter().filter(|step| step.vain).map(|step| step.at).collect();
        if vain.len() >= SWEEP {
            sweeps.push(vain);
        }
    };
    for (at, thread, call) in calls.filter(|(.., call)| !call.implicit) {
        let Some(fd) = call.fd.filter(|_| matches!(call.args, Args::Close)) else {
            if !open.is_empty()
                && let Some(run) = open.remove(&thread)
            {
                end(run);
            }
            continue;
        };
        let run = open.entry(thread).or_default();
        let goes_on = match run.as_slice() {
            [.., before, last] => (before.fd < last.fd) == (last.fd < fd) && last.fd != fd,
            [last] => last.fd != fd,
            [] => true,
        };
        if !goes_on {
            // Two closes have an order by chance: the second may be the first of the next sweep.
            let next = run.split_off(if run.len() == 2 && run[1].fd != fd { 1 } else { run.len() });
            end(std::mem::replace(run, next));
        }
        run.push(Step { at, fd, vain: call.error() == Some(Errno::EBADF) });
    }
    open.into_values().for_each(&mut end);
    sweeps.sort_unstable();
    sweeps
}

/// One close among others.
struct Step {
    at: Position,
    fd: i32,
    vain: bool,
}

/// The calls of each sweep.
pub(crate) type Sweeps = Vec<Vec<Position>>;

#[cfg(test)]
mod tests {
    use socklab_event::Outcome;

    use super::*;

    fn close(fd: i32, outcome: Outcome) -> Call {
        Call {
            name: "close".into(),
            fd: Some(fd),
            socket: None,
            args: Args::Close,
            outcome,
            began: 1,
            ended: 2,
            restarts: 0,
            implicit: false,
            source: None,
            counted: None,
        }
    }

    fn sweeps(fds: &[i32]) -> Sweeps {
        let outcome = |fd: i32| match fd < 0 {
            // Negative: it was open.
            true => Outcome::Value(0),
            false => Outcome::Error(Errno::EBADF),
        };
        let calls: Vec<Call> = fds.iter().map(|fd| close(fd.abs(), outcome(*fd))).collect();
        find(calls.iter().enumerate().map(|(at, call)| (at, (1, 1), call)))
    }

    #[test]
    fn closes_of_one_number_after_the_other_are_a_sweep() {
        assert_eq!(sweeps(&[3, 4, 7, 8]), [[0, 1, 2, 3]]);
        assert_eq!(sweeps(&[9, 7, 6, 3, 2]), [[0, 1, 2, 3, 4]]);
        assert_eq!(sweeps(&[-7, 3, 4, 5, 6, -9, 3]), [[1, 2, 3, 4]]);
        assert_eq!(sweeps(&[3, 4, -5, 6, 7]), [[0, 1, 3, 4]], "the socket 5 was still open");
    }

    #[test]
    fn a_double_close_is_none() {
        assert_eq!(sweeps(&[3, 4, 5]), Sweeps::new(), "too few");
        assert_eq!(sweeps(&[3, 3, 3, 3, 3]), Sweeps::new(), "the same one again and again");
        assert_eq!(sweeps(&[5, 3, 9, 4, 7]), Sweeps::new(), "in no order");
        assert_eq!(sweeps(&[3, 4, -1, 5, 6]), Sweeps::new(), "two short ones");
    }
}
