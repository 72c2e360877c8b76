//! The Markdown file of a scenario: a title, an introduction, and sections, whose headings are the
//! same in every language. Comments (`<!-- … -->`) are for those who edit it, not for readers.

use std::path::Path;

use socklab_say::sentence;

use super::load_error::LoadError;
use super::model::Prose;

impl Prose {
    /// The text of a section, unless it is missing or empty.
    pub fn section(&self, key: &str) -> Option<&str> {
        self.sections.get(key).map(String::as_str).filter(|text| !text.is_empty())
    }

    /// Reads a Markdown document: a title, an introduction, sections.
    ///
    /// # Errors
    ///
    /// If it has no title, a section twice, or a comment without an end.
    pub fn parse(file: &Path, text: &str) -> Result<Self, LoadError> {
        let mut prose = Self::default();
        let mut section: Option<String> = None;
        let mut fenced = false;
        // The line in which a comment began that has not ended.
        let mut comment: Option<usize> = None;
        // Some editors begin a file with a byte order mark.
        for (index, line) in text.strip_prefix('\u{feff}').unwrap_or(text).lines().enumerate() {
            // As in Markdown, a comment begins a line, and the line in which it ends is its last.
            if comment.is_some() || !fenced && line.trim_start().starts_with("<!--") {
                comment = (!line.contains("-->")).then_some(comment.unwrap_or(index));
                continue;
            }
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
        if let Some(index) = comment {
            let what = sentence!("mistake-comment-no-end");
            return Err(LoadError::in_line(file, text, index + 1, "<!--", what));
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_are_for_those_who_edit() {
        let text = "# T\nintro\n<!-- source: tcp(7) -->\n## waits\n<!-- two\n## lines -->\nIt `<!--` waits.\n\
                    ```\n<!-- shown -->\n```\n";
        let prose = Prose::parse(Path::new("en.md"), text).unwrap();
        assert_eq!(prose.intro, "intro");
        assert_eq!(prose.sections.len(), 1);
        assert_eq!(prose.section("waits"), Some("It `<!--` waits.\n```\n<!-- shown -->\n```"));
    }

    #[test]
    fn a_comment_that_does_not_end_is_a_mistake_where_it_begins() {
        let error = Prose::parse(Path::new("en.md"), "# T\n\n<!-- source\ntext\n").unwrap_err();
        assert_eq!(error.line, 3);
    }
}
