//! The instruments: a note in, samples out.

use crate::piece::RATE_HZ;
use music::Note;

/// What plays a note.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Instrument {
    /// A plucked string with the bright, slowly opening sound of a flat bridge; slides are pulled on the string.
    Sitar,
    /// A long-ringing open string with a bloom of harmonics.
    Tanpura,
    /// A soft plucked string.
    Guitar,
    /// Struck strings.
    Piano,
    /// A bowed section, slow to speak.
    Strings,
    /// A breathy pipe.
    Flute,
    /// A round bass.
    Bass,
    /// A deep drum; its pitch is ignored.
    Kick,
    /// A snare drum; its pitch is ignored.
    Snare,
    /// A closed hi-hat; its pitch is ignored.
    Hat,
    /// The right-hand drum of a tabla pair.
    Tabla,
}

fn hz(pitch: f64) -> f64 {
    440.0 * ((pitch - 69.0) / 12.0).exp2()
}

impl Instrument {
    /// Plays one note; `beat_s` is the length of a beat.
    pub(crate) fn play(self, note: &Note, beat_s: f64, random: &mut fastrand::Rng) -> Vec<f32> {
        let held = note.length_beats * beat_s;
        match self {
            Self::Sitar => string(note, held + 0.6, &Pluck { brightness: 0.62, decay_s: 3.5, buzz: 0.35, position: 0.12 }, random),
            Self::Tanpura => string(note, held + 2.0, &Pluck { brightness: 0.75, decay_s: 9.0, buzz: 0.6, position: 0.3 }, random),
            Self::Guitar => string(note, held + 0.4, &Pluck { brightness: 0.35, decay_s: 2.2, buzz: 0.0, position: 0.22 }, random),
            Self::Piano => partials(note, held + 0.5, 0.004, 2.6, 0.00025, |k| (1.0 / k).powf(1.25)),
            Self::Bass => partials(note, held + 0.08, 0.006, 1.6, 0.0, |k| (1.0 / k).powf(1.9)),
            Self::Strings => strings(note, held, random),
            Self::Flute => flute(note, held, random),
            Self::Kick => drum(note, 0.32, 46.0, 130.0, 0.045, 0.02, random),
            Self::Snare => drum(note, 0.24, 185.0, 60.0, 0.02, 0.7, random),
            Self::Hat => hat(note, random),
            Self::Tabla => drum(note, 0.55, hz(note.pitch), 18.0, 0.03, 0.06, random),
        }
    }
}

struct Pluck {
    /// 0 (dull) to 1.
    brightness: f64,
    /// Seconds to fall by 60 dB at middle C.
    decay_s: f64,
    /// How much the string rattles on its bridge.
    buzz: f64,
    /// Where it is plucked, as a share of its length.
    position: f64,
}

