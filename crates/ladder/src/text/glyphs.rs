//! The characters a ladder is drawn with, in Unicode and in ASCII.

use crate::model::{Arrow, ArrowKind, Rail};

/// A set of drawing characters.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Glyphs {
    pub(crate) ascii: bool,
    pub(crate) rail: &'static str,
    pub(crate) waiting: &'static str,
    pub(crate) outside: &'static str,
    pub(crate) branch: &'static str,
    pub(crate) ended: &'static str,
    pub(crate) crossing: &'static str,
    pub(crate) line: &'static str,
    pub(crate) dashed: &'static str,
    pub(crate) dotted: &'static str,
    pub(crate) right: &'static str,
    pub(crate) left: &'static str,
    pub(crate) lost: &'static str,
    pub(crate) under_way: &'static str,
    pub(crate) fold: &'static str,
    pub(crate) silence: &'static str,
    pub(crate) decisive: &'static str,
    pub(crate) note: &'static str,
    pub(crate) problem: &'static str,
    pub(crate) footer: &'static str,
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
    dotted: "┈",
    right: "▶",
    left: "◀",
    lost: "✗",
    under_way: "…",
    fold: "⋮",
    silence: "⋯",
    decisive: "▌",
    note: "↳",
    problem: "!",
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
    dotted: "~",
    right: ">",
    left: "<",
    lost: "x",
    under_way: "~",
    fold: ":",
    silence: "...",
    decisive: "#",
    note: "->",
    problem: "!",
    footer: "-",
};

/// Stands before the head of an arrow that is inferred.
pub(crate) const INFERRED: &str = "?";

impl Glyphs {
    /// Where an arrow ends that does not arrive in its row.
    pub(crate) fn end(&self, arrow: &Arrow) -> &'static str {
        if arrow.under_way || arrow.arrives_later() { self.under_way } else { self.lost }
    }

    /// How a lifeline looks.
    pub(crate) fn lifeline(&self, rail: Rail) -> &'static str {
        match rail {
            Rail::Running => self.rail,
            Rail::Waiting => self.waiting,
            Rail::Outside | Rail::Kernel => self.outside,
            Rail::Ended => " ",
        }
    }

    /// What an arrow's line is made of.
    pub(crate) fn stroke(&self, arrow: &Arrow) -> &'static str {
        match arrow.kind {
            _ if arrow.inferred => self.dotted,
            ArrowKind::End => self.dashed,
            _ => self.line,
        }
    }

    pub(crate) fn of(ascii: bool) -> Self {
        if ascii { ASCII } else { UNICODE }
    }

    /// The text, transliterated if this set is limited to ASCII.
    pub(crate) fn spell(&self, text: &str) -> String {
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
        '✗' | '×' => "x", '⟨' => "<", '⟩' => ">", '┄' => "~", '…' => "...", '→' => "->", '◂' => "<-", '–' | '—' => "-",
        '·' => "-", '┈' => "~", '▶' => ">", '⚡' => "!", 'µ' => "u", '\u{a0}' | '\u{202f}' => " ", '↑' => "up", '↓' => "down",
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
