//! From `[[expect]]` as it is written to an expectation the judge understands.

use socklab_judge::{
    Address, BytesWanted, Call, ExitWanted, Expectation, Range, State, Stream, Subject,
};
use toml::Spanned;

use super::mistake::Mistake;
use super::raw::RawExpect;
use super::sentence::say;
use super::values::RawExit;
use crate::variables::Variables;

/// An expectation whose placeholders are still open.
#[derive(Clone, Debug)]
pub struct Wanted {
    pub(super) raw: RawExpect,
    pub(super) name: String,
}

impl PartialEq for Wanted {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

type Word = Option<Spanned<String>>;

const SUBJECTS: &str = "call, stream, exit, output, signal, state";
const TCP_STATES: [&str; 12] = [
    "ESTABLISHED",
    "SYN_SENT",
    "SYN_RECV",
    "FIN_WAIT1",
    "FIN_WAIT2",
    "TIME_WAIT",
    "CLOSE",
    "CLOSE_WAIT",
    "LAST_ACK",
    "LISTEN",
    "CLOSING",
    "ANY",
];

impl Wanted {
    /// What it is called.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The expectation, with the placeholders of this run.
    pub fn bind(&self, variables: &Variables) -> Result<Expectation, String> {
        self.check(variables).map_err(|mistake| format!("{}: {mistake}", self.name))
    }

    pub(super) fn check(&self, variables: &Variables) -> Result<Expectation, Mistake> {
        let raw = self.raw.clone();
        let subject = subject(&raw, variables)?;
        let times = match (raw.never, raw.times) {
            (true, None) => Range::exactly(0),
            (true, Some(_)) => return Err(Mistake::whole(say!("never-times"))),
            (false, Some(times)) => times.into(),
            (false, None) => Range::at_least(1),
        };
        Ok(Expectation {
            name: self.name.clone(),
            hint: raw.hint,
            depends_on: raw.depends_on.into_iter().map(Spanned::into_inner).collect(),
            after: raw.after.0,
            before: raw.before.0,
            same_socket: raw.same_socket.map(Spanned::into_inner),
            times,
            subject,
        })
    }
}

fn subject(raw: &RawExpect, variables: &Variables) -> Result<Subject, Mistake> {
    let given = [
        raw.call.as_ref().map(Spanned::span),
        raw.stream.as_ref().map(Spanned::span),
        raw.exit.as_ref().map(Spanned::span),
        raw.output.as_ref().map(Spanned::span),
        raw.signal.as_ref().map(Spanned::span),
        raw.state.as_ref().map(Spanned::span),
    ];
    let mut given = given.into_iter().flatten();
    match (given.next(), given.next()) {
        (Some(_), None) => {}
        (None, _) => return Err(Mistake::whole(say!("about-one", subjects = SUBJECTS))),
        (_, second) => {
            return Err(Mistake {
                span: second,
                what: say!("about-one-only", subjects = SUBJECTS),
            });
        }
    }
    let subject = match raw {
        RawExpect { call: Some(word), .. } => call(word, raw, variables)?,
        RawExpect { stream: Some(word), .. } => Subject::Stream(Box::new(Stream {
            actor: actor(raw)?,
            sent: one_of(word, &["sent", "received"])? == "sent",
            peer: raw.peer.as_ref().map(|peer| peer.get_ref().clone()),
            bytes: bytes(raw, variables)?.ok_or_else(|| Mistake::whole(say!("no-bytes")))?,
        })),
        RawExpect { exit: Some(exit), .. } => {
            Subject::Exit { actor: actor(raw)?, wanted: exit_wanted(exit)? }
        }
        RawExpect { output: Some(word), .. } => Subject::Output {
            actor: actor(raw)?,
            stream: match one_of(word, &["stdout", "stderr", "any"])? {
                "stdout" => Some(socklab_event::Stream::Stdout),
                "stderr" => Some(socklab_event::Stream::Stderr),
                _ => None,
            },
            bytes: bytes(raw, variables)?.ok_or_else(|| Mistake::whole(say!("no-bytes")))?,
        },
        RawExpect { signal: Some(word), .. } => {
            let signal = known_signal(word)?;
            Subject::Signal { actor: actor(raw)?, signal }
        }
        RawExpect { state: Some(word), .. } => {
            let state = one_of(word, &TCP_STATES)?;
            Subject::State(Box::new(State {
                state: (state != "ANY").then(|| state.to_owned()),
                actor: raw.actor.as_ref().map(|actor| actor.get_ref().clone()),
                local: address(&raw.local, variables)?,
                remote: address(&raw.remote, variables)?,
                receive_queue: raw.receive_queue.map(Range::from),
                send_queue: raw.send_queue.map(Range::from),
            }))
        }
        _ => return Err(Mistake::whole(say!("about-one", subjects = SUBJECTS))),
    };
    refuse_strangers(raw, &subject)?;
    Ok(subject)
}

fn call(
    word: &Spanned<String>,
    raw: &RawExpect,
    variables: &Variables,
) -> Result<Subject, Mistake> {
    if !Call::names().any(|name| name == word.get_ref()) {
        let names: Vec<&str> = Call::names().take(20).collect();
        let what = say!("unknown-call", found = word.get_ref(), known = names.join(", "));
        return Err(Mistake::at(word.span(), what));
    }
    for error in &raw.error.0 {
        if socklab_event::Errno::from_name(error).is_none() {
            return Err(Mistake::whole(say!("unknown-error", found = error)));
        }
    }
    let transport = raw.transport.as_ref().map(|word| one_of(word, &["tcp", "udp"])).transpose()?;
    let how = raw.how.as_ref().map(|word| one_of(word, &["SHUT_RD", "SHUT_WR", "SHUT_RDWR"]));
    Ok(Subject::Call(Box::new(Call {
        actor: raw.actor.as_ref().map(|actor| actor.get_ref().clone()),
        call: word.get_ref().clone(),
        peer: raw.peer.as_ref().map(|peer| peer.get_ref().clone()),
        address: address(&raw.address, variables)?,
        local: address(&raw.local, variables)?,
        transport: transport.map(str::to_owned),
        backlog: raw.backlog.map(Range::from),
        option: raw.option.clone(),
        value: raw.value,
        how: how.transpose()?.map(str::to_owned),
        flags: raw.flags.clone(),
        bytes: bytes(raw, variables)?,
        ok: raw.ok,
        error: raw.error.0.clone(),
        result: raw.result.map(Range::from),
        unfinished: raw.unfinished,
        end: raw.end,
        implicit: raw.implicit,
        took_ms: raw.took_ms.map(Range::from),
    })))
}

/// What is said about calls or states only would be passed over silently elsewhere.
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
        || raw.ignore_line_ends;
    let wrong = match subject {
        Subject::Call(_) => of_state.then(|| say!("of-state")),
        Subject::State(_) => (of_call || of_bytes).then(|| say!("with-state")),
        Subject::Stream(_) | Subject::Output { .. } => {
            (of_call || of_state).then(|| say!("with-bytes"))
        }
        Subject::Exit { .. } | Subject::Signal { .. } => {
            (of_call || of_state || of_bytes).then(|| say!("with-end"))
        }
    };
    wrong.map_or(Ok(()), |wrong| Err(Mistake::whole(wrong)))
}

