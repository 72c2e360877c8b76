//! Programs that were running already are attached to, recorded, and released unharmed.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use crate::tracees::{calls, lives, notices, options, prepare};
use socklab_event::{Args, Errno, Notice, Process};
use socklab_kernel::Deadline;
use socklab_kernel::process::{self, SystemCall};
use socklab_trace::{AttachRefusal, EndReason, Error, Tracer};

/// A program that does not outlive its test.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn server() -> (Server, u16) {
    let argv = prepare("echo_forever.py", &[]).expect("python3");
    let mut server =
        Command::new(&argv[0]).args(&argv[1..]).stdout(Stdio::piped()).spawn().expect("the server");
    let mut line = String::new();
    let output = server.stdout.as_mut().expect("its output");
    BufReader::new(output).read_line(&mut line).expect("its port");
    let server = Server(server);
    (server, line.trim().parse().expect("a port"))
}

fn talk(port: u16) {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).expect("a connection");
    stream.write_all(b"are you there?").expect("a send");
    stream.shutdown(Shutdown::Write).expect("a shutdown");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    assert_eq!(answer, "are you there?");
}

#[test]
fn what_the_kernel_counts_of_a_running_server_is_recorded() {
    let (server, port) = server();
    // A thread that is being born while the tracer attaches may escape it.
    let deadline = Deadline::after(Duration::from_secs(60));
    while process::threads(server.0.id()).expect("its threads").len() < 3 {
        assert!(!deadline.has_passed(), "it starts no threads");
        std::thread::yield_now();
    }
    let tracer = Tracer::new(options().counters(true)).attach(server.0.id());
    let handle = tracer.handle();
    let (mut events, mut client) = (Vec::new(), None);
    let outcome = tracer.run(|event| {
        if matches!(event.notice(), Some(Notice::Attached { .. })) {
            let handle = handle.clone();
            client = Some(std::thread::spawn(move || {
                talk(port);
                handle.stop();
            }));
        }
        events.push(event);
    });
    match outcome {
        Ok(_) => {}
        Err(Error::Attach { reason, .. }) => {
            return socklab_prerequisites::say_not_run("attaching", &reason.to_string());
        }
        Err(error) => panic!("{error}"),
    }
    client.expect("a client").join().expect("the client");
    let counted: Vec<_> = calls(&events).filter_map(|call| call.counted.as_deref()).collect();
    let read = counted.iter().flat_map(|counted| [counted.before, counted.after]).flatten();
    assert!(read.clone().any(|counters| counters.ran > 0), "{events:#?}");
    assert!(read.clone().any(|counters| counters.tcp.is_some()), "{events:#?}");
}

#[test]
fn a_running_server_is_recorded_and_released() {
    let (mut server, port) = server();
    let tracer = Tracer::new(options()).attach(server.0.id());
    let handle = tracer.handle();
    let (attached, wait) = mpsc::channel();
    let client = std::thread::spawn(move || {
        wait.recv().expect("to be attached");
        talk(port);
        handle.stop();
    });
    let mut events = Vec::new();
    let outcome = tracer.run(|event| {
        if matches!(event.notice(), Some(Notice::Attached { .. })) {
            let _ = attached.send(());
        }
        events.push(event);
    });
    let outcome = match outcome {
        Ok(outcome) => outcome,
        Err(Error::Attach { reason, .. }) => {
            return socklab_prerequisites::say_not_run("attaching", &reason.to_string());
        }
        Err(error) => panic!("{error}"),
    };
    client.join().expect("the client");
    assert_eq!(outcome.end, EndReason::Stopped);
    let sockets = notices(&events).find_map(|notice| match notice {
        Notice::Attached { sockets } => Some(sockets.len()),
        _ => None,
    });
    assert_eq!(sockets, Some(1));
    let accept = calls(&events).find(|call| call.name == "accept4" && call.value().is_some());
    let accept = accept.unwrap_or_else(|| panic!("no accept: {events:#?}"));
    let Args::Accept { listener: Some(listener), .. } = &accept.args else { panic!("{accept:#?}") };
    assert_eq!(listener.local.as_ref().and_then(|local| local.port()), Some(port));
    let sent = calls(&events).find(|call| matches!(call.args, Args::Send { .. })).expect("a send");
    assert_eq!(sent.bytes().map(ToString::to_string).as_deref(), Some("are you there?"));
    assert!(lives(&events).any(|life| *life == Process::Released));
    // The server goes on untraced: its other thread serves the second client, and then it ends.
    talk(port);
    assert!(server.0.wait().expect("its end").success());
}

