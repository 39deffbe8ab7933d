//! Judges the readings of one enterprise. Give it every reading in the order of the journal with the time it was received, a tick
//! about once a second, and store what comes back together with the journal position and, now and then, a snapshot.

use std::collections::{BTreeMap, HashMap};

use anlan_base::{AlarmId, Instant, Quality, Reading, UserId};
use serde::{Deserialize, Serialize};

use crate::alarm::{Alarm, AlarmState, Event, Transition};
use crate::latch::{Latch, NEVER, Says, Timeline};
use crate::rule::Rule;
use crate::slot::{self, Episode, Family, LANE_MS, Slot};

/// Recent readings kept per point to judge late ones by.
const RECENT: usize = 8;
/// Years 1970 to 2199. The intake turns other times away (`bad_time`); here they say nothing.
const CALENDAR_MS: std::ops::Range<i64> = 0..7_258_118_400_000;

#[derive(Debug, Default)]
pub struct Evaluator {
    pub(crate) rules: Vec<Rule>,
    pub(crate) points: Vec<PointState>,
    /// Slots of one point stand together.
    pub(crate) slots: Vec<Slot>,
    pub(crate) open: BTreeMap<AlarmId, Alarm>,
    /// Where a point stands in `points`.
    pub(crate) index: HashMap<u32, u32>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct PointState {
    pub point: u32,
    /// Readings with a usable value.
    pub process: Timeline,
    /// Readings of any quality.
    pub delivery: Timeline,
    pub last_v: f64,
    pub last_was_bad: bool,
    /// Device time and value of the last usable readings, ascending.
    pub recent: Vec<(i64, f64)>,
    /// Slots `from..to`.
    #[serde(skip)]
    pub slots: (u32, u32),
    #[serde(skip)]
    pub grace_ms: i64,
    #[serde(skip)]
    pub stale_ms: i64,
    /// A value strictly between these, on a calm point, changes nothing.
    #[serde(skip)]
    pub quiet: (f64, f64),
    #[serde(skip)]
    pub calm: bool,
}

impl PointState {
    pub fn new(point: u32) -> Self {
        Self {
            point,
            process: Timeline::EMPTY,
            delivery: Timeline::EMPTY,
            last_v: f64::NAN,
            last_was_bad: false,
            recent: Vec::new(),
            slots: (0, 0),
            grace_ms: 0,
            stale_ms: i64::MAX,
            quiet: (f64::NAN, f64::NAN),
            calm: false,
        }
    }

    fn slots(&self) -> std::ops::Range<usize> {
        self.slots.0 as usize..self.slots.1 as usize
    }

    /// Whether this very reading is among the recent ones.
    pub fn knows(&self, t: i64, v: f64) -> bool {
        self.recent.binary_search_by_key(&t, |r| r.0).is_ok_and(|at| self.recent[at].1 == v)
    }

    pub fn note(&mut self, t: i64, v: f64) {
        if self.recent.last().is_none_or(|last| last.0 < t) {
            if self.recent.len() == RECENT {
                self.recent.copy_within(1.., 0);
                self.recent[RECENT - 1] = (t, v);
            } else {
                self.recent.push((t, v));
            }
            return;
        }
        match self.recent.binary_search_by_key(&t, |r| r.0) {
            Ok(at) => self.recent[at].1 = v,
            Err(0) if self.recent.len() == RECENT => {}
            Err(at) => {
                if self.recent.len() == RECENT {
                    self.recent.remove(0);
                    self.recent.insert(at - 1, (t, v));
                } else {
                    self.recent.insert(at, (t, v));
                }
            }
        }
    }
}

/// Points, and which slots are theirs: `from..to`.
pub(crate) type Ranges = Vec<(u32, (u32, u32))>;

/// Fresh slots for rules in the order of their points, and which of them belong to each point.
pub(crate) fn lay_out(rules: &[Rule]) -> (Vec<Slot>, Ranges) {
    let mut slots: Vec<Slot> = Vec::new();
    let mut ranges: Ranges = Vec::new();
    for (rule, number) in rules.iter().zip(0_u32..) {
        let from = slots.len() as u32;
        slots.extend(slot::families(rule).into_iter().map(|family| Slot::new(number, family)));
        let to = slots.len() as u32;
        match ranges.last_mut().filter(|(point, _)| *point == rule.point) {
            Some((_, range)) => range.1 = to,
            None => ranges.push((rule.point, (from, to))),
        }
    }
    (slots, ranges)
}

/// No open alarm has this id.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no open alarm {0}")]
pub struct UnknownAlarm(pub AlarmId);

impl Evaluator {
    pub fn new() -> Self {
        Self::default()
    }

