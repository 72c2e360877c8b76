//! A code object's table of lines, in its three formats.
//!
//! Each function returns what `PyCode_Addr2Line` of its versions does: the line of the instruction at `offset`
//! (in bytes; `None` is "before the first"), or `None` if the table has no line for it. All of them read the
//! table once from its beginning, whatever it contains.

/// A line number, if it can be one.
fn valid(line: i64) -> Option<u32> {
    u32::try_from(line).ok().filter(|line| (1..=i32::MAX as u32).contains(line))
}

/// 3.8 and 3.9 (`co_lnotab`): pairs of how many bytes and how many lines further, the latter signed.
/// `Objects/lnotab_notes.txt`
pub(crate) fn of_pairs(table: &[u8], first: i32, offset: Option<u64>) -> Option<u32> {
    let mut line = i64::from(first);
    let Some(offset) = offset else { return valid(line) };
    let mut at = 0;
    for pair in table.as_chunks::<2>().0 {
        at += u64::from(pair[0]);
        if at > offset {
            break;
        }
        line += i64::from(pair[1].cast_signed());
    }
    valid(line)
}

/// 3.10 (PEP 626): pairs of a range's length in bytes and how many lines further it is; -128: it has no line.
/// `Objects/lnotab_notes.txt`
pub(crate) fn of_ranges(table: &[u8], first: i32, offset: Option<u64>) -> Option<u32> {
    let mut line = i64::from(first);
    let Some(offset) = offset else { return valid(line) };
    let mut end = 0;
    for pair in table.as_chunks::<2>().0 {
        end += u64::from(pair[0]);
        let further = pair[1].cast_signed();
        if further != i8::MIN {
            line += i64::from(further);
        }
        if offset < end {
            return if further == i8::MIN { None } else { valid(line) };
        }
    }
    None
}

/// Since 3.11 (PEP 657): entries, each beginning with the only byte whose highest bit is set, which has the
/// entry's kind and its length in instructions of two bytes.
/// `Objects/locations.md` (3.11), `InternalDocs/code_objects.md` (3.13)
pub(crate) fn of_locations(table: &[u8], first: i32, offset: Option<u64>) -> Option<u32> {
    const NONE: u8 = 15;
    const LONG: u8 = 14;
    const NO_COLUMNS: u8 = 13;
    const ONE_LINE: std::ops::RangeInclusive<u8> = 10..=12;

    let mut line = i64::from(first);
    let Some(offset) = offset else { return valid(line) };
    let (mut rest, mut end) = (table, 0);
    while let [head, after @ ..] = rest
        && head & 0x80 != 0
    {
        end += 2 * (u64::from(head & 7) + 1);
        let kind = head >> 3 & 15;
        let further = match kind {
            NO_COLUMNS | LONG => signed(after)?,
            kind if ONE_LINE.contains(&kind) => i64::from(kind - ONE_LINE.start()),
            _ => 0,
        };
        line = line.checked_add(further)?;
        if offset < end {
            return if kind == NONE { None } else { valid(line) };
        }
        let next = after.iter().position(|byte| byte & 0x80 != 0)?;
        rest = after.get(next..)?;
    }
    None
}

/// A number in bytes of six bits, the lowest first, each but the last with 0x40 set; the lowest bit is the sign.
fn signed(bytes: &[u8]) -> Option<i64> {
    let mut value = 0_u64;
    for (place, byte) in bytes.iter().enumerate().take(10) {
        value |= u64::from(byte & 0x3f) << (6 * place);
        if byte & 0x40 == 0 {
            let size = i64::try_from(value >> 1).ok()?;
            return Some(if value & 1 == 0 { size } else { -size });
        }
    }
    None
}
