//! Standard MIDI files as scores.

use super::score::Score;
use anyhow::Result;
use midly::{MetaMessage, MidiMessage, Smf, Timing, TrackEventKind};
use std::collections::HashMap;

/// The notes of a MIDI file in seconds, its tracks in order on channels 0, 1, 2 with the programs given.
pub fn read(bytes: &[u8], programs: [u8; 3]) -> Result<Score> {
    let smf = Smf::parse(bytes)?;
    let Timing::Metrical(per_beat) = smf.header.timing else { anyhow::bail!("a MIDI file in frames of film") };
    let per_beat = f64::from(per_beat.as_int());
    let mut tempi: Vec<(u64, f64)> = Vec::new();
    for track in &smf.tracks {
        let mut tick = 0u64;
        for event in track {
            tick += u64::from(event.delta.as_int());
            if let TrackEventKind::Meta(MetaMessage::Tempo(us)) = event.kind {
                tempi.push((tick, f64::from(us.as_int()) / 1e6));
            }
        }
    }
    tempi.sort_by_key(|t| t.0);
    let seconds = |tick: u64| {
        let (mut at_s, mut from, mut beat_s) = (0.0, 0u64, 0.5);
        for &(t, b) in tempi.iter().take_while(|t| t.0 <= tick) {
            at_s += (t - from) as f64 / per_beat * beat_s;
            (from, beat_s) = (t, b);
        }
        at_s + (tick - from) as f64 / per_beat * beat_s
    };
    let mut score = Score::default();
    score.programs[..3].copy_from_slice(&programs);
    let tracks =
        smf.tracks.iter().filter(|t| t.iter().any(|e| matches!(e.kind, TrackEventKind::Midi { message: MidiMessage::NoteOn { .. }, .. })));
    for (channel, track) in tracks.enumerate().take(3) {
        let mut tick = 0u64;
        let mut open: HashMap<u8, (u64, u8)> = HashMap::new();
        for event in track {
            tick += u64::from(event.delta.as_int());
            let TrackEventKind::Midi { message, .. } = event.kind else { continue };
            let (key, velocity) = match message {
                MidiMessage::NoteOn { key, vel } => (key.as_int(), vel.as_int()),
                MidiMessage::NoteOff { key, .. } => (key.as_int(), 0),
                _ => continue,
            };
            if let Some((start, loud)) = open.remove(&key) {
                let (from, to) = (seconds(start), seconds(tick));
                score.push(channel as u8, key.into(), from, to - from, loud);
            }
            if velocity > 0 {
                open.insert(key, (tick, velocity));
            }
        }
    }
    Ok(score)
}
