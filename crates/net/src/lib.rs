//! The protocols socklab speaks, usable as a library.
#![forbid(unsafe_code)]
