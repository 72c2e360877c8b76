//! Checks that the times of a recording fit what its frames are tied to; with `--list` it prints all
//! of them first: `cargo run -p socklab-flows --example ties -- run.jsonl --list`.

#[path = "../tests/it/contradictions.rs"]
mod contradictions;

use std::error::Error;
use std::fs::File;
use std::io::BufReader;

use socklab_flows::{Cause, Flows, Position};

fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args().nth(1).ok_or("which recording?")?;
    let timeline = socklab_event::read(BufReader::new(File::open(path)?))?.timeline;
    let began = std::time::Instant::now();
    let flows = Flows::of(&timeline);
    let took = began.elapsed();
    if std::env::args().nth(2).as_deref() == Some("--list") {
        list(&flows);
    }
    let checked = contradictions::check(&flows);
    for (what, (count, contradicted, least)) in &checked.times {
        let least = *least as f64 / 1e3;
        println!(
            "{what:44} {count:7} checked, {contradicted} contradicted, at least {least:.1} µs"
        );
    }
    checked.wrong.iter().take(20).for_each(|wrong| println!("wrong: {wrong}"));
    let frames = flows.ties.all().count();
    let unknown = flows.ties.all().filter(|(_, tie)| tie.cause == Cause::Unknown).count();
    let (count, wrong) = checked.sum();
    println!(
        "{frames} frames, {unknown} of unknown cause; {count} times checked, {wrong} wrong; {took:?}"
    );
    Ok(())
}

fn list(flows: &Flows<'_>) {
    let zero = flows.order.first().map_or(0, |event| event.at);
    let name = |at: Position| match flows.call(at) {
        Some(call) => format!("{} of {} (#{at})", call.library_name(), flows.name_at(at)),
        None => format!("#{at}"),
    };
    for &at in flows.ties.order() {
        let event = flows.order[at];
        let time = Duration(event.at.saturating_sub(zero));
        let Some(tie) = flows.ties.of(at) else {
            if let Some(call) = event.call() {
                println!("{time} #{at} {} {:?}", name(at), call.outcome);
            }
            continue;
        };
        let cause = match tie.cause {
            Cause::Call(call) => format!("because of {}", name(call)),
            Cause::Frame(frame) => format!("because of #{frame}"),
            other => format!("{other:?}"),
        };
        let conversation = tie.conversation.map_or("?".to_owned(), |one| one.to_string());
        let arrow = ["→", "←"][tie.side];
        print!("{time}    {conversation}{arrow} #{at} {:?} {:?}; {cause}", tie.meaning, tie.bytes);
        if let Some(again) = tie.again {
            print!("; again {again:?}");
        }
        if let Some(waited) = tie.waited {
            print!("; waited {waited:?}");
        }
        for carried in &tie.carries {
            print!("; bytes {:?} of {}", carried.bytes, name(carried.sent));
        }
        for woken in &tie.woke {
            print!("; wakes {}", name(*woken));
        }
        if tie.arrived.is_none() {
            print!("; lost");
        }
        println!();
    }
}

/// Milliseconds since the first event.
struct Duration(u64);

impl std::fmt::Display for Duration {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:6}.{:03}", self.0 / 1_000_000, self.0 / 1_000 % 1_000)
    }
}
