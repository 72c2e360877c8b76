//! Tables of lines, compared with what interpreters read from them.

use std::process::Command;

use proptest::prelude::*;

use super::super::lines::{of_locations, of_pairs, of_ranges};
use super::interpreters;

#[derive(serde::Deserialize)]
struct Told {
    minor: u8,
    name: String,
    table: Vec<u8>,
    first: i32,
    lines: Vec<(u64, Option<u32>)>,
}

#[test]
fn every_instruction_has_the_line_that_the_interpreter_says() {
    for python in interpreters() {
        let program = concat!(env!("CARGO_MANIFEST_DIR"), "/src/python/tests/tables.py");
        let output = Command::new(&python).arg(program).output().expect("an interpreter that runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let mut count = 0;
        for told in String::from_utf8_lossy(&output.stdout).lines() {
            let told: Told = serde_json::from_str(told).expect("a table");
            let line_of = match told.minor {
                8 | 9 => of_pairs,
                10 => of_ranges,
                _ => of_locations,
            };
            assert_eq!(line_of(&told.table, told.first, None), u32::try_from(told.first).ok());
            for (offset, line) in &told.lines {
                // Line 0, of what a module begins with, is none.
                let line = line.filter(|line| *line > 0);
                assert_eq!(
                    line_of(&told.table, told.first, Some(*offset)),
                    line,
                    "{python:?} {} at {offset}",
                    told.name
                );
                count += 1;
            }
        }
        assert!(count > 5000, "{count} instructions");
        println!("{}: {count} instructions", python);
    }
}

#[test]
fn what_a_table_does_not_contain_has_no_line() {
    assert_eq!(of_pairs(&[], 7, Some(100)), Some(7));
    assert_eq!(of_ranges(&[], 7, Some(0)), None);
    assert_eq!(of_locations(&[], 7, Some(0)), None);
    // Ends within an entry, begins within one, a number without an end.
    assert_eq!(of_ranges(&[2], 7, Some(0)), None);
    assert_eq!(of_locations(&[0x0a], 7, Some(0)), None);
    assert_eq!(of_locations(&[0xe8], 7, Some(0)), None);
    assert_eq!(of_locations(&[0xe8, 0x40], 7, Some(0)), None);
    // Two code units without a line, then one with.
    assert_eq!(of_locations(&[0xf9, 0xe8, 2], 7, Some(2)), None);
    assert_eq!(of_locations(&[0xf9, 0xe8, 2], 7, Some(4)), Some(8));
    assert_eq!(of_locations(&[0xf9, 0xe8, 2], 7, Some(6)), None);
    assert_eq!(of_locations(&[0xe8, 17], 7, Some(0)), None, "line -1");
}

proptest! {
    #[test]
    fn arbitrary_tables_give_a_line_or_none(
        table in proptest::collection::vec(any::<u8>(), 0..300),
        first in any::<i32>(),
        offset in proptest::option::of(0_u64..2000),
    ) {
        for line_of in [of_pairs, of_ranges, of_locations] {
            if let Some(line) = line_of(&table, first, offset) {
                prop_assert!(line >= 1 && i32::try_from(line).is_ok());
            }
        }
    }
}
