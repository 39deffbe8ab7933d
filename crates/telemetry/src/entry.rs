//! Samples as JSON: `[{"p":"POINT","t":"2026-11-23T10:18:22+08:00","v":27.4,"q":"good"}]`. A bad entry is turned away alone;
//! a body that is not JSON is turned away whole. `NaN` and `Infinity`, which some senders write, make a bad value, not bad JSON.

use std::borrow::Cow;

use anlan_base::Quality;

use crate::judge::{Limits, Parsed, Unreadable, parse_time};
use crate::points::Point;

pub const MAX_ENTRIES: usize = 10_000;
pub const MAX_BYTES: usize = 4 * 1024 * 1024;
/// Of values we skip over; deeper is malformed.
const MAX_DEPTH: usize = 32;

/// `own` finds a point among those the sender may speak for.
pub fn parse_json<'p>(body: &[u8], own: impl Fn(&str) -> Option<&'p Point>, limits: &Limits) -> Result<Parsed, Unreadable> {
    if body.len() > MAX_BYTES {
        return Err(Unreadable::TooLarge { limit: MAX_BYTES });
    }
    let mut json = Json { body, at: 0 };
    let mut parsed = Parsed::default();
    match json.peek()? {
        b'[' => json.at += 1,
        // A sender with one sample and no brackets should hear what is wrong, not "malformed".
        _ => {
            json.skip(0)?;
            return Err(if json.at_end() { Unreadable::NotAnArray } else { json.malformed() });
        }
    }
    let mut index = 0;
    if json.peek()? == b']' {
        json.at += 1;
    } else {
        loop {
            if index == MAX_ENTRIES {
                return Err(Unreadable::TooMany { limit: MAX_ENTRIES });
            }
            let entry = json.entry()?;
            let point = entry.p.as_deref().and_then(&own);
            let quality = match &entry.q {
                Quoted::Absent => Some(Quality::Good),
                Quoted::Text(word) => Quality::parse(word),
                Quoted::Other => None,
            };
            parsed.take(index, limits.judge(point, entry.t.as_deref().and_then(parse_time), entry.v, quality));
            index += 1;
            match json.peek()? {
                b',' => json.at += 1,
                b']' => {
                    json.at += 1;
                    break;
                }
                _ => return Err(json.malformed()),
            }
        }
    }
    if json.at_end() { Ok(parsed) } else { Err(json.malformed()) }
}

#[derive(Default)]
struct Entry<'a> {
    p: Option<Cow<'a, str>>,
    t: Option<Cow<'a, str>>,
    v: Option<f64>,
    q: Quoted<'a>,
}

#[derive(Default)]
enum Quoted<'a> {
    #[default]
    Absent,
    Text(Cow<'a, str>),
    Other,
}

struct Json<'a> {
    body: &'a [u8],
    at: usize,
}

impl<'a> Json<'a> {
    fn malformed(&self) -> Unreadable {
        Unreadable::Malformed { at: self.at }
    }

    /// The next byte that is not white space, not consumed.
    fn peek(&mut self) -> Result<u8, Unreadable> {
        while let Some(b) = self.body.get(self.at) {
            if !matches!(b, b' ' | b'\t' | b'\n' | b'\r') {
                return Ok(*b);
            }
            self.at += 1;
        }
        Err(self.malformed())
    }

    fn at_end(&mut self) -> bool {
        self.peek().is_err()
    }

    fn expect(&mut self, byte: u8) -> Result<(), Unreadable> {
        if self.peek()? != byte {
            return Err(self.malformed());
        }
        self.at += 1;
        Ok(())
    }

