//! The plugin: parameters, the audio callback, the instance's worker, the editor. It knows nothing of music itself; the crates
//! under `shared/` do.
//!
//! One idea: three threads that never wait for each other. The host's audio thread runs a [`cue::Player`]; the instance's own worker
//! thread ([`worker`]) searches, decodes and feeds it; the editor ([`editor`]) shows a [`view::Model`] that the worker publishes and
//! sends [`view::Intent`]s back.

mod app;
mod editor;
mod params;
pub mod view;
mod vst3;
mod worker;

use app::EditorApp;
use cue::{HostTime, Player, PlayerStatus, Position};
use editor::WindowThread;
use nice_plug::editor::dpi::LogicalSize;
use nice_plug::prelude::*;
use nice_plug_egui::{EguiEditorState, EguiNiceSettings, RepaintNotifier, create_egui_editor};
pub use params::{Persisted, UnderscoreParams};
use std::sync::Arc;
use std::time::Duration;
use worker::{ToWorker, Worker};

/// Tempo where the host tells none.
const DEFAULT_BPM: f64 = 120.0;
/// Size of the editor when it was never resized.
const EDITOR_SIZE: [f32; 2] = [920.0, 640.0];
/// The gain that turns the music's loudness match on and off follows its switch in this many seconds.
const SWITCH_S: f32 = 0.02;
/// How long a bounce waits for the worker, and how long activation of a live host does.
const OFFLINE_PATIENCE: Duration = Duration::from_secs(10);
const LIVE_PATIENCE: Duration = Duration::from_millis(300);

/// One instance of the plugin.
pub struct Underscore {
    params: Arc<UnderscoreParams>,
    worker: Worker,
    editor_state: Arc<EguiEditorState>,
    repaint: RepaintNotifier,
    player: Option<Player>,
    status: Option<PlayerStatus>,
    sample_rate_hz: f32,
    offline: bool,
    music: [Vec<f32>; 2],
    /// Gain that undoes the loudness match while it is switched off, smoothed.
    unmatch: f32,
}

impl Default for Underscore {
    fn default() -> Self {
        let params = Arc::new(UnderscoreParams::default());
        let repaint = RepaintNotifier::new();
        Self {
            worker: Worker::start(params.clone(), repaint.clone()),
            params,
            editor_state: EguiEditorState::from_size(LogicalSize::new(EDITOR_SIZE[0], EDITOR_SIZE[1]), 1.0),
            repaint,
            player: None,
            status: None,
            sample_rate_hz: 48_000.0,
            offline: false,
            music: [Vec::new(), Vec::new()],
            unmatch: 1.0,
        }
    }
}

impl Plugin for Underscore {
    const NAME: &'static str = "Underscore";
    const VENDOR: &'static str = "Underscore";
    const URL: &'static str = "";
    const EMAIL: &'static str = "";
    const VERSION: &'static str = env!("CARGO_PKG_VERSION");

