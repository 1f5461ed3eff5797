//! The tables.

use super::Piece;
use super::measure::{Answer, Scores, score};
use super::truth::Truth;
use anyhow::{Context, Result};
use std::collections::{BTreeMap, HashMap};
use std::fmt::Write;
use std::path::{Path, PathBuf};

type Tool = (String, HashMap<PathBuf, Answer>, f64);
/// What is aimed at.
#[derive(Clone, Copy)]
enum Goal {
    AtLeast(f64),
    /// At least that, and above every peer.
    Best(f64),
    AtMost(f64),
    /// Told for what it says of the others.
    Told,
}

impl Goal {
    fn text(self) -> String {
        match self {
            Self::AtLeast(v) => cell(Some(v)),
            Self::Best(v) => format!("{}, above every peer", cell(Some(v))),
            Self::AtMost(v) => format!("at most {v}"),
            Self::Told => "-".into(),
        }
    }

    /// By how much a value misses it, if it does. `peer` is the best of the others.
    fn missed_by(self, value: f64, peer: Option<f64>) -> Option<f64> {
        let short = |goal: f64| (value < goal).then_some(goal - value);
        match self {
            Self::AtLeast(goal) => short(goal),
            Self::Best(goal) => short(goal.max(peer.unwrap_or(0.0))),
            Self::AtMost(goal) => (value > goal).then_some(value - goal),
            Self::Told => None,
        }
    }
}

