//! How fast a pool spreads and gives off vapour. Specification 03.

pub mod boiling;
pub mod mass_transfer;
pub mod mixture;
pub mod pool;
pub mod spreading;
pub mod steps;
