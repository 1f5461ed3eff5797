//! Music: what models said of songs and instruments that they had not heard.

use super::plots::{self, Series};
use super::{Part, Target, share, table};
use affect::Quadrant;
use anyhow::{Context, Result};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

#[derive(Deserialize, Clone, Copy)]
struct Scores {
    arousal: f64,
    valence: f64,
    quadrants: f64,
}

#[derive(Deserialize)]
struct Family {
    whole: Scores,
    piano: Scores,
    #[serde(rename = "5 s")]
    passages: Option<Scores>,
}

#[derive(Deserialize)]
struct Instruments {
    #[serde(flatten)]
    scores: Scores,
    count: usize,
}

#[derive(Deserialize)]
struct Errors {
    valence: f64,
    arousal: f64,
    quadrants: f64,
}

#[derive(Deserialize)]
struct Axes<T> {
    valence: T,
    arousal: T,
}

#[derive(Deserialize)]
struct IsMusic {
    all: f64,
    /// Of passages of five seconds.
    passages: f64,
    kinds: BTreeMap<String, f64>,
    /// Share that is said to be no music, where a hundredth of music is said to be none.
    caught: BTreeMap<String, f64>,
    counts: BTreeMap<String, usize>,
}

#[derive(Deserialize)]
struct Segments {
    uar: f64,
    macro_f1: f64,
    weighted_f1: f64,
    accuracy: f64,
    confusion: Vec<Vec<usize>>,
    segments: usize,
}

/// What models/training/music.py judged.
#[derive(Deserialize)]
struct Judged {
    renderings: usize,
    clips: usize,
    songs: usize,
    measures: usize,
    chosen: String,
    families: BTreeMap<String, Family>,
    /// What could be told by who knew the notes.
    ceilings: BTreeMap<String, Scores>,
    instruments: BTreeMap<String, Instruments>,
    confusion: Vec<Vec<usize>>,
    ece: BTreeMap<String, Errors>,
    /// Mean probability, share that came true, count.
    reliability: Axes<Vec<(f64, f64, usize)>>,
    takes_apart: f64,
    covered: Axes<f64>,
    spread: Axes<f64>,
    music: IsMusic,
    segments: BTreeMap<String, Segments>,
    /// Valence, arousal, quadrant from 0.
    places: Vec<(f64, f64, usize)>,
}

fn cells(s: &Scores) -> [String; 3] {
    [s.arousal, s.valence, s.quadrants].map(share)
}

