//! What the editor shows, as plain data, and what it may ask for.

use affect::Affect;
use catalogue::{Counted, FacetFilter, Match};
use cue::{Cue, Place, Timing};
use music::{Key, TempoOctave};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use track::rights::Standing;
use track::{ContentId, Field, Peaks, Track, UsageCode};

/// The catalogue as the editor knows it.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Library {
    /// Not looked at yet.
    #[default]
    Opening,
    /// There is none: why, and what to do.
    Absent(String),
    /// There is one, but it cannot be read: why.
    Unreadable(String),
    /// Open, with that many tracks.
    Ready(usize),
}

/// Everything that is shown.
#[derive(Debug, Clone, Default)]
pub struct Model {
    /// The catalogue.
    pub library: Library,
    /// Every track on the plane.
    pub dots: Arc<Vec<Affect>>,
    /// What the search found.
    pub rows: Arc<Vec<Row>>,
    /// Whether tracks were measured by different versions, whose values do not quite compare.
    pub is_mixed: bool,
    /// Why the words could not be searched for.
    pub search_error: Option<String>,
    /// Something that went wrong.
    pub message: Option<String>,
    /// The chosen track.
    pub chosen: Option<Chosen>,
    /// Whether it is being auditioned.
    pub auditioning: bool,
    /// The point that is searched from.
    pub target: [f64; 2],
    /// The words that are searched for.
    pub words: String,
    /// What else a track must say or be cleared for.
    pub filters: Filters,
    /// What the tracks that were found say, with how many say so; of a facet that is filtered by, what would be found without that.
    pub facets: Arc<Vec<Counted>>,
    /// What the production is called, and what the music is in it.
    pub project: Production,
}

/// What a track must say, and what it must be cleared for.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Filters {
    /// For each facet what a track must say, one of several.
    pub facets: Vec<FacetFilter>,
    /// Media and territories, like `broadcast, DE`; today is asked of them. Empty for no matter what.
    pub cleared_for: String,
}

impl Filters {
    /// Whether a value is among those that are let through.
    #[must_use]
    pub fn has(&self, field: Field, value: &str) -> bool {
        self.facets.iter().any(|f| f.field == field && f.any_of.iter().any(|v| v == value))
    }

    /// With a value put in, or taken out where it was in.
    #[must_use]
    pub fn toggled(&self, field: Field, value: &str) -> Self {
        let mut filters = self.clone();
        match filters.facets.iter_mut().find(|f| f.field == field) {
            Some(f) if f.any_of.iter().any(|v| v == value) => f.any_of.retain(|v| v != value),
            Some(f) => f.any_of.push(value.to_owned()),
            None => filters.facets.push(FacetFilter { field, any_of: vec![value.to_owned()], is_not: false }),
        }
        filters.facets.retain(|f| !f.any_of.is_empty());
        filters
    }

    /// Without what is asked of a facet.
    #[must_use]
    pub fn without(&self, field: Field) -> Self {
        let mut filters = self.clone();
        filters.facets.retain(|f| f.field != field);
        filters
    }
}

/// What the production is called, and what the music is in it: what is placed is noted in the catalogue so, for its cue sheet.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Production {
    /// The production.
    pub name: String,
    /// The scene.
    pub scene: String,
    /// What the music is there.
    pub code: UsageCode,
}

/// One result.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// The track.
    pub content_id: ContentId,
    /// Its title.
    pub title: String,
    /// Its mood.
    pub affect: Option<Affect>,
    /// Its tempo.
    pub tempo_bpm: Option<f64>,
    /// Its key.
    pub key: Option<Key>,
    /// Its length.
    pub duration_s: f64,
    /// Its loudness.
    pub lufs: Option<f64>,
    /// Why it is here.
    pub why: String,
    /// Whether a file of it is there.
    pub is_there: bool,
    /// How its rights stand today; `None` where the catalogue knows of no rights at all.
    pub rights: Option<Standing>,
}

impl Row {
    pub(crate) fn new(m: Match, are_rights_known: bool) -> Self {
        Self {
            rights: are_rights_known.then_some(m.standing),
            why: if m.track.may_be_no_music() { format!("may be no music; {}", m.why()) } else { m.why() },
            content_id: m.track.content_id,
            title: m.track.title,
            affect: m.track.affect,
            tempo_bpm: m.track.tempo_bpm,
            key: m.track.key,
            duration_s: m.track.duration_s,
            lufs: m.track.lufs,
            is_there: m.track.path.is_some(),
        }
    }
}

