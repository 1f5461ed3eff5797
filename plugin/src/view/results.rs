//! The list of the nearest tracks.

use super::{Filters, Intent, Model, Row, ink, minutes, mood_colour};
use egui::{Align2, Color32, FontId, Rect, Role, ScrollArea, Sense, Ui, WidgetInfo, pos2, vec2};
use track::rights::Standing;

const ROW_HEIGHT: f32 = 38.0;

pub(super) fn show(ui: &mut Ui, model: &Model, intents: &mut Vec<Intent>) {
    if model.rows.is_empty() {
        let what =
            if model.filters == Filters::default() { "No track fits these words." } else { "No track fits these words and filters." };
        super::notice(ui, what, "");
        return;
    }
    ScrollArea::vertical().auto_shrink([false, false]).show_rows(ui, ROW_HEIGHT, model.rows.len(), |ui, range| {
        for index in range {
            let row = &model.rows[index];
            let is_chosen = model.chosen.as_ref().is_some_and(|c| c.content_id == row.content_id);
            if one(ui, row, is_chosen) {
                intents.push(Intent::Choose(row.content_id.clone()));
            }
        }
    });
}

fn one(ui: &mut Ui, row: &Row, is_chosen: bool) -> bool {
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), ROW_HEIGHT), Sense::click());
    let rights = row.rights.filter(|r| *r != Standing::Licensed);
    let label = rights.map_or_else(|| row.title.clone(), |r| format!("{} ({r})", row.title));
    response.widget_info(|| WidgetInfo::selected(Role::Button, row.is_there, is_chosen, &label));
    let painter = ui.painter_at(rect);
    if is_chosen || response.hovered() {
        let strength = if is_chosen { 0.28 } else { 0.10 };
        painter.rect_filled(rect, 4.0, ink::ACCENT.gamma_multiply(strength));
    }
    let text = if row.is_there { ink::TEXT } else { ink::QUIET };
    if let Some(at) = row.affect {
        painter.circle_filled(pos2(rect.left() + 10.0, rect.center().y), 5.0, mood_colour(at));
    }
    let (first, second) = (rect.top() + 11.0, rect.top() + 27.0);
    let columns_left = rect.right() - 176.0;
    let title_area = Rect::from_min_max(pos2(rect.left() + 24.0, rect.top()), pos2(columns_left - 8.0, rect.bottom()));
    let clipped = painter.with_clip_rect(title_area.intersect(ui.clip_rect()));
    clipped.text(pos2(title_area.left(), first), Align2::LEFT_CENTER, &row.title, FontId::proportional(14.0), text);
    let mood = row.affect.map_or("mood unknown", affect::nearest_word);
    let missing = if row.is_there { "" } else { "file missing; " };
    let rights = rights.map_or_else(String::new, |r| format!("{r}; "));
    let why = format!("{missing}{rights}{mood}; {}", row.why);
    clipped.text(pos2(title_area.left(), second), Align2::LEFT_CENTER, why, FontId::proportional(11.0), ink::QUIET);

    let right = |x: f32, y: f32, text: String, colour: Color32| {
        painter.text(pos2(rect.right() - x, y), Align2::RIGHT_CENTER, text, FontId::proportional(12.0), colour);
    };
    let tempo = row.tempo_bpm.map_or("no pulse".into(), |b| format!("{b:.0} BPM"));
    right(100.0, first, tempo, text);
    right(6.0, first, row.key.map_or("-".into(), |k| k.to_string()), text);
    right(100.0, second, minutes(row.duration_s), ink::QUIET);
    right(6.0, second, row.lufs.map_or("-".into(), |l| format!("{l:.0} LUFS")), ink::QUIET);
    response.clicked()
}
