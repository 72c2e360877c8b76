//! The bytes of one direction of a stream, as far as they were recorded.

/// Pieces of a stream, with gaps where a recording has only the beginnings of what was sent.
#[derive(Clone, Debug, Default)]
pub struct Content {
    /// Where each piece begins, and its bytes; in order, without overlaps.
    pieces: Vec<(u64, Vec<u8>)>,
    /// How many bytes went this way, recorded or not.
    end: u64,
}

impl Content {
    /// From pieces in any order, which may overlap, of a stream of `end` bytes. `None` if two of them
    /// contradict each other.
    pub fn of<'b>(pieces: impl IntoIterator<Item = (u64, &'b [u8])>, end: u64) -> Option<Self> {
        let mut sorted: Vec<(u64, &[u8])> = pieces.into_iter().collect();
        sorted.sort_by_key(|(at, _)| *at);
        let mut joined: Vec<(u64, Vec<u8>)> = Vec::new();
        for (at, bytes) in sorted {
            let Some((from, last)) = joined.last_mut() else {
                joined.push((at, bytes.to_vec()));
                continue;
            };
            let inside = usize::try_from(at - *from).ok()?;
            if inside > last.len() {
                joined.push((at, bytes.to_vec()));
                continue;
            }
            let shared = (last.len() - inside).min(bytes.len());
            if last[inside..inside + shared] != bytes[..shared] {
                return None;
            }
            last.extend_from_slice(&bytes[shared..]);
        }
        joined.retain(|(_, bytes)| !bytes.is_empty());
        Some(Self { pieces: joined, end })
    }

    /// What is known without a gap from an offset on.
    pub(super) fn from(&self, at: u64) -> &[u8] {
        let next = self.pieces.partition_point(|(from, _)| *from <= at);
        let Some((from, bytes)) = next.checked_sub(1).map(|index| &self.pieces[index]) else {
            return &[];
        };
        usize::try_from(at - from).ok().and_then(|inside| bytes.get(inside..)).unwrap_or_default()
    }

    /// How many bytes went this way.
    pub(super) fn end(&self) -> u64 {
        self.end
    }
}
