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
}

/// The notes of one result, in the order they were raised; a note is kept once. Holds at most [`Validity::ROOM`], so that a run allocates nothing.
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
        self.more |= other.more;
    }

    pub fn iter(&self) -> impl Iterator<Item = &Note> {
        self.notes.iter().flatten()
    }

    pub fn is_empty(&self) -> bool {
        self.notes[0].is_none()
    }

    /// More notes were raised than there is room for.
    pub fn more(&self) -> bool {
        self.more
    }
}

fn same(a: &Note, b: &Note) -> bool {
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
    #[error("wind {wind_m_s} m/s lies below the model's {least_m_s} m/s; use the calm-weather circle or a measured wind")]
    WindBelowRange { wind_m_s: f64, least_m_s: f64 },
    #[error("{temperature_k} K lies above the critical temperature {critical_k} K: there is no liquid; treat the release as a gas")]
    AboveCriticalPoint { temperature_k: f64, critical_k: f64 },
    #[error("the inventory {mass_kg} kg is negative; check the gauge or the tank's table")]
    NegativeInventory { mass_kg: f64 },
    #[error("{input} = {value} is not possible; it must be {wanted}")]
    OutOfDomain { input: &'static str, value: f64, wanted: &'static str },
    #[error("{model} found no solution: {why}")]
    NoSolution { model: &'static str, why: &'static str },
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
