//! Which topics a gateway may publish to: `anlan/v1/{enterprise code}/{gateway}/samples`, and only its own.

use crate::door::{Pass, Refused};

pub(crate) fn check(topic: &[u8], pass: &Pass) -> Result<(), Refused> {
    let topic = std::str::from_utf8(topic).map_err(|_| Refused::BadTopic)?;
    let rest = topic.strip_prefix("anlan/v1/").and_then(|rest| rest.strip_suffix("/samples")).ok_or(Refused::BadTopic)?;
    let (enterprise, gateway) = rest.split_once('/').ok_or(Refused::BadTopic)?;
    if enterprise.is_empty() || gateway.is_empty() || gateway.contains('/') || rest.contains(['+', '#', '\0']) {
        return Err(Refused::BadTopic);
    }
    if enterprise == pass.enterprise_code && gateway == pass.gateway { Ok(()) } else { Err(Refused::ForeignTopic) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gateway_has_one_topic() {
        let pass = Pass { gateway: "gw-1".into(), enterprise_code: "CW01".into() };
        for (topic, want) in [
            ("anlan/v1/CW01/gw-1/samples", Ok(())),
            ("anlan/v1/CW02/gw-1/samples", Err(Refused::ForeignTopic)),
            ("anlan/v1/CW01/gw-2/samples", Err(Refused::ForeignTopic)),
            ("anlan/v1/cw01/gw-1/samples", Err(Refused::ForeignTopic)),
            ("anlan/v1/CW01/gw-1", Err(Refused::BadTopic)),
            ("anlan/v1/CW01//samples", Err(Refused::BadTopic)),
            ("anlan/v1//gw-1/samples", Err(Refused::BadTopic)),
            ("anlan/v1/CW01/gw-1/x/samples", Err(Refused::BadTopic)),
            ("anlan/v1/+/gw-1/samples", Err(Refused::BadTopic)),
            ("anlan/v2/CW01/gw-1/samples", Err(Refused::BadTopic)),
            ("anlan/v1/samples", Err(Refused::BadTopic)),
            ("anlan/v1//samples", Err(Refused::BadTopic)),
            ("", Err(Refused::BadTopic)),
        ] {
            assert_eq!(check(topic.as_bytes(), &pass), want, "{topic}");
        }
        assert_eq!(check(b"anlan/v1/CW01/\xff/samples", &pass), Err(Refused::BadTopic));
    }
}
