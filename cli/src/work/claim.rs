//! What is signed over a work proof: its bytes, or the message in which the contract `MiningRewards` takes it.

use crate::{
    input,
    output::{Failure, grouped},
};
use aivm::precompiles::mining::{MAX_MESSAGE_LEN, WorkProof};
use alloy_primitives::{Address, U256};

/// What the message of a claim begins with.
const CLAIM_TAG: &[u8] = b"aivm.MiningRewards.v1";

/// The bytes of a work proof before its evidence.
const HEADER_LEN: usize = 78;

/// The work proof, and where it is claimed.
#[derive(clap::Args)]
pub(super) struct Claim {
    /// The contract MiningRewards in which the work is claimed [default: none, the bytes of the proof are signed]
    #[arg(long = "for", value_name = "ADDRESS", value_parser = input::address, requires = "chain_id")]
    contract: Option<Address>,

    /// The id of the contract's chain
    #[arg(long, value_name = "ID", value_parser = input::amount, requires = "contract")]
    chain_id: Option<U256>,

    /// The work proof: hexadecimal, or @ and the name of a file
    #[arg(value_name = "HEX|@FILE")]
    proof: String,
}

impl Claim {
    /// What is signed.
    pub(super) fn message(&self) -> Result<Vec<u8>, Failure> {
        let proof = self.work_proof()?;
        let (Some(contract), Some(chain_id)) = (self.contract, self.chain_id) else {
            return Ok(proof);
        };
        let header = proof.get(..HEADER_LEN).unwrap_or_default();
        let chain_id = chain_id.to_be_bytes::<32>();
        Ok([CLAIM_TAG, &chain_id, &contract[..], header].concat())
    }

    /// The same, unless it is too long for the precompile.
    pub(super) fn message_to_sign(&self) -> Result<Vec<u8>, Failure> {
        let message = self.message()?;
        if message.len() > MAX_MESSAGE_LEN {
            let len = grouped(u64::try_from(message.len()).unwrap_or(u64::MAX));
            return Err(Failure::new(format!(
                "the work proof has {len} bytes, and VerifyMLDSA takes messages of at most {MAX_MESSAGE_LEN}"
            ))
            .next("sign it without its evidence"));
        }
        Ok(message)
    }

    fn work_proof(&self) -> Result<Vec<u8>, Failure> {
        let proof = input::bytes_argument("the work proof", &self.proof)?;
        WorkProof::parse(&proof).map_err(|_| {
            Failure::new(format!(
                "a work proof has {HEADER_LEN} bytes and at most 16,384 bytes of evidence behind them, this one has {}",
                proof.len()
            ))
            .next("make one: aivm work encode --help")
        })?;
        Ok(proof)
    }
}
