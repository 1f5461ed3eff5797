//! How the descriptions of some seconds are spread: what is told of a voice at a moment.

use super::FRAMES_HZ;
use super::frames::{BANDS, Frame};

/// Frames less than this under the loudest of the window are those of speech.
const SPEECH_DB: f32 = 32.0;
/// A row wants so much speech, and so many voiced frames.
const LEAST_SPEECH: usize = 40;
const LEAST_VOICED: usize = 12;
/// Below this level nothing is heard, in dBFS.
const SILENCE_DBFS: f32 = -75.0;
/// A syllable's nucleus stands out of the dips beside it by this much (de Jong & Wempe 2009: 2 dB).
const NUCLEUS_DB: f32 = 2.0;
/// A pause is at least this long: 0.15 s.
const PAUSE_FRAMES: usize = 15;

pub(super) fn names() -> Vec<String> {
    let mut names = Vec::new();
    put(None, &mut |name, _| names.push(name));
    names
}

/// The measures of a window whose last frame is now. `None` where hardly anybody speaks.
pub(super) fn row(frames: &[Frame]) -> Option<Vec<f32>> {
    let loudest = frames.iter().map(|f| f.level_db).fold(f32::NEG_INFINITY, f32::max);
    let threshold = (loudest - SPEECH_DB).max(SILENCE_DBFS);
    let is_speech = |f: &Frame| f.level_db > threshold;
    let first = frames.iter().position(is_speech)?;
    let last = frames.iter().rposition(is_speech)?;
    let window = Window { frames: &frames[first..=last], speech: frames.iter().filter(|f| is_speech(f)).collect(), threshold };
    let voiced = window.speech.iter().filter(|f| !f.pitch.is_nan()).count();
    if window.speech.len() < LEAST_SPEECH || voiced < LEAST_VOICED {
        return None;
    }
    let mut row = Vec::new();
    put(Some(&window), &mut |_, value| row.push(value.filter(|v| v.is_finite()).unwrap_or(f32::NAN)));
    Some(row)
}

struct Window<'a> {
    /// From the first frame of speech to the last.
    frames: &'a [Frame],
    speech: Vec<&'a Frame>,
    threshold: f32,
}

/// What is not NaN, sorted.
fn sorted(values: impl Iterator<Item = f32>) -> Vec<f32> {
    let mut all: Vec<f32> = values.filter(|v| !v.is_nan()).collect();
    all.sort_unstable_by(f32::total_cmp);
    all
}

fn at(sorted: &[f32], share: f32) -> Option<f32> {
    sorted.get(((sorted.len() as f32 * share) as usize).min(sorted.len().checked_sub(1)?)).copied()
}

fn mean(values: &[f32]) -> Option<f32> {
    (!values.is_empty()).then(|| values.iter().sum::<f32>() / values.len() as f32)
}

fn deviation(values: &[f32]) -> Option<f32> {
    let mean = mean(values)?;
    Some((values.iter().map(|v| (v - mean).powi(2)).sum::<f32>() / values.len() as f32).sqrt())
}

/// Mean rise and mean fall of neighbours, each a second.
fn motion(values: &[f32]) -> (Option<f32>, Option<f32>) {
    let steps: Vec<f32> = values.windows(2).map(|w| w[1] - w[0]).filter(|s| s.is_finite()).collect();
    let part = |sign: f32| {
        let these: Vec<f32> = steps.iter().map(|s| s * sign).filter(|s| *s > 0.0).collect();
        mean(&these).map(|m| m * FRAMES_HZ as f32)
    };
    (part(1.0), part(-1.0))
}

/// Nuclei of syllables: voiced peaks of the level, smoothed over 50 ms, between dips.
fn nuclei(window: &Window<'_>) -> usize {
    let smooth: Vec<f32> = (0..window.frames.len())
        .map(|i| {
            let near = &window.frames[i.saturating_sub(2)..(i + 3).min(window.frames.len())];
            near.iter().map(|f| f.level_db).sum::<f32>() / near.len() as f32
        })
        .collect();
    let (mut count, mut dip, mut top, mut top_is_voiced) = (0, f32::INFINITY, f32::NEG_INFINITY, false);
    for (level, frame) in smooth.iter().zip(window.frames) {
        if *level > top {
            (top, top_is_voiced) = (*level, !frame.pitch.is_nan());
        }
        if top - level > NUCLEUS_DB {
            count += usize::from(top - dip > NUCLEUS_DB && top_is_voiced && top > window.threshold + 6.0);
            (dip, top) = (*level, *level);
        }
        if *level < dip {
            (dip, top) = (*level, *level);
        }
    }
    count
}

/// Lengths of runs of frames, in seconds.
fn runs(frames: &[Frame], is: impl Fn(&Frame) -> bool, least: usize) -> Vec<f32> {
    frames
        .chunk_by(|a, b| is(a) == is(b))
        .filter(|run| is(&run[0]) && run.len() >= least)
        .map(|run| run.len() as f32 / FRAMES_HZ as f32)
        .collect()
}

