//! The relay, between pipes and real sockets.

use std::io::{self, PipeReader, Read, Write, pipe};
use std::net::{Shutdown, TcpListener, TcpStream, UdpSocket};
use std::sync::Mutex;
use std::thread;
use std::time::Duration;

use crate::support::{assert_same, noise, read_all, reset_on_close, start};
use socklab_net::relay::{
    self, Direction, Ending, Framing, Object, RelaySummary, Side, StreamOptions, UdpOptions,
};
use socklab_net::server::{Config, Echo};

const LOTS: usize = 50_000_000;

/// Two ends of one TCP connection.
fn connection() -> (TcpStream, TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let ours = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    (ours, listener.accept().unwrap().0)
}

/// An input that contains `text` and then ends.
fn input(text: &[u8]) -> PipeReader {
    let (reader, mut writer) = pipe().unwrap();
    writer.write_all(text).unwrap();
    reader
}

fn finished(summary: &RelaySummary) {
    assert!(matches!(summary.ending, Ending::Finished), "{summary:?}");
}

/// A slow output that accepts little at a time.
struct Slow<W>(W, u32);

impl<W: Write> Write for Slow<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.1 += 1;
        if self.1.is_multiple_of(200) {
            thread::sleep(Duration::from_millis(1));
        }
        self.0.write(&bytes[..bytes.len().min(10_000)])
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

#[test]
fn fifty_megabytes_each_way_and_slow_readers_at_both_ends() {
    let (ours, theirs) = connection();
    let (reader, mut writer) = pipe().unwrap();
    let (there, back) = (noise(LOTS, 1), noise(LOTS, 2));
    thread::scope(|scope| {
        scope.spawn(|| {
            writer.write_all(&there).unwrap();
            drop(writer);
        });
        scope.spawn(|| {
            (&theirs).write_all(&back).unwrap();
            theirs.shutdown(Shutdown::Write).unwrap();
        });
        let arrived = scope.spawn(|| {
            let mut arrived = Slow(Vec::new(), 0);
            io::copy(&mut &theirs, &mut arrived).unwrap();
            arrived.0
        });
        let mut output = Slow(Vec::new(), 0);
        let summary = relay::stream(reader, &mut output, &ours, &StreamOptions::default(), None);
        finished(&summary);
        assert_eq!((summary.sent, summary.received), (LOTS as u64, LOTS as u64));
        assert_same(&output.0, &back);
        assert_same(&arrived.join().unwrap(), &there);
    });
}

#[test]
fn fifty_megabytes_through_an_echo_server_from_a_file() {
    let server = start(Echo, &Config::default());
    let data = noise(LOTS, 3);
    let path = std::env::temp_dir().join(format!("socklab-net-relay-{}", std::process::id()));
    std::fs::write(&path, &data).unwrap();
    let mut output = Vec::new();
    let file = std::fs::File::open(&path).unwrap();
    let summary = relay::stream(file, &mut output, &server.tcp(), &StreamOptions::default(), None);
    std::fs::remove_file(path).unwrap();
    finished(&summary);
    assert_eq!(summary.first_to_end, Some(Side::Input));
    assert_same(&output, &data);
}

#[test]
fn the_end_of_the_input_is_a_fin_and_the_answer_still_arrives() {
    let (ours, mut theirs) = connection();
    let server = thread::spawn(move || {
        let question = read_all(&theirs);
        theirs.write_all(&question.repeat(2)).unwrap();
    });
    let seen = Mutex::new(Vec::new());
    let observer = |direction: Direction, bytes: &[u8]| {
        seen.lock().unwrap().push((direction, bytes.to_vec()));
    };
    let mut output = Vec::new();
    let options = StreamOptions::default();
    let summary = relay::stream(input(b"abc"), &mut output, &ours, &options, Some(&observer));
    server.join().unwrap();
    finished(&summary);
    assert_eq!((summary.sent, summary.received), (3, 6));
    assert_eq!(summary.first_to_end, Some(Side::Input));
    assert_eq!(output, b"abcabc");
    let to_peer = seen.into_inner().unwrap().remove(0);
    assert_eq!(to_peer, (Direction::ToPeer, b"abc".to_vec()));
}