    /// Replaces the rules. What a kept rule was doing goes on; the standing alarm of one that is gone returns.
    pub fn set_rules(&mut self, rules: Vec<Rule>, now: Instant, out: &mut Vec<Transition>) {
        let mut old_slots: HashMap<(String, u32, Family), Slot> = HashMap::new();
        let old_rules = std::mem::take(&mut self.rules);
        for slot in std::mem::take(&mut self.slots) {
            let rule = &old_rules[slot.rule as usize];
            old_slots.insert((rule.id.0.clone(), rule.point, slot.family), slot);
        }
        let mut old_points: HashMap<u32, PointState> = std::mem::take(&mut self.points).into_iter().map(|p| (p.point, p)).collect();
        self.rules = rules;
        self.rules.sort_by(|a, b| (a.point, &a.id).cmp(&(b.point, &b.id)));
        self.rules.dedup_by(|a, b| (a.point, &a.id) == (b.point, &b.id));
        let (slots, ranges) = lay_out(&self.rules);
        self.slots = slots;
        for slot in &mut self.slots {
            let rule = &self.rules[slot.rule as usize];
            if let Some(kept) = old_slots.remove(&(rule.id.0.clone(), rule.point, slot.family)) {
                *slot = Slot { rule: slot.rule, ..kept };
            }
            if slot.family.is_process() {
                let limits = slot::limits(rule, slot.family);
                slot.latches.iter_mut().zip(limits).filter(|(_, limit)| limit.is_none()).for_each(|(latch, _)| *latch = Latch::OFF);
            }
        }
        for (point, range) in ranges {
            let mut state = old_points.remove(&point).unwrap_or_else(|| PointState::new(point));
            state.slots = range;
            self.points.push(state);
        }
        self.rebuild();
        let mut gone: Vec<AlarmId> = old_slots.into_values().filter(|slot| slot.level > 0).filter_map(|slot| slot.alarm).collect();
        gone.sort();
        gone.iter().for_each(|id| self.give_back(id, now.as_ms(), out));
        (0..self.slots.len()).for_each(|at| self.show(at, now.as_ms(), out));
        (0..self.points.len()).for_each(|at| self.calm_down(at));
    }

    /// Everything that follows from rules and slots.
    pub(crate) fn rebuild(&mut self) {
        self.index = self.points.iter().zip(0_u32..).map(|(p, at)| (p.point, at)).collect();
        for at in 0..self.points.len() {
            let slots = &self.slots[self.points[at].slots()];
            let rules = || slots.iter().map(|s| &self.rules[s.rule as usize]);
            let grace_ms = rules().map(Rule::grace_ms).max().unwrap_or(0);
            let silent = slots.iter().filter(|s| s.family == Family::Silence);
            let stale_ms = silent.map(|s| self.rules[s.rule as usize].stale_ms()).min().unwrap_or(i64::MAX);
            let mut quiet = (f64::NEG_INFINITY, f64::INFINITY);
            for slot in slots {
                let limits = slot::limits(&self.rules[slot.rule as usize], slot.family).into_iter().flatten();
                match slot.family {
                    Family::High => quiet.1 = limits.fold(quiet.1, f64::min),
                    Family::Low => quiet.0 = limits.fold(quiet.0, f64::max),
                    // A contact is compared, not bounded: no value is quiet.
                    Family::Contact => quiet = (f64::NAN, f64::NAN),
                    Family::Quality | Family::Silence => {}
                }
            }
            let state = &mut self.points[at];
            (state.grace_ms, state.stale_ms, state.quiet) = (grace_ms, stale_ms, quiet);
            self.calm_down(at);
        }
    }

