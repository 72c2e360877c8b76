//! Draws a recording (a `.jsonl` file) or one of the scenes of the tests.
//!
//! ```sh
//! cargo run -p socklab-ladder --example draw -- run.jsonl text 100 es
//! cargo run -p socklab-ladder --example draw -- upper_tcp svg > ladder.svg
//! ```

use socklab_event::Timeline;
use socklab_ladder::{
    Clock, Detail, HtmlStyle, Ladder, Options, SvgStyle, TextStyle, Theme, Times,
};
use socklab_say::{Language, Speaker};
use socklab_timelines::scenes;

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let arg = |index: usize| args.get(index).map_or("", String::as_str);
    let has = |word: &str| args.iter().any(|arg| arg == word);
    let language = args.iter().find_map(|arg| Language::find(arg)).unwrap_or_default();
    let detail = if has("all") { Detail::All } else { Detail::Essential };
    let theme = if has("dark") { Theme::Dark } else { Theme::Auto };
    let options = Options::new(Speaker::new(language)).detail(detail).fold(!has("unfolded"));
    let timeline = timeline(arg(0));
    let clock = Clock { epoch: timeline.header.epoch, offset: 0 };
    let times = if has("clock") { Times::OfDay(clock) } else { Times::SinceStart };
    let options = options.times(times).durations(has("durations"));
    let ladder = Ladder::of(&timeline, &options);
    match arg(1) {
        "svg" => print!("{}", ladder.to_svg(&SvgStyle::default().theme(theme))),
        "html" => {
            print!("{}", ladder.to_html(&HtmlStyle::default().title(arg(0)).theme(theme)));
        }
        _ => {
            let style = TextStyle::new(arg(2).parse().unwrap_or(80));
            let style = style.ascii(has("ascii")).color(has("color"));
            let style = style.times(has("times") || has("clock")).since_previous(has("since"));
            print!("{}", ladder.to_text(&style));
        }
    }
}

fn timeline(name: &str) -> Timeline {
    match name {
        "upper_tcp" => scenes::upper_tcp(),
        "upper_tcp_lines" => scenes::upper_tcp_lines(),
        "upper_udp" => scenes::upper_udp(),
        "threaded" => scenes::threaded(),
        "refused" => scenes::refused(),
        "http" => scenes::http(),
        "split" => scenes::split_and_coalesced(),
        "torn" => scenes::torn(),
        "poured" => scenes::poured(100),
        "prefork" => scenes::prefork(),
        "crowd" => scenes::crowd(2_000),
        "many" => scenes::many(12),
        "thirty" => scenes::many(30),
        "wired" => scenes::wired(),
        "busy" => scenes::busy_loop(10_000),
        file => {
            let file = std::fs::File::open(file).expect("a recording or a scene");
            socklab_event::read(std::io::BufReader::new(file)).expect("a recording").timeline
        }
    }
}
