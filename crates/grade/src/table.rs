//! Tables that somebody's spreadsheet or school wrote: CSV in whatever dress.

use std::ops::Range;

/// The rows of a table, each with the number of the line that it begins on.
#[derive(Clone, Debug, Default)]
pub(crate) struct Table {
    pub(crate) records: Vec<csv::StringRecord>,
}

impl Table {
    /// Reads a table: UTF-8 with or without a mark, UTF-16, or Latin-1; commas, semicolons or tabs
    /// between the cells; quotes as RFC 4180 has them; Excel's line `sep=;` at the top.
    ///
    /// # Errors
    ///
    /// What is wrong with it, as the reader of CSV says it.
    pub(crate) fn read(bytes: &[u8]) -> Result<Self, String> {
        let text = decoded(bytes);
        let first = text.lines().next().unwrap_or_default();
        let text = match first.strip_prefix("sep=") {
            Some(_) => text[first.len()..].trim_start(),
            None => text.as_str(),
        };
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .trim(csv::Trim::All)
            .delimiter(separator(text))
            .from_reader(text.as_bytes());
        let records: Result<Vec<csv::StringRecord>, _> = reader.records().collect();
        records.map(|records| Self { records }).map_err(|error| error.to_string())
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

/// The line that a row begins on, from 1.
pub(crate) fn line_of(record: &csv::StringRecord) -> u64 {
    record.position().map_or(0, csv::Position::line)
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
