//! The small patterns expectations are made of: ranges, addresses, bytes.

use std::fmt;
use std::net::IpAddr;

use serde::{Deserialize, Serialize};
use socklab_event::Endpoint;

use crate::pattern::{Part, Pattern};
use crate::pieces;

/// A range of numbers, both ends included; either end may be open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Range {
    /// No less than this.
    pub at_least: Option<i64>,
    /// No more than this.
    pub at_most: Option<i64>,
}

impl Range {
    /// Exactly this.
    pub const fn exactly(number: i64) -> Self {
        Self { at_least: Some(number), at_most: Some(number) }
    }

    /// This, or more.
    pub const fn at_least(number: i64) -> Self {
        Self { at_least: Some(number), at_most: None }
    }

    /// True if the number is within the range.
    pub fn has(self, number: i64) -> bool {
        self.at_least.is_none_or(|least| number >= least)
            && self.at_most.is_none_or(|most| number <= most)
    }
}

impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.at_least, self.at_most) {
            (Some(least), Some(most)) if least == most => write!(f, "{least}"),
            (Some(least), Some(most)) => write!(f, "{least}…{most}"),
            (Some(least), None) => write!(f, "≥ {least}"),
            (None, Some(most)) => write!(f, "≤ {most}"),
            (None, None) => f.write_str("any number"),
        }
    }
}

/// An address and a port, either of which may be left open: `127.0.0.1:12000`, `*:12000`,
/// `[::1]:*`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    /// The address; `None` for any.
    pub ip: Option<IpAddr>,
    /// The port; `None` for any.
    pub port: Option<u16>,
}

impl Address {
    /// Parses it; `None` if the text is not an address and a port.
    pub fn parse(text: &str) -> Option<Self> {
        let (ip, port) = text.rsplit_once(':')?;
        let open = |part: &str| part == "*";
        let bare = ip.strip_prefix('[').and_then(|ip| ip.strip_suffix(']')).unwrap_or(ip);
        Some(Self {
            ip: if open(ip) { None } else { Some(bare.parse().ok()?) },
            port: if open(port) { None } else { Some(port.parse().ok()?) },
        })
    }

    /// True if the endpoint matches.
    pub fn is(&self, endpoint: &Endpoint) -> bool {
        endpoint.unmapped().ip_port().is_some_and(|(ip, port)| {
            self.ip.is_none_or(|wanted| wanted == ip)
                && self.port.is_none_or(|wanted| wanted == port)
        })
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.ip {
            None => f.write_str("*")?,
            Some(IpAddr::V4(ip)) => write!(f, "{ip}")?,
            Some(IpAddr::V6(ip)) => write!(f, "[{ip}]")?,
        }
        match self.port {
            None => f.write_str(":*"),
            Some(port) => write!(f, ":{port}"),
        }
    }
}

/// What bytes should be; anything left out does not matter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BytesWanted {
    /// Exactly these.
    pub equals: Option<Vec<u8>>,
    /// These somewhere among them.
    pub contains: Option<Vec<u8>>,
    /// These first.
    pub starts_with: Option<Vec<u8>>,
    /// They look like all of these.
    pub patterns: Vec<Pattern>,
    /// The first byte is one of these, unless there are none here.
    pub first_byte: Vec<u8>,
    /// How many.
    pub length: Option<Range>,
    /// Upper and lower case (ASCII) count as the same.
    pub ignore_case: bool,
    /// With `contains`: line ends are ignored, wherever they are.
    pub ignore_line_ends: bool,
    /// With `contains`, as [`BytesWanted::ignore_line_ends`]; and it may be in pieces, with a label
    /// before each.
    pub in_pieces: bool,
    /// With `contains`, and patterns for some part: exactly once.
    pub once: bool,
    /// With these, too: behind it is text or nothing, and not what else was in a buffer.
    pub whole: bool,
}

