//! Starts a command, with the filters it begins with.

use std::collections::BTreeSet;
use std::rc::Rc;

use libc::sock_filter;

use super::commands::Commands;
use super::coverage::Coverage;
use super::process::TracedProcess;
use super::thread::TracedThread;
use super::tracees::Tracees;
use crate::command::Command;
use crate::confines::Confined;
use crate::error::Error;
use crate::filter::{self, Descriptors};
use crate::options::Options;
use crate::spawn;

/// Starts a command; its process is a tracee before it executes its program.
pub(super) fn start(
    mut command: Command,
    options: &Options,
    commands: &mut Commands,
    tracees: &mut Tracees,
) -> Result<(), Error> {
    let ranges = first_ranges(options.stdio, &inherited_sockets());
    let mut filters = if options.every_call { Vec::new() } else { first_filters(&ranges) };
    if command.confines.is_some() && !options.every_call {
        filters.push(filter::watched());
    }
    let spawned = spawn::spawn(&mut command, &filters)?;
    let pid = spawned.pid;
    let mut process = TracedProcess::new(pid, commands.next_index());
    process.fresh = true;
    process.sample = command.sample;
    process.stdio_sample = command.stdio_sample;
    process.confined = command.confines.take().map(|confines| {
        let confined = Confined::new(confines);
        confined.note_birth(pid);
        Rc::new(confined)
    });
    process.filtered = !options.every_call;
    process.stepped = options.every_call;
    process.coverage = Coverage::of(ranges);
    tracees.add_process(process);
    tracees.add_thread(pid, TracedThread::new(pid));
    commands.add_started(command.label, spawned);
    Ok(())
}

/// The descriptors that a command's first filters stop at: sockets it inherits, and the standard
/// streams if they are recorded.
fn first_ranges(stdio: bool, inherited: &BTreeSet<i32>) -> Vec<Descriptors> {
    let streams = stdio.then_some(0..=2);
    let above = if stdio { 3 } else { 0 };
    let inherited = inherited.range(above..).map(|fd| fd.cast_unsigned()..=fd.cast_unsigned());
    streams.into_iter().chain(inherited).collect()
}

fn first_filters(ranges: &[Descriptors]) -> Vec<Vec<sock_filter>> {
    let added = ranges.iter().enumerate();
    let added = added.map(|(index, range)| filter::descriptors(range, index == 0));
    [filter::base()].into_iter().chain(added).collect()
}

/// The sockets of this process that the programs it starts inherit.
fn inherited_sockets() -> BTreeSet<i32> {
    let ours = socklab_kernel::process::sockets(std::process::id());
    ours.into_iter().filter(|socket| !socket.close_on_exec).map(|socket| socket.fd).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_socket_among_the_standard_streams_is_covered_once() {
        let inherited = BTreeSet::from([1, 5]);
        assert_eq!(first_ranges(false, &inherited), [1..=1, 5..=5]);
        assert_eq!(first_ranges(true, &inherited), [0..=2, 5..=5]);
        assert_eq!(first_filters(&first_ranges(true, &inherited)).len(), 3);
    }
}
