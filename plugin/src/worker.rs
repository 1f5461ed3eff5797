//! The instance's worker: a thread that opens the catalogue, searches, fits, verifies files, and feeds the player.
//!
//! One idea: it is the only one that knows everything. The editor sends it intents and shows the model it publishes; the audio thread
//! publishes its clock in atomics and hears of it only through what the player is given. Told to stop in `Drop`.

mod state;

use crate::params::UnderscoreParams;
use crate::view::{Intent, Model};
use arc_swap::ArcSwap;
use crossbeam_channel::Sender;
use cue::{Feeder, HostTime, PlayerStatus};
use nice_plug::prelude::Transport;
use nice_plug_egui::RepaintNotifier;
use state::State;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI32, AtomicU32, AtomicU64, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// To the worker.
pub enum ToWorker {
    /// The editor wants something.
    Intent(Intent),
    /// The plugin was activated: this is the player's other end.
    Activated {
        /// Feeds the new player.
        feeder: Box<Feeder>,
        /// What the new player is doing.
        status: PlayerStatus,
    },
    /// End the thread.
    Stop,
}

/// Numbers that the audio thread and the worker tell each other.
#[derive(Default)]
struct Board {
    playing: AtomicBool,
    beats: AtomicU64,
    seconds: AtomicU64,
    bpm: AtomicU64,
    bar_start: AtomicU64,
    beats_per_bar: AtomicU64,
    /// Gain that undoes the loudness match, as bits.
    unmatch: AtomicU32,
    /// The transposition that plays.
    transpose: AtomicI32,
    /// Messages sent to the worker, and handled by it.
    sent: AtomicU64,
    handled: AtomicU64,
    /// The cue that the worker has brought to the player is the one that is stored.
    is_loaded: AtomicBool,
    /// The plugin is being removed: nothing long may go on.
    is_ending: AtomicBool,
}

fn put(slot: &AtomicU64, value: f64) {
    slot.store(value.to_bits(), Ordering::Relaxed);
}

fn get(slot: &AtomicU64) -> f64 {
    f64::from_bits(slot.load(Ordering::Relaxed))
}

/// What the editor holds of the worker.
#[derive(Clone)]
pub struct Handle {
    to_worker: Sender<ToWorker>,
    board: Arc<Board>,
    model: Arc<ArcSwap<Model>>,
    status: Arc<ArcSwap<Option<PlayerStatus>>>,
}

impl Handle {
    /// Passes on what the user wants.
    pub fn intend(&self, intent: Intent) {
        self.board.sent.fetch_add(1, Ordering::Relaxed);
        let _ = self.to_worker.send(ToWorker::Intent(intent));
    }

    /// What is to be shown.
    pub fn model(&self) -> Arc<Model> {
        self.model.load_full()
    }

    /// The second of the source that is heard now.
    pub fn playhead_s(&self) -> Option<f64> {
        let rate_hz = self.model.load().chosen.as_ref().map(|c| c.rate_hz)?;
        let frame = self.status.load().as_ref().as_ref()?.heard_frame()?;
        Some(frame as f64 / f64::from(rate_hz))
    }
}

/// The worker of one instance.
pub struct Worker {
    handle: Handle,
    thread: Option<JoinHandle<()>>,
}

impl Worker {
    /// Starts the thread.
    pub fn start(params: Arc<UnderscoreParams>, repaint: RepaintNotifier) -> Self {
        let (to_worker, from_all) = crossbeam_channel::unbounded();
        let board = Arc::new(Board::default());
        board.unmatch.store(1f32.to_bits(), Ordering::Relaxed);
        put(&board.bpm, crate::DEFAULT_BPM);
        put(&board.beats_per_bar, 4.0);
        let handle = Handle {
            to_worker,
            board,
            model: Arc::new(ArcSwap::from_pointee(Model::default())),
            status: Arc::new(ArcSwap::from_pointee(None)),
        };
        let state = State::new(params, repaint, handle.clone());
        let thread = std::thread::Builder::new().name("underscore-worker".into()).spawn(move || state.run(&from_all)).ok();
        Self { handle, thread }
    }

    /// What the editor needs of it.
    pub fn handle(&self) -> Handle {
        self.handle.clone()
    }

    /// Sends a message. Not for the audio thread.
    pub fn send(&self, message: ToWorker) {
        self.handle.board.sent.fetch_add(1, Ordering::Relaxed);
        let _ = self.handle.to_worker.send(message);
    }

    /// Waits until everything that was sent is done and what is stored is what plays, within limits. Not for live audio.
    pub fn wait_until_settled(&self, params: &UnderscoreParams, patience: Duration) {
        let since = Instant::now();
        while !self.is_settled(params) && since.elapsed() < patience {
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    /// Whether everything that was sent is done and what is stored is what plays. For any thread.
    pub fn is_settled(&self, params: &UnderscoreParams) -> bool {
        let board = &self.handle.board;
        board.handled.load(Ordering::Acquire) >= board.sent.load(Ordering::Relaxed)
            && board.is_loaded.load(Ordering::Acquire)
            && !params.state.is_news()
            && board.transpose.load(Ordering::Relaxed) == params.transpose.value()
    }

    /// Tells the worker the time. For the audio thread.
    pub fn publish_clock(&self, time: &HostTime, transport: &Transport) {
        let board = &self.handle.board;
        board.playing.store(time.playing, Ordering::Relaxed);
        put(&board.beats, time.at.beats);
        put(&board.seconds, time.at.seconds);
        put(&board.bpm, time.at.bpm);
        put(&board.bar_start, time.bar_start_beats);
        put(&board.beats_per_bar, crate::beats_per_bar(transport));
    }

    /// The gain that undoes the loudness match. For the audio thread.
    pub fn unmatch_gain(&self) -> f32 {
        f32::from_bits(self.handle.board.unmatch.load(Ordering::Relaxed))
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.handle.board.is_ending.store(true, Ordering::Relaxed);
        let _ = self.handle.to_worker.send(ToWorker::Stop);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
