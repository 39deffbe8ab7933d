//! What plume and puff share: state of the mixture, friction and entrainment. Specification 06 §3.3, §3.4.

use libm::{exp, log, sqrt};

use super::Closure;
use super::ambient::{Ambient, KAPPA, third_root};
use crate::G;
use crate::mixing::{Mixing, Mixture};

pub const ROOT_3: f64 = 1.732_050_807_568_877_2;
/// Friction coefficient between cloud and air.
pub const C_F: f64 = 0.02;
/// Spread coefficient a2, 1/m.
pub const A2: f64 = 0.0004;

/// One run's fixed figures.
#[derive(Debug, Clone, Copy)]
pub struct Run {
    pub ambient: Ambient,
    pub mixing: Mixing,
    pub closure: Closure,
    /// Length of a step, 1 as a rule; halved to see how much the steps matter.
    pub stride: f64,
    /// Volume fraction below which nobody asks any more; 0 follows the cloud to the end.
    pub least: f64,
    /// Enthalpy of the source above its gas at air temperature, J/kg.
    pub h_s: f64,
}

/// The cloud at one place: sizes in m, speeds in m/s.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Slice {
    pub big_b: f64,
    pub h: f64,
    pub z_c: f64,
    pub u: f64,
    pub v_g: f64,
    pub m: f64,
    pub mixture: Mixture,
    /// Layer-mean wind Ū.
    pub u_bar: f64,
    /// Rate of the source below, W_s, m/s, and the friction it leaves behind, m²/s².
    pub w_s: f64,
    pub u_src2: f64,
}

/// Entrainment speeds, m/s, and ground friction, m/s.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Mixing3 {
    pub w_e: f64,
    pub v_e: f64,
    pub u_mg: f64,
    pub v_h: f64,
    pub d_u: f64,
}

impl Slice {
    pub fn lofted(&self) -> bool {
        self.z_c > 0.5 * self.h
    }

    pub fn top(&self) -> f64 {
        if self.lofted() { self.z_c + 0.5 * self.h } else { self.h }
    }
}

/// The shallowest layer over ground of roughness `z0`, m.
pub fn layer(z0: f64) -> f64 {
    (3.0 * z0).clamp(0.01, 1.0)
}

/// What moves the middle of a cloud up and down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Middle {
    /// Its own momentum.
    Free,
    /// Nothing: the turbulence of the air is stronger than what is left of its lift.
    Drifts,
    /// It lies on the ground and only spreads.
    Lies,
}

/// Lift over turbulence, `g h (ρa − ρ)/(ρa u*²)`, below which a cloud in the air rises no more.
const SPENT: f64 = 1.0;

impl Run {
    /// SLAB lets every cloud that is lighter than the air leave the ground as one body, and rise for ever. For whoever stands on the ground
    /// `Improved` leaves it there: a wide, shallow cloud comes off in parts, if at all.
    pub fn middle(&self, s: &Slice) -> Middle {
        let a = &self.ambient;
        let lift = G * s.h * (a.rho_a - s.mixture.rho) / (a.rho_a * a.u_star * a.u_star);
        match (s.lofted(), self.closure) {
            (true, Closure::Improved) if lift > 0.0 && lift < SPENT => Middle::Drifts,
            (true, _) => Middle::Free,
            (false, Closure::Slab) if lift > 0.0 => Middle::Free,
            (false, _) => Middle::Lies,
        }
    }

    /// Share of its speed at which a current of depth `h` spreads sideways: one as shallow as what makes the ground rough does not.
    pub fn clears_the_ground(&self, h: f64) -> f64 {
        let rough = self.rough();
        if rough > 0.0 { ((h - rough) / rough).clamp(0.0, 1.0) } else { 1.0 }
    }

    /// Depth of the layer a current does not become shallower than by spreading, m; SLAB has none.
    pub fn rough(&self) -> f64 {
        match self.closure {
            Closure::Slab => 0.0,
            Closure::Improved => layer(self.ambient.z0),
        }
    }

    /// Mixture at mass fraction `m` with ground heat `heat` per kg, J/kg.
    pub fn mixture(&self, m: f64, heat: f64) -> Mixture {
        let t_a = self.ambient.t_a;
        self.mixing.state(m, m * self.h_s + heat, t_a).unwrap_or_else(|| self.mixing.at(m, t_a))
    }

    /// The peak, at most 2.7 times the slab's mean, lies below what is asked for.
    pub fn thinned_out(&self, m: f64) -> bool {
        let (m_s, m_a) = (self.mixing.m_s, self.ambient.m_a);
        2.7 * m_a * m < self.least * (m_s + (m_a - m_s) * m)
    }

