//! Licences as an office sends them.

use super::finding::{Finder, Found};
use super::table::{Row, SheetError, Table};
use crate::store::roots::Roots;
use crate::{Catalogue, CatalogueError, Licensed};
use jiff::civil::Date;
use std::io::Read;
use track::rights::{Licence, Medium, Terms, Territories};
use track::{ContentId, clock};

/// The columns, and what others call them.
const COLUMNS: [(&str, &[&str]); 17] = [
    ("path", &["path", "file", "filename", "file-name", "file-path"]),
    ("isrc", &["isrc"]),
    ("content-id", &["content-id", "contentid"]),
    ("title", &["title", "track", "track-title", "track-name"]),
    ("artist", &["artist", "performer"]),
    ("duration", &["duration", "length"]),
    ("owner", &["owner", "licensor", "label", "rights-holder", "rightsholder"]),
    ("licence", &["licence", "license", "licence-name", "license-name"]),
    ("licence-id", &["licence-id", "license-id", "licence-no", "license-no", "contract", "contract-id"]),
    ("territories", &["territories", "territory", "countries"]),
    ("media", &["media", "medium", "uses"]),
    ("from", &["from", "start", "valid-from", "start-date"]),
    ("until", &["until", "to", "end", "valid-until", "expires", "expiry", "end-date"]),
    ("exclusive", &["exclusive"]),
    ("cost-class", &["cost-class", "cost", "price-class"]),
    ("attribution", &["attribution", "credit", "credits"]),
    ("notes", &["notes", "note", "comment", "comments", "remarks"]),
];

/// What became of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// It is one track's.
    Matched,
    /// It could be several tracks'; nothing was changed.
    Ambiguous,
    /// It is no track's; nothing was changed.
    Unmatched,
    /// It cannot be understood; nothing was changed.
    Refused,
}

/// A row, and what became of it.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct RowReport {
    /// The line of the file.
    pub line: u64,
    /// What became of it.
    pub outcome: Outcome,
    /// The track, or the reason.
    pub note: String,
    /// Whether it matched, and somebody should look at it all the same.
    pub is_doubtful: bool,
}

/// What became of a sheet.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct RightsReport {
    /// Every row.
    pub rows: Vec<RowReport>,
    /// What the matched ones changed.
    pub licensed: Licensed,
    /// Columns that say nothing here.
    pub unknown_columns: Vec<String>,
}

impl RightsReport {
    /// How many rows had an outcome.
    #[must_use]
    pub fn count(&self, outcome: Outcome) -> usize {
        self.rows.iter().filter(|r| r.outcome == outcome).count()
    }
}

/// The template of a sheet.
pub(super) fn known(heading: &str) -> Option<String> {
    COLUMNS.iter().find(|(_, names)| names.contains(&heading)).map(|(column, _)| (*column).to_owned())
}

impl Catalogue {
    /// Reads licences from a sheet and adds those whose track is sure; `dry_run` only tells what would be.
    ///
    /// # Errors
    /// [`SheetError`] for what is no sheet, and failures of the store. A row that cannot be understood costs that row.
    pub fn import_rights(&mut self, from: impl Read, dry_run: bool) -> Result<RightsReport, SheetError> {
        let table = Table::read(from, known)?;
        if !["path", "isrc", "content-id", "title"].iter().any(|c| table.columns.iter().any(|t| t == c)) {
            return Err(SheetError::Columns(
                "the sheet has no column that tells tracks: path, isrc, content-id or title (with artist or duration)".into(),
            ));
        }
        if !["owner", "licence", "licence-id", "territories", "media", "from", "until"].iter().any(|c| table.columns.iter().any(|t| t == c))
        {
            return Err(SheetError::Columns(
                "the sheet has no column that tells rights: owner, licence, licence-id, territories, media, from, until".into(),
            ));
        }
        Ok(self.import_rows(&table, dry_run)?)
    }

    fn import_rows(&mut self, table: &Table, dry_run: bool) -> Result<RightsReport, CatalogueError> {
        let finder = Finder::new(self.db(), &Roots::load(self.db())?)?;
        let mut rows = Vec::with_capacity(table.rows.len());
        let mut licences: Vec<(ContentId, Licence)> = Vec::new();
        for row in &table.rows {
            let mut is_doubtful = false;
            let (outcome, note) = match (row.check().and_then(|()| licence(row)), finder.find(row)) {
                (Err(reason), _) => (Outcome::Refused, reason),
                (Ok(_), Found::None(why)) => (Outcome::Unmatched, why),
                (Ok(_), Found::Many(why)) => (Outcome::Ambiguous, why),
                (Ok(licence), Found::One { id, title, by, doubt }) => {
                    is_doubtful = doubt.is_some() || !licence.terms.are_known();
                    let unknown =
                        if licence.terms.are_known() { "" } else { "; its media or territories are not said, so it clears nothing" };
                    licences.push((id, licence));
                    (Outcome::Matched, format!("'{title}' by its {by}{}{unknown}", doubt.unwrap_or_default()))
                }
            };
            rows.push(RowReport { line: row.line, outcome, note, is_doubtful });
        }
        let licensed = if dry_run { Licensed::default() } else { self.add_licences(&licences)? };
        Ok(RightsReport { rows, licensed, unknown_columns: table.unknown.clone() })
    }
}

fn licence(row: &Row) -> Result<Licence, String> {
    let text = |column: &str| row.get(column).unwrap_or_default().to_owned();
    let (from, until) = (date(row.get("from"))?, date(row.get("until"))?);
    if from.zip(until).is_some_and(|(from, until)| from > until) {
        return Err("it ends before it begins".into());
    }
    let territories = row.get("territories").map(str::parse::<Territories>).transpose().map_err(|e| e.to_string())?;
    let media = Medium::list(row.get("media").unwrap_or_default()).map_err(|e| e.to_string())?;
    let exclusive = match text("exclusive").to_lowercase().as_str() {
        "yes" | "y" | "true" | "1" | "x" | "exclusive" | "ja" | "oui" | "sí" | "si" => true,
        "" | "no" | "n" | "false" | "0" | "non-exclusive" | "nonexclusive" | "nein" | "non" => false,
        other => return Err(format!("'{other}' in the column exclusive is neither yes nor no")),
    };
    Ok(Licence {
        owner: text("owner"),
        name: text("licence"),
        id: text("licence-id"),
        terms: Terms { territories, media, from, until },
        exclusive,
        cost_class: text("cost-class"),
        attribution: text("attribution"),
        notes: text("notes"),
    })
}

/// A day, or nothing where there is no limit.
fn date(text: Option<&str>) -> Result<Option<Date>, String> {
    let Some(text) = text else { return Ok(None) };
    if ["perpetual", "perpetuity", "in perpetuity", "unlimited", "forever", "for ever", "none"].contains(&text.to_lowercase().as_str()) {
        return Ok(None);
    }
    clock::day(text).map(Some).ok_or_else(|| format!("'{text}' is no date; write it like 2027-03-01 (or 'perpetual')"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_where_they_are_sure() {
        let day = |t: &str| date(Some(t)).map(|d| d.map(|d| d.to_string()));
        for text in ["2027-03-01", "2027/3/1", "01.03.2027", "2027-03-01 00:00:00"] {
            assert_eq!(day(text), Ok(Some("2027-03-01".into())), "{text}");
        }
        assert_eq!(day("Perpetual"), Ok(None));
        for text in ["03/01/2027", "1.3.27", "soon", "2027-13-01", "2027-02-30"] {
            assert!(day(text).is_err(), "{text}");
        }
    }
}
