//! A cue made ready for the audio thread.

use crate::chunks::ChunkTable;
use crate::clock::Position;
use crate::deck::Deck;
use crate::recipe::{Cue, Place, Timing, is_in_reach};
use music::{BeatGrid, TempoOctave};
use retime::TimeMap;

/// How the program follows the clock.
#[derive(Debug)]
enum Follow {
    /// By the beats, where their tempo can be reached; else by the seconds.
    Beats {
        map: TimeMap,
        downbeat_beats: f64,
        octave: TempoOctave,
        bpm: f64,
    },
    Seconds,
}

/// A cue with everything worked out that the audio thread needs. Built on a worker's thread, dropped there again.
pub struct Program {
    /// Which program this is, for messages about it.
    pub(crate) id: u64,
    follow: Follow,
    pub(crate) place: Option<Place>,
    pub(crate) rate_hz: f64,
    pub(crate) frames: u64,
    /// Gain that brings it to the reference loudness, linear.
    pub(crate) loudness_gain: f32,
    pub(crate) table: ChunkTable,
    /// Decks that nobody has used yet; each is used once. Boxed, because they travel through queues one by one.
    #[allow(clippy::vec_box)]
    pub(crate) decks: Vec<Box<Deck>>,
}

/// Two days at 48 kHz: more than any file, and a table of 8 MB.
const MAX_FRAMES: u64 = 1 << 33;
/// No recording needs more to come to the reference loudness: silence is at -70 LUFS.
const MAX_GAIN_DB: f64 = 80.0;
/// How many unused decks a program holds at most.
pub(crate) const SPARE_DECKS: usize = 4;

impl Program {
    /// Works a cue out. `None` when it is damaged: it comes out of a project file, which may hold anything.
    pub(crate) fn new(id: u64, cue: &Cue) -> Option<Self> {
        let gain_db = cue.loudness_gain_db.unwrap_or(0.0);
        let place_is_sane = cue.place.is_none_or(|p| p.at_beats.is_finite() && p.at_s.is_finite());
        if cue.source.frames > MAX_FRAMES || cue.source.rate_hz == 0 || gain_db.is_nan() || gain_db.abs() > MAX_GAIN_DB || !place_is_sane {
            return None;
        }
        let rate_hz = f64::from(cue.source.rate_hz);
        let follow = match &cue.timing {
            Timing::Unstretched(_) => Follow::Seconds,
            Timing::Locked { octave, bpm, beats, downbeat, onsets } => {
                let grid = BeatGrid::new(beats.unpack()?, Some(*downbeat))?;
                let map = TimeMap::new(&grid, *octave, &onsets.unpack()?, cue.source.frames as f64 / rate_hz);
                Follow::Beats { map, downbeat_beats: *downbeat as f64 * octave.factor(), octave: *octave, bpm: *bpm }
            }
        };
        Some(Self {
            id,
            follow,
            place: cue.place,
            rate_hz,
            frames: cue.source.frames,
            loudness_gain: 10f64.powf(gain_db / 20.0) as f32,
            table: ChunkTable::new(cue.source.frames),
            decks: Vec::with_capacity(SPARE_DECKS),
        })
    }

    /// Whether it needs a stretching engine (and not only a change of rate).
    pub(crate) fn stretches(&self) -> bool {
        matches!(self.follow, Follow::Beats { .. })
    }

    /// Whether it follows the beats of a host at this tempo, and not the seconds.
    pub(crate) fn is_locked_at(&self, project_bpm: f64) -> bool {
        matches!(&self.follow, Follow::Beats { octave, bpm, .. } if is_in_reach(*octave, *bpm, project_bpm))
    }

    /// The frame of the source that sounds at a position.
    pub(crate) fn source_frame(&self, at: Position, place: Place) -> f64 {
        match &self.follow {
            Follow::Beats { map, downbeat_beats, .. } if self.is_locked_at(at.bpm) => {
                map.source_s(at.beats - place.at_beats + downbeat_beats, at.s_per_beat()) * self.rate_hz
            }
            _ => (at.seconds - place.at_s) * self.rate_hz,
        }
    }

    /// Where on the host's timeline its first sample sounds: in beats or in seconds, whichever it follows; the other is only as
    /// good as the tempo of `now` is everywhere.
    pub(crate) fn start(&self, place: Place, now: Position) -> Position {
        match &self.follow {
            Follow::Beats { map, downbeat_beats, .. } if self.is_locked_at(now.bpm) => {
                let beats = place.at_beats + map.first_beat() - downbeat_beats;
                Position { beats, seconds: now.seconds + (beats - now.beats) * now.s_per_beat(), bpm: now.bpm }
            }
            _ => Position { beats: now.beats + (place.at_s - now.seconds) / now.s_per_beat(), seconds: place.at_s, bpm: now.bpm },
        }
    }
}
