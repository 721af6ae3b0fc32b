//! What a memo holds, what is made ahead, and who asks whom. Blocks are in `tests/prewarm.rs`.

mod keys;

use super::{
    backend::{Remembering, Role},
    calls::{Calls, MAX_CALLS, MAX_INPUT_LEN, OuterCall},
    key::Key,
    memo::{MAX_VERDICTS, Memo, Stats, Verdict},
};
use crate::table::Aivm;
use aivm_precompiles::crypto::{
    Crypto, Item, P256PublicKey, P256Signature, P384PublicKey, P384Signature, ParameterSet, Rsa4096Modulus,
    Rsa4096Signature, Secp256k1Signature,
};
use alloy_primitives::{Address, B256, U256, address};
use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

fn key(number: usize) -> Key {
    Key::secp256k1(&B256::from(U256::from(number)), &[0; 64], false)
}

#[test]
fn a_full_memo_remembers_no_more() {
    let memo = Memo::new();
    for number in 0..MAX_VERDICTS - 1 {
        memo.remember(key(number), Verdict::Valid);
    }
    assert_eq!((memo.stats().verdicts, memo.is_open()), (MAX_VERDICTS - 1, true));
    memo.remember(key(MAX_VERDICTS - 1), Verdict::Valid);
    assert_eq!((memo.stats().verdicts, memo.is_open()), (MAX_VERDICTS, false));
    memo.remember(key(MAX_VERDICTS), Verdict::Valid);
    assert_eq!(memo.stats().verdicts, MAX_VERDICTS);
    assert_eq!(memo.recall(&key(MAX_VERDICTS)), None);
    for number in 0..MAX_VERDICTS {
        assert_eq!(memo.recall(&key(number)), Some(Verdict::Valid));
    }
}

#[test]
fn a_closed_memo_remembers_no_more() {
    let memo = Memo::new();
    memo.remember(key(1), Verdict::Valid);
    memo.close();
    memo.remember(key(2), Verdict::Valid);
    assert!(!memo.is_open());
    assert_eq!(memo.recall(&key(1)), Some(Verdict::Valid));
    assert_eq!(memo.recall(&key(2)), None);
}

const MINING: Address = address!("0000000000000000000000000000000000000300");

/// A call of VerifyTEE with so many bytes of input, all but the opcode zero, and so much gas for the call itself.
fn verify_tee(input: &[u8], gas: u64) -> OuterCall<'_> {
    let zeros = u64::try_from(input.len() - 1).expect("a length");
    OuterCall {
        caller: Address::ZERO,
        to: MINING,
        value: U256::ZERO,
        input,
        gas_limit: 21_000 + 16 + 4 * zeros + gas,
    }
}

fn input(len: usize) -> Vec<u8> {
    let mut input = vec![0; len];
    input[0] = 3;
    input
}

fn made(calls: impl IntoIterator<Item = OuterCall<'static>>) -> usize {
    made_of_block(u64::MAX, calls)
}

fn made_of_block(gas_limit: u64, calls: impl IntoIterator<Item = OuterCall<'static>>) -> usize {
    let calls = Calls::of(&Aivm::default(), gas_limit, calls);
    calls.messages.len() + calls.others.len()
}

#[test]
fn so_many_calls_and_no_more() {
    let call = verify_tee(input(40).leak(), 5_000);
    for (count, expected) in [
        (MAX_CALLS - 1, MAX_CALLS - 1),
        (MAX_CALLS, MAX_CALLS),
        (MAX_CALLS + 1, MAX_CALLS),
    ] {
        assert_eq!(made(std::iter::repeat_n(call, count)), expected);
    }
}

#[test]
fn so_much_input_and_no_more() {
    let small = verify_tee(input(40).leak(), 5_000);
    for (len, expected) in [
        (MAX_INPUT_LEN - 81, 3),
        (MAX_INPUT_LEN - 80, 3),
        (MAX_INPUT_LEN - 79, 2),
    ] {
        let large = verify_tee(input(len).leak(), 5_000);
        assert_eq!(made([small, large, small]), expected, "{len}");
    }
    // What others are sent does not count.
    let other = OuterCall {
        to: Address::ZERO,
        ..verify_tee(input(MAX_INPUT_LEN).leak(), 5_000)
    };
    assert_eq!(made([other, small]), 1);
}

#[test]
fn no_more_than_the_block_can_pay_is_made() {
    // Claims a lot more than it uses.
    let call = OuterCall {
        gas_limit: 30_000_000,
        ..verify_tee(input(40).leak(), 0)
    };
    let used = 21_000 + 16 + 4 * 39 + 5_000;
    for (gas_limit, expected) in [(3 * used - 1, 2), (3 * used, 3), (3 * used + 1, 3), (0, 0)] {
        assert_eq!(made_of_block(gas_limit, std::iter::repeat_n(call, 5)), expected);
    }
    // What is not made uses nothing that counts.
    let other = OuterCall {
        to: Address::ZERO,
        ..call
    };
    assert_eq!(made_of_block(used, [other, call]), 1);
}

#[test]
fn a_memo_takes_the_place_of_another() {
    let (first, second) = (Arc::new(Memo::new()), Arc::new(Memo::new()));
    let aivm = Aivm::default();
    let with_first = aivm.recording(&first);
    let with_second = with_first.recording(&second);
    let asked = |aivm: &Aivm| aivm.crypto().verify_p256(&[1; 64], b"message", &[1; 64]);
    assert!(!asked(&with_second));
    assert_eq!((first.stats().verdicts, second.stats().verdicts), (0, 1));
    assert!(!asked(&with_first));
    assert_eq!(first.stats().verdicts, 1);
}

