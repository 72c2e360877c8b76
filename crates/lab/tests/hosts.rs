//! Hosts: real sockets in network namespaces of their own, and a wire between them.

#![allow(clippy::unwrap_used, reason = "these are tests, without the harness that says so")]

mod inside;

use std::io::{ErrorKind, Read, Write};
use std::net::{IpAddr, SocketAddr, TcpListener, TcpStream, ToSocketAddrs, UdpSocket};
use std::os::fd::AsRawFd;
use std::process::{Command, ExitCode};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use socklab_event::{Event, Fate, Frame, Transport};
use socklab_kernel::table::Entry;
use socklab_lab::rules::Change;
use socklab_lab::{HostOptions, Hosts, HostsOptions, INTERNET, Network, Switched, is_intact};

fn main() -> ExitCode {
    inside::main(&[
        ("hosts_reach_each_other_by_name", hosts_reach_each_other_by_name),
        ("a_host_has_a_name_and_ports_of_its_own", a_host_has_a_name_and_ports_of_its_own),
        ("a_command_runs_in_a_host", a_command_runs_in_a_host),
        ("a_partition_heals", a_partition_heals),
        ("a_dead_host_is_silent", a_dead_host_is_silent),
        ("a_pulled_cable_is_noticed", a_pulled_cable_is_noticed),
        ("a_narrow_path_is_found_out", a_narrow_path_is_found_out),
        ("a_network_behind_a_host", a_network_behind_a_host),
        ("sockets_are_listed_with_their_queues", sockets_are_listed_with_their_queues),
        ("a_fast_wire_carries_what_a_card_would_cut", a_fast_wire_carries_what_a_card_would_cut),
        ("twenty_hosts_talk_to_each_other", twenty_hosts_talk_to_each_other),
    ])
}

const SOON: Duration = Duration::from_secs(10);
/// Longer than a frame takes, and shorter than anybody wants to wait for what never comes.
const NEVER: Duration = Duration::from_millis(100);
const PORT: u16 = 7;

struct Lab {
    network: Network,
    seen: Arc<Mutex<Vec<Event>>>,
}

impl Lab {
    fn with(rules: &[&str]) -> Self {
        let mut options = HostsOptions::new(["client", "server"]);
        options.rules = rules.iter().map(|rule| rule.parse().expect("a rule")).collect();
        Self::of(options)
    }

    fn of(options: HostsOptions) -> Self {
        let seen = Arc::new(Mutex::new(Vec::new()));
        let sink = Arc::clone(&seen);
        let hosts = Hosts::open(options).expect("hosts");
        let network = hosts.start(4096, move |events| sink.lock().unwrap().extend(events));
        Self { network: network.expect("a thread"), seen }
    }

    fn within<T: Send>(&self, host: &str, work: impl FnOnce() -> T + Send) -> T {
        self.network.within(host, work).expect("a host")
    }

    fn change(&self, text: &str) {
        self.network.control().change(&text.parse::<Change>().expect("a change"));
    }

    fn end(self) -> (Vec<Frame>, Switched) {
        let switched = self.network.finish();
        assert_eq!(switched.lost, 0);
        let mut events = std::mem::take(&mut *self.seen.lock().unwrap());
        events.sort_by_key(|event| event.at);
        let frames = events.iter().map(|event| event.frame().expect("only frames").clone());
        (frames.collect(), switched)
    }
}

/// A datagram socket in a host, connected to one in another.
fn pair(lab: &Lab, server: &str, version_6: bool) -> (UdpSocket, UdpSocket) {
    let (_, addresses) = lab.network.hosts().find(|(name, _)| *name == server).unwrap();
    let ip: IpAddr = if version_6 { addresses.v6.into() } else { addresses.v4.into() };
    let any: IpAddr = if version_6 { [0; 16].into() } else { [0; 4].into() };
    let bound = lab.within(server, || UdpSocket::bind((ip, PORT)).unwrap());
    let client = lab.within("client", || UdpSocket::bind((any, 0)).unwrap());
    client.connect((ip, PORT)).unwrap();
    bound.set_read_timeout(Some(SOON)).unwrap();
    client.set_read_timeout(Some(SOON)).unwrap();
    (client, bound)
}

