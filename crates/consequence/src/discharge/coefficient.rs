//! Discharge coefficients where nobody measured one. Specification 02, head.

use serde::{Deserialize, Serialize};

/// What the stream leaves through.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Opening {
    LiquidSharp,
    LiquidRounded,
    ShortPipe,
    /// Friction is treated for itself.
    PipeRupture,
    GasRounded,
    GasSharp,
    Unknown,
}

/// Discharge coefficient of an opening; what is not known gives the most, 1.
#[rustfmt::skip]
pub fn default_c_d(opening: Opening) -> f64 {
    match opening {
        Opening::LiquidSharp   => 0.61,
        Opening::LiquidRounded => 0.80,
        Opening::ShortPipe     => 0.80,
        Opening::PipeRupture   => 1.00,
        Opening::GasRounded    => 0.85,
        Opening::GasSharp      => 0.62,
        Opening::Unknown       => 1.00,
    }
}
