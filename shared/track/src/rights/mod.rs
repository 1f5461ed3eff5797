//! What may be done with a track: the licences that were bought for it.
//!
//! One idea: a track is cleared for something when one licence covers all of it, the medium, the territory and the day. What a licence does not
//! say, it does not cover: unknown is never cleared.

mod territory;

pub use territory::{Country, NotATerritory, Territories};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

/// What music is used in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Medium {
    /// Television and radio.
    Broadcast,
    /// The web: video platforms, streaming, social media.
    Online,
    /// Cinemas and festivals.
    Film,
    /// Advertising, in whatever medium.
    Ads,
}

/// How media are written: the name of each, and what others call it.
const MEDIA: [(Medium, &[&str]); 4] = [
    (Medium::Broadcast, &["broadcast", "tv", "television", "radio"]),
    (Medium::Online, &["online", "web", "internet", "streaming", "vod", "social"]),
    (Medium::Film, &["film", "cinema", "theatrical", "festival", "festivals"]),
    (Medium::Ads, &["ads", "ad", "advertising", "commercial", "commercials"]),
];

impl Medium {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Broadcast, Self::Online, Self::Film, Self::Ads];

    /// The media that a list names, like `broadcast, online`; `all` names all.
    ///
    /// # Errors
    /// [`NotAMedium`] for a word that names none.
    pub fn list(text: &str) -> Result<BTreeSet<Self>, NotAMedium> {
        let mut media = BTreeSet::new();
        for word in text.split([',', ';', '/', '+', '&']).map(str::trim).filter(|w| !w.is_empty()) {
            if word.eq_ignore_ascii_case("all") || word.eq_ignore_ascii_case("all media") {
                media.extend(Self::ALL);
            } else {
                media.insert(word.parse()?);
            }
        }
        Ok(media)
    }
}

impl fmt::Display for Medium {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(MEDIA.iter().find(|(m, _)| m == self).map_or("", |(_, names)| names[0]))
    }
}

/// Text that names no medium.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' names no medium; broadcast, online, film, ads and all are known")]
pub struct NotAMedium(pub String);

impl FromStr for Medium {
    type Err = NotAMedium;

    fn from_str(text: &str) -> Result<Self, NotAMedium> {
        let wanted = text.trim().to_lowercase();
        let found = MEDIA.iter().find(|(_, names)| names.contains(&wanted.as_str()));
        found.map(|(medium, _)| *medium).ok_or_else(|| NotAMedium(text.to_owned()))
    }
}

/// Where and for what a licence holds, apart from whose it is.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Terms {
    /// Countries; `None` where it is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub territories: Option<Territories>,
    /// Media. Empty where they are not known.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub media: BTreeSet<Medium>,
    /// The first day; `None` for any time past.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<Date>,
    /// The last day; `None` for ever.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
}

/// A licence for a track.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Licence {
    /// Who granted it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub owner: String,
    /// What it is called.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// Its number, or how else it is found in the files of an office.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub id: String,
    /// Where and for what it holds.
    #[serde(flatten)]
    pub terms: Terms,
    /// Whether nobody else may use the track.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub exclusive: bool,
    /// How dear a use is.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub cost_class: String,
    /// What the credits must say.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub attribution: String,
    /// Free text.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub notes: String,
}

/// What somebody wants to do with a track.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ask {
    /// In all of these media.
    pub media: BTreeSet<Medium>,
    /// In all of these countries; `None` if it does not matter yet.
    pub territories: Option<Territories>,
    /// On this day.
    pub on: Date,
}

impl Ask {
    /// What is asked by a list of media and territories in any order, like `broadcast,DE`.
    ///
    /// # Errors
    /// [`NotAnAsk`] for a word that is neither, or an empty list.
    pub fn parse(text: &str, on: Date) -> Result<Self, NotAnAsk> {
        let mut media = BTreeSet::new();
        let mut places: Vec<&str> = Vec::new();
        for word in text.split(',').map(str::trim).filter(|w| !w.is_empty()) {
            match word.parse::<Medium>() {
                Ok(medium) => {
                    media.insert(medium);
                }
                Err(_) if word.parse::<Territories>().is_ok() => places.push(word),
                Err(_) => return Err(NotAnAsk(word.to_owned())),
            }
        }
        if media.is_empty() && places.is_empty() {
            return Err(NotAnAsk(text.to_owned()));
        }
        let territories = if places.is_empty() { None } else { Some(places.join(", ").parse().map_err(|_| NotAnAsk(text.to_owned()))?) };
        Ok(Self { media, territories, on })
    }
}

/// Text that asks for nothing that a licence can cover.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is neither a medium (broadcast, online, film, ads) nor a territory (DE, EU, world); write it like broadcast,DE")]
pub struct NotAnAsk(pub String);

