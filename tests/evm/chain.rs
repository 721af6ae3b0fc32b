//! Accounts, and blocks of transactions over `State<DB>`: with state clearing, as clients have it.

use super::{
    NOW, SENDER,
    asm::Script,
    disk::Disk,
    furnish::furnished,
    trace::{Frame, Trace},
};
use aivm::{Aivm, Genesis, revm::AivmPrecompiles};
use alloy_primitives::{Address, B256, Bytes, Log, TxKind, U256, address};
use revm::{
    Context, DatabaseCommit, ExecuteEvm, InspectEvm, MainBuilder, MainContext,
    context::{
        BlockEnv, CfgEnv, TxEnv,
        result::{ExecutionResult, HaltReason, ResultAndState},
    },
    database::{BundleState, State, states::bundle_state::BundleRetention},
    interpreter::InstructionResult,
    primitives::hardfork::SpecId,
};

/// The ways into a client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Adapter {
    Revm,
    #[cfg(feature = "alloy-evm")]
    Alloy,
    /// Monad's EVM, another one than Ethereum's: its newest hard fork, whatever the chain's is.
    #[cfg(feature = "alloy-evm")]
    Monad,
}

impl Adapter {
    /// Ethereum's.
    pub(crate) const ALL: &[Self] = &[
        Self::Revm,
        #[cfg(feature = "alloy-evm")]
        Self::Alloy,
    ];
}

/// The block's beneficiary: it is warm, and earns nothing at a gas price of zero.
pub(crate) const BENEFICIARY: Address = address!("be4ef1c1a4900000000000000000000000000003");

/// A transaction.
#[derive(Clone, Debug)]
pub(crate) struct Tx {
    pub(crate) from: Address,
    pub(crate) to: Address,
    pub(crate) input: Bytes,
    pub(crate) value: u64,
    pub(crate) gas_limit: u64,
}

impl Tx {
    /// From [`SENDER`], without value, with plenty of gas.
    pub(crate) fn new(to: Address, input: impl Into<Bytes>) -> Self {
        Self {
            from: SENDER,
            to,
            input: input.into(),
            value: 0,
            gas_limit: 16_000_000,
        }
    }

    pub(crate) fn from(self, from: Address) -> Self {
        Self { from, ..self }
    }

    pub(crate) fn value(self, value: u64) -> Self {
        Self { value, ..self }
    }

    pub(crate) fn gas_limit(self, gas_limit: u64) -> Self {
        Self { gas_limit, ..self }
    }

    pub(crate) fn env(&self) -> TxEnv {
        TxEnv::builder()
            .caller(self.from)
            .kind(TxKind::Call(self.to))
            .data(self.input.clone())
            .value(U256::from(self.value))
            .gas_limit(self.gas_limit)
            .build()
            .expect("a transaction")
    }
}

/// What came of a transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Receipt {
    pub(crate) result: ExecutionResult,
    pub(crate) trace: Trace,
}

impl Receipt {
    pub(crate) fn output(&self) -> Bytes {
        self.result.output().cloned().unwrap_or_default()
    }

    pub(crate) fn logs(&self) -> &[Log] {
        self.result.logs()
    }

    pub(crate) fn is_success(&self) -> bool {
        self.result.is_success()
    }

    /// The one frame that a precompile answered at this address.
    #[track_caller]
    pub(crate) fn frame_of(&self, address: Address) -> &Frame {
        let frames = self.trace.of(&[address]);
        assert_eq!(frames.len(), 1, "frames of {address}");
        frames[0]
    }

    /// The output as a number.
    #[track_caller]
    pub(crate) fn number(&self) -> u64 {
        assert!(self.is_success(), "{:?}", self.result);
        U256::from_be_bytes(B256::from_slice(&self.output()).0).to()
    }
}

/// A chain that makes a block of the transactions it is given.
#[derive(Clone, Debug)]
pub(crate) struct Chain {
    pub(crate) adapter: Adapter,
    pub(crate) aivm: Aivm,
    pub(crate) spec: SpecId,
    pub(crate) timestamp: u64,
    pub(crate) number: u64,
    pub(crate) disk: Disk,
    /// Whether frames are traced. Clients run transactions without an inspector, which is another path.
    pub(crate) traced: bool,
    /// What the last block changed.
    pub(crate) bundle: BundleState,
}

impl Chain {
    /// With the default configuration and the genesis accounts; `owner` governs, guards, is authorised, and has
    /// attested a device.
    pub(crate) fn new(adapter: Adapter, owner: Address) -> Self {
        let mut chain = Self::bare(adapter);
        let genesis = Genesis {
            guardian: owner,
            authorized: vec![owner],
            ..Genesis::new(owner)
        };
        for (address, account) in furnished(&chain.aivm, &genesis) {
            chain.disk.insert(address, &account);
        }
        chain
    }

    /// With the default configuration and without the genesis accounts.
    pub(crate) fn bare(adapter: Adapter) -> Self {
        let mut disk = Disk::default();
        disk.insert(SENDER, &Default::default());
        disk.accounts.get_mut(&SENDER).expect("just written").balance = U256::from(10).pow(U256::from(18));
        Self {
            adapter,
            aivm: Aivm::default(),
            spec: SpecId::OSAKA,
            timestamp: NOW,
            number: 1,
            disk,
            traced: true,
            bundle: BundleState::default(),
        }
    }

    /// Puts a contract on the disk.
    pub(crate) fn install(&mut self, address: Address, script: &Script) {
        self.disk.set_code(address, &script.code());
    }

