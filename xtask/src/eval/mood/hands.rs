//! What `indexer learn` would make of hands that set moods, on quadrant labels that were held out.
//!
//! One idea: a library is what one family of instruments plays, judged by the model that knows neither them nor the songs; some of its songs are set by
//! hand (in the middle of the quadrant that listeners named), and the others tell whether that helped.

use super::{Part, table};
use affect::{Affect, AffectEstimate};
use anyhow::{Context, Result};
use mood::learn::{Example, learn};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use track::Value;

/// Tracks that are set by hand.
const HANDS: [usize; 4] = [8, 16, 32, 64];
/// Draws of those tracks.
const DRAWS: u64 = 4;
/// The middle of a half.
const MIDDLE: f64 = 0.5;

struct Row {
    at: Affect,
    truth: Affect,
    song: u32,
    embedding: Vec<f32>,
}

#[derive(Default)]
struct Sums {
    libraries: usize,
    applied: usize,
    tracks: usize,
    /// Halves that are right, before and after, of valence and arousal.
    right: [[usize; 2]; 2],
    squares: [f64; 2],
}

/// The part about learning.
pub fn report(measured: &Path) -> Result<Part> {
    let path = measured.join("judged.npy");
    let bytes = std::fs::read(&path).with_context(|| path.display().to_string())?;
    let npy = npyz::NpyFile::new(&bytes[..]).with_context(|| path.display().to_string())?;
    let width = npy.shape().get(1).copied().unwrap_or(1) as usize;
    let numbers: Vec<f32> = npy.into_vec().with_context(|| path.display().to_string())?;
    // Place (2), spread (2), quadrant, model, song, embedding: as models/training/music.py writes them.
    let mut libraries: BTreeMap<u32, Vec<Row>> = BTreeMap::new();
    for row in numbers.chunks_exact(width) {
        let sign = |yes: bool| if yes { MIDDLE } else { -MIDDLE };
        let quadrant = row[4] as usize;
        libraries.entry(row[5] as u32).or_default().push(Row {
            at: Affect::clamped(f64::from(row[0]), f64::from(row[1])),
            truth: Affect { valence: sign(quadrant == 0 || quadrant == 3), arousal: sign(quadrant < 2) },
            song: row[6] as u32,
            embedding: row[7..].to_vec(),
        });
    }
    let mut out = String::from(
        "## Learning from hands\n\n`indexer learn` on a library that the model does not know (one family of instruments, and songs that it never heard), of which some tracks are set by \
         hand; the figures are of its other songs.\n\n",
    );
    let mut rows = Vec::new();
    for hands in HANDS {
        let mut sums = Sums::default();
        for (library, draw) in libraries.values().flat_map(|l| (0..DRAWS).map(move |d| (l, d))) {
            try_library(library, hands, draw, &mut sums);
        }
        let of = |x: usize| format!("{:.3}", x as f64 / sums.tracks.max(1) as f64).trim_start_matches('0').to_owned();
        let rms = |x: f64| format!("{:.3}", (x / sums.tracks.max(1) as f64).sqrt()).trim_start_matches('0').to_owned();
        let [valence, arousal] = sums.right;
        rows.push(vec![
            hands.to_string(),
            format!("{} of {}", sums.applied, sums.libraries),
            format!("{} → {}", of(valence[0]), of(valence[1])),
            format!("{} → {}", of(arousal[0]), of(arousal[1])),
            format!("{} → {}", rms(sums.squares[0]), rms(sums.squares[1])),
        ]);
    }
    table(&mut out, &["set by hand", "libraries where it is applied", "valence half right", "arousal half right", "off by (RMS)"], rows)?;
    Ok(Part { text: out, targets: Vec::new() })
}

fn try_library(library: &[Row], hands: usize, draw: u64, sums: &mut Sums) {
    const MODEL: &str = "judged";
    let mut order: Vec<usize> = (0..library.len()).collect();
    fastrand::Rng::with_seed(draw).shuffle(&mut order);
    let taught: Vec<&Row> = order.iter().take(hands).map(|i| &library[*i]).collect();
    let songs: BTreeSet<u32> = taught.iter().map(|r| r.song).collect();
    let rest: Vec<&Row> = library.iter().filter(|r| !songs.contains(&r.song)).collect();
    // A library that has hardly anything else says nothing.
    if taught.len() < hands || rest.len() < 20 {
        return;
    }
    let examples: Vec<Example> = taught
        .iter()
        .map(|r| Example { embedding: r.embedding.clone(), measured: r.at, by_hand: r.truth, work: r.song as usize })
        .collect();
    let lesson = learn(MODEL, &examples);
    sums.libraries += 1;
    sums.applied += usize::from(lesson.correction.is_some());
    for row in rest {
        let estimate = AffectEstimate { at: row.at, valence_spread: 0.5, arousal_spread: 0.5 };
        let after = lesson
            .correction
            .as_ref()
            .and_then(|c| c.apply(&Value::measured(estimate, MODEL, None), &row.embedding))
            .map_or(row.at, |v| v.value.at);
        sums.tracks += 1;
        for (when, at) in [row.at, after].into_iter().enumerate() {
            sums.right[0][when] += usize::from((at.valence >= 0.0) == (row.truth.valence > 0.0));
            sums.right[1][when] += usize::from((at.arousal >= 0.0) == (row.truth.arousal > 0.0));
            sums.squares[when] += ((at.valence - row.truth.valence).powi(2) + (at.arousal - row.truth.arousal).powi(2)) / 2.0;
        }
    }
}