#[test]
fn a_call_that_attaching_interrupts_is_reported() {
    // struct timeval: 60 seconds. A recv with a timeout is not restarted, signal(7).
    let script = "
import socket, struct
us, them = socket.socketpair()
us.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, struct.pack('qq', 60, 0))
print(flush=True)
us.recv(9)
";
    let python = socklab_prerequisites::python().expect("python3");
    let mut child = Command::new(python)
        .args(["-S", "-E", "-c", script])
        .stdout(Stdio::piped())
        .spawn()
        .expect("the program");
    let mut output = child.stdout.take().expect("its output");
    let program = Server(child);
    output.read_exact(&mut [0]).expect("a line");
    let id = program.0.id();
    let deadline = Instant::now() + Duration::from_secs(20);
    let waits_in_recv = || match process::system_call(id, id) {
        Ok(SystemCall::Inside { number, .. }) => number == libc::SYS_recvfrom,
        _ => false,
    };
    while !waits_in_recv() {
        assert!(Instant::now() < deadline, "it does not wait in recv");
        std::thread::yield_now();
    }
    let tracer = Tracer::new(options()).attach(program.0.id());
    let handle = tracer.handle();
    let mut interrupted = Vec::new();
    let outcome = tracer.run(|event| {
        if let Some(call) = event.call().filter(|call| call.name == "recvfrom") {
            interrupted.push(call.error());
            handle.stop();
        }
    });
    if let Err(Error::Attach { reason, .. }) = outcome {
        return socklab_prerequisites::say_not_run("attaching", &reason.to_string());
    }
    assert_eq!(interrupted.first(), Some(&Some(Errno::EINTR)), "{outcome:?}");
}

#[test]
fn what_cannot_be_attached_to_is_explained() {
    let nobody = Tracer::new(options()).attach(0x3fff_fff0).run(drop).expect_err("nobody");
    let Error::Attach { reason, .. } = &nobody else { panic!("{nobody}") };
    assert_eq!(*reason, AttachRefusal::NoSuchProcess);
    assert!(nobody.to_string().ends_with("There is no such process."), "{nobody}");
    let ourselves = Tracer::new(options()).attach(std::process::id()).run(drop);
    let text = ourselves.expect_err("ourselves").to_string();
    assert!(text.contains("cannot attach to process"), "{text}");
}

#[test]
fn a_first_thread_that_has_ended_is_not_waited_for() {
    let Ok(argv) = prepare("leaderless.c", &[]) else {
        return socklab_prerequisites::say_not_run("leaderless.c", "cc");
    };
    let child = Command::new(&argv[0]).stdout(Stdio::piped()).spawn().expect("the program");
    let mut program = Server(child);
    let output = program.0.stdout.as_mut().expect("its output");
    BufReader::new(output).read_line(&mut String::new()).expect("a line");
    let id = program.0.id();
    while process::state(id, id) != Some(process::State::Zombie) {
        std::thread::yield_now();
    }
    let tracer = Tracer::new(options()).attach(program.0.id());
    let handle = tracer.handle();
    let mut events = Vec::new();
    let outcome = tracer.run(|event| {
        if matches!(event.notice(), Some(Notice::Attached { .. })) {
            handle.stop();
        }
        events.push(event);
    });
    assert_eq!(outcome.expect("a recording").end, EndReason::Stopped);
    assert!(lives(&events).any(|life| *life == Process::Released));
}

#[test]
fn the_children_of_a_process_are_attached_to_unless_they_are_left_out() {
    let python = socklab_prerequisites::python().expect("python3");
    let script = "
import os, sys
if os.fork() == 0:
    if os.fork() == 0: os.close(1)
    sys.stdin.read(); os._exit(0)
os.close(1); sys.stdin.read(); os.wait()";
    for (descend, expected) in [(true, 3), (false, 1)] {
        let child = Command::new(&python)
            .args(["-S", "-E", "-c", script])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the program");
        let program = Server(child);
        let id = program.0.id();
        let deadline = Instant::now() + Duration::from_secs(20);
        while process::descendants(id).len() < 2 {
            assert!(Instant::now() < deadline, "it has no grandchild");
            std::thread::yield_now();
        }
        let tracer = Tracer::new(options().descendants(descend)).attach(id);
        let handle = tracer.handle();
        let mut starts = Vec::new();
        let outcome = tracer.run(|event| {
            if let Some(Process::Start { attached, parent, command, .. }) = event.process() {
                starts.push((event.place.process, *parent, *attached, *command));
                if starts.len() == expected {
                    handle.stop();
                }
            }
        });
        assert_eq!(outcome.expect("a recording").end, EndReason::Stopped);
        assert_eq!(starts[0], (id, None, true, 0));
        assert_eq!(starts.len(), expected, "{starts:?}");
        assert!(starts[1..].iter().all(|(_, parent, attached, command)| {
            parent.is_some() && *attached && *command == 0
        }));
    }
}
