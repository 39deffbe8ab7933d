//! The named checks of texts: telephone numbers, identity cards, credit codes, addresses, number plates. Each gives back what is stored.

use anlan_base::{Date, UnifiedCreditCode};

use crate::kind::Form;

/// The text as it is stored, or `None` if it does not have this form.
pub(super) fn stored(form: Form, text: &str) -> Option<String> {
    let text = text.trim();
    match form {
        Form::Phone => is_phone(text).then(|| text.to_owned()),
        Form::IdCard => id_card(text),
        Form::Uscc => UnifiedCreditCode::parse(text).ok().map(|code| code.to_string()),
        Form::Email => is_email(text).then(|| text.to_owned()),
        Form::Url => is_url(text).then(|| text.to_owned()),
        Form::Plate => plate(text),
    }
}

/// Mobile, fixed line with or without area code, 400/800 numbers, service numbers of three to six digits, or `+` and a country's number.
fn is_phone(text: &str) -> bool {
    let shape_ok = text.chars().enumerate().all(|(at, c)| c.is_ascii_digit() || c == '-' || c == ' ' || (c == '+' && at == 0));
    let digits = text.chars().filter(char::is_ascii_digit).count();
    shape_ok && text.starts_with(|c: char| c == '+' || c.is_ascii_digit()) && text.ends_with(|c: char| c.is_ascii_digit()) && {
        if text.starts_with('+') {
            (7..=15).contains(&digits)
        } else if text.starts_with('1') && digits > 6 {
            digits == 11 && !text.starts_with("10") && !text.starts_with("11") && !text.starts_with("12")
        } else if text.starts_with('0') {
            (10..=12).contains(&digits)
        } else {
            (3..=8).contains(&digits) || (digits == 10 && (text.starts_with("400") || text.starts_with("800")))
        }
    }
}

/// The eighteen-digit citizen number with its birthday and check character. Source: GB 11643-1999, ISO 7064 MOD 11-2.
fn id_card(text: &str) -> Option<String> {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    const CHECK: &[u8; 11] = b"10X98765432";
    let text = text.to_ascii_uppercase();
    let bytes = text.as_bytes();
    if bytes.len() != 18 || !bytes[..17].iter().all(u8::is_ascii_digit) {
        return None;
    }
    Date::parse(&format!("{}-{}-{}", &text[6..10], &text[10..12], &text[12..14])).ok()?;
    let sum: u32 = bytes.iter().zip(WEIGHTS).map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
    (bytes[17] == CHECK[(sum % 11) as usize]).then_some(text)
}

fn is_email(text: &str) -> bool {
    let clean = text.len() <= 254 && !text.chars().any(|c| c.is_whitespace() || c.is_control());
    clean
        && text.split_once('@').is_some_and(|(name, host)| {
            !name.is_empty() && !host.contains('@') && host.contains('.') && host.split('.').all(|part| !part.is_empty())
        })
}

/// Only what a browser may safely open from a page: `http` and `https`.
fn is_url(text: &str) -> bool {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    rest.is_some_and(|rest| !rest.is_empty() && !rest.starts_with('/') && !rest.chars().any(|c| c.is_whitespace() || c.is_control()))
}

/// Province character, authority letter, five places, or six for new-energy vehicles. Source: GA 36-2018.
fn plate(text: &str) -> Option<String> {
    const PROVINCES: &str = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼";
    const LAST: &str = "挂学警港澳";
    let plate: Vec<char> = text.chars().filter(|c| !matches!(c, ' ' | '·' | '-')).map(|c| c.to_ascii_uppercase()).collect();
    let place = |c: char| c.is_ascii_digit() || (c.is_ascii_uppercase() && c != 'I' && c != 'O');
    let (head, tail) = plate.split_at_checked(2)?;
    let (last, body) = tail.split_last()?;
    let good = PROVINCES.contains(head[0])
        && head[1].is_ascii_uppercase()
        && matches!(tail.len(), 5 | 6)
        && body.iter().all(|c| place(*c))
        && (place(*last) || LAST.contains(*last));
    good.then(|| plate.into_iter().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_form_accepts_and_refuses() {
        let good = [
            (Form::Phone, "13800138000", "13800138000"),
            (Form::Phone, " 0519-88881234 ", "0519-88881234"),
            (Form::Phone, "+86 138 0013 8000", "+86 138 0013 8000"),
            (Form::Phone, "400-820-8820", "400-820-8820"),
            (Form::Phone, "12350", "12350"),
            (Form::IdCard, "11010519491231002x", "11010519491231002X"),
            (Form::Uscc, "9132 0411-mae5ee554q", "91320411MAE5EE554Q"),
            (Form::Email, "a.b@example.cn", "a.b@example.cn"),
            (Form::Url, "https://example.cn/a?b=隐患", "https://example.cn/a?b=隐患"),
            (Form::Plate, "苏d·12345", "苏D12345"),
            (Form::Plate, "苏DD12345", "苏DD12345"),
            (Form::Plate, "苏D1234挂", "苏D1234挂"),
        ];
        for (form, text, kept) in good {
            assert_eq!(stored(form, text).as_deref(), Some(kept), "{form:?} {text}");
        }
        let bad = [
            (Form::Phone, "12800138000"),
            (Form::Phone, "1380013800"),
            (Form::Phone, "138-0013-800a"),
            (Form::Phone, "12"),
            (Form::IdCard, "110105194912310021"), // check character
            (Form::IdCard, "110105194913310021"), // thirteenth month
            (Form::IdCard, "11010519491231隐"),
            (Form::Uscc, "91320411MAA1AA1120"),
            (Form::Email, "a@b"),
            (Form::Email, "a b@example.cn"),
            (Form::Url, "javascript:alert(1)"),
            (Form::Url, "https://"),
            (Form::Plate, "苏D1234"),
            (Form::Plate, "XD12345"),
            (Form::Plate, "苏DI2345"),
            (Form::Plate, "苏"),
        ];
        for (form, text) in bad {
            assert_eq!(stored(form, text), None, "{form:?} {text}");
        }
    }
}
