//! What a wire costs: a round trip, the set-up, how much passes, and whether anything gets lost.
//! `cargo bench -p socklab-lab --bench wire [-- round-trips|set-up|throughput|mesh]`. What is compared is
//! measured by turns in one run, so that whatever else the machine does is shared; each time in a place
//! of its own, by this program again.
#![allow(clippy::unwrap_used, reason = "whatever fails here ends the measurement")]

use std::io::{Read, Write};
use std::net::{IpAddr, Ipv4Addr, TcpListener, TcpStream, UdpSocket};
use std::process::{Command, ExitCode};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use socklab_kernel::clock;
use socklab_lab::{
    Hosts, HostsOptions, Looped, LoopedOptions, Looping, Network, Role, Tap, enter_private_loopback,
};

/// How often each thing is measured.
const TIMES: usize = 25;
const ROUND_TRIPS: usize = 5_000;
const MESSAGE: usize = 32;
/// How much of each frame's payload is recorded, as a scenario does.
const SAMPLE: usize = 256;
/// How long bulk is sent.
const BULK: Duration = Duration::from_secs(1);
/// How long twenty hosts talk to each other, and how often each of them sends.
const MESH: Duration = Duration::from_secs(30);
const MESH_PAUSE: Duration = Duration::from_millis(2);

/// The places, by what they are called here.
const PLACES: [&str; 4] = ["plain", "tapped", "looped", "hosts"];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|it| it != "--bench").collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words[..] {
        ["inside", what, place] => return inside(what, place),
        [] => {
            round_trips();
            set_up();
            throughput();
            mesh();
        }
        ["round-trips"] => round_trips(),
        ["set-up"] => set_up(),
        ["throughput"] => throughput(),
        ["mesh"] => mesh(),
        _ => {
            eprintln!("what is measured: round-trips, set-up, throughput, mesh");
            return ExitCode::from(2);
        }
    }
    ExitCode::SUCCESS
}

/// What this program measures in a place.
fn measured(what: &str, place: &str) -> Vec<u64> {
    let us = std::env::current_exe().unwrap();
    let output = Command::new(us).args(["inside", what, place]).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    said.split_whitespace().map(|word| word.parse().unwrap()).collect()
}

fn middle(mut values: Vec<u64>) -> (u64, u64) {
    values.sort_unstable();
    (values[0], values[values.len() / 2])
}

fn round_trips() {
    println!(
        "round trip of {MESSAGE} B over TCP, µs: least and middle of {ROUND_TRIPS}, best of 5"
    );
    let mut best = [(u64::MAX, u64::MAX); PLACES.len()];
    for _ in 0..5 {
        for (place, best) in PLACES.iter().zip(&mut best) {
            let [least, middle] = measured("round-trips", place)[..] else { panic!("two numbers") };
            *best = (best.0.min(least), best.1.min(middle));
        }
    }
    for (place, (least, middle)) in PLACES.iter().zip(best) {
        let ratio = least as f64 / best[0].0 as f64;
        let micros = |nanos: u64| nanos as f64 / 1000.0;
        println!("  {place:8} {:6.1} {:6.1}   × {ratio:.2}", micros(least), micros(middle));
    }
}

fn set_up() {
    println!("set-up until programs can start, ms: least and middle of {TIMES}");
    let ways = ["plain", "tapped", "looped", "3 hosts", "20 hosts", "3 ip netns", "20 ip netns"];
    let mut took = ways.map(|_| Vec::new());
    for _ in 0..TIMES {
        for (way, took) in ways.iter().zip(&mut took) {
            took.extend(match way.strip_suffix(" ip netns") {
                Some(number) => by_hand(number.parse().unwrap()),
                None => {
                    let begun = clock::now();
                    Some(measured("set-up", way)[0] - begun)
                }
            });
        }
    }
    for (way, took) in ways.iter().zip(took) {
        if took.is_empty() {
            println!("  {way:12} not run: needs ip and unshare");
            continue;
        }
        let (least, middle) = middle(took);
        println!("  {way:12} {:7.1} {:7.1}", least as f64 / 1e6, middle as f64 / 1e6);
    }
}

