//! Which edition of a standard or order was in force on a day. GB 18218 keeps its own list, because each edition has its own tables.

use std::sync::LazyLock;

use anlan_base::Date;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::ask::Ask;
use crate::refusal::Refusal;
use crate::status::Status;
use crate::table;

#[derive(Debug, Deserialize)]
pub struct Edition {
    subject: String,
    pub standard: String,
    pub from: Date,
    /// The first day on which it is no longer in force.
    pub until: Option<Date>,
    #[serde(deserialize_with = "table::yes")]
    held: bool,
    pub status: Status,
}

fn of(subject: &str) -> impl Iterator<Item = &'static Edition> {
    static ROWS: LazyLock<Vec<Edition>> = LazyLock::new(|| table::rows(include_str!("../data/editions.csv")));
    ROWS.iter().filter(move |edition| edition.subject == subject)
}

/// The edition in force on a day. Refused where its figures are not held; `field` is where the day stands in the input.
pub fn on(subject: &str, day: Date, field: String) -> Result<&'static Edition, Refusal> {
    let in_force = of(subject).filter(|e| e.from <= day && e.until.is_none_or(|until| day < until)).max_by_key(|e| e.from);
    let earliest = of(subject).filter(|e| e.held).map(|e| e.from).min().expect("every subject has an edition that is held");
    match in_force {
        Some(edition) if edition.held => Ok(edition),
        other => Err(Refusal::EditionNotHeld {
            field,
            date: day.to_string(),
            standard: other.map_or("no edition known here", |edition| &edition.standard).to_owned(),
            help: format!("ask for {earliest} or later, or keep the judgement of that time as it was"),
        }),
    }
}

/// The edition on `as_of`; where the input names no day the newest, and then the answer warns.
pub fn asked(subject: &str, ask: &Ask, warnings: &mut Vec<Value>) -> Result<&'static Edition, Refusal> {
    match ask.date("as_of")? {
        Some(day) => on(subject, day, ask.field("as_of")),
        None => {
            let newest = of(subject).filter(|e| e.held).max_by_key(|e| e.from).expect("every subject has an edition that is held");
            warnings
                .push(json!({ "code": "as_of_not_stated", "field": ask.field("as_of"), "edition": newest.standard, "from": newest.from }));
            Ok(newest)
        }
    }
}

/// The newest edition of a subject that has no older one.
pub fn only(subject: &str) -> &'static Edition {
    of(subject).max_by_key(|edition| edition.from).expect("the subject stands in the table")
}
