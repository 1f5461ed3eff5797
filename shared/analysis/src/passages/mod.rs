//! Measures of a sound by the passage of five seconds and as a whole: what models of mood are given.
//!
//! One idea: a stretch is measured from sums and curves that were kept of the stream, so the whole is measured like any passage of it, and
//! not as a mean of its passages. Every measure has a name with its unit; what cannot be measured is NaN. Levels are told against each other and
//! not against full scale, but for one, because mastering decides that.

mod harmony;
mod texture;

pub(crate) use texture::Texture;

use crate::HARMONY_RATE_HZ;
use crate::bands::BANDS;
use crate::level::LevelCurve;
use crate::networks::Notes;
use crate::timbre::{COEFFICIENTS, OCTAVES};
use crate::tonal::Chroma;
use harmony::Harmony;
use music::BeatGrid;

/// Length of a passage in seconds.
pub const PASSAGE_S: f64 = 5.0;
/// A stretch of which less sounds than this, in seconds, has no measures.
const LEAST_S: f64 = 1.0;
/// The tempo that others are told against: what listeners tap most readily (Parncutt 1994 and others find 100 to 120 beats a minute).
const MIDDLE_BPM: f64 = 105.0;

/// This is added to a density per second before its logarithm: less than one event in three seconds is all the same.
const LEAST_PER_S: f64 = 0.3;

/// A stretch of a sound and its measures, in the order of [`names`].
#[derive(Debug, Clone, PartialEq)]
pub struct Passage {
    /// It begins here, in seconds.
    pub from_s: f64,
    /// It ends here.
    pub to_s: f64,
    /// The measures; NaN for what cannot be measured. `None` where less than a second of it sounds.
    pub row: Option<Vec<f32>>,
}

/// A sound as a whole, and passage by passage.
#[derive(Debug, Clone, PartialEq)]
pub struct Passages {
    /// All of it.
    pub whole: Passage,
    /// Passages of [`PASSAGE_S`] each, the last one shorter.
    pub each: Vec<Passage>,
}

/// The names of the measures, in order.
#[must_use]
pub fn names() -> Vec<String> {
    let mut names = Vec::new();
    put(None, &mut |name, _| names.push(name));
    names
}

/// What is known of a sound once all of it has been heard.
pub(crate) struct Heard<'a> {
    pub(crate) textures: &'a [Texture],
    pub(crate) notes: &'a [Notes],
    pub(crate) chroma: Option<&'a Chroma>,
    pub(crate) level: &'a LevelCurve,
    pub(crate) onsets_s: &'a [f64],
    pub(crate) grid: Option<&'a BeatGrid>,
    pub(crate) pulse_clarity: Option<f64>,
    pub(crate) duration_s: f64,
}

impl Heard<'_> {
    /// Measures everything.
    pub(crate) fn passages(&self) -> Passages {
        let count = (self.duration_s / PASSAGE_S).ceil() as usize;
        let loudest = self.level.loudest_dbfs();
        let end = |i: usize| ((i + 1) as f64 * PASSAGE_S).min(self.duration_s);
        let each = (0..count).map(|i| self.passage(i as f64 * PASSAGE_S, end(i), loudest)).collect();
        Passages { each, whole: self.passage(0.0, self.duration_s, loudest) }
    }

    fn passage(&self, from_s: f64, to_s: f64, loudest_dbfs: f32) -> Passage {
        let before = |s: f64| self.onsets_s.partition_point(|t| *t < s);
        let onsets_s = &self.onsets_s[before(from_s)..before(to_s)];
        let level = self.level.course(from_s, to_s, loudest_dbfs);
        let row = level.filter(|l| l.sounding_s >= LEAST_S).map(|level| {
            let mut texture = Texture::default();
            let passages = (from_s / PASSAGE_S).round() as usize..((to_s / PASSAGE_S).ceil() as usize).min(self.textures.len());
            self.textures.get(passages.clone()).unwrap_or_default().iter().for_each(|t| texture.add(t));
            let mut notes = Notes::default();
            let count = passages.end.min(self.notes.len());
            self.notes.get(passages.start..count).unwrap_or_default().iter().for_each(|n| notes.add(n));
            let frame = |s: f64| (s * HARMONY_RATE_HZ) as usize;
            let harmony = self.chroma.and_then(|c| Harmony::of(c, frame(from_s)..frame(to_s).min(c.len())));
            let stretch = Stretch {
                level,
                texture,
                notes,
                harmony,
                articulation: self.level.mean_articulation(onsets_s),
                onsets_s,
                bpm: self.grid.and_then(|g| bpm(g, from_s, to_s)),
                pulse_clarity: self.pulse_clarity,
            };
            let mut row = Vec::new();
            put(Some(&stretch), &mut |_, value| row.push(value.filter(|v| v.is_finite()).map_or(f32::NAN, |v| v as f32)));
            row
        });
        Passage { from_s, to_s, row }
    }
}

