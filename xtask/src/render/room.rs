//! A room, as heard from some metres.

use fastrand::Rng;

/// Time in which the room's sound falls by 60 dB.
const RT60_S: f64 = 1.2;

/// A room of noise that dies away, 6 dB under the direct sound as heard from some metres.
pub fn reverberated(dry: &[f32], rate_hz: u32, rng: &mut Rng) -> Vec<f32> {
    let rate = f64::from(rate_hz);
    let length = (RT60_S * rate) as usize;
    let tail: Vec<f32> = (0..length).map(|i| (2.0 * rng.f32() - 1.0) * (-6.908 * i as f64 / length as f64).exp() as f32).collect();
    let energy: f32 = tail.iter().map(|x| x * x).sum();
    let gain = 0.5 / energy.sqrt();
    let size = (dry.len() + length).next_power_of_two();
    let mut planner = realfft::RealFftPlanner::<f32>::new();
    let (forward, inverse) = (planner.plan_fft_forward(size), planner.plan_fft_inverse(size));
    let spectrum = |x: &[f32]| {
        let mut input = forward.make_input_vec();
        input[..x.len()].copy_from_slice(x);
        let mut output = forward.make_output_vec();
        forward.process(&mut input, &mut output).map(|()| output)
    };
    let (Ok(mut a), Ok(b)) = (spectrum(dry), spectrum(&tail)) else { return dry.to_vec() };
    a.iter_mut().zip(&b).for_each(|(a, b)| *a *= b);
    let mut wet = inverse.make_output_vec();
    // The ends of a real signal's spectrum are real.
    let end = a.len() - 1;
    (a[0].im, a[end].im) = (0.0, 0.0);
    if inverse.process(&mut a, &mut wet).is_err() {
        return dry.to_vec();
    }
    let scale = gain / size as f32;
    let mut out: Vec<f32> = dry.iter().zip(&wet).map(|(d, w)| d + w * scale).collect();
    let peak = out.iter().fold(0f32, |p, x| p.max(x.abs())).max(1e-6);
    out.iter_mut().for_each(|x| *x *= 0.7 / peak);
    out
}
