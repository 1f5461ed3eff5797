//! The pitch of a single voice over time.
//!
//! One idea: first find out, from a frame now and then of the first sounding seconds, whether one voice is all there is; only then is
//! the pitch of every frame worth its price, and only for as long as it stays alone.

mod candidates;
mod path;

use crate::decimate::Decimator;
pub(crate) use candidates::PitchFrames;

use candidates::Candidates;
use path::PathFinder;
use track::Voice;

/// Samples per second that pitch needs at least.
const LOWEST_RATE_HZ: f64 = 14_000.0;
/// Time between frames.
const HOP_S: f64 = 0.01;
/// Sound that is heard before it is decided whether it is one voice.
const TRIAL_S: f64 = 20.0;
/// In the trial every so many frames are looked at.
const TRIAL_EVERY: usize = 10;
/// A frame whose best period explains this much of it may be that of one voice.
const CLEAR: f32 = 0.9;
/// Below this, -80 dBFS, nothing is heard.
const HEARD: f32 = 1e-4;
/// One voice: at least this share of the frames that sound are clear.
const CLEAR_SHARE: f64 = 0.65;
/// A voice that is joined by others is given up once so many frames have sounded.
const SURE_FRAMES: usize = 1000;

enum State {
    Trial,
    Following,
    Polyphonic,
}

/// Follows the pitch of a stream.
pub(crate) struct VoiceTracker {
    state: State,
    decimator: Decimator,
    low: Vec<f32>,
    frames: PitchFrames,
    path: PathFinder,
    /// Whether somebody said that one voice is there, so that nobody need ask.
    is_told: bool,
    loudest: f32,
    sounding: usize,
    clear: usize,
}

impl VoiceTracker {
    /// A tracker that decides for itself whether one voice is there.
    pub(crate) fn new(rate_hz: f64) -> Self {
        let decimator = Decimator::new(rate_hz, LOWEST_RATE_HZ);
        let frames = PitchFrames::new(decimator.rate_hz(), HOP_S);
        Self {
            state: State::Trial,
            decimator,
            low: Vec::new(),
            frames,
            path: PathFinder::default(),
            is_told: false,
            loudest: 0.0,
            sounding: 0,
            clear: 0,
        }
    }

    /// A tracker that is told that one voice is there.
    pub(crate) fn following(rate_hz: f64) -> Self {
        Self { state: State::Following, is_told: true, ..Self::new(rate_hz) }
    }

    pub(crate) fn push(&mut self, mono: &[f32]) {
        match self.state {
            State::Polyphonic => {}
            State::Following => {
                let mut low = std::mem::take(&mut self.low);
                self.decimator.push(mono, &mut low);
                self.frames.push(&low);
                low.clear();
                self.low = low;
                self.follow();
            }
            State::Trial => {
                let known = self.low.len();
                self.decimator.push(mono, &mut self.low);
                // Silence before the first sound is no trial: it passes on as unvoiced.
                if known == 0 && self.low.iter().all(|x| x.abs() < HEARD) {
                    let mut low = std::mem::take(&mut self.low);
                    self.frames.push(&low);
                    low.clear();
                    self.low = low;
                    self.follow();
                }
                if self.low.len() as f64 >= TRIAL_S * self.decimator.rate_hz() {
                    self.decide();
                }
            }
        }
    }

    fn follow(&mut self) {
        while let Some(candidates) = self.frames.next() {
            self.loudest = self.loudest.max(candidates.peak);
            if candidates.peak > 0.01 * self.loudest && candidates.peak > HEARD {
                self.sounding += 1;
                self.clear += usize::from(candidates.is_voice(CLEAR));
            }
            self.path.push(candidates);
        }
        if self.sounding >= SURE_FRAMES && !self.is_alone() {
            self.state = State::Polyphonic;
        }
    }

    fn is_alone(&self) -> bool {
        self.is_told || self.clear as f64 >= CLEAR_SHARE * self.sounding as f64
    }

    fn decide(&mut self) {
        let low = std::mem::take(&mut self.low);
        let mut trial = PitchFrames::new(self.decimator.rate_hz(), HOP_S * TRIAL_EVERY as f64);
        trial.push(&low);
        let loudest = low.iter().fold(0f32, |m, x| m.max(x.abs()));
        let (mut sounding, mut clear) = (0usize, 0usize);
        while let Some(c) = trial.next() {
            // 40 dB under the loudest: the rests between notes, and rooms.
            if c.peak > 0.01 * loudest && c.peak > HEARD {
                sounding += 1;
                clear += usize::from(c.is_voice(CLEAR));
            }
        }
        // A loud second tells enough; less does not.
        let is_voice = sounding * TRIAL_EVERY >= 100 && clear as f64 >= CLEAR_SHARE * sounding as f64;
        if is_voice {
            self.state = State::Following;
            self.frames.push(&low);
            self.follow();
        } else {
            self.state = State::Polyphonic;
        }
    }

    /// The pitch, with how sure it is; `None` where there is more than one voice, or none.
    pub(crate) fn finish(mut self) -> Option<(Voice, f64)> {
        if matches!(self.state, State::Trial) {
            self.decide();
        }
        if !matches!(self.state, State::Following) {
            return None;
        }
        self.frames.push(&vec![0.0; self.frames.window()]);
        self.follow();
        if !self.is_alone() {
            return None;
        }
        let (cents, clarity) = self.path.finish();
        cents.iter().any(|c| *c > 0).then_some((Voice { hop_s: HOP_S, cents }, clarity))
    }
}

/// An empty set of candidates stands for silence.
impl Default for Candidates {
    fn default() -> Self {
        Self { peak: 0.0, loudest: 0.0, lowest_hz: 0.0, of: [(0.0, 0.0); candidates::MOST], count: 0 }
    }
}
