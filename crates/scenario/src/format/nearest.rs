//! Which known word somebody may have meant.

/// Above this Jaro-Winkler similarity, one name may be a misspelling of the other.
const ALIKE: f64 = 0.75;

/// The known word that `found` may be a misspelling of.
pub(crate) fn nearest<'a>(found: &str, known: &[&'a str]) -> Option<&'a str> {
    let found = found.to_lowercase();
    let likeness = |name: &&str| strsim::jaro_winkler(&name.to_lowercase(), &found);
    let near = known.iter().copied().max_by(|a, b| likeness(a).total_cmp(&likeness(b)));
    near.filter(|near| likeness(near) > ALIKE)
}