    const AUDIO_IO_LAYOUTS: &'static [AudioIOLayout] = &[
        AudioIOLayout {
            main_input_channels: NonZeroU32::new(2),
            main_output_channels: NonZeroU32::new(2),
            aux_input_ports: &[new_nonzero_u32(2)],
            names: PortNames { aux_inputs: &["Dialogue"], ..PortNames::const_default() },
            ..AudioIOLayout::const_default()
        },
        // For hosts that give main buses only.
        AudioIOLayout {
            main_input_channels: NonZeroU32::new(2),
            main_output_channels: NonZeroU32::new(2),
            ..AudioIOLayout::const_default()
        },
    ];
    const MIDI_INPUT: MidiConfig = MidiConfig::Basic;
    const MIDI_OUTPUT: MidiConfig = MidiConfig::Basic;
    // Off, because with it the framework reports positions too late after a tempo change within a block.
    const SAMPLE_ACCURATE_AUTOMATION: bool = false;

    type Editor = editor::Editor;
    type SysExMessage = ();
    type BackgroundTask = ();

    fn params(&self) -> Arc<dyn Params> {
        self.params.clone()
    }

    fn editor(&mut self, _executor: AsyncExecutor<Self>) -> Option<Self::Editor> {
        let thread = WindowThread::default();
        let framework = create_egui_editor(
            self.editor_state.clone(),
            self.repaint.clone(),
            EguiNiceSettings::new()
                .with_tile("Underscore")
                .with_resize_hint(ResizeHint::resizable().with_min_logical_size(LogicalSize::new(640.0, 420.0))),
            EditorApp::new(self.params.clone(), self.worker.handle(), thread.clone()),
        )?;
        Some(editor::Editor::new(framework, thread))
    }

    fn activate(&mut self, _layout: &AudioIOLayout, config: &BufferConfig, _context: &mut impl ActivateContext<Self>) -> bool {
        self.offline = config.process_mode == ProcessMode::Offline;
        self.sample_rate_hz = config.sample_rate;
        let frames = config.max_buffer_size as usize;
        self.music = std::array::from_fn(|_| vec![0.0; frames]);
        let (player, feeder, status) = cue::link(f64::from(config.sample_rate));
        self.player = Some(player);
        self.status = Some(status.clone());
        self.worker.send(ToWorker::Activated { feeder: Box::new(feeder), status });
        // What is stored with the project should be on its way before the first block. A bounce waits for it; a live host is held up
        // for no longer than nobody notices.
        let patience = if self.offline { OFFLINE_PATIENCE } else { LIVE_PATIENCE };
        self.worker.wait_until_settled(&self.params, patience);
        true
    }

    fn process(&mut self, buffer: &mut Buffer, aux: &mut AuxiliaryBuffers, context: &mut impl ProcessContext<Self>) -> ProcessStatus {
        let _ = aux;
        while let Some(event) = context.next_event() {
            // What comes in goes on; a full queue of the host loses it, as anywhere.
            let _ = context.try_send_event(event);
        }
        let frames = buffer.samples();
        let time = host_time(context.transport(), self.offline);
        self.worker.publish_clock(&time, context.transport());
        let Some(player) = &mut self.player else { return ProcessStatus::Normal };
        if (self.offline || player.is_rushed()) && !self.worker.is_settled(&self.params) {
            self.worker.wait_until_settled(&self.params, OFFLINE_PATIENCE);
        }
        let was_silent = self.status.as_ref().is_none_or(|s| s.heard_frame().is_none());
        let [left, right] = &mut self.music;
        let frames = frames.min(left.len());
        player.process(&time, [&mut left[..frames], &mut right[..frames]]);

        let unmatch_to = if self.params.match_loudness.value() { 1.0 } else { self.worker.unmatch_gain() };
        if was_silent {
            // Nothing to glide over: what starts now starts at its own gain, live as in a bounce.
            self.unmatch = unmatch_to;
        }
        let step = 1.0 / (SWITCH_S * self.sample_rate_hz);
        if let [out_left, out_right, ..] = buffer.as_slice() {
            for i in 0..frames {
                self.unmatch += (unmatch_to - self.unmatch) * step;
                let gain = self.params.gain.smoothed.next() * self.unmatch;
                out_left[i] += left[i] * gain;
                out_right[i] += right[i] * gain;
            }
        }
        // Settled exactly, so that a bounce does not depend on how long ago the switch was thrown.
        if (self.unmatch - unmatch_to).abs() < 1e-6 {
            self.unmatch = unmatch_to;
        }
        ProcessStatus::KeepAlive
    }
}

/// The host's clock in our terms; what the host does not tell is filled in as well as can be.
fn host_time(transport: &Transport, offline: bool) -> HostTime {
    let bpm = transport.tempo.filter(|t| t.is_finite() && *t > 1.0 && *t < 2000.0).unwrap_or(DEFAULT_BPM);
    let seconds = transport.pos_seconds().or_else(|| transport.pos_samples().map(|s| s as f64 / f64::from(transport.sample_rate)));
    let beats = transport.pos_beats().or(seconds.map(|s| s * bpm / 60.0)).filter(|b| b.is_finite()).unwrap_or(0.0);
    let seconds = seconds.filter(|s| s.is_finite()).unwrap_or(beats * 60.0 / bpm);
    let beats_per_bar = beats_per_bar(transport);
    // Some hosts leave the bar line at 0; one that is further away than a bar is not believed.
    let told = transport.bar_start_pos_beats().filter(|b| *b <= beats + 1e-6 && beats - b < beats_per_bar + 1e-6);
    let bar_start_beats = told.unwrap_or_else(|| (beats / beats_per_bar).floor() * beats_per_bar);
    let loop_beats = transport.loop_range_beats().filter(|(from, to)| from.is_finite() && to.is_finite() && to > from);
    HostTime { playing: transport.playing, at: Position { beats, seconds, bpm }, bar_start_beats, loop_beats, offline }
}

/// Quarter notes in a bar; four where the host does not tell.
fn beats_per_bar(transport: &Transport) -> f64 {
    match (transport.time_sig_numerator, transport.time_sig_denominator) {
        (Some(n), Some(d)) if n > 0 && d > 0 => f64::from(n) * 4.0 / f64::from(d),
        _ => 4.0,
    }
}

impl ClapPlugin for Underscore {
    const CLAP_ID: &'static str = "org.underscore-music.underscore";
    const CLAP_DESCRIPTION: Option<&'static str> = Some("Puts the right music under a scene");
    const CLAP_MANUAL_URL: Option<&'static str> = None;
    const CLAP_SUPPORT_URL: Option<&'static str> = None;
    const CLAP_FEATURES: &'static [ClapFeature] = &[ClapFeature::AudioEffect, ClapFeature::Utility, ClapFeature::Stereo];
}

impl Vst3Plugin for Underscore {
    const VST3_CLASS_ID: [u8; 16] = *b"UnderscoreMusic1";
    const VST3_SUBCATEGORIES: &'static [Vst3SubCategory] = &[Vst3SubCategory::Fx, Vst3SubCategory::Tools];
}

nice_export_clap!(Underscore);
