//! Draws a timeline: as text for the terminal, or into a file.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Result;
use socklab_event::{Timeline, Writer};
use socklab_flows::Flows;
use socklab_judge::{Explanation, Weight};
use socklab_ladder::{Detail, HtmlStyle, Ladder, NoteKind, Options, SvgStyle, TextStyle};
use socklab_latency::Latency;
use socklab_say::{Speaker, count, say};
use socklab_summary::Summary;

use super::clock;
use super::outputs::{Destination, cannot_write};
use super::packets;
use crate::cli::{Look, TimeColumn};
use crate::exit_reason::ExitReason;
use crate::failure::Failure;
use crate::file::{self, PRIVATE};
use crate::output::{self, eprintln, write_bytes};
use crate::printer;
use crate::source_text;

/// The format that a file name's extension asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FileFormat {
    Text,
    Svg,
    Html,
    Jsonl,
    /// The packets, for Wireshark.
    Pcapng,
    /// A sequence diagram in Mermaid's language.
    Mermaid,
    /// A sequence diagram in PlantUML's language.
    PlantUml,
    /// Chrome's trace events, for Perfetto.
    Chrome,
    /// An HTTP archive.
    Har,
}

impl FileFormat {
    pub(crate) fn of(speaker: Speaker, path: &Path) -> Result<FileFormat> {
        // `.json` alone could be anything.
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        match path.extension().and_then(|ending| ending.to_str()) {
            Some("json") if name.ends_with(".trace.json") => Ok(FileFormat::Chrome),
            Some("txt") => Ok(FileFormat::Text),
            Some("svg") => Ok(FileFormat::Svg),
            Some("html") => Ok(FileFormat::Html),
            Some("jsonl") => Ok(FileFormat::Jsonl),
            Some("pcapng") => Ok(FileFormat::Pcapng),
            Some("mmd") => Ok(FileFormat::Mermaid),
            Some("puml") => Ok(FileFormat::PlantUml),
            Some("har") => Ok(FileFormat::Har),
            // A FIFO or a device has the name that somebody else gave it.
            _ if file::is_special(path) => Ok(FileFormat::Jsonl),
            _ => {
                let what = say!(speaker, "bad-format", path = socklab_say::path(path));
                Err(Failure::new(ExitReason::Usage, what).into())
            }
        }
    }
}

/// The ladder of a timeline, in the reader's language. Its footer counts the lessons that `look`
/// doesn't ask for.
pub(crate) fn ladder_of(speaker: Speaker, timeline: &Timeline, look: &Look) -> Ladder {
    ladder_with(speaker, timeline, look, &[])
}

/// The same, with the evidence of an answer, by `seq`: never hidden, and highlighted.
fn ladder_with(speaker: Speaker, timeline: &Timeline, look: &Look, decisive: &[u64]) -> Ladder {
    let flows = Flows::of(timeline);
    let explanations = explanations(&flows, look);
    ladder_from(speaker, &flows, explanations, look, decisive)
}

fn explanations(flows: &Flows<'_>, look: &Look) -> Vec<Explanation> {
    if look.no_explanations { vec![] } else { socklab_judge::explain(flows) }
}

