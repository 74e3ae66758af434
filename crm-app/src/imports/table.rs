//! Reads a table of comma-separated values as its bytes arrive, in bounded memory.
//!
//! Rows know the line in which they begin, whatever line ends, empty lines and line breaks within cells came before. What
//! has no honest reading is refused with that line: another encoding, a row without an end.

use crm_domain::import::MAX_COLUMNS;
use csv_core::{ReadRecordResult, Reader, ReaderBuilder};

/// The longest row, in bytes. A quotation mark that is not closed swallows the rest of the file, up to here.
const MAX_ROW: usize = 64 * 1024;

/// The longest first line that is looked at to find out what separates cells.
const MAX_SNIFFED: usize = 64 * 1024;

const BOM: &[u8] = b"\xef\xbb\xbf";

/// A row as it stands in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Row {
    /// The line in which it begins, from 1.
    pub(super) line: u32,
    /// Its cells.
    pub(super) cells: Vec<String>,
}

/// Why a file is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum TableError {
    /// Bytes that are no UTF-8.
    #[error("line {line}: is not UTF-8; save the file as CSV in UTF-8")]
    NotUtf8 { line: u32 },
    /// It begins as UTF-16 does.
    #[error("the file is UTF-16; save it as CSV in UTF-8")]
    Utf16,
    /// A row without an end in sight.
    #[error(
        "line {line}: the row is longer than {MAX_ROW} bytes; perhaps a quotation mark is not closed"
    )]
    RowTooLong { line: u32 },
    /// More cells than any table has.
    #[error("line {line}: the row has more than {MAX_COLUMNS} cells")]
    TooManyCells { line: u32 },
}

/// A table that is being read.
pub(super) struct Table {
    /// What came before the end of the first line; `None` once that is known.
    start: Option<Vec<u8>>,
    delimiter: Option<u8>,
    reader: Reader,
    lines: Lines,
    /// The line of the row that is being read; 0 between rows.
    line: u32,
    cells: Vec<u8>,
    filled: usize,
    ends: Vec<usize>,
    ended: usize,
}

impl Table {
    /// A table whose cells are separated by this; without it, by what the first line has most of.
    pub(super) fn new(delimiter: Option<u8>) -> Self {
        Self {
            start: Some(Vec::new()),
            delimiter,
            reader: Reader::new(),
            lines: Lines::default(),
            line: 0,
            cells: vec![0; MAX_ROW],
            filled: 0,
            ends: vec![0; MAX_COLUMNS],
            ended: 0,
        }
    }

    /// Reads on, and adds the rows that are whole now.
    pub(super) fn feed(&mut self, bytes: &[u8], rows: &mut Vec<Row>) -> Result<(), TableError> {
        let Some(mut start) = self.start.take() else {
            return self.read(bytes, rows);
        };
        start.extend_from_slice(bytes);
        if first_line(&start).is_some() || start.len() >= BOM.len() + MAX_SNIFFED {
            return self.begin(&start, rows);
        }
        self.start = Some(start);
        Ok(())
    }

    /// The file is over: adds the last row.
    pub(super) fn finish(&mut self, rows: &mut Vec<Row>) -> Result<(), TableError> {
        if let Some(start) = self.start.take() {
            self.begin(&start, rows)?;
        }
        if self.line > 0 {
            // An empty input says that there is no more.
            self.step(&[], rows)?;
        }
        Ok(())
    }

    fn begin(&mut self, start: &[u8], rows: &mut Vec<Row>) -> Result<(), TableError> {
        if start.starts_with(b"\xff\xfe") || start.starts_with(b"\xfe\xff") {
            return Err(TableError::Utf16);
        }
        let start = start.strip_prefix(BOM).unwrap_or(start);
        let delimiter = self.delimiter.unwrap_or_else(|| sniff(start));
        self.reader = ReaderBuilder::new().delimiter(delimiter).build();
        // It drops a mark too that is whole in what it reads first, so that counts how the file is cut: an empty line goes first.
        self.reader
            .read_record(b"\n", &mut self.cells, &mut self.ends);
        self.read(start, rows)
    }

    fn read(&mut self, mut bytes: &[u8], rows: &mut Vec<Row>) -> Result<(), TableError> {
        while !bytes.is_empty() {
            if self.line == 0 {
                bytes = self.lines.skip_ends(bytes);
                if bytes.is_empty() {
                    break;
                }
                self.line = self.lines.number();
            }
            let read = self.step(bytes, rows)?;
            let (done, rest) = bytes.split_at(read.min(bytes.len()));
            self.lines.pass(done);
            bytes = rest;
        }
        Ok(())
    }

