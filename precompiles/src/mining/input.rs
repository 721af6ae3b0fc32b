//! From bytes to types that cannot be wrong. Every byte is accounted for.

use crate::{crypto::ParameterSet, error::Error, evidence::MAX_EVIDENCE_LEN};
use aivm_abi::{
    IAIMining::{InvalidBool, InvalidPrivacyLevel, UnknownParameterSet},
    IPrecompile::{InputTooLong, InputTooShort, UnknownOperation},
};
use alloy_primitives::{Address, B256, FixedBytes, U256};

/// The longest message that VerifyMLDSA takes, in bytes (specification, section 1, "Gas").
pub const MAX_MESSAGE_LEN: usize = 8_192;

/// The length of a work proof without evidence, in bytes (LP-130).
pub const WORK_PROOF_HEADER_LEN: usize = 78;

/// The longest work proof in bytes.
const MAX_WORK_PROOF_LEN: usize = WORK_PROOF_HEADER_LEN + MAX_EVIDENCE_LEN;

/// The length of a nonce in bytes.
const NONCE_LEN: usize = 32;

/// The operations, by opcode.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    /// 01
    VerifyMldsa,
    /// 02
    CalculateReward,
    /// 03
    VerifyTee,
    /// 04
    IsSpent,
    /// 05
    ComputeWorkId,
    /// 06
    MarkSpent,
    /// 07
    SetAuthorized,
    /// 08
    IsAuthorized,
}

impl Operation {
    /// Every operation, in the order of the opcodes.
    pub const ALL: [Self; 8] = [
        Self::VerifyMldsa,
        Self::CalculateReward,
        Self::VerifyTee,
        Self::IsSpent,
        Self::ComputeWorkId,
        Self::MarkSpent,
        Self::SetAuthorized,
        Self::IsAuthorized,
    ];

    /// The opcode.
    pub const fn opcode(self) -> u8 {
        match self {
            Self::VerifyMldsa => 1,
            Self::CalculateReward => 2,
            Self::VerifyTee => 3,
            Self::IsSpent => 4,
            Self::ComputeWorkId => 5,
            Self::MarkSpent => 6,
            Self::SetAuthorized => 7,
            Self::IsAuthorized => 8,
        }
    }

    /// The name in the specification.
    pub const fn name(self) -> &'static str {
        match self {
            Self::VerifyMldsa => "VerifyMLDSA",
            Self::CalculateReward => "CalculateReward",
            Self::VerifyTee => "VerifyTEE",
            Self::IsSpent => "IsSpent",
            Self::ComputeWorkId => "ComputeWorkId",
            Self::MarkSpent => "MarkSpent",
            Self::SetAuthorized => "SetAuthorized",
            Self::IsAuthorized => "IsAuthorized",
        }
    }

    /// The operation of an input, and its payload.
    pub(super) fn split(input: &[u8]) -> Option<(Self, &[u8])> {
        let (opcode, payload) = input.split_first()?;
        let operation = Self::ALL
            .into_iter()
            .find(|operation| operation.opcode() == *opcode)?;
        Some((operation, payload))
    }
}

/// What an input that names no operation reverts with.
pub(super) fn unknown_operation(input: &[u8]) -> Error {
    let operation = FixedBytes([input.first().copied().unwrap_or_default(), 0, 0, 0]);
    UnknownOperation { operation }.into()
}

/// The payload of VerifyMLDSA.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SignedMessage<'a> {
    /// The parameter set.
    pub set: ParameterSet,
    /// The public key, as long as the set's are.
    pub public_key: &'a [u8],
    /// The signature, as long as the set's are.
    pub signature: &'a [u8],
    /// The message, at most [`MAX_MESSAGE_LEN`] bytes.
    pub message: &'a [u8],
}

impl<'a> SignedMessage<'a> {
    /// Parses a payload.
    pub fn parse(payload: &'a [u8]) -> Result<Self, Error> {
        let (byte, rest) = payload.split_first().ok_or_else(|| too_short(payload, 1))?;
        let set = match byte {
            0x44 => ParameterSet::MlDsa44,
            0x65 => ParameterSet::MlDsa65,
            0x87 => ParameterSet::MlDsa87,
            _ => return Err(UnknownParameterSet { parameterSet: *byte }.into()),
        };
        let minimum = 1_usize
            .saturating_add(set.public_key_len())
            .saturating_add(set.signature_len());
        check_length(payload, minimum, minimum.saturating_add(MAX_MESSAGE_LEN))?;
        let fields = rest
            .split_at_checked(set.public_key_len())
            .and_then(|(public_key, rest)| {
                let (signature, message) = rest.split_at_checked(set.signature_len())?;
                Some(Self {
                    set,
                    public_key,
                    signature,
                    message,
                })
            });
        fields.ok_or_else(|| too_short(payload, minimum))
    }
}

