//! How much memory an event takes: a program that is judged can make events of any size.

use std::mem::{size_of, size_of_val};

use socklab_event::{
    Args, Bytes, Control, Event, Message, OptionValue, Process, Ready, Wait, What,
};

/// All that grows with what a program does: its bytes, and its lists.
pub(super) fn of(event: &mut Event) -> usize {
    let mut sum = lists(event);
    messages(event, |bytes| sum += bytes.sample.len());
    sum
}

/// Goes through the bytes of every message that an event keeps.
pub(super) fn messages(event: &mut Event, mut each: impl FnMut(&mut Bytes)) {
    match &mut event.what {
        What::Call(call) => match &mut call.args {
            Args::Send { bytes, control, .. } | Args::Recv { bytes, control, .. } => {
                each(bytes);
                controls(control, &mut each);
            }
            Args::SendMany { messages, .. } | Args::RecvMany { messages, .. } => {
                for message in messages {
                    each(&mut message.bytes);
                    controls(&mut message.control, &mut each);
                }
            }
            Args::SetOption { value: OptionValue::Bytes(bytes), .. }
            | Args::GetOption { value: Some(OptionValue::Bytes(bytes)), .. } => each(bytes),
            _ => {}
        },
        What::Process(Process::Stdio { bytes, .. }) => each(bytes),
        _ => {}
    }
}

fn controls(control: &mut [Control], each: &mut impl FnMut(&mut Bytes)) {
    for one in control {
        if let Control::Other { bytes, .. } = one {
            each(bytes);
        }
    }
}

fn lists(event: &Event) -> usize {
    match &event.what {
        What::Call(call) => match &call.args {
            Args::Poll { waits, .. } => waits.len() * size_of::<Wait>(),
            Args::EpollWait { ready, .. } => ready.len() * size_of::<Ready>(),
            Args::Send { control, .. } | Args::Recv { control, .. } => passed(control),
            Args::SendMany { messages, .. } | Args::RecvMany { messages, .. } => {
                let controls = messages.iter().map(|message| passed(&message.control));
                messages.len() * size_of::<Message>() + controls.sum::<usize>()
            }
            Args::SetOption { value: OptionValue::Text(text), .. }
            | Args::GetOption { value: Some(OptionValue::Text(text)), .. } => text.len(),
            Args::Other { words } => words.len() * size_of::<u64>(),
            _ => 0,
        },
        What::Process(Process::Start { argv, .. } | Process::Exec { argv, .. }) => {
            argv.iter().map(String::len).sum()
        }
        _ => 0,
    }
}

fn passed(control: &[Control]) -> usize {
    let rights = control.iter().map(|one| match one {
        Control::Rights { fds } => fds.len() * size_of::<i32>(),
        _ => 0,
    });
    size_of_val(control) + rights.sum::<usize>()
}

#[cfg(test)]
mod tests {
    use socklab_event::{Bytes, Call, Outcome, Place};

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
        };
        let place = Place { host: None, process: 1, thread: 1 };
        Event { seq: 0, at: 0, place, what: What::Call(Box::new(call)) }
    }

    #[test]
    fn whatever_grows_is_weighed() {
        let wait = Wait { fd: 3, wants: Default::default(), got: Default::default(), socket: None };
        let poll = Args::Poll { waits: vec![wait; 65_536], timeout: None };
        assert!(of(&mut call(poll)) > 1 << 20);
        let control = Control::Other {
            level: socklab_event::Name::of("SOL_SOCKET"),
            of: 9,
            bytes: Bytes::whole(vec![0; 5000]),
        };
        let message = Message {
            bytes: Bytes::whole(vec![0; 4096]),
            address: None,
            got: Default::default(),
            control: vec![control],
        };
        let many =
            Args::SendMany { asked: 100, messages: vec![message; 100], flags: Default::default() };
        let mut many = call(many);
        assert!(of(&mut many) > 900_000);
        messages(&mut many, |bytes| bytes.sample.truncate(64));
        assert!(of(&mut many) < 100_000);
    }
}
