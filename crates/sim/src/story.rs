//! The story of one hidden danger: who does what with it and when, from the finding to the closing, with the texts and dates that the
//! actions need. Actors are usernames; references in bodies are written `@user:…`, `@unit:…`, `@organisation:…`, `@photo:…`, `@paper`.

use anlan_base::{Date, Instant};
use serde_json::{Map, Value, json};

use crate::district::{At, District, EnterpriseSeat};
use crate::people::{principal_of, safety_of};
use crate::random::Dice;
use crate::texts::{FINDINGS, Finding, Fits, MajorFinding};

#[derive(Clone, Debug, PartialEq)]
pub struct Story {
    /// The same for the same seed, pace and time; unique among all.
    pub id: u64,
    /// Code.
    pub enterprise: String,
    pub major: bool,
    /// Oldest first; the first creates the record.
    pub steps: Vec<Step>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    pub at: Instant,
    /// Username.
    pub actor: String,
    /// `create`, or an action of the kind.
    pub action: &'static str,
    pub body: Map<String, Value>,
    pub comment: Option<&'static str>,
}

/// How fast the district lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pace {
    /// Some twenty findings a day, closed within days, in working hours.
    Days,
    /// A finding every few minutes, closed within the hour, day and night: for somebody who watches.
    Minutes,
}

const LIVE_EVERY_MS: i64 = 4 * 60_000;
const LIVE_IDS: u64 = 1 << 40;

/// The stories that begin in `[from, to)`, in the order of their beginning.
pub fn stories(district: &District, pace: Pace, from: Instant, to: Instant) -> Vec<Story> {
    let mut all = match pace {
        Pace::Days => daily_stories(district, from, to),
        Pace::Minutes => {
            let (first, last) = (from.as_ms().div_euclid(LIVE_EVERY_MS), to.as_ms().div_euclid(LIVE_EVERY_MS));
            (first..=last).map(|slot| live_story(district, slot)).collect()
        }
    };
    all.retain(|story| (from..to).contains(&story.begins()));
    all.sort_by_key(|story| (story.begins(), story.id));
    all
}

impl Story {
    pub fn begins(&self) -> Instant {
        self.steps[0].at
    }
}

fn daily_stories(district: &District, from: Instant, to: Instant) -> Vec<Story> {
    let (first, last) = (from.date().epoch_days(), to.date().epoch_days());
    let mut all = Vec::new();
    for day in first..=last {
        let date = Date::from_epoch_days(day);
        let mut dice = Dice::numbered(district.seed, "findings", day as u64);
        let count = if date.weekday() <= 5 { dice.whole(20, 30) } else { dice.whole(6, 11) };
        for number in 0..count {
            let begins = date.start().plus_ms((dice.between(8.3, 17.6) * 3_600_000.0) as i64);
            let id = day as u64 * 1000 + number as u64;
            all.push(Teller::new(district, Pace::Days, id).general(begins));
        }
    }
    all
}

fn live_story(district: &District, slot: i64) -> Story {
    let id = LIVE_IDS + slot as u64;
    let mut teller = Teller::new(district, Pace::Minutes, id);
    let begins = Instant::from_ms(slot * LIVE_EVERY_MS + (teller.dice.unit() * LIVE_EVERY_MS as f64) as i64);
    teller.general(begins)
}

pub(crate) struct Teller<'a> {
    district: &'a District,
    pace: Pace,
    id: u64,
    pub(crate) dice: Dice,
    steps: Vec<Step>,
}

impl<'a> Teller<'a> {
    pub(crate) fn new(district: &'a District, pace: Pace, id: u64) -> Self {
        Self { district, pace, id, dice: Dice::numbered(district.seed, "story", id), steps: Vec::new() }
    }

    fn step(&mut self, at: Instant, actor: &str, action: &'static str, body: Value) -> &mut Step {
        let Value::Object(body) = body else { unreachable!("bodies are written as objects") };
        self.steps.push(Step { at, actor: actor.to_owned(), action, body, comment: None });
        self.steps.last_mut().expect("just pushed")
    }

