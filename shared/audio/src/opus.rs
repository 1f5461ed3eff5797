//! Opus packets to planar f32, through ruopus (symphonia demuxes Opus, but has no decoder for it).
//!
//! One idea: Opus orders the channels of surround as Vorbis does, everything else here as WAV does; so the table that says which stream feeds which
//! channel is put into WAV's order before anything is decoded.

use ruopus::ogg::{ChannelMapping, OpusHead};
use ruopus::{MultistreamDecoder, OpusDecoder};

/// The mapping family whose channels are in the order of Vorbis (RFC 7845, 5.1.1.2).
const VORBIS_ORDER: u8 = 1;

/// For each channel in the order of WAV where it stands in that of Vorbis; empty where both are the same, or there is no such layout.
fn wav_order(channels: usize) -> &'static [usize] {
    match channels {
        3 => &[0, 2, 1],
        5 => &[0, 2, 1, 3, 4],
        6 => &[0, 2, 1, 5, 3, 4],
        7 => &[0, 2, 1, 6, 5, 3, 4],
        8 => &[0, 2, 1, 7, 5, 6, 3, 4],
        _ => &[],
    }
}

enum Inner {
    Plain(Box<OpusDecoder>),
    Many(Box<MultistreamDecoder>),
}

/// Decodes the packets of one Opus stream at 48 kHz.
pub(crate) struct Opus {
    head: OpusHead,
    inner: Inner,
    gain: f32,
}

impl Opus {
    /// From the `OpusHead` packet of an Ogg stream; `None` for layouts that we cannot decode.
    pub(crate) fn new(extra_data: &[u8]) -> Option<Self> {
        let head = OpusHead::parse(extra_data).ok()?;
        let gain = 10f32.powf(f32::from(head.output_gain_q8) / 256.0 / 20.0);
        let inner = Self::decoder(&head)?;
        Some(Self { head, inner, gain })
    }

    fn decoder(head: &OpusHead) -> Option<Inner> {
        match &head.channel_mapping {
            ChannelMapping::Family0 => {
                matches!(head.channel_count, 1 | 2).then(|| Inner::Plain(Box::new(OpusDecoder::new(usize::from(head.channel_count)))))
            }
            ChannelMapping::Table { family, stream_count, coupled_count, mapping } => {
                let (streams, coupled) = (usize::from(*stream_count), usize::from(*coupled_count));
                let fits = streams > 0
                    && coupled <= streams
                    && mapping.len() == usize::from(head.channel_count)
                    && mapping.iter().all(|m| *m == 255 || usize::from(*m) < streams + coupled);
                let order = if *family == VORBIS_ORDER { wav_order(mapping.len()) } else { &[] };
                let mapping: Vec<u8> = if order.is_empty() { mapping.clone() } else { order.iter().map(|i| mapping[*i]).collect() };
                fits.then(|| Inner::Many(Box::new(MultistreamDecoder::with_rate(48_000, streams, coupled, &mapping))))
            }
        }
    }

    pub(crate) fn channels(&self) -> usize {
        usize::from(self.head.channel_count)
    }

    pub(crate) fn pre_skip(&self) -> u64 {
        u64::from(self.head.pre_skip)
    }

    /// Forgets the past, after a seek.
    pub(crate) fn reset(&mut self) {
        if let Some(inner) = Self::decoder(&self.head) {
            self.inner = inner;
        }
    }

    /// Decodes a packet into `planes`, or says what is wrong with it.
    pub(crate) fn decode(&mut self, packet: &[u8], planes: &mut Vec<Vec<f32>>) -> Result<(), String> {
        let interleaved = match &mut self.inner {
            Inner::Plain(d) => d.decode_packet(packet),
            Inner::Many(d) => d.decode_packet(packet),
        }
        .map_err(|e| e.to_string())?;
        let channels = self.channels();
        planes.resize_with(channels, Vec::new);
        for (c, plane) in planes.iter_mut().enumerate() {
            plane.clear();
            plane.extend(interleaved.iter().skip(c).step_by(channels).map(|x| x * self.gain));
        }
        Ok(())
    }
}
