//! Addresses, words and bytes as the file writes them: hexadecimal after 0x.

use alloy_primitives::{Address, B256, Bytes, hex};
use serde::{Deserialize, Serialize};

/// Makes a type that is text in a file, with its pattern in the schema.
macro_rules! hexadecimal {
    ($(#[doc = $doc:literal] $name:ident($inner:ty) = $pattern:literal, $parse:expr;)+) => {
        $(
            #[doc = $doc]
            #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
            #[serde(try_from = "String", into = "String")]
            pub(super) struct $name(pub(super) $inner);

            impl TryFrom<String> for $name {
                type Error = String;

                fn try_from(text: String) -> Result<Self, String> {
                    let parse: fn(&str) -> Result<$inner, String> = $parse;
                    parse(&text).map(Self).map_err(|problem| format!("{text:?}: {problem}"))
                }
            }

            impl From<$name> for String {
                fn from(value: $name) -> Self {
                    value.0.to_string()
                }
            }

            #[cfg(feature = "config-schema")]
            impl schemars::JsonSchema for $name {
                fn schema_name() -> std::borrow::Cow<'static, str> {
                    stringify!($name).into()
                }

                fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                    schemars::json_schema!({ "description": $doc, "type": "string", "pattern": $pattern })
                }
            }
        )+
    };
}

hexadecimal! {
    #[doc = "An address: 0x and 40 hexadecimal digits. In mixed case it must have the checksum of EIP-55."]
    HexAddress(Address) = "^0x[0-9a-fA-F]{40}$", parse_address;
    #[doc = "A word: 0x and 64 hexadecimal digits."]
    HexWord(B256) = "^0x[0-9a-fA-F]{64}$", |text| {
        let bytes = parse_bytes(text)?;
        B256::try_from(&bytes[..]).map_err(|_| "a word is 0x and 64 hexadecimal digits".into())
    };
    #[doc = "Bytes: 0x and an even number of hexadecimal digits."]
    HexBytes(Bytes) = "^0x([0-9a-fA-F]{2})*$", parse_bytes;
}

fn parse_bytes(text: &str) -> Result<Bytes, String> {
    let digits = text.strip_prefix("0x").ok_or("hexadecimal begins with 0x")?;
    let bytes = hex::decode(digits).map_err(|error| format!("it is not hexadecimal: {error}"))?;
    // What was decoded may itself have begun with 0x.
    if bytes.len().checked_mul(2) != Some(digits.len()) {
        return Err("hexadecimal has one 0x".into());
    }
    Ok(bytes.into())
}

/// Reads an address: `0x` and 40 hexadecimal digits. In mixed case it must have the checksum of EIP-55.
///
/// The error is for people: it says what is wrong and what would be right.
pub fn parse_address(text: &str) -> Result<Address, String> {
    let bytes = parse_bytes(text)?;
    let address =
        Address::try_from(&bytes[..]).map_err(|_| "an address is 0x and 40 hexadecimal digits".to_owned())?;
    let is_mixed = text.bytes().any(|byte| (b'a'..=b'f').contains(&byte))
        && text.bytes().any(|byte| (b'A'..=b'F').contains(&byte));
    if is_mixed && address.to_checksum(None) != text {
        return Err(format!(
            "the checksum of EIP-55 is wrong: check the address, or write it in lower case; with these digits it \
             would be {address}"
        ));
    }
    Ok(address)
}
