//! Times as people write them, and timecode.
//!
//! One idea: what spreadsheets hold, what is typed and what cue sheets print follow one rule each way, so that a time comes back as it was told.

use jiff::civil::Date;

/// Seconds of a text that is seconds, or minutes and seconds, or hours, minutes and seconds with colons between them; the last may have
/// a fraction, after a point or a comma. `None` for what is none of these.
#[must_use]
pub fn seconds(text: &str) -> Option<f64> {
    let parts: Vec<f64> = text.split(':').map(number).collect::<Option<_>>()?;
    let is_clock = parts.len() == 1 || (parts[1..].iter().all(|p| *p < 60.0) && parts[..parts.len() - 1].iter().all(|p| p.fract() == 0.0));
    (is_clock && parts.len() <= 3).then(|| parts.iter().fold(0.0, |sum, p| 60.0 * sum + p))
}

fn number(text: &str) -> Option<f64> {
    text.trim().replace(',', ".").parse::<f64>().ok().filter(|n| n.is_finite() && n.is_sign_positive())
}

/// A day as ISO 8601 or central Europe writes it; a time of day behind it is left out. `None` for what is none, and for slashes with the year last, which
/// are read differently on two sides of an ocean.
#[must_use]
pub fn day(text: &str) -> Option<Date> {
    let day = text.trim().split([' ', 'T']).next()?;
    let dots: Vec<&str> = day.split('.').collect();
    let dashes: Vec<&str> = day.split(['-', '/']).collect();
    let (y, m, d) = match (dots.as_slice(), dashes.as_slice()) {
        ([d, m, y], _) | (_, [y, m, d]) if y.len() == 4 => (y, m, d),
        _ => return None,
    };
    Date::new(y.parse().ok()?, m.parse().ok()?, d.parse().ok()?).ok()
}

/// How frames are counted, after SMPTE ST 12-1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Timecode {
    /// Frames a second, as they are and not as they are called: 30000/1001 and not 29.97.
    pub frames_per_s: f64,
    /// Whether numbers of frames are dropped so that the count goes with the clock, which 29.97 and 59.94 alone do; a semicolon tells.
    pub drops: bool,
}

impl Timecode {
    /// Frames a second that are believed.
    const RATES: std::ops::RangeInclusive<f64> = 1.0..=240.0;

    /// At a rate, which only says whether numbers may be dropped; `None` where there is no such rate.
    #[must_use]
    pub fn new(frames_per_s: f64, drops: bool) -> Option<Self> {
        let base = frames_per_s.round();
        let may_drop = (frames_per_s - base).abs() > 1e-3 && (base as u64).is_multiple_of(30);
        Self::RATES.contains(&frames_per_s).then_some(Self { frames_per_s, drops: drops && may_drop })
    }

    /// Numbers of a second.
    fn base(self) -> u64 {
        self.frames_per_s.round() as u64
    }

    /// Numbers that are left out at the start of each minute but every tenth.
    fn dropped(self) -> u64 {
        if self.drops { self.base() / 15 } else { 0 }
    }

    /// The timecode of a time.
    #[must_use]
    pub fn at(self, seconds: f64) -> String {
        let (base, dropped) = (self.base(), self.dropped());
        // A frame lasts until the next begins; the thousandth of one is what rounding of seconds may lack.
        let mut frame = (seconds.max(0.0) * self.frames_per_s + 1e-3).floor() as u64;
        let (per_minute, per_ten) = (60 * base - dropped, 600 * base - 9 * dropped);
        let (tens, rest) = (frame / per_ten, frame % per_ten);
        frame += 9 * dropped * tens;
        if rest >= 60 * base {
            frame += dropped * ((rest - 60 * base) / per_minute + 1);
        }
        let s = frame / base;
        let mark = if self.drops { ';' } else { ':' };
        format!("{:02}:{:02}:{:02}{mark}{:02}", s / 3600, s / 60 % 60, s % 60, frame % base)
    }

