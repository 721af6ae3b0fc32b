//! Two verifiers over the same bundle.

mod bundles;
mod mutations;
mod mutators;
mod resigned;
mod state;
mod statuses;
mod stricter;

use crate::common::{
    evidence,
    samples::{vendor_of_collateral, vendor_of_quote, without_padding},
    vendor_of,
    world::World,
};
use aivm::{
    abi::IAttestationRegistry::setMinTrustScoreCall,
    crypto::AwsLc,
    evidence::{
        Vendor,
        intel::{self, ROOT_CA, pack, quote::Quote},
        verify,
    },
};
use aivm_simulator::intel::{NOW, Scenario};
use aivm_test_support::fixtures::IntelCase;
use dcap_qvl::{QuoteCollateralV3, configs::RustCryptoConfig, verify::QuoteVerifier};
use std::{
    collections::BTreeMap,
    panic::{AssertUnwindSafe, catch_unwind},
};

/// A quote, collateral, and the time.
#[derive(Clone)]
pub(crate) struct Bundle {
    pub(crate) name: String,
    pub(crate) vendor: Vendor,
    pub(crate) quote: Vec<u8>,
    pub(crate) collateral: QuoteCollateralV3,
    pub(crate) now: u64,
}

impl Bundle {
    /// A recorded case; its delivery padding is cut off.
    pub(crate) fn recorded(case: &IntelCase) -> Self {
        Self {
            name: case.name.clone(),
            vendor: vendor_of_quote(&case.quote),
            quote: without_padding(&case.quote).to_vec(),
            collateral: case.collateral.clone(),
            now: case.now,
        }
    }

    pub(crate) fn minted(scenario: &Scenario) -> Self {
        Self {
            name: format!("{:?}", scenario.format),
            vendor: vendor_of(scenario.format),
            quote: scenario.quote(),
            collateral: scenario.collateral(),
            now: NOW,
        }
    }
}

/// What `dcap-qvl` says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Opinion {
    /// Accepted, with this status.
    Accepted(String),
    Refused,
    Panicked,
}

/// What this verifier says: the status, or the code.
pub(crate) type Verdict = Result<&'static str, u16>;

/// Stands in the place of a code for collateral whose PEM cannot be packed for `submitCollateral`.
pub(crate) const NOT_PACKED: u16 = 0;

/// Both verifiers under one root. Here every score is accepted, so that statuses can be compared.
pub(crate) struct Judge {
    root: Vec<u8>,
    bare: World,
    /// The chain after the collateral that was looked at last, with the code that refused it.
    furnished: Option<(Bundle, World, Option<u16>)>,
}

impl Judge {
    pub(crate) fn new(root: Vec<u8>) -> Self {
        let mut bare = World::under(&root, NOW);
        bare.govern(&setMinTrustScoreCall { score: 0 });
        Self {
            root,
            bare,
            furnished: None,
        }
    }

    /// Under Intel's root.
    pub(crate) fn intel() -> Self {
        Self::new(ROOT_CA.to_vec())
    }

    /// Under the root of the synthetic PKI.
    pub(crate) fn synthetic() -> Self {
        Self::new(Scenario::new(aivm_simulator::intel::Format::SgxV3).root_der())
    }

    pub(crate) fn ours(&mut self, bundle: &Bundle) -> Verdict {
        self.furnish(bundle);
        let (_, world, refused) = self.furnished.as_ref().expect("just furnished");
        if let Some(code) = refused {
            return Err(*code);
        }
        if let Ok((quote, _)) = Quote::parse_prefix(bundle.vendor, &bundle.quote) {
            pack::check_pck_chain(&bundle.collateral, quote.pck_chain)
                .map_err(|rejection| rejection.code())?;
        }
        let evidence = evidence(bundle.vendor, &bundle.quote);
        let (verified, _) = world.directly(&AwsLc, |context| verify(context, &evidence));
        let status = verified.map_err(|rejection| rejection.code())?.claims.tcb_status;
        Ok(status.expect("Intel evidence has a status").name())
    }

