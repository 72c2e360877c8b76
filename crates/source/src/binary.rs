//! An ELF binary: where its segments and sections are, and what they contain.
//!
//! The file is opened once, so that what is read later is of the same file, even if the program is built
//! anew meanwhile. Nothing is mapped: a file that is truncated would end the tracer with SIGBUS.

use std::fs::File;
use std::io::{self, Read as _};
use std::os::unix::fs::FileExt as _;

use object::elf;
use object::read::elf::{FileHeader as _, ProgramHeader as _, SectionHeader as _};
use object::read::{CompressionFormat, ReadCache, ReadCacheOps};
use ruzstd::decoding::StreamingDecoder;

/// What a binary is read from.
#[derive(Debug)]
pub(crate) enum Data {
    File(File),
    Bytes(Vec<u8>),
}

impl Data {
    /// Reads as much as there is, and returns how much that was.
    fn read_at(&self, offset: u64, into: &mut [u8]) -> usize {
        match self {
            Self::File(file) => {
                let mut done = 0;
                while done < into.len() {
                    match file.read_at(&mut into[done..], offset.saturating_add(done as u64)) {
                        Ok(0) => break,
                        Ok(read) => done += read,
                        Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                        Err(_) => break,
                    }
                }
                done
            }
            Self::Bytes(bytes) => {
                let rest = usize::try_from(offset).ok().and_then(|offset| bytes.get(offset..));
                let rest = rest.unwrap_or_default();
                let length = rest.len().min(into.len());
                into[..length].copy_from_slice(&rest[..length]);
                length
            }
        }
    }

    fn len(&self) -> u64 {
        match self {
            Self::File(file) => file.metadata().map_or(0, |file| file.len()),
            Self::Bytes(bytes) => bytes.len() as u64,
        }
    }
}

/// For `object`, which keeps what it has read: so much and no more.
struct Limited<'d> {
    data: &'d Data,
    at: u64,
    left: u64,
}

/// Headers and the names of sections.
const LARGEST_HEADERS: u64 = 4 << 20;
/// A section, unpacked.
const LARGEST_SECTION: u64 = 256 << 20;

impl ReadCacheOps for Limited<'_> {
    fn len(&mut self) -> Result<u64, ()> {
        Ok(self.data.len())
    }

    fn seek(&mut self, position: u64) -> Result<u64, ()> {
        self.at = position;
        Ok(position)
    }

    fn read(&mut self, into: &mut [u8]) -> Result<usize, ()> {
        self.left = self.left.checked_sub(into.len() as u64).ok_or(())?;
        let read = self.data.read_at(self.at, into);
        self.at = self.at.saturating_add(read as u64);
        Ok(read)
    }

    fn read_exact(&mut self, into: &mut [u8]) -> Result<(), ()> {
        if self.read(into)? == into.len() { Ok(()) } else { Err(()) }
    }
}

/// A part of the file that is loaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Segment {
    pub(crate) offset: u64,
    pub(crate) address: u64,
    /// How much of it is in the file.
    pub(crate) length: u64,
    pub(crate) executable: bool,
}

#[derive(Debug)]
struct Section {
    name: Box<str>,
    address: u64,
    offset: u64,
    size: u64,
    link: usize,
    format: CompressionFormat,
    unpacked: u64,
}

/// An ELF binary for this processor.
#[derive(Debug)]
pub(crate) struct Binary {
    data: Data,
    segments: Vec<Segment>,
    sections: Vec<Section>,
}

impl Binary {
    pub(crate) fn open(data: Data) -> Option<Self> {
        let (segments, sections) = {
            let cache = ReadCache::new(Limited { data: &data, at: 0, left: LARGEST_HEADERS });
            headers(&cache)?
        };
        Some(Self { data, segments, sections })
    }

    /// What of the file is loaded.
    pub(crate) fn segments(&self) -> &[Segment] {
        &self.segments
    }

