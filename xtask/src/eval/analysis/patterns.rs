//! Music made to a plan: metres from 2 to 9, swing, syncopation, tempi that drift, changes of key; and music without a pulse.

use super::Split;
use super::pop::median_bpm;
use super::truth::{KeySpan, Truth};
use crate::render::score::{DRUMS, Score};
use fastrand::Rng;
use music::{Key, Mode, PitchClass};

const LENGTH_S: f64 = 40.0;
/// Semitones of the major scale.
pub const MAJOR: [i32; 7] = [0, 2, 4, 5, 7, 9, 11];
/// Semitones of the natural minor scale.
pub const MINOR: [i32; 7] = [0, 2, 3, 5, 7, 8, 10];
/// Degrees of the chords of a phrase of four bars.
const PHRASES: [[usize; 4]; 6] = [[0, 3, 4, 0], [0, 5, 3, 4], [0, 4, 5, 3], [5, 3, 0, 4], [0, 1, 4, 0], [0, 3, 0, 4]];

/// What kind of time a pattern keeps.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Feel {
    Straight,
    Swing,
    Syncopated,
    Ramp,
    Rubato,
}

/// A metre: beats to a bar, the length of each in units, and what it is called.
struct Metre {
    name: u32,
    /// Lengths of the taps of a bar, in eighths.
    taps: &'static [u32],
    /// The taps that have weight besides the first: 3 + 2, 2 + 2 + 3.
    weighty: &'static [usize],
    also: &'static [u32],
}

const METRES: [Metre; 9] = [
    Metre { name: 4, taps: &[2, 2, 2, 2], weighty: &[], also: &[2] },
    Metre { name: 3, taps: &[2, 2, 2], weighty: &[], also: &[] },
    Metre { name: 2, taps: &[2, 2], weighty: &[], also: &[4] },
    Metre { name: 6, taps: &[3, 3], weighty: &[], also: &[] },
    Metre { name: 5, taps: &[2, 2, 2, 2, 2], weighty: &[], also: &[] },
    Metre { name: 7, taps: &[2, 2, 2, 2, 2, 2, 2], weighty: &[], also: &[] },
    Metre { name: 9, taps: &[3, 3, 3], weighty: &[], also: &[] },
    // 5/8 and 7/8: their eighths are counted.
    Metre { name: 5, taps: &[1, 1, 1, 1, 1], weighty: &[3], also: &[] },
    Metre { name: 7, taps: &[1, 1, 1, 1, 1, 1, 1], weighty: &[2, 4], also: &[] },
];

/// So many pieces with a pulse.
pub fn pieces(count: usize, split: Split) -> Vec<(Score, Truth)> {
    (0..count).map(|i| piece(i, split)).collect()
}

/// A seed that no other piece has.
pub fn seed(base: u64, index: usize, split: Split) -> u64 {
    base + index as u64 + if split == Split::Training { 1 << 32 } else { 0 }
}

