//! The reader: a file as a stream of timestamped blocks.

use crate::edit_list;
use crate::error::AudioError;
use crate::ogg_end::End;
use crate::opus::Opus;
use crate::{ogg_end, riff, tags};
use std::fs::File;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use symphonia::core::codecs::audio::well_known as codec;
use symphonia::core::codecs::audio::{AudioCodecId, AudioCodecParameters, AudioDecoder, AudioDecoderOptions};
use symphonia::core::common::Limit;
use symphonia::core::errors::Error;
use symphonia::core::formats::probe::Hint;
use symphonia::core::formats::{FormatOptions, FormatReader, SeekMode, SeekTo, TrackType};
use symphonia::core::io::{MediaSource, MediaSourceStream, MediaSourceStreamOptions};
use symphonia::core::meta::MetadataOptions;
use symphonia::core::units::Timestamp;
use track::{ContentId, Tags};

/// An AAC encoder's delay where the file does not tell it: one packet, which is what all common encoders use at least.
const AAC_DELAY: u64 = 1024;
/// Packets in a row that may fail before a file is given up.
const MAX_BAD_PACKETS: u32 = 200;
/// Packets in a row without sound before a file is given up: a real file has a handful.
const MAX_EMPTY_PACKETS: u32 = 10_000;
/// A gap in the timestamps is filled with silence up to this length, in seconds; beyond it the timestamps are not believed.
const MAX_GAP_S: u64 = 600;
/// Packets that say where the sound goes on after a seek.
const MAX_VOTES: usize = 9;
/// Most channels of a file.
const MAX_CHANNELS: usize = 64;

/// What a file says of its sound.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Info {
    /// Short name of the codec.
    pub codec: String,
    /// Frames per second.
    pub rate_hz: u32,
    /// Channels.
    pub channels: usize,
    /// Frames of music, where the file tells reliably.
    pub declared_frames: Option<u64>,
    /// Tags.
    pub tags: Tags,
}

/// Some frames of music.
#[derive(Debug, Clone, Copy)]
pub struct Block<'a> {
    /// Index of its first frame, counted from the first frame of music.
    pub start: u64,
    planes: &'a [Vec<f32>],
    from: usize,
    to: usize,
}

impl<'a> Block<'a> {
    /// Frames in it; at least one.
    #[must_use]
    #[allow(clippy::len_without_is_empty)]
    pub fn len(&self) -> usize {
        self.to - self.from
    }

    /// The samples of each channel.
    pub fn channels(&self) -> impl Iterator<Item = &'a [f32]> + use<'a> {
        let (planes, from, to) = (self.planes, self.from, self.to);
        planes.iter().map(move |p| &p[from..to])
    }
}

enum Decoder {
    Symphonia(Box<dyn AudioDecoder>),
    Opus(Box<Opus>),
}

/// Reads one file.
pub struct Reader {
    path: PathBuf,
    format: Box<dyn FormatReader>,
    decoder: Decoder,
    codec: AudioCodecId,
    is_pcm: bool,
    track_id: u32,
    info: Info,
    /// Frame of music = timestamp - this.
    offset: i64,
    /// Frames of music, where they must be cut off at the end.
    end: Option<u64>,
    /// Whether timestamps count frames.
    timed: bool,
    /// Where the next packet should lie: after the last one, whatever was cut off that.
    expected: Option<i64>,
    /// Used while `skip_to` is set.
    arrival: Arrival,
    next: u64,
    skip_to: u64,
    planes: Vec<Vec<f32>>,
    hasher: Option<blake3::Hasher>,
    bad_packets: u32,
    lost_packets: u64,
    done: bool,
    file_end: End,
}

