//! Puts facts and failures into words.

use std::net::SocketAddr;

use socklab_event::{Bytes, Exit};
use socklab_judge::{Expectation, Fact, Subject};
use socklab_say::{Speaker, Template, count, say};
use socklab_scenario::format::Until;
use socklab_scenario::{
    Awaited, Comparison, LimitReached, PacketsUsed, PlaceUsed, PortChoice, StepTrouble,
    SurplusAfter, Trouble, Unit,
};

use super::sides::{nothing_at_all, sides, unlike, why_no_more};

/// How many characters are quoted within a sentence.
const QUOTED: usize = 48;

/// Fills each `{NAME.WORD}` of a text in from the evidence. Also returns the ones that are unknown
/// and were replaced by `?`.
pub(crate) fn fill(
    speaker: Speaker,
    text: &str,
    facts: &std::collections::BTreeMap<String, Fact>,
) -> (String, Vec<String>) {
    let mut missing = Vec::new();
    let filled = Template::parse(text).fill(|place| match facts.get(place) {
        Some(known) => Some(fact(speaker, known)),
        None if is_citation(place) => {
            missing.push(format!("{{{place}}}"));
            Some("?".to_owned())
        }
        None => None,
    });
    (filled, missing)
}

/// True for `NAME.WORD`.
fn is_citation(key: &str) -> bool {
    let good = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    key.split_once('.').is_some_and(|(name, word)| {
        !name.is_empty() && !word.is_empty() && name.chars().all(good) && word.chars().all(good)
    })
}

fn fact(speaker: Speaker, fact: &Fact) -> String {
    match fact {
        Fact::Text(text) => text.clone(),
        Fact::Number(number) => number.to_string(),
        Fact::Time(time) => duration(speaker, *time),
        Fact::Times(times) => {
            let times: Vec<String> = times.iter().map(|time| duration(speaker, *time)).collect();
            listed(speaker, &times)
        }
        Fact::Bytes(bytes) => {
            let most = 60;
            let shown: String = bytes.to_string().chars().take(most).collect();
            let cut = bytes.is_cut() || bytes.to_string().chars().count() > most;
            format!("{shown}{}", if cut { "…" } else { "" })
        }
    }
}

/// Several things in a sentence: “1 s, 2 s and 4 s”.
fn listed(speaker: Speaker, things: &[impl AsRef<str>]) -> String {
    let things: Vec<&str> = things.iter().map(AsRef::as_ref).collect();
    match things.as_slice() {
        [first @ .., last] if !first.is_empty() => {
            say!(speaker, "list-and", first = first.join(", "), last = *last)
        }
        _ => things.concat(),
    }
}

/// A duration.
pub(crate) fn duration(speaker: Speaker, nanoseconds: u64) -> String {
    speaker.duration(nanoseconds)
}

/// Where the scenario ran, if that is worth mentioning.
pub(crate) fn place(speaker: Speaker, place: &PlaceUsed) -> Option<String> {
    match place {
        PlaceUsed::Private { .. } | PlaceUsed::Machine { because: None } => None,
        PlaceUsed::Machine { because: Some(why) } => {
            Some(say!(speaker, "ask-place-machine", why = why))
        }
    }
}

/// Why packets are missing from a drawing, if they are.
pub(crate) fn no_packets(speaker: Speaker, packets: &PacketsUsed) -> Option<String> {
    match packets {
        PacketsUsed::Recorded { .. } => None,
        PacketsUsed::NotWanted => Some(say!(speaker, "tap-not-wanted")),
        PacketsUsed::Missing { because } => Some(say!(speaker, "tap-missing", reason = because)),
    }
}

/// Which evidence in packets an explanation is silent about, and why; `None` if there is none.
pub(crate) fn unrecorded(
    speaker: Speaker,
    wanted: &[Expectation],
    packets: &PacketsUsed,
) -> Option<String> {
    let mut frames: Vec<&str> = Vec::new();
    for one in wanted {
        if let Subject::Frame(frame) = &one.subject
            && !frames.contains(&frame.word())
        {
            frames.push(frame.word());
        }
    }
    let why = no_packets_because(speaker, packets)?;
    (!frames.is_empty())
        .then(|| say!(speaker, "unrecorded-evidence", frames = listed(speaker, &frames), why = why))
}

/// Why a recording has not all packets; `None` if it has.
pub(crate) fn no_packets_because(speaker: Speaker, packets: &PacketsUsed) -> Option<String> {
    match packets {
        PacketsUsed::Recorded { lost: 0 } => None,
        PacketsUsed::Recorded { lost } => Some(say!(
            speaker,
            "no-packets-lost",
            count = count(usize::try_from(*lost).unwrap_or(usize::MAX))
        )),
        PacketsUsed::NotWanted => Some(say!(speaker, "no-packets-not-wanted")),
        PacketsUsed::Missing { because } => {
            Some(say!(speaker, "no-packets-missing", reason = because))
        }
    }
}

