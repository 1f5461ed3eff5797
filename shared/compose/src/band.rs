//! Short pieces for a small band, one character for each quadrant of the plane.
//!
//! One idea: four chords a round, and each character has its own way with them: who plays, how often, how hard.

use crate::instrument::Instrument;
use crate::piece::{Part, Piece};
use music::{Key, Melody, Mode, Note};

/// What a band piece is like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Character {
    /// Bright, with drums: pleasant and excited.
    Joyful,
    /// Driving and dark: unpleasant and excited.
    Tense,
    /// Sparse and low: unpleasant and calm.
    Sad,
    /// Slow and warm: pleasant and calm.
    Calm,
}

/// Degrees of the scale on which the chords of a round stand.
fn rounds(character: Character) -> [[i32; 4]; 3] {
    match character {
        Character::Joyful => [[0, 4, 5, 3], [0, 3, 4, 3], [0, 5, 3, 4]],
        Character::Tense => [[0, 0, 5, 4], [0, 1, 0, 6], [0, 5, 3, 4]],
        Character::Sad => [[0, 5, 3, 4], [0, 3, 5, 4], [0, 6, 5, 4]],
        Character::Calm => [[0, 3, 0, 4], [0, 5, 3, 4], [0, 2, 3, 0]],
    }
}

/// Semitones of a scale degree above the tonic.
fn degree(mode: Mode, degree: i32) -> i32 {
    let scale = match mode {
        Mode::Major => [0, 2, 4, 5, 7, 9, 11],
        Mode::Minor => [0, 2, 3, 5, 7, 8, 10],
    };
    scale[degree.rem_euclid(7) as usize] + 12 * degree.div_euclid(7)
}

#[derive(Default)]
struct Voice(Vec<Note>);

impl Voice {
    fn add(&mut self, start_beats: f64, length_beats: f64, pitch: i32, velocity: f64) {
        self.0.push(Note { start_beats, length_beats, pitch: f64::from(pitch), velocity, slide_from: None });
    }

    fn part(self, instrument: Instrument, gain: f64, pan: f64, wet: f64) -> Part {
        Part { instrument, gain, pan, wet, melody: Melody { notes: self.0 } }
    }
}

