//! The comments of solutions in other languages: `comments.toml`.

use std::path::Path;

use serde::Deserialize;
use socklab_judge::Texts;
use socklab_say::Language;
use toml::Spanned;

use crate::course::Course;
use crate::format::{self, LoadError};
use crate::item_kind::ItemKind;

/// The file of the comments that all exercises share, below the course folder.
pub(crate) const SHARED_COMMENTS: &str = "exercises/comments.toml";

/// Stands in an entry for any text, such as the command that runs a program.
const ANY: &str = "{command}";

/// The comments of an exercise's solutions, in several languages.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Comments(Vec<Texts>);

/// A file of comments.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    comment: Vec<Spanned<Texts>>,
}

impl Comments {
    /// The comments of an exercise: its own, then those that all exercises of the course share, then
    /// the shared ones of the built-in course.
    ///
    /// # Errors
    ///
    /// The first mistake in the files.
    pub fn of(course: &Course, exercise: &str) -> Result<Self, LoadError> {
        let own = ItemKind::Exercise.path(exercise).join("comments.toml");
        let shared = Path::new(SHARED_COMMENTS);
        let mut all = read(course, &own)?;
        all.extend(read(course, shared)?);
        all.extend(read(&Course::built_in(), shared)?);
        Ok(Self(all.into_iter().map(Spanned::into_inner).collect()))
    }

    /// A comment of a solution, which is in English, in this language; `None` if nobody has
    /// translated it.
    pub fn said(&self, comment: &str, language: Language) -> Option<String> {
        self.0.iter().find_map(|entry| {
            let any = part_for_any(entry.english(), comment)?;
            let text = entry.own(language.tag()).filter(|text| !text.trim().is_empty())?;
            Some(text.replace(ANY, any))
        })
    }
}

/// What stands in a comment where an entry has [`ANY`]; empty if the entry is the comment itself.
/// `None` if the entry is about another comment.
pub(crate) fn part_for_any<'c>(entry: &str, comment: &'c str) -> Option<&'c str> {
    match entry.split_once(ANY) {
        Some((before, after)) => comment.strip_prefix(before)?.strip_suffix(after),
        None => (entry == comment).then_some(""),
    }
}

/// The comments of one file; none if there is no such file.
pub(crate) fn read(course: &Course, path: &Path) -> Result<Vec<Spanned<Texts>>, LoadError> {
    let Some(bytes) = course.file(path) else { return Ok(Vec::new()) };
    let text = String::from_utf8_lossy(bytes);
    let file: File = format::read(&text)
        .map_err(|mistake| LoadError::of(&course.shown(path), &text, mistake))?;
    Ok(file.comment)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exercise::{Code, Template};

    #[test]
    fn an_exercises_own_comments_come_before_the_shared_ones() {
        let file = |text: &str| text.as_bytes().to_vec();
        let course = Course::of([
            ("exercises/mine/comments.toml", file("[[comment]]\nen = \"One.\"\nes = \"Uno.\"\n")),
            (
                "exercises/comments.toml",
                file(
                    "[[comment]]\nen = \"One.\"\nes = \"1.\"\n[[comment]]\n\
                     en = \"Run: {command} [PORT]\"\nes = \"Ejecuta: {command} [PUERTO]\"\n",
                ),
            ),
        ]);
        let comments = Comments::of(&course, "mine").unwrap();
        let spanish = Language::find("es").unwrap();
        let said = |comment| comments.said(comment, spanish);
        assert_eq!(said("One.").as_deref(), Some("Uno."));
        assert_eq!(said("Run: ./a [PORT]").as_deref(), Some("Ejecuta: ./a [PUERTO]"));
        assert_eq!(said("Two."), None);
    }

    /// A Spanish starter has no English comments.
    #[test]
    fn every_comment_of_a_built_in_starter_is_translated() {
        let course = Course::built_in();
        let mut untranslated = Vec::new();
        let mut found = 0;
        for exercise in course.folders(ItemKind::Exercise) {
            let comments = Comments::of(&course, &exercise).unwrap();
            for code in Code::OFFERED {
                let file = format!("exercises/{exercise}/solution.{}", code.extension());
                let Some(text) = course.file(&file) else { continue };
                let template = Template::parse(code, &String::from_utf8_lossy(text)).unwrap();
                for comment in template.comments() {
                    found += 1;
                    for tag in crate::LANGUAGES {
                        let language = Language::find(tag).unwrap();
                        if comments.said(&comment, language).is_none() && tag != "en" {
                            untranslated.push(format!("{file}: {comment}"));
                        }
                    }
                }
            }
        }
        assert!(found > 150, "the search found only {found} comments");
        assert!(untranslated.is_empty(), "not translated:\n{}", untranslated.join("\n"));
    }
}
