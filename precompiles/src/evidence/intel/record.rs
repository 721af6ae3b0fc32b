//! The compact form in which verified Intel collateral is stored. Integers are big-endian.
//!
//! | bytes | field |
//! |---|---|
//! | 0–48 | [`Header`] |
//! | 49–80, 81–112 | Keccak-256 of the root certificate, of the PCK CA certificate |
//! | 113–176 | the PCK CA's key, x ‖ y |
//! | 177–180, 181–184 | TCB evaluation data number of the TCB info, of the QE identity |
//! | 185–186 | PCEID |
//! | 187–260 | QE identity: MISCSELECT(4), mask(4), ATTRIBUTES(16), mask(16), MRSIGNER(32), ISVPRODID(2) |
//! | then | QE levels: count(1), each ISVSVN(2), status(1) |
//! | then | TCB levels, highest first: count(1), each SGX SVNs(16), PCESVN(2), TDX SVNs(16), status(1) |
//! | then | TDX module: present(1), then MRSIGNER(48), attributes(8), mask(8) |
//! | then | module identities: count(1), each version(1), MRSIGNER(48), attributes(8), mask(8), levels: count(1), each ISVSVN(1), status(1) |
//! | then | the PCK CA's name: length(2), DER |
//! | then | revoked PCK serial numbers, ascending: count(2), each 20 bytes |
//!
//! A status is its index in [`TcbStatus::ALL`].

use super::tcb::TcbStatus;
use crate::{
    crypto::P256PublicKey,
    evidence::{reader::Reader, stored::Header, x509::Serial},
};
use alloy_primitives::B256;

/// Verified Intel collateral: everything that checking a quote needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// When it can be used, and under which roots.
    pub header: Header,
    /// Keccak-256 of the root certificate.
    pub root_certificate: B256,
    /// Keccak-256 of the PCK CA certificate.
    pub pck_ca_certificate: B256,
    /// The PCK CA's key.
    pub pck_ca_key: P256PublicKey,
    /// `tcbEvaluationDataNumber` of the TCB info.
    pub tcb_info_evaluation: u32,
    /// `tcbEvaluationDataNumber` of the QE identity.
    pub qe_identity_evaluation: u32,
    /// The PCEID of the platform.
    pub pce_id: [u8; 2],
    /// What the quoting enclave must be.
    pub qe_identity: QeIdentity,
    /// The platform's levels, highest first.
    pub tcb_levels: Vec<TcbLevel>,
    /// What a TDX module of version 0 must be; none for SGX.
    pub tdx_module: Option<TdxModule>,
    /// What TDX modules of other versions must be.
    pub tdx_module_identities: Vec<TdxModuleIdentity>,
    /// The PCK CA's name, DER.
    pub pck_ca_name: Vec<u8>,
    /// The serial numbers of revoked PCK certificates, ascending.
    pub revoked_pcks: Vec<Serial>,
}

/// What the quoting enclave must be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QeIdentity {
    /// MISCSELECT under its mask.
    pub misc_select: [u8; 4],
    /// The mask of MISCSELECT.
    pub misc_select_mask: [u8; 4],
    /// ATTRIBUTES under their mask.
    pub attributes: [u8; 16],
    /// The mask of ATTRIBUTES.
    pub attributes_mask: [u8; 16],
    /// MRSIGNER.
    pub mr_signer: [u8; 32],
    /// ISVPRODID.
    pub isv_prod_id: u16,
    /// Its levels, in the order Intel gave them: highest first.
    pub levels: Vec<QeLevel>,
}

/// A level of the quoting enclave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QeLevel {
    /// The least ISVSVN of this level.
    pub isv_svn: u16,
    /// Its status.
    pub status: TcbStatus,
}

/// A level of the platform.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TcbLevel {
    /// The least SGX TCB component SVNs of this level.
    pub sgx_svn: [u8; 16],
    /// The least PCESVN.
    pub pce_svn: u16,
    /// The least TDX TCB component SVNs; zero for SGX.
    pub tdx_svn: [u8; 16],
    /// Its status.
    pub status: TcbStatus,
}

/// What a TDX module must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TdxModule {
    /// MRSIGNERSEAM.
    pub mr_signer: [u8; 48],
    /// SEAMATTRIBUTES under their mask.
    pub attributes: [u8; 8],
    /// The mask of SEAMATTRIBUTES.
    pub attributes_mask: [u8; 8],
}

/// What a TDX module of one version must be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TdxModuleIdentity {
    /// The module's version: 3 for `TDX_03`.
    pub version: u8,
    /// What it must be.
    pub module: TdxModule,
    /// Its levels, in the order Intel gave them: highest first.
    pub levels: Vec<TdxModuleLevel>,
}

/// A level of a TDX module.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TdxModuleLevel {
    /// The least ISVSVN of this level.
    pub isv_svn: u8,
    /// Its status.
    pub status: TcbStatus,
}

