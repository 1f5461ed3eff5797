//! Ways to play a clip: instruments, pace, pitch, touch, drums, drones.
//!
//! One idea: what a listener's verdict does not hang on is changed at random, so that a model cannot hang on it either. The first take is the
//! piano that the clip was played on.

use super::mastering::Mastering;
use super::{About, MUSIC};
use crate::hash::hash;
use crate::render::score::{DRUMS, Note, RATE_HZ, Score, is_struck};
use crate::render::{midi, own};
use anyhow::{Context, Result};
use fastrand::Rng;
use rustysynth::SoundFont;
use std::path::Path;
use std::sync::Arc;

/// Families of General MIDI programs; the last is the project's own instruments.
const FAMILIES: [(&str, &[u8]); 13] = [
    ("piano", &[0, 1, 3]),
    ("keyboards", &[4, 5, 6, 7, 2]),
    ("mallets", &[8, 9, 10, 11, 12, 13, 14]),
    ("organs", &[16, 17, 18, 19, 20, 21, 22]),
    ("guitars", &[24, 25, 26, 27, 28, 29, 30]),
    ("strings", &[40, 41, 42, 44, 45, 48, 49, 50]),
    ("voices", &[52, 53, 54, 85, 91]),
    ("brass", &[56, 57, 58, 60, 61, 62, 63]),
    ("reeds", &[64, 65, 66, 68, 69, 70, 71]),
    ("pipes", &[72, 73, 74, 75, 77, 79]),
    ("synthesisers", &[80, 81, 87, 88, 89, 90, 94, 95]),
    ("plucked", &[15, 46, 104, 105, 106, 107, 108]),
    ("our own", &[0, 24, 48, 73, 104]),
];
const OUR_OWN: usize = FAMILIES.len() - 1;
/// Channels: what is highest, the rest, a drone.
const MELODY: u8 = 0;
const REST: u8 = 1;
const DRONE: u8 = 2;
/// Length of a take but the first, in seconds.
const EXCERPT_S: f64 = 25.0;
/// One note of the highest velocity held all the time would have this level: it puts the clips at -32 to -13 dBFS.
const FULL_DB: f64 = -10.0;

/// Notes that begin within so many seconds are a chord.
const TOGETHER_S: f64 = 0.05;
/// The next note of a voice is no further away than a fifth.
const VOICE_SEMITONES: u8 = 7;
/// Tied notes overlap by so much of their length.
const TIED: f64 = 1.05;

/// A clip of EMOPIA.
pub struct Clip {
    /// Name of its file, without extension.
    pub name: String,
    song: String,
    quadrant: u8,
    score: Score,
}

/// What the notes of a clip tell of it: what a model is taught beside the quadrant, and what it could know at best.
#[derive(Debug, Clone, Copy, serde::Serialize)]
pub struct Written {
    /// Logarithms to the base of two of: moments a second at which notes begin, notes a second, and the mean length of a note in seconds.
    events_octaves: f64,
    notes_octaves: f64,
    length_octaves: f64,
    /// Notes that begin together, in the mean.
    chord_notes: f64,
    /// Deviation of the logarithms of the gaps between those moments.
    gap_deviation_octaves: f64,
    key_mean_midi: f64,
    key_deviation_semitones: f64,
    velocity_mean: f64,
    velocity_deviation: f64,
    /// See [`played_db`].
    played_db: f64,
}

impl Clip {
    /// What its notes tell.
    pub fn written(&self) -> Written {
        let notes = &self.score.notes;
        let mut starts_s: Vec<f64> = notes.iter().map(|n| n.start_s).collect();
        starts_s.sort_by(f64::total_cmp);
        starts_s.dedup_by(|b, a| *b - *a < TOGETHER_S);
        let gaps: Vec<f64> = starts_s.windows(2).map(|w| (w[1] - w[0]).log2()).collect();
        let (count, events) = (notes.len().max(1) as f64, starts_s.len().max(1) as f64);
        let (keys, velocities): (Vec<f64>, Vec<f64>) = notes.iter().map(|n| (f64::from(n.key), f64::from(n.velocity))).unzip();
        let ((_, gap_deviation_octaves), (key_mean_midi, key_deviation_semitones)) = (mean_deviation(&gaps), mean_deviation(&keys));
        let (velocity_mean, velocity_deviation) = mean_deviation(&velocities);
        Written {
            events_octaves: (events / self.score.length_s).log2(),
            notes_octaves: (count / self.score.length_s).log2(),
            length_octaves: (notes.iter().map(|n| n.length_s).sum::<f64>() / count).max(0.01).log2(),
            chord_notes: count / events,
            gap_deviation_octaves,
            key_mean_midi,
            key_deviation_semitones,
            velocity_mean,
            velocity_deviation,
            played_db: played_db(&self.score),
        }
    }
}

