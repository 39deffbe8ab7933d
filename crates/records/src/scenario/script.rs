//! Reads the lines of a scenario file into steps. Absent on purpose: what the words mean for a kind.

use std::fmt;

/// One block of lines.
pub(super) struct Script {
    pub title: String,
    pub steps: Vec<Step>,
}

pub(super) struct Step {
    pub line: usize,
    /// The line as written.
    pub text: String,
    pub day: i64,
    /// Minutes after midnight.
    pub minute: i64,
    pub person: String,
    pub action: String,
    /// Words without `=` after the action.
    pub words: Vec<String>,
    pub values: Vec<(String, String)>,
    pub expect: Expect,
}

pub(super) enum Expect {
    /// Each must hold afterwards.
    Done(Vec<String>),
    Refused {
        code: String,
        field: Option<String>,
    },
}

impl fmt::Display for Expect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Done(parts) if parts.is_empty() => f.write_str("accepted"),
            Self::Done(parts) => f.write_str(&parts.join(", ")),
            Self::Refused { code, field: None } => write!(f, "refused {code}"),
            Self::Refused { code, field: Some(field) } => write!(f, "refused {code} at {field}"),
        }
    }
}

/// A line that is not a step.
pub(super) struct Wrong {
    pub line: usize,
    pub expected: String,
    pub found: String,
}

pub(super) fn parse(text: &str) -> Result<Vec<Script>, Wrong> {
    let mut scripts: Vec<Script> = Vec::new();
    let mut inside = false;
    for (at, raw) in text.lines().enumerate() {
        let (line, text) = (at + 1, raw.trim());
        if text.starts_with('#') {
            continue;
        }
        if text.is_empty() {
            inside = false;
            continue;
        }
        let wrong = |expected: &str| Wrong { line, expected: expected.to_owned(), found: text.to_owned() };
        if !inside {
            if text.starts_with("day ") {
                return Err(wrong("the title of a scenario before its first step"));
            }
            scripts.push(Script { title: text.to_owned(), steps: Vec::new() });
            inside = true;
            continue;
        }
        let step = step(line, text).map_err(|expected| wrong(&expected))?;
        let script = scripts.last_mut().expect("a title came first");
        if script.steps.last().is_some_and(|last| (last.day, last.minute) > (step.day, step.minute)) {
            return Err(wrong("steps in the order of time"));
        }
        script.steps.push(step);
    }
    Ok(scripts)
}

fn step(line: usize, text: &str) -> Result<Step, String> {
    let shape = || "day N HH:MM  person  action  key=value …  -> state, …  or  refused CODE".to_owned();
    let tokens = tokens(text);
    let mut words = tokens.iter().map(String::as_str);
    let mut next = || words.next().ok_or_else(shape);
    if next()? != "day" {
        return Err(shape());
    }
    let day = next()?.parse().map_err(|_| shape())?;
    let minute = minute_of(next()?).ok_or_else(shape)?;
    let (person, action) = (next()?.to_owned(), next()?.to_owned());
    let mut step = Step {
        line,
        text: text.to_owned(),
        day,
        minute,
        person,
        action,
        words: Vec::new(),
        values: Vec::new(),
        expect: Expect::Done(Vec::new()),
    };
    while let Some(word) = words.next() {
        match word {
            "->" => {
                let rest: Vec<&str> = words.collect();
                step.expect = Expect::Done(split_outside_quotes(&rest.join(" ")));
                return Ok(step);
            }
            "refused" => {
                let code = words.next().ok_or_else(|| "a code after `refused`".to_owned())?.to_owned();
                step.expect = Expect::Refused { code, field: words.next().map(str::to_owned) };
                return if words.next().is_none() { Ok(step) } else { Err("nothing after `refused CODE FIELD`".to_owned()) };
            }
            _ => match word.split_once('=') {
                Some((key, value)) => step.values.push((key.to_owned(), unquoted(value))),
                None => step.words.push(word.to_owned()),
            },
        }
    }
    Ok(step)
}

/// `09:30` as minutes after midnight.
pub(super) fn minute_of(text: &str) -> Option<i64> {
    let (hour, minute) = text.split_once(':')?;
    let (hour, minute): (i64, i64) = (hour.parse().ok()?, minute.parse().ok()?);
    ((0..24).contains(&hour) && (0..60).contains(&minute)).then_some(hour * 60 + minute)
}

/// Words between spaces; quotes and brackets hold theirs together. `#` begins a comment.
fn tokens(text: &str) -> Vec<String> {
    let (mut tokens, mut word) = (Vec::new(), String::new());
    let mut nesting = Nesting::default();
    for c in text.chars() {
        if nesting.outside() && c == '#' && word.is_empty() {
            break;
        }
        if nesting.outside() && c.is_whitespace() {
            if !word.is_empty() {
                tokens.push(std::mem::take(&mut word));
            }
        } else {
            word.push(c);
        }
        nesting.pass(c);
    }
    if !word.is_empty() {
        tokens.push(word);
    }
    tokens
}

fn split_outside_quotes(text: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut nesting = Nesting::default();
    for c in text.chars() {
        match parts.last_mut() {
            Some(part) if !(nesting.outside() && c == ',') => part.push(c),
            _ => parts.push(String::new()),
        }
        nesting.pass(c);
    }
    parts.into_iter().map(|part| part.trim().to_owned()).filter(|part| !part.is_empty()).collect()
}

/// Whether the next character stands within quotes or brackets.
#[derive(Default)]
struct Nesting {
    quoted: bool,
    escaped: bool,
    depth: u32,
}

impl Nesting {
    fn outside(&self) -> bool {
        !self.quoted && self.depth == 0
    }

    fn pass(&mut self, c: char) {
        match c {
            _ if self.escaped => self.escaped = false,
            '\\' if self.quoted => self.escaped = true,
            '"' => self.quoted = !self.quoted,
            '[' | '{' if !self.quoted => self.depth += 1,
            ']' | '}' if !self.quoted => self.depth = self.depth.saturating_sub(1),
            _ => {}
        }
    }
}

/// The value without its quotes.
pub(super) fn unquoted(value: &str) -> String {
    match value.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
        Some(inner) => inner.replace("\\\"", "\"").replace("\\n", "\n"),
        None => value.to_owned(),
    }
}
