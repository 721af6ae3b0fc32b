//! The compact form in which verified Intel collateral is stored. Integers are big-endian.
//!
//! | bytes | field |
//! |---|---|
//! | 0–80 | [`Header`] |
//! | 81–144 | the PCK CA's key, x ‖ y |
//! | 145–148, 149–152 | TCB evaluation data number of the TCB info, of the QE identity |
//! | 153–154 | PCEID |
//! | 155–228 | QE identity: MISCSELECT(4), mask(4), ATTRIBUTES(16), mask(16), MRSIGNER(32), ISVPRODID(2) |
//! | then | QE levels: count(1), each ISVSVN(2), status(1) |
//! | then | TCB levels, highest first: count(1), each SGX SVNs(16), PCESVN(2), TDX SVNs(16), status(1) |
//! | then | TDX module: present(1), then MRSIGNER(48), attributes(8), mask(8) |
//! | then | module identities: count(1), each version(1), MRSIGNER(48), attributes(8), mask(8), levels: count(1), each ISVSVN(1), status(1) |
//! | then | the PCK CA's name: length(2), DER |
//! | then | PCK CA and root, as a PCK chain ends with them: length(2), PEM |
//! | then | revoked PCK serial numbers, ascending: count(2), each 20 bytes |
//!
//! A status is its index in [`TcbStatus::ALL`]. A quote asks for few of the entries, so lists are read in place.

use super::{
    list::{Entry, List},
    tcb::TcbStatus,
};
use crate::{
    crypto::P256PublicKey,
    evidence::{reader::Reader, stored::Header, x509::Serial},
};

/// Verified Intel collateral: everything that checking a quote needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record<'a> {
    /// When it can be used, and under which roots.
    pub header: Header,
    /// The PCK CA's key.
    pub pck_ca_key: &'a P256PublicKey,
    /// `tcbEvaluationDataNumber` of the TCB info.
    pub tcb_info_evaluation: u32,
    /// `tcbEvaluationDataNumber` of the QE identity.
    pub qe_identity_evaluation: u32,
    /// The PCEID of the platform.
    pub pce_id: [u8; 2],
    /// What the quoting enclave must be.
    pub qe_identity: QeIdentity<'a>,
    /// The platform's levels, highest first.
    pub tcb_levels: List<'a, TcbLevel>,
    /// What a TDX module of version 0 must be; none for SGX.
    pub tdx_module: Option<TdxModule>,
    /// What TDX modules of other versions must be.
    pub tdx_module_identities: Vec<TdxModuleIdentity<'a>>,
    /// The PCK CA's name, DER.
    pub pck_ca_name: &'a [u8],
    /// The certificates of PCK CA and root, PEM.
    pub issuers: &'a [u8],
    /// The serial numbers of revoked PCK certificates, ascending.
    pub revoked_pcks: &'a [Serial],
}

/// What the quoting enclave must be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QeIdentity<'a> {
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
    pub levels: List<'a, QeLevel>,
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
pub struct TdxModuleIdentity<'a> {
    /// The module's version: 3 for `TDX_03`.
    pub version: u8,
    /// What it must be.
    pub module: TdxModule,
    /// Its levels, in the order Intel gave them: highest first.
    pub levels: List<'a, TdxModuleLevel>,
}

/// A level of a TDX module.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TdxModuleLevel {
    /// The least ISVSVN of this level.
    pub isv_svn: u8,
    /// Its status.
    pub status: TcbStatus,
}

impl<'a> Record<'a> {
    /// The bytes to store; `None` when a list is longer than its count can say.
    pub fn encode(&self) -> Option<Vec<u8>> {
        let mut fields = self.pck_ca_key.to_vec();
        fields.extend(self.tcb_info_evaluation.to_be_bytes());
        fields.extend(self.qe_identity_evaluation.to_be_bytes());
        fields.extend(self.pce_id);
        self.qe_identity.encode(&mut fields)?;
        self.tcb_levels.encode(&mut fields)?;
        fields.push(u8::from(self.tdx_module.is_some()));
        if let Some(module) = &self.tdx_module {
            module.encode(&mut fields);
        }
        fields.push(u8::try_from(self.tdx_module_identities.len()).ok()?);
        for identity in &self.tdx_module_identities {
            identity.encode(&mut fields)?;
        }
        for bytes in [self.pck_ca_name, self.issuers] {
            fields.extend(u16::try_from(bytes.len()).ok()?.to_be_bytes());
            fields.extend(bytes);
        }
        fields.extend(u16::try_from(self.revoked_pcks.len()).ok()?.to_be_bytes());
        fields.extend(self.revoked_pcks.iter().flatten());
        Some(self.header.encode(&fields))
    }

