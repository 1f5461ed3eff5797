//! `indexer show`.

use crate::OK;
use crate::arguments::{Arguments, Show};
use crate::{asking, derived, describe, output};
use anyhow::Context;
use catalogue::{Reader, Used};
use serde_json::json;

pub fn run(arguments: &Arguments, command: &Show) -> anyhow::Result<u8> {
    let reader = Reader::open(&arguments.catalogue_dir()?)?;
    let id = asking::find(&reader, &command.track)?;
    let track = reader.track(&id)?.context("the track has just gone from the catalogue")?;
    let measured = reader.as_measured(&id)?.context("the track has just gone from the catalogue")?;
    let (licences, usages) = (reader.licences(&id)?, reader.usages(Used::Track(&id))?);
    let missing = reader.missing_files(&id)?;
    if arguments.json {
        let mut all = serde_json::to_value(&track)?;
        all["measured"] = json!({ "tempo_bpm": measured.analysis.tempo_bpm, "key": measured.analysis.key, "metre": measured.analysis.metre, "affect": measured.affect });
        all["derived"] = derived::as_json(track.affect.as_ref().map(|a| &a.value));
        all["missing_files"] = missing.iter().map(|p| track::path_text::to_text(p)).collect();
        all["licences"] = json!(licences);
        all["usages"] = json!(usages);
        output::json(&all)?;
    } else {
        describe::print(&track)?;
        describe::print_missing(&track, &missing)?;
        describe::print_declared(&track)?;
        describe::print_measured(&track, &measured)?;
        describe::print_rights(&licences)?;
        describe::print_usages(&usages)?;
    }
    Ok(OK)
}
