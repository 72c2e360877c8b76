//! What is kept of a recording: everything, until it is too much.

use std::mem::size_of;

use socklab_event::{
    Args, Call, Control, Event, Header, Message, Notice, Process, Ready, Timeline,
};
use socklab_event::{Wait, What};

/// What the names, addresses and other small parts of an event take, about.
const SMALL_PARTS: usize = 64;

/// A timeline that grows, and about how much memory it takes.
#[derive(Debug)]
pub(super) struct Kept {
    timeline: Timeline,
    size: usize,
    most: usize,
}

impl Kept {
    pub(super) fn new(header: Header, most: usize) -> Self {
        Kept { timeline: Timeline { header, events: Vec::new() }, size: 0, most }
    }

    /// True when this has made it too much. What comes after that is how the programs end, and is
    /// kept too.
    pub(super) fn add(&mut self, event: Event) -> bool {
        let was_full = self.is_full();
        self.size = self.size.saturating_add(size(&event));
        self.timeline.events.push(event);
        self.is_full() && !was_full
    }

    pub(super) fn is_full(&self) -> bool {
        self.size > self.most
    }

    /// The timeline; if it is not whole, it says so itself.
    pub(super) fn into_timeline(mut self) -> Timeline {
        if self.is_full()
            && let Some(last) = self.timeline.events.last()
        {
            let what = What::Notice(Notice::Truncated { limit: self.most as u64 });
            let told = Event { seq: last.seq + 1, at: last.at, place: last.place.clone(), what };
            self.timeline.events.push(told);
        }
        self.timeline
    }
}

/// About how much memory an event takes.
fn size(event: &Event) -> usize {
    let parts = match &event.what {
        What::Call(call) => size_of::<Call>() + size_of_args(&call.args),
        What::Process(Process::Stdio { bytes, .. }) => bytes.sample.len(),
        What::Process(Process::Start { argv, .. } | Process::Exec { argv, .. }) => {
            argv.iter().map(|argument| size_of::<String>() + argument.len()).sum()
        }
        _ => 0,
    };
    size_of::<Event>() + SMALL_PARTS + parts
}

fn size_of_args(args: &Args) -> usize {
    match args {
        Args::Send { bytes, control, .. } | Args::Recv { bytes, control, .. } => {
            bytes.sample.len() + control.len() * size_of::<Control>()
        }
        Args::SendMany { messages, .. } | Args::RecvMany { messages, .. } => {
            messages.iter().map(|message| size_of::<Message>() + message.bytes.sample.len()).sum()
        }
        Args::Poll { waits, .. } => waits.len() * size_of::<Wait>(),
        Args::EpollWait { ready, .. } => ready.len() * size_of::<Ready>(),
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use socklab_event::{Bytes, Place, Stream};

    use super::*;

    fn event(seq: u64, bytes: usize) -> Event {
        let place = Place { host: None, process: 1, thread: 1 };
        let bytes = Bytes::whole(vec![0; bytes]);
        let what = What::Process(Process::Stdio { stream: Stream::Stdout, bytes });
        Event { seq, at: seq, place, what }
    }

    #[test]
    fn too_much_is_said_once_and_by_the_timeline_itself() {
        let mut kept = Kept::new(Header::default(), 1 << 20);
        let told: Vec<u64> = (0..50).filter(|seq| kept.add(event(*seq, 64 << 10))).collect();
        assert_eq!(told, [15], "some bytes of each event come on top of its 64 KiB");
        let timeline = kept.into_timeline();
        assert_eq!(timeline.events.len(), 51);
        let last = timeline.events.last().and_then(Event::notice);
        assert!(matches!(last, Some(Notice::Truncated { limit: 1_048_576 })), "{last:?}");
    }

    #[test]
    fn a_recording_of_a_common_size_is_whole() {
        let mut kept = Kept::new(Header::default(), 1 << 20);
        assert!((0..10).all(|seq| !kept.add(event(seq, 1024))));
        assert_eq!(kept.into_timeline().events.len(), 10);
    }
}
