//! What we say of a file.

use super::measure::Answer;
use analysis::Analyser;
use anyhow::Result;
use std::path::Path;
use track::Analysis;

/// Measures a file as a scan does.
pub fn analyse(path: &Path) -> Result<Analysis> {
    let mut reader = audio::Reader::open(path)?;
    let (rate_hz, channels) = (reader.info().rate_hz, reader.info().channels);
    let mut analyser = Analyser::new(rate_hz, channels)?;
    while let Some(block) = reader.next_block()? {
        let planes: Vec<&[f32]> = block.channels().collect();
        analyser.push(&planes);
    }
    Ok(analyser.finish())
}

/// The same in the terms of the evaluation.
pub fn answer(analysis: &Analysis) -> Answer {
    let beats = analysis.beats.as_ref().map(|b| &b.value);
    let downbeats = beats.and_then(|b| Some(b.beats_s().iter().skip(b.first_downbeat()?).step_by(4).copied().collect::<Vec<_>>()));
    Answer {
        bpm: analysis.tempo_bpm.as_ref().map(|t| t.value),
        tempo_confidence: analysis.tempo_bpm.as_ref().and_then(|t| t.confidence),
        beats_s: beats.map(|b| b.beats_s().to_vec()).unwrap_or_default(),
        downbeats_s: Some(downbeats.unwrap_or_default()),
        metre: None,
        key: analysis.key.as_ref().map(|k| k.value),
        key_confidence: analysis.key.as_ref().and_then(|k| k.confidence),
        key_changes_s: None,
        tuning_cents: analysis.descriptors.as_ref().and_then(|d| d.value.tuning_cents),
        tonic_hz: None,
        onsets_s: Some(analysis.onsets_s.value.clone()),
    }
}
