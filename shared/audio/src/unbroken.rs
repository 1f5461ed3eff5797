//! Reading without gaps: where damage left one, silence takes its time, so that what follows keeps its place.

use crate::error::AudioError;
use crate::reader::Reader;

/// Frames of silence that are handed on at once.
const SILENCE: usize = 4096;

/// Hands on all the sound of a reader, one slice for each channel, with silence in the place of gaps. Gives the frames that were handed on.
///
/// # Errors
/// Those of [`Reader::next_block`], and those of `take`.
pub fn read_unbroken<E: From<AudioError>>(reader: &mut Reader, mut take: impl FnMut(&[&[f32]]) -> Result<(), E>) -> Result<u64, E> {
    let silence = [0f32; SILENCE];
    let mut end = 0u64;
    while let Some(block) = reader.next_block()? {
        let planes: Vec<&[f32]> = block.channels().collect();
        let mut gap = block.start.saturating_sub(end);
        while gap > 0 {
            let n = gap.min(SILENCE as u64) as usize;
            take(&vec![&silence[..n]; planes.len()])?;
            gap -= n as u64;
        }
        take(&planes)?;
        end = block.start + block.len() as u64;
    }
    Ok(end)
}
