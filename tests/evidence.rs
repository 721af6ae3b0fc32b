//! x
use aivm::{
    Aivm, Genesis,
    precompiles::{
        Context,
        crypto::AwsLc,
        evidence::{
            self, Vendor,
            intel::{self, pack},
        },
    },
};
use aivm_test_support::fixtures;

#[test]
fn all() {
    let dir = fixtures::evidence_dir();
    let mut cases = fixtures::dcap_sample_cases();
    if let Some(dir) = dir {
        cases.extend(fixtures::intel_cases(&dir));
    }
    for case in cases {
        let aivm = Aivm::default();
        let mut host = Genesis::development().memory_host(&aivm, case.now);
        let vendor = if case.quote[4] == 0 {
            Vendor::Sgx
        } else {
            Vendor::Tdx
        };
        let cvendor = if case.collateral.tcb_info.contains("\"TDX\"") {
            Vendor::Tdx
        } else {
            Vendor::Sgx
        };
        let packed = pack::pack(&case.collateral).unwrap();
        let mut context = Context {
            config: aivm.config(),
            crypto: &AwsLc,
            host: &mut host,
            caller: Default::default(),
        };
        let stored = intel::submit_collateral(&mut context, cvendor, &packed);
        let (q, rest) = match intel::quote::Quote::parse_prefix(vendor, &case.quote) {
            Ok((_, rest)) => (&case.quote[..case.quote.len() - rest.len()], rest.len()),
            Err(_) => (&case.quote[..], 0),
        };
        let mut ev = vec![vendor.number()];
        ev.extend(q);
        let v = evidence::verify(&mut context, &ev);
        println!(
            "{:40} {:?} | rest {} | {}",
            case.name,
            stored.map(|s| s.valid_until).map_err(|e| e.to_string()),
            rest,
            match v {
                Ok(v) => format!("{} {:?}", v.trust_score, v.claims.tcb_status),
                Err(e) => e.to_string(),
            }
        );
    }
}
