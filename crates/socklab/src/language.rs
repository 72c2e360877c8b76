//! The language the user asked for.

use std::ffi::OsString;

use socklab_say::Language;

/// Looks for `--lang`, then at the locale variables in the order of setlocale(3).
pub(crate) fn asked_for(arguments: &[OsString]) -> Language {
    let mut words = arguments.iter().filter_map(|word| word.to_str());
    // What follows `--` belongs to another program.
    while let Some(word) = words.next().filter(|word| *word != "--") {
        let value = match word.strip_prefix("--lang") {
            Some("") => words.next(),
            Some(rest) => rest.strip_prefix('='),
            None => continue,
        };
        if let Some(language) = value.and_then(Language::find) {
            return language;
        }
    }
    let locale = ["LC_ALL", "LC_MESSAGES", "LANG"]
        .iter()
        .filter_map(|name| std::env::var(name).ok())
        .find(|value| !value.is_empty())
        .unwrap_or_default();
    Language::of_locale(&locale).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_is_asked_for_by_option_before_the_locale() {
        let asked = |line: &str| {
            let words: Vec<_> = line.split(' ').map(OsString::from).collect();
            asked_for(&words).tag()
        };
        assert_eq!(asked("socklab tour --lang es"), "es");
        assert_eq!(asked("socklab --lang=ES list"), "es");
    }
}
