//! Whether an Ogg file ends as its first stream does.
//!
//! One idea: the last page of a stream says that it is the last (RFC 3533, section 6), and to which stream it belongs. Ogg tells no
//! length, so nothing else gives away a half-copied file, or one that several were copied into.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};

/// A page is at most this long.
const LONGEST_PAGE: u64 = 65_307;
const CAPTURE: &[u8; 4] = b"OggS";
const HEADER: usize = 27;
const BEGIN_OF_STREAM: u8 = 2;
const END_OF_STREAM: u8 = 4;
/// Streams that are multiplexed at most; real files have one or two.
const MAX_STREAMS: usize = 64;

/// How a file ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// As it should, as far as that can be told.
    Whole,
    /// In the middle of its stream.
    Missing,
    /// In another stream than it began with: only the first of them is read.
    AnotherStream,
}

/// How a file ends, if it is Ogg.
pub(crate) fn of(file: &mut File) -> End {
    let answer = look(file).unwrap_or(End::Whole);
    // Whoever reads next starts at the front; if that fails, so will the reading.
    let _ = file.seek(SeekFrom::Start(0));
    answer
}

fn look(file: &mut File) -> std::io::Result<End> {
    let mut first = Vec::new();
    file.seek(SeekFrom::Start(0))?;
    Read::by_ref(file).take(LONGEST_PAGE).read_to_end(&mut first)?;
    if !first.starts_with(CAPTURE) {
        return Ok(End::Whole);
    }
    // All streams that run side by side begin before any of them goes on.
    let mut began = Vec::new();
    let mut rest = first.as_slice();
    while let Some(page) = Page::read(rest).filter(|p| p.flags & BEGIN_OF_STREAM != 0 && began.len() < MAX_STREAMS) {
        began.push(page.stream);
        rest = rest.get(page.length..).unwrap_or_default();
    }
    let length = file.seek(SeekFrom::End(0))?;
    file.seek(SeekFrom::Start(length.saturating_sub(2 * LONGEST_PAGE)))?;
    let mut tail = Vec::new();
    Read::by_ref(file).take(2 * LONGEST_PAGE).read_to_end(&mut tail)?;
    // Sound may hold the four letters by chance: only where a whole page follows, or the file ends within it, are they believed.
    let last = tail.windows(4).enumerate().rev().filter(|(_, w)| w == CAPTURE).find_map(|(at, _)| Page::read(&tail[at..]));
    Ok(match last {
        Some(page) if !began.is_empty() && !began.contains(&page.stream) => End::AnotherStream,
        Some(page) if page.is_whole && page.flags & END_OF_STREAM != 0 => End::Whole,
        _ => End::Missing,
    })
}

struct Page {
    flags: u8,
    /// Serial number of its stream.
    stream: [u8; 4],
    /// Bytes, as far as the header could be read.
    length: usize,
    is_whole: bool,
}

impl Page {
    /// A page at the start of `bytes`; `None` if this is no page.
    fn read(bytes: &[u8]) -> Option<Self> {
        let flags = *bytes.get(5)?;
        let stream = bytes.get(14..18)?.try_into().ok()?;
        if !bytes.starts_with(CAPTURE) || bytes.get(4) != Some(&0) || flags > 7 {
            return None;
        }
        let table = bytes.get(26).and_then(|n| bytes.get(HEADER..HEADER + usize::from(*n)));
        let Some(table) = table else { return Some(Self { flags, stream, length: bytes.len(), is_whole: false }) };
        let length = HEADER + table.len() + table.iter().map(|s| usize::from(*s)).sum::<usize>();
        Some(Self { flags, stream, length, is_whole: bytes.len() >= length })
    }
}
