//! The call interface of the aivm precompiles.
//!
//! The Solidity files beside this crate's manifest are the single source of every selector, error and event;
//! the bindings below are made from those very files. `json/` holds the JSON ABIs that the Solidity compiler
//! makes of them (`cargo xtask abi`).

#![allow(missing_docs)] // the Solidity files carry the documentation

use alloy_sol_types::sol;

sol!(
    #[sol(all_derives)]
    "IPrecompile.sol"
);
sol!(
    #[sol(all_derives)]
    "IAIMining.sol"
);
sol!(
    #[sol(all_derives)]
    "IAttestationRegistry.sol"
);
sol!(
    #[sol(all_derives)]
    "IAttestationProofs.sol"
);
sol!(
    #[sol(all_derives)]
    "IAttestationLightClient.sol"
);

/// What the program `aivm exec` takes and answers, for an EVM without precompiles of its own making.
pub mod exec {
    /// The Solidity file.
    pub const SOURCE: &str = include_str!("../testing/AivmExec.sol");

    alloy_sol_types::sol!(
        #[sol(all_derives)]
        "testing/AivmExec.sol"
    );
}