/// Why a run says nothing about the programs under test.
pub(crate) fn trouble(speaker: Speaker, trouble: &Trouble) -> String {
    match trouble {
        Trouble::Packets { what } => say!(speaker, "ask-trouble-packets", what = what),
        Trouble::Wire { what } => say!(speaker, "ask-trouble-wire", what = what),
        Trouble::Namespace { what } => say!(speaker, "ask-trouble-namespace", what = what),
        Trouble::Trace { what, program: true } => {
            say!(speaker, "ask-trouble-program", what = what)
        }
        Trouble::Trace { what, .. } => say!(speaker, "ask-trouble-trace", what = what),
        Trouble::Disturbed { who } => say!(speaker, "ask-trouble-disturbed", who = who),
        Trouble::Names { what } => say!(speaker, "ask-trouble-names", what = what),
        Trouble::Port { port } => say!(speaker, "trouble-port", port = *port),
        Trouble::NotIsolated { what } => say!(speaker, "trouble-not-isolated", what = what),
        Trouble::Limit { who, limit } => match limit {
            LimitReached::Memory(bytes) => {
                say!(speaker, "trouble-memory", who = who, mib = bytes >> 20)
            }
            LimitReached::Processes(number) => {
                say!(speaker, "trouble-processes", who = who, number = number)
            }
            LimitReached::Output(bytes) => {
                say!(speaker, "trouble-output", who = who, mib = bytes >> 20)
            }
            LimitReached::Prints(number) => {
                say!(speaker, "trouble-prints", who = who, number = number)
            }
            LimitReached::Processor(time) => {
                say!(speaker, "trouble-processor", who = who, time = duration(speaker, *time))
            }
            LimitReached::Written(bytes) => {
                say!(speaker, "trouble-written", who = who, mib = bytes >> 20)
            }
            LimitReached::Files(number) => {
                say!(speaker, "trouble-files", who = who, number = number)
            }
        },
        Trouble::Busy => say!(speaker, "trouble-busy"),
        Trouble::OutOfMemory => say!(speaker, "trouble-out-of-memory"),
        Trouble::Engine { what } => say!(speaker, "ask-trouble-engine", what = what),
    }
}

/// Why a step failed.
pub(crate) fn step(speaker: Speaker, trouble: &StepTrouble) -> String {
    match trouble {
        StepTrouble::TimedOut { who, awaited, after_ms, blocked_in, stuck } => {
            let time = duration(speaker, after_ms * 1_000_000);
            if let (Awaited::Operations(_), Some(call)) = (awaited, blocked_in.as_deref()) {
                let key = if *stuck { "ask-never-in" } else { "ask-late-in" };
                return say!(speaker, key, who = who, call = call, time = time);
            }
            let key = match *stuck {
                true => known_or(speaker, format!("ask-never-{awaited}"), "ask-never-other"),
                false => known_or(speaker, format!("ask-late-{awaited}"), "ask-late-other"),
            };
            let awaited = awaited_text(speaker, awaited);
            let late = say!(speaker, &key, who = who, awaited = awaited, time = time);
            match blocked_in.as_deref() {
                Some("stdin") => format!("{late} {}", say!(speaker, "ask-waits-stdin")),
                Some(call) => format!("{late} {}", say!(speaker, "ask-waits-call", call = call)),
                None => late,
            }
        }
        StepTrouble::Ended { who, awaited, exit: status, output } => {
            let end = exit(speaker, *status);
            let key = known_or(speaker, format!("ask-ended-{awaited}"), "ask-ended-other");
            let awaited = awaited_text(speaker, awaited);
            let first = say!(speaker, &key, who = who, awaited = awaited, end = end);
            if output.is_empty() {
                first
            } else {
                format!("{first}\n    {}", output.replace('\n', "\n    "))
            }
        }
        StepTrouble::Mismatch { who, on, expected, got, skipped, stopped, how } => {
            let who = &speaking(who, on);
            if *how == Comparison::Anything && got.total == 0 {
                let got = say!(speaker, nothing_at_all(*how, *stopped));
                return say!(speaker, "ask-mismatch-anything", who = who, got = got);
            }
            let title = match how {
                Comparison::End => say!(speaker, "ask-mismatch-end", who = who),
                Comparison::Length => say!(speaker, "ask-mismatch-length", who = who),
                Comparison::Contains => say!(speaker, "ask-mismatch-contains", who = who),
                _ => say!(speaker, "ask-mismatch-bytes", who = who),
            };
            let sides = sides(speaker, *how, expected, got, *skipped, *stopped);
            format!("{title}{sides}{}", why_no_more(speaker, got, *stopped))
        }
        StepTrouble::Unlike { who, on, unit, .. } => {
            let key = match unit {
                Unit::Line => "ask-unlike-line",
                Unit::Rest => "ask-unlike-rest",
                Unit::Datagram => "ask-unlike-datagram",
            };
            format!("{}{}", say!(speaker, key, who = speaking(who, on)), unlike(speaker, trouble))
        }
        StepTrouble::Surplus { who, on, bytes, after } => {
            surplus(speaker, &speaking(who, on), bytes, after)
        }
        StepTrouble::Sender { who, on, asked, from, bytes } => {
            let who = speaking(who, on);
            let (asked, from) = (asked.to_string(), from.to_string());
            let bytes = shortened(bytes);
            say!(speaker, "ask-step-sender", who = who, asked = asked, from = from, bytes = bytes)
        }
        StepTrouble::WrongPort { who, asked, found, because } => {
            wrong_port(speaker, who, *asked, *found, *because)
        }
        StepTrouble::Call { who, on, call, error } => {
            let who = speaking(who, on);
            say!(speaker, "ask-step-call", who = who, call = call, error = error)
        }
        StepTrouble::Nowhere { who } => say!(speaker, "ask-step-nowhere", who = who),
        StepTrouble::NotRunning { who } => say!(speaker, "ask-step-not-running", who = who),
    }
}

