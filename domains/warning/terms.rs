//! Why a hazard unit has a colour: one term for each live alarm and open major danger, each with what it rests on.
//! Absent on purpose: where alarms and dangers come from, and saving the warning.

#[cfg(test)]
mod tests;

use anlan_alarms::Condition;
use anlan_base::{AlarmId, Instant, RecordId};

use super::scheme::{Rule, Scheme};
use super::warning::{Colour, Term};
use crate::major_hazard::hazard_unit::Level;

/// An alarm of a point of the unit: active, or returned not longer ago than the window of two detectors.
#[derive(Clone, Debug, PartialEq)]
pub struct LiveAlarm {
    pub id: AlarmId,
    /// The point's id and its name for people.
    pub point: String,
    pub point_name: String,
    pub quantity: String,
    pub condition: Condition,
    /// When its present condition began: an H that became HH counts from the HH.
    pub since: Instant,
    pub acked_at: Option<Instant>,
    pub returned_at: Option<Instant>,
    /// With which it was raised or last became worse.
    pub value: Option<f64>,
    pub limit: Option<f64>,
    pub unit: Option<String>,
}

/// An open major danger of the unit.
#[derive(Clone, Debug, PartialEq)]
pub struct OpenDanger {
    pub id: RecordId,
    pub title: String,
    pub since: Instant,
    pub due_at: Option<Instant>,
}

/// What a judgement rests on.
#[derive(Clone, Debug, Default)]
pub struct Situation {
    /// `None`: the unit is no major hazard source.
    pub level: Option<Level>,
    pub alarms: Vec<LiveAlarm>,
    /// Major dangers only.
    pub dangers: Vec<OpenDanger>,
    /// Since when the unit's open warning waits for an answer; `None` without one, or once it is answered.
    pub unanswered_since: Option<Instant>,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Judgement {
    /// Worst first, then oldest. Empty: the unit has no colour.
    pub terms: Vec<Term>,
    /// When the mere passing of time next changes the terms.
    pub next_change_at: Option<Instant>,
}

impl Judgement {
    pub fn colour(&self) -> Option<Colour> {
        self.terms.first().and_then(|term| term.colour)
    }
}

/// The terms that hold now.
pub fn judge(situation: &Situation, scheme: &Scheme, now: Instant) -> Judgement {
    let mut found = Found { now, terms: Vec::new(), next: None };
    for alarm in situation.alarms.iter().filter(|alarm| alarm.returned_at.is_none()) {
        found.alarm(alarm, &rules_for(alarm, situation.level, scheme));
    }
    found.gas_pair(&situation.alarms, scheme);
    for danger in &situation.dangers {
        found.danger(danger, scheme);
    }
    if let Some(since) = situation.unanswered_since {
        found.unanswered(since, scheme);
    }
    found.terms.sort_by_key(|term| (severity(term.colour), term.since, term.alarm.clone(), term.danger.clone()));
    Judgement { terms: found.terms, next_change_at: found.next }
}

/// The judged terms with the row ids of those that already stood; `None` if nothing changed.
pub fn renewed(standing: &[Term], judged: Vec<Term>) -> Option<Vec<Term>> {
    let without_id = |term: &Term| Term { id: None, ..term.clone() };
    if standing.len() == judged.len() && standing.iter().zip(&judged).all(|(old, new)| without_id(old) == *new) {
        return None;
    }
    let same = |old: &Term, new: &Term| old.rule == new.rule && old.alarm == new.alarm && old.danger == new.danger;
    let keep = |new: Term| Term { id: standing.iter().find(|old| same(old, &new)).and_then(|old| old.id.clone()), ..new };
    Some(judged.into_iter().map(keep).collect())
}

/// A rule that concerns this alarm, and from when it counts.
struct Applies<'s> {
    name: &'static str,
    rule: &'s Rule,
    from: Instant,
}

