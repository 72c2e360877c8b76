//! Finds entries in `comments.toml` for comments that no solution has.

use std::collections::BTreeSet;
use std::path::Path;

use socklab_say::sentence;

use crate::course::Course;
use crate::exercise::{Code, SHARED_COMMENTS, Template, part_for_any, read_comments};
use crate::format::LoadError;
use crate::item_kind::ItemKind;

impl Course {
    /// Finds translations that are never used, and files of them that can't be read.
    pub(super) fn lint_comments(&self, mistakes: &mut Vec<LoadError>) {
        let mut everywhere = BTreeSet::new();
        for exercise in self.folders(ItemKind::Exercise) {
            let folder = ItemKind::Exercise.path(&exercise);
            let comments = self.comments_of(&folder);
            self.lint_entries(&folder.join("comments.toml"), &comments, mistakes);
            everywhere.extend(comments);
        }
        // A local file may also translate the comments of the built-in exercises.
        let built_in = Self::built_in();
        for exercise in built_in.folders(ItemKind::Exercise) {
            everywhere.extend(built_in.comments_of(&ItemKind::Exercise.path(&exercise)));
        }
        self.lint_entries(Path::new(SHARED_COMMENTS), &everywhere, mistakes);
    }

    /// The comments in an exercise's solutions; misplaced marks are reported elsewhere.
    fn comments_of(&self, folder: &Path) -> BTreeSet<String> {
        let solution = |code: Code| {
            let bytes = self.file(folder.join(format!("solution.{}", code.extension())))?;
            Template::parse(code, &String::from_utf8_lossy(bytes)).ok()
        };
        let solutions = Code::OFFERED.into_iter().filter_map(solution);
        solutions.flat_map(|template| template.comments()).collect()
    }

    fn lint_entries(
        &self,
        path: &Path,
        comments: &BTreeSet<String>,
        mistakes: &mut Vec<LoadError>,
    ) {
        let entries = match read_comments(self, path) {
            Ok(entries) => entries,
            Err(error) => return mistakes.push(error),
        };
        let text = self.file(path).map(String::from_utf8_lossy).unwrap_or_default();
        for entry in entries {
            let english = entry.get_ref().english();
            if !comments.iter().any(|comment| part_for_any(english, comment).is_some()) {
                let what = sentence!("mistake-comment-unused", text = english);
                mistakes.push(LoadError::at(&self.shown(path), &text, entry.span(), what));
            }
        }
    }
}