    /// Reads what [`Record::encode`] wrote.
    pub fn decode(bytes: &'a [u8]) -> Option<Self> {
        let (header, rest) = Header::decode(bytes)?;
        let mut reader = Reader::new(rest);
        let pck_ca_key = reader.array()?;
        let tcb_info_evaluation = reader.u32()?;
        let qe_identity_evaluation = reader.u32()?;
        let pce_id = *reader.array()?;
        let qe_identity = QeIdentity::decode(&mut reader)?;
        let tcb_levels = List::decode(&mut reader)?;
        let tdx_module = match reader.u8()? {
            0 => None,
            _ => Some(TdxModule::decode(&mut reader)?),
        };
        let tdx_module_identities = reader.list_u8(TdxModuleIdentity::decode)?;
        let name_len = reader.u16()?;
        let pck_ca_name = reader.take(usize::from(name_len))?;
        let issuers_len = reader.u16()?;
        let issuers = reader.take(usize::from(issuers_len))?;
        let count = reader.u16()?;
        let (revoked_pcks, rest) = reader.rest().as_chunks();
        (rest.is_empty() && revoked_pcks.len() == usize::from(count)).then_some(Self {
            header,
            pck_ca_key,
            tcb_info_evaluation,
            qe_identity_evaluation,
            pce_id,
            qe_identity,
            tcb_levels,
            tdx_module,
            tdx_module_identities,
            pck_ca_name,
            issuers,
            revoked_pcks,
        })
    }
}

impl<'a> QeIdentity<'a> {
    fn encode(&self, out: &mut Vec<u8>) -> Option<()> {
        out.extend(self.misc_select);
        out.extend(self.misc_select_mask);
        out.extend(self.attributes);
        out.extend(self.attributes_mask);
        out.extend(self.mr_signer);
        out.extend(self.isv_prod_id.to_be_bytes());
        self.levels.encode(out)
    }

    fn decode(reader: &mut Reader<'a>) -> Option<Self> {
        Some(Self {
            misc_select: *reader.array()?,
            misc_select_mask: *reader.array()?,
            attributes: *reader.array()?,
            attributes_mask: *reader.array()?,
            mr_signer: *reader.array()?,
            isv_prod_id: reader.u16()?,
            levels: List::decode(reader)?,
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

impl<'a> TdxModuleIdentity<'a> {
    fn encode(&self, out: &mut Vec<u8>) -> Option<()> {
        out.push(self.version);
        self.module.encode(out);
        self.levels.encode(out)
    }

    fn decode(reader: &mut Reader<'a>) -> Option<Self> {
        Some(Self {
            version: reader.u8()?,
            module: TdxModule::decode(reader)?,
            levels: List::decode(reader)?,
        })
    }
}

impl Entry for TcbLevel {
    const LEN: usize = 35;

    fn encode(&self, out: &mut Vec<u8>) {
        out.extend(self.sgx_svn);
        out.extend(self.pce_svn.to_be_bytes());
        out.extend(self.tdx_svn);
        out.push(status_number(self.status));
    }

    fn decode(bytes: &[u8]) -> Option<Self> {
        let mut reader = Reader::new(bytes);
        Some(Self {
            sgx_svn: *reader.array()?,
            pce_svn: reader.u16()?,
            tdx_svn: *reader.array()?,
            status: status(&mut reader)?,
        })
    }
}

impl Entry for QeLevel {
    const LEN: usize = 3;

    fn encode(&self, out: &mut Vec<u8>) {
        out.extend(self.isv_svn.to_be_bytes());
        out.push(status_number(self.status));
    }

    fn decode(bytes: &[u8]) -> Option<Self> {
        let mut reader = Reader::new(bytes);
        Some(Self {
            isv_svn: reader.u16()?,
            status: status(&mut reader)?,
        })
    }
}

impl Entry for TdxModuleLevel {
    const LEN: usize = 2;

    fn encode(&self, out: &mut Vec<u8>) {
        out.extend([self.isv_svn, status_number(self.status)]);
    }

    fn decode(bytes: &[u8]) -> Option<Self> {
        let mut reader = Reader::new(bytes);
        Some(Self {
            isv_svn: reader.u8()?,
            status: status(&mut reader)?,
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
