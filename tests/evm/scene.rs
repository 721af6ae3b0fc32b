//! Stories in which every transaction says what must come of it.

use super::{
    asm::Script,
    chain::{Chain, Receipt, Tx},
    revert_data,
};
use alloy_primitives::{Address, Bytes};
use alloy_sol_types::SolError;

/// What the addresses of contracts that run scripts are made from.
const SCRIPTS: u64 = 0xd0;

/// Blocks of transactions with what must come of them, and the contracts that they call. Its chain is [`Chain::new`] with
/// [`SENDER`](super::SENDER) as the owner.
#[derive(Default)]
pub(crate) struct Play {
    pub(crate) scenes: Vec<Scene>,
    contracts: Vec<(Address, Script)>,
    blank: Vec<Address>,
}

/// A block.
pub(crate) struct Scene {
    /// In Unix seconds.
    pub(crate) timestamp: u64,
    pub(crate) number: u64,
    pub(crate) steps: Vec<(Tx, Expect)>,
}

/// What must come of a transaction.
#[derive(Clone, Debug)]
pub(crate) enum Expect {
    /// Success, with so many logs.
    Logs(usize),
    /// Success, with these data and no log.
    Output(Bytes),
    /// A revert with these data.
    Error(Bytes),
    /// A failure whose data are not the precompiles'.
    Failure,
}

impl Scene {
    pub(crate) fn new(timestamp: u64, number: u64) -> Self {
        Self {
            timestamp,
            number,
            steps: Vec::new(),
        }
    }

    /// A transaction that succeeds with so many logs.
    pub(crate) fn logs(&mut self, count: usize, tx: Tx) {
        self.steps.push((tx, Expect::Logs(count)));
    }

    /// A transaction that returns this.
    pub(crate) fn output(&mut self, output: impl Into<Bytes>, tx: Tx) {
        self.steps.push((tx, Expect::Output(output.into())));
    }

    /// A transaction that reverts with this error.
    pub(crate) fn error(&mut self, error: &impl SolError, tx: Tx) {
        self.steps.push((tx, Expect::Error(revert_data(error))));
    }

    /// A transaction that fails by itself.
    pub(crate) fn failure(&mut self, tx: Tx) {
        self.steps.push((tx, Expect::Failure));
    }

    /// Its transactions.
    pub(crate) fn txs(&self) -> Vec<Tx> {
        self.steps.iter().map(|(tx, _)| tx.clone()).collect()
    }
}

impl Play {
    /// Adds a contract.
    pub(crate) fn contract(&mut self, address: Address, script: Script) {
        self.contracts.push((address, script));
    }

    /// Adds a contract that runs a script: a transaction that calls it.
    pub(crate) fn script(&mut self, script: Script) -> Tx {
        let index = u8::try_from(self.contracts.len()).expect("few contracts");
        let address = Address::with_last_byte(index).create(SCRIPTS);
        self.contract(address, script);
        Tx::new(address, [])
    }

    /// Has the story begin before this account stored anything.
    pub(crate) fn blank(&mut self, account: Address) {
        self.blank.push(account);
    }

    /// Puts the contracts on a chain.
    pub(crate) fn prepare(&self, chain: &mut Chain) {
        for account in &self.blank {
            let account = chain.disk.accounts.get_mut(account).expect("a precompile's");
            account.storage.clear();
        }
        for (address, script) in &self.contracts {
            chain.install(*address, script);
        }
    }

    /// Makes a scene's block, and asserts what came of it.
    #[track_caller]
    pub(crate) fn tell(&self, chain: &mut Chain, scene: &Scene) -> Vec<Receipt> {
        (chain.timestamp, chain.number) = (scene.timestamp, scene.number);
        let receipts = chain.block(&scene.txs());
        for (index, (receipt, (_, expect))) in receipts.iter().zip(&scene.steps).enumerate() {
            let at = format!(
                "transaction {index} of block {}: {:?}",
                scene.number, receipt.result
            );
            let (success, output, logs) = (receipt.is_success(), receipt.output(), receipt.logs().len());
            match expect {
                Expect::Logs(count) => assert_eq!((success, logs), (true, *count), "{at}"),
                Expect::Output(data) => assert_eq!((success, &output, logs), (true, data, 0), "{at}"),
                Expect::Error(data) => assert_eq!((success, &output, logs), (false, data, 0), "{at}"),
                Expect::Failure => assert!(!success, "{at}"),
            }
        }
        receipts
    }
}