/// A peer, and in which of its conversations.
fn speaking(who: &str, on: &str) -> String {
    if on.is_empty() { who.to_owned() } else { format!("{who} ({on})") }
}

/// What a peer received besides what it should have.
fn surplus(speaker: Speaker, who: &str, bytes: &Bytes, after: &SurplusAfter) -> String {
    let (more, total) = (shortened(bytes), count(bytes.total));
    match after {
        SurplusAfter::Nothing => {
            say!(speaker, "ask-surplus-unasked", who = who, bytes = more, total = total)
        }
        SurplusAfter::Request => {
            say!(speaker, "ask-surplus-request", who = who, bytes = more, total = total)
        }
        SurplusAfter::Answer(answer) => {
            let answer = shortened(answer);
            let key = "ask-surplus-answer";
            say!(speaker, key, who = who, answer = answer, bytes = more, total = total)
        }
        SurplusAfter::OutOfBand => {
            say!(speaker, "ask-surplus-urgent", who = who, bytes = more, total = total)
        }
    }
}

/// Why nobody could know the port of a program.
fn wrong_port(speaker: Speaker, who: &str, asked: u16, found: u16, because: PortChoice) -> String {
    let port = found;
    // Ports are names: they have no thousands separator.
    let (asked, found) = (asked.to_string(), found.to_string());
    match because {
        PortChoice::Kernel => {
            say!(speaker, "ask-port-kernel", who = who, asked = asked, found = found)
        }
        PortChoice::Swapped => {
            say!(speaker, "ask-port-swapped", who = who, asked = asked, found = found)
        }
        PortChoice::Changing { before } => {
            let (before, key) = (before.to_string(), "ask-port-changing");
            say!(speaker, key, who = who, asked = asked, found = found, before = before)
        }
        PortChoice::Elsewhere { address } => {
            let (at, key) = (SocketAddr::new(address, port).to_string(), "ask-port-elsewhere");
            say!(speaker, key, who = who, address = at)
        }
    }
}

/// Bytes in quotation, cut after [`QUOTED`].
fn shortened(bytes: &Bytes) -> String {
    Bytes::beginning(&bytes.sample, bytes.total, QUOTED)
}

/// The key if there is a text for it, or else the general one.
fn known_or(speaker: Speaker, key: String, general: &str) -> String {
    if speaker.knows(&key) { key } else { general.to_owned() }
}

/// What was awaited, in words.
fn awaited_text(speaker: Speaker, awaited: &Awaited) -> String {
    match awaited {
        Awaited::OneOf(conditions) => {
            let texts = conditions.iter().map(|condition| condition_text(speaker, condition));
            texts.collect::<Vec<_>>().join(" / ")
        }
        _ => awaited.to_string(),
    }
}

fn condition_text(speaker: Speaker, condition: &Until) -> String {
    match condition {
        Until::BlockedIn(call) => say!(speaker, "awaited-blocked", call = call),
        Until::Received(bytes) => say!(speaker, "awaited-received", bytes = count(*bytes)),
        Until::Sent(bytes) => say!(speaker, "awaited-sent", bytes = count(*bytes)),
        Until::Printed(text) => say!(speaker, "awaited-printed", text = format!("{text:?}")),
        Until::Called { call, times: 1 } => say!(speaker, "awaited-call", call = call, times = 1),
        Until::Called { call, times } => {
            say!(speaker, "awaited-calls", call = call, times = times)
        }
        Until::Kernel(kernel) => say!(speaker, "awaited-kernel", state = kernel.state_text()),
        _ => condition.to_string(),
    }
}

/// How a program ended.
pub(crate) fn exit(speaker: Speaker, exit: Exit) -> String {
    match exit {
        Exit::Code(code) => say!(speaker, "ask-exit-code", code = code),
        Exit::Signal(signal) => say!(speaker, "ask-exit-signal", signal = signal),
        Exit::Unknown => say!(speaker, "ask-exit-unknown"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facts_fill_places_and_nothing_else() {
        let facts = [("a.took".to_owned(), Fact::Time(1_234_567))].into();
        let (filled, missing) = fill(Speaker::ENGLISH, "in {a.took}, {b.x}, { c } {port}", &facts);
        assert_eq!(filled, "in 1.2 ms, ?, { c } {port}");
        assert_eq!(missing, ["{b.x}"]);
    }
}
