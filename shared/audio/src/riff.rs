//! What the RIFF reader does not do for us: files over 4 GB (RF64, BW64), INFO tags, and the ID3 tags that others and this program put beside them.

use crate::tags;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use symphonia::core::io::MediaSource;
use track::Tags;

/// Chunks that are walked before we give up; real files have a dozen.
const MAX_CHUNKS: usize = 1000;
/// Bytes of INFO text that are read.
const MAX_INFO: u64 = 1 << 20;
/// Bytes of an ID3 tag that are read: pictures lie in it, too.
const MAX_ID3: u64 = 32 << 20;

/// A file that starts with `RIFF` and ends where its audio ends, whatever it is.
pub(crate) struct RiffSource {
    file: File,
    position: u64,
    length: u64,
    is_rf64: bool,
}

/// What the walk over the chunks found.
#[derive(Debug, Default)]
pub(crate) struct RiffFacts {
    /// Bytes of audio, as a 64-bit size chunk says.
    pub(crate) data_bytes: Option<u64>,
    pub(crate) tags: Tags,
}

/// Looks at a file; `None` when it is no RIFF of any kind.
pub(crate) fn open(mut file: File) -> std::io::Result<Result<(RiffSource, RiffFacts), File>> {
    let length = file.metadata()?.len();
    let mut head = [0u8; 12];
    let got = read_up_to(&mut file, &mut head)?;
    file.seek(SeekFrom::Start(0))?;
    let is_rf64 = matches!(&head[..4], b"RF64" | b"BW64");
    if got < 12 || &head[8..] != b"WAVE" || !(is_rf64 || &head[..4] == b"RIFF") {
        return Ok(Err(file));
    }
    let (mut facts, mut end) = (RiffFacts::default(), length);
    let mut at = 12u64;
    let (mut ds64_data, mut id3) = (None, None);
    for _ in 0..MAX_CHUNKS {
        let mut chunk = [0u8; 8];
        file.seek(SeekFrom::Start(at))?;
        if read_up_to(&mut file, &mut chunk)? < 8 {
            break;
        }
        let mut size = u64::from(u32::from_le_bytes([chunk[4], chunk[5], chunk[6], chunk[7]]));
        match &chunk[..4] {
            b"ds64" => {
                let mut sizes = [0u8; 16];
                if read_up_to(&mut file, &mut sizes)? == 16 {
                    ds64_data = sizes[8..16].try_into().ok().map(u64::from_le_bytes);
                }
            }
            b"data" => {
                if is_rf64 && let Some(bytes) = ds64_data {
                    facts.data_bytes = Some(bytes);
                    size = bytes;
                    end = length.min((at + 8).saturating_add(bytes));
                }
            }
            b"LIST" => read_info(&mut file, size.min(MAX_INFO), &mut facts.tags)?,
            b"id3 " | b"ID3 " => {
                let mut bytes = vec![0u8; size.min(MAX_ID3).min(length.saturating_sub(at)) as usize];
                let got = read_up_to(&mut file, &mut bytes)?;
                bytes.truncate(got);
                id3 = Some(bytes);
            }
            _ => {}
        }
        at = at.saturating_add(8).saturating_add(size).saturating_add(size & 1);
        if at >= length {
            break;
        }
    }
    // It has names for more things than INFO has, and its texts are not cut.
    if let Some(tags) = id3.and_then(tags::of_id3) {
        tags::put_over(&mut facts.tags, tags);
    }
    file.seek(SeekFrom::Start(0))?;
    let length = if is_rf64 { end } else { length };
    Ok(Ok((RiffSource { file, position: 0, length, is_rf64 }, facts)))
}

fn read_up_to(file: &mut File, into: &mut [u8]) -> std::io::Result<usize> {
    let mut got = 0;
    while got < into.len() {
        match file.read(&mut into[got..])? {
            0 => break,
            n => got += n,
        }
    }
    Ok(got)
}

fn read_info(file: &mut File, size: u64, tags: &mut Tags) -> std::io::Result<()> {
    let mut bytes = vec![0u8; size as usize];
    let got = read_up_to(file, &mut bytes)?;
    bytes.truncate(got);
    let Some(mut rest) = bytes.strip_prefix(b"INFO") else { return Ok(()) };
    while let Some((head, body)) = rest.split_at_checked(8) {
        let size = u32::from_le_bytes([head[4], head[5], head[6], head[7]]) as usize;
        let Some(text) = body.get(..size) else { break };
        let text: String = String::from_utf8_lossy(text).trim_end_matches('\0').trim().chars().take(1000).collect();
        let slot = match &head[..4] {
            b"INAM" => Some(&mut tags.title),
            b"IART" => Some(&mut tags.artist),
            b"IPRD" => Some(&mut tags.album),
            b"IMUS" => Some(&mut tags.composer),
            b"IGNR" => Some(&mut tags.genre),
            b"ICMT" => Some(&mut tags.comment),
            b"ICRD" => Some(&mut tags.date),
            b"ISRC" => Some(&mut tags.isrc),
            _ => None,
        };
        if let (Some(slot), false) = (slot, text.is_empty()) {
            *slot = Some(text);
        }
        rest = body.get(size + (size & 1)..).unwrap_or_default();
    }
    Ok(())
}

impl Read for RiffSource {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        let left = usize::try_from(self.length.saturating_sub(self.position)).unwrap_or(usize::MAX).min(into.len());
        let got = self.file.read(&mut into[..left])?;
        if self.is_rf64 {
            for (i, byte) in into[..got].iter_mut().enumerate() {
                if let Some(b) = usize::try_from(self.position).ok().and_then(|p| b"RIFF".get(p + i)) {
                    *byte = *b;
                }
            }
        }
        self.position += got as u64;
        Ok(got)
    }
}

impl Seek for RiffSource {
    fn seek(&mut self, to: SeekFrom) -> std::io::Result<u64> {
        let to = match to {
            SeekFrom::End(back) => SeekFrom::Start(self.length.saturating_add_signed(back)),
            other => other,
        };
        self.position = self.file.seek(to)?;
        Ok(self.position)
    }
}

impl MediaSource for RiffSource {
    fn is_seekable(&self) -> bool {
        true
    }

    fn byte_len(&self) -> Option<u64> {
        Some(self.length)
    }
}
