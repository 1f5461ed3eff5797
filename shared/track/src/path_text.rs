//! Paths as text, for JSON and for the store, without losing those that are not Unicode.
//!
//! One idea: a path that is Unicode is its own text; any other is written as a NUL (which no path can hold), an `x` and its bytes in
//! hexadecimal.

use serde::{Deserialize, Deserializer, Serializer};
use std::path::{Path, PathBuf};

/// The text of a path. Every path has exactly one, and [`from_text`] gives the path back.
#[must_use]
pub fn to_text(path: &Path) -> String {
    match path.to_str() {
        Some(text) => text.to_owned(),
        None => {
            let hex: String = path.as_os_str().as_encoded_bytes().iter().map(|b| format!("{b:02x}")).collect();
            format!("\0x{hex}")
        }
    }
}

/// The path of a text. Text that is no path of ours is taken as it stands.
#[must_use]
pub fn from_text(text: &str) -> PathBuf {
    let bytes = text.strip_prefix("\0x").and_then(|hex| {
        let digits = hex.as_bytes().as_chunks::<2>().0.iter();
        digits.map(|d| u8::from_str_radix(std::str::from_utf8(d).ok()?, 16).ok()).collect::<Option<Vec<u8>>>()
    });
    match bytes {
        Some(bytes) => from_bytes(bytes),
        None => PathBuf::from(text),
    }
}

#[cfg(unix)]
fn from_bytes(bytes: Vec<u8>) -> PathBuf {
    use std::os::unix::ffi::OsStringExt;
    std::ffi::OsString::from_vec(bytes).into()
}

#[cfg(not(unix))]
fn from_bytes(bytes: Vec<u8>) -> PathBuf {
    // The encoding of the standard library on these systems (WTF-8) has no safe way back but through lossy text; a path that is
    // not Unicode shows a replacement character and is reported as missing rather than mixed up with another.
    String::from_utf8_lossy(&bytes).into_owned().into()
}

/// For `#[serde(with = "path_text::one")]`.
pub mod one {
    use super::*;

    /// Writes a path as text.
    ///
    /// # Errors
    /// Those of the serializer.
    pub fn serialize<S: Serializer>(path: &Path, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&to_text(path))
    }

    /// Reads a path from text.
    ///
    /// # Errors
    /// Those of the deserializer.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<PathBuf, D::Error> {
        Ok(from_text(&String::deserialize(deserializer)?))
    }
}

/// For `#[serde(with = "path_text::many")]`.
pub mod many {
    use super::*;

    /// Writes paths as texts.
    ///
    /// # Errors
    /// Those of the serializer.
    pub fn serialize<S: Serializer>(paths: &[PathBuf], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(paths.iter().map(|p| to_text(p)))
    }

    /// Reads paths from texts.
    ///
    /// # Errors
    /// Those of the deserializer.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<PathBuf>, D::Error> {
        Ok(Vec::<String>::deserialize(deserializer)?.iter().map(|t| from_text(t)).collect())
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::os::unix::ffi::OsStrExt;

    #[test]
    fn every_path_survives() {
        for bytes in [&b"/music/\xff\xfe.wav"[..], "/संगीत/राग.flac".as_bytes(), b"plain", b"\\xff", b"x00"] {
            let path = Path::new(std::ffi::OsStr::from_bytes(bytes));
            assert_eq!(from_text(&to_text(path)), path);
        }
        assert_eq!(from_text("\0xzz"), PathBuf::from("\0xzz"));
    }
}
