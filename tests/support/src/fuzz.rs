//! What the fuzz targets and the bounded mutation test share: seeds for each operation of AI mining, a mutator,
//! and the properties that hold for every input.

use crate::{fixtures, rng::Rng};
use aivm::{
    Aivm, Call, Config, Genesis, MemoryHost, Outcome,
    abi::IAttestationRegistry::{TEEVendor, submitCollateralCall},
    precompiles::{
        crypto::{AwsLc, RustCrypto},
        evidence::{
            Vendor,
            intel::{ROOT_CA, pack, quote::Quote},
        },
        mining::{MAX_MESSAGE_LEN, Operation},
        state::{
            RegistryState,
            device::{Device, ProofTrace},
        },
    },
};
use aivm_simulator::intel::{Format, Scenario};
use alloy_primitives::{Address, B256, U256, address};
use alloy_sol_types::SolCall;
use ml_dsa::{Keypair, MlDsa44, MlDsa65, MlDsa87, MlDsaParams, Signature, Signer, SigningKey};

/// When the collateral of the genuine samples was valid.
const NOW: u64 = 1_751_328_000;

/// Who calls: governance, and an authorised mining contract.
const CALLER: Address = address!("00000000000000000000000000000000000000c0");

/// A device that is registered, attested and hybrid.
const DEVICE: B256 = B256::repeat_byte(0x11);

/// The precompiles with every signature backend over one state that has collateral, an authorised caller and an
/// attested device.
#[derive(Clone, Debug)]
pub struct Harness {
    fast: Aivm,
    /// Without the SIMD of the fast one, and in Rust alone.
    others: [Aivm; 2],
    host: MemoryHost,
}

impl Default for Harness {
    fn default() -> Self {
        Self::new()
    }
}

impl Harness {
    /// Installs genesis, collateral for the genuine samples, and a device.
    ///
    /// # Panics
    ///
    /// If the fixtures' collateral is refused.
    pub fn new() -> Self {
        let fast = Aivm::new(Config::default(), AwsLc).expect("the default configuration");
        let others = [
            Aivm::new(Config::default(), AwsLc::portable()).expect("the default configuration"),
            Aivm::new(Config::default(), RustCrypto).expect("the default configuration"),
        ];
        let genesis = Genesis {
            authorized: vec![CALLER],
            ..Genesis::new(CALLER)
        };
        let mut harness = Self {
            host: genesis.memory_host(&fast, NOW),
            fast,
            others,
        };
        for (sample, vendor) in [("sgx_quote", TEEVendor::SGX), ("tdx_quote", TEEVendor::TDX)] {
            let collateral = pack::pack(&sample_case(sample).collateral).expect("collateral in PEM");
            let input = submitCollateralCall {
                vendor,
                collateral: collateral.into(),
            }
            .abi_encode();
            let registry = harness.fast.config().addresses.registry;
            let outcome = harness
                .fast
                .call(registry, &mut harness.host, &call(&input))
                .expect("a precompile");
            assert!(
                matches!(outcome, Ok(Outcome::Success { .. })),
                "collateral of {sample}: {outcome:?}"
            );
        }
        harness.register_device();
        harness
    }

    /// Writes the record of a hybrid device, without evidence.
    fn register_device(&mut self) {
        let registry = self.fast.config().addresses.registry;
        let mut state = RegistryState::new(&mut self.host, registry);
        let device = Device {
            operator: CALLER,
            last_seen: NOW,
            vendor: Vendor::Tdx,
            trust_score: 90,
            hybrid: true,
            revoked: false,
            released: false,
            proven_attested: true,
            cpu_measurement: B256::repeat_byte(0xc1),
            gpu_measurement: B256::repeat_byte(0x61),
            gpu_device: B256::repeat_byte(0x62),
        };
        let trace = ProofTrace {
            nonce: U256::ONE,
            attested_key: B256::ZERO,
        };
        state.record_proof(DEVICE, &device, &trace).expect("memory");
        assert!(state.attested_device(DEVICE, NOW).expect("memory").is_some());
    }

