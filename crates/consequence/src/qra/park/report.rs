//! What a park's run says: contours, targets against their limits, F–N curve, ranking, and everything it rests on.

use serde::Serialize;
use serde_json::{Value, json};

use super::Findings;
use super::plan::Planned;
use super::request::Park;
use crate::numerics::largest;
use crate::qra::criteria::{self, Target, Zone, individual_limit, judge};
use crate::qra::individual::{Grid, RiskGrid};
use crate::qra::societal::{Event, fn_curve, potential_loss_of_life};
use crate::qra::uncertainty::{Band, Contribution, SPREADS, Spreads, individual_band};
use crate::scenario::VERSION;
use crate::zones::{Ring, Site, contours};
use crate::{Note, Refusal};

/// Contours drawn, per year.
pub const CONTOURS: [f64; 5] = [1e-4, 1e-5, 1e-6, 1e-7, 1e-8];
/// Scenarios named for a target and for the people.
const RANKED: usize = 10;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ParkRisk {
    pub name: String,
    /// Individual risk per year, `[north][east]`.
    pub individual: RiskGrid,
    /// Highest on the grid.
    pub highest_per_year: f64,
    pub contours: Vec<Contour>,
    pub targets: Vec<TargetRisk>,
    /// `None` when it was not asked for.
    pub societal: Option<Societal>,
    /// Each scenario that was counted, in the order of the description.
    pub scenarios: Vec<ScenarioRisk>,
    pub spreads: Spreads,
    pub criteria: &'static str,
    pub assumptions: Vec<String>,
    pub warnings: Vec<Note>,
    pub models: Vec<&'static str>,
    pub version: &'static str,
    #[serde(skip)]
    site: Option<Site>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Contour {
    pub per_year: f64,
    /// Rings in metres east and north; outer ones counter-clockwise, holes clockwise. Empty where the risk is nowhere so high.
    pub rings: Vec<Ring>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TargetRisk {
    pub name: String,
    pub at: [f64; 2],
    pub class: Target,
    pub per_year: f64,
    pub limit_per_year: f64,
    pub status: &'static str,
    pub acceptable: bool,
    /// The verdict is the same at both ends of the band.
    pub certain: bool,
    pub band: Band,
    /// What adds most, per year.
    pub ranking: Vec<Share>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Share {
    pub scenario: String,
    pub per_year: f64,
    /// Of the whole, 0–1.
    pub share: f64,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Societal {
    pub verdict: Zone,
    pub status: &'static str,
    /// (N, F): F accidents a year with N deaths or more, at even steps of the logarithm and at the largest N. The verdict looks at all events.
    pub curve: Vec<(f64, f64)>,
    /// Potential loss of life: deaths a year on average.
    pub deaths_per_year: f64,
    pub most_deaths: f64,
    pub ranking: Vec<Share>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ScenarioRisk {
    pub name: String,
    pub equipment: String,
    pub frequency_per_year: f64,
    pub source: String,
    /// Of its deaths a year; `None` when societal risk was not asked for.
    pub deaths_per_year: Option<f64>,
    /// What its runs rest on, in all weathers; also among the park's.
    pub assumptions: Vec<String>,
}

/// All that a run has summed.
pub(super) struct Gathered<'a> {
    pub park: &'a Park,
    pub planned: &'a [Planned],
    pub grid: Grid,
    pub per_year: Vec<f64>,
    pub events: Vec<(usize, Event)>,
    pub people_known: bool,
    /// [target]
    pub contributions: Vec<Vec<Contribution>>,
    /// Share of the year of each weather.
    pub shares: Vec<f64>,
    pub found: Findings,
    /// [scenario]
    pub assumed: Vec<Findings>,
}

pub(super) fn report(mut g: Gathered) -> Result<ParkRisk, Refusal> {
    let grid = g.grid;
    let edge = (0..grid.columns).flat_map(|c| [c, (grid.rows - 1) * grid.columns + c]);
    let sides = (0..grid.rows).flat_map(|r| [r * grid.columns, (r + 1) * grid.columns - 1]);
    if edge.chain(sides).any(|i| g.per_year[i] >= CONTOURS[CONTOURS.len() - 1]) {
        g.found.warn(&Note::LeftOut {
            model: "risk.grid",
            what: "the grid ends inside the contour of 1e-8 a year: widen it to close the contours",
        });
    }
    if !g.park.target.is_empty() {
        g.found.assume("a target's band moves a probit only where its footprint is tabled: beyond its edge (one death in ten thousand) it adds nothing in any sample");
    }
    let contours = CONTOURS
        .map(|level| Contour { per_year: level, rings: contours(&g.per_year, grid.columns, grid.rows, grid.origin, grid.cell_m, level) });
    let mut targets = Vec::with_capacity(g.contributions.len());
    for (target, contributions) in g.park.target.iter().zip(&g.contributions) {
        let band = individual_band(contributions, &g.shares, g.park.uncertainty.samples, g.park.uncertainty.seed)?;
        if !band.converged {
            g.found.warn(&Note::LeftOut {
                model: "risk.uncertainty",
                what: "the band of a target has not settled within 10 %: give more samples",
            });
        }
        let limit = individual_limit(target.class, g.park.installation);
        let mut by_scenario = vec![0.0; g.planned.len()];
        contributions.iter().for_each(|c| by_scenario[c.scenario] += c.risk_per_year());
        let acceptable = band.best <= limit;
        targets.push(TargetRisk {
            name: target.name.clone(),
            at: [target.east_m, target.north_m],
            class: target.class,
            per_year: band.best,
            limit_per_year: limit,
            status: criteria::status(target.class),
            acceptable,
            certain: (band.p05 <= limit) == acceptable && (band.p95 <= limit) == acceptable,
            band,
            ranking: ranking(g.planned, &by_scenario),
        });
    }
    let mut deaths = vec![0.0; g.planned.len()];
    g.events.iter().for_each(|(s, event)| deaths[*s] += event.frequency_per_year * event.deaths);
    let societal = if g.people_known { Some(societal(&g, &deaths)?) } else { None };
    let scenarios = g.planned.iter().zip(&deaths).zip(g.assumed).map(|((p, deaths), assumed)| ScenarioRisk {
        name: p.name.clone(),
        equipment: g.park.equipment[p.equipment].name.clone(),
        frequency_per_year: p.frequency_per_year,
        source: p.source.clone(),
        deaths_per_year: g.people_known.then_some(*deaths),
        assumptions: assumed.assumptions,
    });
    Ok(ParkRisk {
        name: g.park.name.clone(),
        highest_per_year: figure(largest(g.per_year.iter().copied()))?,
        contours: contours.into(),
        targets,
        societal,
        scenarios: scenarios.collect(),
        spreads: SPREADS,
        criteria: criteria::SOURCE,
        assumptions: g.found.assumptions,
        warnings: g.found.warnings,
        models: g.found.models,
        version: VERSION,
        site: g.park.site,
        individual: RiskGrid { grid, per_year: g.per_year },
    })
}

/// Refuses what is no figure: it would read as no risk.
fn figure(value: f64) -> Result<f64, Refusal> {
    if value.is_finite() { Ok(value) } else { Err(Refusal::NoSolution { model: "risk.grid", why: "a risk has no figure" }) }
}

fn societal(g: &Gathered, deaths: &[f64]) -> Result<Societal, Refusal> {
    let events: Vec<Event> = g.events.iter().map(|(_, event)| *event).collect();
    // People were given: where no scenario kills anybody anywhere there is nothing to judge, and that is acceptable.
    let verdict = if events.is_empty() { Zone::Acceptable } else { judge(&events)? };
    let whole = fn_curve(&events);
    let most = figure(largest(events.iter().map(|event| event.deaths)))?;
    Ok(Societal {
        verdict,
        status: criteria::SOCIETAL_STATUS,
        curve: thinned(&whole, most),
        deaths_per_year: potential_loss_of_life(&events),
        most_deaths: most,
        ranking: ranking(g.planned, deaths),
    })
}

/// The curve at 1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8 of each decade and at its end.
fn thinned(whole: &[(f64, f64)], most: f64) -> Vec<(f64, f64)> {
    let at = |n: f64| whole.get(whole.partition_point(|(deaths, _)| *deaths < n)).map(|(_, f)| (n, *f));
    let mut curve = Vec::new();
    let mut decade = 1.0;
    while decade <= most {
        for step in [1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0] {
            let n = step * decade;
            if n < most {
                curve.extend(at(n));
            }
        }
        decade *= 10.0;
    }
    if most >= 1.0 {
        curve.extend(at(most));
    }
    curve
}

fn ranking(planned: &[Planned], of: &[f64]) -> Vec<Share> {
    let all: f64 = of.iter().sum();
    let mut order: Vec<usize> = (0..of.len()).filter(|i| of[*i] > 0.0).collect();
    order.sort_by(|a, b| of[*b].total_cmp(&of[*a]).then(a.cmp(b)));
    order.into_iter().take(RANKED).map(|i| Share { scenario: planned[i].name.clone(), per_year: of[i], share: of[i] / all }).collect()
}

impl ParkRisk {
    /// Contours and targets as GeoJSON about the park's site, the lowest contour first. Refused without a site.
    pub fn geojson(&self) -> Result<Value, Refusal> {
        let site = self.site.ok_or(Refusal::NoSolution { model: "geojson", why: "the park names no site" })?;
        let mut features: Vec<Value> = self
            .contours
            .iter()
            .rev()
            .filter(|contour| !contour.rings.is_empty())
            .map(|contour| {
                json!({
                    "type": "Feature",
                    "geometry": {"type": "MultiPolygon", "coordinates": polygons(&contour.rings, site)},
                    "properties": {"kind": "individual_risk", "per_year": contour.per_year},
                })
            })
            .collect();
        features.extend(self.targets.iter().map(|t| {
            json!({
                "type": "Feature",
                "geometry": {"type": "Point", "coordinates": site.at(t.at[0], t.at[1])},
                "properties": {
                    "kind": "target", "name": t.name, "class": t.class, "per_year": t.per_year, "limit_per_year": t.limit_per_year,
                    "acceptable": t.acceptable, "certain": t.certain, "status": t.status,
                },
            })
        }));
        Ok(json!({
            "type": "FeatureCollection",
            "features": features,
            "properties": {
                "name": self.name, "societal": self.societal, "criteria": self.criteria, "assumptions": self.assumptions,
                "warnings": self.warnings, "models": self.models, "version": self.version,
            },
        }))
    }
}

fn area(ring: &[[f64; 2]]) -> f64 {
    let n = ring.len();
    (0..n).map(|i| (ring[i], ring[(i + 1) % n])).map(|(a, b)| a[0] * b[1] - b[0] * a[1]).sum::<f64>() / 2.0
}

fn inside(ring: &[[f64; 2]], p: [f64; 2]) -> bool {
    let n = ring.len();
    let crossed = (0..n).filter(|i| {
        let (a, b) = (ring[*i], ring[(*i + 1) % n]);
        (a[1] > p[1]) != (b[1] > p[1]) && p[0] < a[0] + (p[1] - a[1]) / (b[1] - a[1]) * (b[0] - a[0])
    });
    crossed.count() % 2 == 1
}

/// Each outer ring with the holes in it, closed, in degrees.
fn polygons(rings: &[Ring], site: Site) -> Vec<Value> {
    let closed = |ring: &Ring| {
        let mut places: Vec<[f64; 2]> = ring.iter().map(|p| site.at(p[0], p[1])).collect();
        places.extend(places.first().copied());
        places
    };
    let (outer, holes): (Vec<&Ring>, Vec<&Ring>) = rings.iter().partition(|ring| area(ring) > 0.0);
    let mut polygons: Vec<Vec<Vec<[f64; 2]>>> = outer.iter().map(|ring| vec![closed(ring)]).collect();
    for hole in holes {
        // The smallest ring around it.
        let around = (0..outer.len()).filter(|i| inside(outer[*i], hole[0])).min_by(|a, b| area(outer[*a]).total_cmp(&area(outer[*b])));
        if let Some(i) = around {
            polygons[i].push(closed(hole));
        }
    }
    polygons.into_iter().map(|polygon| json!(polygon)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holes_lie_in_the_ring_around_them() {
        let square = |half: f64, at: f64| vec![[at - half, -half], [at + half, -half], [at + half, half], [at - half, half]];
        let mut hole = square(10.0, 0.0);
        hole.reverse();
        let rings = vec![square(100.0, 0.0), square(20.0, 300.0), hole, square(2.0, 0.0)];
        let polygons = polygons(&rings, Site { longitude: 120.0, latitude: 32.0 });
        assert_eq!(polygons.iter().map(|p| p.as_array().unwrap().len()).collect::<Vec<_>>(), [2, 1, 1]);
    }

    #[test]
    fn a_risk_without_a_figure_is_refused_and_not_none() {
        assert!(figure(largest([1e-6, f64::NAN, 1e-5])).is_err() && figure(largest([f64::INFINITY])).is_err());
        assert_eq!(figure(largest([1e-6, 1e-5])), Ok(1e-5));
    }

    #[test]
    fn a_thinned_curve_keeps_its_values_and_its_end() {
        let whole = [(1.5, 3e-6), (7.0, 2e-6), (42.0, 1e-7)];
        let curve = thinned(&whole, 42.0);
        assert_eq!(curve[0], (1.0, 3e-6));
        assert!(curve.contains(&(2.0, 2e-6)) && curve.contains(&(8.0, 1e-7)));
        assert_eq!(curve.last(), Some(&(42.0, 1e-7)));
        assert!(thinned(&[], 0.0).is_empty());
    }
}
