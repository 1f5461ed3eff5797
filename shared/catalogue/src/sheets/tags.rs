//! Values of many tracks in a spreadsheet, to be set by hand.
//!
//! One idea: the sheet tells what is known now, and only a cell that says something else when it comes back is set. So a sheet that comes back untouched changes nothing, and what was measured stays measured.

use super::finding::{Finder, Found};
use super::table::{SheetError, Table, cell, unguarded};
use crate::store::roots::Roots;
use crate::{Catalogue, CatalogueError, Reader};
use music::{Key, Metre};
use std::collections::HashMap;
use std::io::{Read, Write};
use track::{ContentId, Edits, Field, Track};

/// Numbers are written to the hundredth.
const WRITTEN: f64 = 0.005;
/// Columns before those of words.
const NUMBERS: [&str; 5] = ["bpm", "key", "metre", "downbeat", "mood"];

/// What a row of a sheet sets.
#[derive(Debug, Clone, PartialEq)]
pub struct TagChange {
    /// The line of the file.
    pub line: u64,
    /// The track.
    pub content_id: ContentId,
    /// What was set of it before.
    pub before: Edits,
    /// What is set of it from now on.
    pub after: Edits,
}

/// What became of a sheet.
#[derive(Debug, Clone, Default, PartialEq, serde::Serialize)]
pub struct TagReport {
    /// Rows that were understood.
    pub rows: usize,
    /// Tracks that something is set of.
    pub changed: usize,
    /// The step, for an undo.
    pub step: Option<i64>,
    /// What is set of which, in the order of the sheet.
    #[serde(skip)]
    pub changes: Vec<TagChange>,
    /// Rows of which nothing was set, with the line and the reason.
    pub refused: Vec<(u64, String)>,
    /// Columns that say nothing here.
    pub unknown_columns: Vec<String>,
}

/// What is known of a track, as a sheet tells it.
fn value(track: &Track, column: &str) -> String {
    let a = &track.analysis;
    match column {
        "bpm" => a.tempo_bpm.as_ref().map_or_else(String::new, |t| format!("{:.2}", t.value)),
        "key" => a.key.as_ref().map_or_else(String::new, |k| k.value.to_string()),
        "metre" => a.metre.as_ref().map_or_else(String::new, |m| m.value.to_string()),
        "downbeat" => track.edits.downbeat_s.map_or_else(String::new, |d| format!("{d}")),
        "mood" => track.affect.as_ref().map_or_else(String::new, |a| format!("{:.2},{:.2}", a.value.at.valence, a.value.at.arousal)),
        name => name.parse::<Field>().ok().and_then(|f| track.said(f)).map_or_else(String::new, |v| v.value.to_owned()),
    }
}

/// A value as it comes back from a sheet that nobody has touched.
fn as_read(value: &str) -> String {
    unguarded(&cell(value)).trim().to_owned()
}

/// Whether a cell says what is known, however a spreadsheet has written it since: 140, 140.0 and 140,00 are 140.00, and Em is E minor.
fn says(column: &str, cell: &str, known: &str) -> bool {
    let number = |text: &str| text.trim().replace(',', ".").parse::<f64>().ok();
    let same = |a: Option<f64>, b: Option<f64>| a.zip(b).is_some_and(|(a, b)| (a - b).abs() < WRITTEN);
    cell == known
        || match column {
            "bpm" | "downbeat" => same(number(cell), number(known)),
            "key" => cell.parse::<Key>().ok().is_some_and(|key| known.parse() == Ok(key)),
            "metre" => cell.parse::<Metre>().ok().is_some_and(|metre| known.parse() == Ok(metre)),
            "mood" => match (cell.split_once(','), known.split_once(',')) {
                (Some(cell), Some(known)) => same(number(cell.0), number(known.0)) && same(number(cell.1), number(known.1)),
                _ => false,
            },
            _ => false,
        }
}

fn columns() -> impl Iterator<Item = &'static str> {
    NUMBERS.into_iter().chain(Field::ALL.map(Field::name))
}

