//! Says where two recordings part: `cargo run -p socklab-compare --example diff -- a.jsonl b.jsonl`. With more
//! than two, each is compared with the first, and only what differs is told.
use std::fs::File;
use std::io::BufReader;

use socklab_compare::{Comparison, TextStyle};
use socklab_say::Speaker;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let speaker = Speaker::ENGLISH;
    let paths: Vec<String> = std::env::args().skip(1).collect();
    let read = |path: &String| -> Result<_, Box<dyn std::error::Error>> {
        Ok(socklab_event::read(BufReader::new(File::open(path)?))?.timeline)
    };
    let Some((first, others)) = paths.split_first() else { return Ok(()) };
    let a = read(first)?;
    for path in others {
        let comparison = Comparison::of(&a, &read(path)?, speaker);
        let style = TextStyle { width: 100, ascii: false, all: false };
        if others.len() == 1 {
            println!("{}", comparison.to_text([first, path], style, speaker));
        }
        if let Some(sentence) = &comparison.sentence {
            println!("{path}: {sentence}");
        }
    }
    Ok(())
}
