//! The only SQL: SQLite and PostgreSQL from one set of queries. Absent on purpose: decisions, the clock, HTTP.
//!
//! A question for records that does not say what its asker may see is not a question:
//! ```compile_fail,E0061
//! # async fn unscoped(store: anlan_store::Store, query: anlan_store::RecordQuery) {
//! store.records(&query).await.unwrap();
//! # }
//! ```
//! Nor is one for model runs:
//! ```compile_fail,E0061
//! # async fn unscoped(store: anlan_store::Store, id: anlan_base::ModelRunId) {
//! store.model_run(&id).await.unwrap();
//! # }
//! ```
//! And nobody outside the policy can make up such a scope:
//! ```compile_fail,E0451
//! let everything = anlan_access::ReadScope { filter: anlan_access::Filter::Everything };
//! ```

mod alarms;
mod chunks;
mod delivery;
mod engine;
mod error;
mod files;
mod filter;
mod known;
mod model_runs;
mod open;
mod people;
mod places;
mod records;
mod save;
mod schema;
mod signals;
mod tasks;
mod tx;
mod typed;

pub use alarms::{AlarmEvent, AlarmQuery, Snapshot, StoredAlarm};
pub use chunks::Chunks;
pub use delivery::{Begun, Message};
pub use error::StoreError;
pub use files::{Attachment, Blobs};
pub use model_runs::{ModelRun, ModelRunQuery, RunScope, StoredRun};
pub use open::{DataFolder, Store, Target};
pub use people::{Session, User, UserQuery};
pub use places::{Organisation, Region};
pub use records::{Counts, Event, Located, RecordQuery, Reference};
pub use save::NewEvent;
pub use signals::{Gateway, PointQuery, StoredPoint};
pub use tasks::{OpenTask, TaskQuery, TasksOf};
pub use tx::Tx;
