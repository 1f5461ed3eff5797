//! The models that come with the program: they fit their cards, say what onnxruntime says, and keep their ranges whatever they are given.

#![allow(clippy::unwrap_used, missing_docs)]

use analysis::Analyser;
use inference::{Dimension, Element, Input, ModelCard, ModelError, Numbers};
use mood::speech::{SpeechFollower, SpeechModel, SpeechMoment};
use mood::words::WordsModel;
use mood::{Models, MusicModel, Role};
use serde::Deserialize;
use std::path::{Path, PathBuf};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models")
}

#[derive(Deserialize)]
struct Port {
    shape: Vec<usize>,
    numbers: Vec<Option<f64>>,
}

#[derive(Deserialize)]
struct Example {
    inputs: Vec<Port>,
    outputs: Vec<Port>,
}

#[test]
fn every_model_says_what_onnxruntime_said() {
    for role in Role::ALL {
        let model = role.model().unwrap();
        let text = std::fs::read_to_string(folder().join(format!("{role}.examples.json"))).unwrap();
        let examples: Vec<Example> = serde_json::from_str(&text).unwrap();
        assert!(examples.len() >= 3, "{role}");
        for example in &examples {
            // JSON knows no NaN: it is null there.
            let floats: Vec<Vec<f32>> =
                example.inputs.iter().map(|p| p.numbers.iter().map(|n| n.map_or(f32::NAN, |n| n as f32)).collect()).collect();
            let whole: Vec<Vec<i64>> = floats.iter().map(|f| f.iter().map(|x| *x as i64).collect()).collect();
            let inputs: Vec<Input<'_>> = (0..example.inputs.len())
                .map(|i| {
                    let is_float = model.card().inputs[i].element == Element::F32;
                    let numbers = if is_float { Numbers::F32(&floats[i]) } else { Numbers::I64(&whole[i]) };
                    Input { shape: &example.inputs[i].shape, numbers }
                })
                .collect();
            let outputs = model.run(&inputs).unwrap();
            assert_eq!(outputs.len(), example.outputs.len());
            for ((ours, theirs), port) in outputs.iter().zip(&example.outputs).zip(&model.card().outputs) {
                assert_eq!(ours.len(), theirs.numbers.len(), "{role}: {}", port.name);
                for (a, b) in ours.iter().zip(&theirs.numbers) {
                    let b = b.unwrap() as f32;
                    assert!((a - b).abs() <= 1e-4 * b.abs().max(1.0), "{role}: {}: {a} and {b}", port.name);
                }
            }
        }
    }
}

#[test]
fn what_travels_in_the_binaries_is_small() {
    let size = |name: &str| std::fs::metadata(folder().join(name)).unwrap().len();
    assert!(size("text-affect.onnx") <= 5_000_000);
    let all: u64 =
        Role::ALL.iter().map(|r| size(&format!("{r}.onnx"))).sum::<u64>() + size("pulse.safetensors") + size("notes.safetensors");
    assert!(all < 15_000_000, "{all} bytes");
}

/// Some seconds of sound.
fn heard(sample: impl Fn(usize) -> f32) -> analysis::Passages {
    let sound: Vec<f32> = (0..44_100 * 12).map(sample).collect();
    let mut analyser = Analyser::new(44_100, 1).unwrap();
    analyser.push(&[&sound]);
    analyser.finish_with_passages().1
}

#[test]
fn music_keeps_its_ranges_on_noise_tones_and_what_is_not_finite() {
    let model = MusicModel::new(Role::Music.model().unwrap()).unwrap();
    let noise = |i: usize| ((i as u32).wrapping_mul(2_654_435_761) >> 16) as f32 / 32_768.0 - 1.0;
    let sounds = [
        heard(noise),
        heard(|i| (0.05 * i as f32).sin() * 0.5),
        heard(|i| if i % 3 == 0 { f32::NAN } else { 1e30 * noise(i) }),
        heard(|i| if i % 20_000 < 200 { 1.0 } else { 0.0 }),
    ];
    for passages in &sounds {
        let Some(mood) = model.read(passages).unwrap() else { continue };
        let m = &mood.mood.value;
        assert!((m.quadrants.iter().sum::<f64>() - 1.0).abs() < 1e-6 && m.quadrants.iter().all(|p| (0.0..=1.0).contains(p)));
        assert!(m.is_music.is_none_or(|p| (0.0..=1.0).contains(&p)) && m.embedding.iter().all(|x| x.is_finite()));
        for e in m.curve.estimates.iter().flatten().chain(mood.affect.iter().map(|a| &a.value)) {
            assert!(e.at.valence.abs() <= 1.0 && e.at.arousal.abs() <= 1.0 && (0.01..=1.0).contains(&e.valence_spread), "{e:?}");
        }
    }
    assert_eq!(model.read(&heard(|_| 0.0)).unwrap(), None);
}

