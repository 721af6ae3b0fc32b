//! The bodies that quotes carry: SGX enclave reports and TD reports.

use super::Format;

/// An SGX enclave report of 384 bytes: the body of an SGX quote, or the QE report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnclaveReport {
    /// CPUSVN.
    pub cpu_svn: [u8; 16],
    /// MISCSELECT.
    pub miscselect: u32,
    /// Reserved bytes after MISCSELECT, of which the last 16 are ISVEXTPRODID.
    pub reserved1: [u8; 28],
    /// ATTRIBUTES; bit 1 of byte 0 is DEBUG.
    pub attributes: [u8; 16],
    /// MRENCLAVE.
    pub mr_enclave: [u8; 32],
    /// Reserved bytes after MRENCLAVE.
    pub reserved2: [u8; 32],
    /// MRSIGNER.
    pub mr_signer: [u8; 32],
    /// Reserved bytes after MRSIGNER, of which the last 64 are CONFIGID.
    pub reserved3: [u8; 96],
    /// ISVPRODID.
    pub isv_prod_id: u16,
    /// ISVSVN.
    pub isv_svn: u16,
    /// Reserved bytes after ISVSVN: CONFIGSVN, 42 reserved bytes, ISVFAMILYID.
    pub reserved4: [u8; 60],
    /// REPORTDATA.
    pub report_data: [u8; 64],
}

impl EnclaveReport {
    /// The 384 bytes.
    pub fn bytes(&self) -> Vec<u8> {
        [
            &self.cpu_svn[..],
            &self.miscselect.to_le_bytes(),
            &self.reserved1,
            &self.attributes,
            &self.mr_enclave,
            &self.reserved2,
            &self.mr_signer,
            &self.reserved3,
            &self.isv_prod_id.to_le_bytes(),
            &self.isv_svn.to_le_bytes(),
            &self.reserved4,
            &self.report_data,
        ]
        .concat()
    }
}

/// A TD report; the version of the body decides how many of the fields are written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TdReport {
    /// TEE_TCB_SVN.
    pub tee_tcb_svn: [u8; 16],
    /// MRSEAM.
    pub mr_seam: [u8; 48],
    /// MRSIGNERSEAM.
    pub mr_signer_seam: [u8; 48],
    /// SEAMATTRIBUTES.
    pub seam_attributes: [u8; 8],
    /// TDATTRIBUTES; bit 0 of byte 0 is DEBUG, bit 4 of byte 3 is SEPT_VE_DISABLE.
    pub td_attributes: [u8; 8],
    /// XFAM.
    pub xfam: [u8; 8],
    /// MRTD.
    pub mr_td: [u8; 48],
    /// MRCONFIGID.
    pub mr_config_id: [u8; 48],
    /// MROWNER.
    pub mr_owner: [u8; 48],
    /// MROWNERCONFIG.
    pub mr_owner_config: [u8; 48],
    /// RTMR0 to RTMR3.
    pub rtmr: [[u8; 48]; 4],
    /// REPORTDATA.
    pub report_data: [u8; 64],
    /// TEE_TCB_SVN2, from TD 1.5 on.
    pub tee_tcb_svn2: [u8; 16],
    /// MRSERVICETD, from TD 1.5 on.
    pub mr_service_td: [u8; 48],
    /// What TD 1.5ex adds.
    pub ex: TdReportEx,
}

/// The fields that TD 1.5ex adds to a TD report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TdReportEx {
    /// Index of the VM that asked for the report.
    pub vm_id: u8,
    /// Id of this instance of the TD.
    pub td_id: [u8; 32],
    /// Hash of the device information.
    pub dev_info: [u8; 48],
    /// SERVTD_HASH of the service TDs bound at creation.
    pub init_service_td_hash: [u8; 48],
    /// Attributes of the service TD bound at creation.
    pub init_service_td_attributes: [u8; 8],
    /// CPUSVN at creation.
    pub init_cpu_svn: [u8; 16],
    /// TEE_TCB_SVN at creation.
    pub init_tee_tcb_svn: [u8; 16],
    /// Model of the platform at creation.
    pub init_tee_fmspc: [u8; 12],
    /// SERVTD_HASH of the service TDs bound now.
    pub cur_service_td_hash: [u8; 48],
    /// Attributes of the service TD bound now.
    pub cur_service_td_attributes: [u8; 8],
}

impl TdReport {
    /// The bytes of the body: 584 of TD 1.0, 648 of TD 1.5, 885 of TD 1.5ex.
    pub fn bytes(&self, format: Format) -> Vec<u8> {
        let mut out = [
            &self.tee_tcb_svn[..],
            &self.mr_seam,
            &self.mr_signer_seam,
            &self.seam_attributes,
            &self.td_attributes,
            &self.xfam,
            &self.mr_td,
            &self.mr_config_id,
            &self.mr_owner,
            &self.mr_owner_config,
            self.rtmr.as_flattened(),
            &self.report_data,
        ]
        .concat();
        if matches!(format, Format::TdxV5Td15 | Format::TdxV5Td15Ex) {
            out.extend_from_slice(&self.tee_tcb_svn2);
            out.extend_from_slice(&self.mr_service_td);
        }
        if format == Format::TdxV5Td15Ex {
            out.extend(self.ex.bytes());
        }
        out
    }
}

impl TdReportEx {
    fn bytes(&self) -> Vec<u8> {
        [
            &[self.vm_id][..],
            &self.td_id,
            &self.dev_info,
            &self.init_service_td_hash,
            &self.init_service_td_attributes,
            &self.init_cpu_svn,
            &self.init_tee_tcb_svn,
            &self.init_tee_fmspc,
            &self.cur_service_td_hash,
            &self.cur_service_td_attributes,
        ]
        .concat()
    }
}
