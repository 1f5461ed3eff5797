//! Whether an Ogg file has its end.
//!
//! One idea: the last page of a stream says that it is the last (RFC 3533, section 6). Ogg tells no length, so nothing else gives a
//! half-copied file away.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};

/// A page is at most this long.
const LONGEST_PAGE: u64 = 65_307;
const CAPTURE: &[u8; 4] = b"OggS";
const HEADER: usize = 27;
const END_OF_STREAM: u8 = 4;

/// Whether the file is Ogg and stops before its stream does.
pub(crate) fn is_missing(file: &mut File) -> bool {
    let answer = look(file).unwrap_or(false);
    // Whoever reads next starts at the front; if that fails, so will the reading.
    let _ = file.seek(SeekFrom::Start(0));
    answer
}

fn look(file: &mut File) -> std::io::Result<bool> {
    let mut magic = [0; 4];
    file.seek(SeekFrom::Start(0))?;
    if file.read_exact(&mut magic).is_err() || magic != *CAPTURE {
        return Ok(false);
    }
    let length = file.seek(SeekFrom::End(0))?;
    file.seek(SeekFrom::Start(length.saturating_sub(2 * LONGEST_PAGE)))?;
    let mut tail = Vec::new();
    Read::by_ref(file).take(2 * LONGEST_PAGE).read_to_end(&mut tail)?;
    // Sound may hold the four letters by chance: only where a whole page follows, or the file ends within it, are they believed.
    let last = tail.windows(4).enumerate().rev().filter(|(_, w)| w == CAPTURE).find_map(|(at, _)| Page::read(&tail[at..]));
    Ok(match last {
        Some(page) => !page.is_whole || page.flags & END_OF_STREAM == 0,
        None => true,
    })
}

struct Page {
    flags: u8,
    is_whole: bool,
}

impl Page {
    /// A page at the start of `bytes`; `None` if this is no page.
    fn read(bytes: &[u8]) -> Option<Self> {
        let flags = *bytes.get(5)?;
        if bytes.get(4) != Some(&0) || flags > 7 {
            return None;
        }
        let Some(segments) = bytes.get(26).map(|n| usize::from(*n)) else { return Some(Self { flags, is_whole: false }) };
        let Some(table) = bytes.get(HEADER..HEADER + segments) else { return Some(Self { flags, is_whole: false }) };
        let body: usize = table.iter().map(|s| usize::from(*s)).sum();
        Some(Self { flags, is_whole: bytes.len() >= HEADER + segments + body })
    }
}
