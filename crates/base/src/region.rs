//! Where in the administrative tree: a path of stable internal ids, so that a sub-tree is a prefix.

use std::fmt;

use serde::{Deserialize, Serialize};

/// `/1/3/12/`: each part is a region's stable internal id. The root is `/`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RegionPath(String);

impl RegionPath {
    pub fn root() -> Self {
        Self("/".to_owned())
    }
    /// Accepts only `/`, or `/`-closed decimal ids: nothing that could act as a pattern in a query.
    pub fn parse(text: &str) -> Option<Self> {
        let inner = text.strip_prefix('/')?;
        let parts_ok =
            inner.is_empty() || inner.strip_suffix('/')?.split('/').all(|p| !p.is_empty() && p.bytes().all(|b| b.is_ascii_digit()));
        parts_ok.then(|| Self(text.to_owned()))
    }
    pub fn child(&self, id: u32) -> Self {
        Self(format!("{}{id}/", self.0))
    }
    pub fn as_str(&self) -> &str {
        &self.0
    }
    /// The id of the innermost region; `None` at the root.
    pub fn leaf(&self) -> Option<u32> {
        self.0.trim_end_matches('/').rsplit('/').next().and_then(|part| part.parse().ok())
    }
    pub fn parent(&self) -> Option<Self> {
        let inner = self.0.strip_suffix('/').filter(|rest| !rest.is_empty())?;
        inner.rfind('/').map(|at| Self(inner[..=at].to_owned()))
    }
    /// Whether `other` lies in this sub-tree (a region covers itself).
    pub fn covers(&self, other: &Self) -> bool {
        other.0.starts_with(&self.0)
    }
}

impl fmt::Display for RegionPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_region_covers_its_subtree_and_no_namesake() {
        let district = RegionPath::root().child(1).child(3);
        let town = district.child(12);
        assert!(district.covers(&town) && district.covers(&district) && !town.covers(&district));
        assert!(!RegionPath::parse("/1/3/1/").unwrap().covers(&town), "12 is not inside 1");
        assert_eq!(town.parent(), Some(district));
        assert_eq!(town.leaf(), Some(12));
        assert_eq!(RegionPath::root().parent(), None);
        for bad in ["", "1/2/", "/1", "/1//2/", "/%/", "/a/"] {
            assert!(RegionPath::parse(bad).is_none(), "{bad}");
        }
    }
}