    pub fn cp(&self, m: f64) -> f64 {
        m * self.mixing.cp_s + (1.0 - m) * self.mixing.cp_a
    }

    /// Layer-mean wind of a cloud of depth `h` centred at `z_c`.
    pub fn u_bar(&self, h: f64, z_c: f64) -> f64 {
        if z_c > 0.5 * h { self.ambient.mean_wind(z_c - 0.5 * h, z_c + 0.5 * h) } else { self.ambient.mean_wind(0.0, h.max(self.rough())) }
    }

    /// Friction and entrainment of one slice.
    pub fn mix(&self, s: &Slice) -> Mixing3 {
        let a = &self.ambient;
        let ratio = a.rho_a / s.mixture.rho;
        let d_u = ratio * (s.u_bar - s.u);
        let share = a.u_star / s.u_bar;
        let lofted = s.lofted();
        let u_i2 = share * share * (s.u * s.u + 0.25 * s.v_g * s.v_g) + 0.05 * s.w_s * s.u_bar;
        let u_mg2 = u_i2 + (s.u_src2 - u_i2).max(0.0) * f64::from(s.u_src2 > 0.0);
        let u_mg = sqrt(u_mg2);
        let v_h = share * u_mg;
        let warm = if lofted { 0.0 } else { (a.t_a - s.mixture.t).max(0.0) };
        let u_t = third_root(0.14 * G * warm * v_h * s.h / (0.5 * (a.t_a + s.mixture.t)));
        let u2 = u_mg2 + C_F * (d_u * d_u + 0.25 * ratio * ratio * s.v_g * s.v_g) + u_t * u_t;
        let u_in = sqrt(u2);
        let h_t = s.top();
        let own = G * (s.mixture.rho - a.rho_a).max(0.0) / s.mixture.rho;
        let below_lid = (1.0 - h_t / a.h_mix).max(0.0);
        let ambient_term = a.u_star * a.u_star * a.inverse_length_e / (1.0 + h_t / a.z_l);
        let weight = match self.closure {
            Closure::Slab => 1.0,
            Closure::Improved => ambient_weight(own * h_t / u2),
        };
        let zeta = h_t * (weight * ambient_term + 0.025 * own) / u2;
        let phi_h = if zeta >= 0.0 { 1.0 + 5.0 * zeta } else { 1.0 / sqrt(1.0 - 16.0 * zeta) };
        let mut w_e = 1.5 * KAPPA * u_in * below_lid * a.f_4m() / (a.f(h_t).max(1e-3) * phi_h);
        let mut v_s = sqrt(C_F) * 1.5 * KAPPA * d_u.abs();
        // A wall jet mixes by its own shear until the wind has nearly caught up.
        if self.closure == Closure::Improved && s.u > 2.0 * s.u_bar {
            let shear = WALL_JET * (s.u - s.u_bar);
            w_e += shear;
            v_s = v_s.max(shear);
        }
        let v_a = self.v_a(s.u_bar, s.big_b);
        Mixing3 { w_e, v_e: sqrt(v_a * v_a + v_s * v_s), u_mg, v_h, d_u }
    }

    /// Sideways mixing by the air's own turbulence: `V_a = a1 Ū/(1 + ½(a2/a1) B/√3)`.
    pub fn v_a(&self, u_bar: f64, big_b: f64) -> f64 {
        let a1 = self.ambient.a1;
        a1 * u_bar / (1.0 + 0.5 * A2 / a1 * big_b / ROOT_3)
    }
}

/// Weight of the air's stability in the mixing at the cloud's top, `1/(1 + Ri*)`, `Ri* = g' h/U*²`.
///
/// SLAB's weight of 1 makes a dense cloud six times stronger at night than by day, where Thorney Island saw none of it: while the cloud's
/// own stratification is the stronger (Ri* > 1) it decides, and the air's counts as the cloud thins (§3.8 item 1). No coefficient is fitted.
fn ambient_weight(ri: f64) -> f64 {
    1.0 / (1.0 + ri)
}
/// Entrainment of a wall jet, share of the speed difference (§3.8 item 0: 0.05–0.1).
pub const WALL_JET: f64 = 0.075;

/// Friction that can pull a difference to zero, never past it: `d F/(F + |d|)` for a pull of size `F`.
pub fn limited(difference: f64, pull: f64) -> f64 {
    let size = difference.abs();
    if pull <= 0.0 || size <= 0.0 { 0.0 } else { difference * pull / (pull + size) }
}

/// `(a/b)^n` for positive a and b.
pub fn ratio_power(a: f64, b: f64, n: f64) -> f64 {
    exp(n * log(a / b))
}
