//! Turns `[[step]]` from its raw form into the model.

use socklab_judge::Part;
use socklab_say::{Template, sentence};
use toml::Spanned;

use super::act::Act;
use super::expected::PatternText;
use super::hints::hints;
use super::model::{Step, Verb};
use super::op::{Op, SENDER};
use super::raw::RawStep;
use super::reader::{Cast, Reader, Result};
use super::until::{RawUntil, Until};
use super::words::known_signal;
use crate::variables::{ROUND, Variables};

type Span = std::ops::Range<usize>;

/// Default `within_ms`.
const WITHIN_MS: u64 = 5_000;
/// The largest `{ recv = N }`: the peer allocates a buffer of this size.
const MOST_ROOM: u64 = 16 << 20;
/// The longest pause, in ms.
const LONGEST_PAUSE: u64 = 10_000;
const VERBS: &str =
    "start, wait, join, type, end_input, signal, peer, look, pause_ms, hold, yield, release, wire";

pub(super) fn step(reader: &Reader<'_>, raw: Spanned<RawStep>, cast: &Cast) -> Result<Step> {
    let whole = raw.span();
    let line = reader.line(&whole);
    let mut raw = raw.into_inner();
    let verb = verb(reader, &mut raw, cast, &whole)?;
    for (word, what) in [(&raw.to, "to"), (&raw.text, "text")] {
        if let Some(word) = word {
            return reader.wrong(word.span(), sentence!("mistake-no-meaning", word = what));
        }
    }
    if let Some(ops) = &raw.acts {
        let span = ops.first().map_or(whole.clone(), Spanned::span);
        return reader.wrong(span, sentence!("mistake-of-peers", word = "do", verbs = "peer"));
    }
    if raw.background && !matches!(verb, Verb::Peer { .. }) {
        return reader
            .wrong(whole, sentence!("mistake-of-peers", word = "background", verbs = "peer"));
    }
    if raw.may_fail && !matches!(verb, Verb::Peer { .. } | Verb::Join { .. }) {
        return reader
            .wrong(whole, sentence!("mistake-of-peers", word = "may_fail", verbs = "peer, join"));
    }
    if let Some(at) = raw.at {
        return reader.wrong(at.span(), sentence!("mistake-no-meaning", word = "at"));
    }
    if let Some(until) = raw.until {
        return reader.wrong(until.span(), sentence!("mistake-step-until-strange"));
    }
    let hints = hints(raw.hint, raw.hints);
    let hints = hints.or_else(|mistake| reader.mistake(mistake, whole.clone()))?;
    Ok(Step {
        verb,
        line,
        within_ms: raw.within_ms.as_ref().map_or(WITHIN_MS, |within| *within.get_ref()),
        within_at: raw.within_ms.map(|within| within.span()),
        background: raw.background,
        may_fail: raw.may_fail,
        name: raw.name.map(Spanned::into_inner),
        hints,
    })
}

fn verb(reader: &Reader<'_>, raw: &mut RawStep, cast: &Cast, whole: &Span) -> Result<Verb> {
    let given = [
        &raw.start,
        &raw.wait,
        &raw.join,
        &raw.type_to,
        &raw.end_input,
        &raw.signal,
        &raw.peer,
        &raw.hold,
        &raw.yields,
        &raw.release,
        &raw.wire,
    ];
    let count = given.iter().filter(|verb| verb.is_some()).count()
        + usize::from(raw.look.is_some())
        + usize::from(raw.pause_ms.is_some());
    if count != 1 {
        let second = given.iter().filter_map(|verb| verb.as_ref()).map(Spanned::span).nth(1);
        let what = sentence!("mistake-one-verb", verbs = VERBS, count = count);
        return reader.wrong(second.unwrap_or(whole.clone()), what);
    }
    let actors: Vec<&str> = cast.actors.iter().map(String::as_str).collect();
    let peers: Vec<&str> = cast.peers.iter().map(String::as_str).collect();
    if let Some(actor) = raw.start.take() {
        let actor = reader.known(&actor, &actors, sentence!("mistake-no-actor"))?;
        let until = raw.until.take().map(|until| conditions(reader, until)).transpose()?;
        return Ok(Verb::Start { actor, until: until.unwrap_or_default() });
    }
    if let Some(actor) = raw.wait.take() {
        let actor = reader.member(cast, &actor)?;
        let Some(until) = raw.until.take() else {
            return reader.wrong(whole.clone(), sentence!("mistake-wait-until"));
        };
        return Ok(Verb::Wait { actor, until: conditions(reader, until)? });
    }
    if let Some(peer) = raw.join.take() {
        let peer = reader.known(&peer, &peers, sentence!("mistake-no-peer"))?;
        return Ok(Verb::Join { peer, ops: Vec::new() });
    }
    if let Some(actor) = raw.type_to.take() {
        let actor = typed_to(reader, &actor, cast)?;
        let Some(text) = raw.text.take() else {
            return reader.wrong(whole.clone(), sentence!("mistake-type-text"));
        };
        payload(reader, text.get_ref(), text.span())?;
        return Ok(Verb::Type { actor, text: text.into_inner() });
    }
    if let Some(actor) = raw.end_input.take() {
        return Ok(Verb::EndInput { actor: typed_to(reader, &actor, cast)? });
    }
    if let Some(signal) = raw.signal.take() {
        let name =
            known_signal(&signal).or_else(|mistake| reader.mistake(mistake, whole.clone()))?;
        let Some(actor) = raw.to.take() else {
            return reader.wrong(whole.clone(), sentence!("mistake-signal-to"));
        };
        return Ok(Verb::Signal { actor: reader.member(cast, &actor)?, signal: name });
    }
    let yields = raw.yields.is_some();
    if let Some(actor) = raw.hold.take().or_else(|| raw.yields.take()) {
        let actor = reader.known(&actor, &actors, sentence!("mistake-no-actor"))?;
        let Some(at) = raw.at.take() else {
            return reader.wrong(whole.clone(), sentence!("mistake-hold-where"));
        };
        let span = at.span();
        let at = at.into_inner().place().or_else(|what| reader.wrong(span, what))?;
        return Ok(Verb::Hold { actor, at, yields });
    }
    if let Some(actor) = raw.release.take() {
        let actor = reader.known(&actor, &actors, sentence!("mistake-no-actor"))?;
        return Ok(Verb::Release { actor });
    }
    if let Some(change) = raw.wire.take() {
        return Ok(Verb::Wire(Box::new(reader.wire_change(&change)?)));
    }
    if let Some(peer) = raw.peer.take() {
        let peer = reader.known(&peer, &peers, sentence!("mistake-no-peer"))?;
        let Some(ops) = raw.acts.take() else {
            return reader.wrong(whole.clone(), sentence!("mistake-peer-do"));
        };
        let checked = ops.into_iter().map(|op| check_op(reader, op, cast));
        return Ok(Verb::Peer { peer, ops: checked.collect::<Result<_>>()? });
    }
    if let Some(pause) = raw.pause_ms.take() {
        pause_length(reader, *pause.get_ref(), pause.span())?;
        return Ok(Verb::Pause(pause.into_inner()));
    }
    Ok(Verb::Look)
}

