//! `comments.toml`: a comment for each group, which goes to all its members. The teacher writes it; grading
//! again keeps what is written.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use socklab_say::{Speaker, say};

use super::groups::Group;
use crate::Gradebook;

/// The version of the format. Files of a later one are not read.
const FORMAT_VERSION: u32 = 1;

/// The comments of a class.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Comments {
    /// The version of the format: 1.
    pub format_version: u32,
    /// One for each group, the largest first.
    #[serde(default, rename = "group", skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<Comment>,
    /// Comments on groups that are no more, kept so that nothing is lost. They go to nobody.
    #[serde(default, rename = "former", skip_serializing_if = "Vec::is_empty")]
    pub former: Vec<Comment>,
}

/// A comment on a group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Comment {
    /// The group's name.
    pub name: String,
    /// What it is, for whoever writes the comment. Written anew each time.
    #[serde(default)]
    pub about: String,
    /// The comment; nothing is said if it is empty.
    #[serde(default)]
    pub comment: String,
    /// Who was in the group when this was written, by id. If the group gets another name, the comment
    /// follows its members.
    #[serde(default)]
    pub members: Vec<String>,
}

/// Why comments can't be read.
#[derive(Debug, thiserror::Error)]
pub enum CommentsError {
    /// It is not TOML, or not of this form: where, and what is wrong.
    #[error("{0}")]
    Format(#[from] toml::de::Error),
    /// A later version wrote it.
    #[error("format_version is {0}, and this version of socklab reads 1")]
    Version(u32),
    /// A group has two comments.
    #[error("two comments for the group {0}")]
    Twice(String),
}

impl Comments {
    /// Reads a file.
    ///
    /// # Errors
    ///
    /// What is wrong with it.
    pub fn read(text: &str) -> Result<Self, CommentsError> {
        let comments: Self = toml::from_str(text)?;
        if comments.format_version != FORMAT_VERSION {
            return Err(CommentsError::Version(comments.format_version));
        }
        let mut names = BTreeSet::new();
        match comments.groups.iter().find(|one| !names.insert(one.name.as_str())) {
            Some(twice) => Err(CommentsError::Twice(twice.name.clone())),
            None => Ok(comments),
        }
    }

    /// The comments for the groups of this book: a template for what has none yet. What is written in
    /// `before` is kept: by the group's name, else, if that group is no more, for the group most of whose
    /// members it was written for; else among the former.
    pub fn for_groups(book: &Gradebook, before: Option<&Self>, speaker: Speaker) -> Self {
        let groups = book.groups();
        let written: Vec<&Comment> = before.iter().flat_map(|it| it.all()).collect();
        let now: BTreeSet<&str> = groups.iter().map(|group| group.name.as_str()).collect();
        let mut used = BTreeSet::new();
        let mut comments = Vec::new();
        for group in &groups {
            let same = written.iter().position(|one| one.name == group.name);
            let from = same.or_else(|| follows(&written, &now, group));
            used.extend(from);
            comments.push(Comment {
                name: group.name.clone(),
                about: group.title(speaker),
                comment: from.map_or_else(String::new, |from| written[from].comment.clone()),
                members: group.members.iter().map(|id| (*id).to_owned()).collect(),
            });
        }
        let left = written.iter().enumerate().filter(|(index, _)| !used.contains(index));
        let former = left.map(|(_, one)| (*one).clone()).collect();
        Self { format_version: FORMAT_VERSION, groups: comments, former }
    }

    /// Those that say something.
    fn all(&self) -> impl Iterator<Item = &Comment> {
        let all = self.groups.iter().chain(&self.former);
        all.filter(|one| !one.comment.trim().is_empty())
    }

    /// The file.
    pub fn text(&self, speaker: Speaker) -> String {
        let mut text = String::new();
        for line in say!(speaker, "comments-heading").lines() {
            text.push_str("# ");
            text.push_str(line.trim());
            text.push('\n');
        }
        text.push('\n');
        // Strings and lists of strings can always be written.
        text.push_str(&toml::to_string_pretty(self).unwrap_or_default());
        text
    }

    /// The comment on a group.
    pub fn of(&self, group: &str) -> Option<&str> {
        let one = self.groups.iter().find(|one| one.name == group)?;
        Some(one.comment.trim()).filter(|comment| !comment.is_empty())
    }
}

/// The comment that was written for most of a group's members, on a group that is no more.
fn follows(written: &[&Comment], now: &BTreeSet<&str>, group: &Group<'_>) -> Option<usize> {
    let shared = |one: &Comment| {
        let theirs = |id: &&&str| one.members.iter().any(|member| member == **id);
        group.members.iter().filter(theirs).count()
    };
    let gone = written.iter().enumerate().filter(|(_, one)| !now.contains(one.name.as_str()));
    let most = gone.map(|(index, one)| (shared(one), index)).max_by_key(|(shared, _)| *shared);
    most.filter(|(shared, _)| 2 * shared > group.members.len()).map(|(_, index)| index)
}

impl Gradebook {
    /// Notes in every result the comment on its group.
    pub fn note_comments(&mut self, comments: &Comments) {
        for one in &mut self.results {
            let comment = one.group.as_deref().and_then(|group| comments.of(group));
            one.comment = comment.map(str::to_owned);
        }
    }
}