    /// The time of a timecode in seconds, and how it counts: `01:00:00;00` drops, `01:00:00:00` does not. `None` for what is none at
    /// that rate, such as a number that is dropped.
    #[must_use]
    pub fn read(text: &str, frames_per_s: f64) -> Option<(f64, Self)> {
        let (clock, frame) = text.rsplit_once([':', ';'])?;
        let drops = text.contains(';');
        let code = Self::new(frames_per_s, drops).filter(|c| c.drops == drops)?;
        let clock = clock.replace(';', ":");
        let is_whole = clock.split(':').count() == 3 && !clock.contains(['.', ',']);
        let s = seconds(&clock).filter(|_| is_whole)? as u64;
        let frame = frame.trim().parse::<u64>().ok().filter(|f| *f < code.base())?;
        let (minutes, dropped) = (s / 60, code.dropped());
        if s.is_multiple_of(60) && !minutes.is_multiple_of(10) && frame < dropped {
            return None;
        }
        let count = s * code.base() + frame - dropped * (minutes - minutes / 10);
        Some((count as f64 / frames_per_s, code))
    }
}

/// Hours, minutes, seconds and thousandths.
#[must_use]
pub fn to_thousandths(seconds: f64) -> String {
    let ms = (seconds.max(0.0) * 1000.0).round() as u64;
    format!("{:02}:{:02}:{:02}.{:03}", ms / 3_600_000, ms / 60_000 % 60, ms / 1000 % 60, ms % 1000)
}

#[cfg(test)]
mod tests {
    use super::{Timecode, seconds, to_thousandths};

    #[test]
    fn times_are_read_as_they_are_written() {
        for (text, s) in
            [("95", 95.0), ("12,5", 12.5), ("1:35", 95.0), (" 01:35.25 ", 95.25), ("1:02:03", 3723.0), ("95:30", 5730.0), ("0", 0.0)]
        {
            assert_eq!(seconds(text), Some(s), "{text}");
        }
        for text in ["", ":", "1:", "1:60", "1.5:30", "1:2:3:4", "-1", "-0", "inf", "NaN", "1,000,000", "3 min"] {
            assert_eq!(seconds(text), None, "{text}");
        }
    }

    fn at(seconds: f64, frames_per_s: f64, drops: bool) -> String {
        Timecode::new(frames_per_s, drops).map(|c| c.at(seconds)).unwrap_or_default()
    }

    #[test]
    fn timecodes_are_those_of_the_standard() {
        assert_eq!(at(3661.5, 25.0, true), "01:01:01:12");
        assert_eq!(to_thousandths(3661.5), "01:01:01.500");
        assert_eq!(at(1.001, 24000.0 / 1001.0, true), "00:00:01:00");
        let drop = |frames: u64| at(frames as f64 * 1001.0 / 30000.0, 30000.0 / 1001.0, true);
        // The first number that is dropped, the tenth minute, where none is, and an hour.
        for (frames, want) in
            [(1799, "00:00:59;29"), (1800, "00:01:00;02"), (17_981, "00:09:59;29"), (17_982, "00:10:00;00"), (107_892, "01:00:00;00")]
        {
            assert_eq!(drop(frames), want, "{frames}");
        }
        assert_eq!(at(3600.0 * 1.001, 60000.0 / 1001.0, true), "01:00:03;36");
        assert_eq!(at(3600.0 * 1.001, 30000.0 / 1001.0, false), "01:00:00:00");
    }

    #[test]
    fn a_timecode_comes_back_as_it_was_told() {
        let (ntsc, twice) = (30000.0 / 1001.0, 60000.0 / 1001.0);
        for (text, fps) in [
            ("01:00:00;00", ntsc),
            ("01:02:03;12", ntsc),
            ("00:01:00;02", ntsc),
            ("23:59:59;29", ntsc),
            ("01:00:00:00", ntsc),
            ("00:01:00:00", ntsc),
            ("01:00:00;01", twice),
            ("00:09:59;59", twice),
            ("01:02:03:23", 24000.0 / 1001.0),
            ("01:02:03:24", 25.0),
            ("10:00:00:29", 30.0),
        ] {
            let read = Timecode::read(text, fps);
            assert_eq!(read.map(|(s, code)| code.at(s)).as_deref(), Some(text), "{fps}");
        }
        // Ten minutes of drop-frame are ten minutes of the clock, to a hundredth of a second.
        assert!(Timecode::read("00:10:00;00", ntsc).is_some_and(|(s, _)| (s - 600.0).abs() < 0.01));
        for (text, fps) in [
            ("00:01:00;00", ntsc),
            ("00:01:00;01", ntsc),
            ("00:00:00;12", 25.0),
            ("00:00:00:25", 25.0),
            ("00:00:12", 25.0),
            ("0:0:0.5:1", 25.0),
            ("1:00:00:00", 0.0),
        ] {
            assert!(Timecode::read(text, fps).is_none(), "{text} at {fps}");
        }
    }
}
