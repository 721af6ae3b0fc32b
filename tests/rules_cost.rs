//! A flat price pays for bounded work: a call whose input is a megabyte of the caller's memory takes no more
//! memory than one that is a little too long (specification, section 1, "Gas").
//!
//! The allocator counts for the whole program, so this file has one test.

mod evm;

use alloy_primitives::Address;
use evm::{
    asm::Script,
    calls,
    chain::{Adapter, Chain, Tx},
};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};
use std::alloc::System;

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

const OWNER: Address = Address::repeat_byte(0x0a);

/// What a call may allocate, its frame and its revert data included.
const ALLOWANCE: usize = 16_384;

/// The bytes that a contract's calls with the same input of `len` bytes allocate, for so many calls.
fn allocated(adapter: Adapter, case: &calls::Case, len: usize, calls: usize) -> usize {
    let mut input = case.input.to_vec();
    input.resize(len, 0);
    let mut script = Script::new().call(case.to, &input);
    for _ in 1..calls {
        script = script.again();
    }
    let mut chain = Chain::new(adapter, OWNER);
    chain.traced = false;
    chain.install(OWNER, &script.report());
    let region = Region::new(ALLOCATOR);
    let receipt = chain.send(Tx::new(OWNER, []));
    let allocated = region.change().bytes_allocated;
    assert!(receipt.is_success());
    allocated
}

#[test]
fn a_long_input_is_not_copied() {
    const CALLS: usize = 11;
    const MEGABYTE: usize = 1 << 20;
    let mut measured = 0;
    for &adapter in Adapter::ALL {
        for case in calls::all() {
            if calls::BY_THE_BYTE.contains(&case.name) {
                continue; // paid by the byte
            }
            let one = allocated(adapter, &case, MEGABYTE, 1);
            let many = allocated(adapter, &case, MEGABYTE, CALLS);
            let each = many.saturating_sub(one) / (CALLS - 1);
            assert!(
                each <= ALLOWANCE,
                "{} allocates {each} bytes for each call",
                case.name
            );
            measured += 1;
        }
    }
    assert_eq!(
        measured,
        Adapter::ALL.len() * (calls::OPERATIONS - calls::BY_THE_BYTE.len())
    );
}
