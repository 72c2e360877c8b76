//! Prepares a recording for readers: removes the engine's own command lines, and joins lines that
//! were printed in pieces.

use std::collections::HashMap;

use socklab_event::{Bytes, Column, Event, Process, Stream, What};

/// Normalizes the events of a run with these columns.
pub(super) fn normalize(events: &mut Vec<Event>, columns: &[Column]) {
    hide_own_command_lines(events, columns);
    join_prints(events);
}

/// A peer's command line means nothing to a reader; neither does the path of the link by which a
/// course program was started, since users type its name.
fn hide_own_command_lines(events: &mut [Event], columns: &[Column]) {
    let mut of = HashMap::new();
    for event in events {
        let process = event.place.process;
        if let Some(Process::Start { command, .. }) = event.process() {
            of.insert(process, *command as usize);
        }
        let column = of.get(&process).and_then(|index| columns.get(*index));
        if let (What::Process(process), Some(column)) = (&mut event.what, column)
            && let Process::Start { argv, exe, .. } | Process::Exec { argv, exe, .. } =
                &mut **process
        {
            let named = argv.first().is_some_and(|first| first.contains("/bin/"))
                && argv.get(1..) == column.argv.get(1..);
            if column.argv.is_empty() || named {
                argv.clone_from(&column.argv);
                *exe = None;
            }
        }
    }
}

/// Standard error is not buffered, so a message may be written in several parts. Joins the parts,
/// if the process did nothing else in between.
fn join_prints(events: &mut Vec<Event>) {
    // The last event of each process, by its index in `joined`.
    let mut last: HashMap<u32, usize> = HashMap::new();
    let mut joined: Vec<Event> = Vec::with_capacity(events.len());
    for event in events.drain(..) {
        let before = last.get(&event.place.process).and_then(|index| joined.get_mut(*index));
        if let (Some((stream, bytes)), Some(Event { what, .. })) = (print(&event), before)
            && let What::Process(process) = what
            && let Process::Stdio { stream: other, bytes: sum } = &mut **process
            && *other == stream
            && !sum.is_cut()
            && !sum.sample.ends_with(b"\n")
        {
            sum.sample.extend_from_slice(&bytes.sample);
            sum.total += bytes.total;
            continue;
        }
        last.insert(event.place.process, joined.len());
        joined.push(event);
    }
    *events = joined;
}

fn print(event: &Event) -> Option<(Stream, &Bytes)> {
    match event.process()? {
        Process::Stdio { stream, bytes } if *stream != Stream::Stdin => Some((*stream, bytes)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use socklab_event::Place;

    use super::*;

    fn prints(process: u32, stream: Stream, text: &str) -> Event {
        let place = Place { host: None, process, thread: process };
        let what = Process::Stdio { stream, bytes: Bytes::whole(text) }.into();
        Event { seq: 0, at: 0, place, what }
    }

    #[test]
    fn a_line_printed_in_pieces_is_joined() {
        let mut events = vec![
            prints(1, Stream::Stderr, "connect"),
            prints(2, Stream::Stdout, "meanwhile\n"),
            prints(1, Stream::Stderr, ": refused\n"),
            prints(1, Stream::Stderr, "next"),
            prints(1, Stream::Stdout, "other"),
        ];
        join_prints(&mut events);
        let texts: Vec<String> = events
            .iter()
            .filter_map(|event| print(event).map(|(_, bytes)| bytes.to_string()))
            .collect();
        assert_eq!(texts, ["connect: refused\\n", "meanwhile\\n", "next", "other"]);
    }
}
