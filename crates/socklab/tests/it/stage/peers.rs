//! The peers of a test: servers on free ports, and the test's own sockets.

use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::process::Command;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::Signal;
pub(crate) use socklab_kernel::Transport;

use super::{PATIENCE, Running, socklab};

/// Starts a server and returns when it has its port. `PORT` among the words is replaced by a free
/// one. If another program takes that port first, another one is tried.
#[track_caller]
pub(crate) fn serve(transport: Transport, words: &[&str]) -> (Running, u16) {
    serve_with(transport, words, socklab)
}

#[track_caller]
pub(crate) fn serve_with(
    transport: Transport,
    words: &[&str],
    command: impl Fn(&[&str]) -> Command,
) -> (Running, u16) {
    for _ in 0..20 {
        let port = free_port(transport);
        let number = port.to_string();
        let words: Vec<String> = words.iter().map(|word| word.replace("PORT", &number)).collect();
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let server = Running::start(&mut command(&words));
        let start = Instant::now();
        while start.elapsed() < PATIENCE {
            if server.has_port(transport, port) {
                return (server, port);
            }
            // Some servers keep running without the port they were given.
            let complains = server.errors_so_far().contains("in use");
            if server.ends_within(Duration::from_millis(1)) || complains {
                break;
            }
        }
        server.signal(Signal::KILL);
        let ended = server.finish();
        let taken = ended.errors.contains("in use");
        assert!(taken, "it never had port {port}: {}\n{}", ended.text(), ended.errors);
    }
    panic!("20 free ports were all taken before {words:?} had them")
}

/// Starts `socklab serve WORD…` on a port chosen by the kernel, and returns when it has printed
/// which.
#[track_caller]
pub(crate) fn serve_on_any_port(words: &[&str]) -> (Running, u16) {
    let words = [&["serve", "--port", "0", "--json"], words].concat();
    let server = Running::start(&mut socklab(&words));
    let line = server.wait_for("\n");
    let ready: serde_json::Value = serde_json::from_str(&line).expect("a line of JSON");
    let address = ready["address"].as_str().expect("the first line has the address");
    let port = address.rsplit(':').next().and_then(|port| port.parse().ok());
    (server, port.expect("an address ends with a port"))
}

/// A port that is free on every address at this moment.
pub(crate) fn free_port(transport: Transport) -> u16 {
    socklab_kernel::port::free(0, &[transport]).expect("some port is free")
}

/// Listens on a free port of this machine, which is returned as text, for command lines.
pub(crate) fn listener() -> (TcpListener, String) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("some port is free");
    let port = listener.local_addr().expect("it is bound").port().to_string();
    (listener, port)
}

/// Accepts a connection, or fails if nobody connects for too long.
#[track_caller]
pub(crate) fn accept(listener: &TcpListener) -> TcpStream {
    let patience = Timespec { tv_sec: PATIENCE.as_secs() as i64, tv_nsec: 0 };
    let mut coming = [PollFd::new(listener, PollFlags::IN)];
    assert!(poll(&mut coming, Some(&patience)).expect("poll") > 0, "nobody has connected");
    let (client, _) = listener.accept().expect("accept");
    client.set_read_timeout(Some(PATIENCE)).expect("a timeout");
    client.set_write_timeout(Some(PATIENCE)).expect("a timeout");
    client
}

/// Connects to a server on this machine.
#[track_caller]
pub(crate) fn connect(port: u16) -> TcpStream {
    let client = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).expect("connect");
    client.set_read_timeout(Some(PATIENCE)).expect("a timeout");
    client.set_write_timeout(Some(PATIENCE)).expect("a timeout");
    client
}
