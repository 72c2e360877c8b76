//! socklab: the socket laboratory.
#![forbid(unsafe_code)]

fn main() {}
