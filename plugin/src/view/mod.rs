//! What the editor shows: a model in, intents out. No host types here, so that it can be tested without a window.

mod chosen;
mod filters;
mod model;
mod plane;
mod results;

pub use model::{Chosen, Controls, Correction, Filters, Intent, Library, Model, Production, Row};

use egui::{Align, Color32, Frame, Layout, Margin, RichText, Role, Ui, WidgetInfo};
use track::UsageCode;

/// Colours of the editor.
mod ink {
    use egui::Color32;

    pub const BACK: Color32 = Color32::from_rgb(22, 24, 29);
    pub const WELL: Color32 = Color32::from_rgb(15, 17, 21);
    pub const LINE: Color32 = Color32::from_rgb(52, 57, 66);
    pub const TEXT: Color32 = Color32::from_rgb(222, 226, 232);
    pub const QUIET: Color32 = Color32::from_rgb(140, 148, 160);
    pub const ACCENT: Color32 = Color32::from_rgb(255, 176, 64);
    pub const WARN: Color32 = Color32::from_rgb(255, 122, 96);
}

/// State of the view itself.
#[derive(Default)]
pub struct View {
    /// What is being typed.
    words: String,
    /// The words that the model had last, to notice when somebody else changes them.
    words_of_model: String,
    /// The target while it is dragged.
    dragged: Option<[f64; 2]>,
    /// Whether somebody is typing: then the model's words are older than ours.
    is_typing: bool,
    /// What is typed of filters.
    filters: filters::Typed,
    /// The names of the production and the scene as they are typed, and as the model had them last.
    project: Production,
    project_of_model: Production,
    /// Whether somebody is typing there.
    is_naming: bool,
}

impl View {
    /// Shows the model and collects what the user wants.
    pub fn show(&mut self, ui: &mut Ui, model: &Model, controls: &Controls, playhead_s: Option<f64>, intents: &mut Vec<Intent>) {
        style(ui);
        if self.words_of_model != model.words && !self.is_typing {
            self.words_of_model.clone_from(&model.words);
            self.words.clone_from(&model.words);
        }
        egui::Panel::bottom("chosen")
            .frame(Frame::new().fill(ink::BACK).inner_margin(Margin::same(10)))
            .exact_size(236.0)
            .show(ui, |ui| chosen::show(ui, model, controls, playhead_s, intents));
        // The names of production and scene stand below the plane.
        let side = (ui.available_height() - 58.0).clamp(200.0, ui.available_width() * 0.46);
        egui::Panel::left("plane")
            .frame(Frame::new().fill(ink::BACK).inner_margin(Margin::same(10)))
            .exact_size(side + 20.0)
            .resizable(false)
            .show(ui, |ui| {
                plane::show(ui, model, &mut self.dragged, intents);
                self.project_box(ui, model, intents);
            });
        egui::CentralPanel::default().frame(Frame::new().fill(ink::BACK).inner_margin(Margin::same(10))).show(ui, |ui| {
            self.search_box(ui, model, intents);
            filters::show(ui, model, &mut self.filters, intents);
            ui.add_space(4.0);
            match &model.library {
                Library::Ready(0) => notice(ui, "The catalogue is empty.", "Fill it with:  indexer scan FOLDER-WITH-MUSIC"),
                Library::Ready(_) => results::show(ui, model, intents),
                Library::Opening => notice(ui, "Opening the catalogue …", ""),
                Library::Absent(why) => notice(ui, "No catalogue yet.", why),
                Library::Unreadable(why) => notice(ui, "The catalogue cannot be read.", why),
            }
        });
    }

