//! What we say of a file.

use super::measure::Answer;
use analysis::Analyser;
use anyhow::Result;
use std::path::Path;
use track::Analysis;

/// Measures a file as a scan does.
pub fn analyse(path: &Path) -> Result<Analysis> {
    Ok(analyser(path)?.finish())
}

/// An analyser that has heard a file.
pub fn analyser(path: &Path) -> Result<Analyser> {
    let mut reader = audio::Reader::open(path)?;
    let (rate_hz, channels) = (reader.info().rate_hz, reader.info().channels);
    let mut analyser = Analyser::new(rate_hz, channels)?;
    audio::read_unbroken(&mut reader, |planes| -> Result<()> {
        analyser.push(planes);
        Ok(())
    })?;
    Ok(analyser)
}

/// C below the A of 440 Hz.
const C_HZ: f64 = 261.625_565;

/// How right the pitch of a single voice is, as it is and with white noise 6 dB below it.
pub fn pitch(path: &Path, notes: &[(f64, f64, f64)], seed: u64) -> Result<(f64, f64)> {
    let mut reader = audio::Reader::open(path)?;
    let rate_hz = reader.info().rate_hz;
    let mut mono: Vec<f32> = Vec::new();
    audio::read_unbroken(&mut reader, |planes| -> Result<()> {
        mono.extend((0..planes[0].len()).map(|i| planes.iter().map(|p| p[i]).sum::<f32>() / planes.len() as f32));
        Ok(())
    })?;
    let right = |mono: &[f32]| -> Result<f64> {
        let voice = analysis::pitch_of_voice(rate_hz, mono)?;
        Ok(voice.map_or(0.0, |(v, _)| super::measure::pitch_right(notes, |t| v.hz_at(t))))
    };
    let clean = right(&mono)?;
    let mut rng = fastrand::Rng::with_seed(seed);
    let power = mono.iter().map(|x| f64::from(*x).powi(2)).sum::<f64>() / mono.len().max(1) as f64;
    // Even noise from -a to a has a power of a^2 / 3.
    let a = (3.0 * power / 10f64.powf(0.6)).sqrt() as f32;
    mono.iter_mut().for_each(|x| *x += a * (2.0 * rng.f32() - 1.0));
    Ok((clean, right(&mono)?))
}

/// The same in the terms of the evaluation.
pub fn answer(analysis: &Analysis) -> Answer {
    let beats = analysis.beats.as_ref().map(|b| &b.value);
    let downbeats = beats.map(|b| b.downbeats_s().collect::<Vec<_>>());
    Answer {
        bpm: analysis.tempo_bpm.as_ref().map(|t| t.value),
        tempo_confidence: analysis.tempo_bpm.as_ref().and_then(|t| t.confidence),
        beats_s: beats.map(|b| b.beats_s().to_vec()).unwrap_or_default(),
        downbeats_s: Some(downbeats.unwrap_or_default()),
        metre: analysis.metre.as_ref().map(|m| m.value.numerator()),
        key: analysis.key.as_ref().map(|k| k.value),
        key_confidence: analysis.key.as_ref().and_then(|k| k.confidence),
        key_changes_s: analysis.harmony.as_ref().map(|h| h.value.spans.iter().skip(1).map(|s| s.from_s).collect()),
        tuning_cents: analysis.descriptors.as_ref().and_then(|d| d.value.tuning_cents),
        tonic_hz: analysis.tonic.as_ref().map(|t| C_HZ * 2f64.powf(t.value.cents_above_c / 1200.0)),
        onsets_s: Some(analysis.onsets_s.value.clone()),
        onsets_confidence: analysis.onsets_s.confidence,
        sections_s: analysis.sections.as_ref().map(|s| s.value.boundaries_s.clone()),
        pitch: None,
        is_voice: Some(analysis.voice.is_some()),
    }
}
