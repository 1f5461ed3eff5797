//! Onsets: when something new begins.
//!
//! One idea: a coarse detector says where (log-mel flux, Böck & Widmer, DAFx 2013), a fine level curve says when: an onset is
//! moved to the steepest rise of the level, measured every millisecond, near the flux peak.

/// Mel bands of the flux.
const BANDS: usize = 40;
/// The flux compares frames this far apart, so that an attack that straddles two windows is seen whole.
const LAG: usize = 2;
/// An onset rises this far above the mean of its surroundings (in mean log10 energy per band); found on recordings and loops.
const THRESHOLD: f32 = 0.035;

/// Onsets and the strength curve that they were picked from.
#[derive(Debug, Default)]
pub(crate) struct Onsets {
    pub(crate) times_s: Vec<f64>,
    /// Onset strength per frame.
    pub(crate) strength: Vec<f32>,
    /// The same of the lowest bands alone.
    pub(crate) bass: Vec<f32>,
    /// Frames of `strength` per second. Frame n is centred on second n / rate.
    pub(crate) frame_rate_hz: f64,
    pub(crate) brightness_hz: f64,
    pub(crate) flatness: f64,
}

pub(crate) struct OnsetDetector {
    frame_rate_hz: f64,
    bin_hz: f64,
    /// First bin of each band and one past its last.
    bands: Vec<(usize, usize)>,
    bass_bands: usize,
    history: [[f32; BANDS]; LAG],
    strength: Vec<f32>,
    bass: Vec<f32>,
    centroids: Reservoir,
    flatness: Reservoir,
    // The millisecond level curve.
    samples_per_ms: f64,
    previous: f32,
    energy: f32,
    count: f64,
    level_db: Vec<f32>,
}

/// Every n-th value of a stream, with n doubling so that at most 8192 are kept: enough for a median.
#[derive(Default)]
struct Reservoir {
    kept: Vec<f32>,
    every: usize,
    seen: usize,
}

impl Reservoir {
    fn push(&mut self, value: f32) {
        self.every = self.every.max(1);
        if self.seen.is_multiple_of(self.every) {
            self.kept.push(value);
            if self.kept.len() == 8192 {
                self.kept = self.kept.iter().step_by(2).copied().collect();
                self.every *= 2;
            }
        }
        self.seen += 1;
    }

    fn median(mut self) -> f64 {
        self.kept.sort_unstable_by(f32::total_cmp);
        self.kept.get(self.kept.len() / 2).copied().unwrap_or(0.0).into()
    }
}

impl OnsetDetector {
    pub(crate) fn new(rate_hz: f64, size: usize, hop: usize) -> Self {
        let bin_hz = rate_hz / size as f64;
        let mel = |hz: f64| 2595.0 * (1.0 + hz / 700.0).log10();
        let hz = |mel: f64| 700.0 * (10f64.powf(mel / 2595.0) - 1.0);
        let (low, high) = (mel(30.0), mel((rate_hz * 0.45).min(16_000.0)));
        let edge = |b: usize| (hz(low + (high - low) * b as f64 / BANDS as f64) / bin_hz).round() as usize;
        // Low bands are narrower than a bin; each still gets one of its own.
        let mut bands = Vec::with_capacity(BANDS);
        let mut from = edge(0).max(1);
        for b in 0..BANDS {
            let to = edge(b + 1).max(from + 1).min(size / 2);
            bands.push((from.min(size / 2 - 1), to.max(1)));
            from = to;
        }
        let bass_bands = bands.iter().filter(|b| b.0 as f64 * bin_hz < 180.0).count().max(1);
        Self {
            frame_rate_hz: rate_hz / hop as f64,
            bin_hz,
            bands,
            bass_bands,
            history: [[0.0; BANDS]; LAG],
            strength: Vec::new(),
            bass: Vec::new(),
            centroids: Reservoir::default(),
            flatness: Reservoir::default(),
            samples_per_ms: rate_hz / 1000.0,
            previous: 0.0,
            energy: 0.0,
            count: 0.0,
            level_db: Vec::new(),
        }
    }

