//! Glue between the host's window and the view: parameters in, intents out.

use crate::editor::WindowThread;
use crate::params::UnderscoreParams;
use crate::view::{Controls, Intent, View};
use crate::worker::Handle;
use egui::epaint::text::{FontInsert, FontPriority, InsertFontFamily};
use nice_plug::context::gui::GuiContext;
use nice_plug::prelude::*;
use nice_plug_egui::{Frame, NiceEguiApp, baseview};
use std::sync::Arc;
use std::time::Duration;

/// Between two pictures while music plays.
const PLAYING_FRAME: Duration = Duration::from_millis(40);

/// Where systems keep a font with Devanagari, which the bundled ones lack.
const DEVANAGARI_FONTS: &[&str] = &[
    "/usr/share/fonts/truetype/noto/NotoSansDevanagari-Regular.ttf",
    "/usr/share/fonts/noto/NotoSansDevanagari-Regular.ttf",
    "/usr/share/fonts/google-noto/NotoSansDevanagari-Regular.ttf",
    "/usr/share/fonts/truetype/lohit-devanagari/Lohit-Devanagari.ttf",
    "/usr/share/fonts/lohit-devanagari-fonts/Lohit-Devanagari.ttf",
    "/usr/share/fonts/truetype/freefont/FreeSans.ttf",
    "C:\\Windows\\Fonts\\Nirmala.ttf",
    "C:\\Windows\\Fonts\\mangal.ttf",
    "/System/Library/Fonts/Supplemental/DevanagariMT.ttc",
];

/// The editor of one instance.
pub struct EditorApp {
    params: Arc<UnderscoreParams>,
    worker: Handle,
    thread: WindowThread,
    host: Option<GuiContext>,
    view: View,
    /// Pictures drawn since the window was opened.
    frames: u64,
}

impl EditorApp {
    /// An editor for an instance's parameters and worker, which notes in `thread` what draws it.
    pub fn new(params: Arc<UnderscoreParams>, worker: Handle, thread: WindowThread) -> Self {
        Self { params, worker, thread, host: None, view: View::default(), frames: 0 }
    }

    fn follow(&self, setter: &ParamSetter<'_>, intent: Intent) {
        let params = &self.params;
        match intent {
            Intent::Gain(db) => set(setter, &params.gain, util::db_to_gain(db)),
            Intent::Transpose(semitones) => set(setter, &params.transpose, semitones),
            Intent::MatchLoudness(on) => set(setter, &params.match_loudness, on),
            other => {
                self.worker.intend(other);
                // Tells the host that the project has changed.
                set(setter, &params.revision, params.next_revision());
            }
        }
    }
}

fn set<P: Param>(setter: &ParamSetter<'_>, param: &P, value: P::Plain) {
    setter.begin_set_parameter(param);
    setter.set_parameter(param, value);
    setter.end_set_parameter(param);
}

impl NiceEguiApp for EditorApp {
    fn build(&mut self, egui: egui::Context, host: GuiContext, _frame: &mut Frame) -> Result<(), baseview::HandlerError> {
        self.thread.is_this();
        egui.set_theme(egui::Theme::Dark);
        if let Some(bytes) = DEVANAGARI_FONTS.iter().find_map(|path| std::fs::read(path).ok()) {
            let family = InsertFontFamily { family: egui::FontFamily::Proportional, priority: FontPriority::Lowest };
            egui.add_font(FontInsert::new("devanagari", egui::FontData::from_owned(bytes), vec![family]));
        }
        self.host = Some(host);
        self.frames = 0;
        Ok(())
    }

    fn ui(&mut self, ui: &mut egui::Ui, _frame: &mut Frame) {
        let Some(host) = self.host.clone() else { return };
        self.frames += 1;
        // A window can be given its old size only after it has drawn once.
        if self.frames == 2
            && let Some([width, height]) = self.params.state.read().editor_size
        {
            ui.send_viewport_cmd(egui::ViewportCommand::InnerSize(egui::vec2(width, height)));
        }
        let controls = Controls {
            gain_db: util::gain_to_db(self.params.gain.unmodulated_plain_value()),
            transpose: self.params.transpose.unmodulated_plain_value(),
            match_loudness: self.params.match_loudness.unmodulated_plain_value(),
        };
        let (model, playhead_s) = (self.worker.model(), self.worker.playhead_s());
        let mut intents = Vec::new();
        self.view.show(ui, &model, &controls, playhead_s, &mut intents);
        let setter = host.param_setter();
        for intent in intents {
            self.follow(&setter, intent);
        }
        if playhead_s.is_some() || model.auditioning {
            ui.ctx().request_repaint_after(PLAYING_FRAME);
        }
    }

    fn resized(&mut self, size: baseview::WindowSize) {
        // The first pictures come in the size that the host opened with, not in one that somebody chose.
        if self.frames > 2 {
            let size = [size.logical.width as f32, size.logical.height as f32];
            self.params.state.change(|s| s.editor_size = Some(size));
            if let Some(host) = &self.host {
                set(&host.param_setter(), &self.params.revision, self.params.next_revision());
            }
        }
    }
}
