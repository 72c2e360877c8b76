//! Records the sockets of this machine twice, and writes the recording to standard output:
//!
//! ```text
//! cargo run -p socklab-record --example sockets > sockets.jsonl
//! ```

use std::io;
use std::net::TcpListener;

use socklab_event::Header;
use socklab_kernel::clock;
use socklab_record::{Limits, Recorder, tables};

fn main() -> io::Result<()> {
    let header = Header { epoch: clock::epoch(), ..Header::default() };
    let mut recorder = Recorder::new(header, Limits::none().events(10_000));
    recorder.stream_to(io::stdout(), |_| {})?;
    recorder.add_states(tables::states());
    let listener = TcpListener::bind("127.0.0.1:0")?;
    recorder.add_states(tables::states());
    drop(listener);
    match recorder.finish().stream_errors.into_iter().flatten().next() {
        Some(error) => Err(error),
        None => Ok(()),
    }
}
