//! `indexer rights`.

use crate::arguments::{Arguments, Rights, RightsImport};
use crate::asking::{self, Asking};
use crate::output::{self, count, printable};
use crate::{OK, SOME_FAILED, describe};
use anyhow::Context;
use catalogue::{Catalogue, Outcome, Reader};
use jiff::{Span, Zoned};
use serde_json::json;
use std::io::Read;
use std::path::Path;
use track::clock;

pub fn run(arguments: &Arguments, command: &Rights) -> anyhow::Result<u8> {
    match command {
        Rights::Import(command) => import(arguments, command),
        Rights::Show { asking } => show(arguments, asking),
        Rights::Expiring { within, on } => expiring(arguments, within, on.as_deref()),
        Rights::Clear { track, dry_run } => {
            let dir = arguments.catalogue_dir()?;
            let id = asking::find(&Reader::open(&dir)?, track)?;
            let reader = Reader::open(&dir)?;
            let licences = reader.licences(&id)?;
            if !arguments.json {
                // What is taken away is told, so that it can be bought, or typed, again.
                describe::print_rights(&licences)?;
            }
            let gone = if *dry_run { licences.len() } else { Catalogue::open_beside(&dir)?.clear_licences(&id)? };
            if arguments.json {
                output::json(&json!({ "content_id": id, "taken_away": gone, "licences": licences, "dry_run": dry_run }))?;
            } else {
                let would = if *dry_run { "would be " } else { "" };
                output::line(&format!("{} {would}taken away", count(gone, "licence", "licences")))?;
            }
            Ok(if gone > 0 { OK } else { SOME_FAILED })
        }
    }
}

/// A file, or standard input for a minus sign.
pub fn open(file: &Path) -> anyhow::Result<Box<dyn Read>> {
    if file == Path::new("-") {
        return Ok(Box::new(std::io::stdin()));
    }
    Ok(Box::new(std::fs::File::open(file).with_context(|| file.display().to_string())?))
}

fn import(arguments: &Arguments, command: &RightsImport) -> anyhow::Result<u8> {
    let from = open(&command.file)?;
    let mut catalogue = Catalogue::open_beside(&arguments.catalogue_dir()?)?;
    let report = catalogue.import_rights(from, command.dry_run).with_context(|| command.file.display().to_string())?;
    let all_matched = report.rows.iter().all(|r| r.outcome == Outcome::Matched);
    if arguments.json {
        output::json(&report)?;
        return Ok(if all_matched { OK } else { SOME_FAILED });
    }
    for row in report.rows.iter().filter(|r| !command.brief || r.is_doubtful || r.outcome != Outcome::Matched) {
        let outcome = match row.outcome {
            Outcome::Matched => "matched",
            Outcome::Ambiguous => "ambiguous",
            Outcome::Unmatched => "unmatched",
            Outcome::Refused => "refused",
        };
        output::line(&printable(&format!("line {}: {outcome}: {}", row.line, row.note)))?;
    }
    for column in &report.unknown_columns {
        output::line(&printable(&format!("the column '{column}' says nothing here and was left out")))?;
    }
    let n = |outcome| report.count(outcome);
    let rows = count(report.rows.len(), "row", "rows");
    output::line(&format!(
        "{rows}: {} matched, {} ambiguous, {} unmatched, {} refused",
        n(Outcome::Matched),
        n(Outcome::Ambiguous),
        n(Outcome::Unmatched),
        n(Outcome::Refused)
    ))?;
    let l = report.licensed;
    output::line(&if command.dry_run {
        "nothing was changed (--dry-run)".to_owned()
    } else {
        let removed = if l.removed > 0 {
            format!("; {} taken away, as others of the same owner and number stand in their place", l.removed)
        } else {
            String::new()
        };
        format!("licences: {} new, {} changed, {} as they were{removed}", l.added, l.changed, l.known)
    })?;
    Ok(if all_matched { OK } else { SOME_FAILED })
}

fn show(arguments: &Arguments, asking: &Asking) -> anyhow::Result<u8> {
    let reader = Reader::open(&arguments.catalogue_dir()?)?;
    let mut all = Vec::new();
    for id in asking.tracks_or_all(&reader)? {
        let name = reader.track(&id)?.map_or_else(|| id.to_string(), |t| t.name());
        all.push((reader.licences(&id)?, name, id));
    }
    if arguments.json {
        output::json(&all.iter().map(|(l, name, id)| json!({ "content_id": id, "title": name, "licences": l })).collect::<Vec<_>>())?;
        return Ok(OK);
    }
    for (licences, name, _) in &all {
        output::line(&printable(&format!("{name}{}", if licences.is_empty() { ": rights unknown" } else { "" })))?;
        describe::print_rights(licences)?;
    }
    Ok(OK)
}

fn expiring(arguments: &Arguments, within: &str, on: Option<&str>) -> anyhow::Result<u8> {
    let days = within.trim().trim_end_matches(['d', 'D']).parse::<u32>().ok().filter(|d| *d <= 36_500);
    let days = days.with_context(|| format!("--within {within}: write it in days, like 90d"))?;
    let from = match on {
        Some(text) => clock::day(text).with_context(|| format!("--on {text}: write it like 2027-03-01"))?,
        None => Zoned::now().date(),
    };
    let to = from.checked_add(Span::new().days(i64::from(days))).context("--within")?;
    let reader = Reader::open(&arguments.catalogue_dir()?)?;
    let list = reader.expiring(from, to)?;
    let mut rows = Vec::new();
    for (until, id, licence) in list {
        let name = reader.track(&id)?.map_or_else(|| format!("not in the catalogue ({id})"), |t| t.name());
        rows.push((until, id, name, licence));
    }
    if arguments.json {
        let all = rows.iter().map(|(until, id, name, l)| json!({ "until": until, "content_id": id, "title": name, "licence": l }));
        output::json(&all.collect::<Vec<_>>())?;
        return Ok(OK);
    }
    for (until, _, name, licence) in &rows {
        let whose: Vec<&str> =
            [&licence.owner, &licence.name, &licence.id].into_iter().map(String::as_str).filter(|t| !t.is_empty()).collect();
        output::line(&printable(&format!("{until}  {name}  ({})", whose.join(" "))))?;
    }
    output::line(&format!("{} from {from} to {to}", count(rows.len(), "licence ends", "licences end")))?;
    Ok(OK)
}
