//! Which tracks fit best.
//!
//! One idea: for a million tracks a score must be a few operations on numbers in a row, so nothing is put into words until the best are known; and where nearness on the
//! plane alone ranks, the rest of the plane is not looked at.

use super::filter::{Filter, READINGS, reading_in};
use super::{Part, PartName, Query, Weights};
use crate::index::columns::Columns;
use crate::index::grid::Grid;
use crate::index::key_of;
use affect::Affect;
use music::Key;
use std::cmp::Ordering;
use std::collections::BinaryHeap;

/// A stretch by this many octaves of tempo (a factor of 1.41) is no match at all.
const FARTHEST_OCTAVES: f32 = 0.5;
/// A tempo that is meant as its double or half counts so much less.
const OTHER_READING: f32 = 0.6;

/// Major and minor keys.
const KEYS: usize = 24;

/// Rings of cells are worth their jumps where so many times as many rows are let through as are wanted.
const FEW: f64 = 200.0;

/// A row and how well it fits.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Ranked {
    pub(crate) row: u32,
    /// Its row in the store, by which ties are settled: that of the index changes from commit to commit.
    pub(crate) id: u32,
    pub(crate) tier: u8,
    pub(crate) score: f32,
}

impl Eq for Ranked {}

impl Ord for Ranked {
    /// The best first; in the order of the store where nothing else tells them apart.
    fn cmp(&self, other: &Self) -> Ordering {
        self.tier.cmp(&other.tier).then(other.score.total_cmp(&self.score)).then(self.id.cmp(&other.id))
    }
}

impl PartialOrd for Ranked {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// The best so many.
pub(crate) struct Best {
    limit: usize,
    heap: BinaryHeap<Ranked>,
}

impl Best {
    pub(crate) fn new(limit: usize) -> Self {
        Self { limit, heap: BinaryHeap::new() }
    }

    #[inline]
    pub(crate) fn see(&mut self, ranked: Ranked) {
        if self.heap.len() < self.limit {
            self.heap.push(ranked);
        } else if let Some(mut worst) = self.heap.peek_mut()
            && ranked < *worst
        {
            *worst = ranked;
        }
    }

    /// The worst of them, once there are enough.
    pub(crate) fn worst(&self) -> Option<&Ranked> {
        if self.heap.len() < self.limit { None } else { self.heap.peek() }
    }

    pub(crate) fn sorted(self) -> Vec<Ranked> {
        self.heap.into_sorted_vec()
    }
}

/// How well the relative key fits: less than the key itself, better than what lies a semitone off.
const RELATIVE: f32 = 0.95;

/// How well tracks fit a query, from columns alone.
pub(crate) struct Scorer<'a> {
    columns: &'a Columns,
    query: &'a Query,
    weights: &'a Weights,
    /// How well each key fits, and by how many semitones it must be transposed, where one is wanted.
    keys: Option<[(f32, i32); KEYS]>,
}

impl<'a> Scorer<'a> {
    pub(crate) fn new(columns: &'a Columns, query: &'a Query, weights: &'a Weights) -> Self {
        let fit = |wanted: Key| {
            std::array::from_fn(|number| {
                let key = key_of(number as u8);
                let semitones = key.map_or(0, |key| key.semitones_to(wanted));
                // Six semitones, the farthest, are no match. The relative key has the same notes and another home.
                let relative = if key.is_some_and(|key| key.mode != wanted.mode) { RELATIVE } else { 1.0 };
                (relative * (1.0 - semitones.abs() as f32 / 6.0), semitones)
            })
        };
        Self { columns, query, weights, keys: query.key.map(fit) }
    }