    /// Makes a block of one transaction.
    #[track_caller]
    pub(crate) fn send(&mut self, tx: Tx) -> Receipt {
        self.block(&[tx]).remove(0)
    }

    /// Makes a block.
    #[track_caller]
    pub(crate) fn block(&mut self, txs: &[Tx]) -> Vec<Receipt> {
        self.try_block(txs).expect("a block")
    }

    /// Makes a block, unless a transaction of it is aborted.
    pub(crate) fn try_block(&mut self, txs: &[Tx]) -> Result<Vec<Receipt>, String> {
        self.try_block_after(|_| {}, txs)
    }

    /// Makes a block in which something is done to the state before the first transaction.
    #[track_caller]
    pub(crate) fn block_after(&mut self, first: impl FnOnce(&mut State<Disk>), txs: &[Tx]) -> Vec<Receipt> {
        self.try_block_after(first, txs).expect("a block")
    }

    fn try_block_after(
        &mut self,
        first: impl FnOnce(&mut State<Disk>),
        txs: &[Tx],
    ) -> Result<Vec<Receipt>, String> {
        let mut state = State::builder()
            .with_database(self.disk.clone())
            .with_bundle_update()
            .build();
        first(&mut state);
        let receipts = txs
            .iter()
            .map(|tx| self.transact(&mut state, tx))
            .collect::<Result<_, _>>()?;
        state.merge_transitions(BundleRetention::Reverts);
        self.bundle = state.take_bundle();
        self.disk.apply(&self.bundle);
        Ok(receipts)
    }

    fn block_env(&self) -> BlockEnv {
        BlockEnv {
            number: U256::from(self.number),
            timestamp: U256::from(self.timestamp),
            beneficiary: BENEFICIARY,
            gas_limit: u64::MAX,
            basefee: 0,
            ..Default::default()
        }
    }

    fn cfg_env(&self) -> CfgEnv {
        let mut cfg = CfgEnv::new_with_spec(self.spec);
        cfg.disable_nonce_check = true;
        cfg
    }

    #[cfg(feature = "alloy-evm")]
    fn transact_monad(
        &self,
        state: &mut State<Disk>,
        tx: &Tx,
    ) -> Result<(ResultAndState<HaltReason>, Trace), String> {
        use alloy_evm::{Evm, EvmEnv, EvmFactory};
        type Fork = <alloy_monad_evm::MonadEvmFactory as EvmFactory>::Spec;
        let mut cfg = CfgEnv::new_with_spec(Fork::default());
        cfg.disable_nonce_check = true;
        let env = EvmEnv::new(cfg, self.block_env());
        let factory = alloy_monad_evm::MonadEvmFactory::default();
        let mut evm = factory.create_evm_with_inspector(&mut *state, env, Trace::default());
        let map = evm.precompiles_mut();
        aivm::alloy_evm::install(map, &self.aivm, Fork::default().into(), self.timestamp)
            .expect("addresses that are free");
        evm.set_inspector_enabled(self.traced);
        let outcome = evm.transact_raw(tx.env()).map_err(|error| error.to_string())?;
        Ok((outcome, evm.components().1.clone()))
    }

    fn transact(&self, state: &mut State<Disk>, tx: &Tx) -> Result<Receipt, String> {
        let (outcome, trace) = match self.adapter {
            Adapter::Revm => {
                let precompiles = AivmPrecompiles::new(self.aivm.clone(), self.spec, self.timestamp)
                    .expect("addresses that are free");
                let mut evm = Context::mainnet()
                    .with_block(self.block_env())
                    .with_cfg(self.cfg_env())
                    .with_db(&mut *state)
                    .build_mainnet_with_inspector(Trace::default())
                    .with_precompiles(precompiles);
                let outcome = if self.traced {
                    evm.inspect_tx(tx.env())
                } else {
                    evm.transact(tx.env())
                };
                (outcome.map_err(|error| error.to_string())?, evm.inspector)
            }
            #[cfg(feature = "alloy-evm")]
            Adapter::Alloy => {
                use alloy_evm::{Evm, EvmEnv, EvmFactory};
                let env = EvmEnv::new(self.cfg_env(), self.block_env());
                let factory = super::alloy::AivmEvmFactory(self.aivm.clone());
                let mut evm = factory.create_evm_with_inspector(&mut *state, env, Trace::default());
                evm.set_inspector_enabled(self.traced);
                let outcome = evm.transact_raw(tx.env()).map_err(|error| error.to_string())?;
                (outcome, evm.components().1.clone())
            }
            #[cfg(feature = "alloy-evm")]
            Adapter::Monad => self.transact_monad(state, tx)?,
        };
        state.commit(outcome.state);
        Ok(Receipt {
            result: outcome.result,
            trace,
        })
    }
}

impl Chain {
    /// Makes a block of one transaction in which a precompile reverts with `data` at the price `gas`, once, and
    /// asserts that nothing is written and nothing logged, although the transaction may well succeed.
    #[track_caller]
    pub(crate) fn refused(&mut self, tx: Tx, precompile: Address, gas: u64, data: &Bytes) -> Receipt {
        let before = self.disk.without(&[SENDER]);
        let receipt = self.send(tx);
        let end = receipt.frame_of(precompile).end();
        assert_eq!((end.result, &end.output), (InstructionResult::Revert, data));
        assert_eq!(end.gas_used, gas);
        assert!(receipt.logs().is_empty(), "{:?}", receipt.logs());
        assert_eq!(self.disk.without(&[SENDER]), before);
        receipt
    }
}
