//! How long it takes to find out what a screen shows of a recording:
//! `cargo run --release -p socklab-screen --example plan -- run.jsonl`.

use std::error::Error;
use std::fs::File;
use std::io::BufReader;
use std::time::Instant;

use socklab_flows::Flows;
use socklab_ladder::{Ladder, Options};
use socklab_say::Speaker;
use socklab_screen::{Listing, Shown, part, talks};

fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args().nth(1).ok_or("which recording?")?;
    let mut begun = Instant::now();
    let mut took = |what: &str| {
        println!("{what}: {:.1?}", begun.elapsed());
        begun = Instant::now();
    };
    let timeline = socklab_event::read(BufReader::new(File::open(path)?))?.timeline;
    took(&format!("read {} events", timeline.events.len()));
    let flows = Flows::of(&timeline);
    took("who talked with whom");
    let found = talks(&flows, Listing::default(), Speaker::ENGLISH);
    took(&format!("list {} conversations", found.listed.len()));
    let Some(first) = found.listed.first() else { return Ok(()) };
    let part = part(&flows, &[first.key]);
    took(&format!("the {} events of the first", part.events.len()));
    let ladder = Ladder::of(&part, &Options::new(Speaker::ENGLISH));
    took("its ladder");
    let shown = Shown::new(ladder, 80, false);
    took(&format!("its lines, for {} columns", shown.width()));
    Ok(())
}