    /// The score, with that of the words, of likeness or of the course where there is one.
    #[inline]
    pub(crate) fn score(&self, row: usize, found: Option<(PartName, f32)>) -> f32 {
        let (mut sum, mut weight) = (0.0f32, 0.0f32);
        let mut add = |part: PartName, score: Option<f32>| {
            let w = self.weights.of(part) as f32;
            sum += w * score.unwrap_or(0.0);
            weight += w;
        };
        let q = self.query;
        if q.at.is_some() || !q.moods.is_empty() {
            add(PartName::Mood, self.mood(row));
        }
        if q.tempo_bpm.is_some() || q.bpm.is_some() {
            add(PartName::Tempo, self.tempo(row).map(|t| t.0));
        }
        if q.key.is_some() {
            add(PartName::Key, self.key(row).map(|k| k.0));
        }
        if q.avoid_used {
            add(PartName::Unused, Some(self.unused(row)));
        }
        if let Some((part, score)) = found {
            add(part, Some(score));
        }
        if weight > 0.0 { sum / weight } else { 1.0 }
    }

    fn mood(&self, row: usize) -> Option<f32> {
        let (v, a) = (self.columns.valence[row], self.columns.arousal[row]);
        if v.is_nan() || a.is_nan() {
            return None;
        }
        let near = |to: Affect| nearness(distance(v - to.valence as f32, a - to.arousal as f32));
        let (mut sum, mut weight) = (0.0, 0.0);
        if let Some(at) = self.query.at {
            (sum, weight) = (near(at), 1.0);
        }
        for (word, w) in &self.query.moods {
            let w = *w as f32;
            sum += w.abs() * if w < 0.0 { 1.0 - near(word.at) } else { near(word.at) };
            weight += w.abs();
        }
        Some(if weight > 0.0 { sum / weight } else { 0.0 })
    }

    /// The score, and by what the tempo is multiplied.
    fn tempo(&self, row: usize) -> Option<(f32, f32)> {
        let bpm = self.columns.tempo_bpm[row];
        if bpm.is_nan() {
            return None;
        }
        if let Some(wanted) = self.query.tempo_bpm {
            let octaves = (wanted as f32 / bpm).log2();
            let score = |reading: f32, of_reading: f32| {
                let away = (octaves - of_reading).abs();
                (1.0 - away / FARTHEST_OCTAVES).max(0.0) * if reading == 1.0 { 1.0 } else { OTHER_READING }
            };
            let scored = READINGS.map(|(reading, octaves)| (score(reading, octaves), reading));
            return scored.into_iter().reduce(|best, other| if other.0 > best.0 { other } else { best });
        }
        let reading = reading_in(bpm, self.query.bpm.as_ref()?)?;
        Some((if reading == 1.0 { 1.0 } else { OTHER_READING }, reading))
    }

    /// The score, and the semitones.
    fn key(&self, row: usize) -> Option<(f32, i32)> {
        self.keys.as_ref()?.get(usize::from(self.columns.key[row])).copied()
    }

    fn unused(&self, row: usize) -> f32 {
        1.0 / (1.0 + f32::from(self.columns.uses[row]))
    }

    /// The parts of a score, in words.
    pub(crate) fn parts(&self, row: usize, found: Option<(PartName, f32)>) -> Vec<Part> {
        let q = self.query;
        let mut parts = Vec::new();
        let mut add = |name, score: Option<f32>, note: String| parts.push(Part { name, score: score.map(f64::from), note });
        if q.at.is_some() || !q.moods.is_empty() {
            add(PartName::Mood, self.mood(row), String::new());
        }
        if let Some((part @ (PartName::Curve | PartName::Like), score)) = found {
            add(part, Some(score), String::new());
        }
        if q.tempo_bpm.is_some() || q.bpm.is_some() {
            let tempo = self.tempo(row);
            let bpm = self.columns.tempo_bpm[row];
            let note = tempo.map_or_else(String::new, |(_, reading)| {
                let how = if reading > 1.0 {
                    " doubled"
                } else if reading < 1.0 {
                    " halved"
                } else {
                    ""
                };
                match q.tempo_bpm {
                    Some(wanted) if (f64::from(bpm) - wanted).abs() < 0.5 => format!("{bpm:.0} BPM"),
                    Some(wanted) => format!("{bpm:.0}{how} to {wanted:.0} BPM"),
                    None => format!("{bpm:.0} BPM{how}"),
                }
            });
            add(PartName::Tempo, tempo.map(|t| t.0), note);
        }
        if let Some(wanted) = q.key {
            let key = self.key(row);
            let note = match (key, key_of(self.columns.key[row])) {
                (Some((_, 0)), Some(key)) if key == wanted => key.to_string(),
                (Some((_, semitones)), Some(key)) => format!("{key}, {semitones:+} st"),
                _ => String::new(),
            };
            add(PartName::Key, key.map(|k| k.0), note);
        }
        if let Some((PartName::Words, score)) = found {
            add(PartName::Words, Some(score), String::new());
        }
        if q.avoid_used {
            let uses = self.columns.uses[row];
            let note = match uses {
                0 => "never used".into(),
                1 => "used once".into(),
                n => format!("used {n} times"),
            };
            add(PartName::Unused, Some(self.unused(row)), note);
        }
        parts
    }