fn piece(index: usize, split: Split) -> (Score, Truth) {
    let mut rng = Rng::with_seed(seed(0x5c0_4e00, index, split));
    // Common time is common.
    let in_eighths = index / 12 % 2 == 1;
    let odd = if in_eighths { [7, 8] } else { [4, 5] };
    let metre = &METRES[[0, 0, 1, 0, 3, 2, 0, odd[0], 1, odd[1], 0, 6][index % 12]];
    let feel = [Feel::Straight, Feel::Swing, Feel::Syncopated, Feel::Straight, Feel::Ramp, Feel::Rubato, Feel::Syncopated][index % 7];
    let bpm = match metre.taps[0] {
        3 => 55.0 + 85.0 * rng.f64(),
        1 => 110.0 + 85.0 * rng.f64(),
        _ => 60.0 * 2.0f64.powf(1.58 * rng.f64()),
    };
    let minor = rng.bool();
    let scale = if minor { MINOR } else { MAJOR };
    let mut tonic = rng.i32(0..12);
    let modulates = index % 5 == 4;
    let mode = if minor { Mode::Minor } else { Mode::Major };

    let mut score = Score { cents: if index.is_multiple_of(4) { f64::from(rng.i32(-45..46)) } else { 0.0 }, ..Score::default() };
    score.programs[0] = [0, 25, 4, 11, 24, 48][index % 6];
    score.programs[1] = [33, 32, 38][index % 3];
    score.programs[2] = [73, 0, 65, 26, 40, 80, 12][index % 7];
    let with_drums = index % 3 != 2;
    let phrases = [*rng.choice(&PHRASES).unwrap_or(&PHRASES[0]), *rng.choice(&PHRASES).unwrap_or(&PHRASES[0])];

    let mut truth = Truth {
        name: format!("pattern-{index:03}-{:?}-{}-{bpm:.0}", feel, metre.name).to_lowercase(),
        family: match feel {
            Feel::Ramp | Feel::Rubato => "pattern, drifting".into(),
            _ if matches!(metre.name, 5 | 7) => "pattern, odd metre".into(),
            _ => "pattern".into(),
        },
        has_pulse: true,
        is_steady: !matches!(feel, Feel::Ramp | Feel::Rubato),
        metres: std::iter::once(metre.name).chain(metre.also.iter().copied()).collect(),
        tuning_cents: Some(score.cents),
        ..Truth::default()
    };
    let (mut at, mut bar) = (0.3 + rng.f64(), 0);
    let ramp = if rng.bool() { 1.25f64 } else { 0.8 };
    let mut last = scale[0] + 72;
    let mut key_from = 0.0;
    while at < LENGTH_S - 0.5 {
        if modulates && bar == 8 {
            truth.keys.push(KeySpan { from_s: key_from, to_s: at, key: Key { tonic: PitchClass::from_semitones(tonic), mode } });
            key_from = at;
            tonic = (tonic + [2, 7, 5, 1][index / 5 % 4]) % 12;
        }
        let degree = phrases[bar / 4 % 2][bar % 4];
        let tone = |step: usize| tonic + scale[step % 7] + 12 * (step / 7) as i32;
        truth.downbeats_s.push(at);
        let bar_at = at;
        for (tap, units) in metre.taps.iter().enumerate() {
            truth.beats_s.push(at);
            let beat_s = match feel {
                Feel::Ramp => 60.0 / (bpm * ramp.powf(at / LENGTH_S)),
                Feel::Rubato => 60.0 / bpm * (1.0 + 0.13 * (at * 0.55).sin() + 0.03 * (rng.f64() - 0.5)),
                _ => 60.0 / bpm,
            };
            let unit_s = beat_s / f64::from(*units);
            let swing = if feel == Feel::Swing && *units == 2 { 0.16 * beat_s } else { 0.0 };
            let (strong, weighty) = (tap == 0, metre.weighty.contains(&tap));
            if with_drums {
                let closing = tap + 1 == metre.taps.len() && metre.weighty.is_empty();
                let back = metre.taps.len() > 2 && (closing || weighty || (metre.name == 4 && tap == 1));
                match (strong, back || (metre.taps.len() == 2 && tap == 1)) {
                    (true, _) => score.push(DRUMS, 36, at, 0.1, 105),
                    (_, true) => score.push(DRUMS, 38, at, 0.1, 92),
                    _ => {}
                }
                if feel == Feel::Syncopated && rng.f64() < 0.35 {
                    score.push(DRUMS, 36, at + unit_s, 0.1, 80);
                }
                for k in 0..*units {
                    score.push(
                        DRUMS,
                        42,
                        at + f64::from(k) * unit_s + if k == 1 { swing } else { 0.0 },
                        0.05,
                        if k == 0 { 72 } else { 52 },
                    );
                }
            }
            // The bass holds the bar; the chords answer, off the beat where that is the style.
            if strong {
                score.push(1, 36 + tone(degree) % 12, at, beat_s * 0.9, 96);
            } else if weighty || (metre.weighty.is_empty() && rng.f64() < 0.6) {
                let offset = if feel == Feel::Syncopated && !weighty { unit_s } else { 0.0 };
                score.push(1, 36 + tone(degree + 4) % 12, at + offset, beat_s * 0.5, 82);
            }
            let offset = if feel == Feel::Syncopated && rng.f64() < 0.6 { unit_s } else { 0.0 };
            if strong || weighty || (metre.weighty.is_empty() && rng.f64() < 0.7) {
                for step in [0, 2, 4] {
                    score.push(0, 48 + tone(degree + step), at + offset, beat_s * 0.8, if strong { 84 } else { 66 });
                }
            }
            // A melody of steps, more often on the beat than between.
            for k in 0..*units {
                let chance = if k == 0 { 0.8 } else { 0.45 };
                if rng.f64() < chance {
                    let nearest = (0..21).map(|s| 60 + tone(s)).min_by_key(|p| (p - last).abs() * 4 + rng.i32(0..14));
                    let pitch = nearest.unwrap_or(72);
                    last = pitch.clamp(64, 88);
                    let start = at + f64::from(k) * unit_s + if k == 1 { swing } else { 0.0 };
                    score.push(2, pitch, start, unit_s * 0.9, if k == 0 { 90 } else { 74 });
                }
            }
            at += beat_s;
        }
        if at <= bar_at {
            break;
        }
        bar += 1;
    }
    truth.keys.push(KeySpan { from_s: key_from, to_s: LENGTH_S, key: Key { tonic: PitchClass::from_semitones(tonic), mode } });
    truth.bpm = median_bpm(&truth.beats_s);
    truth.onsets_s = score.onsets_s();
    (score, truth)
}

