//! Tags in each kind of file.
//!
//! One idea: what a standard has a name for goes by that name; the rest goes into the free fields that every kind has, by our names in capitals, which are the names that `audio` reads.

use crate::{What, Written};
use lofty::config::WriteOptions;
use lofty::file::{AudioFile, FileType, TaggedFileExt};
use lofty::id3::v2::Id3v2Tag;
use lofty::mp4::{Atom, AtomData, AtomIdent, Ilst};
use lofty::ogg::tag::VorbisComments;
use lofty::probe::Probe;
use lofty::tag::{ItemKey, Tag, TagExt, TagType};
use std::path::Path;
use track::Field;

/// The messages are lofty's: nobody here can do other than tell them.
type Result<T> = std::result::Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// Writes tags into a file, which is edited in place.
pub(crate) fn write(path: &Path, written: &[Written]) -> Result<()> {
    let mut file = Probe::open(path)?.guess_file_type()?.read()?;
    let kind = file.primary_tag_type();
    if file.tag(kind).is_none() {
        // What another kind of tag says is taken over, so that readers of the new one see it, too.
        let mut new = Tag::new(kind);
        for item in file.first_tag().into_iter().flat_map(|old| old.items().cloned().collect::<Vec<_>>()) {
            new.push(item);
        }
        file.insert_tag(new);
    }
    let Some(tag) = file.tag_mut(kind) else { return Ok(()) };
    let mut free: Vec<&Written> = Vec::new();
    for w in written {
        match standard(w.what) {
            Some(key) => {
                tag.remove_key(key);
                let text = as_written(kind, w);
                if !text.is_empty() && !tag.insert_text(key, text) {
                    free.push(w);
                }
            }
            None => free.push(w),
        }
        if w.what == What::Bpm && has_whole_bpm(kind) {
            // These have a number of their own for the tempo, which is a whole one; the exact one stands beside it where it is another.
            tag.remove_key(ItemKey::IntegerBpm);
            if let Ok(bpm) = w.text.parse::<f64>() {
                tag.insert_text(ItemKey::IntegerBpm, format!("{:.0}", bpm.round()));
                if bpm.fract() == 0.0 {
                    tag.remove_key(ItemKey::Bpm);
                }
            }
        }
    }
    if file.file_type() == FileType::Wav {
        // Hosts read the older kind of tag there, which has names for the commonest things alone.
        let mut info = file.remove(TagType::RiffInfo).unwrap_or_else(|| Tag::new(TagType::RiffInfo));
        for w in written {
            if let Some(key) = standard(w.what) {
                info.remove_key(key);
                if !w.text.is_empty() {
                    info.insert_text(key, w.text.clone());
                }
            }
        }
        file.insert_tag(info);
    }
    file.save_to_path(path, WriteOptions::default())?;
    if free.is_empty() { Ok(()) } else { write_free(path, kind, &free) }
}

/// Whether a kind of tag has whole tempi alone (TBPM in ID3, `tmpo` in MP4).
fn has_whole_bpm(kind: TagType) -> bool {
    matches!(kind, TagType::Id3v2 | TagType::Mp4Ilst)
}

/// The text as that kind of tag wants it: ID3 has three characters for a key (ID3v2.4, TKEY), "Dm" for D minor.
fn as_written(kind: TagType, w: &Written) -> String {
    match (kind, w.what) {
        (TagType::Id3v2, What::Key) => w.text.replace(" minor", "m").replace(" major", ""),
        _ => w.text.clone(),
    }
}

fn standard(what: What) -> Option<ItemKey> {
    Some(match what {
        What::Bpm => ItemKey::Bpm,
        What::Key => ItemKey::InitialKey,
        What::Mood => ItemKey::Mood,
        What::Field(Field::Title) => ItemKey::TrackTitle,
        What::Field(Field::Artist) => ItemKey::TrackArtist,
        What::Field(Field::Album) => ItemKey::AlbumTitle,
        What::Field(Field::Composer) => ItemKey::Composer,
        What::Field(Field::Publisher) => ItemKey::Publisher,
        What::Field(Field::Genre) => ItemKey::Genre,
        What::Field(Field::Isrc) => ItemKey::Isrc,
        What::Field(Field::Comment) => ItemKey::Comment,
        What::Field(Field::Instrument | Field::Region | Field::Raga | Field::Rasa | Field::TimeOfDay) => return None,
    })
}

fn name(what: What) -> String {
    match what {
        What::Field(field) => field.name().to_uppercase(),
        What::Bpm => "BPM".into(),
        What::Key => "KEY".into(),
        What::Mood => "MOOD".into(),
    }
}

fn write_free(path: &Path, kind: TagType, written: &[&Written]) -> Result<()> {
    match kind {
        TagType::Id3v2 => {
            let mut tag: Id3v2Tag = concrete(path, kind)?.into();
            for w in written {
                tag.remove_user_text(&name(w.what));
                if !w.text.is_empty() {
                    tag.insert_user_text(name(w.what), w.text.clone());
                }
            }
            Ok(tag.save_to_path(path, WriteOptions::default())?)
        }
        TagType::VorbisComments => {
            let mut tag: VorbisComments = concrete(path, kind)?.into();
            for w in written {
                drop(tag.remove(&name(w.what)));
                if !w.text.is_empty() {
                    tag.insert(name(w.what), w.text.clone());
                }
            }
            Ok(tag.save_to_path(path, WriteOptions::default())?)
        }
        TagType::Mp4Ilst => {
            let mut tag: Ilst = concrete(path, kind)?.into();
            for w in written {
                let ident = || AtomIdent::Freeform { mean: "com.apple.iTunes".into(), name: name(w.what).into() };
                drop(tag.remove(&ident()));
                if !w.text.is_empty() {
                    tag.insert(Atom::new(ident(), AtomData::UTF8(w.text.clone())));
                }
            }
            Ok(tag.save_to_path(path, WriteOptions::default())?)
        }
        // Of the kinds of files that are read, none has another kind of tag.
        _ => Err("this kind of file has no free fields".into()),
    }
}

/// The tag of a file, with what only its own kind knows of.
fn concrete(path: &Path, kind: TagType) -> Result<Tag> {
    let mut file = Probe::open(path)?.guess_file_type()?.read()?;
    Ok(file.remove(kind).unwrap_or_else(|| Tag::new(kind)))
}
