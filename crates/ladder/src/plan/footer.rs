//! What the drawing leaves out or does not know, one sentence per line.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use socklab_event::{Event, Notice, Timeline, What};
use socklab_flows::file_name;
use socklab_say::{Speaker, clean, count, duration, say};

use super::scene::Scene;
use super::visible::Visible;
use crate::model::{Arrow, Row};
use crate::options::Options;
use crate::schema;

/// The lines under the ladder.
pub(crate) fn lines(
    timeline: &Timeline,
    scene: &Scene<'_, '_>,
    visible: &Visible,
    rows: &[Row],
) -> Vec<String> {
    let speaker = scene.options.speaker;
    let mut lines = Vec::new();
    lines.extend(filtered(visible, scene.options));
    let filters = visible.filtered.as_ref().is_some_and(|filtered| filtered.of > 0);
    if visible.shown.is_empty() && visible.of_nobody == 0 && !filters {
        lines.push(say!(speaker, "ladder-nothing"));
    }
    let notices = || timeline.events.iter().filter_map(Event::notice);
    let says_why = notices().any(|notice| matches!(notice, Notice::NoFrames { .. }));
    if !timeline.header.wire && !says_why && !visible.shown.is_empty() {
        let told = scene.options.no_packets.as_deref().map(clean);
        lines.push(told.unwrap_or_else(|| say!(speaker, "ladder-no-wire")));
    }
    if scene.ways.alone && !visible.shown.is_empty() {
        lines.push(say!(speaker, "packet-alone"));
    }
    lines.extend(tags(scene, rows));
    if visible.hidden > 0 {
        let key = match (visible.filtered.is_some(), scene.options.offers_all) {
            (false, _) => "ladder-hidden",
            (true, false) => "filter-hidden",
            (true, true) => "filter-hidden-all",
        };
        lines.push(say!(speaker, key, n = count(visible.hidden)));
    }
    if visible.prints > 0 {
        let all = scene.options.offers_all;
        let key = if all { "ladder-prints-more-all" } else { "ladder-prints-more" };
        lines.push(say!(speaker, key, n = count(visible.prints)));
    }
    if visible.bare_acks > 0 {
        let all = scene.options.offers_all;
        let key = if all { "packet-bare-acks-all" } else { "packet-bare-acks" };
        lines.push(say!(speaker, key, n = count(visible.bare_acks)));
    }
    if visible.of_nobody > 0 {
        let alone = scene.ways.alone;
        let key = if alone { "packet-between-nobody" } else { "packet-of-nobody" };
        lines.push(say!(speaker, key, n = count(visible.of_nobody)));
    }
    // How often, and how many bytes, by program and call.
    let mut counted = BTreeMap::new();
    // How many processes more each notice is about.
    let mut others: Vec<(&Notice, usize, BTreeSet<u32>)> = Vec::new();
    for event in &timeline.events {
        let What::Notice(notice) = &event.what else { continue };
        let lane = scene.cast.lane(&event.place);
        let name = lane.map(|lane| scene.cast.participants[lane].name.clone());
        let process = || say!(speaker, "ladder-process", n = event.place.process);
        let who = name.unwrap_or_else(process);
        let line = match &**notice {
            Notice::IoUring { sure: true } => say!(speaker, "ladder-io-uring", who = who),
            Notice::IoUring { sure: false } => say!(speaker, "ladder-io-uring-unsure", who = who),
            Notice::EventsLost { count: n, why } => {
                say!(speaker, "ladder-lost", n = count(*n), why = schema::reason(speaker, why))
            }
            Notice::FramesLost { count: n } => say!(speaker, "tap-frames-lost", n = count(*n)),
            Notice::NoFrames { why } if why == "not_wanted" => say!(speaker, "tap-not-wanted"),
            Notice::NoFrames { why } if why == "shared_network" => say!(speaker, "tap-shared"),
            Notice::NoFrames { why } => say!(speaker, "tap-missing", reason = clean(why)),
            Notice::FramesElsewhere { sockets } => {
                say!(speaker, "tap-elsewhere", n = count(*sockets))
            }
            Notice::OtherNetwork => say!(speaker, "tap-other-network", who = who),
            // A column may show a child and bear the name of its parent.
            Notice::Attached { .. } => say!(speaker, "ladder-attached", who = process()),
            Notice::ForeignAbi { abi } => {
                say!(speaker, "ladder-foreign-abi", who = who, abi = clean(abi))
            }
            Notice::NoDuplicates { why } => {
                say!(speaker, "ladder-no-duplicates", who = who, why = clean(why))
            }
            Notice::Unprivileged { program, why } => say!(
                speaker,
                "ladder-unprivileged",
                program = clean(program),
                why = schema::reason(speaker, why)
            ),
            Notice::OtherClock { recording, moved: 0 } => {
                say!(speaker, "merge-other-clock", recording = clean(recording))
            }
            Notice::OtherClock { recording, moved } => {
                let key = if *moved > 0 { "merge-clock-slow" } else { "merge-clock-fast" };
                let by = duration(moved.unsigned_abs());
                say!(speaker, key, recording = clean(recording), by = by)
            }
            Notice::FramesTwice { recording, count: n } => {
                say!(speaker, "merge-frames-twice", recording = clean(recording), n = count(*n))
            }
            Notice::NoLines { program } => {
                say!(speaker, "ladder-no-lines", program = clean(file_name(program)))
            }
            Notice::StrictRefused { why } => {
                say!(speaker, "ladder-strict-refused", who = who, why = clean(why))
            }
            Notice::NotFollowed { why } => {
                say!(speaker, "ladder-not-followed", who = who, why = schema::reason(speaker, why))
            }
            Notice::NotDecoded { call, why } => {
                say!(
                    speaker,
                    "ladder-undecoded",
                    call = clean(call),
                    why = schema::reason(speaker, why)
                )
            }
            Notice::Truncated { limit } => {
                say!(speaker, "ladder-truncated", n = count(limit >> 20))
            }
            Notice::EndMissing => say!(speaker, "ladder-end-missing"),
            Notice::SamplesOmitted { limit } => say!(
                speaker,
                "ladder-samples-omitted",
                after = duration(since_start(timeline, event)),
                size = size(speaker, *limit)
            ),
            Notice::RepeatsCounted { limit, failures: false } => say!(
                speaker,
                "ladder-repeats-counted",
                after = duration(since_start(timeline, event)),
                size = size(speaker, *limit)
            ),
            Notice::Counted { call, count, bytes } => {
                let sum: &mut (u64, u64) = counted.entry((who, call)).or_default();
                *sum = (sum.0.saturating_add(*count), sum.1.saturating_add(*bytes));
                continue;
            }
            Notice::Other { text } => clean(text),
            Notice::Slow { why } => {
                say!(speaker, "ladder-slow", who = who, why = schema::reason(speaker, why))
            }
            Notice::OwnFilter => say!(speaker, "ladder-own-filter", who = who),
            // How a process got a socket does not help the reader.
            _ => continue,
        };
        if lines.contains(&line) {
            continue;
        }
        // A program that starts processes without end would fill screens.
        let nameless = lane.is_none() && event.place.process != 0;
        match others.iter_mut().find(|(other, ..)| nameless && *other == &**notice) {
            Some((.., more)) => drop(more.insert(event.place.process)),
            None => {
                if nameless {
                    others.push((&**notice, lines.len(), BTreeSet::new()));
                }
                lines.push(line);
            }
        }
    }
    for (_, line, more) in others.iter().filter(|(.., more)| !more.is_empty()) {
        lines[*line]
            .push_str(&format!(" {}", say!(speaker, "ladder-others", n = count(more.len()))));
    }
    for ((who, call), (n, bytes)) in counted {
        let key = if bytes > 0 { "ladder-counted" } else { "ladder-counted-silent" };
        let (n, bytes) = (count(n), count(bytes));
        lines.push(say!(speaker, key, who = who, call = clean(call), n = n, bytes = bytes));
    }
    lines
}

