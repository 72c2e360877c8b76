//! basics-04, basics-05 and our server against the clients and servers of others: chrony, ntpdig.

use crate::stage::Transport::Udp;
use crate::stage::{Running, program, run, serve_on_any_port, serve_with, socklab};
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
