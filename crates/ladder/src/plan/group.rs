//! A column in preparation.

use std::collections::BTreeSet;

use super::unit::Unit;

/// A column in preparation.
#[derive(Clone)]
pub(crate) struct Group {
    pub(crate) command: Option<u32>,
    pub(crate) name: String,
    /// The command line, with long paths shortened unless that makes two of them equal.
    pub(crate) line: String,
    /// All of the command line.
    pub(crate) whole: String,
    pub(crate) host: Option<String>,
    pub(crate) units: Vec<Unit>,
    /// The process it started as.
    pub(crate) root: Option<u32>,
    /// For a program that talks to itself: true for the server side, false for the client side.
    pub(crate) side: Option<bool>,
    /// The sockets of that side, in case its threads act on both sides.
    pub(crate) serves: BTreeSet<usize>,
    pub(crate) connects: usize,
    pub(crate) accepts: usize,
}
