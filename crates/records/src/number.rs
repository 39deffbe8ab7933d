//! Record numbers such as `YH-2026-0001`: the counter a number is drawn from, and how it is written.

use anlan_base::Instant;

use crate::kind::{NumberPart, NumberRule, NumberScope};

/// Which counter the number is drawn from: one for each combination of the rule's scopes, within the kind.
pub fn scope_key(rule: &NumberRule, now: Instant, region_code: &str, enterprise_code: &str) -> String {
    let date = now.date();
    let parts: Vec<String> = rule
        .scope
        .iter()
        .map(|scope| match scope {
            NumberScope::Year => format!("y{:04}", date.year()),
            NumberScope::Month => format!("m{:02}", date.month()),
            NumberScope::Region => format!("r{region_code}"),
            NumberScope::Enterprise => format!("e{enterprise_code}"),
        })
        .collect();
    parts.join("/")
}

/// The number as people read it. Year and month are those of the district's day; a counter beyond its width grows.
pub fn format(rule: &NumberRule, now: Instant, region_code: &str, enterprise_code: &str, seq: i64) -> String {
    let date = now.date();
    let mut number = String::new();
    for part in &rule.parts {
        match part {
            NumberPart::Literal(text) => number.push_str(text),
            NumberPart::Year => number.push_str(&format!("{:04}", date.year())),
            NumberPart::Month => number.push_str(&format!("{:02}", date.month())),
            NumberPart::Region => number.push_str(region_code),
            NumberPart::Enterprise => number.push_str(enterprise_code),
            NumberPart::Seq { width } => number.push_str(&format!("{seq:0width$}")),
        }
    }
    number
}

#[cfg(test)]
mod tests {
    use super::*;
    use anlan_base::Name;

    fn rule(parts: Vec<NumberPart>, scope: Vec<NumberScope>) -> NumberRule {
        NumberRule { parts, scope, at: Name::of("create") }
    }

    #[test]
    fn numbers_follow_their_pattern_and_turn_at_shanghai_new_year() {
        use NumberPart::*;
        let by_year = rule(vec![Literal("YH-".into()), Year, Literal("-".into()), Seq { width: 4 }], vec![NumberScope::Year]);
        let before = Instant::parse("2026-12-31T15:59:59Z").unwrap();
        let after = before.plus_s(1);
        assert_eq!(format(&by_year, before, "320411", "HC", 7), "YH-2026-0007");
        assert_eq!(format(&by_year, after, "320411", "HC", 12345), "YH-2027-12345");
        assert_eq!(scope_key(&by_year, before, "320411", "HC"), "y2026");
        assert_eq!(scope_key(&by_year, after, "320411", "HC"), "y2027");

        let full = rule(
            vec![Enterprise, Literal("-".into()), Region, Year, Month, Literal("-".into()), Seq { width: 3 }],
            vec![NumberScope::Enterprise, NumberScope::Region, NumberScope::Year, NumberScope::Month],
        );
        assert_eq!(format(&full, before, "320411", "HC", 1), "HC-320411202612-001");
        assert_eq!(scope_key(&full, before, "320411", "HC"), "eHC/r320411/y2026/m12");
    }
}