    fn last_at(&self) -> Instant {
        self.steps.last().expect("a story begins with its finding").at
    }

    /// A moment after the last step: hours of working life, or as many minutes where somebody watches.
    fn later(&mut self, low_h: f64, high_h: f64) -> Instant {
        let hours = self.dice.between(low_h, high_h);
        match self.pace {
            Pace::Minutes => self.last_at().plus_ms(20_000 + (hours.min(24.0) * 15_000.0) as i64),
            Pace::Days => into_working_hours(self.last_at().plus_ms((hours * 3_600_000.0) as i64)),
        }
    }

    /// The safety officer in whose town the enterprise lies.
    fn town_officer(&self, enterprise: &EnterpriseSeat) -> String {
        let covers = |at: &At| *at == At::Region(enterprise.region);
        let officer = self.district.people.iter().find(|person| person.role == "town_officer" && covers(&person.at));
        officer.map_or_else(|| "town".to_owned(), |person| person.username.clone())
    }

    /// A general danger, from its finding to its closing. Some are nothing, some late, a few never finished.
    pub(crate) fn general(mut self, begins: Instant) -> Story {
        // Park enterprises are one in nine, but they look harder.
        let district = self.district;
        let in_park = self.dice.chance(0.35);
        let candidates: Vec<_> = district.enterprises.iter().filter(|enterprise| enterprise.in_park() == in_park).collect();
        let enterprise = *self.dice.pick(&candidates);
        let fitting: Vec<_> = FINDINGS.iter().filter(|finding| fits(finding.fits, enterprise)).collect();
        let finding = *self.dice.pick(&fitting);
        let (source, finder, reviewed) = self.source(enterprise);
        let safety = safety_of(&enterprise.code);
        let principal = principal_of(&enterprise.code);
        let judge = if reviewed { "inspector".to_owned() } else { safety.clone() };

        let mut found = json!({
            "summary": finding.summary, "place": finding.place, "found_on": begins.date(), "source": source,
            "position": self.position(enterprise), "photos": ["@photo:before"],
        });
        if let Some(unit) = self.unit(enterprise, finding) {
            found["hazard_unit"] = json!(format!("@unit:{unit}"));
        }
        self.step(begins, &finder, "create", found);
        let at = self.later(0.2, 7.0);
        self.step(at, &judge, "register", json!({ "category": finding.category }));
        if self.dice.chance(0.03) {
            let at = self.later(1.0, 20.0);
            self.step(at, &judge, "dismiss", json!({})).comment = Some("经现场核实，不构成隐患");
            return self.told(enterprise, false);
        }
        let at = self.later(1.0, 30.0);
        self.step(at, &judge, "assess", json!({ "level": "general", "risk_point": finding.place }));
        let at = self.later(1.0, 22.0);
        let mut rectify_by = at.date().plus_days(self.dice.whole(4, 18));
        let plan = json!({ "responsible": format!("@user:{safety}"), "measures": finding.measures, "rectify_by": rectify_by });
        self.step(at, &safety, "plan", plan);

        let window_h = (rectify_by.end().since_ms(at) as f64 / 3_600_000.0).max(24.0);
        let fate = self.dice.unit();
        let (low, high) = match fate {
            // Never finished by itself: it stays overdue until somebody presses.
            f if f < 0.004 => return self.told(enterprise, false),
            f if f < 0.05 => (window_h + 20.0, window_h + 110.0),
            // An extension is asked for ten days ahead, so only long periods can have one.
            f if f < 0.09 && self.pace == Pace::Days && rectify_by.epoch_days() - at.date().epoch_days() >= 14 => {
                let until = rectify_by.plus_days(self.dice.whole(3, 8));
                let at = self.later(3.0, 20.0);
                let asked = json!({ "extensions": [{ "until": until, "why": "备件采购周期较长，申请延期" }] });
                self.step(at, &safety, "request_extension", asked);
                let at = self.later(4.0, 40.0);
                self.step(at, "inspector", "grant_extension", json!({ "rectify_by": until }));
                rectify_by = until;
                (20.0, window_h.max(48.0))
            }
            _ => (6.0, window_h * 0.75),
        };
        let at = self.later(low, high);
        let cost = self.dice.whole(3, 160) * 10_000;
        let done = json!({ "photos_after": ["@photo:after"], "cost": cost, "completed_on": at.date() });
        self.step(at, &safety, "self_accept", done);
        if !reviewed {
            let at = self.later(2.0, 40.0);
            self.step(at, &principal, "close_own", json!({}));
            return self.told(enterprise, false);
        }
        let at = self.later(1.0, 20.0);
        self.step(at, &safety, "submit_review", json!({}));
        if self.dice.chance(0.08) {
            let at = self.later(8.0, 50.0);
            let again = at.date().plus_days(5).max(rectify_by);
            self.step(at, "inspector", "return_work", json!({ "rectify_by": again })).comment =
                Some("整改不彻底，现场仍有遗留问题，退回重新整改");
            let at = self.later(10.0, 70.0);
            let done = json!({ "photos_after": ["@photo:after"], "cost": cost + 20_000, "completed_on": at.date() });
            self.step(at, &safety, "self_accept", done);
            let at = self.later(1.0, 20.0);
            self.step(at, &safety, "submit_review", json!({}));
        }
        let at = self.later(8.0, 70.0);
        let review = json!({ "review_record": "现场复查，整改措施已落实，同意销号", "reviewers": ["@user:inspector", "@user:inspector2"] });
        self.step(at, "inspector2", "pass_review", review);
        self.told(enterprise, false)
    }

