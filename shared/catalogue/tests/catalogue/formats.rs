//! Catalogues that older versions wrote: `fixtures/format-N.sql` are what the program of that format left of two pieces of the library, a file that is no music, and (from format 2 on) two
//! values that were set by hand.

use catalogue::{Catalogue, Query, Reader};
use std::path::Path;
use track::{ContentId, Origin};

const KITES: &str = "7295fadc1917cf642b8f85c21e7d02334e24fda84402516a7ff2d264ec654a13";

fn written_by(format: &str) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    rusqlite::Connection::open(dir.path().join("catalogue.db")).unwrap().execute_batch(format).unwrap();
    dir
}

fn is_all_there(dir: &Path, has_edits: bool) {
    let reader = Reader::open(dir).unwrap();
    assert_eq!((reader.len(), reader.failures().unwrap().len()), (2, 1));
    let track = reader.track(&ContentId(KITES.into())).unwrap().unwrap();
    assert_eq!(track.paths, [Path::new("/srv/music/kites.opus")]);
    assert_eq!(track.tags.title.as_deref(), Some("Kites"));
    let analysis = &track.analysis;
    assert!(analysis.peaks.value.low.len() > 100 && analysis.fingerprint.as_ref().unwrap().value.len() > 100);
    assert!((analysis.loudness.as_ref().unwrap().value.integrated_lufs + 16.69).abs() < 0.01);
    let tempo = analysis.tempo_bpm.as_ref().unwrap();
    if has_edits {
        assert_eq!((tempo.value.round(), tempo.origin), (276.0, Origin::ByHand));
        assert_eq!(track.affect.unwrap().value.at, affect::mood("serene").unwrap().at);
    } else {
        assert_eq!((tempo.value.round(), tempo.origin), (138.0, Origin::Declared));
    }
    let found = reader.search(&Query { text: Some("kites".into()), ..Query::default() }).unwrap();
    assert_eq!(found.len(), 1);
}

#[test]
fn a_catalogue_of_an_older_version_opens() {
    for (format, has_edits) in [
        (include_str!("fixtures/format-1.sql"), false),
        (include_str!("fixtures/format-2.sql"), true),
        (include_str!("fixtures/format-3.sql"), true),
    ] {
        let dir = written_by(format);
        // By who only reads, without a change.
        let before = std::fs::read(dir.path().join("catalogue.db")).unwrap();
        is_all_there(dir.path(), has_edits);
        assert_eq!(std::fs::read(dir.path().join("catalogue.db")).unwrap(), before);
        // And for good by who writes; then a scan of the folder makes it the root of its files.
        let mut catalogue = Catalogue::open(dir.path()).unwrap();
        is_all_there(dir.path(), has_edits);
        catalogue.add_root(Path::new("/srv/music")).unwrap();
        drop(catalogue);
        is_all_there(dir.path(), has_edits);
    }
}