    /// Submits the bundle's collateral, unless it was the last one submitted.
    fn furnish(&mut self, bundle: &Bundle) {
        let same = |last: &Bundle| {
            (last.vendor, last.now) == (bundle.vendor, bundle.now) && last.collateral == bundle.collateral
        };
        if self.furnished.as_ref().is_some_and(|(last, ..)| same(last)) {
            return;
        }
        let mut world = self.bare.clone();
        world.at(bundle.now);
        let refused = match pack::pack(&bundle.collateral) {
            Ok(packed) => {
                let vendor = vendor_of_collateral(&bundle.collateral);
                let (stored, host) = world.directly(&AwsLc, |context| {
                    intel::submit_collateral(context, vendor, &packed)
                });
                world.host = host;
                stored.err().map(|rejection| rejection.code())
            }
            Err(_) => Some(NOT_PACKED),
        };
        self.furnished = Some((bundle.clone(), world, refused));
    }

    pub(crate) fn opinion(&self, bundle: &Bundle) -> Opinion {
        let verifier = QuoteVerifier::<RustCryptoConfig>::new_with_config(self.root.clone());
        let verify = || verifier.verify(&bundle.quote, &bundle.collateral, bundle.now);
        match catch_unwind(AssertUnwindSafe(verify)) {
            Ok(Ok(report)) => Opinion::Accepted(report.status),
            Ok(Err(_)) => Opinion::Refused,
            Err(_) => Opinion::Panicked,
        }
    }

    /// Takes both verdicts and counts them.
    pub(crate) fn compare(&mut self, bundle: &Bundle, tally: &mut Tally) {
        let (ours, opinion) = (self.ours(bundle), self.opinion(bundle));
        tally.count(&bundle.name, ours, &opinion);
    }
}

/// How often the two agreed, and how they differed.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub(crate) both: usize,
    pub(crate) neither: usize,
    /// Accepted by `dcap-qvl` alone, by our code.
    pub(crate) stricter: BTreeMap<u16, usize>,
    pub(crate) panics: usize,
    /// Accepted here alone, or with another status: there must be none.
    pub(crate) wrong: Vec<String>,
}

impl Tally {
    pub(crate) fn count(&mut self, name: &str, ours: Verdict, opinion: &Opinion) {
        match (ours, opinion) {
            (Ok(status), Opinion::Accepted(other)) if status == other => self.both += 1,
            (Ok(status), _) => self
                .wrong
                .push(format!("{name}: {status} here, {opinion:?} there")),
            (Err(code), Opinion::Accepted(_)) => *self.stricter.entry(code).or_default() += 1,
            (Err(_), Opinion::Refused) => self.neither += 1,
            (Err(_), Opinion::Panicked) => {
                self.neither += 1;
                self.panics += 1;
            }
        }
    }

    pub(crate) fn stricter(&self) -> usize {
        self.stricter.values().sum()
    }

    pub(crate) fn total(&self) -> usize {
        self.both + self.neither + self.stricter() + self.wrong.len()
    }

    /// The implication that this file is about.
    pub(crate) fn assert_implication(&self) {
        assert!(
            self.wrong.is_empty(),
            "{}:\n{}",
            self.wrong.len(),
            self.wrong.join("\n")
        );
    }

    /// A test over many inputs can only fail if it has some of each class.
    pub(crate) fn assert_each_class(&self, total: usize) {
        println!("{self:?}");
        self.assert_implication();
        assert_eq!(self.total(), total);
        let known = stricter::known_codes();
        let unknown: Vec<_> = self
            .stricter
            .keys()
            .filter(|code| !known.contains(code))
            .collect();
        assert!(unknown.is_empty(), "a difference that is not listed: {unknown:?}");
        assert!(
            self.both > 0 && self.neither > 0 && self.stricter() > 0,
            "a class is empty: {self:?}"
        );
    }
}
