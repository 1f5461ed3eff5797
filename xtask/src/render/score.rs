//! Music as notes in seconds, and its sound through a soundfont.
//!
//! One idea: the notes are the truth. Whatever they are rendered with, their times, keys and tuning are known.

use anyhow::{Context, Result};
use rustysynth::{SoundFont, Synthesizer, SynthesizerSettings};
use std::fs::File;
use std::path::Path;
use std::sync::Arc;

/// Sample rate of all that is rendered, in Hz.
pub const RATE_HZ: u32 = 44_100;
/// The channel of drums in General MIDI.
pub const DRUMS: u8 = 9;
/// General MIDI programs whose notes begin at once: pianos, mallets, guitars, plucked basses, harp, plucked folk instruments.
const STRUCK: [std::ops::RangeInclusive<u8>; 5] = [0..=15, 24..=39, 45..=47, 104..=108, 112..=117];

/// Whether a General MIDI program's notes begin at once and fade by themselves.
pub fn is_struck(program: u8) -> bool {
    STRUCK.iter().any(|s| s.contains(&program))
}

/// A note.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Note {
    /// Where it begins.
    pub start_s: f64,
    /// How long it is held.
    pub length_s: f64,
    /// MIDI key.
    pub key: u8,
    /// MIDI velocity.
    pub velocity: u8,
    /// MIDI channel.
    pub channel: u8,
}

/// Notes, the instruments that play them, and their tuning.
#[derive(Debug, Clone)]
pub struct Score {
    /// In any order.
    pub notes: Vec<Note>,
    /// General MIDI program of each channel.
    pub programs: [u8; 16],
    /// All of it is this far from A = 440 Hz.
    pub cents: f64,
    /// How long it sounds.
    pub length_s: f64,
}

impl Default for Score {
    fn default() -> Self {
        Self { notes: Vec::new(), programs: [0; 16], cents: 0.0, length_s: 40.0 }
    }
}

impl Score {
    /// Adds a note.
    pub fn push(&mut self, channel: u8, key: i32, start_s: f64, length_s: f64, velocity: u8) {
        if (0..128).contains(&key) && start_s >= 0.0 {
            self.notes.push(Note { start_s, length_s, key: key as u8, velocity, channel });
        }
    }

    /// What begins between two moments, moved to the front.
    pub fn cut(&self, from_s: f64, to_s: f64) -> Self {
        let notes = self.notes.iter().filter(|n| (from_s - 1e-3..to_s).contains(&n.start_s));
        let notes = notes.map(|n| Note { start_s: (n.start_s - from_s).max(0.0), length_s: n.length_s.min(to_s - n.start_s), ..*n });
        Self { notes: notes.collect(), ..*self }
    }

    /// Where notes begin, one moment for those that begin together; `None` where an instrument swells, so that nobody could say when.
    pub fn onsets_s(&self) -> Option<Vec<f64>> {
        if !self.notes.iter().all(|n| n.channel == DRUMS || is_struck(self.programs[usize::from(n.channel)])) {
            return None;
        }
        let mut times: Vec<f64> = self.notes.iter().map(|n| n.start_s).collect();
        times.sort_unstable_by(f64::total_cmp);
        times.dedup_by(|b, a| *b - *a < 0.03);
        Some(times)
    }

    /// Renders it, left and right.
    pub fn render(&self, font: &Arc<SoundFont>) -> Result<[Vec<f32>; 2]> {
        let mut settings = SynthesizerSettings::new(RATE_HZ as i32);
        settings.enable_reverb_and_chorus = false;
        let mut synth = Synthesizer::new(font, &settings).context("the soundfont cannot be played")?;
        for channel in 0..16u8 {
            synth.process_midi_message(channel.into(), 0xC0, self.programs[usize::from(channel)].into(), 0);
            if channel != DRUMS {
                // A bend of 8192 is two semitones.
                let bend = (8192.0 + self.cents / 200.0 * 8192.0).round().clamp(0.0, 16_383.0) as i32;
                synth.process_midi_message(channel.into(), 0xE0, bend & 127, bend >> 7);
            }
        }
        let frame = |s: f64| (s * f64::from(RATE_HZ)).round() as usize;
        let mut events: Vec<(usize, bool, Note)> = Vec::new();
        for n in &self.notes {
            events.push((frame(n.start_s), true, *n));
            events.push((frame(n.start_s + n.length_s.max(0.03)), false, *n));
        }
        // Of what happens at once, ends come first: a note that is struck again is not cut.
        events.sort_by_key(|e| (e.0, e.1));
        let total = frame(self.length_s);
        let (mut left, mut right) = (vec![0f32; total], vec![0f32; total]);
        let mut at = 0;
        for (when, on, note) in events.into_iter().take_while(|e| e.0 < total) {
            synth.render(&mut left[at..when], &mut right[at..when]);
            at = when;
            let (channel, key) = (note.channel.into(), note.key.into());
            if on { synth.note_on(channel, key, note.velocity.into()) } else { synth.note_off(channel, key) }
        }
        synth.render(&mut left[at..], &mut right[at..]);
        let peak = left.iter().chain(&right).fold(0f32, |p, x| p.max(x.abs()));
        let gain = if peak > 0.0 { 0.7 / peak } else { 1.0 };
        left.iter_mut().chain(&mut right).for_each(|x| *x *= gain);
        Ok([left, right])
    }
}

/// Reads a soundfont; `None`, and a word about it, where there is none.
pub fn soundfont(path: &Path) -> Result<Option<Arc<SoundFont>>> {
    let Ok(mut file) = File::open(path) else {
        eprintln!("{}: not there (Debian: fluid-soundfont-gm); our own instruments play everything", path.display());
        return Ok(None);
    };
    Ok(Some(Arc::new(SoundFont::new(&mut file).with_context(|| path.display().to_string())?)))
}