/// The tempo between two moments: of the whole where fewer than three beats lie between them.
fn bpm(grid: &BeatGrid, from_s: f64, to_s: f64) -> Option<f64> {
    let beats = grid.beats_s();
    let within = &beats[beats.partition_point(|t| *t < from_s)..beats.partition_point(|t| *t < to_s)];
    let beats = if within.len() >= 3 { within } else { beats };
    let (first, last) = (beats.first()?, beats.last()?);
    (last > first).then(|| 60.0 * (beats.len() - 1) as f64 / (last - first))
}

/// How the level runs through a stretch. Levels are those of tenths of a second in dBFS.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Course {
    /// Seconds that lie less than 40 dB under the loudest tenth of the whole sound.
    pub(crate) sounding_s: f64,
    /// Level of the mean power.
    pub(crate) mean_dbfs: f64,
    /// Levels that a tenth, a half and 95 of a hundred of what sounds lie under.
    pub(crate) low_dbfs: f64,
    pub(crate) middle_dbfs: f64,
    pub(crate) high_dbfs: f64,
    /// Deviation of the level from one tenth of a second to the next, in dB.
    pub(crate) unrest_db: f64,
}

/// A stretch, ready to be told in numbers.
struct Stretch<'a> {
    level: Course,
    texture: Texture,
    notes: Notes,
    harmony: Option<Harmony>,
    onsets_s: &'a [f64],
    articulation: Option<f64>,
    bpm: Option<f64>,
    pulse_clarity: Option<f64>,
}

/// Every measure by name.
fn put(stretch: Option<&Stretch<'_>>, put: &mut dyn FnMut(String, Option<f64>)) {
    let s = stretch;
    put("sounding_s".into(), s.map(|s| s.level.sounding_s));
    put("mean_level_dbfs".into(), s.map(|s| s.level.mean_dbfs));
    put("level_range_db".into(), s.map(|s| s.level.high_dbfs - s.level.low_dbfs));
    put("level_head_db".into(), s.map(|s| s.level.high_dbfs - s.level.middle_dbfs));
    put("level_unrest_db".into(), s.map(|s| s.level.unrest_db));

    put("tempo_octaves".into(), s.and_then(|s| s.bpm).map(|bpm| (bpm / MIDDLE_BPM).log2()));
    put("pulse_clarity".into(), s.map(|s| s.pulse_clarity.unwrap_or(0.0)));
    let gaps: Option<Vec<f64>> = s.map(|s| s.onsets_s.windows(2).map(|w| (w[1] - w[0]).max(0.03).log2()).collect());
    put("event_density_octaves".into(), s.map(|s| (LEAST_PER_S + s.onsets_s.len() as f64 / s.level.sounding_s).log2()));
    put("event_gap_deviation_octaves".into(), gaps.filter(|g| g.len() >= 3).map(|g| deviation(&g)));
    put("articulation".into(), s.and_then(|s| s.articulation));
    let per_s = |count: fn(&Notes) -> f64| s.map(|s| (LEAST_PER_S + count(&s.notes) / s.level.sounding_s).log2());
    put("note_event_density_octaves".into(), per_s(Notes::events));
    put("note_density_octaves".into(), per_s(Notes::begun));
    put("notes_at_once_octaves".into(), per_s(Notes::sounding_s));
    put("note_length_octaves".into(), s.map(|s| ((0.1 + s.notes.sounding_s()) / (1.0 + s.notes.begun())).log2()));

    let t = s.map(|s| &s.texture).filter(|t| t.frames > 0);
    put("flux_db".into(), t.map(|t| t.flux.mean()));
    put("flux_deviation_db".into(), t.map(|t| t.flux.deviation()));
    put("brightness_octaves".into(), t.map(|t| t.centroid_octaves.mean()));
    put("brightness_deviation_octaves".into(), t.map(|t| t.centroid_octaves.deviation()));
    put("flatness_db".into(), t.map(|t| t.flatness_db.mean()));
    put("flatness_deviation_db".into(), t.map(|t| t.flatness_db.deviation()));
    for i in 0..OCTAVES {
        put(format!("contrast_{i}_db"), t.map(|t| t.contrast[i].mean()));
    }
    let bands = t.map(Texture::bands);
    for b in 0..BANDS {
        put(format!("mel_{b}_db"), bands.map(|(levels, _)| levels[b]));
    }
    for b in 0..BANDS {
        put(format!("mel_{b}_variation"), bands.map(|(_, variation)| variation[b]));
    }
    for i in 0..COEFFICIENTS {
        put(format!("mfcc_{i}_deviation"), t.map(|t| t.coefficients[i].deviation()));
    }
    Harmony::put(s.and_then(|s| s.harmony.as_ref()), put);
}

fn deviation(values: &[f64]) -> f64 {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    (values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / n).sqrt()
}