impl BytesWanted {
    /// Whether they match. `total` is how many there were, of which `bytes` may be only the first.
    /// `None` if the first ones are not enough to decide.
    pub fn fit(&self, bytes: &[u8], total: u64) -> Option<bool> {
        let cut = (bytes.len() as u64) < total;
        let fold = |bytes: &[u8]| match self.ignore_case {
            true => bytes.to_ascii_lowercase(),
            false => bytes.to_vec(),
        };
        let have = fold(bytes);
        let mut sure = true;
        if let Some(length) = self.length
            && !length.has(i64::try_from(total).unwrap_or(i64::MAX))
        {
            return Some(false);
        }
        if !self.first_byte.is_empty() {
            match bytes.first() {
                Some(first) if self.first_byte.contains(first) => {}
                None if total > 0 => sure = false,
                _ => return Some(false),
            }
        }
        if let Some(wanted) = self.equals.as_deref().map(fold) {
            if wanted.len() as u64 != total || !wanted.starts_with(&have) {
                return Some(false);
            }
            sure &= !cut;
        }
        if let Some(wanted) = self.starts_with.as_deref().map(fold) {
            let both = wanted.len().min(have.len());
            if wanted[..both] != have[..both] || (wanted.len() as u64) > total {
                return Some(false);
            }
            sure &= wanted.len() <= have.len();
        }
        if let Some(wanted) = self.contains.as_deref().map(fold) {
            let dense = self.ignore_line_ends || self.in_pieces;
            let is_kept = |byte: &u8| !dense || !b"\r\n".contains(byte);
            let kept = have.iter().enumerate().filter(|(_, byte)| is_kept(byte));
            let (places, line): (Vec<usize>, Vec<u8>) = kept.map(|(at, byte)| (at, *byte)).unzip();
            let wanted: Vec<u8> = wanted.into_iter().filter(is_kept).collect();
            let mut ends = occurrences(&line, &wanted);
            if ends.is_empty() && self.in_pieces {
                ends.extend(pieces::end(&line, &wanted));
            }
            if (ends.is_empty() && !cut) || (self.once && ends.len() > 1) {
                return Some(false);
            }
            let behind =
                |end: &usize| end.checked_sub(1).map_or(&have[..], |at| &have[places[at] + 1..]);
            if self.whole && !ends.iter().all(|end| begins_as_text(behind(end))) {
                return Some(false);
            }
            sure &= !ends.is_empty() && !((self.once || self.whole) && cut);
        }
        for pattern in &self.patterns {
            match self.looks_like(pattern, bytes, cut) {
                Some(true) => {}
                None => sure = false,
                Some(false) => return Some(false),
            }
        }
        sure.then_some(true)
    }

    /// Whether these bytes look like this. With `cut`, they are not all.
    fn looks_like(&self, pattern: &Pattern, bytes: &[u8], cut: bool) -> Option<bool> {
        if pattern.part() == Part::Whole {
            return (!cut).then(|| pattern.fits(bytes));
        }
        let ends = pattern.ends(bytes);
        if cut {
            // What ends before the last byte does not depend on what is missing.
            let certain = ends.first().is_some_and(|end| *end < bytes.len());
            return (certain && !self.once && !self.whole).then_some(true);
        }
        let often = self.once && ends.len() > 1;
        let clean = !self.whole || ends.iter().all(|end| begins_as_text(&bytes[*end..]));
        Some(!ends.is_empty() && !often && clean)
    }

    /// How many of the first bytes it names are there, in order.
    pub(crate) fn right(&self, bytes: &[u8]) -> usize {
        let dense = |bytes: &[u8]| -> Vec<u8> {
            bytes.iter().copied().filter(|byte| !b"\r\n".contains(byte)).collect()
        };
        match &self.contains {
            Some(wanted) if self.in_pieces => pieces::right(&dense(bytes), &dense(wanted)),
            _ if self.sample().is_none() => {
                self.patterns.first().map_or(0, |pattern| pattern.fitting(bytes))
            }
            _ => {
                let wanted = self.sample().unwrap_or_default();
                bytes.iter().zip(wanted).take_while(|(a, b)| a == b).count()
            }
        }
    }

