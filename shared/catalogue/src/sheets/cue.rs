//! Cue sheets: which music is in a production, from where to where, whose it is.

use crate::{CatalogueError, Reader, Used};
use track::{Field, Usage};

/// One line of a cue sheet.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct CueLine {
    /// Its number, from 1 on.
    pub number: usize,
    /// What the piece is called.
    pub title: String,
    /// Who wrote it; empty where that is not known.
    pub composer: String,
    /// Who publishes it.
    pub publisher: String,
    /// Who plays.
    pub artist: String,
    /// International standard recording code.
    pub isrc: String,
    /// How it counts, and what that means.
    pub code: String,
    /// How long it sounds.
    pub duration: String,
    /// Where it begins.
    pub timecode_in: String,
    /// Where it ends.
    pub timecode_out: String,
    /// The scene.
    pub scene: String,
    /// Owners and numbers of its licences.
    pub licences: String,
    /// What the credits must say.
    pub attribution: String,
}

impl CueLine {
    /// The names of the columns of a sheet.
    pub const COLUMNS: [&str; 13] = [
        "cue",
        "title",
        "composer",
        "publisher",
        "performer",
        "ISRC",
        "usage",
        "duration",
        "in",
        "out",
        "scene",
        "licences",
        "attribution",
    ];

    /// Its cells, in the order of [`Self::COLUMNS`].
    #[must_use]
    pub fn cells(&self) -> [String; 13] {
        [
            self.number.to_string(),
            self.title.clone(),
            self.composer.clone(),
            self.publisher.clone(),
            self.artist.clone(),
            self.isrc.clone(),
            self.code.clone(),
            self.duration.clone(),
            self.timecode_in.clone(),
            self.timecode_out.clone(),
            self.scene.clone(),
            self.licences.clone(),
            self.attribution.clone(),
        ]
    }
}

impl Reader {
    /// The cue sheet of a project, in the order of its timeline.
    ///
    /// # Errors
    /// [`CatalogueError::NotThere`] for a project that no track was used in; failures of the store.
    pub fn cue_sheet(&self, project: &str) -> Result<Vec<CueLine>, CatalogueError> {
        let usages = self.usages(Used::In(project))?;
        if usages.is_empty() {
            let projects: Vec<String> = self.projects()?.into_iter().map(|p| p.0).collect();
            let known =
                if projects.is_empty() { "no use of any track is known".into() } else { format!("there are: {}", projects.join(", ")) };
            return Err(CatalogueError::NotThere(format!("no track was used in a project '{project}'; {known}")));
        }
        usages.iter().enumerate().map(|(i, usage)| self.line(i + 1, usage)).collect()
    }

    fn line(&self, number: usize, usage: &Usage) -> Result<CueLine, CatalogueError> {
        let track = self.track(&usage.content_id)?;
        let said = |field: Field| track.as_ref().and_then(|t| t.said(field)).map_or_else(String::new, |v| v.value.to_owned());
        let licences = self.licences(&usage.content_id)?;
        let title = track.as_ref().map_or_else(|| format!("not in the catalogue ({})", usage.content_id), track::Track::name);
        let named = licences.iter().map(|l| {
            [l.owner.as_str(), l.name.as_str(), l.id.as_str()].into_iter().filter(|t| !t.is_empty()).collect::<Vec<_>>().join(" ")
        });
        let length_s = (usage.out_s - usage.in_s).max(0.0).round() as u64;
        let mut credits: Vec<&str> = licences.iter().map(|l| l.attribution.as_str()).filter(|a| !a.is_empty()).collect();
        credits.dedup();
        Ok(CueLine {
            number,
            title,
            composer: said(Field::Composer),
            publisher: said(Field::Publisher),
            artist: said(Field::Artist),
            isrc: said(Field::Isrc),
            code: format!("{:?} ({})", usage.code, usage.code.meaning()),
            duration: format!("{:02}:{:02}:{:02}", length_s / 3600, length_s / 60 % 60, length_s % 60),
            timecode_in: usage.written(usage.in_s),
            timecode_out: usage.written(usage.out_s),
            scene: usage.scene.clone(),
            licences: named.filter(|n| !n.is_empty()).collect::<Vec<_>>().join("; "),
            attribution: credits.join("; "),
        })
    }
}
