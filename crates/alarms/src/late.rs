//! Readings older than what has been judged already. They may lengthen a run we know, or show one we did not: that becomes an alarm
//! with its own onset, raised and returned at once, so that somebody sees it. They never clear anything.

use anlan_base::{Instant, Quality};

use crate::alarm::{Alarm, AlarmState, Event, Transition};
use crate::evaluator::Evaluator;
use crate::latch::{NEVER, Says};
use crate::rule::Rule;
use crate::slot::{self, Episode, Family, Lane, MAX_LANES, Slot, Told};

/// Late alarms of one slot that may stand unacknowledged side by side; a further one is told on the newest of them.
const MAX_LATE: usize = 16;

struct Late<'a> {
    t: i64,
    v: f64,
    level: u8,
    grace_ms: i64,
    /// When it came, by our clock.
    now: i64,
    /// The last readings we know, this one included.
    recent: &'a [(i64, f64)],
}

impl Late<'_> {
    /// Whether a known reading between the two times was normal.
    fn contradicted(&self, rule: &Rule, family: Family, from: i64, to: i64) -> bool {
        self.recent.iter().any(|(t, v)| from < *t && *t < to && slot::level_of(rule, family, *v) == 0)
    }
    fn adjoins(&self, rule: &Rule, family: Family, from: i64, to: i64) -> bool {
        from <= to && to.saturating_sub(from) <= self.grace_ms && !self.contradicted(rule, family, from, to)
    }
}

impl Evaluator {
    pub(crate) fn hear_late(&mut self, at: usize, t: i64, v: f64, q: Quality, now: i64, out: &mut Vec<Transition>) {
        let state = &mut self.points[at];
        if state.knows(t, v) {
            return;
        }
        state.note(t, v);
        let (recent, grace_ms, newest) = (state.recent.clone(), state.grace_ms, state.process.t);
        for slot_at in state.slots.0 as usize..state.slots.1 as usize {
            let slot = &mut self.slots[slot_at];
            if !slot.family.is_process() {
                continue;
            }
            let rule = &self.rules[slot.rule as usize];
            let late = Late { t, v, level: slot::level_of(rule, slot.family, v), grace_ms, now, recent: &recent };
            if late.level == 0 {
                if q == Quality::Good {
                    slot.lanes.iter_mut().filter(|lane| t >= lane.to).for_each(|lane| lane.until = lane.until.min(t));
                }
                continue;
            }
            if slot.level > 0 && (t >= slot.run || late.adjoins(rule, slot.family, t, slot.run)) {
                if late.level > slot.peak {
                    self.tell_standing(slot_at, &late, out);
                }
            } else if begins_earlier(slot, rule, &late) {
                self.advance(at, Family::is_process, newest, out);
            } else {
                let slot = &self.slots[slot_at];
                let covers = |e: &Episode| e.from <= t && t <= e.to && late.level <= e.peak;
                if !slot.episodes.iter().any(covers) {
                    self.follow_lane(slot_at, &late, out);
                }
            }
        }
    }

    /// The run in late readings that this one belongs to; raises its alarm once it has held long enough.
    fn follow_lane(&mut self, slot_at: usize, late: &Late<'_>, out: &mut Vec<Transition>) {
        let slot = &mut self.slots[slot_at];
        let (rule, family) = (&self.rules[slot.rule as usize], slot.family);
        let grown = |lane: &Lane| {
            if (lane.since..=lane.to).contains(&late.t) {
                Some(lane.clone())
            } else if late.t < lane.until && late.adjoins(rule, family, lane.to, late.t) {
                Some(Lane { held: lane.held + (late.t - lane.to), to: late.t, ..lane.clone() })
            } else if late.adjoins(rule, family, late.t, lane.since) {
                Some(Lane { held: lane.held + (lane.since - late.t), since: late.t, ..lane.clone() })
            } else {
                None
            }
        };
        let mut lane = match slot.lanes.iter().enumerate().rev().find_map(|(at, lane)| Some((at, grown(lane)?))) {
            Some((at, lane)) => {
                slot.lanes.remove(at);
                lane
            }
            None => Lane { since: late.t, to: late.t, held: 0, peak: 0, until: i64::MAX, at: late.now, told: None },
        };
        let higher = late.level > lane.peak;
        lane.at = late.now;
        lane.peak = lane.peak.max(late.level);
        let within = |told: &Told| (told.from - late.grace_ms..=told.to + late.grace_ms).contains(&late.t);
        if lane.held >= rule.on_delay_ms && (higher || !lane.told.as_ref().is_some_and(within)) {
            lane.told = Some(self.tell_late(slot_at, &lane, late, higher, out));
        }
        let lanes = &mut self.slots[slot_at].lanes;
        if lanes.len() == MAX_LANES {
            lanes.remove(0);
        }
        lanes.push(lane);
    }