/// A work proof. The evidence behind the header is bounded but not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WorkProof<'a> {
    /// The first 78 bytes: what the work id is made of.
    pub header: &'a [u8; WORK_PROOF_HEADER_LEN],
    /// The device that did the work.
    pub device_id: B256,
    /// Who may see the data, and what is paid for that.
    pub privacy_level: u16,
    /// How long the work took.
    pub compute_minutes: u32,
}

impl<'a> WorkProof<'a> {
    /// Parses a work proof.
    pub fn parse(payload: &'a [u8]) -> Result<Self, Error> {
        check_length(payload, WORK_PROOF_HEADER_LEN, MAX_WORK_PROOF_LEN)?;
        let proof = payload
            .first_chunk()
            .and_then(|header: &[u8; WORK_PROOF_HEADER_LEN]| {
                let (device_id, rest) = header.split_first_chunk::<32>()?;
                let (_nonce, rest) = rest.split_first_chunk::<32>()?;
                let (_timestamp, rest) = rest.split_first_chunk::<8>()?;
                let (privacy_level, rest) = rest.split_first_chunk::<2>()?;
                let (compute_minutes, _) = rest.split_first_chunk::<4>()?;
                Some(Self {
                    header,
                    device_id: device_id.into(),
                    privacy_level: u16::from_be_bytes(*privacy_level),
                    compute_minutes: u32::from_be_bytes(*compute_minutes),
                })
            });
        proof.ok_or_else(|| too_short(payload, WORK_PROOF_HEADER_LEN))
    }
}

/// Who may see the data (LP-130, "Privacy Levels").
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PrivacyLevel {
    Public,
    Private,
    Confidential,
    Sovereign,
}

impl PrivacyLevel {
    pub(super) fn parse(level: u16) -> Result<Self, Error> {
        match level {
            1 => Ok(Self::Public),
            2 => Ok(Self::Private),
            3 => Ok(Self::Confidential),
            4 => Ok(Self::Sovereign),
            _ => Err(InvalidPrivacyLevel { level }.into()),
        }
    }

    /// The multiplier in basis points.
    pub(super) const fn multiplier(self) -> u64 {
        match self {
            Self::Public => 2_500,
            Self::Private => 5_000,
            Self::Confidential => 10_000,
            Self::Sovereign => 15_000,
        }
    }
}

/// The payload of VerifyTEE: the evidence, and the 32 bytes that its report data must begin with.
pub(super) fn parse_evidence(payload: &[u8]) -> Result<(&[u8], &[u8; NONCE_LEN]), Error> {
    const MINIMUM: usize = 1 + NONCE_LEN;
    check_length(payload, MINIMUM, MAX_EVIDENCE_LEN + NONCE_LEN)?;
    payload
        .split_last_chunk()
        .ok_or_else(|| too_short(payload, MINIMUM))
}

/// A payload that is one word.
pub(super) fn parse_word(payload: &[u8]) -> Result<B256, Error> {
    exact::<32>(payload).map(B256::from)
}

/// A payload that is an address.
pub(super) fn parse_address(payload: &[u8]) -> Result<Address, Error> {
    exact::<20>(payload).map(Address::from)
}

/// A payload that is an address and a bool of one byte.
pub(super) fn parse_address_and_bool(payload: &[u8]) -> Result<(Address, bool), Error> {
    let payload = exact::<21>(payload)?;
    let [address @ .., flag] = payload;
    match flag {
        0 => Ok((address.into(), false)),
        1 => Ok((address.into(), true)),
        value => Err(InvalidBool { value }.into()),
    }
}

fn exact<const N: usize>(payload: &[u8]) -> Result<[u8; N], Error> {
    check_length(payload, N, N)?;
    payload.try_into().map_err(|_| too_short(payload, N))
}

fn check_length(payload: &[u8], minimum: usize, maximum: usize) -> Result<(), Error> {
    if payload.len() < minimum {
        return Err(too_short(payload, minimum));
    }
    if payload.len() > maximum {
        return Err(InputTooLong {
            length: U256::from(payload.len()),
            maximum: U256::from(maximum),
        }
        .into());
    }
    Ok(())
}

fn too_short(payload: &[u8], minimum: usize) -> Error {
    InputTooShort {
        length: U256::from(payload.len()),
        minimum: U256::from(minimum),
    }
    .into()
}