impl Reader {
    /// Opens a file for decoding.
    ///
    /// # Errors
    /// [`AudioError`] when it cannot be opened, is no audio that we know, or lies about its format.
    pub fn open(path: &Path) -> Result<Self, AudioError> {
        let mut file = File::open(path).map_err(|e| AudioError::io(path, e))?;
        if !file.metadata().map_err(|e| AudioError::io(path, e))?.is_file() {
            return Err(AudioError::unsupported(path, "not a plain file"));
        }
        let edit = edit_list::read(&mut file);
        let file_end = ogg_end::of(&mut file);
        let (source, riff): (Box<dyn MediaSource>, _) = match riff::open(file).map_err(|e| AudioError::io(path, e))? {
            Ok((source, facts)) => (Box::new(source), Some(facts)),
            Err(file) => (Box::new(file), None),
        };
        let stream = MediaSourceStream::new(source, MediaSourceStreamOptions::default());
        let metadata = MetadataOptions::default().limit_tag_bytes(Limit::Maximum(1 << 20)).limit_visual_bytes(Limit::Maximum(0));
        let mut format = symphonia::default::get_probe()
            .probe(&Hint::new(), stream, FormatOptions::default(), metadata)
            .map_err(|e| AudioError::from_symphonia(path, e))?;

        let (mut read_tags, gapless_note) = tags::read(format.as_mut());
        let no_audio = || AudioError::unsupported(path, "no sound track in it");
        let track = format.default_track(TrackType::Audio).ok_or_else(no_audio)?.clone();
        let params: AudioCodecParameters = track.codec_params.as_ref().and_then(|p| p.audio()).ok_or_else(no_audio)?.clone();
        let is_opus = params.codec == codec::CODEC_ID_OPUS;
        let is_mpeg = [codec::CODEC_ID_MP3, codec::CODEC_ID_MP2, codec::CODEC_ID_MP1].contains(&params.codec);
        let is_aac = params.codec == codec::CODEC_ID_AAC;
        let decoder = if is_opus {
            let opus = params.extra_data.as_deref().and_then(Opus::new);
            Decoder::Opus(Box::new(opus.ok_or_else(|| AudioError::unsupported(path, "this layout of Opus channels"))?))
        } else {
            // An estimated length may not trim real music, so MPEG's end is cut here and not by its decoder.
            let options = AudioDecoderOptions::default().gapless(!is_mpeg);
            Decoder::Symphonia(
                symphonia::default::get_codecs().make_audio_decoder(&params, &options).map_err(|e| AudioError::from_symphonia(path, e))?,
            )
        };

        // Where music starts and ends, per format.
        let mut offset = 0;
        let mut end = None;
        let mut declared = track.num_frames;
        if let Decoder::Opus(opus) = &decoder {
            offset = opus.pre_skip() as i64;
            declared = declared.map(|n| n.saturating_sub(opus.pre_skip()));
            end = declared;
        } else if is_mpeg {
            // Without the encoder's note the length is an estimate.
            let told = track.padding.unwrap_or(0) > 0 || track.delay.unwrap_or(0) > 0;
            declared = declared.filter(|_| told);
            end = declared;
        } else if is_aac {
            let note = gapless_note.as_deref().and_then(parse_gapless_note);
            (offset, end) = match (note, edit) {
                (Some((delay, frames)), _) => (delay as i64, Some(frames).filter(|f| *f > 0)),
                // The edit's length is rounded to the film's time scale; the sum of the packets, where it is shorter, is exact.
                (None, Some(edit)) => {
                    let rest = track.num_frames.map(|n| n.saturating_sub(edit.delay));
                    (edit.delay as i64, edit.frames.into_iter().chain(rest).min())
                }
                (None, None) => (AAC_DELAY as i64, None),
            };
            declared = end;
        } else if let (Some(bytes), Some(bits), Some(channels)) =
            (riff.as_ref().and_then(|r| r.data_bytes), params.bits_per_coded_sample.or(params.bits_per_sample), &params.channels)
        {
            declared = Some(bytes / (u64::from(bits.div_ceil(8)) * channels.count().max(1) as u64).max(1));
        }
        if let Some(riff) = riff {
            // What the walk read is whole where what the library reads of INFO is not.
            tags::put_over(&mut read_tags, riff.tags);
        }

        // A stream that was cut out of a longer one starts late.
        offset += track.start_ts.get().max(0);
        let rate_hz = if is_opus { 48_000 } else { params.sample_rate.unwrap_or(0) };
        let timed = track.time_base.is_some_and(|t| t.numer.get() == 1 && t.denom.get() == rate_hz);
        let channels = match &decoder {
            Decoder::Opus(o) => o.channels(),
            Decoder::Symphonia(_) => params.channels.as_ref().map_or(0, |c| c.count()),
        };
        let mut reader = Self {
            path: path.to_owned(),
            format,
            decoder,
            codec: params.codec,
            is_pcm: codec_name(params.codec).starts_with("pcm"),
            track_id: track.id,
            info: Info { codec: codec_name(params.codec), rate_hz, channels, declared_frames: declared, tags: read_tags },
            offset,
            end,
            timed,
            expected: None,
            arrival: Arrival::default(),
            next: 0,
            skip_to: 0,
            planes: Vec::new(),
            hasher: Some(blake3::Hasher::new()),
            bad_packets: 0,
            lost_packets: 0,
            done: false,
            file_end,
        };
        if reader.info.rate_hz == 0 || reader.info.channels == 0 {
            reader.learn_format()?;
        }
        if reader.info.channels > MAX_CHANNELS || reader.info.rate_hz > 768_000 {
            let (c, r) = (reader.info.channels, reader.info.rate_hz);
            return Err(AudioError::unsupported(path, format!("{c} channels at {r} Hz")));
        }
        Ok(reader)
    }

