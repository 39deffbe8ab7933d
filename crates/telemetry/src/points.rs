//! The measuring points: text id outside, number inside, and what a sample of each must look like.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};

use anlan_base::{EnterpriseId, RecordId};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PointKind {
    Analogue,
    Switch,
    Interlock,
    Bypass,
}

impl PointKind {
    pub const ALL: [Self; 4] = [Self::Analogue, Self::Switch, Self::Interlock, Self::Bypass];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Analogue => "analogue",
            Self::Switch => "switch",
            Self::Interlock => "interlock",
            Self::Bypass => "bypass",
        }
    }
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|k| k.as_str() == word)
    }
}

#[derive(Clone, Debug, PartialEq)]
pub struct Point {
    /// Small and dense: given by the database, index of tables in memory.
    pub number: u32,
    /// `XJ.T203.GD-0203`.
    pub id: String,
    pub name: String,
    pub enterprise: EnterpriseId,
    pub enterprise_code: String,
    pub hazard_unit: Option<RecordId>,
    /// `gas_concentration`, `level` and so on.
    pub quantity: String,
    /// UCUM.
    pub unit: String,
    /// Lowest and highest value the instrument can show, inclusive.
    pub span: Option<[f64; 2]>,
    pub period_ms: i64,
    pub kind: PointKind,
}

/// `[A-Z0-9]{2,16}`.
pub fn is_enterprise_code(text: &str) -> bool {
    (2..=16).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
}

/// `[A-Za-z0-9._-]{1,64}`, beginning with the enterprise's code and a dot, with something after it.
pub fn is_point_id(text: &str, enterprise_code: &str) -> bool {
    let allowed = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-');
    text.len() <= 64
        && text.bytes().all(allowed)
        && text.strip_prefix(enterprise_code).and_then(|rest| rest.strip_prefix('.')).is_some_and(|rest| !rest.is_empty())
}

#[derive(Debug, Default)]
pub struct PointTable {
    by_number: Vec<Option<Arc<Point>>>,
    by_id: HashMap<String, u32>,
}

impl PointTable {
    pub fn by_id(&self, id: &str) -> Option<&Arc<Point>> {
        self.by_id.get(id).and_then(|number| self.by_number(*number))
    }
    pub fn by_number(&self, number: u32) -> Option<&Arc<Point>> {
        self.by_number.get(number as usize)?.as_ref()
    }
    pub fn iter(&self) -> impl Iterator<Item = &Arc<Point>> {
        self.by_number.iter().flatten()
    }
    pub fn len(&self) -> usize {
        self.by_id.len()
    }
    pub fn is_empty(&self) -> bool {
        self.by_id.is_empty()
    }

    /// Adds the point, or replaces what was known of it.
    fn put(&mut self, point: Point) {
        let at = point.number as usize;
        if self.by_number.len() <= at {
            self.by_number.resize(at + 1, None);
        }
        if let Some(old) = &self.by_number[at] {
            self.by_id.remove(&old.id);
        }
        self.by_id.insert(point.id.clone(), point.number);
        self.by_number[at] = Some(Arc::new(point));
    }
}

/// The table everybody shares. Hold `read()` for one batch, not across an await.
#[derive(Debug, Default)]
pub struct Points(RwLock<PointTable>);

impl Points {
    pub fn read(&self) -> RwLockReadGuard<'_, PointTable> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }
    pub fn put(&self, points: impl IntoIterator<Item = Point>) {
        let mut table = self.0.write().unwrap_or_else(PoisonError::into_inner);
        points.into_iter().for_each(|p| table.put(p));
    }
    pub fn get(&self, id: &str) -> Option<Arc<Point>> {
        self.read().by_id(id).cloned()
    }
    pub fn numbered(&self, number: u32) -> Option<Arc<Point>> {
        self.read().by_number(number).cloned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn enterprise_codes_are_two_to_sixteen_capitals_and_digits() {
        for good in ["XJ", "A1", "0123456789ABCDEF"] {
            assert!(is_enterprise_code(good), "{good}");
        }
        for bad in ["X", "xj", "X-J", "企业", "", "0123456789ABCDEF0"] {
            assert!(!is_enterprise_code(bad), "{bad}");
        }
    }

    #[test]
    fn a_point_id_begins_with_its_enterprise_and_a_dot() {
        for good in ["XJ.T203.GD-0203", "XJ.a", "XJ..", "XJ._"] {
            assert!(is_point_id(good, "XJ"), "{good}");
        }
        let long = format!("XJ.{}", "a".repeat(61));
        assert!(is_point_id(&long, "XJ") && !is_point_id(&format!("{long}a"), "XJ"));
        for bad in ["XJ", "XJ.", "XJT.1", "XK.1", "xj.1", "XJ.1 ", "XJ.温度", ""] {
            assert!(!is_point_id(bad, "XJ"), "{bad}");
        }
    }
}