/// The same topology as people make it: `ip netns` and a bridge, in a user namespace.
fn by_hand(hosts: u32) -> Option<u64> {
    let script = format!(
        "mount -t tmpfs none /run && ip link add br0 type bridge && ip link set br0 up
        for i in $(seq {hosts}); do
          ip netns add h$i
          ip link add v$i type veth peer name eth0 netns h$i
          ip link set v$i master br0 up
          ip -n h$i addr add 10.0.0.$i/24 dev eth0
          ip -n h$i addr add fd00::$i/64 dev eth0 nodad
          ip -n h$i link set eth0 up
          ip -n h$i link set lo up
        done"
    );
    let begun = clock::now();
    let status = Command::new("unshare").args(["-rmn", "sh", "-ec", &script]).status().ok()?;
    status.success().then(|| clock::now() - begun)
}

fn throughput() {
    println!("TCP for {BULK:?}, Gbit/s: best of 3");
    let places = ["plain", "looped", "looped-1500", "hosts", "hosts-fast"];
    let mut best = [0; 5];
    for _ in 0..3 {
        for (place, best) in places.iter().zip(&mut best) {
            *best = measured("throughput", place)[0].max(*best);
        }
    }
    for (place, bytes) in places.iter().zip(best) {
        println!("  {place:12} {:6.2}", bytes as f64 * 8.0 / BULK.as_secs_f64() / 1e9);
    }
}

fn mesh() {
    println!("20 hosts, each sends to the others in turn every {MESH_PAUSE:?} for {MESH:?}");
    let [sent, received, lost] = measured("mesh", "20 hosts")[..] else { panic!("three numbers") };
    println!("  datagrams sent {sent}, received {received}; frames lost by the ring {lost}");
    assert_eq!((sent - received, lost), (0, 0));
}

/// Whatever makes a place; it ends with this.
enum Place {
    Plain,
    Tapped(Tap),
    Looped(Looping),
    Hosts(Box<Network>),
}

impl Place {
    fn open(name: &str) -> Self {
        match name {
            "plain" => Self::Plain,
            "tapped" => {
                let mut tap = Tap::start(SAMPLE, drop).unwrap();
                tap.opened().unwrap();
                Self::Tapped(tap)
            }
            "looped" | "looped-1500" => {
                let mut options = LoopedOptions::default();
                if name != "looped" {
                    options.mtu = 1500;
                }
                Self::Looped(Looped::open(options).unwrap().start(SAMPLE, drop).unwrap())
            }
            hosts => {
                let number = hosts.split(' ').next().and_then(|it| it.parse().ok()).unwrap_or(2);
                let names = (1..=number).map(|number: u8| format!("h{number}"));
                let mut options = HostsOptions::new(names);
                options.fast = hosts == "hosts-fast";
                let hosts = Hosts::open(options).unwrap();
                Self::Hosts(Box::new(hosts.start(SAMPLE, drop).unwrap()))
            }
        }
    }

    /// Runs `work` where the server or the client is, and says which address the server has.
    fn within<T: Send>(&self, host: &str, work: impl FnOnce(IpAddr) -> T + Send) -> T {
        match self {
            Self::Hosts(network) => network.within(host, || work([10, 0, 0, 2].into())).unwrap(),
            _ => work(Ipv4Addr::LOCALHOST.into()),
        }
    }

    fn pair(&self) -> (TcpStream, TcpStream) {
        let listener = self.within("h2", |ip| TcpListener::bind((ip, 7)).unwrap());
        let client = self.within("h1", |ip| TcpStream::connect((ip, 7)).unwrap());
        (client, listener.accept().unwrap().0)
    }

    fn end(self) -> u64 {
        match self {
            Self::Plain => 0,
            Self::Tapped(tap) => tap.finish().unwrap().lost,
            Self::Looped(looping) => looping.finish().switched.lost,
            Self::Hosts(network) => network.finish().lost,
        }
    }
}

