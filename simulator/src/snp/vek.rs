//! The extensions of an endorsement key's certificate.

use super::Product;
use crate::{
    der::{element, unsigned},
    x509::Extension,
};

/// structVersion.
pub const STRUCT_VERSION: &str = "1.3.6.1.4.1.3704.1.1";
/// productName.
pub const PRODUCT_NAME: &str = "1.3.6.1.4.1.3704.1.2";
/// hwID.
pub const HWID: &str = "1.3.6.1.4.1.3704.1.4";
/// cspID.
pub const CSP_ID: &str = "1.3.6.1.4.1.3704.1.5";
/// The boot loader's security version.
pub const BOOT_LOADER: &str = "1.3.6.1.4.1.3704.1.3.1";
/// The security version of the TEE's operating system.
pub const TEE: &str = "1.3.6.1.4.1.3704.1.3.2";
/// The SNP firmware's security version.
pub const SNP: &str = "1.3.6.1.4.1.3704.1.3.3";
/// A reserved security version.
pub const SPL4: &str = "1.3.6.1.4.1.3704.1.3.4";
/// A reserved security version.
pub const SPL5: &str = "1.3.6.1.4.1.3704.1.3.5";
/// A reserved security version.
pub const SPL6: &str = "1.3.6.1.4.1.3704.1.3.6";
/// A reserved security version.
pub const SPL7: &str = "1.3.6.1.4.1.3704.1.3.7";
/// The microcode's security version.
pub const MICROCODE: &str = "1.3.6.1.4.1.3704.1.3.8";
/// The security version of the FMC, of Turin.
pub const FMC: &str = "1.3.6.1.4.1.3704.1.3.9";

/// The extensions by which an endorsement key is told from others. Each value is the DER inside the OCTET STRING.
#[derive(Clone, Debug)]
pub struct VekExtensions {
    /// structVersion.
    pub struct_version: Vec<u8>,
    /// productName, an IA5String; `None` leaves it out.
    pub product_name: Option<Vec<u8>>,
    /// The security versions, in the order of the bytes of a TCB version, as (OID, INTEGER).
    pub tcb: Vec<(&'static str, Vec<u8>)>,
    /// hwID, raw bytes; `None` leaves it out, as in a VLEK.
    pub hwid: Option<Vec<u8>>,
    /// cspID, an IA5String; `None` leaves it out, as in a VCEK.
    pub csp_id: Option<Vec<u8>>,
    /// Whether the first of these extensions is marked critical.
    pub critical: bool,
}

/// An IA5String.
pub fn ia5_string(text: &str) -> Vec<u8> {
    element(0x16, text.as_bytes())
}

impl VekExtensions {
    /// The extensions for a TCB version of this product, without hwID and cspID.
    pub(super) fn new(product: Product, product_name: &str, tcb: [u8; 8]) -> Self {
        let mut extensions = Self {
            struct_version: unsigned(&[u8::from(product == Product::Turin)]),
            product_name: Some(ia5_string(product_name)),
            tcb: Vec::new(),
            hwid: None,
            csp_id: None,
            critical: false,
        };
        extensions.set_tcb(product, tcb);
        extensions
    }

    /// Writes the bytes of a TCB version in the layout of this product.
    pub fn set_tcb(&mut self, layout: Product, tcb: [u8; 8]) {
        let components = layout.tcb_components().into_iter().zip(tcb);
        self.tcb = components.map(|(oid, svn)| (oid, unsigned(&[svn]))).collect();
    }

    /// The security version with this OID.
    ///
    /// # Panics
    ///
    /// If there is none.
    pub fn component(&mut self, oid: &str) -> &mut Vec<u8> {
        let mut components = self.tcb.iter_mut();
        let found = components.find(|(id, _)| *id == oid);
        &mut found.expect("a component of the layout").1
    }

    /// Leaves the security version with this OID out.
    pub fn remove_component(&mut self, oid: &str) {
        self.tcb.retain(|(id, _)| *id != oid);
    }

    pub(super) fn all(&self) -> Vec<Extension> {
        let mut all = vec![(STRUCT_VERSION, self.struct_version.clone())];
        all.extend(self.product_name.clone().map(|value| (PRODUCT_NAME, value)));
        all.extend(self.tcb.iter().cloned());
        all.extend(self.hwid.clone().map(|value| (HWID, value)));
        all.extend(self.csp_id.clone().map(|value| (CSP_ID, value)));
        let extension = |(index, (oid, value))| Extension {
            oid,
            critical: self.critical && index == 0,
            value,
        };
        all.into_iter().enumerate().map(extension).collect()
    }
}
