//! Turns `[[expect]]` and `[[outcome.when]]` from their raw form into expectations that can be
//! judged.
//!
//! Longer than 400 lines, because it is one table: a function for each subject.

use socklab_event::{Errno, FrameKind, Shutdown, Stream};
use socklab_judge::{
    Address, BytesWanted, CallWanted, ExitWanted, Expectation, FateWanted, FrameWanted, HttpKind,
    HttpWanted, MeaningWanted, Part, Range, ReasonWanted, ResentWanted, StateWanted, StreamWanted,
    Subject, Texts, TransportWanted, Waited,
};
use socklab_say::sentence;
use toml::Spanned;

use super::expected::{Expected, PatternText};
use super::hints::{FittingHint, hints};
use super::mistake::{Mistake, perhaps};
use super::raw::RawExpect;
use super::values::RawExit;
use super::words::{call_word, chosen, known_signal, signal, state};
use crate::variables::Variables;

/// An expectation as it is in a file: a run gives its placeholders their values.
#[derive(Clone, Debug)]
pub struct UnboundExpectation {
    pub(super) raw: RawExpect,
    pub(super) name: String,
}

impl PartialEq for UnboundExpectation {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

type Word = Option<Spanned<String>>;

const SUBJECTS: &str = "call, stream, http, exit, output, signal, state, frame";

impl UnboundExpectation {
    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What a student should think about if it is not met: the first that fits is shown.
    pub fn hints(&self) -> Vec<FittingHint> {
        // The loader has checked the words.
        hints(self.raw.hint.clone(), self.raw.hints.clone()).unwrap_or_default()
    }

    /// True if packets must be recorded to decide about it.
    pub(super) fn needs_packets(&self) -> bool {
        self.raw.frame.is_some() && !self.is_if_recorded()
    }

    /// True if it is about packets and only judged where they were recorded.
    pub fn is_if_recorded(&self) -> bool {
        self.raw.if_recorded.as_ref().is_some_and(|word| *word.get_ref())
    }

    /// The names that it refers to.
    pub(super) fn rests_on(&self) -> Vec<&str> {
        let raw = &self.raw;
        let words = raw.depends_on.iter().chain(&raw.same_socket).chain(&raw.since);
        let words = words.map(|word| word.get_ref().as_str());
        words.chain(raw.after.0.iter().chain(&raw.before.0).map(String::as_str)).collect()
    }

    /// What readers are told that its patterns mean.
    pub(crate) fn says(&self) -> impl Iterator<Item = &Texts> {
        let expected = [&self.raw.equals, &self.raw.contains, &self.raw.starts_with];
        expected.into_iter().flatten().filter_map(|expected| expected.get_ref().says())
    }

    /// The expectation, with the placeholders of this run filled in.
    ///
    /// # Errors
    ///
    /// An address or bytes that can't be parsed with these values, in English. The loader has tried
    /// each with sample values.
    pub fn bind(&self, variables: &Variables) -> Result<Expectation, String> {
        self.check(variables).map_err(|mistake| format!("{}: {mistake}", self.name))
    }

