//! Files of other kinds, which people pass by mistake: they are refused by name.

use std::fmt;

/// A kind of file that is not a timeline, recognized by how it begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Foreign {
    /// UTF-8 text after a byte order mark, as some editors save it (RFC 8259 §8.1 forbids it).
    ByteOrderMark,
    /// UTF-16 or UTF-32 text.
    Utf16,
    /// Compressed by `gzip(1)`, RFC 1952.
    Gzip,
    /// Compressed by `zstd(1)`, RFC 8878.
    Zstandard,
    /// Compressed by `xz(1)`.
    Xz,
    /// A ZIP archive.
    Zip,
    /// Packets, as `tcpdump -w` writes them.
    Pcap,
    /// Packets, as Wireshark saves them.
    Pcapng,
    /// The output of `strace(1)`.
    Strace,
    /// A web page: perhaps the drawing of a recording.
    Html,
    /// A picture: perhaps the drawing of a recording.
    Svg,
    /// An executable or object file.
    Elf,
}

/// Kinds that begin with certain bytes, whatever follows.
const BEGINNINGS: [(&[u8], Foreign); 16] = [
    (b"\xef\xbb\xbf", Foreign::ByteOrderMark),
    (b"\xff\xfe", Foreign::Utf16),
    (b"\xfe\xff", Foreign::Utf16),
    (b"\0\0\xfe\xff", Foreign::Utf16),
    (b"{\0", Foreign::Utf16),
    (b"\0{", Foreign::Utf16),
    (b"\x1f\x8b", Foreign::Gzip),
    (b"\x28\xb5\x2f\xfd", Foreign::Zstandard),
    (b"\xfd7zXZ\0", Foreign::Xz),
    (b"PK\x03\x04", Foreign::Zip),
    (b"\xd4\xc3\xb2\xa1", Foreign::Pcap),
    (b"\xa1\xb2\xc3\xd4", Foreign::Pcap),
    (b"\x4d\x3c\xb2\xa1", Foreign::Pcap),
    (b"\xa1\xb2\x3c\x4d", Foreign::Pcap),
    (b"\x0a\x0d\x0d\x0a", Foreign::Pcapng),
    (b"\x7fELF", Foreign::Elf),
];

impl Foreign {
    /// Recognizes a file by its first line, or as much of it as was read.
    pub(super) fn recognize(first: &[u8]) -> Option<Self> {
        let known = BEGINNINGS.iter().find(|(beginning, _)| first.starts_with(beginning));
        if let Some((_, kind)) = known {
            return Some(*kind);
        }
        let text = str::from_utf8(first).ok()?.trim_start();
        let begins = |word: &str| {
            text.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word))
        };
        match text {
            _ if begins("<!doctype html") || begins("<html") => Some(Self::Html),
            _ if begins("<svg") || (begins("<?xml") && text.contains("<svg")) => Some(Self::Svg),
            _ => is_strace(text).then_some(Self::Strace),
        }
    }
}

/// True for a line of strace's output: after an optional process number or time, a call with its
/// arguments and result, the end of a process or a signal.
fn is_strace(line: &str) -> bool {
    let mut rest = line.trim_end();
    if let Some(bracketed) = rest.strip_prefix("[pid") {
        rest = bracketed.split_once(']').map_or("", |(_, rest)| rest).trim_start();
    }
    // A process number, then a time (`-t`, `-tt`, `-ttt`, `-r`).
    for _ in 0..2 {
        if let Some((word, after)) = rest.split_once(' ')
            && word.contains(|char: char| char.is_ascii_digit())
            && word.chars().all(|char| char.is_ascii_digit() || ":.".contains(char))
        {
            rest = after.trim_start();
        }
    }
    let call = rest.split_once('(').is_some_and(|(name, rest)| {
        let is_word =
            |char: char| char.is_ascii_lowercase() || char.is_ascii_digit() || char == '_';
        let ended =
            rest.contains(") = ") || rest.contains(")  ") || rest.ends_with("<unfinished ...>");
        !name.is_empty() && name.chars().all(is_word) && ended
    });
    let exited = rest.starts_with("+++ ") && rest.ends_with(" +++");
    let signal = rest.starts_with("--- SIG") && rest.ends_with(" ---");
    call || exited || signal || rest.starts_with("strace: ")
}

/// Its usual name: `gzip`, `pcap`, `UTF-16` ….
impl fmt::Display for Foreign {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ByteOrderMark => "UTF-8 BOM",
            Self::Utf16 => "UTF-16",
            Self::Gzip => "gzip",
            Self::Zstandard => "zstd",
            Self::Xz => "xz",
            Self::Zip => "ZIP",
            Self::Pcap => "pcap",
            Self::Pcapng => "pcapng",
            Self::Strace => "strace",
            Self::Html => "HTML",
            Self::Svg => "SVG",
            Self::Elf => "ELF",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_other_kinds_are_recognized() {
        let of = |line: &[u8]| Foreign::recognize(line).map(|kind| kind.to_string());
        let name = |line: &[u8]| of(line).unwrap_or_else(|| "none".to_owned());
        assert_eq!(name(b"\xef\xbb\xbf{\"v\":2}\n"), "UTF-8 BOM");
        assert_eq!(name(b"\xff\xfe{\0\"\0"), "UTF-16");
        assert_eq!(name(b"{\0\"\0v\0"), "UTF-16");
        assert_eq!(name(b"\x1f\x8b\x08\0"), "gzip");
        assert_eq!(name(b"\xd4\xc3\xb2\xa1\x02\0"), "pcap");
        assert_eq!(name(b"\n\r\r\n\x1c\0"), "pcapng");
        assert_eq!(name(b"<!DOCTYPE html>\n"), "HTML");
        assert_eq!(name(b"<svg xmlns="), "SVG");
        for line in [
            "execve(\"/usr/bin/true\", [\"true\"], 0x7ffd /* 31 vars */) = 0\n",
            "1234  socket(AF_INET, SOCK_STREAM, IPPROTO_IP) = 3\n",
            "1234  12:30:01.123456 accept4(3,  <unfinished ...>\n",
            "[pid  1234] close(3)                 = 0\n",
            "1700000000.123456 close(3) = 0\n",
            "     0.000012 read(3, \"\", 4096) = 0\n",
            "+++ exited with 0 +++\n",
            "12 --- SIGCHLD {si_signo=SIGCHLD} ---\n",
            "strace: Process 1234 attached\n",
        ] {
            assert_eq!(name(line.as_bytes()), "strace", "{line}");
        }
        for line in ["{\"v\":2}", "", "hello", "[1,2]", "call me (maybe) = 3", "a(b)"] {
            assert_eq!(of(line.as_bytes()), None, "{line}");
        }
    }
}
