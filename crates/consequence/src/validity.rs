//! What a model says besides its figures: where it was used outside its range, and why it will not answer at all.

use serde::Serialize;

/// A place where a model was used outside the range its source claims. Part of every result; never only a log line.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(tag = "note", rename_all = "snake_case")]
pub enum Note {
    /// An input lies outside the range in which the model was tested.
    OutOfRange { model: &'static str, input: &'static str, value: f64, low: f64, high: f64 },
    /// A value was held at a limit, and the result is that of the limit.
    Held { model: &'static str, input: &'static str, given: f64, used: f64 },
    /// Something the model leaves out matters here.
    LeftOut { model: &'static str, what: &'static str },
    /// The figure rests on an assumption the caller may replace.
    Assumed { model: &'static str, what: &'static str },
    /// More was noted than one result holds.
    More,
}

/// The notes of one result, in the order they were raised; a note is kept once. Holds at most [`Validity::ROOM`], so that a run allocates
/// nothing; what did not fit shows as a last [`Note::More`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Validity {
    notes: [Option<Note>; Validity::ROOM],
    more: bool,
}

impl Validity {
    pub const ROOM: usize = 16;

    pub const fn new() -> Self {
        Self { notes: [None; Self::ROOM], more: false }
    }

    /// Adds a note unless one of the same model and subject is there.
    pub fn add(&mut self, note: Note) {
        if note == Note::More {
            self.more = true;
            return;
        }
        for slot in &mut self.notes {
            match slot {
                Some(had) if same(had, &note) => return,
                Some(_) => {}
                None => {
                    *slot = Some(note);
                    return;
                }
            }
        }
        self.more = true;
    }

    /// Adds a note when `value` lies outside `low..=high`.
    pub fn range(&mut self, model: &'static str, input: &'static str, value: f64, low: f64, high: f64) {
        if !(low..=high).contains(&value) {
            self.add(Note::OutOfRange { model, input, value, low, high });
        }
    }

    pub fn merge(&mut self, other: &Validity) {
        for note in other.iter() {
            self.add(*note);
        }
    }

    pub fn iter(&self) -> impl Iterator<Item = &Note> {
        self.notes.iter().flatten().chain(self.more.then_some(&Note::More))
    }

    pub fn is_empty(&self) -> bool {
        self.notes[0].is_none()
    }

    /// More notes were raised than there is room for.
    pub fn more(&self) -> bool {
        self.more
    }
}

pub(crate) fn same(a: &Note, b: &Note) -> bool {
    match (a, b) {
        (Note::OutOfRange { model: m, input: i, .. }, Note::OutOfRange { model: n, input: j, .. })
        | (Note::Held { model: m, input: i, .. }, Note::Held { model: n, input: j, .. })
        | (Note::LeftOut { model: m, what: i }, Note::LeftOut { model: n, what: j })
        | (Note::Assumed { model: m, what: i }, Note::Assumed { model: n, what: j }) => m == n && i == j,
        _ => false,
    }
}

impl Default for Validity {
    fn default() -> Self {
        Self::new()
    }
}

impl Serialize for Validity {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

/// Why a model gives no answer; each names what is missing and so what would help.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Refusal {
    #[error("no substance with CAS number {cas} in the table; give its properties")]
    UnknownCas { cas: String },
    #[error("{property} of {substance} is not known; give it or choose a model that needs none")]
    MissingProperty { substance: String, property: &'static str },
    #[error(
        "wind {wind_m_s} m/s lies below the model's {least_m_s} m/s; an anemometer that stands still reads the same: if the air is calm, give {least_m_s} m/s for the calm-weather circle, or a measured wind"
    )]
    WindBelowRange { wind_m_s: f64, least_m_s: f64 },
    #[error("{temperature_k} K lies above the critical temperature {critical_k} K: there is no liquid; treat the release as a gas")]
    AboveCriticalPoint { temperature_k: f64, critical_k: f64 },
    #[error("the inventory {mass_kg} kg is negative; check the gauge or the tank's table")]
    NegativeInventory { mass_kg: f64 },
    #[error("{input} = {value} is not possible; it must be {wanted}")]
    OutOfDomain { input: &'static str, value: f64, wanted: &'static str },
    #[error("{model} found no solution: {why}")]
    NoSolution { model: &'static str, why: &'static str },
    #[error("how many people are at {place} is not known; give them, zero if nobody is there")]
    UnknownPopulation { place: String },
    #[error("at {temperature_k} K and {pressure_pa} Pa {substance} is not {wanted}; {help}")]
    WrongPhase { substance: String, temperature_k: f64, pressure_pa: f64, wanted: &'static str, help: &'static str },
}

