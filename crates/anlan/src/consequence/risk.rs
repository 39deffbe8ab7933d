//! The risk of a park as a person reads it at a terminal: verdicts, what adds most, and what the figures rest on.

use std::fmt::Write;

use anlan_api::messages::Language;
use anlan_consequence::qra::criteria::Zone;
use anlan_consequence::qra::park::{ParkRisk, Societal, TargetRisk};
use serde_json::json;

pub fn table(risk: &ParkRisk) -> String {
    let mut out = String::new();
    let mut line = |text: String| writeln!(out, "{}", text.trim_end()).expect("a string takes everything");
    line(format!("{}\n", risk.name));
    line(format!("individual risk: at most {:.2e} a year on the grid; limits {}", risk.highest_per_year, risk.criteria));
    risk.targets.iter().for_each(|t| target(t, &mut line));
    match &risk.societal {
        None => line("societal risk: not asked for".to_owned()),
        Some(s) => societal(s, &mut line),
    }
    line(format!("\n{} scenarios", risk.scenarios.len()));
    for s in &risk.scenarios {
        line(format!("  {:.2e} a year  {}  [{}]", s.frequency_per_year, s.name, s.source));
    }
    assumed(risk, &mut line);
    if !risk.warnings.is_empty() {
        line("\nwarnings".to_owned());
        risk.warnings.iter().for_each(|note| line(format!("  - {}", Language::En.note(&json!(note)))));
    }
    line(format!("\nmodels {}; version {}", risk.models.join(", "), risk.version));
    out
}

fn target(t: &TargetRisk, line: &mut impl FnMut(String)) {
    let verdict = match (t.acceptable, t.certain) {
        (true, true) => "acceptable",
        (true, false) => "acceptable, but not at the upper end of the band",
        (false, true) => "NOT acceptable",
        (false, false) => "NOT acceptable, though it is at the lower end of the band",
    };
    line(format!(
        "  {:<28} {:.2e} a year ({:.1e} to {:.1e}), limit {:.0e}: {verdict}",
        t.name, t.per_year, t.band.p05, t.band.p95, t.limit_per_year
    ));
    line(format!("  {:<28} limit: {}", "", t.status));
    for s in t.ranking.iter().take(3) {
        line(format!("  {:<28} {:>4.0} %  {}", "", 100.0 * s.share, s.scenario));
    }
}

fn societal(s: &Societal, line: &mut impl FnMut(String)) {
    let verdict = match s.verdict {
        Zone::Acceptable => "acceptable",
        Zone::Alarp => "as low as reasonably practicable",
        Zone::Intolerable => "INTOLERABLE",
    };
    line(format!("societal risk: {verdict}; {:.2e} deaths a year, at most {:.0} at once", s.deaths_per_year, s.most_deaths));
    for (n, f) in s.curve.iter().filter(|(n, _)| [1.0, 3.0, 10.0, 30.0, 100.0, 300.0, 1000.0].contains(n)) {
        line(format!("  {n:>5} or more: {f:.2e} a year"));
    }
    for r in s.ranking.iter().take(5) {
        line(format!("  {:>4.0} %  {}", 100.0 * r.share, r.scenario));
    }
}

/// First what holds for the park, then what several scenarios share, then each scenario's own. What differs by figures only is said once.
fn assumed(risk: &ParkRisk, line: &mut impl FnMut(String)) {
    let of_scenarios = |a: &String| risk.scenarios.iter().any(|s| s.assumptions.contains(a));
    line("\nassumed".to_owned());
    risk.assumptions.iter().filter(|a| !of_scenarios(a)).for_each(|a| line(format!("  - {a}")));
    let mut all: Vec<(Folded, Vec<usize>)> = Vec::new();
    for (i, scenario) in risk.scenarios.iter().enumerate() {
        for text in &scenario.assumptions {
            let one = Folded::of(text);
            match all.iter_mut().find(|(had, _)| had.words == one.words) {
                Some((had, whose)) => {
                    had.take_in(one);
                    if whose.last() != Some(&i) {
                        whose.push(i);
                    }
                }
                None => all.push((one, vec![i])),
            }
        }
    }
    let n = risk.scenarios.len();
    if all.iter().any(|(_, whose)| whose.len() > 1) {
        line("\nassumed in several scenarios".to_owned());
    }
    for (folded, whose) in all.iter().filter(|(_, whose)| whose.len() > 1) {
        line(format!("  - {}  ({} of {n})", folded.text(), whose.len()));
    }
    for (i, scenario) in risk.scenarios.iter().enumerate() {
        let mut own = all.iter().filter(|(_, whose)| whose[..] == [i]).peekable();
        if own.peek().is_some() {
            line(format!("\nassumed in {}", scenario.name));
        }
        own.for_each(|(folded, _)| line(format!("  - {}", folded.text())));
    }
}