fn ladder_from(
    speaker: Speaker,
    flows: &Flows<'_>,
    explanations: Vec<Explanation>,
    look: &Look,
    decisive: &[u64],
) -> Ladder {
    let detail = if look.all { Detail::All } else { Detail::Essential };
    let (explanations, hidden): (Vec<_>, Vec<_>) =
        explanations.into_iter().partition(|one| look.lessons || one.weight != Weight::Lesson);
    let keep = explanations.iter().flat_map(|explanation| &explanation.evidence);
    let keep = keep.chain(decisive).copied();
    let options = Options::new(speaker).detail(detail).keep(keep).fold(!look.all);
    let options = options.offers_all(look.offered).filter(look.filter.clone());
    let options = options.times(clock::times(flows.timeline, look)).durations(look.durations);
    let options = match look.records {
        true => options.no_packets(say!(speaker, "tap-how")),
        false => options,
    };
    let mut ladder = Ladder::of_flows(flows, &options);
    let is_left_out = |ladder: &Ladder, one: &Explanation| {
        look.filter.is_some() && ladder.row_of(one.decisive()).is_none()
    };
    let hidden = hidden.iter().filter(|one| !is_left_out(&ladder, one)).count();
    let mut about_others = 0;
    for explanation in explanations {
        if is_left_out(&ladder, &explanation) {
            about_others += 1;
            continue;
        }
        let kind = match explanation.weight {
            Weight::Problem => NoteKind::Problem,
            Weight::Lesson => NoteKind::Lesson,
        };
        ladder.explain(
            explanation.decisive(),
            &explanation.evidence,
            kind,
            sentence(speaker, &explanation),
        );
    }
    ladder.highlight(decisive);
    if about_others > 0 {
        ladder.footer.push(say!(speaker, "filter-unexplained", n = count(about_others)));
    }
    if hidden > 0 {
        ladder.footer.insert(0, say!(speaker, "ladder-lessons-hidden", n = count(hidden as u64)));
    }
    ladder
}

/// The figures of a recording, and what went wrong.
fn summary_of(
    speaker: Speaker,
    flows: &Flows<'_>,
    explanations: &[Explanation],
    look: &Look,
) -> Summary {
    let mut summary = Summary::of(flows);
    summary.unfiltered = look.filter.is_some();
    for problem in explanations.iter().filter(|one| one.weight == Weight::Problem) {
        summary.problem(flows, problem.decisive(), sentence(speaker, problem));
    }
    summary
}

/// The figures that were asked for, as text.
fn figures_text(speaker: Speaker, timeline: &Timeline, look: &Look, width: usize) -> String {
    let flows = Flows::of(timeline);
    if look.latency {
        let style = socklab_latency::TextStyle::new(width).ascii(look.ascii);
        return Latency::of(&flows).to_text(speaker, style);
    }
    let summary = summary_of(speaker, &flows, &explanations(&flows, look), look);
    summary.to_text(speaker, socklab_summary::TextStyle::new(width).ascii(look.ascii))
}

/// The same for scripts.
pub(crate) fn figures_json(speaker: Speaker, timeline: &Timeline, look: &Look) -> Result<String> {
    let flows = Flows::of(timeline);
    if look.latency {
        return Ok(serde_json::to_string_pretty(&Latency::of(&flows))?);
    }
    let summary = summary_of(speaker, &flows, &explanations(&flows, look), look);
    Ok(serde_json::to_string_pretty(&summary)?)
}

/// The text of an explanation, with the number of further occurrences.
pub(crate) fn sentence(speaker: Speaker, explanation: &Explanation) -> String {
    speaker.tell(&explanation.sentence())
}

/// The ladder, or the figures, for the terminal: as wide as it is, and coloured. The output strips the colours if it
/// is not a terminal.
pub(crate) fn to_text(speaker: Speaker, timeline: &Timeline, look: &Look) -> String {
    let width = look.width.unwrap_or_else(output::width_err);
    if look.has_figures() {
        return figures_text(speaker, timeline, look, width).trim_end().to_owned();
    }
    let style = with_times(TextStyle::new(width).ascii(look.ascii), look);
    let style = style.color(output::in_colour());
    let text = ladder_of(speaker, timeline, look).to_text(&style);
    if style.color { printer::marked(&text) } else { text }
}

/// The columns of times of a text: only those that were asked for.
fn with_times(style: TextStyle, look: &Look) -> TextStyle {
    let times = matches!(look.time, Some(TimeColumn::Relative | TimeColumn::Clock));
    style.times(times).since_previous(look.since_previous)
}

