//! A tap on the loopback device: every frame that passes through it, as an event.
//!
//! A thread of its own looks into the ring every 10 ms and once more at the end, so that no program
//! waits for it. The ring takes 6 to 13 ms to set up and again to close, and nobody waits for that
//! either: see [`Tap::await_opening`] and [`Tap::finish`].

use std::io;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::Duration;

use socklab_event::{Args, Event, Family, Fate, Notice, Place, What};
use socklab_kernel::clock;

use super::WireRefusal;
use super::frame::frame;
use super::ring::{Ring, RingOptions};
use crate::sys;

/// `lo` is the first device of every network namespace, and the kernel gives it this index.
const LO: i32 = 1;
/// How often the ring is drained: if the thread gets a processor, that is. On a busy machine it has been
/// seen to wait a third of a second, and a program that is not traced sends 100,000 frames in that time.
const INTERVAL: Duration = Duration::from_millis(10);
/// The ring's size, in bytes. The kernel clears them, which takes 5 ms, beside what it waits for anyway.
const RING: usize = 32 << 20;
/// What is looked at of a frame, at most, with what the kernel says of it.
const SLOT: usize = 2048;
/// Room for all headers of a frame, and for what the kernel says of it.
const BESIDES: usize = 256;
/// How many times it is drained before it is asked again whether the time of day was set.
const CLOCK_EVERY: u32 = 5;
/// The host that frames of the loopback device come from and go to.
const HOST: &str = "loopback";

/// A tap on `lo`. If it is dropped, it ends without the frames that it has not looked at yet.
#[derive(Debug)]
pub struct Tap {
    opened: Receiver<Result<(), WireRefusal>>,
    /// What came of opening it, once that is known.
    opening: Option<Result<(), WireRefusal>>,
    /// The thread goes on as long as this exists and says nothing.
    end: Sender<()>,
    ended: Receiver<Tapped>,
}

/// What a tap has seen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Tapped {
    /// How many frames there were.
    pub seen: u64,
    /// How many of them found the ring full, and are not among the events.
    pub lost: u64,
    /// How often the time of day was set meanwhile.
    pub clock_steps: u32,
}

impl Tap {
    /// Starts to tap `lo` of the network namespace of the calling thread. `sink` is called on a thread
    /// of the tap with the frames of 10 ms at a time; `sample` bytes of each one's payload are kept at
    /// most, and never more than the first two kilobytes of a frame.
    ///
    /// A frame's time is that of its arrival: on this device it comes a microsecond after it was sent.
    /// Checksums, which nobody computes on this device, are right in a frame that is kept whole. If frames are lost,
    /// the last event is a [`Notice::FramesLost`].
    ///
    /// # Errors
    ///
    /// The thread could not be started. Whether the tap could be opened, [`Tap::opened`] knows.
    pub fn start(sample: usize, sink: impl FnMut(Vec<Event>) + Send + 'static) -> io::Result<Self> {
        // The smaller the slots, the more there are.
        let slot = sample.saturating_add(BESIDES).min(SLOT);
        Self::with(RingOptions { size: RING, slot, ..RingOptions::default() }, sample, sink)
    }

    fn with(
        options: RingOptions,
        sample: usize,
        sink: impl FnMut(Vec<Event>) + Send + 'static,
    ) -> io::Result<Self> {
        let (tell_opened, opened) = channel();
        let (end, wait_for_end) = channel();
        let (tell_ended, ended) = channel();
        let work = move || {
            // Frames get lost if other threads have the processors for as long as the ring takes to fill.
            let _ = sys::take_short_turns();
            let ring = match Ring::open(Some(LO), options) {
                Ok(ring) => ring,
                Err(refusal) => return drop(tell_opened.send(Err(refusal))),
            };
            // Whoever does not listen any more has no use for the tap either; it ends below.
            let _ = tell_opened.send(Ok(()));
            let mut tapping = Tapping { ring, sample, sink, first_loss: None };
            let tapped = tapping.run(&wait_for_end);
            let _ = tell_ended.send(tapped);
            // Only now is the ring closed, which takes a while.
            drop(tapping);
        };
        thread::Builder::new().name("tap".to_owned()).spawn(work)?;
        Ok(Self { opened, opening: None, end, ended })
    }

    /// Waits until frames are seen.
    ///
    /// # Errors
    ///
    /// The step that was refused: there will be no frames.
    pub fn opened(&mut self) -> Result<(), &WireRefusal> {
        let opened = &self.opened;
        let opening = self.opening.get_or_insert_with(|| {
            let panicked = || WireRefusal::new("clone", io::ErrorKind::Other);
            opened.recv().unwrap_or_else(|_| Err(panicked()))
        });
        opening.as_ref().copied()
    }

