//! Which submissions behave alike: canonical forms, groups, and the teacher's comments.

#![allow(clippy::unwrap_used)]

mod comments;
mod forms;
mod grouping;
mod numbers;
mod stage;