/// Writes a drawing to a file: completely, or not at all. `decisive`: the evidence of an answer, by
/// `seq`.
pub(crate) fn draw_to(
    speaker: Speaker,
    path: &Path,
    format: FileFormat,
    timeline: &Timeline,
    look: &Look,
    decisive: &[u64],
) -> Result<()> {
    // Whoever opens the file gave no command that could be given again with `--all`.
    let look = &Look { offered: false, ..look.clone() };
    let bytes = match format {
        FileFormat::Text if look.has_figures() => {
            figures_text(speaker, timeline, look, look.width.unwrap_or(80)).into_bytes()
        }
        FileFormat::Text => {
            let style = TextStyle::new(look.width.unwrap_or(80)).ascii(look.ascii);
            let style = with_times(style, look);
            ladder_with(speaker, timeline, look, decisive).to_text(&style).into_bytes()
        }
        FileFormat::Svg => {
            let ladder = ladder_with(speaker, timeline, look, decisive);
            ladder.to_svg(&SvgStyle::default()).into_bytes()
        }
        FileFormat::Html => {
            let style = HtmlStyle::default().title(title(timeline)).lessons(look.lessons);
            // The page has a switch of its own.
            let look = Look { lessons: !look.no_explanations, ..look.clone() };
            let flows = Flows::of(timeline);
            let explanations = explanations(&flows, &look);
            let style = style.summary(summary_of(speaker, &flows, &explanations, &look));
            let style = style.latency(Latency::of(&flows));
            let text = if look.redacted { BTreeMap::new() } else { source_text::around(timeline) };
            let style = style.source_text(text);
            ladder_from(speaker, &flows, explanations, &look, decisive).to_html(&style).into_bytes()
        }
        FileFormat::Jsonl => lines_of(timeline)?,
        FileFormat::Pcapng => packets::capture(speaker, path, timeline)?,
        FileFormat::Mermaid => {
            let diagram = ladder_with(speaker, timeline, look, decisive).to_mermaid();
            if Ladder::is_long_for_mermaid(&diagram) {
                eprintln!("{}", say!(speaker, "mermaid-long", path = socklab_say::path(path)));
            }
            diagram.into_bytes()
        }
        FileFormat::PlantUml => {
            ladder_with(speaker, timeline, look, decisive).to_plantuml().into_bytes()
        }
        FileFormat::Chrome => socklab_export::chrome_trace(&Flows::of(timeline), speaker),
        FileFormat::Har => {
            let archive = socklab_export::http_archive(&Flows::of(timeline), speaker);
            archive.ok_or_else(|| {
                let what = say!(speaker, "har-none", path = socklab_say::path(path));
                Failure::new(ExitReason::No, what).hint(say!(speaker, "har-none-hint"))
            })?
        }
    };
    let written = file::write_whole(path, &bytes, PRIVATE);
    Ok(written.map_err(|error| cannot_write(speaker, path, &error))?)
}

/// Writes a whole recording.
pub(crate) fn write_recording(
    speaker: Speaker,
    destination: &Destination,
    timeline: &Timeline,
) -> Result<()> {
    match destination {
        Destination::StandardOutput => write_bytes(&lines_of(timeline)?),
        Destination::File(path) => {
            draw_to(speaker, path, FileFormat::Jsonl, timeline, &Look::default(), &[])?;
        }
    }
    Ok(())
}

fn lines_of(timeline: &Timeline) -> Result<Vec<u8>> {
    let mut writer = Writer::new(Vec::new(), &timeline.header)?;
    timeline.events.iter().try_for_each(|event| writer.write(event))?;
    Ok(writer.finish()?)
}

/// The title: what was run, as in `tcp-server 12000 · tcp-client localhost 12000`.
fn title(timeline: &Timeline) -> String {
    let command = |column: &socklab_event::Column| match column.argv.as_slice() {
        [_, run, words @ ..] if run == "run" && words.first() == Some(&column.label) => {
            words.join(" ")
        }
        [] => column.label.clone(),
        words => words.join(" "),
    };
    timeline.header.columns.iter().map(command).collect::<Vec<_>>().join(" · ")
}
