//! AMD's products.

use super::vek;

/// A processor generation with CAs and a TCB layout of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Product {
    /// EPYC 7003.
    Milan,
    /// EPYC 9004.
    Genoa,
    /// EPYC 9005.
    Turin,
}

/// Security versions; which byte of a TCB version each is depends on the product.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tcb {
    /// FMC, of Turin only.
    pub fmc: u8,
    /// The boot loader.
    pub boot_loader: u8,
    /// The TEE's operating system.
    pub tee: u8,
    /// The SNP firmware.
    pub snp: u8,
    /// The microcode.
    pub microcode: u8,
}

impl Tcb {
    /// The eight bytes in the layout of this product.
    pub fn bytes(self, product: Product) -> [u8; 8] {
        let Self {
            fmc,
            boot_loader,
            tee,
            snp,
            microcode,
        } = self;
        match product {
            Product::Milan | Product::Genoa => [boot_loader, tee, 0, 0, 0, 0, snp, microcode],
            Product::Turin => [fmc, boot_loader, tee, snp, 0, 0, 0, microcode],
        }
    }
}

impl Product {
    /// Every product.
    pub const ALL: [Self; 3] = [Self::Milan, Self::Genoa, Self::Turin];

    /// Its name, as the common names of its CAs have it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Milan => "Milan",
            Self::Genoa => "Genoa",
            Self::Turin => "Turin",
        }
    }

    /// CPUID family, model and stepping of one of its processors.
    pub fn cpuid(self) -> [u8; 3] {
        match self {
            Self::Milan => [0x19, 0x01, 0x01],
            Self::Genoa => [0x19, 0x11, 0x01],
            Self::Turin => [0x1a, 0x02, 0x01],
        }
    }

    /// The security versions of an unchanged scenario; 0xD5 takes two octets in DER.
    pub fn default_tcb(self) -> [u8; 8] {
        let tcb = Tcb {
            fmc: 1,
            boot_loader: 4,
            tee: 2,
            snp: 24,
            microcode: 0xd5,
        };
        tcb.bytes(self)
    }

    /// How many bytes of CHIP_ID name a chip; the others are zero.
    pub fn chip_id_len(self) -> usize {
        match self {
            Self::Milan | Self::Genoa => 64,
            Self::Turin => 8,
        }
    }

    /// The CHIP_ID of an unchanged scenario.
    pub fn default_chip_id(self) -> [u8; 64] {
        let len = self.chip_id_len();
        std::array::from_fn(|i| if i < len { 0xc0 | i as u8 } else { 0 })
    }

    /// The OIDs of the security versions, in the order of their bytes.
    pub fn tcb_components(self) -> [&'static str; 8] {
        use vek::{BOOT_LOADER, FMC, MICROCODE, SNP, SPL4, SPL5, SPL6, SPL7, TEE};
        match self {
            Self::Milan | Self::Genoa => [BOOT_LOADER, TEE, SPL4, SPL5, SPL6, SPL7, SNP, MICROCODE],
            Self::Turin => [FMC, BOOT_LOADER, TEE, SNP, SPL5, SPL6, SPL7, MICROCODE],
        }
    }

    /// The product's number, from 0.
    pub(super) fn index(self) -> usize {
        self as usize
    }
}
