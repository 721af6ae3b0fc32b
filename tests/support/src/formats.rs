//! Every format that anyone may send, one by one: evidence, collateral, roots and golden measurements of each
//! vendor. What the fuzz targets and the bounded mutation test share.

use crate::genuine::{self, NOW};
use aivm::{
    Aivm, Call, Config, Genesis, HostError, MemoryHost, Outcome,
    abi::IAttestationRegistry::{
        NvidiaGolden, NvidiaMeasurement, TEEVendor, setGoldenMeasurementCall, updateRootCACall,
    },
    evidence::{self, Vendor, VerifyError, cca, default_roots},
    precompiles::{
        Context,
        crypto::{
            AwsLc, Crypto, P256PublicKey, P256Signature, P384PublicKey, P384Signature, ParameterSet,
            Rsa4096Modulus, Rsa4096Signature, RustCrypto, Secp256k1Signature,
        },
    },
};
use aivm_simulator::{cca as sim_cca, intel, nvidia as sim_nvidia, snp as sim_snp};
use alloy_primitives::{Address, B256, U256, address};
use alloy_sol_types::{SolCall, SolValue};

/// Who governs.
const GOVERNANCE: Address = address!("00000000000000000000000000000000000000c0");

/// A format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Evidence, as VerifyTEE takes it, without the vendor byte.
    Evidence(Vendor),
    /// What `submitCollateral` takes.
    Collateral(Vendor),
    /// What `updateRootCA` takes.
    Roots(Vendor),
    /// What `setGoldenMeasurement` takes.
    Golden(Vendor),
}

/// Every format, under the name of its fuzz target.
pub const FORMATS: [(&str, Format); 14] = [
    ("evidence_sgx", Format::Evidence(Vendor::Sgx)),
    ("evidence_sevsnp", Format::Evidence(Vendor::SevSnp)),
    ("evidence_tdx", Format::Evidence(Vendor::Tdx)),
    ("evidence_nvidia", Format::Evidence(Vendor::Nvidia)),
    ("evidence_armcca", Format::Evidence(Vendor::ArmCca)),
    ("collateral_sgx", Format::Collateral(Vendor::Sgx)),
    ("collateral_sevsnp", Format::Collateral(Vendor::SevSnp)),
    ("collateral_tdx", Format::Collateral(Vendor::Tdx)),
    ("collateral_nvidia", Format::Collateral(Vendor::Nvidia)),
    ("collateral_armcca", Format::Collateral(Vendor::ArmCca)),
    ("roots_x509", Format::Roots(Vendor::SevSnp)),
    ("roots_armcca", Format::Roots(Vendor::ArmCca)),
    ("golden_nvidia", Format::Golden(Vendor::Nvidia)),
    ("golden_armcca", Format::Golden(Vendor::ArmCca)),
];

/// A backend to which every signature is good: what lies behind signatures is reached too.
#[derive(Clone, Copy, Debug)]
struct Gullible;

impl Crypto for Gullible {
    fn verify_mldsa(&self, _: ParameterSet, _: &[u8], _: &[u8], _: &[u8]) -> bool {
        true
    }

    fn verify_p256(&self, _: &P256PublicKey, _: &[u8], _: &P256Signature) -> bool {
        true
    }

    fn verify_p384(&self, _: &P384PublicKey, _: &[u8], _: &P384Signature) -> bool {
        true
    }

    fn verify_rsa_pss(&self, _: &Rsa4096Modulus, _: &[u8], _: &Rsa4096Signature) -> bool {
        true
    }

    fn recover_secp256k1(
        &self,
        digest: &B256,
        signature: &Secp256k1Signature,
        y_is_odd: bool,
    ) -> Option<Address> {
        AwsLc.recover_secp256k1(digest, signature, y_is_odd)
    }
}

/// How an input ended: accepted, or refused with this code, or (roots and golden measurements) this revert.
pub type Verdict = Result<(), Vec<u8>>;

/// A chain that has the collateral of the genuine samples.
#[derive(Clone, Debug)]
pub struct Chain {
    fast: Aivm,
    portable: Aivm,
    gullible: Aivm,
    host: MemoryHost,
}

impl Default for Chain {
    fn default() -> Self {
        Self::new()
    }
}

