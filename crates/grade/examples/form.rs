//! Prints the canonical form of recordings: `cargo run -p socklab-grade --example form -- FILE.jsonl…`.

use socklab_grade::CaseState;
use socklab_grade::cluster::{Evidence, observe};

fn main() {
    for file in std::env::args().skip(1) {
        let text = std::fs::read(&file).expect("the recording");
        let reading = socklab_event::read(&text[..]).expect("a recording");
        let evidence = Evidence {
            case: "case",
            state: CaseState::Failed,
            timeline: &reading.timeline,
            submission: &[],
            harm: None,
        };
        let seen = observe(&evidence);
        println!("{file}: {}", serde_json::to_string(&seen.case).expect("JSON"));
        println!("  {:?} {}", seen.manner, seen.background);
    }
}
