//! What was measured, packed for the disk.
//!
//! One idea: nearly all of it is a few long rows of numbers that change little from one to the next, so differences are kept, in as few bytes as each
//! needs, and the rest beside them. Times are kept to the millionth of a second, which is a twentieth of a sample; what is read is what was kept, always.

use crate::CatalogueError;
use affect::{Affect, AffectCurve, AffectEstimate};
use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;
use music::BeatGrid;
use rusqlite::{CachedStatement, Connection, OptionalExtension, params};
use serde::{Deserialize, Serialize};
use std::io::{Read, Write};
use track::{Analysis, Mood, Peaks, Value};

/// Raised when bytes mean something else.
const LAYOUT: u8 = 1;
/// What unpacks to more than this (days of audio) was not packed here.
const MOST_BYTES: u64 = 256 << 20;
/// Times are kept in this many parts of a second.
const PER_S: f64 = 1e6;
/// Places on the plane are kept in this many parts.
const PER_PLANE: f64 = 10_000.0;

/// The part that is packed as it is.
#[derive(Serialize, Deserialize)]
struct Head {
    /// Without its long rows.
    analysis: Analysis,
    /// A grid of beats cannot be empty, so it is left out whole.
    beats: Option<Value<()>>,
}

/// Packs an analysis, but for its outline.
fn pack(analysis: &Analysis) -> Result<Vec<u8>, CatalogueError> {
    let mut a = Analysis { peaks: emptied(&analysis.peaks), ..analysis.clone() };
    let mut rows = Rows::default();
    rows.times(&std::mem::take(&mut a.onsets_s.value));
    let beats = a.beats.take();
    if let Some(grid) = &beats {
        rows.times(grid.value.beats_s());
        rows.numbers(grid.value.downbeats().iter().map(|d| *d as i64));
    }
    if let Some(curve) = &mut a.loudness_curve {
        rows.numbers(std::mem::take(&mut curve.value.tenths_lufs).into_iter().map(i64::from));
    }
    if let Some(chroma) = &mut a.chromagram {
        rows.bytes(std::mem::take(&mut chroma.value.columns).as_flattened());
    }
    if let Some(voice) = &mut a.voice {
        rows.numbers(std::mem::take(&mut voice.value.cents).into_iter().map(i64::from));
    }
    if let Some(fingerprint) = &mut a.fingerprint {
        let words = std::mem::take(&mut fingerprint.value);
        // From one to the next few bits change.
        let changes = std::iter::once(0).chain(words.iter().copied()).zip(&words).map(|(before, now)| before ^ now);
        rows.bytes(&changes.flat_map(u32::to_le_bytes).collect::<Vec<u8>>());
    }
    let head =
        Head { analysis: a, beats: beats.map(|b| Value { value: (), origin: b.origin, version: b.version, confidence: b.confidence }) };
    let head = rmp_serde::to_vec_named(&head).map_err(|e| CatalogueError::damaged("an analysis", &e.to_string()))?;
    let mut all = Rows::default();
    all.bytes(&head);
    all.0.extend(rows.0);
    deflated(&all.0)
}

fn unpack(body: &[u8]) -> Result<Analysis, CatalogueError> {
    let bytes = inflated(body)?;
    let mut rows = Reading(&bytes);
    let head: Head = rmp_serde::from_slice(rows.bytes()?).map_err(|e| CatalogueError::damaged("an analysis", &e.to_string()))?;
    let mut a = head.analysis;
    a.onsets_s.value = rows.times()?;
    if let Some(meta) = head.beats {
        let (beats, downbeats) = (rows.times()?, rows.numbers(|n| usize::try_from(n).ok())?);
        let value =
            BeatGrid::with_downbeats(beats, downbeats).ok_or_else(|| CatalogueError::damaged("an analysis", "its beats are no grid"))?;
        a.beats = Some(Value { value, origin: meta.origin, version: meta.version, confidence: meta.confidence });
    }
    if let Some(curve) = &mut a.loudness_curve {
        curve.value.tenths_lufs = rows.numbers(|n| i16::try_from(n).ok())?;
    }
    if let Some(chroma) = &mut a.chromagram {
        chroma.value.columns = rows.bytes()?.as_chunks::<12>().0.to_vec();
    }
    if let Some(voice) = &mut a.voice {
        voice.value.cents = rows.numbers(|n| u16::try_from(n).ok())?;
    }
    if let Some(fingerprint) = &mut a.fingerprint {
        let changes = rows.bytes()?.as_chunks::<4>().0.iter().map(|c| u32::from_le_bytes(*c));
        fingerprint.value = changes
            .scan(0, |word, change| {
                *word ^= change;
                Some(*word)
            })
            .collect();
    }
    Ok(a)
}