    /// One element of the array. Anything but an object is an entry without a point.
    fn entry(&mut self) -> Result<Entry<'a>, Unreadable> {
        let mut entry = Entry::default();
        if self.peek()? != b'{' {
            self.skip(1)?;
            return Ok(entry);
        }
        self.at += 1;
        if self.peek()? == b'}' {
            self.at += 1;
            return Ok(entry);
        }
        loop {
            if self.peek()? != b'"' {
                return Err(self.malformed());
            }
            let key = self.string()?;
            self.expect(b':')?;
            match &*key {
                "p" => entry.p = self.text()?,
                "t" => entry.t = self.text()?,
                "q" => entry.q = self.text()?.map_or(Quoted::Other, Quoted::Text),
                "v" => entry.v = self.number_or_other()?,
                _ => self.skip(2)?,
            }
            match self.peek()? {
                b',' => self.at += 1,
                b'}' => {
                    self.at += 1;
                    return Ok(entry);
                }
                _ => return Err(self.malformed()),
            }
        }
    }

    /// A string, or `None` for any other value.
    fn text(&mut self) -> Result<Option<Cow<'a, str>>, Unreadable> {
        if self.peek()? == b'"' {
            return self.string().map(Some);
        }
        self.skip(2)?;
        Ok(None)
    }

    fn number_or_other(&mut self) -> Result<Option<f64>, Unreadable> {
        if matches!(self.peek()?, b'-' | b'0'..=b'9') {
            return self.number();
        }
        self.skip(2)?;
        Ok(None)
    }

    /// `None` for `-Infinity`. A number beyond the range of a float comes out infinite.
    fn number(&mut self) -> Result<Option<f64>, Unreadable> {
        let from = self.at;
        if self.byte() == Some(b'-') {
            self.at += 1;
            if self.body[self.at..].starts_with(b"Infinity") {
                self.at += b"Infinity".len();
                return Ok(None);
            }
        }
        match self.byte() {
            Some(b'0') => self.at += 1,
            Some(b'1'..=b'9') => self.digits(),
            _ => return Err(self.malformed()),
        }
        if self.byte() == Some(b'.') {
            self.at += 1;
            self.some_digits()?;
        }
        if matches!(self.byte(), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.byte(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            self.some_digits()?;
        }
        let text = str::from_utf8(&self.body[from..self.at]).map_err(|_| self.malformed())?;
        text.parse().map(Some).map_err(|_| self.malformed())
    }

    fn byte(&self) -> Option<u8> {
        self.body.get(self.at).copied()
    }

    fn digits(&mut self) {
        while self.byte().is_some_and(|b| b.is_ascii_digit()) {
            self.at += 1;
        }
    }

    fn some_digits(&mut self) -> Result<(), Unreadable> {
        let from = self.at;
        self.digits();
        if self.at == from { Err(self.malformed()) } else { Ok(()) }
    }

    /// The string whose opening quote comes next; borrowed unless it has escapes.
    fn string(&mut self) -> Result<Cow<'a, str>, Unreadable> {
        self.at += 1;
        let from = self.at;
        let mut escaped = false;
        loop {
            match self.byte() {
                Some(b'"') => break,
                Some(b'\\') => {
                    escaped = true;
                    self.at += 2;
                }
                Some(0x20..) => self.at += 1,
                _ => return Err(self.malformed()),
            }
        }
        let raw = &self.body[from..self.at];
        self.at += 1;
        let wrong = Unreadable::Malformed { at: from };
        if !escaped {
            return str::from_utf8(raw).map(Cow::Borrowed).map_err(|_| wrong);
        }
        let quoted = &self.body[from - 1..self.at];
        serde_json::from_slice::<String>(quoted).map(Cow::Owned).map_err(|_| wrong)
    }

    /// Passes over one value of any type.
    fn skip(&mut self, depth: usize) -> Result<(), Unreadable> {
        if depth > MAX_DEPTH {
            return Err(self.malformed());
        }
        match self.peek()? {
            b'"' => self.string().map(drop),
            b'-' | b'0'..=b'9' => self.number().map(drop),
            open @ (b'[' | b'{') => {
                self.at += 1;
                let close = if open == b'[' { b']' } else { b'}' };
                if self.peek()? == close {
                    self.at += 1;
                    return Ok(());
                }
                loop {
                    if open == b'{' {
                        if self.peek()? != b'"' {
                            return Err(self.malformed());
                        }
                        self.string()?;
                        self.expect(b':')?;
                    }
                    self.skip(depth + 1)?;
                    let next = self.peek()?;
                    self.at += 1;
                    if next == close {
                        return Ok(());
                    }
                    if next != b',' {
                        self.at -= 1;
                        return Err(self.malformed());
                    }
                }
            }
            _ => {
                let word =
                    ["null", "true", "false", "NaN", "Infinity"].into_iter().find(|w| self.body[self.at..].starts_with(w.as_bytes()));
                self.at += word.ok_or_else(|| self.malformed())?.len();
                Ok(())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use anlan_base::Instant;
    use proptest::prelude::*;

    use super::*;
    use crate::judge::Code;
    use crate::points::PointKind;

    fn point() -> Point {
        Point {
            number: 7,
            id: "XJ.A".into(),
            name: "A".into(),
            enterprise: "e1".into(),
            enterprise_code: "XJ".into(),
            hazard_unit: None,
            quantity: "gas_concentration".into(),
            unit: "%LEL".into(),
            span: Some([0.0, 100.0]),
            period_ms: 1000,
            kind: PointKind::Analogue,
        }
    }

    fn parse(body: &str) -> Result<Parsed, Unreadable> {
        let point = point();
        let limits = Limits { now: Instant::parse("2026-11-23T10:00:00+08:00").unwrap(), retention_ms: 365 * 86_400_000 };
        parse_json(body.as_bytes(), |id| (id == "XJ.A").then_some(&point), &limits)
    }

    /// One entry and what becomes of it: a quality with its flaw, or a rejection code.
    fn check(entry: &str, expected: &str) {
        let parsed = parse(&format!("[{entry}]")).unwrap_or_else(|e| panic!("{entry}: {e}"));
        let found = match (&parsed.samples[..], &parsed.rejected[..]) {
            ([s], []) => format!("{}{}", s.quality().as_str(), s.mark.flaw.map_or(String::new(), |f| format!(" {}", f.as_str()))),
            ([], [r]) => r.code.as_str().to_owned(),
            other => panic!("{entry}: {other:?}"),
        };
        assert_eq!(found, expected, "{entry}");
    }

    #[test]
    fn each_entry_is_judged_alone() {
        let t = r#""t":"2026-11-23T10:00:00+08:00""#;
        check(&format!(r#"{{"p":"XJ.A",{t},"v":27.4}}"#), "good");
        check(&format!(r#"{{"p":"XJ.A",{t},"v":27.4,"q":"uncertain"}}"#), "uncertain");
        check(&format!(r#"{{"p":"XJ.A",{t},"v":27.4,"q":"bad","note":{{"a":[1,{{}}]}}}}"#), "bad");
        check(&format!(r#"{{"p":"XJ.\u0041",{t},"v":0}}"#), "good");
        check(&format!(r#"{{"p":"XJ.A",{t},"v":100}}"#), "good");
        check(&format!(r#"{{"p":"XJ.A",{t},"v":100.1}}"#), "bad out_of_span");
        check(&format!(r#"{{"p":"XJ.A",{t},"v":-0.1}}"#), "bad out_of_span");
        check(r#"{"p":"XJ.A","t":"2026-11-23T10:05:00+08:00","v":1}"#, "good");
        check(r#"{"p":"XJ.A","t":"2026-11-23T10:05:00.001+08:00","v":1}"#, "bad ahead");
        check(r#"{"p":"XJ.A","t":"2025-11-23T10:00:00+08:00","v":1}"#, "good");
        check(r#"{"p":"XJ.A","t":"2025-11-23T09:59:59.999+08:00","v":1}"#, "too_old");
        for v in ["null", "\"27\"", "true", "NaN", "Infinity", "-Infinity", "1e999", "[1]", "{}"] {
            check(&format!(r#"{{"p":"XJ.A",{t},"v":{v}}}"#), "bad_value");
        }
        check(&format!(r#"{{"p":"XJ.A",{t}}}"#), "bad_value");
        check(&format!(r#"{{"p":"XJ.A",{t},"v":1,"q":"fine"}}"#), "bad_value");
        for time in ["\"now\"", "1790000000000", "null", "\"1999-12-31T23:59:59Z\"", "\"2101-01-01T00:00:00Z\"", "\"2026-11-23T10:00:00\""]
        {
            check(&format!(r#"{{"p":"XJ.A","t":{time},"v":1}}"#), "bad_time");
        }
        for p in ["\"XJ.B\"", "7", "null"] {
            check(&format!(r#"{{"p":{p},{t},"v":1}}"#), "unknown_point");
        }
        for entry in ["{}", "1", "\"x\"", "null", "[]"] {
            check(entry, "unknown_point");
        }
    }

    #[test]
    fn a_body_that_cannot_be_read_is_refused_whole() {
        for body in
            ["", "[", "[{]", "[{}", "[{},]", "[{}]x", "[{\"p\"}]", "[01]", "[1.]", "[\"\u{1}\"]", "{\"p\":1", "[nul]", "[\"\\u12\"]"]
        {
            assert!(matches!(parse(body), Err(Unreadable::Malformed { .. })), "{body}");
        }
        assert!(matches!(parse(&format!("[{}1{}]", "[".repeat(40), "]".repeat(40))), Err(Unreadable::Malformed { .. })));
        assert_eq!(parse(r#"{"p":"XJ.A"}"#), Err(Unreadable::NotAnArray));
        assert_eq!(parse(" [ ] "), Ok(Parsed::default()));
        let many = |n: usize| format!("[{}1]", "1,".repeat(n - 1));
        assert_eq!(parse(&many(MAX_ENTRIES)).unwrap().rejected.len(), MAX_ENTRIES);
        assert_eq!(parse(&many(MAX_ENTRIES + 1)), Err(Unreadable::TooMany { limit: MAX_ENTRIES }));
        assert_eq!(parse(&" ".repeat(MAX_BYTES + 1)), Err(Unreadable::TooLarge { limit: MAX_BYTES }));
    }

    #[test]
    fn good_and_bad_entries_keep_their_places() {
        let parsed = parse(r#"[{"p":"no"},{"p":"XJ.A","t":"2026-11-23T10:00:00Z","v":1},{"p":"XJ.A","t":"","v":1}]"#).unwrap();
        let codes: Vec<_> = parsed.rejected.iter().map(|r| (r.index, r.code)).collect();
        assert_eq!(codes, [(0, Code::UnknownPoint), (2, Code::BadTime)]);
        assert_eq!(parsed.samples.len(), 1);
    }

    proptest! {
        #[test]
        fn no_bytes_bring_it_down(body in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = parse(&String::from_utf8_lossy(&body));
        }

        #[test]
        fn nearly_json_does_not_either(body in "[\\[\\]{},:\" ptvq0-9.eE+\\-\\\\un]{0,80}") {
            let ours = parse(&format!("[{body}]")).is_ok();
            // Whatever a full JSON reader accepts, we accept.
            if serde_json::from_str::<serde_json::Value>(&format!("[{body}]")).is_ok() {
                prop_assert!(ours);
            }
        }
    }
}
