//! The transport and the buffers of a host, whatever the plugin's format.
//!
//! One idea: a script is played block by block into anything that processes a [`Block`], so that the CLAP and the VST3 see the same host.

use crate::host::{Script, Segment};
use anyhow::Result;
use std::time::{Duration, Instant};

/// What goes into a plugin in one call.
pub struct Block {
    /// Left and right of the main input.
    pub main: [Vec<f32>; 2],
    /// Left and right of the sidechain.
    pub side: [Vec<f32>; 2],
    /// Frames since the host started.
    pub frame: u64,
    /// Position on the timeline, in beats.
    pub beats: f64,
    /// The same in seconds.
    pub seconds: f64,
    /// What the transport does.
    pub segment: Segment,
}

impl Block {
    /// Frames per channel.
    #[must_use]
    pub fn frames(&self) -> usize {
        self.main[0].len()
    }
}

/// A plugin of either format, processing.
pub trait Instance {
    /// Processes one block.
    ///
    /// # Errors
    /// When the plugin says so.
    fn process(&mut self, block: &mut Block, out: &mut [Vec<f32>; 2]) -> Result<()>;
}

/// The host's transport.
pub struct Transport {
    script: Script,
    beats: f64,
    seconds: f64,
    frame: u64,
    noise: u32,
    since: Instant,
}

impl Transport {
    /// A transport at the start of the timeline.
    #[must_use]
    pub fn new(script: Script) -> Self {
        Self { script, beats: 0.0, seconds: 0.0, frame: 0, noise: 1, since: Instant::now() }
    }

    /// Plays all segments into a float WAV file.
    ///
    /// # Errors
    /// When the file cannot be written or the plugin fails.
    pub fn run_to_file(&mut self, plugin: &mut impl Instance, out: &std::path::Path) -> Result<()> {
        let sample_rate = self.script.rate_hz as u32;
        let spec = hound::WavSpec { channels: 2, sample_rate, bits_per_sample: 32, sample_format: hound::SampleFormat::Float };
        let mut wav = hound::WavWriter::create(out, spec)?;
        for segment in self.script.segments.clone() {
            let frames = (segment.seconds * self.script.rate_hz).round() as usize;
            self.run(plugin, &segment, frames, |l, r| {
                wav.write_sample(l)?;
                Ok(wav.write_sample(r)?)
            })?;
        }
        Ok(wav.finalize()?)
    }

    /// Plays `frames` of a segment.
    ///
    /// # Errors
    /// When the plugin fails or `write` does.
    pub fn run(
        &mut self,
        plugin: &mut impl Instance,
        segment: &Segment,
        frames: usize,
        mut write: impl FnMut(f32, f32) -> Result<()>,
    ) -> Result<()> {
        let rate = self.script.rate_hz;
        if let Some((beats, seconds)) = segment.locate {
            (self.beats, self.seconds) = (beats, seconds);
        }
        let mut done = 0;
        if segment.asleep {
            self.frame += frames as u64;
            std::thread::sleep(Duration::from_secs_f64(frames as f64 / rate));
            done = frames;
            (0..frames).try_for_each(|_| write(0.0, 0.0))?;
        }
        while done < frames {
            let mut n = self.script.block.min(frames - done);
            if let (true, Some((_, to)), true) = (segment.splits, segment.loop_beats, segment.playing) {
                let left = ((to - self.beats) * 60.0 / segment.bpm * rate - 1e-6).ceil();
                if left >= 1.0 {
                    n = n.min(left as usize);
                }
            }
            let mut block = self.block(segment, n);
            let mut out = [vec![0f32; n], vec![0f32; n]];
            plugin.process(&mut block, &mut out)?;
            for (left, right) in out[0].iter().zip(&out[1]) {
                write(*left, *right)?;
            }
            done += n;
            self.advance(segment, n);
        }
        Ok(())
    }

    fn block(&mut self, segment: &Segment, frames: usize) -> Block {
        let rate = self.script.rate_hz;
        let tone = |i: usize| self.script.tone * (std::f64::consts::TAU * 440.0 * (self.frame as f64 + i as f64) / rate).sin() as f32;
        let main = std::array::from_fn(|_| (0..frames).map(tone).collect());
        let level = self.script.sidechain;
        let mut noise = || {
            self.noise = self.noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            level * ((self.noise >> 8) as f32 / (1 << 23) as f32 - 1.0)
        };
        let side = std::array::from_fn(|_| (0..frames).map(|_| noise()).collect());
        Block { main, side, frame: self.frame, beats: self.beats, seconds: self.seconds, segment: segment.clone() }
    }

    fn advance(&mut self, segment: &Segment, frames: usize) {
        let rate = self.script.rate_hz;
        self.frame += frames as u64;
        if segment.playing {
            self.seconds += frames as f64 / rate;
            self.beats += frames as f64 / rate * segment.bpm / 60.0;
            if let Some((from, to)) = segment.loop_beats
                && self.beats >= to - 1e-9
            {
                self.seconds -= (to - from) * 60.0 / segment.bpm;
                self.beats -= to - from;
            }
        }
        if !self.script.offline {
            let due = Duration::from_secs_f64(self.frame as f64 / rate);
            std::thread::sleep(due.saturating_sub(self.since.elapsed()));
        }
    }
}

/// Highest resident memory of this process so far, in MB; zero where the system does not tell.
#[must_use]
pub fn peak_mb() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|l| l.strip_prefix("VmHWM:")).unwrap_or_default();
    line.split_whitespace().next().and_then(|kb| kb.parse::<f64>().ok()).unwrap_or(0.0) / 1024.0
}

/// Threads of this process, by name; none where the system does not tell.
#[must_use]
pub fn threads() -> Vec<String> {
    let tasks = std::fs::read_dir("/proc/self/task").into_iter().flatten().flatten();
    tasks.filter_map(|t| Some(std::fs::read_to_string(t.path().join("comm")).ok()?.trim().to_owned())).collect()
}
