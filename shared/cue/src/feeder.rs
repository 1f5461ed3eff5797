//! The feeder: on a worker's thread, it keeps a player in decoded audio and fresh decks, and takes back what the player is done with.
//!
//! One idea: the player says which source frames it needs next; the feeder keeps the chunks from a little before those to some
//! seconds after them, drops the rest when memory runs short, and never touches the player otherwise.

use crate::chunks::{CHUNK_FRAMES, Chunk, ChunkTable};
use crate::deck::Deck;
use crate::link::{Board, FromPlayer, NONE, Slot, ToPlayer, WANTS};
use crate::program::{Program, SPARE_DECKS};
use crate::recipe::Cue;
use audio::{AudioError, Reader, to_stereo};
use retime::RetimeError;
use rtrb::{Consumer, Producer};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// Decoded audio that is kept, in chunks of 64 KiB: 32 MiB, half of what an instance may use.
const MAX_CHUNKS: usize = 512;
/// Decoded ahead of a wanted frame, in seconds.
const AHEAD_S: f64 = 8.0;
/// Kept behind it, in seconds: a short way back costs no decoding.
const BEHIND_S: f64 = 1.0;
/// Chunks decoded in one tick, so that a tick stays short.
const CHUNKS_PER_TICK: usize = 8;
/// Reading on is cheaper than seeking up to this many frames ahead.
const READ_ON_FRAMES: u64 = 10 * CHUNK_FRAMES as u64;

