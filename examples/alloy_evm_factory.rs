//! A client on alloy-evm, as reth is: the precompiles go into the `EvmFactory` that makes an EVM for each block.
//!
//! `cargo run --release --features alloy-evm --example alloy_evm_factory`

use aivm::{
    Aivm, ConfigError, Genesis, abi::IAttestationRegistry::governanceCall, genesis::DEVELOPMENT_ACCOUNT,
};
use alloy_evm::{
    Database, Evm, EvmEnv, EvmFactory,
    eth::{EthEvm, EthEvmBuilder, EthEvmContext},
    precompiles::PrecompilesMap,
};
use alloy_primitives::{Address, Bytes, TxKind, U256, address};
use alloy_sol_types::SolCall;
use revm::{
    DatabaseCommit, Inspector,
    bytecode::Bytecode,
    context::{
        BlockEnv, CfgEnv, DBErrorMarker, TxEnv,
        result::{EVMError, ExecutionResult, HaltReason},
    },
    database::{CacheDB, EmptyDB, State},
    inspector::NoOpInspector,
    precompile::{PrecompileSpecId, Precompiles},
    primitives::hardfork::SpecId,
    state::AccountInfo,
};
use std::error::Error;

const MINING: Address = address!("0000000000000000000000000000000000000300");
const REGISTRY: Address = address!("0000000000000000000000000000000000000AAA");

/// Makes EVMs that have Ethereum's precompiles and aivm's.
#[derive(Clone, Debug)]
struct AivmEvmFactory(Aivm);

impl AivmEvmFactory {
    /// Fails if the configured addresses cannot work: ask once, at start-up.
    fn new(aivm: Aivm) -> Result<Self, ConfigError> {
        let mut map = PrecompilesMap::from_static(Precompiles::latest());
        aivm::alloy_evm::install(&mut map, &aivm, SpecId::default(), 0)?;
        Ok(Self(aivm))
    }

    fn precompiles(&self, env: &EvmEnv) -> PrecompilesMap {
        let (spec, timestamp) = (env.cfg_env.spec, env.block_env.timestamp.saturating_to());
        let ethereum = Precompiles::new(PrecompileSpecId::from_spec_id(spec));
        let mut map = PrecompilesMap::from_static(ethereum);
        aivm::alloy_evm::install(&mut map, &self.0, spec, timestamp).expect("asked at start-up");
        map
    }
}

impl EvmFactory for AivmEvmFactory {
    type Evm<DB: Database, I: Inspector<EthEvmContext<DB>>> = EthEvm<DB, I, PrecompilesMap>;
    type Context<DB: Database> = EthEvmContext<DB>;
    type Tx = TxEnv;
    type Error<E: DBErrorMarker> = EVMError<E>;
    type HaltReason = HaltReason;
    type Spec = SpecId;
    type BlockEnv = BlockEnv;
    type Precompiles = PrecompilesMap;

    fn create_evm<DB: Database>(&self, db: DB, env: EvmEnv) -> Self::Evm<DB, NoOpInspector> {
        let precompiles = self.precompiles(&env);
        EthEvmBuilder::new(db, env).precompiles(precompiles).build()
    }

    fn create_evm_with_inspector<DB: Database, I: Inspector<EthEvmContext<DB>>>(
        &self,
        db: DB,
        env: EvmEnv,
        inspector: I,
    ) -> Self::Evm<DB, I> {
        let precompiles = self.precompiles(&env);
        EthEvmBuilder::new(db, env)
            .precompiles(precompiles)
            .activate_inspector(inspector)
            .build()
    }
}

/// The state of a new chain: what `aivm genesis accounts` prints, as a client loads it from its genesis file.
fn new_chain(aivm: &Aivm) -> Result<State<CacheDB<EmptyDB>>, Box<dyn Error>> {
    let genesis = Genesis {
        authorized: vec![DEVELOPMENT_ACCOUNT],
        ..Genesis::development()
    };
    let mut disk = CacheDB::new(EmptyDB::default());
    for (address, account) in genesis.accounts(aivm)? {
        let code = Bytecode::new_legacy(account.code);
        let info = AccountInfo::new(U256::ZERO, account.nonce, code.hash_slow(), code);
        disk.insert_account_info(address, info);
        for (slot, value) in account.storage {
            disk.insert_account_storage(address, slot, value)?;
        }
    }
    Ok(State::builder().with_database(disk).with_bundle_update().build())
}

fn main() -> Result<(), Box<dyn Error>> {
    let aivm = Aivm::default();
    let factory = AivmEvmFactory::new(aivm.clone())?;
    let mut state = new_chain(&aivm)?;

    let mut cfg = CfgEnv::new_with_spec(SpecId::OSAKA);
    cfg.disable_nonce_check = true; // a client of course checks it
    let block = BlockEnv {
        number: U256::ONE,
        timestamp: U256::from(1_800_000_000),
        ..Default::default()
    };
    let mut evm = factory.create_evm(&mut state, EvmEnv::new(cfg, block));
    let mut send = |to: Address, data: Bytes| -> Result<ExecutionResult, Box<dyn Error>> {
        let tx = TxEnv::builder()
            .caller(DEVELOPMENT_ACCOUNT)
            .kind(TxKind::Call(to))
            .data(data)
            .gas_limit(1_000_000)
            .build()
            .map_err(|error| format!("{error:?}"))?;
        let outcome = evm.transact_raw(tx)?;
        evm.db_mut().commit(outcome.state);
        Ok(outcome.result)
    };

    let spent = |opcode: u8| Bytes::from([&[opcode][..], &[7; 32]].concat());
    let marked = send(MINING, spent(6))?;
    println!(
        "MarkSpent: {} log, {} gas",
        marked.logs().len(),
        marked.tx_gas_used()
    );
    let again = send(MINING, spent(6))?;
    println!(
        "MarkSpent again: {}",
        if again.is_success() { "succeeds" } else { "reverts" }
    );
    let answer = send(MINING, spent(4))?;
    println!("IsSpent: {}", answer.output().ok_or("no output")?);
    let governance = send(REGISTRY, governanceCall {}.abi_encode().into())?;
    let governance = governanceCall::abi_decode_returns(governance.output().ok_or("no output")?)?;
    println!("governance(): {governance}");

    assert!(marked.is_success() && !again.is_success());
    assert_eq!(
        answer.output().map(|output| output.last().copied()),
        Some(Some(1))
    );
    assert_eq!(governance, DEVELOPMENT_ACCOUNT);
    println!("ok");
    Ok(())
}
