//! `indexer duplicates`, `check`, `export`, `import` and `backup`.

use crate::arguments::{Arguments, Backup, Check, Export, Import};
use crate::output::{self, count, printable};
use crate::{OK, SOME_FAILED, rights};
use anyhow::Context;
use catalogue::{Catalogue, Kind, Reader, Repair};
use std::io::{BufReader, BufWriter, Write};

pub fn duplicates(arguments: &Arguments) -> anyhow::Result<u8> {
    let groups = Reader::open(&arguments.catalogue_dir()?)?.duplicates()?;
    if arguments.json {
        output::json(&groups)?;
        return Ok(OK);
    }
    for group in &groups {
        let what = match group.kind {
            Kind::Exact => "the same sound in several files",
            Kind::Near => "one recording",
        };
        let title = group.copies.first().map_or("", |c| c.title.as_str());
        output::line(&printable(&format!("{title}: {what}")))?;
        for difference in group.differences() {
            output::line(&printable(&format!("  {difference}")))?;
        }
        for copy in &group.copies {
            for path in &copy.paths {
                output::line(&printable(&format!("    {}", path.display())))?;
            }
        }
    }
    let n = |kind| groups.iter().filter(|g| g.kind == kind).count();
    output::line(&format!(
        "{} of files with the same sound, {} of copies of one recording",
        count(n(Kind::Exact), "group", "groups"),
        n(Kind::Near)
    ))?;
    Ok(OK)
}

/// So many tracks are named before the rest is counted.
const NAMED: usize = 10;

/// Tells which tracks have lost their last file to another sound, though somebody has worked on them.
pub fn tell_without_files(reader: &Reader) -> anyhow::Result<()> {
    let lost = reader.without_files()?;
    for (id, title) in lost.iter().take(NAMED) {
        let id: String = id.0.chars().take(8).collect();
        let text = "has values, licences or a bin of yours, and another sound stands where its file was: 'indexer show";
        output::line(&printable(&format!("{title}: {text} {id}' tells what; it is kept, should the file come back")))?;
    }
    if lost.len() > NAMED {
        output::line(&format!("and {} more like that", lost.len() - NAMED))?;
    }
    Ok(())
}

pub fn check(arguments: &Arguments, command: &Check) -> anyhow::Result<u8> {
    let problems = Catalogue::open_existing(&arguments.catalogue_dir()?)?.check(command.repair)?;
    let left = problems.iter().filter(|p| p.repair != Repair::Mended).count();
    if arguments.json {
        output::json(&problems)?;
        return Ok(if left == 0 { OK } else { SOME_FAILED });
    }
    for problem in &problems {
        let how = match problem.repair {
            Repair::Mended => "mended",
            Repair::NextScan => "the next scan sees to it",
            Repair::Possible => "--repair mends it",
            Repair::ByHand => "look at it",
        };
        output::line(&printable(&format!("{} ({how})", problem.what)))?;
    }
    let reader = Reader::open(&arguments.catalogue_dir()?)?;
    let missing = reader.totals().missing;
    output::line(&match (problems.is_empty(), missing) {
        (true, 0) => "all is well".to_owned(),
        (true, n) => {
            format!("store, index and disk agree; {} no file that is there, as the last scans said", count(n, "track has", "tracks have"))
        }
        _ => format!("{}, {left} left", count(problems.len(), "problem", "problems")),
    })?;
    tell_without_files(&reader)?;
    if reader.is_mixed()? {
        eprintln!("{}", output::MIXED);
    }
    Ok(if left == 0 { OK } else { SOME_FAILED })
}

pub fn export(arguments: &Arguments, command: &Export) -> anyhow::Result<u8> {
    let reader = Reader::open(&arguments.catalogue_dir()?)?;
    let left_out = match &command.file {
        Some(file) => {
            let out = std::fs::File::options().write(true).create_new(true).open(file).with_context(|| file.display().to_string())?;
            let mut out = BufWriter::new(out);
            let exported = reader.export(&mut out)?;
            out.flush()?;
            out.get_ref().sync_all().with_context(|| file.display().to_string())?;
            if arguments.json {
                output::json(&exported)?;
            } else {
                output::line(&printable(&format!("{} in {}", count(exported.lines as usize, "line", "lines"), file.display())))?;
            }
            exported.left_out
        }
        None => reader.export(BufWriter::new(std::io::stdout().lock()))?.left_out,
    };
    for left_out in &left_out {
        eprintln!("{}", printable(&format!("left out: {left_out}")));
    }
    Ok(if left_out.is_empty() { OK } else { SOME_FAILED })
}

pub fn import(arguments: &Arguments, command: &Import) -> anyhow::Result<u8> {
    let from = BufReader::new(rights::open(&command.file)?);
    let done =
        Catalogue::open(&arguments.catalogue_dir()?)?.import(from, command.merge).with_context(|| command.file.display().to_string())?;
    if arguments.json {
        output::json(&done)?;
    } else {
        output::line(&format!(
            "imported: {}, {}, what was set of {}, {}, {}, {} others",
            count(done.tracks, "track", "tracks"),
            count(done.files, "file", "files"),
            count(done.edits, "track", "tracks"),
            count(done.licences, "licence", "licences"),
            count(done.usages, "use", "uses"),
            done.others
        ))?;
    }
    Ok(OK)
}

pub fn backup(arguments: &Arguments, command: &Backup) -> anyhow::Result<u8> {
    Reader::open(&arguments.catalogue_dir()?)?.backup(&command.file)?;
    if arguments.json {
        output::json(&serde_json::json!({ "file": track::path_text::to_text(&command.file) }))?;
        return Ok(OK);
    }
    output::line(&printable(&format!(
        "{}; to restore it, copy it as catalogue.db into an empty folder and name that with --catalogue",
        command.file.display()
    )))?;
    Ok(OK)
}
