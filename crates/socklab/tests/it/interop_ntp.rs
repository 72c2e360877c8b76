//! basics-04 and basics-05 against chrony's server, and against forged answers that they must not
//! accept.

use std::net::UdpSocket;
use std::thread;

use crate::stage::Transport::Udp;
use crate::stage::{
    Ended, PATIENCE, Running, program, run, serve_on_any_port, serve_with, socklab,
};
use socklab_prerequisites::{need, not_run};

/// A chronyd on this port of 127.0.0.1 that touches neither the clock nor another chronyd. With -U
/// it needs no root.
fn chronyd_server(chronyd: &str) -> (Running, u16, tempfile::TempDir) {
    let folder = tempfile::tempdir().expect("a folder for its pid");
    let pid_file = format!("pidfile {}/pid", folder.path().display());
    let words = ["port PORT", "bindaddress 127.0.0.1", "allow 127.0.0.1", "local stratum 8"];
    let (server, port) = serve_with(Udp, &words, |words| {
        let mut command = program(chronyd);
        command.args(["-U", "-x", "-d"]).args(words);
        command.args(["cmdport 0", "bindcmdaddress /", &pid_file]);
        command
    });
    (server, port, folder)
}

#[test]
fn both_clients_take_the_time_from_chronyd() {
    let chronyd = need!("chronyd");
    let (_server, port, _folder) = chronyd_server(&chronyd);
    for name in ["basics-04", "basics-05"] {
        let client = run(&mut socklab(&["run", name, &format!("127.0.0.1:{port}")])).exits(0);
        let text = client.text();
        assert!(text.contains(&format!("(127.0.0.1:{port}), stratum 8\n")), "{text}");
        let number = |mark: &str| -> f64 {
            let behind = text.split(mark).nth(1).and_then(|behind| behind.split(' ').next());
            behind.and_then(|number| number.parse().ok()).unwrap_or_else(|| panic!("{text}"))
        };
        // Both use this machine's clock, and the error of an offset is at most half the round trip.
        let (offset, trip) = (number("Offset: "), number("Round trip: "));
        assert!(trip >= 0.0 && offset.abs() <= trip / 2.0 + 0.000_01, "{text}");
    }
}

