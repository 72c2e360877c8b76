//! The signs a ladder is drawn with, in Unicode and in ASCII.

/// A set of signs.
#[derive(Clone, Copy, Debug)]
pub(super) struct Glyphs {
    pub(super) ascii: bool,
    pub(super) rail: &'static str,
    pub(super) waiting: &'static str,
    pub(super) outside: &'static str,
    pub(super) branch: &'static str,
    pub(super) ended: &'static str,
    pub(super) crossing: &'static str,
    pub(super) line: &'static str,
    pub(super) dashed: &'static str,
    pub(super) right: &'static str,
    pub(super) left: &'static str,
    pub(super) lost: &'static str,
    pub(super) fold: &'static str,
    pub(super) decisive: &'static str,
    pub(super) note: &'static str,
    pub(super) footer: &'static str,
}

const UNICODE: Glyphs = Glyphs {
    ascii: false,
    rail: "│",
    waiting: "┊",
    outside: "╎",
    branch: "├",
    ended: "└",
    crossing: "┼",
    line: "─",
    dashed: "╌",
    right: "▶",
    left: "◀",
    lost: "✗",
    fold: "⋮",
    decisive: "▌",
    note: "↳",
    footer: "·",
};

const ASCII: Glyphs = Glyphs {
    ascii: true,
    rail: "|",
    waiting: ":",
    outside: ":",
    branch: "+",
    ended: "+",
    crossing: "+",
    line: "-",
    dashed: ".",
    right: ">",
    left: "<",
    lost: "x",
    fold: ":",
    decisive: "#",
    note: "->",
    footer: "-",
};

impl Glyphs {
    pub(super) fn of(ascii: bool) -> Self {
        if ascii { ASCII } else { UNICODE }
    }

    /// The text as this set can write it.
    pub(super) fn spell(&self, text: &str) -> String {
        if !self.ascii || text.is_ascii() {
            return text.to_owned();
        }
        let mut spelled = String::with_capacity(text.len());
        for char in text.chars() {
            match spelling(char) {
                _ if char.is_ascii() => spelled.push(char),
                Some(text) => spelled.push_str(text),
                None => spelled.extend(char.escape_unicode()),
            }
        }
        spelled
    }
}

#[rustfmt::skip]
fn spelling(char: char) -> Option<&'static str> {
    const CIRCLED: [&str; 20] = [
        "(1)", "(2)", "(3)", "(4)", "(5)", "(6)", "(7)", "(8)", "(9)", "(10)",
        "(11)", "(12)", "(13)", "(14)", "(15)", "(16)", "(17)", "(18)", "(19)", "(20)",
    ];
    if let Some(index) = u32::from(char).checked_sub(0x2460).filter(|index| *index < 20) {
        return CIRCLED.get(index as usize).copied();
    }
    Some(match char {
        '✗' | '×' => "x", '┄' => "~", '…' => "...", '→' => "->", '◂' => "<-", '–' | '—' => "-",
        '·' => "-", '⚡' => "!", 'µ' => "u", '\u{a0}' | '\u{202f}' => " ", '↑' => "up", '↓' => "down",
        'á' => "a", 'é' => "e", 'í' => "i", 'ó' => "o", 'ú' | 'ü' => "u", 'ñ' => "n",
        'Á' => "A", 'É' => "E", 'Í' => "I", 'Ó' => "O", 'Ú' | 'Ü' => "U", 'Ñ' => "N",
        '¿' | '¡' => "", '«' | '»' | '“' | '”' => "\"", '‘' | '’' => "'",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ascii_spells_everything() {
        let spelled = Glyphs::of(true).spell("✗ ① ⑳ más 日 ┄ 1 µs");
        assert_eq!(spelled, r"x (1) (20) mas \u{65e5} ~ 1 us");
    }
}
