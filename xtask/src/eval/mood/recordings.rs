//! Real recordings: whether they are taken for music, and, where people rated them, how near the model comes.
//!
//! Ratings are looked for in the data folder: `music/rated/ratings.csv` with the columns file, valence and arousal (-1 to 1); a folder in the file's path is its genre.

use super::{Part, Target, share, table};
use crate::parallel::in_parallel;
use affect::AffectEstimate;
use anyhow::{Context, Result};
use mood::{MusicModel, Role};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};

#[derive(Deserialize)]
struct Rating {
    file: PathBuf,
    valence: f64,
    arousal: f64,
}

/// What the model that ships says of a recording.
struct Told {
    name: String,
    is_music: f64,
    place: Option<AffectEstimate>,
}

fn ask(model: &MusicModel, path: &Path) -> Result<Told> {
    let (_, passages) = crate::eval::analyser(path)?.finish_with_passages();
    let heard = model.read(&passages)?;
    Ok(Told {
        name: path.file_stem().map(|s| s.to_string_lossy().trim_end_matches(".hq").replace('_', " ")).unwrap_or_default(),
        // Less than a second of sound is no music.
        is_music: heard.as_ref().and_then(|h| h.mood.value.is_music).unwrap_or(0.0),
        place: heard.and_then(|h| h.affect).map(|a| a.value),
    })
}

/// The part about real recordings.
pub fn report(root: &Path, data: &Path) -> Result<Part> {
    let model = MusicModel::new(Role::Music.model()?)?;
    let files = |dir: &Path, extension: &str| crate::train::recording::files(dir, extension);
    let all = |files: Vec<PathBuf>| in_parallel(&files, |f| ask(&model, f));
    let recordings = all(files(&data.join("audio/recordings"), "ogg")?)?;
    let loops = all(files(&data.join("audio/loops"), "flac")?)?;
    let library = all(files(&root.join("library"), "opus")?)?;
    let sentences = all(files(&data.join("audio/speech"), "ogg")?)?;
    let mut out = String::from(
        "## Real recordings\n\nThe model that ships. A sound is called music from a probability of .5 on; under .02 it has no place on the plane.\n\n",
    );
    let kinds = [
        ("recordings of music", &recordings, true),
        ("loops, many of drums or noises alone", &loops, true),
        ("the project's library (synthetic)", &library, true),
        ("read sentences, in English", &sentences, false),
    ];
    let rows = kinds.iter().map(|(name, told, is_music)| {
        let right = told.iter().filter(|t| (t.is_music >= 0.5) == *is_music).count();
        let wrong: Vec<&str> = told.iter().filter(|t| (t.is_music >= 0.5) != *is_music).map(|t| t.name.as_str()).collect();
        vec![(*name).to_owned(), if *is_music { "music" } else { "none" }.into(), format!("{right} of {}", told.len()), wrong.join(", ")]
    });
    table(&mut out, &["", "is", "called so", "but for"], rows)?;
    let pairs: Vec<(f64, bool)> = kinds.iter().flat_map(|(_, told, is_music)| told.iter().map(|t| (t.is_music, *is_music))).collect();
    let auc = crate::eval::auc(&pairs).context("no recordings")?;
    writeln!(out, "Area under ROC over all of these: {}.\n", share(auc))?;
    let rows = recordings.iter().map(|t| {
        let place = t.place.map_or(["-".to_owned(), "-".to_owned()], |p| {
            [format!("{:+.2} ±{:.2}", p.at.valence, p.valence_spread), format!("{:+.2} ±{:.2}", p.at.arousal, p.arousal_spread)]
        });
        [vec![t.name.clone()], place.to_vec()].concat()
    });
    table(&mut out, &["recording", "valence", "arousal"], rows)?;
    let rated = data.join("music/rated");
    let mut targets = Vec::new();
    if rated.join("ratings.csv").exists() {
        ratings(&model, &rated, &mut out, &mut targets)?;
    } else {
        writeln!(
            out,
            "No recordings that people rated are among the data (`music/rated/ratings.csv`), so correlations with ratings are not told.\n"
        )?;
    }
    Ok(Part { text: out, targets })
}

/// Correlation with ratings, of all and by genre, and how many of them lie within the spread.
fn ratings(model: &MusicModel, rated: &Path, out: &mut String, targets: &mut Vec<Target>) -> Result<()> {
    let list = rated.join("ratings.csv");
    let mut reader = csv::Reader::from_path(&list).with_context(|| list.display().to_string())?;
    let ratings: Vec<Rating> = reader.deserialize().collect::<Result<_, _>>().with_context(|| list.display().to_string())?;
    let told = in_parallel(&ratings, |r| ask(model, &rated.join(&r.file)))?;
    let mut genres: BTreeMap<String, Vec<(&Rating, AffectEstimate)>> = BTreeMap::new();
    for (rating, place) in ratings.iter().zip(&told).filter_map(|(r, t)| Some((r, t.place?))) {
        let genre = rating.file.parent().map(|p| p.to_string_lossy().into_owned()).unwrap_or_default();
        for name in [genre, " all".into()] {
            genres.entry(name).or_default().push((rating, place));
        }
    }
    writeln!(out, "### Ratings\n")?;
    let mut rows = Vec::new();
    for (genre, pairs) in &genres {
        let of = |truth: fn(&Rating) -> f64, said: fn(&AffectEstimate) -> (f64, f64)| {
            let both: Vec<(f64, f64)> = pairs.iter().map(|(r, p)| (truth(r), said(p).0)).collect();
            let inside = pairs.iter().filter(|(r, p)| (truth(r) - said(p).0).abs() <= said(p).1).count() as f64 / pairs.len() as f64;
            (super::words::correlation(&both), inside)
        };
        let (valence, valence_inside) = of(|r| r.valence, |p| (p.at.valence, p.valence_spread));
        let (arousal, arousal_inside) = of(|r| r.arousal, |p| (p.at.arousal, p.arousal_spread));
        if genre == " all" {
            targets.push(Target::at_least(
                "rated recordings: ratings within the spread, the worse axis",
                2.0 / 3.0,
                valence_inside.min(arousal_inside),
            ));
        }
        rows.push(vec![
            genre.trim().to_owned(),
            pairs.len().to_string(),
            share(valence),
            share(arousal),
            share(valence_inside),
            share(arousal_inside),
        ]);
    }
    table(out, &["genre", "recordings", "valence r", "arousal r", "valence within the spread", "arousal within the spread"], rows)?;
    Ok(())
}