fn arrives(client: &UdpSocket, server: &UdpSocket, message: &[u8]) -> bool {
    client.send(message).unwrap();
    let mut buffer = [0; 2000];
    match server.recv(&mut buffer) {
        Ok(length) => {
            assert_eq!(&buffer[..length], message);
            true
        }
        Err(error) => {
            assert_eq!(error.kind(), ErrorKind::WouldBlock);
            false
        }
    }
}

fn a_fast_wire_carries_what_a_card_would_cut() {
    const SENT: usize = 3_000_000;
    let mut options = HostsOptions::new(["client", "server"]);
    options.fast = true;
    let lab = Lab::of(options);
    assert!(lab.network.is_fast());
    let refused = lab.network.set_path_mtu("server", Some(1300)).unwrap_err();
    assert!(refused.to_string().contains("fast"), "{refused}");
    for ip in ["10.0.0.2", "fd00::2"] {
        let address: SocketAddr = (ip.parse::<IpAddr>().unwrap(), 80).into();
        let listener = lab.within("server", || TcpListener::bind(address).unwrap());
        let mut client = lab.within("client", || TcpStream::connect(address).unwrap());
        let (mut server, _) = listener.accept().unwrap();
        let sent: Vec<u8> = (0..SENT).map(|at| (at % 251) as u8).collect();
        let copy = sent.clone();
        let sending = std::thread::spawn(move || client.write_all(&copy).unwrap());
        let mut heard = Vec::new();
        server.read_to_end(&mut heard).unwrap();
        sending.join().unwrap();
        assert!(heard == sent, "{} bytes arrived", heard.len());
    }
    // Whole datagrams and checksums that nobody has computed arrive, too.
    for version_6 in [false, true] {
        let (client, server) = pair(&lab, "server", version_6);
        assert!(arrives(&client, &server, &[b'x'; 1400]));
        assert!(arrives(&client, &server, b"hola"));
    }
    let (frames, _) = lab.end();
    let largest = frames.iter().map(|frame| frame.bytes.total).max().unwrap();
    assert!(largest > 1514, "{largest}");
    assert!(frames.iter().all(|frame| is_intact(&frame.bytes.sample) != Some(false)));
    assert!(frames.iter().all(|frame| matches!(frame.fate, Fate::Delivered { .. })));
}

fn hosts_reach_each_other_by_name() {
    let lab = Lab::with(&[]);
    let listener = lab.within("server", || TcpListener::bind("[::]:80").unwrap());
    for version_6 in [false, true] {
        let (mut client, addresses) = lab.within("client", || {
            let all: Vec<SocketAddr> = ("server", 80).to_socket_addrs().unwrap().collect();
            let one = all.iter().find(|one| one.is_ipv6() == version_6).expect("both versions");
            (TcpStream::connect(one).unwrap(), all)
        });
        assert!(addresses.iter().any(|one| one.ip().to_string() == "10.0.0.2"), "{addresses:?}");
        assert!(addresses.iter().any(|one| one.ip().to_string() == "fd00::2"), "{addresses:?}");
        let (mut server, _) = listener.accept().unwrap();
        client.write_all(b"hola").unwrap();
        drop(client);
        let mut heard = String::new();
        server.read_to_string(&mut heard).unwrap();
        assert_eq!(heard, "hola");
    }
    let (frames, _) = lab.end();
    let is = |frame: &&Frame, flag: &str| matches!(&frame.headers.as_ref().map(|it| &it.transport), Some(Transport::Tcp { flags, .. }) if flags.has(flag));
    let syn = frames.iter().find(|frame| is(frame, "SYN")).unwrap();
    assert_eq!((syn.from.as_str(), syn.to.as_deref()), ("client", Some("server")));
    assert!(frames.iter().all(|frame| is_intact(&frame.bytes.sample) != Some(false)));
    assert!(frames.iter().all(|frame| matches!(frame.fate, Fate::Delivered { .. })));
    let asks = frames.iter().find(|frame| frame.to.is_none()).expect("a question to all");
    assert!(matches!(asks.headers.as_ref().unwrap().transport, Transport::Neighbour { .. }));
}

