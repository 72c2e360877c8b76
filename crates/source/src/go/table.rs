//! Go's own table of functions, lines and frame sizes: `.gopclntab`, of Go 1.18 and later. It is in every
//! binary, since the runtime needs it: in one made by `go run` or linked with `-s -w`, too.
//!
//! The format is described by `internal/abi/symtab.go`, `runtime/symtab.go` and `debug/gosym/pclntab.go` of Go.

use std::cell::Cell;

/// A table, as it is in the file. Every number in it is taken with caution.
#[derive(Debug)]
pub(crate) struct Table {
    data: Vec<u8>,
    layout: Layout,
    /// How many steps may still be taken for a question.
    left: Cell<u32>,
}

/// What differs between versions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Layout {
    /// Go 1.18 and 1.19.
    Old,
    /// Go 1.20 and later.
    New,
}

/// A function in the table, and how far into it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct At<'t> {
    table: &'t Table,
    function: usize,
    offset: u64,
}

/// A file, a line, and the function that it is in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Line<'t> {
    pub(crate) file: &'t str,
    pub(crate) line: u32,
    pub(crate) function: &'t str,
}

/// `moduledata`: where functions begin, and where what describes inlined calls is.
const HEADER_TEXT: usize = 24;
/// Tables of steps: an index of them per function.
const PCDATA_INLINE: usize = 2;
const FUNCDATA_INLINE: usize = 3;
/// Flags of a function: the first of a thread or goroutine, or one that moves to another stack.
const TOP_FRAME: u8 = 1;
const STACK_WRITE: u8 = 2;
/// For one question: a few milliseconds. A table may be of any length, and say that it is a function's.
const STEPS: u32 = 1 << 20;
/// No function is inlined deeper.
const DEEPEST: usize = 32;

impl Table {
    pub(crate) fn new(data: Vec<u8>) -> Option<Self> {
        let layout = match data.get(..8)? {
            [0xf0, 0xff, 0xff, 0xff, 0, 0, 1, 8] => Layout::Old,
            [0xf1, 0xff, 0xff, 0xff, 0, 0, 1, 8] => Layout::New,
            _ => return None,
        };
        Some(Self { data, layout, left: Cell::new(STEPS) })
    }

    /// A new question begins.
    pub(crate) fn refill(&self) {
        self.left.set(STEPS);
    }

    pub(crate) fn layout(&self) -> Layout {
        self.layout
    }

    pub(crate) fn length(&self) -> usize {
        self.data.len()
    }

    /// Where in the table the address of the first function is, until Go 1.25.
    pub(crate) const TEXT: u64 = HEADER_TEXT as u64;

    fn number(&self, at: usize) -> Option<usize> {
        number(&self.data, at)
    }

    /// A word of the header: 0 how many functions, 3 names, 4 units, 5 files, 6 steps, 7 functions.
    fn header(&self, index: usize) -> Option<usize> {
        let at = 8 + 8 * index;
        usize::try_from(u64::from_le_bytes(self.data.get(at..at + 8)?.try_into().ok()?)).ok()
    }

    fn text(&self, at: usize) -> Option<&str> {
        let rest = self.data.get(at..)?;
        let end = rest.iter().take(4096).position(|byte| *byte == 0)?;
        str::from_utf8(&rest[..end]).ok()
    }

    /// The function at an offset from where functions begin.
    pub(crate) fn find(&self, offset: u64) -> Option<At<'_>> {
        let (count, functions) = (self.header(0)?, self.header(7)?);
        let place = |index: usize| functions.checked_add(index.checked_mul(8)?);
        let entry = |index: usize| self.number(place(index)?).map(|entry| entry as u64);
        if offset >= entry(count)? || offset < entry(0)? {
            return None;
        }
        let (mut low, mut high) = (0, count);
        while low + 1 < high {
            let middle = low + (high - low) / 2;
            if entry(middle)? <= offset { low = middle } else { high = middle }
        }
        let function = functions.checked_add(self.number(place(low)?.checked_add(4)?)?)?;
        Some(At { table: self, function, offset: offset - entry(low)? })
    }

    /// What a table of steps says at an offset into its function.
    fn value(&self, table: usize, target: u64) -> Option<i64> {
        let mut at = self.header(6)?.checked_add(table)?;
        let mut number = || {
            let mut value = 0_u64;
            for shift in (0..35).step_by(7) {
                let byte = *self.data.get(at)?;
                at += 1;
                value |= u64::from(byte & 0x7f) << shift;
                if byte & 0x80 == 0 {
                    return Some(value);
                }
            }
            None
        };
        let (mut value, mut end) = (-1_i64, 0_u64);
        let mut is_first = true;
        // Each step takes bytes of the table.
        loop {
            self.left.set(self.left.get().checked_sub(1)?);
            let step = number()?;
            if step == 0 && !is_first {
                return None;
            }
            is_first = false;
            let half = i64::try_from(step >> 1).ok()?;
            value = value.checked_add(if step & 1 == 0 { half } else { !half })?;
            end = end.checked_add(number()?)?;
            if target < end {
                return Some(value);
            }
        }
    }
}

fn number(data: &[u8], at: usize) -> Option<usize> {
    let bytes = data.get(at..at.checked_add(4)?)?;
    Some(u32::from_le_bytes(bytes.try_into().ok()?) as usize)
}

impl<'t> At<'t> {
    fn field(&self, at: usize) -> Option<usize> {
        self.table.number(self.function.checked_add(at)?)
    }

    /// How long the fixed part of a function's description is.
    fn fixed(&self) -> usize {
        match self.table.layout {
            Layout::Old => 40,
            Layout::New => 44,
        }
    }

