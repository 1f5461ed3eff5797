//! A deck: one engine and one resampler that play a program from one moment on. Used once, so that it needs no reset.
//!
//! One idea: at every step the deck asks the program which source frame must be heard when, adds the engine's two latencies, and
//! feeds up to there. Errors cannot add up, because each step aims at the absolute place. Steps are a fixed number of frames counted
//! from the deck's own start, so that what it plays does not depend on the host's blocks.

use crate::clock::{Position, Running};
use crate::program::Program;
use crate::recipe::Place;
use retime::{CHANNELS, Resampler, RetimeError, Signalsmith, Stretch};

/// Host frames per step: 1.3 ms at 48 kHz.
pub(crate) const STEP: usize = 64;
/// Seconds that are played into nothing before the first frame that is heard, at pitch 1: the engine's window and both its
/// latencies (120 ms), and room for the resampler.
const RUN_UP_S: f64 = 0.2;

/// Source audio for the next step has not been decoded yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Missing;

pub struct Deck {
    engine: Option<Box<dyn Stretch>>,
    resampler: Option<Resampler>,
    rate_hz: f64,
    /// Host frames per engine frame.
    ratio: f64,
    run_up: i64,
    /// Local time: frame 0 is the moment the deck was begun for.
    clock: Running,
    place: Place,
    /// Next source frame to feed.
    fed: i64,
    /// Engine frames made.
    made: i64,
    /// Local frame that the next step starts with.
    next: i64,
    begun: bool,
    input: [Vec<f32>; CHANNELS],
    plain: Vec<Vec<f32>>,
    output: Vec<Vec<f32>>,
    /// Frames of `output` that were handed out.
    taken: usize,
}

impl Deck {
    /// A deck for sources of one rate, played at `pitch` (1 is as recorded) into a host of another rate.
    pub(crate) fn new(source_rate_hz: f64, host_rate_hz: f64, pitch: f64, stretches: bool) -> Result<Self, RetimeError> {
        let ratio = host_rate_hz / (source_rate_hz * pitch);
        let resampler = if (ratio - 1.0).abs() < 1e-12 { None } else { Some(Resampler::new(ratio, STEP)?) };
        let engine = (stretches || (pitch - 1.0).abs() > 1e-12).then(|| Box::new(Signalsmith::new(source_rate_hz)) as Box<dyn Stretch>);
        let per_step = resampler.as_ref().map_or(STEP, Resampler::needs_at_most);
        let run_up = (RUN_UP_S * host_rate_hz / pitch.min(1.0) / STEP as f64).ceil() as i64 * STEP as i64;
        Ok(Self {
            engine,
            resampler,
            rate_hz: host_rate_hz,
            ratio,
            run_up,
            clock: Running { frame: 0, at: Position { beats: 0.0, seconds: 0.0, bpm: 120.0 } },
            place: Place { at_beats: 0.0, at_s: 0.0 },
            fed: 0,
            made: 0,
            next: 0,
            begun: false,
            // Up to eight times the usual input in one step: enough to catch up after any tempo change that is not a jump.
            input: std::array::from_fn(|_| vec![0.0; 8 * per_step + 64]),
            plain: vec![vec![0.0; STEP]; CHANNELS],
            output: vec![vec![0.0; STEP]; CHANNELS],
            taken: STEP,
        })
    }

    /// Whether it has not made a sound yet and can be begun (again).
    pub(crate) fn is_fresh(&self) -> bool {
        self.made == 0
    }

    /// Host frames that it plays into nothing before it is heard.
    pub(crate) fn run_up_frames(&self) -> i64 {
        self.run_up
    }

    /// Sets it up to be heard from a moment on, which becomes its frame 0.
    pub(crate) fn begin(&mut self, program: &Program, at: Position, place: Place) {
        self.clock = Running { frame: 0, at };
        self.place = place;
        self.next = -self.run_up;
        self.begun = true;
        let late = self.engine.as_ref().map_or(0, |e| e.output_latency()) as i64;
        let lead = self.engine.as_ref().map_or(0, |e| e.input_latency()) as i64;
        self.fed = self.target(program, late).round() as i64 + lead;
    }