    /// Whether nothing but nearness to one point ranks.
    fn is_point(&self) -> bool {
        let q = self.query;
        q.at.is_some() && q.moods.is_empty() && q.tempo_bpm.is_none() && q.bpm.is_none() && q.key.is_none() && !q.avoid_used
    }

    /// The best rows of all.
    ///
    /// `everything` counts all tracks: where hardly any are let through, rings of cells would go round the whole plane, and looking at every row in order is faster.
    pub(crate) fn best_of_all(&self, filter: &Filter<'_>, grid: &Grid, limit: usize, everything: impl FnOnce() -> f64) -> Vec<Ranked> {
        match self.query.at.filter(|_| self.is_point() && everything() > FEW * limit as f64) {
            Some(at) => self.nearest(filter, grid, at, limit),
            None => {
                let mut best = Best::new(limit);
                for row in filter.rows() {
                    let r = row as usize;
                    best.see(Ranked { row, id: self.columns.id[r], tier: filter.tier(r), score: self.score(r, None) });
                }
                best.sorted()
            }
        }
    }

    /// The rows that are nearest to a point, by rings of cells.
    pub(crate) fn nearest(&self, filter: &Filter<'_>, grid: &Grid, at: Affect, limit: usize) -> Vec<Ranked> {
        let mut best = Best::new(limit);
        let (is_open, has_one_tier) = (filter.is_open(), filter.has_one_tier());
        let (x, y) = (at.valence as f32, at.arousal as f32);
        let c = self.columns;
        // Squared: what lies farther away gets in no more.
        let mut reach = f32::INFINITY;
        grid.around(at, |spots| {
            for spot in spots {
                let away = spot.away_squared(x, y);
                if away > reach {
                    continue;
                }
                let r = spot.row as usize;
                if is_open || filter.lets(r) {
                    let tier = if has_one_tier { 0 } else { filter.tier(r) };
                    best.see(Ranked { row: spot.row, id: c.id[r], tier, score: -away });
                    // What lies farther away may still stand better.
                    if let Some(worst) = best.worst().filter(|w| has_one_tier || w.tier == 0) {
                        reach = -worst.score;
                    }
                }
            }
            f64::from(reach).sqrt()
        });
        let mut rows = best.sorted();
        if rows.len() < limit {
            // Not enough have a mood; the others come last.
            let mut rest = Best::new(limit - rows.len());
            for row in (0..c.len()).filter(|r| c.valence[*r].is_nan() && (is_open || filter.lets(*r))) {
                rest.see(Ranked { row: row as u32, id: self.columns.id[row], tier: filter.tier(row), score: 0.0 });
            }
            rows.extend(rest.sorted().into_iter().map(|r| Ranked { score: f32::NEG_INFINITY, ..r }));
            rows.sort();
        }
        rows.into_iter().map(|r| Ranked { score: nearness((-r.score).sqrt()), ..r }).collect()
    }
}

/// Length of a step on the plane. Numbers as small as these need none of the care that makes the library's way slow.
#[inline]
fn distance(valence: f32, arousal: f32) -> f32 {
    (valence * valence + arousal * arousal).sqrt()
}

/// Distance on the plane as a score. The plane is 2√2 across; things half as far apart are no match at all.
fn nearness(distance: f32) -> f32 {
    (1.0 - distance / std::f32::consts::SQRT_2).max(0.0)
}