/// Mean and standard deviation; 0 of nothing.
fn mean_deviation(values: &[f64]) -> (f64, f64) {
    let n = values.len().max(1) as f64;
    let mean = values.iter().sum::<f64>() / n;
    (mean, (values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / n).sqrt())
}

/// All clips, in order of their names.
pub fn clips(data: &Path) -> Result<Vec<Clip>> {
    let dir = data.join("music/emopia/midis");
    let mut paths: Vec<_> = std::fs::read_dir(&dir).with_context(|| dir.display().to_string())?.flatten().map(|e| e.path()).collect();
    paths.retain(|p| p.extension().is_some_and(|e| e == "mid"));
    paths.sort();
    paths
        .iter()
        .map(|path| {
            let name = path.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
            // Q1_<song>_<clip>; a song's id may hold underscores itself.
            let (quadrant, rest) = name.split_at_checked(2).context("a name without a quadrant")?;
            let quadrant = quadrant.trim_start_matches('Q').parse().with_context(|| name.clone())?;
            let song = rest.trim_start_matches('_').rsplit_once('_').map_or(rest, |r| r.0).to_owned();
            let mut score = midi::read(&std::fs::read(path)?, [0; 3]).with_context(|| name.clone())?;
            score.length_s = score.notes.iter().map(|n| n.start_s + n.length_s).fold(0.0, f64::max) + 1.0;
            Ok(Clip { name, song, quadrant, score })
        })
        .collect()
}

/// Notes that nothing else starts above and that no higher note covers go to the melody's channel, the rest to the other's.
fn part(score: &mut Score) {
    let notes = score.notes.clone();
    for note in score.notes.iter_mut().filter(|n| n.channel != DRUMS) {
        let covered = notes.iter().any(|n| {
            n.channel != DRUMS
                && n.key > note.key
                && n.start_s <= note.start_s + TOGETHER_S
                && n.start_s + n.length_s > note.start_s + TOGETHER_S
        });
        note.channel = if covered { REST } else { MELODY };
    }
}

/// Takes the piano's pedal away where what plays has none: there a note ends when its voice moves on, which is when a note begins near it.
fn without_pedal(score: &mut Score) {
    let notes = score.notes.clone();
    for note in score.notes.iter_mut().filter(|n| n.channel != DRUMS && !is_struck(score.programs[usize::from(n.channel)])) {
        let moves_on =
            |n: &&Note| n.start_s > note.start_s + TOGETHER_S && n.key.abs_diff(note.key) <= VOICE_SEMITONES && n.key != note.key;
        let next_s = notes.iter().filter(moves_on).map(|n| n.start_s).fold(f64::INFINITY, f64::min);
        note.length_s = note.length_s.min((next_s - note.start_s) * TIED);
    }
}