#[test]
fn what_cannot_pay_is_not_made() {
    let input = input(40).leak();
    assert_eq!(made([verify_tee(input, 4_999)]), 0);
    assert_eq!(made([verify_tee(input, 5_000)]), 1);
    assert_eq!(made([verify_tee(input, 5_001)]), 1);
    let broke = OuterCall {
        gas_limit: 20_999,
        ..verify_tee(input, 0)
    };
    assert_eq!(made([broke]), 0);
    let with_value = OuterCall {
        value: U256::ONE,
        ..verify_tee(input, 5_000)
    };
    assert_eq!(made([with_value]), 0);
}

/// Finds every signature of an even length valid, and counts how often it is asked.
#[derive(Debug, Default)]
struct Even(AtomicUsize);

impl Even {
    fn judge(&self, message: &[u8]) -> bool {
        self.0.fetch_add(1, Ordering::Relaxed);
        message.len().is_multiple_of(2)
    }
}

impl Crypto for Even {
    fn verify_mldsa(&self, _: ParameterSet, _: &[u8], message: &[u8], _: &[u8]) -> bool {
        self.judge(message)
    }

    fn verify_p256(&self, _: &P256PublicKey, message: &[u8], _: &P256Signature) -> bool {
        self.judge(message)
    }

    fn verify_p384(&self, _: &P384PublicKey, message: &[u8], _: &P384Signature) -> bool {
        self.judge(message)
    }

    fn verify_rsa_pss(&self, _: &Rsa4096Modulus, message: &[u8], _: &Rsa4096Signature) -> bool {
        self.judge(message)
    }

    fn recover_secp256k1(&self, digest: &B256, _: &Secp256k1Signature, y_is_odd: bool) -> Option<Address> {
        self.judge(&[]);
        y_is_odd.then(|| Address::from_word(*digest))
    }
}

type Ask = fn(&dyn Crypto, &[u8]) -> bool;

/// Each check, of a message of this length.
const ASK: [Ask; 5] = [
    |crypto, message| crypto.verify_mldsa(ParameterSet::MlDsa44, &[], message, &[]),
    |crypto, message| crypto.verify_p256(&[0; 64], message, &[0; 64]),
    |crypto, message| crypto.verify_p384(&[0; 96], message, &[0; 96]),
    |crypto, message| crypto.verify_rsa_pss(&[0; 512], message, &[0; 512]),
    |crypto, message| {
        let (digest, odd) = (B256::repeat_byte(7), message.len().is_multiple_of(2));
        let signer = crypto.recover_secp256k1(&digest, &[0; 64], odd);
        assert_eq!(signer, odd.then(|| Address::from_word(digest)));
        signer.is_some()
    },
];

fn remembering(backend: &Arc<Even>, memo: &Arc<Memo>, role: Role) -> Remembering {
    Remembering {
        backend: backend.clone(),
        memo: memo.clone(),
        role,
    }
}

#[test]
fn who_records_asks_once_and_who_executes_records_nothing() {
    for ask in ASK {
        let (backend, memo) = (Arc::<Even>::default(), Arc::<Memo>::default());
        let asked = || backend.0.load(Ordering::Relaxed);
        let block = remembering(&backend, &memo, Role::Consult);
        let ahead = remembering(&backend, &memo, Role::Record);
        assert!(ask(&block, b"even") && ask(&block, b"even"));
        assert_eq!((asked(), memo.stats()), (2, Stats::default()));
        for _ in 0..3 {
            assert!(ask(&ahead, b"even") && !ask(&ahead, b"odd"));
        }
        assert_eq!((asked(), memo.stats().verdicts), (4, 2));
        for _ in 0..3 {
            assert!(ask(&block, b"even") && !ask(&block, b"odd"));
        }
        assert_eq!(asked(), 4);
        assert_eq!((memo.stats().hits, memo.stats().misses), (6, 0));
    }
}

#[test]
fn a_batch_asks_for_what_is_not_known_and_keeps_its_order() {
    let (backend, memo) = (Arc::<Even>::default(), Arc::<Memo>::default());
    let ahead = remembering(&backend, &memo, Role::Record);
    let bytes = [0; 64];
    let item = |len: usize| Item {
        set: ParameterSet::MlDsa65,
        public_key: &[1],
        message: &bytes[..len],
        context: &[],
        signature: &[2],
    };
    for len in [3, 4, 9] {
        ahead.verify_mldsa(ParameterSet::MlDsa65, &[1], &bytes[..len], &[2]);
    }
    let items: Vec<_> = (0..33).map(item).collect();
    let expected: Vec<_> = (0..33_usize).map(|len| len.is_multiple_of(2)).collect();
    for asked in [33, 33] {
        assert_eq!(ahead.verify_mldsa_batch(&items), expected);
        assert_eq!(backend.0.load(Ordering::Relaxed), asked);
    }
    assert_eq!(memo.stats().verdicts, 33);
    assert!(ahead.verify_mldsa_batch(&[]).is_empty());
}

#[test]
fn a_memo_dies_with_its_block() {
    let aivm = Aivm::default();
    let memo = Arc::new(Memo::new());
    let weak = Arc::downgrade(&memo);
    let of_block = aivm.with_memo(&memo);
    drop(memo);
    assert!(weak.upgrade().is_some());
    drop(of_block);
    assert!(weak.upgrade().is_none());
}