    fn calm_down(&mut self, at: usize) {
        self.points[at].calm = self.slots[self.points[at].slots()].iter().all(Slot::is_calm);
    }

    /// Judges one reading. `now` is when it was received.
    pub fn reading(&mut self, reading: Reading, now: Instant, out: &mut Vec<Transition>) {
        let Some(at) = self.index.get(&reading.point).map(|at| *at as usize) else { return };
        let (t, v, now) = (reading.t.as_ms(), reading.v, now.as_ms());
        if !CALENDAR_MS.contains(&t) {
            return;
        }
        let state = &mut self.points[at];
        let prompt = state.delivery.at == NEVER || now.saturating_sub(state.delivery.at) < state.stale_ms;
        let quiet = v > state.quiet.0 && v < state.quiet.1;
        if state.calm && prompt && quiet && reading.q == Quality::Good && v.is_finite() && t > state.process.t && t >= state.delivery.t {
            state.process = Timeline { t, at: now, frozen: NEVER };
            state.delivery = state.process;
            state.last_v = v;
            state.last_was_bad = false;
            state.note(t, v);
            return;
        }
        self.hear_silence(at, now, out);
        let q = if v.is_finite() { reading.q } else { Quality::Bad };
        self.hear_quality(at, t, q, now, out);
        self.hear_value(at, t, v, q, now, out);
        self.calm_down(at);
    }

    /// Lets the clock run: delays go on while readings are fresh, and silence is noticed.
    pub fn tick(&mut self, now: Instant, out: &mut Vec<Transition>) {
        let now = now.as_ms();
        for at in 0..self.points.len() {
            let state = &self.points[at];
            if state.delivery.at == NEVER {
                continue;
            }
            let silent = now.saturating_sub(state.delivery.at) >= state.stale_ms;
            if state.calm && !silent {
                continue;
            }
            self.hear_silence(at, now, out);
            for slot in &mut self.slots[self.points[at].slots()] {
                slot.lanes.retain(|lane| now.saturating_sub(lane.at) < LANE_MS);
            }
            let state = &self.points[at];
            let (grace_ms, process, delivery) = (state.grace_ms, state.process, state.delivery);
            self.advance(at, Family::is_process, process.reach_now(now, grace_ms), out);
            self.advance(at, |f| f == Family::Quality, delivery.reach_now(now, grace_ms), out);
            self.calm_down(at);
        }
    }

    /// After a restart: time in which we did not listen is nobody's silence.
    pub fn resume(&mut self, now: Instant) {
        for state in self.points.iter_mut().filter(|s| s.delivery.at != NEVER) {
            state.delivery.at = state.delivery.at.max(now.as_ms());
        }
    }

    /// Somebody has seen the alarm. `None` if it was acknowledged before.
    pub fn ack(&mut self, id: &AlarmId, now: Instant, by: &UserId) -> Result<Option<Transition>, UnknownAlarm> {
        let alarm = self.open.get_mut(id).ok_or_else(|| UnknownAlarm(id.clone()))?;
        let event = match alarm.state {
            AlarmState::UnackActive => {
                alarm.state = AlarmState::AckedActive;
                Event::Acked
            }
            AlarmState::RtnUnack => {
                alarm.state = AlarmState::Normal;
                Event::Closed
            }
            _ => return Ok(None),
        };
        (alarm.acked_at, alarm.acked_by) = (Some(now), Some(by.clone()));
        let alarm = alarm.clone();
        if event == Event::Closed {
            self.forget(id);
        }
        Ok(Some(Transition { alarm, event, at: now }))
    }

    /// Every alarm that still asks for somebody.
    pub fn active(&self) -> impl Iterator<Item = &Alarm> {
        self.open.values()
    }