/// A sentence, and the least and the largest of each figure in it as they were written.
struct Folded {
    /// One more than there are figures.
    words: Vec<String>,
    figures: Vec<[String; 2]>,
}

impl Folded {
    fn of(text: &str) -> Self {
        let (mut words, mut figures) = (vec![String::new()], Vec::new());
        let mut rest = text;
        while let Some(c) = rest.chars().next() {
            let digits = rest.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(rest.len());
            let figure = rest[..digits].trim_end_matches('.');
            // 3046 of AQ/T 3046-2013 is no figure, nor is the 2 of a word such as m2.
            let alone = !words.last().is_some_and(|word| word.ends_with(|c: char| c.is_alphanumeric() || c == '-'));
            let taken = if c.is_ascii_digit() && alone && !rest[figure.len()..].starts_with('-') {
                figures.push([figure.to_owned(), figure.to_owned()]);
                words.push(String::new());
                figure.len()
            } else {
                let taken = if figure.is_empty() || !c.is_ascii_digit() { c.len_utf8() } else { figure.len() };
                words.last_mut().expect("never empty").push_str(&rest[..taken]);
                taken
            };
            rest = &rest[taken..];
        }
        Self { words, figures }
    }

    fn take_in(&mut self, other: Self) {
        let value = |text: &str| text.parse::<f64>().unwrap_or(f64::NAN);
        for ([low, high], [least, largest]) in self.figures.iter_mut().zip(other.figures) {
            if value(&least) < value(low) {
                *low = least;
            }
            if value(&largest) > value(high) {
                *high = largest;
            }
        }
    }

    fn text(&self) -> String {
        let figure = |[low, high]: &[String; 2]| if low == high { low.clone() } else { format!("{low}…{high}") };
        let figures = self.figures.iter().map(figure).chain([String::new()]);
        self.words.iter().zip(figures).flat_map(|(word, figure)| [word.clone(), figure]).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::AtomicBool;

    #[test]
    fn sentences_that_differ_by_figures_are_said_once() {
        let mut folded = Folded::of("the open part of the cloud, 338878 m³ of mixture, explodes weakly: class 2");
        folded.take_in(Folded::of("the open part of the cloud, 15 m³ of mixture, explodes weakly: class 2"));
        assert_eq!(folded.text(), "the open part of the cloud, 15…338878 m³ of mixture, explodes weakly: class 2");
        for text in ["set of AQ/T 3046-2013 (CPR 18E), 5.2.", "2.5D, 1e-4 and (m2)", "", "气体 3 m³"] {
            assert_eq!(Folded::of(text).text(), text);
        }
    }

    #[test]
    fn a_park_is_read_in_sentences() {
        let park = include_str!("../../../../examples/park.toml");
        let park = anlan_consequence::qra::park::from_toml(park).unwrap();
        let never = AtomicBool::new(false);
        let progress = anlan_consequence::qra::Progress { tell: &|_, _| (), cancel: &never };
        let text = table(&anlan_consequence::qra::park::run(&park, 2, progress).unwrap());
        for words in
            ["village school", "from knowledge", "assumed in several scenarios", "assumed in P-401 ammonia line", "left out: obstacles"]
        {
            assert!(text.contains(words), "`{words}` is not in\n{text}");
        }
        assert!(!text.contains("{\"") && text.lines().count() < 130, "{text}");
        let open = text.lines().filter(|line| line.contains("explodes weakly"));
        assert_eq!(open.count(), 1, "{text}");
    }
}
