//! Tags in each kind of file.
//!
//! One idea: what a standard has a name for goes by that name; the rest goes into the free fields that every kind has, by our names in capitals, which are the names that `audio` reads.

use crate::{What, Written};
use lofty::config::{ParseOptions, WriteOptions};
use lofty::file::{AudioFile, FileType, TaggedFileExt};
use lofty::flac::FlacFile;
use lofty::id3::v2::Id3v2Tag;
use lofty::iff::wav::RiffInfoList;
use lofty::mp4::{Atom, AtomData, AtomIdent, Ilst};
use lofty::ogg::tag::VorbisComments;
use lofty::ogg::{OpusFile, VorbisFile};
use lofty::probe::Probe;
use lofty::tag::{ItemKey, Tag, TagExt, TagType};
use std::path::Path;
use track::Field;

/// The messages are lofty's: nobody here can do other than tell them.
type Result<T> = std::result::Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// Writes tags into a file, which is edited in place. What is not written stays as it is, whatever it is called.
pub(crate) fn write(path: &Path, written: &[Written]) -> Result<()> {
    if path.extension().is_some_and(|e| e.eq_ignore_ascii_case("caf")) {
        return Err("a CAF has no tags that this program knows".into());
    }
    let mut file = Probe::open(path)?.guess_file_type()?.read()?;
    match file.file_type() {
        // Lofty puts a list of iTunes in their place.
        FileType::Mp4 if audio::has_quicktime_keys(path)? => return Err("it has QuickTime's kind of tags, which would be lost".into()),
        FileType::Flac => {
            return edit_file::<FlacFile>(path, |f| {
                if f.vorbis_comments().is_none() {
                    f.set_vorbis_comments(VorbisComments::new());
                }
                if let Some(tag) = f.vorbis_comments_mut() {
                    edit_comments(tag, written);
                }
            });
        }
        FileType::Opus => return edit_file::<OpusFile>(path, |f| edit_comments(f.vorbis_comments_mut(), written)),
        FileType::Vorbis => return edit_file::<VorbisFile>(path, |f| edit_comments(f.vorbis_comments_mut(), written)),
        _ => {}
    }
    let kind = file.primary_tag_type();
    let mut tag = file.remove(kind).unwrap_or_else(|| {
        // What another kind of tag says is taken over, so that readers of the new one see it, too.
        let mut new = Tag::new(kind);
        for item in file.first_tag().into_iter().flat_map(|old| old.items().cloned().collect::<Vec<_>>()) {
            new.push(item);
        }
        new
    });
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
        // Only a tag of its own kind has what no other kind knows; so it is for the others below.
        RiffInfoList::from(info).save_to_path(path, WriteOptions::default())?;
    }
    match kind {
        TagType::Id3v2 => {
            let mut tag: Id3v2Tag = tag.into();
            for w in free {
                tag.remove_user_text(name(w.what));
                if !w.text.is_empty() {
                    tag.insert_user_text(name(w.what).into(), w.text.clone());
                }
            }
            Ok(tag.save_to_path(path, WriteOptions::default())?)
        }
        TagType::Mp4Ilst => {
            let mut tag: Ilst = tag.into();
            for w in free {
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

/// Edits a file with all that its own kind of tag knows.
fn edit_file<F: AudioFile>(path: &Path, edit: impl FnOnce(&mut F)) -> Result<()> {
    let mut file = F::read_from(&mut std::fs::File::open(path)?, ParseOptions::new())?;
    edit(&mut file);
    Ok(file.save_to_path(path, WriteOptions::default())?)
}

/// What is said goes by the name that the file has for it, else by the usual one; its other names are taken out.
fn edit_comments(tag: &mut VorbisComments, written: &[Written]) {
    for w in written {
        let names = comment_names(w.what);
        let there = names.iter().copied().find(|name| tag.get(name).is_some()).unwrap_or(names[0]);
        for name in names {
            drop(tag.remove(name));
        }
        if !w.text.is_empty() {
            tag.insert(there.into(), w.text.clone());
        }
    }
}

/// Names of a Vorbis comment, the usual one first; all that `audio` reads as the same.
fn comment_names(what: What) -> &'static [&'static str] {
    match what {
        What::Bpm => &["BPM", "TEMPO"],
        What::Key => &["KEY", "INITIALKEY", "INITIAL_KEY"],
        What::Field(Field::Comment) => &["COMMENT", "DESCRIPTION"],
        What::Field(Field::Publisher) => &["PUBLISHER", "LABEL", "ORGANIZATION"],
        What::Field(Field::Raga) => &["RAGA", "RAAG", "RAG", "RAAGA"],
        What::Field(Field::Instrument) => &["INSTRUMENT", "INSTRUMENTS", "INSTRUMENTATION"],
        What::Field(Field::TimeOfDay) => &["TIME-OF-DAY", "TIMEOFDAY", "TIME_OF_DAY", "TIME OF DAY"],
        What::Mood => &["MOOD"],
        What::Field(Field::Title) => &["TITLE"],
        What::Field(Field::Artist) => &["ARTIST"],
        What::Field(Field::Album) => &["ALBUM"],
        What::Field(Field::Composer) => &["COMPOSER"],
        What::Field(Field::Genre) => &["GENRE"],
        What::Field(Field::Isrc) => &["ISRC"],
        What::Field(Field::Region) => &["REGION"],
        What::Field(Field::Rasa) => &["RASA"],
    }
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

/// The name of a free field.
fn name(what: What) -> &'static str {
    comment_names(what)[0]
}
