//! `indexer bin`.

use crate::arguments::{Arguments, Bin, Binned};
use crate::output::{self, count, printable};
use crate::{OK, SOME_FAILED};
use anyhow::bail;
use catalogue::{Catalogue, Reader};
use track::ContentId;

pub fn run(arguments: &Arguments, command: &Bin) -> anyhow::Result<u8> {
    let dir = arguments.catalogue_dir()?;
    match command {
        Bin::List { name: None } => {
            let bins = Reader::open(&dir)?.bins()?;
            if arguments.json {
                output::json(&bins.iter().map(|(name, n)| serde_json::json!({ "bin": name, "tracks": n })).collect::<Vec<_>>())?;
                return Ok(OK);
            }
            for (name, n) in &bins {
                output::line(&printable(&format!("{name}: {}", count(*n, "track", "tracks"))))?;
            }
            if bins.is_empty() {
                output::line("none; 'indexer bin add NAME WORDS' puts tracks into one")?;
            }
        }
        Bin::List { name: Some(name) } => {
            let reader = Reader::open(&dir)?;
            let ids = reader.bin(name)?;
            if ids.is_empty() {
                bail!("there is no bin '{name}'");
            }
            return list(arguments, &reader, &ids);
        }
        Bin::Add(binned) => {
            let ids = meant(&Reader::open(&dir)?, binned)?;
            let new = Catalogue::open_beside(&dir)?.put_into_bin(&binned.name, &ids)?;
            told(arguments, "put into", &binned.name, new, ids.len())?;
        }
        Bin::Remove(binned) => {
            let ids = meant(&Reader::open(&dir)?, binned)?;
            let gone = Catalogue::open_beside(&dir)?.take_out_of_bin(&binned.name, &ids)?;
            told(arguments, "taken out of", &binned.name, gone, ids.len())?;
            return Ok(if gone > 0 { OK } else { SOME_FAILED });
        }
        Bin::Delete { name } => {
            let ids = Reader::open(&dir)?.bin(name)?;
            if ids.is_empty() {
                bail!("there is no bin '{name}'; 'indexer bin list' lists them");
            }
            let gone = Catalogue::open_beside(&dir)?.take_out_of_bin(name, &ids)?;
            if arguments.json {
                output::json(&serde_json::json!({ "deleted": name, "tracks": gone }))?;
                return Ok(OK);
            }
            output::line(&printable(&format!("deleted: {name}, with {} in it", count(gone, "track", "tracks"))))?;
        }
    }
    Ok(OK)
}

fn meant(reader: &Reader, binned: &Binned) -> anyhow::Result<Vec<ContentId>> {
    if binned.name.trim().is_empty() {
        bail!("a bin needs a name");
    }
    binned.asking.tracks(reader)
}

fn told(arguments: &Arguments, how: &str, bin: &str, changed: usize, found: usize) -> anyhow::Result<()> {
    if arguments.json {
        return output::json(&serde_json::json!({ "bin": bin, "changed": changed, "found": found }));
    }
    output::line(&printable(&format!("{} {how} '{bin}' (of {found} found)", count(changed, "track", "tracks"))))
}

fn list(arguments: &Arguments, reader: &Reader, ids: &[ContentId]) -> anyhow::Result<u8> {
    let mut all = Vec::new();
    for id in ids {
        let track = reader.track(id)?;
        let (name, path) = track.map_or_else(|| ("not in the catalogue".into(), None), |t| (t.name(), t.paths.into_iter().next()));
        all.push((id, name, path));
    }
    if arguments.json {
        let json = all.iter().map(|(id, name, path)| serde_json::json!({ "content_id": id, "title": name, "path": path.as_deref().map(track::path_text::to_text) }));
        output::json(&json.collect::<Vec<_>>())?;
        return Ok(OK);
    }
    for (_, name, path) in all {
        let path = path.map_or_else(|| "missing".into(), |p| p.display().to_string());
        output::line(&printable(&format!("{name}  {path}")))?;
    }
    Ok(OK)
}
