//! Query parameters as they came: a repeated parameter means any of its values.

use std::convert::Infallible;

use anlan_app::AppError;
use anlan_base::{Date, Instant, Refusal};
use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use crate::problem::Problem;

#[derive(Clone, Debug, Default)]
pub struct Params(Vec<(String, String)>);

impl Params {
    pub fn parse(query: &str) -> Result<Self, Problem> {
        let mut pairs = Vec::new();
        for part in query.split('&').filter(|part| !part.is_empty()) {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            pairs.push((decode(name)?, decode(value)?));
        }
        Ok(Self(pairs))
    }

    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(name, _)| name.as_str())
    }
    pub fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }
    /// Every value given, empty ones left out.
    pub fn all(&self, name: &str) -> Vec<&str> {
        self.pairs().filter(|(n, v)| *n == name && !v.is_empty()).map(|(_, v)| v).collect()
    }
    pub fn one(&self, name: &str) -> Option<&str> {
        self.all(name).first().copied()
    }
    pub fn flag(&self, name: &str) -> Result<Option<bool>, Problem> {
        match self.one(name) {
            None => Ok(None),
            Some("true") => Ok(Some(true)),
            Some("false") => Ok(Some(false)),
            Some(_) => Err(bad(name)),
        }
    }
    pub fn number<N: std::str::FromStr>(&self, name: &str) -> Result<Option<N>, Problem> {
        self.one(name).map(|text| text.parse().map_err(|_| bad(name))).transpose()
    }
    /// RFC 3339, or milliseconds since 1970.
    pub fn instant(&self, name: &str) -> Result<Option<Instant>, Problem> {
        let Some(text) = self.one(name) else { return Ok(None) };
        let parsed = text.parse::<i64>().ok().map(Instant::from_ms).or_else(|| Instant::parse(text).ok());
        parsed.or_else(|| Date::parse(text).ok().map(Date::start)).map(Some).ok_or_else(|| bad(name))
    }
    /// Page from 1 and size up to `most`.
    pub fn page(&self, most: u32) -> Result<(u32, u32), Problem> {
        let page = self.number::<u32>("page")?.unwrap_or(1);
        let size = self.number::<u32>("size")?.unwrap_or(50);
        if page == 0 || page > 1_000_000 {
            return Err(bad("page"));
        }
        if size == 0 || size > most {
            return Err(bad("size"));
        }
        Ok((page, size))
    }
}

pub fn bad(name: &str) -> Problem {
    Problem(AppError::BadRequest(Refusal::at("bad_parameter", name).with("name", name)))
}

fn decode(text: &str) -> Result<String, Problem> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(b) = rest.next() {
        bytes.push(match b {
            b'+' => b' ',
            b'%' => {
                let digit = |b: Option<u8>| b.and_then(|b| (b as char).to_digit(16));
                match (digit(rest.next()), digit(rest.next())) {
                    (Some(high), Some(low)) => (high * 16 + low) as u8,
                    _ => return Err(Problem::bad_request("bad_encoding")),
                }
            }
            other => other,
        });
    }
    String::from_utf8(bytes).map_err(|_| Problem::bad_request("bad_encoding"))
}

impl<S: Send + Sync> FromRequestParts<S> for Params {
    type Rejection = Infallible;
    /// The route's own check has already refused what cannot be parsed.
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::parse(parts.uri.query().unwrap_or("")).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repeated_and_encoded() {
        let params = Params::parse("state=a&state=b&q=%E9%9A%90%E6%82%A3+1&empty=&flag").unwrap();
        assert_eq!(params.all("state"), ["a", "b"]);
        assert_eq!(params.one("q"), Some("隐患 1"));
        assert_eq!(params.one("empty"), None);
        assert!(params.names().any(|n| n == "flag"));
        for bad in ["a=%zz", "a=%e9", "%"] {
            assert!(Params::parse(bad).is_err(), "{bad}");
        }
        assert!(Params::parse("size=201").unwrap().page(200).is_err());
        assert!(Params::parse("page=0").unwrap().page(200).is_err());
    }
}
