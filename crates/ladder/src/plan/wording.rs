//! The text of a call: `send(3, "hola" 4 B)` when it is made, `= 4` when it returns.

use socklab_event::{
    Args, Bytes, Call, Endpoint, Errno, Flags, OptionValue, Outcome, SocketType, State, TcpState,
    kind_of_socket,
};
use socklab_flows::Deaf;
use socklab_say::{Speaker, clean, count, say};

use super::protocol::Name;
use crate::label::{Label, Part, PartKind};
use crate::model::Mark;
use crate::options::Detail;

/// A call and its result on one line, for a display that is not a ladder: with at most `data` characters of
/// what it moved.
pub fn call_text(call: &Call, data: usize, speaker: Speaker) -> String {
    let mut label = asked(call, Detail::Essential, None, speaker);
    label.parts.extend(answered(call, None, None, speaker).0.parts);
    label.brief(data, speaker)
}

/// The call as made: name and arguments. What it sent may have a name that says more than its bytes.
pub(crate) fn asked(call: &Call, detail: Detail, name: Option<&Name>, speaker: Speaker) -> Label {
    let sent = name.filter(|name| !name.is_text);
    let name = clean(call.library_name());
    let label = Label::default().then(PartKind::Name, name.clone());
    let fd = call.fd.map_or_else(|| "?".to_owned(), |fd| fd.to_string());
    let plain = |inside: String| label.clone().glue(PartKind::Plain, format!("({inside})"));
    match &call.args {
        Args::Socket { family, kind, protocol, .. }
        | Args::Socketpair { family, kind, protocol, .. } => {
            plain(kind_of_socket(*family, *kind, *protocol))
        }
        Args::Bind { address } => {
            let label = plain(format!("{fd}, {}", shown(address)));
            let got = call.socket.as_ref().and_then(|socket| socket.local.as_ref());
            match got.filter(|got| address.port() == Some(0) && got.port() != Some(0)) {
                Some(got) => label.then(PartKind::Result, format!("→ {}", shown(got))),
                None => label,
            }
        }
        Args::Listen { backlog } => {
            plain(format!("{fd}, {}", say!(speaker, "ladder-backlog", n = backlog)))
        }
        Args::Connect { address } => plain(format!("{fd}, {}", shown(address))),
        Args::Send { asked, bytes, flags, to, .. } => {
            let label = match sent {
                Some(sent) => {
                    let total = format!("{} B", speaker.number(*asked));
                    label
                        .glue(PartKind::Plain, format!("({fd},"))
                        .then_name(&sent.text, ",")
                        .then(PartKind::Plain, total)
                }
                None => {
                    label.glue(PartKind::Plain, format!("({fd}, ")).glue_data(bytes, *asked, true)
                }
            };
            let mut label = label.glue(PartKind::Plain, format!("{})", shown_flags(flags, detail)));
            if let Some(to) = to {
                label.push(PartKind::Plain, say!(speaker, "ladder-to", address = shown(to)));
            }
            label
        }
        Args::Recv { room, bytes, flags, .. } => {
            let full = *room > 0 && bytes.total >= *room && call.value().is_some();
            let room = if full || detail == Detail::All {
                format!(", {}", say!(speaker, "ladder-at-most", n = count(*room)))
            } else {
                String::new()
            };
            plain(format!("{fd}{room}{}", shown_flags(flags, detail)))
        }
        Args::SendMany { messages, .. } => {
            let number = say!(speaker, "ladder-messages", n = count(messages.len()));
            let label = plain(format!("{fd}, {number}"));
            match (sent, messages.first()) {
                (Some(sent), _) => label.then_name(&sent.text, ""),
                (None, Some(one)) => label.then_data(&one.bytes),
                (None, None) => label,
            }
        }
        Args::RecvMany { room, .. } => {
            plain(format!("{fd}, {}", say!(speaker, "ladder-messages", n = count(*room))))
        }
        Args::SendFile { asked, .. } => plain(format!("{fd}, {} B", speaker.number(*asked))),
        Args::Shutdown { how } => plain(format!("{fd}, {how}")),
        Args::Close if call.implicit => {
            plain(fd).then(PartKind::Faint, say!(speaker, "ladder-by-kernel"))
        }
        Args::SetOption { option, value, .. } => {
            plain(format!("{fd}, {}, {}", clean(option), option_value(value, speaker)))
        }
        Args::GetOption { option, .. } => plain(format!("{fd}, {}", clean(option))),
        Args::Fcntl { command, flags, .. } => {
            plain(format!("{fd}, {}, {}", clean(command), clean(&flags.to_string())))
        }
        Args::Ioctl { request, .. } => plain(format!("{fd}, {}", clean(request))),
        Args::Poll { waits, .. } => {
            let fds: Vec<String> = waits.iter().map(|wait| wait.fd.to_string()).collect();
            plain(list(&fds))
        }
        Args::EpollWait { epoll, .. } => plain(epoll.to_string()),
        Args::EpollControl { epoll, operation, .. } => {
            plain(format!("{epoll}, {} {fd}", clean(operation)))
        }
        Args::IoUring { entries } => plain(entries.to_string()),
        Args::Other { words } => {
            let words: Vec<String> = words.iter().map(|word| format!("{word:#x}")).collect();
            plain(words.join(", "))
        }
        _ => plain(fd),
    }
}