    /// Tells it that from local frame `frame` on the clock reads `at`.
    pub(crate) fn set_clock(&mut self, frame: i64, at: Position) {
        self.clock = Running { frame, at };
    }

    /// The tempo that it plays at.
    pub(crate) fn bpm(&self) -> f64 {
        self.clock.at.bpm
    }

    /// The source frame that must be heard when engine frame `made` is.
    fn target(&self, program: &Program, made: i64) -> f64 {
        let delay = self.resampler.as_ref().map_or(0.0, Resampler::delay);
        let heard = (-self.run_up) as f64 + delay + made as f64 * self.ratio;
        program.source_frame(self.clock.at.after(heard - self.clock.frame as f64, self.rate_hz), self.place)
    }

    /// The next source frame that it will ask for.
    pub(crate) fn wants(&self) -> i64 {
        self.fed
    }

    /// The local frame that it will hand out next.
    pub(crate) fn at(&self) -> i64 {
        self.next - (STEP - self.taken) as i64
    }

    /// Plays into nothing up to local frame `until` (a multiple of the step), at most `steps` steps. True when it is there.
    pub(crate) fn run_up(&mut self, program: &Program, until: i64, steps: usize) -> Result<bool, Missing> {
        for _ in 0..steps {
            if self.next >= until {
                break;
            }
            self.step(program)?;
        }
        if self.next >= until {
            self.taken = STEP;
        }
        Ok(self.next >= until)
    }

    /// Hands out the next frames into both buffers.
    pub(crate) fn read(&mut self, program: &Program, out: [&mut [f32]; CHANNELS]) -> Result<(), Missing> {
        let [left, right] = out;
        let n = left.len().min(right.len());
        let mut i = 0;
        while i < n {
            if self.taken == STEP {
                self.step(program)?;
                self.taken = 0;
            }
            let count = (STEP - self.taken).min(n - i);
            left[i..i + count].copy_from_slice(&self.output[0][self.taken..self.taken + count]);
            right[i..i + count].copy_from_slice(&self.output[1][self.taken..self.taken + count]);
            self.taken += count;
            i += count;
        }
        Ok(())
    }

    /// Makes the next [`STEP`] frames into `output`, or nothing at all.
    fn step(&mut self, program: &Program) -> Result<(), Missing> {
        let frames = self.resampler.as_ref().map_or(STEP, Resampler::needs);
        let made = self.made + frames as i64;
        let feed = match &self.engine {
            Some(engine) => {
                let heard = self.target(program, made + engine.output_latency() as i64).round() as i64;
                (heard + engine.input_latency() as i64 - self.fed).clamp(0, self.input[0].len() as i64) as usize
            }
            None => frames,
        };
        if !program.table.has(self.fed, self.fed + feed as i64) {
            return Err(Missing);
        }
        let [left, right] = &mut self.input;
        let (left, right) = (&mut left[..feed], &mut right[..feed]);
        program.table.copy(self.fed, [left, right]);
        let into = match &mut self.resampler {
            Some(resampler) => resampler.input(),
            None => self.plain.as_mut_slice(),
        };
        if let [into_left, into_right] = into {
            let (into_left, into_right) = (&mut into_left[..frames], &mut into_right[..frames]);
            match &mut self.engine {
                Some(engine) => engine.process([left, right], [into_left, into_right]),
                None => {
                    into_left.copy_from_slice(left);
                    into_right.copy_from_slice(right);
                }
            }
        }
        match &mut self.resampler {
            Some(resampler) => resampler.process(&mut self.output),
            None => std::mem::swap(&mut self.plain, &mut self.output),
        }
        self.fed += feed as i64;
        self.made = made;
        self.next += STEP as i64;
        Ok(())
    }

    /// How far, in seconds, what a plain deck plays is from what the program wants now. An engine corrects itself.
    pub(crate) fn is_adrift(&self, program: &Program) -> bool {
        self.engine.is_none() && self.begun && {
            let want = self.target(program, self.made);
            (want - self.fed as f64).abs() > 0.005 * program.rate_hz
        }
    }
}
