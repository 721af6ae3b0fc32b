//! One long story for every way to run it: all operations, successes, reverts, out-of-gas, refused schemes,
//! nested reverts, and a genuine quote verified under collateral that was submitted for real.

use super::{
    MINING, REGISTRY, SENDER, STRANGER,
    asm::{Scheme, Script},
    calls::{self, Case},
    chain::{Chain, Tx},
    evidence::TDX,
    mining_input, work_proof,
};
use aivm::abi::IAttestationRegistry::{
    MeasurementState, TEEVendor, pauseCall, requireAllowlistCall, setGovernanceCall, setMeasurementCall,
    setMinTrustScoreCall, setMinimumTcbCall, submitCollateralCall, unpauseCall,
};
use alloy_primitives::{Address, B256, Bytes, U256};
use alloy_sol_types::SolCall;

/// A contract that the story authorises. What it is called with it hands on to AI mining.
pub(crate) const MINER: Address = Address::repeat_byte(0xb1);
/// A contract that calls the miner and reverts.
const FICKLE: Address = Address::repeat_byte(0xb2);
/// Contracts that run scripts.
const SCRIPTS: u8 = 0xc0;

/// Blocks of transactions, and the contracts that they call.
pub(crate) struct Story {
    pub(crate) blocks: Vec<Vec<Tx>>,
    scripts: Vec<Script>,
}

impl Story {
    /// The story. Its chain is [`Chain::new`] with [`SENDER`](super::SENDER) as the owner.
    pub(crate) fn new() -> Self {
        let mut story = Self {
            blocks: Vec::new(),
            scripts: Vec::new(),
        };
        let blocks = [
            everything(),
            story.refusals(),
            story.out_of_gas(),
            story.nested(),
            evidence(),
            succession(),
        ];
        story.blocks = blocks.into();
        story
    }

    /// Puts the contracts on a chain.
    pub(crate) fn prepare(&self, chain: &mut Chain) {
        chain.install(MINER, &Script::forward(Scheme::Call, MINING));
        chain.install(FICKLE, &Script::forward(Scheme::Call, MINER).revert());
        for (index, script) in self.scripts.iter().enumerate() {
            chain.install(Self::script_address(index), script);
            chain
                .disk
                .accounts
                .get_mut(&Self::script_address(index))
                .expect("installed")
                .balance = U256::from(100);
        }
    }

    fn script_address(index: usize) -> Address {
        Address::left_padding_from(&index.to_be_bytes()).create(u64::from(SCRIPTS))
    }

    fn script(&mut self, script: Script) -> Tx {
        self.scripts.push(script);
        Tx::new(Self::script_address(self.scripts.len() - 1), [])
    }

    /// Every operation by every refused scheme, with value, and by someone who may not.
    fn refusals(&mut self) -> Vec<Tx> {
        let mut txs = Vec::new();
        for case in calls::all_by(SENDER) {
            for scheme in [Scheme::DelegateCall, Scheme::CallCode, Scheme::StaticCall] {
                txs.push(self.script(Script::new().step(scheme, case.to, &case.input).report()));
            }
            txs.push(self.script(Script::new().call(case.to, &case.input).value(9).report()));
            txs.push(Tx::new(case.to, case.input.clone()).from(STRANGER));
        }
        let unknown: [(Address, &[u8]); 5] = [
            (MINING, &[]),
            (MINING, &[9, 9]),
            (REGISTRY, &[]),
            (REGISTRY, &[1, 2]),
            (REGISTRY, &[0; 40]),
        ];
        txs.extend(unknown.map(|(to, input)| Tx::new(to, input.to_vec())));
        txs
    }

    /// Every operation with one gas too little, and with exactly enough.
    fn out_of_gas(&mut self) -> Vec<Tx> {
        let mut txs = Vec::new();
        for Case { to, input, price, .. } in
            calls::all_by(SENDER).into_iter().filter(|case| case.to == MINING)
        {
            for gas in [0, price - 1, price] {
                txs.push(self.script(Script::new().call(to, &input).gas(gas).report()));
            }
        }
        let tx = Tx::new(REGISTRY, submit()).gas_limit(900_000);
        txs.push(tx);
        txs
    }