    /// Calls AI mining with the fast backend, on a copy of the state that is thrown away.
    pub fn run(&self, input: &[u8]) -> (Outcome, MemoryHost) {
        Self::call_on(&self.fast, self.host.clone(), input)
    }

    fn call_on(aivm: &Aivm, mut host: MemoryHost, input: &[u8]) -> (Outcome, MemoryHost) {
        let outcome = aivm
            .call(aivm.config().addresses.mining, &mut host, &call(input))
            .expect("a precompile");
        (outcome.expect("memory cannot fail"), host)
    }

    /// What holds for every input, besides that nothing panics: the price is the operation's, on success and on
    /// revert; a revert writes and logs nothing; only the two writing operations write.
    ///
    /// # Panics
    ///
    /// If one of these does not hold.
    pub fn check(&self, input: &[u8]) -> Outcome {
        let (outcome, after) = self.run(input);
        let operation = input
            .first()
            .and_then(|byte| Operation::ALL.into_iter().find(|op| op.opcode() == *byte));
        let price = price(operation);
        let writes = matches!(operation, Some(Operation::MarkSpent | Operation::SetAuthorized));
        match &outcome {
            Outcome::Success { gas_used, output } => {
                assert_eq!(*gas_used, price);
                assert!(operation.is_some());
                assert_eq!(output.len(), output_len(operation));
                assert_eq!(after != self.host, writes);
            }
            Outcome::Revert { gas_used, output } => {
                assert_eq!(*gas_used, price);
                assert!(output.len() >= 4);
                assert_eq!(after, self.host);
            }
            Outcome::OutOfGas => panic!("out of gas at ten million"),
        }
        outcome
    }

    /// [`Harness::check`], and all signature backends agree on outcome and state.
    ///
    /// # Panics
    ///
    /// If they do not.
    pub fn check_backends(&self, input: &[u8]) -> Outcome {
        let outcome = self.check(input);
        for other in &self.others {
            let other = Self::call_on(other, self.host.clone(), input);
            assert_eq!(self.run(input), other);
        }
        outcome
    }
}

fn call(input: &[u8]) -> Call<'_> {
    Call {
        input,
        gas_limit: 10_000_000,
        caller: CALLER,
        value: U256::ZERO,
        is_static: false,
        is_direct: true,
    }
}

/// The price of an operation in gas, as the specification has it; of an unknown one for `None`.
pub fn price(operation: Option<Operation>) -> u64 {
    match operation {
        None | Some(Operation::CalculateReward) => 1_000,
        Some(Operation::VerifyMldsa) => 3_000,
        Some(Operation::VerifyTee | Operation::MarkSpent) => 5_000,
        Some(Operation::IsSpent | Operation::IsAuthorized) => 100,
        Some(Operation::ComputeWorkId) => 50,
        Some(Operation::SetAuthorized) => 25_000,
    }
}

fn output_len(operation: Option<Operation>) -> usize {
    match operation {
        Some(Operation::MarkSpent | Operation::SetAuthorized) => 0,
        Some(Operation::VerifyTee) => 64,
        _ => 32,
    }
}

/// Honest inputs of an operation, opcode included.
pub fn seeds(operation: Operation) -> Vec<Vec<u8>> {
    let payloads = match operation {
        Operation::VerifyMldsa => signed_messages(),
        Operation::CalculateReward | Operation::ComputeWorkId => work_proofs(),
        Operation::VerifyTee => evidence(),
        Operation::IsSpent | Operation::MarkSpent => vec![[0x33; 32].to_vec()],
        Operation::SetAuthorized => [0, 1].map(|flag| [&[0x44; 20][..], &[flag]].concat()).to_vec(),
        Operation::IsAuthorized => vec![CALLER.to_vec(), vec![0x44; 20]],
    };
    payloads
        .into_iter()
        .map(|payload| [vec![operation.opcode()], payload].concat())
        .collect()
}

