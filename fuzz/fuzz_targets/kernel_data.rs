//! Whatever a program hands to the kernel, and whatever came back, its call is decoded.
#![no_main]

use socklab_event::{Errno, Outcome};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (u8, [u64; 6], Vec<u8>, Vec<u8>, i64)| {
    let (row, words, before, after, result) = input;
    let outcome = match result {
        -4095..=-1 => Outcome::Error(Errno(-result as i32)),
        i64::MIN => Outcome::Unfinished,
        value => Outcome::Value(value),
    };
    let _ = socklab_trace::fuzzing::call(row.into(), words, &before, &after, outcome);
});
