//! Lists what each wait of a recording consisted of:
//! `cargo run -p socklab-latency --example parts -- run.jsonl`.

use std::error::Error;
use std::fs::File;
use std::io::BufReader;

use socklab_flows::Flows;
use socklab_latency::Latency;

fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args().nth(1).ok_or("which recording?")?;
    let reading = socklab_event::read(BufReader::new(File::open(path)?))?;
    let latency = Latency::of(&Flows::of(&reading.timeline));
    for wait in &latency.waits {
        let [asker, peer] = &wait.ends;
        println!("{asker} waits for {peer} ({:?}): {} µs", wait.asked, wait.own() / 1_000);
        for part in &wait.parts {
            println!("    {:>9} µs  {:?} {:?}", part.took / 1_000, part.cause, part.side);
        }
    }
    Ok(())
}
