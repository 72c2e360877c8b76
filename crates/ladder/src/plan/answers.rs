//! What a row of a look-up says.

use socklab_event::Fate;
use socklab_flows::Answer;
use socklab_say::{clean, count, duration, say};

use super::caption;
use super::lookups::{Asked, Step};
use super::scene::Scene;
use super::wording;
use crate::label::{Label, PartKind};
use crate::model::{Cell, CellKind, Mark};

/// The cell of a row of a look-up.
pub(crate) fn cell(scene: &Scene<'_, '_>, step: &Step) -> Option<Cell> {
    let speaker = scene.options.speaker;
    let event = scene.flows.order[step.at];
    let mut label = Label::default();
    let mut mark = None;
    let waited_before = !step.unanswered.is_empty() && step.since < step.began;
    if waited_before {
        mark = no_answer(scene, step, &mut label);
    }
    for (name, kinds) in by_name(&step.asks) {
        let name = format!("{} ({kinds})", clean(name));
        label.push(PartKind::Name, say!(speaker, "ladder-looks-up", name = name));
    }
    if !step.again.is_empty() {
        let types = types(&step.again);
        label.push_prose(PartKind::Name, &say!(speaker, "ladder-asks-again", types = types));
    }
    if let Some(server) = &step.server {
        let asks = say!(speaker, "ladder-asks", server = wording::shown(server));
        label.push(PartKind::Plain, asks);
    }
    if step.by_stream {
        label.push_prose(PartKind::Plain, &say!(speaker, "ladder-asks-by-tcp"));
    }
    mark = said(scene, step, &mut label).or(mark);
    if !step.unanswered.is_empty() && !waited_before {
        mark = no_answer(scene, step, &mut label);
    }
    let took = step.ended.saturating_sub(step.began);
    if !step.answers.is_empty() && took >= scene.options.wait_from {
        let waited = say!(speaker, "ladder-waited", time = duration(took));
        label.push(PartKind::Wait, format!("┄ {waited}"));
    }
    happened(scene, step, &mut label);
    let participant = scene.cast.lane(&event.place)?;
    let tag = scene.cast.tag(&event.place).map(str::to_owned);
    Some(Cell {
        participant,
        tag,
        label,
        entry: None,
        kind: CellKind::Call,
        mark,
        line: None,
        seq: event.seq,
    })
}

/// The types asked of each name.
fn by_name(asked: &[Asked]) -> Vec<(&str, String)> {
    let mut names: Vec<(&str, String)> = Vec::new();
    for (name, kind) in asked {
        match names.iter_mut().find(|(known, _)| known == name) {
            Some((_, kinds)) if kinds.split(", ").any(|known| known == kind) => {}
            Some((_, kinds)) => {
                kinds.push_str(", ");
                kinds.push_str(kind);
            }
            None => names.push((name, kind.clone())),
        }
    }
    names
}

/// The types asked for; with the names, if there are several.
fn types(asked: &[Asked]) -> String {
    let names = by_name(asked);
    if let [(_, kinds)] = &names[..] {
        return kinds.clone();
    }
    let named: Vec<String> =
        names.iter().map(|(name, kinds)| format!("{} {kinds}", clean(name))).collect();
    named.join(", ")
}

/// What got no answer before the step, or in it.
fn no_answer(scene: &Scene<'_, '_>, step: &Step, label: &mut Label) -> Option<Mark> {
    let speaker = scene.options.speaker;
    let types =
        if step.all_unanswered { String::new() } else { format!(" ({})", types(&step.unanswered)) };
    let time = step.began.saturating_sub(step.since);
    let mut text = match step.since < step.began {
        true => say!(speaker, "ladder-unanswered-for", types = types, time = duration(time)),
        false => say!(speaker, "ladder-unanswered", types = types),
    };
    let mut mark = Mark::TimedOut;
    if let Some(error) = step.error {
        let key;
        (mark, key) = wording::error(error);
        let words = key.map(|key| format!(" {}", say!(speaker, key))).unwrap_or_default();
        text = format!("{text} {error}{words}");
    }
    let goes_on = !step.only_waits() && step.since < step.began;
    let colon = if goes_on { ":" } else { "" };
    signed(label, PartKind::Mark, "✗", &format!("{text}{colon}"));
    Some(mark)
}

