//! Samples as InfluxDB 1.x line protocol: `gateway[,tag=…] point=value[,point=value] [time]`. Good fields are taken even where others
//! of the request are bad, as InfluxDB's "partial write" does.

use anlan_base::{Instant, Quality};

use crate::entry::MAX_BYTES;
use crate::judge::{Code, Limits, Parsed, Unreadable};
use crate::points::Point;

pub const MAX_FIELDS: usize = 100_000;
/// How many bad lines are quoted in the answer.
const MAX_QUOTED: usize = 20;
const QUOTED_CHARS: usize = 80;

/// Unit of the time at the end of a line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Precision {
    #[default]
    Ns,
    Us,
    Ms,
    S,
}

impl Precision {
    /// The words of the query parameter; also the older `m` and `h` are unknown here.
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "n" | "ns" => Some(Self::Ns),
            "u" | "us" | "µ" => Some(Self::Us),
            "ms" => Some(Self::Ms),
            "s" => Some(Self::S),
            _ => None,
        }
    }
    fn to_ms(self, time: i64) -> Option<i64> {
        match self {
            Self::Ns => Some(time.div_euclid(1_000_000)),
            Self::Us => Some(time.div_euclid(1_000)),
            Self::Ms => Some(time),
            Self::S => time.checked_mul(1_000),
        }
    }
}

/// A request taken apart. `parsed.rejected` counts fields from 0 through the whole request.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Lines {
    pub parsed: Parsed,
    /// Lines that could not be read at all.
    pub bad_lines: usize,
    quoted: Vec<String>,
}

impl Lines {
    /// The text of the 400 answer, `None` if everything was good.
    pub fn partial_write(&self) -> Option<String> {
        let dropped = self.bad_lines + self.parsed.rejected.len();
        if dropped == 0 {
            return None;
        }
        let mut causes = self.quoted.clone();
        for code in Code::ALL {
            let count = self.parsed.rejected.iter().filter(|r| r.code == code).count();
            if count > 0 {
                causes.push(format!("{count} × {}", code.as_str()));
            }
        }
        Some(format!("partial write: {} dropped={dropped}", causes.join("; ")))
    }
}

/// `gateway` is the sender: a line of another measurement is a bad line. `own` finds a point the gateway may speak for.
/// A line without time has `limits.now`.
pub fn parse_lines<'p>(
    body: &[u8],
    gateway: &str,
    precision: Precision,
    own: impl Fn(&str) -> Option<&'p Point>,
    limits: &Limits,
) -> Result<Lines, Unreadable> {
    if body.len() > MAX_BYTES {
        return Err(Unreadable::TooLarge { limit: MAX_BYTES });
    }
    let mut lines = Lines::default();
    let mut fields_seen = 0;
    let mut fields = Vec::new();
    for raw in split_lines(body) {
        let line = raw.trim_ascii();
        if line.is_empty() || line[0] == b'#' {
            continue;
        }
        fields.clear();
        match read_line(line, gateway, precision, &mut fields) {
            Err(why) => {
                lines.bad_lines += 1;
                if lines.quoted.len() < MAX_QUOTED {
                    let text: String = String::from_utf8_lossy(line).chars().take(QUOTED_CHARS).collect();
                    lines.quoted.push(format!("unable to parse '{text}': {why}"));
                }
            }
            Ok(time) => {
                let t = match time {
                    Time::Absent => Some(limits.now),
                    Time::Ms(ms) => Some(Instant::from_ms(ms)),
                    Time::Beyond => None,
                };
                for (key, value) in fields.drain(..) {
                    if fields_seen == MAX_FIELDS {
                        return Err(Unreadable::TooMany { limit: MAX_FIELDS });
                    }
                    let point = str::from_utf8(&key).ok().and_then(&own);
                    lines.parsed.take(fields_seen, limits.judge(point, t, value, Some(Quality::Good)));
                    fields_seen += 1;
                }
            }
        }
    }
    Ok(lines)
}

enum Time {
    Absent,
    Ms(i64),
    Beyond,
}

/// Lines end at a newline outside a quoted field value.
fn split_lines(body: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut at = 0;
    std::iter::from_fn(move || {
        if at >= body.len() {
            return None;
        }
        let from = at;
        let mut quoted = false;
        while at < body.len() {
            match body[at] {
                b'\\' => at += 1,
                b'"' => quoted = !quoted,
                b'\n' if !quoted => break,
                _ => {}
            }
            at += 1;
        }
        let line = &body[from..at.min(body.len())];
        at += 1;
        Some(line)
    })
}