fn inside(what: &str, place: &str) -> ExitCode {
    match enter_private_loopback() {
        Ok(Role::Inside(_)) => {}
        Ok(Role::Outside { exit_code }) => return ExitCode::from(exit_code as u8),
        Err(refusal) => {
            eprintln!("not run: needs namespaces ({refusal})");
            return ExitCode::from(3);
        }
    }
    let place = Place::open(place);
    match what {
        "set-up" => println!("{}", clock::now()),
        "round-trips" => {
            let (client, server) = place.pair();
            let (least, middle) = middle(echo(client, server));
            println!("{least} {middle}");
        }
        "throughput" => {
            let (client, server) = place.pair();
            println!("{}", bulk(client, server));
        }
        _ => {
            let Place::Hosts(network) = &place else { panic!("hosts") };
            let (sent, received) = all_to_all(network);
            println!("{sent} {received}");
        }
    }
    if what == "mesh" {
        println!("{}", place.end());
    }
    ExitCode::SUCCESS
}

fn echo(mut client: TcpStream, mut server: TcpStream) -> Vec<u64> {
    client.set_nodelay(true).unwrap();
    server.set_nodelay(true).unwrap();
    thread::spawn(move || {
        let mut message = [0; MESSAGE];
        while server.read_exact(&mut message).is_ok() && server.write_all(&message).is_ok() {}
    });
    let mut message = [7; MESSAGE];
    let mut once = || {
        let begun = clock::now();
        client.write_all(&message).unwrap();
        client.read_exact(&mut message).unwrap();
        clock::now() - begun
    };
    (0..ROUND_TRIPS).map(|_| once()).collect()
}

/// How many bytes arrive.
fn bulk(mut client: TcpStream, mut server: TcpStream) -> u64 {
    let ends = Instant::now() + BULK;
    thread::spawn(move || {
        let block = vec![7; 1 << 17];
        while Instant::now() < ends && client.write_all(&block).is_ok() {}
    });
    let mut buffer = vec![0; 1 << 17];
    let mut bytes = 0;
    while let Ok(length @ 1..) = server.read(&mut buffer) {
        bytes += length as u64;
    }
    bytes
}

/// How many datagrams are sent and received.
fn all_to_all(network: &Network) -> (u64, u64) {
    let hosts: Vec<(String, IpAddr)> =
        network.hosts().map(|(name, at)| (name.to_owned(), at.v4.into())).collect();
    let bind = |(name, ip): &(String, IpAddr)| {
        let socket = network.within(name, || UdpSocket::bind((*ip, 7)).unwrap()).unwrap();
        socket.set_read_timeout(Some(Duration::from_millis(200))).unwrap();
        Arc::new(socket)
    };
    let sockets: Vec<Arc<UdpSocket>> = hosts.iter().map(bind).collect();
    let (sent, received) = (AtomicU64::new(0), AtomicU64::new(0));
    let ended = AtomicBool::new(false);
    let ends = Instant::now() + MESH;
    thread::scope(|scope| {
        let mut senders = Vec::new();
        for (number, socket) in sockets.iter().enumerate() {
            let (hosts, sent, received, ended) = (&hosts, &sent, &received, &ended);
            senders.push(scope.spawn(move || {
                let others = (0..hosts.len()).filter(|other| *other != number).cycle();
                for other in others.take_while(|_| Instant::now() < ends) {
                    socket.send_to(&[7; MESSAGE], (hosts[other].1, 7)).unwrap();
                    sent.fetch_add(1, Ordering::Relaxed);
                    thread::sleep(MESH_PAUSE);
                }
            }));
            scope.spawn(move || {
                let mut buffer = [0; MESSAGE];
                loop {
                    match socket.recv_from(&mut buffer) {
                        Ok(_) => received.fetch_add(1, Ordering::Relaxed),
                        Err(_) if ended.load(Ordering::Acquire) => return,
                        Err(_) => continue,
                    };
                }
            });
        }
        senders.into_iter().for_each(|sender| sender.join().unwrap());
        ended.store(true, Ordering::Release);
    });
    (sent.into_inner(), received.into_inner())
}
