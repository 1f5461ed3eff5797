//! `indexer search`, and searches that were kept.

use crate::arguments::{Arguments, Search, Searches};
use crate::asking::Asking;
use crate::output::{self, duration, printable};
use crate::{OK, SOME_FAILED};
use anyhow::Context;
use catalogue::{Catalogue, Match, Query, Reader};
use comfy_table::{CellAlignment, ContentArrangement, Table, presets};
use serde_json::json;
use track::path_text::to_text;

/// Values of a facet that are counted out.
const MOST_VALUES: usize = 12;

pub fn run(arguments: &Arguments, command: &Search) -> anyhow::Result<u8> {
    // What cannot be understood is said before anything else.
    command.asking.parsed()?;
    let dir = arguments.catalogue_dir()?;
    let reader = Reader::open(&dir)?;
    let asking = match &command.kept {
        Some(name) => kept(&reader, name)?.and(&command.asking),
        None => command.asking.clone(),
    };
    let query = Query { limit: command.limit, is_diverse: !command.crowd, ..asking.query(&reader)? };
    if let Some(name) = &command.keep {
        anyhow::ensure!(!name.trim().is_empty(), "--keep: a search needs a name");
        if reader.searches()?.iter().any(|s| s.0 == *name) {
            eprintln!("{}", printable(&format!("the search that was kept as '{name}' before is replaced")));
        }
        Catalogue::open_beside(&dir)?.keep_search(name, Some(&serde_json::to_string(&asking.plain())?))?;
    }
    if command.facets {
        let answer = facets(arguments, &reader, &query)?;
        if reader.is_mixed()? {
            eprintln!("{}", output::MIXED);
        }
        return Ok(answer);
    }
    let found = reader.search(&query)?;
    if arguments.json {
        output::json(&found.iter().map(as_json).collect::<Vec<_>>())?;
    } else if found.is_empty() {
        eprintln!("no track fits; ask for less, or see what there is: indexer search --facets");
    } else {
        let has_rights = query.cleared_for.is_some() || reader.has_licences()?;
        let is_mixed = reader.is_mixed()?;
        output::line(&table(&found, has_rights, is_mixed).trim_fmt())?;
        if found.iter().any(|m| m.track.affect.is_some() && m.track.may_be_no_music()) {
            eprintln!("?: it may be no music but speech, noise or a test tone, and then its mood means little; 'indexer show' tells more");
        }
        if is_mixed {
            eprintln!("{}", output::MIXED);
        }
        if command.limit > 0 && found.len() == command.limit {
            eprintln!("the first {}; --limit 0 lists all", command.limit);
        }
    }
    // Like grep: nothing found is not all well, and no failure either.
    Ok(if found.is_empty() { SOME_FAILED } else { OK })
}

fn kept(reader: &Reader, name: &str) -> anyhow::Result<Asking> {
    let searches = reader.searches()?;
    let names = || searches.iter().map(|s| s.0.as_str()).collect::<Vec<_>>().join(", ");
    let (_, text) =
        searches.iter().find(|s| s.0 == name).with_context(|| format!("no search is kept as '{name}'; there are: {}", names()))?;
    serde_json::from_str(text).with_context(|| format!("the search '{name}' cannot be read"))
}

fn facets(arguments: &Arguments, reader: &Reader, query: &Query) -> anyhow::Result<u8> {
    let counted = reader.facets(query, if arguments.json { 0 } else { MOST_VALUES })?;
    if arguments.json {
        output::json(&counted)?;
        return Ok(OK);
    }
    if counted.iter().all(|c| c.values.is_empty()) {
        eprintln!("no track fits");
        return Ok(SOME_FAILED);
    }
    for facet in counted.iter().filter(|c| !c.values.is_empty()) {
        let values: Vec<String> = facet.values.iter().map(|(value, n)| format!("{value} ({n})")).collect();
        let more = if facet.values.len() == MOST_VALUES { "; …" } else { "" };
        output::line(&printable(&format!("{:<14}{}{more}", facet.facet, values.join("; "))))?;
    }
    Ok(OK)
}

