//! Click tracks: written, and found again.

use std::path::Path;

/// Writes clicks of 3 ms at the given seconds into a 16-bit mono WAV file.
///
/// # Panics
/// When the file cannot be written.
#[allow(clippy::unwrap_used)]
pub fn write(path: &Path, rate_hz: u32, length_s: f64, at_s: &[f64]) {
    let rate = f64::from(rate_hz);
    let mut x = vec![0f32; (length_s * rate) as usize];
    for t in at_s {
        let at = (t * rate).round() as usize;
        for i in 0..(0.003 * rate) as usize {
            if let Some(s) = x.get_mut(at + i) {
                *s = 0.8 * (-(i as f32) / 30.0).exp() * if i % 2 == 0 { 1.0 } else { -1.0 };
            }
        }
    }
    let spec = hound::WavSpec { channels: 1, sample_rate: rate_hz, bits_per_sample: 16, sample_format: hound::SampleFormat::Int };
    let mut writer = hound::WavWriter::create(path, spec).unwrap();
    for s in x {
        writer.write_sample((s * 32_000.0) as i16).unwrap();
    }
    writer.finalize().unwrap();
}

/// Writes a mono sine at half of full scale, 24 bit at 44.1 kHz.
///
/// # Panics
/// When the file cannot be written.
#[allow(clippy::unwrap_used)]
pub fn write_tone(path: &Path, hz: f64, length_s: u32) {
    let spec = hound::WavSpec { channels: 1, sample_rate: 44_100, bits_per_sample: 24, sample_format: hound::SampleFormat::Int };
    let mut wav = hound::WavWriter::create(path, spec).unwrap();
    for i in 0..44_100 * length_s {
        let x = (std::f64::consts::TAU * hz * f64::from(i) / 44_100.0).sin() * 0.5;
        wav.write_sample((x * 8_388_607.0) as i32).unwrap();
    }
    wav.finalize().unwrap();
}

/// The beats of a metronome that starts half a second in.
#[must_use]
pub fn metronome(bpm: f64, length_s: f64) -> Vec<f64> {
    (0..).map(|k| 0.5 + f64::from(k) * 60.0 / bpm).take_while(|t| *t < length_s - 0.2).collect()
}

/// The left channel of a float WAV file.
///
/// # Panics
/// When it cannot be read.
#[must_use]
#[allow(clippy::unwrap_used)]
pub fn read_left(path: &Path) -> Vec<f32> {
    let mut reader = hound::WavReader::open(path).unwrap();
    let channels = usize::from(reader.spec().channels);
    reader.samples::<f32>().step_by(channels).map(Result::unwrap).collect()
}

/// Seconds at which clicks are heard: the loudest sample of each burst that stands out, bursts being 100 ms apart.
#[must_use]
pub fn find(x: &[f32], rate_hz: f64) -> Vec<f64> {
    let top = x.iter().fold(0f32, |a, b| a.max(b.abs())).max(1e-4);
    let mut found: Vec<(usize, f32)> = Vec::new();
    for (i, v) in x.iter().enumerate().filter(|(_, v)| v.abs() > 0.25 * top) {
        match found.last_mut() {
            Some(last) if ((i - last.0) as f64) < 0.1 * rate_hz => {
                if v.abs() > last.1 {
                    *last = (i, v.abs());
                }
            }
            _ => found.push((i, v.abs())),
        }
    }
    found.iter().map(|f| f.0 as f64 / rate_hz).collect()
}

/// How far, in milliseconds, the farthest of `grid` is from anything heard.
#[must_use]
pub fn worst_ms(heard_s: &[f64], grid_s: &[f64]) -> f64 {
    let off = |g: f64| heard_s.iter().map(|h| (h - g).abs()).fold(f64::INFINITY, f64::min) * 1000.0;
    grid_s.iter().map(|g| off(*g)).fold(0.0, f64::max)
}

/// The frequency of a tone, in Hz: the time between the first and the last rising zero crossing, over the periods between.
#[must_use]
pub fn pitch_hz(x: &[f32], rate_hz: f64) -> f64 {
    let crossings: Vec<f64> = x
        .windows(2)
        .enumerate()
        .filter(|(_, w)| w[0] < 0.0 && w[1] >= 0.0)
        .map(|(i, w)| i as f64 + f64::from(-w[0] / (w[1] - w[0])))
        .collect();
    match crossings.as_slice() {
        [first, .., last] => (crossings.len() - 1) as f64 * rate_hz / (last - first),
        _ => 0.0,
    }
}