    /// The bytes it names, for comparison with others.
    pub fn sample(&self) -> Option<&[u8]> {
        let named = self.equals.as_ref().or(self.starts_with.as_ref()).or(self.contains.as_ref());
        named.map(Vec::as_slice)
    }
}

/// Where the part ends, each time it is found, without overlaps. What is empty is found once.
fn occurrences(bytes: &[u8], part: &[u8]) -> Vec<usize> {
    if part.is_empty() {
        return vec![0];
    }
    let (mut at, mut ends) = (0, Vec::new());
    while let Some(found) = bytes[at..].windows(part.len()).position(|window| window == part) {
        at += found + part.len();
        ends.push(at);
    }
    ends
}

/// True if the bytes begin as something that a program may print, or there are none: with no control
/// characters but those that move the cursor or begin a colour, and with UTF-8.
fn begins_as_text(bytes: &[u8]) -> bool {
    match bytes {
        [] => true,
        [byte, ..] if byte.is_ascii() => {
            !byte.is_ascii_control() || b"\t\n\r\x07\x08\x0b\x0c\x1b".contains(byte)
        }
        _ => match std::str::from_utf8(&bytes[..bytes.len().min(4)]) {
            Ok(_) => true,
            Err(error) => error.valid_up_to() > 0,
        },
    }
}