    /// For every event of a tracer that goes on with the program when this returns: waits until frames
    /// are seen before a program can send its first one, for which it needs a socket.
    pub fn await_opening(&mut self, event: &Event) {
        let What::Call(call) = &event.what else { return };
        let Args::Socket { family, .. } = call.args else { return };
        let stays_inside = family == Family::UNIX || family == Family::NETLINK;
        if self.opening.is_none() && !stays_inside {
            let _ = self.opened();
        }
    }

    /// Hands over what is still in the ring, and ends. Nothing that has happened before is missing.
    ///
    /// # Errors
    ///
    /// The step that was refused when the tap was to be opened.
    pub fn finish(mut self) -> Result<Tapped, WireRefusal> {
        let _ = self.opened();
        if let Some(Err(refusal)) = self.opening {
            return Err(refusal);
        }
        let _ = self.end.send(());
        let panicked = || WireRefusal::new("join", io::ErrorKind::Other);
        self.ended.recv().map_err(|_| panicked())
    }
}

/// What the thread does.
struct Tapping<S> {
    ring: Ring,
    sample: usize,
    sink: S,
    /// When it was first noticed that frames had been lost.
    first_loss: Option<u64>,
}

impl<S: FnMut(Vec<Event>)> Tapping<S> {
    fn run(&mut self, end: &Receiver<()>) -> Tapped {
        for round in 1_u32.. {
            match end.recv_timeout(INTERVAL) {
                Err(RecvTimeoutError::Timeout) => self.drain(),
                Err(RecvTimeoutError::Disconnected) => break,
                Ok(()) => {
                    self.drain();
                    break;
                }
            }
            if round.is_multiple_of(CLOCK_EVERY) {
                self.ring.watch_clock();
            }
        }
        let (seen, lost) = self.ring.counts();
        if let Some(at) = self.first_loss {
            let what = Notice::FramesLost { count: lost }.into();
            (self.sink)(vec![Event { seq: 0, at, place: Place::default(), what }]);
        }
        Tapped { seen, lost, clock_steps: self.ring.clock_steps() }
    }

