//! `indexer mood`: the mood of a voice as it speaks, and of sentences.

use crate::analyse::take_memory;
use crate::arguments::{Arguments, Mood, OfSpeech, OfWords};
use crate::output::{self, duration, printable};
use crate::{OK, SOME_FAILED};
use ::mood::Role;
use ::mood::speech::{SpeechFollower, SpeechModel, SpeechMoment};
use ::mood::words::WordsModel;
use affect::{AffectEstimate, Emotion};
use anyhow::{Context, bail};
use serde_json::{Value, json};

pub fn run(arguments: &Arguments, command: &Mood) -> anyhow::Result<u8> {
    match command {
        Mood::Speech(of) => speech(arguments, of),
        Mood::Words(of) => words(arguments, of),
    }
}

fn place(e: &AffectEstimate) -> String {
    format!("valence {:+.2} ±{:.2}, arousal {:+.2} ±{:.2}", e.at.valence, e.valence_spread, e.at.arousal, e.arousal_spread)
}

/// The likeliest emotions, with their probabilities.
fn likeliest(emotions: &[Emotion], probabilities: &[f64]) -> String {
    let mut all: Vec<_> = emotions.iter().zip(probabilities).collect();
    all.sort_by(|a, b| b.1.total_cmp(a.1));
    let told: Vec<String> = all.iter().take(3).map(|(e, p)| format!("{} {p:.2}", e.label())).collect();
    told.join(", ")
}

fn by_name(emotions: &[Emotion], probabilities: &[f64]) -> Value {
    emotions.iter().zip(probabilities).map(|(e, p)| (e.label().to_owned(), json!(p))).collect::<serde_json::Map<_, _>>().into()
}

fn speech(arguments: &Arguments, of: &OfSpeech) -> anyhow::Result<u8> {
    anyhow::ensure!(of.every.is_finite() && of.every > 0.0, "--every: {} is no length of time", of.every);
    let model = of.models.models()?.model(Role::Speech)?;
    let id = model.id().to_owned();
    // By the model's own card; one in its place may not tell.
    let metric = |name: &str| model.card().metrics.get(name).copied();
    let first_words = match (metric("unseen_speakers_uar_of_first_words"), metric("unseen_speakers_uar")) {
        (Some(first), Some(later)) => format!(
            "; the likeliest of seven emotions is right {:.0} times in a hundred of a voice that it has just met, {:.0} once it has heard it for a minute, \
             and means nothing where nobody speaks",
            100.0 * first,
            100.0 * later
        ),
        _ => String::new(),
    };
    let model = SpeechModel::new(model)?;
    take_memory(of.memory)?;
    let mut reader = audio::Reader::open(&of.file)?;
    let mut follower = SpeechFollower::new(model, reader.info().rate_hz).with_context(|| of.file.display().to_string())?;
    let mut moments: Vec<SpeechMoment> = Vec::new();
    let mut mono = Vec::new();
    audio::read_unbroken(&mut reader, |planes| -> anyhow::Result<()> {
        mono.clear();
        let share = 1.0 / planes.len().max(1) as f32;
        mono.extend((0..planes.first().map_or(0, |p| p.len())).map(|i| planes.iter().map(|p| p[i]).sum::<f32>() * share));
        Ok(follower.push(&mono, |m| moments.push(m))?)
    })?;
    let heard = moments.iter().filter(|m| m.mood.is_some()).count();
    if arguments.json {
        let rows = moments.iter().map(|m| match &m.mood {
            Some(mood) => json!({ "at_s": m.at_s, "affect": mood.affect, "emotions": by_name(&Emotion::OF_SPEECH, &mood.emotions) }),
            None => json!({ "at_s": m.at_s, "affect": null, "emotions": null }),
        });
        output::json(&json!({ "model": id, "step_s": analysis::prosody::STEP_S, "moments": rows.collect::<Vec<_>>() }))?;
    } else {
        let step = (of.every / analysis::prosody::STEP_S).round().max(1.0) as usize;
        for moment in moments.iter().skip(step - 1).step_by(step) {
            let text = moment
                .mood
                .as_ref()
                .map_or("-".to_owned(), |m| format!("{}   {}", place(&m.affect), likeliest(&Emotion::OF_SPEECH, &m.emotions)));
            output::line(&format!("{:>8}  {text}", tenths(moment.at_s)))?;
        }
        output::line(&match heard {
            0 => "nobody speaks there".to_owned(),
            _ => format!("measured by {id}; each line tells of the {:.0} s before it{first_words}", analysis::prosody::WINDOW_S),
        })?;
    }
    Ok(if heard == 0 { SOME_FAILED } else { OK })
}

/// Minutes, seconds and hundredths.
fn tenths(at_s: f64) -> String {
    format!("{}.{:02}", duration(at_s.floor()), (at_s.fract() * 100.0).round() as u64)
}

fn words(arguments: &Arguments, of: &OfWords) -> anyhow::Result<u8> {
    if of.text.iter().all(|t| t.trim().is_empty()) {
        bail!("there are no words; write a sentence in quotes: indexer mood words \"I was never happier\"");
    }
    let model = WordsModel::new(of.models.models()?.model(Role::Words)?);
    let mut rows = Vec::new();
    let mut is_all_told = true;
    for text in &of.text {
        let mood = model.read(text)?;
        is_all_told &= mood.is_some();
        if arguments.json {
            rows.push(match &mood {
                Some(m) => json!({ "text": text, "affect": m.affect, "emotions": by_name(&Emotion::OF_WORDS, &m.emotions) }),
                None => json!({ "text": text, "affect": null, "emotions": null }),
            });
        } else {
            let told = mood.map_or("not measured: it is not English, or there are no words".to_owned(), |m| {
                format!("{}   {}", place(&m.affect), likeliest(&Emotion::OF_WORDS, &m.emotions))
            });
            output::line(&format!("{}\n    {told}", printable(text)))?;
        }
    }
    if arguments.json {
        output::json(&json!({ "model": model.id(), "sentences": rows }))?;
    } else {
        output::line(&format!("measured by {}", model.id()))?;
    }
    Ok(if is_all_told { OK } else { SOME_FAILED })
}
