//! Voices: what the models of the folds say of speakers that they do not know, beside what listeners recognised.

use super::plots;
use super::{Part, Target, share, table};
use crate::train::cache::Kept;
use crate::train::recording::EMO_DB;
use crate::train::speech::About;
use affect::Emotion;
use anyhow::{Context, Result};
use inference::Model;
use mood::Role;
use mood::speech::{SpeechFollower, SpeechModel, SpeechMood};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;
use std::time::Instant;

/// EMO-DB's letters in the order of [`Emotion::OF_SPEECH`].
const LETTERS: [char; 7] = ['N', 'F', 'T', 'W', 'A', 'E', 'L'];
/// Emotions of high arousal and of low arousal; disgust is neither.
const HIGH: [char; 3] = ['W', 'A', 'F'];
const LOW: [char; 3] = ['T', 'L', 'N'];
/// Utterances of a speaker after which a voice is known: about a minute of speech.
const KNOWN: usize = 20;
/// Spans of how many utterances were heard before.
const BEFORE: [(usize, usize, &str); 5] =
    [(0, 0, "none"), (1, 4, "1 to 4"), (5, 9, "5 to 9"), (10, 19, "10 to 19"), (KNOWN, usize::MAX, "20 and more")];
/// What is done to a version, as its description begins or holds.
const SURROUNDINGS: [&str; 5] = ["telephone", "noise", "music", "room", "pitch"];

#[derive(Deserialize)]
struct Scores {
    uar: f64,
    arousal_auc: f64,
}

/// What models/training/speech.py judged.
#[derive(Deserialize)]
struct Judged {
    families: BTreeMap<String, BTreeMap<String, Scores>>,
    ece: BTreeMap<String, f64>,
    versions: usize,
    measures: usize,
}

/// An utterance, and what the model that does not know its speaker said of it.
struct Heard {
    about: About,
    truth: usize,
    said: SpeechMood,
}

/// Unweighted recall, accuracy, and the area under ROC of arousal.
fn scores(heard: &[&Heard]) -> Option<(f64, f64, f64)> {
    let recall: Vec<f64> = (0..LETTERS.len())
        .filter_map(|k| {
            let of: Vec<_> = heard.iter().filter(|h| h.truth == k).collect();
            (!of.is_empty()).then(|| of.iter().filter(|h| said(h) == k).count() as f64 / of.len() as f64)
        })
        .collect();
    let right = heard.iter().filter(|h| said(h) == h.truth).count() as f64 / heard.len().max(1) as f64;
    let arousal: Vec<(f64, bool)> = heard
        .iter()
        .filter(|h| HIGH.contains(&h.about.emotion) || LOW.contains(&h.about.emotion))
        .map(|h| (h.said.affect.at.arousal, HIGH.contains(&h.about.emotion)))
        .collect();
    let auc = crate::eval::auc(&arousal)?;
    (!recall.is_empty()).then(|| (recall.iter().sum::<f64>() / recall.len() as f64, right, auc))
}

fn said(heard: &Heard) -> usize {
    let emotion = heard.said.emotion().0;
    Emotion::OF_SPEECH.iter().position(|e| *e == emotion).unwrap_or_default()
}

/// For each of EMO-DB's letters the share of listeners who recognised it, from its table: utterance, per cent recognised, per cent called natural.
fn listeners(data: &Path) -> Result<BTreeMap<char, f64>> {
    let path = data.join(EMO_DB).join("erkennung.txt");
    let bytes = std::fs::read(&path).with_context(|| path.display().to_string())?;
    let mut all: BTreeMap<char, Vec<f64>> = BTreeMap::new();
    for line in String::from_utf8_lossy(&bytes).lines().skip(1) {
        let mut fields = line.split('\t').skip(1);
        let (Some(name), Some(share)) = (fields.next(), fields.next()) else { continue };
        let share: String = share.chars().take_while(|c| c.is_ascii_digit() || *c == ',').collect();
        if let (Some(letter), Ok(share)) = (name.chars().nth(5), share.replace(',', ".").parse::<f64>()) {
            all.entry(letter).or_default().push(share / 100.0);
        }
    }
    Ok(all.into_iter().map(|(letter, shares)| (letter, shares.iter().sum::<f64>() / shares.len() as f64)).collect())
}

/// How many times faster than it is spoken a voice is followed, on one core, by the model that ships.
fn speed(data: &Path) -> Result<f64> {
    let mut sound = Vec::new();
    for name in ["198-209-0000", "3436-172162-0000", "5703-47212-0000"] {
        sound.extend(crate::train::recording::through(&data.join(format!("audio/speech/{name}.hq.ogg")), "", 48_000)?);
    }
    let model = SpeechModel::new(Role::Speech.model()?)?;
    let mut follower = SpeechFollower::new(model, 48_000)?;
    let began = Instant::now();
    let mut moments = 0;
    for block in sound.chunks(512) {
        follower.push(block, |m| moments += usize::from(m.mood.is_some()))?;
    }
    anyhow::ensure!(moments > 0, "nothing was heard of the sentences in audio/speech");
    Ok(sound.len() as f64 / 48_000.0 / began.elapsed().as_secs_f64())
}

