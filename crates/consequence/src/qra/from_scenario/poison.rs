//! How the poison of a release kills: a signed probit, a tabled one, AEGL-3 as yes or no, or not at all.

use serde::{Deserialize, Serialize};

use super::MODEL;
use crate::properties::Substance;
use crate::validity::positive;
use crate::vulnerability::{ProbitSet, ToxicProbit, toxic_probit};
use crate::{Note, Refusal, Validity};

/// Constants of a toxic probit somebody answers for by name, where no table has the substance.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignedProbit {
    pub a: f64,
    pub b: f64,
    pub n: f64,
    pub unit: ProbitUnit,
    pub signed_by: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ProbitUnit {
    #[serde(rename = "mg/m3")]
    MgPerM3,
    #[serde(rename = "ppm")]
    Ppm,
}

impl SignedProbit {
    fn checked(&self, cas: &str) -> Result<ToxicProbit, Refusal> {
        if self.signed_by.trim().is_empty() {
            return Err(Refusal::MissingProperty { substance: cas.to_owned(), property: "a name that answers for the probit (signed_by)" });
        }
        if !self.a.is_finite() {
            return Err(Refusal::OutOfDomain { input: "toxic_probit.a", value: self.a, wanted: "a number" });
        }
        Ok(ToxicProbit {
            cas: cas.to_owned(),
            name: cas.to_owned(),
            set: if self.unit == ProbitUnit::Ppm { ProbitSet::Ccps } else { ProbitSet::Purple },
            a: self.a,
            b: positive("toxic_probit.b", self.b)?,
            n: positive("toxic_probit.n", self.n)?,
            t_max_min: None,
            status: "given by the user".into(),
            source: self.signed_by.clone(),
        })
    }
}

/// How poison kills, and how well that is known.
#[derive(Clone, Debug, PartialEq)]
pub enum Poison {
    Probit(ToxicProbit),
    /// Everyone above AEGL-3, nobody below: volume fraction.
    Level(f64),
    None,
}

impl Poison {
    /// Of a substance: the user's own probit, the Purple Book's, the CCPS's; else AEGL-3 as yes or no, which is told. None is invented.
    pub fn of(s: &Substance, own: Option<&SignedProbit>, assumptions: &mut Vec<String>, notes: &mut Validity) -> Result<Self, Refusal> {
        let name = &s.name_en;
        if let Some(own) = own {
            assumptions.push(format!("{name}: toxic probit given and signed by {}", own.signed_by));
            return Ok(Self::Probit(own.checked(&s.cas)?));
        }
        if let Some(probit) = toxic_probit(&s.cas, ProbitSet::Purple) {
            assumptions.push(format!("{name}: toxic probit {} ({})", probit.source, probit.status));
            return Ok(Self::Probit(probit.clone()));
        }
        if let Some(probit) = toxic_probit(&s.cas, ProbitSet::Ccps) {
            assumptions.push(format!("{name}: toxic probit {} ({})", probit.source, probit.status));
            return Ok(Self::Probit(probit.clone()));
        }
        let Some(ppm) = s.aegl3_60_ppm else {
            notes.add(Note::LeftOut { model: MODEL, what: "toxic deaths of a substance with neither a probit nor AEGL-3" });
            assumptions.push(format!("{name}: neither a toxic probit nor AEGL-3 is tabled; toxic deaths are not counted"));
            return Ok(Self::None);
        };
        let fraction = ppm * 1e-6;
        // Poison weaker than the flammable limit kills nobody whom fire would not.
        if s.lfl_pct.is_some() && fraction >= s.lower_flammable_limit()? {
            assumptions.push(format!("{name}: AEGL-3 lies above the lower flammable limit; only fire and explosion are counted"));
            return Ok(Self::None);
        }
        notes.add(Note::Assumed {
            model: MODEL,
            what: "without a probit everyone above AEGL-3 (60 min) dies and nobody below it: a proxy, not a probability",
        });
        assumptions.push(format!("{name}: no toxic probit; AEGL-3 (60 min, {ppm} ppm) stands in as yes or no"));
        Ok(Self::Level(fraction))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::qra::from_scenario::example::effects;

    #[test]
    fn poison_without_a_probit_is_a_flagged_yes_or_no_or_signed_for() {
        let e = effects("67-56-1", "kind = 'spill'\nrate_kg_s = 10\nduration_s = 600\ntemperature_c = 20");
        let mut notes = Validity::new();
        let mut assumptions = Vec::new();
        let level = Poison::of(e.substance(), None, &mut assumptions, &mut notes).unwrap();
        assert!(matches!(level, Poison::Level(_)), "{level:?}");
        assert!(!notes.is_empty() && assumptions[0].contains("AEGL-3"));
        let own = SignedProbit { a: -10.0, b: 1.0, n: 1.0, unit: ProbitUnit::Ppm, signed_by: "a toxicologist".into() };
        assert!(matches!(Poison::of(e.substance(), Some(&own), &mut assumptions, &mut notes).unwrap(), Poison::Probit(_)));
        let nobody = SignedProbit { signed_by: " ".into(), ..own };
        assert!(Poison::of(e.substance(), Some(&nobody), &mut assumptions, &mut notes).is_err());
    }
}
