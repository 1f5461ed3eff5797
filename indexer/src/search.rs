//! `indexer search`.

use crate::arguments::{Arguments, Search};
use crate::output::{self, duration, printable};
use crate::{OK, SOME_FAILED};
use catalogue::{Match, Reader};
use comfy_table::{CellAlignment, ContentArrangement, Table, presets};
use serde_json::json;
use track::path_text::to_text;

pub fn run(arguments: &Arguments, command: &Search) -> anyhow::Result<u8> {
    let query = command.query()?;
    let reader = Reader::open(&arguments.catalogue_dir()?)?;
    let found = reader.search(&query)?;
    if arguments.json {
        output::json(&found.iter().map(as_json).collect::<Vec<_>>())?;
    } else if found.is_empty() {
        eprintln!("no track fits");
    } else {
        output::line(&table(&found).trim_fmt())?;
    }
    // Like grep: nothing found is not all well, and no failure either.
    Ok(if found.is_empty() { SOME_FAILED } else { OK })
}

fn as_json(m: &Match) -> serde_json::Value {
    let t = &m.track;
    json!({
        "score": m.score,
        "why": m.why(),
        "title": t.title,
        "artist": t.artist,
        "path": t.path.as_deref().map(to_text),
        "content_id": t.content_id,
        "valence": t.affect.map(|a| a.valence),
        "arousal": t.affect.map(|a| a.arousal),
        "tempo_bpm": t.tempo_bpm,
        "key": t.key,
        "loudness_lufs": t.lufs,
        "duration_s": t.duration_s,
    })
}

/// Terminals narrower than this show the reason under the title, and leave out what `show` tells.
const WIDE: u16 = 130;

fn table(found: &[Match]) -> Table {
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
        let why = if m.reasons.is_empty() { "-".into() } else { m.why() };
        let mut row = vec![
            format!("{:.2}", m.score),
            if is_narrow && !m.reasons.is_empty() { format!("{title}\n  {why}") } else { title },
            or_dash(t.affect.map(|a| format!("{:+.2}, {:+.2}", a.valence, a.arousal))),
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