    fn byte(&self, at: usize) -> Option<u8> {
        self.table.data.get(self.function.checked_add(at)?).copied()
    }

    /// How far into the function it is.
    pub(crate) fn offset(&self) -> u64 {
        self.offset
    }

    /// Bytes between the stack pointer and the return address.
    pub(crate) fn frame_size(&self) -> Option<u64> {
        u64::try_from(self.table.value(self.field(16)?, self.offset)?)
            .ok()
            .filter(|size| size % 8 == 0)
    }

    /// True if the caller's frame is not above this one.
    pub(crate) fn is_top(&self) -> bool {
        self.byte(self.fixed() - 3).is_none_or(|flags| flags & (TOP_FRAME | STACK_WRITE) != 0)
    }

    /// The lines here: of inlined calls first, which `inlined` describes. `None` where a line may be missing:
    /// then who called is not known either.
    pub(crate) fn lines(&self, inlined: &[u8]) -> Option<Vec<Line<'t>>> {
        let mut lines = Vec::new();
        let mut offset = self.offset;
        let tree = self.tree();
        for _ in 0..DEEPEST {
            let call = match tree {
                Some((steps, tree)) => self.inlined(inlined, steps, tree, offset)?,
                None => None,
            };
            let name = match call {
                Some((name, _)) => name,
                None => self.field(4)?,
            };
            lines.push(self.line(offset, name)?);
            let Some((_, parent)) = call else { return Some(lines) };
            offset = parent as u64;
        }
        None
    }

    /// Which table of steps tells the inlined call, and where its description begins.
    fn tree(&self) -> Option<(usize, usize)> {
        let steps = self.field(28)?;
        let described = usize::from(self.byte(self.fixed() - 1)?);
        if steps <= PCDATA_INLINE || described <= FUNCDATA_INLINE {
            return None;
        }
        let table = self.field(self.fixed() + 4 * PCDATA_INLINE)?;
        let after_steps = steps.checked_mul(4)?.checked_add(self.fixed() + 4 * FUNCDATA_INLINE)?;
        let tree = self.field(after_steps)?;
        (table != 0 && tree != u32::MAX as usize).then_some((table, tree))
    }

    /// The inlined call at an offset, if there is one: its function's name, and the offset of the call in what it
    /// is inlined into. The outer `None` if that can't be told.
    #[expect(clippy::option_option, reason = "not to know is not to have none")]
    fn inlined(
        &self,
        inlined: &[u8],
        steps: usize,
        tree: usize,
        offset: u64,
    ) -> Option<Option<(usize, usize)>> {
        // -1 is none, and so is the end of the table.
        let Some(index) = self.table.value(steps, offset) else { return Some(None) };
        let Ok(index) = usize::try_from(index) else { return Some(None) };
        let (size, name, parent) = match self.table.layout {
            Layout::Old => (20, 12, 16),
            Layout::New => (16, 4, 8),
        };
        let at = tree.checked_add(index.checked_mul(size)?)?;
        let field = |field: usize| number(inlined, at.checked_add(field)?);
        Some(Some((field(name)?, field(parent)?)))
    }

    fn line(&self, offset: u64, name: usize) -> Option<Line<'t>> {
        let table = self.table;
        let function = table.text(table.header(3)?.checked_add(name)?)?;
        let file = usize::try_from(table.value(self.field(20)?, offset)?).ok()?;
        let unit = self.field(32)?.checked_add(file)?.checked_mul(4)?;
        let file = table.number(table.header(4)?.checked_add(unit)?)?;
        let file = table.text(table.header(5)?.checked_add(file)?)?;
        let line = u32::try_from(table.value(self.field(24)?, offset)?).ok()?;
        (!file.is_empty() && line > 0).then_some(Line { file, line, function })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_add_up() {
        let mut data = vec![0; 128];
        data[..8].copy_from_slice(&[0xf1, 0xff, 0xff, 0xff, 0, 0, 1, 8]);
        data[56..64].copy_from_slice(&100_u64.to_le_bytes());
        // From -1: up by 11 for 4 bytes, down by 2 for 200 bytes; the end.
        data[100..106].copy_from_slice(&[22, 4, 3, 0xc8, 1, 0]);
        let table = Table::new(data).expect("a table");
        assert_eq!(table.value(0, 0), Some(10));
        assert_eq!(table.value(0, 3), Some(10));
        assert_eq!(table.value(0, 4), Some(8));
        assert_eq!(table.value(0, 203), Some(8));
        assert_eq!(table.value(0, 204), None);
        assert_eq!(table.value(usize::MAX, 0), None);
    }

    #[test]
    fn steps_without_end_are_not_followed() {
        let mut data = vec![1; 16 << 20];
        data[..8].copy_from_slice(&[0xf1, 0xff, 0xff, 0xff, 0, 0, 1, 8]);
        data[56..64].copy_from_slice(&100_u64.to_le_bytes());
        let table = Table::new(data).expect("a table");
        assert_eq!(table.value(0, u64::MAX), None);
        assert_eq!(table.left.get(), 0);
        assert_eq!(table.value(0, 0), None, "nothing is left");
        table.refill();
        assert!(table.value(0, 0).is_some());
    }

    #[test]
    fn another_table_is_refused() {
        // Go 1.16, and one for another processor.
        for head in [[0xfa, 0xff, 0xff, 0xff, 0, 0, 1, 8], [0xf1, 0xff, 0xff, 0xff, 0, 0, 4, 8]] {
            assert!(Table::new(head.to_vec()).is_none());
        }
    }
}
