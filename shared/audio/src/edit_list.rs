//! Where the music starts and ends in an MP4 file: the edit list of its sound track (ISO/IEC 14496-12, 8.6.6).

use crate::boxes::{boxes, child, read_moov};
use std::fs::File;
use std::io::{Seek, SeekFrom};

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
