//! Counts the sentences that each language still lacks and names them, for translators:
//! `cargo run -p socklab-say --example missing`.

use socklab_say::Language;

fn main() {
    let all = Language::ENGLISH.keys().len();
    for language in Language::all() {
        let missing = language.missing();
        println!("{language}: {} of {all} sentences missing", missing.len());
        missing.iter().for_each(|key| println!("  {key}"));
    }
}