/// A measure: its name, what is aimed at, and where it stands among the scores.
type Row = (&'static str, Goal, fn(&Scores) -> Option<f64>);

const ROWS: [Row; 25] = [
    ("tempo within 4 % (acc1)", Goal::Best(0.92), |s| s.acc1),
    ("the same, octaves allowed (acc2)", Goal::AtLeast(0.99), |s| s.acc2),
    ("beat F (70 ms)", Goal::Best(0.92), |s| s.beat_f),
    ("downbeat F (70 ms)", Goal::AtLeast(0.80), |s| s.downbeat_f),
    ("metre", Goal::AtLeast(0.85), |s| s.metre),
    ("'no pulse', precision", Goal::AtLeast(0.90), |s| s.no_pulse_precision),
    ("'no pulse', recall", Goal::AtLeast(0.90), |s| s.no_pulse_recall),
    ("key, MIREX weighted", Goal::Best(0.92), |s| s.key),
    ("the same of modal tunes, by tonic and third", Goal::Told, |s| s.key_modal),
    ("key spans F (3 s)", Goal::AtLeast(0.60), |s| s.key_spans_f),
    ("changes of key said of pieces without any, each", Goal::Told, |s| s.key_false_changes),
    ("tuning, median error in cents", Goal::AtMost(5.0), |s| s.tuning_cents),
    ("tonic of drone music within 25 cents", Goal::AtLeast(0.95), |s| s.tonic),
    ("tonic said of music without a drone", Goal::Told, |s| s.tonic_false),
    ("section boundary F (3 s)", Goal::AtLeast(0.75), |s| s.sections_f),
    ("pitch of one voice within 50 cents", Goal::AtLeast(0.98), |s| s.pitch),
    ("the same with white noise 6 dB below it", Goal::AtLeast(0.98), |s| s.pitch_noise),
    ("single voices taken for one", Goal::Told, |s| s.voice_recall),
    ("other music taken for a single voice", Goal::Told, |s| s.voice_false),
    ("onset F at 10 ms", Goal::AtLeast(0.85), |s| s.onset_f_10),
    ("onset F at 25 ms", Goal::AtLeast(0.92), |s| s.onset_f_25),
    ("onsets, median error in ms", Goal::AtMost(5.0), |s| s.onset_error_ms),
    ("area under ROC: tempo's confidence", Goal::AtLeast(0.75), |s| s.tempo_auc),
    ("area under ROC: key's confidence", Goal::AtLeast(0.75), |s| s.key_auc),
    ("the same of onsets, right being better than the median", Goal::Told, |s| s.onset_auc),
];

fn cell(value: Option<f64>) -> String {
    value.map_or("-".into(), |v| if v.abs() >= 1.5 { format!("{v:.1}") } else { format!("{v:.3}").trim_start_matches('0').to_owned() })
}

fn table(out: &mut String, heads: &[String], rows: &[(String, Vec<String>)]) -> std::fmt::Result {
    writeln!(out, "| {} |", heads.join(" | "))?;
    writeln!(out, "|{}", "---|".repeat(heads.len()))?;
    for (name, cells) in rows {
        writeln!(out, "| {name} | {} |", cells.join(" | "))?;
    }
    writeln!(out)
}

/// Our scores on the pieces of which something is true.
type ScoresOf<'a> = dyn Fn(&dyn Fn(&Truth) -> bool) -> Scores + 'a;

/// What misses its target, by how much, and on what most.
fn missed(out: &mut String, all: &BTreeMap<&str, Scores>, pieces: &[Piece], ours: &ScoresOf<'_>) -> std::fmt::Result {
    let Some(scores) = all.get("underscore") else { return Ok(()) };
    let mut lines = Vec::new();
    for (name, goal, get) in &ROWS {
        let peer = all.iter().filter(|(tool, _)| **tool != "underscore").filter_map(|(_, s)| get(s)).reduce(f64::max);
        let Some((value, by)) = get(scores).and_then(|v| Some((v, goal.missed_by(v, peer)?))) else { continue };
        let mut families: Vec<String> = pieces.iter().map(|p| p.truth.family.clone()).collect();
        families.sort();
        families.dedup();
        let mut weakest: Vec<(String, f64)> = families.into_iter().filter_map(|f| get(&ours(&|t| t.family == f)).map(|v| (f, v))).collect();
        weakest.sort_by(|a, b| if matches!(goal, Goal::AtMost(_)) { b.1.total_cmp(&a.1) } else { a.1.total_cmp(&b.1) });
        let on: Vec<String> = weakest.iter().take(3).map(|(f, v)| format!("{f} {}", cell(Some(*v)))).collect();
        lines.push(format!("- {name}: {}, {} off; weakest on {}", cell(Some(value)), cell(Some(by)), on.join(", ")));
    }
    if lines.is_empty() {
        return writeln!(out, "Every target is met.\n");
    }
    writeln!(out, "Missed:\n\n{}\n", lines.join("\n"))
}

/// Prints the tables, and writes them under models/reports/ if that is asked.
pub fn write(root: &Path, pieces: &[Piece], tools: &[Tool], real: &str, keep: bool) -> Result<()> {
    let pairs = |tool: &Tool, filter: &dyn Fn(&Truth) -> bool| -> Scores {
        let empty = Answer::default();
        let chosen: Vec<_> =
            pieces.iter().filter(|p| filter(&p.truth)).map(|p| (&p.truth, tool.1.get(&p.file).unwrap_or(&empty))).collect();
        score(&chosen)
    };
    let all: BTreeMap<&str, Scores> = tools.iter().map(|t| (t.0.as_str(), pairs(t, &|_| true))).collect();
    let mut text = format!(
        "# Tempo, beats, key and onsets\n\nMeasured by `cargo xtask eval analysis` on {} pieces of 40 s to 2.5 min, rendered from notes with a General MIDI \
         soundfont and with the project's own instruments: synthetic music, so that the truth is certain. What a tool does not measure is left out; librosa's downbeats are every fourth beat \
         from its first, which is what its users take. Ours was trained on other pieces of the same kinds, played with the same instruments; the others were \
         not. {} of the pieces change their key; {} count as right with either two or four beats to a bar.\n\n",
        pieces.len(),
        pieces.iter().filter(|p| p.truth.keys.len() > 1).count(),
        pieces.iter().filter(|p| p.truth.metres.len() > 1).count()
    );
    let heads: Vec<String> = ["measure", "target"].into_iter().map(str::to_owned).chain(tools.iter().map(|t| t.0.clone())).collect();
    let mut rows: Vec<(String, Vec<String>)> = ROWS
        .iter()
        .map(|(name, target, get)| {
            let cells = std::iter::once(target.text()).chain(tools.iter().map(|t| cell(all.get(t.0.as_str()).and_then(get))));
            ((*name).to_owned(), cells.collect())
        })
        .collect();
    let seconds: f64 = pieces.iter().map(|p| p.length_s).sum();
    let speeds = std::iter::once("-".to_owned()).chain(tools.iter().map(|t| format!("{:.0}", seconds / t.2.max(1e-9))));
    rows.push(("times real time, by wall time and cores, imports included".into(), speeds.collect()));
    table(&mut text, &heads, &rows)?;
    missed(&mut text, &all, pieces, &|filter| pairs(&tools[0], filter))?;

    for (title, of) in [
        ("By kind of music", (|t: &Truth| t.family.clone()) as fn(&Truth) -> String),
        ("By what was done to it", |t| t.variant.clone()),
        ("By what it was played with", |t| t.instruments.clone()),
    ] {
        writeln!(text, "## {title} (ours)\n")?;
        let mut groups: Vec<String> = pieces.iter().map(|p| of(&p.truth)).collect();
        groups.sort();
        groups.dedup();
        let heads =
            ["", "pieces", "acc1", "acc2", "beat F", "downbeat F", "metre", "no pulse", "key", "tuning", "onset F 10", "onset F 25"]
                .map(str::to_owned);
        let rows: Vec<(String, Vec<String>)> = groups
            .into_iter()
            .map(|group| {
                let s = pairs(&tools[0], &|t| of(t) == group);
                let values =
                    [s.acc1, s.acc2, s.beat_f, s.downbeat_f, s.metre, s.no_pulse_recall, s.key, s.tuning_cents, s.onset_f_10, s.onset_f_25];
                (group, std::iter::once(s.pieces.to_string()).chain(values.map(cell)).collect())
            })
            .collect();
        table(&mut text, &heads, &rows)?;
    }
    text.push_str(real);
    eprint!("{text}");
    if keep {
        let dir = root.join("models/reports");
        std::fs::create_dir_all(&dir)?;
        let path = dir.join("analysis.md");
        std::fs::write(&path, &text).with_context(|| path.display().to_string())?;
        std::fs::write(dir.join("analysis.json"), serde_json::to_string_pretty(&all)? + "\n")?;
    }
    Ok(())
}
