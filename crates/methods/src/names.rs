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

/// The name with the words taken off, one by one, that speak of a state or grade and not of the substance: `无水氟化氢`, `溶解乙炔`, `氯（液化的）`.
///
/// A bracket with anything else, such as a content or `水溶液`, stays: it makes another substance of it.
pub fn bare(name: &str) -> Vec<String> {
    const STATES: [&str; 15] =
        ["无水", "液态", "液体", "液化", "溶解", "压缩", "气态", "气体", "高纯", "工业级", "工业用", "工业", "电子级", "食品级", "液"];
    let says_nothing = |inside: &str| {
        STATES.contains(&inside.trim_end_matches('的')) || (!inside.is_empty() && inside.chars().all(|c| c.is_ascii_alphabetic()))
    };
    let shorter = |name: &str| -> Option<String> {
        let bracket = name.strip_suffix([')', ']']).and_then(|name| name.rsplit_once(['(', '[']));
        let cut = bracket.filter(|(_, inside)| says_nothing(inside)).map(|(name, _)| name);
        let cut = cut.or_else(|| name.strip_suffix("气体")).or_else(|| STATES.iter().find_map(|state| name.strip_prefix(state)));
        cut.filter(|cut| !cut.is_empty()).map(str::to_owned)
    };
    let mut forms = Vec::new();
    let mut next = shorter(&plain(name));
    while let Some(form) = next {
        next = shorter(&form);
        forms.push(form);
    }
    forms
}

/// The tag of a loop or instrument, however typed: `LIC-101`, `lic 101`, `ＬＩＣ－１０１` and `LIC101` are one. `None` where nothing is.
///
/// A sign between a letter and a digit says nothing; one between digits does: `P-1-01` is not `P-10-1`.
pub fn tag(text: &str) -> Option<String> {
    let half = |c: char| match c {
        // Full-width signs stand at one distance from their half-width ones.
        '！'..='～' => char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c),
        '‐' | '‑' | '‒' | '–' | '—' | '―' | '−' => '-',
        other => other,
    };
    let between = |c: char| c.is_whitespace() || c == '-' || c == '_';
    let text: String = text.chars().map(half).flat_map(char::to_lowercase).collect();
    let mut tag = String::new();
    for part in text.split(between).filter(|part| !part.is_empty()) {
        let (before, after) = (tag.chars().next_back(), part.chars().next());
        let digits = [before, after].iter().flatten().filter(|c| c.is_ascii_digit()).count();
        if before.is_some() && digits != 1 {
            tag.push('-');
        }
        tag.push_str(part);
    }
    (!tag.is_empty()).then_some(tag)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_one_however_it_is_typed() {
        for typed in [
            "LIC-101",
            "lic-101",
            " LIC-101 ",
            "LIC 101",
            "LIC101",
            "ＬＩＣ－１０１",
            "LIC–101",
            "LIC−101",
            "LIC‑101",
            "LIC_101",
            "LIC - 101",
        ] {
            assert_eq!(tag(typed).as_deref(), Some("lic101"), "{typed}");
        }
        assert_ne!(tag("P-1-01"), tag("P-10-1"));
        assert_ne!(tag("LIC-101"), tag("LIC-101A"));
        for nothing in ["", " ", "　", "-", "—"] {
            assert_eq!(tag(nothing), None, "{nothing:?}");
        }
    }

    #[test]
    fn words_for_a_state_come_off_one_by_one_and_a_content_stays() {
        assert_eq!(bare("无水液氨"), ["液氨", "氨"]);
        assert_eq!(bare("氟化氢（无水）"), ["氟化氢"]);
        assert_eq!(bare("液化天然气（LNG）"), ["液化天然气", "天然气"]);
        assert!(bare("甲醛（37%溶液）").is_empty() && bare("氨").is_empty() && bare("氢氟酸").is_empty());
    }
}
