//! What every room shares: ids, time, the working-day calendar, regions, refusals. Absent on purpose: I/O, the wall clock, randomness.

mod calendar;
mod id;
mod place;
mod reading;
mod refusal;
mod region;
mod time;
mod uscc;

pub use calendar::{Calendar, WorkingDay};
pub use id::{
    AlarmId, AttachmentId, EnterpriseId, EventId, Ids, ModelRunId, Name, NameError, OrganisationId, RecordId, SeededIds, TaskId, UserId,
    uuid_v7,
};
pub use place::Place;
pub use reading::{Quality, Reading};
pub use refusal::Refusal;
pub use region::RegionPath;
pub use time::{Clock, Date, Instant, ManualClock, TimeError, ZONE_OFFSET_S};
pub use uscc::{UnifiedCreditCode, UsccError};
