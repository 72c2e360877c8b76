//! The histogram of points, as SVG. Its lengths across are percentages, so that it fits every width
//! with letters of one size.

use socklab_ladder::Xml;
use socklab_say::{Speaker, count, say};

use super::figures::{self, Bar};
use super::{class, with, words};
use crate::book::Gradebook;
use crate::state::State;

/// The height of the highest bar, and what is above and below the bars.
const HIGH: usize = 190;
const ABOVE: usize = 20;
const BELOW: usize = 42;

pub(super) fn write(page: &mut Xml, speaker: Speaker, book: &Gradebook) {
    let bars = figures::bars(book);
    page.open("section", &[class("points"), with("aria-labelledby", "points")]);
    page.text_element("h2", &[with("id", "points")], &say!(speaker, "page-histogram"));
    page.text_element("p", &[class("hint")], &say!(speaker, "page-histogram-about"));
    let height = (ABOVE + HIGH + BELOW).to_string();
    page.open("svg", &[class("histogram"), with("width", "100%"), with("height", height)]);
    let most = bars.iter().map(Bar::students).max().unwrap_or(0).max(1);
    let floor = ABOVE + HIGH;
    let hidden = || with("aria-hidden", "true");
    for (index, bar) in bars.iter().enumerate() {
        let at = |share: f64| format!("{:.3}%", (index as f64 + share) * 100.0 / bars.len() as f64);
        let wide = format!("{:.3}%", 80.0 / bars.len() as f64);
        let label = match bar.points {
            Some((from, to)) if from == to => from.to_string(),
            Some((from, to)) => say!(speaker, "page-points-range", from = from, to = to),
            None => "?".to_owned(),
        };
        let range = bar.points.map_or("?".to_owned(), |(from, to)| format!("{from}-{to}"));
        // An empty bar selects nobody.
        let chosen = bar.students() > 0;
        if chosen {
            page.open("a", &[with("href", "#matrix"), with("data-points", range)]);
        } else {
            page.open("g", &[hidden()]);
        }
        if chosen {
            page.text_element("title", &[], &title(speaker, bar, &label));
        }
        page.open("g", &[hidden()]);
        let whole = format!("{:.3}%", 100.0 / bars.len() as f64);
        let bottom = (floor + 22).to_string();
        page.empty(
            "rect",
            &[class("hit"), with("x", at(0.0)), with("width", whole), with("height", bottom)],
        );
        let mut y = floor;
        let parts = bar.parts.into_iter().chain([bar.unknown]);
        for (part, kind) in parts.zip(["graded", "refused", "missing", "unknown"]) {
            if part == 0 {
                continue;
            }
            // Whoever is there is seen.
            let high = (part * HIGH / most).max(2).min(y);
            y -= high;
            let (y, high) = (y.to_string(), high.to_string());
            let place = [
                class(kind),
                with("x", at(0.1)),
                with("y", y),
                with("width", wide.clone()),
                with("height", high),
            ];
            page.empty("rect", &place);
        }
        if chosen {
            let y = y.saturating_sub(5).to_string();
            let text = [class("count"), with("x", at(0.5)), with("y", y)];
            page.text_element("text", &text, &speaker.number(bar.students() as u64));
        }
        let text = [with("x", at(0.5)), with("y", (floor + 16).to_string())];
        page.text_element("text", &text, &label);
        page.close("g");
        page.close(if chosen { "a" } else { "g" });
    }
    page.open("g", &[hidden()]);
    let floor_line = [
        class("floor"),
        with("x1", "0"),
        with("x2", "100%"),
        with("y1", format!("{floor}.5")),
        with("y2", format!("{floor}.5")),
    ];
    page.empty("line", &floor_line);
    let text = [with("x", "50%"), with("y", (floor + 36).to_string())];
    page.text_element("text", &text, &say!(speaker, "page-x-points"));
    page.close("g");
    page.close("svg");
    legend(page, speaker, &bars);
    deeds(page, speaker, book);
    page.close("section");
}

/// What programs did most often, beside the points that it cost.
fn deeds(page: &mut Xml, speaker: Speaker, book: &Gradebook) {
    let deeds = figures::deeds(book);
    if deeds.is_empty() {
        return;
    }
    page.text_element("h3", &[], &say!(speaker, "page-deeds"));
    page.open("ol", &[class("deeds")]);
    for (students, text) in deeds {
        page.open("li", &[]);
        page.text_element("b", &[], &say!(speaker, "page-deed", students = count(students)));
        page.text(&words::cut(&words::line(text), 300));
        page.close("li");
    }
    page.close("ol");
}

/// What the parts of the bars are, if they are not all the same.
fn legend(page: &mut Xml, speaker: Speaker, bars: &[Bar]) {
    let there = |part: usize| bars.iter().any(|bar| bar.parts[part] > 0);
    let unknown = bars.iter().any(|bar| bar.unknown > 0);
    let all = [
        (there(0), "graded", State::Graded),
        (there(1), "refused", State::DoesNotCompile),
        (there(2), "missing", State::NoSubmission),
        (unknown, "unknown", State::InfraError),
    ];
    if all.iter().filter(|(there, ..)| *there).count() < 2 {
        return;
    }
    page.open("ul", &[class("legend")]);
    for (_, kind, state) in all.into_iter().filter(|(there, ..)| *there) {
        page.open("li", &[]);
        page.text_element(
            "span",
            &[class(format!("swatch {kind}")), with("aria-hidden", "true")],
            "",
        );
        page.text(&words::state(speaker, state));
        page.close("li");
    }
    page.close("ul");
}

/// What a bar says in words.
fn title(speaker: Speaker, bar: &Bar, label: &str) -> String {
    let students = count(bar.students());
    if bar.points.is_none() {
        return say!(speaker, "page-bar-unknown", students = students);
    }
    let points = match bar.points {
        Some((from, to)) if from == to => words::points(speaker, from),
        _ => say!(speaker, "page-points-of-range", range = label),
    };
    let text = say!(speaker, "page-bar", students = students, points = points);
    let states = [State::Graded, State::DoesNotCompile, State::NoSubmission];
    let parts = states.into_iter().zip(bar.parts).skip(1).filter(|(_, count)| *count > 0);
    let parts: Vec<String> = parts
        .map(|(state, count)| {
            let state = words::state(speaker, state);
            say!(speaker, "page-part", state = state, students = speaker.number(count as u64))
        })
        .collect();
    if parts.is_empty() {
        return text;
    }
    say!(speaker, "page-bar-of", bar = text, parts = parts.join(", "))
}
