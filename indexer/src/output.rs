//! Printing: text that a terminal can be trusted with, and JSON.

use std::io::Write;

/// What went wrong and why, each said once: a typed error often has its cause in its own words.
pub fn chain(error: &anyhow::Error) -> String {
    error.chain().map(ToString::to_string).fold(String::new(), |all, cause| match all.contains(&cause) {
        true => all,
        false if all.is_empty() => cause,
        false => format!("{all}: {cause}"),
    })
}

/// Said of lists in which values of different versions stand beside each other.
pub const MIXED: &str =
    "not all of it was measured by the same version and model, and does not quite compare; 'indexer scan --upgrade FOLDER' measures anew";

/// Signs that turn the direction of text, with which a title could make a line read as another.
const TURNS: [char; 12] = [
    '\u{61c}', '\u{200e}', '\u{200f}', '\u{202a}', '\u{202b}', '\u{202c}', '\u{202d}', '\u{202e}', '\u{2066}', '\u{2067}', '\u{2068}',
    '\u{2069}',
];

/// The text on one line and without control characters, so that a tag can steer neither a terminal nor a table.
pub fn printable(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '\n' | '\r' | '\t' => ' ',
            c if c.is_control() || TURNS.contains(&c) => '\u{fffd}',
            c => c,
        })
        .collect()
}

/// The same with its lines.
pub fn printable_lines(text: &str) -> String {
    text.lines().map(printable).collect::<Vec<_>>().join("\n")
}

/// Writes a line to standard output. A closed pipe is an error, unlike with `println!`, which panics.
pub fn line(text: &str) -> anyhow::Result<()> {
    Ok(writeln!(std::io::stdout().lock(), "{text}")?)
}

/// Writes one JSON value to standard output.
pub fn json(value: &impl serde::Serialize) -> anyhow::Result<()> {
    line(&serde_json::to_string_pretty(value)?)
}

/// So many of something, in words.
pub fn count(n: usize, one: &str, many: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { many })
}

/// So many files, in words.
pub fn files(n: usize) -> String {
    count(n, "file", "files")
}

/// Minutes and seconds.
pub fn duration(seconds: f64) -> String {
    let whole = seconds.round().max(0.0) as u64;
    if whole >= 3600 {
        format!("{}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60)
    } else {
        format!("{}:{:02}", whole / 60, whole % 60)
    }
}
