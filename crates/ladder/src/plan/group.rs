//! A column in the making.

use std::collections::BTreeSet;

use super::unit::Unit;

/// A column in the making.
#[derive(Clone)]
pub(crate) struct Group {
    pub(crate) command: Option<u32>,
    pub(crate) name: String,
    pub(crate) line: String,
    pub(crate) host: Option<String>,
    pub(crate) units: Vec<Unit>,
    /// The process it began as.
    pub(crate) root: Option<u32>,
    /// Which side of a program that talks to itself.
    pub(crate) side: Option<bool>,
    /// The sockets of that side, where its threads do both.
    pub(crate) serves: BTreeSet<usize>,
    pub(crate) connects: usize,
    pub(crate) accepts: usize,
}
