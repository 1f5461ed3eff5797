//! `indexer tag-template` and `tag-apply`.

use crate::arguments::{Arguments, TagApply, TagTemplate};
use crate::output::{self, count, printable};
use crate::{OK, SOME_FAILED, edit, rights};
use anyhow::{Context, anyhow};
use catalogue::{Catalogue, Reader};
use std::io::Write;

/// In front of text in UTF-8.
pub const BYTE_ORDER_MARK: &str = "\u{feff}";

pub fn template(arguments: &Arguments, command: &TagTemplate) -> anyhow::Result<u8> {
    let reader = Reader::open(&arguments.catalogue_dir()?)?;
    let ids = command.asking.tracks_or_all(&reader)?;
    match &command.out {
        Some(file) => {
            // A sheet that somebody is filling in is not overwritten.
            let out = std::fs::File::options().write(true).create_new(true).open(file).map_err(|e| match e.kind() {
                std::io::ErrorKind::AlreadyExists => {
                    anyhow!(
                        "{} is there already, and may be one that somebody is filling in; give another name, or delete it",
                        file.display()
                    )
                }
                _ => anyhow::Error::new(e).context(file.display().to_string()),
            })?;
            let mut out = std::io::BufWriter::new(out);
            // Excel takes a sheet without this mark for one in an old encoding.
            out.write_all(BYTE_ORDER_MARK.as_bytes())?;
            reader.tag_sheet(&ids, out).with_context(|| file.display().to_string())?;
            if arguments.json {
                output::json(&serde_json::json!({ "tracks": ids.len(), "file": track::path_text::to_text(file) }))?;
            } else {
                output::line(&printable(&format!("{} in {}", count(ids.len(), "track", "tracks"), file.display())))?;
            }
        }
        None => reader.tag_sheet(&ids, std::io::stdout().lock())?,
    }
    Ok(OK)
}

pub fn apply(arguments: &Arguments, command: &TagApply) -> anyhow::Result<u8> {
    let from = rights::open(&command.file)?;
    let dir = arguments.catalogue_dir()?;
    let mut catalogue = Catalogue::open_beside(&dir)?;
    let typed = format!("tag-apply {}", command.file.display());
    let report = catalogue.apply_tags(from, &typed, command.dry_run).with_context(|| command.file.display().to_string())?;
    if arguments.json {
        output::json(&report)?;
    } else {
        let reader = Reader::open(&dir)?;
        for change in report.changes.iter().filter(|_| command.dry_run) {
            let Some(track) = reader.track(&change.content_id)? else { continue };
            let changes = edit::differences(&change.before, &change.after, &track)?;
            output::line(&printable(&format!("line {}: {}: {}", change.line, track.name(), changes.join(", "))))?;
        }
        for (line, reason) in &report.refused {
            output::line(&printable(&format!("line {line}: {reason}")))?;
        }
        for column in &report.unknown_columns {
            output::line(&printable(&format!("the column '{column}' says nothing here and was left out")))?;
        }
        let tracks = count(report.changed, "track", "tracks");
        let as_before = report.rows - report.changed;
        output::line(&match report.step {
            _ if command.dry_run => format!("{tracks} would change; {as_before} stay as they are"),
            Some(step) => format!("{tracks} changed as step {step}; 'indexer undo' takes it back; {as_before} stay as they were"),
            None => format!("{tracks} changed; {as_before} stay as they were"),
        })?;
    }
    Ok(if report.refused.is_empty() { OK } else { SOME_FAILED })
}
