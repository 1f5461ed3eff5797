//! The boxes of an MP4 file (ISO/IEC 14496-12, 4.2).

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

/// A `moov` larger than this is not read.
const MAX_MOOV: u64 = 64 << 20;

/// Whether a file is an MP4 whose metadata go by QuickTime's keys (`mdta`), beside or instead of iTunes' list.
///
/// # Errors
/// Where it cannot be opened.
pub fn has_quicktime_keys(path: &Path) -> std::io::Result<bool> {
    let moov = read_moov(&mut File::open(path)?);
    // The handler of a box of metadata: 'hdlr', version and flags, predefined, then its kind.
    Ok(moov.is_some_and(|moov| moov.windows(16).any(|w| w.starts_with(b"hdlr") && w.ends_with(b"mdta"))))
}

/// The body of the movie box; `None` for other files, or a damaged one.
pub(crate) fn read_moov(file: &mut File) -> Option<Vec<u8>> {
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
pub(crate) fn boxes(mut body: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    std::iter::from_fn(move || {
        let size = u32::from_be_bytes(body.get(..4)?.try_into().ok()?) as usize;
        let (kind, inside) = (body.get(4..8)?, body.get(8..size.max(8))?);
        body = body.get(size.max(8)..)?;
        Some((kind, inside))
    })
}

/// The first box of a kind directly inside of a body.
pub(crate) fn child<'a>(body: &'a [u8], kind: &[u8; 4]) -> Option<&'a [u8]> {
    boxes(body).find(|b| b.0 == kind).map(|b| b.1)
}