/// A plucked string: a delay line with a loss filter (Karplus & Strong 1983), tuned by linear interpolation, its length gliding for
/// slides, and a one-sided soft bound for a flat bridge.
fn string(note: &Note, length_s: f64, pluck: &Pluck, random: &mut fastrand::Rng) -> Vec<f32> {
    let frames = (length_s * RATE_HZ) as usize;
    let longest = (RATE_HZ / hz(note.pitch.min(note.slide_from.unwrap_or(note.pitch)) - 0.5)) as usize + 4;
    let mut line = vec![0f32; longest];
    let period = RATE_HZ / hz(note.slide_from.unwrap_or(note.pitch));
    // A burst of noise as long as the string, smoothed by how softly it is plucked, with a comb for where.
    let mut noise: Vec<f32> = (0..period as usize).map(|_| random.f32() * 2.0 - 1.0).collect();
    let soft = (1.0 - pluck.brightness * (0.5 + 0.5 * note.velocity)) as f32;
    let mut last = 0.0;
    for x in &mut noise {
        last = *x * (1.0 - soft) + last * soft;
        *x = last;
    }
    let comb = ((pluck.position * period) as usize).max(1);
    let excite: Vec<f32> = (0..noise.len()).map(|i| noise[i] - 0.9 * noise[(i + noise.len() - comb) % noise.len()]).collect();
    let mean = excite.iter().sum::<f32>() / excite.len().max(1) as f32;

    let loss = 10f64.powf(-3.0 * period / RATE_HZ / (pluck.decay_s * (261.6 / hz(note.pitch)).powf(0.4))) as f32;
    let damp = (0.5 - 0.45 * pluck.brightness) as f32;
    let (mut write, mut filtered) = (0usize, 0f32);
    let glide_s = 0.16;
    (0..frames)
        .map(|i| {
            let pitch = match note.slide_from {
                Some(from) => {
                    let t = (i as f64 / RATE_HZ / glide_s).min(1.0);
                    from + (note.pitch - from) * t * t * (3.0 - 2.0 * t)
                }
                None => note.pitch,
            };
            // The loss filter itself delays by about `damp` frames.
            let delay = RATE_HZ / hz(pitch) - f64::from(damp);
            let whole = delay as usize;
            let part = (delay - whole as f64) as f32;
            let tap = |d: usize| line[(write + longest - d.min(longest - 1)) % longest];
            let late = tap(whole) * (1.0 - part) + tap(whole + 1) * part;
            filtered = late * (1.0 - damp) + filtered * damp;
            let mut x = filtered * loss;
            if pluck.buzz > 0.0 && x > 0.0 {
                // The bridge stops the string on one side, and throws energy up the spectrum.
                x -= pluck.buzz as f32 * 0.15 * x * x;
            }
            if let Some(e) = excite.get(i) {
                x += (e - mean) * note.velocity as f32;
            }
            line[write] = x;
            write = (write + 1) % longest;
            // A note that is held no longer is damped, not cut.
            let left = (frames - i) as f32 / (0.12 * RATE_HZ as f32);
            x * left.min(1.0)
        })
        .collect()
}

/// A sum of decaying partials, higher ones decaying faster and stretched by stiffness.
fn partials(note: &Note, length_s: f64, attack_s: f64, decay_s: f64, stiffness: f64, level: impl Fn(f64) -> f64) -> Vec<f32> {
    let base = hz(note.pitch);
    let mut out = vec![0f32; (length_s * RATE_HZ) as usize];
    let decay_s = decay_s * (261.6 / base).powf(0.5);
    for k in 1..=14 {
        let k = f64::from(k);
        let frequency = base * k * (1.0 + stiffness * k * k).sqrt();
        if frequency > 12_000.0 {
            break;
        }
        let amplitude = level(k) * note.velocity * (0.4 + 0.6 * note.velocity).powf(k - 1.0) * 0.5;
        let fall = (-6.9 * (1.0 + 0.35 * (k - 1.0)) / decay_s / RATE_HZ).exp();
        let (step, mut phase, mut level) = (std::f64::consts::TAU * frequency / RATE_HZ, 0f64, amplitude);
        for x in &mut out {
            *x += (phase.sin() * level) as f32;
            phase += step;
            level *= fall;
        }
    }
    envelope(&mut out, attack_s, 0.08);
    out
}

fn envelope(out: &mut [f32], attack_s: f64, release_s: f64) {
    let n = out.len();
    let (attack, release) = ((attack_s * RATE_HZ) as f32, (release_s * RATE_HZ) as f32);
    for (i, x) in out.iter_mut().enumerate() {
        *x *= (i as f32 / attack).min(1.0) * ((n - i) as f32 / release).min(1.0);
    }
}

