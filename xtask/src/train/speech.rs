//! `cargo xtask train speech`: EMO-DB's utterances in many surroundings, followed as the program follows a voice, and a model fitted to what was heard.

use super::cache::{Cache, Kept, assemble, keep, kept_row, read};
use super::recording::{self, SPEECH_HZ as RATE_HZ, Utterance};
use crate::hash::hash;
use crate::parallel::in_parallel;
use crate::render::room;
use analysis::prosody::{self, Prosody};
use anyhow::Result;
use fastrand::Rng;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// Versions of each utterance; the first is as it was recorded.
const TAKES: usize = 9;
/// Orders in which each speaker is heard as recorded.
const ORDERS: usize = 6;
/// Silence after an utterance, so that its end is heard: a step and the reach of the windows.
const TAIL_S: f64 = 0.3;

/// What is known of an utterance beside its measures.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct About {
    /// EMO-DB's name of it.
    pub name: String,
    /// Who speaks: two digits.
    pub speaker: String,
    /// What is said: a letter and two digits.
    pub text: String,
    /// The emotion: EMO-DB's letter.
    pub emotion: char,
    /// Which surroundings; in the first it is as it was recorded.
    pub take: usize,
    /// What was done to it, for reading.
    pub done: String,
    /// Times of its rows in seconds.
    pub times_s: Vec<f64>,
    /// Which order of the speaker's utterances.
    pub session: usize,
    /// Utterances of the same speaker, in the same surroundings, that were heard before.
    pub before: usize,
}

/// An utterance in a session, with its rows as the program would have them there.
pub type Heard = Kept<About>;

/// Measures every version of every utterance that is not measured yet, and puts each speaker's into orders in which they might be heard. Gives the folder of the
/// table, and what is in it.
pub fn measure(root: &Path, data: &Path, cache: &Cache) -> Result<(PathBuf, Vec<Heard>)> {
    let cache = cache.part(&format!("speech {}", prosody::VERSION))?;
    let utterances = recording::utterances(data)?;
    let music = beneath(&root.join("library"))?;
    let jobs: Vec<(&Utterance, usize)> = (0..TAKES).flat_map(|take| utterances.iter().map(move |u| (u, take))).collect();
    let measures = prosody::moment_names().len();
    let files = in_parallel(&jobs, |&(u, take)| {
        let kept = cache.join(format!("{}-{take}.json", u.name));
        keep(&kept, || {
            let surroundings = Surroundings::any(&u.speaker, take, music.len());
            let sound = surroundings.around(u, &music)?;
            let mut prosody = Prosody::new(RATE_HZ)?;
            let (mut rows, mut times_s) = (Vec::new(), Vec::new());
            prosody.push(&sound, |at_s, row| {
                if let Some(row) = row {
                    rows.push(kept_row(&row[..measures]));
                    times_s.push(at_s);
                }
            });
            let (speaker, text) = (u.speaker.clone(), u.text.clone());
            let about = About {
                speaker,
                text,
                emotion: u.emotion,
                take,
                done: surroundings.done(),
                times_s,
                name: u.name.clone(),
                session: 0,
                before: 0,
            };
            Ok(Kept { about, rows })
        })?;
        Ok(kept)
    })?;
    let all: Vec<Kept<About>> = files.iter().map(|f| read(f)).collect::<Result<_>>()?;
    let heard = sessions(&all);
    assemble(&cache, &heard, &prosody::names())?;
    Ok((cache, heard))
}

/// Each speaker's utterances in random orders, what was usual before told along.
fn sessions(all: &[Kept<About>]) -> Vec<Heard> {
    let mut heard = Vec::new();
    for take in 0..TAKES {
        let these: Vec<&Kept<About>> = all.iter().filter(|k| k.about.take == take).collect();
        for of_one in these.chunk_by(|a, b| a.about.speaker == b.about.speaker) {
            for session in 0..if take == 0 { ORDERS } else { 1 } {
                let mut order = of_one.to_vec();
                Rng::with_seed(hash(&format!("{} {take} {session}", of_one[0].about.speaker))).shuffle(&mut order);
                let mut usual = prosody::Usual::new(prosody::moment_names().len(), prosody::STEP_S);
                for (before, one) in order.into_iter().enumerate() {
                    let plain: Vec<Vec<f32>> = one.rows.iter().map(|r| r.iter().map(|x| x.unwrap_or(f32::NAN)).collect()).collect();
                    let mut along = Vec::new();
                    usual.tell(&mut along);
                    let rows = plain.iter().map(|row| kept_row(&[row.as_slice(), &along].concat())).collect();
                    heard.push(Kept { about: About { session, before, ..one.about.clone() }, rows });
                    plain.iter().for_each(|row| usual.hear(row));
                }
            }
        }
    }
    heard
}

