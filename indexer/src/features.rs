//! `indexer features`.

use crate::arguments::{Arguments, Features};
use crate::output::{self, printable};
use crate::progress::Progress;
use crate::{OK, SOME_FAILED, scan};
use ::scan::Event;
use anyhow::{Context, bail};
use mood::Models;
use npyz::WriterBuilder;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

/// The numbers of a file, or why there are none.
type Row = Result<Vec<f32>, String>;

pub fn run(arguments: &Arguments, command: &Features) -> anyhow::Result<u8> {
    if command.out.extension().is_none_or(|e| !e.eq_ignore_ascii_case("npy")) {
        bail!("--out {}: the table is for numpy, so its name ends in .npy", command.out.display());
    }
    let mut files: Vec<PathBuf> = Vec::new();
    for folder in &command.folders {
        let found = ::scan::music_files(folder).with_context(|| folder.display().to_string())?;
        files.extend(found);
    }
    if files.is_empty() {
        bail!("no music files there");
    }
    let mut seen = std::collections::HashSet::new();
    files.retain(|f| seen.insert(dunce::canonicalize(f).unwrap_or_else(|_| f.clone())));
    // Before the work, not after it: a folder that cannot be written costs nothing then. A table that is there stays until the new one is whole.
    let unfinished = command.out.with_extension("npy.unfinished");
    let table = File::create(&unfinished).with_context(|| unfinished.display().to_string())?;
    let (worker, limits) = scan::workers(&command.measuring, &Models::default(), command.workers)?;
    let rows: Mutex<Vec<Option<Row>>> = Mutex::new(vec![None; files.len()]);
    let progress = Progress::new();
    progress.event(Event::Planned { to_measure: files.len(), found: files.len() });
    ::scan::measure_all(&worker, limits, &files, &|i, outcome| {
        let (seconds, failure) = match &outcome {
            Ok(track) => (track.duration_s(), None),
            Err(reason) => (0.0, Some(reason.clone())),
        };
        progress.event(Event::Done { path: files[i].clone(), seconds, failure });
        let row = outcome.map(|track| analysis::features::of(&track.analysis));
        rows.lock().unwrap_or_else(std::sync::PoisonError::into_inner)[i] = Some(row);
    });
    progress.finish();
    let names = analysis::features::names();
    let mut kept: Vec<(&Path, Vec<f32>)> = Vec::new();
    let mut failures: Vec<(&Path, String)> = Vec::new();
    for (file, row) in files.iter().zip(rows.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner)) {
        match row.unwrap_or_else(|| Err("it was not measured".into())) {
            Ok(row) => kept.push((file, row)),
            Err(reason) => failures.push((file, reason)),
        }
    }
    if kept.is_empty() {
        drop(table);
        let _ = std::fs::remove_file(&unfinished);
        let reasons: Vec<String> = failures.iter().take(3).map(|(path, reason)| format!("{}: {reason}", path.display())).collect();
        bail!("none of {} files could be measured; {}", files.len(), reasons.join("; "));
    }
    write_table(table, &unfinished, &kept, names.len())?;
    std::fs::rename(&unfinished, &command.out).with_context(|| command.out.display().to_string())?;
    let list = |extension: &str, lines: Vec<String>| -> anyhow::Result<()> {
        let path = command.out.with_extension(extension);
        let mut file = BufWriter::new(File::create(&path).with_context(|| path.display().to_string())?);
        lines.iter().try_for_each(|line| writeln!(file, "{line}")).and_then(|()| file.flush()).with_context(|| path.display().to_string())
    };
    list("columns.txt", names)?;
    // A line is a row, whatever a file is called.
    let line = |path: &Path| track::path_text::to_text(path).replace('\n', "\\n").replace('\r', "\\r");
    list("rows.txt", kept.iter().map(|k| line(k.0)).collect())?;
    if arguments.json {
        let failed: Vec<_> =
            failures.iter().map(|f| serde_json::json!({ "path": track::path_text::to_text(f.0), "reason": f.1 })).collect();
        output::json(&serde_json::json!({ "rows": kept.len(), "table": track::path_text::to_text(&command.out), "failures": failed }))?;
    } else {
        output::line(&format!("{} rows in {}", kept.len(), command.out.display()))?;
        for (path, reason) in &failures {
            output::line(&printable(&format!("failed: {}: {reason}", path.display())))?;
        }
    }
    Ok(if failures.is_empty() { OK } else { SOME_FAILED })
}

/// Writes the rows as numpy reads them.
fn write_table(file: File, path: &Path, rows: &[(&Path, Vec<f32>)], columns: usize) -> anyhow::Result<()> {
    let place = || path.display().to_string();
    let file = BufWriter::new(file);
    let shape = [rows.len() as u64, columns as u64];
    let mut writer = npyz::WriteOptions::new().default_dtype().shape(&shape).writer(file).begin_nd().with_context(place)?;
    writer.extend(rows.iter().flat_map(|r| r.1.iter().copied())).with_context(place)?;
    writer.finish().with_context(place)
}