/// Writes a piece of `bars` bars of four beats.
#[must_use]
pub fn band(character: Character, key: Key, bpm: f64, bars: usize, seed: u64) -> Piece {
    let mut random = fastrand::Rng::with_seed(seed);
    let round = rounds(character)[random.usize(0..3)];
    let tonic = 48 + i32::from(key.tonic.semitones()) - if key.tonic.semitones() > 7 { 12 } else { 0 };
    let pitch = |d: i32| tonic + degree(key.mode, d);
    let [mut chords, mut bass, mut lead, mut kick, mut snare, mut hat] = [(); 6].map(|()| Voice::default());
    // A motif of one bar that the lead keeps coming back to, as steps from the chord's root.
    let motif: Vec<i32> = (0..8).map(|_| [0, 2, 4, 2, 5, 4, 7, 1][random.usize(0..8)]).collect();
    for bar in 0..bars {
        let start = (bar * 4) as f64;
        let root = round[bar % 4];
        let is_last = bar + 1 == bars;
        let root = if is_last { 0 } else { root };
        let triad = [root, root + 2, root + 4];
        match character {
            Character::Joyful => {
                for step in 0..8 {
                    let at = start + f64::from(step) * 0.5;
                    if !is_last || step == 0 {
                        chords.add(at, 0.45, pitch(triad[step as usize % 3]) + 12, if step % 2 == 0 { 0.7 } else { 0.5 });
                        bass.add(at, 0.4, pitch(root) - 12, 0.8);
                        hat.add(at, 0.1, 60, if step % 2 == 0 { 0.35 } else { 0.6 });
                    }
                }
                for beat in 0..if is_last { 1 } else { 4 } {
                    let at = start + f64::from(beat);
                    if beat % 2 == 0 { kick.add(at, 0.3, 36, 0.95) } else { snare.add(at, 0.2, 38, 0.7) }
                }
                for (step, d) in motif.iter().enumerate().filter(|(s, _)| !is_last && (bar >= 2) && (s % 3 != 2)) {
                    lead.add(start + step as f64 * 0.5, 0.5, pitch(root + d) + 24, 0.6);
                }
            }
            Character::Tense => {
                for step in 0..if is_last { 1 } else { 16 } {
                    let at = start + f64::from(step) * 0.25;
                    let accent = if step % 4 == 0 { 0.95 } else { 0.6 };
                    bass.add(at, 0.22, pitch(root) - 12 + if step % 8 == 6 { 1 } else { 0 }, accent);
                    if step % 2 == 0 {
                        hat.add(at, 0.1, 60, 0.45);
                    }
                }
                for t in triad {
                    chords.add(start, 3.9, pitch(t), 0.75);
                }
                chords.add(start + 2.0, 1.9, pitch(root) + 13, 0.55);
                for (at, hard) in [(0.0, 1.0), (1.5, 0.7), (2.0, 0.9), (3.5, 0.8)] {
                    if !is_last || at == 0.0 {
                        kick.add(start + at, 0.3, 36, hard);
                    }
                }
                if !is_last {
                    snare.add(start + 1.0, 0.2, 38, 0.8);
                    snare.add(start + 3.0, 0.2, 38, 0.9);
                }
            }
            Character::Sad => {
                for t in triad {
                    chords.add(start, 3.9, pitch(t), 0.4);
                }
                bass.add(start, 3.8, pitch(root) - 12, 0.45);
                for (step, d) in motif.iter().enumerate().take(3) {
                    if bar % 2 == 0 || step == 0 {
                        lead.add(start + step as f64 * 1.0, 1.6, pitch(root + d % 5) + 12, 0.5);
                    }
                }
            }
            Character::Calm => {
                for t in triad {
                    chords.add(start, 3.9, pitch(t), 0.35);
                }
                for (i, t) in [0usize, 1, 2, 1].iter().enumerate() {
                    lead.add(start + i as f64, 1.8, pitch(triad[*t]) + 12, if i == 0 { 0.55 } else { 0.4 });
                }
                bass.add(start, 3.8, pitch(root) - 12, 0.4);
                if bar % 4 == 2 && !is_last {
                    hat.add(start, 0.1, 60, 0.1);
                }
            }
        }
    }
    let parts = match character {
        Character::Joyful => vec![
            chords.part(Instrument::Guitar, 0.7, -0.35, 0.12),
            bass.part(Instrument::Bass, 0.6, 0.0, 0.02),
            lead.part(Instrument::Flute, 0.5, 0.3, 0.25),
            kick.part(Instrument::Kick, 0.8, 0.0, 0.02),
            snare.part(Instrument::Snare, 0.42, 0.05, 0.12),
            hat.part(Instrument::Hat, 0.4, 0.4, 0.05),
        ],
        Character::Tense => vec![
            chords.part(Instrument::Strings, 0.8, 0.1, 0.3),
            bass.part(Instrument::Bass, 0.7, 0.0, 0.05),
            kick.part(Instrument::Kick, 0.9, 0.0, 0.08),
            snare.part(Instrument::Snare, 0.4, 0.0, 0.2),
            hat.part(Instrument::Hat, 0.35, 0.3, 0.05),
        ],
        Character::Sad => vec![
            chords.part(Instrument::Strings, 0.55, -0.2, 0.35),
            bass.part(Instrument::Bass, 0.35, 0.0, 0.1),
            lead.part(Instrument::Piano, 0.6, 0.15, 0.35),
        ],
        Character::Calm => vec![
            chords.part(Instrument::Strings, 0.4, 0.2, 0.35),
            lead.part(Instrument::Guitar, 0.8, -0.2, 0.3),
            bass.part(Instrument::Bass, 0.3, 0.0, 0.1),
            hat.part(Instrument::Hat, 0.1, 0.3, 0.3),
        ],
    };
    Piece { bpm, tail_s: 2.5, parts }
}
