//! The steps of the demo: what is called, what the specification says it costs, and what must come of it.

use super::{
    chain::{Call, MINING_CONTRACT},
    material::{COLLATERAL_UNTIL, Material},
    vendors::Sample,
};
use crate::{ledger::Ledger, output::grouped};
use aivm::{
    Aivm, Genesis,
    abi::{
        IAIMining::{AuthorizationChanged, DeviceNotAttested, WorkAlreadySpent, WorkSpent},
        IAttestationRegistry::{
            CollateralUpdated, MeasurementChanged, MeasurementState, TEEVendor, setMeasurementCall,
            submitCollateralCall,
        },
    },
    evidence::{Vendor, default_roots},
    precompiles::{mining::Operation, state::blob},
};
use alloy_primitives::{Address, Bytes, Log, U256, address};
use alloy_sol_types::{SolCall, SolError, SolEvent};

/// A miner, who needs no rights.
const MINER: Address = address!("70997970C51812dc3A010C7d01b50e0d17dc79C8");

/// One call, and what must come of it.
pub(super) struct Step {
    /// The operation.
    pub(super) operation: &'static str,
    /// What it is there for.
    pub(super) story: &'static str,
    /// The transaction.
    pub(super) call: Call,
    /// The price in the specification, section 1: written out, not read from the schedule that is under test.
    pub(super) gas: u64,
    /// What it must return, or revert with.
    pub(super) expected: Expected,
    /// What it must log.
    pub(super) logs: Vec<Log>,
    /// The result in words.
    pub(super) result: String,
}

/// How a call must end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Expected {
    /// With this output.
    Returns(Bytes),
    /// With this revert data.
    Reverts(Bytes),
}

/// The accounts of genesis: every precompile, the roots of every vendor that has any, and nothing that state clearing
/// would delete.
pub(super) fn genesis_holds(aivm: &Aivm, ledger: &Ledger) -> bool {
    let is_marked = |address: Address| {
        let account = ledger.accounts.get(&address);
        account.is_some_and(|account| account.nonce == 1 && account.code.as_ref() == [blob::MARKER])
    };
    let has_roots = |vendor: Vendor| {
        let account = ledger.accounts.get(&blob::root_account(vendor));
        let roots = default_roots(vendor);
        account.map_or(roots.is_empty(), |account| {
            account.code == blob::with_marker(&roots)
        })
    };
    aivm.rows().all(|(address, _)| is_marked(address)) && Vendor::ALL.into_iter().all(has_roots)
}

/// Every step after genesis, in order.
pub(super) fn steps(aivm: &Aivm, material: &Material, samples: &[Sample]) -> Vec<Step> {
    let teller = Teller {
        mining: aivm.config().addresses.mining,
        registry: aivm.config().addresses.registry,
        governance: Genesis::development().governance,
        material,
    };
    let mut steps = vec![teller.submission()];
    steps.extend(teller.governance_steps());
    steps.extend(teller.verification_steps());
    steps.extend(samples.iter().flat_map(|sample| teller.vendor_steps(sample)));
    steps.extend(teller.reward_steps());
    steps.extend(teller.spending_steps());
    steps
}

struct Teller<'a> {
    mining: Address,
    registry: Address,
    governance: Address,
    material: &'a Material,
}

