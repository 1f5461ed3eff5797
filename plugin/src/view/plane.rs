//! The plane of mood, with every track as a dot and a target to drag.

use super::{Intent, Model, ink, mood_colour};
use affect::Affect;
use egui::{Align2, Color32, FontId, Mesh, Pos2, Rect, Response, Role, Sense, Shape, Stroke, Ui, WidgetInfo, pos2, vec2};

/// More dots than this cannot be told apart; of larger libraries an even share is drawn.
const MAX_DOTS: usize = 40_000;

pub(super) fn show(ui: &mut Ui, model: &Model, dragged: &mut Option<[f64; 2]>, intents: &mut Vec<Intent>) -> Response {
    let side = ui.available_width().min(ui.available_height());
    let (rect, response) = ui.allocate_exact_size(vec2(side, side), Sense::click_and_drag());
    response.widget_info(|| WidgetInfo::labeled(Role::Canvas, true, "plane of mood"));
    let inner = rect.shrink(14.0);
    let painter = ui.painter_at(rect);
    painter.rect_filled(rect, 6.0, ink::WELL);
    let axis = Stroke::new(1.0, ink::LINE);
    painter.line_segment([inner.left_center(), inner.right_center()], axis);
    painter.line_segment([inner.center_top(), inner.center_bottom()], axis);
    for radius in [0.33, 0.66, 1.0] {
        painter.circle_stroke(inner.center(), inner.width() / 2.0 * radius, Stroke::new(0.6, ink::LINE));
    }
    let font = FontId::proportional(11.0);
    let words = [
        (inner.center_top(), Align2::CENTER_TOP, "excited"),
        (inner.center_bottom(), Align2::CENTER_BOTTOM, "calm"),
        (inner.left_center(), Align2::LEFT_BOTTOM, "unpleasant"),
        (inner.right_center(), Align2::RIGHT_BOTTOM, "pleasant"),
        (inner.right_top(), Align2::RIGHT_TOP, "joyful"),
        (inner.left_top(), Align2::LEFT_TOP, "tense"),
        (inner.left_bottom(), Align2::LEFT_BOTTOM, "sad"),
        (inner.right_bottom(), Align2::RIGHT_BOTTOM, "tender"),
    ];
    for (at, align, word) in words {
        painter.text(at, align, word, font.clone(), ink::QUIET);
    }

    let mut mesh = Mesh::default();
    let every = model.dots.len().div_ceil(MAX_DOTS).max(1);
    let size = if model.dots.len() > 2000 { 2.0 } else { 5.0 };
    for at in model.dots.iter().step_by(every) {
        mesh.add_colored_rect(Rect::from_center_size(place(inner, *at), vec2(size, size)), mood_colour(*at));
    }
    painter.add(Shape::mesh(mesh));
    if let Some(at) = model.chosen.as_ref().and_then(|c| c.affect) {
        painter.circle_stroke(place(inner, at), 7.0, Stroke::new(2.0, Color32::WHITE));
    }

    if (response.clicked() || response.dragged())
        && let Some(at) = response.interact_pointer_pos()
    {
        let to = |a: f32, from: f32, length: f32| f64::from(((a - from) / length * 2.0 - 1.0).clamp(-1.0, 1.0));
        let target = [to(at.x, inner.left(), inner.width()), -to(at.y, inner.top(), inner.height())];
        if *dragged != Some(target) {
            *dragged = Some(target);
            intents.push(Intent::Target(target));
        }
    } else if !response.dragged() {
        *dragged = None;
    }
    let [valence, arousal] = dragged.unwrap_or(model.target);
    let target = place(inner, Affect::clamped(valence, arousal));
    painter.circle_stroke(target, 10.0, Stroke::new(2.0, ink::ACCENT));
    for (dx, dy) in [(1.0, 0.0), (-1.0, 0.0), (0.0, 1.0), (0.0, -1.0)] {
        painter.line_segment([target + vec2(dx, dy) * 6.0, target + vec2(dx, dy) * 14.0], Stroke::new(2.0, ink::ACCENT));
    }
    ui.label(egui::RichText::new(format!("looking for valence {valence:+.2}, arousal {arousal:+.2}")).color(ink::QUIET).small());
    response
}

fn place(inner: Rect, at: Affect) -> Pos2 {
    pos2(inner.left() + inner.width() * (at.valence as f32 + 1.0) / 2.0, inner.top() + inner.height() * (1.0 - at.arousal as f32) / 2.0)
}
