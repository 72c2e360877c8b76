//! Tables that somebody's spreadsheet or school wrote: CSV in whatever dress.

use std::fs::File;
use std::io::{self, Read as _};
use std::ops::Range;
use std::path::Path;

/// The most that is read of a table.
const LARGEST: u64 = 16 << 20;

/// The bytes of a file with a table: a list of students, answers of an exam. A pipe is read to its
/// end, too.
///
/// # Errors
///
/// The call that failed, and why: [`io::ErrorKind::FileTooLarge`] beyond 16 MiB.
pub fn bytes_of(file: &Path) -> Result<Vec<u8>, (&'static str, io::Error)> {
    let mut bytes = Vec::new();
    let opened = File::open(file).map_err(|why| ("open", why))?;
    opened.take(LARGEST + 1).read_to_end(&mut bytes).map_err(|why| ("read", why))?;
    match bytes.len() as u64 > LARGEST {
        true => Err(("read", io::ErrorKind::FileTooLarge.into())),
        false => Ok(bytes),
    }
}

/// The rows of a table.
#[derive(Clone, Debug, Default)]
pub(crate) struct Table {
    pub(crate) records: Vec<csv::StringRecord>,
    /// How many lines stand before the first row.
    before: u64,
}

impl Table {
    /// Reads a table: UTF-8 with or without a mark, UTF-16, or Latin-1; commas, semicolons or tabs
    /// between the cells; quotes as RFC 4180 has them; Excel's line `sep=;` at the top.
    ///
    /// # Errors
    ///
    /// What is wrong with it, as the reader of CSV says it.
    pub(crate) fn read(bytes: &[u8]) -> Result<Self, String> {
        // The reader counts lines by their line feeds, and is told of one too late behind a `\r`.
        let text = decoded(bytes).replace("\r\n", "\n");
        let first = text.lines().next().unwrap_or_default();
        let (text, before) = match first.strip_prefix("sep=") {
            Some(_) => (text[first.len()..].trim_start_matches('\n'), 1),
            None => (text.as_str(), 0),
        };
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .trim(csv::Trim::All)
            .delimiter(separator(text))
            .from_reader(text.as_bytes());
        let records: Result<Vec<csv::StringRecord>, _> = reader.records().collect();
        records.map(|records| Self { records, before }).map_err(|error| error.to_string())
    }

    /// The line that a row begins on, from 1.
    pub(crate) fn line_of(&self, record: &csv::StringRecord) -> u64 {
        record.position().map_or(0, |at| at.line() + self.before)
    }

    /// The first of the rows in this range that is like that.
    pub(crate) fn find(
        &self,
        within: Range<usize>,
        is: impl Fn(&csv::StringRecord) -> bool,
    ) -> Option<usize> {
        let mut rows = self.records.iter().enumerate().take(within.end).skip(within.start);
        rows.find(|(_, record)| is(record)).map(|(at, _)| at)
    }
}

/// The text of a file, as spreadsheets write it: UTF-8 with or without a mark, UTF-16 with one, or
/// else Latin-1, in which no byte is wrong.
fn decoded(bytes: &[u8]) -> String {
    let wide = |convert: fn([u8; 2]) -> u16| {
        let units = bytes[2..].chunks_exact(2).map(|two| convert([two[0], two[1]]));
        char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
    };
    match bytes {
        [0xff, 0xfe, ..] => wide(u16::from_le_bytes),
        [0xfe, 0xff, ..] => wide(u16::from_be_bytes),
        _ => {
            let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
            let text = std::str::from_utf8(bytes).map(str::to_owned);
            text.unwrap_or_else(|_| bytes.iter().map(|byte| char::from(*byte)).collect())
        }
    }
}

/// What stands between the cells: what the first line has most of.
fn separator(text: &str) -> u8 {
    let first = text.lines().next().unwrap_or_default();
    let count = |mark: &u8| first.bytes().filter(|byte| byte == mark).count();
    // Of equally many the last one, and a comma if there are none.
    [b'\t', b';', b','].into_iter().max_by_key(count).unwrap_or(b',')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_have_the_lines_that_a_spreadsheet_s_user_sees() {
        for text in ["a,b\n1,2\n\"x\ny\",3\n4,5\n", "a,b\r\n1,2\r\n\"x\r\ny\",3\r\n4,5\r\n"] {
            let table = Table::read(text.as_bytes()).unwrap();
            let lines: Vec<u64> = table.records.iter().map(|it| table.line_of(it)).collect();
            assert_eq!(lines, [1, 2, 3, 5], "{text:?}");
        }
        let table = Table::read(b"sep=;\r\na;b\r\n1;2\r\n").unwrap();
        assert_eq!(table.line_of(&table.records[1]), 3);
        assert_eq!(table.records[1].iter().collect::<Vec<_>>(), ["1", "2"]);
    }
}