    pub(super) fn check(&self, variables: &Variables) -> Result<Expectation, Mistake> {
        let raw = self.raw.clone();
        let subject = subject(&raw, variables)?;
        hints(None, raw.hints.clone())?;
        let waited = waited(&raw, &subject)?;
        let times = match (raw.never, raw.times) {
            (true, None) => Range::exactly(0),
            (true, Some(_)) => return Err(Mistake::whole(sentence!("mistake-never-times"))),
            // One stream, output or end that fits is enough.
            (false, Some(_))
                if matches!(
                    subject,
                    Subject::Stream(_) | Subject::Output { .. } | Subject::Exit { .. }
                ) =>
            {
                return Err(Mistake::whole(sentence!("mistake-times-subject")));
            }
            (false, Some(times)) => times.into(),
            (false, None) => Range::at_least(1),
        };
        Ok(Expectation {
            name: self.name.clone(),
            depends_on: raw.depends_on.into_iter().map(Spanned::into_inner).collect(),
            after: raw.after.0,
            before: raw.before.0,
            same_socket: raw.same_socket.map(Spanned::into_inner),
            times,
            waited,
            subject,
        })
    }
}

fn subject(raw: &RawExpect, variables: &Variables) -> Result<Subject, Mistake> {
    let given = [
        raw.call.as_ref().map(Spanned::span),
        raw.stream.as_ref().map(Spanned::span),
        raw.http.as_ref().map(Spanned::span),
        raw.exit.as_ref().map(Spanned::span),
        raw.output.as_ref().map(Spanned::span),
        raw.signal.as_ref().map(Spanned::span),
        raw.state.as_ref().map(Spanned::span),
        raw.frame.as_ref().map(Spanned::span),
    ];
    let mut given = given.into_iter().flatten();
    match (given.next(), given.next()) {
        (Some(_), None) => {}
        (None, _) => {
            return Err(Mistake::whole(sentence!("mistake-about-one", subjects = SUBJECTS)));
        }
        (_, second) => {
            return Err(Mistake {
                span: second,
                what: sentence!("mistake-about-one-only", subjects = SUBJECTS),
            });
        }
    }
    let subject = match raw {
        RawExpect { call: Some(word), .. } => call(word, raw, variables)?,
        RawExpect { stream: Some(word), .. } => Subject::Stream(Box::new(StreamWanted {
            actor: actor(raw)?,
            sent: chosen(word, &[("sent", true), ("received", false)])?,
            peer: raw.peer.as_ref().map(|peer| peer.get_ref().clone()),
            bytes: bytes(raw, variables)?
                .ok_or_else(|| Mistake::whole(sentence!("mistake-no-bytes")))?,
        })),
        RawExpect { http: Some(word), .. } => Subject::Http(Box::new(http(word, raw, variables)?)),
        RawExpect { exit: Some(exit), .. } => {
            Subject::Exit { actor: actor(raw)?, wanted: exit_wanted(exit)? }
        }
        RawExpect { output: Some(word), .. } => Subject::Output {
            actor: actor(raw)?,
            stream: chosen(
                word,
                &[
                    ("stdout", Some(Stream::Stdout)),
                    ("stderr", Some(Stream::Stderr)),
                    ("any", None),
                ],
            )?,
            bytes: bytes(raw, variables)?
                .ok_or_else(|| Mistake::whole(sentence!("mistake-no-bytes")))?,
        },
        RawExpect { signal: Some(word), .. } => {
            let signal = known_signal(word)?;
            Subject::Signal { actor: actor(raw)?, signal }
        }
        RawExpect { state: Some(word), .. } => {
            let state = state(word.get_ref()).map_err(|what| Mistake::at(word.span(), what))?;
            Subject::State(Box::new(StateWanted {
                state,
                actor: raw.actor.as_ref().map(|actor| actor.get_ref().clone()),
                local: address(&raw.local, variables)?,
                remote: address(&raw.remote, variables)?,
                receive_queue: raw.receive_queue.map(Range::from),
                send_queue: raw.send_queue.map(Range::from),
            }))
        }
        RawExpect { frame: Some(word), .. } => {
            Subject::Frame(Box::new(frame(word, raw, variables)?))
        }
        _ => return Err(Mistake::whole(sentence!("mistake-about-one", subjects = SUBJECTS))),
    };
    refuse_strangers(raw, &subject)?;
    Ok(subject)
}

/// How much time should have passed since another expectation was met.
fn waited(raw: &RawExpect, subject: &Subject) -> Result<Option<Waited>, Mistake> {
    let (since, ms) = match (&raw.since, &raw.waited_ms) {
        (None, None) => return Ok(None),
        (Some(since), Some(ms)) => (since, ms),
        (Some(one), None) => {
            return Err(Mistake::at(one.span(), sentence!("mistake-since-waited")));
        }
        (None, Some(one)) => {
            return Err(Mistake::at(one.span(), sentence!("mistake-since-waited")));
        }
    };
    let timed = match subject {
        Subject::Exit { wanted, .. } => *wanted != ExitWanted::Running,
        subject => {
            matches!(subject, Subject::Call(_) | Subject::Signal { .. } | Subject::Frame(_))
        }
    };
    if !timed || raw.never || raw.times.is_some() {
        return Err(Mistake::at(ms.span(), sentence!("mistake-waited-subject")));
    }
    let range = ms.get_ref().range();
    let range = range.ok_or_else(|| Mistake::at(ms.span(), sentence!("mistake-waited-range")))?;
    Ok(Some(Waited { since: since.get_ref().clone(), ms: range }))
}

fn http(
    word: &Spanned<String>,
    raw: &RawExpect,
    variables: &Variables,
) -> Result<HttpWanted, Mistake> {
    let kind = chosen(word, &[("response", HttpKind::Response), ("request", HttpKind::Request)])?;
    if kind == HttpKind::Request && raw.status.is_some() {
        return Err(Mistake::whole(sentence!("mistake-request-status")));
    }
    let filled = |(name, value): (&String, &String)| (name.clone(), variables.text(value));
    Ok(HttpWanted {
        kind,
        actor: actor(raw)?,
        peer: raw.peer.as_ref().map(|peer| peer.get_ref().clone()),
        status: raw.status.map(Range::from),
        header: raw.header.iter().map(filled).collect(),
        body: bytes(raw, variables)?.unwrap_or_default(),
        ignore_line_ends: raw.ignore_line_ends,
        ignore_length: raw.ignore_length,
    })
}

fn frame(
    word: &Spanned<String>,
    raw: &RawExpect,
    variables: &Variables,
) -> Result<FrameWanted, Mistake> {
    let meaning = MeaningWanted::ALL.iter().find(|(known, _)| known == word.get_ref());
    let meaning = meaning.map(|(_, meaning)| *meaning);
    let kind = meaning.map(|_| FrameKind::Segment);
    let kind = kind.or_else(|| FrameKind::from_word(word.get_ref())).ok_or_else(|| {
        let meanings = MeaningWanted::ALL.iter().map(|(word, _)| *word);
        let known: Vec<&str> =
            FrameKind::ALL.iter().map(|(_, word)| *word).chain(meanings).collect();
        let (found, list) = (word.get_ref(), known.join(", "));
        let what = sentence!("mistake-unknown-word", found = found, known = list);
        Mistake::at(word.span(), perhaps(found, &known, what))
    })?;
    if let Some(actor) = raw.actor.as_ref().or(raw.peer.as_ref()) {
        return Err(Mistake::at(actor.span(), sentence!("mistake-frame-actor")));
    }
    refuse_impossible(word.get_ref(), kind, raw)?;
    let name = |word: &Word| word.as_ref().map(|name| name.get_ref().clone());
    Ok(FrameWanted {
        kind,
        meaning,
        from: name(&raw.from),
        to: name(&raw.to),
        source: address(&raw.local, variables)?,
        destination: address(&raw.remote, variables)?,
        fate: raw.fate.as_ref().map(|word| chosen(word, FateWanted::ALL)).transpose()?,
        again: raw.again,
        resent: raw.resent.as_ref().map(|word| chosen(word, ResentWanted::ALL)).transpose()?,
        reason: raw.reason.as_ref().map(|word| chosen(word, ReasonWanted::ALL)).transpose()?,
        window: raw.window.map(Range::from),
        bytes: bytes(raw, variables)?,
    })
}

/// Refuses what no frame of this kind can have: such an expectation could never be met.
fn refuse_impossible(word: &str, kind: FrameKind, raw: &RawExpect) -> Result<(), Mistake> {
    let is_one_of = |words: &[&str]| words.contains(&kind.word());
    let never = |condition: &str| {
        Mistake::whole(sentence!("mistake-frame-never", kind = word, condition = condition))
    };
    if let Some(window) = raw.window.map(Range::from) {
        let possible = 0..=i64::from(u16::MAX);
        let bounds = [window.at_least, window.at_most];
        if is_one_of(&["UDP", "fragment", "ICMP", "ARP"])
            || bounds.into_iter().flatten().any(|bound| !possible.contains(&bound))
        {
            return Err(never(&format!("window = {window}")));
        }
    }
    if raw.reason.is_some() && !is_one_of(&["frame", "segment", "RST"]) {
        return Err(never("reason"));
    }
    let resent = raw.resent.as_ref().map(|word| word.get_ref().as_str());
    let bare = ["SYN", "SYN-ACK", "ACK", "RST", "UDP", "fragment", "ICMP", "ARP"];
    if resent == Some(ResentWanted::DuplicateAcks.as_str()) && is_one_of(&bare) {
        return Err(never("resent = duplicate-acks"));
    }
    Ok(())
}

fn call(
    word: &Spanned<String>,
    raw: &RawExpect,
    variables: &Variables,
) -> Result<Subject, Mistake> {
    let call = call_word(word.get_ref()).map_err(|what| Mistake::at(word.span(), what))?;
    let known_error = |name: &String| {
        let unknown = || Mistake::whole(sentence!("mistake-unknown-error", found = name));
        Errno::from_name(name).ok_or_else(unknown)
    };
    let error = raw.error.0.iter().map(known_error).collect::<Result<_, _>>()?;
    let transports = TransportWanted::ALL.map(|one| (one.as_str(), one));
    let transport = raw.transport.as_ref().map(|word| chosen(word, &transports)).transpose()?;
    let halves =
        [("SHUT_RD", Shutdown::RD), ("SHUT_WR", Shutdown::WR), ("SHUT_RDWR", Shutdown::RDWR)];
    let how = raw.how.as_ref().map(|word| chosen(word, &halves)).transpose()?;
    Ok(Subject::Call(Box::new(CallWanted {
        actor: raw.actor.as_ref().map(|actor| actor.get_ref().clone()),
        call,
        peer: raw.peer.as_ref().map(|peer| peer.get_ref().clone()),
        address: address(&raw.address, variables)?,
        local: address(&raw.local, variables)?,
        transport,
        backlog: raw.backlog.map(Range::from),
        option: raw.option.clone(),
        value: raw.value,
        how,
        flags: raw.flags.clone(),
        bytes: bytes(raw, variables)?,
        ok: raw.ok,
        error,
        result: raw.result.map(Range::from),
        unfinished: raw.unfinished,
        end: raw.end,
        implicit: raw.implicit,
        took_ms: raw.took_ms.map(Range::from),
    })))
}

/// Refuses fields that do not apply to the subject: they would be ignored.
fn refuse_strangers(raw: &RawExpect, subject: &Subject) -> Result<(), Mistake> {
    let of_call = raw.address.is_some()
        || raw.transport.is_some()
        || raw.backlog.is_some()
        || raw.option.is_some()
        || raw.value.is_some()
        || raw.how.is_some()
        || !raw.flags.is_empty()
        || raw.ok.is_some()
        || !raw.error.0.is_empty()
        || raw.result.is_some()
        || raw.unfinished.is_some()
        || raw.end.is_some()
        || raw.implicit.is_some()
        || raw.took_ms.is_some();
    let of_state = raw.remote.is_some() || raw.receive_queue.is_some() || raw.send_queue.is_some();
    let of_bytes = raw.equals.is_some()
        || raw.contains.is_some()
        || raw.starts_with.is_some()
        || raw.length.is_some()
        || raw.ignore_case
        || raw.ignore_line_ends
        || raw.in_pieces
        || raw.once
        || raw.whole
        || !raw.first_byte.is_empty();
    let of_frame = raw.from.is_some()
        || raw.to.is_some()
        || raw.fate.is_some()
        || raw.again.is_some()
        || raw.resent.is_some()
        || raw.reason.is_some()
        || raw.window.is_some()
        || raw.if_recorded.is_some();
    let of_http = raw.status.is_some() || !raw.header.is_empty() || raw.ignore_length;
    let wrong = match subject {
        Subject::Http(_) => (of_call || of_state).then(|| sentence!("mistake-with-http")),
        _ if of_http => Some(sentence!("mistake-of-http")),
        Subject::Frame(_) => {
            let of_kernel = raw.receive_queue.is_some() || raw.send_queue.is_some();
            (of_call || of_kernel).then(|| sentence!("mistake-with-frame"))
        }
        _ if of_frame => Some(sentence!("mistake-of-frame")),
        Subject::Call(_) => of_state.then(|| sentence!("mistake-of-state")),
        Subject::State(_) => (of_call || of_bytes).then(|| sentence!("mistake-with-state")),
        Subject::Stream(_) | Subject::Output { .. } => {
            (of_call || of_state).then(|| sentence!("mistake-with-bytes"))
        }
        Subject::Exit { .. } | Subject::Signal { .. } => {
            (of_call || of_state || of_bytes).then(|| sentence!("mistake-with-end"))
        }
    };
    wrong.map_or(Ok(()), |wrong| Err(Mistake::whole(wrong)))
}

fn actor(raw: &RawExpect) -> Result<String, Mistake> {
    let actor = raw.actor.as_ref().map(|actor| actor.get_ref().clone());
    actor.ok_or_else(|| Mistake::whole(sentence!("mistake-actor-missing")))
}

fn address(word: &Word, variables: &Variables) -> Result<Option<Address>, Mistake> {
    let Some(word) = word else { return Ok(None) };
    let text = variables.text(word.get_ref());
    let address = Address::parse(&text)
        .ok_or_else(|| Mistake::at(word.span(), sentence!("mistake-no-address", found = &text)));
    address.map(Some)
}

fn bytes(raw: &RawExpect, variables: &Variables) -> Result<Option<BytesWanted>, Mistake> {
    let mut wanted = BytesWanted {
        length: raw.length.map(Range::from),
        ignore_case: raw.ignore_case,
        ignore_line_ends: raw.ignore_line_ends,
        in_pieces: raw.in_pieces,
        once: raw.once,
        whole: raw.whole,
        first_byte: raw.first_byte.clone(),
        ..BytesWanted::default()
    };
    let parts = [
        (&raw.equals, Part::Whole, &mut wanted.equals),
        (&raw.contains, Part::Somewhere, &mut wanted.contains),
        (&raw.starts_with, Part::Beginning, &mut wanted.starts_with),
    ];
    for (expected, part, bytes) in parts {
        let Some(expected) = expected else { continue };
        let here = |what| Mistake::at(expected.span(), what);
        match expected.get_ref() {
            Expected::Text(text) => *bytes = Some(variables.bytes(text).map_err(here)?),
            // In a response, lines may end in `\n` only for another reason.
            Expected::Pattern(_) if raw.in_pieces || raw.ignore_line_ends && raw.http.is_none() => {
                return Err(here(sentence!("mistake-pattern-line-ends")));
            }
            Expected::Pattern(pattern) => {
                let PatternText { pattern, says } = pattern;
                let pattern = variables.pattern(pattern, says.as_ref(), part, raw.ignore_case);
                wanted.patterns.push(pattern.map_err(here)?);
            }
        }
    }
    let named = wanted.equals.is_some()
        || wanted.contains.is_some()
        || wanted.starts_with.is_some()
        || wanted.length.is_some()
        || !wanted.patterns.is_empty()
        || !wanted.first_byte.is_empty();
    Ok(named.then_some(wanted))
}

fn exit_wanted(exit: &Spanned<RawExit>) -> Result<ExitWanted, Mistake> {
    let word = match exit.get_ref() {
        RawExit::Code(code) => {
            return i32::try_from(*code)
                .ok()
                .filter(|code| (0..256).contains(code))
                .map(ExitWanted::Code)
                .ok_or_else(|| Mistake::at(exit.span(), sentence!("mistake-exit-range")));
        }
        RawExit::Word(word) => word,
    };
    match word.as_str() {
        "failure" => Ok(ExitWanted::Failure),
        "any" => Ok(ExitWanted::Any),
        "running" => Ok(ExitWanted::Running),
        other => match signal(other) {
            Some(signal) => Ok(ExitWanted::Signal(signal)),
            None => Err(Mistake::at(exit.span(), sentence!("mistake-unknown-end", found = other))),
        },
    }
}
