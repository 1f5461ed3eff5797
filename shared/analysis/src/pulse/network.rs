//! The pulse network: what is heard → for each frame how probably it is a beat, begins a bar, lies in music with a pulse, and lies
//! in music whose beats divide into three.
//!
//! One idea: a temporal convolutional network (after Davies & Böck, EUSIPCO 2019) is a page of loops. It runs on every second of every
//! file, so its sums are written with the widest vectors that the machine has (through `pulp`), without a runtime for models. Trained by `models/training/pulse.py`; its card is `models/pulse.md`.

use super::hearing::INPUTS;
use pulp::{Simd, WithSimd};
use safetensors::SafeTensors;
use std::sync::OnceLock;

/// Width of every layer.
const WIDTH: usize = 32;
/// Taps of a dilated convolution.
const TAPS: usize = 5;
/// Residual blocks, each looking twice as far as the one before.
const BLOCKS: usize = 9;
/// Values per frame that come out.
pub(crate) const OUTPUTS: usize = 4;
/// How far the network looks to either side, in frames, rounded up to whole frames of harmony.
pub(crate) const REACH: usize = 1024;

type Row = [f32; WIDTH];

/// A convolution that gives `WIDTH` values: weights by tap, then input, then output, which is the order of the sums.
struct Layer<const TAPS: usize, const IN: usize> {
    weight: Box<[[Row; IN]; TAPS]>,
    bias: Row,
}

pub(crate) struct Network {
    mean: [f32; INPUTS],
    scale: [f32; INPUTS],
    stem: Layer<3, INPUTS>,
    blocks: Vec<(Layer<TAPS, WIDTH>, Layer<1, WIDTH>)>,
    head: [[f32; OUTPUTS]; WIDTH],
    head_bias: [f32; OUTPUTS],
}

/// Numbers of a tensor, if it has as many as are wanted.
fn numbers<const N: usize>(file: &SafeTensors<'_>, name: &str) -> Option<[f32; N]> {
    let tensor = file.tensor(name).ok()?;
    let bytes = tensor.data().as_chunks::<4>().0;
    let mut numbers = [0f32; N];
    if tensor.dtype() != safetensors::Dtype::F32 || bytes.len() != N {
        return None;
    }
    for (n, b) in numbers.iter_mut().zip(bytes) {
        *n = f32::from_le_bytes(*b);
    }
    Some(numbers)
}

impl<const TAPS: usize, const IN: usize> Layer<TAPS, IN> {
    fn read(file: &SafeTensors<'_>, name: &str) -> Option<Self> {
        let tensor = file.tensor(&format!("{name}.weight")).ok()?;
        let values = tensor.data().as_chunks::<4>().0;
        if values.len() != TAPS * IN * WIDTH {
            return None;
        }
        let mut weight = Box::new([[[0f32; WIDTH]; IN]; TAPS]);
        for (w, b) in weight.iter_mut().flatten().flatten().zip(values) {
            *w = f32::from_le_bytes(*b);
        }
        Some(Self { weight, bias: numbers(file, &format!("{name}.bias"))? })
    }

    /// What comes out at one frame. Beyond the ends there is nothing.
    #[inline(always)]
    fn at<S: Simd>(&self, simd: S, rows: &[[f32; IN]], frame: usize, dilation: usize) -> Row {
        let mut sum = self.bias;
        // Four sums at once, so that none waits for itself; on a machine with vectors of eight that is all of a row.
        let (sums, _) = S::as_mut_simd_f32s(&mut sum).0.as_chunks_mut::<4>();
        for (group, sum) in sums.iter_mut().enumerate() {
            // By name, so that they stay in registers.
            let [mut a, mut b, mut c, mut d] = *sum;
            for (tap, weight) in self.weight.iter().enumerate() {
                let Some(row) = (frame + tap * dilation).checked_sub(TAPS / 2 * dilation).and_then(|i| rows.get(i)) else { continue };
                for k in 0..IN {
                    let (x, w) = (simd.splat_f32s(row[k]), &S::as_simd_f32s(&weight[k]).0[4 * group..4 * group + 4]);
                    a = simd.mul_add_e_f32s(x, w[0], a);
                    b = simd.mul_add_e_f32s(x, w[1], b);
                    c = simd.mul_add_e_f32s(x, w[2], c);
                    d = simd.mul_add_e_f32s(x, w[3], d);
                }
            }
            *sum = [a, b, c, d];
        }
        sum
    }
}

impl Network {
    /// The one that was trained; `None` if its file is not what this code expects, which a test rules out.
    pub(crate) fn trained() -> Option<&'static Self> {
        static NETWORK: OnceLock<Option<Network>> = OnceLock::new();
        NETWORK.get_or_init(|| Self::read(include_bytes!("../../../../models/pulse.safetensors"))).as_ref()
    }

    fn read(bytes: &[u8]) -> Option<Self> {
        let file = SafeTensors::deserialize(bytes).ok()?;
        let head: [f32; WIDTH * OUTPUTS] = numbers(&file, "head.weight")?;
        Some(Self {
            mean: numbers(&file, "input.mean")?,
            scale: numbers(&file, "input.scale")?,
            stem: Layer::read(&file, "stem")?,
            blocks: (0..BLOCKS)
                .map(|i| Some((Layer::read(&file, &format!("wide.{i}"))?, Layer::read(&file, &format!("mix.{i}"))?)))
                .collect::<Option<_>>()?,
            head: std::array::from_fn(|i| std::array::from_fn(|o| head[i * OUTPUTS + o])),
            head_bias: numbers(&file, "head.bias")?,
        })
    }

    /// Probabilities for each frame. The first and last [`REACH`] frames of a cut do not know what lies beyond it.
    pub(crate) fn run(&self, inputs: Vec<[f32; INPUTS]>) -> Vec<[f32; OUTPUTS]> {
        pulp::Arch::new().dispatch(Run { network: self, inputs })
    }
}

/// A run of the network, compiled once for every width of vectors.
struct Run<'a> {
    network: &'a Network,
    inputs: Vec<[f32; INPUTS]>,
}

impl WithSimd for Run<'_> {
    type Output = Vec<[f32; OUTPUTS]>;

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> Self::Output {
        let Self { network, mut inputs } = self;
        for input in &mut inputs {
            for ((x, mean), scale) in input.iter_mut().zip(&network.mean).zip(&network.scale) {
                *x = (*x - mean) * scale;
            }
        }
        let relu = |mut row: Row| {
            row.iter_mut().for_each(|x| *x = x.max(0.0));
            row
        };
        let mut rows: Vec<Row> = vec![[0.0; WIDTH]; inputs.len()];
        for (frame, row) in rows.iter_mut().enumerate() {
            *row = relu(network.stem.at(simd, &inputs, frame, 1));
        }
        let mut next = rows.clone();
        for (i, (wide, mix)) in network.blocks.iter().enumerate() {
            for (frame, out) in next.iter_mut().enumerate() {
                let seen = relu(wide.at(simd, &rows, frame, 1 << i));
                let mixed = mix.at(simd, std::slice::from_ref(&seen), 0, 1);
                for ((o, x), m) in out.iter_mut().zip(&rows[frame]).zip(&mixed) {
                    *o = x + m;
                }
            }
            std::mem::swap(&mut rows, &mut next);
        }
        rows.into_iter()
            .map(|row| {
                let mut sum = network.head_bias;
                for (x, w) in relu(row).iter().zip(&network.head) {
                    for (s, w) in sum.iter_mut().zip(w) {
                        *s += x * w;
                    }
                }
                sum.map(|s| 1.0 / (1.0 + (-s).exp()))
            })
            .collect()
    }
}