    /// Some containers leave rate or channels to the packets: decodes one to see, and starts again.
    fn learn_format(&mut self) -> Result<(), AudioError> {
        loop {
            let packet = match self.format.next_packet() {
                Ok(Some(p)) if p.track_id == self.track_id => p,
                Ok(Some(_)) => continue,
                _ => return Err(AudioError::unsupported(&self.path, "rate and channels are not told")),
            };
            if let Decoder::Symphonia(d) = &mut self.decoder
                && let Ok(buffer) = d.decode(&packet)
                && buffer.frames() > 0
            {
                self.info.rate_hz = buffer.spec().rate();
                self.info.channels = buffer.spec().channels().count();
                break;
            }
        }
        let info = self.info.clone();
        let (path, timed) = (self.path.clone(), self.timed);
        let to = SeekTo::Timestamp { ts: Timestamp::new(0), track_id: self.track_id };
        self.format.seek(SeekMode::Accurate, to).map_err(|e| AudioError::from_symphonia(&path, e))?;
        self.reset_decoder();
        (self.info, self.timed) = (info, timed);
        Ok(())
    }

    /// What the file says of its sound.
    #[must_use]
    pub fn info(&self) -> &Info {
        &self.info
    }

    /// How the file ends, as far as that can be told before it was read to there.
    #[must_use]
    pub fn file_end(&self) -> End {
        self.file_end
    }

    /// Packets that could not be decoded so far.
    #[must_use]
    pub fn lost_packets(&self) -> u64 {
        self.lost_packets
    }

    /// The identity of the sound. Known after the file was read from start to end without a [`Self::seek`].
    #[must_use]
    pub fn content_id(&self) -> Option<ContentId> {
        let hasher = self.hasher.as_ref().filter(|_| self.done)?;
        Some(ContentId(hasher.finalize().to_hex().to_string()))
    }

    /// Frames handed out so far, gaps included: after the last block, the length of the music.
    #[must_use]
    pub fn position(&self) -> u64 {
        self.next
    }