/// Every moment that is told of a sound at 48 kHz, pushed in blocks of a size.
fn followed(sound: &[f32], block: usize) -> Vec<SpeechMoment> {
    let model = SpeechModel::new(Role::Speech.model().unwrap()).unwrap();
    let mut follower = SpeechFollower::new(model, 48_000).unwrap();
    let mut moments = Vec::new();
    sound.chunks(block).for_each(|block| follower.push(block, |m| moments.push(m)).unwrap());
    moments
}

/// Something like a voice: pulses through a resonance, in syllables.
fn voice(seconds: f64) -> Vec<f32> {
    let (mut phase, mut y) = (0.0f64, [0.0f64; 2]);
    (0..(seconds * 48_000.0) as usize)
        .map(|i| {
            let t = i as f64 / 48_000.0;
            phase += (140.0 + 30.0 * (2.0 * t).sin()) / 48_000.0;
            let pulse = if phase >= 1.0 { 1.0 } else { 0.0 };
            phase = phase.fract();
            let (w, r) = (std::f64::consts::TAU * 700.0 / 48_000.0, 0.985);
            let next = pulse + 2.0 * r * w.cos() * y[0] - r * r * y[1];
            y = [next, y[0]];
            (0.2 * next * (8.0 * t).sin().max(0.0)) as f32
        })
        .collect()
}

#[test]
fn a_voice_keeps_its_ranges_on_noise_silence_and_what_is_not_finite() {
    let noise = |i: usize| ((i as u32).wrapping_mul(2_654_435_761) >> 16) as f32 / 32_768.0 - 1.0;
    let of = |sample: &dyn Fn(usize) -> f32| (0..48_000 * 4).map(sample).collect::<Vec<f32>>();
    let broken = voice(4.0).iter().enumerate().map(|(i, x)| if i % 7 == 0 { f32::NAN } else { x * 1e30 }).collect();
    for sound in
        [of(&noise), of(&|i| (0.02 * i as f32).sin()), of(&|i| if i % 2 == 0 { f32::INFINITY } else { f32::NAN }), broken, voice(4.0)]
    {
        let moments = followed(&sound, 512);
        assert_eq!(moments.len(), 15, "four a second, but for the reach of the last window");
        for mood in moments.iter().filter_map(|m| m.mood) {
            assert!((mood.emotions.iter().sum::<f64>() - 1.0).abs() < 1e-6 && mood.emotions.iter().all(|p| (0.0..=1.0).contains(p)));
            let e = mood.affect;
            assert!(e.at.valence.abs() <= 1.0 && e.at.arousal.abs() <= 1.0, "{e:?}");
            assert!((0.01..=1.0).contains(&e.valence_spread) && (0.01..=1.0).contains(&e.arousal_spread), "{e:?}");
        }
    }
    assert!(followed(&voice(4.0), 512).iter().any(|m| m.mood.is_some()));
    assert!(followed(&of(&|_| 0.0), 512).iter().all(|m| m.mood.is_none()));
}

#[test]
fn what_is_told_of_a_voice_hangs_neither_on_blocks_nor_on_what_comes_later() {
    let sound = voice(6.0);
    let all = followed(&sound, 480);
    assert_eq!(all, followed(&sound, 64));
    assert_eq!(all, followed(&sound, 4096));
    let mut other = sound;
    other.iter_mut().skip(3 * 48_000).for_each(|x| *x = 0.0);
    let cut = followed(&other, 480);
    let before = |m: &&SpeechMoment| m.at_s < 3.0;
    assert_eq!(all.iter().filter(before).collect::<Vec<_>>(), cut.iter().filter(before).collect::<Vec<_>>());
    assert_ne!(all, cut);
}

#[test]
fn words_keep_their_ranges_and_say_nothing_of_other_languages() {
    let model = WordsModel::new(Role::Words.model().unwrap());
    for text in ["I love you.", "NO!!!", "x", &"never again ".repeat(500), "🙂🙂 great 🙂", "\u{0}\u{feff}hello"] {
        if let Some(mood) = model.read(text).unwrap() {
            assert!(mood.emotions.iter().all(|p| (0.0..=1.0).contains(p)) && mood.affect.at.valence.abs() <= 1.0, "{text:.20}");
        }
    }
    for text in ["", "...", "123", "Ich habe solche Angst vor dir.", "Я тебя люблю", "¿Dónde está mi hermano?"] {
        assert_eq!(model.read(text).unwrap(), None, "{text}");
    }
    let valence = |text: &str| model.read(text).unwrap().unwrap().affect.at.valence;
    assert!(valence("What a beautiful day, I am so happy!") > valence("He died alone and nobody cared.") + 0.1);
}