impl Record {
    /// The bytes to store; `None` when a list is longer than its count can say.
    pub fn encode(&self) -> Option<Vec<u8>> {
        let mut out = self.header.encode();
        out.extend(self.root_certificate);
        out.extend(self.pck_ca_certificate);
        out.extend(self.pck_ca_key);
        out.extend(self.tcb_info_evaluation.to_be_bytes());
        out.extend(self.qe_identity_evaluation.to_be_bytes());
        out.extend(self.pce_id);
        self.qe_identity.encode(&mut out)?;
        out.push(u8::try_from(self.tcb_levels.len()).ok()?);
        for level in &self.tcb_levels {
            out.extend(level.sgx_svn);
            out.extend(level.pce_svn.to_be_bytes());
            out.extend(level.tdx_svn);
            out.push(status_number(level.status));
        }
        out.push(u8::from(self.tdx_module.is_some()));
        if let Some(module) = &self.tdx_module {
            module.encode(&mut out);
        }
        out.push(u8::try_from(self.tdx_module_identities.len()).ok()?);
        for identity in &self.tdx_module_identities {
            identity.encode(&mut out)?;
        }
        out.extend(u16::try_from(self.pck_ca_name.len()).ok()?.to_be_bytes());
        out.extend(&self.pck_ca_name);
        out.extend(u16::try_from(self.revoked_pcks.len()).ok()?.to_be_bytes());
        out.extend(self.revoked_pcks.iter().flatten());
        Some(out)
    }

    /// Reads what [`Record::encode`] wrote.
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        let (header, rest) = Header::decode(bytes)?;
        let mut reader = Reader::new(rest);
        let record = Self {
            header,
            root_certificate: reader.array::<32>()?.into(),
            pck_ca_certificate: reader.array::<32>()?.into(),
            pck_ca_key: *reader.array()?,
            tcb_info_evaluation: reader.u32()?,
            qe_identity_evaluation: reader.u32()?,
            pce_id: *reader.array()?,
            qe_identity: QeIdentity::decode(&mut reader)?,
            tcb_levels: reader.list_u8(|reader| {
                Some(TcbLevel {
                    sgx_svn: *reader.array()?,
                    pce_svn: reader.u16()?,
                    tdx_svn: *reader.array()?,
                    status: status(reader)?,
                })
            })?,
            tdx_module: match reader.u8()? {
                0 => None,
                _ => Some(TdxModule::decode(&mut reader)?),
            },
            tdx_module_identities: reader.list_u8(TdxModuleIdentity::decode)?,
            pck_ca_name: {
                let len = reader.u16()?;
                reader.take(usize::from(len))?.to_vec()
            },
            revoked_pcks: {
                let count = reader.u16()?;
                (0..count)
                    .map(|_| reader.array().copied())
                    .collect::<Option<_>>()?
            },
        };
        reader.rest().is_empty().then_some(record)
    }
}

impl QeIdentity {
    fn encode(&self, out: &mut Vec<u8>) -> Option<()> {
        out.extend(self.misc_select);
        out.extend(self.misc_select_mask);
        out.extend(self.attributes);
        out.extend(self.attributes_mask);
        out.extend(self.mr_signer);
        out.extend(self.isv_prod_id.to_be_bytes());
        out.push(u8::try_from(self.levels.len()).ok()?);
        for level in &self.levels {
            out.extend(level.isv_svn.to_be_bytes());
            out.push(status_number(level.status));
        }
        Some(())
    }

    fn decode(reader: &mut Reader<'_>) -> Option<Self> {
        Some(Self {
            misc_select: *reader.array()?,
            misc_select_mask: *reader.array()?,
            attributes: *reader.array()?,
            attributes_mask: *reader.array()?,
            mr_signer: *reader.array()?,
            isv_prod_id: reader.u16()?,
            levels: reader.list_u8(|reader| {
                Some(QeLevel {
                    isv_svn: reader.u16()?,
                    status: status(reader)?,
                })
            })?,
        })
    }
}

impl TdxModule {
    fn encode(&self, out: &mut Vec<u8>) {
        out.extend(self.mr_signer);
        out.extend(self.attributes);
        out.extend(self.attributes_mask);
    }

    fn decode(reader: &mut Reader<'_>) -> Option<Self> {
        Some(Self {
            mr_signer: *reader.array()?,
            attributes: *reader.array()?,
            attributes_mask: *reader.array()?,
        })
    }
}

impl TdxModuleIdentity {
    fn encode(&self, out: &mut Vec<u8>) -> Option<()> {
        out.push(self.version);
        self.module.encode(out);
        out.push(u8::try_from(self.levels.len()).ok()?);
        for level in &self.levels {
            out.extend([level.isv_svn, status_number(level.status)]);
        }
        Some(())
    }

    fn decode(reader: &mut Reader<'_>) -> Option<Self> {
        Some(Self {
            version: reader.u8()?,
            module: TdxModule::decode(reader)?,
            levels: reader.list_u8(|reader| {
                Some(TdxModuleLevel {
                    isv_svn: reader.u8()?,
                    status: status(reader)?,
                })
            })?,
        })
    }
}

fn status_number(status: TcbStatus) -> u8 {
    let index = TcbStatus::ALL.iter().position(|candidate| *candidate == status);
    index
        .and_then(|index| u8::try_from(index).ok())
        .unwrap_or(u8::MAX)
}

fn status(reader: &mut Reader<'_>) -> Option<TcbStatus> {
    TcbStatus::ALL.get(usize::from(reader.u8()?)).copied()
}
