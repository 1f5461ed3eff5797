//! What a librarian relies on: what hands set outlasts every scan, move and update, sheets are read for what they surely say, and no text of
//! a tag is ever taken for anything but text.

#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

mod counting;
mod finding;
mod hands;
mod hostile;
mod keeping;
mod moving;
mod rights;
mod sheets;
mod telling;

use counting::*;
use end_to_end::clicks::{metronome, write};
use end_to_end::tools::{Need, Test, ffmpeg, indexer, run_indexer};
use end_to_end::world::World;
use finding::*;
use hands::*;
use hostile::*;
use keeping::*;
use moving::*;
use rights::*;
use serde_json::{Value, json};
use sheets::*;
use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Output, Stdio};
use std::time::{Duration, Instant};
use telling::*;

fn main() -> ExitCode {
    end_to_end::tools::main(&[
        // What hands set.
        Test::new("a_value_set_by_hand_is_never_overwritten_by_a_rescan", &[], set_by_hand),
        Test::new("a_title_set_by_hand_is_the_title_everywhere", &[], title_everywhere),
        Test::new("a_dry_run_changes_nothing", &[], dry_run),
        Test::new("an_undo_brings_back_what_was_there_before", &[], undo),
        Test::new("what_an_undo_left_alone_can_still_be_undone", &[], undo_of_what_was_left_alone),
        Test::new("words_that_say_nothing_do_not_mean_every_track", &[], empty_words),
        Test::new("what_only_ranks_does_not_choose_what_is_edited", &[], ranking_is_no_choice),
        Test::new("a_filter_holds_beside_the_name_of_a_file", &[], filter_beside_a_file),
        Test::new("a_word_is_not_taken_for_a_content_id_by_chance", &[], word_or_content_id),
        Test::new("tags_are_written_only_when_asked_and_the_sound_stays_what_it_was", &[Need::Ffmpeg], written_tags),
        Test::new("a_folder_that_is_watched_is_scanned_when_it_changes", &[], watched),
        // Files that move, and drives that are away.
        Test::new("a_row_of_rights_whose_path_and_title_are_two_tracks_changes_nothing", &[], rights_of_a_path_with_another_title),
        Test::new("what_is_over_is_put_away_and_nothing_that_a_hand_set_is_lost", &[], what_is_over_is_put_away),
        Test::new("a_sheet_that_a_spreadsheet_saved_sets_nothing_that_nobody_changed", &[], sheet_from_excel),
        Test::new("what_two_people_set_is_merged_value_by_value", &[], merged_hands),
        Test::new("a_file_that_another_sound_has_replaced_is_told_where_somebody_worked_on_it", &[], overwritten_by_another_sound),
        Test::new("a_missing_track_tells_where_it_was_and_all_that_is_known", &[], missing_is_told),
        Test::new("a_file_that_was_moved_and_retagged_keeps_its_history", &[Need::Ffmpeg], moved_and_retagged),
        Test::new("a_file_that_was_moved_and_retagged_says_what_its_new_tags_say", &[Need::Ffmpeg], moved_with_new_tags),
        Test::new("an_unmounted_drive_is_not_read_as_deleted", &[], unmounted_drive),
        Test::new("a_library_that_lies_elsewhere_now_is_told_once_and_not_measured_again", &[], another_place),
        // Counting.
        Test::new("success_is_not_said_when_all_failed", &[], all_failed),
        Test::new("success_is_not_said_when_all_was_skipped", &[], all_skipped),
        Test::new("an_update_does_not_measure_everything_again", &[], update),
        // Rights and uses.
        Test::new("every_row_of_a_sheet_of_rights_is_matched_or_told", &[], rights_of_rows),
        Test::new("a_sheet_of_rights_is_read_as_offices_write_it", &[], rights_as_written),
        Test::new("what_is_cleared_is_what_one_licence_covers_on_the_day", &[], cleared),
        Test::new("a_cue_sheet_tells_when_and_whose", &[], cue_sheet),
        Test::new("a_timecode_is_not_read_as_hours", &[], timecode),
        Test::new("nothing_in_a_cue_sheet_is_taken_for_a_formula_or_for_markup", &[], hostile_cue_sheet),
        // Sheets of tags.
        Test::new("a_sheet_of_tags_that_comes_back_untouched_changes_nothing", &[], untouched_sheet),
        Test::new("a_sheet_of_tags_with_odd_signs_changes_nothing_either", &[], untouched_sheet_of_odd_signs),
        Test::new("a_sheet_of_tags_sets_what_was_filled_in_and_nothing_else", &[], filled_sheet),
        // Finding.
        Test::new("copies_are_found_across_encodings_levels_and_starts", &[Need::Ffmpeg], copies),
        Test::new("bins_and_searches_are_kept_and_counted", &[], kept),
        Test::new("every_artist_that_a_file_names_is_known", &[], several_artists),
        Test::new("names_of_signs_alone_are_told_apart", &[], signs_alone),
        // Keeping.
        Test::new("what_is_exported_and_imported_is_exported_the_same_again", &[], round_trip),
        Test::new("what_is_there_already_is_not_imported_twice", &[], import_twice),
        Test::new("half_an_export_is_not_imported", &[], half_an_export),
        Test::new("a_backup_made_while_a_scan_runs_opens", &[], backup_during_a_scan),
        Test::new("a_catalogue_that_cannot_be_written_is_searched_all_the_same", &[], read_only),
        Test::new("a_copy_that_lacks_nothing_but_shared_memory_is_read_to_its_last_change", &[], last_change),
        Test::new("reading_changes_nothing_of_the_store", &[], reading_writes_nothing),
        Test::new("what_is_derived_is_mended_and_what_was_measured_is_measured_again", &[], mended),
        Test::new("what_cannot_be_read_of_one_track_costs_that_track_alone", &[], one_bad_row),
        Test::new("a_catalogue_that_is_not_there_is_not_said_to_be_well", &[], no_catalogue),
        // Whatever is written.
        Test::new("hostile_tags_are_text_and_nothing_else", &[], hostile_tags),
        Test::new("hostile_words_are_looked_for_or_refused", &[], hostile_words),
        Test::new("no_tag_turns_round_the_text_about_it", &[], turned_text),
        Test::new("who_asks_for_json_gets_json", &[], json_is_json),
    ])
}
