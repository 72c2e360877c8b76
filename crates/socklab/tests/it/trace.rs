//! `trace`, `draw` and `run --trace` from outside: what is drawn, what is left alone, how it ends.

use std::io::{Read, Write};
use std::net::Shutdown;
use std::time::Instant;

use crate::stage::Transport::{Tcp, Udp};
use crate::stage::own::Own;
use crate::stage::{Running, free_port, program, run, run_with, serve, socklab};
use rustix::process::Signal;
use socklab_kernel::status::Status;
use socklab_prerequisites::need;

/// The ladder of an upper-case pair, and the output of the programs.
fn traced_pair(extra: &[&str]) -> (crate::stage::Ended, u16) {
    let port = free_port(Tcp);
    let (server, client) = (format!("tcp-server {port}"), format!("tcp-client localhost {port}"));
    let words: Vec<&str> = ["trace"].iter().chain(extra).copied().collect();
    let mut command = socklab(&words);
    command.args([server, client]);
    (run_with(&mut command, "hola, ñandú\n").exits(0), port)
}

#[test]
fn a_pair_becomes_one_ladder_with_both_ends_of_the_connection() {
    // Who may see packets would see them here, too.
    let (ended, port) = traced_pair(&["--no-explanations", "--no-packets"]);
    let ladder = &ended.errors;
    for wanted in [
        "├ listen(3, backlog 1)",
        &format!("├ connect(3, 127.0.0.1:{port}) ─"),
        "├ accept(3) ┄ waits ",
        "▶├ = 4 from 127.0.0.1:",
        "├ send(3, \"hola, ñandú\" 13 B) ─",
        "▶├ recv(4) = 13 \"hola, ñandú\"",
        "├ send(4, \"HOLA, ÑANDÚ\" 13 B)",
        "├ shutdown(3, SHUT_WR) ╌",
        // Which of the two comes first is up to the scheduler.
        "├ recv(3) = 0 end of stream",
        "├ close(4)",
        "Arrows join calls; packets were left out.",
    ] {
        assert!(ladder.contains(wanted), "{wanted:?} is not in\n{ladder}");
    }
    // The programs' standard output contains no ladder.
    let output = ended.text();
    assert!(output.contains(&format!("From 127.0.0.1:{port}: HOLA, ÑANDÚ\n")), "{output}");
    assert!(!output.contains("├"), "{output}");
    let widest = ladder.lines().map(|line| line.chars().count()).max();
    assert!(widest <= Some(80), "{widest:?} columns\n{ladder}");
}

#[test]
fn a_datagram_pair_is_joined_by_its_datagrams() {
    let port = free_port(Udp);
    let lines = [format!("udp-server {port}"), format!("udp-client localhost {port}")];
    let mut command = socklab(&["trace", "--no-explanations"]);
    let ended = run_with(command.args(lines), "hola\n").exits(0);
    assert!(ended.errors.contains("├ sendto(3, \"hola\" 4 B) ─"), "{}", ended.errors);
    let flat = ended.errors.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(flat.contains("\"hola\"") && flat.contains("from 127.0.0.1:"), "{}", ended.errors);
}

#[test]
fn the_exit_code_is_the_programs_own() {
    for (code, line) in [(0, "true"), (1, "false"), (7, "exit 7"), (143, "kill -TERM $$")] {
        run(&mut socklab(&["trace", "--", "sh", "-c", line])).exits(code);
    }
    let missing = run(&mut socklab(&["trace", "--", "no-such-program"])).exits(1);
    assert!(missing.complaint().contains("no-such-program"), "{}", missing.errors);
    run(&mut socklab(&["trace"])).exits(2);
    run(&mut socklab(&["trace", "echo 'open"])).exits(2);
}

#[test]
fn the_maximum_size_of_samples_is_stated_in_both_languages() {
    for bytes in ["16777217", "18446744073709551615", "-1", "x"] {
        let option = format!("--bytes={bytes}");
        for (language, said) in [("en", "is not valid"), ("es", "no es válido")] {
            let words = ["--lang", language, "trace", &option, "--", "true"];
            let ended = run(&mut socklab(&words)).exits(2);
            assert!(
                ended.errors.contains(said) && ended.errors.contains(bytes),
                "{}",
                ended.errors
            );
        }
    }
    for bytes in ["0", "16777216"] {
        run(&mut socklab(&["trace", "--bytes", bytes, "--", "true"])).exits(0);
    }
}

