//! Golden measurements: their form, and reports that differ from them.

use super::{Valid, cases, evidence, furnished, golden_of, set_golden};
use aivm::{
    abi::IAttestationRegistry::{NvidiaGolden, NvidiaMeasurement},
    crypto::AwsLc,
    evidence::{Rejection, nvidia},
};
use aivm_simulator::nvidia::{Chip, NOW, Scenario, opaque};
use alloy_sol_types::SolValue;

cases! {
    /// What governance must not set, and what evidence must not measure.
    GOLDEN:
    22 "golden measurements of another chip" Against(|g| g.chip = "GH999".into()) => 576,
    22 "golden measurements of a switch" Against(|g| g.chip = "LS10".into()) => 576,
    22 "a chip in lower case" Against(|g| g.chip = "gh100".into()) => 576,
    22 "a chip of two words" Golden(|g| g.chip = "GH100 A01".into()) => 570,
    22 "no chip" Golden(|g| g.chip.clear()) => 570,
    22 "a chip of 17 letters" Golden(|g| g.chip = "G".repeat(17)) => 570,
    22 "no driver version" Golden(|g| g.driverVersion.clear()) => 570,
    22 "no VBIOS version" Golden(|g| g.vbiosVersion.clear()) => 570,
    22 "a driver version with a zero in it" Golden(|g| g.driverVersion.push('\0')) => 570,
    22 "a VBIOS version with a blank in it" Golden(|g| g.vbiosVersion.push(' ')) => 570,
    22 "a driver version of 65 letters" Golden(|g| g.driverVersion = "1".repeat(65)) => 570,
    23 "an index of the driver and of the VBIOS" Golden(|g| g.driver[0].index = 1) => 573,
    23 "the same measurement of the driver and of the VBIOS" Golden(|g| g.driver.push(g.vbios[0].clone())) => 573,
    23 "an index of the driver twice" Golden(|g| g.driver[0].index = 14) => 572,
    23 "an index of the VBIOS twice" Golden(|g| g.vbios.push(g.vbios[0].clone())) => 572,
    23 "index 0" Golden(|g| g.driver[0].index = 0) => 571,
    23 "index 65" Golden(|g| g.driver[0].index = 65) => 571,
    23 "index 255" Golden(|g| g.vbios[0].index = 255) => 571,
    23 "no digest" Golden(|g| g.driver[0].digests.clear()) => 574,
    23 "9 digests" Golden(|g| g.driver[0].digests = vec![vec![1; 48].into(); 9]) => 574,
    23 "a digest of 47 bytes" Golden(|g| g.driver[0].digests[0] = vec![1; 47].into()) => 575,
    23 "a digest of 49 bytes" Golden(|g| g.vbios[0].digests.push(vec![1; 49].into())) => 575,
    23 "a digest of SHA-256" Golden(|g| g.vbios[0].digests[0] = vec![1; 32].into()) => 575,
    23 "a word after the end" GoldenEncoding(|bytes| bytes.extend([0; 32])) => 310,
    23 "a byte after the end" GoldenEncoding(|bytes| bytes.push(0)) => 310,
    23 "golden measurements cut" GoldenEncoding(|bytes| bytes.truncate(bytes.len() - 1)) => 310,
    23 "golden measurements of nothing" GoldenEncoding(Vec::clear) => 310,
    23 "a dirty padding byte" GoldenEncoding(|bytes| *bytes.last_mut().unwrap() ^= 1) => 310,
    23 "an index above 255" GoldenEncoding(|bytes| dirty_index(bytes)) => 310,
    23 "both lists at the same place" GoldenEncoding(|bytes| bytes.copy_within(128..160, 160)) => 310,
    23 "another digest of the driver" Against(|g| g.driver[20].digests[0] = vec![1; 48].into()) => 577,
    23 "another digest of the VBIOS" Against(|g| g.vbios[0].digests[0] = vec![1; 48].into()) => 577,
    23 "8 digests, none of which is right" Against(|g| g.vbios[0].digests = vec![vec![1; 48].into(); 8]) => 577,
    23 "the digest of another index" Against(|g| g.vbios[0].digests = g.vbios[1].digests.clone()) => 577,
    23 "one digest only, and that wrong" Against(|g| { g.driver.clear(); g.vbios.truncate(1); g.vbios[0].digests[0] = vec![1; 48].into() }) => 577,
}

/// The word of an index, which is the first to be 13, the driver's first.
fn dirty_index(bytes: &mut [u8]) {
    let mut word = [0; 32];
    word[31] = 13;
    let at = bytes
        .chunks_exact(32)
        .position(|found| found == word)
        .expect("an index");
    bytes[at * 32] = 1;
}

/// The score of a scenario under these golden measurements, or the code.
fn score(scenario: &Scenario, golden: &NvidiaGolden) -> Result<u8, u16> {
    let mut world = furnished(scenario, NOW);
    set_golden(&mut world, &golden.abi_encode()).expect("golden measurements that are accepted");
    let verified = world.verify(&super::evidence_of(scenario));
    verified
        .map(|verified| verified.trust_score)
        .map_err(|rejection| rejection.code())
}

