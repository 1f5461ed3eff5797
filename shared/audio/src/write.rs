//! Writing: WAV, and Ogg Opus for the library that the project renders.

use crate::error::AudioError;
use ogg::{PacketWriteEndInfo, PacketWriter};
use ruopus::ogg::{OpusHead, OpusTags};
use ruopus::{Bandwidth, OpusEncoder};
use std::fs::File;
use std::io::BufWriter;
use std::path::Path;

/// Writes planar sound as a 32-bit float WAV file.
///
/// # Errors
/// [`AudioError::Io`] when the file cannot be written, [`AudioError::Unsupported`] without channels.
pub fn write_wav(path: &Path, rate_hz: u32, planes: &[&[f32]]) -> Result<(), AudioError> {
    let channels = u16::try_from(planes.len()).ok().filter(|c| *c > 0);
    let channels = channels.ok_or_else(|| AudioError::unsupported(path, format!("{} channels", planes.len())))?;
    let spec = hound::WavSpec { channels, sample_rate: rate_hz, bits_per_sample: 32, sample_format: hound::SampleFormat::Float };
    let fail = |e: hound::Error| AudioError::io(path, std::io::Error::other(e));
    let mut writer = hound::WavWriter::create(path, spec).map_err(fail)?;
    for i in 0..planes.iter().map(|p| p.len()).min().unwrap_or(0) {
        for plane in planes {
            writer.write_sample(plane[i]).map_err(fail)?;
        }
    }
    writer.finalize().map_err(fail)
}

/// Frames in an Opus packet of 20 ms at 48 kHz.
const PACKET: usize = 960;

/// Writes stereo sound at 48 kHz as Ogg Opus, with Vorbis comments. The same input gives the same bytes.
///
/// # Errors
/// [`AudioError::Io`] when the file cannot be written, [`AudioError::Damaged`] when the encoder refuses the sound.
pub fn write_opus(path: &Path, [left, right]: [&[f32]; 2], bits_per_second: u32, comments: &[(&str, String)]) -> Result<(), AudioError> {
    let io = |e| AudioError::io(path, e);
    let mut encoder = OpusEncoder::new(2);
    encoder.set_bitrate(Some(bits_per_second));
    encoder.set_bandwidth(Bandwidth::FullBand);
    encoder.set_complexity(10);
    encoder.set_vbr(true);
    let skip = encoder.lookahead() as usize;
    let frames = left.len().min(right.len());
    let serial = 0x756e_6473;
    let mut writer = PacketWriter::new(BufWriter::new(File::create(path).map_err(io)?));
    let head = OpusHead::family0(2, skip as u16, 48_000).to_bytes();
    writer.write_packet(head, serial, PacketWriteEndInfo::EndPage, 0).map_err(io)?;
    let mut tags = OpusTags { vendor: b"underscore".to_vec(), comments: Vec::new() };
    for (name, value) in comments {
        tags.push(name, value);
    }
    writer.write_packet(tags.to_bytes(), serial, PacketWriteEndInfo::EndPage, 0).map_err(io)?;
    let packets = (frames + skip).div_ceil(PACKET).max(1);
    let mut interleaved = vec![0f32; 2 * PACKET];
    for p in 0..packets {
        for i in 0..PACKET {
            let at = p * PACKET + i;
            let sample = |plane: &[f32]| plane.get(at).filter(|x| x.is_finite()).map_or(0.0, |x| x.clamp(-1.0, 1.0));
            interleaved[2 * i] = sample(left);
            interleaved[2 * i + 1] = sample(right);
        }
        let packet = encoder.encode(&interleaved, 1275).map_err(|e| AudioError::damaged(path, format!("{e:?}")))?;
        let (info, granule) = if p + 1 == packets {
            (PacketWriteEndInfo::EndStream, frames + skip)
        } else if (p + 1) % 50 == 0 {
            (PacketWriteEndInfo::EndPage, (p + 1) * PACKET)
        } else {
            (PacketWriteEndInfo::NormalPacket, (p + 1) * PACKET)
        };
        writer.write_packet(packet, serial, info, granule as u64).map_err(io)?;
    }
    std::io::Write::flush(&mut writer.into_inner()).map_err(io)
}
