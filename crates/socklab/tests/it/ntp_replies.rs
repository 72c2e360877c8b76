//! What basics-04 and basics-05 make of bad replies: each is followed by a good one, which they must
//! find, unless it is a kiss of death, at which they must stop.

use std::net::{SocketAddr, UdpSocket};
use std::thread;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use crate::stage::{Ended, PATIENCE, Running, socklab};
use rustix::process::Signal;
use socklab_kernel::process::{self, State};

const CLIENTS: [&str; 2] = ["basics-04", "basics-05"];
/// How far the scripted server's clock is ahead, in seconds.
const AHEAD: u64 = 86_400;
const SECOND: u64 = 1 << 32;

/// The reply of a server of stratum 2 that got and answered the request in the same instant.
fn good(request: &[u8]) -> Vec<u8> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970");
    let seconds = now.as_secs() + 2_208_988_800 + AHEAD;
    let fraction = (u64::from(now.subsec_nanos()) << 32) / 1_000_000_000;
    let now = (seconds << 32) | fraction;
    let mut reply = vec![0; 48];
    reply[..4].copy_from_slice(&[0b00_100_100, 2, 6, 0xec]); // version 4, mode 4, stratum 2
    reply[12..16].copy_from_slice(b"TEST");
    reply[24..32].copy_from_slice(&request[40..48]);
    for field in [REFERENCE, RECEIVE, TRANSMIT] {
        put(&mut reply, field, now);
    }
    reply
}

const REFERENCE: usize = 16;
const ORIGIN: usize = 24;
const RECEIVE: usize = 32;
const TRANSMIT: usize = 40;

fn put(reply: &mut [u8], at: usize, number: u64) {
    reply[at..at + 8].copy_from_slice(&number.to_be_bytes());
}

/// Moves a timestamp by so many seconds.
fn shift(reply: &mut [u8], at: usize, seconds: i64) {
    let number = u64::from_be_bytes(reply[at..at + 8].try_into().expect("8 bytes"));
    put(reply, at, number.wrapping_add_signed(seconds * SECOND as i64));
}

/// What makes a good reply a bad one.
type Edit = fn(&mut Vec<u8>);

/// Replies that are each wrong in one point, and a word of the reason for which both clients reject
/// them.
const BAD: &[(&str, &str, Edit)] = &[
    ("nothing", "short", |r| r.clear()),
    ("1 byte", "short", |r| r.truncate(1)),
    ("47 bytes", "short", |r| r.truncate(47)),
    ("no origin", "origin", |r| put(r, ORIGIN, 0)),
    ("the origin's last bit", "origin", |r| r[31] ^= 1),
    ("the origin's first bit", "origin", |r| r[24] ^= 0x80),
    ("the origin in the other byte order", "origin", |r| r[24..32].reverse()),
    ("the origin of an earlier request", "origin", |r| shift(r, ORIGIN, -64)),
    ("its own time as the origin", "origin", |r| r.copy_within(40..48, 24)),
    ("the origin in the wrong field", "origin", |r| {
        r.copy_within(24..32, 32);
        put(r, ORIGIN, 0);
    }),
    ("mode 0", "mode", |r| r[0] = 0b00_100_000),
    ("mode 1, symmetric active", "mode", |r| r[0] = 0b00_100_001),
    ("mode 2, symmetric passive", "mode", |r| r[0] = 0b00_100_010),
    ("mode 3, client", "mode", |r| r[0] = 0b00_100_011),
    ("mode 5, broadcast", "mode", |r| r[0] = 0b00_100_101),
    ("mode 6, control", "mode", |r| r[0] = 0b00_100_110),
    ("mode 7, private", "mode", |r| r[0] = 0b00_100_111),
    ("version 0", "version", |r| r[0] = 0b00_000_100),
    ("version 5", "version", |r| r[0] = 0b00_101_100),
    ("version 7", "version", |r| r[0] = 0b00_111_100),
    ("leap indicator 3", "not set", |r| r[0] = 0b11_100_100),
    ("stratum 16", "not set", |r| r[1] = 16),
    ("stratum 17", "not set", |r| r[1] = 17),
    ("stratum 255", "not set", |r| r[1] = 255),
    ("stratum 0, no code", "stratum 0", |r| kiss(r, [0; 4])),
    ("stratum 0, INIT", "stratum 0", |r| kiss(r, *b"INIT")),
    ("stratum 0, STEP", "stratum 0", |r| kiss(r, *b"STEP")),
    ("stratum 0, unknown", "stratum 0", |r| kiss(r, *b"XYZ!")),
    ("stratum 0, no text", "stratum 0", |r| kiss(r, [0xff, 0x1b, b'[', b'm'])),
    ("a kiss of death for somebody else", "origin", |r| {
        kiss(r, *b"DENY");
        r[31] ^= 1;
    }),
    ("root delay 32 s", "16 s", |r| r[4..8].copy_from_slice(&[0, 32, 0, 0])),
    ("root dispersion 16 s", "16 s", |r| r[8..12].copy_from_slice(&[0, 16, 0, 0])),
    ("root delay 16 s, dispersion 8 s", "16 s", |r| {
        r[4..12].copy_from_slice(&[0, 16, 0, 0, 0, 8, 0, 0]);
    }),
    ("the longest root delay and dispersion", "16 s", |r| r[4..12].fill(0xff)),
    ("no receive timestamp", "impossible", |r| put(r, RECEIVE, 0)),
    ("no transmit timestamp", "impossible", |r| put(r, TRANSMIT, 0)),
    ("neither", "impossible", |r| r[32..48].fill(0)),
    ("received in 1900", "impossible", |r| put(r, RECEIVE, 1)),
    ("sent a second before it received", "impossible", |r| shift(r, RECEIVE, 1)),
    ("sent a day before it received", "impossible", |r| shift(r, RECEIVE, 86_400)),
    ("kept for 100 s", "impossible", |r| shift(r, RECEIVE, -100)),
    ("set an hour after it sent", "impossible", |r| shift(r, REFERENCE, 3_600)),
];

