//! The Solidity library `contracts/AiMiningLib.sol` on the real precompile, and where there is none:
//! `tests/fixtures/contracts/AiMiningLibCaller.json` is what solc makes of a contract with each of its functions
//! (`cargo xtask abi`).

mod evm;

use aivm::{
    Activation, Aivm,
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
    MINING, REGISTRY,
    asm::Script,
    chain::{Adapter, Chain, Receipt, Tx},
    evidence::{TDX, TRUST_SCORE},
    revert_data, work_proof,
};

sol! {
    #[derive(PartialEq, Eq)]
    struct WorkProof {
        bytes32 deviceId;
        bytes32 nonce;
        uint64 timestamp;
        uint16 privacyLevel;
        uint32 computeMinutes;
        bytes evidence;
    }
    error PrecompileAbsent();
    error InsufficientGas(uint256 available, uint256 price);
    error UnexpectedAnswer(bytes answer);
    error WorkProofTooShort(uint256 length);
    function encode(WorkProof calldata proof) external pure returns (bytes memory);
    function decode(bytes calldata workProof) external pure returns (WorkProof memory);
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

/// A contract that calls it.
const SCRIPT: Address = Address::repeat_byte(0xcb);

const WORK_ID: B256 = B256::repeat_byte(0x77);

struct Contract(Chain);

impl Contract {
    fn new(mut chain: Chain) -> Self {
        let artifact = fixtures::fixture("contracts/AiMiningLibCaller.json");
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

#[test]
fn decoding() {
    let mut contract = contract();
    for evidence in [vec![], vec![7], vec![9; 100]] {
        let proof = WorkProof {
            deviceId: B256::repeat_byte(0x11),
            nonce: B256::repeat_byte(0x22),
            timestamp: u64::MAX - 1,
            privacyLevel: u16::MAX - 1,
            computeMinutes: u32::MAX - 1,
            evidence: evidence.into(),
        };
        let encoded = contract.call(&encodeCall { proof: proof.clone() });
        assert!(contract.call(&decodeCall { workProof: encoded }) == proof);
    }
    for length in [0, 77] {
        let short = vec![1; length].into();
        let length = U256::from(length);
        contract.reverts(&decodeCall { workProof: short }, &WorkProofTooShort { length });
    }
}

/// Each function of the library that asks the precompile, with its price.
fn calls() -> Vec<(Vec<u8>, u64)> {
    let proof = Bytes::from(work_proof(B256::repeat_byte(0x11), 1, 60));
    let signature = verifyMLDSACall {
        set: FixedBytes([0x44]),
        publicKey: vec![7; 1312].into(),
        signature: vec![9; 2420].into(),
        message: Bytes::new(),
    };
    let evidence = verifyTEECall {
        evidence: vec![3].into(),
        nonce: B256::ZERO,
    };
    let reward = calculateRewardCall {
        workProof: proof.clone(),
    };
    let (account, authorized) = (CALLER, true);
    let authorize = setAuthorizedCall { account, authorized };
    vec![
        (signature.abi_encode(), 3_000),
        (reward.abi_encode(), 1_000),
        (evidence.abi_encode(), 5_000),
        (isSpentCall { workId: WORK_ID }.abi_encode(), 100),
        (computeWorkIdCall { workProof: proof }.abi_encode(), 50),
        (isAuthorizedCall { account: CALLER }.abi_encode(), 100),
        (markSpentCall { workId: WORK_ID }.abi_encode(), 5_000),
        (authorize.abi_encode(), 25_000),
    ]
}

/// The precompiles of a chain that lacks them.
fn never(chain: &Chain) -> Aivm {
    let never = Activation::Timestamp(u64::MAX);
    chain.aivm.clone().with_activation(never)
}

/// A chain without the precompile: an account without code succeeds and returns nothing, the installed `0xfe`
/// fails.
#[test]
fn an_absent_precompile_is_never_an_answer() {
    for chain in [Chain::bare(Adapter::Revm), Chain::new(Adapter::Revm, CALLER)] {
        let aivm = never(&chain);
        let mut contract = Contract::new(Chain { aivm, ..chain });
        for (input, _) in calls() {
            let receipt = contract.0.send(Tx::new(CALLER, input));
            assert!(!receipt.is_success());
            assert_eq!(receipt.output(), revert_data(&PrecompileAbsent {}));
        }
    }
}

/// With too little gas for the precompile nothing is answered, and no precompile is missed. What is left then, a sixty-fourth,
/// is enough to say so only where the price is high; else the contract runs out of gas too.
#[test]
fn too_little_gas_is_told_from_an_absent_precompile() {
    let fresh = contract();
    for (index, (input, price)) in calls().into_iter().enumerate() {
        let mut told = 0;
        for gas in (0..).step_by(3) {
            let mut chain = fresh.0.clone();
            let script = Script::new().call(CALLER, &input).gas(gas);
            chain.install(SCRIPT, &script);
            let receipt = chain.send(Tx::new(SCRIPT, []));
            if receipt.is_success() {
                break;
            }
            let output = receipt.output();
            if output.is_empty() {
                continue; // the contract itself ran out of gas
            }
            let InsufficientGas {
                available,
                price: said,
            } = InsufficientGas::abi_decode_validate(&output).expect("too little gas, and nothing else");
            assert_eq!(said, U256::from(price), "call {index}");
            assert!(available < said, "call {index}");
            told += 1;
        }
        assert_eq!(told > 0, price == 25_000, "call {index}: {told} times");
    }
}

/// What another contract at the address answers is no value of the declared type.
#[test]
fn an_answer_of_another_shape_is_refused() {
    let wrong: [&[u8]; 4] = [&[1], &[0xff; 32], &[0xff; 64], &[0; 96]];
    let mut refused = 0;
    for (input, _) in calls() {
        for answer in wrong {
            let mut contract = Contract::new(Chain::bare(Adapter::Revm));
            contract.0.aivm = never(&contract.0);
            contract.0.disk.set_code(MINING, &returns(answer));
            let receipt = contract.0.send(Tx::new(CALLER, input.clone()));
            let word = input.starts_with(&calculateRewardCall::SELECTOR)
                || input.starts_with(&computeWorkIdCall::SELECTOR);
            if word && answer.len() == 32 {
                assert!(receipt.is_success(), "every word is one");
                continue;
            }
            assert!(!receipt.is_success());
            let answer = answer.to_vec().into();
            assert_eq!(receipt.output(), revert_data(&UnexpectedAnswer { answer }));
            refused += 1;
        }
    }
    assert_eq!(refused, 8 * 4 - 2);
}

/// A contract that returns these bytes.
fn returns(bytes: &[u8]) -> Bytes {
    let len = u8::try_from(bytes.len()).expect("few bytes");
    let head = [0x60, len, 0x60, 0x0b, 0x5f, 0x39, 0x60, len, 0x5f, 0xf3, 0xfe];
    [&head[..], bytes].concat().into()
}
