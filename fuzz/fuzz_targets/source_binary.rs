#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| socklab_fuzz_targets::source_binary(input));
