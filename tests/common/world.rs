//! A chain in memory. Every call is made with both signature backends, which must agree to the last byte of state;
//! every verdict is taken twice, from the verifier (which gives the reason) and through the precompiles.

use super::evidence;
use aivm::{
    Aivm, Call, Config, Genesis, MemoryHost, Outcome,
    abi::{
        IAIMining::{IAIMiningErrors, UnknownVendor},
        IAttestationRegistry::{
            CollateralRejected, CollateralUpdated, TEEVendor, submitCollateralCall, updateRootCACall,
        },
    },
    crypto::{AwsLc, Crypto, RustCrypto},
    evidence::{
        Rejection, Stored, Vendor, Verified, VerifyError, intel::quote::Quote, submit_collateral, verify,
    },
    precompiles::Context,
};
use alloy_primitives::{Address, Bytes, U256, address};
use alloy_sol_types::{SolCall, SolError, SolEvent, SolInterface};

/// Who governs the chain of [`Genesis::development`].
pub(crate) const GOVERNANCE: Address = address!("f39Fd6e51aad88F6F4ce6aB8827279cffFb92266");

/// Anyone.
pub(crate) const ANYONE: Address = address!("00000000000000000000000000000000000a4e0e");

/// The longest evidence in bytes, and what VerifyTEE takes besides it.
pub(crate) const MAX_EVIDENCE_LEN: usize = 16_384;
pub(crate) const NONCE_LEN: usize = 32;

const VERIFY_TEE: u8 = 3;
const GAS: u64 = 30_000_000;

/// The precompiles with both signature backends, and the state they work on.
#[derive(Clone, Debug)]
pub(crate) struct World {
    aivm: Aivm,
    portable: Aivm,
    pub(crate) host: MemoryHost,
}

impl World {
    /// The default genesis (Intel's own root) at this block time.
    pub(crate) fn new(now: u64) -> Self {
        let aivm = Aivm::default();
        Self {
            host: Genesis::development().memory_host(&aivm, now),
            portable: Aivm::new(Config::default(), RustCrypto).expect("the default configuration"),
            aivm,
        }
    }

    /// Starts anew with the accounts of another genesis.
    pub(crate) fn begin_with(&mut self, genesis: &Genesis) {
        self.host.accounts = genesis.accounts(&self.aivm).expect("a genesis");
    }

    /// The same, where governance has replaced the root of SGX and of TDX.
    pub(crate) fn under(root: &[u8], now: u64) -> Self {
        let mut world = Self::new(now);
        for vendor in [Vendor::Sgx, Vendor::Tdx] {
            world.set_roots(vendor, root);
        }
        world
    }

    /// Governance replaces the roots of a vendor.
    pub(crate) fn set_roots(&mut self, vendor: Vendor, roots: &[u8]) {
        self.govern(&updateRootCACall {
            vendor: abi_vendor(vendor),
            newRootCA: roots.to_vec().into(),
        });
    }

    /// The time moves.
    pub(crate) fn at(&mut self, now: u64) -> &mut Self {
        self.host.timestamp = now;
        self
    }

    /// Calls a precompile: the return data, or the revert data. A revert leaves the state as it was, byte for
    /// byte, with nobody to undo writes.
    pub(crate) fn call(&mut self, to: Address, caller: Address, input: &[u8]) -> Result<Bytes, Bytes> {
        let before = self.host.clone();
        let mut other = before.clone();
        let call = Call {
            input,
            gas_limit: GAS,
            caller,
            value: U256::ZERO,
            is_static: false,
            is_direct: true,
        };
        let outcome = self.aivm.call(to, &mut self.host, &call);
        assert_eq!(
            outcome,
            self.portable.call(to, &mut other, &call),
            "the backends disagree"
        );
        assert_eq!(
            self.host, other,
            "the backends agree on the outcome, not on the state"
        );
        match outcome.expect("a precompile").expect("memory cannot fail") {
            Outcome::Success { output, .. } => Ok(output),
            Outcome::Revert { output, .. } => {
                assert_eq!(self.host, before, "a revert wrote");
                Err(output)
            }
            Outcome::OutOfGas => panic!("out of gas at {GAS}"),
        }
    }

    /// Where the registry is.
    pub(crate) fn registry_address(&self) -> Address {
        self.aivm.config().addresses.registry
    }

    /// Calls the registry.
    pub(crate) fn registry(&mut self, caller: Address, call: &impl SolCall) -> Result<Bytes, Bytes> {
        let registry = self.aivm.config().addresses.registry;
        self.call(registry, caller, &call.abi_encode())
    }

    /// Calls state sync.
    pub(crate) fn sync(&mut self, caller: Address, call: &impl SolCall) -> Result<Bytes, Bytes> {
        let sync = self.aivm.config().addresses.sync;
        self.call(sync, caller, &call.abi_encode())
    }

    /// Governance calls the registry, and succeeds.
    pub(crate) fn govern(&mut self, call: &impl SolCall) {
        let output = self.registry(GOVERNANCE, call);
        assert_eq!(output, Ok(Bytes::new()), "a write returns nothing");
    }

    /// What a view of the registry returns.
    pub(crate) fn view<C: SolCall>(&mut self, call: &C) -> C::Return {
        let before = self.host.clone();
        let output = self.registry(ANYONE, call).expect("a view");
        assert_eq!(self.host, before, "a view wrote");
        C::abi_decode_returns(&output).expect("canonical return data")
    }

