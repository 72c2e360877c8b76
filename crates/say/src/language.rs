//! The languages that have texts.

use std::fmt;

/// A language that socklab speaks: a folder of texts that existed at build time.
#[derive(Clone, Copy)]
pub struct Language(&'static Locale);

/// The texts of a language, as they are in its folder.
#[derive(Debug)]
pub(crate) struct Locale {
    tag: &'static str,
    /// File name and content.
    files: &'static [(&'static str, &'static str)],
}

impl Locale {
    const fn new(tag: &'static str, files: &'static [(&'static str, &'static str)]) -> Self {
        Self { tag, files }
    }
}

const LOCALES: &[Locale] = &include!(concat!(env!("OUT_DIR"), "/locales.rs"));

/// The number of languages.
pub(crate) const COUNT: usize = LOCALES.len();

impl Language {
    /// The reference language, which has every sentence.
    pub const ENGLISH: Self = Self(english());

    /// Every language, sorted by tag.
    pub fn all() -> impl ExactSizeIterator<Item = Self> + Clone {
        LOCALES.iter().map(Self)
    }

    /// The language with this BCP 47 tag, or else the one it is a variety of: `es-CO` and `ES`
    /// find `es`.
    pub fn find(tag: &str) -> Option<Self> {
        let mut tag = tag;
        loop {
            if let Some(found) = Self::all().find(|it| it.tag().eq_ignore_ascii_case(tag)) {
                return Some(found);
            }
            tag = tag.rsplit_once('-')?.0;
        }
    }

    /// The language of a POSIX locale such as `es_CO.UTF-8` or `C`, as in the environment variables
    /// `LC_ALL` and `LANG` (locale(7)).
    pub fn of_locale(locale: &str) -> Option<Self> {
        let name = locale.split(['.', '@']).next().unwrap_or_default();
        Self::find(&name.replace('_', "-"))
    }

    /// Its BCP 47 tag: `en`.
    pub const fn tag(self) -> &'static str {
        self.0.tag
    }

    /// Its texts: the name and content of each file.
    pub const fn files(self) -> &'static [(&'static str, &'static str)] {
        self.0.files
    }

    /// Its index in [`all`](Self::all).
    pub(crate) fn index(self) -> usize {
        Self::all().position(|other| other == self).unwrap_or_default()
    }
}

/// Finds the folder `en` at compile time: without it there would be no fallback.
const fn english() -> &'static Locale {
    let mut index = 0;
    while index < LOCALES.len() {
        if matches!(LOCALES[index].tag.as_bytes(), b"en") {
            return &LOCALES[index];
        }
        index += 1;
    }
    panic!("there is no folder locales/en")
}

impl Default for Language {
    fn default() -> Self {
        Self::ENGLISH
    }
}

impl PartialEq for Language {
    fn eq(&self, other: &Self) -> bool {
        self.tag() == other.tag()
    }
}

impl Eq for Language {}

impl fmt::Debug for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Language").field(&self.tag()).finish()
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.tag())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variety_finds_its_language() {
        let found = |tag| Language::find(tag).map(Language::tag);
        assert_eq!(found("en"), Some("en"));
        assert_eq!(found("ES"), Some("es"));
        assert_eq!(found("es-419-x"), Some("es"));
        assert_eq!(found("tlh"), None);
        assert_eq!(found(""), None);
    }

    #[test]
    fn a_locale_names_a_language() {
        let found = |locale| Language::of_locale(locale).map(Language::tag);
        assert_eq!(found("es_CO.UTF-8"), Some("es"));
        assert_eq!(found("es@euro"), Some("es"));
        assert_eq!(found("en_US"), Some("en"));
        assert_eq!(found("C.UTF-8"), None);
        assert_eq!(found("est_EE"), None);
    }
}