/// Why a cue cannot be played.
#[derive(Debug, thiserror::Error)]
pub enum FeederError {
    /// Its file cannot be read.
    #[error(transparent)]
    Audio(#[from] AudioError),
    /// Its file is not the one that the cue was made for.
    #[error("{}: has changed since it was scanned; scan the library again", .0.display())]
    Changed(PathBuf),
    /// Its rates cannot be brought together.
    #[error(transparent)]
    Retime(#[from] RetimeError),
    /// The recipe itself is damaged.
    #[error("the cue stored in this project is damaged; choose the track again")]
    DamagedCue,
}

/// The source that is being fed, independent of how it is played.
struct Stream {
    path: PathBuf,
    frames: u64,
    reader: Reader,
    /// Chunks that are in memory, whether or not the player has them.
    chunks: BTreeMap<usize, Arc<Chunk>>,
    /// The last block that was decoded.
    left: Vec<f32>,
    right: Vec<f32>,
}

/// Feeds one player.
pub struct Feeder {
    host_rate_hz: f64,
    slot: Arc<Slot>,
    to_player: Producer<ToPlayer>,
    from_player: Consumer<FromPlayer>,
    board: Arc<Board>,
    stream: Option<Stream>,
    cue: Option<Cue>,
    pitch: f64,
    /// Which program the player was given last, or 0.
    program: u64,
    next_program: u64,
    /// The first program that this stream was for.
    stream_since: u64,
    /// Which chunks that program has.
    given: std::collections::BTreeSet<usize>,
    /// Decks that the player was given for it.
    decks_given: u64,
    /// Messages that found the queue full.
    unsent: std::collections::VecDeque<ToPlayer>,
    /// Chunks that the player may still hold; dropped when it does not.
    leaving: Vec<Arc<Chunk>>,
    /// What went wrong since it was last asked.
    problem: Option<FeederError>,
}

impl Feeder {
    pub(crate) fn new(
        host_rate_hz: f64,
        slot: Arc<Slot>,
        to_player: Producer<ToPlayer>,
        from_player: Consumer<FromPlayer>,
        board: Arc<Board>,
    ) -> Self {
        Self {
            host_rate_hz,
            slot,
            to_player,
            from_player,
            board,
            stream: None,
            cue: None,
            pitch: 1.0,
            program: 0,
            next_program: 1,
            stream_since: 1,
            given: Default::default(),
            decks_given: 0,
            unsent: Default::default(),
            leaving: Vec::new(),
            problem: None,
        }
    }

    /// Plays a cue from the file at `path`, transposed by `semitones`, from now on. Without a place it is auditioned at once.
    ///
    /// # Errors
    /// [`FeederError`] when the file cannot be read, is another one than the cue's, or the cue is damaged. Nothing plays then.
    pub fn play(&mut self, cue: &Cue, path: &Path, semitones: f64) -> Result<(), FeederError> {
        let same = self.stream.as_ref().is_some_and(|s| s.path == path) && self.cue.as_ref().is_some_and(|c| c.source == cue.source);
        if !same {
            self.stop();
            let reader = Reader::open(path)?;
            if reader.info().rate_hz != cue.source.rate_hz {
                return Err(FeederError::Changed(path.to_owned()));
            }
            self.stream_since = self.next_program;
            self.stream = Some(Stream {
                path: path.to_owned(),
                frames: cue.source.frames,
                reader,
                chunks: BTreeMap::new(),
                left: Vec::new(),
                right: Vec::new(),
            });
        }
        self.cue = Some(cue.clone());
        self.pitch = 2f64.powf(semitones / 12.0);
        let result = self.send_program();
        if result.is_err() {
            self.stop();
        }
        result
    }

    /// Changes the transposition of what plays.
    ///
    /// # Errors
    /// As [`Self::play`].
    pub fn set_transposition(&mut self, semitones: f64) -> Result<(), FeederError> {
        let pitch = 2f64.powf(semitones / 12.0);
        if (pitch - self.pitch).abs() < 1e-12 || self.cue.is_none() {
            self.pitch = pitch;
            return Ok(());
        }
        self.pitch = pitch;
        self.send_program()
    }

    /// Plays nothing from now on.
    pub fn stop(&mut self) {
        if let Some(stream) = self.stream.take() {
            self.leaving.extend(stream.chunks.into_values());
        }
        self.cue = None;
        self.board.silent_below.store(self.next_program, Ordering::Release);
        drop(self.slot.take());
        self.unsent.clear();
        self.program = 0;
        self.given.clear();
    }

    /// What plays or would play, if anything.
    #[must_use]
    pub fn cue(&self) -> Option<&Cue> {
        self.cue.as_ref()
    }

    /// Whether the program that was given last has played to its end.
    #[must_use]
    pub fn has_ended(&self) -> bool {
        self.program != 0 && self.board.ended.load(Ordering::Relaxed) == self.program
    }

    /// What went wrong while playing, once.
    pub fn take_problem(&mut self) -> Option<FeederError> {
        self.problem.take()
    }

    /// Decks built for what plays now. Each costs some milliseconds, so this should grow with jumps only.
    #[must_use]
    pub fn decks_built(&self) -> u64 {
        self.decks_given
    }

    /// Bytes of decoded audio in memory.
    #[must_use]
    pub fn memory_bytes(&self) -> usize {
        let chunks = self.stream.as_ref().map_or(0, |s| s.chunks.len()) + self.leaving.len();
        chunks * CHUNK_FRAMES * 2 * size_of::<f32>()
    }

    fn send_program(&mut self) -> Result<(), FeederError> {
        let id = self.next_program;
        self.program = id;
        self.given.clear();
        self.unsent.clear();
        if self.stream.as_ref().is_some_and(|s| s.chunks.is_empty()) {
            // The first frames are wanted in any case; having them spares a round trip.
            self.fill(&[0]);
        }
        let (Some(cue), Some(stream)) = (&self.cue, &self.stream) else { return Ok(()) };
        let mut program = Program::new(id, cue).ok_or(FeederError::DamagedCue)?;
        self.given = stream.chunks.keys().copied().collect();
        for (index, chunk) in &stream.chunks {
            program.table.set(*index, Some(chunk.clone()));
        }
        while program.decks.len() < SPARE_DECKS {
            program.decks.push(Box::new(Deck::new(program.rate_hz, self.host_rate_hz, self.pitch, program.stretches())?));
        }
        self.next_program += 1;
        self.decks_given = SPARE_DECKS as u64;
        // One that was not taken meanwhile is dropped here: only the newest counts.
        drop(self.slot.swap(Some(Box::new(program))));
        Ok(())
    }

    /// Whether the player has taken the program that it was given last.
    fn is_taken(&self) -> bool {
        self.program != 0 && self.board.taken.load(Ordering::Acquire) == self.program
    }

    fn send(&mut self, message: ToPlayer) {
        self.unsent.push_back(message);
        self.flush();
    }

    fn flush(&mut self) {
        while let Some(message) = self.unsent.pop_front() {
            if let Err(rtrb::PushError::Full(message)) = self.to_player.push(message) {
                self.unsent.push_front(message);
                return;
            }
        }
    }

    /// Does what is due: call it every few milliseconds. Returns whether there may be more to do at once.
    pub fn tick(&mut self) -> bool {
        self.flush();
        while let Ok(back) = self.from_player.pop() {
            match back {
                FromPlayer::Deck(deck) => drop(deck),
                FromPlayer::Program(program) => drop(program),
                FromPlayer::Chunk(chunk) => drop(chunk),
            }
        }
        self.leaving.retain(|chunk| Arc::strong_count(chunk) > 1);
        self.deal_decks();
        // Until the new program of a stream is taken, what the one before wanted is the best guess.
        let mut wants: Vec<i64> = if self.board.wants_of.load(Ordering::Relaxed) >= self.stream_since {
            self.board.wants.iter().map(|w| w.load(Ordering::Relaxed)).filter(|w| *w != NONE).collect()
        } else {
            Vec::new()
        };
        if wants.is_empty() {
            wants.push(0);
        }
        self.fill(&wants)
    }

    /// A deck that was taken is replaced by a new one.
    fn deal_decks(&mut self) {
        let (Some(cue), true) = (&self.cue, self.is_taken()) else { return };
        let (rate_hz, locked) = (f64::from(cue.source.rate_hz), matches!(cue.timing, crate::recipe::Timing::Locked { .. }));
        let used = self.board.decks_used.load(Ordering::Relaxed);
        while self.decks_given < SPARE_DECKS as u64 + used {
            match Deck::new(rate_hz, self.host_rate_hz, self.pitch, locked) {
                Ok(deck) => {
                    self.decks_given += 1;
                    self.send(ToPlayer::Deck(self.program, Box::new(deck)));
                }
                Err(e) => {
                    self.problem = Some(e.into());
                    return;
                }
            }
        }
    }

    /// Decodes what is wanted, most urgent first, and gives it to the player once that has taken the program. Returns whether something
    /// is still missing.
    fn fill(&mut self, wants: &[i64]) -> bool {
        let is_taken = self.is_taken();
        let Some(stream) = &mut self.stream else { return false };
        let rate_hz = f64::from(stream.reader.info().rate_hz);
        // Two wants must fit into memory, whatever the rate.
        let most = (MAX_CHUNKS / WANTS - 2) * CHUNK_FRAMES;
        let behind = (BEHIND_S * rate_hz) as i64;
        let ahead = ((AHEAD_S * rate_hz) as i64).min(most as i64 - behind);
        let near = (0.6 * rate_hz) as i64;
        let touched = |from: i64, to: i64| ChunkTable::touched(stream.frames as i64, from, to);
        // First what every want needs at once, then the rest of each.
        let urgent = wants.iter().flat_map(|w| touched(*w - 4096, *w + near));
        let later = wants.iter().flat_map(|w| touched(*w - 4096, *w + ahead));
        let mut missing: Vec<usize> = Vec::new();
        for index in urgent.chain(later) {
            let is_due = if is_taken { !self.given.contains(&index) } else { !stream.chunks.contains_key(&index) };
            if is_due && !missing.contains(&index) {
                missing.push(index);
            }
        }
        let keep: Vec<std::ops::Range<usize>> = wants.iter().map(|w| touched(*w - behind, *w + ahead)).collect();
        let mut more = missing.len() > CHUNKS_PER_TICK;
        for index in missing.into_iter().take(CHUNKS_PER_TICK) {
            let Some(stream) = &mut self.stream else { break };
            if !stream.chunks.contains_key(&index) {
                if stream.chunks.len() >= MAX_CHUNKS {
                    let victim = stream.chunks.keys().copied().find(|c| !keep.iter().any(|k| k.contains(c)));
                    let Some(victim) = victim else {
                        more = false;
                        break;
                    };
                    if let Some(chunk) = stream.chunks.remove(&victim) {
                        self.leaving.push(chunk);
                        self.given.remove(&victim);
                        if is_taken {
                            self.unsent.push_back(ToPlayer::Chunk(self.program, victim, None));
                        }
                    }
                }
                if let Err(e) = stream.decode(index) {
                    self.problem.get_or_insert(e.into());
                }
            }
            if let (true, Some(chunk)) = (is_taken, stream.chunks.get(&index).cloned()) {
                self.given.insert(index);
                self.unsent.push_back(ToPlayer::Chunk(self.program, index, Some(chunk)));
            }
        }
        self.flush();
        more
    }
}

impl Stream {
    /// Decodes the chunk with that index. What cannot be decoded is silence, and the reason is given.
    fn decode(&mut self, index: usize) -> Result<(), AudioError> {
        let size = CHUNK_FRAMES as u64;
        let (start, end) = (index as u64 * size, ((index as u64 + 1) * size).min(self.frames));
        let mut chunk = Chunk::silent();
        // Blocks straddle chunks, so the last one is kept: it holds the frames before the reader's position.
        let at = self.reader.position();
        let kept = at.saturating_sub(self.left.len() as u64);
        let mut result = Ok(());
        if start < kept || start.saturating_sub(at) > READ_ON_FRAMES {
            result = self.reader.seek(start);
            self.left.clear();
            self.right.clear();
        } else {
            self.copy_kept(kept, start, end, &mut chunk);
        }
        while result.is_ok() && self.reader.position() < end {
            match self.reader.next_block() {
                Ok(Some(block)) => {
                    let block_start = block.start;
                    let planes: Vec<&[f32]> = block.channels().collect();
                    to_stereo(&planes, &mut self.left, &mut self.right);
                    self.copy_kept(block_start, start, end, &mut chunk);
                }
                Ok(None) => break,
                Err(e) => result = Err(e),
            }
        }
        for channel in &mut chunk.channels {
            // A damaged float file may hold anything, and no music is 30 dB over full scale.
            for x in channel.iter_mut() {
                *x = if x.is_finite() { x.clamp(-32.0, 32.0) } else { 0.0 };
            }
        }
        self.chunks.insert(index, Arc::new(chunk));
        result
    }

    /// Copies what the kept block, which starts with frame `kept`, has of frames start..end.
    fn copy_kept(&self, kept: u64, start: u64, end: u64, chunk: &mut Chunk) {
        let (from, to) = (start.max(kept), end.min(kept + self.left.len() as u64));
        if from < to {
            let (a, into, n) = ((from - kept) as usize, (from - start) as usize, (to - from) as usize);
            chunk.channels[0][into..into + n].copy_from_slice(&self.left[a..a + n]);
            chunk.channels[1][into..into + n].copy_from_slice(&self.right[a..a + n]);
        }
    }
}
