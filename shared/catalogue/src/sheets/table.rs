//! Tables as spreadsheets write them: with whatever separator, encoding and names of columns.

use std::collections::HashMap;
use std::io::Read;

/// Why a sheet cannot be read at all.
#[derive(Debug, thiserror::Error)]
pub enum SheetError {
    /// It cannot be read.
    #[error("the sheet cannot be read: {0}")]
    Io(#[from] std::io::Error),
    /// It is no table.
    #[error("the sheet is no table of comma-separated values: {0}")]
    Csv(#[from] csv::Error),
    /// It lacks what it needs.
    #[error("{0}")]
    Columns(String),
    /// The catalogue failed.
    #[error(transparent)]
    Catalogue(#[from] crate::CatalogueError),
}

/// Rows of a sheet at most, and bytes: more is no sheet.
const MOST_BYTES: u64 = 1 << 30;

/// A row: its cells by the names of their columns.
#[derive(Debug, Clone, Default)]
pub(super) struct Row {
    /// The line of the file that it begins in.
    pub(super) line: u64,
    cells: HashMap<String, String>,
    /// What stands beyond the last heading, where a cell was cut in two: all cells may be another column's.
    surplus: Option<String>,
}

impl Row {
    /// The same row with some of its columns alone.
    pub(super) fn only(&self, columns: &[&str]) -> Self {
        let cells = self.cells.iter().filter(|(name, _)| columns.contains(&name.as_str()));
        Self { cells: cells.map(|(name, cell)| (name.clone(), cell.clone())).collect(), line: self.line, surplus: self.surplus.clone() }
    }

    /// Why the row cannot be understood, if its cells do not go with the headings.
    pub(super) fn check(&self) -> Result<(), String> {
        match &self.surplus {
            None => Ok(()),
            Some(cell) => Err(format!(
                "it has more cells than there are headings (the last says '{cell}'); write a cell with a separator in it in quotes"
            )),
        }
    }

    /// What a cell says; `None` for an empty one.
    pub(super) fn get(&self, column: &str) -> Option<&str> {
        self.cells.get(column).map(|c| c.trim()).filter(|c| !c.is_empty())
    }
}

/// A sheet: its columns, by names that are known here, and its rows.
pub(super) struct Table {
    pub(super) rows: Vec<Row>,
    pub(super) columns: Vec<String>,
    /// Columns whose names say nothing.
    pub(super) unknown: Vec<String>,
}

impl Table {
    /// Reads a sheet. `known` says for a folded heading which column it is.
    pub(super) fn read(mut from: impl Read, known: impl Fn(&str) -> Option<String>) -> Result<Self, SheetError> {
        let mut bytes = Vec::new();
        from.by_ref().take(MOST_BYTES).read_to_end(&mut bytes)?;
        // The reader counts lines by their ends, and takes these for two.
        let text = decoded(&bytes).replace("\r\n", "\n");
        // Excel is told the separator by a line of its own, which may be missing.
        let told = text.strip_prefix("sep=").and_then(|rest| Some((rest.chars().next().filter(char::is_ascii)?, rest.split_once('\n')?.1)));
        let (text, lines_before) = told.map_or((text.as_str(), 0), |(_, rest)| (rest, 1));
        let first = text.lines().next().unwrap_or_default();
        let guessed = || [';', '\t', ','].into_iter().max_by_key(|s| (first.matches(*s).count(), *s == ',')).unwrap_or(',');
        let separator = told.map_or_else(guessed, |t| t.0);
        if let Some(line) = open_quote(text, separator) {
            return Err(SheetError::Columns(format!(
                "a quote that begins a cell in line {} is never closed, so it is not sure what the rows below it are; nothing was changed",
                line + lines_before
            )));
        }
        let mut reader = csv::ReaderBuilder::new().delimiter(separator as u8).flexible(true).from_reader(text.as_bytes());
        let headings: Vec<String> = reader.headers()?.iter().map(|h| h.trim().to_owned()).collect();
        let columns: Vec<Option<String>> = headings.iter().map(|h| known(&crate::index::folded(h).replace(' ', "-"))).collect();
        let unknown = headings.iter().zip(&columns).filter(|(h, c)| c.is_none() && !h.is_empty()).map(|(h, _)| h.clone()).collect();
        let mut rows = Vec::new();
        for record in reader.records() {
            let record = record?;
            let cells = columns.iter().zip(record.iter()).filter_map(|(c, cell)| Some((c.clone()?, unguarded(cell).to_owned())));
            let surplus = record.iter().skip(columns.len()).filter(|c| !c.trim().is_empty()).last().map(ToOwned::to_owned);
            let row = Row { line: lines_before + record.position().map_or(0, csv::Position::line), cells: cells.collect(), surplus };
            if row.cells.values().any(|c| !c.trim().is_empty()) {
                rows.push(row);
            }
        }
        Ok(Self { rows, columns: columns.into_iter().flatten().collect(), unknown })
    }
}

/// The line of a quote that begins a cell and is never closed: all below it would be one cell.
fn open_quote(text: &str, separator: char) -> Option<u64> {
    let (mut line, mut opened, mut begins) = (1, None, true);
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        match (c, opened) {
            // Two are one that is meant.
            ('"', Some(_)) if rest.peek() == Some(&'"') => drop(rest.next()),
            ('"', Some(_)) => opened = None,
            ('"', None) if begins => opened = Some(line),
            _ => {}
        }
        begins = opened.is_none() && (c == separator || c == '\n');
        line += u64::from(c == '\n');
    }
    opened
}

/// UTF-16 where its mark says so; UTF-8, with or without its mark; else what Windows writes for western languages.
fn decoded(bytes: &[u8]) -> String {
    let wide = |of: fn([u8; 2]) -> u16| {
        let units = bytes[2..].as_chunks::<2>().0.iter().map(|b| of(*b));
        char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
    };
    match bytes {
        [0xff, 0xfe, ..] => return wide(u16::from_le_bytes),
        [0xfe, 0xff, ..] => return wide(u16::from_be_bytes),
        _ => {}
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        // Latin-1 is Unicode's first page; Windows differs from it in quotes and dashes alone.
        Err(_) => bytes
            .iter()
            .map(|b| match b {
                0x91 | 0x92 => '\u{2019}',
                0x93 | 0x94 => '"',
                0x96 | 0x97 => '\u{2013}',
                b => char::from(*b),
            })
            .collect(),
    }
}

/// Signs with which a spreadsheet takes a cell for a formula.
const FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// A cell as it is written: text that would be a formula gets an apostrophe in front, as spreadsheets themselves mark text. Numbers stay numbers.
#[must_use]
pub fn cell(text: &str) -> String {
    let is_number = text.parse::<f64>().is_ok();
    let text: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    if text.starts_with(FORMULA) && !is_number && text != "-" { format!("'{text}") } else { text }
}

/// A cell as it is read: the same without that apostrophe.
pub(super) fn unguarded(cell: &str) -> &str {
    cell.strip_prefix('\'').filter(|rest| rest.starts_with(FORMULA)).unwrap_or(cell)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> Table {
        Table::read(bytes, |h| (h != "colour").then(|| h.to_owned())).unwrap()
    }

    #[test]
    fn sheets_are_read_as_spreadsheets_write_them() {
        for bytes in [
            &b"\xef\xbb\xbfTitle;Time of Day;Colour\r\n\"Rain; and wind\";dusk;red\r\n;;\r\n"[..],
            b"title\ttime_of_day\tcolour\nRain; and wind\tdusk\tred\n",
            b"Title,Time-of-day,Colour\n\"Rain; and wind\",dusk,red",
        ] {
            let table = read(bytes);
            assert_eq!(table.unknown.len(), 1, "{:?}", table.unknown);
            assert_eq!(table.rows.len(), 1);
            let row = &table.rows[0];
            assert_eq!(
                (row.get("title"), row.get("time-of-day"), row.get("colour"), row.line),
                (Some("Rain; and wind"), Some("dusk"), None, 2)
            );
        }
        // Excel's 'Unicode text', and its line that tells the separator.
        let wide: Vec<u8> = "\u{feff}title\tbpm\r\nM\u{101}lkauns\t96,5\r\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(read(&wide).rows[0].get("title"), Some("M\u{101}lkauns"));
        let told = read(b"sep=;\r\ntitle;bpm\r\nRain, wind;96,5\r\n");
        assert_eq!((told.rows[0].get("title"), told.rows[0].line), (Some("Rain, wind"), 3));
        assert_eq!(read(b"title\nCaf\xe9\n").rows[0].get("title"), Some("Café"));
    }

    #[test]
    fn a_quote_that_is_never_closed_swallows_no_rows() {
        let fails = |bytes: &[u8]| Table::read(bytes, |h| Some(h.to_owned())).map(|_| ()).map_err(|e| e.to_string());
        let said = fails(b"title,notes\nRain,\"see mail\nSnow,\nWind,\n").unwrap_err();
        assert!(said.contains("line 2"), "{said}");
        for fine in [&b"title,notes\nRain,\"see\nmail\"\n"[..], b"title,notes\n12\" mix,\"say \"\"yes\"\"\"\n", b"title\n\"\"\n", b""] {
            assert_eq!(fails(fine), Ok(()), "{}", String::from_utf8_lossy(fine));
        }
    }

    #[test]
    fn no_cell_is_a_formula_and_all_come_back() {
        for text in ["=1+1", "+cmd", "@x", "-2.5", "-", "Rain", "-rain", "=HYPERLINK(\"http://x\")"] {
            let written = cell(text);
            assert!(written.parse::<f64>().is_ok() || written == "-" || !written.starts_with(FORMULA), "{written}");
            assert_eq!(unguarded(&written), text);
        }
        assert_eq!(cell("a\u{1b}[31m\nb"), "a [31m b");
    }
}