impl Chain {
    /// Genesis, and the collateral of the genuine samples.
    ///
    /// # Panics
    ///
    /// If it is refused.
    pub fn new() -> Self {
        let fast = Aivm::new(Config::default(), AwsLc).expect("the default configuration");
        let genesis = Genesis::new(GOVERNANCE);
        let mut chain = Self {
            host: genesis.memory_host(&fast, NOW),
            portable: Aivm::new(Config::default(), RustCrypto).expect("the default configuration"),
            gullible: Aivm::new(Config::default(), Gullible).expect("the default configuration"),
            fast,
        };
        for sample in genuine::genuine() {
            let format = Format::Collateral(sample.vendor);
            let (verdict, host) = chain.run(&AwsLc, &chain.fast, format, &sample.collateral);
            assert_eq!(verdict, Ok(()), "{}", sample.vendor.name());
            chain.host = host;
        }
        chain
    }

    /// What holds for every input, besides that nothing panics: a refusal writes nothing, evidence never does.
    ///
    /// # Panics
    ///
    /// If one of these does not hold.
    pub fn check(&self, format: Format, input: &[u8]) -> Verdict {
        let (verdict, after) = self.run(&AwsLc, &self.fast, format, input);
        self.check_state(format, &verdict, &after);
        verdict
    }

    /// The same with signatures that are all good.
    ///
    /// # Panics
    ///
    /// If one of the properties does not hold.
    pub fn check_behind_signatures(&self, format: Format, input: &[u8]) -> Verdict {
        let (verdict, after) = self.run(&Gullible, &self.gullible, format, input);
        self.check_state(format, &verdict, &after);
        verdict
    }

    /// [`Chain::check`], and both signature backends agree on verdict, code and state.
    ///
    /// # Panics
    ///
    /// If they do not.
    pub fn check_both(&self, format: Format, input: &[u8]) -> Verdict {
        let fast = self.run(&AwsLc, &self.fast, format, input);
        let portable = self.run(&RustCrypto, &self.portable, format, input);
        assert_eq!(fast, portable, "the backends disagree");
        self.check(format, input)
    }

    fn check_state(&self, format: Format, verdict: &Verdict, after: &MemoryHost) {
        if verdict.is_err() || matches!(format, Format::Evidence(_)) {
            assert_eq!(*after, self.host, "{format:?} wrote");
        }
    }

    fn run(&self, crypto: &dyn Crypto, aivm: &Aivm, format: Format, input: &[u8]) -> (Verdict, MemoryHost) {
        let mut host = self.host.clone();
        let mut context = Context {
            config: aivm.config(),
            crypto,
            host: &mut host,
            caller: GOVERNANCE,
        };
        let verdict = match format {
            Format::Evidence(vendor) => {
                let evidence = [&[vendor.number()], input].concat();
                code(evidence::verify(&mut context, &evidence).map(|_| ()))
            }
            Format::Collateral(vendor) => {
                code(evidence::submit_collateral(&mut context, vendor, input).map(|_| ()))
            }
            Format::Roots(vendor) => {
                let call = updateRootCACall {
                    vendor: abi_vendor(vendor),
                    newRootCA: input.to_vec().into(),
                };
                call_registry(aivm, &mut host, &call.abi_encode())
            }
            Format::Golden(vendor) => {
                let call = setGoldenMeasurementCall {
                    vendor: abi_vendor(vendor),
                    golden: input.to_vec().into(),
                };
                call_registry(aivm, &mut host, &call.abi_encode())
            }
        };
        (verdict, host)
    }
}

fn abi_vendor(vendor: Vendor) -> TEEVendor {
    TEEVendor::try_from(vendor.number()).expect("the numbers are the same")
}

fn code(result: Result<(), VerifyError>) -> Verdict {
    result.map_err(|error| match error {
        VerifyError::Rejected(rejection) => rejection.code().to_be_bytes().to_vec(),
        VerifyError::Host(error) => fault(&error),
    })
}

fn fault(error: &HostError) -> ! {
    panic!("memory cannot fail: {error}")
}

fn call_registry(aivm: &Aivm, host: &mut MemoryHost, input: &[u8]) -> Verdict {
    let call = Call {
        input,
        gas_limit: u64::MAX,
        caller: GOVERNANCE,
        value: U256::ZERO,
        is_static: false,
        is_direct: true,
    };
    let outcome = aivm.call(aivm.config().addresses.registry, host, &call);
    match outcome
        .expect("a precompile")
        .unwrap_or_else(|error| fault(&error))
    {
        Outcome::Success { .. } => Ok(()),
        Outcome::Revert { output, .. } => Err(output.to_vec()),
        Outcome::OutOfGas => panic!("out of gas"),
    }
}