fn as_json(m: &Match) -> serde_json::Value {
    let t = &m.track;
    json!({
        "score": m.score,
        "why": m.why(),
        "parts": m.parts,
        "rights": m.standing,
        "title": t.title,
        "artist": t.artist,
        "valence": t.affect.map(|a| a.valence),
        "arousal": t.affect.map(|a| a.arousal),
        "tempo_bpm": t.tempo_bpm,
        "key": t.key,
        "loudness_lufs": t.lufs,
        "duration_s": t.duration_s,
        "is_music": t.is_music,
        "measured_by": t.measured_by,
        "content_id": t.content_id,
        "path": t.path.as_deref().map(to_text),
    })
}

/// Terminals narrower than this show the reason under the title, and leave out what `show` tells.
const WIDE: u16 = 130;

fn table(found: &[Match], has_rights: bool, is_mixed: bool) -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic);
    let is_narrow = table.width().is_some_and(|w| w < WIDE);
    if is_narrow {
        table.set_header(["score", "title, why", "mood (v, a)", "BPM", "key", "length"]);
    } else {
        table.set_header(["score", "title", "mood (v, a)", "BPM", "key", "length", "LUFS", "why", "id"]);
    }
    for m in found {
        let t = &m.track;
        let title = printable(&t.title) + if t.path.is_some() { "" } else { " (file missing)" };
        let or_dash = |text: Option<String>| text.unwrap_or_else(|| "-".into());
        let mut why = if m.parts.is_empty() { "-".into() } else { m.why() };
        if has_rights {
            why = format!("{}{}", if m.parts.is_empty() { String::new() } else { format!("{why}, ") }, m.standing);
        }
        if let (true, Some(by)) = (is_mixed, &t.measured_by) {
            why = format!("{}measured by {}", if why == "-" { String::new() } else { format!("{why}, ") }, printable(by));
        }
        let mut row = vec![
            format!("{:.2}", m.score),
            if is_narrow && why != "-" { format!("{title}\n  {why}") } else { title },
            or_dash(t.affect.map(|a| format!("{:+.2}, {:+.2}{}", a.valence, a.arousal, if t.may_be_no_music() { " ?" } else { "" }))),
            or_dash(t.tempo_bpm.map(|b| format!("{b:.1}"))),
            or_dash(t.key.map(|k| k.to_string())),
            duration(t.duration_s),
        ];
        if !is_narrow {
            row.extend([or_dash(t.lufs.map(|l| format!("{l:.1}"))), why, t.content_id.0.chars().take(8).collect()]);
        }
        table.add_row(row);
    }
    for index in [0, 3, 5, 6] {
        if let Some(column) = table.column_mut(index) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table
}

pub fn searches(arguments: &Arguments, command: &Searches) -> anyhow::Result<u8> {
    let dir = arguments.catalogue_dir()?;
    match command {
        Searches::List => {
            let searches = Reader::open(&dir)?.searches()?;
            if arguments.json {
                let all: serde_json::Map<_, _> =
                    searches.into_iter().map(|(name, text)| (name, serde_json::from_str(&text).unwrap_or_default())).collect();
                output::json(&all)?;
                return Ok(OK);
            }
            for (name, text) in &searches {
                let asked: serde_json::Map<String, serde_json::Value> = serde_json::from_str(text).unwrap_or_default();
                let is_said = |v: &serde_json::Value| !v.is_null() && *v != json!(false) && v.as_array().is_none_or(|a| !a.is_empty());
                let said: Vec<String> = asked.iter().filter(|(_, v)| is_said(v)).map(|(k, v)| format!("{k} {v}")).collect();
                output::line(&printable(&format!("{name}: {}", said.join(", "))))?;
            }
            if searches.is_empty() {
                output::line("none; 'indexer search … --keep NAME' keeps one")?;
            }
        }
        Searches::Forget { name } => {
            Catalogue::open_beside(&dir)?.keep_search(name, None)?;
            if arguments.json {
                output::json(&json!({ "forgotten": name }))?;
                return Ok(OK);
            }
            output::line(&printable(&format!("forgotten: {name}")))?;
        }
    }
    Ok(OK)
}
