//! Distinguished names.

use crate::der::{element, oid, printable_string, sequence, utf8_string};

/// A distinguished name: one attribute per relative name, in the order they are written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    /// OID of the attribute's type, and its value.
    pub attributes: Vec<(&'static str, Text)>,
}

/// The value of an attribute, in the string type it is written in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Text {
    /// A UTF8String.
    Utf8(String),
    /// A PrintableString.
    Printable(String),
    /// Any other DER.
    Raw(Vec<u8>),
}

/// `id-at-commonName`.
pub const COMMON_NAME: &str = "2.5.4.3";
/// `id-at-serialNumber`.
pub const SERIAL_NUMBER: &str = "2.5.4.5";
/// `id-at-countryName`.
pub const COUNTRY: &str = "2.5.4.6";
/// `id-at-localityName`.
pub const LOCALITY: &str = "2.5.4.7";
/// `id-at-stateOrProvinceName`.
pub const STATE: &str = "2.5.4.8";
/// `id-at-organizationName`.
pub const ORGANIZATION: &str = "2.5.4.10";
/// `id-at-organizationalUnitName`.
pub const ORGANIZATIONAL_UNIT: &str = "2.5.4.11";

impl Name {
    /// A name of these attributes, as UTF8String; the country and the serial number as PrintableString.
    pub fn new(attributes: &[(&'static str, &str)]) -> Self {
        let text = |&(id, value): &(&'static str, &str)| {
            let value = value.to_owned();
            match id {
                COUNTRY | SERIAL_NUMBER => (id, Text::Printable(value)),
                _ => (id, Text::Utf8(value)),
            }
        };
        Self {
            attributes: attributes.iter().map(text).collect(),
        }
    }

    /// The same name with another common name.
    pub fn with_common_name(mut self, common_name: &str) -> Self {
        self.attributes.retain(|(id, _)| *id != COMMON_NAME);
        let text = Text::Utf8(common_name.to_owned());
        self.attributes.push((COMMON_NAME, text));
        self
    }

    /// The DER.
    pub fn der(&self) -> Vec<u8> {
        let attribute = |(id, value): &(&'static str, Text)| {
            let value = match value {
                Text::Utf8(text) => utf8_string(text),
                Text::Printable(text) => printable_string(text),
                Text::Raw(der) => der.clone(),
            };
            element(0x31, &sequence(&[oid(id), value]))
        };
        sequence(&self.attributes.iter().map(attribute).collect::<Vec<_>>())
    }
}
