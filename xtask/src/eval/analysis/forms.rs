//! Songs of known form: verses, choruses, bridges, each with its own harmony, instruments and rhythm, one after the other.
//!
//! One idea: sections differ as those of songs do, now by the whole band, now by little more than the chords and the busyness of the drums;
//! where one ends and another begins is known to the bar line.

use super::Split;
use super::patterns::{MAJOR, MINOR, seed};
use super::pop::median_bpm;
use super::truth::{KeySpan, Truth};
use crate::render::score::{DRUMS, Score};
use fastrand::Rng;
use music::{Key, Mode, PitchClass};

/// Orders of sections, a letter each; none follows itself.
const FORMS: [&str; 8] = ["ABABCB", "ABAC", "ABACA", "IABABC", "ABCBA", "IABACB", "ABAB", "ABCAB"];
/// Lengths of sections in bars.
const BARS: [usize; 4] = [8, 8, 16, 12];
/// Degrees of chords, a bar each.
const PHRASES: [[usize; 4]; 8] =
    [[0, 3, 4, 0], [0, 5, 3, 4], [0, 4, 5, 3], [5, 3, 0, 4], [1, 4, 0, 5], [3, 0, 4, 5], [0, 2, 3, 4], [5, 4, 3, 4]];
const CHORD_PROGRAMS: [u8; 8] = [0, 25, 4, 48, 26, 89, 16, 11];
const LEAD_PROGRAMS: [u8; 8] = [73, 65, 40, 80, 26, 0, 56, 71];
/// Longest song, in seconds.
const LONGEST_S: f64 = 150.0;

/// How a section sounds.
#[derive(Clone, Copy)]
struct Manner {
    phrase: [usize; 4],
    /// Index of the channel of the chords, and whether they are broken.
    chords: usize,
    broken: bool,
    lead: Option<usize>,
    /// How busy: 0 no drums, 1 a hat, 2 the usual, 3 sixteenths.
    drums: usize,
    bass: bool,
    octave: i32,
    loud: u8,
}

impl Manner {
    fn any(rng: &mut Rng) -> Self {
        Self {
            phrase: *rng.choice(&PHRASES).unwrap_or(&PHRASES[0]),
            chords: rng.usize(0..2),
            broken: rng.bool(),
            lead: (rng.f64() < 0.75).then(|| rng.usize(0..2)),
            drums: rng.usize(0..4),
            bass: rng.f64() < 0.8,
            octave: rng.i32(0..2),
            loud: rng.u8(60..100),
        }
    }

    /// In how many respects that one hears two differ.
    fn differs(&self, other: &Self) -> usize {
        usize::from(self.phrase != other.phrase)
            + usize::from(self.chords != other.chords || self.broken != other.broken)
            + usize::from(self.lead != other.lead)
            + usize::from(self.drums != other.drums)
            + usize::from(self.bass != other.bass)
    }
}

/// So many songs.
pub fn pieces(count: usize, split: Split) -> Vec<(Score, Truth)> {
    (0..count).map(|i| piece(i, split)).collect()
}

