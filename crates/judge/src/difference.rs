//! In what a call differs from the one that was expected.

use serde::Serialize;
use socklab_event::{Args, Bytes, Call, Errno, OptionValue, Outcome};
use socklab_flows::{Flows, Position};

use crate::expect::CallWanted;
use crate::expect_pattern::{Address, Range};
use crate::verdict_call::has_peer;

/// In what a call differs from the one that was expected.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Difference {
    /// It should have failed.
    Succeeded,
    /// It failed with this, and should not have, or with another error.
    Failed(Errno),
    /// It never returned.
    Unfinished,
    /// It should not have returned.
    Finished,
    /// It took more or less time.
    Took {
        /// How long, in nanoseconds.
        got: u64,
        /// What was expected, in words.
        wanted: String,
    },
    /// It was about another address.
    Address {
        /// Which, if any.
        got: Option<String>,
        /// What was expected.
        wanted: String,
    },
    /// Another actor is at the other end.
    Peer {
        /// Which, if it is known.
        got: Option<String>,
        /// Which one was expected.
        wanted: String,
    },
    /// An argument or a result had another value.
    Argument {
        /// Which.
        name: &'static str,
        /// Its value, if it had one.
        got: Option<String>,
        /// What was expected.
        wanted: String,
    },
    /// It moved other bytes.
    Bytes(Bytes),
}

/// In what the most similar of these calls differs from the one expected; `None` if it differs in
/// more than one thing, and so is probably another call.
pub(crate) fn nearest(
    wanted: &CallWanted,
    flows: &Flows<'_>,
    candidates: &[Position],
) -> Option<Difference> {
    let all = candidates.iter().map(|at| differences(wanted, flows, *at));
    let mut least = all.min_by_key(Vec::len)?;
    (least.len() == 1).then(|| least.remove(0))
}

fn differences(wanted: &CallWanted, flows: &Flows<'_>, at: Position) -> Vec<Difference> {
    let Some(made) = flows.call(at) else { return Vec::new() };
    let mut found = Vec::new();
    found.extend(result(wanted, made));
    found.extend(arguments(wanted, made));
    if let Some(peer) = wanted.peer.as_deref().filter(|peer| !has_peer(flows, at, peer)) {
        let used = flows.peer_at(at).and_then(|socket| flows.used_at(socket));
        let got = used.and_then(|used| flows.actor_at(used)).map(str::to_owned);
        found.push(Difference::Peer { got, wanted: peer.to_owned() });
    }
    if let Some(bytes) = &wanted.bytes {
        let payloads = made.payloads();
        let fits = |one: &socklab_event::Payload<'_>| {
            bytes.fit(&one.bytes.sample, one.bytes.total) != Some(false)
        };
        if !payloads.iter().any(fits) {
            let got = payloads.first().map(|one| one.bytes.clone()).unwrap_or_default();
            found.push(Difference::Bytes(got));
        }
    }
    found
}

/// What it returned, and when: at most one of these is told, as they depend on each other.
fn result(wanted: &CallWanted, made: &Call) -> Option<Difference> {
    let returned = match made.outcome {
        Outcome::Unfinished => Difference::Unfinished,
        Outcome::Error(error) => Difference::Failed(error),
        Outcome::Value(_) => Difference::Succeeded,
    };
    let finished = made.outcome != Outcome::Unfinished;
    if wanted.unfinished.is_some_and(|unfinished| unfinished == finished) {
        return Some(if finished { Difference::Finished } else { Difference::Unfinished });
    }
    if wanted.ok.is_some_and(|ok| !finished || ok != made.value().is_some())
        || (!wanted.error.is_empty()
            && !made.error().is_some_and(|error| wanted.error.contains(&error)))
    {
        return Some(returned);
    }
    if let Some(range) = wanted.result
        && !made.value().is_some_and(|value| range.has(value))
    {
        return Some(match made.value() {
            Some(value) => argument("result", Some(value), &range),
            None => returned,
        });
    }
    let took = i64::try_from(made.took() / 1_000_000).unwrap_or(i64::MAX);
    if let Some(range) = wanted.took_ms.filter(|range| !range.has(took)) {
        return Some(Difference::Took { got: made.took(), wanted: format!("{range} ms") });
    }
    let end = wanted.end.is_some_and(|end| end != made.is_end_of_stream());
    let implicit = wanted.implicit.is_some_and(|implicit| implicit != made.implicit);
    let (name, value) = if end { ("end", wanted.end) } else { ("implicit", wanted.implicit) };
    (end || implicit).then(|| Difference::Argument {
        name,
        got: None,
        wanted: value.map(|value| value.to_string()).unwrap_or_default(),
    })
}

fn argument(name: &'static str, got: Option<i64>, wanted: &Range) -> Difference {
    Difference::Argument { name, got: got.map(|got| got.to_string()), wanted: wanted.to_string() }
}

fn arguments(wanted: &CallWanted, made: &Call) -> Vec<Difference> {
    let mut found = Vec::new();
    let socket = made.socket.as_ref();
    if let Some(range) = &wanted.backlog {
        let got = match made.args {
            Args::Listen { backlog } => Some(i64::from(backlog)),
            _ => None,
        };
        if !got.is_some_and(|got| range.has(got)) {
            found.push(argument("backlog", got, range));
        }
    }
    if let Some(how) = wanted.how
        && !matches!(made.args, Args::Shutdown { how: got } if got == how)
    {
        let got = match made.args {
            Args::Shutdown { how } => Some(how.to_string()),
            _ => None,
        };
        found.push(Difference::Argument { name: "how", got, wanted: how.to_string() });
    }
    let option = match &made.args {
        Args::SetOption { option, value, .. } => Some((option, Some(value))),
        Args::GetOption { option, value, .. } => Some((option, value.as_ref())),
        _ => None,
    };
    if let Some(name) = &wanted.option
        && option.is_none_or(|(option, _)| option != name.as_str())
    {
        let got = option.map(|(option, _)| option.to_string());
        found.push(Difference::Argument { name: "option", got, wanted: name.clone() });
    } else if let Some(value) = wanted.value {
        let got = match option {
            Some((_, Some(OptionValue::Int(got)))) => Some(*got),
            _ => None,
        };
        if got != Some(value) {
            found.push(argument("value", got, &Range::exactly(value)));
        }
    }
    if wanted
        .flags
        .iter()
        .any(|flag| !crate::verdict_call::flags(made).is_some_and(|flags| flags.has(flag)))
    {
        let wanted = wanted.flags.join(" | ");
        found.push(Difference::Argument { name: "flags", got: None, wanted });
    }
    let is = |wanted: &Address, got: Vec<String>, fits: bool| {
        (!fits).then(|| Difference::Address {
            got: got.into_iter().next(),
            wanted: wanted.to_string(),
        })
    };
    if let Some(address) = &wanted.address {
        let all = made.addresses();
        let fits = all.iter().any(|one| address.is(one));
        found.extend(is(address, all.iter().map(ToString::to_string).collect(), fits));
    }
    if let Some(local) = &wanted.local {
        let own = socket.and_then(|socket| socket.local.as_ref());
        let fits = own.is_some_and(|own| local.is(own));
        found.extend(is(local, own.iter().map(ToString::to_string).collect(), fits));
    }
    if let Some(transport) = wanted.transport
        && socket.is_none_or(|socket| socket.protocol != transport.protocol())
    {
        let got = socket.map(|socket| socket.protocol.to_string());
        let wanted = transport.to_string();
        found.push(Difference::Argument { name: "transport", got, wanted });
    }
    found
}