/// Coefficients of the cepstrum after the mean.
const CEPSTRUM: usize = 13;

/// The cosine transform of a frame's mel bands in dB, without the mean.
fn cepstrum(frame: &Frame) -> [f32; CEPSTRUM] {
    std::array::from_fn(|i| {
        let turn = std::f32::consts::PI * (i + 1) as f32 / BANDS as f32;
        frame.bands_db.iter().enumerate().map(|(b, x)| x * (turn * (b as f32 + 0.5)).cos()).sum::<f32>() / BANDS as f32
    })
}

/// How pitch runs while the voice does not stop.
struct Melody {
    slope: f32,
    range: f32,
    middle: f32,
}

/// Runs of voiced frames that are at least this long: 0.08 s.
const MELODY_FRAMES: usize = 8;

fn melodies(frames: &[Frame]) -> Vec<Melody> {
    frames
        .chunk_by(|a, b| a.pitch.is_nan() == b.pitch.is_nan())
        .filter(|run| !run[0].pitch.is_nan() && run.len() >= MELODY_FRAMES)
        .map(|run| {
            let n = run.len() as f32;
            let middle = run.iter().map(|f| f.pitch).sum::<f32>() / n;
            let centre = (n - 1.0) / 2.0;
            let along: f32 = run.iter().enumerate().map(|(i, f)| (i as f32 - centre) * (f.pitch - middle)).sum();
            let spread = n * (n * n - 1.0) / 12.0;
            let (low, high) = run.iter().fold((f32::INFINITY, f32::NEG_INFINITY), |(l, h), f| (l.min(f.pitch), h.max(f.pitch)));
            Melody { slope: along / spread * FRAMES_HZ as f32, range: high - low, middle }
        })
        .collect()
}