#[test]
fn a_refused_connection_is_drawn_and_explained_in_both_languages() {
    let port = free_port(Tcp).to_string();
    for (language, drawn, explained) in [
        ("en", "✗ ECONNREFUSED refused", "Nobody listened on port"),
        ("es", "✗ ECONNREFUSED rechazado", "nadie escuchaba en el puerto"),
    ] {
        let words = ["--lang", language, "run", "--trace", "socket-03", "127.0.0.1", &port];
        let ended = run(&mut socklab(&words)).exits(1);
        let flat: String = ended.errors.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(flat.contains(drawn), "{}", ended.errors);
        assert!(flat.contains(explained), "{}", ended.errors);
    }
}

#[test]
fn lessons_are_counted_and_shown_on_request() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name).to_str().expect("UTF-8").to_string();
    let [jsonl, html, open] = ["a.jsonl", "a.html", "open.html"].map(path);
    traced_pair(&["-o", &jsonl]);
    let draw = |options: &[&str]| {
        let text = run(socklab(&["draw", &jsonl]).args(options)).exits(0).text();
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let lesson = "↳ 0 bytes mean the end";
    assert!(!draw(&[]).contains(lesson) && draw(&[]).contains("(--lessons)"), "{}", draw(&[]));
    assert!(draw(&["--lessons"]).contains(lesson) && !draw(&["--lessons"]).contains("(--lessons)"));
    assert!(!draw(&["--no-explanations"]).contains("(--lessons)"));
    draw(&["-o", &html]);
    draw(&["--lessons", "-o", &open]);
    let read = |path: &str| std::fs::read_to_string(path).expect("a file");
    let page = read(&html);
    assert!(page.contains("<details class=\"explained lessons\"><summary>"), "closed");
    assert!(page.contains("0 bytes mean the end") && !page.contains("(--lessons)"));
    assert!(read(&open).contains("<details class=\"explained lessons\" open=\"open\">"));
}

#[test]
fn files_are_written_in_every_format_and_a_recording_can_be_drawn_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name).to_str().expect("UTF-8").to_string();
    let [txt, svg, html, jsonl] = ["a.txt", "a.svg", "a.html", "a.jsonl"].map(path);
    let (ended, _) = traced_pair(&["-o", &txt, "-o", &svg, "-o", &html, "-o", &jsonl]);
    assert!(!ended.errors.contains('├'), "with -o nothing is drawn on the terminal");
    let read = |path: &str| std::fs::read_to_string(path).expect("a file");
    assert!(read(&txt).contains("├ accept(3) ┄ waits"));
    assert!(read(&svg).contains("<svg") && read(&svg).trim_end().ends_with("</svg>"));
    let page = read(&html);
    assert!(page.starts_with("<!doctype html>") && !page.contains("http://www.w3.org/1999"));
    assert_eq!(socklab_pages::faults(&page), [] as [&str; 0]);
    assert!(read(&jsonl).starts_with("{\"v\":2,"));

    let again = run(&mut socklab(&["draw", &jsonl])).exits(0);
    // What an option would draw is said where it can be typed.
    let on_a_terminal = again.text().replace(" --all draws them.", "");
    assert_eq!(on_a_terminal.trim_end(), read(&txt).trim_end());
    let ascii = run(&mut socklab(&["draw", "--ascii", &jsonl])).exits(0);
    assert!(!ascii.text().contains('├') && ascii.text().contains("connect(3, "));
    for width in ["60", "132"] {
        let drawn = run(&mut socklab(&["draw", "--width", width, &jsonl])).exits(0).text();
        let widest = drawn.lines().map(|line| line.chars().count()).max().unwrap_or(0);
        assert!(widest <= width.parse().expect("a number"), "{widest} > {width}\n{drawn}");
    }
}

#[test]
fn a_file_that_is_not_a_recording_is_refused_with_a_reason_and_nothing_is_overwritten() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("odd.jsonl");
    let name = file.to_str().expect("UTF-8");
    for (content, reason) in [
        ("", "the file is empty"),
        ("hello\n", "neither a recording of socklab"),
        ("{\"v\":99}\n", "version 99"),
        ("{\"v\":1}\n{\"seq\":true}\n{\"seq\":1}\n", "line 2"),
    ] {
        std::fs::write(&file, content).expect("written");
        let ended = run(&mut socklab(&["draw", name])).exits(1);
        assert!(ended.errors.contains(reason), "{content:?}: {}", ended.errors);
    }
    let other = folder.path().join("keep.pdf");
    std::fs::write(&other, "mine").expect("written");
    let other_name = other.to_str().expect("UTF-8");
    run(&mut socklab(&["trace", "-o", other_name, "--", "true"])).exits(2);
    assert_eq!(std::fs::read_to_string(other).expect("a file"), "mine");
}