impl Terms {
    /// Whether they hold for all that is asked. What they do not say, they do not cover; nor is an ask without a territory or a medium covered by terms without one.
    #[must_use]
    pub fn cover(&self, ask: &Ask) -> bool {
        let Some(territories) = &self.territories else { return false };
        !self.media.is_empty()
            && ask.media.is_subset(&self.media)
            && ask.territories.as_ref().is_none_or(|asked| territories.covers(asked))
            && self.hold_on(ask.on)
    }

    /// Whether a day lies between their first and last.
    #[must_use]
    pub fn hold_on(&self, day: Date) -> bool {
        self.from.is_none_or(|from| from <= day) && self.until.is_none_or(|until| day <= until)
    }

    /// Whether they say where and for what they hold.
    #[must_use]
    pub fn are_known(&self) -> bool {
        self.territories.is_some() && !self.media.is_empty()
    }
}

/// How a track stands on a day, whatever it is wanted for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// Some licence holds.
    Licensed,
    /// One will hold, and none does yet.
    NotYet,
    /// The last one has expired.
    Expired,
    /// No licence is known, or none that says where and for what it holds.
    Unknown,
}

impl Standing {
    /// How several terms stand on a day: as the best of them.
    #[must_use]
    pub fn of<'a>(terms: impl IntoIterator<Item = &'a Terms>, on: Date) -> Self {
        let one = |t: &Terms| match t {
            t if !t.are_known() => Self::Unknown,
            t if t.hold_on(on) => Self::Licensed,
            t if t.from.is_some_and(|from| on < from) => Self::NotYet,
            _ => Self::Expired,
        };
        terms.into_iter().map(one).min().unwrap_or(Self::Unknown)
    }
}

impl fmt::Display for Standing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Licensed => "licensed",
            Self::NotYet => "not licensed yet",
            Self::Expired => "expired",
            Self::Unknown => "rights unknown",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    fn terms(territories: &str, media: &str, from: &str, until: &str) -> Terms {
        Terms {
            territories: territories.parse().ok(),
            media: Medium::list(media).unwrap(),
            from: from.parse().ok(),
            until: until.parse().ok(),
        }
    }

    #[test]
    fn one_licence_must_cover_all_that_is_asked() {
        let ask = Ask::parse("broadcast,DE", day("2027-03-01")).unwrap();
        assert!(terms("world", "tv, online", "", "").cover(&ask));
        assert!(terms("EU", "all", "2027-03-01", "2027-03-01").cover(&ask));
        assert!(!terms("world", "online", "", "").cover(&ask), "another medium");
        assert!(!terms("world except DE", "all", "", "").cover(&ask), "not there");
        assert!(!terms("world", "all", "2027-03-02", "").cover(&ask), "not yet");
        assert!(!terms("world", "all", "", "2027-02-28").cover(&ask), "not any more");
        // Two licences that cover it together are none that covers it.
        let both = Ask::parse("broadcast, film, DE, US", day("2027-03-01")).unwrap();
        assert!(![terms("world", "broadcast", "", ""), terms("world", "film", "", "")].iter().any(|t| t.cover(&both)));
    }

    #[test]
    fn unknown_is_never_cleared() {
        for ask in ["broadcast", "DE", "world"] {
            let ask = Ask::parse(ask, day("2027-03-01")).unwrap();
            assert!(!Terms::default().cover(&ask));
            assert!(!terms("", "all", "", "").cover(&ask) && !terms("world", "", "", "").cover(&ask));
        }
        for text in ["", "telepathy", "broadcast,XX"] {
            assert!(Ask::parse(text, day("2027-03-01")).is_err(), "{text}");
        }
    }

    #[test]
    fn a_track_stands_as_its_best_licence_does() {
        let on = day("2027-03-01");
        let (old, new) = (terms("world", "all", "", "2026-12-31"), terms("world", "all", "2028-01-01", ""));
        let holds = terms("DE", "film", "2027-01-01", "2027-03-01");
        assert_eq!(Standing::of([], on), Standing::Unknown);
        assert_eq!(Standing::of([&Terms::default()], on), Standing::Unknown);
        assert_eq!(Standing::of([&old], on), Standing::Expired);
        assert_eq!(Standing::of([&old, &new], on), Standing::NotYet);
        assert_eq!(Standing::of([&old, &new, &holds], on), Standing::Licensed);
    }

    #[test]
    fn licences_survive_json() {
        let licence =
            Licence { owner: "A".into(), terms: terms("world except US", "film", "2027-01-01", ""), exclusive: true, ..Licence::default() };
        let text = serde_json::to_string(&licence).unwrap();
        assert_eq!(serde_json::from_str::<Licence>(&text).unwrap(), licence);
    }
}
