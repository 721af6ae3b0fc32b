//! AMD's products and the layout of a TCB_VERSION: specification 56860, "TCB Version". Eight bytes, each a security
//! version of its own; which byte is whose depends on the product. An endorsement key's certificate has each in an
//! extension `1.3.6.1.4.1.3704.1.3.<arc>` (specification 57230).
//!
//! | byte | Milan, Genoa | arc | Turin | arc |
//! |---|---|---|---|---|
//! | 0 | boot loader | 1 | FMC | 9 |
//! | 1 | TEE | 2 | boot loader | 1 |
//! | 2 | reserved | 4 | TEE | 2 |
//! | 3 | reserved | 5 | SNP | 3 |
//! | 4 | reserved | 6 | reserved | 5 |
//! | 5 | reserved | 7 | reserved | 6 |
//! | 6 | SNP | 3 | reserved | 7 |
//! | 7 | microcode | 8 | microcode | 8 |

use super::report::{Cpuid, Report};

/// A processor generation with roots and a TCB layout of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Product {
    /// EPYC 7003.
    Milan,
    /// EPYC 9004 and 8004.
    Genoa,
    /// EPYC 9005.
    Turin,
}

/// One byte of a TCB version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Component {
    /// The last arc of the extension that has it.
    pub arc: u32,
    /// Its name; none where the product reserves the byte.
    pub name: Option<&'static str>,
}

const fn component(arc: u32, name: &'static str) -> Component {
    Component {
        arc,
        name: Some(name),
    }
}

const fn reserved(arc: u32) -> Component {
    Component { arc, name: None }
}

/// Milan and Genoa.
const BEFORE_TURIN: [Component; 8] = [
    component(1, "boot loader"),
    component(2, "TEE"),
    reserved(4),
    reserved(5),
    reserved(6),
    reserved(7),
    component(3, "SNP"),
    component(8, "microcode"),
];

const TURIN: [Component; 8] = [
    component(9, "FMC"),
    component(1, "boot loader"),
    component(2, "TEE"),
    component(3, "SNP"),
    reserved(5),
    reserved(6),
    reserved(7),
    component(8, "microcode"),
];

/// How many bytes of CHIP_ID a Turin has; the others are zero.
const TURIN_CHIP_ID_LEN: usize = 8;

impl Product {
    /// Every product, in the order of their numbers.
    pub const ALL: [Self; 3] = [Self::Milan, Self::Genoa, Self::Turin];

    /// The product's number in a collateral key.
    pub const fn number(self) -> u8 {
        match self {
            Self::Milan => 1,
            Self::Genoa => 2,
            Self::Turin => 3,
        }
    }

    /// The product's name, as the common names of its CAs have it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Milan => "Milan",
            Self::Genoa => "Genoa",
            Self::Turin => "Turin",
        }
    }

    /// The product with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|product| product.name() == name)
    }

    /// The product that the certificate of an endorsement key names: a name, and for some a stepping after `-`.
    /// Bergamo and Siena are Genoa's siblings and have its CAs.
    pub fn of_certificate(product_name: &str) -> Option<Self> {
        let name = product_name
            .split_once('-')
            .map_or(product_name, |(name, _)| name);
        match name {
            "Bergamo" | "Siena" => Some(Self::Genoa),
            _ => Self::from_name(name),
        }
    }

    /// The product of a processor.
    pub fn of_cpu(cpuid: Cpuid) -> Option<Self> {
        match (cpuid.family, cpuid.model) {
            (0x19, 0x00..=0x0f) => Some(Self::Milan),
            (0x19, 0x10..=0x1f | 0xa0..=0xaf) => Some(Self::Genoa),
            (0x1a, 0x00..=0x11) => Some(Self::Turin),
            _ => None,
        }
    }

    /// What the bytes of its TCB versions are, in their order.
    pub const fn components(self) -> &'static [Component; 8] {
        match self {
            Self::Milan | Self::Genoa => &BEFORE_TURIN,
            Self::Turin => &TURIN,
        }
    }

    /// How many bytes of CHIP_ID name a chip.
    pub const fn chip_id_len(self) -> usize {
        match self {
            Self::Milan | Self::Genoa => 64,
            Self::Turin => TURIN_CHIP_ID_LEN,
        }
    }
}

/// A TCB_VERSION, in AMD's own layout.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TcbVersion(pub [u8; 8]);

impl TcbVersion {
    /// Whether no component is below that of `minimum`.
    pub fn is_at_least(self, minimum: Self) -> bool {
        self.0.iter().zip(minimum.0).all(|(svn, least)| *svn >= least)
    }

    /// Whether the bytes that `product` reserves are zero.
    pub fn reserved_is_zero(self, product: Product) -> bool {
        let bytes = self.0.iter().zip(product.components());
        bytes
            .into_iter()
            .all(|(byte, component)| component.name.is_some() || *byte == 0)
    }
}

/// What governance demands: a TCB version for each product, in the order of their numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MinimumTcb([TcbVersion; 3]);

impl MinimumTcb {
    /// Three TCB versions, 24 bytes, reserved bytes zero; or nothing, which demands nothing.
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        if bytes.is_empty() {
            return Some(Self::default());
        }
        let ([milan, genoa, turin], []) = bytes.as_chunks::<8>() else {
            return None;
        };
        let minimum = Self([milan, genoa, turin].map(|bytes| TcbVersion(*bytes)));
        let mut products = Product::ALL.into_iter().zip(minimum.0);
        products
            .all(|(product, tcb)| tcb.reserved_is_zero(product))
            .then_some(minimum)
    }

    /// Whether what a report names is enough: what its key is for, what cannot be rolled back, and what the guest
    /// was launched on. CURRENT_TCB may be ahead of them and says nothing more.
    pub fn is_met_by(&self, product: Product, report: &Report<'_>) -> bool {
        let [milan, genoa, turin] = self.0;
        let minimum = match product {
            Product::Milan => milan,
            Product::Genoa => genoa,
            Product::Turin => turin,
        };
        [report.reported_tcb, report.committed_tcb, report.launch_tcb]
            .into_iter()
            .all(|tcb| tcb.is_at_least(minimum))
    }
}