    /// The next block of music, or `None` at the end. Blocks follow each other, except over gaps that damage left.
    ///
    /// # Errors
    /// [`AudioError`] when the file can no longer be read or is damaged beyond reading on.
    pub fn next_block(&mut self) -> Result<Option<Block<'_>>, AudioError> {
        let mut empty = 0;
        while !self.done {
            empty += 1;
            if empty > MAX_EMPTY_PACKETS {
                return Err(AudioError::damaged(&self.path, "thousands of packets without sound"));
            }
            let packet = match self.format.next_packet() {
                Ok(Some(packet)) => packet,
                Ok(None) => {
                    self.done = true;
                    break;
                }
                Err(Error::ResetRequired) => {
                    (self.done, self.file_end) = (true, End::AnotherStream);
                    break;
                }
                Err(Error::IoError(e)) if e.kind() == ErrorKind::UnexpectedEof => {
                    self.done = true;
                    break;
                }
                Err(e) => return Err(AudioError::from_symphonia(&self.path, e)),
            };
            if packet.track_id != self.track_id {
                continue;
            }
            if self.expected.is_none() && self.is_pcm && starts_like_a_file(&packet.data) {
                return Err(AudioError::unsupported(&self.path, "another audio file where its samples should be"));
            }
            if let Some(hasher) = &mut self.hasher {
                hasher.update(&packet.data);
            }
            let mut trimmed = 0;
            let decoded = match &mut self.decoder {
                Decoder::Opus(opus) => opus.decode(&packet.data, &mut self.planes),
                Decoder::Symphonia(decoder) => match decoder.decode(&packet) {
                    Ok(buffer) => {
                        let (rate, channels) = (buffer.spec().rate(), buffer.spec().channels().count());
                        if buffer.frames() > 0 && (rate != self.info.rate_hz || channels != self.info.channels) {
                            Err("its format changes".to_owned())
                        } else {
                            buffer.copy_to_vecs_planar::<f32>(&mut self.planes);
                            if !is_mpeg(self.codec) {
                                trimmed = packet.trim_start.get();
                            }
                            Ok(())
                        }
                    }
                    Err(Error::DecodeError(e)) => Err(e.to_owned()),
                    Err(Error::IoError(e)) => Err(e.to_string()),
                    Err(e) => return Err(AudioError::from_symphonia(&self.path, e)),
                },
            };
            if let Err(reason) = decoded {
                self.bad_packets += 1;
                self.lost_packets += 1;
                if self.bad_packets > MAX_BAD_PACKETS {
                    return Err(AudioError::damaged(&self.path, reason));
                }
                continue;
            }
            self.bad_packets = 0;
            let frames = self.planes.iter().map(Vec::len).min().unwrap_or(0);
            if frames > 0 {
                // On the way to a frame that was sought there may be any number of packets that are not handed out.
                empty = 0;
            }
            // Where the block lies in the music.
            let told = packet.pts.get().saturating_add(trimmed as i64).saturating_sub(self.offset);
            let start = match self.expected {
                _ if self.skip_to > 0 && self.timed => self.arrival.start(told, frames as i64),
                Some(expected) if !self.timed || !is_believed(told - expected, frames as i64, self.info.rate_hz) => expected,
                None if !self.timed => 0,
                _ => told,
            };
            self.expected = Some(start + frames as i64);
            let floor = self.next.max(self.skip_to) as i64;
            let from = (floor - start).clamp(0, frames as i64) as usize;
            let to = self.end.map_or(frames, |end| (end as i64 - start).clamp(0, frames as i64) as usize);
            if from < to {
                let first = (start + from as i64) as u64;
                self.next = first + (to - from) as u64;
                self.skip_to = 0;
                return Ok(Some(Block { start: first, planes: &self.planes, from, to }));
            }
        }
        Ok(None)
    }

    /// Makes the next block start at a frame of music (or at the end, if that comes first).
    ///
    /// # Errors
    /// [`AudioError`] when the file cannot be read any more.
    pub fn seek(&mut self, frame: u64) -> Result<(), AudioError> {
        self.hasher = None;
        self.bad_packets = 0;
        // Decoders need some packets of the past before they are right again.
        let past = match self.codec {
            // RFC 7845 asks for 80 ms at least; after 400 ms nothing of the seek is left to hear or to measure.
            codec::CODEC_ID_OPUS => 19_200,
            codec::CODEC_ID_AAC => 3 * 1024,
            c if is_mpeg(c) => 10 * 1152,
            codec::CODEC_ID_VORBIS => 16_384,
            // Not the decoder, but the file's times need them: see `Arrival`.
            codec::CODEC_ID_ALAC => 3 * 4096,
            _ => 0,
        };
        let want = frame as i64 + self.offset;
        let to = SeekTo::Timestamp { ts: Timestamp::new((want - past).max(0)), track_id: self.track_id };
        let sought = self.timed && want - past > 0 && self.format.seek(SeekMode::Accurate, to).is_ok();
        if sought {
            self.reset_decoder();
            (self.next, self.skip_to, self.done) = (0, frame, false);
            (self.expected, self.arrival) = (None, Arrival::default());
        } else {
            let mut again = Self::open(&self.path)?;
            again.hasher = None;
            again.skip_to = frame;
            *self = again;
        }
        Ok(())
    }

    fn reset_decoder(&mut self) {
        match &mut self.decoder {
            Decoder::Symphonia(d) => d.reset(),
            Decoder::Opus(o) => o.reset(),
        }
    }
}