#[test]
fn an_idle_terminal_does_not_delay_the_end_of_the_peer() {
    let (ours, mut theirs) = connection();
    theirs.write_all(b"bye").unwrap();
    drop(theirs);
    // An idle terminal: a pipe whose other end stays open.
    let (terminal, _other_end) = pipe().unwrap();
    let mut output = Vec::new();
    let options = StreamOptions { end_when_peer_ends: true, ..StreamOptions::default() };
    let summary = relay::stream(&terminal, &mut output, &ours, &options, None);
    finished(&summary);
    assert_eq!((output.as_slice(), summary.first_to_end), (&b"bye"[..], Some(Side::Peer)));
}

#[test]
fn a_peer_that_half_closed_still_gets_the_input() {
    let (ours, theirs) = connection();
    theirs.shutdown(Shutdown::Write).unwrap();
    let arrived = thread::spawn(move || read_all(theirs));
    let (terminal, mut person) = pipe().unwrap();
    let typing = thread::spawn(move || {
        for _ in 0..20 {
            person.write_all(b"line\n").unwrap();
            thread::sleep(Duration::from_millis(2));
        }
    });
    let summary = relay::stream(terminal, &mut Vec::new(), &ours, &StreamOptions::default(), None);
    typing.join().unwrap();
    finished(&summary);
    assert_eq!(summary.first_to_end, Some(Side::Peer));
    assert_eq!(arrived.join().unwrap(), b"line\n".repeat(20));
}

#[test]
fn a_reset_is_reported_and_earlier_data_is_kept() {
    let (ours, mut theirs) = connection();
    theirs.write_all(b"half an ans").unwrap();
    reset_on_close(&theirs);
    drop(theirs);
    let (terminal, _other_end) = pipe().unwrap();
    let mut output = Vec::new();
    let summary = relay::stream(terminal, &mut output, &ours, &StreamOptions::default(), None);
    assert!(matches!(summary.ending, Ending::Reset), "{summary:?}");
    assert_eq!(summary.first_to_end, Some(Side::Peer));
    assert_eq!(output, b"half an ans");
}

#[test]
fn a_reset_while_sending_is_reported() {
    let (ours, mut theirs) = connection();
    let (reader, mut writer) = pipe().unwrap();
    let feeding = thread::spawn(move || while writer.write_all(&[0; 10_000]).is_ok() {});
    let vanishing = thread::spawn(move || {
        theirs.read_exact(&mut [0; 1_000_000]).unwrap();
        reset_on_close(&theirs);
    });
    let summary = relay::stream(reader, &mut Vec::new(), &ours, &StreamOptions::default(), None);
    assert!(matches!(summary.ending, Ending::Reset), "{summary:?}");
    vanishing.join().unwrap();
    feeding.join().unwrap();
}

#[test]
fn the_time_limit_begins_when_the_input_has_ended() {
    let (ours, _silent) = connection();
    let patience = Some(Duration::from_millis(30));
    let options = StreamOptions { patience, ..StreamOptions::default() };
    let summary = relay::stream(input(b"hello?"), &mut Vec::new(), &ours, &options, None);
    assert!(matches!(summary.ending, Ending::Silence), "{summary:?}");
    assert_eq!((summary.sent, summary.first_to_end), (6, Some(Side::Input)));
}