fn actor(raw: &RawExpect) -> Result<String, Mistake> {
    let actor = raw.actor.as_ref().map(|actor| actor.get_ref().clone());
    actor.ok_or_else(|| Mistake::whole(say!("actor-missing")))
}

fn address(word: &Word, variables: &Variables) -> Result<Option<Address>, Mistake> {
    let Some(word) = word else { return Ok(None) };
    let text = variables.text(word.get_ref());
    let address = Address::parse(&text)
        .ok_or_else(|| Mistake::at(word.span(), say!("no-address", found = &text)));
    address.map(Some)
}

fn bytes(raw: &RawExpect, variables: &Variables) -> Result<Option<BytesWanted>, Mistake> {
    let read = |word: &Word| match word {
        None => Ok(None),
        Some(word) => variables
            .bytes(word.get_ref())
            .map(Some)
            .map_err(|message| Mistake::at(word.span(), message)),
    };
    let wanted = BytesWanted {
        equals: read(&raw.equals)?,
        contains: read(&raw.contains)?,
        starts_with: read(&raw.starts_with)?,
        length: raw.length.map(Range::from),
        ignore_case: raw.ignore_case,
        ignore_line_ends: raw.ignore_line_ends,
    };
    let named = wanted.equals.is_some()
        || wanted.contains.is_some()
        || wanted.starts_with.is_some()
        || wanted.length.is_some();
    Ok(named.then_some(wanted))
}

fn exit_wanted(exit: &Spanned<RawExit>) -> Result<ExitWanted, Mistake> {
    let word = match exit.get_ref() {
        RawExit::Code(code) => {
            return i32::try_from(*code)
                .ok()
                .filter(|code| (0..256).contains(code))
                .map(ExitWanted::Code)
                .ok_or_else(|| Mistake::at(exit.span(), say!("exit-range")));
        }
        RawExit::Word(word) => word,
    };
    match word.as_str() {
        "failure" => Ok(ExitWanted::Failure),
        "any" => Ok(ExitWanted::Any),
        "running" => Ok(ExitWanted::Running),
        signal if is_signal(signal) => Ok(ExitWanted::Signal(signal.to_owned())),
        other => Err(Mistake::at(exit.span(), say!("unknown-end", found = other))),
    }
}

pub(super) fn is_signal(name: &str) -> bool {
    name.starts_with("SIG") && socklab_judge::result_names(name)
}

pub(super) fn known_signal(word: &Spanned<String>) -> Result<String, Mistake> {
    match is_signal(word.get_ref()) {
        true => Ok(word.get_ref().clone()),
        false => Err(Mistake::at(word.span(), say!("unknown-signal", found = word.get_ref()))),
    }
}

pub(super) fn one_of<'a>(word: &Spanned<String>, allowed: &[&'a str]) -> Result<&'a str, Mistake> {
    allowed.iter().find(|allowed| *allowed == word.get_ref()).copied().ok_or_else(|| {
        let known = allowed.join(", ");
        Mistake::at(word.span(), say!("unknown-word", found = word.get_ref(), known = known))
    })
}