    /// A major danger at a chemical enterprise: reported, listed, guarded, treated, reviewed by those who listed it.
    pub(crate) fn major(mut self, enterprise: &EnterpriseSeat, unit: &str, finding: &MajorFinding, begins: Instant, days: f64) -> Story {
        let (safety, principal) = (safety_of(&enterprise.code), principal_of(&enterprise.code));
        let town = self.town_officer(enterprise);
        let found_on = begins.date();
        let newer = Date::ymd(2026, 9, 30).is_some_and(|from| found_on >= from);
        let criterion = finding.criteria[usize::from(newer)];
        let hours = |share: f64| (days * 24.0 * share * 0.9, days * 24.0 * share);
        let position = self.position(enterprise);
        self.step(
            begins,
            "inspector",
            "create",
            json!({
                "summary": finding.summary, "place": finding.place, "found_on": found_on, "source": "authority_inspection",
                "position": position, "hazard_unit": format!("@unit:{unit}"), "photos": ["@photo:before"],
            }),
        );
        let at = self.later(0.3, 1.0);
        self.step(at, "inspector", "register", json!({ "category": finding.category }));
        let at = self.later(1.0, 3.0);
        let assessed = json!({ "level": "major", "criteria": [criterion], "risk_point": finding.place });
        self.step(at, "inspector", "assess", assessed);
        let at = self.later(2.0, 16.0);
        let report = json!({ "present_state": finding.present_state, "harm": finding.harm, "scheme": ["@paper"] });
        self.step(at, &principal, "report", report);
        let at = self.later(1.0, 6.0);
        let rectify_by = at.date().plus_days((days as i64).max(3));
        let listed = json!({ "supervising_unit": "@organisation:enforcement", "supervision_level": "district", "rectify_by": rectify_by });
        self.step(at, "head", "list", listed);
        let at = self.later(1.0, 8.0);
        let guarded = json!({
            "responsible": format!("@user:{safety}"), "measures": finding.measures, "funds": finding.funds_fen, "rectify_by": rectify_by,
            "contingency": finding.contingency, "interim": finding.interim,
        });
        self.step(at, &principal, "safeguard", guarded);
        let (low, high) = hours(0.15);
        let at = self.later(low, high);
        self.step(at, &principal, "start", json!({}));
        let (low, high) = hours(0.25);
        let at = self.later(low, high);
        self.step(at, "inspector", "record_check", json!({})).comment = Some("现场核查：防范措施已落实，治理按方案推进");
        let (low, high) = hours(0.35);
        let at = self.later(low, high);
        let done = json!({ "photos_after": ["@photo:after"], "proof": ["@paper"], "cost": finding.funds_fen - 150_000, "completed_on": at.date() });
        self.step(at, &principal, "self_accept", done);
        let at = self.later(1.0, 8.0);
        self.step(at, &principal, "submit_review", json!({}));
        let at = self.later(20.0, 60.0);
        let review = json!({
            "review_record": "复查组现场核验，治理完成，符合销号条件", "reviewers": ["@user:inspector", "@user:inspector2", format!("@user:{town}")],
            "removal_notice": ["@paper"],
        });
        self.step(at, "inspector2", "pass_review", review);
        self.told(enterprise, true)
    }

