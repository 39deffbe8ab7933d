//! The warning scheme of the settings, typed: which condition gives which colour, after how long, in which words.

use anlan_records::kind::Kinds;
use serde::Deserialize;

use super::warning::Colour;

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scheme {
    pub gas: Vec<String>,
    pub fire: Vec<String>,
    pub unanswered_s: Patience,
    pub any_alarm: Rule,
    pub high_or_low_held: Rule,
    pub severe_held: Rule,
    pub severe_unacknowledged: Rule,
    pub severe_long: Rule,
    pub gas_at_two_detectors: Pair,
    pub fire_confirmed: Rule,
    pub bypassed: Rule,
    pub offline_long: Rule,
    pub major_danger_open: DangerRule,
    pub major_danger_overdue: DangerRule,
    pub unanswered: Words,
}

/// A condition of one alarm that has held for some time.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    pub colour: Colour,
    pub after_s: u32,
    pub zh: String,
    pub en: String,
}

/// Two alarms that began close together.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pair {
    pub colour: Colour,
    pub within_s: u32,
    pub zh: String,
    pub en: String,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DangerRule {
    pub colour: Colour,
    pub zh: String,
    pub en: String,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Words {
    pub zh: String,
    pub en: String,
}

/// Seconds without an answer, by colour; red cannot become worse.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Patience {
    pub blue: u32,
    pub yellow: u32,
    pub orange: u32,
}

impl Scheme {
    /// From `warning/settings.toml` and its overlay; says what is wrong with it otherwise.
    pub fn read(kinds: &Kinds) -> Result<Self, String> {
        let settings = kinds.settings.get("warning").ok_or("no settings of warnings")?;
        let scheme: Self = serde_json::from_value(serde_json::Value::Object(settings.clone())).map_err(|error| error.to_string())?;
        match scheme.colours().into_iter().find(|(_, colour)| *colour == Colour::Unlisted) {
            Some((rule, _)) => Err(format!("the colour of `{rule}`, which is none of red, orange, yellow, blue")),
            None => Ok(scheme),
        }
    }

    fn colours(&self) -> [(&'static str, Colour); 11] {
        [
            ("any_alarm", self.any_alarm.colour),
            ("high_or_low_held", self.high_or_low_held.colour),
            ("severe_held", self.severe_held.colour),
            ("severe_unacknowledged", self.severe_unacknowledged.colour),
            ("severe_long", self.severe_long.colour),
            ("gas_at_two_detectors", self.gas_at_two_detectors.colour),
            ("fire_confirmed", self.fire_confirmed.colour),
            ("bypassed", self.bypassed.colour),
            ("offline_long", self.offline_long.colour),
            ("major_danger_open", self.major_danger_open.colour),
            ("major_danger_overdue", self.major_danger_overdue.colour),
        ]
    }
}
