//! The same notes with the project's own instruments.

use super::score::{DRUMS, Note, Score};
use compose::{Instrument, Part, Piece, RATE_HZ};
use music::Melody;

/// The instrument of ours that is nearest to one of General MIDI.
fn instrument(note: &Note, program: u8) -> Instrument {
    if note.channel == DRUMS {
        return match note.key {
            35 | 36 | 41 => Instrument::Kick,
            37..=40 => Instrument::Snare,
            42 | 44 | 46 => Instrument::Hat,
            _ => Instrument::Tabla,
        };
    }
    match program {
        0..=15 => Instrument::Piano,
        24..=31 | 45..=47 => Instrument::Guitar,
        32..=39 => Instrument::Bass,
        56..=79 => Instrument::Flute,
        104..=111 => Instrument::Sitar,
        _ => Instrument::Strings,
    }
}

/// Renders a score at [`rate_hz`].
pub fn render(score: &Score, seed: u64) -> [Vec<f32>; 2] {
    let mut parts: Vec<Part> = Vec::new();
    let mut names: Vec<(u8, Instrument)> = Vec::new();
    for note in &score.notes {
        let instrument = instrument(note, score.programs[usize::from(note.channel)]);
        let part = names.iter().position(|n| *n == (note.channel, instrument)).unwrap_or_else(|| {
            let pan = [0.0, -0.4, 0.4, -0.2, 0.2][names.len() % 5];
            names.push((note.channel, instrument));
            let gain = if matches!(instrument, Instrument::Strings | Instrument::Hat) { 0.5 } else { 1.0 };
            parts.push(Part { instrument, gain, pan, wet: 0.15, melody: Melody { notes: Vec::new() } });
            names.len() - 1
        });
        parts[part].melody.notes.push(music::Note {
            // At 60 beats a minute a beat is a second.
            start_beats: note.start_s,
            length_beats: note.length_s,
            pitch: f64::from(note.key) + score.cents / 100.0,
            velocity: f64::from(note.velocity) / 127.0,
            slide_from: None,
        });
    }
    let mut sound = Piece { bpm: 60.0, tail_s: 2.0, parts }.render(seed);
    let frames = (score.length_s * RATE_HZ) as usize;
    sound.iter_mut().for_each(|channel| channel.resize(frames, 0.0));
    sound
}

/// Its sample rate in Hz.
pub fn rate_hz() -> u32 {
    RATE_HZ as u32
}
