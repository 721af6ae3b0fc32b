//! Every combination of statuses that platform, module and quoting enclave can have.

use super::{Bundle, Judge, Tally};
use aivm_simulator::intel::{Format, Grade, Scenario};

const PLATFORM: [&str; 7] = [
    "UpToDate",
    "SWHardeningNeeded",
    "ConfigurationNeeded",
    "ConfigurationAndSWHardeningNeeded",
    "OutOfDate",
    "OutOfDateConfigurationNeeded",
    "Revoked",
];
const QE: [&str; 5] = [
    "UpToDate",
    "OutOfDate",
    "ConfigurationNeeded",
    "OutOfDateConfigurationNeeded",
    "Revoked",
];
const MODULE: [&str; 3] = ["UpToDate", "OutOfDate", "Revoked"];

fn with_platform_and_qe(format: Format, platform: &str, qe: &str) -> Scenario {
    let mut scenario = Scenario::new(format);
    scenario.tcb_info.levels[0].grade = Grade::new(platform);
    scenario.qe_identity.levels[0].grade = Grade::new(qe);
    scenario
}

#[test]
fn platform_and_quoting_enclave() {
    let mut judge = Judge::synthetic();
    let mut tally = Tally::default();
    for format in Format::ALL {
        for (platform, qe) in PLATFORM.iter().flat_map(|platform| QE.map(|qe| (*platform, qe))) {
            judge.compare(
                &Bundle::minted(&with_platform_and_qe(format, platform, qe)),
                &mut tally,
            );
        }
    }
    tally.assert_implication();
    // Refused: the revoked platform (5) and the revoked quoting enclave (7), one of them twice.
    assert_eq!((tally.both, tally.neither, tally.stricter()), (5 * 24, 5 * 11, 0));
}

/// The highest level that is met counts, wherever the JSON has it: four levels in every order.
#[test]
fn levels_in_any_order() {
    let mut judge = Judge::synthetic();
    let mut tally = Tally::default();
    for format in Format::ALL {
        let mut scenario = Scenario::new(format);
        let highest = scenario.tcb_info.levels[0].clone();
        let mut lower_pce = highest.clone();
        lower_pce.pce_svn -= 1;
        lower_pce.grade = Grade::new("SWHardeningNeeded");
        let mut lower_tdx = highest.clone();
        if let Some(tdx) = &mut lower_tdx.tdx {
            tdx[2] -= 1;
            lower_tdx.grade = Grade::new("ConfigurationNeeded");
        }
        let levels = [highest, lower_tdx, lower_pce, scenario.tcb_info.levels[1].clone()];
        for order in 0..256 {
            let order = [0, 2, 4, 6].map(|shift| order >> shift & 3);
            if (0..4).all(|level| order.contains(&level)) {
                scenario.tcb_info.levels = order.map(|level| levels[level].clone()).into();
                let bundle = Bundle::minted(&scenario);
                assert_eq!(judge.ours(&bundle), Ok("UpToDate"), "{format:?} {order:?}");
                judge.compare(&bundle, &mut tally);
            }
        }
    }
    tally.assert_implication();
    assert_eq!(tally.both, 5 * 24);
}

/// TDX 1.5 also says what the TD runs on now: module 1 at launch, module 3 now, each with a status of its own.
#[test]
fn modules_at_launch_and_now() {
    let mut judge = Judge::synthetic();
    let mut tally = Tally::default();
    for (platform, qe) in PLATFORM.iter().flat_map(|platform| QE.map(|qe| (*platform, qe))) {
        for (launch, now) in MODULE.iter().flat_map(|launch| MODULE.map(|now| (*launch, now))) {
            let mut scenario = with_platform_and_qe(Format::TdxV5Td15, platform, qe);
            (scenario.td.tee_tcb_svn2[0], scenario.td.tee_tcb_svn2[1]) = (3, 3);
            scenario.tcb_info.tdx_module_identities[0].levels[0].grade = Grade::new(now);
            scenario.tcb_info.tdx_module_identities[1].levels[0].grade = Grade::new(launch);
            judge.compare(&Bundle::minted(&scenario), &mut tally);
        }
    }
    tally.assert_implication();
    assert_eq!((tally.both, tally.neither), (6 * 4 * 4, 315 - 96), "{tally:?}");
    assert_eq!(tally.stricter(), 0);
}

/// Two platform levels that differ in what they ask of the module, so that launch and now have different ones.
#[test]
fn levels_at_launch_and_now() {
    let mut judge = Judge::synthetic();
    let mut tally = Tally::default();
    for format in [Format::TdxV5Td15, Format::TdxV5Td15Ex] {
        for (higher, lower) in PLATFORM
            .iter()
            .flat_map(|higher| PLATFORM.map(|lower| (*higher, lower)))
        {
            for (launch, now) in [(3, 4), (4, 3), (3, 3), (4, 4), (2, 4), (4, 2)] {
                let mut scenario = with_platform_and_qe(format, higher, "UpToDate");
                let levels = &mut scenario.tcb_info.levels;
                levels[1] = levels[0].clone();
                levels[1].grade = Grade::new(lower);
                for (level, svn) in levels.iter_mut().zip([4, 3]) {
                    level.tdx.as_mut().expect("TDX components")[2] = svn;
                }
                (scenario.td.tee_tcb_svn[2], scenario.td.tee_tcb_svn2[2]) = (launch, now);
                judge.compare(&Bundle::minted(&scenario), &mut tally);
            }
        }
    }
    tally.assert_implication();
    // Both accept where neither of the levels in question is missing or revoked: 36 pairs for (3, 4) and (4, 3), 42
    // for (3, 3) and (4, 4).
    assert_eq!((tally.both, tally.stricter()), (2 * (36 + 36 + 42 + 42), 0));
    assert_eq!(tally.total(), 2 * 49 * 6);
}
