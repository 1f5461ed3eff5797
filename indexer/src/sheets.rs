//! `indexer tag-template` and `tag-apply`.

use crate::arguments::{Arguments, TagApply, TagTemplate};
use crate::output::{self, count, printable};
use crate::{OK, SOME_FAILED, rights};
use anyhow::Context;
use catalogue::{Catalogue, Reader};

pub fn template(arguments: &Arguments, command: &TagTemplate) -> anyhow::Result<u8> {
    let reader = Reader::open(&arguments.catalogue_dir()?)?;
    let ids = command.asking.tracks_or_all(&reader)?;
    match &command.out {
        Some(file) => {
            // A sheet that somebody is filling in is not overwritten.
            let out = std::fs::File::options().write(true).create_new(true).open(file).with_context(|| file.display().to_string())?;
            reader.tag_sheet(&ids, std::io::BufWriter::new(out)).with_context(|| file.display().to_string())?;
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
    let mut catalogue = Catalogue::open_beside(&arguments.catalogue_dir()?)?;
    let typed = format!("tag-apply {}", command.file.display());
    let report = catalogue.apply_tags(from, &typed, command.dry_run).with_context(|| command.file.display().to_string())?;
    if arguments.json {
        output::json(&report)?;
    } else {
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
