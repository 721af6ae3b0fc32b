//! A RIM file: the measurements that NVIDIA publishes for one driver, or one VBIOS.
//!
//! It is a SWID tag (ISO/IEC 19770-2:2015) of the TCG's Reference Integrity Manifest. `Meta` names the product
//! and the version. `Payload` has one `Resource` per measurement; index i is block i + 1 of the SPDM report, and
//! a report is only compared with those that are active. A measurement may be any of its alternatives.

use super::{canonical, refusal::Refused, signature::Signed};
use alloy_primitives::hex;
use roxmltree::Node;
use std::collections::BTreeMap;

const SWID: &str = "http://standards.iso.org/iso/19770/-2/2015/schema.xsd";
const HASH: &str = "http://www.w3.org/2001/04/xmlenc#sha384";

/// The number of measurements in a GPU's report.
const MAX_INDEX: u8 = 63;

/// The most alternatives of a measurement that the registry takes. In genuine RIMs it is four.
const MAX_ALTERNATIVES: usize = aivm::evidence::nvidia::golden::MAX_DIGESTS;

/// SHA-384.
const DIGEST_LEN: usize = 48;

/// What the measurements are of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Component {
    /// The driver: versions such as 550.144.03.
    Driver,
    /// The VBIOS: versions such as 96.00.9F.00.01.
    Vbios,
}

impl Component {
    /// The name for people.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Driver => "driver",
            Self::Vbios => "VBIOS",
        }
    }

    /// Told from the version: a VBIOS has five numbers of two hexadecimal digits, a driver two or three decimal
    /// ones.
    fn of(version: &str) -> Option<Self> {
        let parts: Vec<_> = version.split('.').collect();
        let all = |digits: fn(&u8) -> bool, least: usize, most: usize| {
            let mut parts = parts.iter();
            parts.all(|part| (least..=most).contains(&part.len()) && part.as_bytes().iter().all(digits))
        };
        match parts.len() {
            5 if all(u8::is_ascii_hexdigit, 2, 2) => Some(Self::Vbios),
            2 | 3 if all(u8::is_ascii_digit, 1, 4) => Some(Self::Driver),
            _ => None,
        }
    }
}

/// What a RIM file says.
#[derive(Debug)]
pub(super) struct Rim {
    /// Driver or VBIOS.
    pub(super) component: Component,
    /// The chip, such as GH100.
    pub(super) product: String,
    /// The version of the driver or VBIOS.
    pub(super) version: String,
    /// The active measurements: index in the RIM, what each may be.
    measurements: BTreeMap<u8, Vec<[u8; DIGEST_LEN]>>,
}

impl Rim {
    /// Reads what was signed.
    pub(super) fn read(signed: &Signed) -> Result<Self, Refused> {
        let document = canonical::parse(&signed.text).map_err(Refused::xml)?;
        let root = document.root_element();
        if !root.has_tag_name((SWID, "SoftwareIdentity")) {
            return Err(Refused::content(
                "it is signed, but it is no SWID tag, as RIM files are",
            ));
        }
        let meta = only_child(root, "Meta")?;
        let product = attribute(meta, "product")?;
        let version = attribute(meta, "colloquialVersion")?;
        let component = Component::of(&version).ok_or_else(|| {
            Refused::content(format!(
                "{version:?} is the version of neither a driver nor a VBIOS"
            ))
        })?;
        if attribute(meta, "edition")? != "GPU" {
            return Err(Refused::content("it is not for a GPU"));
        }
        let measurements = measurements(only_child(root, "Payload")?)?;
        if measurements.is_empty() {
            return Err(Refused::content("it has no active measurement"));
        }
        Ok(Self {
            component,
            product,
            version,
            measurements,
        })
    }

    /// The active measurements by their index in a report, which begins at 1.
    pub(super) fn measurements(&self) -> impl Iterator<Item = (u8, &[[u8; DIGEST_LEN]])> {
        let by_index = self.measurements.iter();
        by_index.map(|(index, digests)| (index.saturating_add(1), digests.as_slice()))
    }
}

