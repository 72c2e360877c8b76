//! Reads a recording and counts its calls:
//! `cargo run -p socklab-event --example read -- run.jsonl`.

use std::collections::BTreeMap;
use std::error::Error;
use std::fs::File;
use std::io::BufReader;

fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args().nth(1).ok_or("which recording?")?;
    let reading = socklab_event::read(BufReader::new(File::open(path)?))?;
    let mut counts: BTreeMap<&str, (u32, u32)> = BTreeMap::new();
    for call in reading.timeline.events.iter().filter_map(|event| event.call()) {
        let (made, failed) = counts.entry(call.library_name()).or_default();
        *made += 1;
        *failed += u32::from(call.error().is_some());
    }
    for (name, (made, failed)) in counts {
        println!("{made:6} {name}, {failed} failed");
    }
    if let Some(problem) = reading.truncated {
        eprintln!("the recording was cut short: {problem}");
    }
    Ok(())
}