    pub fn get(&self, id: &AlarmId) -> Option<&Alarm> {
        self.open.get(id)
    }

    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// Raises `stale` for a silence that has become too long by `now`. It began to be too long at a known time, whoever notices it.
    fn hear_silence(&mut self, at: usize, now: i64, out: &mut Vec<Transition>) {
        let came_at = self.points[at].delivery.at;
        if came_at == NEVER {
            return;
        }
        for slot_at in self.points[at].slots() {
            let slot = &mut self.slots[slot_at];
            let due = came_at.saturating_add(self.rules[slot.rule as usize].stale_ms());
            if slot.family == Family::Silence && !slot.latches[0].on && now >= due {
                slot.latches[0].since = due;
                slot.latches[0].flip();
                self.show(slot_at, due, out);
            }
        }
    }

    fn hear_quality(&mut self, at: usize, t: i64, q: Quality, now: i64, out: &mut Vec<Transition>) {
        let state = &mut self.points[at];
        let grace_ms = state.grace_ms;
        let before = state.delivery;
        let in_order = t >= before.t;
        state.delivery = Timeline { t: before.t.max(t), at: now, frozen: NEVER };
        if in_order {
            state.last_was_bad = q == Quality::Bad;
        }
        if q == Quality::Good {
            for slot_at in self.points[at].slots() {
                if self.slots[slot_at].family == Family::Silence && self.slots[slot_at].latches[0].on {
                    self.slots[slot_at].latches[0] = Latch::OFF;
                    self.show(slot_at, now, out);
                }
            }
        }
        if !in_order {
            return;
        }
        let is_quality = |f| f == Family::Quality;
        self.advance(at, is_quality, before.reach(t, grace_ms), out);
        let lost = before.lost_until(t, grace_ms);
        let says = match q {
            Quality::Bad => Says::Present,
            Quality::Uncertain => Says::Between,
            Quality::Good => Says::Gone,
        };
        for slot_at in self.points[at].slots() {
            let slot = &mut self.slots[slot_at];
            if slot.family == Family::Quality {
                slot.latches[0].lose(lost);
                slot.latches[0].hear(t, says);
            }
        }
        self.advance(at, is_quality, t, out);
    }

    fn hear_value(&mut self, at: usize, t: i64, v: f64, q: Quality, now: i64, out: &mut Vec<Transition>) {
        let state = &mut self.points[at];
        let grace_ms = state.grace_ms;
        // An uncertain value may raise an alarm but not clear one.
        let raises = || {
            self.slots[state.slots()].iter().any(|s| s.family.is_process() && slot::level_of(&self.rules[s.rule as usize], s.family, v) > 0)
        };
        let usable = match q {
            Quality::Good => true,
            Quality::Uncertain => raises(),
            Quality::Bad => false,
        };
        if !usable {
            if t >= state.process.t {
                state.process.freeze(t, grace_ms);
                let until = state.process.reach(t, grace_ms);
                self.advance(at, Family::is_process, until, out);
            }
            return;
        }
        if t < state.process.t {
            self.hear_late(at, t, v, q, now, out);
            return;
        }
        if t == state.process.t && state.knows(t, v) && q == Quality::Good {
            return;
        }
        let before = state.process;
        self.advance(at, Family::is_process, before.reach(t, grace_ms), out);
        let state = &mut self.points[at];
        state.process = Timeline { t, at: now, frozen: NEVER };
        state.last_v = v;
        state.note(t, v);
        if state.last_was_bad && state.delivery.t > t {
            let bad_at = state.delivery.t;
            state.process.freeze(bad_at, grace_ms);
        }
        let lost = before.lost_until(t, grace_ms);
        for slot_at in self.points[at].slots() {
            let slot = &mut self.slots[slot_at];
            if !slot.family.is_process() {
                continue;
            }
            let rule = &self.rules[slot.rule as usize];
            for (latch, limit) in slot.latches.iter_mut().zip(slot::limits(rule, slot.family)) {
                let says = slot::says(rule, slot.family, limit, v);
                latch.lose(lost);
                if q == Quality::Good || says == Says::Present {
                    latch.hear(t, says);
                }
            }
        }
        self.advance(at, Family::is_process, t, out);
    }

