//! The two kinds of items in a course, and where their files are.

use std::path::{Path, PathBuf};

/// What a folder of a course holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ItemKind {
    /// A question: predict, run, see.
    Question,
    /// An exercise: something to write, and its checks.
    Exercise,
}

impl ItemKind {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Question, Self::Exercise];

    /// The folder of all items of this kind, below the course folder.
    pub fn folder(self) -> &'static str {
        match self {
            Self::Question => "questions",
            Self::Exercise => "exercises",
        }
    }

    /// The folder of the item of this name, below the course folder.
    pub fn path(self, name: &str) -> PathBuf {
        Path::new(self.folder()).join(name)
    }

    /// An item's TOML file, below the course folder.
    pub(crate) fn toml(self, name: &str) -> PathBuf {
        self.path(name).join(match self {
            Self::Question => "question.toml",
            Self::Exercise => "exercise.toml",
        })
    }
}
