//! CalculateReward: the amounts, against arithmetic done by hand (specification, section 2).

mod evm;

use aivm::{Aivm, Call, Config, Host, HostError, Outcome, RewardTrust, crypto::RustCrypto};
use aivm_test_support::rng::Rng;
use alloy_primitives::{Address, Bytes, Log, U256};
use evm::{
    MINING, NOW, STRANGER,
    device::{CONFIDENTIAL, DEVICE, GOOD, PUBLIC, Record, SOVEREIGN, ether, reward},
    mining_input, word, work_proof,
};

/// The product of the factors in decimal digits, the last six of which are cut off.
fn by_hand(minutes: u32, level: u16, trust: u8) -> U256 {
    let multiplier = [2_500, 5_000, 10_000, 15_000][usize::from(level) - 1];
    let mut digits: Vec<u64> = [vec![0; 18], vec![1]].concat(); // 1e18, lowest digit first
    for factor in [u64::from(minutes), multiplier, u64::from(trust)] {
        let mut carry = 0;
        for digit in &mut digits {
            carry += *digit * factor;
            (*digit, carry) = (carry % 10, carry / 10);
        }
        while carry > 0 {
            digits.push(carry % 10);
            carry /= 10;
        }
    }
    let text: String = digits.split_off(6).iter().rev().map(u64::to_string).collect();
    text.parse().expect("decimal digits")
}

#[test]
fn golden_rewards() {
    let mut machine = GOOD.machine();
    for (level, expected) in [(1, "15"), (2, "30"), (3, "60"), (4, "90")] {
        assert_eq!(
            reward(&mut machine, level, 60).unwrap(),
            ether(expected),
            "level {level}"
        );
        assert_eq!(reward(&mut machine, level, 0).unwrap(), word(0));
    }
    assert_eq!(
        reward(&mut machine, SOVEREIGN, u32::MAX).unwrap(),
        ether("6442450942.5")
    );
    assert_eq!(reward(&mut machine, PUBLIC, 1).unwrap(), ether("0.25"));
}

#[test]
fn rewards_are_as_by_hand() {
    let mut rng = Rng(7);
    let mut checked = 0;
    for trust in 0..=100 {
        let mut machine = Record { trust, ..GOOD }.machine();
        for case in 0..200 {
            let level = 1 + rng.below(4) as u16;
            let minutes = match case {
                0 => 0,
                1 => 1,
                2 => u32::MAX,
                _ => (rng.next_u64() as u32) >> rng.below(32),
            };
            let counted = if level < CONFIDENTIAL { 100 } else { trust };
            let expected = by_hand(minutes, level, counted).to_be_bytes::<32>();
            let paid = reward(&mut machine, level, minutes).unwrap();
            assert_eq!(
                paid[..],
                expected,
                "level {level}, {minutes} minutes, trust {trust}"
            );
            checked += 1;
        }
    }
    assert_eq!(checked, 101 * 200);
}

/// A score above 100 cannot be written by the registry; if it were there, it would count as 100.
#[test]
fn trust_is_at_most_100() {
    for trust in [101, 200, 255] {
        let mut machine = Record { trust, ..GOOD }.machine();
        assert_eq!(reward(&mut machine, CONFIDENTIAL, 60).unwrap(), ether("60"));
    }
}

/// A host that has nothing to read: every read is a database fault.
struct Unreadable;

impl Host for Unreadable {
    fn storage(&mut self, _: Address, _: U256) -> Result<U256, HostError> {
        Err(HostError("a slot was read".into()))
    }

    fn set_storage(&mut self, _: Address, _: U256, _: U256) -> Result<(), HostError> {
        Err(HostError("a slot was written".into()))
    }

    fn code(&mut self, _: Address) -> Result<Bytes, HostError> {
        Err(HostError("code was read".into()))
    }

    fn set_code(&mut self, _: Address, _: Bytes) -> Result<(), HostError> {
        Err(HostError("code was written".into()))
    }

    fn log(&mut self, _: Log) {
        panic!("a log");
    }

    fn block_timestamp(&self) -> u64 {
        NOW
    }

    fn block_number(&self) -> u64 {
        1
    }

    fn chain_id(&self) -> u64 {
        1
    }
}

#[test]
fn where_the_formula_judges_no_state_is_read() {
    let config = |reward_trust| Config {
        reward_trust,
        ..Default::default()
    };
    let formula = Aivm::new(config(RewardTrust::Formula), RustCrypto).unwrap();
    let registry = Aivm::new(config(RewardTrust::Registry), RustCrypto).unwrap();
    for (level, expected) in [(1, "15"), (2, "30"), (3, "60"), (4, "90")] {
        let input = mining_input(2, &work_proof(DEVICE, level, 60));
        let call = Call {
            input: &input,
            gas_limit: 1_000,
            caller: STRANGER,
            value: U256::ZERO,
            is_static: true,
            is_direct: true,
        };
        let paid = Ok(Outcome::Success {
            gas_used: 1_000,
            output: ether(expected),
        });
        assert_eq!(formula.call(MINING, &mut Unreadable, &call).unwrap(), paid);
        let outcome = registry.call(MINING, &mut Unreadable, &call).unwrap();
        if level < CONFIDENTIAL {
            assert_eq!(outcome, paid);
        } else {
            assert_eq!(outcome, Err(HostError("a slot was read".into())));
        }
    }
}
