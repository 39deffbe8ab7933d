//! The fixed shape of an alarm, the same in lists and on the live stream.

use serde_json::{Value, json};

use crate::monitoring::AlarmView;

pub fn alarm(view: &AlarmView) -> Value {
    let alarm = &view.alarm;
    let mut out = json!({
        "id": alarm.id, "rule": alarm.rule, "point": view.point, "side": alarm.side, "condition": alarm.condition,
        "priority": alarm.priority, "state": alarm.state, "raised_at": alarm.raised_at,
        "value": alarm.value, "limit": alarm.limit, "unit": view.unit, "late": alarm.late,
        "point_name": view.point_name, "quantity": view.quantity, "rule_title": view.rule_title,
        "enterprise": {"id": view.enterprise.id, "code": view.enterprise.code, "name": view.enterprise.name},
    });
    if let Some(at) = alarm.acked_at {
        out["acked_at"] = json!(at);
    }
    if let Some(at) = alarm.returned_at {
        out["returned_at"] = json!(at);
    }
    if let Some((id, title)) = &view.hazard_unit {
        out["hazard_unit"] = json!({"id": id, "title": title});
    }
    if let Some(position) = &view.position {
        out["position"] = position.clone();
    }
    out
}