/// Makes the text of a call on one descriptor that of calls on several: `close(4–1023)`.
pub(crate) fn put_descriptors(asked: &mut Label, first: i32, last: i32) {
    let arguments = |part: &&mut Part| part.glued && part.kind == PartKind::Plain;
    if let Some(part) = asked.parts.iter_mut().find(arguments) {
        part.text = format!("({first}–{last})");
    }
}

/// The result.
pub(crate) fn answered(
    call: &Call,
    deaf: Option<Deaf>,
    name: Option<&Name>,
    speaker: Speaker,
) -> (Label, Option<Mark>) {
    let name = name.filter(|name| !name.is_text);
    let mut label = Label::default();
    let value = match call.outcome {
        Outcome::Value(value) => value,
        Outcome::Error(errno) => {
            let (mark, key) = error(errno);
            // For a program that asked not to wait, this is an answer, not a failure.
            let (kind, sign) = match mark {
                Mark::NotNow => (PartKind::Wait, "┄"),
                _ => (PartKind::Mark, "✗"),
            };
            label.push(kind, format!("{sign} {errno}"));
            label.push(kind, key.map(|key| say!(speaker, key)).unwrap_or_default());
            return (label, Some(mark));
        }
        Outcome::Unfinished => return (label, Some(Mark::Unfinished)),
    };
    let mut mark = None;
    let result = |label: Label, text: String| label.then(PartKind::Result, format!("= {text}"));
    match &call.args {
        Args::Socketpair { fds, .. } => {
            let fds: Vec<String> = fds.iter().map(ToString::to_string).collect();
            label = result(label, list(&fds));
        }
        Args::Accept { peer, .. } => {
            label = result(label, value.to_string());
            let known = call.socket.as_ref().and_then(|socket| socket.peer.as_ref());
            if let Some(peer) = peer.as_ref().or(known).filter(|peer| peer.port().is_some()) {
                label.push(PartKind::Plain, say!(speaker, "ladder-from", address = shown(peer)));
            }
        }
        Args::Send { asked, .. } if u64::try_from(value) != Ok(*asked) => {
            label = result(label, speaker.number(value.unsigned_abs()));
            label.push(PartKind::Plain, say!(speaker, "ladder-of", n = count(*asked)));
        }
        Args::Recv { room, bytes, got, from, .. } => {
            label = result(label, speaker.number(value.unsigned_abs()));
            let datagram =
                call.socket.as_ref().is_some_and(|socket| socket.kind != SocketType::STREAM);
            if value == 0 && *room > 0 && !datagram {
                match deaf {
                    Some(Deaf::ShutDown(_)) => {
                        label.push(PartKind::Plain, say!(speaker, "ladder-own-end"));
                    }
                    Some(_) => label.push(PartKind::Plain, say!(speaker, "ladder-end-cut")),
                    None => {
                        label.push(PartKind::Result, say!(speaker, "ladder-end"));
                        mark = Some(Mark::End);
                    }
                }
            } else if let Some(name) = name {
                label = label.then_name(&name.text, "");
            } else if value > 0 {
                label.push_data(bytes, bytes.total, false);
            }
            if got.has("MSG_TRUNC") {
                label.push(PartKind::Mark, say!(speaker, "ladder-cut-off"));
                mark = Some(Mark::Failed);
            }
            if let Some(from) = from {
                label.push(PartKind::Plain, say!(speaker, "ladder-from", address = shown(from)));
            }
        }
        Args::RecvMany { messages, .. } => {
            label = result(label, value.to_string());
            if let Some(name) = name {
                label = label.then_name(&name.text, "");
            } else if let Some(one) = messages.first() {
                label = label.then_data(&one.bytes);
            }
        }
        Args::SendMany { asked, .. } if value == i64::from(*asked) => {}
        Args::LocalName { address } | Args::PeerName { address } => {
            label = result(label, address.as_ref().map_or_else(|| value.to_string(), shown));
        }
        Args::GetOption { value: Some(value), .. } => {
            match value {
                // The result of a non-blocking connect.
                OptionValue::Error(errno) if errno.0 != 0 => {
                    let (failed, key) = error(*errno);
                    label.push(PartKind::Mark, format!("✗ {errno}"));
                    label.push(
                        PartKind::Mark,
                        key.map(|key| say!(speaker, key)).unwrap_or_default(),
                    );
                    mark = Some(failed);
                }
                _ => label = result(label, option_value(value, speaker)),
            }
        }
        Args::Poll { timeout, .. } | Args::EpollWait { timeout, .. } => {
            label = result(label, value.to_string());
            if value == 0 && timeout.is_some_and(|timeout| timeout > 0) {
                label.push(PartKind::Mark, say!(speaker, "ladder-timed-out"));
                mark = Some(Mark::TimedOut);
            }
            label.push(PartKind::Plain, ready(&call.args));
        }
        _ if value == 0 || matches!(call.args, Args::Send { .. }) => {}
        _ => label = result(label, value.to_string()),
    }
    (label, mark)
}

