//! A network that says of each frame of what is heard how probable some things are.
//!
//! One idea: a temporal convolutional network (after Davies & Böck, EUSIPCO 2019) is a page of loops. It runs on every second of every
//! file, so its sums are written with the widest vectors that the machine has (through `pulp`), without a runtime for models. Two of one make differ in how far
//! they look and in what they say (`models/pulse.md`, `models/notes.md`).

use super::hearing::INPUTS;
use pulp::{Simd, WithSimd};
use safetensors::SafeTensors;
use std::sync::OnceLock;

/// Width of every layer.
const WIDTH: usize = 32;
/// Taps of a dilated convolution.
const TAPS: usize = 5;
/// Residual blocks at most, each looking twice as far as the one before.
const MOST_BLOCKS: usize = 9;
/// How far a network looks to either side, in frames, rounded up to whole frames of harmony.
pub(crate) const REACH: usize = 1024;
/// What the pulse network says of a frame: how probably it is a beat, begins a bar, lies in music with a pulse, and lies in music whose beats divide into
/// three.
pub(crate) const PULSE_OUTPUTS: usize = 4;
/// What the network of notes says: how probably at least 1, 2, 3, 5 notes begin, and how probably at least 1, 2, 4, 6 sound.
pub(crate) const NOTES_OUTPUTS: usize = 8;

type Row = [f32; WIDTH];

/// A convolution that gives `WIDTH` values: weights by tap, then input, then output, which is the order of the sums.
struct Layer<const TAPS: usize, const IN: usize> {
    weight: Box<[[Row; IN]; TAPS]>,
    bias: Row,
}

pub(crate) struct Network<const OUTPUTS: usize> {
    mean: [f32; INPUTS],
    scale: [f32; INPUTS],
    stem: Layer<3, INPUTS>,
    blocks: Vec<(Layer<TAPS, WIDTH>, Layer<1, WIDTH>)>,
    head: [[f32; OUTPUTS]; WIDTH],
    head_bias: [f32; OUTPUTS],
}

/// Numbers of a tensor, if it has as many as are wanted.
fn numbers_of(file: &SafeTensors<'_>, name: &str, count: usize) -> Option<Vec<f32>> {
    let tensor = file.tensor(name).ok()?;
    let bytes = tensor.data().as_chunks::<4>().0;
    let is_right = tensor.dtype() == safetensors::Dtype::F32 && bytes.len() == count;
    is_right.then(|| bytes.iter().map(|b| f32::from_le_bytes(*b)).collect())
}

fn numbers<const N: usize>(file: &SafeTensors<'_>, name: &str) -> Option<[f32; N]> {
    numbers_of(file, name, N)?.try_into().ok()
}

impl<const TAPS: usize, const IN: usize> Layer<TAPS, IN> {
    fn read(file: &SafeTensors<'_>, name: &str) -> Option<Self> {
        let values = numbers_of(file, &format!("{name}.weight"), TAPS * IN * WIDTH)?;
        let mut weight = Box::new([[[0f32; WIDTH]; IN]; TAPS]);
        weight.as_flattened_mut().as_flattened_mut().copy_from_slice(&values);
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

/// The pulse network that was trained; `None` if its file is not what this code expects, which a test rules out.
pub(crate) fn pulse() -> Option<&'static Network<PULSE_OUTPUTS>> {
    static NETWORK: OnceLock<Option<Network<PULSE_OUTPUTS>>> = OnceLock::new();
    NETWORK.get_or_init(|| Network::read(include_bytes!("../../../../models/pulse.safetensors"))).as_ref()
}

/// The network of notes that was trained, likewise.
pub(crate) fn notes() -> Option<&'static Network<NOTES_OUTPUTS>> {
    static NETWORK: OnceLock<Option<Network<NOTES_OUTPUTS>>> = OnceLock::new();
    NETWORK.get_or_init(|| Network::read(include_bytes!("../../../../models/notes.safetensors"))).as_ref()
}

impl<const OUTPUTS: usize> Network<OUTPUTS> {
    fn read(bytes: &[u8]) -> Option<Self> {
        let file = SafeTensors::deserialize(bytes).ok()?;
        let head = numbers_of(&file, "head.weight", WIDTH * OUTPUTS)?;
        let blocks = (0..MOST_BLOCKS).take_while(|i| file.tensor(&format!("wide.{i}.weight")).is_ok());
        Some(Self {
            mean: numbers(&file, "input.mean")?,
            scale: numbers(&file, "input.scale")?,
            stem: Layer::read(&file, "stem")?,
            blocks: blocks
                .map(|i| Some((Layer::read(&file, &format!("wide.{i}"))?, Layer::read(&file, &format!("mix.{i}"))?)))
                .collect::<Option<_>>()?,
            head: std::array::from_fn(|i| std::array::from_fn(|o| head[i * OUTPUTS + o])),
            head_bias: numbers(&file, "head.bias")?,
        })
    }

    /// Probabilities for each frame. The first and last [`REACH`] frames of a cut do not know what lies beyond it.
    pub(crate) fn run(&self, inputs: &[[f32; INPUTS]]) -> Vec<[f32; OUTPUTS]> {
        pulp::Arch::new().dispatch(Run { network: self, inputs })
    }
}

/// A run of a network, compiled once for every width of vectors.
struct Run<'a, const OUTPUTS: usize> {
    network: &'a Network<OUTPUTS>,
    inputs: &'a [[f32; INPUTS]],
}

impl<const OUTPUTS: usize> WithSimd for Run<'_, OUTPUTS> {
    type Output = Vec<[f32; OUTPUTS]>;

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> Self::Output {
        let Self { network, inputs } = self;
        let scaled = |input: &[f32; INPUTS]| std::array::from_fn(|i| (input[i] - network.mean[i]) * network.scale[i]);
        let inputs: Vec<[f32; INPUTS]> = inputs.iter().map(scaled).collect();
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
