//! The fictitious district and what happens in it: plants, readings, people and their work, all a function of a seed and of the time.
//! Absent on purpose: records, storage, the wall clock. Only `publish` does I/O, and it speaks the gateways' real protocol.

mod chemicals;
mod district;
mod enterprises;
mod geo;
mod history;
mod leak;
mod operators;
mod people;
mod points;
mod publish;
mod random;
mod signal;
mod story;
mod texts;
mod units;

pub use chemicals::{Chemical, alpha};
pub use district::{
    AlarmRule, At, District, EnterpriseSeat, Equipment, Gateway, HazardUnit, Mqtt, Organisation, Person, Point, PointKind, Region,
    StoredChemical,
};
pub use geo::LonLat;
pub use history::{PastAlarm, history, past_alarms};
pub use leak::{Leak, Scenario};
pub use operators::{AlarmAnswer, Intent, Operators, WarningMove, WarningSeen, answer_alarm, answer_warning};
pub use publish::{Counts, Reading, Readings, publish};
pub use signal::{Minute, Signals};
pub use story::{Pace, Step, Story, resolve, stories};

/// Stand-ins for uploads: `@photo:before`, `@photo:after` and `@paper` in a step's body mean these.
pub const PHOTO_BEFORE: &[u8] = include_bytes!("../data/photo_before.png");
pub const PHOTO_AFTER: &[u8] = include_bytes!("../data/photo_after.png");
pub const PAPER: &[u8] = include_bytes!("../data/paper.pdf");

/// The layers of the demo map by file name, for whoever serves it.
pub const MAP_LAYERS: &[(&str, &str)] = &[
    ("xinbei_boundary", include_str!("../data/xinbei_boundary.geojson")),
    ("districts_around", include_str!("../data/districts_around.geojson")),
    ("yangtze_generalised", include_str!("../data/yangtze_generalised.geojson")),
    ("demo_roads", include_str!("../data/demo_roads.geojson")),
    ("demo_water", include_str!("../data/demo_water.geojson")),
    ("demo_landuse", include_str!("../data/demo_landuse.geojson")),
    ("demo_park_plots", include_str!("../data/demo_park_plots.geojson")),
    ("demo_park_structures", include_str!("../data/demo_park_structures.geojson")),
    ("demo_towns_schematic", include_str!("../data/demo_towns_schematic.geojson")),
    ("demo_enterprises", include_str!("../data/demo_enterprises.geojson")),
    ("demo_points", include_str!("../data/demo_points.geojson")),
];

pub(crate) fn map_layer(name: &str) -> &'static str {
    MAP_LAYERS.iter().find(|(layer, _)| *layer == name).map(|(_, text)| *text).expect("a layer of the demo map")
}