fn a_host_has_a_name_and_ports_of_its_own() {
    let lab = Lab::with(&[]);
    let name =
        lab.within("server", || rustix::system::uname().nodename().to_string_lossy().into_owned());
    assert_eq!(name, "server");
    let read = |path: &'static str| lab.within("client", move || std::fs::read_to_string(path));
    assert_eq!(read("/etc/hostname").unwrap(), "client\n");
    let one = lab.within("client", || UdpSocket::bind(("0.0.0.0", PORT)).unwrap());
    let other = lab.within("server", || UdpSocket::bind(("0.0.0.0", PORT)).unwrap());
    assert_eq!(one.local_addr().unwrap(), other.local_addr().unwrap());
    // The place itself is none of the hosts.
    let outside = std::fs::read_to_string("/etc/hostname");
    assert!(outside.map_or(true, |name| name != "client\n"));
    assert!(UdpSocket::bind(("10.0.0.1", 0)).is_err());
}

fn a_command_runs_in_a_host() {
    let lab = Lab::with(&[]);
    let mut command = Command::new("sh");
    command.args(["-c", "uname -n; pwd; grep -c server /etc/hosts"]).current_dir("/usr");
    lab.network.contain("client", &mut command).unwrap();
    let output = command.output().expect("sh");
    assert_eq!(String::from_utf8_lossy(&output.stdout), "client\n/usr\n2\n");
    let refusal = lab.network.contain("nobody", &mut command).unwrap_err().to_string();
    assert_eq!(refusal, "there is no host nobody, only client, server");
}

fn a_partition_heals() {
    let lab = Lab::with(&[]);
    let (client, server) = pair(&lab, "server", false);
    assert!(arrives(&client, &server, b"before"));
    lab.change("partition client from server");
    server.set_read_timeout(Some(NEVER)).unwrap();
    assert!(!arrives(&client, &server, b"meanwhile"));
    lab.change("heal");
    server.set_read_timeout(Some(SOON)).unwrap();
    assert!(arrives(&client, &server, b"afterwards"));
    let (frames, _) = lab.end();
    let dropped = frames.iter().filter(|frame| matches!(&frame.fate, Fate::Dropped { rule } if rule == "partition client from server"));
    assert_eq!(dropped.count(), 1);
}

fn a_dead_host_is_silent() {
    let lab = Lab::with(&[]);
    let listener = lab.within("server", || TcpListener::bind(("10.0.0.2", PORT)).unwrap());
    let mut client = lab.within("client", || TcpStream::connect(("10.0.0.2", PORT)).unwrap());
    let (server, _) = listener.accept().unwrap();
    lab.change("host server dies");
    // Neither the end of the server nor what the client sends leads to anything.
    drop((server, listener));
    client.write_all(b"anybody?").unwrap();
    client.set_read_timeout(Some(NEVER)).unwrap();
    assert_eq!(client.read(&mut [0; 9]).unwrap_err().kind(), ErrorKind::WouldBlock);
    let (frames, _) = lab.end();
    let after = frames.iter().filter(|frame| !matches!(frame.fate, Fate::Delivered { .. }));
    let mut from: Vec<&str> = after.map(|frame| frame.from.as_str()).collect();
    from.sort_unstable();
    from.dedup();
    assert_eq!(from, ["client", "server"]);
}

fn a_pulled_cable_is_noticed() {
    let lab = Lab::with(&[]);
    let (client, server) = pair(&lab, "server", false);
    assert!(arrives(&client, &server, b"before"));
    lab.network.set_link("server", false).unwrap();
    server.set_read_timeout(Some(NEVER)).unwrap();
    assert!(!arrives(&client, &server, b"meanwhile"));
    lab.network.set_link("server", true).unwrap();
    server.set_read_timeout(Some(SOON)).unwrap();
    assert!(arrives(&client, &server, b"afterwards"));
    let (frames, _) = lab.end();
    let lost = frames
        .iter()
        .filter(|frame| matches!(&frame.fate, Fate::Lost { why } if why.as_str() == "link_down"));
    assert_eq!(lost.count(), 1);
}

