//! Tests of the running platform, over its real interfaces: one module a subject. Names that begin with `pNN_` prove that promise.
mod access;
mod faults;
mod isolation;
mod overlay;
mod records;
mod science;
mod sessions;
mod signals;
