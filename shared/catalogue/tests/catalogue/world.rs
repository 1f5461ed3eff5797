//! A few tracks whose values are told by their number.

use affect::{Affect, AffectCurve, AffectEstimate};
use catalogue::{Catalogue, Change, FileStamp, Match, Query, Reader};
use music::BeatGrid;
use std::path::{Path, PathBuf};
use track::{Analysis, ContentId, Edits, Mood, Tags, Track, Value};

pub fn estimate(valence: f64, arousal: f64) -> AffectEstimate {
    AffectEstimate { at: Affect::clamped(valence, arousal), valence_spread: 0.4, arousal_spread: 0.4 }
}

pub fn track(n: u32, title: &str) -> Track {
    let measured = |v: f64| Value::measured(v, "t", Some(0.5));
    Track {
        content_id: ContentId(format!("{n:064x}")),
        paths: vec![],
        codec: "flac".into(),
        sample_rate_hz: 48_000,
        channels: 2,
        frames: 48_000 * 10,
        tags: Tags { title: Some(title.into()), ..Tags::default() },
        analysis: Analysis {
            tempo_bpm: Some(measured(60.0 + f64::from(n))),
            // Times as they are kept, to the millionth.
            beats: BeatGrid::new((0..8).map(|k| (f64::from(k) * 60.0 / (60.0 + f64::from(n)) * 1e6).round() / 1e6).collect(), Some(1))
                .map(|grid| Value::measured(grid, "t", None)),
            key: "D minor".parse().ok().map(|k| Value::measured(k, "t", None)),
            ..Analysis::nothing()
        },
        edits: Edits::default(),
        affect: Some(Value::measured(estimate(f64::from(n) / 10.0 - 0.5, 0.2), "t", None)),
        mood: None,
    }
}

/// The same with a course of moods, each for five seconds, and what a model makes of it.
pub fn with_course(mut track: Track, valences: &[f64], embedding: &[f32]) -> Track {
    let curve = AffectCurve { step_s: 5.0, estimates: valences.iter().map(|v| Some(estimate(*v, 0.0))).collect() };
    let mood = Mood { quadrants: [0.25; 4], curve, is_music: None, embedding: embedding.to_vec() };
    track.mood = Some(Value::measured(mood, "m", None));
    let mean = valences.iter().sum::<f64>() / valences.len() as f64;
    track.affect = Some(Value::measured(estimate(mean, 0.0), "m", None));
    track
}

pub const STAMP: FileStamp = FileStamp { size: 1, modified_ns: 2 };

pub fn put(n: u32, track: Track) -> Change {
    Change::Measured {
        path: PathBuf::from(format!("/music/{n}.flac")),
        stamp: STAMP,
        track: Box::new(track),
        by: "t".into(),
        learned: None,
    }
}

pub fn measured(n: u32, title: &str) -> Change {
    put(n, track(n, title))
}

pub fn tagged(n: u32, title: &str, tags: &[(&str, &str)]) -> Change {
    let mut track = track(n, title);
    for (name, value) in tags {
        *track.tags.slot(name.parse().unwrap()) = Some((*value).into());
    }
    put(n, track)
}

pub fn filled(changes: &[Change]) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    Catalogue::open(dir.path()).unwrap().commit(changes).unwrap();
    dir
}

pub fn found(dir: &Path, query: &Query) -> Vec<Match> {
    Reader::open(dir).unwrap().search(query).unwrap()
}

pub fn titles(dir: &Path, query: &Query) -> Vec<String> {
    found(dir, query).into_iter().map(|m| m.track.title).collect()
}

pub fn words(dir: &Path, text: &str) -> Vec<String> {
    titles(dir, &Query { text: Some(text.into()), ..Query::default() })
}
