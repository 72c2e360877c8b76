//! How much memory an event takes: a program can cause events of any size.

use std::mem::{size_of, size_of_val};

use socklab_event::{
    Args, Call, Control, Event, Frame, Message, Notice, OptionValue, Process, Ready, SourceLine,
    State, Transport, Wait, What,
};

/// The approximate size of the names, addresses and other small parts of an event.
const SMALL_PARTS: usize = 64;

/// The approximate size of an entry of a list when it is written: a `poll` can list 65,536
/// descriptors, and what a scenario recorded passes through a pipe.
const WRITTEN: usize = 128;

/// The size of an event, in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Weight {
    /// The parts whose size depends on what a program does: messages, lists and texts.
    pub(crate) payload: usize,
    /// The approximate size of the whole event.
    pub(crate) memory: usize,
}

impl Weight {
    /// Weighs an event. (`&mut` only because [`Event::each_sample`] visits its bytes.)
    pub(crate) fn of(event: &mut Event) -> Self {
        let mut payload = lists(event);
        event.each_sample(|bytes| payload += bytes.sample.len());
        let boxed = match &event.what {
            What::Call(call) => size_of::<Call>() + line(call) + counted(call),
            What::Frame(_) => size_of::<Frame>(),
            What::State(_) => size_of::<State>(),
            What::Process(_) => size_of::<Process>(),
            What::Notice(_) => size_of::<Notice>(),
            _ => 0,
        };
        Self { payload, memory: size_of::<Event>() + SMALL_PARTS + boxed + payload }
    }
}

/// The size of a call's line of source.
fn line(call: &Call) -> usize {
    let size = |line: &SourceLine| {
        let function = line.function.as_ref().map_or(0, String::len);
        size_of::<SourceLine>() + line.file.len() + function
    };
    call.source.as_deref().map_or(0, size)
}

/// The size of what was counted at a call.
fn counted(call: &Call) -> usize {
    call.counted.as_deref().map_or(0, size_of_val)
}

/// The size of an event's lists and texts, without its messages.
fn lists(event: &Event) -> usize {
    match &event.what {
        What::Call(call) => match &call.args {
            Args::Poll { waits, .. } => waits.len() * (size_of::<Wait>() + WRITTEN),
            Args::EpollWait { ready, .. } => ready.len() * (size_of::<Ready>() + WRITTEN),
            Args::Send { control, .. } | Args::Recv { control, .. } => control_data(control),
            Args::SendMany { messages, .. } | Args::RecvMany { messages, .. } => {
                let controls = messages.iter().map(|message| control_data(&message.control));
                messages.len() * size_of::<Message>() + controls.sum::<usize>()
            }
            Args::SetOption { value: OptionValue::Text(text), .. }
            | Args::GetOption { value: Some(OptionValue::Text(text)), .. } => text.len(),
            Args::Other { words } => words.len() * size_of::<u64>(),
            _ => 0,
        },
        What::Process(process) => match &**process {
            Process::Start { argv, .. } | Process::Exec { argv, .. } => {
                argv.iter().map(|argument| size_of::<String>() + argument.len()).sum()
            }
            _ => 0,
        },
        What::Notice(notice) => match &**notice {
            Notice::Attached { sockets: fds }
            | Notice::Inherited { sockets: fds }
            | Notice::Passed { fds, .. } => size_of_val(fds.as_slice()),
            Notice::PathExists { path: text, .. } | Notice::NoDuplicates { why: text } => {
                text.len()
            }
            _ => 0,
        },
        What::Frame(frame) => match frame.headers.as_ref().map(|headers| &headers.transport) {
            Some(Transport::Icmp { about: Some(about), .. }) => size_of_val(&**about),
            Some(Transport::Tcp { options, .. }) => size_of_val(options.selective.as_slice()),
            _ => 0,
        },
        _ => 0,
    }
}

fn control_data(control: &[Control]) -> usize {
    let rights = control.iter().map(|one| match one {
        Control::Rights { fds } => size_of_val(fds.as_slice()),
        _ => 0,
    });
    size_of_val(control) + rights.sum::<usize>()
}

#[cfg(test)]
mod tests {
    use socklab_event::{Bytes, Outcome, Place};

    use super::*;

    fn call(args: Args) -> Event {
        let call = Call {
            name: "poll".into(),
            fd: None,
            socket: None,
            args,
            outcome: Outcome::Value(1),
            began: 0,
            ended: 0,
            restarts: 0,
            implicit: false,
            source: None,
            counted: None,
        };
        Event { seq: 0, at: 0, place: Place::default(), what: call.into() }
    }

    #[test]
    fn every_part_of_variable_size_is_weighed() {
        let wait = Wait { fd: 3, wants: Default::default(), got: Default::default(), socket: None };
        let poll = Args::Poll { waits: vec![wait; 65_536], timeout: None };
        assert!(Weight::of(&mut call(poll)).payload > 1 << 20);
        let control = Control::Other {
            level: socklab_event::Name::of("SOL_SOCKET"),
            of: 9,
            name: None,
            value: None,
            bytes: Bytes::whole(vec![0; 5000]),
        };
        let message = Message {
            bytes: Bytes::whole(vec![0; 4096]),
            address: None,
            got: Default::default(),
            control: [control].into(),
        };
        let many =
            Args::SendMany { asked: 100, messages: vec![message; 100], flags: Default::default() };
        let mut many = call(many);
        assert!(Weight::of(&mut many).payload > 900_000);
        many.each_sample(|bytes| bytes.cut(64));
        assert!(Weight::of(&mut many).payload < 100_000);
    }

    #[test]
    fn an_event_without_payload_takes_memory_too() {
        let weight = Weight::of(&mut call(Args::Close));
        assert_eq!(weight.payload, 0);
        assert!(weight.memory > size_of::<Call>());
    }
}