/// What a filter leaves out.
fn filtered(visible: &Visible, options: &Options) -> Vec<String> {
    let speaker = options.speaker;
    let (Some(filter), Some(filtered)) = (&options.filter, &visible.filtered) else {
        return Vec::new();
    };
    if filtered.left_out == 0 {
        return Vec::new();
    }
    let (filter, n, all) = (clean(&filter.to_string()), filtered.left_out, filtered.of);
    let mut lines = vec![match filtered.left_out == filtered.of {
        true => say!(speaker, "filter-nothing", filter = filter, all = count(all)),
        false => say!(speaker, "filter-left-out", filter = filter, n = count(n), all = count(all)),
    }];
    if filtered.unsure > 0 {
        lines.push(say!(speaker, "filter-unsure", n = count(filtered.unsure)));
    }
    lines
}

/// How long after the first event this one happened, in nanoseconds.
fn since_start(timeline: &Timeline, event: &Event) -> u64 {
    event.at.saturating_sub(timeline.events.first().map_or(0, |first| first.at))
}

/// A size that was chosen as a round number.
fn size(speaker: Speaker, bytes: u64) -> String {
    match bytes >> 20 {
        0 => format!("{} KiB", speaker.number(bytes >> 10)),
        mebibytes => format!("{} MiB", speaker.number(mebibytes)),
    }
}