type Field = (Vec<u8>, Option<f64>);

/// Fills `fields` with key and value; a value that is no number is `None`.
fn read_line(line: &[u8], gateway: &str, precision: Precision, fields: &mut Vec<Field>) -> Result<Time, &'static str> {
    let mut at = 0;
    let measurement = word(line, &mut at, b", ");
    if measurement.is_empty() {
        return Err("missing measurement");
    }
    if measurement != gateway.as_bytes() {
        return Err("the measurement is not this gateway");
    }
    // Tags say nothing we store, but must be well formed.
    while line.get(at) == Some(&b',') {
        at += 1;
        let key = word(line, &mut at, b",= ");
        if key.is_empty() || line.get(at) != Some(&b'=') {
            return Err("missing tag value");
        }
        at += 1;
        if word(line, &mut at, b", ").is_empty() {
            return Err("missing tag value");
        }
    }
    skip_spaces(line, &mut at);
    if at >= line.len() {
        return Err("missing fields");
    }
    loop {
        let key = word(line, &mut at, b",= ");
        if key.is_empty() || line.get(at) != Some(&b'=') {
            return Err("invalid field format");
        }
        at += 1;
        fields.push((key, value(line, &mut at)?));
        match line.get(at) {
            Some(b',') => at += 1,
            Some(b' ') | None => break,
            Some(_) => return Err("invalid field format"),
        }
    }
    skip_spaces(line, &mut at);
    let time = &line[at..];
    if time.is_empty() {
        return Ok(Time::Absent);
    }
    let digits = time.strip_prefix(b"-").unwrap_or(time);
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return Err("bad timestamp");
    }
    let number = str::from_utf8(time).ok().and_then(|t| t.parse::<i64>().ok());
    Ok(number.and_then(|n| precision.to_ms(n)).map_or(Time::Beyond, Time::Ms))
}

fn skip_spaces(line: &[u8], at: &mut usize) {
    while line.get(*at) == Some(&b' ') {
        *at += 1;
    }
}

/// Text up to one of `ends`; a backslash takes the character after it literally if it is special.
fn word(line: &[u8], at: &mut usize, ends: &[u8]) -> Vec<u8> {
    let mut text = Vec::new();
    while let Some(&b) = line.get(*at) {
        if b == b'\\' && line.get(*at + 1).is_some_and(|next| matches!(next, b',' | b'=' | b' ' | b'\\')) {
            text.push(line[*at + 1]);
            *at += 2;
            continue;
        }
        if ends.contains(&b) {
            break;
        }
        text.push(b);
        *at += 1;
    }
    text
}