fn put(window: Option<&Window<'_>>, put: &mut dyn FnMut(String, Option<f32>)) {
    let w = window;
    let seconds = w.map(|w| w.frames.len() as f32 / FRAMES_HZ as f32);
    let speech_s = w.map(|w| w.speech.len() as f32 / FRAMES_HZ as f32);
    let over = |count: Option<usize>, seconds: Option<f32>| Some(count? as f32 / seconds?);

    // Pace.
    put("speech_s".into(), speech_s);
    put("syllable_rate_hz".into(), over(w.map(nuclei), speech_s));
    let pauses = w.map(|w| runs(w.frames, |f| f.level_db <= w.threshold, PAUSE_FRAMES));
    put("pause_share".into(), pauses.as_ref().zip(seconds).map(|(p, s)| p.iter().sum::<f32>() / s));
    put("pause_rate_hz".into(), over(pauses.as_ref().map(Vec::len), seconds));
    let voiced = w.map(|w| runs(w.frames, |f| !f.pitch.is_nan(), 3));
    put("voiced_share".into(), voiced.as_ref().zip(speech_s).map(|(v, s)| v.iter().sum::<f32>() / s));
    put("voiced_run_mean_s".into(), voiced.as_ref().and_then(|v| mean(v)));
    put("voiced_run_deviation_s".into(), voiced.as_ref().and_then(|v| deviation(v)));
    put("voiced_rate_hz".into(), over(voiced.as_ref().map(Vec::len), speech_s));

    // Pitch.
    let pitch = w.map(|w| sorted(w.speech.iter().map(|f| f.pitch)));
    let of = |sorted: &Option<Vec<f32>>, share: f32| sorted.as_ref().and_then(|s| at(s, share));
    put("pitch_mean_semitones".into(), pitch.as_ref().and_then(|p| mean(p)));
    put("pitch_deviation_semitones".into(), pitch.as_ref().and_then(|p| deviation(p)));
    for (name, share) in [("low", 0.1), ("median", 0.5), ("high", 0.9)] {
        put(format!("pitch_{name}_semitones"), of(&pitch, share));
    }
    put("pitch_range_semitones".into(), of(&pitch, 0.9).zip(of(&pitch, 0.1)).map(|(h, l)| h - l));
    let course: Option<Vec<f32>> = w.map(|w| w.frames.iter().map(|f| f.pitch).collect());
    let (rise, fall) = course.as_ref().map(|c| motion(c)).unwrap_or_default();
    put("pitch_rise_semitones_per_s".into(), rise);
    put("pitch_fall_semitones_per_s".into(), fall);

    // Melody: how pitch runs within what is said in one breath.
    let runs = w.map(|w| melodies(w.frames));
    let over_runs = |of: &dyn Fn(&Melody) -> f32| runs.as_ref().map(|r| r.iter().map(of).collect::<Vec<f32>>());
    put("pitch_run_slope_mean_semitones_per_s".into(), over_runs(&|m| m.slope).as_ref().and_then(|s| mean(s)));
    put("pitch_run_slope_deviation_semitones_per_s".into(), over_runs(&|m| m.slope).as_ref().and_then(|s| deviation(s)));
    put("pitch_run_range_mean_semitones".into(), over_runs(&|m| m.range).as_ref().and_then(|s| mean(s)));
    put("pitch_run_middle_deviation_semitones".into(), over_runs(&|m| m.middle).as_ref().and_then(|s| deviation(s)));
    put("pitch_last_run_slope_semitones_per_s".into(), runs.as_ref().and_then(|r| r.last()).map(|m| m.slope));
    put(
        "pitch_last_run_middle_semitones".into(),
        runs.as_ref().and_then(|r| r.last()).map(|m| m.middle).zip(of(&pitch, 0.5)).map(|(m, p)| m - p),
    );

    // Voice quality.
    let mut spread = |name: &str, of: &dyn Fn(&Frame) -> f32, shares: &[(&str, f32)]| {
        let all = w.map(|w| sorted(w.speech.iter().map(|f| of(f))));
        put(format!("{name}_mean"), all.as_ref().and_then(|a| mean(a)));
        put(format!("{name}_deviation"), all.as_ref().and_then(|a| deviation(a)));
        for (part, share) in shares {
            put(format!("{name}_{part}"), all.as_ref().and_then(|a| at(a, *share)));
        }
    };
    const ENDS: [(&str, f32); 2] = [("low", 0.2), ("high", 0.8)];
    let if_voiced = |f: &Frame, x: f32| if f.pitch.is_nan() { f32::NAN } else { x };
    let if_not = |f: &Frame, x: f32| if f.pitch.is_nan() { x } else { f32::NAN };
    spread("jitter", &|f| f.jitter, &[("median", 0.5)]);
    spread("shimmer", &|f| f.shimmer, &[("median", 0.5)]);
    spread("clarity", &|f| if_voiced(f, f.clarity), &ENDS);
    spread("voiced_alpha_db", &|f| if_voiced(f, f.alpha_db), &ENDS);
    spread("unvoiced_alpha_db", &|f| if_not(f, f.alpha_db), &[]);
    spread("voiced_hammarberg_db", &|f| if_voiced(f, f.hammarberg_db), &ENDS);

    // Loudness against itself.
    let level = w.map(|w| sorted(w.speech.iter().map(|f| f.level_db)));
    put("level_deviation_db".into(), level.as_ref().and_then(|l| deviation(l)));
    put("level_range_db".into(), of(&level, 0.95).zip(of(&level, 0.2)).map(|(h, l)| h - l));
    put("level_head_db".into(), of(&level, 0.95).zip(of(&level, 0.5)).map(|(h, l)| h - l));
    let course: Option<Vec<f32>> = w.map(|w| w.frames.iter().map(|f| f.level_db.max(w.threshold)).collect());
    let (rise, fall) = course.as_ref().map(|c| motion(c)).unwrap_or_default();
    put("level_rise_db_per_s".into(), rise);
    put("level_fall_db_per_s".into(), fall);

    // Cepstrum of the voiced frames: the shape of the throat, and how much it moves.
    let cepstra = w.map(|w| w.speech.iter().filter(|f| !f.pitch.is_nan()).map(|f| cepstrum(f)).collect::<Vec<_>>());
    for i in 0..CEPSTRUM {
        let of = cepstra.as_ref().map(|c| c.iter().map(|c| c[i]).collect::<Vec<f32>>());
        put(format!("voiced_cepstrum_{}_db", i + 1), of.as_ref().and_then(|c| mean(c)));
        put(format!("voiced_cepstrum_{}_deviation_db", i + 1), of.as_ref().and_then(|c| deviation(c)));
    }

    // Colour: mel bands against the mean of all, of the voiced frames and of all speech; how much they vary, and how fast.
    let centred = |f: &Frame, b: usize| f.bands_db[b] - f.bands_db.iter().sum::<f32>() / BANDS as f32;
    for b in 0..BANDS {
        let all = w.map(|w| w.speech.iter().filter(|f| !f.pitch.is_nan()).map(|f| centred(f, b)).collect::<Vec<f32>>());
        put(format!("voiced_mel_{b}_db"), all.as_ref().and_then(|a| mean(a)));
        put(format!("voiced_mel_{b}_deviation_db"), all.as_ref().and_then(|a| deviation(a)));
    }
    for b in 0..BANDS {
        let all = w.map(|w| w.speech.iter().map(|f| centred(f, b)).collect::<Vec<f32>>());
        put(format!("mel_{b}_db"), all.as_ref().and_then(|a| mean(a)));
    }
    for b in 0..BANDS {
        let steps = w.map(|w| {
            w.frames
                .windows(3)
                .filter(|t| t[1].level_db > w.threshold)
                .map(|t| (t[2].bands_db[b] - t[0].bands_db[b]).abs())
                .collect::<Vec<f32>>()
        });
        put(format!("mel_{b}_motion_db"), steps.as_ref().and_then(|s| mean(s)));
    }
}