    /// Reads to the end of the row, or of the bytes. Gives how many were read.
    fn step(&mut self, bytes: &[u8], rows: &mut Vec<Row>) -> Result<usize, TableError> {
        let line = self.line;
        let cells = self.cells.get_mut(self.filled..).unwrap_or_default();
        let ends = self.ends.get_mut(self.ended..).unwrap_or_default();
        let (result, read, filled, ended) = self.reader.read_record(bytes, cells, ends);
        self.filled += filled;
        self.ended += ended;
        match result {
            ReadRecordResult::InputEmpty => {}
            ReadRecordResult::OutputFull => return Err(TableError::RowTooLong { line }),
            ReadRecordResult::OutputEndsFull => return Err(TableError::TooManyCells { line }),
            ReadRecordResult::Record => self.take(rows)?,
            ReadRecordResult::End => self.line = 0,
        }
        Ok(read)
    }

    fn take(&mut self, rows: &mut Vec<Row>) -> Result<(), TableError> {
        let line = std::mem::take(&mut self.line);
        let (filled, ended) = (
            std::mem::take(&mut self.filled),
            std::mem::take(&mut self.ended),
        );
        let cells = self.cells.get(..filled).unwrap_or_default();
        let text = str::from_utf8(cells).map_err(|_| TableError::NotUtf8 { line })?;
        let mut from = 0;
        let mut row = Vec::with_capacity(ended);
        for end in self.ends.iter().take(ended) {
            // Within a text that is UTF-8 as a whole a cell may still begin in the middle of a character.
            let cell = text.get(from..*end);
            row.push(cell.ok_or(TableError::NotUtf8 { line })?.to_owned());
            from = *end;
        }
        // What a spreadsheet leaves of rows that were cleared.
        if row.iter().any(|cell| !cell.trim().is_empty()) {
            rows.push(Row { line, cells: row });
        }
        Ok(())
    }
}

/// The bytes that are not within quotation marks, with their places.
fn unquoted(bytes: &[u8]) -> impl Iterator<Item = (usize, u8)> {
    let mut is_quoted = false;
    bytes.iter().copied().enumerate().filter(move |(_, byte)| {
        is_quoted ^= *byte == b'"';
        !is_quoted
    })
}

/// The first line, once its end is there.
fn first_line(start: &[u8]) -> Option<&[u8]> {
    let mut ends = unquoted(start).filter(|(_, byte)| matches!(byte, b'\n' | b'\r'));
    start.get(..ends.next()?.0)
}

/// What the first line has most of, outside of quotation marks; a comma where it has none.
fn sniff(start: &[u8]) -> u8 {
    let line = first_line(start).unwrap_or(start);
    let line = line.get(..MAX_SNIFFED).unwrap_or(line);
    let mut counts = [(b',', 0), (b';', 0), (b'\t', 0), (b'|', 0)];
    for (_, byte) in unquoted(line) {
        for (delimiter, count) in &mut counts {
            *count += usize::from(byte == *delimiter);
        }
    }
    // The first of those that are equal.
    let most = counts.iter().rev().max_by_key(|(_, count)| *count);
    most.map_or(b',', |(delimiter, _)| *delimiter)
}

/// Counts lines that end in LF, CR LF or CR.
#[derive(Default)]
struct Lines {
    ends: u32,
    is_after_cr: bool,
}

impl Lines {
    /// The line that begins here, from 1.
    fn number(&self) -> u32 {
        self.ends.saturating_add(1)
    }

    fn pass(&mut self, bytes: &[u8]) {
        for byte in bytes {
            let is_end = match byte {
                b'\n' => !self.is_after_cr,
                b'\r' => true,
                _ => false,
            };
            self.ends = self.ends.saturating_add(u32::from(is_end));
            self.is_after_cr = *byte == b'\r';
        }
    }

    /// The bytes after the ends of lines that they begin with.
    fn skip_ends<'a>(&mut self, bytes: &'a [u8]) -> &'a [u8] {
        let rest = bytes
            .iter()
            .position(|byte| !matches!(byte, b'\n' | b'\r'))
            .unwrap_or(bytes.len());
        let (ends, rest) = bytes.split_at(rest);
        self.pass(ends);
        rest
    }
}

/// A fuzz target: no file makes reading it fail, and the rows are the same in whatever pieces it comes.
#[cfg(fuzzing)]
pub fn fuzz(bytes: &[u8]) {
    let read = |piece: usize| {
        let (mut table, mut rows) = (Table::new(None), Vec::new());
        let fed = bytes
            .chunks(piece)
            .try_for_each(|bytes| table.feed(bytes, &mut rows));
        (fed.and_then(|()| table.finish(&mut rows)), rows)
    };
    let whole = read(usize::MAX);
    assert_eq!(read(1), whole);
    assert_eq!(read(7), whole);
}

#[cfg(test)]
mod tests;
