use proptest::prelude::*;
use socklab_event::{
    Args, Bytes, Call, Endpoint, Errno, Family, Flags, Name, Outcome, Protocol, Shutdown, SocketId,
    SocketType,
};
use socklab_judge::{Part, Pattern, PatternPiece};

use super::programs::Program;
use super::*;
use crate::step_end::{Comparison, Stopped, SurplusAfter, Unit};

const PEER: u16 = 40000;
const SERVER: u16 = 12000;

fn at(port: u16) -> Endpoint {
    Endpoint::ip([127, 0, 0, 1], port)
}

fn call(kind: SocketType, args: Args, outcome: Outcome) -> Call {
    let socket = SocketId {
        netns: None,
        family: Family::INET,
        kind,
        protocol: Protocol::USUAL,
        local: Some(at(PEER)),
        peer: Some(at(SERVER)),
        inode: Some(7),
        peer_inode: None,
    };
    Call {
        name: Name::of("call"),
        fd: Some(3),
        socket: Some(socket.into()),
        args,
        outcome,
        began: 0,
        ended: 0,
        restarts: 0,
        implicit: false,
        source: None,
        counted: None,
    }
}

fn recv(bytes: &[u8], from: Option<Endpoint>) -> Args {
    Args::Recv {
        room: 65536,
        bytes: Bytes::whole(bytes),
        flags: Flags::default(),
        got: Flags::default(),
        from,
        control: Box::default(),
    }
}

fn send(bytes: &[u8], to: Option<Endpoint>) -> Call {
    let args = Args::Send {
        asked: bytes.len() as u64,
        bytes: Bytes::whole(bytes),
        flags: Flags::default(),
        to: to.clone(),
        control: Box::default(),
    };
    let kind = if to.is_some() { SocketType::DGRAM } else { SocketType::STREAM };
    call(kind, args, Outcome::Value(bytes.len() as i64))
}

/// A peer that has connected and sent a request.
fn asked() -> Ear {
    let mut ear = Ear::default();
    let (family, protocol) = (Family::INET, Protocol::USUAL);
    let kind = SocketType::STREAM;
    let opened = Args::Socket { family, kind, flags: Flags::default(), protocol };
    ear.note(&call(kind, opened, Outcome::Value(3)));
    ear.note(&call(kind, Args::Connect { address: at(SERVER) }, Outcome::Value(0)));
    ear.note(&send(b"hola", None));
    ear
}

fn hear(ear: &mut Ear, bytes: &[u8]) {
    let outcome = Outcome::Value(bytes.len() as i64);
    ear.note(&call(SocketType::STREAM, recv(bytes, None), outcome));
}

fn judge(ear: &mut Ear, wanted: &Wanted, late: bool) -> Judgement {
    ear.conversations[0].judge(wanted, late, None, true)
}

fn wanted(bytes: &[u8]) -> Wanted {
    Wanted::Bytes(bytes.to_vec(), Case::Sensitive)
}

fn like(unit: Unit, text: &str) -> Wanted {
    let pieces = [PatternPiece::Syntax(text)];
    Wanted::Like(unit, Pattern::new(Part::Whole, &pieces, false, None).expect(text))
}

