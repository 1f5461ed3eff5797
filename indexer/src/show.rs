//! `indexer show`.

use crate::OK;
use crate::arguments::{Arguments, Show};
use crate::{describe, output};
use anyhow::{Context, bail};
use catalogue::Reader;
use std::path::Path;
use track::ContentId;

pub fn run(arguments: &Arguments, command: &Show) -> anyhow::Result<u8> {
    let reader = Reader::open(&arguments.catalogue_dir()?)?;
    let id = find(&reader, &command.track)?;
    let track = reader.track(&id)?.context("the track has just gone from the catalogue")?;
    if arguments.json {
        output::json(&track)?;
    } else {
        describe::print(&track)?;
    }
    Ok(OK)
}

/// The track that is meant by a file or the first digits of a content id.
pub fn find(reader: &Reader, given: &Path) -> anyhow::Result<ContentId> {
    let absolute = dunce::canonicalize(given).unwrap_or_else(|_| given.to_owned());
    for path in [absolute.as_path(), given] {
        if let Some(id) = reader.content_of(path)? {
            return Ok(id);
        }
    }
    if let Some(reason) = reader.failures()?.into_iter().find(|f| f.0 == absolute).map(|f| f.1) {
        bail!("{} could not be measured: {reason}", given.display());
    }
    let ids = match given.to_str() {
        Some(text) if text.len() >= 4 => reader.content_starting_with(text, 2)?,
        _ => Vec::new(),
    };
    match ids.as_slice() {
        [id] => Ok(id.clone()),
        [] => bail!("{} is neither a file of the catalogue nor the start (four digits or more) of a content id", given.display()),
        _ => bail!("several tracks have a content id that starts with {}; give more of its digits", given.display()),
    }
}
