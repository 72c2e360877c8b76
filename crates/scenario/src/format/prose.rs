//! The Markdown file of a scenario: a title, an introduction, and sections, whose headings are the
//! same in every language.

use std::path::Path;

use socklab_say::sentence;

use super::load_error::LoadError;
use super::model::Prose;

impl Prose {
    /// The text of a section, unless it is missing or empty.
    pub fn section(&self, key: &str) -> Option<&str> {
        self.sections.get(key).map(String::as_str).filter(|text| !text.is_empty())
    }

    pub(crate) fn parse(file: &Path, text: &str) -> Result<Self, LoadError> {
        let mut prose = Self::default();
        let mut section: Option<String> = None;
        let mut fenced = false;
        // Some editors begin a file with a byte order mark.
        for (index, line) in text.strip_prefix('\u{feff}').unwrap_or(text).lines().enumerate() {
            fenced ^= line.trim_start().starts_with("```");
            if !fenced {
                if let Some(key) = line.strip_prefix("## ") {
                    let key = key.trim().to_owned();
                    if prose.sections.insert(key.clone(), String::new()).is_some() {
                        let what = sentence!("mistake-section-twice", key = key);
                        return Err(LoadError::in_line(file, text, index + 1, &key, what));
                    }
                    section = Some(key);
                    continue;
                }
                if let Some(title) = line.strip_prefix("# ").filter(|_| prose.title.is_empty()) {
                    prose.title = title.trim().to_owned();
                    continue;
                }
            }
            let into = match &section {
                Some(key) => prose.sections.entry(key.clone()).or_default(),
                None => &mut prose.intro,
            };
            into.push_str(line);
            into.push('\n');
        }
        if prose.title.is_empty() {
            return Err(LoadError::whole(file, sentence!("mistake-no-title")));
        }
        prose.intro = prose.intro.trim().to_owned();
        for text in prose.sections.values_mut() {
            *text = text.trim().to_owned();
        }
        Ok(prose)
    }
}
