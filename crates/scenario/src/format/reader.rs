//! A course file that is being read: its text, the names in its scenario, and how to report a
//! mistake in it.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::Path;

use serde::de::DeserializeOwned;
use socklab_say::{Sentence, sentence};
use toml::Spanned;

use super::document;
use super::load_error::LoadError;
use super::mistake::Mistake;

/// The version of the format this program reads.
pub const FORMAT_VERSION: u32 = 1;
/// The words of `topic`.
const TOPICS: [&str; 5] = ["tcp", "udp", "http", "names", "ntp"];

/// A file that is being read.
pub(super) struct Reader<'a> {
    pub(super) file: &'a Path,
    pub(super) text: &'a str,
}

/// The actors and peers of a scenario, by name.
#[derive(Clone, Debug, Default)]
pub(super) struct Cast {
    pub(super) actors: Vec<String>,
    pub(super) peers: Vec<String>,
    /// The members of crowds, by the crowd's name; they are peers too.
    pub(super) crowds: BTreeMap<String, Vec<String>>,
    /// The actors whose whole input is given.
    pub(super) with_stdin: Vec<String>,
}

pub(super) type Result<T> = std::result::Result<T, LoadError>;

impl Reader<'_> {
    pub(super) fn read<T: DeserializeOwned>(&self) -> Result<T> {
        document::read(self.text).map_err(|mistake| LoadError::of(self.file, self.text, mistake))
    }

    /// Reports a mistake in a part of the file.
    pub(super) fn wrong<T>(&self, span: Range<usize>, what: Sentence) -> Result<T> {
        Err(LoadError::at(self.file, self.text, span, what))
    }

    /// Reports a mistake in the part of the file that it names, or in `whole` if it names none.
    pub(super) fn mistake<T>(&self, mistake: Mistake, whole: Range<usize>) -> Result<T> {
        Err(LoadError::of(self.file, self.text, mistake.within(whole)))
    }

    /// The number of the line in which a part of the file begins, from 1.
    pub(super) fn line(&self, span: &Range<usize>) -> usize {
        let before = &self.text.as_bytes()[..span.start.min(self.text.len())];
        before.iter().filter(|byte| **byte == b'\n').count() + 1
    }

    pub(super) fn version(&self, version: &Spanned<u32>) -> Result<()> {
        if *version.get_ref() == FORMAT_VERSION {
            return Ok(());
        }
        let what = sentence!("mistake-version", found = *version.get_ref(), known = FORMAT_VERSION);
        self.wrong(version.span(), what)
    }

    /// Checks the words that questions and exercises are sorted by.
    pub(super) fn topic(&self, topic: Option<Spanned<String>>) -> Result<String> {
        let Some(topic) = topic else { return Ok(String::new()) };
        if let Some(found) = topic.get_ref().split(' ').find(|word| !TOPICS.contains(word)) {
            let what = sentence!("mistake-unknown-topic", found = found, known = TOPICS.join(", "));
            return self.wrong(topic.span(), what);
        }
        Ok(topic.into_inner())
    }

    /// The name of an actor or a peer.
    pub(super) fn member(&self, cast: &Cast, name: &Spanned<String>) -> Result<String> {
        let everybody: Vec<&str> = cast.everybody().collect();
        self.known(name, &everybody, sentence!("mistake-nobody"))
    }

    /// A name that must be one of `known`; `nobody` says that there is no such actor, peer or other
    /// thing.
    pub(super) fn known(
        &self,
        name: &Spanned<String>,
        known: &[&str],
        nobody: Sentence,
    ) -> Result<String> {
        if known.contains(&name.get_ref().as_str()) {
            return Ok(name.get_ref().clone());
        }
        self.wrong(name.span(), unknown(name.get_ref(), known, nobody))
    }
}

/// The message about an unknown name.
pub(super) fn unknown(name: &str, known: &[&str], nobody: Sentence) -> Sentence {
    match known {
        [] => sentence!("mistake-unknown-name-none", nobody = nobody, name = name),
        _ => sentence!(
            "mistake-unknown-name",
            nobody = nobody,
            name = name,
            known = known.join(", ")
        ),
    }
}

impl Cast {
    pub(super) fn everybody(&self) -> impl Iterator<Item = &str> {
        self.actors.iter().chain(&self.peers).map(String::as_str)
    }
}