#[test]
fn measurements_that_fit_take_nothing_off() {
    for chip in Chip::GPUS {
        let scenario = Scenario::new(chip);
        let golden = golden_of(&scenario);
        assert_eq!(score(&scenario, &golden), Ok(100));
        let mut alternatives = golden.clone();
        for position in 0..8 {
            let right = golden.driver[0].digests[0].clone();
            alternatives.driver[0].digests = vec![vec![1; 48].into(); 8];
            alternatives.driver[0].digests[position] = right;
            assert_eq!(score(&scenario, &alternatives), Ok(100), "alternative {position}");
        }
        let mut one = golden.clone();
        one.driver.truncate(1);
        one.vbios.clear();
        assert_eq!(score(&scenario, &one), Ok(100));
        for version in [
            |g: &mut NvidiaGolden| g.driverVersion.push('0'),
            |g: &mut NvidiaGolden| g.vbiosVersion.push('0'),
        ] {
            let mut other = golden.clone();
            version(&mut other);
            assert_eq!(
                score(&scenario, &other),
                Ok(80),
                "golden measurements of other software"
            );
        }
    }
}

/// Where NVDEC0 is off, nothing measured it: index 36 is not compared.
#[test]
fn nvdec0_is_compared_where_it_is_on() {
    for (status, expected) in [(Some(0x55), Ok(100)), (Some(0xaa), Err(577)), (None, Err(577))] {
        let mut scenario = Scenario::new(Chip::Gh100);
        match status {
            Some(status) => scenario.report.set(opaque::NVDEC0_STATUS, &[status]),
            None => scenario.report.remove(opaque::NVDEC0_STATUS),
        }
        let mut golden = golden_of(&scenario);
        golden.driver.push(NvidiaMeasurement {
            index: 36,
            digests: vec![vec![1; 48].into()],
        });
        assert_eq!(score(&scenario, &golden), expected, "{status:?}");
        golden.driver.last_mut().unwrap().digests[0] = scenario.report.blocks[35].value.clone().into();
        assert_eq!(score(&scenario, &golden), Ok(100), "{status:?}");
    }
}

/// A measurement that the report has not differs from every golden one.
#[test]
fn an_index_that_is_not_measured() {
    let mut scenario = Scenario::new(Chip::Gh100);
    scenario.report.blocks.truncate(33);
    let mut golden = golden_of(&scenario);
    assert_eq!(score(&scenario, &golden), Ok(100));
    golden.driver[0].index = 34;
    assert_eq!(score(&scenario, &golden), Err(577));
}

/// Golden measurements are found by both versions; those of another chip do not fit.
#[test]
fn one_chip_per_pair_of_versions() {
    let valid = Valid::new(Chip::Gb100);
    let mut world = valid.world.clone();
    let hopper = golden_of(&Scenario::new(Chip::Gh100));
    set_golden(&mut world, &hopper.abi_encode()).expect("golden measurements that are accepted");
    assert_eq!(valid.refused(&mut world, &valid.body), Ok(576));
    set_golden(&mut world, &golden_of(&valid.scenario).abi_encode()).expect("they replace the others");
    assert_eq!(
        world.verify(&evidence(&valid.body)).map(|v| v.trust_score),
        Ok(100)
    );
}

/// The chip that the report names counts, not that of the CAs' family; and flags other than debug are the GPU's.
#[test]
fn the_chip_is_the_reports() {
    let mut scenario = Scenario::new(Chip::Gb100);
    scenario.report.set(opaque::CHIP_INFO, b"GB102\0\0");
    super::report::debug_flag(&mut scenario, 0x80);
    let mut golden = golden_of(&scenario);
    assert_eq!(
        score(&scenario, &golden),
        Err(576),
        "golden measurements of {}",
        golden.chip
    );
    golden.chip = "GB102".into();
    assert_eq!(score(&scenario, &golden), Ok(100));
}

/// What is accepted is the one encoding of what it says: a byte changed is refused, or says something else.
#[test]
fn no_other_encoding_of_golden_measurements() {
    let mut golden = golden_of(&Scenario::new(Chip::Gh100));
    golden.driver.truncate(3);
    golden.vbios.truncate(2);
    golden.driver[1].digests.push(vec![5; 48].into());
    let valid = golden.abi_encode();
    let read = |bytes: &[u8]| nvidia::read_golden(bytes, &AwsLc);
    assert!(read(&valid).is_ok());
    let (mut accepted, mut refused) = (0, 0);
    for at in 0..valid.len() {
        for bit in [0, 3, 5, 7] {
            let mut changed = valid.clone();
            changed[at] ^= 1 << bit;
            if read(&changed).is_err() {
                refused += 1;
                continue;
            }
            let decoded = NvidiaGolden::abi_decode(&changed).expect("what was accepted");
            assert_eq!(decoded.abi_encode(), changed, "byte {at}, bit {bit}");
            accepted += 1;
        }
        assert!(read(&valid[..at]).is_err(), "cut at {at}");
    }
    assert_eq!(accepted + refused, valid.len() * 4);
    assert!(accepted > 6 * 48 * 4, "digests may change, and versions");
}

/// Offsets that point to the same bytes many times over are refused before they are followed.
#[test]
fn no_lists_in_one_place() {
    let word = |value: usize| {
        let mut word = [0; 32];
        word[24..].copy_from_slice(&(value as u64).to_be_bytes());
        word
    };
    let mut golden = golden_of(&Scenario::new(Chip::Gh100));
    (golden.driver, golden.vbios) = (Vec::new(), Vec::new());
    let mut bytes = golden.abi_encode();
    let driver_list = bytes.len() - 64;
    bytes.truncate(driver_list);
    let count = 1_000;
    bytes.extend(word(count));
    (0..count).for_each(|_| bytes.extend(word(count * 32)));
    bytes.extend([word(1), word(64), word(count)].concat());
    (0..count).for_each(|_| bytes.extend(word(count * 32)));
    bytes.extend(word(0));
    assert_eq!(
        nvidia::read_golden(&bytes, &AwsLc),
        Err(Rejection::GoldenMalformed)
    );
}