    /// Tells the run: as an alarm raised and returned at once, again where it is worse than that said, and where it is only longer by its
    /// corrected times.
    fn tell_late(&mut self, slot_at: usize, lane: &Lane, late: &Late<'_>, higher: bool, out: &mut Vec<Transition>) -> Told {
        let slot = &self.slots[slot_at];
        let (rule, family) = (&self.rules[slot.rule as usize], slot.family);
        let open = lane.told.as_ref().filter(|told| self.open.contains_key(&told.alarm));
        // An alarm of this run that somebody has closed stays closed: what it did not tell begins with this reading.
        let closed = lane.told.is_some() && open.is_none();
        let (onset, last) = if closed { (late.t, late.t) } else { (lane.since, lane.to) };
        // Until a reading says otherwise, and no longer than a reading is taken to stand.
        let normal = late.recent.iter().find(|(t, v)| *t > last && slot::level_of(rule, family, *v) == 0);
        let returned = normal.map_or(i64::MAX, |(t, _)| *t).min(last.saturating_add(late.grace_ms));
        let mut id = open.map_or_else(|| slot::alarm_id(&rule.id, rule.point, family, onset), |told| told.alarm.clone());
        if !self.open.contains_key(&id) {
            let beside = |a: &&Alarm| a.late && a.point == rule.point && a.rule == rule.id && a.side == family.side();
            let others: Vec<&Alarm> = self.open.values().filter(beside).collect();
            if others.len() >= MAX_LATE
                && let Some(newest) = others.iter().max_by_key(|a| a.onset)
            {
                id = newest.id.clone();
            }
        }
        let known = self.open.get(&id);
        let told = Told { alarm: id.clone(), from: onset, to: returned };
        if known.is_some_and(|alarm| !alarm.late) {
            // The same onset as an alarm in order: that one already tells it.
            return told;
        }
        let longer = !higher && open.is_some();
        let event = if known.is_some() { Event::Reraised } else { Event::Raised };
        let limit = slot::limits(rule, family)[usize::from(lane.peak - 1)];
        let alarm = self.open.entry(id.clone()).or_insert_with(|| Alarm {
            id,
            rule: rule.id.clone(),
            point: rule.point,
            side: family.side(),
            condition: slot::condition(rule, family, lane.peak),
            priority: slot::priority(rule, lane.peak),
            state: AlarmState::UnackActive,
            onset: Instant::from_ms(onset),
            raised_at: Instant::from_ms(onset.saturating_add(rule.on_delay_ms)),
            acked_at: None,
            acked_by: None,
            returned_at: None,
            value: None,
            limit,
            late: true,
        });
        let returned = alarm.returned_at.map_or(returned, |before| before.as_ms().max(returned));
        if onset < alarm.onset.as_ms() {
            alarm.onset = Instant::from_ms(onset);
            alarm.raised_at = Instant::from_ms(onset.saturating_add(rule.on_delay_ms));
        }
        if !longer {
            alarm.condition = slot::condition(rule, family, lane.peak);
            alarm.priority = slot::priority(rule, lane.peak);
            alarm.state = AlarmState::UnackActive;
            (alarm.value, alarm.limit, alarm.returned_at) = (Some(late.v), limit, None);
            out.push(Transition { alarm: alarm.clone(), event, at: Instant::from_ms(late.t) });
        }
        alarm.state = AlarmState::RtnUnack;
        alarm.returned_at = Some(Instant::from_ms(returned));
        out.push(Transition { alarm: alarm.clone(), event: Event::Returned, at: Instant::from_ms(returned) });
        told
    }

    /// The standing alarm had been worse than we knew: whoever acknowledged it must look again.
    fn tell_standing(&mut self, slot_at: usize, late: &Late<'_>, out: &mut Vec<Transition>) {
        let slot = &mut self.slots[slot_at];
        let (rule, family, level) = (&self.rules[slot.rule as usize], slot.family, slot.level);
        slot.peak = late.level;
        let Some(alarm) = slot.alarm.as_ref().and_then(|id| self.open.get_mut(id)) else { return };
        let mut set = |to: u8, event| {
            alarm.condition = slot::condition(rule, family, to);
            alarm.priority = slot::priority(rule, to);
            alarm.limit = slot::limits(rule, family)[usize::from(to - 1)];
            alarm.state = AlarmState::UnackActive;
            (alarm.acked_at, alarm.acked_by) = (None, None);
            alarm.value = Some(late.v);
            out.push(Transition { alarm: alarm.clone(), event, at: Instant::from_ms(late.t) });
        };
        set(late.level, Event::Escalated);
        if level < late.level {
            set(level, Event::Deescalated);
        }
    }
}

/// Moves the beginning of a run that has not yet held for its on-delay back to this reading, if it belongs to it.
fn begins_earlier(slot: &mut Slot, rule: &Rule, late: &Late<'_>) -> bool {
    if slot.level > 0 {
        return false;
    }
    let mut belongs = false;
    let limits = slot::limits(rule, slot.family);
    for (latch, limit) in slot.latches.iter_mut().zip(limits) {
        let runs = !latch.on && latch.since != NEVER && slot::says(rule, slot.family, limit, late.v) == Says::Present;
        if runs && latch.since <= late.t {
            belongs = true;
        } else if runs && late.adjoins(rule, slot.family, late.t, latch.since) {
            latch.since = late.t;
            belongs = true;
        }
    }
    belongs
}