/// `1.5`, `-3i`, `7u` are numbers; `t`, `False`, `"text"` are well formed but no numbers for us.
fn value(line: &[u8], at: &mut usize) -> Result<Option<f64>, &'static str> {
    if line.get(*at) == Some(&b'"') {
        *at += 1;
        while let Some(&b) = line.get(*at) {
            *at += 1;
            match b {
                b'\\' => *at += 1,
                b'"' => return Ok(None),
                _ => {}
            }
        }
        return Err("unbalanced quotes");
    }
    let from = *at;
    while line.get(*at).is_some_and(|b| !matches!(b, b',' | b' ')) {
        *at += 1;
    }
    let text = str::from_utf8(&line[from..*at]).map_err(|_| "invalid field value")?;
    if matches!(text, "t" | "T" | "true" | "True" | "TRUE" | "f" | "F" | "false" | "False" | "FALSE") {
        return Ok(None);
    }
    if let Some(whole) = text.strip_suffix('i') {
        return whole.parse::<i64>().map(|n| Some(n as f64)).map_err(|_| "invalid number");
    }
    if let Some(whole) = text.strip_suffix('u') {
        return whole.parse::<u64>().map(|n| Some(n as f64)).map_err(|_| "invalid number");
    }
    // Rust would also read `inf` and `nan`; they are numbers to no one here, but the line is readable.
    match text.parse::<f64>() {
        Ok(number) => Ok(Some(number)),
        Err(_) => Err(if text.is_empty() { "missing field value" } else { "invalid number" }),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::points::PointKind;

    const NOW: i64 = 1_795_000_000_000;

    fn parse(body: &str, precision: Precision) -> Lines {
        let point = |id: &str, number| Point {
            number,
            id: id.into(),
            name: String::new(),
            enterprise: "e1".into(),
            enterprise_code: "XJ".into(),
            hazard_unit: None,
            quantity: "level".into(),
            unit: "m".into(),
            span: None,
            period_ms: 1000,
            kind: PointKind::Analogue,
        };
        let (a, b) = (point("XJ.A", 1), point("XJ.B C", 2));
        let limits = Limits { now: Instant::from_ms(NOW), retention_ms: 86_400_000 };
        let own = |id: &str| [&a, &b].into_iter().find(|p| p.id == id);
        parse_lines(body.as_bytes(), "gw", precision, own, &limits).unwrap()
    }

    /// What one line gives: `point@ms-from-now=value`, codes, or `line`.
    fn check(line: &str, precision: Precision, expected: &str) {
        let lines = parse(line, precision);
        let mut found: Vec<String> = lines.parsed.samples.iter().map(|s| format!("{}@{}={}", s.point, s.t.as_ms() - NOW, s.v)).collect();
        found.extend(lines.parsed.rejected.iter().map(|r| r.code.as_str().to_owned()));
        found.extend((0..lines.bad_lines).map(|_| "line".to_owned()));
        assert_eq!(found.join(" "), expected, "{line}");
        assert_eq!(lines.partial_write().is_some(), found.iter().any(|f| !f.contains('@')), "{line}");
    }

    #[test]
    fn lines_become_samples() {
        check("gw XJ.A=1.5", Precision::Ns, "1@0=1.5");
        check("gw XJ.A=1.5 1794999999000999999", Precision::Ns, "1@-1000=1.5");
        check("gw XJ.A=-3i 1794999999000", Precision::Ms, "1@-1000=-3");
        check("gw XJ.A=3u 1794999999", Precision::S, "1@-1000=3");
        check("gw XJ.A=1e1 1794999999000000", Precision::Us, "1@-1000=10");
        check("gw,site=a\\ b,x=1 XJ.A=1,XJ.B\\ C=2", Precision::Ns, "1@0=1 2@0=2");
        check("# remark\n\n  gw XJ.A=1\r\ngw XJ.A=2", Precision::Ns, "1@0=1 1@0=2");
        check("gw note=\"a, b=c\nd \\\" e\",XJ.A=1", Precision::Ns, "1@0=1 unknown_point");
    }

    #[test]
    fn what_is_no_number_is_a_bad_value_of_its_point_only() {
        check("gw XJ.A=t,XJ.B\\ C=2", Precision::Ns, "2@0=2 bad_value");
        check("gw XJ.A=\"full\"", Precision::Ns, "bad_value");
        check("gw XJ.A=nan", Precision::Ns, "bad_value");
        check("gw XJ.A=1e999", Precision::Ns, "bad_value");
        check("gw XJ.Z=1", Precision::Ns, "unknown_point");
        check("gw XJ.A=1 99999999999999999999999", Precision::Ns, "bad_time");
        check("gw XJ.A=1 9223372036854775807", Precision::S, "bad_time");
        check("gw XJ.A=1 1", Precision::Ns, "bad_time");
        check("gw XJ.A=1 1794000000", Precision::S, "too_old");
    }

    #[test]
    fn a_bad_line_leaves_the_good_ones_alone() {
        for bad in [
            "gw",
            "gw ",
            "gw XJ.A",
            "gw XJ.A=",
            "gw =1",
            "gw XJ.A=1 x",
            "gw XJ.A=1x",
            "gw,tag XJ.A=1",
            "gw XJ.A=\"open",
            "other XJ.A=1",
            ",a=b c=1",
            "gw XJ.A=1,",
        ] {
            check(&format!("gw XJ.A=1\n{bad}"), Precision::Ns, "1@0=1 line");
        }
        let text = parse("gw XJ.A=1x\ngw XJ.Z=1", Precision::Ns).partial_write().unwrap();
        assert_eq!(text, "partial write: unable to parse 'gw XJ.A=1x': invalid number; 1 × unknown_point dropped=2");
    }

    proptest! {
        #[test]
        fn no_bytes_bring_it_down(body in proptest::collection::vec(any::<u8>(), 0..300)) {
            let limits = Limits { now: Instant::from_ms(NOW), retention_ms: 1 };
            let _ = parse_lines(&body, "gw", Precision::S, |_| None, &limits);
        }

        #[test]
        fn nearly_lines_do_not_either(body in "(gw|[gw,=\\\\ \"\n#0-9.iuetf-]){0,60}") {
            let _ = parse(&body, Precision::Ms);
        }
    }
}
