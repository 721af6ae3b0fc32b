//! The Solidity library `contracts/AIMining.sol` on the real precompile: `tests/fixtures/contracts/AIMiningCaller.json`
//! is what solc makes of a contract with each of its functions (`cargo xtask abi`).

mod evm;

use aivm::{
    Activation,
    abi::{
        IAIMining::WorkAlreadySpent,
        IAttestationRegistry::{TEEVendor, submitCollateralCall},
        IPrecompile::{InputTooShort, Unauthorized},
    },
    precompiles::mining::{MAX_MESSAGE_LEN, Operation},
};
use aivm_test_support::{fixtures, fuzz::seeds};
use alloy_primitives::{Address, B256, Bytes, FixedBytes, U256, hex};
use alloy_sol_types::{SolCall, SolError, sol};
use evm::{
    REGISTRY,
    chain::{Adapter, Chain, Receipt, Tx},
    evidence::{TDX, TRUST_SCORE},
    revert_data, work_proof,
};

sol! {
    struct WorkProof {
        bytes32 deviceId;
        bytes32 nonce;
        uint64 timestamp;
        uint16 privacyLevel;
        uint32 computeMinutes;
        bytes evidence;
    }
    error PrecompileMissing();
    function encode(WorkProof calldata proof) external pure returns (bytes memory);
    function verifyMLDSA(bytes1 set, bytes calldata publicKey, bytes calldata signature, bytes calldata message)
        external view returns (bool);
    function calculateReward(bytes calldata workProof) external view returns (uint256);
    function verifyTEE(bytes calldata evidence, bytes32 nonce) external view returns (bool verified, uint8 trustScore);
    function isSpent(bytes32 workId) external view returns (bool);
    function computeWorkId(bytes calldata workProof) external view returns (bytes32);
    function markSpent(bytes32 workId) external;
    function setAuthorized(address account, bool authorized) external;
    function isAuthorized(address account) external view returns (bool);
}

/// The contract. It governs and is authorised, as a mining contract that governs itself would be.
const CALLER: Address = Address::repeat_byte(0xca);

const WORK_ID: B256 = B256::repeat_byte(0x77);

struct Contract(Chain);

impl Contract {
    fn new(mut chain: Chain) -> Self {
        let artifact = fixtures::fixture("contracts/AIMiningCaller.json");
        let artifact: serde_json::Value = serde_json::from_slice(&artifact).expect("JSON");
        let code = artifact["deployedBytecode"].as_str().expect("bytecode");
        chain
            .disk
            .set_code(CALLER, &hex::decode(code).expect("hex").into());
        Self(chain)
    }

    fn send(&mut self, call: &impl SolCall) -> Receipt {
        self.0.send(Tx::new(CALLER, call.abi_encode()))
    }

    #[track_caller]
    fn call<C: SolCall>(&mut self, call: &C) -> C::Return {
        let receipt = self.send(call);
        assert!(receipt.is_success(), "{:?}", receipt.result);
        C::abi_decode_returns(&receipt.output()).expect("the declared return type")
    }

    #[track_caller]
    fn reverts(&mut self, call: &impl SolCall, error: &impl SolError) {
        let receipt = self.send(call);
        assert!(!receipt.is_success());
        assert_eq!(receipt.output(), revert_data(error));
    }
}

fn contract() -> Contract {
    Contract::new(Chain::new(Adapter::Revm, CALLER))
}

#[test]
fn signatures() {
    let mut contract = contract();
    let mut cases = 0;
    for seed in seeds(Operation::VerifyMldsa) {
        let (key, signature) = match seed[1] {
            0x44 => (1312, 2420),
            0x65 => (1952, 3309),
            _ => (2592, 4627),
        };
        let part = |from: usize, len: usize| Bytes::copy_from_slice(&seed[from..from + len]);
        let call = verifyMLDSACall {
            set: FixedBytes([seed[1]]),
            publicKey: part(2, key),
            signature: part(2 + key, signature),
            message: Bytes::copy_from_slice(&seed[2 + key + signature..]),
        };
        assert!(contract.call(&call));
        let message = [&call.message[..], &[1]].concat();
        if message.len() <= MAX_MESSAGE_LEN {
            assert!(!contract.call(&verifyMLDSACall {
                message: message.into(),
                ..call
            }));
        }
        cases += 1;
    }
    assert_eq!(cases, 9);
}

#[test]
fn work_proofs_and_rewards() {
    let mut contract = contract();
    let device = B256::repeat_byte(0x11);
    let proof = WorkProof {
        deviceId: device,
        nonce: B256::repeat_byte(0x22),
        timestamp: 1_766_708_400,
        privacyLevel: 2,
        computeMinutes: 60,
        evidence: vec![9; 3].into(),
    };
    let encoded = contract.call(&encodeCall { proof });
    assert_eq!(encoded[..78], work_proof(device, 2, 60));
    assert_eq!(encoded[78..], [9; 3]);
    let reward = contract.call(&calculateRewardCall {
        workProof: encoded.clone(),
    });
    assert_eq!(reward, U256::from(30) * U256::from(10).pow(U256::from(18)));
    let id = contract.call(&computeWorkIdCall {
        workProof: encoded.clone(),
    });
    assert_eq!(id.0, *blake3::hash(&encoded[..78]).as_bytes());
    let short = InputTooShort {
        length: U256::from(77),
        minimum: U256::from(78),
    };
    contract.reverts(
        &calculateRewardCall {
            workProof: encoded.slice(..77),
        },
        &short,
    );
}

#[test]
fn evidence() {
    let mut contract = contract();
    let call = verifyTEECall {
        evidence: TDX.evidence.clone().into(),
        nonce: TDX.nonce.into(),
    };
    let before = contract.call(&call);
    assert!(!before.verified && before.trustScore == 0, "no collateral yet");

    let collateral = TDX.collateral.clone().into();
    let submit = submitCollateralCall {
        vendor: TEEVendor::TDX,
        collateral,
    };
    assert!(
        contract
            .0
            .send(Tx::new(REGISTRY, submit.abi_encode()))
            .is_success()
    );
    let after = contract.call(&call);
    assert!(after.verified);
    assert_eq!(after.trustScore, TRUST_SCORE);
}

#[test]
fn spending() {
    let mut contract = contract();
    assert!(!contract.call(&isSpentCall { workId: WORK_ID }));
    contract.call(&markSpentCall { workId: WORK_ID });
    assert!(contract.call(&isSpentCall { workId: WORK_ID }));
    contract.reverts(
        &markSpentCall { workId: WORK_ID },
        &WorkAlreadySpent { workId: WORK_ID },
    );

    assert!(contract.call(&isAuthorizedCall { account: CALLER }));
    contract.call(&setAuthorizedCall {
        account: CALLER,
        authorized: false,
    });
    assert!(!contract.call(&isAuthorizedCall { account: CALLER }));
    contract.reverts(
        &markSpentCall { workId: B256::ZERO },
        &Unauthorized { caller: CALLER },
    );
}

/// A chain without the precompile: an account without code succeeds and returns nothing, the installed `0xfe`
/// fails.
#[test]
fn missing_precompile() {
    for chain in [Chain::bare(Adapter::Revm), Chain::new(Adapter::Revm, CALLER)] {
        let aivm = chain
            .aivm
            .clone()
            .with_activation(Activation::Timestamp(u64::MAX));
        let mut contract = Contract::new(Chain { aivm, ..chain });
        contract.reverts(&isSpentCall { workId: WORK_ID }, &PrecompileMissing {});
        contract.reverts(&markSpentCall { workId: WORK_ID }, &PrecompileMissing {});
    }
}
