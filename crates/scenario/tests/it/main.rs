//! Course files and verdicts.
//!
//! All of them are in one binary: linking a binary takes longer than most tests.

mod arguments;
mod folder;
mod linter;
mod loader;
mod patterns;
mod sources;
mod verdict;
mod wire;