fn pause_length(reader: &Reader<'_>, pause: u64, span: Span) -> Result<()> {
    if (1..=LONGEST_PAUSE).contains(&pause) {
        return Ok(());
    }
    reader.wrong(span, sentence!("mistake-pause", found = pause, most = LONGEST_PAUSE))
}

/// An actor whose standard input is open.
fn typed_to(reader: &Reader<'_>, name: &Spanned<String>, cast: &Cast) -> Result<String> {
    let actors: Vec<&str> = cast.actors.iter().map(String::as_str).collect();
    let actor = reader.known(name, &actors, sentence!("mistake-no-actor"))?;
    match cast.with_stdin.contains(&actor) {
        true => reader.wrong(name.span(), sentence!("mistake-own-stdin", name = actor)),
        false => Ok(actor),
    }
}

fn check_op(reader: &Reader<'_>, act: Spanned<Act>, cast: &Cast) -> Result<Act> {
    let span = act.span();
    let act = act.into_inner();
    let op = &act.op;
    match op.pattern() {
        Some(pattern) => check_pattern(reader, pattern, span.clone())?,
        None => {
            for text in op.texts() {
                payload(reader, text, span.clone())?;
            }
        }
    }
    if let Some(target) = op.target() {
        payload(reader, target, span.clone())?;
        let filled = Variables::sample(1).text(target);
        let somebody = cast.everybody().any(|name| name == target);
        let sender = matches!(op, Op::SendTo(_)) && target == SENDER;
        if !somebody && !sender && filled.parse::<std::net::SocketAddr>().is_err() {
            let everybody: Vec<&str> = cast.everybody().collect();
            let what = sentence!("mistake-target", target = target, known = everybody.join(", "));
            return reader.wrong(span, what);
        }
    }
    if let Op::Pause(pause) = op {
        pause_length(reader, *pause, span.clone())?;
    }
    if let Op::Option(set) = op
        && let Some(values) = set.name.values()
        && !values.contains(&set.value)
    {
        let (least, most) = (values.start().to_string(), values.end().to_string());
        let found = set.value.to_string();
        let what = sentence!("mistake-option-value", found = found, least = least, most = most);
        return reader.wrong(span, what);
    }
    if let Op::Recv(room) | Op::Echo(room) = op
        && !(1..=MOST_ROOM).contains(room)
    {
        return reader.wrong(
            span,
            sentence!("mistake-recv-room", found = room.to_string(), most = MOST_ROOM.to_string()),
        );
    }
    Ok(act)
}

fn check_pattern(reader: &Reader<'_>, pattern: &PatternText, span: Span) -> Result<()> {
    let PatternText { pattern, says } = pattern;
    no_round(reader, pattern, span.clone())?;
    let made = Variables::sample(1).pattern(pattern, says.as_ref(), Part::Whole, false);
    made.map(drop).or_else(|what| reader.wrong(span, what))
}

/// In a loop it has been filled in.
fn no_round(reader: &Reader<'_>, text: &str, span: Span) -> Result<()> {
    match Template::parse(text).names().any(|name| name == ROUND) {
        true => reader.wrong(span, sentence!("mistake-round")),
        false => Ok(()),
    }
}

fn payload(reader: &Reader<'_>, text: &str, span: Span) -> Result<()> {
    no_round(reader, text, span.clone())?;
    Variables::check(text).or_else(|what| reader.wrong(span, what))
}

fn conditions(reader: &Reader<'_>, raw: Spanned<RawUntil>) -> Result<Vec<Until>> {
    let span = raw.span();
    raw.into_inner().conditions().or_else(|what| reader.wrong(span, what))
}
