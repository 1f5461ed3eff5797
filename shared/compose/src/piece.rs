//! A piece and its rendering to stereo.

use crate::instrument::Instrument;
use crate::room::Room;
use music::Melody;

/// Frames per second of everything that is rendered.
pub const RATE_HZ: f64 = 48_000.0;

/// One instrument's notes.
#[derive(Debug, Clone, PartialEq)]
pub struct Part {
    /// What plays.
    pub instrument: Instrument,
    /// Loudness, linear.
    pub gain: f64,
    /// Place from -1 (left) to 1 (right).
    pub pan: f64,
    /// How much of it goes into the room, 0 to 1.
    pub wet: f64,
    /// The notes.
    pub melody: Melody,
}

/// Parts at a tempo.
#[derive(Debug, Clone, PartialEq)]
pub struct Piece {
    /// Beats per minute.
    pub bpm: f64,
    /// Seconds that the last notes ring after the last beat.
    pub tail_s: f64,
    /// The parts.
    pub parts: Vec<Part>,
}

impl Piece {
    /// Renders the piece. Its peak is at -1.5 dBFS.
    #[must_use]
    pub fn render(&self, seed: u64) -> [Vec<f32>; 2] {
        let beat = 60.0 / self.bpm * RATE_HZ;
        let length = self.parts.iter().map(|p| p.melody.length_beats()).fold(0.0, f64::max) * beat;
        let frames = (length + self.tail_s * RATE_HZ) as usize;
        let mut dry = [vec![0f32; frames], vec![0f32; frames]];
        let mut send = vec![0f32; frames];
        let mut random = fastrand::Rng::with_seed(seed);
        for part in &self.parts {
            let angle = (part.pan + 1.0) * std::f64::consts::FRAC_PI_4;
            let gains = [angle.cos() * part.gain, angle.sin() * part.gain];
            for note in &part.melody.notes {
                let start = (note.start_beats * beat) as usize;
                let sound = part.instrument.play(note, beat / RATE_HZ, &mut random);
                for (i, x) in sound.iter().enumerate().take(frames.saturating_sub(start)) {
                    dry[0][start + i] += (f64::from(*x) * gains[0]) as f32;
                    dry[1][start + i] += (f64::from(*x) * gains[1]) as f32;
                    send[start + i] += (f64::from(*x) * part.gain * part.wet) as f32;
                }
            }
        }
        let mut room = Room::new();
        let [left, right] = &mut dry;
        for i in 0..frames {
            let [l, r] = room.next(send[i]);
            left[i] += l;
            right[i] += r;
        }
        finish(&mut dry);
        dry
    }
}

/// Brings the peak to -1.5 dBFS and fades the last half second out.
fn finish(planes: &mut [Vec<f32>; 2]) {
    let peak = planes.iter().flatten().fold(1e-9f32, |a, x| a.max(x.abs()));
    let gain = 0.84 / peak;
    let fade = (0.5 * RATE_HZ) as usize;
    for plane in planes {
        let n = plane.len();
        for (i, x) in plane.iter_mut().enumerate() {
            *x *= gain * ((n - i) as f32 / fade as f32).min(1.0);
        }
    }
}
