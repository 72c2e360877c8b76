//! The list of conversations, and where the reader is in it.

use std::collections::BTreeSet;

use crate::talks::{Talk, TalkKey};
use crate::view::Key;

/// The list.
#[derive(Clone, Debug, Default)]
pub(crate) struct List {
    pub(crate) talks: Vec<Talk>,
    /// The conversation under the cursor, by its place.
    pub(crate) at: usize,
    /// The first that is on the screen.
    pub(crate) top: usize,
    pub(crate) selected: BTreeSet<TalkKey>,
    /// Those with problems come first.
    pub(crate) problems_first: bool,
}

impl List {
    /// What is known has become more: the cursor stays at its conversation.
    pub(crate) fn renew(&mut self, talks: Vec<Talk>, room: usize) {
        let at = self.talks.get(self.at).map(|talk| talk.key);
        self.talks = talks;
        let known: BTreeSet<TalkKey> = self.talks.iter().map(|talk| talk.key).collect();
        self.selected.retain(|key| known.contains(key));
        self.sort();
        self.go_to(at);
        self.settle(room);
    }

    fn sort(&mut self) {
        let first = self.problems_first;
        self.talks.sort_by_key(|talk| (first && !talk.is_wrong(), talk.began, talk.key));
    }

    fn go_to(&mut self, key: Option<TalkKey>) {
        let place = key.and_then(|key| self.talks.iter().position(|talk| talk.key == key));
        self.at = place.unwrap_or(self.at).min(self.talks.len().saturating_sub(1));
    }

    pub(crate) fn settle(&mut self, room: usize) {
        let room = room.max(1);
        self.top = self.top.min(self.at).max((self.at + 1).saturating_sub(room));
        self.top = self.top.min(self.talks.len().saturating_sub(room));
    }

    /// Moves the cursor, selects or sorts; false if the key means nothing here.
    pub(crate) fn press(&mut self, key: Key, room: usize) -> bool {
        let last = self.talks.len().saturating_sub(1);
        match key {
            Key::Up | Key::Char('k') => self.at = self.at.saturating_sub(1),
            Key::Down | Key::Char('j') => self.at = (self.at + 1).min(last),
            Key::PageUp => self.at = self.at.saturating_sub(room.max(1)),
            Key::PageDown => self.at = (self.at + room.max(1)).min(last),
            Key::Home | Key::Char('g') => self.at = 0,
            Key::End | Key::Char('G') => self.at = last,
            Key::Char(' ') => {
                if let Some(talk) = self.talks.get(self.at) {
                    if !self.selected.remove(&talk.key) {
                        self.selected.insert(talk.key);
                    }
                    self.at = (self.at + 1).min(last);
                }
            }
            Key::Char('a') => {
                let all = self.selected.len() == self.talks.len();
                self.selected.clear();
                if !all {
                    self.selected.extend(self.talks.iter().map(|talk| talk.key));
                }
            }
            Key::Char('s') => {
                let at = self.talks.get(self.at).map(|talk| talk.key);
                self.problems_first = !self.problems_first;
                self.sort();
                self.go_to(at);
            }
            _ => return false,
        }
        self.settle(room);
        true
    }

    /// The conversations to open: those that are selected, or else the one under the cursor.
    pub(crate) fn chosen(&self) -> Vec<TalkKey> {
        if self.selected.is_empty() {
            return self.talks.get(self.at).map(|talk| talk.key).into_iter().collect();
        }
        self.selected.iter().copied().collect()
    }
}
