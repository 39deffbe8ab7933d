//! Rule, reading and time to alarm state (ISA-18.2). Absent on purpose: storage, notification, the wall clock.

mod alarm;
mod evaluator;
mod latch;
mod late;
mod rule;
mod slot;
mod snapshot;

pub use alarm::{Alarm, AlarmState, Condition, Event, Side, Transition};
pub use evaluator::{Evaluator, UnknownAlarm};
pub use rule::{Priority, Rule, Watch};
pub use snapshot::SnapshotError;
