//! What a track must say, and what it must be cleared for.
//!
//! One idea: a menu offers what the found tracks say, with how many do, and what is chosen stands beside it until it is taken away again.

use super::{Filters, Intent, Model, ink};
use egui::{RichText, ScrollArea, TextEdit, Ui};
use track::Field;

/// State of what is typed here.
#[derive(Default)]
pub(super) struct Typed {
    cleared_for: String,
    cleared_for_of_model: String,
    is_typing: bool,
}

pub(super) fn show(ui: &mut Ui, model: &Model, typed: &mut Typed, intents: &mut Vec<Intent>) {
    ui.horizontal_wrapped(|ui| {
        ui.menu_button("Filter", |ui| facets(ui, model, intents));
        cleared_for(ui, model, typed, intents);
        for filter in &model.filters.facets {
            let text = format!("{}{}: {} \u{d7}", if filter.is_not { "not " } else { "" }, filter.field, filter.any_of.join(" or "));
            if ui.button(RichText::new(text).color(ink::ACCENT)).clicked() {
                intents.push(Intent::Filter(model.filters.without(filter.field)));
            }
        }
    });
}

fn facets(ui: &mut Ui, model: &Model, intents: &mut Vec<Intent>) {
    let offered = model.facets.iter().filter_map(|c| Some((c.facet.parse::<Field>().ok()?, c))).filter(|(_, c)| !c.values.is_empty());
    let mut is_empty = true;
    for (field, counted) in offered {
        is_empty = false;
        ui.menu_button(field.to_string(), |ui| {
            ScrollArea::vertical().max_height(300.0).show(ui, |ui| {
                for (value, count) in &counted.values {
                    if ui.selectable_label(model.filters.has(field, value), format!("{value}  ({count})")).clicked() {
                        intents.push(Intent::Filter(model.filters.toggled(field, value)));
                        ui.close();
                    }
                }
            });
        });
    }
    if is_empty {
        ui.label(RichText::new("the tags say nothing to filter by").color(ink::QUIET));
    }
}

fn cleared_for(ui: &mut Ui, model: &Model, typed: &mut Typed, intents: &mut Vec<Intent>) {
    let now = &model.filters.cleared_for;
    if typed.cleared_for_of_model != *now && !typed.is_typing {
        typed.cleared_for_of_model.clone_from(now);
        typed.cleared_for.clone_from(now);
    }
    let edit = TextEdit::singleline(&mut typed.cleared_for).hint_text("cleared for: broadcast, DE").desired_width(170.0).char_limit(200);
    let edited = ui.add(edit);
    typed.is_typing = edited.has_focus();
    // Told when it is typed to the end: half a territory is another one.
    if edited.lost_focus() && typed.cleared_for != *now {
        typed.cleared_for_of_model.clone_from(&typed.cleared_for);
        intents.push(Intent::Filter(Filters { cleared_for: typed.cleared_for.trim().to_owned(), ..model.filters.clone() }));
    }
}