/// Text to bytes, with `\n`, `\r`, `\t`, `\0`, `\\` and `\xNN` replaced by the bytes they stand
/// for. TOML has already processed its own escapes, so this is for `'literal'` strings and for
/// bytes that are not UTF-8. The error is the faulty escape.
pub fn unescape(text: &str) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        bytes.extend_from_slice(&rest.as_bytes()[..at]);
        let code = rest[at + 1..].chars().next();
        let mut used = 2;
        match code {
            Some('n') => bytes.push(b'\n'),
            Some('r') => bytes.push(b'\r'),
            Some('t') => bytes.push(b'\t'),
            Some('0') => bytes.push(0),
            Some('\\') => bytes.push(b'\\'),
            Some('x') => {
                let digits = rest.get(at + 2..at + 4).unwrap_or_default();
                match u8::from_str_radix(digits, 16) {
                    Ok(byte) if digits.bytes().all(|c| c.is_ascii_hexdigit()) => bytes.push(byte),
                    _ => return Err(format!("\\x{digits}")),
                }
                used = 4;
            }
            other => return Err(format!("\\{}", other.map(String::from).unwrap_or_default())),
        }
        rest = &rest[at + used..];
    }
    bytes.extend_from_slice(rest.as_bytes());
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_may_be_open() {
        let any: Address = Address::parse("*:12000").unwrap();
        assert!(any.is(&Endpoint::ip([127, 0, 0, 1], 12000)));
        assert!(!any.is(&Endpoint::ip([127, 0, 0, 1], 12001)));
        let host = Address::parse("127.0.0.1:*").unwrap();
        assert!(host.is(&Endpoint::ip([127, 0, 0, 1], 9)));
        assert!(!host.is(&Endpoint::ip([127, 0, 0, 2], 9)) && !host.is(&Endpoint::UnixUnnamed));
        for text in ["[::1]:*", "127.0.0.1:80", "*:*"] {
            assert_eq!(Address::parse(text).unwrap().to_string(), text);
        }
        assert!(Address::parse("12000").is_none() && Address::parse("localhost:1").is_none());
    }

    #[test]
    fn a_range_includes_both_its_ends() {
        let range = Range { at_least: Some(2), at_most: Some(4) };
        let within: Vec<i64> = (0..7).filter(|number| range.has(*number)).collect();
        assert_eq!(within, [2, 3, 4]);
        let most = Range { at_least: None, at_most: Some(4) };
        assert!(most.has(-1) && !most.has(5) && Range::at_least(2).has(99));
        let texts = [range, Range::exactly(3), Range::at_least(2), most].map(|one| one.to_string());
        assert_eq!(texts, ["2…4", "3", "≥ 2", "≤ 4"]);
    }

    #[test]
    fn a_sample_decides_only_about_what_it_contains() {
        let wanted = BytesWanted { equals: Some(b"abcd".to_vec()), ..BytesWanted::default() };
        assert_eq!(wanted.fit(b"abcd", 4), Some(true));
        assert_eq!(wanted.fit(b"abc", 4), None);
        assert_eq!(wanted.fit(b"abx", 4), Some(false));
        let some = BytesWanted {
            contains: Some(b"OK".to_vec()),
            ignore_case: true,
            ..BytesWanted::default()
        };
        assert_eq!(some.fit(b"..ok..", 6), Some(true));
        assert_eq!(some.fit(b"..", 6), None);
        let pieces = BytesWanted { ignore_line_ends: true, ..some };
        assert_eq!(pieces.fit(b".o\r\nk.", 6), Some(true));
        assert_eq!(pieces.fit(b"okok", 4), Some(true));
        let once = BytesWanted { once: true, ..pieces };
        let fits =
            [&b"ok"[..], b"okok", b"o", b""].map(|bytes| once.fit(bytes, bytes.len() as u64));
        assert_eq!(fits, [Some(true), Some(false), Some(false), Some(false)]);
        // There may be another one in what was not recorded.
        assert_eq!((once.fit(b"ok", 9), once.fit(b"okok", 9)), (None, Some(false)));
    }

    #[test]
    fn what_else_was_in_a_buffer_is_not_part_of_a_text() {
        let wanted = |ignore_line_ends| BytesWanted {
            contains: Some(b"HOLA".to_vec()),
            whole: true,
            ignore_line_ends,
            ..BytesWanted::default()
        };
        let fit = |bytes: &[u8], ends| wanted(ends).fit(bytes, bytes.len() as u64);
        for good in
            ["> HOLA", "HOLA\n", "'HOLA'\n", "HOLA¡Adiós!", "HOLAbye", "HOLA\x1b[0m", "HOLA\t"]
        {
            assert_eq!(fit(good.as_bytes(), false), Some(true), "{good}");
        }
        for wrong in
            [&b"HOLA\0\0"[..], b"HOLA\x01", b"HOLA\xf0\x7f", b"HOLA\x90\n", b"HOLA\n.HOLA\0"]
        {
            assert_eq!(fit(wrong, false), Some(false), "{wrong:?}");
        }
        assert_eq!(fit(b"HO\r\nLA\n", true), Some(true));
        assert_eq!(fit(b"HO\nLA\0", true), Some(false));
        assert_eq!(wanted(false).fit(b"HOLA", 9), None);
    }

    #[test]
    fn the_first_byte_is_one_of_several() {
        let wanted = BytesWanted { first_byte: vec![0x1b, 0x23], ..BytesWanted::default() };
        assert_eq!(wanted.fit(b"\x23\0", 2), Some(true));
        assert_eq!(wanted.fit(b"\x24\0", 2), Some(false));
        assert_eq!(wanted.fit(b"", 0), Some(false));
        assert_eq!(wanted.fit(b"", 2), None);
    }

    #[test]
    fn escapes_are_bytes() {
        assert_eq!(unescape(r"a\x00\xff\n"), Ok(b"a\x00\xff\n".to_vec()));
        assert_eq!(unescape(r"\q"), Err("\\q".into()));
        assert_eq!(unescape("\\xé"), Err("\\xé".into()));
        assert_eq!(unescape("\\x+f"), Err("\\x+f".into()));
    }
}
