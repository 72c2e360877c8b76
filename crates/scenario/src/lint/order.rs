//! Finds operations of scripted peers that can't work where they stand: `accept` without a
//! listening socket, `send` before a connection. Each conversation of a peer is looked at by itself.

use std::collections::BTreeMap;

use socklab_say::{Sentence, sentence};

use crate::format::{Act, Op, Scenario, Verb};

/// The sockets of a peer in one of its conversations, as far as a file tells.
#[derive(Debug, Default)]
struct Sockets {
    /// What it talks on.
    socket: Option<Socket>,
    listens: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Socket {
    /// `"tcp"`, not connected yet.
    Unconnected,
    /// `"udp"`, not connected.
    Datagrams,
    Connected,
}

/// The mistakes in the order of operations, with the lines of their steps.
pub(super) fn out_of_order(scenario: &Scenario) -> Vec<(usize, Sentence)> {
    let mut talks: BTreeMap<(&str, &str), Sockets> = BTreeMap::new();
    let mut wrong = Vec::new();
    for step in &scenario.steps {
        let Verb::Peer { peer, ops } = &step.verb else { continue };
        for Act { op, on } in ops {
            // All conversations may accept from the listening socket of the one without a name.
            let serves = *op == Op::Accept && talks.get(&(peer, "")).is_some_and(|it| it.listens);
            let sockets = talks.entry((peer, on)).or_default();
            // A step may want to show that a call fails.
            if let Some(lacks) = sockets.lacks(op).filter(|_| !step.may_fail && !serves) {
                let word = op.word();
                let talk = if on.is_empty() { peer.clone() } else { format!("{peer} ({on})") };
                wrong.push((step.line, sentence!(lacks, word = word, peer = talk)));
                break;
            }
            sockets.after(op);
        }
    }
    wrong
}

impl Sockets {
    /// What the operation needs and the peer does not have, as the key of a sentence.
    fn lacks(&self, op: &Op) -> Option<&'static str> {
        match op {
            Op::Accept | Op::CloseListener => (!self.listens).then_some("mistake-needs-listen"),
            Op::Send(_)
            | Op::SendPieces(_)
            | Op::Expect(_)
            | Op::ExpectIgnoreCase(_)
            | Op::ExpectContains(_)
            | Op::ExpectLength(_)
            | Op::ExpectLine(_)
            | Op::ExpectRest(_)
            | Op::ExpectEnd
            | Op::Drain
            | Op::Exchange(_)
            | Op::Finish => {
                (self.socket != Some(Socket::Connected)).then_some("mistake-needs-connection")
            }
            Op::ExpectDatagram(_)
            | Op::ExpectNewDatagram(_)
            | Op::SendTo(_)
            | Op::Recv(_)
            | Op::Echo(_)
            | Op::Option(_)
            | Op::Bind(_)
            | Op::Listen(_)
            | Op::Close
            | Op::Reset => self.socket.is_none().then_some("mistake-needs-socket"),
            _ => None,
        }
    }

    fn after(&mut self, op: &Op) {
        match op {
            Op::Tcp => self.socket = Some(Socket::Unconnected),
            Op::Udp => self.socket = Some(Socket::Datagrams),
            Op::Connect(_) | Op::Accept => self.socket = Some(Socket::Connected),
            Op::Listen(_) => *self = Self { socket: None, listens: true },
            Op::Close | Op::Reset => self.socket = None,
            Op::CloseListener => self.listens = false,
            _ => {}
        }
    }
}
