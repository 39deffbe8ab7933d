//! What a blast wave does to a wall it meets: reflected and dynamic pressure (specification 08 §7).

/// Pressure on a wall the wave meets head on, Pa: `p_r = 2 p (7 p_a + 4 p)/(7 p_a + p)`. Twice the side-on for weak waves, eight times for strong.
pub fn reflected_pressure(p: f64, p_a: f64) -> f64 {
    2.0 * p * (7.0 * p_a + 4.0 * p) / (7.0 * p_a + p)
}

/// Pressure of the wind behind the wave, Pa: `q = 5 p²/(2 (7 p_a + p))`.
pub fn dynamic_pressure(p: f64, p_a: f64) -> f64 {
    5.0 * p * p / (2.0 * (7.0 * p_a + p))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weak_waves_double_and_strong_waves_grow_eightfold() {
        assert!((reflected_pressure(1.0, 101325.0) - 2.0).abs() < 1e-4);
        assert!((reflected_pressure(1e12, 101325.0) / 1e12 - 8.0).abs() < 1e-4);
        assert!(dynamic_pressure(30_000.0, 101325.0) < 30_000.0);
    }
}
