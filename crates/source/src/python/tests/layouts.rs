//! Offsets, compared with what the C compiler makes of each version's headers.

use std::path::Path;
use std::process::Command;

use super::super::layout::{self, Layout};
use super::interpreters;
use crate::memory::Reader;
use crate::memory::tests::Pieces;

fn offset(layout: &Layout, field: &str) -> Option<u64> {
    Some(match field {
        "interpreters" => layout.interpreters,
        "threads" => layout.threads,
        "next_interpreter" => layout.next_interpreter,
        "previous_thread" => layout.previous_thread,
        "next_thread" => layout.next_thread,
        "interpreter" => layout.interpreter,
        "thread_id" => layout.thread_id,
        "holder" => return layout.holder,
        "frame" => layout.frame,
        "outer" => layout.outer,
        "code" => layout.code,
        "instruction" => layout.instruction,
        "owner" => return layout.owner,
        "filename" => layout.filename,
        "name" => layout.name,
        "first_line" => layout.first_line,
        "lines" => layout.lines,
        "bytecode" => layout.bytecode,
        "version" => return layout.version,
        "ascii" => layout.ascii,
        "compact" => layout.compact,
        "TYPE" => layout::TYPE,
        "TYPE_NAME" => layout::TYPE_NAME,
        "SIZE" => layout::SIZE,
        "BYTES_HASH" => layout::BYTES_HASH,
        "BYTES" => layout::BYTES,
        "LENGTH" => layout::LENGTH,
        "TEXT_HASH" => layout::TEXT_HASH,
        "TEXT_STATE" => layout::TEXT_STATE,
        _ => return None,
    })
}

#[test]
fn the_offsets_are_those_of_the_headers() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for python in interpreters() {
        let asked = "import ctypes, sys, sysconfig; print(sysconfig.get_paths()['include']); print(sys.version_info[1]); \
                     print(bytes((ctypes.c_char * 400).in_dll(ctypes.pythonapi, '_PyRuntime')).hex())";
        let told =
            Command::new(&python).args(["-c", asked]).output().expect("an interpreter that runs");
        let told = String::from_utf8(told.stdout).expect("text");
        let [headers, minor, table] = *told.lines().collect::<Vec<_>>() else { panic!("{told}") };
        if !Path::new(headers).join("internal/pycore_pystate.h").exists() {
            let what = format!("offsets of {}", python);
            socklab_prerequisites::say_not_run(&what, "its headers (libpython3-dev)");
            continue;
        }
        let program = folder.path().join("offsets");
        let source = concat!(env!("CARGO_MANIFEST_DIR"), "/src/python/tests/offsets.c");
        let compiled = Command::new("cc")
            .args(["-w", "-I", headers, "-I", &format!("{headers}/internal"), source, "-o"])
            .arg(&program)
            .status();
        match compiled {
            Err(_) => socklab_prerequisites::not_run!("cc"),
            Ok(status) => assert!(status.success(), "{headers}"),
        }
        let table: Vec<u8> = (0..table.len() / 2)
            .map(|at| u8::from_str_radix(&table[2 * at..2 * at + 2], 16).expect("hex digits"))
            .collect();
        let memory = Pieces(vec![(0x1000, table)]);
        let minor: u8 = minor.parse().expect("a number");
        let layout =
            Layout::of(0x1000, Some(minor), &Reader::new(&memory)).expect("a known version");
        assert_eq!(layout.minor, minor);
        let offsets = Command::new(&program).output().expect("a program").stdout;
        let offsets = String::from_utf8(offsets).expect("text");
        for line in offsets.lines() {
            let (field, expected) = line.split_once(' ').expect("a name and a number");
            assert_eq!(offset(&layout, field), expected.parse().ok(), "{field} in {headers}");
        }
        assert!(offsets.lines().count() >= 26, "{offsets}");
    }
}

/// A table of offsets, each of which is its index, in structures that are large enough.
fn told(version: u64, free_threaded: u64) -> Vec<u8> {
    let mut words: Vec<u64> = (0..50).collect();
    words[0] = u64::from_le_bytes(*b"xdebugpy");
    words[1] = version;
    words[2] = free_threaded;
    let sizes = if version < 0x030e_0000 { [3, 6, 19, 28, 34] } else { [3, 6, 22, 31, 39] };
    for size in sizes {
        words[size] = 1000;
    }
    words.iter().flat_map(|word| word.to_le_bytes()).collect()
}

fn of(table: Vec<u8>, minor: Option<u8>) -> Option<Layout> {
    let memory = Pieces(vec![(0x1000, table)]);
    Layout::of(0x1000, minor, &Reader::new(&memory))
}

#[test]
fn a_runtime_says_where_its_fields_are() {
    // The indices are those of `Include/internal/pycore_debug_offsets.h` in 3.14.0.
    let layout = of(told(0x030e_00f0, 0), None).expect("3.14.0");
    assert_eq!(layout.minor, 14);
    assert_eq!((layout.interpreters, layout.next_interpreter, layout.threads), (5, 8, 9));
    assert_eq!((layout.previous_thread, layout.next_thread, layout.interpreter), (23, 24, 25));
    assert_eq!((layout.frame, layout.thread_id), (26, 27));
    assert_eq!(
        (layout.outer, layout.code, layout.instruction, layout.owner),
        (32, 33, 34, Some(36))
    );
    assert_eq!((layout.filename, layout.name, layout.lines), (40, 41, 43));
    assert_eq!((layout.first_line, layout.bytecode), (44, 48));
}

#[test]
fn of_other_builds_nothing_is_said() {
    assert!(of(told(0x030d_00f0, 0), None).is_some());
    assert_eq!(of(told(0x030d_00f0, 1), Some(13)), None, "free-threaded");
    assert_eq!(of(told(0x030e_00a7, 0), Some(14)), None, "an alpha");
    assert_eq!(of(told(0x030f_00f0, 0), Some(14)), None, "a later version");
    assert_eq!(of(told(0x030c_00f0, 0), Some(12)), None, "3.12 has no such table");
    assert_eq!(
        of(told(0x030d_00f0, 0)[..200].to_vec(), Some(13)),
        None,
        "the table's end is missing"
    );
    let mut beyond = told(0x030d_00f0, 0);
    beyond[8 * 36 + 3] = 1;
    assert_eq!(of(beyond, None), None, "an offset beyond its structure");
    assert_eq!(of(vec![0; 400], None), None, "no version is known");
    assert_eq!(of(vec![0; 400], Some(7)), None);
    assert_eq!(of(vec![0; 400], Some(13)), None, "3.13 says it itself");
}