    pub(crate) fn push_samples(&mut self, mono: &[f32]) {
        for &x in mono {
            // The difference of neighbours lifts attacks over held bass.
            let d = x - self.previous;
            self.previous = x;
            self.energy += d * d;
            self.count += 1.0;
            if self.count >= self.samples_per_ms {
                self.level_db.push(10.0 * (self.energy / self.count as f32 + 1e-9).log10());
                self.count -= self.samples_per_ms;
                self.energy = 0.0;
            }
        }
    }

    pub(crate) fn push_frame(&mut self, power: &[f32]) {
        let mut now = [0f32; BANDS];
        for (n, &(from, to)) in now.iter_mut().zip(&self.bands) {
            let energy: f32 = power[from..to.max(from + 1)].iter().sum();
            *n = (1.0 + 3e5 * energy).log10();
        }
        let slot = self.strength.len() % LAG;
        let rise = |range: std::ops::Range<usize>, history: &[f32; BANDS]| {
            let len = range.len() as f32;
            range.map(|b| (now[b] - history[b]).max(0.0)).sum::<f32>() / len
        };
        // The first frames have nothing to compare with but silence, which is right: a file that starts loud starts with an onset.
        self.strength.push(rise(0..BANDS, &self.history[slot]));
        self.bass.push(rise(0..self.bass_bands, &self.history[slot]));
        self.history[slot] = now;

        let (mut sum, mut magnitudes, mut weighted, mut logs) = (0f64, 0f64, 0f64, 0f64);
        for (i, &p) in power.iter().enumerate().skip(1) {
            // By magnitude, not power: else a bass decides alone.
            let magnitude = f64::from(p.sqrt());
            sum += f64::from(p);
            magnitudes += magnitude;
            weighted += magnitude * i as f64;
        }
        if sum > 1e-7 {
            for &p in &power[1..] {
                logs += f64::from((p + 1e-12).log2());
            }
            let n = (power.len() - 1) as f64;
            self.centroids.push((weighted / magnitudes * self.bin_hz) as f32);
            self.flatness.push(((logs / n).exp2() / (sum / n)) as f32);
        }
    }

    /// Picks the onsets.
    pub(crate) fn finish(self, duration_s: f64) -> Onsets {
        let rate = self.frame_rate_hz;
        let s = &self.strength;
        // A running sum makes every local mean one subtraction.
        let sums: Vec<f64> = std::iter::once(0.0)
            .chain(s.iter().scan(0.0, |acc, x| {
                *acc += f64::from(*x);
                Some(*acc)
            }))
            .collect();
        let mean = |from: usize, to: usize| ((sums[to] - sums[from]) / (to - from).max(1) as f64) as f32;
        let frames = |seconds: f64| (seconds * rate).round() as usize;
        let (near, wide) = (frames(0.025).max(1), frames(0.1).max(2));
        let mut times_s: Vec<f64> = Vec::new();
        for i in 0..s.len() {
            let (a, b) = (i.saturating_sub(near), (i + near + 1).min(s.len()));
            let is_peak = s[a..i].iter().all(|x| *x < s[i]) && s[i + 1..b].iter().all(|x| *x <= s[i]);
            let surroundings = mean(i.saturating_sub(wide), (i + wide + 1).min(s.len()));
            if is_peak && s[i] > surroundings * 1.3 + THRESHOLD {
                let t = self.steepest_rise_s(i as f64 / rate);
                if t < duration_s && times_s.last().is_none_or(|last| t - last > 0.03) {
                    times_s.push(t);
                }
            }
        }
        Onsets {
            times_s,
            strength: self.strength,
            bass: self.bass,
            frame_rate_hz: rate,
            brightness_hz: self.centroids.median(),
            flatness: self.flatness.median(),
        }
    }

    /// The millisecond near `t_s` after which the level rises most.
    fn steepest_rise_s(&self, t_s: f64) -> f64 {
        let level = |ms: i64| usize::try_from(ms).ok().and_then(|i| self.level_db.get(i)).copied().unwrap_or(-90.0);
        let centre = (t_s * 1000.0).round() as i64;
        let rise = |ms: i64| (0..3).map(|k| level(ms + k).max(-80.0) - level(ms - 1 - k).max(-80.0)).sum::<f32>();
        let best = (centre - 25..=centre + 20).max_by(|a, b| rise(*a).total_cmp(&rise(*b))).unwrap_or(centre);
        best.max(0) as f64 / 1000.0
    }
}
