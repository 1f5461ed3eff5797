//! The chosen track: its waveform with beats and playhead, and what can be done with it.

use super::{Chosen, Controls, Correction, Intent, Model, ink, minutes};
use egui::{Align, Color32, Label, Layout, Mesh, Rect, RichText, Role, Sense, Shape, Stroke, TextStyle, Ui, WidgetInfo, pos2, vec2};
use music::Key;

/// How far one press moves the beats.
const NUDGE_S: f64 = 0.010;

pub(super) fn show(ui: &mut Ui, model: &Model, controls: &Controls, playhead_s: Option<f64>, intents: &mut Vec<Intent>) {
    let Some(chosen) = &model.chosen else {
        super::notice(ui, "Point at a mood, then click a track to hear it.", "");
        message(ui, model);
        settings(ui, None, controls, intents);
        return;
    };
    ui.horizontal(|ui| {
        let at = playhead_s.map_or(String::new(), |s| format!("{} / ", minutes(s.max(0.0))));
        let times = format!("{at}{}", minutes(chosen.duration_s));
        let font = TextStyle::Body.resolve(ui.style());
        let width = |text: &str| ui.painter().layout_no_wrap(text.to_owned(), font.clone(), ink::QUIET).size().x;
        let rest = width(&times) + width(&chosen.timing) + 3.0 * ui.spacing().item_spacing.x;
        // A long name gives way to the rest.
        ui.scope(|ui| {
            ui.set_max_width((ui.available_width() - rest).max(60.0));
            ui.add(Label::new(RichText::new(&chosen.name).size(16.0).strong()).truncate());
        });
        ui.label(RichText::new(times).color(ink::QUIET));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.label(RichText::new(&chosen.timing).color(ink::QUIET));
        });
    });
    message(ui, model);
    waveform(ui, chosen, playhead_s);
    ui.add_space(4.0);
    ui.horizontal(|ui| {
        if model.auditioning {
            if ui.button("Stop").clicked() {
                intents.push(Intent::Stop);
            }
        } else if ui.add_enabled(chosen.is_playable, egui::Button::new("Play")).clicked() {
            intents.push(Intent::Play);
        }
        let place = ui.add_enabled(chosen.is_playable, egui::Button::new("Place at playhead"));
        if place.on_hover_text("its downbeat goes on the next bar line").clicked() {
            intents.push(Intent::Place);
        }
        if let Some(place) = chosen.place {
            if ui.button("Remove").clicked() {
                intents.push(Intent::Unplace);
            }
            let text = match chosen.octave {
                Some(_) => format!("placed at beat {:.2}", place.at_beats + 1.0),
                None => format!("placed at {:.2} s", place.at_s),
            };
            ui.label(RichText::new(text).color(ink::ACCENT));
        }
        if let Some(stays) = &chosen.stays {
            ui.label(RichText::new(stays).color(ink::ACCENT));
            if ui.button("Show").on_hover_text("back to the track on the timeline").clicked() {
                intents.push(Intent::ShowPlaced);
            }
        }
    });
    beats(ui, model, chosen, playhead_s, intents);
    settings(ui, chosen.key, controls, intents);
}

/// How its beats are read, and putting them right.
fn beats(ui: &mut Ui, model: &Model, chosen: &Chosen, playhead_s: Option<f64>, intents: &mut Vec<Intent>) {
    ui.horizontal(|ui| {
        let group = |ui: &mut Ui, name: &str| ui.label(RichText::new(name).color(ink::QUIET));
        group(ui, "tempo");
        for (text, octave) in [("/2", chosen.slower), ("x2", chosen.faster)] {
            let button = ui.add_enabled(octave.is_some(), egui::Button::new(text));
            if button.on_disabled_hover_text("there is no tempo, or it would be stretched to more than twice or less than half").clicked() {
                intents.extend(octave.map(Intent::Octave));
            }
        }
        let mut correct = |correction| intents.push(Intent::Correct(chosen.content_id.clone(), correction));
        // Only what is heard can be tapped along to.
        let heard_s = playhead_s.filter(|_| model.auditioning);
        let tap = ui.add_enabled(heard_s.is_some(), egui::Button::new("Tap"));
        let tap = tap.on_hover_text("tap four beats or more while it plays, the first one on a bar line: its beats go where you tapped");
        // A hand taps when it goes down, not when it comes up.
        let is_down = tap.contains_pointer() && ui.input(|i| i.pointer.primary_pressed());
        if let (true, Some(at_s)) = (is_down, heard_s) {
            correct(Correction::Tap(at_s));
        }
        tap.on_disabled_hover_text("play it, then tap along");
        let has_beats = !chosen.beats_s.is_empty();
        ui.separator();
        group(ui, "beats");
        for (text, by_s, hover) in [("-10 ms", -NUDGE_S, "all beats 10 ms earlier"), ("+10 ms", NUDGE_S, "all beats 10 ms later")] {
            if ui.add_enabled(has_beats, egui::Button::new(text)).on_hover_text(hover).clicked() {
                correct(Correction::Nudge(by_s));
            }
        }
        ui.separator();
        group(ui, "bar");
        for (text, by, hover) in [("-1", -1, "bars begin a beat earlier"), ("+1", 1, "bars begin a beat later")] {
            if ui.add_enabled(has_beats, egui::Button::new(text)).on_hover_text(hover).clicked() {
                correct(Correction::ShiftBar(by));
            }
        }
        if chosen.by_hand {
            ui.separator();
            ui.label(RichText::new("by hand").color(ink::ACCENT));
            if ui.button("Measured").on_hover_text("take the measured beats again").clicked() {
                correct(Correction::Measured);
            }
        }
    });
}

