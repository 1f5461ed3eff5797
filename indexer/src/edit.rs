//! `indexer edit`.

use crate::arguments::{Arguments, Edit};
use crate::{OK, describe, output, show};
use anyhow::Context;
use catalogue::{Catalogue, Reader};

pub fn run(arguments: &Arguments, command: &Edit) -> anyhow::Result<u8> {
    let dir = arguments.catalogue_dir()?;
    let reader = Reader::open(&dir)?;
    let id = show::find(&reader, &command.track)?;
    let track = reader.track(&id)?.context("the track has just gone from the catalogue")?;
    let mut edits = track.edits;
    for text in &command.set {
        edits.set(text, track.analysis.tempo_bpm.as_ref().map(|t| t.value))?;
    }
    Catalogue::open(&dir)?.set_edits(&id, &edits)?;
    let track = Reader::open(&dir)?.track(&id)?.context("the track has just gone from the catalogue")?;
    if arguments.json {
        output::json(&track)?;
    } else {
        describe::print(&track)?;
    }
    Ok(OK)
}
