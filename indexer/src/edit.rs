//! `indexer edit`, `log` and `undo`.

use crate::arguments::{Arguments, Edit, Log, Undo};
use crate::output::{self, count, printable};
use crate::write_tags::Outcome;
use crate::{OK, SOME_FAILED, describe, write_tags};
use anyhow::{Context, bail};
use catalogue::{Catalogue, Reader};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use track::{ContentId, Edits, Field, Origin, Track};

/// So many tracks are named before the rest is counted.
const NAMED: usize = 20;

pub fn run(arguments: &Arguments, command: &Edit) -> anyhow::Result<u8> {
    let dir = arguments.catalogue_dir()?;
    let reader = Reader::open(&dir)?;
    let ids = if command.all { command.asking.all(&reader)? } else { command.asking.tracks(&reader)? };
    // Open for writing from here on, so that what somebody else sets meanwhile is not lost.
    let mut catalogue = Catalogue::open_beside(&dir)?;
    let mut edits: Vec<(ContentId, Edits)> = Vec::new();
    let mut lines: Vec<(String, Vec<String>)> = Vec::new();
    for id in &ids {
        let measured = catalogue.measured(id)?.context("the track has just gone from the catalogue")?;
        let name = measured.name();
        let best = reader.track(id)?.context("the track has just gone from the catalogue")?;
        let mut after = measured.edits.clone();
        for text in &command.set {
            // The double of what everybody sees.
            let bpm = best.analysis.tempo_bpm.as_ref().map(|t| t.value);
            after.set(text, bpm, measured.duration_s()).with_context(|| name.clone())?;
        }
        if after.bpm.is_none() && (after.downbeat_s.is_some() || after.metre.is_some()) && measured.analysis.beats.is_none() {
            bail!(
                "{name}: no pulse was measured in it, so a downbeat or a metre has no beats to count: set its tempo, too, like --set bpm=90"
            );
        }
        let changes = differences(&measured.edits, &after, &best)?;
        if !changes.is_empty() {
            lines.push((name, changes));
            edits.push((id.clone(), after));
        }
    }
    let typed: Vec<String> = std::env::args().skip(1).map(|a| a.replace(crate::arguments::SHIELD, "-")).collect();
    let step = if command.dry_run { None } else { catalogue.edit(&typed.join(" "), &edits)? };
    // What was set before and is not in the files yet is written, too.
    let Outcome { written, failures } = if command.write_tags { write_tags::write(&mut catalogue, &ids)? } else { Outcome::default() };
    drop(catalogue);
    for failure in &failures {
        eprintln!("{}", printable(failure));
    }
    // A track may have copies that nobody named.
    for file in written.iter().filter(|_| !arguments.json) {
        eprintln!("{}", printable(&format!("written: {}", file.display())));
    }
    let code = if failures.is_empty() { OK } else { SOME_FAILED };
    if arguments.json && (ids.len() != 1 || command.dry_run) {
        output::json(
            &json!({ "step": step, "found": ids.len(), "changed": edits.iter().map(|e| &e.0).collect::<Vec<_>>(), "changes": lines.iter().map(|l| &l.1).collect::<Vec<_>>(), "dry_run": command.dry_run }),
        )?;
        return Ok(code);
    }
    if let ([id], false) = (ids.as_slice(), command.dry_run) {
        if edits.is_empty() {
            eprintln!("nothing is set: it was so already");
        }
        let track = Reader::open(&dir)?.track(id)?.context("the track has just gone from the catalogue")?;
        return if arguments.json { output::json(&track) } else { describe::print(&track) }.map(|()| code);
    }
    for (name, changes) in lines.iter().take(NAMED) {
        output::line(&printable(&format!("{name}: {}", changes.join(", "))))?;
    }
    if lines.len() > NAMED {
        output::line(&format!("and {} more", lines.len() - NAMED))?;
    }
    let unchanged = ids.len() - edits.len();
    let others = if unchanged > 0 { format!("; {unchanged} so already") } else { String::new() };
    output::line(&if command.dry_run {
        format!("{} would change{others}", count(edits.len(), "track", "tracks"))
    } else {
        let how = step.map_or_else(String::new, |s| format!(" as step {s}; 'indexer undo' takes it back"));
        format!("{} changed{how}{others}", count(edits.len(), "track", "tracks"))
    })?;
    Ok(code)
}

