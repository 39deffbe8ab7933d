//! What the table of the enterprise cannot say: the form of its code, which every one of its measuring points carries.

use anlan_base::Refusal;
use anlan_records::record::Facts;

use super::enterprise::Enterprise;

/// Two to sixteen capital letters and digits.
pub fn code_is_well_formed(enterprise: &Enterprise, _: &Facts) -> Result<(), Refusal> {
    let code = enterprise.code.as_deref().unwrap_or_default();
    let formed = code.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit()) && (2..=16).contains(&code.len());
    if formed { Ok(()) } else { Err(Refusal::at("bad_form", "body.code").with("form", "enterprise_code")) }
}
