//! An `EvmFactory` as a client has one: Ethereum's EVM, with the precompiles installed for each block.

use aivm::Aivm;
use alloy_evm::{
    Database, EvmEnv, EvmFactory,
    eth::{EthEvm, EthEvmBuilder, EthEvmContext},
    precompiles::PrecompilesMap,
};
use revm::{
    Inspector,
    context::{
        BlockEnv, DBErrorMarker, TxEnv,
        result::{EVMError, HaltReason},
    },
    inspector::NoOpInspector,
    precompile::{PrecompileSpecId, Precompiles},
    primitives::hardfork::SpecId,
};

/// Makes EVMs with the precompiles.
#[derive(Clone, Debug)]
pub(crate) struct AivmEvmFactory(pub(crate) Aivm);

impl AivmEvmFactory {
    fn precompiles(&self, env: &EvmEnv) -> PrecompilesMap {
        let spec = env.cfg_env.spec;
        let ethereum = Precompiles::new(PrecompileSpecId::from_spec_id(spec));
        let mut map = PrecompilesMap::from_static(ethereum);
        aivm::alloy_evm::install(&mut map, &self.0, spec, env.block_env.timestamp.saturating_to())
            .expect("addresses that are free");
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
