//! When the precompiles exist, where they may be, and what the addresses are before (specification, section 1).

mod evm;

use aivm::{Activation, Addresses, Aivm, Config, ConfigError, crypto::RustCrypto, revm::AivmPrecompiles};
use alloy_primitives::{Address, U256, address};
use evm::{
    MINING, NOW, REGISTRY, SENDER,
    asm::{BALANCE, EXTCODEHASH, METER_ACCESS_OVERHEAD, Script, meter_access},
    chain::{Adapter, Chain, Tx},
    mining_input, word,
};
use revm::{
    context::result::{ExecutionResult, HaltReason},
    primitives::hardfork::SpecId,
};

const CONTRACT: Address = Address::repeat_byte(0x0a);

/// Access to a cold and to a warm address (EIP-2929).
const COLD: u64 = 2_600;
const WARM: u64 = 100;

/// A precompile of Ethereum since the first fork, and one since Osaka (P256VERIFY).
const SHA256: Address = address!("0000000000000000000000000000000000000002");
const P256VERIFY: Address = address!("0000000000000000000000000000000000000100");

fn access_gas(chain: &mut Chain, opcode: u8, address: Address) -> u64 {
    chain.disk.set_code(CONTRACT, &meter_access(opcode, address));
    chain.send(Tx::new(CONTRACT, [])).number() - METER_ACCESS_OVERHEAD
}

fn is_authorized() -> Tx {
    Tx::new(MINING, mining_input(8, SENDER.as_slice()))
}

/// The precompiles answer, and their addresses are warm.
#[track_caller]
fn assert_active(chain: &mut Chain) {
    let receipt = chain.send(is_authorized());
    assert_eq!(receipt.output(), word(1), "{:?}", receipt.result);
    assert!(receipt.trace.frames[0].end().by_precompile);
    for address in [MINING, REGISTRY] {
        for opcode in [BALANCE, EXTCODEHASH] {
            assert_eq!(access_gas(chain, opcode, address), WARM);
        }
    }
}

/// The addresses are accounts like any other: cold, and a call runs the code there.
#[track_caller]
fn assert_inactive(chain: &mut Chain) {
    let receipt = chain.send(is_authorized());
    assert!(!receipt.trace.frames[0].end().by_precompile);
    if chain.disk.accounts.contains_key(&MINING) {
        let invalid = HaltReason::InvalidFEOpcode;
        assert!(matches!(&receipt.result, ExecutionResult::Halt { reason, .. } if *reason == invalid));
    } else {
        assert!(receipt.is_success() && receipt.output().is_empty());
    }
    for address in [MINING, REGISTRY] {
        for opcode in [BALANCE, EXTCODEHASH] {
            assert_eq!(access_gas(chain, opcode, address), COLD);
        }
    }
}

#[test]
fn active_from_a_timestamp_on() {
    for &adapter in Adapter::ALL {
        for mut chain in [Chain::new(adapter, SENDER), Chain::bare(adapter)] {
            let installed = chain.disk.accounts.contains_key(&MINING);
            chain.aivm = Aivm::default().with_activation(Activation::Timestamp(NOW));
            chain.timestamp = NOW - 1;
            assert_inactive(&mut chain);
            if installed {
                for timestamp in [NOW, NOW + 1, u64::MAX] {
                    chain.timestamp = timestamp;
                    assert_active(&mut chain);
                }
            }
        }
    }
}

#[test]
fn active_from_a_fork_on() {
    for &adapter in Adapter::ALL {
        for mut chain in [Chain::new(adapter, SENDER), Chain::bare(adapter)] {
            let installed = chain.disk.accounts.contains_key(&MINING);
            chain.aivm = Aivm::default().with_activation(Activation::Spec(SpecId::OSAKA));
            for spec in [SpecId::SHANGHAI, SpecId::PRAGUE] {
                chain.spec = spec;
                assert_inactive(&mut chain);
            }
            if installed {
                for spec in [SpecId::OSAKA, SpecId::AMSTERDAM] {
                    chain.spec = spec;
                    assert_active(&mut chain);
                }
            }
        }
    }
}

/// From genesis on, whatever the fork and the time.
#[test]
fn active_from_genesis_on() {
    assert_eq!(Aivm::default().activation(), Activation::Genesis);
    for &adapter in Adapter::ALL {
        let mut chain = Chain::new(adapter, SENDER);
        for (timestamp, spec) in [
            (0, SpecId::SHANGHAI),
            (NOW, SpecId::CANCUN),
            (u64::MAX, SpecId::AMSTERDAM),
        ] {
            (chain.timestamp, chain.spec) = (timestamp, spec);
            assert_active(&mut chain);
        }
    }
}

/// Before activation value arrives, as at any account.
#[test]
fn before_activation_the_address_takes_value() {
    for &adapter in Adapter::ALL {
        let mut chain = Chain::bare(adapter);
        chain.aivm = Aivm::default().with_activation(Activation::Timestamp(NOW + 1));
        assert!(chain.send(Tx::new(MINING, []).value(7)).is_success());
        assert_eq!(chain.disk.balance(MINING), U256::from(7));
    }
}

