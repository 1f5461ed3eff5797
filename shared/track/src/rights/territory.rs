//! Where a licence holds: countries, by their two letters, and how people write them together.
//!
//! One idea: whatever is written ends as a set of countries, so that whether a licence covers one is never a matter of words.

use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

/// The officially assigned codes of ISO 3166-1.
const CODES: &str = "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO \
CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ \
IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI \
NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN \
TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW";

/// Groups of countries that contracts name. The Union's members are those of 2020 on.
const GROUPS: [(&str, &str); 9] = [
    ("EU", "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK"),
    ("EEA", "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IS IT LI LT LU LV MT NL NO PL PT RO SE SI SK"),
    ("DACH", "DE AT CH"),
    ("GSA", "DE AT CH"),
    ("BENELUX", "BE NL LU"),
    ("NORDICS", "DK FI IS NO SE"),
    ("UK", "GB"),
    ("USA", "US"),
    ("NORTH AMERICA", "US CA"),
];

/// A country, by its two letters after ISO 3166-1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Country([u8; 2]);

impl Country {
    /// Every country.
    pub fn all() -> impl Iterator<Item = Self> {
        CODES.split_whitespace().filter_map(|c| c.as_bytes().try_into().ok().map(Self))
    }
}

impl fmt::Display for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(std::str::from_utf8(&self.0).unwrap_or("??"))
    }
}

/// Text that names no territory.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "'{0}' names no territory; write 'world', two letters of a country (DE), a group (EU, EEA, DACH, Benelux, Nordics, UK, North America), or 'world except US, CA'"
)]
pub struct NotATerritory(pub String);

impl FromStr for Country {
    type Err = NotATerritory;

    fn from_str(text: &str) -> Result<Self, NotATerritory> {
        let upper = text.trim().to_ascii_uppercase();
        let code = if upper == "UK" { "GB" } else { &upper };
        Self::all().find(|c| c.0 == code.as_bytes()).ok_or_else(|| NotATerritory(text.to_owned()))
    }
}

impl TryFrom<String> for Country {
    type Error = NotATerritory;
    fn try_from(text: String) -> Result<Self, NotATerritory> {
        text.parse()
    }
}

impl From<Country> for String {
    fn from(country: Country) -> Self {
        country.to_string()
    }
}

/// A set of countries: those named, or all but those named.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Territories {
    /// These.
    Only(BTreeSet<Country>),
    /// The world but for these.
    WorldExcept(BTreeSet<Country>),
}

impl Territories {
    /// Everywhere.
    #[must_use]
    pub fn world() -> Self {
        Self::WorldExcept(BTreeSet::new())
    }

    /// Whether all of another set lies in this one.
    #[must_use]
    pub fn covers(&self, asked: &Self) -> bool {
        match (self, asked) {
            (Self::Only(here), Self::Only(asked)) => asked.is_subset(here),
            (Self::WorldExcept(not), Self::Only(asked)) => asked.is_disjoint(not),
            (Self::WorldExcept(not), Self::WorldExcept(not_asked)) => not.is_subset(not_asked),
            (Self::Only(here), Self::WorldExcept(not_asked)) => Country::all().all(|c| here.contains(&c) || not_asked.contains(&c)),
        }
    }
}

impl FromStr for Territories {
    type Err = NotATerritory;

    fn from_str(text: &str) -> Result<Self, NotATerritory> {
        let fail = || NotATerritory(text.to_owned());
        let upper = text.to_uppercase();
        let (of, except) = ["EXCEPT", "EXCLUDING", "EXCL.", "EXCL", "WITHOUT"]
            .iter()
            .find_map(|word| upper.split_once(word))
            .map_or((upper.as_str(), ""), |(of, except)| (of, except));
        let mut set = Set::default();
        for part in parts(of) {
            set.add(part).ok_or_else(fail)?;
        }
        if set.is_nothing() {
            return Err(fail());
        }
        let mut not = Set::default();
        for part in parts(except) {
            not.add(part).ok_or_else(fail)?;
        }
        if not.is_world {
            return Err(fail());
        }
        let only = &set.countries - &not.countries;
        match set.is_world {
            true => Ok(Self::WorldExcept(not.countries)),
            // "UK except GB" is nowhere, which nobody sells.
            false if only.is_empty() => Err(fail()),
            false => Ok(Self::Only(only)),
        }
    }
}

