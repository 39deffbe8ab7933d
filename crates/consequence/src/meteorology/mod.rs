//! Wind and stability. Specification 04: everything is turned into u*, L, z0, mixing height, air and the spread of direction.

pub mod calm;
pub mod class;
pub mod direction;
pub mod length;
pub mod mixing_height;
pub mod profile;
pub mod radiation;
pub mod roughness;
pub mod sun;

pub use class::Stability;