fn emptied(peaks: &Value<Peaks>) -> Value<Peaks> {
    Value {
        value: Peaks { frames_per_column: peaks.value.frames_per_column, ..Peaks::default() },
        ..Value::measured(Peaks::default(), &peaks.version, peaks.confidence)
    }
}

fn pack_outline(peaks: &Peaks) -> Result<Vec<u8>, CatalogueError> {
    let mut rows = Rows::default();
    rows.numbers(peaks.low.iter().map(|v| i64::from(*v)));
    rows.numbers(peaks.high.iter().map(|v| i64::from(*v)));
    deflated(&rows.0)
}

fn unpack_outline(body: &[u8], peaks: &mut Peaks) -> Result<(), CatalogueError> {
    let bytes = inflated(body)?;
    let mut rows = Reading(&bytes);
    peaks.low = rows.numbers(|n| i8::try_from(n).ok())?;
    peaks.high = rows.numbers(|n| i8::try_from(n).ok())?;
    Ok(())
}

/// Moods are what rankings read a thousand of at a time, so they are small and not squeezed further.
fn pack_mood(mood: &Value<Mood>) -> Result<Vec<u8>, CatalogueError> {
    let value = Mood {
        curve: AffectCurve { step_s: mood.value.curve.step_s, estimates: Vec::new() },
        embedding: Vec::new(),
        quadrants: mood.value.quadrants,
        is_music: mood.value.is_music,
    };
    let head = Value { value, origin: mood.origin, version: mood.version.clone(), confidence: mood.confidence };
    let mut rows = Rows(vec![LAYOUT]);
    rows.bytes(&rmp_serde::to_vec_named(&head).map_err(|e| CatalogueError::damaged("a mood", &e.to_string()))?);
    rows.bytes(&mood.value.embedding.iter().flat_map(|x| x.to_le_bytes()).collect::<Vec<u8>>());
    let quantum = |x: f64| (x * PER_PLANE).round() as i64;
    let curve = &mood.value.curve.estimates;
    let column = |of: fn(&AffectEstimate) -> f64| curve.iter().map(move |e| e.as_ref().map_or(i64::from(i16::MAX), |e| quantum(of(e))));
    rows.numbers(column(|e| e.at.valence));
    rows.numbers(column(|e| e.at.arousal));
    rows.numbers(column(|e| e.valence_spread));
    rows.numbers(column(|e| e.arousal_spread));
    Ok(rows.0)
}

/// What the model said of the whole, and all that follows.
fn unpack_head(body: &[u8]) -> Result<(Value<Mood>, Reading<'_>), CatalogueError> {
    let Some((&LAYOUT, body)) = body.split_first() else { return Err(newer()) };
    let mut rows = Reading(body);
    let mood = rmp_serde::from_slice(rows.bytes()?).map_err(|e| CatalogueError::damaged("a mood", &e.to_string()))?;
    Ok((mood, rows))
}

fn unpack_mood(body: &[u8]) -> Result<Value<Mood>, CatalogueError> {
    let (mut mood, mut rows) = unpack_head(body)?;
    mood.value.embedding = rows.bytes()?.as_chunks::<4>().0.iter().map(|b| f32::from_le_bytes(*b)).collect();
    let mut column = || rows.numbers(|n| i16::try_from(n).ok());
    let (valence, arousal, v, a) = (column()?, column()?, column()?, column()?);
    let real = |n: i16| f64::from(n) / PER_PLANE;
    let estimates = valence.iter().zip(&arousal).zip(v.iter().zip(&a)).map(|((valence, arousal), (v, a))| {
        (*valence != i16::MAX).then(|| AffectEstimate {
            at: Affect::clamped(real(*valence), real(*arousal)),
            valence_spread: real(*v),
            arousal_spread: real(*a),
        })
    });
    mood.value.curve.estimates = estimates.collect();
    Ok(mood)
}

