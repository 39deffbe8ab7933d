//! Names and CAS numbers of substances as people type them.

/// Without blanks, in lower case, full-width signs as their half-width ones.
pub fn plain(name: &str) -> String {
    let half = |c: char| match c {
        '（' => '(',
        '）' => ')',
        '，' => ',',
        '【' | '［' => '[',
        '】' | '］' => ']',
        other => other,
    };
    name.chars().filter(|c| !c.is_whitespace()).map(half).flat_map(char::to_lowercase).collect()
}

/// Whether one of several texts, as a table lists them between semicolons, is this one.
pub fn among(list: &str, wanted: &str) -> bool {
    list.split(';').any(|one| !one.is_empty() && plain(one) == plain(wanted))
}

/// Whether the last digit of a CAS number is the sum of the others, weighted 1, 2, 3 … from the right, modulo 10.
pub fn cas_checks(cas: &str) -> bool {
    let parts: Vec<&str> = cas.split('-').collect();
    let [first, second, check] = parts.as_slice() else { return false };
    let lengths = (2..=7).contains(&first.len()) && second.len() == 2 && check.len() == 1;
    if !lengths || !parts.iter().all(|part| part.bytes().all(|b| b.is_ascii_digit())) {
        return false;
    }
    let digits = first.bytes().chain(second.bytes()).rev().map(|b| u32::from(b - b'0'));
    let sum: u32 = digits.zip(1..).map(|(digit, weight)| digit * weight).sum();
    check.bytes().all(|b| u32::from(b - b'0') == sum % 10)
}

/// An empty cell of a form is no answer.
pub fn typed(text: Option<&str>) -> Option<&str> {
    text.map(str::trim).filter(|text| !text.is_empty())
}
