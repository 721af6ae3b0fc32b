//! How many signatures each phase verifies: a quote three, collateral six (seven where the QE identity has a signer
//! of its own). Flat gas rests on these numbers.

use aivm::{
    Aivm, Call, Config, Genesis, MemoryHost, Outcome,
    abi::IAttestationRegistry::{TEEVendor, submitCollateralCall},
    precompiles::{
        evidence::intel::pack,
        mining::Operation,
    },
};
use aivm_simulator::intel::{Format, NOW, Scenario};
use aivm_test_support::{
    counting::{Counting, Counts},
    fuzz::seeds,
};
use alloy_primitives::{Address, U256};
use alloy_sol_types::SolCall;

struct Counted {
    aivm: Aivm,
    counting: Counting,
    host: MemoryHost,
}

impl Counted {
    fn new() -> Self {
        let counting = Counting::default();
        let aivm = Aivm::new(Config::default(), counting.clone()).expect("the default configuration");
        let host = Genesis::development().memory_host(&aivm, NOW);
        Self { aivm, counting, host }
    }

    fn call(&mut self, to: Address, input: &[u8]) -> (Outcome, usize, usize) {
        let caller = Genesis::development().governance;
        let call = Call {
            input,
            gas_limit: 10_000_000,
            caller,
            value: U256::ZERO,
            is_static: false,
            is_direct: true,
        };
        assert_eq!(self.counting.take(), Counts::default(), "counted outside a call");
        let outcome = self
            .aivm
            .call(to, &mut self.host, &call)
            .expect("a precompile")
            .expect("memory");
        let counts = self.counting.take();
        (outcome, counts.mldsa, counts.p256)
    }

    /// Submits the collateral of a scenario and verifies its quote; how many P-256 signatures each took.
    fn run(&mut self, scenario: &Scenario) -> (usize, usize) {
        let is_tdx = scenario.format.is_tdx();
        let (vendor, byte) = if is_tdx {
            (TEEVendor::TDX, 3)
        } else {
            (TEEVendor::SGX, 1)
        };
        let addresses = self.aivm.config().addresses;
        let roots = aivm::abi::IAttestationRegistry::updateRootCACall {
            vendor,
            newRootCA: scenario.root_der().into(),
        };
        assert!(matches!(
            self.call(addresses.registry, &roots.abi_encode()).0,
            Outcome::Success { .. }
        ));
        let collateral = pack::pack(&scenario.collateral()).expect("PEM").into();
        let submit = submitCollateralCall { vendor, collateral }.abi_encode();
        let (outcome, mldsa, phase_one) = self.call(addresses.registry, &submit);
        assert!(matches!(outcome, Outcome::Success { .. }), "{outcome:?}");
        assert_eq!(mldsa, 0);

        let nonce = if is_tdx {
            scenario.td.report_data
        } else {
            scenario.sgx.report_data
        };
        let input = [
            &[Operation::VerifyTee.opcode(), byte],
            &scenario.quote()[..],
            &nonce[..32],
        ]
        .concat();
        let (outcome, mldsa, phase_two) = self.call(addresses.mining, &input);
        let Outcome::Success { output, .. } = outcome else {
            panic!("{outcome:?}")
        };
        assert_eq!(output[31], 1, "verified");
        assert_eq!(mldsa, 0);
        (phase_one, phase_two)
    }
}

#[test]
fn six_for_collateral_three_for_a_quote() {
    let mut formats = 0;
    for format in Format::ALL {
        assert_eq!(Counted::new().run(&Scenario::new(format)), (6, 3), "{format:?}");
        formats += 1;
    }
    assert_eq!(formats, 5);
}

#[test]
fn seven_with_two_signers() {
    let mut scenario = Scenario::new(Format::TdxV4);
    let mut signer = scenario.tcb_signer.clone();
    signer.serial = vec![0x55; 8];
    scenario.qe_identity_signer = Some(signer);
    assert_eq!(Counted::new().run(&scenario), (7, 3));
}

#[test]
fn one_for_verify_mldsa() {
    let mut counted = Counted::new();
    let mining = counted.aivm.config().addresses.mining;
    let seeds = seeds(Operation::VerifyMldsa);
    assert_eq!(seeds.len(), 9);
    for seed in seeds {
        let (_, mldsa, p256) = counted.call(mining, &seed);
        assert_eq!((mldsa, p256), (1, 0));
    }
}
