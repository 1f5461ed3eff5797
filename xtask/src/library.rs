//! `cargo xtask library`: renders the small library that ships with the project, so that the first command has something to scan.

use anyhow::{Context, Result};
use compose::{Character, Instrument, Piece, band, raga_piece};
use music::Key;
use std::fmt::Write;
use std::path::Path;

/// Bits per second of the Opus files.
const BITRATE: u32 = 112_000;

struct Entry {
    file: String,
    title: String,
    genre: &'static str,
    mood: &'static str,
    bpm: f64,
    key: Key,
    comment: String,
    /// What else is said of a piece in a raga: which, and when it is played.
    raga: Option<[(&'static str, &'static str); 3]>,
    piece: Piece,
}

/// What plays in a piece.
fn instruments(piece: &Piece) -> String {
    let mut names: Vec<String> = Vec::new();
    for part in &piece.parts {
        let name = match part.instrument {
            Instrument::Kick | Instrument::Snare | Instrument::Hat => "drums".into(),
            other => format!("{other:?}").to_lowercase(),
        };
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names.join("; ")
}

/// Raga, MIDI pitch of sa, tempo, title, mood.
const RAGAS: [(&str, i32, f64, &str, &str); 12] = [
    ("Bhupali", 62, 84.0, "Lamps on the River", "serene"),
    ("Yaman", 60, 72.0, "Evening Courtyard", "content"),
    ("Bhairav", 61, 66.0, "Before the Sun", "gloomy"),
    ("Malkauns", 60, 60.0, "Stone Temple", "sad"),
    ("Durga", 62, 96.0, "Hill Path", "glad"),
    ("Bhairavi", 59, 63.0, "The Last Letter", "sad"),
    ("Todi", 60, 58.0, "Thirst", "depressed"),
    ("Kafi", 64, 100.0, "Spring Colours", "happy"),
    ("Desh", 62, 88.0, "First Rain", "pleased"),
    ("Hamsadhwani", 65, 112.0, "Swans at Dawn", "delighted"),
    ("Bilawal", 60, 92.0, "Open Window", "glad"),
    ("Marwa", 58, 64.0, "Dusk Without You", "tense"),
];

/// Character, key, tempo, title, mood.
const BANDS: [(Character, &str, f64, &str, &str); 12] = [
    (Character::Joyful, "G major", 128.0, "Market Morning", "delighted"),
    (Character::Joyful, "D major", 116.0, "Bicycle Weather", "happy"),
    (Character::Joyful, "A major", 138.0, "Kites", "excited"),
    (Character::Tense, "E minor", 140.0, "Pursuit", "tense"),
    (Character::Tense, "C minor", 126.0, "Red Corridor", "angry"),
    (Character::Tense, "F# minor", 150.0, "Countdown", "alarmed"),
    (Character::Sad, "A minor", 66.0, "Empty Platform", "sad"),
    (Character::Sad, "D minor", 60.0, "Letters Unsent", "gloomy"),
    (Character::Sad, "B minor", 72.0, "Winter Field", "depressed"),
    (Character::Calm, "C major", 76.0, "Slow Harbour", "calm"),
    (Character::Calm, "F major", 70.0, "Cradle", "serene"),
    (Character::Calm, "Eb major", 82.0, "Afternoon Light", "relaxed"),
];

/// Bars of four beats that last about so many seconds.
fn bars(bpm: f64, seconds: f64) -> usize {
    (seconds * bpm / 240.0).round() as usize
}

fn entries() -> Result<Vec<Entry>> {
    let slug = |title: &str| title.to_lowercase().replace(' ', "-");
    let mut entries = Vec::new();
    for (index, (name, sa, bpm, title, mood)) in RAGAS.into_iter().enumerate() {
        let raga = music::raga(name).with_context(|| format!("no raga {name}"))?;
        let tonic = music::PitchClass::from_semitones(sa);
        let mode = if raga.has_minor_third() { music::Mode::Minor } else { music::Mode::Major };
        entries.push(Entry {
            file: format!("raga-{}-{}.opus", slug(name), slug(title)),
            title: title.to_owned(),
            genre: "Hindustani",
            mood,
            bpm,
            key: Key { tonic, mode },
            comment: format!("Raga {name} ({}), {} thaat, {}", raga.devanagari, raga.thaat, raga.time),
            raga: Some([("RAGA", raga.name), ("REGION", "North India"), ("TIME-OF-DAY", raga.time)]),
            piece: raga_piece(raga, sa, bpm, bars(bpm, 26.0), 100 + index as u64),
        });
    }
    for (index, (character, key, bpm, title, mood)) in BANDS.into_iter().enumerate() {
        let key: Key = key.parse()?;
        entries.push(Entry {
            file: format!("{}.opus", slug(title)),
            title: title.to_owned(),
            genre: "Film music",
            mood,
            bpm,
            key,
            comment: format!("{character:?} piece for a small band"),
            raga: None,
            piece: band(character, key, bpm, bars(bpm, 25.0), 200 + index as u64),
        });
    }
    Ok(entries)
}

pub fn render(out: &Path) -> Result<()> {
    std::fs::create_dir_all(out).with_context(|| out.display().to_string())?;
    let mut rights = String::from("path,title,owner,licence,licence_url,territories,media,from,until,attribution\n");
    for (index, entry) in entries()?.iter().enumerate() {
        let [left, right] = entry.piece.render(1000 + index as u64);
        let path = out.join(&entry.file);
        let mut comments = vec![
            ("TITLE", entry.title.clone()),
            ("ARTIST", "Underscore".into()),
            ("ALBUM", "Underscore Library".into()),
            ("COMPOSER", "Underscore".into()),
            ("PUBLISHER", "Underscore".into()),
            ("GENRE", entry.genre.into()),
            ("INSTRUMENT", instruments(&entry.piece)),
            ("MOOD", entry.mood.into()),
            ("BPM", format!("{}", entry.bpm)),
            ("KEY", entry.key.to_string()),
            ("COMMENT", entry.comment.clone()),
            ("LICENSE", "https://creativecommons.org/publicdomain/zero/1.0/".into()),
        ];
        comments.extend(entry.raga.iter().flatten().map(|(name, text)| (*name, (*text).to_owned())));
        audio::write_opus(&path, [&left, &right], BITRATE, &comments)?;
        eprintln!("{}: {:.1} s", path.display(), left.len() as f64 / compose::RATE_HZ);
        writeln!(
            rights,
            "{},{},Underscore,CC0-1.0,https://creativecommons.org/publicdomain/zero/1.0/,world,all,,,",
            entry.file, entry.title
        )?;
    }
    let path = out.join("rights.csv");
    std::fs::write(&path, rights).with_context(|| path.display().to_string())
}