/// The part about music.
pub fn report(measured: &Path, drawings: &Path) -> Result<Part> {
    let path = measured.join("judged.json");
    let bytes = std::fs::read(&path).with_context(|| path.display().to_string())?;
    let j: Judged = serde_json::from_slice(&bytes).with_context(|| path.display().to_string())?;
    let chosen = j.families.get(&j.chosen).with_context(|| format!("no family {}", j.chosen))?;
    let labels = ["Q1", "Q2", "Q3", "Q4"];
    plots::confusion(&drawings.join("music-confusion.svg"), "Quadrants of unseen songs, unseen instruments", &labels, &j.confusion)?;
    let line = |name: &str, bins: &[(f64, f64, usize)]| Series { name: name.into(), points: bins.iter().map(|b| (b.0, b.1)).collect() };
    let lines = [line("pleasant half", &j.reliability.valence), line("excited half", &j.reliability.arousal)];
    plots::reliability(&drawings.join("music-calibration.svg"), "Calibration, unseen songs and instruments", &lines)?;
    let of = |q: usize| Series {
        name: format!("{}: {}", labels[q], Quadrant::ALL[q].label()),
        points: j.places.iter().filter(|p| p.2 == q).map(|p| (p.0, p.1)).collect(),
    };
    plots::scatter(
        &drawings.join("music-places.svg"),
        "Predicted places, coloured by listeners' quadrant",
        ("valence", "arousal"),
        0.8,
        &[of(0), of(1), of(2), of(3)],
    )?;

    let mut out = format!(
        "## Music\n\n{} renderings of {} clips of {} songs (EMOPIA; piano pieces whose quadrant listeners agreed on), {} measures each. Every figure of this section is of models \
         that know neither the song nor the family of instruments that plays it: 13 families by 3 parts of the songs (the network that counts notes, \
         models/notes.md, has heard these instruments, though none of the songs; the family without it tells what that is worth). EMOPIA's authors reach .92, .70 and .68 from the original piano \
         audio, which is known to their models as an instrument.\n\n",
        j.renderings, j.clips, j.songs, j.measures
    );
    let rows = j.families.iter().map(|(name, f)| {
        let name = if *name == j.chosen { format!("**{name}** (ships)") } else { name.clone() };
        let passages = f.passages.as_ref().map_or(["-", "-", "-"].map(str::to_owned), cells);
        [vec![name], cells(&f.whole).to_vec(), cells(&f.piano).to_vec(), passages.to_vec()].concat()
    });
    let heads = [
        "family of models",
        "arousal half",
        "valence half",
        "quadrants",
        "piano: arousal",
        "valence",
        "quadrants",
        "5 s: arousal",
        "valence",
        "quadrants",
    ];
    table(&mut out, &heads, rows)?;
    writeln!(
        out,
        "The convolutional network is judged on groups of families of instruments, and not on passages. By instruments (the model that ships):\n"
    )?;
    let rows = j.instruments.iter().map(|(name, i)| [vec![name.clone(), i.count.to_string()], cells(&i.scores).to_vec()].concat());
    table(&mut out, &["instruments", "renderings", "arousal half", "valence half", "quadrants"], rows)?;
    writeln!(
        out,
        "What could be told of the same renderings by who knew more than is heard (logistic regressions; the notes are EMOPIA's, of the whole clip as it was played on the piano): how \
         hard the keys are struck tells arousal best, and neither the level nor the instruments of a rendering keep it.\n"
    )?;
    let rows = j.ceilings.iter().map(|(name, s)| [vec![name.clone()], cells(s).to_vec()].concat());
    table(&mut out, &["known", "arousal half", "valence half", "quadrants"], rows)?;
    writeln!(
        out,
        "![Predicted places](mood/music-places.svg) ![Confusion](mood/music-confusion.svg) ![Calibration](mood/music-calibration.svg)\n"
    )?;
    writeln!(out, "Expected calibration error, ten bins; temperatures were fitted on other songs:\n")?;
    let rows = j.ece.iter().map(|(name, e)| vec![name.clone(), share(e.valence), share(e.arousal), share(e.quadrants)]);
    table(&mut out, &["", "valence half", "arousal half", "the likeliest quadrant"], rows)?;
    writeln!(
        out,
        "Renderings of one clip lie apart by {} (root of the mean square, per axis), and the spread is wider where that is foreseen. It is {} for valence and {} for arousal on average. \
         No recordings with ratings are among the data, so whether two thirds of ratings lie within it could not be asked; of places evenly strewn over the half that listeners \
         named, {} (valence) and {} (arousal) do.\n",
        share(j.takes_apart),
        share(j.spread.valence),
        share(j.spread.arousal),
        share(j.covered.valence),
        share(j.covered.arousal)
    )?;
    writeln!(
        out,
        "### Music or not\n\nArea under ROC over whole sounds: {} sounds of music (renderings above, and pop, fiddle tunes, drums and drones that nobody rated) against each kind, which the \
         model that judges it does not know (nor the songs); speech one speaker at a time. Speech is EMO-DB's; the rest is synthetic, in the same rooms, codecs and levels as the music. Over passages of 5 s \
         it is {}.\n",
        j.music.counts.get("music").copied().unwrap_or_default(),
        share(j.music.passages)
    )?;
    let rows = j.music.kinds.iter().map(|(kind, auc)| {
        vec![
            kind.clone(),
            j.music.counts.get(kind).copied().unwrap_or_default().to_string(),
            share(*auc),
            j.music.caught.get(kind).map_or("-".into(), |c| share(*c)),
        ]
    });
    table(&mut out, &["kind", "sounds", "AUC", "caught, where 1 % of music is mistaken"], rows)?;
    writeln!(
        out,
        "### Emolysis' protocol\n\nPassages of 5 s of the piano as it was played, three parts split by song, quadrants as classes ({} passages). Support vectors and boosted trees \
         have the same measures and know the piano. Emolysis reports UAR .854 for five classes on data of its own.\n",
        j.segments.values().next().map_or(0, |s| s.segments)
    )?;
    let rows =
        j.segments.iter().map(|(name, s)| vec![name.clone(), share(s.uar), share(s.macro_f1), share(s.weighted_f1), share(s.accuracy)]);
    table(&mut out, &["", "UAR", "macro-F1", "weighted F1", "accuracy"], rows)?;
    if let Some(s) = j.segments.get("this model") {
        writeln!(out, "This model's confusion there, a row for what is true:\n")?;
        let rows =
            labels.iter().zip(&s.confusion).map(|(l, row)| [vec![(*l).to_owned()], row.iter().map(ToString::to_string).collect()].concat());
        table(&mut out, &["", "Q1", "Q2", "Q3", "Q4"], rows)?;
    }
    let whole = j.ece.get("whole").context("no calibration of wholes")?;
    Ok(Part {
        text: out,
        targets: vec![
            Target::at_least("music: arousal half, unseen songs and instruments", 0.85, chosen.whole.arousal),
            Target::at_least("music: valence half", 0.70, chosen.whole.valence),
            Target::at_least("music: quadrants", 0.62, chosen.whole.quadrants),
            Target::at_most("music: calibration error, the worse half", 0.07, whole.valence.max(whole.arousal)),
            Target::at_least("music or not: area under ROC", 0.95, j.music.all),
        ],
    })
}
