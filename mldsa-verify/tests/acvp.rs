//! Vectors of NIST's ACVP for ML-DSA's signature verification, the external interface without a pre-hash: 45 signatures,
//! 42 of them with contexts (`fixtures/oqs-sys-0.11.0/README.md`).

mod common;

use common::harness::Harness;
use mldsa_verify::{Item, ParameterSet};
use serde_json::Value;

const VECTORS: &str = include_str!("fixtures/oqs-sys-0.11.0/ml-dsa-sigver-external-pure.json");

/// A case, decoded: its name, whether it is valid, and the fields of an item.
struct Vector {
    name: String,
    valid: bool,
    set: ParameterSet,
    public_key: Vec<u8>,
    message: Vec<u8>,
    context: Vec<u8>,
    signature: Vec<u8>,
}

fn vectors() -> Vec<Vector> {
    let file: Value = serde_json::from_str(VECTORS).unwrap();
    let groups = file["testGroups"].as_array().unwrap();
    groups.iter().flat_map(vectors_of).collect()
}

fn vectors_of(group: &Value) -> Vec<Vector> {
    assert_eq!(
        (&group["signatureInterface"], &group["preHash"]),
        (&"external".into(), &"pure".into())
    );
    let set = match group["parameterSet"].as_str() {
        Some("ML-DSA-44") => ParameterSet::MlDsa44,
        Some("ML-DSA-65") => ParameterSet::MlDsa65,
        Some("ML-DSA-87") => ParameterSet::MlDsa87,
        other => panic!("{other:?} is no parameter set"),
    };
    let bytes = |test: &Value, field| {
        let text = test[field].as_str().unwrap();
        assert!(text.len().is_multiple_of(2));
        let byte = |i| u8::from_str_radix(&text[i..i + 2], 16).unwrap();
        (0..text.len()).step_by(2).map(byte).collect()
    };
    let vector = |test: &Value| Vector {
        name: format!("tcId {}: {}", test["tcId"], test["reason"]),
        valid: test["testPassed"].as_bool().unwrap(),
        set,
        public_key: bytes(test, "pk"),
        message: bytes(test, "message"),
        context: bytes(test, "context"),
        signature: bytes(test, "signature"),
    };
    group["tests"].as_array().unwrap().iter().map(vector).collect()
}

#[test]
fn external_pure() {
    let vectors = vectors();
    let mut harness = Harness::new();
    let items: Vec<_> = vectors
        .iter()
        .map(|vector| Item {
            set: vector.set,
            public_key: &vector.public_key,
            message: &vector.message,
            context: &vector.context,
            signature: &vector.signature,
        })
        .collect();
    for (vector, item) in vectors.iter().zip(&items) {
        harness.check(vector.valid, item, &vector.name);
    }
    assert_eq!(harness.counts(), (9, 36));
    let verdicts: Vec<_> = vectors.iter().map(|vector| vector.valid).collect();
    harness.check_batch(&verdicts, &items, "all three sets");
    assert_eq!(items.iter().filter(|item| !item.context.is_empty()).count(), 42);
}