impl Label {
    /// What the data are called, which may wrap between its words.
    fn then_name(mut self, name: &str, end: &str) -> Self {
        self.push_prose(PartKind::Data, &format!("{name}{end}"));
        self
    }

    fn then_data(mut self, bytes: &Bytes) -> Self {
        self.push_data(bytes, bytes.total, true);
        self
    }
}

/// A socket as the kernel's tables showed it: its state and its queues, and its addresses if nothing
/// else says which socket it is.
pub(crate) fn seen(state: &State, addresses: bool, speaker: Speaker) -> String {
    let socket = &state.socket;
    let name = |state: TcpState| {
        state.short_name().map_or_else(|| clean(&state.to_string()), str::to_owned)
    };
    let (receive, send) = (count(state.receive_queue), count(state.send_queue));
    let mut words = Vec::new();
    let mut queues = Vec::new();
    if state.after == TcpState::LISTEN {
        words.push(name(state.after));
        if state.receive_queue > 0 {
            queues.push(say!(speaker, "ladder-waiting", n = receive));
        }
    } else {
        if state.receive_queue > 0 {
            queues.push(say!(speaker, "ladder-unread", n = receive));
        }
        if state.send_queue > 0 {
            queues.push(say!(speaker, "ladder-unacknowledged", n = send));
        }
        // Datagram sockets have no state; the table says CLOSE or ESTABLISHED for want of better.
        let stateless = socket.kind != SocketType::STREAM;
        let usual = state.after == TcpState::ESTABLISHED && !queues.is_empty() && !addresses;
        if stateless && addresses {
            words.push(kind_of_socket(socket.family, socket.kind, socket.protocol));
        } else if !stateless && !usual {
            words.push(match state.before.filter(|before| *before != state.after) {
                Some(before) => format!("{} → {}", name(before), name(state.after)),
                None => name(state.after),
            });
        }
    }
    if addresses {
        let ends = [&socket.local, &socket.peer].into_iter().flatten().map(shown);
        words.push(ends.collect::<Vec<_>>().join(" – "));
    }
    let mut said = vec![words.join(" ")];
    said.retain(|words| !words.is_empty());
    said.append(&mut queues);
    say!(speaker, "ladder-kernel", what = said.join(", "))
}