/// The networks of frames are read by the analysis itself; their cards say what is in their files.
#[test]
fn the_networks_of_frames_have_cards() {
    use sha2::Digest;
    for (name, outputs) in [("pulse", 4), ("notes", 8)] {
        let read = |extension: &str| std::fs::read(folder().join(name).with_extension(extension)).unwrap();
        let card = ModelCard::parse(&String::from_utf8(read("toml")).unwrap(), Path::new(name)).unwrap();
        let sha256: String = sha2::Sha256::digest(read("safetensors")).iter().map(|b| format!("{b:02x}")).collect();
        assert_eq!((card.name.as_str(), card.sha256), (name, sha256));
        assert_eq!(card.inputs[0].shape.last(), Some(&Dimension::Fixed(analysis::networks::INPUTS)));
        assert_eq!(card.outputs[0].columns.len(), outputs);
        assert!(card.data.iter().all(|d| !d.licence.is_empty() && !d.attribution.is_empty()));
    }
}

/// The model of music without some of its outputs, and its card without them.
fn music_without(outputs: &[&str], dir: &Path) -> PathBuf {
    use prost::Message;
    use sha2::Digest;
    let mut onnx = tract_onnx::pb::ModelProto::decode(std::fs::read(folder().join("music-affect.onnx")).unwrap().as_slice()).unwrap();
    onnx.graph.as_mut().unwrap().output.retain(|o| !outputs.contains(&o.name.as_str()));
    let bytes = onnx.encode_to_vec();
    let text = std::fs::read_to_string(folder().join("music-affect.toml")).unwrap();
    let mut card = ModelCard::parse(&text, Path::new("music-affect")).unwrap();
    card.outputs.retain(|o| !outputs.contains(&o.name.as_str()));
    card.sha256 = sha2::Sha256::digest(&bytes).iter().map(|b| format!("{b:02x}")).collect();
    let path = dir.join("other.onnx");
    std::fs::write(&path, bytes).unwrap();
    std::fs::write(path.with_extension("toml"), toml::to_string(&card).unwrap()).unwrap();
    path
}

#[test]
fn a_model_may_leave_untold_what_is_music_but_not_how_sure_it_is() {
    let dir = tempfile::tempdir().unwrap();
    let mut models = Models::default();
    models.put(Role::Music, music_without(&["music", "embedding"], dir.path()));
    let model = MusicModel::new(models.model(Role::Music).unwrap()).unwrap();
    let told = model.read(&heard(|i| (i as f32 * 0.03).sin() * 0.3)).unwrap().unwrap();
    assert!(told.affect.is_some(), "who does not know what is music takes all for it");
    assert!(told.mood.value.is_music.is_none() && told.mood.value.embedding.is_empty());
    models.put(Role::Music, music_without(&["spread"], dir.path()));
    let said = models.model(Role::Music).unwrap_err().to_string();
    assert!(said.contains("cannot stand in for music-affect") && said.contains("'spread'"), "{said}");
}

#[test]
fn another_model_takes_the_place_of_one_only_if_it_fits() {
    let dir = tempfile::tempdir().unwrap();
    let onnx = dir.path().join("better.onnx");
    let card = dir.path().join("better.toml");
    std::fs::copy(folder().join("music-affect.onnx"), &onnx).unwrap();
    let good = std::fs::read_to_string(folder().join("music-affect.toml")).unwrap();
    let with = |text: &str| {
        std::fs::write(&card, text).unwrap();
        let mut models = Models::default();
        models.put(Role::Music, onnx.clone());
        models.model(Role::Music).map(|m| m.id().to_owned())
    };
    assert_eq!(with(&good).unwrap(), Role::Music.model().unwrap().id());
    // What a card says that its file does not do is said, with both sides.
    let said = with(&good.replacen("element = \"f32\"", "element = \"i64\"", 1)).unwrap_err().to_string();
    assert!(said.contains("does not fit its card") && said.contains("f32") && said.contains("i64"), "{said}");
    let said = with(&good.replacen("name = \"quadrants\"", "name = \"corners\"", 1)).unwrap_err().to_string();
    assert!(said.contains("'quadrants'") && said.contains("'corners'"), "{said}");
    let said = with(&good.replacen("event_density_octaves", "event_density_hz", 1)).unwrap_err().to_string();
    assert!(said.contains("event_density_octaves") && said.contains("event_density_hz"), "{said}");
    let said = with("name = 3").unwrap_err().to_string();
    assert!(said.contains("not a model's card"), "{said}");
    // A changed file is another file.
    let mut bytes = std::fs::read(&onnx).unwrap();
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    std::fs::write(&onnx, bytes).unwrap();
    assert!(matches!(with(&good), Err(ModelError::OtherFile { .. })));
    // A sentence's model is none of music.
    std::fs::copy(folder().join("text-affect.onnx"), &onnx).unwrap();
    let said = with(&std::fs::read_to_string(folder().join("text-affect.toml")).unwrap()).unwrap_err().to_string();
    assert!(said.contains("cannot stand in for music-affect") && said.contains("text-affect"), "{said}");
    std::fs::remove_file(&card).unwrap();
    let mut models = Models::default();
    models.put(Role::Music, onnx);
    assert!(models.model(Role::Music).unwrap_err().to_string().contains("better.toml"));
}