impl Refusal {
    /// Stable, snake case: programs and the interface's own words go by it.
    pub fn code(&self) -> &'static str {
        match self {
            Self::UnknownCas { .. } => "unknown_cas",
            Self::MissingProperty { .. } => "missing_property",
            Self::WindBelowRange { .. } => "wind_below_range",
            Self::AboveCriticalPoint { .. } => "above_critical_point",
            Self::NegativeInventory { .. } => "negative_inventory",
            Self::OutOfDomain { .. } => "out_of_domain",
            Self::NoSolution { .. } => "no_solution",
            Self::UnknownPopulation { .. } => "unknown_population",
            Self::WrongPhase { .. } => "wrong_phase",
        }
    }

    /// What the code's sentence needs, by name.
    pub fn details(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::UnknownCas { cas } => vec![("cas", cas.clone())],
            Self::MissingProperty { substance, property } => vec![("substance", substance.clone()), ("property", (*property).to_owned())],
            Self::WindBelowRange { wind_m_s, least_m_s } => vec![("wind_m_s", wind_m_s.to_string()), ("least_m_s", least_m_s.to_string())],
            Self::AboveCriticalPoint { temperature_k, critical_k } => {
                vec![("temperature_k", temperature_k.to_string()), ("critical_k", critical_k.to_string())]
            }
            Self::NegativeInventory { mass_kg } => vec![("mass_kg", mass_kg.to_string())],
            Self::OutOfDomain { input, value, wanted } => {
                vec![("input", (*input).to_owned()), ("value", value.to_string()), ("wanted", (*wanted).to_owned())]
            }
            Self::NoSolution { model, why } => vec![("model", (*model).to_owned()), ("why", (*why).to_owned())],
            Self::UnknownPopulation { place } => vec![("place", place.clone())],
            Self::WrongPhase { substance, temperature_k, pressure_pa, wanted, help } => vec![
                ("substance", substance.clone()),
                ("temperature_k", temperature_k.to_string()),
                ("pressure_pa", pressure_pa.to_string()),
                ("wanted", (*wanted).to_owned()),
                ("help", (*help).to_owned()),
            ],
        }
    }

    /// The input it is about, such as `weather.wind_m_s`, where it is about one.
    pub fn field(&self) -> Option<&str> {
        match self {
            Self::UnknownCas { .. } | Self::MissingProperty { .. } => Some("substance"),
            Self::WindBelowRange { .. } => Some("weather.wind_m_s"),
            Self::AboveCriticalPoint { .. } | Self::WrongPhase { .. } => Some("release.temperature_c"),
            Self::NegativeInventory { .. } => Some("release.inventory_kg"),
            Self::OutOfDomain { input, .. } => Some(input),
            Self::UnknownPopulation { place } => Some(place),
            Self::NoSolution { .. } => None,
        }
    }
}

/// Refuses a value that is not finite or not above zero.
pub fn positive(input: &'static str, value: f64) -> Result<f64, Refusal> {
    if value.is_finite() && value > 0.0 { Ok(value) } else { Err(Refusal::OutOfDomain { input, value, wanted: "above zero" }) }
}

/// Refuses a value that is not finite or below zero.
pub fn not_negative(input: &'static str, value: f64) -> Result<f64, Refusal> {
    if value.is_finite() && value >= 0.0 { Ok(value) } else { Err(Refusal::OutOfDomain { input, value, wanted: "zero or more" }) }
}

/// Refuses a value that is not finite or outside `low..=high`.
pub fn within(input: &'static str, value: f64, low: f64, high: f64, wanted: &'static str) -> Result<f64, Refusal> {
    if value.is_finite() && (low..=high).contains(&value) { Ok(value) } else { Err(Refusal::OutOfDomain { input, value, wanted }) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_that_do_not_fit_are_not_lost_from_sight() {
        const INPUTS: [&str; 18] = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m", "n", "o", "p", "q", "r"];
        let mut many = Validity::new();
        INPUTS.iter().take(Validity::ROOM).for_each(|input| many.range("m", input, 2.0, 0.0, 1.0));
        assert!(!many.more() && many.iter().count() == Validity::ROOM);
        INPUTS.iter().for_each(|input| many.range("m", input, 2.0, 0.0, 1.0));
        assert_eq!(many.iter().last(), Some(&Note::More));
        let mut merged = Validity::new();
        merged.merge(&many);
        assert!(merged.more());
        assert!(serde_json::to_string(&merged).unwrap().ends_with(r#"{"note":"more"}]"#));
    }
}
