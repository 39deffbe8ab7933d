//! What must hold when things go wrong; the long sets are `make faults`.

mod crash;
mod durability;
