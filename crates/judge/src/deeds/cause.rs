//! Well-known mistakes behind what a program did, for which there is advice of its own.
//!
//! A cause is taken from the words of a runtime or from the error of a call, both of which mean one
//! thing only. Where they could mean several, there is none.

use socklab_event::{Args, Errno, Signal};

use super::life::Life;
use super::present::pending;
use super::talking::talk;
use crate::case::is_udp;

/// Parts of what a runtime says of an exception, and what they mean.
const SAID: [(&str, &str); 28] = [
    // Before what a Python 3 says of names in general.
    ("Missing parentheses in call to 'print'", "python-2"),
    ("multiple exception types must be parenthesized", "python-2"),
    ("name 'raw_input' is not defined", "python-2"),
    ("a bytes-like object is required, not 'str'", "text-for-bytes"),
    ("'str' object has no attribute 'decode'", "text-for-bytes"),
    ("'bytes' object has no attribute 'encode'", "bytes-for-text"),
    ("can't concat str to bytes", "text-for-bytes"),
    ("(not \"bytes\") to str", "bytes-for-text"),
    ("toUpperCase is not a function", "bytes-for-text"),
    ("'str' object cannot be interpreted as an integer", "number-is-text"),
    ("an integer is required", "number-is-text"),
    ("'tuple' object has no attribute", "pair"),
    ("UnicodeDecodeError: ", "not-text"),
    ("stream did not contain valid UTF-8", "not-text"),
    ("EOFError: ", "input-ended"),
    ("TimeoutError: timed out", "time-limit"),
    ("SocketTimeoutException", "time-limit"),
    ("Bad file descriptor", "closed-already"),
    ("Socket is closed", "closed-already"),
    ("use of closed network connection", "closed-already"),
    ("FileNotFoundError: ", "no-file"),
    ("java.io.FileNotFoundException", "no-file"),
    ("NameError: ", "unknown-name"),
    ("ModuleNotFoundError: ", "no-module"),
    ("RecursionError: ", "recursion"),
    ("StackOverflowError", "recursion"),
    ("all goroutines are asleep", "all-asleep"),
    ("ConnectionResetError: ", "peer-vanished"),
];

/// An index that is too large, in the words of several runtimes.
const INDEX: [&str; 4] = [
    "IndexError: list index out of range",
    "ArrayIndexOutOfBoundsException",
    "index out of range",
    "called `Option::unwrap()` on a `None` value",
];

/// The causes that are not in the words of a runtime.
const OTHERS: [&str; 6] =
    ["no-argument", "udp-has-no-listen", "low-port", "bound-already", "waits-for-more", "fault"];

/// The signals of a program that does something wrong with its memory or its numbers.
const FAULTS: [Signal; 5] = [Signal::SEGV, Signal::BUS, Signal::FPE, Signal::ILL, Signal::ABRT];

/// Every cause.
pub fn causes() -> impl Iterator<Item = &'static str> {
    SAID.iter().map(|(_, cause)| *cause).chain(OTHERS)
}

/// Why the program did what this rule has found.
pub(super) fn cause(life: &Life<'_>, rule: &str) -> Option<&'static str> {
    match rule {
        "raised" | "raised-text" | "thread-raised" | "reported" => exception(life),
        "not-compiled" => of_words(&super::endings::told(life)?.0.error),
        "failed-and-ended" => call(life),
        "killed" => super::endings::killer(life)
            .and_then(|(_, signal)| FAULTS.contains(&signal).then_some("fault")),
        "read-and-silent" => caught(life).or_else(|| waits_for_more(life)),
        "closed-early" | "never-sent" | "sent-nothing" | "ended" => caught(life),
        _ => None,
    }
}

/// What the last line of its output says, of an exception that it caught and printed.
fn caught(life: &Life<'_>) -> Option<&'static str> {
    let (printed, _) = life.printed(None);
    let text = String::from_utf8_lossy(&printed.sample);
    let last = text.lines().rev().find(|line| !line.trim().is_empty())?;
    of_words(last)
}

/// It read all that the peer had sent, and waits for more instead of answering.
fn waits_for_more(life: &Life<'_>) -> Option<&'static str> {
    let talk = talk(life).filter(|talk| talk.read > 0 && talk.read == talk.offered)?;
    let waits = pending(life).any(|(at, call)| {
        call.receives() && life.flows().connection_at(at) == Some(talk.connection)
    });
    (waits && !talk.datagrams).then_some("waits-for-more")
}

/// What a runtime's words mean.
fn of_words(error: &str) -> Option<&'static str> {
    SAID.iter().find(|(words, _)| error.contains(words)).map(|(_, cause)| *cause)
}

fn exception(life: &Life<'_>) -> Option<&'static str> {
    let (crash, _) = super::endings::told(life)?;
    let begun = life
        .made(|args| matches!(args, Args::Bind { .. } | Args::Connect { .. } | Args::Send { .. }))
        .next()
        .is_some();
    let index = INDEX.iter().any(|words| crash.error.contains(words)) && !begun;
    of_words(&crash.error).or(index.then_some("no-argument")).or_else(|| call(life))
}

/// What the last call that failed means.
fn call(life: &Life<'_>) -> Option<&'static str> {
    let (at, call, error) = life.last_failure()?;
    match (&call.args, error) {
        (Args::Listen { .. } | Args::Accept { .. }, Errno::EOPNOTSUPP) if is_udp(call) => {
            Some("udp-has-no-listen")
        }
        (Args::Bind { .. }, Errno::EACCES) => Some("low-port"),
        (Args::Bind { .. }, Errno::EINVAL) => {
            let socket = life.flows().socket_at(at);
            let mut earlier =
                life.made(|args| matches!(args, Args::Listen { .. } | Args::Bind { .. }));
            earlier
                .any(|(other, call)| {
                    other < at && call.value().is_some() && life.flows().socket_at(other) == socket
                })
                .then_some("bound-already")
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use socklab_say::{Language, Speaker};

    use super::*;

    #[test]
    fn every_cause_has_advice_in_every_language() {
        for cause in causes() {
            for language in Language::all() {
                let key = format!("advice-{cause}");
                assert!(Speaker::new(language).knows(&key), "{language}: {key}");
            }
        }
    }
}
