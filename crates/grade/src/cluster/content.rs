//! Where bytes are from that a submission sends. What peers say differs with the seed, so bytes are
//! described by what they repeat: that stays the same.

use super::form::{Amount, Change, Own, Piece};
use super::turns::OtherTurn;

/// A turn with more bytes is only counted.
const LOOKED_AT: u64 = 4096;

/// The shortest repetition that tells something where more could follow. A shorter one may be chance.
const TELLING: usize = 3;

/// The most pieces of a turn.
const PIECES: usize = 24;

/// How many bytes in a turn are looked for in vain. It has words of its own then.
const TRIES: usize = 256;

const CHANGES: [Change; 3] = [Change::Same, Change::Upper, Change::Lower];

/// What a submission may repeat.
#[derive(Debug)]
pub(super) struct Source<'a> {
    /// What the other end says in this conversation.
    own: &'a [u8],
    /// What others say, by name.
    others: &'a [(&'a str, &'a [u8])],
    /// How much of `own` was repeated: what is due next.
    done: usize,
}

/// What was repeated: of whom (`None`: the other end), from where, how much, and how.
struct Match {
    other: Option<usize>,
    from: usize,
    length: usize,
    change: Change,
}

impl<'a> Source<'a> {
    pub(super) fn new(own: &'a [u8], others: &'a [(&'a str, &'a [u8])]) -> Self {
        Self { own, others, done: 0 }
    }

    /// The beginning of these bytes, if somebody has said it.
    fn find(&self, bytes: &[u8], up_to: usize) -> Option<Match> {
        let own = &self.own[..self.own.len().min(up_to)];
        let next = own.get(self.done..).unwrap_or_default();
        let due = longest(next, bytes).map(|(length, change)| Match {
            other: None,
            from: self.done,
            length,
            change,
        });
        // A word of its own may begin with a letter that was due.
        let tells = |due: &Match| {
            due.length >= TELLING || due.length == bytes.len() || due.length == next.len()
        };
        if let Some(due) = due.filter(|due| due.length > 0).filter(tells) {
            return Some(due);
        }
        let again = anywhere(own, bytes).map(|(from, length, change)| Match {
            other: None,
            from,
            length,
            change,
        });
        let of = self.others.iter().enumerate().filter_map(|(index, (_, theirs))| {
            let (from, length, change) = anywhere(theirs, bytes)?;
            Some(Match { other: Some(index), from, length, change })
        });
        // Of equals the first.
        let mut best: Option<Match> = None;
        for one in again.into_iter().chain(of) {
            if best.as_ref().is_none_or(|best| one.length > best.length) {
                best = Some(one);
            }
        }
        best
    }
}

/// What a submission sent in a turn, by where it is from. `bytes` are the first of `total`.
pub(super) fn pieces(
    source: &mut Source<'_>,
    turn: &OtherTurn,
    bytes: &[u8],
    total: u64,
) -> Vec<Piece> {
    let (from, to) = (turn.from, turn.to);
    let known = source.own.len() as u64 >= to;
    if total > LOOKED_AT || to - from > LOOKED_AT || (bytes.len() as u64) < total || !known {
        source.done = usize::try_from(to).unwrap_or(usize::MAX);
        return vec![Piece::Many(match total.cmp(&(to - from)) {
            std::cmp::Ordering::Less => Amount::Fewer,
            std::cmp::Ordering::Equal => Amount::AsMany,
            std::cmp::Ordering::Greater => Amount::More,
        })];
    }
    // Its words are those of the protocol, which the request may have used, too.
    if let Some(status) = status(bytes) {
        return vec![Piece::Own(Own::Http(status))];
    }
    let up_to = usize::try_from(to).unwrap_or(usize::MAX);
    let mut found = Vec::new();
    let (mut at, mut own, mut tries) = (0, 0, 0);
    while at < bytes.len() && tries < TRIES {
        let Some(repeated) = source.find(&bytes[at..], up_to) else {
            at += 1;
            tries += 1;
            continue;
        };
        of_its_own(&mut found, &bytes[own..at]);
        at += repeated.length;
        own = at;
        match repeated.other {
            Some(index) => {
                found.push(Piece::Of(source.others[index].0.to_owned(), repeated.change));
            }
            None => {
                let end = repeated.from + repeated.length;
                source.done = end;
                by_turn(&mut found, turn, repeated.from as u64..end as u64, repeated.change);
            }
        }
    }
    of_its_own(&mut found, &bytes[own..]);
    tidy(found)
}