    /// Where a section is loaded to, and how long it is there.
    pub(crate) fn place(&self, name: &str) -> Option<(u64, u64)> {
        let section = self.sections.iter().find(|section| &*section.name == name)?;
        Some((section.address, section.unpacked))
    }

    /// What a section contains, unpacked.
    pub(crate) fn content(&self, name: &str) -> Option<Vec<u8>> {
        self.content_of(self.sections.iter().find(|section| &*section.name == name)?)
    }

    /// What a table of symbols contains, and the names in it.
    pub(crate) fn symbols(&self, name: &str) -> Option<(Vec<u8>, Vec<u8>)> {
        let table = self.sections.iter().find(|section| &*section.name == name)?;
        Some((self.content_of(table)?, self.content_of(self.sections.get(table.link)?)?))
    }

    fn content_of(&self, section: &Section) -> Option<Vec<u8>> {
        if section.unpacked > LARGEST_SECTION {
            return None;
        }
        // Not more than there is: what a section says of its size may be anything.
        let there = self.data.len().checked_sub(section.offset)?;
        let mut data =
            vec![0; usize::try_from(section.size).ok().filter(|_| section.size <= there)?];
        if self.data.read_at(section.offset, &mut data) != data.len() {
            return None;
        }
        match section.format {
            CompressionFormat::None => Some(data),
            CompressionFormat::Zlib => {
                all_of(flate2::read::ZlibDecoder::new(&*data), section.unpacked)
            }
            CompressionFormat::Zstandard => {
                all_of(StreamingDecoder::new(&*data).ok()?, section.unpacked)
            }
            _ => None,
        }
    }

    /// Reads what is loaded to an address, and returns how much of it is in the file.
    pub(crate) fn read(&self, address: u64, into: &mut [u8]) -> usize {
        let inside = |segment: &&Segment| {
            address.checked_sub(segment.address).is_some_and(|offset| offset < segment.length)
        };
        let Some(segment) = self.segments.iter().find(inside) else { return 0 };
        let offset = address - segment.address;
        let length = usize::try_from(segment.length - offset).unwrap_or(usize::MAX).min(into.len());
        self.data.read_at(segment.offset.saturating_add(offset), &mut into[..length])
    }

    /// Where the start of the file is loaded to, and how much of it.
    pub(crate) fn first(&self) -> Option<(u64, u64)> {
        let first = self.segments.iter().find(|segment| segment.offset == 0)?;
        Some((first.address, first.length))
    }

    /// How far from where its headers say a binary has been loaded, if this part of the file is there.
    pub(crate) fn bias(&self, start: u64, offset: u64) -> Option<u64> {
        // The mapping begins with a page of the file; a segment of lld's may begin within one. It is the
        // executable one that counts: others may share the page.
        let segment = self.segments.iter().find(|segment| {
            segment.executable
                && segment.offset & !0xfff <= offset
                && offset < segment.offset.saturating_add(segment.length)
        })?;
        let address = segment.address.wrapping_add(offset).wrapping_sub(segment.offset);
        Some(start.wrapping_sub(address))
    }
}

type Cache<'c, 'd> = &'c ReadCache<Limited<'d>>;