#[test]
fn a_closed_output_ends_the_relay() {
    let (ours, mut theirs) = connection();
    let talking = thread::spawn(move || while theirs.write_all(&[0; 10_000]).is_ok() {});
    let (gone, mut output) = pipe().unwrap();
    drop(gone);
    let (terminal, _other_end) = pipe().unwrap();
    let summary = relay::stream(terminal, &mut output, &ours, &StreamOptions::default(), None);
    drop(ours);
    talking.join().unwrap();
    let Ending::Failed { call, on: Object::Output, source } = summary.ending else {
        panic!("{summary:?}")
    };
    assert_eq!((call, source.kind()), ("write", io::ErrorKind::BrokenPipe));
}

#[test]
fn each_line_is_a_datagram_and_each_answer_is_written() {
    let server = start(Echo, &Config::default());
    let lines = Mutex::new(Vec::new());
    let observer = |direction: Direction, bytes: &[u8]| {
        if direction == Direction::ToPeer {
            lines.lock().unwrap().push(bytes.to_vec());
        }
    };
    let mut output = Vec::new();
    let options = UdpOptions { patience: Duration::from_millis(200), ..UdpOptions::default() };
    let text = input(b"one\n\nthree\nfour");
    let summary = relay::udp(text, &mut output, &server.udp(), &options, Some(&observer));
    finished(&summary);
    assert_eq!((summary.sent, summary.received), (15, 15));
    assert_eq!(output, b"one\n\nthree\nfour");
    let lines = lines.into_inner().unwrap();
    assert_eq!(lines, [&b"one\n"[..], b"\n", b"three\n", b"four"]);
}

#[test]
fn an_empty_datagram_does_not_end_the_relay() {
    let peer = UdpSocket::bind("127.0.0.1:0").unwrap();
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    socket.connect(peer.local_addr().unwrap()).unwrap();
    let (terminal, mut person) = pipe().unwrap();
    person.write_all(&[b'x'; 3000]).unwrap();
    let answering = thread::spawn(move || {
        let (count, client) = peer.recv_from(&mut [0; 9000]).unwrap();
        peer.send_to(b"", client).unwrap();
        peer.send_to(b"after", client).unwrap();
        drop(person);
        (count, peer)
    });
    let framing = Framing::Chunks;
    let options = UdpOptions { framing, patience: Duration::from_millis(200) };
    let mut output = Vec::new();
    finished(&relay::udp(terminal, &mut output, &socket, &options, None));
    assert_eq!(output, b"after");
    assert_eq!(answering.join().unwrap().0, 3000);
}

#[test]
fn an_unbound_port_refuses() {
    // A port held by a socket that is connected to another peer: it receives nothing from us, and
    // no other program can bind the port in the meantime.
    let nobody = UdpSocket::bind("127.0.0.1:0").unwrap();
    nobody.connect("127.0.0.1:9").unwrap();
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    socket.connect(nobody.local_addr().unwrap()).unwrap();
    let (terminal, mut person) = pipe().unwrap();
    person.write_all(b"anybody?\n").unwrap();
    let options = UdpOptions::default();
    let summary = relay::udp(terminal, &mut Vec::new(), &socket, &options, None);
    assert!(matches!(summary.ending, Ending::Refused), "{summary:?}");
    assert_eq!(summary.first_to_end, Some(Side::Peer));
    assert!(serde_json::to_string(&summary).unwrap().contains(r#""how":"refused""#));
}

#[test]
fn a_panicking_observer_panics_the_caller_without_a_hang() {
    for direction in [Direction::ToPeer, Direction::FromPeer] {
        let (ours, mut theirs) = connection();
        theirs.write_all(b"from the peer").unwrap();
        let (terminal, mut person) = pipe().unwrap();
        person.write_all(b"to the peer").unwrap();
        let observer = move |which: Direction, _: &[u8]| {
            assert!(which != direction, "this panic is part of a test");
        };
        let relaying = thread::spawn(move || {
            relay::stream(
                terminal,
                &mut Vec::new(),
                &ours,
                &StreamOptions::default(),
                Some(&observer),
            )
        });
        relaying.join().unwrap_err();
    }
}
