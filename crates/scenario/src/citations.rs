//! What an explanation cites: `{NAME.WORD}`.

use socklab_say::Template;

/// Every `{NAME.WORD}` of a text.
pub(crate) fn citations(text: &str) -> Vec<(&str, &str)> {
    let good = |part: &str| {
        !part.is_empty()
            && part.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
    };
    let template = Template::parse(text);
    let pairs = template.names().filter_map(|name| name.split_once('.'));
    pairs.filter(|(name, word)| good(name) && good(word)).collect()
}

/// The paragraphs that cite nothing of these names.
pub(crate) fn without<'t>(text: &'t str, names: &[&str]) -> Vec<&'t str> {
    let cites = |paragraph: &str| citations(paragraph).iter().any(|(name, _)| names.contains(name));
    let paragraphs = text.split("\n\n").map(str::trim);
    paragraphs.filter(|paragraph| !paragraph.is_empty() && !cites(paragraph)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_paragraph_goes_with_what_it_cites() {
        let text = "It failed: {refused.error}.\n\nAn {rst.flags} came\nback.\n\n{port} is {rst}.";
        assert_eq!(citations(text), [("refused", "error"), ("rst", "flags")]);
        assert_eq!(without(text, &["rst"]), ["It failed: {refused.error}.", "{port} is {rst}."]);
        assert_eq!(without(text, &[]).len(), 3);
    }
}
