//! How much longer a program takes to start in a sandbox than in a plain cell, and there than without
//! any. The promise is 5 ms at most on a quiet machine. `cargo bench -p socklab-lab --bench start`

use std::path::PathBuf;
use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};

use socklab_lab::{Cell, CellOptions, Limits, Sandbox};

const TIMES: usize = 100;
const PROMISED: Duration = Duration::from_millis(5);

fn main() -> ExitCode {
    let mut cell = CellOptions::default();
    cell.own_user = true;
    let mut sandbox = Sandbox::new(Limits::default());
    sandbox.layered.push(PathBuf::from(env!("CARGO_MANIFEST_DIR")));
    let mut sandboxed = cell.clone();
    sandboxed.sandbox = Some(sandbox);
    let ways = [None, Some(cell), Some(sandboxed)];
    // By turns, so that whatever else the machine does is shared among them.
    let mut took = [const { Vec::new() }; 3];
    for _ in 0..TIMES {
        for (way, took) in ways.iter().zip(&mut took) {
            match start(way.as_ref()) {
                Ok(time) => took.push(time),
                Err(why) => {
                    println!("not run: needs namespaces ({why})");
                    return ExitCode::SUCCESS;
                }
            }
        }
    }
    let [plain, cell, sandbox] = took.map(|mut took| {
        took.sort();
        took[TIMES / 2]
    });
    let more = sandbox.saturating_sub(plain);
    println!("plain {plain:.2?}, cell {cell:.2?}, sandbox {sandbox:.2?}: {more:.2?} more");
    ExitCode::from(u8::from(more > PROMISED))
}

/// Starts a program that does nothing, and waits for its end.
fn start(options: Option<&CellOptions>) -> Result<Duration, String> {
    let begun = Instant::now();
    let mut command = Command::new("/bin/true");
    command.current_dir("/");
    let _cell = match options {
        None => None,
        Some(options) => {
            let cell = Cell::open(options).map_err(|refusal| refusal.to_string())?;
            cell.contain(&mut command).map_err(|error| error.to_string())?;
            Some(cell)
        }
    };
    let status = command.status().map_err(|error| error.to_string())?;
    assert!(status.success(), "{status}");
    Ok(begun.elapsed())
}