fn signed_messages() -> Vec<Vec<u8>> {
    fn signed<P: MlDsaParams>(set: u8, len: usize) -> Vec<u8> {
        let key = SigningKey::<P>::from_seed(&[7; 32].into());
        let message = vec![0x5a; len];
        let signature: Signature<P> = key.sign(&message);
        let public_key = key.verifying_key().encode();
        [
            &[set],
            public_key.as_slice(),
            signature.encode().as_slice(),
            &message,
        ]
        .concat()
    }
    let lengths = [0, 78, MAX_MESSAGE_LEN];
    let sets = lengths.map(|len| {
        [
            signed::<MlDsa44>(0x44, len),
            signed::<MlDsa65>(0x65, len),
            signed::<MlDsa87>(0x87, len),
        ]
    });
    sets.concat()
}

fn work_proofs() -> Vec<Vec<u8>> {
    let proof = |level: u16, evidence: usize| {
        let fields = [
            &[0x22; 32][..],
            &NOW.to_be_bytes(),
            &level.to_be_bytes(),
            &60_u32.to_be_bytes(),
        ];
        [DEVICE.as_slice(), &fields.concat(), &vec![3; evidence]].concat()
    };
    vec![proof(1, 0), proof(2, 100), proof(3, 0), proof(4, 16_384)]
}

fn evidence() -> Vec<Vec<u8>> {
    let sample = |name: &str, vendor: Vendor| {
        let case = sample_case(name);
        let (quote, padding) = Quote::parse_prefix(vendor, &case.quote).expect("a genuine quote");
        let len = case.quote.len() - padding.len();
        let nonce = &quote.body.report_data()[..32];
        [&[vendor.number()], &case.quote[..len], nonce].concat()
    };
    let mut evidence = vec![sample("sgx_quote", Vendor::Sgx), sample("tdx_quote", Vendor::Tdx)];
    for format in Format::ALL {
        let vendor = if format.is_tdx() { Vendor::Tdx } else { Vendor::Sgx };
        evidence.push([vec![vendor.number()], Scenario::new(format).quote(), vec![0; 32]].concat());
    }
    evidence.push([&[1], ROOT_CA, &[0; 32]].concat());
    evidence
}

fn sample_case(name: &str) -> fixtures::IntelCase {
    fixtures::dcap_sample_cases()
        .into_iter()
        .find(|case| case.name == name)
        .expect("a sample of that name")
}

/// Damages an input the way an attacker would: single bits, values at the edges, lengths, cuts, copies, splices.
pub fn mutate(rng: &mut Rng, seeds: &[Vec<u8>]) -> Vec<u8> {
    let mut input = seeds[rng.below(seeds.len())].clone();
    for _ in 0..=rng.below(3) {
        mutate_once(rng, &mut input, seeds);
    }
    input
}

fn mutate_once(rng: &mut Rng, input: &mut Vec<u8>, seeds: &[Vec<u8>]) {
    const EDGES: [u8; 6] = [0x00, 0x01, 0x7f, 0x80, 0xfe, 0xff];
    if input.len() < 2 {
        let more = 1 + rng.below(40);
        input.extend(rng.bytes(more));
    }
    // The opcode stays, so that the operation does.
    let at = 1 + rng.below(input.len() - 1);
    match rng.below(10) {
        0..=2 => input[at] ^= 1 << rng.below(8),
        3 => input[at] = rng.byte(),
        4 => input[at] = EDGES[rng.below(EDGES.len())],
        5 => {
            let width = (1 + rng.below(8)).min(input.len() - at);
            let edge = EDGES[rng.below(EDGES.len())];
            input[at..at + width].fill(edge);
        }
        6 => input.truncate(at),
        7 => {
            let more = 1 + rng.below(64);
            input.extend(rng.bytes(more));
        }
        8 => {
            let from = 1 + rng.below(input.len() - 1);
            let copied = input[from..(from + rng.below(128)).min(input.len())].to_vec();
            input.splice(at..at, copied);
        }
        _ => {
            let other = &seeds[rng.below(seeds.len())];
            let cut = rng.below(other.len() + 1);
            input.truncate(at);
            input.extend(&other[cut..]);
        }
    }
}
