//! An analysis as one row of numbers: what models are trained on, and what 'more like this' compares.
//!
//! One idea: every number has a name with its unit, and what was not measured is NaN, never a zero that looks like a value.

use track::Analysis;

const PITCHES: [&str; 12] = ["c", "c_sharp", "d", "d_sharp", "e", "f", "f_sharp", "g", "g_sharp", "a", "a_sharp", "b"];

/// The names of the numbers, in order.
#[must_use]
pub fn names() -> Vec<String> {
    row(None).into_iter().map(|(name, _)| name).collect()
}

/// The numbers of an analysis, in the order of [`names`]. NaN for what is absent.
#[must_use]
pub fn of(analysis: &Analysis) -> Vec<f32> {
    row(Some(analysis)).into_iter().map(|(_, value)| value.map_or(f32::NAN, |v| v as f32)).collect()
}

fn row(analysis: Option<&Analysis>) -> Vec<(String, Option<f64>)> {
    let a = analysis;
    let d = a.and_then(|a| a.descriptors.as_ref()).map(|d| &d.value);
    let t = d.and_then(|d| d.timbre.as_ref());
    let loudness = a.and_then(|a| a.loudness.as_ref()).map(|l| l.value);
    let harmony = a.and_then(|a| a.harmony.as_ref()).map(|h| &h.value);
    let mut row: Vec<(String, Option<f64>)> = Vec::new();
    let mut put = |name: &str, value: Option<f64>| row.push((name.to_owned(), value));
    put("integrated_lufs", loudness.map(|l| l.integrated_lufs));
    put("loudness_range_lu", loudness.and_then(|l| l.range_lu));
    put("true_peak_dbtp", loudness.map(|l| l.true_peak_dbtp));
    let (mean, deviation) = a.and_then(|a| a.loudness_curve.as_ref()).and_then(|c| moments(&c.value.tenths_lufs)).unzip();
    put("momentary_loudness_mean_lufs", mean);
    put("momentary_loudness_deviation_lu", deviation);
    put("tempo_bpm", a.and_then(|a| a.tempo_bpm.as_ref()).map(|t| t.value));
    put("tempo_steadiness", a.and_then(|a| a.pace.as_ref()).map(|p| p.value.steadiness));
    put("beats_per_bar", a.and_then(|a| a.metre.as_ref()).map(|m| f64::from(m.value.beats)));
    put("is_compound", a.and_then(|a| a.metre.as_ref()).map(|m| f64::from(u8::from(m.value.is_compound))));
    put("pulse_clarity", d.and_then(|d| d.pulse_clarity));
    put("event_density_hz", d.map(|d| d.event_density_hz));
    put("articulation", t.and_then(|t| t.articulation));
    put("major_minor_balance", d.and_then(|d| d.major_minor_balance));
    put("key_confidence", a.and_then(|a| a.key.as_ref()).and_then(|k| k.confidence));
    put("key_changes", harmony.map(|h| h.spans.len().saturating_sub(1) as f64));
    put("tuning_cents", d.and_then(|d| d.tuning_cents));
    put("register_midi", t.map(|t| t.register_midi));
    put("roughness", t.map(|t| t.roughness));
    put("brightness_hz", d.map(|d| d.brightness_hz));
    put("brightness_deviation_hz", t.map(|t| t.brightness_deviation_hz));
    put("flatness", d.map(|d| d.flatness));
    put("flux_db", t.map(|t| t.flux_db));
    put("sounding_share", d.map(|d| d.sounding_share));
    let at = |values: Option<&[f32]>, i: usize| values.and_then(|v| v.get(i)).map(|v| f64::from(*v));
    for i in 0..7 {
        put(&format!("contrast_{i}_db"), at(t.map(|t| &t.contrast_db[..]), i));
    }
    for i in 0..13 {
        put(&format!("mfcc_mean_{i}"), at(t.map(|t| &t.mfcc_mean[..]), i));
    }
    for i in 0..13 {
        put(&format!("mfcc_deviation_{i}"), at(t.map(|t| &t.mfcc_deviation[..]), i));
    }
    for (i, pitch) in PITCHES.iter().enumerate() {
        put(&format!("chroma_{pitch}"), at(d.and_then(|d| d.chroma.as_ref()).map(|c| &c[..]), i));
    }
    for (i, pitch) in PITCHES.iter().enumerate() {
        put(&format!("bass_chroma_{pitch}"), at(d.and_then(|d| d.bass_chroma.as_ref()).map(|c| &c[..]), i));
    }
    for (i, pitch) in PITCHES.iter().enumerate() {
        put(&format!("chroma_deviation_{pitch}"), at(t.map(|t| &t.chroma_deviation[..]), i));
    }
    row
}

/// Mean and standard deviation of what is not silence, in LUFS.
fn moments(tenths: &[i16]) -> Option<(f64, f64)> {
    let sounding: Vec<f64> = tenths.iter().filter(|t| **t > -700).map(|t| f64::from(*t) / 10.0).collect();
    let n = sounding.len() as f64;
    let mean = sounding.iter().sum::<f64>() / n;
    let variance = sounding.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / n;
    (!sounding.is_empty()).then_some((mean, variance.sqrt()))
}