fn kiss(reply: &mut [u8], code: [u8; 4]) {
    reply[0] = 0b11_100_100;
    reply[1] = 0;
    reply[12..16].copy_from_slice(&code);
}

/// Replies that are unusual, but right.
const UNUSUAL: &[(&str, Edit)] = &[
    ("version 1", |r| r[0] = 0b00_001_100),
    ("version 3", |r| r[0] = 0b00_011_100),
    ("leap indicator 1", |r| r[0] = 0b01_100_100),
    ("68 bytes, with a signature", |r| r.resize(68, 0x55)),
    ("1,000 bytes", |r| r.resize(1_000, 0x55)),
    ("root delay and dispersion just below the limit", |r| {
        r[4..12].copy_from_slice(&[0, 16, 0, 0, 0, 7, 0xff, 0xff]);
    }),
    ("no reference timestamp", |r| put(r, REFERENCE, 0)),
];

/// Starts a client that asks a server of ours; returns both, the request, and who sent it.
fn asked(client: &str) -> (UdpSocket, Running, Vec<u8>, SocketAddr) {
    let server = UdpSocket::bind("127.0.0.1:0").expect("a free port");
    server.set_read_timeout(Some(PATIENCE)).expect("a timeout");
    let address = server.local_addr().expect("it is bound").to_string();
    let running = Running::start(&mut socklab(&["run", client, &address]));
    let mut request = [0; 1024];
    let (length, peer) = server.recv_from(&mut request).expect("a request");
    assert_eq!(length, 48);
    (server, running, request[..length].to_vec(), peer)
}

/// Sends these replies to a client, then a good one.
fn replied(client: &str, edits: &[Edit]) -> Ended {
    let (server, running, request, peer) = asked(client);
    for edit in edits {
        let mut reply = good(&request);
        edit(&mut reply);
        server.send_to(&reply, peer).expect("a reply");
    }
    server.send_to(&good(&request), peer).expect("a reply");
    running.finish()
}

/// Checks that the client found the good reply.
#[track_caller]
fn assert_right(ended: Ended, case: &str) -> Ended {
    let ended = ended.exits(0);
    let text = ended.text();
    let offset = text.split("Offset: ").nth(1).and_then(|rest| rest.split(' ').next());
    let offset: f64 = offset.and_then(|offset| offset.parse().ok()).expect(&text);
    // The client is at most 3 s later, and half of that goes into the offset.
    assert!((offset - AHEAD as f64).abs() < 3.0, "{case}: {text}");
    assert!(text.contains("stratum 2\n"), "{case}: {text}");
    ended
}

#[test]
fn a_bad_reply_does_not_end_the_query_of_either_client() {
    thread::scope(|scope| {
        for client in CLIENTS {
            scope.spawn(move || {
                for (case, reason, edit) in BAD {
                    let case = format!("{client}, {case}");
                    let ended = assert_right(replied(client, &[*edit]), &case);
                    let complaint = ended.complaint();
                    let rejected = format!("{client}: an answer was rejected: ");
                    assert!(complaint.starts_with(&rejected), "{case}: {complaint}");
                    assert!(complaint.contains(reason), "{case}: {complaint}");
                    assert!(complaint.is_ascii() && !complaint.contains('\x1b'), "{complaint}");
                }
            });
        }
    });
}

#[test]
fn an_unusual_reply_is_a_good_one() {
    for client in CLIENTS {
        for (case, edit) in UNUSUAL {
            let (server, running, request, peer) = asked(client);
            let mut reply = good(&request);
            edit(&mut reply);
            server.send_to(&reply, peer).expect("a reply");
            let ended = assert_right(running.finish(), case);
            assert_eq!(ended.errors, "", "{client}, {case}");
        }
    }
}