/// How many notes that would say again what one before them says are not drawn.
pub(crate) fn noted(arrows: &[Arrow], options: &Options) -> Option<String> {
    let n = arrows.iter().filter(|arrow| arrow.noted).count();
    let key = if options.offers_all { "packet-noted-all" } else { "packet-noted" };
    (n > 0).then(|| say!(options.speaker, key, n = count(n)))
}

/// What the mark of inferred arrows means, if there are any.
pub(crate) fn doubts(arrows: &[Arrow], speaker: Speaker) -> Option<String> {
    let inferred = arrows.iter().any(|arrow| arrow.inferred);
    inferred.then(|| say!(speaker, "ladder-doubts"))
}

/// How many processes of a column are listed.
const NAMED: usize = 8;

/// For columns whose processes are distinguished by tags: the process id behind each tag.
fn tags(scene: &Scene<'_, '_>, rows: &[Row]) -> Vec<String> {
    let speaker = scene.options.speaker;
    let untagged = say!(speaker, "ladder-untagged");
    let processes: HashMap<u64, u32> =
        scene.flows.order.iter().map(|event| (event.seq, event.place.process)).collect();
    // Tags are numbered by first appearance, so this yields them in order.
    let mut columns: BTreeMap<usize, Vec<(&str, u32)>> = BTreeMap::new();
    for cell in rows.iter().flat_map(|row| &row.cells) {
        let Some(process) = processes.get(&cell.seq) else { continue };
        let tag = cell.tag.as_deref().unwrap_or(&untagged);
        let known = columns.entry(cell.participant).or_default();
        // A thread's tag distinguishes it within its process.
        if !tag.starts_with('t') && known.iter().all(|(other, _)| *other != tag) {
            known.push((tag, *process));
        }
    }
    columns.retain(|_, known| known.iter().any(|(tag, _)| *tag != untagged));
    let line = |(lane, known): (usize, Vec<(&str, u32)>)| {
        let named = known.iter().take(NAMED).map(|(tag, process)| format!("{tag} = {process}"));
        let mut tags = named.collect::<Vec<_>>().join(", ");
        if known.len() > NAMED {
            tags.push_str(", …");
        }
        say!(speaker, "ladder-tagged", name = scene.cast.participants[lane].name, tags = tags)
    };
    columns.into_iter().map(line).collect()
}