/// An address, with the wildcard address shortened: `*:12000`.
pub fn shown(address: &Endpoint) -> String {
    match address.port().filter(|_| address.is_any_address()) {
        Some(port) => format!("*:{port}"),
        None => clean(&address.unmapped().to_string()),
    }
}

/// The flags that change what the call does to the data; all of them if everything is to be shown.
fn shown_flags(flags: &Flags, detail: Detail) -> String {
    const ALWAYS: [&str; 4] = ["MSG_PEEK", "MSG_OOB", "MSG_WAITALL", "MSG_TRUNC"];
    let all = detail == Detail::All;
    let shown = flags.names().iter().filter(|flag| all || ALWAYS.contains(&flag.as_str()));
    let shown: Vec<String> = shown.map(|flag| clean(flag)).collect();
    if shown.is_empty() { String::new() } else { format!(", {}", shown.join("|")) }
}

fn list(items: &[String]) -> String {
    const MOST: usize = 8;
    if items.len() <= MOST {
        return items.join(", ");
    }
    format!("{}, … ({})", items[..MOST].join(", "), items.len())
}

fn ready(args: &Args) -> String {
    let short = |flags: &Flags| {
        let names = flags.names().iter().map(|flag| {
            let flag = flag.trim_start_matches('E').trim_start_matches("POLL");
            clean(flag).to_lowercase()
        });
        names.collect::<Vec<_>>().join("+")
    };
    let items: Vec<String> = match args {
        Args::Poll { waits, .. } => {
            let came = waits.iter().filter(|wait| !wait.got.is_empty());
            came.map(|wait| format!("{} {}", wait.fd, short(&wait.got))).collect()
        }
        Args::EpollWait { ready, .. } => {
            let known = ready.iter().filter_map(|one| Some((one.fd?, &one.got)));
            known.map(|(fd, got)| format!("{fd} {}", short(got))).collect()
        }
        _ => Vec::new(),
    };
    if items.is_empty() { String::new() } else { format!("({})", list(&items)) }
}

/// The value of a socket option.
pub fn option_value(value: &OptionValue, speaker: Speaker) -> String {
    match value {
        OptionValue::Int(value) => value.to_string(),
        OptionValue::Linger(Some(seconds)) => {
            speaker.duration(u64::try_from(*seconds).unwrap_or(0).saturating_mul(1_000_000_000))
        }
        OptionValue::Linger(None) => say!(speaker, "ladder-linger-off"),
        OptionValue::Time(time) => speaker.duration(*time),
        OptionValue::Error(errno) if errno.0 == 0 => "0".to_owned(),
        OptionValue::Error(errno) => errno.to_string(),
        OptionValue::Text(text) => clean(text),
        OptionValue::Bytes(bytes) => format!("{} B", speaker.number(bytes.total)),
        _ => String::new(),
    }
}

/// The kind of failure, and the key of its short description.
pub(crate) fn error(errno: Errno) -> (Mark, Option<&'static str>) {
    match errno {
        Errno::ECONNREFUSED => (Mark::Refused, Some("ladder-refused")),
        Errno::ECONNRESET => (Mark::Reset, Some("ladder-reset")),
        Errno::EPIPE => (Mark::Failed, Some("ladder-broken-pipe")),
        Errno::ETIMEDOUT => (Mark::TimedOut, Some("ladder-timed-out")),
        Errno::EADDRINUSE => (Mark::Failed, Some("ladder-in-use")),
        Errno::EAGAIN => (Mark::NotNow, Some("ladder-not-now")),
        Errno::EINPROGRESS => (Mark::NotNow, Some("ladder-in-progress")),
        Errno::ENETUNREACH | Errno::EHOSTUNREACH => (Mark::Failed, Some("ladder-unreachable")),
        _ => (Mark::Failed, None),
    }
}