#[test]
fn python_is_traced_as_well() {
    let python = need!("python3");
    let port = free_port(Tcp);
    let program =
        format!("import socket; socket.create_connection(('127.0.0.1', {port})).sendall(b'hola')");
    let line = format!("{python} -c \"{program}\"");
    let server = format!("server-03 {port}");
    let ended = run(socklab(&["trace", "--no-explanations"]).args([server, line])).exits(0);
    assert!(ended.errors.contains("recv(4) = 4 \"hola\""), "{}", ended.errors);
    assert!(ended.errors.contains("send(4, \"OK...hola\" 9 B)"), "{}", ended.errors);
}

#[test]
fn a_running_server_can_be_attached_to_and_continues_afterwards() {
    let (server, port) = serve(Tcp, &["run", "server-04", "PORT"]);
    let pid = server.pid().to_string();
    let tracer = Running::start(&mut socklab(&["trace", "--no-explanations", "-p", &pid]));
    // It is attached when /proc/PID/status names the tracer.
    let deadline = Instant::now() + crate::stage::PATIENCE;
    let traced_by = || Status::of(server.pid()).ok().and_then(|status| status.tracer());
    while traced_by() != Some(tracer.pid()) {
        assert!(Instant::now() < deadline, "not attached: {}", tracer.finish().errors);
        std::thread::yield_now();
    }
    let answer = run_with(&mut socklab(&["connect", "localhost", &port.to_string()]), "uno\n");
    assert_eq!(answer.exits(0).text(), "OK...uno\n");
    server.wait_for("Received 4 bytes");
    tracer.signal(Signal::INT);
    let ladder = tracer.finish().exits(0).errors;
    assert!(ladder.contains("recv(4) = 4 \"uno\\n\""), "{ladder}");
    let answer = run_with(&mut socklab(&["connect", "localhost", &port.to_string()]), "dos\n");
    assert_eq!(answer.exits(0).text(), "OK...dos\n");
}

#[test]
fn hundreds_of_clients_at_once_lose_no_event_and_become_a_readable_ladder() {
    const CLIENTS: usize = 300;
    let folder = tempfile::tempdir().expect("a folder");
    let [recording, drawing] = ["crowd.jsonl", "crowd.txt"].map(|name| folder.path().join(name));
    let port = free_port(Tcp);
    let words = ["socklab", "run", "server-05", &port.to_string()].map(str::to_string);
    let mut tracer = socklab(&["trace", "--no-explanations", "-o"]);
    tracer.arg(&recording).arg("-o").arg(&drawing).arg("--").args(words);
    let tracer = Running::start(&mut tracer);
    tracer.wait_for("Listening on");

    // The greeting proves that the connection was accepted, so the backlog never holds more than
    // one.
    let mut hear = [0; 200];
    let greeted = |_| {
        let mut client = crate::stage::connect(port);
        assert!(client.read(&mut hear).expect("a greeting") > 0);
        client
    };
    let mut clients: Vec<_> = (0..CLIENTS).map(greeted).collect();
    for client in &mut clients {
        client.write_all(b"hola").expect("a send");
    }
    for client in &mut clients {
        let mut answer = [0; 9];
        client.read_exact(&mut answer).expect("an answer");
        assert_eq!(&answer, b"OK...hola");
        client.shutdown(Shutdown::Write).expect("a shutdown");
        assert_eq!(client.read(&mut answer).expect("the end"), 0);
    }
    tracer.signal(Signal::TERM);
    tracer.finish();

    let text = std::fs::read(&recording).expect("a recording");
    let events = socklab_event::read(&text[..]).expect("a timeline").timeline.events;
    let returned = |name: &str| {
        let calls = events.iter().filter_map(socklab_event::Event::call);
        let calls = calls.filter(|call| call.name == name && call.value().is_some());
        calls.map(|call| call.value().unwrap_or(0)).collect::<Vec<_>>()
    };
    assert_eq!(returned("accept").len(), CLIENTS);
    assert_eq!(returned("sendto").len(), 2 * CLIENTS);
    let received = returned("recvfrom");
    assert_eq!(received.iter().filter(|bytes| **bytes == 4).count(), CLIENTS);
    assert_eq!(received.iter().filter(|bytes| **bytes == 0).count(), CLIENTS);
    let ladder = std::fs::read_to_string(&drawing).expect("a ladder");
    // Most are alike; those that had to wait on a busy machine may be drawn separately.
    let folded: usize = ladder
        .split("× ")
        .filter_map(|rest| rest.split_once(" more connections")?.0.replace(',', "").parse().ok())
        .inspect(|count: &usize| assert!(*count > 1))
        .sum();
    assert!(folded > CLIENTS - 20, "{folded} of {CLIENTS}\n{ladder}");
    let apart = CLIENTS - folded;
    assert!(ladder.lines().count() < 60 + 10 * apart, "{ladder}");
}