impl Reader {
    /// Writes a sheet of some tracks, for [`Catalogue::apply_tags`].
    ///
    /// # Errors
    /// [`SheetError`] where it cannot be written, and for failures of the store.
    pub fn tag_sheet(&self, ids: &[ContentId], to: impl Write) -> Result<(), SheetError> {
        let mut sheet = csv::Writer::from_writer(to);
        sheet.write_record(["content-id", "file"].into_iter().chain(columns()))?;
        for id in ids {
            let Some(track) = self.track(id)? else { continue };
            let file = track.paths.first().map_or_else(String::new, |p| p.display().to_string());
            let row = [id.0.clone(), file].into_iter().chain(columns().map(|c| value(&track, c)));
            sheet.write_record(row.map(|text| cell(&text)))?;
        }
        Ok(sheet.flush()?)
    }
}

impl Catalogue {
    /// Sets by hand what a sheet says otherwise than the catalogue knows; `dry_run` only tells what would be. An empty cell changes nothing, and a minus sign says that nothing is known.
    ///
    /// # Errors
    /// [`SheetError`] for what is no sheet, and failures of the store. A row that cannot be understood costs that row.
    pub fn apply_tags(&mut self, from: impl Read, command: &str, dry_run: bool) -> Result<TagReport, SheetError> {
        let known = |heading: &str| match heading {
            "content-id" | "contentid" => Some("content-id".to_owned()),
            "path" | "file" | "filename" => Some("path".to_owned()),
            "meter" => Some("metre".to_owned()),
            "tempo" => Some("bpm".to_owned()),
            other => columns().find(|c| *c == other).map(ToOwned::to_owned),
        };
        let table = Table::read(from, known)?;
        if !["path", "content-id"].iter().any(|c| table.columns.iter().any(|t| t == c)) {
            return Err(SheetError::Columns(
                "the sheet has no column that tells tracks: content-id or path; 'indexer tag-template' writes one".into(),
            ));
        }
        Ok(self.apply_rows(&table, command, dry_run)?)
    }

    fn apply_rows(&mut self, table: &Table, command: &str, dry_run: bool) -> Result<TagReport, CatalogueError> {
        let roots = Roots::load(self.db())?;
        let finder = Finder::new(self.db(), &roots)?;
        let mut report = TagReport { unknown_columns: table.unknown.clone(), ..TagReport::default() };
        let mut edits: Vec<(ContentId, Edits)> = Vec::new();
        let mut told: HashMap<ContentId, (u64, Edits)> = HashMap::new();
        for row in &table.rows {
            if let Err(why) = row.check() {
                report.refused.push((row.line, why));
                continue;
            }
            // Titles and codes are what is set here, so they do not tell which track is meant.
            let id = match finder.find(&row.only(&["content-id", "path"])) {
                Found::One { id, .. } => id,
                Found::Many(why) | Found::None(why) => {
                    report.refused.push((row.line, why));
                    continue;
                }
            };
            let Some(measured) = self.measured(&id)? else { continue };
            let mut best = measured.clone();
            let duration_s = best.duration_s();
            best.analysis.take_best(&best.tags, &best.edits, duration_s);
            best.affect = track::best_affect(&best.tags, &best.edits, best.affect.take());
            let mut after = measured.edits.clone();
            let mut wrong = None;
            for column in columns() {
                let Some(text) = row.get(column).filter(|text| !says(column, text, &as_read(&value(&best, column)))) else { continue };
                let bpm = measured.analysis.tempo_bpm.as_ref().map(|t| t.value);
                if let Err(e) = after.set(&format!("{column}={text}"), bpm, duration_s) {
                    wrong = Some(e.to_string());
                    break;
                }
            }
            if let Some(wrong) = wrong {
                report.refused.push((row.line, wrong));
                continue;
            }
            match told.get(&id) {
                Some((line, before)) if *before != after => {
                    report.refused.push((row.line, format!("line {line} is of the same track, and says otherwise")));
                    continue;
                }
                Some(_) => {
                    report.rows += 1;
                    continue;
                }
                None => told.insert(id.clone(), (row.line, after.clone())),
            };
            report.rows += 1;
            if after != measured.edits {
                report.changed += 1;
                let before = measured.edits.clone();
                report.changes.push(TagChange { line: row.line, content_id: id.clone(), before, after: after.clone() });
                edits.push((id, after));
            }
        }
        if !dry_run {
            report.step = self.edit(command, &edits)?;
        }
        Ok(report)
    }
}