/// The kernel takes smaller segments as soon as it is told, and nobody's bytes are missing.
fn a_narrow_path_is_found_out() {
    for version_6 in [false, true] {
        let lab = Lab::with(&[]);
        lab.network.set_path_mtu("server", Some(1300)).unwrap();
        let ip = if version_6 { "fd00::2" } else { "10.0.0.2" };
        let listener = lab.within("server", || TcpListener::bind((ip, PORT)).unwrap());
        let mut client = lab.within("client", || TcpStream::connect((ip, PORT)).unwrap());
        let (mut server, _) = listener.accept().unwrap();
        client.write_all(&[7; 4000]).unwrap();
        let mut heard = [0; 4000];
        server.read_exact(&mut heard).unwrap();
        assert_eq!(heard, [7; 4000]);
        // Datagrams, too: they are refused, or sent in pieces.
        let (sender, receiver) = pair(&lab, "server", version_6);
        let large = sender.send(&[7; 1400]).map(|_| vec![7; 1400]);
        match large {
            Ok(large) => {
                let mut buffer = [0; 2000];
                let length = receiver.recv(&mut buffer).unwrap();
                assert_eq!(buffer[..length], large);
            }
            Err(error) => assert_eq!(error.raw_os_error(), Some(90), "EMSGSIZE"),
        }
        let fits = if version_6 { 1252 } else { 1272 };
        assert!(arrives(&sender, &receiver, &vec![8; fits]));
        let (frames, _) = lab.end();
        let lost = frames
            .iter()
            .filter(|frame| matches!(&frame.fate, Fate::Lost { why } if why.as_str() == "too_big"));
        assert!(lost.count() > 0);
        let told = frames.iter().find_map(|frame| match &frame.headers.as_ref()?.transport {
            Transport::Icmp { mtu: Some(mtu), .. } => Some((frame.from.as_str(), *mtu)),
            _ => None,
        });
        assert_eq!(told, Some(("wire", 1300)));
        assert!(
            frames
                .iter()
                .filter(|frame| frame.from == "wire")
                .all(|it| is_intact(&it.bytes.sample) == Some(true))
        );
    }
}

fn a_network_behind_a_host() {
    let mut options = HostsOptions::new(["client"]);
    let mut internet = HostOptions::new(INTERNET);
    internet.networks =
        vec![("198.51.100.0".parse().unwrap(), 24), ("2001:db8::".parse().unwrap(), 48)];
    options.hosts.push(internet);
    let lab = Lab::of(options);
    for ip in ["198.51.100.80", "2001:db8::80"] {
        let listener = lab.within(INTERNET, || TcpListener::bind((ip, 80)).unwrap());
        let client = lab.within("client", || TcpStream::connect((ip, 80)).unwrap());
        let (_, from) = listener.accept().unwrap();
        assert_eq!(from, client.local_addr().unwrap());
        let own = if from.is_ipv4() { "10.0.0.1" } else { "fd00::1" };
        assert_eq!(from.ip().to_string(), own);
    }
    let resolver = lab.within("client", || std::fs::read_to_string("/etc/resolv.conf").unwrap());
    assert!(resolver.starts_with("nameserver 10.0.0.2\n"), "{resolver}");
}

fn sockets_are_listed_with_their_queues() {
    let lab = Lab::with(&[]);
    let (client, server) = pair(&lab, "server", false);
    client.send(b"unread").unwrap();
    let found = |host: &str| {
        let sockets = lab.network.sockets(host).unwrap();
        let ours = |entry: &Entry| entry.local.port() == PORT;
        sockets.into_iter().find(ours)
    };
    while found("server").expect("the server's socket").receive_queue == 0 {
        std::thread::yield_now();
    }
    assert!(found("client").is_none());
    assert!(server.as_raw_fd() > 0);
}

fn twenty_hosts_talk_to_each_other() {
    let name = |number: usize| format!("host-{number}");
    let lab = Lab::of(HostsOptions::new((1..=20).map(name)));
    let sockets: Vec<UdpSocket> = (1..=20_u8)
        .map(|number| {
            lab.within(&name(number.into()), || {
                UdpSocket::bind((IpAddr::from([10, 0, 0, number]), PORT)).unwrap()
            })
        })
        .collect();
    for (from, socket) in sockets.iter().enumerate() {
        for to in (0..20).filter(|to| *to != from) {
            let address = sockets[to].local_addr().unwrap();
            socket.send_to(&[from as u8], address).unwrap();
            sockets[to].set_read_timeout(Some(SOON)).unwrap();
            let mut buffer = [0; 9];
            let (length, sender) = sockets[to].recv_from(&mut buffer).unwrap();
            assert_eq!((length, buffer[0]), (1, from as u8));
            assert_eq!(sender, socket.local_addr().unwrap());
        }
    }
    let (frames, _) = lab.end();
    let between =
        |frame: &&Frame| matches!(frame.headers.as_ref().unwrap().transport, Transport::Udp);
    assert_eq!(frames.iter().filter(between).count(), 20 * 19);
}