fn headers(cache: Cache<'_, '_>) -> Option<(Vec<Segment>, Vec<Section>)> {
    let header = elf::FileHeader64::<object::LittleEndian>::parse(cache).ok()?;
    let endian = header.endian().ok()?;
    if header.e_machine(endian) != elf::EM_X86_64 {
        return None;
    }
    let loaded = header.program_headers(endian, cache).ok()?.iter();
    let segments = loaded
        .filter(|segment| segment.p_type(endian) == elf::PT_LOAD)
        .map(|segment| Segment {
            offset: segment.p_offset(endian),
            address: segment.p_vaddr(endian),
            length: segment.p_filesz(endian),
            executable: segment.p_flags(endian) & elf::PF_X != 0,
        })
        .collect();
    // Without sections nothing is known; a binary without them is no error.
    let Ok(table) = header.sections(endian, cache) else { return Some((segments, Vec::new())) };
    let section = |section: &elf::SectionHeader64<object::LittleEndian>| {
        let name = section.sh_name(endian);
        let name = table_name(cache, header, endian, name).unwrap_or_default();
        let (offset, size) = section.file_range(endian).unwrap_or((0, 0));
        let plain = (offset, size, CompressionFormat::None, section.sh_size(endian));
        let (offset, size, format, unpacked) = match section.compression(endian, cache) {
            Ok(Some((packed, offset, size))) => {
                let format = match packed.ch_type.get(endian) {
                    elf::ELFCOMPRESS_ZLIB => CompressionFormat::Zlib,
                    elf::ELFCOMPRESS_ZSTD => CompressionFormat::Zstandard,
                    _ => CompressionFormat::Unknown,
                };
                (offset, size, format, packed.ch_size.get(endian))
            }
            _ => plain,
        };
        let (address, link) = (section.sh_addr(endian), section.sh_link(endian) as usize);
        Section { name: name.into(), address, offset, size, link, format, unpacked }
    };
    let sections = table.iter().map(section).collect();
    Some((segments, sections))
}

/// All that is unpacked, if it is as long as it says: a few packed bytes may become more than there is memory.
fn all_of(unpacking: impl io::Read, length: u64) -> Option<Vec<u8>> {
    let mut unpacked = Vec::new();
    unpacking.take(length.checked_add(1)?).read_to_end(&mut unpacked).ok()?;
    (unpacked.len() as u64 == length).then_some(unpacked)
}

/// The names of sections are read as one piece.
fn table_name(
    cache: Cache<'_, '_>,
    header: &elf::FileHeader64<object::LittleEndian>,
    endian: object::LittleEndian,
    at: u32,
) -> Option<String> {
    let index = header.shstrndx(endian, cache).ok()?;
    let sections = header.section_headers(endian, cache).ok()?;
    let names = sections.get(index as usize)?.data(endian, cache).ok()?;
    let rest = names.get(at as usize..)?;
    let end = rest.iter().take(256).position(|byte| *byte == 0)?;
    Some(String::from_utf8_lossy(&rest[..end]).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_program_is_read() {
        let file = File::open("/proc/self/exe").expect("the program's file");
        let binary = Binary::open(Data::File(file)).expect("an ELF binary");
        assert!(binary.segments().iter().any(|segment| segment.executable));
        assert!(binary.content(".eh_frame").is_some_and(|content| !content.is_empty()));
        assert_eq!(binary.content(".no-such-section"), None);
        let (address, length) = binary.first().expect("the start is loaded");
        let mut magic = [0; 4];
        assert!(length > 4 && binary.read(address, &mut magic) == 4);
        assert_eq!(&magic, b"\x7fELF");
    }

    #[test]
    fn a_segment_may_begin_within_a_page() {
        let segment =
            |offset, address, executable| Segment { offset, address, length: 0x5000, executable };
        let binary = Binary {
            data: Data::Bytes(Vec::new()),
            segments: vec![segment(0, 0, false), segment(0x1a40, 0x2a40, true)],
            sections: Vec::new(),
        };
        assert_eq!(binary.bias(0x7f00_0000_2000, 0x1000), Some(0x7f00_0000_0000));
        assert_eq!(binary.bias(0x7f00_0000_2000, 0x9000), None);
    }

    #[test]
    fn what_unpacks_to_more_than_it_says_is_refused() {
        let without_end = || io::repeat(7);
        assert_eq!(all_of(without_end(), 100), None);
        assert_eq!(all_of(without_end().take(100), 100), Some(vec![7; 100]));
        assert_eq!(all_of(without_end().take(99), 100), None);
        assert_eq!(all_of(without_end(), u64::MAX), None);
    }

    #[test]
    fn what_is_no_binary_is_refused() {
        for bytes in [&b""[..], b"#!/bin/sh\n", b"\x7fELF\x02\x01\x01", &[0x7f; 4096]] {
            assert!(Binary::open(Data::Bytes(bytes.to_vec())).is_none());
        }
    }
}
