//! Machine code, as little of it as is needed: what was called before an address that is returned to.

/// A call instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Call {
    /// Of the function at an address.
    To(u64),
    /// Of the function whose address is at an address.
    Through(u64),
    /// Of one whose address was in a register, or somewhere that a register said.
    Somewhere,
}

/// The call that the eight bytes before `back` end in. `None` if they end in none: then `back` is no address
/// that anything returns to.
pub(crate) fn before(code: &[u8; 8], back: u64) -> Option<Call> {
    let distance = i64::from(i32::from_le_bytes([code[4], code[5], code[6], code[7]]));
    let there = back.wrapping_add_signed(distance);
    if code[3] == 0xe8 {
        return Some(Call::To(there));
    }
    if code[2] == 0xff && code[3] == 0x15 {
        return Some(Call::Through(there));
    }
    // FF /2: a ModRM byte says how long it is.
    let is_call = |start: usize| {
        let (Some(0xff), Some(modrm)) = (code.get(start), code.get(start + 1)) else {
            return false;
        };
        let (mode, operation, place) = (modrm >> 6, modrm >> 3 & 7, modrm & 7);
        let has_sib = mode != 3 && place == 4;
        let base_is_number =
            has_sib && mode == 0 && code.get(start + 2).is_some_and(|sib| sib & 7 == 5);
        let number = match mode {
            0 if place == 5 || base_is_number => 4,
            1 => 1,
            2 => 4,
            _ => 0,
        };
        operation == 2 && start + 2 + usize::from(has_sib) + number == code.len()
    };
    (1..7).any(is_call).then_some(Call::Somewhere)
}

/// The variable that an entry of a table of jumps takes the address from: `jmp *variable(%rip)`.
pub(crate) fn slot(code: &[u8], address: u64) -> Option<u64> {
    let mut at = 0;
    // endbr64, and the prefix `bnd`.
    for prefix in [&[0xf3, 0x0f, 0x1e, 0xfa][..], &[0xf2]] {
        if code.get(at..)?.starts_with(prefix) {
            at += prefix.len();
        }
    }
    let [0xff, 0x25, distance @ ..] = code.get(at..at + 6)? else { return None };
    let distance = i64::from(i32::from_le_bytes(distance.try_into().ok()?));
    Some(address.wrapping_add(at as u64 + 6).wrapping_add_signed(distance))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_return_address_follows_a_call() {
        let before = |code| before(code, 0x2000);
        assert_eq!(before(b"\x90\x90\x90\xe8\xfb\xff\xff\xff"), Some(Call::To(0x1ffb)));
        assert_eq!(before(b"\x90\x90\xff\x15\x10\0\0\0"), Some(Call::Through(0x2010)));
        // call *%rax; call *0x10(%rax); call *0x18(%r12); call *0x100(%rbx); call *(,%rax,8).
        for code in [
            b"\x90\x90\x90\x90\x90\x90\xff\xd0",
            b"\x90\x90\x90\x90\x90\xff\x50\x10",
            b"\x90\x90\x90\x41\xff\x54\x24\x18",
            b"\x90\x90\xff\x93\0\x01\0\0",
            b"\x90\xff\x14\xc5\0\0\0\0",
        ] {
            assert_eq!(before(code), Some(Call::Somewhere), "{code:x?}");
        }
        // jmp *%rax; push; a call and something after it.
        for code in [
            b"\x90\x90\x90\x90\x90\x90\xff\xe0",
            b"\x90\x90\x90\x90\x90\xff\x70\x10",
            b"\x90\x90\xe8\0\0\0\0\x90",
        ] {
            assert_eq!(before(code), None, "{code:x?}");
        }
    }

    #[test]
    fn a_table_of_jumps_is_read() {
        assert_eq!(slot(b"\xff\x25\x0a\0\0\0", 0x1000), Some(0x1010));
        assert_eq!(slot(b"\xf3\x0f\x1e\xfa\xf2\xff\x25\x05\0\0\0\x0f\x1f", 0x1000), Some(0x1010));
        assert_eq!(slot(b"\xe9\0\0\0\0\x90", 0x1000), None);
        assert_eq!(slot(b"\xff", 0x1000), None);
    }
}