fn message(ui: &mut Ui, model: &Model) {
    if let Some(message) = &model.message {
        ui.label(RichText::new(message).color(ink::WARN));
    }
}

fn settings(ui: &mut Ui, key: Option<Key>, controls: &Controls, intents: &mut Vec<Intent>) {
    ui.horizontal(|ui| {
        // What is left of a narrow window goes to the two sliders.
        ui.spacing_mut().slider_width = ((ui.available_width() - 500.0) / 2.0).clamp(40.0, 130.0);
        let mut gain = controls.gain_db;
        if ui.add(egui::Slider::new(&mut gain, -60.0..=12.0).suffix(" dB").fixed_decimals(1).text("gain")).changed() {
            intents.push(Intent::Gain(gain));
        }
        ui.separator();
        let mut transpose = controls.transpose;
        if ui.add(egui::Slider::new(&mut transpose, -12..=12).suffix(" st").text("transpose")).changed() {
            intents.push(Intent::Transpose(transpose));
        }
        if let Some(key) = key {
            let now = key.transposed(controls.transpose);
            egui::ComboBox::from_label("key").selected_text(now.to_string()).width(86.0).show_ui(ui, |ui| {
                for target in Key::all().filter(|k| k.mode == key.mode) {
                    if ui.selectable_label(target == now, target.to_string()).clicked() {
                        intents.push(Intent::Transpose(key.semitones_to(target)));
                    }
                }
            });
        }
        ui.separator();
        let mut matched = controls.match_loudness;
        if ui.checkbox(&mut matched, "at -23 LUFS").changed() {
            intents.push(Intent::MatchLoudness(matched));
        }
    });
}

fn waveform(ui: &mut Ui, chosen: &Chosen, playhead_s: Option<f64>) {
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 106.0), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Canvas, true, "waveform"));
    let painter = ui.painter_at(rect);
    painter.rect_filled(rect, 4.0, ink::WELL);
    if chosen.duration_s <= 0.0 {
        return;
    }
    let x_of = |s: f64| rect.left() + (s / chosen.duration_s) as f32 * rect.width();
    let heard_until = playhead_s.map_or(f32::MIN, x_of);
    // Beats closer than this in pixels would be a grey wall; then only those that begin bars are drawn.
    let spacing = match chosen.beats_s.as_slice() {
        [first, .., last] => (x_of(*last) - x_of(*first)) / (chosen.beats_s.len() - 1) as f32,
        _ => f32::MAX,
    };
    let length = chosen.beats_per_bar.max(1);
    for (index, beat) in chosen.beats_s.iter().enumerate() {
        let is_bar = (index + length - chosen.downbeat % length).is_multiple_of(length);
        if (is_bar && spacing > 1.0) || spacing > 4.0 {
            let stroke = if is_bar { Stroke::new(1.0, ink::QUIET.gamma_multiply(0.6)) } else { Stroke::new(1.0, ink::LINE) };
            painter.line_segment([pos2(x_of(*beat), rect.top()), pos2(x_of(*beat), rect.bottom())], stroke);
        }
    }
    if let Some(peaks) = &chosen.peaks {
        let mut mesh = Mesh::default();
        let columns = rect.width().floor().max(1.0) as usize;
        let per_pixel = chosen.duration_s * f64::from(chosen.rate_hz) / f64::from(peaks.frames_per_column.max(1)) / columns as f64;
        let half = rect.height() / 2.0 - 2.0;
        for column in 0..columns {
            let from = (column as f64 * per_pixel) as usize;
            let to = (((column + 1) as f64 * per_pixel) as usize).max(from + 1);
            let low = peaks.low.get(from..to.min(peaks.low.len())).and_then(|p| p.iter().min().copied()).unwrap_or(0);
            let high = peaks.high.get(from..to.min(peaks.high.len())).and_then(|p| p.iter().max().copied()).unwrap_or(0);
            let x = rect.left() + column as f32;
            let y = |v: i8| rect.center().y - f32::from(v) / 127.0 * half;
            let colour = if x < heard_until { ink::ACCENT } else { Color32::from_rgb(108, 158, 214) };
            mesh.add_colored_rect(Rect::from_min_max(pos2(x, y(high) - 0.5), pos2(x + 1.0, y(low) + 0.5)), colour);
        }
        painter.add(Shape::mesh(mesh));
    }
    if playhead_s.is_some() {
        painter.line_segment([pos2(heard_until, rect.top()), pos2(heard_until, rect.bottom())], Stroke::new(2.0, Color32::WHITE));
    }
}
