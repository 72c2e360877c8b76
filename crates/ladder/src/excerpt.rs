//! A part of a ladder.

use crate::Ladder;

impl Ladder {
    /// Keeps only the rows from the first of these events to the last, and this many before and after
    /// them. An arrow stays if it begins in a row that does; where it would arrive in another row, it
    /// ends at the lifeline. Without any of the events in it, the ladder stays as it is.
    pub fn excerpt(&mut self, seqs: &[u64], around: usize) {
        let rows: Vec<usize> = seqs.iter().filter_map(|seq| self.row_of(*seq)).collect();
        let (Some(first), Some(last)) = (rows.iter().min(), rows.iter().max()) else { return };
        let kept = first.saturating_sub(around)..(last + around + 1).min(self.rows.len());
        self.rows.truncate(kept.end);
        self.rows.drain(..kept.start);
        self.rows.iter_mut().take(1).for_each(|row| row.silence = None);
        let places: Vec<usize> = (0..self.arrows.len())
            .filter(|index| kept.contains(&self.arrows[*index].row))
            .collect();
        for row in &mut self.rows {
            row.arrow = row.arrow.and_then(|arrow| places.binary_search(&arrow).ok());
        }
        self.arrows.retain(|arrow| kept.contains(&arrow.row));
        for arrow in &mut self.arrows {
            arrow.row -= kept.start;
            arrow.heads.retain(|head| kept.contains(&head.row));
            arrow.heads.iter_mut().for_each(|head| head.row -= kept.start);
        }
    }
}

#[cfg(test)]
mod tests {
    use socklab_say::Speaker;

    use crate::{Ladder, Options, SvgStyle, TextStyle};

    #[test]
    fn an_excerpt_has_the_rows_around_its_events_and_no_arrow_out_of_it() {
        let timeline = socklab_timelines::scenes::upper_tcp();
        let whole = Ladder::of(&timeline, &Options::new(Speaker::ENGLISH));
        let seqs = |ladder: &Ladder| -> Vec<Vec<u64>> {
            ladder.rows.iter().map(|row| row.seqs.clone()).collect()
        };
        for row in 0..whole.rows.len() {
            let Some(seq) = whole.rows[row].seqs.first().copied() else { continue };
            let mut part = whole.clone();
            part.excerpt(&[seq], 1);
            let found = whole.row_of(seq).unwrap();
            let wanted = found.saturating_sub(1)..(found + 2).min(whole.rows.len());
            assert_eq!(seqs(&part), seqs(&whole)[wanted.clone()]);
            for (at, row) in part.rows.iter().enumerate() {
                let before = whole.rows[wanted.start + at].arrow.map(|it| &whole.arrows[it].label);
                assert_eq!(row.arrow.map(|it| &part.arrows[it].label), before);
            }
            let heads = part.arrows.iter().flat_map(|arrow| arrow.heads.iter().map(|it| it.row));
            let tails = part.arrows.iter().map(|arrow| arrow.row);
            assert!(heads.chain(tails).all(|row| row < part.rows.len()));
            // Every display can draw it.
            assert!(!part.to_text(&TextStyle::new(80)).is_empty());
            assert!(!part.to_svg(&SvgStyle::default()).is_empty());
        }
        let mut same = whole.clone();
        same.excerpt(&[u64::MAX], 1);
        assert_eq!(seqs(&same), seqs(&whole));
    }
}
