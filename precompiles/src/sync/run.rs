//! The functions.

use super::{
    committee::Committee,
    input::decode,
    message::{root_digest, rotation_digest},
};
use crate::{call_data::returns, error::Error, precompile::Context, tree};
use aivm_abi::{
    IAttestationLightClient::{self as abi, IAttestationLightClientCalls as Calls},
    IPrecompile::Unauthorized,
};
use alloy_primitives::{Address, B256, Bytes, Log, U256};
use alloy_sol_types::SolEvent;

/// Runs the function that an input calls.
pub(super) fn run(context: &mut Context<'_>, input: &[u8]) -> Result<Bytes, Error> {
    match decode(input)? {
        Calls::updateRoot(call) => update_root(context, &call),
        Calls::rotateCommittee(call) => rotate_committee(context, &call),
        Calls::setCommittee(call) => set_committee(context, &call),
        Calls::verifyDeviceProof(call) => verify_device_proof(context, &call),
        Calls::verifyDeviceProofAt(call) => verify_device_proof_at(context, &call),
        Calls::rootAt(call) => {
            returns::<abi::rootAtCall>(&context.sync()?.root(call.height)?.unwrap_or_default())
        }
        Calls::latest(_) => {
            let (root, height) = context.sync()?.latest()?.unwrap_or_default();
            returns::<abi::latestCall>(&abi::latestReturn { root, height })
        }
        Calls::committee(_) => {
            let count = context.sync()?.committee_count()?;
            let (members, weights, from_height) = committee_before(context, count)?;
            returns::<abi::committeeCall>(&abi::committeeReturn {
                members,
                weights,
                fromHeight: from_height,
            })
        }
        Calls::committeeAt(call) => {
            let count = context.sync()?.committees_until(call.height)?;
            let (members, weights, from_height) = committee_before(context, count)?;
            returns::<abi::committeeAtCall>(&abi::committeeAtReturn {
                members,
                weights,
                fromHeight: from_height,
            })
        }
        Calls::sourceChainId(_) => returns::<abi::sourceChainIdCall>(&context.sync()?.source_chain_id()?),
        Calls::frozen(_) => {
            let frozen = context.sync()?.frozen()?;
            returns::<abi::frozenCall>(&abi::frozenReturn {
                isFrozen: frozen.is_some(),
                height: frozen.unwrap_or_default(),
            })
        }
    }
}

/// The last of the first `count` committees, as lists; empty if there is none.
fn committee_before(context: &mut Context<'_>, count: U256) -> Result<(Vec<Address>, Vec<u64>, U256), Error> {
    let Some(index) = count.checked_sub(U256::ONE) else {
        return Ok(Default::default());
    };
    let mut sync = context.sync()?;
    let committee = sync.committee(index)?;
    Ok((committee.members(), committee.weights(), sync.start_of(index)?))
}

fn update_root(context: &mut Context<'_>, call: &abi::updateRootCall) -> Result<Bytes, Error> {
    refuse_updates(context)?;
    let (root, height) = (call.newRoot, call.blockHeight);
    if root.is_zero() {
        return Err(abi::ZeroRoot {}.into());
    }
    let mut sync = context.sync()?;
    let (latest, known) = (sync.latest()?, sync.root(height)?);
    if let Some((_, latest)) = latest
        && height <= latest
        && known.is_none_or(|known| known == root)
    {
        return Err(height_not_new(height, latest.saturating_add(U256::ONE)));
    }
    let Some(index) = sync.committees_until(height)?.checked_sub(U256::ONE) else {
        return Err(height_not_new(height, sync.start_of(U256::ZERO)?));
    };
    let committee = sync.committee(index)?;
    let digest = root_digest(sync.source_chain_id()?, root, height, committee.id());
    committee.check(context.crypto, &digest, &call.signatures)?;
    match known {
        None => accept_root(context, root, height),
        Some(have) => equivocation(context, height, have, root),
    }
}

fn accept_root(context: &mut Context<'_>, root: B256, height: U256) -> Result<Bytes, Error> {
    context.sync()?.push_root(root, height)?;
    emit(context, &abi::RootUpdated { height, root })
}

/// Two roots for one height, both signed. Which one is right, nobody here can tell.
fn equivocation(context: &mut Context<'_>, height: U256, have: B256, got: B256) -> Result<Bytes, Error> {
    context.sync()?.freeze(height)?;
    emit(context, &abi::Equivocation { height, have, got })
}

