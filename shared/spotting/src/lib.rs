//! Where music goes: fitting a track to a place in a project.
//!
//! One idea: all that the catalogue knows of a track and all that the project is (tempo, place) become one self-contained cue, together
//! with what was decided and why. Useful for: making cues. Not useful for: playing them (`cue`) or finding tracks (`catalogue`).

use cue::{Cue, ENGINE, PackedTimes, Place, Source, Timing, WhyUnstretched};
use music::{BeatGrid, TempoFit, TempoOctave, fit_tempo};
use std::path::PathBuf;
use track::{Loudness, Track};

/// Loudness that auditioned music is brought to: the programme loudness of EBU R 128.
pub const REFERENCE_LUFS: f64 = -23.0;
/// No gain takes a true peak above this.
pub const CEILING_DBTP: f64 = -1.0;

/// From this confidence on, bars are more than a guess: one in seven of another reading.
const SURE_OF_BARS: f64 = 0.15;

/// How a track is to be fitted.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Wish {
    /// Tempo of the project, in beats per minute.
    pub project_bpm: f64,
    /// The reading of the track's tempo that somebody asked for. Without one, or where it would be stretched beyond what sounds good,
    /// the one that needs the least stretching.
    pub octave: Option<TempoOctave>,
    /// Whether to leave its pace alone.
    pub own_pace: bool,
    /// Where on the timeline; `None` for an audition.
    pub place: Option<Place>,
}

/// A cue and how it came about.
#[derive(Debug, Clone, PartialEq)]
pub struct Fitted {
    /// The recipe.
    pub cue: Cue,
    /// How the tempi were brought together, when the track has one.
    pub tempo: Option<TempoFit>,
    /// Whether the downbeat that goes on the bar line was measured, or is the first beat for want of better.
    pub downbeat_known: bool,
}

/// Fits a track to a project, to be played from the file at `path`.
#[must_use]
pub fn fit(track: &Track, path: PathBuf, wish: &Wish) -> Fitted {
    let tempo = track.analysis.tempo_bpm.as_ref().map(|t| {
        let asked = fit_tempo(t.value, wish.project_bpm, wish.octave);
        if asked.is_usable() { asked } else { fit_tempo(t.value, wish.project_bpm, None) }
    });
    let grid = track.analysis.beats.as_ref().map(|b| &b.value);
    // Where bars are a guess the first beat is as good as any, and nothing sounds before it.
    let is_sure = track.analysis.beats.as_ref().is_some_and(|b| b.confidence.is_none_or(|c| c >= SURE_OF_BARS));
    let downbeat = grid.and_then(BeatGrid::first_downbeat).filter(|_| is_sure);
    let downbeat_known = downbeat.is_some();
    let timing = match (tempo, grid, track.analysis.tempo_bpm.as_ref()) {
        _ if wish.own_pace => Timing::Unstretched(WhyUnstretched::Wish),
        (Some(fit), Some(grid), Some(bpm)) => Timing::Locked {
            octave: fit.octave,
            bpm: bpm.value,
            beats: PackedTimes::pack(grid.beats_s()),
            downbeat: downbeat.unwrap_or(0),
            onsets: PackedTimes::pack(&track.analysis.onsets_s.value),
        },
        _ => Timing::Unstretched(WhyUnstretched::NoPulse),
    };
    let cue = Cue {
        engine: ENGINE.to_owned(),
        source: Source {
            content_id: track.content_id.clone(),
            path,
            name: track.name(),
            rate_hz: track.sample_rate_hz,
            frames: track.frames,
        },
        timing,
        loudness_gain_db: track.analysis.loudness.as_ref().map(|l| loudness_gain_db(&l.value)),
        place: wish.place,
    };
    Fitted { cue, tempo, downbeat_known }
}

/// Gain in dB that brings a track to the reference, or as near as its true peak allows.
#[must_use]
pub fn loudness_gain_db(loudness: &Loudness) -> f64 {
    (REFERENCE_LUFS - loudness.integrated_lufs).min(CEILING_DBTP - loudness.true_peak_dbtp)
}

#[cfg(test)]
mod tests {
    use super::*;
    use track::{Analysis, ContentId, Edits, Tags, Value};

    fn track(bpm: Option<f64>) -> Track {
        let beats = |bpm: f64| BeatGrid::new((0..600).map(|k| f64::from(k) * 60.0 / bpm).collect(), Some(2)).unwrap();
        Track {
            content_id: ContentId("ab".into()),
            paths: vec![],
            codec: "flac".into(),
            sample_rate_hz: 48_000,
            channels: 2,
            frames: 48_000 * 300,
            tags: Tags::default(),
            analysis: Analysis {
                loudness: Some(Value::measured(Loudness { integrated_lufs: -14.0, range_lu: Some(5.0), true_peak_dbtp: -0.2 }, "t", None)),
                tempo_bpm: bpm.map(|b| Value::measured(b, "t", Some(0.9))),
                beats: bpm.map(|b| Value::measured(beats(b), "t", Some(0.9))),
                onsets_s: Value::measured((0..1500).map(|i| f64::from(i) * 0.2 + 0.0131).collect(), "t", None),
                ..Analysis::nothing()
            },
            edits: Edits::default(),
            affect: None,
            mood: None,
        }
    }

    fn wish(project_bpm: f64) -> Wish {
        Wish { project_bpm, octave: None, own_pace: false, place: Some(Place { at_beats: 8.0, at_s: 4.0 }) }
    }

    #[test]
    fn a_cue_of_five_minutes_with_all_its_anchors_is_under_16_kb() {
        let fitted = fit(&track(Some(120.0)), "/music/a long enough path/to a file.flac".into(), &wish(100.0));
        let json = serde_json::to_string(&fitted.cue).unwrap();
        assert!(json.len() <= 16 << 10, "{} bytes", json.len());
        assert_eq!(serde_json::from_str::<Cue>(&json).unwrap(), fitted.cue);
    }

    #[test]
    fn what_cannot_be_stretched_plays_unstretched_and_says_why() {
        let cue = |bpm, project| fit(&track(bpm), "x".into(), &wish(project)).cue;
        let timing = |bpm, project| cue(bpm, project).timing;
        let fast = cue(Some(60.0), 290.0);
        assert!(fast.why_unstretched(290.0).is_some_and(|w| w.contains("more than twice")), "{:?}", fast.why_unstretched(290.0));
        assert_eq!(fast.why_unstretched(200.0), None, "and within reach again it is locked");
        assert_eq!(timing(None, 100.0), Timing::Unstretched(WhyUnstretched::NoPulse));
        assert!(matches!(timing(Some(60.0), 125.0), Timing::Locked { octave: TempoOctave::Double, .. }));
        let forced = Wish { octave: Some(TempoOctave::Half), ..wish(190.0) };
        let timing = fit(&track(Some(120.0)), "x".into(), &forced).cue.timing;
        assert!(matches!(timing, Timing::Locked { octave: TempoOctave::Double, .. }), "a wish that cannot be met gives way");
    }

    #[test]
    fn loudness_never_pushes_a_peak_over_the_ceiling() {
        let gain = |integrated_lufs, true_peak_dbtp| loudness_gain_db(&Loudness { integrated_lufs, range_lu: None, true_peak_dbtp });
        assert!((gain(-14.0, -0.2) - -9.0).abs() < 1e-9);
        assert!((gain(-40.0, -6.0) - 5.0).abs() < 1e-9);
    }
}