fn only_child<'a, 'input>(node: Node<'a, 'input>, name: &str) -> Result<Node<'a, 'input>, Refused> {
    let mut children = node.children().filter(|child| child.has_tag_name((SWID, name)));
    match (children.next(), children.next()) {
        (Some(child), None) => Ok(child),
        _ => Err(Refused::content(format!("it does not have exactly one {name}"))),
    }
}

fn attribute(node: Node<'_, '_>, name: &str) -> Result<String, Refused> {
    let value = node
        .attributes()
        .find(|a| a.namespace().is_none() && a.name() == name);
    let value = value
        .map(|attribute| attribute.value())
        .filter(|value| !value.is_empty());
    value.map(str::to_owned).ok_or_else(|| {
        let element = node.tag_name().name();
        Refused::content(format!("its {element} has no {name}"))
    })
}

/// The active entries of a payload. Those that are not active must be well-formed too.
fn measurements(payload: Node<'_, '_>) -> Result<BTreeMap<u8, Vec<[u8; DIGEST_LEN]>>, Refused> {
    let mut seen = BTreeMap::new();
    for entry in payload.children().filter(Node::is_element) {
        let index = attribute(entry, "index")?;
        let malformed = |what: &str| Refused::content(format!("its measurement {index} {what}"));
        let number = decimal(&index).filter(|number| *number <= MAX_INDEX);
        let number = number.ok_or_else(|| malformed("has an index that is not 0 to 63"))?;
        let is_active = read(entry).map_err(malformed)?;
        let digests = digests(entry).map_err(malformed)?;
        if seen.insert(number, is_active.then_some(digests)).is_some() {
            return Err(malformed("is there twice"));
        }
    }
    let active = seen
        .into_iter()
        .filter_map(|(index, digests)| Some((index, digests?)));
    Ok(active.collect())
}

/// Whether an entry is active.
fn read(entry: Node<'_, '_>) -> Result<bool, &'static str> {
    if !entry.has_tag_name((SWID, "Resource")) || entry.attribute("type") != Some("Measurement") {
        return Err("is not a Resource of type Measurement");
    }
    if entry.attribute("size") != Some("48") {
        return Err("does not have 48 bytes");
    }
    match entry.attribute("active") {
        Some("True") => Ok(true),
        Some("False") => Ok(false),
        _ => Err("is neither active nor not"),
    }
}

/// What the measurement may be: `Hash0`, `Hash1`, … as many as `alternatives` says.
fn digests(entry: Node<'_, '_>) -> Result<Vec<[u8; DIGEST_LEN]>, &'static str> {
    let count = entry.attribute("alternatives").and_then(decimal).map(usize::from);
    let count = count.filter(|count| (1..=MAX_ALTERNATIVES).contains(count));
    let count = count.ok_or("does not have 1 to 8 alternatives")?;
    let hashes = entry.attributes().filter(|a| a.namespace() == Some(HASH));
    if hashes.count() != count {
        return Err("has more or fewer digests than alternatives");
    }
    let digest = |number: usize| {
        let name = format!("Hash{number}");
        let text = entry.attribute((HASH, name.as_str()))?;
        let text = Some(text).filter(|text| text.len() == 2 * DIGEST_LEN)?;
        hex::decode(text).ok()?.try_into().ok()
    };
    let digests: Option<Vec<[u8; DIGEST_LEN]>> = (0..count).map(digest).collect();
    let digests = digests.ok_or("has a digest that is not 48 bytes in hexadecimal")?;
    let mut sorted = digests.clone();
    sorted.sort_unstable();
    sorted.dedup();
    if sorted.len() == digests.len() {
        Ok(digests)
    } else {
        Err("has the same alternative twice")
    }
}

/// A number as RIM files write it: digits, no sign, no zero in front.
fn decimal(text: &str) -> Option<u8> {
    let number: u8 = text.parse().ok()?;
    (number.to_string() == text).then_some(number)
}