    /// Anyone (for Arm CCA governance) submits collateral: what is stored, with the event that says so, or why it is refused, with the
    /// code in the revert.
    pub(crate) fn submit(&mut self, vendor: Vendor, collateral: &[u8]) -> Result<Stored, Rejection> {
        let expected = self.on_both(|context| submit_collateral(context, vendor, collateral));
        let logs = self.host.logs.len();
        let call = submitCollateralCall {
            vendor: abi_vendor(vendor),
            collateral: collateral.to_vec().into(),
        };
        let caller = match vendor {
            Vendor::ArmCca => GOVERNANCE,
            _ => ANYONE,
        };
        match (self.registry(caller, &call), expected) {
            (Ok(output), Ok(stored)) => {
                assert!(output.is_empty());
                let log = &self.host.logs[logs..];
                assert_eq!(log.len(), 1, "one event");
                let event = CollateralUpdated::decode_log(&log[0]).expect("CollateralUpdated");
                assert_eq!(
                    (event.key, event.validUntil, event.vendor),
                    (stored.key, stored.valid_until, call.vendor)
                );
                Ok(stored)
            }
            (Err(output), Err(rejection)) => {
                let code = rejection.code();
                assert_eq!(
                    output,
                    Bytes::from(CollateralRejected { code }.abi_encode()),
                    "{rejection}"
                );
                Err(rejection)
            }
            (precompile, verifier) => panic!("precompile {precompile:?}, verifier {verifier:?}"),
        }
    }

    /// What evidence proves, or why it is refused; VerifyTEE must say the same, and the state must stay.
    pub(crate) fn verify(&mut self, evidence: &[u8]) -> Result<Verified, Rejection> {
        let before = self.host.clone();
        let verdict = self.on_both(|context| verify(context, evidence));
        assert_eq!(self.host, before, "verification wrote");
        if evidence.is_empty() || evidence.len() > MAX_EVIDENCE_LEN || evidence[0] > 5 {
            return verdict; // such evidence reverts: the callers look at that themselves
        }
        let nonce = match &verdict {
            Ok(verified) => *verified.claims.report_data.first_chunk().expect("64 bytes"),
            Err(_) => nonce_of(evidence),
        };
        let expected = verdict
            .as_ref()
            .map_or((false, 0), |verified| (true, verified.trust_score));
        assert_eq!(self.verify_tee(evidence, &nonce), Ok(expected), "{verdict:?}");
        if verdict.is_ok() {
            let mut other = nonce;
            other[31] ^= 1;
            assert_eq!(self.verify_tee(evidence, &other), Ok((false, 0)), "another nonce");
        }
        assert_eq!(self.host, before, "VerifyTEE wrote");
        verdict
    }

    /// Opcode 03 as called: `(verified, trust score)`, or the revert.
    pub(crate) fn verify_tee(&mut self, evidence: &[u8], nonce: &[u8]) -> Result<(bool, u8), Bytes> {
        let input = [&[VERIFY_TEE], evidence, nonce].concat();
        let mining = self.aivm.config().addresses.mining;
        let output = self.call(mining, ANYONE, &input)?;
        let words: [U256; 2] = [0, 32].map(|at| U256::from_be_slice(&output[at..at + 32]));
        assert_eq!(output.len(), 64);
        assert!(words[0] <= U256::ONE && words[1] <= U256::from(100), "{words:?}");
        let (verified, score) = (words[0] == U256::ONE, words[1].to::<u8>());
        assert!(
            verified || score == 0,
            "a score of {score} for what does not verify"
        );
        Ok((verified, score))
    }

    /// Runs the verifier itself with one backend on a copy of the state; a refusal must leave the copy as it was.
    pub(crate) fn directly<T>(
        &self,
        crypto: &dyn Crypto,
        run: impl FnOnce(&mut Context<'_>) -> Result<T, VerifyError>,
    ) -> (Result<T, Rejection>, MemoryHost) {
        let mut host = self.host.clone();
        let result = run(&mut Context {
            config: self.aivm.config(),
            crypto,
            host: &mut host,
            caller: ANYONE,
        });
        let result = result.map_err(|error| match error {
            VerifyError::Rejected(rejection) => rejection,
            VerifyError::Host(error) => panic!("{error}"),
        });
        assert!(result.is_ok() || host == self.host, "a refusal wrote");
        (result, host)
    }

    fn on_both<T: PartialEq + std::fmt::Debug>(
        &self,
        run: impl Fn(&mut Context<'_>) -> Result<T, VerifyError>,
    ) -> Result<T, Rejection> {
        let fast = self.directly(&AwsLc, &run);
        assert_eq!(fast, self.directly(&RustCrypto, &run), "the backends disagree");
        fast.0
    }
}

/// The first 32 bytes of the report data of a quote that can be parsed so far; zeros else.
pub(crate) fn nonce_of(evidence: &[u8]) -> [u8; NONCE_LEN] {
    let vendor = evidence.first().and_then(|number| Vendor::from_number(*number));
    let intel = vendor.filter(|vendor| matches!(vendor, Vendor::Sgx | Vendor::Tdx));
    let quote = intel.and_then(|vendor| Quote::parse_prefix(vendor, &evidence[1..]).ok());
    let report_data = quote.map_or([0; 64], |(quote, _)| *quote.body.report_data());
    *report_data.first_chunk().expect("64 bytes")
}

/// The revert of VerifyTEE for a vendor byte that numbers no vendor.
pub(crate) fn unknown_vendor(vendor: u8) -> Bytes {
    IAIMiningErrors::UnknownVendor(UnknownVendor { vendor })
        .abi_encode()
        .into()
}

/// The vendor in the words of the ABI.
pub(crate) fn abi_vendor(vendor: Vendor) -> TEEVendor {
    TEEVendor::try_from(vendor.number()).expect("the numbers are the same")
}

/// Evidence of `vendor` around this quote, verified.
pub(crate) fn verify_quote(world: &mut World, vendor: Vendor, quote: &[u8]) -> Result<Verified, Rejection> {
    world.verify(&evidence(vendor, quote))
}
