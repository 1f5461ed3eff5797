//! Writing: WAV, and Ogg Opus for the library that the project renders.

use crate::error::AudioError;
use ogg::{PacketWriteEndInfo, PacketWriter};
use ruopus::ogg::{OpusHead, OpusTags};
use ruopus::{Bandwidth, OpusEncoder};
use std::fs::File;
use std::io::BufWriter;
use std::path::{Path, PathBuf};

/// A 32-bit float WAV file that is written piece by piece.
pub struct WavFile {
    path: PathBuf,
    writer: hound::WavWriter<BufWriter<File>>,
    channels: usize,
    frames: u64,
}

/// Bytes of sound that a WAV file can hold: its sizes are numbers of 32 bits, and its header needs some.
const MOST_BYTES: u64 = u32::MAX as u64 - 4096;

impl WavFile {
    /// Begins a file that is not there yet.
    ///
    /// # Errors
    /// [`AudioError::Io`] when there is one already or it cannot be made, [`AudioError::Unsupported`] without channels.
    pub fn create(path: &Path, rate_hz: u32, channels: usize) -> Result<Self, AudioError> {
        let count = u16::try_from(channels).ok().filter(|c| *c > 0);
        let count = count.ok_or_else(|| AudioError::unsupported(path, format!("{channels} channels")))?;
        let spec = hound::WavSpec { channels: count, sample_rate: rate_hz, bits_per_sample: 32, sample_format: hound::SampleFormat::Float };
        let file = File::create_new(path).map_err(|e| AudioError::io(path, e))?;
        let writer = hound::WavWriter::new(BufWriter::new(file), spec).map_err(|e| AudioError::io(path, std::io::Error::other(e)))?;
        Ok(Self { path: path.to_owned(), writer, channels, frames: 0 })
    }

    /// Frames that a file with so many channels can hold: 4 GB of them.
    #[must_use]
    pub fn most_frames(channels: usize) -> u64 {
        MOST_BYTES / (4 * channels.max(1) as u64)
    }

    /// Writes frames: one slice for each channel.
    ///
    /// # Errors
    /// [`AudioError::Io`] when they cannot be written, as on a full disk or past 4 GB.
    pub fn push(&mut self, planes: &[&[f32]]) -> Result<(), AudioError> {
        let frames = planes.iter().map(|p| p.len()).min().unwrap_or(0);
        self.frames += frames as u64;
        if self.frames > Self::most_frames(self.channels) {
            return Err(AudioError::io(&self.path, std::io::Error::other("a WAV file holds no more than 4 GB")));
        }
        for i in 0..frames {
            for plane in planes {
                self.writer.write_sample(plane[i]).map_err(|e| AudioError::io(&self.path, std::io::Error::other(e)))?;
            }
        }
        Ok(())
    }

    /// Ends the file.
    ///
    /// # Errors
    /// [`AudioError::Io`] when its end cannot be written.
    pub fn finish(self) -> Result<(), AudioError> {
        self.writer.finalize().map_err(|e| AudioError::io(&self.path, std::io::Error::other(e)))
    }
}

/// Writes planar sound as a 32-bit float WAV file, in the place of one that may be there.
///
/// # Errors
/// [`AudioError::Io`] when the file cannot be written, [`AudioError::Unsupported`] without channels.
pub fn write_wav(path: &Path, rate_hz: u32, planes: &[&[f32]]) -> Result<(), AudioError> {
    match std::fs::remove_file(path) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => return Err(AudioError::io(path, e)),
        _ => {}
    }
    let mut file = WavFile::create(path, rate_hz, planes.len())?;
    file.push(planes)?;
    file.finish()
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
