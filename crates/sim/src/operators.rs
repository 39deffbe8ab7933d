//! What the simulated people do next: they carry stories of dangers on, find new ones, acknowledge alarms and answer warnings.
//! A generator of intents only; whoever asks carries them out through the use cases. The farm of the scripted leak is left to the viewer.

use std::collections::BTreeMap;
use std::sync::Arc;

use anlan_base::Instant;
use serde_json::{Map, Value, json};

use crate::district::{At, District};
use crate::people::{principal_of, safety_of};
use crate::random::Dice;
use crate::story::{Pace, Step, Story, stories};

/// The unit whose alarms and warnings nobody simulated touches.
const VIEWERS_UNIT: &str = "CW01-U2";

/// Does the next steps of stories as their time comes.
pub struct Operators {
    district: Arc<District>,
    /// New stories are told up to here.
    told_until: Instant,
    waiting: BTreeMap<(Instant, u64), Story>,
}

/// One thing to do now.
#[derive(Clone, Debug, PartialEq)]
pub struct Intent {
    /// Which danger: the record that this story's `create` step made.
    pub story: u64,
    /// Code.
    pub enterprise: String,
    pub step: Step,
}

impl Operators {
    /// `unfinished`: stories of the history; their steps before `now` are taken as done.
    pub fn new(district: Arc<District>, unfinished: Vec<Story>, now: Instant) -> Self {
        let mut operators = Self { district, told_until: now, waiting: BTreeMap::new() };
        for mut story in unfinished {
            story.steps.retain(|step| step.at > now);
            operators.wait(story);
        }
        operators
    }

    fn wait(&mut self, story: Story) {
        if let Some(step) = story.steps.first() {
            self.waiting.insert((step.at, story.id), story);
        }
    }

    /// What is due by `now`, oldest first, each once. A clock that stood still for long gives at most one hour of new findings.
    pub fn due(&mut self, now: Instant) -> Vec<Intent> {
        if now > self.told_until {
            let from = self.told_until.max(now.plus_s(-3600));
            for story in stories(&self.district, Pace::Minutes, from, now) {
                self.wait(story);
            }
            self.told_until = now;
        }
        let mut due = Vec::new();
        while let Some(entry) = self.waiting.first_entry()
            && entry.key().0 <= now
        {
            let mut story = entry.remove();
            let step = story.steps.remove(0);
            due.push(Intent { story: story.id, enterprise: story.enterprise.clone(), step });
            self.wait(story);
        }
        due
    }

    /// Gives a story up, when a step of it was refused: what follows would be refused too.
    pub fn abandon(&mut self, story: u64) {
        self.waiting.retain(|(_, id), _| *id != story);
    }
}

#[derive(Clone, Debug, PartialEq)]
pub struct AlarmAnswer {
    pub at: Instant,
    /// Username.
    pub by: String,
    pub comment: &'static str,
}

/// When somebody acknowledges the alarm of this point, if anybody does: mostly within minutes, one in eight much later.
pub fn answer_alarm(district: &District, point: &str, onset: Instant) -> Option<AlarmAnswer> {
    let point = &district.points[district.point(point)?];
    if point.unit.as_deref() == Some(VIEWERS_UNIT) {
        return None;
    }
    let mut dice = Dice::numbered(district.seed, &point.id, onset.as_ms() as u64);
    let delay_s = if dice.chance(0.88) { dice.between(70.0, 420.0) } else { dice.between(900.0, 7200.0) };
    let comment = *dice.pick(&["已通知现场确认", "现场已处理，持续观察", "仪表检查中", "已安排人员到场", "工艺调整中"]);
    Some(AlarmAnswer { at: onset.plus_ms((delay_s * 1000.0) as i64), by: safety_of(&point.enterprise), comment })
}

#[derive(Clone, Debug, PartialEq)]
pub struct WarningMove {
    pub at: Instant,
    /// Username.
    pub by: String,
    pub action: &'static str,
    pub body: Map<String, Value>,
}

/// A warning as far as the simulated people look at it.
#[derive(Clone, Copy, Debug)]
pub struct WarningSeen<'a> {
    pub id: &'a str,
    /// Code.
    pub enterprise: &'a str,
    /// Key of the hazard unit.
    pub unit: &'a str,
    pub state: &'a str,
    pub state_since: Instant,
    /// Worst colour so far.
    pub peak: &'a str,
    /// Its conditions are gone.
    pub cleared: bool,
}

/// What is done next with a warning and when; `None` where nobody simulated has anything to do.
pub fn answer_warning(district: &District, warning: &WarningSeen<'_>) -> Option<WarningMove> {
    if warning.unit == VIEWERS_UNIT {
        return None;
    }
    let enterprise = district.enterprise(warning.enterprise)?;
    let safety = safety_of(&enterprise.code);
    let superior = match warning.peak {
        "blue" => principal_of(&enterprise.code),
        "yellow" => {
            let over = |at: &At| *at == At::Region(enterprise.region);
            district.people.iter().find(|person| person.role == "town_officer" && over(&person.at))?.username.clone()
        }
        _ => "duty".to_owned(),
    };
    let handler = format!("@user:{safety}");
    let (by, action, body, low_s, high_s) = match warning.state {
        "issued" => (safety, "receive", json!({}), 60.0, 400.0),
        "received" => (safety, "verify", json!({}), 60.0, 300.0),
        "verifying" => (safety, "handle", json!({ "cause": "现场核实：工艺参数波动，已安排处置" }), 120.0, 600.0),
        "handling" if warning.cleared => {
            let body =
                json!({ "measures": "调整工艺参数并检查仪表，数值恢复正常", "handler": handler, "readings": "监测数据已连续恢复正常" });
            (safety, "feed_back", body, 120.0, 500.0)
        }
        "feedback" => (superior, "confirm", json!({}), 180.0, 900.0),
        "confirmed_cleared" if warning.cleared => (safety, "close", json!({}), 60.0, 400.0),
        _ => return None,
    };
    let Value::Object(body) = body else { unreachable!("bodies are written as objects") };
    let mut dice = Dice::numbered(district.seed, warning.id, warning.state_since.as_ms() as u64);
    let at = warning.state_since.plus_ms((dice.between(low_s, high_s) * 1000.0) as i64);
    Some(WarningMove { at, by, action, body })
}
