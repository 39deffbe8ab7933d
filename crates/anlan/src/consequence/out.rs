//! What a computation says: its answer on standard output, a refusal on standard error.

use std::io::{ErrorKind, Write};

use anlan_api::messages::Language;
use serde_json::{Value, json};

/// Prints an answer. A reader that has read enough, such as `head`, ends it quietly.
pub fn print(text: &str) -> anyhow::Result<()> {
    to(&mut std::io::stdout().lock(), text)
}

fn to(out: &mut impl Write, text: &str) -> anyhow::Result<()> {
    let line_end = if text.ends_with('\n') { "" } else { "\n" };
    let written = out.write_all(text.as_bytes()).and_then(|()| out.write_all(line_end.as_bytes())).and_then(|()| out.flush());
    match written {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        written => written.map_err(|error| anyhow::anyhow!("could not write the answer: {error}")),
    }
}

/// A refusal with the parts a program goes by.
#[derive(Debug)]
pub struct Refused {
    pub code: String,
    pub field: Option<String>,
    pub message: String,
    pub details: Value,
}

impl Refused {
    pub fn new(code: &str, field: Option<&str>, message: impl ToString) -> Self {
        Self { code: code.to_owned(), field: field.map(str::to_owned), message: message.to_string(), details: json!({}) }
    }

    /// A refusal with its sentence, which names the field where the words do not.
    pub fn told(refusal: anlan_base::Refusal) -> Self {
        let sentence = Language::En.refusal(&refusal);
        let anlan_base::Refusal { code, field, mut args } = refusal;
        let message = match &field {
            Some(field) if !sentence.contains(field.as_str()) => format!("{field}: {sentence}"),
            _ => sentence,
        };
        // The whole sentence is the message; figures stay figures.
        args.remove("text");
        let details = args.into_iter().map(|(name, value)| {
            let figure = value.parse::<f64>().ok().filter(|figure| figure.is_finite());
            (name, figure.map_or_else(|| json!(value), |figure| json!(figure)))
        });
        Self { details: Value::Object(details.collect()), ..Self::new(&code, field.as_deref(), message) }
    }

    /// For people the error as it was said; for a program one line of JSON, and the exit code of every refusal.
    pub fn tell(self, json: bool) -> anyhow::Error {
        if json {
            let Self { code, field, message, details } = &self;
            eprintln!("{}", json!({"code": code, "field": field, "message": message, "details": details}));
            std::process::exit(1);
        }
        anyhow::anyhow!(self.message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Closed(ErrorKind);
    impl Write for Closed {
        fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
            Err(self.0.into())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_reader_that_has_gone_is_no_error_and_a_full_disk_is_one() {
        assert!(to(&mut Closed(ErrorKind::BrokenPipe), "zones").is_ok());
        assert!(to(&mut Closed(ErrorKind::StorageFull), "zones").is_err());
        let mut out = Vec::new();
        to(&mut out, "one").unwrap();
        to(&mut out, "two\n").unwrap();
        assert_eq!(out, b"one\ntwo\n");
    }

    #[test]
    fn a_models_refusal_keeps_its_code_field_and_figures() {
        let told = |why: anlan_consequence::Refusal| Refused::told(anlan_app::science::refused_by_model(&why, None));
        let refused = told(anlan_consequence::Refusal::WindBelowRange { wind_m_s: 0.05, least_m_s: 0.1 });
        assert_eq!((refused.code.as_str(), refused.field.as_deref()), ("wind_below_range", Some("weather.wind_m_s")));
        assert_eq!(refused.details, json!({"wind_m_s": 0.05, "least_m_s": 0.1}));
        let refused = told(anlan_consequence::Refusal::UnknownCas { cas: "chlorine".to_owned() });
        assert!(refused.message.contains("write 7782-50-5"), "{}", refused.message);
        let refused = told(anlan_consequence::Refusal::AboveCriticalPoint { temperature_k: 473.15, critical_k: 416.9 });
        assert!(refused.message.contains("200 °C"), "{}", refused.message);
    }
}