/// What is wrong, without the bytes around it.
fn gist(judgement: Judgement) -> (Comparison, Stopped, u64) {
    match judgement {
        Judgement::Wrong(wrong) => match *wrong {
            Wrong::Mismatch { how, stopped, got, .. } => (how, stopped, got.total),
            other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    }
}

fn surplus(judgement: Judgement) -> (Vec<u8>, u64, SurplusAfter) {
    match judgement {
        Judgement::Wrong(wrong) => match *wrong {
            Wrong::Surplus { bytes, after } => (bytes.sample, bytes.total, after),
            other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    }
}

#[test]
fn equal_bytes_are_right_however_they_are_split() {
    for pieces in [vec!["HOLA"], vec!["H", "OL", "A"], vec!["", "HOL", "", "A"]] {
        let mut ear = asked();
        for piece in pieces {
            assert_eq!(judge(&mut ear, &wanted(b"HOLA"), false), Judgement::Open);
            if !piece.is_empty() {
                hear(&mut ear, piece.as_bytes());
            }
        }
        assert_eq!(judge(&mut ear, &wanted(b"HOLA"), false), Judgement::Right);
        assert_eq!(judge(&mut ear, &Wanted::Nothing, false), Judgement::Open);
    }
}

#[test]
fn the_first_difference_decides_at_once() {
    let mut ear = asked();
    hear(&mut ear, b"HO");
    assert_eq!(judge(&mut ear, &wanted(b"HOLA"), false), Judgement::Open);
    hear(&mut ear, b"l");
    let different = gist(judge(&mut ear, &wanted(b"HOLA"), false));
    assert_eq!(different, (Comparison::Equals, Stopped::Enough, 3));
    let mut ear = asked();
    hear(&mut ear, b"hola");
    let ignored = Wanted::Bytes(b"HOLA".to_vec(), Case::Ignored);
    assert_eq!(judge(&mut ear, &ignored, false), Judgement::Right);
}

#[test]
fn what_is_missing_is_missing_at_the_end_the_reset_and_the_deadline() {
    let (stream, mut ear) = (SocketType::STREAM, asked());
    hear(&mut ear, b"HO");
    let late = gist(judge(&mut ear, &wanted(b"HOLA"), true));
    assert_eq!(late, (Comparison::Equals, Stopped::Time, 2));
    ear.note(&call(stream, recv(b"", None), Outcome::Value(0)));
    let ended = gist(judge(&mut ear, &wanted(b"HOLA"), false));
    assert_eq!(ended, (Comparison::Equals, Stopped::End, 2));
    let mut ear = asked();
    ear.note(&call(stream, recv(b"", None), Outcome::Error(Errno::ECONNRESET)));
    let reset = gist(judge(&mut ear, &Wanted::Contains(b"HOLA".to_vec()), false));
    assert_eq!(reset, (Comparison::Contains, Stopped::Reset, 0));
    assert_eq!(judge(&mut ear, &Wanted::Drained, false), Judgement::Right);
}

#[test]
fn an_awaited_end_that_does_not_come_is_nothing_and_still_open() {
    let mut ear = asked();
    assert_eq!(judge(&mut ear, &Wanted::End, false), Judgement::Open);
    let open = gist(judge(&mut ear, &Wanted::End, true));
    assert_eq!(open, (Comparison::End, Stopped::Time, 0));
    ear.note(&call(SocketType::STREAM, recv(b"", None), Outcome::Value(0)));
    assert_eq!(judge(&mut ear, &Wanted::End, false), Judgement::Right);
}

#[test]
fn surplus_is_told_with_what_came_before_it() {
    let mut ear = asked();
    hear(&mut ear, b"HOLAHO");
    assert_eq!(judge(&mut ear, &wanted(b"HOLA"), false), Judgement::Right);
    hear(&mut ear, b"LA");
    let answer = || SurplusAfter::Answer(Bytes::whole(b"HOLA"));
    let all = (b"HOLA".to_vec(), 4, answer());
    assert_eq!(surplus(judge(&mut ear, &Wanted::Nothing, false)), all);
    assert_eq!(surplus(judge(&mut ear, &Wanted::End, false)), all);
    ear.conversations[0].ignore_rest();
    assert_eq!(judge(&mut ear, &Wanted::Nothing, false), Judgement::Open);
    // Nobody knows what should follow a word that takes any bytes.
    let mut ear = asked();
    hear(&mut ear, b"well, HOLA and more");
    assert_eq!(judge(&mut ear, &Wanted::Contains(b"HOLA".to_vec()), false), Judgement::Right);
    assert_eq!(judge(&mut ear, &Wanted::Nothing, false), Judgement::Open);
    assert_eq!(judge(&mut ear, &wanted(b" and more"), false), Judgement::Right);
}

#[test]
fn a_call_that_takes_anything_takes_what_had_come_by_then() {
    let mut ear = asked();
    hear(&mut ear, b"head");
    let by_then = ear.conversations[0].stream.len();
    hear(&mut ear, b"body");
    let any = Wanted::Anything(1024);
    ear.conversations[0].done_at(Some(by_then));
    assert_eq!(judge(&mut ear, &any, false), Judgement::Right);
    ear.conversations[0].done_at(None);
    assert_eq!(judge(&mut ear, &Wanted::Anything(2), false), Judgement::Right);
    assert_eq!(judge(&mut ear, &wanted(b"dy"), false), Judgement::Right);
    assert_eq!(gist(judge(&mut ear, &any, true)), (Comparison::Anything, Stopped::Time, 0));
}

#[test]
fn what_comes_out_of_band_comes_besides() {
    let mut ear = asked();
    hear(&mut ear, b"HOLA");
    assert_eq!(judge(&mut ear, &wanted(b"HOLA"), false), Judgement::Right);
    let flags: Flags = [Name::of("MSG_OOB")].into_iter().collect();
    let mut answer = send(b"HOLA!", None);
    let socket = SocketId {
        local: Some(at(SERVER)),
        peer: Some(at(PEER)),
        ..answer.socket.as_deref().unwrap().clone()
    };
    answer.socket = Some(socket.into());
    if let Args::Send { flags: of, .. } = &mut answer.args {
        *of = flags;
    }
    let mut programs = Programs::default();
    programs.note(&answer);
    for wanted in [Wanted::Nothing, Wanted::End] {
        let heard = &mut ear.conversations[0];
        let judged = heard.judge(&wanted, false, programs.at(heard), true);
        assert_eq!(surplus(judged), (b"!".to_vec(), 1, SurplusAfter::OutOfBand));
        assert_eq!(programs.at(heard).unwrap().sent_knowing(0), 4);
    }
}

#[test]
fn a_greeting_is_what_a_program_sent_before_it_had_received_anything() {
    let mut program = Program::default();
    program.send(9, 0);
    program.receive(4);
    program.send(4, 4);
    let mut ear = asked();
    hear(&mut ear, b"Welcome!\nHOLA");
    let judged = ear.conversations[0].judge(&wanted(b"HOLA"), false, Some(&program), true);
    assert_eq!(surplus(judged), (b"Welcome!\n".to_vec(), 9, SurplusAfter::Nothing));
    // The second copy of an answer is found when the next answer is expected.
    let mut program = Program::default();
    program.receive(4);
    program.send(8, 4);
    program.receive(3);
    program.send(6, 7);
    let mut ear = asked();
    hear(&mut ear, b"HOLAHOLA");
    assert_eq!(judge(&mut ear, &wanted(b"HOLA"), false), Judgement::Right);
    ear.note(&send(b"dos", None));
    hear(&mut ear, b"DOSDOS");
    let judged = ear.conversations[0].judge(&wanted(b"DOS"), false, Some(&program), true);
    let answer = SurplusAfter::Answer(Bytes::whole(b"HOLA"));
    assert_eq!(surplus(judged), (b"HOLA".to_vec(), 4, answer));
}

#[test]
fn a_datagram_comes_from_the_one_that_was_asked() {
    let datagram = SocketType::DGRAM;
    let mut ear = Ear::default();
    let (family, protocol, flags) = (Family::INET, Protocol::USUAL, Flags::default());
    let opened = Args::Socket { family, kind: datagram, flags, protocol };
    ear.note(&call(datagram, opened, Outcome::Value(3)));
    ear.note(&send(b"uno", Some(at(SERVER))));
    let hear = |ear: &mut Ear, bytes: &[u8], port| {
        let outcome = Outcome::Value(bytes.len() as i64);
        ear.note(&call(datagram, recv(bytes, Some(at(port))), outcome));
    };
    let uno = Wanted::Datagram(b"UNO".to_vec());
    assert_eq!(judge(&mut ear, &uno, false), Judgement::Open);
    hear(&mut ear, b"UNO", SERVER);
    hear(&mut ear, b"UNO", SERVER);
    assert_eq!(judge(&mut ear, &uno, false), Judgement::Right);
    let answer = SurplusAfter::Answer(Bytes::whole(b"UNO"));
    let twice = (b"UNO".to_vec(), 3, answer);
    assert_eq!(surplus(judge(&mut ear, &Wanted::Nothing, false)), twice);
    assert_eq!(surplus(judge(&mut ear, &Wanted::Datagram(b"DOS".to_vec()), false)), twice);
    assert_eq!(judge(&mut ear, &uno, false), Judgement::Right);
    hear(&mut ear, b"DOS", 13000);
    let strange = judge(&mut ear, &Wanted::Datagram(b"DOS".to_vec()), false);
    assert!(matches!(strange, Judgement::Wrong(wrong) if matches!(*wrong, Wrong::Sender { .. })));
}

#[test]
fn copies_are_passed_over_from_the_first_word_that_says_so() {
    let datagram = SocketType::DGRAM;
    let mut ear = Ear::default();
    let (family, protocol, flags) = (Family::INET, Protocol::USUAL, Flags::default());
    let opened = Args::Socket { family, kind: datagram, flags, protocol };
    ear.note(&call(datagram, opened, Outcome::Value(3)));
    ear.note(&call(datagram, Args::Bind { address: at(PEER) }, Outcome::Value(0)));
    let hear = |ear: &mut Ear, bytes: &[u8], port| {
        let outcome = Outcome::Value(bytes.len() as i64);
        ear.note(&call(datagram, recv(bytes, Some(at(port))), outcome));
    };
    let new = |text: &[u8]| Wanted::New(Box::new(Wanted::Datagram(text.to_vec())));
    let same = |text: &[u8]| Wanted::Datagram(text.to_vec());
    hear(&mut ear, b"one", SERVER);
    assert_eq!(judge(&mut ear, &new(b"one"), false), Judgement::Right);
    hear(&mut ear, b"one", SERVER);
    // A copy is what is wanted, or not yet what is wanted.
    assert_eq!(judge(&mut ear, &same(b"one"), false), Judgement::Right);
    hear(&mut ear, b"one", SERVER);
    assert_eq!(judge(&mut ear, &new(b"two"), false), Judgement::Open);
    assert_eq!(judge(&mut ear, &Wanted::Nothing, false), Judgement::Open);
    hear(&mut ear, b"two", SERVER);
    assert_eq!(judge(&mut ear, &new(b"two"), false), Judgement::Right);
    // What somebody else sends is no copy, nor is anything new.
    for (text, port) in [(b"one", 50001), (b"six", SERVER)] {
        hear(&mut ear, text, port);
        assert!(matches!(judge(&mut ear, &new(b"two"), false), Judgement::Wrong(_)));
        assert!(matches!(judge(&mut ear, &Wanted::Nothing, false), Judgement::Wrong(_)));
        assert_eq!(judge(&mut ear, &same(text), false), Judgement::Right);
    }
    let late = judge(&mut ear, &new(b"ten"), true);
    assert!(matches!(late, Judgement::Wrong(wrong) if matches!(*wrong, Wrong::Mismatch { .. })));
}

#[test]
fn a_connected_socket_misses_what_came_from_elsewhere() {
    let datagram = SocketType::DGRAM;
    let mut ear = Ear::default();
    let (family, protocol, flags) = (Family::INET, Protocol::USUAL, Flags::default());
    let opened = Args::Socket { family, kind: datagram, flags, protocol };
    ear.note(&call(datagram, opened, Outcome::Value(3)));
    ear.note(&call(datagram, Args::Connect { address: at(SERVER) }, Outcome::Value(0)));
    let uno = Wanted::Datagram(b"UNO".to_vec());
    let Judgement::Wrong(missed) = judge(&mut ear, &uno, true) else { panic!("nothing came") };
    let sent_from = |from: Endpoint| {
        let mut answer = send(b"UNO", Some(at(PEER)));
        let own = answer.socket.as_deref().unwrap().clone();
        answer.socket = Some(SocketId { local: Some(from), peer: None, ..own }.into());
        let mut programs = Programs::default();
        programs.note(&answer);
        programs.or_elsewhere((*missed).clone(), &ear.conversations[0])
    };
    for strange in [at(13000), Endpoint::ip([127, 0, 0, 2], SERVER)] {
        let sender = sent_from(strange.clone());
        let Wrong::Sender { from, .. } = sender else { panic!("{sender:?}") };
        assert_eq!(strange.ip_port(), Some((from.ip(), from.port())));
    }
    assert_eq!(sent_from(at(SERVER)), *missed);
    assert_eq!(sent_from(Endpoint::ip([0, 0, 0, 0], SERVER)), *missed);
}

#[test]
fn a_peer_that_is_a_server_asks_nobody() {
    let datagram = SocketType::DGRAM;
    let mut ear = Ear::default();
    let (family, protocol, flags) = (Family::INET, Protocol::USUAL, Flags::default());
    let opened = Args::Socket { family, kind: datagram, flags, protocol };
    ear.note(&call(datagram, opened, Outcome::Value(3)));
    ear.note(&call(datagram, Args::Bind { address: at(PEER) }, Outcome::Value(0)));
    for (port, text) in [(50001, b"uno"), (50002, b"dos")] {
        let outcome = Outcome::Value(3);
        ear.note(&call(datagram, recv(text, Some(at(port))), outcome));
        assert_eq!(judge(&mut ear, &Wanted::Datagram(text.to_vec()), false), Judgement::Right);
        ear.note(&send(b"answer", Some(at(port))));
    }
}

#[test]
fn an_ended_half_and_a_closed_socket_are_noticed() {
    let (stream, mut ear) = (SocketType::STREAM, asked());
    ear.note(&call(stream, Args::Shutdown { how: Shutdown::WR }, Outcome::Value(0)));
    assert!(ear.conversations[0].finished && ear.conversations[0].asks);
    ear.note(&call(stream, Args::Close, Outcome::Value(0)));
    assert!(ear.conversations[0].closed);
}

proptest! {
    /// However the bytes are cut into receiving calls, and whenever they are judged, the judgement is
    /// the same: right, or wrong in the same way at the same place.
    #[test]
    fn the_cuts_do_not_matter(
        answer in prop::collection::vec(prop::sample::select(vec![0, 1, 2, b'\n']), 0..12),
        expected in prop::collection::vec(0_u8..3, 0..6),
        cuts in prop::collection::vec(1_usize..5, 0..12),
        how in 0_u8..6,
    ) {
        let want = || match how {
            0 => Wanted::Bytes(expected.clone(), Case::Sensitive),
            1 => Wanted::Contains(expected.clone()),
            2 => Wanted::Length(expected.len() as u64),
            3 => like(Unit::Line, r"\x01*\x02?\n"),
            4 => like(Unit::Rest, r"[\n\x01]+\x02?\n?"),
            _ => Wanted::End,
        };
        let verdict = |cuts: &[usize]| {
            let mut ear = asked();
            let (mut rest, mut cuts) = (answer.as_slice(), cuts.iter());
            while !rest.is_empty() {
                let (now, later) = rest.split_at(cuts.next().copied().unwrap_or(64).min(rest.len()));
                hear(&mut ear, now);
                rest = later;
                // A word must not be judged twice once it is right.
                let decided = ear.conversations[0].judge(&want(), false, None, false);
                if matches!(decided, Judgement::Wrong(_)) {
                    break;
                }
            }
            if rest.is_empty() {
                ear.note(&call(SocketType::STREAM, recv(b"", None), Outcome::Value(0)));
            }
            let decided = judge(&mut ear, &want(), false);
            match decided {
                Judgement::Wrong(wrong) => match *wrong {
                    Wrong::Mismatch { how, stopped, .. } => format!("{how:?} {stopped:?}"),
                    Wrong::Surplus { after, .. } => format!("surplus {after:?}"),
                    Wrong::Unlike { unit, stopped, fitting, .. } => {
                        format!("{unit:?} {stopped:?} {fitting}")
                    }
                    other @ Wrong::Sender { .. } => format!("{other:?}"),
                },
                Judgement::Right => {
                    let read = ear.conversations[0].judge(&Wanted::Nothing, false, None, true);
                    format!("right, then {}", matches!(read, Judgement::Wrong(_)))
                }
                Judgement::Open => "open".to_owned(),
            }
        };
        prop_assert_eq!(verdict(&cuts), verdict(&[]));
    }
}
