//! `indexer edit`.

use crate::arguments::{Arguments, Edit};
use crate::{OK, describe, output, show};
use anyhow::{Context, bail};
use catalogue::{Catalogue, Reader};

pub fn run(arguments: &Arguments, command: &Edit) -> anyhow::Result<u8> {
    let dir = arguments.catalogue_dir()?;
    let id = show::find(&Reader::open(&dir)?, &command.track)?;
    // Open for writing from here on, so that what somebody else sets meanwhile is not lost.
    let mut catalogue = Catalogue::open(&dir)?;
    let measured = catalogue.measured(&id)?.context("the track has just gone from the catalogue")?;
    let mut edits = measured.edits;
    for text in &command.set {
        edits.set(text, measured.analysis.tempo_bpm.as_ref().map(|t| t.value), measured.duration_s())?;
    }
    if edits.bpm.is_none() && (edits.downbeat_s.is_some() || edits.metre.is_some()) && measured.analysis.beats.is_none() {
        bail!("no pulse was measured in it, so a downbeat or a metre has no beats to count: set its tempo, too, like --set bpm=90");
    }
    catalogue.set_edits(&id, &edits)?;
    drop(catalogue);
    let track = Reader::open(&dir)?.track(&id)?.context("the track has just gone from the catalogue")?;
    if arguments.json {
        output::json(&track)?;
    } else {
        describe::print(&track)?;
    }
    Ok(OK)
}
