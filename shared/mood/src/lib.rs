//! From measured features to a place on the plane of mood.
//!
//! This is a documented rule, not a trained model: each term follows what psychology of music agrees on (Gabrielsson & Lindström 2010,
//! "The role of structure in the musical expression of emotions"): arousal rises with event density, brightness and
//! tempo and falls with a wide loudness range; valence rises with major mode, and a little with tempo and density. The scales of
//! the terms were chosen so that the middle half of a mixed library fills the middle half of the plane. The spread says how far such
//! features alone leave listeners' ratings open: on real recordings rules of this kind reach correlations of about .5 for arousal
//! and .35 for valence, which leaves standard deviations of about .4 and .45 on a plane whose ratings have one of about .5.

pub mod words;

use affect::{Affect, AffectEstimate};
use track::{Analysis, Value};

/// Version of the rule.
pub const VERSION: &str = "mood rule 1";

/// What was left open by features like these on rated recordings, per axis.
const SPREAD: (f64, f64) = (0.45, 0.4);

/// A spread that a model gave: the whole plane's half where it gave none.
fn spread(given: f64) -> f64 {
    if given.is_nan() { 1.0 } else { given.clamp(0.01, 1.0) }
}

/// The mood of a measured sound; `None` for silence.
#[must_use]
pub fn estimate(analysis: &Analysis) -> Option<Value<AffectEstimate>> {
    let d = &analysis.descriptors.as_ref()?.value;
    // A sound that is hardly ever there has no mood worth a dot.
    if d.sounding_share < 0.02 {
        return None;
    }
    let tempo = analysis.tempo_bpm.as_ref().map_or(0.0, |t| (t.value / 105.0).log2());
    let density = ((d.event_density_hz + 0.3) / 2.5).log2();
    let brightness = (d.brightness_hz.max(50.0) / 1900.0).log2();
    let range = analysis.loudness.as_ref().and_then(|l| l.value.range_lu).map_or(0.0, |range| (range - 6.0) / 10.0);
    let arousal = (0.40 * density + 0.30 * brightness + 0.25 * tempo - 0.20 * range).tanh();

    let balance = d.major_minor_balance.unwrap_or(0.0);
    let valence = (3.0 * balance + 0.20 * tempo + 0.10 * density).tanh();
    let at = Affect::clamped(valence, arousal);
    let valence_spread = if d.major_minor_balance.is_some() { SPREAD.0 } else { SPREAD.0 + 0.1 };
    Some(Value::measured(AffectEstimate { at, valence_spread, arousal_spread: SPREAD.1 }, VERSION, None))
}