    /// What the production is called, and what the music is in it.
    fn project_box(&mut self, ui: &mut Ui, model: &Model, intents: &mut Vec<Intent>) {
        if self.project_of_model != model.project && !self.is_naming {
            self.project_of_model.clone_from(&model.project);
            self.project.clone_from(&model.project);
        }
        ui.horizontal(|ui| {
            let width = (ui.available_width() - 2.0 * ui.spacing().item_spacing.x - 52.0) / 5.0;
            let Production { name, scene, code } = &mut self.project;
            let field = |ui: &mut Ui, text: &mut String, hint: &str, share: f32| {
                ui.add(egui::TextEdit::singleline(text).hint_text(hint).desired_width(share * width - 8.0).char_limit(200))
            };
            let name = field(ui, name, "project", 3.0).on_hover_text("what is placed in a project that has a name is on its cue sheet");
            let scene = field(ui, scene, "scene", 2.0);
            self.is_naming = name.has_focus() || scene.has_focus();
            let before = *code;
            let choices = egui::ComboBox::from_id_salt("usage code").width(44.0).selected_text(format!("{code:?}"));
            let shown = choices.show_ui(ui, |ui| {
                for choice in UsageCode::ALL {
                    ui.selectable_value(code, choice, format!("{choice:?}: {}", choice.meaning()));
                }
            });
            let what = format!("what the music is there: {}", before.meaning());
            shown.response.widget_info(|| WidgetInfo::labeled(Role::ComboBox, true, &what));
            shown.response.on_hover_text(what);
            let is_chosen = *code != before;
            // Told when it is typed to the end, not letter by letter.
            if (name.lost_focus() || scene.lost_focus() || is_chosen) && self.project != self.project_of_model {
                self.project_of_model.clone_from(&self.project);
                intents.push(Intent::Project(self.project.clone()));
            }
        });
    }

    fn search_box(&mut self, ui: &mut Ui, model: &Model, intents: &mut Vec<Intent>) {
        let size = egui::vec2(ui.available_width(), 24.0);
        ui.allocate_ui_with_layout(size, Layout::right_to_left(Align::Center), |ui| {
            let count = match model.library {
                Library::Ready(n) => format!("{} of {n}", model.rows.len()),
                _ => String::new(),
            };
            ui.label(RichText::new(count).color(ink::QUIET));
            let edit = egui::TextEdit::singleline(&mut self.words)
                .hint_text("words: rain  \"slow strings\"  -piano")
                .desired_width(f32::INFINITY)
                .char_limit(200);
            let edited = ui.add(edit);
            self.is_typing = edited.has_focus();
            if edited.changed() {
                self.words_of_model.clone_from(&self.words);
                intents.push(Intent::Words(self.words.clone()));
            }
        });
        if let Some(error) = &model.search_error {
            ui.label(RichText::new(error).color(ink::WARN).small());
        }
        if model.is_mixed {
            let note = "Not all was measured by the same version and model; 'indexer scan --upgrade' measures anew.";
            ui.label(RichText::new(note).color(ink::QUIET).small());
        }
    }
}

fn notice(ui: &mut Ui, what: &str, next: &str) {
    ui.add_space(24.0);
    ui.vertical_centered(|ui| {
        ui.label(RichText::new(what).size(16.0));
        ui.add_space(4.0);
        ui.label(RichText::new(next).color(ink::QUIET).monospace());
    });
}

fn style(ui: &mut Ui) {
    let visuals = ui.visuals_mut();
    visuals.override_text_color = Some(ink::TEXT);
    visuals.panel_fill = ink::BACK;
    visuals.extreme_bg_color = ink::WELL;
    visuals.selection.bg_fill = ink::ACCENT.gamma_multiply(0.45);
    visuals.selection.stroke.color = Color32::WHITE;
}

/// The colour of a mood: warm for pleasant, cool for unpleasant, brighter the more excited.
fn mood_colour(at: affect::Affect) -> Color32 {
    let warm = (at.valence as f32 + 1.0) / 2.0;
    let light = 0.55 + 0.45 * (at.arousal as f32 + 1.0) / 2.0;
    let mix = |cool: f32, hot: f32| ((cool + (hot - cool) * warm) * light) as u8;
    Color32::from_rgb(mix(96.0, 255.0), mix(150.0, 190.0), mix(255.0, 92.0))
}

/// Minutes and seconds.
fn minutes(seconds: f64) -> String {
    let whole = seconds.round().max(0.0) as u64;
    format!("{}:{:02}", whole / 60, whole % 60)
}
