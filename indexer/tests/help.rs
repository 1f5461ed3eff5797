//! The program's own words.

#![allow(clippy::unwrap_used, missing_docs)]

use std::process::Command;

fn indexer(arguments: &[&str]) -> (i32, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_indexer")).args(arguments).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

#[test]
fn help_names_every_command_that_users_have() {
    let (code, out, _) = indexer(&["--help"]);
    assert_eq!(code, 0);
    for word in ["scan", "search", "show", "stats", "--catalogue", "--json", "Exit status"] {
        assert!(out.contains(word), "{word}");
    }
}

#[test]
fn wrong_arguments_are_named_and_exit_with_2() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path().to_str().unwrap();
    for (arguments, words) in [
        (&["search", "--mood", "purple"][..], &["purple", "serene"][..]),
        (&["search", "--bpm", "120..90"], &["--bpm", "120..90"]),
        (&["search", "--bpm", "fast"], &["--bpm", "fast"]),
        (&["search", "--key", "H"], &["--key", "'H'"]),
        (&["search", "--valence", "-2", "--arousal", "0"], &["--valence"]),
        (&["search", "rain"], &["no catalogue", "indexer scan"]),
        (&["search", "rain", "--mod", "tense"], &["--mod", "unexpected"]),
        (&["search", "rain", "-hope", "--mood", "purple"], &["purple"]),
        (&["scan", "/no/such/folder"], &["/no/such/folder"]),
    ] {
        let (code, _, err) = indexer(&[&["--catalogue", dir], arguments].concat());
        assert_eq!(code, 2, "{arguments:?}: {err}");
        for word in words {
            assert!(err.contains(word), "{arguments:?}: {err}");
        }
    }
}
