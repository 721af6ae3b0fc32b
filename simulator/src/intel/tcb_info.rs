//! TCB info: which security version numbers of a platform are worth how much.

use super::json::{Grade, Signing, array, hex_member, window};

/// TCB info before it is signed.
#[derive(Clone, Debug)]
pub struct TcbInfo {
    /// `id`: `SGX` or `TDX`.
    pub id: String,
    /// `version`: 3.
    pub version: u32,
    /// `issueDate`, in Unix seconds.
    pub issue_date: u64,
    /// `nextUpdate`, in Unix seconds.
    pub next_update: u64,
    /// `fmspc`, usually 6 bytes.
    pub fmspc: Vec<u8>,
    /// `pceId`, usually 2 bytes.
    pub pce_id: Vec<u8>,
    /// `tcbType`: 0.
    pub tcb_type: u32,
    /// `tcbEvaluationDataNumber`.
    pub tcb_evaluation_data_number: u32,
    /// `tdxModule`, in TCB info for TDX.
    pub tdx_module: Option<TdxModule>,
    /// `tdxModuleIdentities`; left out where there are none.
    pub tdx_module_identities: Vec<TdxModuleIdentity>,
    /// `tcbLevels`, in the order they are written.
    pub levels: Vec<TcbLevel>,
    /// How the text is edited and signed.
    pub signing: Signing,
}

/// An element of `tcbLevels`.
#[derive(Clone, Debug)]
pub struct TcbLevel {
    /// `sgxtcbcomponents`.
    pub sgx: Vec<u8>,
    /// `pcesvn`.
    pub pce_svn: u16,
    /// `tdxtcbcomponents`, in TCB info for TDX.
    pub tdx: Option<Vec<u8>>,
    /// Status, date and advisories.
    pub grade: Grade,
}

/// What a TDX module must look like.
#[derive(Clone, Debug)]
pub struct TdxModule {
    /// `mrsigner`: what MRSIGNERSEAM must be, usually 48 bytes.
    pub mrsigner: Vec<u8>,
    /// `attributes`: what SEAMATTRIBUTES must be under the mask, usually 8 bytes.
    pub attributes: Vec<u8>,
    /// `attributesMask`, usually 8 bytes.
    pub attributes_mask: Vec<u8>,
}

/// An element of `tdxModuleIdentities`.
#[derive(Clone, Debug)]
pub struct TdxModuleIdentity {
    /// `id`: `TDX_` and the module version in hex.
    pub id: String,
    /// What the module must look like.
    pub module: TdxModule,
    /// `tcbLevels` of the module.
    pub levels: Vec<IsvSvnLevel>,
}

/// A level that depends on one ISVSVN, of a TDX module or of a quoting enclave.
#[derive(Clone, Debug)]
pub struct IsvSvnLevel {
    /// `isvsvn`.
    pub isv_svn: u16,
    /// Status, date and advisories.
    pub grade: Grade,
}

impl Default for TdxModule {
    /// Intel's own: signer and attributes zero, every attribute compared.
    fn default() -> Self {
        Self {
            mrsigner: vec![0; 48],
            attributes: vec![0; 8],
            attributes_mask: vec![0xFF; 8],
        }
    }
}

impl TcbInfo {
    /// The JSON text, as it is signed.
    pub fn json(&self) -> String {
        let mut members = vec![
            format!(r#""id":"{}","version":{}"#, self.id, self.version),
            window(self.issue_date, self.next_update),
            hex_member("fmspc", &self.fmspc),
            hex_member("pceId", &self.pce_id),
            format!(r#""tcbType":{}"#, self.tcb_type),
            format!(r#""tcbEvaluationDataNumber":{}"#, self.tcb_evaluation_data_number),
        ];
        if let Some(module) = &self.tdx_module {
            members.push(format!(r#""tdxModule":{{{}}}"#, module.members()));
        }
        if !self.tdx_module_identities.is_empty() {
            let identities = self.tdx_module_identities.iter().map(TdxModuleIdentity::json);
            members.push(format!(r#""tdxModuleIdentities":{}"#, array(identities)));
        }
        let levels = array(self.levels.iter().map(TcbLevel::json));
        members.push(format!(r#""tcbLevels":{levels}"#));
        self.signing.edited(format!("{{{}}}", members.join(",")))
    }
}

impl TcbLevel {
    /// A level of SGX TCB info.
    pub fn sgx(sgx: [u8; 16], pce_svn: u16, grade: Grade) -> Self {
        Self {
            sgx: sgx.to_vec(),
            pce_svn,
            tdx: None,
            grade,
        }
    }

    /// A level of TDX TCB info.
    pub fn tdx(sgx: [u8; 16], pce_svn: u16, tdx: [u8; 16], grade: Grade) -> Self {
        Self {
            tdx: Some(tdx.to_vec()),
            ..Self::sgx(sgx, pce_svn, grade)
        }
    }

    fn json(&self) -> String {
        let names: &[&str] = if self.tdx.is_some() {
            &SGX_COMPONENT_NAMES
        } else {
            &[]
        };
        let sgx = components(&self.sgx, names);
        let mut tcb = format!(r#""sgxtcbcomponents":{sgx},"pcesvn":{}"#, self.pce_svn);
        if let Some(tdx) = &self.tdx {
            tcb += &format!(r#","tdxtcbcomponents":{}"#, components(tdx, &TDX_COMPONENT_NAMES));
        }
        format!(r#"{{"tcb":{{{tcb}}},{}}}"#, self.grade.json())
    }
}

impl TdxModule {
    fn members(&self) -> String {
        let mrsigner = hex_member("mrsigner", &self.mrsigner);
        let attributes = hex_member("attributes", &self.attributes);
        format!(
            "{mrsigner},{attributes},{}",
            hex_member("attributesMask", &self.attributes_mask)
        )
    }
}

impl TdxModuleIdentity {
    fn json(&self) -> String {
        let levels = array(self.levels.iter().map(IsvSvnLevel::json));
        format!(
            r#"{{"id":"{}",{},"tcbLevels":{levels}}}"#,
            self.id,
            self.module.members()
        )
    }
}

impl IsvSvnLevel {
    /// A level that needs this ISVSVN.
    pub fn new(isv_svn: u16, grade: Grade) -> Self {
        Self { isv_svn, grade }
    }

    pub(super) fn json(&self) -> String {
        format!(r#"{{"tcb":{{"isvsvn":{}}},{}}}"#, self.isv_svn, self.grade.json())
    }
}

/// What Intel's PCS says of the first SGX components in TCB info for TDX.
const SGX_COMPONENT_NAMES: [&str; 8] = [
    r#","category":"BIOS","type":"Early Microcode Update""#,
    r#","category":"OS/VMM","type":"SGX Late Microcode Update""#,
    r#","category":"OS/VMM","type":"TXT SINIT""#,
    r#","category":"BIOS""#,
    r#","category":"BIOS""#,
    r#","category":"BIOS""#,
    "",
    r#","category":"OS/VMM","type":"SEAMLDR ACM""#,
];

/// What Intel's PCS says of the first TDX components.
const TDX_COMPONENT_NAMES: [&str; 3] = [
    r#","category":"OS/VMM","type":"TDX Module""#,
    r#","category":"OS/VMM","type":"TDX Module""#,
    r#","category":"OS/VMM","type":"TDX Late Microcode Update""#,
];

fn components(svns: &[u8], names: &[&str]) -> String {
    let name = |i: usize| names.get(i).copied().unwrap_or_default();
    array(
        svns.iter()
            .enumerate()
            .map(|(i, svn)| format!(r#"{{"svn":{svn}{}}}"#, name(i))),
    )
}
