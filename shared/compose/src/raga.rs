//! A short piece in a raga: a plucked melody over a drone, with light drum strokes once it has found its pace.
//!
//! One idea: phrases walk up the ascent and down the descent, rest on the important notes, and begin and end with the raga's
//! own catch phrase.

use crate::instrument::Instrument;
use crate::piece::{Part, Piece};
use music::{Melody, Note, Raga};

/// Beats in a bar of the piece.
const BAR: usize = 4;

/// Writes a piece of `bars` bars at `bpm` in a raga whose sa is the MIDI pitch `sa`.
#[must_use]
pub fn raga_piece(raga: &'static Raga, sa: i32, bpm: f64, bars: usize, seed: u64) -> Piece {
    let mut random = fastrand::Rng::with_seed(seed);
    let beats = (bars * BAR) as f64;
    Piece {
        bpm,
        tail_s: 2.5,
        parts: vec![
            Part { instrument: Instrument::Sitar, gain: 0.9, pan: 0.1, wet: 0.16, melody: melody(raga, sa, bars, &mut random) },
            Part { instrument: Instrument::Tanpura, gain: 0.20, pan: -0.25, wet: 0.2, melody: drone(raga, sa, beats) },
            Part { instrument: Instrument::Tabla, gain: 0.32, pan: -0.1, wet: 0.1, melody: strokes(sa, bars) },
        ],
    }
}

fn note(start_beats: f64, length_beats: f64, pitch: i32, velocity: f64, slide_from: Option<i32>) -> Note {
    Note { start_beats, length_beats, pitch: f64::from(pitch), velocity, slide_from: slide_from.map(f64::from) }
}

fn melody(raga: &'static Raga, sa: i32, bars: usize, random: &mut fastrand::Rng) -> Melody {
    let up: Vec<i32> = Raga::semitones(raga.aroha).collect();
    let down: Vec<i32> = Raga::semitones(raga.avaroha).collect();
    let pakad: Vec<i32> = Raga::semitones(raga.pakad).collect();
    let rests: Vec<i32> = [raga.vadi, raga.samvadi, "S"].iter().filter_map(|s| music::swara_semitone(s)).collect();
    let mut notes: Vec<Note> = Vec::new();
    let mut at = 0.0;
    let end = (bars * BAR) as f64;
    let mut place = 0;
    let phrase = |notes: &mut Vec<Note>, at: &mut f64, semitones: &[i32], step: f64, last: f64, random: &mut fastrand::Rng| {
        for (i, s) in semitones.iter().enumerate() {
            let is_last = i + 1 == semitones.len();
            let length = if is_last { last } else { step };
            let accent = if at.fract() < 1e-9 { 0.85 } else { 0.62 };
            let previous = if i > 0 { semitones.get(i - 1) } else { None };
            // Now and then a step is pulled instead of struck, as singers glide.
            let slide = previous.filter(|p| (**p - s).abs() <= 3 && *p != s && random.f64() < 0.22).map(|p| p + sa);
            notes.push(note(*at, length, s + sa, accent + random.f64() * 0.12, slide));
            *at += length;
        }
    };
    while at < end - 8.0 {
        let bar_left = BAR as f64 - at % BAR as f64;
        match random.u32(0..5) {
            0 if at + pakad.len() as f64 * 0.5 + 2.0 < end - 4.0 => {
                phrase(&mut notes, &mut at, &pakad, 0.5, 1.5, random);
                place = *pakad.last().unwrap_or(&0);
            }
            choice => {
                // A walk along the scale, up or down, to a note worth resting on.
                let goal = rests[random.usize(0..rests.len())] + if random.f64() < 0.3 { 12 } else { 0 };
                let rises = goal > place;
                let line: Vec<i32> = if rises {
                    up.iter().flat_map(|s| [*s, s + 12]).filter(|s| *s > place && *s <= goal).collect()
                } else {
                    down.iter().flat_map(|s| [*s, s + 12]).filter(|s| *s < place && *s >= goal).collect()
                };
                let mut line = line;
                line.sort_unstable();
                line.dedup();
                if !rises {
                    line.reverse();
                }
                line.truncate(7);
                if line.is_empty() {
                    line.push(goal);
                }
                let step = if choice < 3 { 0.5 } else { 0.25 };
                let rest = if bar_left > 1.5 { 1.0 } else { 1.5 };
                phrase(&mut notes, &mut at, &line, step, rest, random);
                place = *line.last().unwrap_or(&0);
            }
        }
        // Phrases begin on half beats.
        at = (at * 2.0).ceil() / 2.0;
    }
    at = at.max(end - 8.0).ceil();
    let closing: Vec<i32> = pakad.iter().copied().rev().take(6).collect::<Vec<_>>().into_iter().rev().chain([0]).collect();
    let last = (end - at - 0.5 * (closing.len() - 1) as f64).max(1.5);
    phrase(&mut notes, &mut at, &closing, 0.5, last, random);
    notes.retain(|n| n.start_beats < end);
    Melody { notes }
}

/// Pa (or ma, where the raga has no pa), sa, sa, low sa: one cycle in two bars.
fn drone(raga: &'static Raga, sa: i32, beats: f64) -> Melody {
    let has_pa = Raga::semitones(raga.aroha).chain(Raga::semitones(raga.avaroha)).any(|s| s.rem_euclid(12) == 7);
    let first = if has_pa { sa - 5 } else { sa - 7 };
    let cycle = [(0.0, first), (2.0, sa), (3.0, sa), (4.0, sa - 12)];
    let notes = (0..)
        .map(|c| f64::from(c) * 8.0)
        .take_while(|start| *start < beats - 2.0)
        .flat_map(|start| cycle.map(|(at, pitch)| note(start + at, 5.0, pitch, 0.7, None)))
        .filter(|n| n.start_beats < beats)
        .collect();
    Melody { notes }
}

/// Strokes on the beat from the third bar on, the first of each bar heavier.
fn strokes(sa: i32, bars: usize) -> Melody {
    let notes = (2 * BAR..(bars - 1) * BAR)
        .flat_map(|beat| {
            let heavy = beat % BAR == 0;
            let main = note(beat as f64, 0.5, if heavy { sa - 12 } else { sa }, if heavy { 0.9 } else { 0.45 }, None);
            let after = (beat % 2 == 1).then(|| note(beat as f64 + 0.5, 0.25, sa, 0.28, None));
            std::iter::once(main).chain(after)
        })
        .collect();
    Melody { notes }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_use_only_the_notes_of_their_raga_and_come_home() {
        for raga in music::RAGAS {
            for seed in 0..5 {
                let piece = raga_piece(raga, 60, 80.0, 10, seed);
                let allowed: Vec<i32> =
                    Raga::semitones(raga.aroha).chain(Raga::semitones(raga.avaroha)).map(|s| s.rem_euclid(12)).collect();
                let notes = &piece.parts[0].melody.notes;
                for n in notes {
                    assert!(allowed.contains(&(n.pitch as i32 - 60).rem_euclid(12)), "{}: {}", raga.name, n.pitch);
                }
                assert_eq!(notes.last().map(|n| n.pitch as i32), Some(60), "{}", raga.name);
                assert!(notes.windows(2).all(|w| w[0].start_beats < w[1].start_beats));
            }
        }
    }
}