/// Whether a packet lies `off` frames from where the last one ended. Muxers let times stumble by less than a packet and make up for it
/// with the next one: the music itself goes on. A gap or a repeat is a packet long at least, and no gap is endless.
fn is_believed(off: i64, frames: i64, rate_hz: u32) -> bool {
    off <= -frames || (off >= frames && off <= MAX_GAP_S as i64 * i64::from(rate_hz))
}

/// Where packets lie after a seek, when there is no last one to go on from.
///
/// One packet's time may stumble, so the packets that are decoded on the way to the frame sought all vote.
#[derive(Debug, Default)]
struct Arrival {
    votes: Vec<i64>,
    frames: i64,
}

impl Arrival {
    /// The start of a packet of `frames` that tells to lie at `told`.
    fn start(&mut self, told: i64, frames: i64) -> i64 {
        let vote = told - self.frames;
        if self.votes.last().is_some_and(|last| (vote - last).abs() >= frames) {
            // A packet was lost on the way.
            self.votes.clear();
        }
        if self.votes.len() == MAX_VOTES {
            self.votes.remove(0);
        }
        self.votes.push(vote);
        let mut sorted = self.votes.clone();
        sorted.sort_unstable();
        let start = sorted[(sorted.len() - 1) / 2] + self.frames;
        self.frames += frames;
        start
    }
}

/// Whether samples start as an audio file does: somebody wrapped one into another. No sound starts so but by a chance of one in 2^32.
fn starts_like_a_file(samples: &[u8]) -> bool {
    let magics: [&[u8]; 7] = [b"RIFF", b"RF64", b"FORM", b"fLaC", b"OggS", b"caff", b"ID3\x03"];
    magics.iter().any(|m| samples.starts_with(m)) || samples.get(4..8) == Some(b"ftyp")
}

fn is_mpeg(id: AudioCodecId) -> bool {
    [codec::CODEC_ID_MP3, codec::CODEC_ID_MP2, codec::CODEC_ID_MP1].contains(&id)
}

/// Delay and length in frames from iTunes' note: hexadecimal words, the second is the delay, the fourth the length.
fn parse_gapless_note(note: &str) -> Option<(u64, u64)> {
    let mut words = note.split_ascii_whitespace().skip(1);
    let mut hex = || u64::from_str_radix(words.next()?, 16).ok();
    let (delay, _padding, frames) = (hex()?, hex()?, hex()?);
    (delay < 1 << 20).then_some((delay, frames))
}

fn codec_name(id: AudioCodecId) -> String {
    if id == codec::CODEC_ID_OPUS {
        return "opus".into();
    }
    symphonia::default::get_codecs().get_audio_decoder(id).map_or_else(|| "?".into(), |c| c.codec.info.short_name.into())
}

/// The identity of a file's sound, without decoding it. `None` if `stop` said so before the end: a large file on a slow disk takes long.
///
/// # Errors
/// [`AudioError`] when the file cannot be opened or demuxed.
pub fn content_id(path: &Path, stop: &dyn Fn() -> bool) -> Result<Option<ContentId>, AudioError> {
    Ok(identity(path, stop)?.map(|found| found.0))
}

/// The same with what the file says of the sound.
///
/// # Errors
/// Those of [`content_id`].
pub fn identity(path: &Path, stop: &dyn Fn() -> bool) -> Result<Option<(ContentId, Tags)>, AudioError> {
    let mut reader = Reader::open(path)?;
    let tags = std::mem::take(&mut reader.info.tags);
    let mut hasher = blake3::Hasher::new();
    while !stop() {
        match reader.format.next_packet() {
            Ok(Some(packet)) if packet.track_id == reader.track_id => {
                hasher.update(&packet.data);
            }
            Ok(Some(_)) => {}
            Ok(None) | Err(Error::ResetRequired) => return Ok(Some((ContentId(hasher.finalize().to_hex().to_string()), tags))),
            Err(Error::IoError(e)) if e.kind() == ErrorKind::UnexpectedEof => {
                return Ok(Some((ContentId(hasher.finalize().to_hex().to_string()), tags)));
            }
            Err(e) => return Err(AudioError::from_symphonia(path, e)),
        }
    }
    Ok(None)
}
