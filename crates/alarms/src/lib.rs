//! Rule, reading and time to alarm state (ISA-18.2). Absent on purpose: storage, notification, the wall clock.

mod alarm;
mod rule;

pub use alarm::{Alarm, AlarmState, Condition, Event, Side, Transition};
pub use rule::{Priority, Rule, Watch};
