//! How long a student waits for `socklab run basics-01`, compared with `hostname`.
//!
//! It measures whole processes, from fork to wait, in pairs (A B A B …) in one run, so that other
//! load on the machine affects both alike. `cargo bench --bench start_up` prints the medians and the
//! ratio; with `-- --limit 2` it fails above that ratio.

use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

const PAIRS: usize = 201;
const WARM_UP: usize = 20;

fn main() -> ExitCode {
    let mut words = std::env::args().skip_while(|word| word != "--limit").skip(1);
    let limit: Option<f64> = words.next().and_then(|limit| limit.parse().ok());

    let socklab = || time(Command::new(env!("CARGO_BIN_EXE_socklab")).args(["run", "basics-01"]));
    let hostname = || time(&mut Command::new("hostname"));
    for _ in 0..WARM_UP {
        socklab();
        hostname();
    }
    let (mut ours, mut theirs): (Vec<_>, Vec<_>) =
        (0..PAIRS).map(|_| (socklab(), hostname())).unzip();

    let (ours, theirs) = (median(&mut ours), median(&mut theirs));
    let ratio = ours.as_secs_f64() / theirs.as_secs_f64();
    println!("socklab run basics-01  {ours:>10.1?}  median of {PAIRS}");
    println!("hostname               {theirs:>10.1?}  median of {PAIRS}");
    println!("ratio                  {ratio:>10.2}");
    if limit.is_some_and(|limit| ratio > limit) { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

/// The wall time of a whole process, whose output is discarded.
fn time(command: &mut Command) -> Duration {
    command.stdin(Stdio::null()).stdout(Stdio::null());
    let start = Instant::now();
    let status = command.status().expect("it can be started");
    let elapsed = start.elapsed();
    assert!(status.success(), "{command:?}: {status}");
    elapsed
}

fn median(times: &mut [Duration]) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}
