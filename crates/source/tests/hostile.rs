//! Real binaries of which some bytes are others: what they say is believed no further than it can be.

use std::fs;
use std::process::Command;
use std::time::{Duration, Instant};

use proptest::prelude::*;
use socklab_prerequisites::not_run;
use socklab_source::fuzzing;

const PROGRAM: &str = r"
#include <sys/socket.h>
static inline __attribute__((always_inline)) int inner(int fd) { return send(fd, 0, 0, 0); }
int outer(int fd) { return inner(fd) + 1; }
int jumps(int fd) { return outer(fd); }
int main(int count, char **words) { (void)words; return jumps(count) + outer(count); }
";

/// A small program with debug information, in 4 and 5, and compressed.
fn programs() -> Option<Vec<Vec<u8>>> {
    let compiler = socklab_prerequisites::find("gcc")?;
    let folder = tempfile::tempdir().expect("a folder");
    let (source, program) = (folder.path().join("a.c"), folder.path().join("a"));
    fs::write(&source, PROGRAM).expect("a file");
    let ways = [&["-gdwarf-5"][..], &["-gdwarf-4"], &["-gdwarf-5", "-gz"]];
    let compiled = ways.iter().map(|way| {
        let mut command = Command::new(&compiler);
        command.args(["-O2", "-w", "-o"]).arg(&program).args(*way).arg(&source);
        assert!(command.status().expect("the compiler runs").success());
        fs::read(&program).expect("a binary")
    });
    Some(compiled.collect())
}

fn asked(content: &[u8], addresses: &[u64]) {
    let began = Instant::now();
    fuzzing::binary_at(content, addresses);
    // Bounded by what is read, and not by what is said: this is for debug builds on a busy machine.
    assert!(began.elapsed() < Duration::from_secs(600), "{:?}", began.elapsed());
}

#[test]
fn a_binary_with_other_bytes_is_no_danger() {
    let Some(programs) = programs() else { not_run!("gcc") };
    let addresses: Vec<u64> = (0x1000..0x1400).step_by(7).collect();
    let config =
        ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() };
    for program in &programs {
        asked(program, &addresses);
        let changes = prop::collection::vec((0..program.len(), any::<u8>()), 1..24);
        proptest!(config.clone(), |(changes in changes)| {
            let mut content = program.clone();
            for (at, byte) in changes {
                content[at] = byte;
            }
            asked(&content, &addresses);
        });
        // Where it is cut off, sections are that the table of sections doesn't tell.
        for part in 0..64 {
            asked(&program[..program.len() * part / 64], &addresses);
        }
    }
}

#[test]
fn nesting_without_end_is_not_followed() {
    // A unit of version 4 whose every entry encloses the next one, an inlined function without attributes.
    let abbreviations = b"\x01\x11\x01\x11\x01\x12\x06\x00\x00\x02\x2e\x01\x11\x01\x12\x06\x00\x00\x03\x1d\x01\x00\x00\x00";
    let place = [&0_u64.to_le_bytes()[..], &0x4000_u32.to_le_bytes()].concat();
    let mut unit = vec![4, 0, 0, 0, 0, 0, 8, 1];
    unit.extend(&place);
    unit.push(2);
    unit.extend(&place);
    unit.extend(vec![3; 60_000]);
    let info = [&u32::try_from(unit.len()).expect("short").to_le_bytes()[..], &unit].concat();
    let length = |bytes: &[u8]| u16::try_from(bytes.len()).expect("short").to_le_bytes();
    let input = [&length(abbreviations)[..], &length(&info), abbreviations, &info].concat();
    fuzzing::lines(&input);
}