impl Teller<'_> {
    fn submission(&self) -> Step {
        let submit = submitCollateralCall {
            vendor: TEEVendor::TDX,
            collateral: self.material.collateral.clone().into(),
        }
        .abi_encode();
        let submitted = CollateralUpdated {
            vendor: TEEVendor::TDX,
            key: self.material.collateral_key,
            validUntil: COLLATERAL_UNTIL,
        };
        let bytes = u64::try_from(submit.len()).unwrap_or(u64::MAX);
        self.registry_step("submitCollateral", submit, 50_000 + 100 * bytes)
            .says("anyone submits what Intel signed about the platform: CRLs, TCB info, QE identity")
            .logs(self.registry, &submitted)
            .means(format!(
                "stored until 2025-07-19; 50,000 + 100 x {} bytes",
                grouped(bytes)
            ))
    }

    fn governance_steps(&self) -> Vec<Step> {
        let measurement = setMeasurementCall {
            measurementId: self.material.measurement_id,
            state: MeasurementState::Allowed,
        };
        let allowed = MeasurementChanged {
            measurementId: self.material.measurement_id,
            state: MeasurementState::Allowed,
        };
        let authorized = AuthorizationChanged {
            account: MINING_CONTRACT,
            authorized: true,
        };
        vec![
            self.registry_step("setMeasurement", measurement.abi_encode(), 25_000)
                .from(self.governance)
                .says("governance allows the software that the quote reports")
                .logs(self.registry, &allowed)
                .means("allowed"),
            self.mining_step(
                Operation::SetAuthorized,
                &[MINING_CONTRACT.as_slice(), &[1]],
                25_000,
            )
            .from(self.governance)
            .says("governance authorises a mining contract to mark work as spent")
            .logs(self.mining, &authorized)
            .means("authorised"),
        ]
    }

    fn verification_steps(&self) -> Vec<Step> {
        let material = self.material;
        let tee: [&[u8]; 2] = [&material.evidence, material.nonce.as_slice()];
        let mldsa = |signature: &[u8]| {
            let payload: [&[u8]; 4] = [&[0x65], &material.public_key, signature, &material.private_work];
            self.mining_step(Operation::VerifyMldsa, &payload, 3_000)
        };
        vec![
            self.mining_step(Operation::VerifyTee, &tee, 5_000)
                .says("a genuine TDX quote, and the nonce that it was made for")
                .returns([word(U256::ONE), word(U256::from(100))].concat())
                .means("(true, 100)"),
            mldsa(&material.signature)
                .says("an ML-DSA-65 signature over the work proof, by a key made just now")
                .returns(word(U256::ONE))
                .means("true"),
            mldsa(&material.damaged_signature)
                .says("the same signature with one bit changed")
                .returns(word(U256::ZERO))
                .means("false"),
        ]
    }

    /// What one more vendor's evidence needs, and the evidence.
    fn vendor_steps(&self, sample: &Sample) -> [Step; 2] {
        let vendor = TEEVendor::try_from(sample.vendor.number()).unwrap_or(TEEVendor::None);
        let submit = submitCollateralCall {
            vendor,
            collateral: sample.collateral.clone().into(),
        }
        .abi_encode();
        let submitted = CollateralUpdated {
            vendor,
            key: sample.key,
            validUntil: sample.until,
        };
        let bytes = u64::try_from(submit.len()).unwrap_or(u64::MAX);
        let tee: [&[u8]; 2] = [&sample.evidence, &sample.nonce];
        let answer = [word(U256::ONE), word(U256::from(sample.score))].concat();
        [
            self.registry_step("submitCollateral", submit, 50_000 + 100 * bytes)
                .from(match sample.vendor {
                    Vendor::ArmCca => self.governance,
                    _ => MINER,
                })
                .says(sample.submits)
                .logs(self.registry, &submitted)
                .means(format!("stored; 50,000 + 100 x {} bytes", grouped(bytes))),
            self.mining_step(Operation::VerifyTee, &tee, 5_000)
                .says(sample.is)
                .returns(answer)
                .means(format!("(true, {})", sample.score)),
        ]
    }

    fn reward_steps(&self) -> Vec<Step> {
        let material = self.material;
        let reward = U256::from(30_000_000_000_000_000_000_u128);
        let refusal = DeviceNotAttested {
            deviceId: material.device_id,
        };
        vec![
            self.mining_step(Operation::CalculateReward, &[&material.private_work], 1_000)
                .says("60 minutes at level 2, Private")
                .returns(word(reward))
                .means("30e18 wei"),
            self.mining_step(Operation::CalculateReward, &[&material.confidential_work], 1_000)
                .says("the same at level 3: levels 3 and 4 are paid only to a device in the registry")
                .reverts(refusal.abi_encode())
                .means("reverts: DeviceNotAttested"),
            self.mining_step(Operation::ComputeWorkId, &[&material.private_work], 50)
                .says("BLAKE3 over the first 78 bytes of the work proof")
                .returns(material.work_id.to_vec())
                .means(format!("{:.10}…", material.work_id.to_string())),
        ]
    }

    fn spending_steps(&self) -> Vec<Step> {
        let work_id = self.material.work_id;
        let spent = WorkSpent {
            workId: work_id,
            by: MINING_CONTRACT,
        };
        let step = |operation, gas| self.mining_step(operation, &[work_id.as_slice()], gas);
        vec![
            step(Operation::IsSpent, 100)
                .says("nobody was paid for this work yet")
                .returns(word(U256::ZERO))
                .means("false"),
            step(Operation::MarkSpent, 5_000)
                .via(MINING_CONTRACT)
                .says("the mining contract pays, and marks the work as spent")
                .logs(self.mining, &spent)
                .means("spent"),
            step(Operation::IsSpent, 100)
                .says("in the next block, after the commit and state clearing")
                .returns(word(U256::ONE))
                .means("true"),
            step(Operation::MarkSpent, 5_000)
                .via(MINING_CONTRACT)
                .says("the mining contract tries to be paid twice")
                .reverts(WorkAlreadySpent { workId: work_id }.abi_encode())
                .means("reverts: WorkAlreadySpent"),
        ]
    }

    fn mining_step(&self, operation: Operation, payload: &[&[u8]], gas: u64) -> Step {
        let data = [&[operation.opcode()], payload.concat().as_slice()].concat();
        Step::new(self.mining, operation.name(), data, gas)
    }

    fn registry_step(&self, operation: &'static str, data: Vec<u8>, gas: u64) -> Step {
        Step::new(self.registry, operation, data, gas)
    }
}

impl Step {
    /// A step of a miner's that must return nothing and log nothing.
    fn new(precompile: Address, operation: &'static str, data: Vec<u8>, gas: u64) -> Self {
        Self {
            operation,
            story: "",
            call: Call {
                from: MINER,
                via: None,
                precompile,
                data: data.into(),
            },
            gas,
            expected: Expected::Returns(Bytes::new()),
            logs: Vec::new(),
            result: String::new(),
        }
    }

    fn from(mut self, from: Address) -> Self {
        self.call.from = from;
        self
    }

    fn via(mut self, contract: Address) -> Self {
        self.call.via = Some(contract);
        self
    }

    fn says(mut self, story: &'static str) -> Self {
        self.story = story;
        self
    }

    fn returns(mut self, output: Vec<u8>) -> Self {
        self.expected = Expected::Returns(output.into());
        self
    }

    fn reverts(mut self, data: Vec<u8>) -> Self {
        self.expected = Expected::Reverts(data.into());
        self
    }

    fn logs(mut self, address: Address, event: &impl SolEvent) -> Self {
        self.logs.push(Log {
            address,
            data: event.encode_log_data(),
        });
        self
    }

    fn means(mut self, result: impl Into<String>) -> Self {
        self.result = result.into();
        self
    }
}

fn word(value: U256) -> Vec<u8> {
    value.to_be_bytes_vec()
}
