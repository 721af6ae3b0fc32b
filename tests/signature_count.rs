//! How many signatures each phase verifies. Flat gas rests on these numbers: Intel's quotes take three and its
//! collateral six (seven where the QE identity has a signer of its own), AMD's reports two, NVIDIA's three, Arm CCA
//! tokens two. Of known devices (one each): `known_keys.rs`.

use aivm::{
    Aivm, Call, Config, Genesis, MemoryHost, Outcome,
    abi::IAttestationRegistry::{TEEVendor, submitCollateralCall},
    evidence::{Vendor, Verified, VerifyError, intel::pack, verify},
    precompiles::{Context, mining::Operation},
};
use aivm_simulator::intel::{Format, NOW, Scenario};
use aivm_test_support::{
    counting::{Counting, Counts},
    fuzz::seeds,
    genuine::{self, genuine},
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
        let (outcome, counts) = self.counted(to, input);
        (outcome, counts.mldsa, counts.p256)
    }

    fn counted(&mut self, to: Address, input: &[u8]) -> (Outcome, Counts) {
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
        (outcome, self.counting.take())
    }

    /// Verifies evidence without a precompile around it.
    fn verify(&mut self, evidence: &[u8]) -> (Result<Verified, VerifyError>, Counts) {
        let mut context = Context {
            config: self.aivm.config(),
            crypto: &self.counting,
            host: &mut self.host,
            caller: Address::ZERO,
        };
        let verified = verify(&mut context, evidence);
        (verified, self.counting.take())
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

/// Evidence of each vendor and its collateral: all that is genuine, and Arm CCA's with test keys.
#[test]
fn each_vendor() {
    let counts = |p256, p384, rsa_pss| Counts {
        mldsa: 0,
        p256,
        p384,
        rsa_pss,
        secp256k1: 0,
    };
    let expected = [
        (Vendor::Sgx, counts(6, 0, 0), counts(3, 0, 0)),
        (Vendor::SevSnp, counts(0, 0, 1), counts(0, 1, 1)),
        (Vendor::Tdx, counts(6, 0, 0), counts(3, 0, 0)),
        (Vendor::Nvidia, counts(0, 2, 0), counts(0, 3, 0)),
        (Vendor::ArmCca, counts(0, 0, 0), counts(0, 2, 0)),
    ];
    let samples = genuine();
    assert_eq!(samples.len(), expected.len());
    for (sample, (vendor, phase_one, phase_two)) in samples.iter().zip(expected) {
        assert_eq!(sample.vendor, vendor);
        let mut counted = Counted::new();
        counted.host.timestamp = genuine::NOW;
        let addresses = counted.aivm.config().addresses;
        let submit = submitCollateralCall {
            vendor: TEEVendor::try_from(vendor.number()).expect("the numbers are the same"),
            collateral: sample.collateral.clone().into(),
        };
        let (outcome, counts) = counted.counted(addresses.registry, &submit.abi_encode());
        assert!(matches!(outcome, Outcome::Success { .. }), "{outcome:?}");
        assert_eq!(counts, phase_one, "{vendor:?}, collateral");

        let (verified, counts) = counted.verify(&sample.evidence);
        assert_eq!(counts, phase_two, "{vendor:?}, evidence");
        let verified = verified.expect("genuine evidence");
        assert_eq!(verified.trust_score, sample.score);
        let input = [
            &[Operation::VerifyTee.opcode()],
            &sample.evidence[..],
            &verified.claims.report_data[..32],
        ]
        .concat();
        let (outcome, counts) = counted.counted(addresses.mining, &input);
        let Outcome::Success { output, .. } = outcome else {
            panic!("{outcome:?}")
        };
        assert_eq!((output[31], output[63]), (1, sample.score));
        assert_eq!(counts, phase_two, "{vendor:?}, VerifyTEE");
    }
}