fn piece(index: usize, split: Split) -> (Score, Truth) {
    let mut rng = Rng::with_seed(seed(0xf0_4300, index, split));
    let form = FORMS[index % FORMS.len()];
    let beats_per_bar = if index % 6 == 5 { 3 } else { 4 };
    let bpm = 78.0 + 70.0 * rng.f64();
    let beat_s = 60.0 / bpm;
    let minor = rng.bool();
    let scale = if minor { MINOR } else { MAJOR };
    let tonic = rng.i32(0..12);
    let key = Key { tonic: PitchClass::from_semitones(tonic), mode: if minor { Mode::Minor } else { Mode::Major } };
    let mut score = Score::default();
    // Channels: chords 0 and 1, leads 2 and 3, bass 4.
    let (c, l) = (rng.usize(0..8), rng.usize(0..8));
    score.programs[0] = CHORD_PROGRAMS[c];
    score.programs[1] = CHORD_PROGRAMS[(c + 1 + rng.usize(0..6)) % 8];
    score.programs[2] = LEAD_PROGRAMS[l];
    score.programs[3] = LEAD_PROGRAMS[(l + 1 + rng.usize(0..6)) % 8];
    score.programs[4] = [33, 32, 38, 43][index % 4];

    let mut manners: Vec<(char, Manner, usize)> = Vec::new();
    for letter in form.chars() {
        if manners.iter().any(|m| m.0 == letter) {
            continue;
        }
        // Two sections differ in three respects at least: else nobody would say that there are two.
        let manner = loop {
            let manner = Manner::any(&mut rng);
            if manners.iter().all(|m| m.1.differs(&manner) >= 3) {
                break manner;
            }
        };
        let bars = if letter == 'I' { 4 } else { *rng.choice(&BARS).unwrap_or(&8) };
        manners.push((letter, manner, bars));
    }
    let mut truth = Truth {
        name: format!("form-{index:03}-{form}").to_lowercase(),
        family: "form".into(),
        has_pulse: true,
        bpm: Some(bpm),
        is_steady: true,
        metres: vec![beats_per_bar as u32],
        tuning_cents: Some(0.0),
        sections_s: Some(Vec::new()),
        ..Truth::default()
    };
    let mut at = 0.4;
    let mut last = 72;
    for (section, letter) in form.chars().enumerate() {
        let Some((_, manner, bars)) = manners.iter().find(|m| m.0 == letter).copied() else { continue };
        if at + bars as f64 * beats_per_bar as f64 * beat_s > LONGEST_S {
            break;
        }
        if section > 0 {
            truth.sections_s.get_or_insert_default().push(at);
        }
        for bar in 0..bars {
            truth.downbeats_s.push(at);
            let degree = manner.phrase[bar % 4];
            let tone = |step: usize| tonic + scale[step % 7] + 12 * (step / 7) as i32;
            for beat in 0..beats_per_bar {
                truth.beats_s.push(at);
                let strong = beat == 0;
                drum(&mut score, manner.drums, beat, beats_per_bar, at, beat_s);
                if manner.bass && (strong || rng.f64() < 0.5) {
                    score.push(4, 36 + tone(if strong { degree } else { degree + 4 }) % 12, at, beat_s * 0.9, 92);
                }
                if manner.broken {
                    for k in 0..2 {
                        let step = degree + [0, 2, 4, 7][(2 * beat + k) % 4];
                        score.push(manner.chords as u8, 48 + tone(step), at + k as f64 * beat_s / 2.0, beat_s * 0.6, manner.loud);
                    }
                } else if strong || rng.f64() < 0.6 {
                    for step in [0, 2, 4] {
                        score.push(manner.chords as u8, 48 + tone(degree + step), at, beat_s * 0.9, manner.loud);
                    }
                }
                if let Some(lead) = manner.lead {
                    for k in 0..2 {
                        if rng.f64() < if k == 0 { 0.75 } else { 0.4 } {
                            let base = 60 + 12 * manner.octave;
                            let nearest = (0..15).map(|s| base + tone(s) % 24).min_by_key(|p| (p - last).abs() * 4 + rng.i32(0..14));
                            last = nearest.unwrap_or(72);
                            score.push(2 + lead as u8, last, at + k as f64 * beat_s / 2.0, beat_s * 0.5, 84);
                        }
                    }
                }
                at += beat_s;
            }
        }
    }
    score.length_s = at + 0.5;
    truth.keys.push(KeySpan { from_s: 0.0, to_s: at, key });
    truth.bpm = median_bpm(&truth.beats_s);
    truth.onsets_s = score.onsets_s();
    (score, truth)
}

fn drum(score: &mut Score, busy: usize, beat: usize, beats: usize, at: f64, beat_s: f64) {
    const KICK: i32 = 36;
    const SNARE: i32 = 38;
    const HAT: i32 = 42;
    let parts = match busy {
        0 => return,
        1 => 1,
        2 => 2,
        _ => 4,
    };
    if busy > 1 {
        match (beats, beat) {
            (_, 0) | (4, 2) => score.push(DRUMS, KICK, at, 0.1, 100),
            (4, _) | (3, 2) => score.push(DRUMS, SNARE, at, 0.1, 92),
            _ => {}
        }
    }
    for k in 0..parts {
        score.push(DRUMS, HAT, at + beat_s * k as f64 / parts as f64, 0.05, if k == 0 { 74 } else { 55 });
    }
}