/// Honest inputs of a format: genuine ones first, then minted ones.
pub fn seeds(format: Format) -> Vec<Vec<u8>> {
    let genuine = |vendor| {
        let mut samples = genuine::genuine().into_iter();
        samples.find(|sample| sample.vendor == vendor).expect("a sample")
    };
    match format {
        Format::Evidence(vendor) => {
            let mut seeds = vec![genuine(vendor).evidence[1..].to_vec()];
            seeds.extend(minted_evidence(vendor));
            seeds
        }
        Format::Collateral(vendor) => {
            let mut seeds = vec![genuine(vendor).collateral];
            seeds.extend(minted_collateral(vendor));
            seeds
        }
        Format::Roots(Vendor::ArmCca) => cca_bundles(),
        Format::Roots(vendor) => vec![default_roots(vendor), default_roots(vendor)[..1_639].to_vec()],
        Format::Golden(Vendor::ArmCca) => cca_golden(),
        Format::Golden(_) => nvidia_golden(),
    }
}

fn minted_evidence(vendor: Vendor) -> Vec<Vec<u8>> {
    match vendor {
        Vendor::Sgx => vec![intel::Scenario::new(intel::Format::SgxV3).quote()],
        Vendor::Tdx => {
            let formats = intel::Format::ALL.into_iter().filter(|format| format.is_tdx());
            formats
                .map(|format| intel::Scenario::new(format).quote())
                .collect()
        }
        Vendor::SevSnp => sim_snp::Product::ALL
            .into_iter()
            .zip([2, 3, 5])
            .zip(sim_snp::Kind::ALL.into_iter().cycle())
            .map(|((product, version), kind)| sim_snp::Scenario::new(product, kind, version).evidence())
            .collect(),
        Vendor::Nvidia => sim_nvidia::Chip::ALL
            .into_iter()
            .map(|chip| sim_nvidia::Scenario::new(chip).body())
            .collect(),
        Vendor::ArmCca => sim_cca::Form::ALL
            .into_iter()
            .map(|form| sim_cca::Scenario::new(form).token())
            .collect(),
    }
}

fn minted_collateral(vendor: Vendor) -> Vec<Vec<u8>> {
    match vendor {
        Vendor::Sgx | Vendor::Tdx => {
            let scenario = intel::Scenario::new(match vendor {
                Vendor::Sgx => intel::Format::SgxV3,
                _ => intel::Format::TdxV5Td15,
            });
            vec![evidence::intel::pack::pack(&scenario.collateral()).expect("chains in PEM")]
        }
        Vendor::SevSnp => sim_snp::Kind::ALL
            .into_iter()
            .map(|kind| {
                let scenario = sim_snp::Scenario::new(sim_snp::Product::Genoa, kind, 3);
                evidence::snp::pack::collateral(&scenario.ca_der(), Some(&scenario.crl_der()))
            })
            .collect(),
        Vendor::Nvidia => {
            let scenario = sim_nvidia::Scenario::new(sim_nvidia::Chip::Gb100);
            vec![evidence::nvidia::pack::collateral(
                &scenario.identity_der(),
                &scenario.provisioner_der(),
            )]
        }
        Vendor::ArmCca => Vec::new(),
    }
}

fn cca_bundles() -> Vec<Vec<u8>> {
    let token = genuine::arm_cca();
    let entry = aivm::abi::IAttestationRegistry::CcaCpak::abi_decode(&token.collateral).expect("an entry");
    let mut other = entry.clone();
    other.instanceId = [1; 33].to_vec().into();
    vec![
        cca::pack::bundle(std::slice::from_ref(&entry)),
        cca::pack::bundle(&[entry, other]),
        cca::pack::bundle(&[]),
    ]
}

fn cca_golden() -> Vec<Vec<u8>> {
    let token = genuine::arm_cca();
    let token = cca::token::Token::parse(&token.evidence[1..]).expect("a token");
    vec![cca::pack::golden(&cca::pack::golden_of(&token))]
}

fn nvidia_golden() -> Vec<Vec<u8>> {
    let measurement = |index: u8, count: usize| NvidiaMeasurement {
        index,
        digests: vec![vec![index; 48].into(); count],
    };
    let golden = NvidiaGolden {
        chip: "GH100".into(),
        driverVersion: "550.90.07".into(),
        vbiosVersion: "96.00.9F.00.01".into(),
        driver: (2..23).map(|index| measurement(index, 1)).collect(),
        vbios: (23..35).map(|index| measurement(index, 4)).collect(),
    };
    let none = NvidiaGolden {
        driver: Vec::new(),
        vbios: Vec::new(),
        ..golden.clone()
    };
    let largest = NvidiaGolden {
        driver: (1..=28).map(|index| measurement(index, 8)).collect(),
        vbios: (29..=54).map(|index| measurement(index, 8)).collect(),
        ..golden.clone()
    };
    vec![golden.abi_encode(), none.abi_encode(), largest.abi_encode()]
}
