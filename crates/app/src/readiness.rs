//! For those who run it: what works and what does not, and figures.

use crate::{App, AppError};

pub struct Check {
    pub name: &'static str,
    pub ok: bool,
    pub detail: String,
}

impl App {
    pub async fn readiness(&self) -> Vec<Check> {
        let database = self.store.ping().await;
        let stopping = self.is_stopping();
        vec![
            Check {
                name: "database",
                ok: database.is_ok(),
                detail: database.map_or_else(|e| e.to_string(), |()| self.store.engine().to_owned()),
            },
            Check { name: "kinds", ok: true, detail: format!("{} kinds", self.kinds.by_id.len()) },
            Check { name: "journal", ok: !self.monitoring_is_full(), detail: format!("{} bytes", self.journal_bytes()) },
            Check { name: "running", ok: !stopping, detail: if stopping { "stopping" } else { "yes" }.to_owned() },
        ]
    }

    /// In the text form of Prometheus.
    pub async fn metrics_text(&self) -> String {
        let mut out = String::new();
        let mut figure = |name: &str, help: &str, kind: &str, value: f64| {
            out.push_str(&format!("# HELP anlan_{name} {help}\n# TYPE anlan_{name} {kind}\nanlan_{name} {value}\n"));
        };
        let (points, counts) = self.signal_figures();
        figure("points", "Measuring points.", "gauge", points as f64);
        figure("journal_bytes", "Bytes of the journal on disk.", "gauge", self.journal_bytes() as f64);
        for (name, value) in counts {
            figure(&format!("samples_{name}_total"), "Samples since the start, by what became of them.", "counter", value as f64);
        }
        if let Ok((waiting, gaps)) = self.store.ledger_state().await {
            figure("leaves_waiting", "Ledger leaves without an index.", "gauge", waiting as f64);
            figure("ledger_gaps", "Events without a leaf, or leaves without an event.", "gauge", gaps as f64);
        }
        out
    }

    /// What `doctor` wants to know of the records.
    pub async fn ledger_gaps(&self) -> Result<i64, AppError> {
        Ok(self.store.ledger_state().await?.1)
    }
}
