//! Scripts for the CLAP host, and states to load into the plugin.

use catalogue::Reader;
use cue::Place;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use std::process::Command;

/// What the host does.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default)]
pub struct Script {
    /// Frames per second.
    pub rate_hz: f64,
    /// Frames per block.
    pub block: usize,
    /// Whether the plugin is told that it renders offline; else blocks come in real time.
    pub offline: bool,
    /// A state to load before activation.
    pub state: Option<PathBuf>,
    /// Where to save the state at the end.
    pub save_state: Option<PathBuf>,
    /// Parameters by name, in their own units from 0.
    pub params: Vec<(String, f64)>,
    /// What happens, one after the other.
    pub segments: Vec<Segment>,
    /// Level of a 440 Hz tone at the main input.
    pub tone: f32,
    /// Level of noise at the sidechain.
    pub sidechain: f32,
    /// Opens the editor for so many seconds, so many times, while the segments play.
    pub editor: Option<(f64, u32)>,
    /// Clicks into the editor: seconds after it opened, and where, in pixels.
    pub clicks: Vec<(f64, i16, i16)>,
    /// Runs this with `sh -c` while the editor is open.
    pub while_open: Option<String>,
}

impl Default for Script {
    fn default() -> Self {
        Self {
            rate_hz: 48_000.0,
            block: 512,
            offline: true,
            state: None,
            save_state: None,
            params: Vec::new(),
            segments: Vec::new(),
            tone: 0.0,
            sidechain: 0.0,
            editor: None,
            clicks: Vec::new(),
            while_open: None,
        }
    }
}

/// A stretch of the host's time.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default)]
pub struct Segment {
    /// Its length.
    pub seconds: f64,
    /// Tempo.
    pub bpm: f64,
    /// Whether the transport rolls.
    pub playing: bool,
    /// Where it starts, in beats and seconds; else it goes on from before.
    pub locate: Option<(f64, f64)>,
    /// Loop, in beats.
    pub loop_beats: Option<(f64, f64)>,
    /// Whether blocks end where the loop does.
    pub splits: bool,
    /// Whether the host asks for no sound meanwhile, as hosts do with bypassed tracks.
    pub asleep: bool,
}

impl Default for Segment {
    fn default() -> Self {
        Self { seconds: 1.0, bpm: 120.0, playing: true, locate: None, loop_beats: None, splits: false, asleep: false }
    }
}

/// What the host saw.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Seen {
    /// Latency in frames.
    pub latency: u32,
    /// Audio inputs: names and channels.
    pub inputs: Vec<(String, u32)>,
    /// Audio outputs: names and channels.
    pub outputs: Vec<(String, u32)>,
    /// Note ports in and out.
    pub notes: (u32, u32),
    /// Highest resident memory, in MB, where the system tells.
    pub peak_mb: f64,
    /// Id of the plugin.
    pub id: String,
    /// Different colours in the editor's window, each time before it was closed.
    pub editor_colours: Vec<usize>,
    /// Threads of the process by name, where the system tells: before an editor was opened, and each time as soon as it was closed.
    pub threads: Vec<Vec<String>>,
    /// Those that are left when the instance is gone, before the library is.
    pub threads_left: Vec<String>,
}

/// The plugin as a library, of this build.
///
/// # Panics
/// When it was not built.
#[must_use]
pub fn plugin() -> PathBuf {
    let name = format!("{}plugin{}", std::env::consts::DLL_PREFIX, std::env::consts::DLL_SUFFIX);
    let target = crate::tools::target_dir();
    let newest = [target.join("deps").join(&name), target.join(&name)]
        .into_iter()
        .filter_map(|p| Some((std::fs::metadata(&p).ok()?.modified().ok()?, p)))
        .max();
    assert!(newest.is_some(), "{name} is not there; build it with: cargo build -p plugin");
    newest.map(|n| n.1).unwrap_or_default()
}

/// Runs a script in a host process of its own, with the sound into `out`; gives what was seen.
///
/// # Panics
/// When the host fails or crashes.
#[must_use]
#[allow(clippy::unwrap_used)]
pub fn run(host: &Path, plugin: &Path, catalogue: &Path, script: &Script, out: &Path) -> Seen {
    let dir = tempfile::tempdir().unwrap();
    let script_path = dir.path().join("script.json");
    std::fs::write(&script_path, serde_json::to_vec(script).unwrap()).unwrap();
    let mut command = Command::new(host);
    if script.editor.is_some() {
        // A screen of its own, with nothing else on it.
        command = Command::new("xvfb-run");
        command.args(["-a", "-s", "-screen 0 1024x768x24 +extension GLX -noreset"]).arg(host);
    }
    let output = command.args([plugin, &script_path, out]).env("UNDERSCORE_CATALOGUE", catalogue).output().unwrap();
    assert!(
        output.status.success(),
        "the host ended with {}: {}{}",
        output.status,
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Writes a plugin state in which the track of a file is placed, as the editor would have left it.
///
/// # Panics
/// When the track is not in the catalogue.
#[allow(clippy::unwrap_used)]
pub fn write_state(state: &Path, catalogue: &Path, file: &Path, project_bpm: f64, place: Option<Place>) {
    let reader = Reader::open(catalogue).unwrap();
    let path = dunce::canonicalize(file).unwrap();
    let id = reader.content_of(&path).unwrap().unwrap();
    let track = reader.track(&id).unwrap().unwrap();
    // The measured tempo itself, so that a test knows by how much it stretches.
    let octave = Some(music::TempoOctave::Same);
    let wish = spotting::Wish { project_bpm, octave, own_pace: false, place };
    let cue = spotting::fit(&track, path, &wish).cue;
    write_persisted(state, &plugin::Persisted { cue: Some(cue), ..Default::default() });
}

/// Writes a plugin state that holds this.
///
/// # Panics
/// When it cannot be written.
#[allow(clippy::unwrap_used)]
pub fn write_persisted(state: &Path, persisted: &plugin::Persisted) {
    let json = serde_json::json!({
        "version": env!("CARGO_PKG_VERSION"),
        "params": { "match": { "bool": false } },
        "fields": { "state": serde_json::to_string(persisted).unwrap() },
    });
    let text = serde_json::to_vec(&json).unwrap();
    let mut bytes = (text.len() as u64).to_le_bytes().to_vec();
    bytes.extend(text);
    std::fs::write(state, bytes).unwrap();
}
