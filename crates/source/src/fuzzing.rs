//! What binaries say, read whatever it is: for fuzz targets.
//!
//! A function that returns has found nothing.

use crate::binary::{Binary, Data};
use crate::fuel::{Bytes, Fuel};
use crate::go::Go;
use crate::image::Image;
use crate::lines::Lines;
use crate::memory::{Memory, Reader};
use crate::origin::Own;
use crate::python::{self, Python};
use crate::unwind::{Base, Cfi, Part, State, Step};

/// A stack of which each word is the same few bytes.
#[derive(Debug)]
struct Same(u64);

impl Memory for Same {
    fn read(&self, address: u64, into: &mut [u8]) -> usize {
        let word = self.0.to_le_bytes();
        for (byte, at) in into.iter_mut().zip(address..) {
            *byte = word[(at & 7) as usize];
        }
        into.len()
    }
}

fn follow(step: &Step, instruction: u64) {
    let memory = Same(instruction);
    let state = State { instruction, stack: 0x7ffe_0000_0000, frame: Base::Untouched };
    let _ = step.caller(state, &mut Reader::new(&memory), &mut || Some(0x7ffe_0000_1000));
}

/// An ELF binary: all that is asked of one, at addresses all over what it says it loads.
pub fn binary(content: &[u8]) {
    let Some(binary) = Binary::open(Data::Bytes(content.to_vec())) else { return };
    let mut addresses: Vec<u64> = Vec::new();
    for segment in binary.segments().iter().take(16) {
        let (start, length) = (segment.address, segment.length.min(1 << 32));
        addresses.extend((0..32).map(|part| start.wrapping_add(length / 32 * part)));
    }
    image(binary, &addresses);
}

/// An ELF binary, asked about these addresses.
pub fn binary_at(content: &[u8], addresses: &[u64]) {
    if let Some(binary) = Binary::open(Data::Bytes(content.to_vec())) {
        image(binary, addresses);
    }
}

fn image(binary: Binary, addresses: &[u64]) {
    let own = Own::new("/work".into());
    let memory = Same(0);
    let image = Image::new(binary, "/work/program", &own);
    let _ = (image.binary().bias(0x5555_0000_0000, 0x1000), image.is_lineless());
    for address in addresses.iter().copied() {
        image.refill();
        if let Some(step) = image.step(address) {
            follow(&step, address);
        }
        let _ = image.frames(address, &own);
        let _ = image.call_before(address);
        let _ = image.slot(address);
        let _ = image.jumped(address, None, &own);
        if let Some(go) = &image.go
            && let Some(at) = go.at(address, 0, &Reader::new(&memory))
        {
            let _ = (go.frames(at, &own), at.frame_size(), at.is_top());
        }
    }
}

/// The sections `.eh_frame_hdr` (its length comes first, in two bytes) and `.eh_frame`, at 0x1000 and 0x2000; the
/// latter as `.debug_frame`, too.
pub fn frames(input: &[u8]) {
    let Some((length, rest)) = input.split_first_chunk::<2>() else { return };
    let length = usize::from(u16::from_le_bytes(*length)).min(rest.len());
    let (table, section) = rest.split_at(length);
    let fuel = Fuel::new();
    let part = |address, content: &[u8]| Part { address, content: Some(content.to_vec()) };
    let table = if table.is_empty() { Part::default() } else { part(0x1000, table) };
    let cfi = Cfi::new(table, part(0x2000, section), Some(section.to_vec()), &fuel);
    for address in (0..0x4000).step_by(0x40) {
        fuel.refill();
        if let Some(step) = cfi.step(address) {
            follow(&step, address);
        }
    }
}

/// The table `.gopclntab`.
pub fn go_table(content: &[u8]) {
    let Some(go) = Go::of_table(content.to_vec()) else { return };
    let (own, memory) = (Own::new("/work".into()), Same(0));
    for address in (0..0x1000).step_by(0x10) {
        if let Some(at) = go.at(address, 0, &Reader::new(&memory)) {
            let _ = (go.frames(at, &own), at.frame_size(), at.is_top());
        }
    }
}

/// Debug information: the sections `.debug_abbrev` and `.debug_info` (their lengths come first, in two bytes
/// each) and `.debug_line`.
pub fn lines(input: &[u8]) {
    let Some((lengths, rest)) = input.split_first_chunk::<4>() else { return };
    let length = |at: usize| usize::from(u16::from_le_bytes([lengths[at], lengths[at + 1]]));
    let (abbreviations, rest) = rest.split_at(length(0).min(rest.len()));
    let (info, line) = rest.split_at(length(2).min(rest.len()));
    let fuel = Fuel::new();
    let load = |id: gimli::SectionId| {
        let content = match id {
            gimli::SectionId::DebugAbbrev => abbreviations,
            gimli::SectionId::DebugInfo => info,
            gimli::SectionId::DebugLine => line,
            _ => &[],
        };
        Ok::<_, gimli::Error>(Bytes::new(content.to_vec(), &fuel))
    };
    let Ok(dwarf) = gimli::Dwarf::load(load) else { return };
    let Some(lines) = Lines::new(dwarf, &fuel) else { return };
    for address in (0..0x4000).step_by(0x100) {
        fuel.refill();
        let _ = (lines.at(address), lines.jumps(address));
    }
}

/// Memory from [`START`] on; nothing else can be read.
#[derive(Debug)]
struct Piece<'a>(&'a [u8]);

/// Where that memory begins, and where a runtime is in it.
const START: u64 = 0x1000;

impl Memory for Piece<'_> {
    fn read(&self, address: u64, into: &mut [u8]) -> usize {
        let offset = address.checked_sub(START).and_then(|offset| usize::try_from(offset).ok());
        let rest = offset.and_then(|offset| self.0.get(offset..)).unwrap_or_default();
        let length = rest.len().min(into.len());
        into[..length].copy_from_slice(&rest[..length]);
        length
    }
}

/// The memory of a program that has CPython in it: the minor version, and what is from 0x1000 on, where the runtime
/// is. The thread's pointer is 0x7f00.
pub fn python(input: &[u8]) {
    let Some((minor, memory)) = input.split_first() else { return };
    let memory = Piece(memory);
    let mut reader = Reader::new(&memory);
    let Some(mut python) = Python::new(0, START, Some(*minor), &reader) else { return };
    for _ in 0..2 {
        let (_, frames) = python.frames(1, || Some(0x7f00), &mut reader, &mut |_| false);
        for frame in &frames {
            let _ = python.line(frame, &mut reader);
        }
    }
}

/// A code object's table of lines, in each of the three formats: first the line it begins with, and the instruction
/// that is asked for, in four bytes each.
///
/// # Panics
///
/// If something is told that is no line.
pub fn python_lines(input: &[u8]) {
    let Some((first, rest)) = input.split_first_chunk() else { return };
    let Some((offset, table)) = rest.split_first_chunk() else { return };
    let (first, offset) = (i32::from_le_bytes(*first), u32::from_le_bytes(*offset));
    for line_of in [python::of_pairs, python::of_ranges, python::of_locations] {
        for offset in [None, Some(u64::from(offset)), Some(0), Some(2)] {
            let line = line_of(table, first, offset);
            assert!(line.is_none_or(|line| line >= 1 && i32::try_from(line).is_ok()), "{line:?}");
        }
    }
}
