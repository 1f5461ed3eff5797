//! Tags from whatever container, in one form.
//!
//! One idea: whatever a tag is called there, it is one of a few things here; one that is there several times, or holds several values, is kept as all of them with semicolons between, where there may be several.

use std::io::Cursor;
use symphonia::core::formats::FormatReader;
use symphonia::core::io::{MediaSourceStream, MediaSourceStreamOptions};
use symphonia::core::meta::{MetadataOptions, MetadataReader, MetadataRevision, RawValue, StandardTag, Tag};
use symphonia::default::meta::Id3v2Reader;
use track::{Field, Tags};

/// Characters of one tag that are kept.
const MAX_CHARS: usize = 1000;

/// What a tag says something of.
#[derive(Clone, Copy)]
enum Slot {
    Field(Field),
    Bpm,
    Key,
    Mood,
    Date,
}

/// All tags of a file, later revisions over earlier ones, and the raw iTunes gapless note.
pub(crate) fn read(format: &mut dyn FormatReader) -> (Tags, Option<String>) {
    let (mut tags, mut gapless) = (Tags::default(), None);
    let mut metadata = format.metadata();
    loop {
        if let Some(revision) = metadata.current() {
            gapless = all(revision).find(|tag| tag.raw.key.ends_with("iTunSMPB")).map(|tag| tag.raw.value.to_string()).or(gapless);
            put_over(&mut tags, of_revision(revision));
        }
        if metadata.pop().is_none() {
            return (tags, gapless);
        }
    }
}

/// The tags of an ID3 tag that stands alone; `None` where it cannot be read.
pub(crate) fn of_id3(bytes: Vec<u8>) -> Option<Tags> {
    let stream = MediaSourceStream::new(Box::new(Cursor::new(bytes)), MediaSourceStreamOptions::default());
    let mut reader = Id3v2Reader::try_new(stream, MetadataOptions::default()).ok()?;
    reader.read_all().ok().map(|buffer| of_revision(&buffer.revision))
}

fn all(revision: &MetadataRevision) -> impl Iterator<Item = &Tag> {
    revision.media.tags.iter().chain(revision.per_track.iter().flat_map(|t| t.metadata.tags.iter()))
}

fn of_revision(revision: &MetadataRevision) -> Tags {
    let mut tags = Tags::default();
    for (slot, text) in all(revision).filter_map(told) {
        put(&mut tags, slot, &text);
    }
    tags
}

/// Puts tags over others.
pub(crate) fn put_over(tags: &mut Tags, mut later: Tags) {
    for slot in Field::ALL.map(Slot::Field).into_iter().chain([Slot::Bpm, Slot::Key, Slot::Mood, Slot::Date]) {
        if let Some(text) = at(&mut later, slot).take() {
            *at(tags, slot) = Some(text);
        }
    }
}

fn at(tags: &mut Tags, slot: Slot) -> &mut Option<String> {
    match slot {
        Slot::Field(field) => tags.slot(field),
        Slot::Bpm => &mut tags.bpm,
        Slot::Key => &mut tags.key,
        Slot::Mood => &mut tags.mood,
        Slot::Date => &mut tags.date,
    }
}

fn put(tags: &mut Tags, slot: Slot, text: &str) {
    // Some writers put NULs between several values where the format has no lists.
    let text = text.trim_matches(|c: char| c.is_whitespace() || c == '\0').replace('\0', "; ");
    let text: String = text.chars().take(MAX_CHARS).collect();
    if text.is_empty() {
        return;
    }
    let is_list = matches!(slot, Slot::Field(field) if field.is_list()) || matches!(slot, Slot::Mood);
    let before = at(tags, slot);
    *before = match before.take() {
        Some(all) if is_list && all.split("; ").all(|one| one != text) && all.len() < MAX_CHARS => Some(format!("{all}; {text}")),
        Some(all) if is_list => Some(all),
        // A whole tempo beside an exact one is the same, rounded.
        Some(exact) if matches!(slot, Slot::Bpm) && is_rounded(&text, &exact) => Some(exact),
        _ => Some(text),
    };
}