#[test]
fn chronyd_takes_the_time_from_our_server() {
    let chronyd = need!("chronyd");
    let (server, port) = serve_on_any_port(&["ntp"]);
    let folder = tempfile::tempdir().expect("a folder for its pid");
    let mut client = program(&chronyd);
    // -Q: ask once, print the offset, do not set the clock, exit.
    client.args(["-U", "-Q", "-t", "30", "cmdport 0", "bindcmdaddress /"]);
    client.arg(format!("pidfile {}/pid", folder.path().display()));
    client.arg(format!("server 127.0.0.1 port {port} iburst maxsamples 1"));
    let client = run(&mut client).exits(0);
    let told = [client.text(), client.errors].concat();
    let wrong = told.split("System clock wrong by ").nth(1).and_then(|rest| rest.split(' ').next());
    let wrong: f64 = wrong.and_then(|wrong| wrong.parse().ok()).unwrap_or_else(|| panic!("{told}"));
    assert!(wrong.abs() < 1.0, "{told}"); // the same clock, on a busy machine
    server.wait_for(r#""event":"ntp""#);
}

#[test]
fn ntpdig_takes_the_time_from_our_server() {
    let (ntpdig, ip, unshare) = (need!("ntpdig"), need!("ip"), need!("unshare"));
    let bash = need!("bash");
    if run(program(&unshare).args(["-Urn", "true"])).code != 0 {
        not_run!("a network namespace (unshare -Urn)");
    }
    // ntpdig can only ask port 123. In a network namespace of our own, we may bind it.
    let script = format!(
        r#"{ip} link set lo up && exec 3< <(exec "$0" serve ntp --port 123 --json)
           read -r -u 3 ready; echo "$ready"; {ntpdig} -j 127.0.0.1; code=$?; kill $!; exit $code"#
    );
    let words = ["-Urn", &bash, "-c", &script, env!("CARGO_BIN_EXE_socklab")];
    let ended = run(program(&unshare).args(words)).exits(0);
    let text = ended.text();
    let (ready, answer) = text.split_once('\n').expect("two lines");
    assert!(ready.contains("127.0.0.1:123"), "{ready}");
    let answer: serde_json::Value = serde_json::from_str(answer).expect("JSON");
    assert!(answer["offset"].as_f64().is_some_and(|offset| offset.abs() < 1.0), "{answer}");
    assert!(answer["stratum"].as_u64().is_some_and(|it| (1..16).contains(&it)), "{answer}");
    assert_eq!(answer["leap"], "no-leap", "{answer}");
}

#[test]
fn both_clients_take_the_time_from_our_server() {
    let (server, port) = serve_on_any_port(&["ntp"]);
    for name in ["basics-04", "basics-05"] {
        let client = run(&mut socklab(&["run", name, &format!("localhost:{port}")])).exits(0);
        assert!(client.text().contains("\nOffset: "), "{}", client.text());
    }
    server.wait_for(r#""event":"ntp""#);
}

/// The answer of a server whose clock shows 2024-02-29 in both timestamps.
fn good(request: &[u8]) -> Vec<u8> {
    let mut reply = vec![0; 48];
    reply[..4].copy_from_slice(&[0b00_100_100, 2, 6, 0xec]); // version 4, mode 4, stratum 2
    reply[12..16].copy_from_slice(b"TEST");
    reply[24..32].copy_from_slice(&request[40..48]);
    for at in [32, 40] {
        reply[at..at + 8].copy_from_slice(&[0xe9, 0x8a, 0x47, 0x80, 0x80, 0, 0, 0]);
    }
    reply
}

type Forgery = fn(&[u8]) -> Vec<u8>;

/// Answers that are each wrong in one point, and what basics-05 says about them.
const FORGERIES: &[(&str, Forgery, &str)] = &[
    ("another origin", |request| with(request, 31, request[47] ^ 1), "wrong origin"),
    (
        "no origin",
        |request| [&good(request)[..24], &[0; 8], &good(request)[32..]].concat(),
        "wrong origin",
    ),
    ("its own request", |request| request.to_vec(), "wrong origin"),
    ("mode of a client", |request| with(request, 0, 0b00_100_011), "mode 3"),
    ("mode broadcast", |request| with(request, 0, 0b00_100_101), "mode 5"),
    ("version 0", |request| with(request, 0, 0b00_000_100), "version 0"),
    ("47 bytes", |request| good(request)[..47].to_vec(), "47 bytes are too short"),
    ("no bytes", |_| Vec::new(), "0 bytes are too short"),
    ("kiss of death", |request| with(request, 1, 0), "kiss of death TEST"),
    ("stratum 16", |request| with(request, 1, 16), "not synchronised"),
    ("leap indicator 3", |request| with(request, 0, 0b11_100_100), "not synchronised"),
    ("no timestamps", |request| [&good(request)[..32], &[0; 16]].concat(), "timestamps"),
];

fn with(request: &[u8], at: usize, byte: u8) -> Vec<u8> {
    let mut reply = good(request);
    reply[at] = byte;
    reply
}

/// Runs a client against a server that sends these answers to its request.
fn ask(client: &str, answers: impl Fn(&[u8]) -> Vec<Vec<u8>> + Send) -> Ended {
    let server = UdpSocket::bind("127.0.0.1:0").expect("a free port");
    server.set_read_timeout(Some(PATIENCE)).expect("a timeout");
    let port = server.local_addr().expect("it is bound").port();
    thread::scope(|scope| {
        scope.spawn(move || {
            let mut request = [0; 1024];
            let (length, peer) = server.recv_from(&mut request).expect("a request");
            assert_eq!(length, 48);
            for answer in answers(&request[..length]) {
                server.send_to(&answer, peer).expect("an answer can be sent");
            }
        });
        run(&mut socklab(&["run", client, &format!("127.0.0.1:{port}")]))
    })
}

#[track_caller]
fn assert_rejected(ended: Ended, reason: &str, case: &str) {
    let ended = ended.exits(1);
    assert!(!ended.text().contains("Time:"), "{case}: it was accepted\n{}", ended.text());
    assert!(ended.errors.contains(reason), "{case}: {}", ended.errors);
}

#[test]
fn the_answer_that_the_forgeries_are_based_on_is_valid() {
    for (client, time) in
        [("basics-04", "Time: 1709164800 "), ("basics-05", "Time: 2024-02-29 00:00:00 ")]
    {
        let ended = ask(client, |request| vec![good(request)]).exits(0);
        assert!(ended.text().contains(time), "{}", ended.text());
    }
}

#[test]
fn basics_05_rejects_every_forged_answer_and_says_why() {
    thread::scope(|scope| {
        for (case, forgery, reason) in FORGERIES {
            scope.spawn(move || {
                let ended = ask("basics-05", |request| vec![forgery(request)]);
                assert!(ended.errors.contains("an answer was rejected: "), "{}", ended.errors);
                assert_rejected(ended, reason, case);
            });
        }
    });
}

#[test]
fn basics_04_rejects_every_forged_answer() {
    thread::scope(|scope| {
        for (case, forgery, _) in FORGERIES {
            scope.spawn(move || {
                let ended = ask("basics-04", |request| vec![forgery(request)]);
                assert_rejected(ended, "basics-04: 127.0.0.1:", case);
            });
        }
    });
}

#[test]
fn basics_05_finds_the_valid_answer_after_the_forged_ones() {
    let ended = ask("basics-05", |request| {
        let mut answers: Vec<_> =
            FORGERIES.iter().map(|(_, forgery, _)| forgery(request)).collect();
        answers.push(good(request));
        answers
    });
    let ended = ended.exits(0);
    assert_eq!(ended.errors.matches("rejected").count(), FORGERIES.len(), "{}", ended.errors);
    assert!(ended.text().contains("Time: 2024-02-29 00:00:00 UTC\n"), "{}", ended.text());
}

#[test]
fn an_answer_from_another_sender_is_not_accepted() {
    thread::scope(|scope| {
        for client in ["basics-04", "basics-05"] {
            scope.spawn(move || {
                let server = UdpSocket::bind("127.0.0.1:0").unwrap();
                let other = UdpSocket::bind("127.0.0.1:0").unwrap();
                let address = server.local_addr().unwrap().to_string();
                let running = Running::start(&mut socklab(&["run", client, &address]));
                let mut request = [0; 48];
                server.set_read_timeout(Some(PATIENCE)).unwrap();
                let (_, peer) = server.recv_from(&mut request).unwrap();
                other.send_to(&good(&request), peer).unwrap();
                assert_rejected(running.finish(), &address, client);
            });
        }
    });
}

#[test]
fn without_an_answer_both_clients_give_up() {
    thread::scope(|scope| {
        for client in ["basics-04", "basics-05"] {
            scope.spawn(move || {
                let ended = ask(client, |_| vec![]).exits(1);
                assert!(ended.errors.starts_with(client), "{}", ended.errors);
                assert!(ended.errors.contains("no answer"), "{}", ended.errors);
                assert!(ended.errors.contains("3s"), "{}", ended.errors);
            });
        }
    });
}