fn rotate_committee(context: &mut Context<'_>, call: &abi::rotateCommitteeCall) -> Result<Bytes, Error> {
    refuse_updates(context)?;
    let next = Committee::new(&call.members, &call.weights)?;
    let mut sync = context.sync()?;
    let newest = sync.committee_count()?.saturating_sub(U256::ONE);
    // A committee that signs a height at which a root is known, or which another one signs, would sign it anew.
    let taken = match sync.latest()? {
        Some((_, latest)) => latest.max(sync.start_of(newest)?),
        None => sync.start_of(newest)?,
    };
    if call.fromHeight <= taken {
        return Err(height_not_new(call.fromHeight, taken.saturating_add(U256::ONE)));
    }
    refuse_used(context, &next)?;
    let mut sync = context.sync()?;
    let (current, source_chain_id) = (sync.committee(newest)?, sync.source_chain_id()?);
    let digest = rotation_digest(source_chain_id, &next, call.fromHeight, current.id());
    current.check(context.crypto, &digest, &call.signatures)?;
    push_committee(context, &next, call.fromHeight, source_chain_id)
}

fn set_committee(context: &mut Context<'_>, call: &abi::setCommitteeCall) -> Result<Bytes, Error> {
    let caller = context.caller;
    if caller != context.registry().governance()? {
        return Err(Unauthorized { caller }.into());
    }
    if call.sourceChainId.is_zero() {
        return Err(abi::ZeroChainId {}.into());
    }
    let committee = Committee::new(&call.members, &call.weights)?;
    refuse_used(context, &committee)?;
    context.sync()?.begin_epoch(call.sourceChainId)?;
    push_committee(context, &committee, call.fromHeight, call.sourceChainId)
}

/// What a committee signs names its id, which is the same in every term: in a second one, all that it signed in the first
/// would be valid again.
fn refuse_used(context: &mut Context<'_>, next: &Committee) -> Result<(), Error> {
    if context.sync()?.is_used(next)? {
        return Err(abi::CommitteeUsed { committee: next.id() }.into());
    }
    Ok(())
}

fn push_committee(
    context: &mut Context<'_>,
    committee: &Committee,
    from_height: U256,
    source_chain_id: U256,
) -> Result<Bytes, Error> {
    context.sync()?.push_committee(committee, from_height)?;
    emit(
        context,
        &abi::CommitteeChanged {
            committee: committee.id(),
            fromHeight: from_height,
            sourceChainId: source_chain_id,
        },
    )
}

fn verify_device_proof(context: &mut Context<'_>, call: &abi::verifyDeviceProofCall) -> Result<Bytes, Error> {
    refuse_frozen(context)?;
    let latest = context.sync()?.latest()?;
    let (root, _) = latest.ok_or(abi::NoRoot {})?;
    let leaf = tree::Status::from(&call.status).leaf(call.deviceId);
    returns::<abi::verifyDeviceProofCall>(&(tree::root_of(leaf, &call.merkleProof) == root))
}

fn verify_device_proof_at(
    context: &mut Context<'_>,
    call: &abi::verifyDeviceProofAtCall,
) -> Result<Bytes, Error> {
    refuse_frozen(context)?;
    let height = call.height;
    let root = context.sync()?.root(height)?;
    let root = root.ok_or(abi::UnknownHeight { height })?;
    let leaf = tree::Status::from(&call.status).leaf(call.deviceId);
    returns::<abi::verifyDeviceProofAtCall>(&(tree::root_of(leaf, &call.merkleProof) == root))
}

/// Neither roots nor committees are accepted before governance set a committee, nor after an equivocation.
fn refuse_updates(context: &mut Context<'_>) -> Result<(), Error> {
    if context.sync()?.committee_count()?.is_zero() {
        return Err(abi::NoCommittee {}.into());
    }
    refuse_frozen(context)
}

fn refuse_frozen(context: &mut Context<'_>) -> Result<(), Error> {
    match context.sync()?.frozen()? {
        Some(height) => Err(abi::Frozen { height }.into()),
        None => Ok(()),
    }
}

fn height_not_new(height: U256, minimum: U256) -> Error {
    abi::HeightNotNew { height, minimum }.into()
}

/// Logs an event: the last thing that a write does. Writes return nothing.
fn emit(context: &mut Context<'_>, event: &impl SolEvent) -> Result<Bytes, Error> {
    context.host.log(Log {
        address: context.config.addresses.sync,
        data: event.encode_log_data(),
    });
    Ok(Bytes::new())
}
