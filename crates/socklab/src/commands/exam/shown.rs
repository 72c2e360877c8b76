//! What a question looks like: on a terminal, on paper, as JSON, and once it is answered.

use serde_json::{Value, json};
use socklab_ladder::{Detail, Ladder, Options, TextStyle};
use socklab_say::{Speaker, say};
use socklab_scenario::exam::Candidate;

use super::Paper;
use crate::output::{println, width};
use crate::printer;
use crate::style;
use crate::terminal::markdown;

/// How many rows of a ladder are shown around the evidence.
const AROUND: usize = 2;

/// A choice's letter.
pub(super) fn letter(place: usize) -> char {
    u8::try_from(place).map_or('?', |place| char::from(b'a' + place))
}

/// The question and its choices, as lines.
pub(super) fn question(
    speaker: Speaker,
    number: usize,
    (candidate, order): &(&Candidate, Vec<usize>),
) -> String {
    let width = width();
    let asked = format!("{number}. {}", speaker.tell(&candidate.ask));
    let case = say!(speaker, "exam-of-case", case = candidate.case);
    let asked = markdown::each_line(style::STRONG, &markdown::hanging(&asked, 3, width));
    let mut lines =
        vec![asked, style::paint(style::FAINT, format!("   {case}")).to_string(), String::new()];
    for (place, index) in order.iter().enumerate() {
        let text = speaker.tell(&candidate.choices[*index].text);
        let letter = style::paint(style::COMMAND, format_args!("{})", letter(place)));
        lines.push(format!("   {letter} {}", markdown::hanging(&text, 6, width)));
    }
    lines.join("\n")
}

/// Whether an answer is right, why, and the rows that show it.
pub(super) fn told(
    speaker: Speaker,
    candidate: &Candidate,
    order: &[usize],
    place: usize,
) -> String {
    let width = width();
    let right = &candidate.choices[candidate.right];
    let mut lines = Vec::new();
    let chosen = order.get(place).copied();
    if chosen == Some(candidate.right) {
        lines.push(style::paint(style::GOOD, say!(speaker, "exam-right")).to_string());
    } else {
        lines.push(style::paint(style::BAD, say!(speaker, "exam-wrong")).to_string());
        let why = chosen.map(|index| speaker.tell(&candidate.choices[index].why));
        lines.extend(why.map(|why| markdown::hanging(&why, 0, width)));
        let place = order.iter().position(|index| *index == candidate.right).unwrap_or(0);
        let answer =
            say!(speaker, "exam-answer", letter = letter(place), text = speaker.tell(&right.text));
        lines.push(markdown::hanging(&answer, 0, width));
    }
    lines.push(markdown::hanging(&speaker.tell(&right.why), 0, width));
    if candidate.ran {
        lines.push(markdown::hanging(&say!(speaker, "exam-was-run"), 0, width));
    }
    lines.push(String::new());
    lines.push(evidence(speaker, candidate, width));
    lines.join("\n")
}

/// The rows of the ladder that show the answer, highlighted.
fn evidence(speaker: Speaker, candidate: &Candidate, width: usize) -> String {
    printer::marked(&rows(speaker, candidate, &TextStyle::new(width).color(true)))
}

/// The rows of the ladder that show the answer.
pub(crate) fn rows(speaker: Speaker, candidate: &Candidate, style: &TextStyle) -> String {
    let options = Options::new(speaker).detail(Detail::Essential).offers_all(false);
    let options = options.fold(false).keep(candidate.evidence.iter().copied());
    let mut ladder = Ladder::of(&candidate.timeline, &options);
    ladder.highlight(&candidate.evidence);
    ladder.excerpt(&candidate.evidence, AROUND);
    ladder.footer.clear();
    ladder.to_text(style)
}

impl Paper<'_> {
    /// Prints it, for a sheet of paper; with the key only for teachers.
    pub(super) fn print(&self, speaker: Speaker, with_key: bool) {
        for (place, one) in self.questions.iter().enumerate() {
            println!("{}\n", question(speaker, place + 1, one));
        }
        if with_key {
            let keys: Vec<String> = self.questions.iter().map(|one| key(one).to_string()).collect();
            println!("{}", say!(speaker, "exam-key", key = keys.join(", ")));
        }
    }

    /// The same for scripts. Without the key nothing in it tells the right choice: no kind, no id (it has
    /// the numbers of the answer in it) and no evidence.
    pub(crate) fn as_json(&self, speaker: Speaker, student: Option<&str>, with_key: bool) -> Value {
        let one = |(place, one): (usize, &(&Candidate, Vec<usize>))| {
            let (candidate, order) = one;
            let text = |index: &usize| speaker.tell(&candidate.choices[*index].text);
            let choices = order.iter().enumerate();
            let choices = choices
                .map(|(place, index)| json!({ "letter": letter(place), "text": text(index) }));
            let mut value = json!({
                "number": place + 1,
                "case": candidate.case,
                "question": speaker.tell(&candidate.ask),
                "choices": choices.collect::<Vec<_>>(),
            });
            if with_key {
                value["id"] = json!(candidate.id);
                value["kind"] = json!(candidate.kind);
                value["call"] = json!(candidate.call);
                value["proved_by_running"] = json!(candidate.ran);
                value["key"] = json!(key(one));
                value["why"] = json!(speaker.tell(&candidate.choices[candidate.right].why));
                value["evidence"] = json!(candidate.evidence);
            }
            value
        };
        json!({
            "exercise": self.exercise,
            "student": student,
            "seed": self.seed,
            "questions": self.questions.iter().enumerate().map(one).collect::<Vec<_>>(),
        })
    }
}

/// The letter of the right choice.
fn key((candidate, order): &(&Candidate, Vec<usize>)) -> char {
    letter(order.iter().position(|index| *index == candidate.right).unwrap_or(0))
}