/// Whether a number is another one without its fraction.
fn is_rounded(whole: &str, exact: &str) -> bool {
    let (Ok(whole), Ok(exact)) = (whole.parse::<f64>(), exact.parse::<f64>()) else { return false };
    whole.fract() == 0.0 && exact.fract() != 0.0 && (whole - exact).abs() < 1.0
}

fn text(value: &RawValue) -> String {
    match value {
        RawValue::StringList(list) => list.join("; "),
        other => other.to_string(),
    }
}

/// What a tag says, and of what.
fn told(tag: &Tag) -> Option<(Slot, String)> {
    let field = |field: Field, s: &str| Some((Slot::Field(field), s.to_owned()));
    if !matches!(tag.raw.value, RawValue::StringList(_)) {
        match &tag.std {
            Some(StandardTag::TrackTitle(s)) => return field(Field::Title, s),
            Some(StandardTag::Artist(s)) => return field(Field::Artist, s),
            Some(StandardTag::Album(s)) => return field(Field::Album, s),
            Some(StandardTag::Composer(s)) => return field(Field::Composer, s),
            Some(StandardTag::Label(s)) => return field(Field::Publisher, s),
            Some(StandardTag::Genre(s)) => return field(Field::Genre, s),
            Some(StandardTag::Comment(s)) => return field(Field::Comment, s),
            Some(StandardTag::IdentIsrc(s)) => return field(Field::Isrc, s),
            Some(StandardTag::InitialKey(s)) => return Some((Slot::Key, s.to_string())),
            Some(StandardTag::Mood(s)) => return Some((Slot::Mood, s.to_string())),
            Some(StandardTag::Bpm(n)) => return Some((Slot::Bpm, n.to_string())),
            Some(StandardTag::RecordingDate(s) | StandardTag::ReleaseDate(s)) => return Some((Slot::Date, s.to_string())),
            Some(StandardTag::RecordingYear(y) | StandardTag::ReleaseYear(y)) => return Some((Slot::Date, y.to_string())),
            _ => {}
        }
    }
    // ID3's frame of that name is a free field, whose own name stands beside it.
    let described = tag.raw.sub_fields.iter().flatten().map(|f| f.value.to_string()).next();
    let key = if tag.raw.key.eq_ignore_ascii_case("TXXX") { described? } else { tag.raw.key.clone() };
    Some((named(&key)?, text(&tag.raw.value)))
}

/// What a tag of a name says something of: lists of ID3, of which the library makes nothing, keys and moods of Vorbis comments, tempi that are not whole, and what no standard names.
fn named(key: &str) -> Option<Slot> {
    // Free fields of iTunes carry whose they are in front: ----:com.apple.iTunes:RAGA.
    let key = key.to_ascii_uppercase();
    let name = key.rsplit(':').next().unwrap_or(&key);
    Some(match name {
        "KEY" | "INITIALKEY" | "INITIAL_KEY" | "TKEY" => Slot::Key,
        "MOOD" | "TMOO" => Slot::Mood,
        "BPM" | "TEMPO" | "TBPM" | "TMPO" => Slot::Bpm,
        "TIT2" => Slot::Field(Field::Title),
        "TPE1" => Slot::Field(Field::Artist),
        "TALB" => Slot::Field(Field::Album),
        "TCOM" | "\u{a9}WRT" => Slot::Field(Field::Composer),
        "PUBLISHER" | "TPUB" => Slot::Field(Field::Publisher),
        "TCON" => Slot::Field(Field::Genre),
        "TSRC" => Slot::Field(Field::Isrc),
        "RAGA" | "RAAG" | "RAG" | "RAAGA" => Slot::Field(Field::Raga),
        "INSTRUMENT" | "INSTRUMENTS" | "INSTRUMENTATION" => Slot::Field(Field::Instrument),
        "REGION" => Slot::Field(Field::Region),
        "RASA" => Slot::Field(Field::Rasa),
        "TIME-OF-DAY" | "TIMEOFDAY" | "TIME_OF_DAY" | "TIME OF DAY" => Slot::Field(Field::TimeOfDay),
        _ => return None,
    })
}
