//! Debug information: which lines an address comes from.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

use gimli::{DebugInfoOffset, Unit, UnitOffset, UnitRef};

use crate::binary::Binary;
use crate::fuel::{Bytes, Fuel};

type Dwarf = gimli::Dwarf<Bytes>;

/// The debug information of a binary.
pub(crate) struct Lines {
    context: addr2line::Context<Bytes>,
    dwarf: Arc<Dwarf>,
    /// Begin, end, and where the unit is.
    units: Vec<(u64, u64, DebugInfoOffset)>,
    flat: RefCell<HashMap<usize, bool>>,
    fuel: Rc<Fuel>,
}

/// A line, and the function that it is in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Line {
    pub(crate) file: Option<String>,
    /// From 1; 0 if the compiler says that the instruction belongs to no line.
    pub(crate) line: u32,
    pub(crate) function: Option<String>,
}

/// Where a function ends in a jump to another one, and where that begins, if it is in this binary.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Jump {
    pub(crate) at: u64,
    pub(crate) to: Option<u64>,
}

/// What is read; `.debug_loc` and its like describe variables.
const SECTIONS: [gimli::SectionId; 10] = [
    gimli::SectionId::DebugAbbrev,
    gimli::SectionId::DebugAddr,
    gimli::SectionId::DebugInfo,
    gimli::SectionId::DebugLine,
    gimli::SectionId::DebugLineStr,
    gimli::SectionId::DebugRanges,
    gimli::SectionId::DebugRngLists,
    gimli::SectionId::DebugStr,
    gimli::SectionId::DebugStrOffsets,
    gimli::SectionId::DebugTypes,
];
/// Of one binary, in memory.
const LARGEST: u64 = 512 << 20;
/// `addr2line` follows functions inlined into each other by calling itself; compilers stop far earlier.
const DEEPEST: isize = 256;

impl Lines {
    /// `None` if the binary has no debug information, or more than is read.
    pub(crate) fn of(binary: &Binary, fuel: &Rc<Fuel>) -> Option<Self> {
        binary.place(gimli::SectionId::DebugLine.name())?;
        let sizes = SECTIONS.iter().filter_map(|id| Some(binary.place(id.name())?.1));
        // A file may claim any size.
        if sizes.fold(0, u64::saturating_add) > LARGEST {
            return None;
        }
        let load = |id: gimli::SectionId| {
            let content = SECTIONS.contains(&id).then(|| binary.content(id.name())).flatten();
            Ok::<_, gimli::Error>(Bytes::new(content.unwrap_or_default(), fuel))
        };
        Self::new(Dwarf::load(load).ok()?, fuel)
    }

    /// Those of the sections.
    #[expect(
        clippy::arc_with_non_send_sync,
        reason = "addr2line wants it; nothing leaves the thread"
    )]
    pub(crate) fn new(mut dwarf: Dwarf, fuel: &Rc<Fuel>) -> Option<Self> {
        dwarf.populate_abbreviations_cache(gimli::AbbreviationsCacheStrategy::Duplicates);
        let dwarf = Arc::new(dwarf);
        let (mut units, mut flat) = (Vec::new(), HashMap::new());
        let mut headers = dwarf.units();
        while let Ok(Some(header)) = headers.next() {
            let Some(offset) = header.debug_info_offset() else { continue };
            let Ok(unit) = dwarf.unit(header) else { continue };
            let before = units.len();
            let mut ranges = dwarf.unit_ranges(&unit).ok();
            while let Some(Ok(Some(range))) = ranges.as_mut().map(|ranges| ranges.next()) {
                units.push((range.begin, range.end, offset));
            }
            // Then `addr2line` looks at its lines for where it is.
            if units.len() == before {
                let is_flat = is_flat(&unit);
                flat.insert(offset.0, is_flat);
                if !is_flat {
                    return None;
                }
            }
        }
        units.sort_unstable_by_key(|(begin, ..)| *begin);
        let context = addr2line::Context::from_arc_dwarf(Arc::clone(&dwarf)).ok()?;
        (!fuel.is_used_up()).then(|| Self {
            context,
            dwarf,
            units,
            flat: RefCell::new(flat),
            fuel: Rc::clone(fuel),
        })
    }

    fn unit_at(&self, offset: DebugInfoOffset) -> Option<Unit<Bytes>> {
        let header = self.dwarf.debug_info.header_from_offset(offset).ok()?;
        self.dwarf.unit(header).ok()
    }

    /// The units that say that they contain an address.
    fn units_of(&self, address: u64) -> impl Iterator<Item = DebugInfoOffset> + '_ {
        // A unit with several ranges encloses others; how many precede is bounded by what a file has.
        let inside = move |(begin, end, _): &&(u64, u64, DebugInfoOffset)| {
            *begin <= address && address < *end
        };
        let after = self.units.partition_point(|(begin, ..)| *begin <= address);
        self.units[..after].iter().rev().filter(inside).map(|(.., offset)| *offset)
    }

    fn is_safe(&self, address: u64) -> bool {
        self.units_of(address).all(|offset| {
            let known = self.flat.borrow().get(&offset.0).copied();
            known.unwrap_or_else(|| {
                let is_flat = self.unit_at(offset).is_some_and(|unit| is_flat(&unit));
                self.flat.borrow_mut().insert(offset.0, is_flat);
                is_flat
            })
        })
    }

    /// The lines that an address comes from: of an inlined function first, then of those it is inlined into.
    pub(crate) fn at(&self, address: u64) -> Vec<Line> {
        let mut lines = Vec::new();
        if !self.is_safe(address) {
            return lines;
        }
        let Ok(mut frames) = self.context.find_frames(address).skip_all_loads() else {
            return lines;
        };
        while let Ok(Some(frame)) = frames.next() {
            if lines.len() >= DEEPEST as usize {
                break;
            }
            let location = frame.location.as_ref();
            lines.push(Line {
                file: location.and_then(|location| location.file).map(str::to_owned),
                line: location.and_then(|location| location.line).unwrap_or(0),
                function: frame
                    .function
                    .and_then(|function| Some(function.demangle().ok()?.into_owned())),
            });
        }
        if self.fuel.is_used_up() {
            lines.clear();
        }
        lines
    }

    /// Where the function that begins at an address jumps to another one instead of calling it. The compiler
    /// notes these (`DW_AT_call_tail_call`), since they leave no frame.
    pub(crate) fn jumps(&self, function: u64) -> Vec<Jump> {
        let found = self.units_of(function).find_map(|offset| {
            let unit = self.unit_at(offset)?;
            jumps(&UnitRef::new(&self.dwarf, &unit), function)
        });
        found.filter(|_| !self.fuel.is_used_up()).unwrap_or_default()
    }
}

