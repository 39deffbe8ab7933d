//! Depth of the mixed layer when nobody measured it. Specification 04 §2, §7.

use libm::{pow, sin, sqrt};

use super::class::Stability;
use crate::validity::{not_negative, within};
use crate::{Note, Refusal, Validity};

/// SLAB's default, m: `h_mix = 130·2^(7−s)`.
pub fn slab(s: Stability) -> f64 {
    130.0 * pow(2.0, 7.0 - s.0)
}

/// GB/T 3840 for Jiangsu's region, m (from-knowledge): A–D `a_s U10/f`, E–F `b_s sqrt(U10/f)`; held within 50–3000 m and south of 5° at
/// that latitude, with notes.
pub fn gb_t_3840(s: Stability, u10: f64, latitude_deg: f64, notes: &mut Validity) -> Result<f64, Refusal> {
    const A_S: [f64; 4] = [0.056, 0.029, 0.020, 0.012];
    const B_S: [f64; 2] = [1.66, 0.70];
    const MODEL: &str = "mixing_height.gb_t_3840";
    let u10 = not_negative("wind at 10 m, m/s", u10)?;
    let latitude = within("latitude, degrees", latitude_deg, -90.0, 90.0, "between −90 and 90")?.abs();
    notes.range(MODEL, "latitude, degrees", latitude, 25.0, 40.0);
    let f = 2.0 * 7.292e-5 * sin(latitude.max(5.0).to_radians());
    let of = |class: usize| if class < 4 { A_S[class] * u10 / f } else { B_S[class - 4] * sqrt(u10 / f) };
    let (low, high, share) = s.between();
    let h = of(low) * (1.0 - share) + of(high) * share;
    let used = h.clamp(50.0, 3000.0);
    if used != h {
        notes.add(Note::Held { model: MODEL, input: "mixing height, m", given: h, used });
    }
    Ok(used)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_neutral_wind_mixes_some_hundred_metres_and_a_cap_is_told() {
        let mut notes = Validity::new();
        let h = gb_t_3840(Stability::D, 4.0, 31.8, &mut notes).unwrap();
        assert!((h - 0.012 * 4.0 / (2.0 * 7.292e-5 * sin(31.8_f64.to_radians()))).abs() < 1e-9 && notes.is_empty());
        assert_eq!(gb_t_3840(Stability::A, 6.0, 31.8, &mut notes).unwrap(), 3000.0);
        assert!(!notes.is_empty());
    }
}