/// Moods of one track after another, as rankings read them.
pub(crate) struct Moods<'a>(CachedStatement<'a>);

impl<'a> Moods<'a> {
    pub(crate) fn of(db: &'a Connection) -> Result<Self, CatalogueError> {
        Ok(Self(db.prepare_cached("SELECT body FROM moods WHERE id = ?1")?))
    }

    /// All of it.
    pub(crate) fn whole(&mut self, id: i64) -> Result<Option<Value<Mood>>, CatalogueError> {
        self.with_body(id, unpack_mood)
    }

    /// Only how it runs.
    pub(crate) fn course(&mut self, id: i64) -> Result<Option<Vec<Option<Affect>>>, CatalogueError> {
        self.with_body(id, unpack_course)
    }

    /// Only how probable it is that it is music.
    pub(crate) fn is_music(&mut self, id: i64) -> Result<Option<f64>, CatalogueError> {
        Ok(self.with_body(id, |body| unpack_head(body).map(|h| h.0.value.is_music))?.flatten())
    }

    fn with_body<T>(&mut self, id: i64, unpack: impl FnOnce(&[u8]) -> Result<T, CatalogueError>) -> Result<Option<T>, CatalogueError> {
        let mut rows = self.0.query([id])?;
        let Some(row) = rows.next()? else { return Ok(None) };
        unpack(row.get_ref(0)?.as_blob().map_err(rusqlite::Error::from)?).map(Some)
    }
}

fn unpack_course(body: &[u8]) -> Result<Vec<Option<Affect>>, CatalogueError> {
    let Some((&LAYOUT, body)) = body.split_first() else { return Err(newer()) };
    let mut rows = Reading(body);
    // What the model said of the whole, and its embedding.
    rows.bytes()?;
    rows.bytes()?;
    let (valence, arousal) = (rows.numbers(|n| i16::try_from(n).ok())?, rows.numbers(|n| i16::try_from(n).ok())?);
    let real = |n: i16| f64::from(n) / PER_PLANE;
    let place = |(v, a): (&i16, &i16)| (*v != i16::MAX).then(|| Affect::clamped(real(*v), real(*a)));
    Ok(valence.iter().zip(&arousal).map(place).collect())
}

/// Writes what was measured of a track in the place of what was there.
pub(crate) fn put(db: &Connection, id: i64, analysis: &Analysis, mood: Option<&Value<Mood>>) -> Result<(), CatalogueError> {
    let put = |table: &str, body: Vec<u8>| -> Result<(), CatalogueError> {
        let sql = format!("INSERT INTO {table} (id, body) VALUES (?1, ?2) ON CONFLICT (id) DO UPDATE SET body = ?2");
        db.prepare_cached(&sql)?.execute(params![id, body])?;
        Ok(())
    };
    put("analyses", pack(analysis)?)?;
    put("outlines", pack_outline(&analysis.peaks.value)?)?;
    match mood {
        Some(mood) => put("moods", pack_mood(mood)?)?,
        None => {
            db.prepare_cached("DELETE FROM moods WHERE id = ?1")?.execute([id])?;
        }
    }
    Ok(())
}

/// What was measured of a track, all of it.
pub(crate) fn analysis(db: &Connection, id: i64) -> Result<Analysis, CatalogueError> {
    let mut analysis = analysis_without_outline(db, id)?;
    if let Some(outline) = body(db, "outlines", id)? {
        unpack_outline(&outline, &mut analysis.peaks.value)?;
    }
    Ok(analysis)
}

/// What was measured of a track, but for the outline of its waveform.
pub(crate) fn analysis_without_outline(db: &Connection, id: i64) -> Result<Analysis, CatalogueError> {
    let packed = body(db, "analyses", id)?.ok_or_else(|| CatalogueError::damaged("a track", "its analysis is not there"))?;
    unpack(&packed)
}