#[test]
fn a_kiss_of_death_ends_the_query_with_its_meaning() {
    let kisses: [(Edit, _); 3] = [
        (|r| kiss(r, *b"DENY"), "kiss of death DENY: the server denies us access"),
        (|r| kiss(r, *b"RATE"), "kiss of death RATE: we ask too often"),
        (|r| kiss(r, *b"RSTR"), "kiss of death RSTR: the server's policy excludes us"),
    ];
    for client in CLIENTS {
        for (edit, meaning) in kisses {
            // Real ones have no timestamps.
            let bare: Edit = |r| r[32..48].fill(0);
            for edits in [&[edit][..], &[edit, bare]] {
                let (server, running, request, peer) = asked(client);
                let mut reply = good(&request);
                edits.iter().for_each(|edit| edit(&mut reply));
                server.send_to(&reply, peer).expect("a reply");
                let ended = running.finish().exits(1);
                assert!(ended.complaint().ends_with(meaning), "{client}: {}", ended.errors);
            }
        }
    }
}

#[test]
fn a_reply_from_another_sender_does_not_count() {
    for client in CLIENTS {
        let other = UdpSocket::bind("127.0.0.1:0").expect("a free port");
        let (server, running, request, peer) = asked(client);
        let mut forged = good(&request);
        shift(&mut forged, RECEIVE, 1_000);
        shift(&mut forged, TRANSMIT, 1_000);
        other.send_to(&forged, peer).expect("a reply");
        server.send_to(&good(&request), peer).expect("a reply");
        assert_right(running.finish(), client);
    }
}

#[test]
fn a_flood_of_bad_replies_is_reported_in_a_few_lines() {
    for client in CLIENTS {
        let edits: Vec<Edit> = BAD.iter().map(|(_, _, edit)| *edit).collect();
        let ended = assert_right(replied(client, &edits), client);
        assert_eq!(ended.errors.lines().count(), 3, "{}", ended.errors);
    }
}

#[test]
fn bad_replies_do_not_prolong_the_wait_and_neither_does_silence() {
    thread::scope(|scope| {
        for (client, flood) in CLIENTS.into_iter().flat_map(|it| [(it, true), (it, false)]) {
            scope.spawn(move || {
                let start = Instant::now();
                let (server, running, request, peer) = asked(client);
                while flood && !running.ends_within(std::time::Duration::from_millis(50)) {
                    let _ = server.send_to(&request, peer);
                }
                let ended = running.finish().exits(1);
                assert!(start.elapsed().as_secs() >= 3, "{client}");
                let last = ended.errors.lines().last().unwrap_or_default().to_string();
                assert!(last.contains("no good answer in 3s"), "{client}: {}", ended.errors);
                assert!(last.contains(&format!("`socklab run {client} --lab`")), "{last}");
                assert_eq!(ended.errors.lines().count(), if flood { 4 } else { 1 });
            });
        }
    });
}

/// Ctrl-Z, then `fg`: a `recv` with a timeout fails with EINTR (`signal(7)`).
#[test]
fn a_client_that_was_stopped_goes_on_waiting() {
    for client in CLIENTS {
        let (server, running, request, peer) = asked(client);
        let is = |wanted: State| {
            let start = Instant::now();
            while process::state(running.pid(), running.pid()) != Some(wanted) {
                assert!(start.elapsed() < PATIENCE, "{client} is never {wanted:?}");
                thread::yield_now();
            }
        };
        is(State::Sleeping);
        running.signal(Signal::STOP);
        is(State::Stopped);
        running.signal(Signal::CONT);
        is(State::Sleeping);
        server.send_to(&good(&request), peer).expect("a reply");
        assert_eq!(assert_right(running.finish(), client).errors, "");
    }
}

/// The first second of era 1 is 7 February 2036; the last one of era 0 that makes sense is in 1968.
#[test]
fn both_clients_know_in_which_era_a_date_is() {
    for client in CLIENTS {
        for (seconds, time) in [(0x0000_0005, "2085978501"), (0xe98a_4780, "1709164800")] {
            let (server, running, request, peer) = asked(client);
            let mut reply = good(&request);
            for field in [REFERENCE, RECEIVE, TRANSMIT] {
                put(&mut reply, field, seconds << 32);
            }
            server.send_to(&reply, peer).expect("a reply");
            let text = running.finish().exits(0).text();
            assert!(text.contains(&format!("\nTime: {time} seconds since 1970\n")), "{text}");
        }
    }
}

/// A date between 1968 and 1970 is before Unix time began, and no reason to panic.
#[test]
fn a_server_from_1969_is_no_reason_to_panic() {
    let (server, running, request, peer) = asked("basics-05");
    let mut reply = good(&request);
    for field in [REFERENCE, RECEIVE, TRANSMIT] {
        put(&mut reply, field, 0x8200_0000 << 32);
    }
    server.send_to(&reply, peer).expect("a reply");
    let text = running.finish().exits(0).text();
    assert!(text.contains("\nTime: -27950720 seconds since 1970\n"), "{text}");
}