fn at(mining: Address, registry: Address) -> Result<Aivm, ConfigError> {
    Aivm::new(
        Config {
            addresses: Addresses {
                mining,
                registry,
                ..Default::default()
            },
            ..Default::default()
        },
        RustCrypto,
    )
}

/// What an adapter says of a configuration at start-up.
fn start(adapter: Adapter, aivm: &Aivm, spec: SpecId) -> Result<(), ConfigError> {
    match adapter {
        Adapter::Revm => AivmPrecompiles::new(aivm.clone(), spec, NOW).map(drop),
        #[cfg(feature = "alloy-evm")]
        Adapter::Alloy | Adapter::Monad => {
            use revm::precompile::{PrecompileSpecId, Precompiles};
            let ethereum = Precompiles::new(PrecompileSpecId::from_spec_id(spec));
            let mut map = alloy_evm::precompiles::PrecompilesMap::from_static(ethereum);
            aivm::alloy_evm::install(&mut map, aivm, spec, NOW)
        }
    }
}

#[test]
fn two_precompiles_cannot_have_one_address() {
    assert_eq!(
        at(MINING, MINING).unwrap_err(),
        ConfigError::DuplicateAddress(MINING)
    );
    assert_eq!(
        at(SHA256, SHA256).unwrap_err(),
        ConfigError::DuplicateAddress(SHA256)
    );
    assert!(at(REGISTRY, MINING).is_ok());
}

#[test]
fn the_zero_address_is_none() {
    let zero = alloy_primitives::Address::ZERO;
    assert_eq!(
        at(zero, MINING).unwrap_err(),
        ConfigError::ZeroAddress("AI mining")
    );
    assert_eq!(
        at(MINING, zero).unwrap_err(),
        ConfigError::ZeroAddress("attestation registry")
    );
}

#[test]
fn a_taken_address_is_an_error_at_start_up() {
    for &adapter in Adapter::ALL {
        for activation in [
            Activation::Genesis,
            Activation::Timestamp(NOW + 1),
            Activation::Spec(SpecId::AMSTERDAM),
        ] {
            for aivm in [at(SHA256, REGISTRY).unwrap(), at(MINING, SHA256).unwrap()] {
                let aivm = aivm.with_activation(activation);
                assert_eq!(
                    start(adapter, &aivm, SpecId::OSAKA),
                    Err(ConfigError::AddressTaken(SHA256))
                );
            }
            // Taken from Osaka on, which a client that starts before must not learn on that day.
            let aivm = at(P256VERIFY, REGISTRY).unwrap().with_activation(activation);
            for spec in [SpecId::SHANGHAI, SpecId::PRAGUE, SpecId::OSAKA, SpecId::AMSTERDAM] {
                assert_eq!(
                    start(adapter, &aivm, spec),
                    Err(ConfigError::AddressTaken(P256VERIFY))
                );
            }
            assert_eq!(start(adapter, &Aivm::default(), SpecId::OSAKA), Ok(()));
        }
    }
}

/// Another installer, or this one a second time, has the address already.
#[cfg(feature = "alloy-evm")]
#[test]
fn installing_twice_is_an_error() {
    use revm::precompile::Precompiles;
    let mut map = alloy_evm::precompiles::PrecompilesMap::from_static(Precompiles::latest());
    let aivm = Aivm::default();
    assert_eq!(
        aivm::alloy_evm::install(&mut map, &aivm, SpecId::OSAKA, NOW),
        Ok(())
    );
    let again = aivm::alloy_evm::install(&mut map, &aivm, SpecId::OSAKA, NOW);
    assert_eq!(again, Err(ConfigError::AddressTaken(MINING)));
}

/// At other addresses the precompiles answer there, and not at the default ones.
#[test]
fn a_chain_can_choose_its_addresses() {
    let (mining, registry) = (Address::repeat_byte(0x31), Address::repeat_byte(0x32));
    for &adapter in Adapter::ALL {
        let mut chain = Chain::bare(adapter);
        chain.aivm = at(mining, registry).unwrap();
        let genesis = aivm::Genesis {
            guardian: SENDER,
            authorized: vec![SENDER],
            ..aivm::Genesis::new(SENDER)
        };
        for (address, account) in genesis.accounts(&chain.aivm).unwrap() {
            chain.disk.insert(address, &account);
        }
        let mark = chain.send(Tx::new(mining, mining_input(6, &[1; 32])));
        assert!(mark.is_success());
        assert_eq!(mark.logs()[0].address, mining);
        // SetAuthorized asks the registry that is configured.
        let allow = chain.send(Tx::new(mining, mining_input(7, &[[3; 21].as_slice()].concat())));
        assert!(!allow.is_success(), "3 is no bool");
        let allow = [&[3; 20][..], &[1]].concat();
        assert!(chain.send(Tx::new(mining, mining_input(7, &allow))).is_success());
        chain.install(CONTRACT, &Script::new().call(MINING, &mining_input(4, &[1; 32])));
        assert_eq!(
            chain.send(Tx::new(CONTRACT, [])).output().len(),
            0,
            "an empty account"
        );
    }
}
