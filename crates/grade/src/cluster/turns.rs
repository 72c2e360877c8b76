//! The turns of the other end of a conversation. What the submission does belongs to the turn that it
//! had heard of when it did it: so neither time nor the sizes of its reads matter, only what it could
//! know.

use socklab_event::{Args, Call, OptionValue};

use super::reading::is_waiting;

/// From so many bytes on, in either direction, a conversation is one turn: then the two ends may talk
/// at the same time, and who waits for whom is chance.
const BULK: u64 = 64 << 10;

/// What the submission knows of the other end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Knows {
    /// How much it has received: bytes of a stream, or datagrams.
    heard: u64,
    /// True if it knows that nothing more comes.
    pub(super) end: bool,
}

/// What the other end says before it listens again.
#[derive(Clone, Debug, Default)]
pub(super) struct OtherTurn {
    /// What has come up to its end: bytes of a stream, or datagrams.
    up_to: u64,
    /// Its bytes: where they begin, and where they end.
    pub(super) from: u64,
    /// See `from`.
    pub(super) to: u64,
    /// True if the other end has ended its stream.
    ended: bool,
    /// True if it has cut the connection without a look at what was still to come.
    pub(super) is_reset: bool,
    /// True if all it does is to close.
    is_farewell: bool,
}

/// The turns of a conversation.
#[derive(Debug)]
pub(super) struct Turns {
    datagrams: bool,
    /// True if the other end's own calls were recorded.
    is_recorded: bool,
    turns: Vec<OtherTurn>,
    /// True if the other end has listened since it last said something.
    has_listened: bool,
    waits: bool,
    /// True if its next `close` sends a RST (`SO_LINGER`, socket(7)).
    lingers_not: bool,
    /// What it has said; not whole if a sample was cut.
    bytes: Vec<u8>,
    knows: Knows,
}

/// All turns, or all in one.
#[derive(Debug)]
pub(super) struct All(Vec<OtherTurn>);

impl Turns {
    pub(super) fn new(datagrams: bool, is_recorded: bool) -> Self {
        Self {
            datagrams,
            is_recorded,
            turns: vec![OtherTurn::default()],
            has_listened: true,
            waits: false,
            lingers_not: false,
            bytes: Vec::new(),
            knows: Knows::default(),
        }
    }

    pub(super) fn is_recorded(&self) -> bool {
        self.is_recorded
    }

    pub(super) fn is_datagrams(&self) -> bool {
        self.datagrams
    }

    /// True if the other end waited for something when the case ended.
    pub(super) fn waits(&self) -> bool {
        self.waits
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    pub(super) fn knows(&self) -> Knows {
        self.knows
    }

    /// A call of the other end.
    pub(super) fn other(&mut self, call: &Call) {
        if call.receives() {
            self.waits = is_waiting(call);
        }
        if let Some(total) = call.sent() {
            self.says(call, total);
        } else if call.received().is_some_and(|got| got > 0) || call.is_end_of_stream() {
            self.has_listened = true;
        } else if call.ends_sending() {
            let turn = self.turn();
            turn.ended = true;
            turn.is_farewell = false;
        } else if let Args::SetOption { value: OptionValue::Linger(seconds), .. } = &call.args {
            self.lingers_not = *seconds == Some(0);
        } else if call.is_close() && !call.implicit {
            let is_reset = self.lingers_not || !self.last().ended;
            let turn = self.turn();
            turn.ended = true;
            turn.is_reset = is_reset;
        }
    }

    /// The submission receives. If the other end was not recorded, this is all that is known of it.
    pub(super) fn receives(&mut self, call: &Call) {
        let total = call.received().unwrap_or(0);
        let messages = call.messages().len() as u64;
        self.knows.heard += if self.datagrams { messages } else { total };
        if !self.is_recorded {
            self.says(call, total);
        }
    }

    /// The submission learns that nothing more comes.
    pub(super) fn learns_end(&mut self) {
        self.knows.end = true;
        if !self.is_recorded {
            self.turn().ended = true;
        }
    }

    fn last(&self) -> &OtherTurn {
        // There is a first one from the beginning.
        &self.turns[self.turns.len() - 1]
    }

    /// The turn that goes on, or a new one.
    fn turn(&mut self) -> &mut OtherTurn {
        if self.has_listened {
            let last = self.last();
            let next = OtherTurn { from: last.to, is_farewell: true, ..last.clone() };
            self.turns.push(next);
            self.has_listened = false;
        }
        let last = self.turns.len() - 1;
        &mut self.turns[last]
    }

    fn says(&mut self, call: &Call, total: u64) {
        let messages = call.messages();
        let whole = self.bytes.len() as u64 == self.last().to;
        if whole {
            for message in &messages {
                self.bytes.extend_from_slice(message.bytes.moved());
            }
        }
        let units = match call.args {
            Args::SendFile { .. } => total,
            _ if self.datagrams => messages.len() as u64,
            _ => total,
        };
        let turn = self.turn();
        turn.is_farewell = false;
        turn.to += total;
        turn.up_to += units;
    }

    /// All turns; `said`: how many bytes the submission has sent.
    pub(super) fn all(&self, said: u64) -> All {
        let last = self.last();
        if !self.datagrams && (said > BULK || last.to > BULK) {
            let all = OtherTurn { from: 0, ..last.clone() };
            return All(vec![self.turns[0].clone(), all]);
        }
        All(self.turns.clone())
    }
}

impl All {
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// The last turn in which the other end did something else than to close.
    pub(super) fn last_word(&self) -> usize {
        self.0.iter().rposition(|turn| !turn.is_farewell).unwrap_or(0)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &OtherTurn> {
        self.0.iter()
    }

    /// The turn that was under way when the submission knew this.
    pub(super) fn of(&self, knows: Knows) -> usize {
        let fits = |turn: &OtherTurn| turn.up_to >= knows.heard && (turn.ended || !knows.end);
        self.0.iter().position(fits).unwrap_or(self.0.len() - 1)
    }
}
