//! What could not be compared, and what was not because it is chance how much of it there is.

use socklab_event::{Notice, What};
use socklab_say::{Sentence, count, sentence};

use crate::align::Pair;
use crate::form::{Deed, Kind};
use crate::pairing::Side;

/// What one of the recordings lacks.
pub(crate) fn of_runs(sides: &[Side<'_, '_>; 2]) -> Vec<Sentence> {
    let mut notes = Vec::new();
    for (side, name) in sides.iter().zip(["a", "b"]) {
        if let Some(limit) = &side.run.limit {
            notes.push(sentence!("diff-limit", run = name, seq = count(limit.seq)));
        }
        let hidden = side.flows.order.iter().any(|event| match &event.what {
            What::Notice(notice) => matches!(
                **notice,
                Notice::IoUring { .. }
                    | Notice::ForeignAbi { .. }
                    | Notice::NotFollowed { .. }
                    | Notice::NotDecoded { .. }
                    | Notice::Attached { .. }
            ),
            _ => false,
        });
        if hidden {
            notes.push(sentence!("diff-hidden", run = name));
        }
        if side.run.is_sampled {
            notes.push(sentence!("diff-sampled", run = name));
        }
    }
    notes
}

/// A sender that was left without room in both runs, if not as much fit in the one as in the other.
pub(crate) fn of_room(
    who: &str,
    connection: Option<usize>,
    pairs: &[Pair],
    a: &[Deed],
    b: &[Deed],
) -> Option<Sentence> {
    let connection = connection?;
    pairs.iter().find_map(|pair| match (&a[pair.a?].kind, &b[pair.b?].kind) {
        (Kind::Sends { content, .. }, Kind::Sends { content: other, .. })
            if content.are_full(other) && content.total != other.total =>
        {
            let (a, b) = (count(content.total), count(other.total));
            Some(sentence!("diff-room", who = who, n = count(connection), a = a, b = b))
        }
        _ => None,
    })
}