pub fn run(root: &Path, data: &Path, cache: &Cache) -> Result<()> {
    let (measured, _) = measure(root, data, cache)?;
    cache.fit(root, "speech.py", &measured)
}

/// The project's own library, to lie beneath.
fn beneath(library: &Path) -> Result<Vec<Vec<f32>>> {
    in_parallel(&recording::files(library, "opus")?, |file| recording::through(file, "", RATE_HZ))
}

fn rms(sound: &[f32]) -> f32 {
    (sound.iter().map(|x| x * x).sum::<f32>() / sound.len().max(1) as f32).sqrt()
}

/// What a speaker is heard in, for a whole session.
struct Surroundings {
    filters: Vec<String>,
    room: bool,
    noise: Option<(f32, f32)>,
    music: Option<(f32, usize)>,
    gain: f32,
    seed: u64,
    done: Vec<String>,
}

impl Surroundings {
    fn any(speaker: &str, take: usize, songs: usize) -> Self {
        let seed = hash(&format!("{speaker} {take}"));
        let mut rng = Rng::with_seed(seed);
        let mut s =
            Self { filters: Vec::new(), room: false, noise: None, music: None, gain: 10f32.powf(-rng.f32()), seed, done: Vec::new() };
        if take == 0 {
            return s;
        }
        if rng.f64() < 0.7 {
            let (pitch, pace) = ((0.3 * (rng.f64() - 0.5)).exp(), (0.24 * (rng.f64() - 0.5)).exp());
            s.filters.push(format!("asetrate={:.0},aresample={RATE_HZ},atempo={:.3}", f64::from(RATE_HZ) * pitch, pace / pitch));
            s.done.push(format!("pitch {pitch:.2}, pace {pace:.2}"));
        }
        if rng.f64() < 0.15 {
            s.filters.push("highpass=f=300,highpass=f=300,lowpass=f=3400,lowpass=f=3400".into());
            s.done.push("telephone".into());
        } else if rng.f64() < 0.5 {
            let (low, high) = (12.0 * (rng.f64() - 0.5), 16.0 * (rng.f64() - 0.5));
            s.filters.push(format!("bass=g={low:.1}:f=200,treble=g={high:.1}:f=3000"));
            s.done.push(format!("bass {low:.0} dB, treble {high:.0} dB"));
        }
        if rng.f64() < 0.3 {
            s.room = true;
            s.done.push("room".into());
        }
        if rng.f64() < 0.35 {
            let snr_db = 8.0 + 25.0 * rng.f32();
            s.noise = Some((snr_db, 0.9 * rng.f32()));
            s.done.push(format!("noise at {snr_db:.0} dB"));
        } else if rng.f64() < 0.4 && songs > 0 {
            let snr_db = 4.0 + 20.0 * rng.f32();
            s.music = Some((snr_db, rng.usize(..songs)));
            s.done.push(format!("music {snr_db:.0} dB beneath"));
        }
        s
    }

    fn done(&self) -> String {
        self.done.join(", ")
    }

    /// An utterance there.
    fn around(&self, u: &Utterance, music: &[Vec<f32>]) -> Result<Vec<f32>> {
        let mut rng = Rng::with_seed(self.seed ^ hash(&u.name));
        let mut sound =
            if self.filters.is_empty() { u.sound.clone() } else { recording::through(&u.file, &self.filters.join(","), RATE_HZ)? };
        sound.extend(std::iter::repeat_n(0.0, (TAIL_S * f64::from(RATE_HZ)) as usize));
        if self.room {
            // The same room for all.
            sound = room::reverberated(&sound, RATE_HZ, &mut Rng::with_seed(self.seed));
        }
        let level = rms(&sound);
        if let Some((snr_db, dull)) = self.noise {
            let a = level * 3f32.sqrt() * 10f32.powf(-snr_db / 20.0);
            let mut held = 0.0;
            for x in &mut sound {
                held = dull * held + (1.0 - dull) * a * (2.0 * rng.f32() - 1.0);
                // A filter of one pole keeps (1 - d) / (1 + d) of the power.
                *x += held * ((1.0 + dull) / (1.0 - dull)).sqrt();
            }
        }
        if let Some((snr_db, song)) = self.music {
            let song = &music[song];
            let start = rng.usize(..song.len().saturating_sub(sound.len()).max(1));
            let span = &song[start..(start + sound.len()).min(song.len())];
            let gain = level * 10f32.powf(-snr_db / 20.0) / rms(span).max(1e-6);
            sound.iter_mut().zip(span).for_each(|(x, m)| *x += gain * m);
        }
        sound.iter_mut().for_each(|x| *x *= self.gain);
        Ok(sound)
    }
}
