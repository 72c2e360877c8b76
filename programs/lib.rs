//! The course programs.