#[test]
fn a_process_of_another_user_is_refused_with_the_reason() {
    let own = Own::new();
    let words = ["trace", "-p", "1"];
    let mut command = if rustix::process::geteuid().is_root() {
        let mut nobody = program(&need!("setpriv"));
        nobody.args(["--reuid=65534", "--regid=65534", "--clear-groups"]).arg(&own.path);
        nobody
    } else {
        program(own.path.to_str().expect("UTF-8"))
    };
    let ended = run(command.args(words)).exits(3);
    assert!(ended.errors.contains("It belongs to user 0"), "{}", ended.errors);
}

#[test]
fn a_command_that_has_to_wait_is_reported_with_the_reason() {
    let tracer = Running::start(&mut socklab(&["trace", "sleep 60", "socklab host"]));
    let told = tracer.wait_for_error("starts. Ctrl-C ends the recording.");
    assert!(told.contains("Waiting until “sleep 60” listens"), "{told}");
    assert!(told.contains("then “socklab host” starts"), "{told}");
    tracer.signal(Signal::TERM);
    tracer.finish();
}

#[test]
fn a_time_limit_ends_programs_that_do_not_end() {
    let port = free_port(Tcp).to_string();
    let words = ["trace", "--timeout", "3", "--", "socklab", "run", "server-02", &port];
    let ended = run(&mut socklab(&words));
    assert!(ended.errors.contains("never returned"), "{}", ended.errors);
}

#[test]
fn errors_of_drawing_and_writing_use_the_names_the_user_gave() {
    let folder = tempfile::tempdir().expect("a folder");
    let notes = folder.path().join("notes.txt").display().to_string();
    std::fs::write(&notes, "no recording\n").expect("a file");
    let ended = run(&mut socklab(&["draw", &notes])).exits(1);
    // The suggested command must not overwrite the user's files.
    assert!(ended.errors.contains("socklab trace -o run.jsonl -- "), "{}", ended.errors);
    let jsonl = folder.path().join("run.jsonl").display().to_string();
    run(&mut socklab(&["trace", "-o", &jsonl, "--", "true"])).exits(0);
    let ended = run(&mut socklab(&["draw", "-o", "/no such/x.svg", &jsonl])).exits(1);
    let wanted = "socklab: /no such/x.svg can't be written: No such file or directory (os error 2)";
    assert_eq!(ended.complaint(), wanted);
}

#[test]
fn files_of_other_kinds_are_refused_by_name() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("file").display().to_string();
    let complaint = |bytes: &[u8], options: &[&str]| {
        std::fs::write(&file, bytes).expect("a file");
        run(&mut socklab(&[&["draw", &file], options].concat())).exits(1).errors
    };
    let errors = complaint(b"\x1f\x8b\x08\0\0", &[]);
    assert!(errors.contains("(gzip)") && errors.contains("gunzip -c"), "{errors}");
    let kinds: [(&[u8], &str); 5] = [
        (b"\xff\xfe{\0\"\0v\0", "(UTF-16)"),
        (b"<!doctype html>\n<html>", "(HTML)"),
        (b"123 socket(AF_INET, SOCK_STREAM, IPPROTO_IP) = 3\n", "(strace)"),
        (b"\xef\xbb\xbf{\"v\":2}\n", "(UTF-8 BOM)"),
        (b"", "is empty"),
    ];
    for (bytes, name) in kinds {
        let errors = complaint(bytes, &[]);
        assert!(errors.contains(name) && errors.contains("socklab trace -o"), "{errors}");
    }
    let errors = complaint(b"{\"v\":3}\n", &["--lang", "es"]);
    assert!(errors.contains("versión 3; este programa lee las versiones 1 a 2"), "{errors}");
}

#[test]
fn a_drawing_has_40_to_10000_columns() {
    for width in ["0", "39", "-1", "wide", "10001", "99999999999", "18446744073709551616"] {
        let option = format!("--width={width}");
        let ended = run(&mut socklab(&["draw", &option, "run.jsonl"])).exits(2);
        assert!(
            ended.errors.contains("it must be at least 40, and at most 10000\n"),
            "{}",
            ended.errors
        );
    }
    let spanish = ["draw", "--width", "20", "run.jsonl", "--lang", "es"];
    let ended = run(&mut socklab(&spanish)).exits(2);
    assert!(
        ended.errors.contains("tiene que ser 40 como mínimo y 10000 como máximo\n"),
        "{}",
        ended.errors
    );
}