/// What else the model said of a track's mood.
pub(crate) fn mood(db: &Connection, id: i64) -> Result<Option<Value<Mood>>, CatalogueError> {
    body(db, "moods", id)?.as_deref().map(unpack_mood).transpose()
}

fn body(db: &Connection, table: &str, id: i64) -> Result<Option<Vec<u8>>, CatalogueError> {
    Ok(db.prepare_cached(&format!("SELECT body FROM {table} WHERE id = ?1"))?.query_row([id], |row| row.get(0)).optional()?)
}

fn newer() -> CatalogueError {
    CatalogueError::damaged("what was measured of a track", "it is packed in a way that this version does not know")
}

fn deflated(bytes: &[u8]) -> Result<Vec<u8>, CatalogueError> {
    let fail = |e: std::io::Error| CatalogueError::damaged("an analysis", &e.to_string());
    let mut encoder = DeflateEncoder::new(vec![LAYOUT], Compression::default());
    encoder.write_all(bytes).map_err(fail)?;
    encoder.finish().map_err(fail)
}

fn inflated(body: &[u8]) -> Result<Vec<u8>, CatalogueError> {
    let Some((&LAYOUT, body)) = body.split_first() else { return Err(newer()) };
    let mut bytes = Vec::new();
    let read = DeflateDecoder::new(body).take(MOST_BYTES).read_to_end(&mut bytes);
    read.map_err(|e| CatalogueError::damaged("what was measured of a track", &e.to_string()))?;
    Ok(bytes)
}

/// Rows of numbers, written.
#[derive(Default)]
struct Rows(Vec<u8>);

impl Rows {
    /// Seven bits a byte, the lowest first.
    fn number(&mut self, mut n: u64) {
        while n >= 0x80 {
            self.0.push(n as u8 | 0x80);
            n >>= 7;
        }
        self.0.push(n as u8);
    }

    fn bytes(&mut self, bytes: &[u8]) {
        self.number(bytes.len() as u64);
        self.0.extend_from_slice(bytes);
    }

    /// Each number as its difference from the one before.
    fn numbers(&mut self, numbers: impl ExactSizeIterator<Item = i64>) {
        self.number(numbers.len() as u64);
        let mut before = 0i64;
        for n in numbers {
            let difference = n.wrapping_sub(before);
            // Small ones of either sign are small.
            self.number(((difference << 1) ^ (difference >> 63)) as u64);
            before = n;
        }
    }

    fn times(&mut self, times_s: &[f64]) {
        self.numbers(times_s.iter().map(|t| (t * PER_S).round() as i64));
    }
}

/// Rows of numbers, read.
struct Reading<'a>(&'a [u8]);

impl<'a> Reading<'a> {
    fn number(&mut self) -> Result<u64, CatalogueError> {
        let mut n = 0u64;
        for shift in (0..64).step_by(7) {
            let (&byte, rest) = self.0.split_first().ok_or_else(cut)?;
            self.0 = rest;
            n |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(n);
            }
        }
        Err(cut())
    }

    fn bytes(&mut self) -> Result<&'a [u8], CatalogueError> {
        let length = usize::try_from(self.number()?).map_err(|_| cut())?;
        let (bytes, rest) = self.0.split_at_checked(length).ok_or_else(cut)?;
        self.0 = rest;
        Ok(bytes)
    }

    fn numbers<T>(&mut self, of: impl Fn(i64) -> Option<T>) -> Result<Vec<T>, CatalogueError> {
        let length = usize::try_from(self.number()?).map_err(|_| cut())?;
        // Each takes a byte at least.
        if length > self.0.len() {
            return Err(cut());
        }
        let mut before = 0i64;
        let mut numbers = Vec::with_capacity(length);
        for _ in 0..length {
            let n = self.number()?;
            before = before.wrapping_add((n >> 1) as i64 ^ -((n & 1) as i64));
            numbers.push(of(before).ok_or_else(cut)?);
        }
        Ok(numbers)
    }

    fn times(&mut self) -> Result<Vec<f64>, CatalogueError> {
        self.numbers(|n| Some(n as f64 / PER_S))
    }
}