impl std::fmt::Debug for Lines {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Lines").field("units", &self.units.len()).finish_non_exhaustive()
    }
}

fn is_flat(unit: &Unit<Bytes>) -> bool {
    let walk = || -> gimli::Result<bool> {
        let mut entries = unit.entries_raw(None)?;
        while !entries.is_empty() {
            if let Some(abbreviation) = entries.read_abbreviation()? {
                if entries.next_depth() > DEEPEST {
                    return Ok(false);
                }
                entries.skip_attributes(abbreviation.attributes())?;
            }
        }
        Ok(true)
    };
    // What can't be read to its end is not followed further by others either.
    walk().unwrap_or(false)
}

type Attribute = gimli::AttributeValue<Bytes>;

fn address_of(unit: &UnitRef<'_, Bytes>, value: &Attribute) -> Option<u64> {
    unit.attr_address(value.clone()).ok().flatten()
}

fn jumps(unit: &UnitRef<'_, Bytes>, function: u64) -> Option<Vec<Jump>> {
    let mut entries = unit.entries();
    let mut found: Option<isize> = None;
    let mut jumps = Vec::new();
    while let Ok(Some(entry)) = entries.next_dfs() {
        if found.is_some_and(|depth| entry.depth() <= depth) {
            break;
        }
        let value = |name| entry.attr_value(name);
        match entry.tag() {
            gimli::DW_TAG_subprogram => {
                let begins = value(gimli::DW_AT_low_pc).and_then(|value| address_of(unit, &value));
                if begins == Some(function) {
                    found = Some(entry.depth());
                }
            }
            gimli::DW_TAG_call_site | gimli::DW_TAG_GNU_call_site if found.is_some() => {
                let jumped = [gimli::DW_AT_call_tail_call, gimli::DW_AT_GNU_tail_call];
                if !jumped.iter().any(|name| matches!(value(*name), Some(Attribute::Flag(true)))) {
                    continue;
                }
                let address = |name| value(name).and_then(|value| address_of(unit, &value));
                let after = || {
                    address(gimli::DW_AT_call_return_pc).or_else(|| address(gimli::DW_AT_low_pc))
                };
                let at = address(gimli::DW_AT_call_pc).or_else(|| after()?.checked_sub(1));
                let origin =
                    value(gimli::DW_AT_call_origin).or_else(|| value(gimli::DW_AT_abstract_origin));
                // A jump without a place may be any.
                jumps.push(Jump { at: at?, to: origin.and_then(|origin| begin_of(unit, &origin)) });
            }
            _ => {}
        }
    }
    found.map(|_| jumps)
}

/// Where a function begins that another entry refers to; `None` if it is only declared here.
fn begin_of(unit: &UnitRef<'_, Bytes>, origin: &Attribute) -> Option<u64> {
    let offset: UnitOffset = match origin {
        Attribute::UnitRef(offset) => *offset,
        Attribute::DebugInfoRef(offset) => offset.to_unit_offset(&unit.header)?,
        _ => return None,
    };
    let entry = unit.entry(offset).ok()?;
    address_of(unit, &entry.attr_value(gimli::DW_AT_low_pc)?)
}