/// What happened to packets on their way.
fn happened(scene: &Scene<'_, '_>, step: &Step, label: &mut Label) {
    let speaker = scene.options.speaker;
    let mut fates: Vec<(String, bool, bool, Vec<Asked>)> = Vec::new();
    for (at, about, asks) in &step.packets {
        let Some(frame) = scene.flows.order[*at].frame() else { continue };
        let words = caption::mishaps(scene, *at, frame).join(", ");
        let lost = caption::is_lost(frame) && !matches!(frame.fate, Fate::UnderWay { .. });
        if words.is_empty() {
            continue;
        }
        let known = fates.iter_mut().find(|(known, of, ..)| *known == words && of == asks);
        match known {
            Some((.., all)) => all.extend(about.clone()),
            None => fates.push((words, *asks, lost, about.iter().cloned().collect())),
        }
    }
    for (fate, asks, lost, about) in fates {
        let types = types(&about);
        let text = match (about.is_empty(), asks) {
            (true, _) => say!(speaker, "ladder-lookup-packet", fate = fate),
            (_, true) => say!(speaker, "ladder-question-packet", types = types, fate = fate),
            (_, false) => say!(speaker, "ladder-answer-packet", types = types, fate = fate),
        };
        let (kind, sign) = if lost { (PartKind::Mark, "✗") } else { (PartKind::Faint, "↳") };
        signed(label, kind, sign, &text);
    }
}

/// What came back.
fn said(scene: &Scene<'_, '_>, step: &Step, label: &mut Label) -> Option<Mark> {
    let speaker = scene.options.speaker;
    let mut addresses: Vec<String> = Vec::new();
    let mut others: Vec<(String, Vec<Asked>, bool)> = Vec::new();
    for (asked, answer) in &step.answers {
        let known = |answer: &Answer| addresses_of(answer, step);
        if let Some(found) = answer.as_ref().and_then(known) {
            addresses.extend(found);
            continue;
        }
        let key = match answer {
            None => "ladder-answered",
            Some(Answer { cut: true, .. }) => "ladder-answer-cut",
            Some(Answer { code: 2, .. }) => "ladder-server-failed",
            Some(Answer { code: 3, .. }) => "ladder-no-such-name",
            Some(Answer { code: 5, .. }) => "ladder-server-refuses",
            Some(Answer { code: 0, records: 0, .. }) => "ladder-no-record",
            Some(Answer { code: 0, records, .. }) => {
                let n = count(*records);
                let text = say!(speaker, "ladder-answer-records", n = n, kind = &*asked.1);
                others.push((text, Vec::new(), false));
                continue;
            }
            Some(Answer { code, .. }) => {
                let code = code.to_string();
                others.push((say!(speaker, "ladder-answer-code", code = code), Vec::new(), true));
                continue;
            }
        };
        let bad = !matches!(key, "ladder-answered" | "ladder-answer-cut");
        match others.iter_mut().find(|(known, ..)| known == key) {
            Some((_, all, _)) => all.push(asked.clone()),
            None => others.push((key.to_owned(), vec![asked.clone()], bad)),
        }
    }
    let mut mark = None;
    let mut sign = "=";
    let found = !addresses.is_empty();
    if found {
        signed(label, PartKind::Result, "=", &addresses.join(", "));
        sign = "·";
    }
    for (key, about, bad) in others {
        let types = types(&about);
        let text = match &*key {
            "ladder-answered" => say!(speaker, "ladder-answered", types = types),
            "ladder-answer-cut" => say!(speaker, "ladder-answer-cut"),
            "ladder-server-failed" => say!(speaker, "ladder-server-failed"),
            "ladder-no-such-name" => say!(speaker, "ladder-no-such-name"),
            "ladder-server-refuses" => say!(speaker, "ladder-server-refuses"),
            // That there is an address of one kind only is usual.
            "ladder-no-record" if found => say!(speaker, "ladder-no-record-beside", types = types),
            "ladder-no-record" => say!(speaker, "ladder-no-record", types = types),
            _ => key.clone(),
        };
        let usual = key == "ladder-no-record" && found;
        let wrong = bad && !usual;
        mark = mark.or(wrong.then_some(Mark::Failed));
        let kind = if wrong { PartKind::Mark } else { PartKind::Result };
        signed(label, kind, sign, &text);
        sign = "·";
    }
    mark
}

/// Adds prose with a sign before it, which no line ends with.
fn signed(label: &mut Label, kind: PartKind, sign: &str, text: &str) {
    let (first, rest) = text.split_once(' ').unwrap_or((text, ""));
    label.push(kind, format!("{sign} {first}"));
    let words = label.parts.len();
    label.push_prose(kind, rest);
    label.parts[words..].iter_mut().for_each(|part| part.goes_on = true);
}

/// The addresses of an answer, if it has some.
fn addresses_of(answer: &Answer, step: &Step) -> Option<Vec<String>> {
    const MOST: usize = 4;
    let all = &answer.addresses;
    let usable = answer.code == 0 && !answer.cut && !all.is_empty();
    let most = if step.answers.len() > 2 { 1 } else { MOST };
    let mut shown: Vec<String> = all.iter().take(most).map(ToString::to_string).collect();
    if all.len() > most {
        shown.push(format!("… ({})", all.len()));
    }
    usable.then_some(shown)
}
