//! Rules written back, in one form each: what is written parses to the same rule.

use std::fmt;

use socklab_event::FrameKind;

use super::rule::{
    Act, Choice, Direction, Limit, Mark, Meaning, Moment, Origin, Party, Rule, Selection,
};
use super::units::{RATES, SIZES, TIMES, ordinal, percentage, written};

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.meaning.fmt(f)
    }
}

impl fmt::Display for Meaning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let chosen = Chosen { choice: self.choice, selection: &self.selection };
        match &self.act {
            Act::Drop => write!(f, "drop {chosen}")?,
            Act::Duplicate => write!(f, "duplicate {chosen}")?,
            Act::Delay(time) => {
                write!(f, "delay {}", written(*time, TIMES, ""))?;
                chosen.write_unless_all(f, " ")?;
            }
            Act::Corrupt { byte, of, mend } => {
                write!(f, "corrupt byte {byte}")?;
                if *of == Origin::Payload {
                    f.write_str(" of the payload")?;
                }
                if *mend {
                    f.write_str(" and mend the checksum")?;
                }
                chosen.write_unless_all(f, " of ")?;
            }
            Act::Reorder(first, second) => {
                write!(f, "reorder {first} and {second}")?;
                self.selection.write_as_mass(f)?;
            }
            Act::Lose { millionths, seed } => {
                write!(f, "lose {} seed {seed}", percentage(*millionths))?;
                self.selection.write_as_mass(f)?;
            }
            Act::Rate(rate) => {
                write!(f, "rate {}", written(*rate, RATES, " "))?;
                self.selection.write_as_mass(f)?;
            }
            Act::Reset(Limit::Bytes(size)) => {
                write!(
                    f,
                    "reset after {}{}",
                    written(*size, SIZES, " "),
                    Clauses(&self.selection)
                )?;
            }
            Act::Reset(Limit::Mark(mark)) => write!(f, "reset after {mark}")?,
            Act::Die(host) => write!(f, "host {host} dies")?,
            Act::Partition(one, other) => write!(f, "partition {one} from {other}")?,
        }
        match (&self.start, &self.end) {
            (Some(start), Some(end)) => write!(f, " between {start} and {end}")?,
            (Some(start), None) => write!(f, " after {start}")?,
            (None, Some(end)) => write!(f, " until {end}")?,
            (None, None) => {}
        }
        match self.times {
            None => Ok(()),
            Some(1) => f.write_str(", once"),
            Some(2) => f.write_str(", twice"),
            Some(times) => write!(f, ", {times} times"),
        }
    }
}

/// Some frames, and those chosen among them: `the 2nd SYN from client`.
struct Chosen<'r> {
    choice: Choice,
    selection: &'r Selection,
}

impl Chosen<'_> {
    fn write_unless_all(&self, f: &mut fmt::Formatter<'_>, joint: &str) -> fmt::Result {
        let bare = self.choice == Choice::Every && self.selection.kind == FrameKind::Frame;
        if bare && self.selection.byte.is_none() {
            return write!(f, "{}", Clauses(self.selection));
        }
        write!(f, "{joint}{self}")
    }
}

impl fmt::Display for Chosen<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = self.selection.word();
        match self.choice {
            Choice::Every if self.selection.byte.is_some() => write!(f, "the {kind}")?,
            Choice::Every => write!(f, "every {kind}")?,
            Choice::Nth(number) => write!(f, "the {} {kind}", ordinal(number))?,
            Choice::EveryNth(number) => write!(f, "every {} {kind}", ordinal(number))?,
        }
        write!(f, "{}", Clauses(self.selection))
    }
}

impl Selection {
    fn write_as_mass(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.kind != FrameKind::Frame {
            write!(f, " of the {}", self.word())?;
        }
        write!(f, "{}", Clauses(self))
    }
}

/// What is said of frames after their kind.
struct Clauses<'r>(&'r Selection);

impl fmt::Display for Clauses<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Selection { kind: _, again: _, byte, from, to, from_port, to_port, connection } =
            self.0;
        if let Some(byte) = byte {
            write!(f, " with byte {}", byte.number)?;
            match byte.of {
                None => {}
                Some(Direction::Request) => f.write_str(" of the request")?,
                Some(Direction::Answer) => f.write_str(" of the answer")?,
            }
        }
        for (word, party) in [("from", from), ("to", to)] {
            if let Some(party) = party {
                write!(f, " {word} {party}")?;
            }
        }
        for (word, port) in [("from", from_port), ("to", to_port)] {
            if let Some(port) = port {
                write!(f, " {word} port {port}")?;
            }
        }
        match connection {
            Some(number) => write!(f, " of the {} connection", ordinal(*number)),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Chosen { choice: Choice::Nth(self.number), selection: &self.of }.fmt(f)
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Time(time) => f.write_str(&written(*time, TIMES, "")),
            Self::Mark(mark) => mark.fmt(f),
        }
    }
}

impl fmt::Display for Party {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Named(name) => f.write_str(name),
            Self::Address(address) => address.fmt(f),
        }
    }
}
