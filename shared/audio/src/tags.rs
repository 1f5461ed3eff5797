//! Tags from whatever container, in one form.

use symphonia::core::formats::FormatReader;
use symphonia::core::meta::{StandardTag, Tag};
use track::{Field, Tags};

/// Characters of one tag that are kept.
const MAX_CHARS: usize = 1000;

/// All tags of a file, later revisions over earlier ones, and the raw iTunes gapless note.
pub(crate) fn read(format: &mut dyn FormatReader) -> (Tags, Option<String>) {
    let (mut tags, mut gapless) = (Tags::default(), None);
    let mut metadata = format.metadata();
    loop {
        if let Some(revision) = metadata.current() {
            let per_track = revision.per_track.iter().flat_map(|t| t.metadata.tags.iter());
            for tag in revision.media.tags.iter().chain(per_track) {
                if tag.raw.key.ends_with("iTunSMPB") {
                    gapless = Some(tag.raw.value.to_string());
                }
                take(tag, &mut tags);
            }
        }
        if metadata.pop().is_none() {
            return (tags, gapless);
        }
    }
}

fn take(tag: &Tag, tags: &mut Tags) {
    let raw = || tag.raw.value.to_string();
    let (slot, text) = match &tag.std {
        Some(StandardTag::TrackTitle(s)) => (&mut tags.title, s.to_string()),
        Some(StandardTag::Artist(s)) => (&mut tags.artist, s.to_string()),
        Some(StandardTag::Album(s)) => (&mut tags.album, s.to_string()),
        Some(StandardTag::Composer(s)) => (&mut tags.composer, s.to_string()),
        Some(StandardTag::Label(s)) => (&mut tags.publisher, s.to_string()),
        Some(StandardTag::Genre(s)) => (&mut tags.genre, s.to_string()),
        Some(StandardTag::Comment(s)) => (&mut tags.comment, s.to_string()),
        Some(StandardTag::IdentIsrc(s)) => (&mut tags.isrc, s.to_string()),
        Some(StandardTag::InitialKey(s)) => (&mut tags.key, s.to_string()),
        Some(StandardTag::Mood(s)) => (&mut tags.mood, s.to_string()),
        Some(StandardTag::Bpm(n)) => (&mut tags.bpm, n.to_string()),
        Some(StandardTag::RecordingDate(s) | StandardTag::ReleaseDate(s)) => (&mut tags.date, s.to_string()),
        Some(StandardTag::RecordingYear(y) | StandardTag::ReleaseYear(y)) => (&mut tags.date, y.to_string()),
        // What the library's own table leaves out: keys and moods of Vorbis comments, tempi that are not whole.
        _ => match tag.raw.key.to_ascii_uppercase().as_str() {
            "KEY" | "INITIALKEY" | "INITIAL_KEY" | "TKEY" => (&mut tags.key, raw()),
            "MOOD" | "TMOO" => (&mut tags.mood, raw()),
            "BPM" | "TEMPO" | "TBPM" | "TMPO" => (&mut tags.bpm, raw()),
            "PUBLISHER" | "TPUB" => (&mut tags.publisher, raw()),
            // What no standard names, as this program and others write it: in comments of Vorbis and in free fields of ID3 and iTunes.
            other => match own_field(other) {
                Some(field) => (tags.slot(field), raw()),
                None => return,
            },
        },
    };
    let text: String = text.trim_matches(|c: char| c.is_whitespace() || c == '\0').chars().take(MAX_CHARS).collect();
    if !text.is_empty() {
        *slot = Some(text);
    }
}

/// The thing that a tag of another name than the standards' says something of.
fn own_field(key: &str) -> Option<Field> {
    // Free fields carry the name of their frame in front: TXXX:RAGA, ----:com.apple.iTunes:RAGA.
    let name = key.rsplit(':').next().unwrap_or(key);
    match name {
        "RAGA" | "RAAG" | "RAG" | "RAAGA" => Some(Field::Raga),
        "INSTRUMENT" | "INSTRUMENTS" | "INSTRUMENTATION" => Some(Field::Instrument),
        "REGION" => Some(Field::Region),
        "RASA" => Some(Field::Rasa),
        "TIME-OF-DAY" | "TIMEOFDAY" | "TIME_OF_DAY" | "TIME OF DAY" => Some(Field::TimeOfDay),
        _ => None,
    }
}
