//! Whatever a recording says, it is refused with a reason, or drawn and explained.
#![no_main]

use socklab_ladder::{HtmlStyle, Ladder, Options, SvgStyle, TextStyle};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    match socklab_event::read(bytes) {
        Err(error) => drop(error.to_string()),
        Ok(reading) => {
            let timeline = reading.timeline;
            let mut ladder = Ladder::of(&timeline, &Options::default());
            for explanation in socklab_judge::explain(&timeline) {
                ladder.explain(explanation.evidence[0], &explanation.evidence, explanation.rule);
            }
            let _ = ladder.to_text(&TextStyle::default());
            let _ = ladder.to_svg(&SvgStyle::default());
            let _ = ladder.to_html(&HtmlStyle::default());
        }
    }
});
