//! Who may do what, where: posts, what they cover, and one rule that serves as a check on a record and as a filter of lists.
//! Absent on purpose: SQL, HTTP, the kinds themselves.

mod filter;
mod policy;
mod post;

pub use filter::{Facts, Filter, ReadScope};
pub use policy::{Grant, KindPolicy, Relation, facts_admitted, read_scope};
pub use post::{Post, PostScope, Subject};
