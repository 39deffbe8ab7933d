//! Mass of a plume that can burn: what lies between the flammable limits (specification 08 §1).

use crate::Refusal;
use crate::validity::positive;

/// Mass between LFL and UFL in a Gaussian plume, kg, from its centreline. Exact for a plume on the ground.
///
/// At each station `ΔM = (Q/u) Δx [ min(1, UFL/c_cl) − LFL/c_cl ]` where `c_cl > LFL`: the mass between two elliptical contours of
/// a bivariate Gaussian. `centreline(x)` and the limits carry the same unit. Stations grow by 2 % from `x_from` to `x_to` m.
pub fn of_plume(
    q_kg_s: f64,
    u_m_s: f64,
    lfl: f64,
    ufl: f64,
    x_from: f64,
    x_to: f64,
    centreline: impl Fn(f64) -> f64,
) -> Result<f64, Refusal> {
    let q_over_u = positive("q_kg_s", q_kg_s)? / positive("u_m_s", u_m_s)?;
    positive("lfl", lfl)?;
    positive("ufl", ufl)?;
    let mut mass = 0.0;
    let mut x = positive("x_from", x_from)?;
    while x < x_to {
        let next = (x * 1.02).min(x_to);
        let c = centreline(0.5 * (x + next));
        if c > lfl || c.is_nan() {
            mass += q_over_u * (next - x) * (f64::min(1.0, ufl / c) - lfl / c);
        }
        x = next;
    }
    Ok(mass)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stations_add_up_to_the_integral() {
        // c = A/x²: between x_U = sqrt(A/UFL) and x_L = sqrt(A/LFL) the integral has a closed form.
        let (a, lfl, ufl) = (400.0_f64, 0.04, 0.16);
        let (x_u, x_l) = ((a / ufl).sqrt(), (a / lfl).sqrt());
        let cubic = |x: f64| x * x * x / (3.0 * a);
        let near = (ufl - lfl) * (cubic(x_u) - cubic(1.0));
        let far = (x_l - x_u) - lfl * (cubic(x_l) - cubic(x_u));
        let got = of_plume(10.0, 2.0, lfl, ufl, 1.0, 500.0, |x| a / (x * x)).unwrap();
        assert!((got / (5.0 * (near + far)) - 1.0).abs() < 0.01, "{got} against {}", 5.0 * (near + far));
    }

    #[test]
    fn a_plume_below_the_limit_cannot_burn() {
        assert_eq!(of_plume(10.0, 2.0, 0.04, 0.16, 1.0, 500.0, |_| 0.039).unwrap(), 0.0);
    }
}