/// Detuned saw waves through a slow low-pass: a section of bowed strings.
fn strings(note: &Note, held_s: f64, random: &mut fastrand::Rng) -> Vec<f32> {
    let frames = ((held_s + 0.5) * RATE_HZ) as usize;
    let voices: Vec<(f64, f64)> =
        [-7.0, -3.0, 0.0, 4.0, 8.0].iter().map(|cents| (hz(note.pitch + cents / 100.0) / RATE_HZ, random.f64())).collect();
    let cut = 1.0 - (-std::f64::consts::TAU * (500.0 + 2600.0 * note.velocity) / RATE_HZ).exp();
    let (mut one, mut two) = (0f64, 0f64);
    let mut out: Vec<f32> = (0..frames)
        .map(|i| {
            let vibrato = 1.0 + 0.0015 * (std::f64::consts::TAU * 5.2 * i as f64 / RATE_HZ).sin();
            let saw: f64 = voices
                .iter()
                .map(|(step, phase)| {
                    let at = (phase + step * vibrato * i as f64).fract();
                    // The jump is rounded over a frame on either side, which takes the worst of the aliasing away.
                    let jump = if at < *step {
                        (at / step).mul_add(2.0, -1.0 - (at / step).powi(2))
                    } else if at > 1.0 - step {
                        let t = (at - 1.0) / step;
                        t.mul_add(t, 2.0 * t) + 1.0
                    } else {
                        0.0
                    };
                    2.0 * at - 1.0 - jump
                })
                .sum();
            one += cut * (saw - one);
            two += cut * (one - two);
            (two * note.velocity * 0.12) as f32
        })
        .collect();
    envelope(&mut out, (held_s * 0.3).min(0.35), 0.45);
    out
}

/// A few partials with vibrato that comes in late, and breath.
fn flute(note: &Note, held_s: f64, random: &mut fastrand::Rng) -> Vec<f32> {
    let frames = ((held_s + 0.12) * RATE_HZ) as usize;
    let (base, mut phase, mut breath) = (hz(note.pitch), 0f64, 0f64);
    let mut out: Vec<f32> = (0..frames)
        .map(|i| {
            let t = i as f64 / RATE_HZ;
            let vibrato = 1.0 + 0.004 * (t / 0.5).min(1.0) * (std::f64::consts::TAU * 4.8 * t).sin();
            phase += std::f64::consts::TAU * base * vibrato / RATE_HZ;
            breath += 0.25 * ((random.f64() - 0.5) - breath);
            let tone = phase.sin() + 0.28 * (2.0 * phase).sin() + 0.10 * (3.0 * phase).sin();
            ((tone * 0.3 + breath * 0.10) * note.velocity) as f32
        })
        .collect();
    envelope(&mut out, 0.05, 0.10);
    out
}

/// A falling sine and noise.
fn drum(note: &Note, length_s: f64, low_hz: f64, drop_hz: f64, drop_s: f64, noise: f64, random: &mut fastrand::Rng) -> Vec<f32> {
    let mut phase = 0f64;
    let mut out: Vec<f32> = (0..(length_s * RATE_HZ) as usize)
        .map(|i| {
            let t = i as f64 / RATE_HZ;
            phase += std::f64::consts::TAU * (low_hz + drop_hz * (-t / drop_s).exp()) / RATE_HZ;
            let body = phase.sin() * (-t / (length_s * 0.28)).exp() * (1.0 - 0.5 * noise);
            let hiss = (random.f64() * 2.0 - 1.0) * (-t / (length_s * 0.18)).exp() * noise;
            ((body + hiss) * note.velocity * 0.8) as f32
        })
        .collect();
    envelope(&mut out, 0.0008, 0.02);
    out
}

/// Bright noise, twice differentiated.
fn hat(note: &Note, random: &mut fastrand::Rng) -> Vec<f32> {
    let (mut a, mut b) = (0f64, 0f64);
    let mut out: Vec<f32> = (0..(0.07 * RATE_HZ) as usize)
        .map(|i| {
            let x = random.f64() * 2.0 - 1.0;
            let first = x - a;
            let second = first - b;
            (a, b) = (x, first);
            (second * 0.12 * (-(i as f64) / RATE_HZ / 0.018).exp() * note.velocity) as f32
        })
        .collect();
    envelope(&mut out, 0.0005, 0.01);
    out
}
