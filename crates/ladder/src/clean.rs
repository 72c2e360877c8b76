//! Texts from a recording, made harmless for any display: no control characters, no line breaks,
//! nothing that turns the direction of writing.

/// The text with everything unprintable escaped as `\n`, `\u{1b}` ….
pub(crate) fn clean(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '"' | '\'' | '\\' => clean.push(char),
            _ => clean.extend(char.escape_debug()),
        }
    }
    clean
}

/// The last part of a path: what people call a program.
pub(crate) fn basename(path: &str) -> &str {
    path.rsplit('/').find(|part| !part.is_empty()).unwrap_or(path)
}

/// The text, if it is too long cut, with an ellipsis and its whole length.
pub(crate) fn cut(text: &str, most: usize, words: &crate::Words) -> String {
    let length = text.chars().count();
    if length <= most {
        return text.to_owned();
    }
    let kept: String = text.chars().take(most).collect();
    let whole = words.number(length as u64);
    let whole = crate::words::fill(&words.characters, &[("n", &whole)]);
    format!("{kept}… ({whole})")
}