fn of_its_own(found: &mut Vec<Piece>, bytes: &[u8]) {
    let own = match bytes {
        [] => return,
        zeros if zeros.iter().all(|byte| *byte == 0) => Own::Zeros,
        blanks if blanks.iter().all(u8::is_ascii_whitespace) => Own::Blanks,
        _ => Own::Other,
    };
    found.push(Piece::Own(own));
}

/// The status of an HTTP response that begins here (RFC 9112, section 4).
fn status(bytes: &[u8]) -> Option<u16> {
    let after = bytes.strip_prefix(b"HTTP/1.")?;
    let digits = std::str::from_utf8(after.get(2..5)?).ok()?;
    digits.parse().ok()
}

fn by_turn(found: &mut Vec<Piece>, turn: &OtherTurn, bytes: std::ops::Range<u64>, change: Change) {
    if bytes.start < turn.from {
        found.push(Piece::Earlier(change));
    }
    let (from, to) = (bytes.start.max(turn.from), bytes.end.min(turn.to));
    let of = turn.to - turn.from;
    if from < to {
        let (from, to) = (from - turn.from, to - turn.from);
        found.push(if to - from == of {
            Piece::Whole(change)
        } else {
            Piece::Part { from, to, of, change }
        });
    }
}

/// Joins parts that follow each other, sorts what several others have said (who was first is chance),
/// and keeps the number of pieces small.
fn tidy(found: Vec<Piece>) -> Vec<Piece> {
    let mut tidied: Vec<Piece> = Vec::new();
    for piece in found {
        let joined = match (tidied.last(), &piece) {
            (
                Some(&Piece::Part { from, to: end, of, change }),
                &Piece::Part { from: next, to, change: same, .. },
            ) if end == next && change == same => Some(if to - from == of {
                Piece::Whole(change)
            } else {
                Piece::Part { from, to, of, change }
            }),
            (Some(Piece::Earlier(before)), Piece::Earlier(change)) if before == change => {
                Some(piece.clone())
            }
            _ => None,
        };
        match joined {
            Some(joined) => *tidied.last_mut().expect("there is one") = joined,
            None => tidied.push(piece),
        }
    }
    let mut from = 0;
    while from < tidied.len() {
        let of = tidied[from..].iter().take_while(|it| matches!(it, Piece::Of(..))).count();
        tidied[from..from + of].sort();
        from += of.max(1);
    }
    if tidied.len() > PIECES {
        tidied.truncate(PIECES);
        tidied.push(Piece::Own(Own::Other));
    }
    tidied
}

/// How many bytes two texts have in common at their beginning, and how the second was changed. If it
/// can't be told, it was not.
fn longest(said: &[u8], repeated: &[u8]) -> Option<(usize, Change)> {
    let mut best: Option<(usize, Change)> = None;
    for change in CHANGES {
        let same = |(said, repeated): &(&u8, &u8)| applied(change, **said) == **repeated;
        let length = said.iter().zip(repeated).take_while(same).count();
        if best.is_none_or(|(most, _)| length > most) {
            best = Some((length, change));
        }
    }
    best
}

fn applied(change: Change, byte: u8) -> u8 {
    match change {
        Change::Same => byte,
        Change::Upper => byte.to_ascii_uppercase(),
        Change::Lower => byte.to_ascii_lowercase(),
    }
}

/// The longest beginning of `repeated` that is anywhere in `said`, if it tells something: where, how
/// long, and how it was changed.
fn anywhere(said: &[u8], repeated: &[u8]) -> Option<(usize, usize, Change)> {
    let said = &said[..said.len().min(2 * LOOKED_AT as usize)];
    let mut best: Option<(usize, usize, Change)> = None;
    for from in 0..said.len() {
        let Some((length, change)) = longest(&said[from..], repeated) else { continue };
        if length >= TELLING && best.is_none_or(|(_, most, _)| length > most) {
            best = Some((from, length, change));
        }
    }
    best
}