fn rules_for<'s>(alarm: &LiveAlarm, level: Option<Level>, scheme: &'s Scheme) -> Vec<Applies<'s>> {
    let high_level = matches!(level, Some(Level::Level1 | Level::Level2));
    let severe = matches!(alarm.condition, Condition::HH | Condition::LL);
    let instrument = matches!(alarm.condition, Condition::Stale | Condition::BadQuality);
    let fire = scheme.fire.contains(&alarm.quantity) && !instrument;
    let from = alarm.since;
    let mut rules = vec![Applies { name: "any_alarm", rule: &scheme.any_alarm, from }];
    let mut add = |applies: bool, name, rule, from| {
        if applies {
            rules.push(Applies { name, rule, from });
        }
    };
    add(matches!(alarm.condition, Condition::H | Condition::L), "high_or_low_held", &scheme.high_or_low_held, from);
    add(severe, "severe_held", &scheme.severe_held, from);
    add(severe && high_level && alarm.acked_at.is_none(), "severe_unacknowledged", &scheme.severe_unacknowledged, from);
    add(severe && high_level, "severe_long", &scheme.severe_long, from);
    add(fire && alarm.acked_at.is_some(), "fire_confirmed", &scheme.fire_confirmed, alarm.acked_at.unwrap_or(from));
    add(alarm.condition == Condition::Bypass && high_level, "bypassed", &scheme.bypassed, from);
    add(alarm.condition == Condition::Stale && high_level, "offline_long", &scheme.offline_long, from);
    rules
}

/// Collects terms, and the first moment at which one of them would become worse or go.
struct Found {
    now: Instant,
    terms: Vec<Term>,
    next: Option<Instant>,
}

impl Found {
    /// One term an alarm: its worst rule that holds.
    fn alarm(&mut self, alarm: &LiveAlarm, rules: &[Applies]) {
        let starts = |applies: &Applies| applies.from.plus_s(i64::from(applies.rule.after_s));
        let (holding, waiting): (Vec<_>, Vec<_>) = rules.iter().partition(|applies| starts(applies) <= self.now);
        let worst = holding.into_iter().min_by_key(|applies| severity(Some(applies.rule.colour)));
        let present = severity(worst.map(|applies| applies.rule.colour));
        for applies in waiting.into_iter().filter(|applies| severity(Some(applies.rule.colour)) < present) {
            self.changes_at(starts(applies));
        }
        let Some(Applies { name, rule, .. }) = worst else { return };
        let say = |words: &str| in_words(words, alarm, &alarm.point_name, rule.after_s);
        self.terms.push(Term {
            rule: Some((*name).to_owned()),
            colour: Some(rule.colour),
            text: Some(say(&rule.zh)),
            text_en: Some(say(&rule.en)),
            ..of_alarm(alarm)
        });
    }

    /// Two detectors, not one that chatters. One of the two may have returned, but not long ago.
    fn gas_pair(&mut self, alarms: &[LiveAlarm], scheme: &Scheme) {
        let pair = &scheme.gas_at_two_detectors;
        let window_ms = i64::from(pair.within_s) * 1000;
        let gone_at = |alarm: &LiveAlarm| alarm.returned_at.map(|returned| returned.plus_ms(window_ms));
        let mut level_2: Vec<&LiveAlarm> = alarms
            .iter()
            .filter(|alarm| scheme.gas.contains(&alarm.quantity) && alarm.condition == Condition::HH)
            .filter(|alarm| gone_at(alarm).is_none_or(|gone| gone > self.now))
            .collect();
        level_2.sort_by_key(|alarm| (alarm.since, &alarm.point));
        let pairs = level_2.iter().enumerate().flat_map(|(at, first)| level_2[at + 1..].iter().map(move |second| (*first, *second)));
        let found = pairs
            .filter(|(first, second)| first.point != second.point && second.since.since_ms(first.since) <= window_ms)
            .filter(|(first, second)| first.returned_at.is_none() || second.returned_at.is_none())
            // The pair that lasts: both active, if there is one.
            .max_by_key(|(first, second)| {
                (first.returned_at.is_none() && second.returned_at.is_none(), std::cmp::Reverse((first.since, second.since)))
            });
        let Some((first, second)) = found else { return };
        for gone in [gone_at(first), gone_at(second)].into_iter().flatten() {
            self.changes_at(gone);
        }
        let both = format!("{}, {}", first.point_name, second.point_name);
        let say = |words: &str| in_words(words, second, &both, pair.within_s);
        self.terms.push(Term {
            rule: Some("gas_at_two_detectors".to_owned()),
            colour: Some(pair.colour),
            text: Some(say(&pair.zh)),
            text_en: Some(say(&pair.en)),
            ..of_alarm(second)
        });
    }

