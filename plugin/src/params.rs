//! What the host can automate, and what is stored with the project.

use crate::view::Filters;
use cue::Cue;
use music::TempoOctave;
use nice_plug::params::persist::PersistentField;
use nice_plug::prelude::*;
use parking_lot::RwLock;
use serde::{Deserialize, Serialize};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use track::UsageCode;

/// Parameters and persisted state. Ids never change.
#[derive(Params)]
pub struct UnderscoreParams {
    /// Gain of the music.
    #[id = "gain"]
    pub gain: FloatParam,
    /// Transposition of the music in semitones.
    #[id = "trans"]
    pub transpose: IntParam,
    /// Whether music is brought to the reference loudness.
    #[id = "match"]
    pub match_loudness: BoolParam,
    /// Goes up whenever persisted state changes, because a host notices only parameters.
    #[id = "rev"]
    pub revision: IntParam,
    /// What is stored with the project.
    #[persist = "state"]
    pub state: StateCell,
}

/// The persisted state, which tells when somebody else (the host, on loading a project) has changed it.
#[derive(Default)]
pub struct StateCell {
    value: RwLock<Persisted>,
    is_news: AtomicBool,
}

impl StateCell {
    /// Whether the host has loaded something that [`Self::read_news`] has not been asked for. For any thread.
    pub fn is_news(&self) -> bool {
        self.is_news.load(Ordering::Acquire)
    }

    /// The state as it is now, no longer news. Not for the audio thread.
    pub fn read_news(&self) -> Persisted {
        self.is_news.store(false, Ordering::Release);
        self.value.read().clone()
    }

    /// The state as it is now. Not for the audio thread.
    pub fn read(&self) -> Persisted {
        self.value.read().clone()
    }

    /// Changes the state from within. Not for the audio thread.
    pub fn change(&self, change: impl FnOnce(&mut Persisted)) {
        change(&mut self.value.write());
    }
}

impl<'a> PersistentField<'a, Persisted> for StateCell {
    fn set(&self, value: Persisted) {
        *self.value.write() = value;
        self.is_news.store(true, Ordering::Release);
    }

    fn map<F, R>(&self, f: F) -> R
    where
        F: Fn(&Persisted) -> R,
    {
        f(&self.value.read())
    }
}

/// What is stored with the project, besides parameters. Small: a recipe, never audio.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Persisted {
    /// The point on the plane that is searched from.
    pub target: [f64; 2],
    /// The words that are searched for.
    pub words: String,
    /// The chosen music, if any.
    pub cue: Option<Cue>,
    /// The reading of its tempo that somebody chose over the nearest one.
    pub octave: Option<TempoOctave>,
    /// Whether the beats of the cue were put right by hand, so that the catalogue's do not take their place.
    pub beats_by_hand: bool,
    /// What else a track must say or be cleared for.
    pub filters: Filters,
    /// The production that the DAW project is for, as the user calls it: what is placed is noted under it.
    pub project: String,
    /// The scene.
    pub scene: String,
    /// What the music is there.
    pub usage_code: UsageCode,
    /// Under which id the use of what is placed was noted.
    pub usage_id: Option<String>,
    /// Size of the editor in logical pixels.
    pub editor_size: Option<[f32; 2]>,
}

impl Default for Persisted {
    fn default() -> Self {
        Self {
            target: [0.4, -0.3],
            words: String::new(),
            cue: None,
            octave: None,
            beats_by_hand: false,
            filters: Filters::default(),
            project: String::new(),
            scene: String::new(),
            usage_code: UsageCode::default(),
            usage_id: None,
            editor_size: None,
        }
    }
}

/// The hidden revision counts up to here and starts again.
const REVISIONS: i32 = 1 << 20;

impl Default for UnderscoreParams {
    fn default() -> Self {
        Self {
            gain: FloatParam::new(
                "Gain",
                1.0,
                FloatRange::Skewed {
                    min: util::db_to_gain(-60.0),
                    max: util::db_to_gain(12.0),
                    factor: FloatRange::gain_skew_factor(-60.0, 12.0),
                },
            )
            .with_smoother(SmoothingStyle::Logarithmic(20.0))
            .with_unit(" dB")
            .with_value_to_string(formatters::v2s_f32_gain_to_db(1))
            .with_string_to_value(formatters::s2v_f32_gain_to_db()),
            transpose: IntParam::new("Transpose", 0, IntRange::Linear { min: -12, max: 12 }).with_unit(" st"),
            match_loudness: BoolParam::new("Match loudness", true),
            revision: IntParam::new("Revision", 0, IntRange::Linear { min: 0, max: REVISIONS }).hide(),
            state: StateCell::default(),
        }
    }
}

impl UnderscoreParams {
    /// The next value of the hidden revision.
    #[must_use]
    pub fn next_revision(&self) -> i32 {
        static COUNT: AtomicU32 = AtomicU32::new(1);
        // Counted here as well, because a value that was just set may not be readable yet.
        let step = COUNT.fetch_add(1, Ordering::Relaxed) as i32;
        (self.revision.value() + step) % REVISIONS
    }
}
