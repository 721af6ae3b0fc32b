//! From call data to arguments.

use super::{MAX_MEMBERS, message::SIGNATURE_LEN};
use crate::{call_data, error::Error, tree::MAX_PROOF_LEN};
use aivm_abi::IAttestationLightClient::{self, IAttestationLightClientCalls};
use alloy_sol_types::SolCall;

/// An ABI word in bytes.
const WORD: usize = 32;

/// Lists of up to twice what a committee has are read, so that the error can say what is wrong with them.
const MAX_LISTED: usize = 2 * MAX_MEMBERS;

/// The longest list of members or weights: its length, and a word for each.
const MAX_LIST_LEN: usize = WORD * (1 + MAX_LISTED);

/// The longest signatures: their length, and 65 bytes for each. 64 times 65 is a multiple of a word.
const MAX_SIGNATURES_LEN: usize = WORD + SIGNATURE_LEN * MAX_LISTED;

/// The longest arguments of `updateRoot`, in bytes: three words, and signatures.
const MAX_UPDATE_LEN: usize = 3 * WORD + MAX_SIGNATURES_LEN;

/// The longest arguments of `setCommittee`, in bytes: four words, and two lists.
const MAX_SET_LEN: usize = 4 * WORD + 2 * MAX_LIST_LEN;

/// The longest arguments of `rotateCommittee`, in bytes: four words, two lists, and signatures.
const MAX_ROTATE_LEN: usize = MAX_SET_LEN + MAX_SIGNATURES_LEN;

/// The longest arguments of `verifyDeviceProof`, in bytes: device id, status (five words), and a proof of at most 64 nodes.
const MAX_PROOF_CALL_LEN: usize = WORD * (1 + 5 + 1 + 1 + MAX_PROOF_LEN);

/// The longest arguments of `verifyDeviceProofAt`, in bytes: a height before the same.
const MAX_PROOF_AT_CALL_LEN: usize = WORD + MAX_PROOF_CALL_LEN;

/// The longest arguments of other functions, in bytes. None of them has more than a word.
const MAX_FLAT_LEN: usize = 1_024;

const _: () = assert!(MAX_SIGNATURES_LEN.is_multiple_of(WORD));

/// Decodes a call.
pub(super) fn decode(input: &[u8]) -> Result<IAttestationLightClientCalls, Error> {
    call_data::decode(input, |selector| match selector {
        IAttestationLightClient::updateRootCall::SELECTOR => MAX_UPDATE_LEN,
        IAttestationLightClient::rotateCommitteeCall::SELECTOR => MAX_ROTATE_LEN,
        IAttestationLightClient::setCommitteeCall::SELECTOR => MAX_SET_LEN,
        IAttestationLightClient::verifyDeviceProofCall::SELECTOR => MAX_PROOF_CALL_LEN,
        IAttestationLightClient::verifyDeviceProofAtCall::SELECTOR => MAX_PROOF_AT_CALL_LEN,
        _ => MAX_FLAT_LEN,
    })
}