    fn danger(&mut self, danger: &OpenDanger, scheme: &Scheme) {
        let overdue = danger.due_at.is_some_and(|due| due <= self.now);
        if let Some(due) = danger.due_at.filter(|_| !overdue) {
            self.changes_at(due);
        }
        let (name, rule) =
            if overdue { ("major_danger_overdue", &scheme.major_danger_overdue) } else { ("major_danger_open", &scheme.major_danger_open) };
        self.terms.push(Term {
            rule: Some(name.to_owned()),
            colour: Some(rule.colour),
            since: Some(danger.due_at.filter(|_| overdue).unwrap_or(danger.since)),
            danger: Some(danger.id.clone()),
            text: Some(rule.zh.replace("{danger}", &danger.title)),
            text_en: Some(rule.en.replace("{danger}", &danger.title)),
            ..Term::default()
        });
    }

    /// One colour worse for each span of patience that has passed since the warning was issued.
    fn unanswered(&mut self, since: Instant, scheme: &Scheme) {
        let Some(base) = self.terms.iter().filter_map(|term| term.colour).min_by_key(|colour| severity(Some(*colour))) else { return };
        let (mut colour, mut from) = (base, since);
        while let Some((worse, after_s)) = worse_than(colour, scheme) {
            let at = from.plus_s(i64::from(after_s));
            if at > self.now {
                self.changes_at(at);
                break;
            }
            (colour, from) = (worse, at);
        }
        if colour != base {
            self.terms.push(Term {
                rule: Some("unanswered".to_owned()),
                colour: Some(colour),
                since: Some(from),
                text: Some(scheme.unanswered.zh.clone()),
                text_en: Some(scheme.unanswered.en.clone()),
                ..Term::default()
            });
        }
    }

    fn changes_at(&mut self, at: Instant) {
        if at > self.now {
            self.next = Some(self.next.map_or(at, |next| next.min(at)));
        }
    }
}

fn of_alarm(alarm: &LiveAlarm) -> Term {
    Term {
        since: Some(alarm.since),
        alarm: Some(alarm.id.0.clone()),
        point: Some(alarm.point.clone()),
        condition: Some(alarm.condition.as_str().to_owned()),
        value: alarm.value,
        limit: alarm.limit,
        unit: alarm.unit.clone(),
        ..Term::default()
    }
}

fn worse_than(colour: Colour, scheme: &Scheme) -> Option<(Colour, u32)> {
    match colour {
        Colour::Blue => Some((Colour::Yellow, scheme.unanswered_s.blue)),
        Colour::Yellow => Some((Colour::Orange, scheme.unanswered_s.yellow)),
        Colour::Orange => Some((Colour::Red, scheme.unanswered_s.orange)),
        Colour::Red | Colour::Unlisted => None,
    }
}

/// Red is 0; no colour comes last.
fn severity(colour: Option<Colour>) -> u8 {
    colour.map_or(u8::MAX, super::rules::severity)
}

fn in_words(words: &str, alarm: &LiveAlarm, point: &str, delay_s: u32) -> String {
    let number = |value: Option<f64>| value.map_or_else(|| "—".to_owned(), |value| value.to_string());
    words
        .replace("{point}", point)
        .replace("{condition}", alarm.condition.as_str())
        .replace("{value}", &number(alarm.value))
        .replace("{limit}", &number(alarm.limit))
        .replace("{unit}", alarm.unit.as_deref().unwrap_or_default())
        .replace("{minutes}", &(delay_s / 60).to_string())
}