fn parts(text: &str) -> impl Iterator<Item = &str> {
    text.split([',', ';', '/', '+', '&']).map(str::trim).filter(|p| !p.is_empty())
}

#[derive(Default)]
struct Set {
    is_world: bool,
    countries: BTreeSet<Country>,
}

impl Set {
    fn is_nothing(&self) -> bool {
        !self.is_world && self.countries.is_empty()
    }

    fn add(&mut self, part: &str) -> Option<()> {
        if ["WORLD", "WORLDWIDE", "WW", "GLOBAL", "ALL", "THE WORLD"].contains(&part) {
            self.is_world = true;
            return Some(());
        }
        if let Some((_, members)) = GROUPS.iter().find(|(name, _)| *name == part) {
            self.countries.extend(members.split_whitespace().filter_map(|m| m.parse::<Country>().ok()));
            return Some(());
        }
        self.countries.insert(part.parse().ok()?);
        Some(())
    }
}

impl fmt::Display for Territories {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = |set: &BTreeSet<Country>| set.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        match self {
            Self::Only(here) => write!(f, "{}", list(here)),
            Self::WorldExcept(not) if not.is_empty() => write!(f, "world"),
            Self::WorldExcept(not) => write!(f, "world except {}", list(not)),
        }
    }
}

impl TryFrom<String> for Territories {
    type Error = NotATerritory;
    fn try_from(text: String) -> Result<Self, NotATerritory> {
        // Older versions stored what is nowhere; it clears nothing, and must not keep anybody from taking it away.
        if text.is_empty() { Ok(Self::Only(BTreeSet::new())) } else { text.parse() }
    }
}

impl From<Territories> for String {
    fn from(territories: Territories) -> Self {
        territories.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn t(text: &str) -> Territories {
        text.parse().unwrap()
    }

    #[test]
    fn what_is_nowhere_is_refused_and_can_be_taken_away_where_it_was_stored() {
        for nowhere in ["DE except DE", "UK except GB", "GB except UK"] {
            assert!(nowhere.parse::<Territories>().is_err(), "{nowhere}");
        }
        let stored: Territories = serde_json::from_str("\"\"").unwrap();
        assert!(!stored.covers(&"DE".parse().unwrap()));
    }

    #[test]
    fn there_are_as_many_countries_as_the_standard_has() {
        let all: BTreeSet<Country> = Country::all().collect();
        assert_eq!((all.len(), Country::all().count()), (249, 249));
        assert!(GROUPS.iter().all(|(_, members)| members.split_whitespace().all(|m| m.parse::<Country>().is_ok())));
        assert_eq!(t("EU").to_string().split(", ").count(), 27);
    }

    #[test]
    fn what_contracts_say_is_understood_or_refused() {
        assert_eq!(t("World").to_string(), "world");
        assert_eq!(t("worldwide excl. us; ca").to_string(), "world except CA, US");
        assert_eq!(t("DE/AT, uk").to_string(), "AT, DE, GB");
        assert_eq!(t("EU except fr").to_string().split(", ").count(), 26);
        for text in ["", "Mars", "DE, XX", "world except world", "except DE", "D"] {
            assert!(text.parse::<Territories>().is_err(), "{text}");
        }
        for text in ["world", "world except CA, US", "AT, DE"] {
            assert_eq!(t(text).to_string(), text);
        }
    }

    #[test]
    fn exclusions_count() {
        assert!(t("world").covers(&t("DE")) && t("world except US").covers(&t("DE, GB")));
        assert!(!t("world except US").covers(&t("world")) && !t("world except US").covers(&t("US")));
        assert!(t("EU").covers(&t("DE, FR")) && !t("EU").covers(&t("GB")) && !t("EU").covers(&t("world")));
        assert!(t("world except US").covers(&t("world except US, CA")));
    }
}
