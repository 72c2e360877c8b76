//! What travels beside the bytes: descriptors and other control data (unix(7), cmsg(3)).

use std::collections::HashSet;

use socklab_event::{Args, Call, Control, Flags, Message};
use socklab_flows::Position;
use socklab_say::count;

use crate::case::{Case, Occurrence};

/// Descriptors that were passed with a message and did not arrive: the receive had no room for them,
/// or was not the call that can take them. The kernel closes what does not arrive.
pub(super) fn descriptors_lost(case: &Case<'_>) -> Vec<Occurrence> {
    // A peek takes descriptors too.
    let peeks = case.calls().filter(|(_, call)| call.peeks());
    let peeks: HashSet<Option<usize>> = peeks.map(|(at, _)| case.flows.socket_at(at)).collect();
    let found = case.flows.transfers.iter().filter_map(|transfer| {
        let sent = passed(case.call(transfer.sent)?, transfer.message);
        if sent == 0 {
            return None;
        }
        // They come with the first byte of their message.
        let first = transfer.parts.first().filter(|part| part.bytes.start == 0)?;
        let call = case.call(first.received)?;
        let got = arrived(call);
        let finding = Occurrence::at(first.received).and([transfer.sent]);
        let finding = finding.with("call", call.library_name().to_owned());
        let finding = finding.with("sent", count(sent as u64)).with("got", count(got as u64));
        (got < sent && !peeks.contains(&case.flows.socket_at(first.received))).then_some(finding)
    });
    found.collect()
}

fn descriptors(control: &[Control]) -> usize {
    let count = |one: &Control| match one {
        Control::Rights { fds } => fds.len(),
        _ => 0,
    };
    control.iter().map(count).sum()
}

/// How many descriptors a send passed with one of its messages.
fn passed(call: &Call, message: usize) -> usize {
    match &call.args {
        Args::Send { control, .. } => descriptors(control),
        Args::SendMany { messages, .. } => {
            messages.get(message).map_or(0, |message| descriptors(&message.control))
        }
        _ => 0,
    }
}

/// How many descriptors came with a receive.
fn arrived(call: &Call) -> usize {
    match &call.args {
        Args::Recv { control, .. } => descriptors(control),
        Args::RecvMany { messages, .. } => {
            messages.iter().map(|message| descriptors(&message.control)).sum()
        }
        _ => 0,
    }
}

/// Control data that was cut (`MSG_CTRUNC`), where it is not known what was lost.
pub(super) fn truncated(case: &Case<'_>) -> Vec<Occurrence> {
    let cut = |got: &Flags| got.has("MSG_CTRUNC");
    let receives = case.calls().filter(|(_, call)| match &call.args {
        Args::Recv { got, .. } => cut(got),
        Args::RecvMany { messages, .. } => messages.iter().any(|one: &Message| cut(&one.got)),
        _ => false,
    });
    let mut receives = receives.peekable();
    if receives.peek().is_none() {
        return Vec::new();
    }
    let lost: HashSet<Position> =
        descriptors_lost(case).iter().filter_map(|one| one.evidence.first().copied()).collect();
    let found = receives.filter(|(at, _)| !lost.contains(at));
    found
        .map(|(at, call)| Occurrence::at(at).with("call", call.library_name().to_owned()))
        .collect()
}

#[cfg(test)]
mod tests {
    use socklab_event::{Name, Outcome, SocketType};
    use socklab_timelines::{Story, got, offered};

    use super::super::explained::{rules, text_of};
    use super::*;

    /// A message with three descriptors, of which `arrive` arrive, in a receive called `name`.
    fn passed(arrive: usize, name: &'static str, kind: SocketType) -> socklab_event::Timeline {
        let mut story = Story::new();
        let program = story.command("program", "p");
        let [one, other] = story.socketpair(program, kind);
        let mut args = offered(b"x");
        if let Args::Send { control, .. } = &mut args {
            *control = [Control::Rights { fds: vec![0, 1, 2] }].into();
        }
        story.on(one, "sendmsg", args, Outcome::Value(1));
        let mut args = got(9, b"x");
        if let Args::Recv { control, got, .. } = &mut args {
            *control = [Control::Rights { fds: (10..).take(arrive).collect() }].into();
            if arrive < 3 && name == "recvmsg" {
                *got = vec![Name::of("MSG_CTRUNC")].into();
            }
        }
        story.on(other, name, args, Outcome::Value(1));
        story.build()
    }

    #[test]
    fn descriptors_that_had_no_room() {
        for kind in [SocketType::STREAM, SocketType::DGRAM] {
            let timeline = passed(1, "recvmsg", kind);
            assert_eq!(rules(&timeline), ["descriptors-lost"]);
            let text = text_of(&timeline, "descriptors-lost");
            assert!(text.contains('3') && text.contains('1'), "{text}");
            assert_eq!(rules(&passed(0, "recvfrom", kind)), ["descriptors-lost"], "no room at all");
            assert_eq!(rules(&passed(3, "recvmsg", kind)), [""; 0]);
        }
    }

    #[test]
    fn control_data_of_an_unknown_sender() {
        let mut story = Story::new();
        let program = story.command("program", "p");
        let [_, other] = story.socketpair(program, SocketType::STREAM);
        let mut args = got(9, b"x");
        if let Args::Recv { got, .. } = &mut args {
            *got = vec![Name::of("MSG_CTRUNC")].into();
        }
        story.on(other, "recvmsg", args, Outcome::Value(1));
        assert_eq!(rules(&story.build()), ["control-truncated"]);
    }
}
