//! Decoded audio in pieces of fixed size, shared between the thread that decodes and the one that plays.

use std::sync::Arc;

/// Frames per chunk: 0.17 s at 48 kHz, 64 KiB in stereo.
pub const CHUNK_FRAMES: usize = 8192;

/// A piece of a source, in stereo.
#[derive(Debug)]
pub struct Chunk {
    /// Left and right, each [`CHUNK_FRAMES`] long; silence beyond the end of the source.
    pub channels: [Box<[f32]>; 2],
}

impl Chunk {
    /// A silent chunk.
    #[must_use]
    pub fn silent() -> Self {
        Self { channels: std::array::from_fn(|_| vec![0.0; CHUNK_FRAMES].into_boxed_slice()) }
    }
}

/// Which chunks of a source are in memory, as the audio thread sees it. The worker holds another reference to each chunk for as long
/// as one is here, so that dropping one here never frees memory.
#[derive(Debug)]
pub(crate) struct ChunkTable {
    frames: i64,
    chunks: Vec<Option<Arc<Chunk>>>,
}

impl ChunkTable {
    pub(crate) fn new(frames: u64) -> Self {
        let count = frames.div_ceil(CHUNK_FRAMES as u64) as usize;
        Self { frames: frames as i64, chunks: vec![None; count] }
    }

    pub(crate) fn set(&mut self, index: usize, chunk: Option<Arc<Chunk>>) {
        if let Some(slot) = self.chunks.get_mut(index) {
            *slot = chunk;
        }
    }

    /// The chunks that frames from..to touch, as far as the source reaches.
    pub(crate) fn touched(frames: i64, from: i64, to: i64) -> std::ops::Range<usize> {
        let (from, to) = (from.clamp(0, frames), to.clamp(0, frames));
        let size = CHUNK_FRAMES as i64;
        (from / size) as usize..if to > from { ((to - 1) / size + 1) as usize } else { (from / size) as usize }
    }

    /// Whether every sounding frame of from..to is here.
    pub(crate) fn has(&self, from: i64, to: i64) -> bool {
        self.chunks.get(Self::touched(self.frames, from, to)).is_some_and(|c| c.iter().all(Option::is_some))
    }

    /// Copies frames from.. into both buffers; silence outside of the source.
    pub(crate) fn copy(&self, from: i64, out: [&mut [f32]; 2]) {
        let [left, right] = out;
        let n = left.len().min(right.len());
        let mut i = 0;
        while i < n {
            let at = from + i as i64;
            if at < 0 || at >= self.frames {
                let until = if at < 0 { ((-at) as usize).min(n - i) } else { n - i };
                left[i..i + until].fill(0.0);
                right[i..i + until].fill(0.0);
                i += until;
                continue;
            }
            let (index, offset) = (at as usize / CHUNK_FRAMES, at as usize % CHUNK_FRAMES);
            let count = (CHUNK_FRAMES - offset).min(n - i).min((self.frames - at) as usize);
            match self.chunks.get(index).and_then(Option::as_ref) {
                Some(chunk) => {
                    left[i..i + count].copy_from_slice(&chunk.channels[0][offset..offset + count]);
                    right[i..i + count].copy_from_slice(&chunk.channels[1][offset..offset + count]);
                }
                None => {
                    left[i..i + count].fill(0.0);
                    right[i..i + count].fill(0.0);
                }
            }
            i += count;
        }
    }
}
