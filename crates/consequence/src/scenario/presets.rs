//! Three leaks of one vessel or pipe when nobody knows the hole yet: 10 mm, 50 mm, and the whole of it (specification 11 §4).

use super::describe::Description;
use super::release::{
    Basin, Burst, GasBurst, GasHole, GasPipe, LiquefiedHole, LiquidPipe, RainOut, ReleaseDescription as Of, Spill, TankHole, kelvin,
};
use super::weather::air;
use super::{Findings, given};
use crate::units::{Kelvin, Pascal, R};
use crate::{Refusal, Validity};

/// A small hole, a medium hole and a rupture of what the description leaks from. Refused for a release that has no hole.
pub fn presets(d: &Description) -> Result<[Description; 3], Refusal> {
    let named = |size: &str, release: Of| Description { name: format!("{}, {size}", d.name), release, ..d.clone() };
    let holes = |hole: &dyn Fn(f64) -> Of, rupture: Of| [named("10 mm", hole(10.0)), named("50 mm", hole(50.0)), named("rupture", rupture)];
    let s = given::substance_of(d, &mut Findings::default())?;
    let air = air(&d.weather, &mut Validity::new())?;
    match d.release {
        Of::GasHole(leak) => {
            let GasHole { pressure_pa, temperature_c, inventory_kg, .. } = leak;
            let t = kelvin("release.temperature_c", temperature_c)?;
            let z = s.compressibility(Kelvin(t), Pascal(pressure_pa));
            let volume_m3 = inventory_kg * z * R * t / (s.molar_mass().0 * pressure_pa);
            let hole = |hole_mm: f64| Of::GasHole(GasHole { hole_mm, ..leak });
            Ok(holes(&hole, Of::GasBurst(GasBurst { pressure_pa, temperature_c, volume_m3 })))
        }
        Of::LiquefiedHole(leak) => {
            let hole = |hole_mm: f64| Of::LiquefiedHole(LiquefiedHole { hole_mm, path_m: 0.0, ..leak });
            Ok(holes(&hole, Of::Burst(Burst { mass_kg: leak.inventory_kg, temperature_c: leak.temperature_c })))
        }
        Of::TankHole(leak) => {
            let t = kelvin("release.temperature_c", leak.temperature_c)?;
            let rho = s.liquid_density(Kelvin(t), &mut Validity::new())?.0;
            let mass = std::f64::consts::PI / 4.0 * leak.diameter_m * leak.diameter_m * leak.level_m * rho;
            let hole = |hole_mm: f64| Of::TankHole(TankHole { hole_mm, ..leak });
            // All of it within a minute.
            Ok(holes(&hole, Of::Spill(spill(mass / 60.0, 60.0, leak.temperature_c, leak.pool))))
        }
        Of::GasPipe(leak) => {
            let GasPipe { pressure_pa, temperature_c, diameter_mm, length_m, height_m, isolated_after_s, direction, .. } = leak;
            let t = kelvin("release.temperature_c", temperature_c)?;
            let z = s.compressibility(Kelvin(t), Pascal(pressure_pa));
            let bore = std::f64::consts::PI / 4.0 * diameter_mm * diameter_mm * 1e-6;
            let inside = pressure_pa * s.molar_mass().0 / (z * R * t) * bore * length_m;
            let inventory_kg = leak.inventory_kg.unwrap_or(0.0) + inside;
            let hole = |mm: f64| {
                Of::GasHole(GasHole {
                    pressure_pa,
                    temperature_c,
                    hole_mm: mm.min(diameter_mm),
                    inventory_kg,
                    height_m,
                    isolated_after_s,
                    discharge_coefficient: None,
                    direction,
                })
            };
            Ok(holes(&hole, d.release))
        }
        Of::LiquidPipe(leak) => {
            let LiquidPipe { pressure_pa, temperature_c, inventory_kg, height_m, isolated_after_s, .. } = leak;
            let t = kelvin("release.temperature_c", temperature_c)?;
            let superheated = s.vapour_pressure(Kelvin(t), &mut Validity::new())?.0 > air.p;
            let rho = s.liquid_density(Kelvin(t), &mut Validity::new())?.0;
            let hole = |mm: f64| {
                let hole_mm = mm.min(leak.diameter_mm);
                if superheated {
                    return Of::LiquefiedHole(LiquefiedHole {
                        temperature_c,
                        hole_mm,
                        path_m: 0.0,
                        inventory_kg,
                        height_m,
                        isolated_after_s,
                        head_m: 0.0,
                        pressure_pa: Some(pressure_pa),
                        discharge_coefficient: None,
                        direction: leak.direction,
                        rain_out: RainOut::None,
                        fill: None,
                        hole_share: None,
                        surface_m2: None,
                    });
                }
                let area = std::f64::consts::PI / 4.0 * hole_mm * hole_mm * 1e-6;
                let rate_kg_s = 0.61 * area * libm::sqrt(2.0 * rho * (pressure_pa - air.p).max(0.0));
                let duration_s = (inventory_kg / rate_kg_s.max(1e-9)).min(isolated_after_s.unwrap_or(3600.0));
                Of::Spill(spill(rate_kg_s, duration_s, temperature_c, leak.pool))
            };
            Ok(holes(&hole, d.release))
        }
        Of::Spill(_) | Of::Burst(_) | Of::GasBurst(_) | Of::Vapour(_) | Of::Explosive(_) => {
            Err(Refusal::NoSolution { model: "presets", why: "the release has no hole to vary" })
        }
    }
}

fn spill(rate_kg_s: f64, duration_s: f64, temperature_c: f64, pool: Basin) -> Spill {
    let Basin { bund_radius_m, surface, ground, solar_w_m2 } = pool;
    Spill { rate_kg_s, duration_s, temperature_c, bund_radius_m, surface, ground, solar_w_m2 }
}