    /// Flips every latch of these families that falls due up to `until`, in the order of time.
    pub(crate) fn advance(&mut self, at: usize, families: impl Fn(Family) -> bool, until: i64, out: &mut Vec<Transition>) {
        for slot_at in self.points[at].slots() {
            if !families(self.slots[slot_at].family) {
                continue;
            }
            loop {
                let slot = &mut self.slots[slot_at];
                let rule = &self.rules[slot.rule as usize];
                let due = |l: &Latch| l.due(rule.on_delay_ms, rule.off_delay_ms).filter(|due| *due <= until);
                let Some(next) = slot.latches.iter().filter_map(due).min() else { break };
                for latch in &mut slot.latches {
                    if due(latch) == Some(next) {
                        latch.flip();
                    }
                }
                self.show(slot_at, next, out);
            }
        }
    }

    /// Brings the slot's alarm into line with its latches.
    fn show(&mut self, slot_at: usize, at: i64, out: &mut Vec<Transition>) {
        let slot = &mut self.slots[slot_at];
        let (was, is) = (slot.level, slot.latched());
        if was == is {
            return;
        }
        slot.level = is;
        if is == 0 {
            let episode = Episode { from: slot.run, to: at, peak: slot.peak };
            slot.remember(episode);
            slot.peak = 0;
            if let Some(id) = slot.alarm.clone() {
                self.give_back(&id, at, out);
            }
            return;
        }
        let rule = &self.rules[slot.rule as usize];
        slot.peak = slot.peak.max(is);
        if was == 0 {
            slot.run = slot.latches.iter().filter(|l| l.on).map(|l| l.onset).min().unwrap_or(at);
        }
        let onset = slot.run;
        let id = slot.alarm.get_or_insert_with(|| slot::alarm_id(&rule.id, rule.point, slot.family, onset)).clone();
        let family = slot.family;
        let value = family.is_process().then(|| self.index.get(&rule.point).map(|p| self.points[*p as usize].last_v)).flatten();
        let limit = slot::limits(rule, family)[usize::from(is - 1)];
        let known = self.open.contains_key(&id);
        let alarm = self.open.entry(id.clone()).or_insert_with(|| Alarm {
            id,
            rule: rule.id.clone(),
            point: rule.point,
            side: family.side(),
            condition: slot::condition(rule, family, is),
            priority: slot::priority(rule, is),
            state: AlarmState::UnackActive,
            onset: Instant::from_ms(onset),
            raised_at: Instant::from_ms(at),
            acked_at: None,
            acked_by: None,
            returned_at: None,
            value,
            limit,
            late: false,
        });
        alarm.condition = slot::condition(rule, family, is);
        alarm.priority = slot::priority(rule, is);
        (alarm.limit, alarm.returned_at) = (limit, None);
        let event = match (was, is) {
            (0, _) if !known => Event::Raised,
            (0, _) => Event::Reraised,
            (1, 2) => Event::Escalated,
            _ => Event::Deescalated,
        };
        if event != Event::Deescalated {
            alarm.value = value;
            alarm.state = AlarmState::UnackActive;
            (alarm.acked_at, alarm.acked_by) = (None, None);
        }
        out.push(Transition { alarm: alarm.clone(), event, at: Instant::from_ms(at) });
    }

    /// The condition is gone.
    fn give_back(&mut self, id: &AlarmId, at: i64, out: &mut Vec<Transition>) {
        let Some(alarm) = self.open.get_mut(id) else { return };
        alarm.returned_at = Some(Instant::from_ms(at));
        let event = if alarm.state == AlarmState::AckedActive {
            alarm.state = AlarmState::Normal;
            Event::Closed
        } else {
            alarm.state = AlarmState::RtnUnack;
            Event::Returned
        };
        out.push(Transition { alarm: alarm.clone(), event, at: Instant::from_ms(at) });
        if event == Event::Closed {
            let id = id.clone();
            self.forget(&id);
        }
    }

    fn forget(&mut self, id: &AlarmId) {
        let Some(alarm) = self.open.remove(id) else { return };
        let Some(at) = self.index.get(&alarm.point) else { return };
        let slots = self.points[*at as usize].slots();
        for slot in &mut self.slots[slots] {
            if slot.alarm.as_ref() == Some(id) {
                slot.alarm = None;
            }
        }
    }
}
