//! The SGX extension of PCK certificates: what platform the key belongs to, and at which TCB.

use super::certificate::Extension;
use super::oids;
use crate::der::{boolean, enumerated, octet_string, oid, sequence, unsigned};

/// The configuration flags of a platform that the Platform CA certifies.
#[derive(Clone, Copy, Debug)]
pub struct Configuration {
    /// Packages can be added to the platform.
    pub dynamic_platform: bool,
    /// The registration service keeps the platform's root keys.
    pub cached_keys: bool,
    /// Simultaneous multithreading is on.
    pub smt_enabled: bool,
}

/// The content of the SGX extension.
#[derive(Clone, Debug)]
pub struct SgxExtension {
    /// PPID, usually 16 bytes.
    pub ppid: Vec<u8>,
    /// The sixteen TCB components; they usually repeat `cpu_svn`.
    pub components: [u8; 16],
    /// PCESVN.
    pub pce_svn: u16,
    /// CPUSVN, usually 16 bytes.
    pub cpu_svn: Vec<u8>,
    /// PCEID, usually 2 bytes.
    pub pce_id: Vec<u8>,
    /// FMSPC, usually 6 bytes.
    pub fmspc: Vec<u8>,
    /// SGX type: 0 standard, 1 scalable, 2 scalable with integrity.
    pub sgx_type: u8,
    /// Platform instance id, 16 bytes, under the Platform CA.
    pub platform_instance_id: Option<Vec<u8>>,
    /// Configuration flags, under the Platform CA.
    pub configuration: Option<Configuration>,
    /// Whether the extension is marked critical; Intel's is not.
    pub critical: bool,
    /// OIDs of entries to leave out, at either level.
    pub missing: Vec<&'static str>,
    /// OIDs of entries to write twice in a row, at either level.
    pub duplicated: Vec<&'static str>,
    /// Further entries of OID and encoded value: children of TCB at the end of TCB, others at the very end.
    pub appended: Vec<(&'static str, Vec<u8>)>,
    /// Bytes after the outermost SEQUENCE, inside the extension's OCTET STRING.
    pub trailing: Vec<u8>,
}

impl SgxExtension {
    /// The X.509 extension.
    pub fn extension(&self) -> Extension {
        Extension {
            oid: oids::SGX_EXTENSION,
            critical: self.critical,
            value: self.der(),
        }
    }

    fn der(&self) -> Vec<u8> {
        let mut entries = vec![
            (oids::PPID, octet_string(&self.ppid)),
            (oids::TCB, self.tcb()),
            (oids::PCE_ID, octet_string(&self.pce_id)),
            (oids::FMSPC, octet_string(&self.fmspc)),
            (oids::SGX_TYPE, enumerated(self.sgx_type)),
        ];
        if let Some(id) = &self.platform_instance_id {
            entries.push((oids::PLATFORM_INSTANCE_ID, octet_string(id)));
        }
        if let Some(configuration) = self.configuration {
            entries.push((oids::CONFIGURATION, configuration.der()));
        }
        entries.extend(
            self.appended
                .iter()
                .filter(|(id, _)| !is_child_of_tcb(id))
                .cloned(),
        );
        [self.section(entries), self.trailing.clone()].concat()
    }

    fn tcb(&self) -> Vec<u8> {
        let svns = self.components.iter().map(|&svn| unsigned(&[svn]));
        let mut entries: Vec<_> = COMPONENTS.into_iter().zip(svns).collect();
        entries.push((oids::PCE_SVN, unsigned(&self.pce_svn.to_be_bytes())));
        entries.push((oids::CPU_SVN, octet_string(&self.cpu_svn)));
        entries.extend(
            self.appended
                .iter()
                .filter(|(id, _)| is_child_of_tcb(id))
                .cloned(),
        );
        self.section(entries)
    }

    fn section(&self, entries: Vec<(&'static str, Vec<u8>)>) -> Vec<u8> {
        let mut out = Vec::new();
        for (id, value) in entries {
            if self.missing.contains(&id) {
                continue;
            }
            let entry = sequence(&[oid(id), value]);
            if self.duplicated.contains(&id) {
                out.push(entry.clone());
            }
            out.push(entry);
        }
        sequence(&out)
    }
}

impl Configuration {
    fn der(self) -> Vec<u8> {
        let flag = |id, value| sequence(&[oid(id), boolean(value)]);
        sequence(&[
            flag("1.2.840.113741.1.13.1.7.1", self.dynamic_platform),
            flag("1.2.840.113741.1.13.1.7.2", self.cached_keys),
            flag("1.2.840.113741.1.13.1.7.3", self.smt_enabled),
        ])
    }
}

fn is_child_of_tcb(id: &str) -> bool {
    id.starts_with("1.2.840.113741.1.13.1.2.")
}

/// The OIDs of the sixteen TCB components.
pub const COMPONENTS: [&str; 16] = [
    "1.2.840.113741.1.13.1.2.1",
    "1.2.840.113741.1.13.1.2.2",
    "1.2.840.113741.1.13.1.2.3",
    "1.2.840.113741.1.13.1.2.4",
    "1.2.840.113741.1.13.1.2.5",
    "1.2.840.113741.1.13.1.2.6",
    "1.2.840.113741.1.13.1.2.7",
    "1.2.840.113741.1.13.1.2.8",
    "1.2.840.113741.1.13.1.2.9",
    "1.2.840.113741.1.13.1.2.10",
    "1.2.840.113741.1.13.1.2.11",
    "1.2.840.113741.1.13.1.2.12",
    "1.2.840.113741.1.13.1.2.13",
    "1.2.840.113741.1.13.1.2.14",
    "1.2.840.113741.1.13.1.2.15",
    "1.2.840.113741.1.13.1.2.16",
];