/// Gives a score's channels any instruments of General MIDI but effects, and plays it less exactly.
pub fn other_instruments(score: &mut Score, seed: u64) {
    let mut rng = Rng::with_seed(seed);
    for (channel, program) in score.programs.iter_mut().enumerate() {
        if channel != usize::from(DRUMS) && rng.f64() < 0.7 {
            *program = rng.u8(0..112);
        }
    }
    if rng.bool() {
        let (late_s, hard) = (0.012 * rng.f64(), 1.0 + 0.25 * (rng.f64() - 0.5));
        for note in &mut score.notes {
            note.start_s = (note.start_s + late_s * (rng.f64() - 0.5)).max(0.0);
            note.velocity = (f64::from(note.velocity) * hard + 14.0 * (rng.f64() - 0.5)).clamp(15.0, 127.0) as u8;
        }
    }
    // Now and then somebody is missing.
    if rng.f64() < 0.15 {
        let mut channels: Vec<u8> = score.notes.iter().map(|n| n.channel).collect();
        channels.sort_unstable();
        channels.dedup();
        if let Some(&gone) = rng.choice(&channels).filter(|_| channels.len() > 2) {
            score.notes.retain(|n| n.channel != gone);
        }
    }
}

/// So many pieces without a pulse: drones, alap (a melody that takes its time), ambience.
pub fn pulseless(count: usize, split: Split) -> Vec<(Score, Truth)> {
    (0..count).map(|i| free(i, split)).collect()
}

/// Scales of ragas over their tonic: Yaman, Bhairav, Bhairavi, Todi, Malkauns, Durga.
const RAGAS: [&[i32]; 6] = [
    &[0, 2, 4, 6, 7, 9, 11],
    &[0, 1, 4, 5, 7, 8, 11],
    &[0, 1, 3, 5, 7, 8, 10],
    &[0, 1, 3, 6, 7, 8, 11],
    &[0, 3, 5, 8, 10],
    &[0, 2, 5, 7, 9],
];

fn free(index: usize, split: Split) -> (Score, Truth) {
    let mut rng = Rng::with_seed(seed(0xa1a9_0000, index, split));
    let kind = ["drone", "alap", "ambience", "alap"][index % 4];
    let sa = rng.i32(45..57);
    let mut score = Score { cents: f64::from(rng.i32(-50..51)), ..Score::default() };
    score.programs[0] = [89, 48, 92, 104, 95, 52][index % 6];
    score.programs[1] = [104, 73, 40, 15, 71, 65][index % 6];
    // A drone under all of it, its notes entering at no fixed distance.
    let fifth = if RAGAS[index % RAGAS.len()].contains(&7) { 7 } else { 5 };
    let plucked = score.programs[0] == 104;
    let mut at = 0.2;
    while at < LENGTH_S - 1.0 {
        for (step, delay) in [(0, 0.0), (fifth, 0.4), (12, 0.9)] {
            score.push(0, sa - 12 + step, at + delay * (0.7 + 0.6 * rng.f64()), if plucked { 3.0 } else { 12.0 }, 70);
        }
        at += if plucked { 1.4 + 1.6 * rng.f64() } else { 9.0 + 2.0 * rng.f64() };
    }
    match kind {
        "alap" => {
            let raga = RAGAS[index % RAGAS.len()];
            let (mut at, mut step) = (2.0, 0i32);
            while at < LENGTH_S - 2.0 {
                // Now a long note, now a turn of quick ones.
                let turn = if rng.f64() < 0.35 { rng.usize(2..5) } else { 1 };
                for _ in 0..turn {
                    step = (step + rng.i32(-2..3)).clamp(-3, 2 * raga.len() as i32 - 1);
                    if rng.f64() < 0.2 {
                        step = 0;
                    }
                    let (octave, degree) = (step.div_euclid(raga.len() as i32), step.rem_euclid(raga.len() as i32) as usize);
                    let length = if turn > 1 { 0.15 + 0.25 * rng.f64() } else { 0.7 + 2.5 * rng.f64() * rng.f64() };
                    score.push(1, sa + raga[degree] + 12 * octave, at, length, 70 + rng.u8(0..25));
                    at += length;
                }
                at += 0.9 * rng.f64();
            }
        }
        "ambience" => {
            let mut at = 1.0;
            while at < LENGTH_S - 2.0 {
                score.push(1, sa + *rng.choice(&[0, 7, 12, 14, 19, 24]).unwrap_or(&0), at, 4.0, 45 + rng.u8(0..30));
                at += 0.4 - 2.2 * rng.f64().max(1e-3).ln();
            }
        }
        _ => {}
    }
    let tonic_hz = 440.0 * 2f64.powf((f64::from(sa - 69) + score.cents / 100.0) / 12.0);
    let truth = Truth {
        name: format!("{kind}-{index:03}"),
        family: kind.into(),
        tuning_cents: Some(score.cents),
        tonic_hz: Some(tonic_hz),
        ..Truth::default()
    };
    (score, truth)
}