/// The part about voices.
pub fn report(root: &Path, data: &Path, voices: &Path, all: &[Kept<About>], drawings: &Path) -> Result<Part> {
    let path = voices.join("judged.json");
    let judged: Judged = serde_json::from_slice(&std::fs::read(&path).with_context(|| path.display().to_string())?)?;
    let mut models: BTreeMap<String, SpeechModel> = BTreeMap::new();
    let mut heard = Vec::new();
    for kept in all {
        let Some(row) = kept.rows.last() else { continue };
        let speaker = kept.about.speaker.clone();
        if !models.contains_key(&speaker) {
            let model = Model::read(&root.join(format!("models/folds/speech-affect-without-{speaker}.onnx")))?;
            models.insert(speaker.clone(), SpeechModel::new(model)?);
        }
        let row: Vec<f32> = row.iter().map(|x| x.unwrap_or(f32::NAN)).collect();
        let truth = LETTERS.iter().position(|l| *l == kept.about.emotion).with_context(|| kept.about.name.clone())?;
        heard.push(Heard { truth, said: models[&speaker].read(&row)?, about: kept.about.clone() });
    }
    let known = |h: &&Heard| h.about.before >= KNOWN;
    let plain: Vec<&Heard> = heard.iter().filter(|h| h.about.take == 0).filter(known).collect();
    let (uar, accuracy, arousal) = scores(&plain).context("no utterances")?;
    let times = speed(data)?;

    let mut out = format!(
        "## Voices\n\n{} versions of EMO-DB's 535 utterances (German, ten actors, acted), {} measures at each moment, beside what was usual of the voice before; what is told of an \
         utterance is what is told at its end. Each speaker is judged by the model that was trained on the other nine (`models/folds`), run as the program runs it, in random orders \
         of the speaker's utterances. But where something else is said, {KNOWN} utterances or more were heard before (about a minute; nothing is told of what they mean).\n\n",
        judged.versions, judged.measures
    );
    let rows = judged.families.iter().map(|(name, s)| {
        let of = |k: &str| s.get(k).map_or(["-"; 2].map(str::to_owned), |s| [s.uar, s.arousal_auc].map(share));
        let name = if name == "network" { format!("**{name}** (ships)") } else { name.clone() };
        [vec![name], of("as recorded").to_vec(), of("in other surroundings").to_vec(), of("first words").to_vec()].concat()
    });
    table(
        &mut out,
        &["family of models", "UAR", "arousal AUC", "other surroundings: UAR", "arousal AUC", "first words: UAR", "arousal AUC"],
        rows,
    )?;
    writeln!(out, "By how many utterances of the speaker were heard before, as recorded:\n")?;
    let rows = BEFORE.iter().filter_map(|(from, to, name)| {
        let of: Vec<&Heard> = heard.iter().filter(|h| h.about.take == 0 && (*from..=*to).contains(&h.about.before)).collect();
        let (uar, accuracy, arousal) = scores(&of)?;
        Some(vec![(*name).to_owned(), of.len().to_string(), share(uar), share(accuracy), share(arousal)])
    });
    table(&mut out, &["heard before", "utterances", "UAR", "accuracy", "arousal AUC"], rows)?;
    writeln!(out, "By what was done (the models of the folds; a version may have had several things done to it):\n")?;
    let mut rows = vec![vec!["as recorded".to_owned(), plain.len().to_string(), share(uar), share(accuracy), share(arousal)]];
    for what in SURROUNDINGS {
        let of: Vec<&Heard> = heard.iter().filter(|h| h.about.done.contains(what)).filter(known).collect();
        if let Some((uar, accuracy, arousal)) = scores(&of) {
            rows.push(vec![what.into(), of.len().to_string(), share(uar), share(accuracy), share(arousal)]);
        }
    }
    table(&mut out, &["", "utterances", "UAR", "accuracy", "arousal AUC"], rows)?;
    let listeners = listeners(data)?;
    let labels = Emotion::OF_SPEECH.map(Emotion::label);
    let mut counts = vec![vec![0usize; 7]; 7];
    plain.iter().for_each(|h| counts[h.truth][said(h)] += 1);
    writeln!(
        out,
        "As recorded, a row for what was acted; the last column is the share of EMO-DB's listeners who recognised it (erkennung.txt):\n"
    )?;
    let heads: Vec<&str> = std::iter::once("").chain(labels).chain(["recall", "listeners"]).collect();
    let rows = counts.iter().enumerate().map(|(k, row)| {
        let recall = row[k] as f64 / row.iter().sum::<usize>().max(1) as f64;
        let human = listeners.get(&LETTERS[k]).map_or("-".into(), |s| share(*s));
        [vec![labels[k].to_owned()], row.iter().map(ToString::to_string).collect(), vec![share(recall), human]].concat()
    });
    table(&mut out, &heads, rows)?;
    plots::confusion(&drawings.join("speech-confusion.svg"), "Emotions of unseen speakers", &labels, &counts)?;
    let ece: Vec<String> = judged.ece.iter().map(|(name, e)| format!("{} {name}", share(*e))).collect();
    writeln!(
        out,
        "![Confusion](mood/speech-confusion.svg)\n\nExpected calibration error of the likeliest emotion: {}. English sentences at 48 kHz are followed {times:.0} times as fast as they \
         are spoken, measures and model, on one core.\n",
        ece.join(", ")
    )?;
    Ok(Part {
        text: out,
        targets: vec![
            Target::at_least("voices: UAR of seven emotions, unseen speakers after a minute", 0.80, uar),
            Target::at_least("voices: high against low arousal, area under ROC, likewise", 0.95, arousal),
            Target::at_least("voices: times real time on one core", 50.0, times),
        ],
    })
}