fn cut() -> CatalogueError {
    CatalogueError::damaged("what was measured of a track", "it is cut or overwritten")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use track::{Chromagram, LoudnessCurve, Voice};

    fn to_micros(times: &[f64]) -> Vec<f64> {
        times.iter().map(|t| (t * 1e6).round() / 1e6).collect()
    }

    proptest! {
        #[test]
        fn what_is_packed_is_read_back(
            steps in prop::collection::vec(0.001f64..3.0, 2..200),
            levels in prop::collection::vec(-700i16..100, 0..300),
            cents in prop::collection::vec(0u16..9000, 0..100),
            words in prop::collection::vec(any::<u32>(), 0..100),
            columns in prop::collection::vec(any::<[u8; 12]>(), 0..20),
            low in prop::collection::vec(any::<i8>(), 0..200),
        ) {
            let times: Vec<f64> = steps.iter().scan(0.0, |t, s| { *t += s; Some(*t) }).collect();
            let exact = to_micros(&times);
            let v = |version: &str| Value::measured((), version, Some(0.25));
            let with = |times: &[f64]| Analysis {
                onsets_s: Value::measured(times.to_vec(), "o", Some(0.5)),
                beats: BeatGrid::with_downbeats(times.to_vec(), vec![0]).map(|g| Value::measured(g, "b", Some(0.75))),
                loudness_curve: Some(Value::measured(LoudnessCurve { per_s: 10, tenths_lufs: levels.clone() }, "l", None)),
                chromagram: Some(Value::measured(Chromagram { step_s: 0.5, columns: columns.clone() }, "c", None)),
                voice: Some(Value::measured(Voice { hop_s: 0.01, cents: cents.clone() }, "v", None)),
                fingerprint: Some(Value::measured(words.clone(), "f", v("").confidence)),
                peaks: Value::measured(Peaks { frames_per_column: 512, low: low.clone(), high: low.clone() }, "p", None),
                ..Analysis::nothing()
            };
            let db = Connection::open_in_memory().unwrap();
            db.execute_batch(crate::store::tables::TABLES).unwrap();
            db.execute_batch("PRAGMA foreign_keys = OFF").unwrap();
            put(&db, 1, &with(&times), None).unwrap();
            let read = analysis(&db, 1).unwrap();
            prop_assert_eq!(&read, &with(&exact));
            // What was read and is kept again stays as it is.
            put(&db, 1, &read, None).unwrap();
            prop_assert_eq!(analysis(&db, 1).unwrap(), read);
        }

        #[test]
        fn hostile_bytes_are_errors(bytes in prop::collection::vec(any::<u8>(), 0..300), cut in 0usize..100) {
            let mut body = vec![LAYOUT];
            body.extend(&bytes);
            let _ = unpack_mood(&body);
            let _ = unpack(&body);
            let _ = unpack(&deflated(&bytes).unwrap());
            let whole = pack(&Analysis::nothing()).unwrap();
            prop_assert!(unpack(&whole[..whole.len().saturating_sub(cut + 1)]).is_err());
        }
    }

    #[test]
    fn a_mood_is_read_back_to_the_ten_thousandth() {
        let estimate = AffectEstimate { at: Affect::clamped(-0.12345, 0.98765), valence_spread: 0.5, arousal_spread: 0.25 };
        let mood = Mood {
            quadrants: [0.1, 0.2, 0.3, 0.4],
            curve: AffectCurve { step_s: 5.0, estimates: vec![Some(estimate), None, Some(estimate)] },
            is_music: Some(0.875),
            embedding: vec![0.1, -2.5, f32::MIN_POSITIVE],
        };
        let read = unpack_mood(&pack_mood(&Value::measured(mood.clone(), "m 1", None)).unwrap()).unwrap();
        assert_eq!((read.version.as_str(), &read.value.embedding, read.value.quadrants), ("m 1", &mood.embedding, mood.quadrants));
        assert_eq!(read.value.curve.estimates.iter().map(Option::is_some).collect::<Vec<_>>(), [true, false, true]);
        let at = read.value.curve.estimates[0].unwrap().at;
        assert!((at.valence + 0.12345).abs() < 1e-4 && (at.arousal - 0.98765).abs() < 1e-4);
    }
}
