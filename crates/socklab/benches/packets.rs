//! What packets cost a traced program: round trips to an echo server of the same binary, under `trace
//! --packets` and under `trace --no-packets`, by turns in one run, so that other load on the machine
//! affects both alike. `cargo bench -p socklab --bench packets` prints the least and the middle time and
//! their ratios; with `-- --limit 1.3` it fails above that ratio of the middle ones.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Command, ExitCode, Stdio};
use std::time::Instant;

const ROUND_TRIPS: usize = 2_000;
const MESSAGE: usize = 32;
const TURNS: usize = 9;
const WAYS: [&str; 2] = ["--no-packets", "--packets"];

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().collect();
    match words.get(1..).unwrap_or_default() {
        [role, port] if role == "server" => return server(port),
        [role, port] if role == "client" => return client(port),
        _ => {}
    }
    let mut limit = words.iter().skip_while(|word| *word != "--limit").skip(1);
    let limit: Option<f64> = limit.next().and_then(|limit| limit.parse().ok());
    let mut took = WAYS.map(|_| Vec::new());
    for _ in 0..TURNS {
        for (way, took) in WAYS.iter().zip(&mut took) {
            match traced(way) {
                Some(times) => took.push(times),
                None => {
                    println!("not run: needs a tracer and namespaces");
                    return ExitCode::SUCCESS;
                }
            }
        }
    }
    // Of each turn the least and the middle; of these the middle turn.
    let [plain, tapped] = took.map(|mut turns| {
        turns.sort_unstable();
        turns[TURNS / 2]
    });
    let ratio = |one: u64, other: u64| one as f64 / other as f64;
    for (way, (least, middle)) in WAYS.iter().zip([plain, tapped]) {
        println!(
            "trace {way:12} round trip {:6.1} µs at least, {:6.1} µs in the middle",
            least as f64 / 1e3,
            middle as f64 / 1e3
        );
    }
    let middle = ratio(tapped.1, plain.1);
    println!("ratio {:.2}, {middle:.2}", ratio(tapped.0, plain.0));
    ExitCode::from(u8::from(limit.is_some_and(|limit| middle > limit)))
}

/// The least and the middle round trip under `trace`, in nanoseconds.
fn traced(way: &str) -> Option<(u64, u64)> {
    let us = std::env::current_exe().ok()?;
    let port = TcpListener::bind("127.0.0.1:0").ok()?.local_addr().ok()?.port();
    let line = |role: &str| format!("{} {role} {port}", us.display());
    let mut command = Command::new(env!("CARGO_BIN_EXE_socklab"));
    command.args(["trace", way, "-o", "/dev/null", &line("server"), &line("client")]);
    let ended = command.stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    let said = String::from_utf8_lossy(&ended.stdout).into_owned();
    let mut times = said.split_whitespace().map(str::parse);
    Some((times.next()?.ok()?, times.next()?.ok()?))
}

fn server(port: &str) -> ExitCode {
    let listener = TcpListener::bind(format!("127.0.0.1:{port}")).expect("a free port");
    let (mut peer, _) = listener.accept().expect("a client");
    let mut buffer = [0; MESSAGE];
    while peer.read_exact(&mut buffer).is_ok() {
        peer.write_all(&buffer).expect("sent");
    }
    ExitCode::SUCCESS
}

fn client(port: &str) -> ExitCode {
    let mut peer = TcpStream::connect(format!("127.0.0.1:{port}")).expect("a server");
    let mut times: Vec<u128> = (0..ROUND_TRIPS)
        .map(|_| {
            let begun = Instant::now();
            peer.write_all(&[7; MESSAGE]).expect("sent");
            peer.read_exact(&mut [0; MESSAGE]).expect("echoed");
            begun.elapsed().as_nanos()
        })
        .collect();
    times.sort_unstable();
    println!("{} {}", times[0], times[ROUND_TRIPS / 2]);
    ExitCode::SUCCESS
}
