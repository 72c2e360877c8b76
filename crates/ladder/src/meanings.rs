//! What error names mean.
/// Meaning.
pub fn meaning(_errno: event::Errno, _words: &crate::Words) -> Option<&'static str> {
    None
}
