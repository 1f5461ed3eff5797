//! Where the music starts and ends in an MP4 file: the edit list of its sound track (ISO/IEC 14496-12, 8.6.6).

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};

/// A `moov` larger than this is not read.
const MAX_MOOV: u64 = 64 << 20;

/// What the edit list says, in frames of the sound track's time scale.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Edit {
    /// Frames before the music.
    pub(crate) delay: u64,
    /// Frames of music, where told.
    pub(crate) frames: Option<u64>,
}

/// Reads the edit of the first sound track; `None` for other files, no edit, or a damaged one. Leaves the file at its start.
pub(crate) fn read(file: &mut File) -> Option<Edit> {
    let edit = read_moov(file).and_then(|moov| find(&moov));
    file.seek(SeekFrom::Start(0)).ok()?;
    edit
}

fn read_moov(file: &mut File) -> Option<Vec<u8>> {
    let length = file.metadata().ok()?.len();
    let mut at = 0u64;
    for _ in 0..1000 {
        let mut head = [0u8; 16];
        file.seek(SeekFrom::Start(at)).ok()?;
        file.read_exact(&mut head[..8]).ok()?;
        let mut size = u64::from(u32::from_be_bytes(head[..4].try_into().ok()?));
        let mut header = 8;
        if size == 1 {
            file.read_exact(&mut head[8..]).ok()?;
            size = u64::from_be_bytes(head[8..].try_into().ok()?);
            header = 16;
        } else if size == 0 {
            size = length - at;
        }
        if at == 0 && &head[4..8] != b"ftyp" || size < header {
            return None;
        }
        if &head[4..8] == b"moov" {
            let body = (size - header).min(length.saturating_sub(at + header));
            let mut moov = vec![0; usize::try_from(body).ok().filter(|_| body <= MAX_MOOV)?];
            file.read_exact(&mut moov).ok()?;
            return Some(moov);
        }
        at = at.checked_add(size)?;
    }
    None
}

/// The boxes directly inside of a body.
fn boxes(mut body: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    std::iter::from_fn(move || {
        let size = u32::from_be_bytes(body.get(..4)?.try_into().ok()?) as usize;
        let (kind, inside) = (body.get(4..8)?, body.get(8..size.max(8))?);
        body = body.get(size.max(8)..)?;
        Some((kind, inside))
    })
}

fn child<'a>(body: &'a [u8], kind: &[u8; 4]) -> Option<&'a [u8]> {
    boxes(body).find(|b| b.0 == kind).map(|b| b.1)
}

fn be32(body: &[u8], at: usize) -> Option<u64> {
    Some(u64::from(u32::from_be_bytes(body.get(at..at + 4)?.try_into().ok()?)))
}

fn be64(body: &[u8], at: usize) -> Option<u64> {
    Some(u64::from_be_bytes(body.get(at..at + 8)?.try_into().ok()?))
}

/// The time scale in an `mvhd` or `mdhd`.
fn time_scale(header: &[u8]) -> Option<u64> {
    be32(header, if header.first()? == &1 { 20 } else { 12 }).filter(|s| *s > 0)
}

fn find(moov: &[u8]) -> Option<Edit> {
    let movie_scale = time_scale(child(moov, b"mvhd")?)?;
    let track = boxes(moov)
        .filter(|b| b.0 == b"trak")
        .map(|b| b.1)
        .find(|t| child(t, b"mdia").and_then(|m| child(m, b"hdlr")).and_then(|h| h.get(8..12)).is_some_and(|kind| kind == b"soun"))?;
    let scale = time_scale(child(child(track, b"mdia")?, b"mdhd")?)?;
    let list = child(child(track, b"edts")?, b"elst")?;
    let (is_long, count) = (list.first()? == &1, be32(list, 4)?.min(64));
    (0..count as usize).find_map(|i| {
        let (duration, start) = if is_long {
            (be64(list, 8 + 20 * i)?, be64(list, 16 + 20 * i)? as i64)
        } else {
            (be32(list, 8 + 12 * i)?, i64::from(be32(list, 12 + 12 * i)? as u32 as i32))
        };
        // A start of -1 is an empty edit: silence before the track, not part of it.
        let delay = u64::try_from(start).ok()?;
        let frames = (duration > 0).then(|| (u128::from(duration) * u128::from(scale)).div_ceil(u128::from(movie_scale)) as u64);
        Some(Edit { delay, frames })
    })
}
