//! Pop songs from POP909: melody, bridge and piano as MIDI, with beats, bars and keys as its makers annotated them.

use super::Split;
use super::truth::{KeySpan, Truth};
use crate::render::midi;
use crate::render::score::{DRUMS, Score};
use anyhow::{Context, Result};
use music::Key;
use std::collections::HashMap;
use std::path::Path;

/// Length of an excerpt.
const EXCERPT_S: f64 = 40.0;
/// Programs for melody, bridge and accompaniment; one row a song, in turn.
const BANDS: [[u8; 3]; 8] = [[73, 48, 0], [0, 0, 0], [40, 49, 24], [80, 90, 4], [65, 61, 0], [26, 26, 25], [11, 24, 0], [52, 89, 5]];
/// General MIDI drums.
const KICK: i32 = 36;
const SNARE: i32 = 38;
const HAT: i32 = 42;

/// Every `step`th song whose annotations are sound; for training, all the others.
pub fn pieces(data: &Path, step: usize, split: Split) -> Result<Vec<(Score, Truth)>> {
    let dir = data.join("melody/pop909");
    let keys = std::fs::read_to_string(dir.join("keys.tsv")).context("keys.tsv of POP909")?;
    let mut all = Vec::new();
    for number in (1..=909).filter(|n| (n % step == 1) == (split == Split::Evaluation)) {
        let index = if split == Split::Evaluation { number / step } else { number };
        if let Some(piece) = piece(&dir, number, &keys, index)? {
            all.push(piece);
        }
    }
    Ok(all)
}

fn piece(dir: &Path, number: usize, keys: &str, index: usize) -> Result<Option<(Score, Truth)>> {
    let name = format!("{number:03}");
    let bytes = std::fs::read(dir.join(format!("{name}.mid"))).with_context(|| name.clone())?;
    let mut score = midi::read(&bytes, BANDS[index % BANDS.len()])?;
    let text = std::fs::read_to_string(dir.join(format!("{name}.beats.txt"))).with_context(|| name.clone())?;
    let rows: Vec<(f64, bool)> = text
        .lines()
        .filter_map(|l| {
            let mut words = l.split_whitespace();
            let at = words.next()?.parse().ok()?;
            let _half_bar = words.next()?;
            Some((at, words.next()?.parse::<f64>().ok()? > 0.5))
        })
        .collect();
    let bars: Vec<usize> = rows.iter().enumerate().filter(|(_, r)| r.1).map(|(i, _)| i).collect();
    let metre = bars.windows(2).map(|w| w[1] - w[0]).fold(HashMap::new(), |mut m: HashMap<usize, usize>, n| {
        *m.entry(n).or_default() += 1;
        m
    });
    let Some((metre, _)) = metre.into_iter().max_by_key(|m| m.1) else { return Ok(None) };
    // From a bar line a quarter into the song.
    let Some(first) = bars.iter().copied().find(|b| *b >= rows.len() / 4) else { return Ok(None) };
    let from_s = rows[first].0 - 0.3;
    let to_s = from_s + EXCERPT_S;
    let within = |t: &f64| (from_s..to_s - 0.2).contains(t);
    let beats_s: Vec<f64> = rows.iter().map(|r| r.0).filter(within).map(|t| t - from_s).collect();
    let downbeats_s: Vec<f64> = rows.iter().filter(|r| r.1).map(|r| r.0).filter(within).map(|t| t - from_s).collect();
    let keys: Vec<KeySpan> = keys
        .lines()
        .filter_map(|l| {
            let mut words = l.split('\t');
            (words.next()? == name).then_some(())?;
            let (from, to): (f64, f64) = (words.next()?.parse().ok()?, words.next()?.parse().ok()?);
            let key = words.next()?.replace(":maj", " major").replace(":min", " minor").parse::<Key>().ok()?;
            let span = KeySpan { from_s: (from - from_s).max(0.0), to_s: (to - from_s).min(EXCERPT_S), key };
            (span.to_s - span.from_s > 2.0).then_some(span)
        })
        .collect();
    if beats_s.len() < 24 || !matches!(metre, 3 | 4) {
        return Ok(None);
    }
    score = score.cut(from_s, to_s);
    if score.notes.len() < 40 {
        return Ok(None);
    }
    // Half of the songs get a drummer.
    if index.is_multiple_of(2) {
        drum(&mut score, &beats_s, &downbeats_s, metre);
    }
    let truth = Truth {
        name: format!("pop-{name}"),
        family: "pop".into(),
        has_pulse: true,
        bpm: median_bpm(&beats_s),
        is_steady: true,
        onsets_s: score.onsets_s(),
        beats_s,
        downbeats_s,
        metres: vec![metre as u32],
        keys,
        tuning_cents: Some(0.0),
        ..Truth::default()
    };
    Ok(Some((score, truth)))
}

/// The tempo of the median step between beats.
pub fn median_bpm(beats_s: &[f64]) -> Option<f64> {
    let mut steps: Vec<f64> = beats_s.windows(2).map(|w| w[1] - w[0]).collect();
    steps.sort_unstable_by(f64::total_cmp);
    steps.get(steps.len() / 2).map(|s| 60.0 / s)
}

fn drum(score: &mut Score, beats_s: &[f64], downbeats_s: &[f64], metre: usize) {
    let Some(first) = downbeats_s.first().and_then(|d| beats_s.iter().position(|b| (b - d).abs() < 1e-6)) else { return };
    for (i, pair) in beats_s.windows(2).enumerate() {
        let (at, next) = (pair[0], pair[1]);
        let in_bar = (i + metre * beats_s.len() - first) % metre;
        match (metre, in_bar) {
            (_, 0) => score.push(DRUMS, KICK, at, 0.1, 100),
            (4, 2) => score.push(DRUMS, KICK, at, 0.1, 85),
            (4, 1 | 3) | (3, 2) => score.push(DRUMS, SNARE, at, 0.1, 90),
            _ => {}
        }
        score.push(DRUMS, HAT, at, 0.05, 70);
        score.push(DRUMS, HAT, f64::midpoint(at, next), 0.05, 55);
    }
}