/// The chosen track.
#[derive(Debug, Clone)]
pub struct Chosen {
    /// Which it is.
    pub content_id: ContentId,
    /// Its name.
    pub name: String,
    /// Its mood, where known.
    pub affect: Option<Affect>,
    /// Frames per second of the source.
    pub rate_hz: u32,
    /// Its length.
    pub duration_s: f64,
    /// Its key, where known.
    pub key: Option<Key>,
    /// How it follows the project, in words.
    pub timing: String,
    /// The reading of its tempo, when it is locked.
    pub octave: Option<TempoOctave>,
    /// The readings half and twice as fast, where they can be had without stretching too far.
    pub slower: Option<TempoOctave>,
    /// See `slower`.
    pub faster: Option<TempoOctave>,
    /// Whether it has a tempo at all.
    pub has_tempo: bool,
    /// Another track that sits on the timeline meanwhile, in words.
    pub stays: Option<String>,
    /// Its outline, where the catalogue has it.
    pub peaks: Option<Arc<Peaks>>,
    /// Its beats in seconds.
    pub beats_s: Arc<Vec<f64>>,
    /// The beat that goes on the bar line.
    pub downbeat: usize,
    /// Beats in a bar, as far as is known.
    pub beats_per_bar: usize,
    /// Whether its beats were put right by hand.
    pub by_hand: bool,
    /// Where it sits on the timeline.
    pub place: Option<Place>,
    /// Whether its file is there and is the right one.
    pub is_playable: bool,
}

impl Chosen {
    pub(crate) fn new(cue: &Cue, track: Option<&Track>, project_bpm: f64, is_playable: bool) -> Self {
        let measured = || track.and_then(|t| t.analysis.tempo_bpm.as_ref()).map(|t| t.value);
        let usable = |bpm: f64| move |o: &TempoOctave| music::fit_tempo(bpm, project_bpm, Some(*o)).is_usable();
        let (slower, faster, has_tempo) = match &cue.timing {
            Timing::Locked { octave, bpm, .. } => (octave.halved().filter(usable(*bpm)), octave.doubled().filter(usable(*bpm)), true),
            Timing::Unstretched(_) => (None, None, measured().is_some()),
        };
        let (how, octave, beats_s, downbeat) = match &cue.timing {
            Timing::Locked { octave, bpm, beats, downbeat, .. } => {
                let read = bpm * octave.factor();
                let how = match octave {
                    TempoOctave::Same => String::new(),
                    TempoOctave::Half => format!(" (from {bpm:.1}, halved)"),
                    TempoOctave::Double => format!(" (from {bpm:.1}, doubled)"),
                };
                let text = format!("{read:.1}{how} to {project_bpm:.1} BPM, stretched x{:.2}", read / project_bpm);
                (text, Some(*octave), beats.unpack().unwrap_or_default(), *downbeat)
            }
            Timing::Unstretched(_) => (String::new(), None, Vec::new(), 0),
        };
        let (timing, octave) = match cue.why_unstretched(project_bpm) {
            Some(why) => (why.to_owned(), None),
            None => (how, octave),
        };
        Self {
            content_id: cue.source.content_id.clone(),
            name: cue.source.name.clone(),
            affect: track.and_then(|t| t.affect.as_ref()).map(|a| a.value.at),
            rate_hz: cue.source.rate_hz,
            duration_s: cue.source.frames as f64 / f64::from(cue.source.rate_hz.max(1)),
            key: track.and_then(|t| t.analysis.key.as_ref()).map(|k| k.value),
            timing,
            octave,
            slower,
            faster,
            has_tempo,
            stays: None,
            peaks: track.map(|t| Arc::new(t.analysis.peaks.value.clone())),
            beats_s: Arc::new(beats_s),
            downbeat,
            beats_per_bar: track.and_then(|t| t.analysis.metre.as_ref()).map_or(4, |m| usize::from(m.value.beats)),
            by_hand: false,
            place: cue.place,
            is_playable,
        }
    }
}

/// The parameters that the editor shows.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Controls {
    /// Gain in dB.
    pub gain_db: f32,
    /// Transposition in semitones.
    pub transpose: i32,
    /// Whether loudness is matched.
    pub match_loudness: bool,
}

/// How beats are put right.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Correction {
    /// A beat was tapped at this moment of the recording, in seconds.
    Tap(f64),
    /// Move all beats later by so many seconds, or earlier.
    Nudge(f64),
    /// Let bars begin so many beats later, or earlier.
    ShiftBar(isize),
    /// Take the measured beats again.
    Measured,
}

/// What the user wants.
#[derive(Debug, Clone, PartialEq)]
pub enum Intent {
    /// Search from this point: valence, arousal.
    Target([f64; 2]),
    /// Search for these words.
    Words(String),
    /// Let only such tracks through.
    Filter(Filters),
    /// The production is called so, and the music is that in it.
    Project(Production),
    /// Choose this track and play it.
    Choose(ContentId),
    /// Play the chosen track.
    Play,
    /// Stop the audition.
    Stop,
    /// Put the chosen track on the timeline, at the next bar line.
    Place,
    /// Take it off the timeline.
    Unplace,
    /// Show the track that is on the timeline again, instead of the one that is only tried.
    ShowPlaced,
    /// Read its tempo so.
    Octave(TempoOctave),
    /// Put the beats of this track right.
    Correct(ContentId, Correction),
    /// Set the gain, in dB.
    Gain(f32),
    /// Set the transposition, in semitones.
    Transpose(i32),
    /// Switch the loudness match.
    MatchLoudness(bool),
}
