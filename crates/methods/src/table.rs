//! The project's own tables: CSV with `#` comments, compiled in. A table that does not parse is a bug.

use serde::de::DeserializeOwned;

pub fn rows<T: DeserializeOwned>(text: &str) -> Vec<T> {
    csv::ReaderBuilder::new()
        .comment(Some(b'#'))
        .from_reader(text.as_bytes())
        .deserialize()
        .collect::<Result<_, _>>()
        .expect("a compiled-in table parses")
}

/// `yes` and `no`, as tables write them.
pub fn yes<'d, D: serde::Deserializer<'d>>(from: D) -> Result<bool, D::Error> {
    let word: std::borrow::Cow<'d, str> = serde::Deserialize::deserialize(from)?;
    match word.as_ref() {
        "yes" => Ok(true),
        "no" => Ok(false),
        other => Err(serde::de::Error::custom(format!("`{other}` is neither yes nor no"))),
    }
}