/// A take of a clip: its sound, its sample rate, and what was done.
pub fn take(clip: &Clip, take: usize, font: &Arc<SoundFont>, scratch: &Path) -> Result<([Vec<f32>; 2], u32, About)> {
    let seed = hash(&clip.name);
    let mut rng = Rng::with_seed(seed ^ (take as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    // Each take of a clip is by another family, and each family gets its turn.
    let mut order: Vec<usize> = (1..FAMILIES.len()).collect();
    Rng::with_seed(seed).shuffle(&mut order);
    let family = if take == 0 { 0 } else { order[(take - 1) % order.len()] };
    let mut score = clip.score.clone();
    let mut done = Vec::new();
    if take > 0 {
        play_otherwise(&mut score, &mut rng, &mut done);
    }
    if take > 0 {
        score = excerpt(&score, &mut rng);
    }
    part(&mut score);
    let programs = FAMILIES[family].1;
    score.programs[usize::from(MELODY)] = if take == 0 { 0 } else { *rng.choice(programs).unwrap_or(&0) };
    score.programs[usize::from(REST)] =
        if take > 0 && rng.bool() { *rng.choice(programs).unwrap_or(&0) } else { score.programs[usize::from(MELODY)] };
    without_pedal(&mut score);
    done.push(format!("programs {} and {}", score.programs[0], score.programs[1]));
    if take > 0 && rng.f64() < 0.3 {
        drum(&mut score, &mut rng);
        done.push("drums".into());
    }
    if take > 0 && rng.f64() < 0.15 {
        drone(&mut score, &mut rng);
        done.push("drone".into());
    }
    let (sound, rate_hz) = if family == OUR_OWN { (own::render(&score, seed), own::rate_hz()) } else { (score.render(font)?, RATE_HZ) };
    let loudness_db = played_db(&score);
    let mastering = if take == 0 { Mastering::none(loudness_db) } else { Mastering::any(loudness_db, &mut rng) };
    done.push(mastering.to_string());
    let (sound, rate_hz) = mastering.apply(sound, rate_hz, &mut rng, scratch)?;
    let about = About {
        clip: clip.name.clone(),
        group: clip.song.clone(),
        kind: MUSIC.into(),
        quadrant: Some(clip.quadrant),
        take,
        family: FAMILIES[family].0.to_owned(),
        done: done.join(", "),
        passages: 0,
    };
    Ok((sound, rate_hz, about))
}

/// Some seconds of a piece that nobody was asked about.
pub fn unrated(name: &str, score: &Score, font: &Arc<SoundFont>, scratch: &Path) -> Result<([Vec<f32>; 2], u32, About)> {
    let mut rng = Rng::with_seed(hash(name));
    let score = excerpt(score, &mut rng);
    let mut mastering = Mastering::any(played_db(&score), &mut rng);
    if rng.bool() {
        // What is no music is often heard through a narrow band; that must not tell.
        mastering.narrow(&mut rng);
    }
    let done = mastering.to_string();
    let (sound, rate_hz) = mastering.apply(score.render(font)?, RATE_HZ, &mut rng, scratch)?;
    let name = format!("unrated {name}");
    let about =
        About { clip: name.clone(), group: name, kind: MUSIC.into(), quadrant: None, take: 0, family: "unrated".into(), done, passages: 0 };
    Ok((sound, rate_hz, about))
}

/// A piece by any instruments, however mastered.
pub struct Played {
    pub sound: [Vec<f32>; 2],
    pub rate_hz: u32,
    /// The notes that were played.
    pub score: Score,
    /// Which family of instruments played; `None` if it is those that the piece was arranged for.
    pub family: Option<&'static str>,
}

/// Some seconds of a piece by any instruments, however mastered: for a network that is to hear notes.
pub fn anyhow_played(name: &str, score: &Score, font: &Arc<SoundFont>, scratch: &Path) -> Result<Played> {
    let mut rng = Rng::with_seed(hash(name));
    let mut score = excerpt(score, &mut rng);
    // Three pieces in four are played by others than they were arranged for, and at another pitch.
    let family = if rng.f64() < 0.75 { Some(rng.usize(..FAMILIES.len())) } else { None };
    if let Some(family) = family {
        play_otherwise(&mut score, &mut rng, &mut Vec::new());
        part(&mut score);
        for channel in [MELODY, REST] {
            score.programs[usize::from(channel)] = *rng.choice(FAMILIES[family].1).unwrap_or(&0);
        }
    }
    let mastering = Mastering::any(played_db(&score), &mut rng);
    let (sound, rate_hz) = match family {
        Some(OUR_OWN) => (own::render(&score, hash(name)), own::rate_hz()),
        _ => (score.render(font)?, RATE_HZ),
    };
    let (sound, rate_hz) = mastering.apply(sound, rate_hz, &mut rng, scratch)?;
    Ok(Played { sound, rate_hz, score, family: family.map(|f| FAMILIES[f].0) })
}

/// Some seconds of a score, where it is longer.
fn excerpt(score: &Score, rng: &mut Rng) -> Score {
    let room_s = score.length_s - EXCERPT_S;
    if room_s <= 0.0 {
        return score.clone();
    }
    let from_s = room_s * rng.f64();
    Score { length_s: EXCERPT_S, ..score.cut(from_s, from_s + EXCERPT_S) }
}

/// How loud a score is played, as the level of its mean power in dB of full scale: a note's amplitude goes with the square of its velocity (General MIDI
/// level 2 recommends 40 log10(v/127) dB), and notes add up.
fn played_db(score: &Score) -> f64 {
    let power: f64 = score.notes.iter().map(|n| (f64::from(n.velocity) / 127.0).powi(4) * n.length_s.clamp(0.1, 0.6)).sum();
    10.0 * (power / score.length_s.max(1.0)).max(1e-4).log10() + FULL_DB
}

/// Another pace, pitch and touch.
fn play_otherwise(score: &mut Score, rng: &mut Rng, done: &mut Vec<String>) {
    let pace = (0.24 * (rng.f64() - 0.5)).exp();
    let mut semitones = rng.i32(-6..=6);
    if rng.f64() < 0.2 {
        semitones += if rng.bool() { 12 } else { -12 };
    }
    // From as it was played to all alike.
    let evenness = rng.f64();
    let mean = score.notes.iter().map(|n| f64::from(n.velocity)).sum::<f64>() / score.notes.len().max(1) as f64;
    let middle = mean + 12.0 * (rng.f64() - 0.5);
    let held = 0.7 + 0.5 * rng.f64();
    for note in &mut score.notes {
        note.start_s *= pace;
        note.length_s *= pace * held;
        if note.channel != DRUMS {
            note.key = (i32::from(note.key) + semitones).clamp(24, 103) as u8;
        }
        note.velocity = (middle + (f64::from(note.velocity) - mean) * (1.0 - 0.7 * evenness)).clamp(20.0, 127.0) as u8;
    }
    score.length_s *= pace;
    score.cents = 60.0 * (rng.f64() - 0.5);
    done.push(format!("pace {pace:.2}, {semitones} semitones, held {held:.2}"));
}

/// Drums at what is played: low notes get a kick, some others a snare, all a hat.
fn drum(score: &mut Score, rng: &mut Rng) {
    let mut starts: Vec<(f64, u8)> = score.notes.iter().map(|n| (n.start_s, n.key)).collect();
    starts.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut moments: Vec<(f64, u8)> = Vec::new();
    for (at, key) in starts {
        match moments.last_mut() {
            Some((last, lowest)) if at - *last < 0.06 => *lowest = key.min(*lowest),
            _ => moments.push((at, key)),
        }
    }
    let mut keys: Vec<u8> = moments.iter().map(|m| m.1).collect();
    keys.sort_unstable();
    let low = keys.get(keys.len() / 4).copied().unwrap_or(48);
    let loud = rng.u8(40..100);
    let busy = rng.f64();
    for (at, key) in moments {
        if key <= low {
            score.push(DRUMS, 36, at, 0.1, loud);
        } else if rng.f64() < 0.15 {
            score.push(DRUMS, 38, at, 0.1, loud);
        }
        if rng.f64() < busy {
            score.push(DRUMS, 42, at, 0.05, loud * 3 / 4);
        }
    }
}

/// The pitch class that sounds longest, held in a low octave.
fn drone(score: &mut Score, rng: &mut Rng) {
    let mut shares = [0.0; 12];
    for n in score.notes.iter().filter(|n| n.channel != DRUMS) {
        shares[usize::from(n.key % 12)] += n.length_s.min(2.0);
    }
    let Some((class, _)) = shares.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1)) else { return };
    score.programs[usize::from(DRONE)] = *rng.choice(&[104, 48, 89, 19, 109]).unwrap_or(&48);
    let mut at = 0.2;
    while at < score.length_s - 2.0 {
        score.push(DRONE, 36 + class as i32, at, 3.9, 60);
        score.push(DRONE, 48 + class as i32, at, 3.9, 50);
        at += 4.0;
    }
}
