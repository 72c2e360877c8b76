//! What Gradescope writes beside an export of submissions: who handed in each folder, and when.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::Moment;

/// What is known about a submission, by its folder: `submission_123`.
pub(super) type Metadata = BTreeMap<String, About>;

/// A submission. Its keys are symbols of Ruby.
#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct About {
    /// Everybody in the group.
    #[serde(rename = ":submitters", default)]
    pub(super) submitters: Vec<Submitter>,
    #[serde(rename = ":created_at", default)]
    created_at: Option<String>,
    /// Attempts before this one, whose files are not in the export.
    #[serde(rename = ":history", default)]
    history: Option<Vec<Earlier>>,
}

/// An attempt before: that there was one is all that is asked.
#[derive(Clone, Debug, Deserialize)]
struct Earlier {}

/// A member of the group that handed in a submission.
#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct Submitter {
    #[serde(rename = ":name", default)]
    pub(super) name: Option<String>,
    #[serde(rename = ":sid", default)]
    pub(super) sid: Option<String>,
    #[serde(rename = ":email", default)]
    pub(super) email: Option<String>,
}

impl About {
    /// When it was handed in.
    pub(super) fn submitted(&self) -> Option<Moment> {
        self.created_at.as_deref().and_then(Moment::parse)
    }

    /// Its number among the attempts.
    pub(super) fn number(&self) -> u32 {
        let before = self.history.as_ref().map_or(0, Vec::len);
        u32::try_from(before).unwrap_or(u32::MAX).saturating_add(1)
    }
}

/// Reads what Gradescope wrote.
///
/// # Errors
///
/// What is wrong with it.
pub(super) fn parse(text: &str) -> Result<Metadata, String> {
    serde_saphyr::from_str(&without_results(text)).map_err(|error| {
        let told = error.to_string();
        told.lines().next().unwrap_or_default().to_owned()
    })
}

/// The text without what an autograder said about each attempt, which is most of it, and quotes what
/// programs printed.
fn without_results(text: &str) -> String {
    let mut kept = String::with_capacity(text.len().min(1 << 20));
    let mut dropped: Option<usize> = None;
    for line in text.lines() {
        let content = line.trim_start_matches([' ', '-']);
        let indent = line.len() - line.trim_start_matches(' ').len();
        let below = dropped.is_some_and(|above| {
            // A list may stand as far to the left as its name.
            line.trim().is_empty()
                || indent > above
                || (indent == above && line[indent..].starts_with("- "))
        });
        if below {
            continue;
        }
        dropped = None;
        if content.starts_with(":results:") {
            // In an entry of a list, the name begins behind the mark.
            dropped = Some(line.len() - content.len());
            if !line.trim_start().starts_with('-') {
                continue;
            }
            kept.push_str(&line[..line.len() - content.len()]);
            kept.push_str(":results:\n");
            continue;
        }
        kept.push_str(line);
        kept.push('\n');
    }
    kept
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const EXPORT: &str = "\
---
submission_1:
  :submitters:
  - :name: Ana Pérez
    :sid: '007'
    :email: ana@example.org
  :created_at: 2026-03-01 23:59:58.129848000 -05:00
  :score: 5.0
  :status: processed
  :results: !ruby/hash:ActiveSupport::HashWithIndifferentAccess
    tests:
    - name: a
      output: |
        :submitters:
        - :name: Eve
  :history:
  - :id: 11
    :created_at: 2026-02-28 10:00:00.000000000 -05:00
    :results:
      score: 1
    :score: 1.0
  - :id: 12
    :created_at: 2026-03-01 10:00:00.000000000 -05:00
submission_2:
  :submitters:
  - :name: One
    :sid: 123
    :email: one@example.org
  - :name: Two
    :sid:
    :email: two@example.org
  :created_at: 2026-03-01 10:00:00.000000000 Z
";

    #[test]
    fn an_export_says_who_and_when() {
        let metadata = parse(EXPORT).unwrap();
        let one = &metadata["submission_1"];
        assert_eq!(one.number(), 3);
        assert_eq!(one.submitted().unwrap().to_string(), "2026-03-01T23:59:58.129848-05:00");
        assert_eq!(one.submitters[0].sid.as_deref(), Some("007"));
        assert_eq!(one.submitters[0].name.as_deref(), Some("Ana Pérez"));
        let two = &metadata["submission_2"];
        assert_eq!(two.number(), 1);
        let sids: Vec<_> = two.submitters.iter().map(|one| one.sid.as_deref()).collect();
        assert_eq!(sids, [Some("123"), None]);
    }

    #[test]
    fn what_is_no_export_is_refused_in_a_line() {
        for text in ["submission_1:\n  :submitters: 5\n", "a: [", "- 1"] {
            let why = parse(text).unwrap_err();
            assert!(!why.is_empty() && !why.contains('\n'), "{why}");
        }
    }

    proptest! {
        #[test]
        fn no_export_is_too_strange(text in "(submission_1:|:submitters:|:results:|:name:|[ \n:\\-a'\"|é])*", any in ".*") {
            let _ = (parse(&text), parse(&any));
        }
    }
}
