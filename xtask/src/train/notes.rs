//! `cargo xtask train notes`: what sounds while which notes begin, so that a network can be fitted that hears them.
//!
//! One idea: the pieces are those that the pulse network learned from, none of which is in an evaluation of moods; so what hears notes there knows none
//! of its songs.

use super::cache::{Kept, keep};
use super::music::{Options, hear, takes};
use crate::eval::training_scores;
use crate::parallel::in_parallel_told;
use crate::render::score;
use crate::table::write_npy;
use anyhow::{Context, Result};
use std::path::Path;

/// Renders and measures what is not there yet, and fits the network.
pub fn run(root: &Path, data: &Path, options: &Options) -> Result<()> {
    let font = score::soundfont(&options.soundfont)?.context("training wants a soundfont: our own instruments are but one family")?;
    let dir = options.cache.part("notes")?;
    let scores = training_scores(data)?;
    in_parallel_told(&scores, |(name, score)| {
        keep(&dir.join(format!("{name}.json")), || {
            let played = takes::anyhow_played(name, score, &font, &dir.join(name)).with_context(|| name.clone())?;
            let heard = hear(&played.sound, played.rate_hz)?.network_inputs;
            write_npy(&dir.join(format!("{name}.npy")), analysis::networks::INPUTS, heard.as_flattened())?;
            let notes = played.score.notes.iter().map(|n| [n.start_s as f32, n.length_s as f32, n.key.into(), n.channel.into()]);
            Ok(Kept { about: (name, played.family), rows: notes.map(|n| n.map(Some).to_vec()).collect() })
        })
    })?;
    if options.measure_only {
        return Ok(());
    }
    options.cache.fit(root, "notes.py", &dir)
}
