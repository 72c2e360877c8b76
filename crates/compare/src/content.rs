//! Bytes by their position in a stream, whoever cut them how, and as far as they were recorded.

use socklab_event::Bytes;
use socklab_flows::Position;

use crate::chance;
use crate::names::Names;

/// The bytes of one direction, or of one message.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Content {
    /// How many there are.
    pub(crate) total: u64,
    /// Those that were recorded, by where they begin.
    pub(crate) pieces: Vec<Piece>,
    /// True if how many there are is chance: the connection was cut, or the program was ended, meanwhile.
    pub(crate) vague: bool,
    /// True if its sender was left without room for more: the kernel's buffers were full, and the other end did not
    /// read.
    pub(crate) is_full: bool,
}

/// What one call moved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Piece {
    /// Which call.
    pub(crate) at: Position,
    /// Where it begins.
    pub(crate) from: u64,
    /// How many bytes the call moved.
    pub(crate) length: u64,
    /// As many of them as were recorded.
    pub(crate) bytes: Vec<u8>,
}

impl Content {
    pub(crate) fn push(&mut self, at: Position, length: u64, bytes: &[u8]) {
        let most = usize::try_from(length).unwrap_or(usize::MAX);
        let bytes = bytes[..bytes.len().min(most)].to_vec();
        self.pieces.push(Piece { at, from: self.total, length, bytes });
        self.total = self.total.saturating_add(length);
    }

    /// The call that moved the byte at a position, or the last one.
    pub(crate) fn mover(&self, position: u64) -> Option<Position> {
        let piece = self.pieces.iter().find(|piece| position < piece.from + piece.length);
        piece.or(self.pieces.last()).map(|piece| piece.at)
    }

    /// All of the bytes, if they were recorded.
    pub(crate) fn whole(&self) -> Option<Vec<u8>> {
        let known = self.pieces.iter().all(|piece| piece.bytes.len() as u64 == piece.length);
        known.then(|| self.pieces.iter().flat_map(|piece| &piece.bytes).copied().collect())
    }

    /// The recorded bytes from the beginning up to the first gap, to be quoted.
    pub(crate) fn beginning(&self) -> Bytes {
        let mut sample = Vec::new();
        for piece in &self.pieces {
            sample.extend_from_slice(&piece.bytes);
            if (piece.bytes.len() as u64) < piece.length || sample.len() > 256 {
                break;
            }
        }
        Bytes { sample, total: self.total }
    }

    /// The recorded bytes that begin at a position.
    pub(crate) fn tail(&self, position: u64) -> Bytes {
        let mut sample = Vec::new();
        for piece in self.pieces.iter().filter(|piece| piece.from + piece.length > position) {
            let skip = usize::try_from(position.saturating_sub(piece.from)).unwrap_or(usize::MAX);
            sample.extend(piece.bytes.iter().skip(skip));
            if (piece.bytes.len() as u64) < piece.length || sample.len() > 256 {
                break;
            }
        }
        Bytes { sample, total: self.total.saturating_sub(position) }
    }

    /// True if how many bytes there are is chance. Of two that ended when the buffers were full, it is how much fit.
    pub(crate) fn is_vague_beside(&self, other: &Self) -> bool {
        self.vague || other.vague || self.are_full(other)
    }

    /// True if both senders were left without room for more.
    pub(crate) fn are_full(&self, other: &Self) -> bool {
        self.is_full && other.is_full
    }

    /// Where the two differ first, if they do: at a byte, or where the shorter one ends.
    pub(crate) fn difference(&self, other: &Self, names: &Names) -> Option<u64> {
        let vague = self.is_vague_beside(other);
        if let (Some(a), Some(b)) = (self.whole(), other.whole()) {
            if a == b {
                return None;
            }
            let (a, b) = (chance::masked(&a), chance::masked(&names.in_words_of_a(&b)));
            let same = a.iter().zip(&b).take_while(|(a, b)| a == b).count();
            let ends = same == a.len().min(b.len());
            return match ends {
                true if a.len() == b.len() || vague => None,
                _ if chance::is_clock(&a, &b) => None,
                _ => Some(same as u64),
            };
        }
        let mut first: Option<u64> = None;
        for a in &self.pieces {
            for b in &other.pieces {
                let from = a.from.max(b.from);
                let recorded = |piece: &Piece| piece.from + piece.bytes.len() as u64;
                let to = recorded(a).min(recorded(b));
                if from >= to || first.is_some_and(|first| first <= from) {
                    continue;
                }
                let part = |piece: &Piece| {
                    let index = |at: u64| usize::try_from(at - piece.from).unwrap_or(usize::MAX);
                    piece.bytes[index(from)..index(to)].to_vec()
                };
                let (a, b) = (chance::masked(&part(a)), chance::masked(&part(b)));
                let same = a.iter().zip(&b).take_while(|(a, b)| a == b).count();
                if same < a.len().min(b.len()) {
                    first = Some(from + same as u64);
                }
            }
        }
        let lengths = (self.total != other.total && !vague).then(|| self.total.min(other.total));
        first.or(lengths)
    }
}
