//! Tempo: how often the onset strength repeats.
//!
//! One idea: autocorrelation of the onset strength, combed over four beats, weighted by a log-normal prior for where people tap
//! (Parncutt 1994; van Noorden & Moelants 1999: a resonance near 2 Hz). Too little repetition means that there is no pulse.

use crate::onset::Onsets;
use realfft::RealFftPlanner;

/// Tempi that are looked for, in beats per minute.
const RANGE_BPM: (f64, f64) = (40.0, 240.0);
/// Centre and width (in octaves) of the prior; the width was found on rendered pop songs.
const PRIOR: (f64, f64) = (115.0, 0.85);
/// Below this share of repetition there is no pulse. White noise and drones stay under 0.08, held chords under 0.1.
const MIN_CLARITY: f64 = 0.12;

#[derive(Debug)]
pub(crate) struct Pulse {
    pub(crate) bpm: f64,
    pub(crate) clarity: f64,
    /// How far the winner stands above the best rival outside its own neighbourhood, 0 to 1.
    pub(crate) margin: f64,
}

pub(crate) fn estimate(onsets: &Onsets) -> Option<Pulse> {
    if onsets.times_s.len() < 4 {
        return None;
    }
    let acf = autocorrelation(&onsets.strength)?;
    let at = |lag: f64| {
        let i = lag.floor() as usize;
        let f = lag - lag.floor();
        Some(f64::from(*acf.get(i)?) * (1.0 - f) + f64::from(*acf.get(i + 1)?) * f)
    };
    let score = |bpm: f64| {
        let lag = 60.0 / bpm * onsets.frame_rate_hz;
        let teeth: Vec<f64> = (1..=4).map_while(|k| at(lag * f64::from(k))).collect();
        let Some(first) = teeth.first() else { return f64::NEG_INFINITY };
        let comb = teeth.iter().sum::<f64>() / teeth.len() as f64;
        // A share for what follows after one beat alone: else twice the tempo of a slow piece, with every other tooth on nothing, wins.
        (0.3 * first + 0.7 * comb).max(0.0) * (-0.5 * ((bpm / PRIOR.0).log2() / PRIOR.1).powi(2)).exp()
    };
    let steps = ((RANGE_BPM.1 / RANGE_BPM.0).ln() / 0.004) as usize;
    let candidates: Vec<(f64, f64)> = (0..=steps).map(|i| RANGE_BPM.0 * (i as f64 * 0.004).exp()).map(|bpm| (bpm, score(bpm))).collect();
    let best = *candidates.iter().max_by(|a, b| a.1.total_cmp(&b.1))?;
    let rival = candidates.iter().filter(|c| (c.0 / best.0).ln().abs() > 0.08).map(|c| c.1).fold(0.0, f64::max);
    let lag = 60.0 / best.0 * onsets.frame_rate_hz;
    let clarity = (-2..=2).filter_map(|d| at(lag + f64::from(d))).fold(0.0, f64::max);
    (best.1 > 0.0 && clarity >= MIN_CLARITY).then(|| Pulse { bpm: best.0, clarity, margin: (1.0 - rival / best.1).clamp(0.0, 1.0) })
}

/// Autocorrelation, normalised to 1 at lag 0 and corrected for the shrinking overlap, averaged over segments of 2048 frames (12 s).
/// `None` for a constant curve.
fn autocorrelation(strength: &[f32]) -> Option<Vec<f32>> {
    const SEGMENT: usize = 2048;
    let n = strength.len().min(SEGMENT);
    let size = 2 * SEGMENT;
    let mut planner = RealFftPlanner::<f32>::new();
    let (forward, inverse) = (planner.plan_fft_forward(size), planner.plan_fft_inverse(size));
    let mut total = vec![0f32; n];
    let mut start = 0;
    while start + n <= strength.len() && n > 8 {
        let segment = &strength[start..start + n];
        let mean = segment.iter().sum::<f32>() / n as f32;
        let mut x = forward.make_input_vec();
        for (x, s) in x.iter_mut().zip(segment) {
            *x = s - mean;
        }
        let mut spectrum = forward.make_output_vec();
        forward.process(&mut x, &mut spectrum).ok()?;
        for c in &mut spectrum {
            *c = c.norm_sqr().into();
        }
        inverse.process(&mut spectrum, &mut x).ok()?;
        for (t, v) in total.iter_mut().zip(&x) {
            *t += v;
        }
        start += SEGMENT / 2;
    }
    let zero = total.first().copied().filter(|z| *z > 1e-6)?;
    // A lag near the whole length is held up by too few products to be believed.
    total.truncate(n * 3 / 4);
    Some(total.iter().enumerate().map(|(lag, v)| v / zero * n as f32 / (n - lag) as f32).collect())
}