    /// Frames that fail around frames that succeed.
    fn nested(&mut self) -> Vec<Tx> {
        let mark = |id: u8| mining_input(6, &[id; 32]);
        let spent = |id: u8| mining_input(4, &[id; 32]);
        let allow = |flag| mining_input(7, &[&MINER[..], &[flag]].concat());
        vec![
            Tx::new(MINING, allow(1)),
            Tx::new(MINER, mark(1)),
            Tx::new(MINER, mark(1)),
            Tx::new(FICKLE, mark(2)),
            self.script(
                Script::new()
                    .call(FICKLE, &mark(3))
                    .call(MINING, &spent(3))
                    .report(),
            ),
            self.script(
                Script::new()
                    .call(MINER, &mark(4))
                    .call(FICKLE, &mark(5))
                    .report(),
            ),
            self.script(Script::new().call(MINER, &mark(6)).call(MINER, &mark(6)).report()),
            self.script(Script::new().call(MINER, &mark(7)).revert()),
            self.script(Script::new().call(MINER, &mark(8)).invalid()),
            self.script(
                Script::new()
                    .call(MINER, &mark(9))
                    .static_call(MINER, &mark(10))
                    .report(),
            ),
            self.script(
                Script::new()
                    .static_call(MINER, &spent(9))
                    .call(MINING, &spent(10))
                    .report(),
            ),
            Tx::new(MINING, allow(0)),
            Tx::new(MINER, mark(11)),
        ]
    }
}

fn submit() -> Bytes {
    let collateral = TDX.collateral.clone().into();
    submitCollateralCall {
        vendor: TEEVendor::TDX,
        collateral,
    }
    .abi_encode()
    .into()
}

fn verify_tee(evidence: &[u8]) -> Tx {
    Tx::new(MINING, mining_input(3, &[evidence, &TDX.nonce].concat()))
}

/// Every operation, directly. What would stop the story comes later.
fn everything() -> Vec<Tx> {
    let cases = calls::all_by(SENDER)
        .into_iter()
        .filter(|case| case.name != "setGovernance" && case.name != "updateRootCA");
    cases.map(|case| Tx::new(case.to, case.input)).collect()
}

/// A call to the registry.
fn registry(call: impl SolCall) -> Tx {
    Tx::new(REGISTRY, call.abi_encode())
}

/// A call to set a measurement that no evidence has.
fn measurement(state: MeasurementState) -> Tx {
    let id = B256::repeat_byte(1);
    registry(setMeasurementCall {
        measurementId: id,
        state,
    })
}

/// The quote under each policy, and rewards at each level.
fn evidence() -> Vec<Tx> {
    let vendor = TEEVendor::TDX;
    let any_measurement = requireAllowlistCall {
        vendor,
        required: false,
    };
    let highest = setMinimumTcbCall {
        vendor,
        minimum: [0xff; 4].into(),
    };
    let lowest = setMinimumTcbCall {
        vendor,
        minimum: Bytes::new(),
    };
    let genuine = || verify_tee(&TDX.evidence);
    let mut changed = TDX.evidence.clone();
    changed[700] ^= 1;
    let mut txs = vec![
        genuine(), // the allow list is required
        registry(any_measurement),
        registry(setMinTrustScoreCall { score: 70 }),
        genuine(),
        registry(setMinTrustScoreCall { score: 71 }),
        genuine(),
        registry(setMinTrustScoreCall { score: 0 }),
        Tx::new(REGISTRY, submit()),
        genuine(),
        verify_tee(&changed),
        verify_tee(&[&TDX.evidence[..], &[0; 70]].concat()),
        registry(pauseCall { vendor }),
        genuine(),
        registry(unpauseCall { vendor }),
        registry(highest),
        genuine(),
        Tx::new(REGISTRY, submit()),
        registry(lowest),
        measurement(MeasurementState::Banned),
        measurement(MeasurementState::Unset),
        genuine(),
    ];
    txs.extend(rewards());
    txs
}

/// CalculateReward at every level, and at one below and one above.
fn rewards() -> Vec<Tx> {
    let proofs = (0..=5).map(|level| work_proof(B256::repeat_byte(0x11), level, 60));
    proofs
        .map(|proof| Tx::new(MINING, mining_input(2, &proof)))
        .collect()
}

/// New roots, and governance that goes to another.
fn succession() -> Vec<Tx> {
    let roots = calls::named("updateRootCA");
    let hand_over = setGovernanceCall { governance: STRANGER }.abi_encode();
    let allow = mining_input(7, &[&STRANGER[..], &[1]].concat());
    vec![
        Tx::new(REGISTRY, roots.input.clone()),
        verify_tee(&TDX.evidence),
        Tx::new(REGISTRY, hand_over.clone()),
        Tx::new(REGISTRY, hand_over),
        Tx::new(MINING, allow.clone()),
        Tx::new(MINING, allow).from(STRANGER),
        Tx::new(MINING, mining_input(6, &[0x99; 32])).from(STRANGER),
    ]
}