/// What is set otherwise, in words. `best` is the track as everybody sees it, for what counted so far where nothing was set.
pub fn differences(before: &Edits, after: &Edits, best: &Track) -> anyhow::Result<Vec<String>> {
    let flat = |edits: &Edits| -> anyhow::Result<BTreeMap<String, Value>> {
        let Value::Object(all) = serde_json::to_value(edits)? else { return Ok(BTreeMap::new()) };
        let words =
            edits.words.iter().map(|(field, text)| (field.to_string(), Value::from(if text.is_empty() { "-" } else { text.as_str() })));
        Ok(all.into_iter().filter(|(name, _)| name != "words").chain(words).collect())
    };
    let told = |edits: &Edits, name: &str, value: Option<&Value>| match (value, edits.mood) {
        (None, _) => "not set".to_owned(),
        (Some(_), Some(at)) if name == "mood" => format!("valence {:+.2}, arousal {:+.2}", at.valence, at.arousal),
        (Some(_), _) if name == "bpm" => edits.bpm.map_or_else(String::new, |bpm| format!("{bpm:.2}")),
        (Some(value), _) if name == "metre" => edits.metre.map_or_else(|| value.to_string(), |m| m.to_string()),
        (Some(value), _) => value.as_str().map_or_else(|| value.to_string(), ToOwned::to_owned),
    };
    // What counted where no hand had set anything.
    let other = |name: &str| -> Option<String> {
        let (value, origin) = match name {
            "bpm" => best.analysis.tempo_bpm.as_ref().map(|t| (format!("{:.2}", t.value), t.origin))?,
            "key" => best.analysis.key.as_ref().map(|k| (k.value.to_string(), k.origin))?,
            "metre" => best.analysis.metre.as_ref().map(|m| (m.value.to_string(), m.origin))?,
            "mood" => best
                .affect
                .as_ref()
                .map(|a| (format!("valence {:+.2}, arousal {:+.2}", a.value.at.valence, a.value.at.arousal), a.origin))?,
            field => best.said(field.parse::<Field>().ok()?).map(|s| (s.value.to_owned(), s.origin))?,
        };
        Some(format!("{value}, {}", if origin == Origin::Declared { "declared" } else { "measured" }))
    };
    let (was, is) = (flat(before)?, flat(after)?);
    let names: BTreeSet<&String> = was.keys().chain(is.keys()).collect();
    Ok(names
        .into_iter()
        .filter(|n| was.get(*n) != is.get(*n))
        .map(|n| {
            format!(
                "{n} {} (was {})",
                told(after, n, is.get(n)),
                (!was.contains_key(n)).then(|| other(n)).flatten().unwrap_or_else(|| told(before, n, was.get(n)))
            )
        })
        .collect())
}

pub fn log(arguments: &Arguments, command: &Log) -> anyhow::Result<u8> {
    let steps = Reader::open(&arguments.catalogue_dir()?)?.log(command.limit)?;
    if arguments.json {
        output::json(&steps)?;
        return Ok(OK);
    }
    for step in &steps {
        let undone = if step.is_undone { ", undone" } else { "" };
        let tracks = count(step.tracks, "track", "tracks");
        output::line(&printable(&format!("{:>6}  {}  {tracks}{undone}: {}", step.id, step.at, step.command)))?;
    }
    if steps.is_empty() {
        output::line("nothing has been set by hand yet")?;
    }
    Ok(OK)
}

pub fn undo(arguments: &Arguments, command: &Undo) -> anyhow::Result<u8> {
    let dir = arguments.catalogue_dir()?;
    let undone = Catalogue::open_beside(&dir)?.undo(command.step)?;
    if arguments.json {
        output::json(&undone)?;
    } else {
        let (step, typed) = (undone.batch.id, &undone.batch.command);
        output::line(&printable(&match undone.restored {
            0 => format!("not undone: step {step} ({typed}): what it set was set again since"),
            n => format!("undone: step {step} ({typed}); what it set of {} is as it was before", count(n, "track", "tracks")),
        }))?;
        let reader = Reader::open(&dir)?;
        for id in &undone.changed_since {
            let name = reader.track(id)?.map_or_else(|| id.to_string(), |t| t.name());
            output::line(&printable(&format!("left alone, as it was set again since: {name}")))?;
        }
        if undone.restored > 0 && typed.split_whitespace().any(|word| word == "--write-tags") {
            output::line(
                "the tags that it wrote into files stay, and count as declared; write others with 'indexer edit … --set FIELD=… --write-tags'",
            )?;
        }
    }
    Ok(if undone.changed_since.is_empty() { OK } else { SOME_FAILED })
}
