//! Prints who talked to whom in a recording:
//! `cargo run -p socklab-flows --example who -- run.jsonl`.

use std::error::Error;
use std::fs::File;
use std::io::BufReader;

use socklab_flows::Flows;

fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args().nth(1).ok_or("which recording?")?;
    let timeline = socklab_event::read(BufReader::new(File::open(path)?))?.timeline;
    let flows = Flows::of(&timeline);
    for (index, connection) in flows.connections.iter().enumerate() {
        let [from, to] = [0, 1].map(|side| {
            let used = flows.end_socket(index, side).and_then(|socket| flows.used_at(socket));
            let name = used.map_or("somebody outside".to_owned(), |at| flows.name_at(at));
            let address = connection.ends[side].address.as_ref();
            address.map_or(name.clone(), |address| format!("{name} at {address}"))
        });
        let sent = flows.transfers.iter().filter(|one| one.connection == Some(index));
        let (count, bytes) = sent.fold((0, 0), |(count, sum), one| (count + 1, sum + one.total));
        println!("{from} to {to}: {count} messages, {bytes} bytes");
    }
    Ok(())
}