    fn drain(&mut self) {
        let mut events = Vec::new();
        let sample = self.sample;
        self.ring.drain(|mut seen| {
            let at = seen.at;
            let what = frame(&mut seen, sample, HOST, Some(HOST), Fate::Delivered { at }).into();
            events.push(Event { seq: 0, at, place: Place::default(), what });
        });
        let (_, lost) = self.ring.counts();
        if lost > 0 && self.first_loss.is_none() {
            self.first_loss = Some(events.last().map_or_else(clock::now, |event| event.at));
        }
        if !events.is_empty() {
            (self.sink)(events);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read as _, Write as _};
    use std::net::{TcpListener, TcpStream, UdpSocket};
    use std::sync::{Arc, Mutex};

    use socklab_event::{Call, Endpoint, Flags, Outcome, Transport};

    use super::*;
    use crate::is_intact;
    use crate::wire::within;

    /// Where the events go.
    #[derive(Clone, Default)]
    struct Sink(Arc<Mutex<Vec<Event>>>);

    impl Sink {
        fn take(&self) -> impl FnMut(Vec<Event>) + Send + use<> {
            let events = Arc::clone(&self.0);
            move |more| events.lock().expect("no panic").extend(more)
        }

        fn events(&self) -> Vec<Event> {
            std::mem::take(&mut self.0.lock().expect("no panic"))
        }
    }

    /// The flags of a segment and how much it carried, for every frame.
    fn segments(events: &[Event]) -> Vec<(String, u64)> {
        let frames = events.iter().map(|event| event.frame().expect("a frame"));
        let headers = frames.map(|frame| frame.headers.as_ref().expect("TCP"));
        let said = headers.map(|headers| match &headers.transport {
            Transport::Tcp { flags, .. } => (flags_of(flags), headers.payload.total),
            other => panic!("{other:?}"),
        });
        said.collect()
    }

    fn flags_of(flags: &Flags) -> String {
        flags.names().iter().map(|flag| flag.as_str()).collect::<Vec<_>>().join(",")
    }

    #[test]
    fn a_conversation_is_there_from_syn_to_fin() {
        if !within::own_network() {
            return;
        }
        let sink = Sink::default();
        let mut tap = Tap::start(16, sink.take()).expect("a thread");
        tap.opened().expect("CAP_NET_RAW is ours");
        let before = clock::now();
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let server = listener.local_addr().expect("bound");
        let mut client = TcpStream::connect(server).expect("somebody listens");
        let (mut peer, _) = listener.accept().expect("a connection");
        client.write_all(&[b'h'; 100]).expect("sent");
        peer.read_exact(&mut [0; 100]).expect("received");
        drop(client);
        assert_eq!(peer.read(&mut [0]).expect("the end"), 0);
        drop(peer);
        let after = clock::now();
        let tapped = tap.finish().expect("opened");
        let events = sink.events();
        assert_eq!((tapped.seen, tapped.lost), (events.len() as u64, 0));
        let said = segments(&events);
        let said: Vec<_> = said.iter().map(|(flags, count)| (flags.as_str(), *count)).collect();
        assert_eq!(said[..4], [("SYN", 0), ("SYN,ACK", 0), ("ACK", 0), ("PSH,ACK", 100)]);
        assert_eq!(said.iter().filter(|(flags, _)| flags.contains("FIN")).count(), 2);
        for event in &events {
            let slack = 1_000;
            assert!(before <= event.at + slack && event.at <= after + slack);
            let frame = event.frame().expect("a frame");
            assert_eq!(frame.fate, Fate::Delivered { at: event.at });
            assert_eq!((frame.from.as_str(), frame.to.as_deref()), (HOST, Some(HOST)));
            if !frame.bytes.is_cut() {
                assert_eq!(is_intact(&frame.bytes.sample), Some(true), "{frame:?}");
            }
        }
        let data = events[3].frame().expect("a frame");
        let headers = data.headers.as_ref().expect("TCP");
        assert_eq!(headers.payload.sample, [b'h'; 16]);
        assert_eq!(data.bytes.total - data.bytes.sample.len() as u64, 84);
        assert_eq!(headers.destination, Endpoint::ip(server.ip(), server.port()));
    }

    #[test]
    fn what_was_lost_is_counted_and_said() {
        if !within::own_network() {
            return;
        }
        let sink = Sink::default();
        let options = RingOptions { size: 1, ..RingOptions::default() };
        let mut tap = Tap::with(options, 0, sink.take()).expect("a thread");
        tap.opened().expect("CAP_NET_RAW is ours");
        let socket = UdpSocket::bind("127.0.0.1:0").expect("a port");
        socket.connect(socket.local_addr().expect("bound")).expect("to itself");
        let mut sent = 0;
        // More than the 128 slots between two looks, whenever those are.
        for _ in 0..20_000 {
            sent += u64::from(socket.send(b"").is_ok());
        }
        let tapped = tap.finish().expect("opened");
        assert_eq!(tapped.seen, sent);
        let mut events = sink.events();
        let last = events.pop().expect("a notice");
        assert_eq!(last.notice(), Some(&Notice::FramesLost { count: tapped.lost }));
        assert!(tapped.lost > 0);
        assert_eq!(events.len() as u64, tapped.seen - tapped.lost);
        assert!(events.iter().all(|event| event.frame().is_some()));
    }

    fn socket_made(family: Family) -> Event {
        let args = Args::Socket {
            family,
            kind: socklab_event::SocketType::DGRAM,
            flags: Flags::default(),
            protocol: socklab_event::Protocol::USUAL,
        };
        let call = Call {
            name: "socket".into(),
            fd: None,
            socket: None,
            args,
            outcome: Outcome::Value(3),
            began: 1,
            ended: 2,
            restarts: 0,
            implicit: false,
            source: None,
            counted: None,
        };
        Event { seq: 0, at: 1, place: Place::default(), what: call.into() }
    }

    #[test]
    fn whoever_makes_a_socket_waits_until_its_frames_are_seen() {
        if !within::own_network() {
            return;
        }
        let sink = Sink::default();
        let mut tap = Tap::start(0, sink.take()).expect("a thread");
        tap.await_opening(&socket_made(Family::UNIX));
        assert!(tap.opening.is_none(), "nothing can be sent yet");
        tap.await_opening(&socket_made(Family::INET));
        let socket = UdpSocket::bind("127.0.0.1:0").expect("a port");
        socket.send_to(b"first", socket.local_addr().expect("bound")).expect("sent");
        assert_eq!(tap.finish().expect("opened").seen, 1);
        assert_eq!(sink.events().len(), 1);
    }

    #[test]
    fn a_dropped_tap_ends() {
        if !within::own_network() {
            return;
        }
        let (alive, ends) = channel::<()>();
        let mut tap =
            Tap::start(0, move |_| alive.send(()).expect("listened to")).expect("a thread");
        tap.opened().expect("CAP_NET_RAW is ours");
        drop(tap);
        // The thread drops its sink when it ends.
        assert_eq!(ends.recv_timeout(Duration::from_secs(10)), Err(RecvTimeoutError::Disconnected));
    }
}
