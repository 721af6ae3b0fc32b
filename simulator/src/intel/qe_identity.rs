//! QE identity: what the quoting enclave must look like.

use super::json::{Signing, array, hex_member, window};
use super::tcb_info::IsvSvnLevel;

/// QE identity before it is signed.
#[derive(Clone, Debug)]
pub struct QeIdentity {
    /// `id`: `QE` or `TD_QE`.
    pub id: String,
    /// `version`: 2.
    pub version: u32,
    /// `issueDate`, in Unix seconds.
    pub issue_date: u64,
    /// `nextUpdate`, in Unix seconds.
    pub next_update: u64,
    /// `tcbEvaluationDataNumber`.
    pub tcb_evaluation_data_number: u32,
    /// `miscselect`, usually 4 bytes.
    pub miscselect: Vec<u8>,
    /// `miscselectMask`, usually 4 bytes.
    pub miscselect_mask: Vec<u8>,
    /// `attributes`, usually 16 bytes.
    pub attributes: Vec<u8>,
    /// `attributesMask`, usually 16 bytes.
    pub attributes_mask: Vec<u8>,
    /// `mrsigner`, usually 32 bytes.
    pub mrsigner: Vec<u8>,
    /// `isvprodid`.
    pub isv_prod_id: u16,
    /// `tcbLevels`, in the order they are written.
    pub levels: Vec<IsvSvnLevel>,
    /// How the text is edited and signed.
    pub signing: Signing,
}

impl QeIdentity {
    /// The JSON text, as it is signed.
    pub fn json(&self) -> String {
        let levels = array(self.levels.iter().map(IsvSvnLevel::json));
        let members = [
            format!(r#""id":"{}","version":{}"#, self.id, self.version),
            window(self.issue_date, self.next_update),
            format!(r#""tcbEvaluationDataNumber":{}"#, self.tcb_evaluation_data_number),
            hex_member("miscselect", &self.miscselect),
            hex_member("miscselectMask", &self.miscselect_mask),
            hex_member("attributes", &self.attributes),
            hex_member("attributesMask", &self.attributes_mask),
            hex_member("mrsigner", &self.mrsigner),
            format!(r#""isvprodid":{}"#, self.isv_prod_id),
            format!(r#""tcbLevels":{levels}"#),
        ];
        self.signing.edited(format!("{{{}}}", members.join(",")))
    }
}
