//! How much the wind's direction wanders. Specification 04 §6.

use super::class::Stability;

/// σ_θ by class, degrees, 15–60 min. At night the station's own value is often 2–4 times larger: prefer it.
pub fn sigma_theta_deg(s: Stability) -> f64 {
    const BY_CLASS: [f64; 6] = [25.0, 20.0, 15.0, 10.0, 5.0, 2.5];
    let (low, high, share) = s.between();
    BY_CLASS[low] * (1.0 - share) + BY_CLASS[high] * share
}

/// Half-angle of the uncertainty wedge about the centre line, degrees (about 80 % confidence): `max(1.3 σ_θ, 5°)`.
pub fn wedge_half_angle_deg(sigma_theta_deg: f64) -> f64 {
    (1.3 * sigma_theta_deg).max(5.0)
}