    fn told(self, enterprise: &EnterpriseSeat, major: bool) -> Story {
        Story { id: self.id, enterprise: enterprise.code.clone(), major, steps: self.steps }
    }

    /// Where the finding comes from, who makes it, and whether an authority reviews its removal.
    fn source(&mut self, enterprise: &EnterpriseSeat) -> (&'static str, String, bool) {
        let safety = safety_of(&enterprise.code);
        match self.dice.unit() {
            s if s < 0.60 && enterprise.code == "CW01" && self.dice.chance(0.5) => ("self_inspection", "worker".into(), false),
            s if s < 0.60 => ("self_inspection", safety, false),
            s if s < 0.68 => ("expert", "expert".into(), false),
            s if s < 0.74 => ("third_party", "third_party".into(), false),
            s if s < 0.78 && enterprise.in_park() => ("monitoring_alarm", safety, false),
            s if s < 0.96 => ("authority_inspection", "inspector".into(), true),
            _ => ("tip_off", "inspector".into(), true),
        }
    }

    fn unit(&mut self, enterprise: &EnterpriseSeat, finding: &Finding) -> Option<String> {
        let units: Vec<_> = self.district.units.iter().filter(|unit| unit.enterprise == enterprise.code).collect();
        let technical = finding.fits == Fits::Chemical && !units.is_empty();
        (technical && self.dice.chance(0.7)).then(|| self.dice.pick(&units).key.clone())
    }

    fn position(&mut self, enterprise: &EnterpriseSeat) -> Value {
        let at = enterprise.position.moved(self.dice.between(-90.0, 90.0), self.dice.between(-90.0, 90.0));
        json!({ "lon": at.lon, "lat": at.lat })
    }
}

fn fits(fits: Fits, enterprise: &EnterpriseSeat) -> bool {
    match fits {
        Fits::Any => true,
        Fits::Chemical => enterprise.in_park(),
        Fits::Trade(trade) => enterprise.trade == trade,
    }
}

/// The moment itself between 08:00 and 18:00 local time, else as far into the next morning as it lies outside.
fn into_working_hours(at: Instant) -> Instant {
    const HOUR_MS: i64 = 3_600_000;
    let into_day = at.since_ms(at.date().start());
    if into_day < 8 * HOUR_MS {
        at.date().start().plus_ms(8 * HOUR_MS + into_day / 4)
    } else if into_day >= 18 * HOUR_MS {
        at.date().end().plus_ms(8 * HOUR_MS + (into_day - 18 * HOUR_MS) / 3)
    } else {
        at
    }
}

/// The body with every `@…` word replaced by what `of` gives for it (without the `@`).
pub fn resolve(body: &Map<String, Value>, of: &mut impl FnMut(&str) -> String) -> Map<String, Value> {
    body.iter().map(|(name, value)| (name.clone(), resolved(value, of))).collect()
}

fn resolved(value: &Value, of: &mut impl FnMut(&str) -> String) -> Value {
    match value {
        Value::String(text) => match text.strip_prefix('@') {
            Some(word) => Value::String(of(word)),
            None => value.clone(),
        },
        Value::Array(items) => Value::Array(items.iter().map(|item| resolved(item, of)).collect()),
        Value::Object(fields) => Value::Object(resolve(fields, of)),
        _ => value.clone(),
    }
}
