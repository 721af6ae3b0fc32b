//! Every reason for which evidence, collateral or roots are refused, each with its own code.
//!
//! The codes appear in reverts and in the program's output, so a code never changes its meaning. Below 100:
//! policy and state, every vendor; 16 to 27: proofs of devices, 34 to 44: their GPU evidence, for what 4 to 13 and 21 are
//! of the CPU's. 100 to 199: an Intel quote. 200 to 299: Intel collateral (200 and 201: every vendor's). 300 to 309: roots. 310 to 319: golden measurements, every vendor. 400 to 449: an AMD report, 450 to
//! 479: AMD collateral. 500 to 549: an NVIDIA report, 550 to 569: NVIDIA collateral, 570 to 589: NVIDIA golden
//! measurements. 600 to 649: an Arm CCA token, 650 to 679: its keys and golden measurements.

use thiserror::Error;

macro_rules! rejections {
    ($($(#[$doc:meta])* $code:literal $variant:ident $({ $($field:ident: $type:ty),+ })? => $text:literal,)+) => {
        /// Why evidence, collateral or roots are refused.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
        pub enum Rejection {
            $(
                #[doc = $text]
                #[error($text)]
                $(#[$doc])*
                $variant $({
                    $(#[doc = concat!("The ", stringify!($field), ".")] $field: $type),+
                })?,
            )+
        }

        impl Rejection {
            /// Every code with the name of its variant, in order.
            pub const CODES: &'static [(u16, &'static str)] = &[$(($code, stringify!($variant))),+];

            /// The code of this rejection.
            pub const fn code(&self) -> u16 {
                match self {
                    $(Self::$variant { .. } => $code,)+
                }
            }

            /// What a code means, if it is one of ours. Where the text of a rejection shows a value, this one
            /// shows the value's name in braces.
            pub const fn meaning(code: u16) -> Option<&'static str> {
                match code {
                    $($code => Some($text),)+
                    _ => None,
                }
            }

            /// The name of this rejection's variant.
            pub const fn name(&self) -> &'static str {
                match self {
                    $(Self::$variant { .. } => stringify!($variant),)+
                }
            }
        }
    };
}

rejections! {
    1 EvidenceEmpty => "the evidence is empty",
    2 VendorUnknown => "the first byte of the evidence numbers no vendor",
    4 VendorPaused => "evidence of this vendor is paused",
    5 NoRoots => "the vendor has no root certificates in state",
    6 NoCollateral => "no collateral is stored for this platform",
    7 CollateralNotYetValid => "the stored collateral is not valid yet",
    8 CollateralExpired => "the stored collateral has expired",
    9 RootsChanged => "the stored collateral was verified under roots that have been replaced since",
    10 NonceMismatch => "the report data does not begin with the nonce",
    11 MeasurementBanned => "the measurement is banned",
    12 MeasurementNotAllowed => "the measurement is not on the allow list, and the vendor's list is required",
    13 TrustScoreTooLow { score: u8, minimum: u8 } => "the trust score {score} is below the minimum {minimum}",
    14 TcbEvaluationTooLow { number: u32, minimum: u32 } =>
        "the TCB evaluation data number {number} is below the minimum {minimum}",
    15 EvidenceTooLong => "the evidence is longer than 16,384 bytes",

    16 CpuEvidenceOfGpu => "the CPU evidence is that of a GPU",
    17 GpuEvidenceNotOfGpu => "the GPU evidence is not that of a GPU (vendor 4)",
    18 NonceReplayed => "the nonce is that of the device's last proof",
    19 NonceTooLow => "the nonce is below that of the device's last proof, or zero",
    20 NonceTooHigh => "the nonce is more than 2^64 above that of the device's last proof",
    21 DeviceRevoked => "the device was revoked",
    22 DeviceHeld => "the device belongs to another operator, whose attestation has neither lapsed nor been released",
    23 DeviceUnnamed => "the evidence names no hardware, so it cannot register a device",
    24 DeviceMismatch => "the CPU evidence is of another device",
    25 CommitmentMismatch =>
        "the CPU evidence commits to another job, output, nonce, operator, device or chain than the proof says",
    26 GpuCommitmentMismatch =>
        "the GPU evidence commits to another job, output, nonce, operator, device or chain than the proof says",

    27 GpuHeld => "the GPU belongs to another device, whose attestation has neither lapsed nor been released",

    34 GpuPaused => "GPU evidence: its vendor is paused",
    35 GpuNoRoots => "GPU evidence: its vendor has no root certificates in state",
    36 GpuNoCollateral => "GPU evidence: no collateral is stored for the device",
    37 GpuCollateralNotYetValid => "GPU evidence: the stored collateral is not valid yet",
    38 GpuCollateralExpired => "GPU evidence: the stored collateral has expired",
    39 GpuRootsChanged =>
        "GPU evidence: the stored collateral was verified under roots that have been replaced since",
    41 GpuMeasurementBanned => "GPU evidence: the measurement is banned",
    42 GpuMeasurementNotAllowed =>
        "GPU evidence: the measurement is not on the allow list, and the vendor's list is required",
    43 GpuTrustScoreTooLow { score: u8, minimum: u8 } =>
        "GPU evidence: the trust score {score} is below the minimum {minimum}",
    44 GpuRevoked => "GPU evidence: the device was revoked",

    100 QuoteTruncated => "the quote ends before a field that it must have",
    101 QuoteVersion { version: u16 } => "quote version {version} is not one that this TEE signs",
    102 QuoteTeeType { tee_type: u32 } => "TEE type {tee_type:#x} is not the one of the vendor byte",
    103 AttestationKeyType { key_type: u16 } => "attestation key type {key_type} is not ECDSA with P-256 (2)",
    104 QeVendor => "the QE vendor id is not Intel's",
    105 BodyType { body_type: u16 } => "body type {body_type} is not a TD report (2, 3, 4)",
    106 BodySize { size: u32 } => "the body size {size} is not the one of its type",
    107 TrailingBytes { count: usize } => "{count} bytes follow the end that the quote declares",
    108 SignatureDataLength => "the signature data and the certification data in it disagree about their lengths",
    109 QeAuthDataLength { length: u16 } => "the QE authentication data has {length} bytes, not 32",
    110 CertificationDataType { data_type: u16 } => "certification data type {data_type} is not a PCK chain (5)",
    111 PckChainMalformed => "the PCK chain is not three certificates in canonical PEM",
    112 PckChainDisagreement => "the PCK chain given with the collateral is not the one in the quote",

    120 RootNotTrusted => "the root certificate in the quote is not the trusted one",
    121 PckCaMismatch => "the PCK CA certificate in the quote is not the one in the collateral",
    122 PckCertificateMalformed => "the PCK certificate is malformed",
    123 PckSignatureInvalid => "the PCK certificate is not signed by the PCK CA",
    124 PckNotYetValid => "the PCK certificate is not valid yet",
    125 PckExpired => "the PCK certificate has expired",
    126 PckRevoked => "the PCK certificate is revoked",
    127 PckExtensionMalformed => "the SGX extension of the PCK certificate is malformed",
    128 PceIdMismatch => "the PCEID of the PCK certificate is not the one of the TCB info",

    140 QeReportSignatureInvalid => "the QE report is not signed by the PCK certificate",
    141 QeReportDataMismatch => "the QE report does not vouch for the attestation key",
    142 QeMiscSelectMismatch => "the MISCSELECT of the quoting enclave is not the one of the QE identity",
    143 QeAttributesMismatch => "the attributes of the quoting enclave are not those of the QE identity",
    144 QeMrSignerMismatch => "the MRSIGNER of the quoting enclave is not the one of the QE identity",
    145 QeProdIdMismatch => "the ISVPRODID of the quoting enclave is not the one of the QE identity",
    146 QeNoTcbLevel => "the ISVSVN of the quoting enclave is below every level of the QE identity",
    147 QuoteSignatureInvalid => "the quote is not signed by the attestation key",

    160 NoTcbLevel => "the platform is below every TCB level",
    161 TcbRevoked => "the TCB level of the platform is revoked",
    162 TdxModuleUnknown { version: u8 } => "the TCB info does not know TDX module version {version}",
    163 TdxModuleNoTcbLevel => "the TDX module is below every TCB level of its identity",
    164 TdxModuleSignerMismatch => "the signer of the TDX module is not the one of the TCB info",
    165 TdxModuleAttributesMismatch => "the attributes of the TDX module are not those of the TCB info",
    166 CurrentTcbNoLevel => "the current TCB of the TD (TEE_TCB_SVN2) is below every TCB level",
    167 CurrentTdxModuleUnknown { version: u8 } => "the TCB info does not know the current TDX module version {version}",
    168 CurrentTdxModuleNoTcbLevel => "the current TDX module is below every TCB level of its identity",

    170 DebugEnclave => "the enclave runs in debug mode",
    171 DebugTd => "the TD runs in debug mode",
    172 ProfiledTd => "the TD can be profiled",
    173 ReservedTdAttributes => "reserved TD attribute bits are set",
    174 MigratableTd => "the TD can be migrated",
    175 ServiceTdExtension => "the TD lets service TDs extend it (SERVTD_EXT)",
    176 SeptVeEnabled => "SEPT_VE_DISABLE is clear: the host could inject exceptions into the TD",
    177 ServiceTdBound => "a service TD is bound to the TD (MRSERVICETD is not zero)",

    200 CollateralMalformed => "the collateral is not the canonical ABI encoding of the vendor's struct",
    201 CollateralTooLarge => "the collateral does not fit into an account",
    202 TcbInfoMalformed => "the TCB info is malformed",
    203 TcbInfoWrongTee => "the TCB info is not for this TEE (id and version)",
    204 TcbInfoNotYetIssued => "the TCB info was issued in the future",
    205 TcbInfoExpired => "the TCB info has expired",
    206 TcbInfoSignatureInvalid => "the TCB info is not signed by its signer",
    207 TcbInfoRollback => "newer TCB info was accepted before",
    208 QeIdentityMalformed => "the QE identity is malformed",
    209 QeIdentityWrongTee => "the QE identity is not for this TEE (id and version)",
    210 QeIdentityNotYetIssued => "the QE identity was issued in the future",
    211 QeIdentityExpired => "the QE identity has expired",
    212 QeIdentitySignatureInvalid => "the QE identity is not signed by its signer",
    213 QeIdentityRollback => "a newer QE identity was accepted before",

    220 TcbSignerMalformed => "the certificate of the TCB info signer is malformed",
    221 TcbSignerUntrusted => "the certificate of the TCB info signer is not signed by a root in state",
    222 TcbSignerNotYetValid => "the certificate of the TCB info signer is not valid yet",
    223 TcbSignerExpired => "the certificate of the TCB info signer has expired",
    224 TcbSignerRevoked => "the certificate of the TCB info signer is revoked",
    225 QeSignerMalformed => "the certificate of the QE identity signer is malformed",
    226 QeSignerUntrusted => "the certificate of the QE identity signer is not signed by the same root",
    227 QeSignerNotYetValid => "the certificate of the QE identity signer is not valid yet",
    228 QeSignerExpired => "the certificate of the QE identity signer has expired",
    229 QeSignerRevoked => "the certificate of the QE identity signer is revoked",
    230 PckCaMalformed => "the PCK CA certificate is malformed, or not a PCK CA",
    231 PckCaUntrusted => "the PCK CA certificate is not signed by the same root",
    232 PckCaNotYetValid => "the PCK CA certificate is not valid yet",
    233 PckCaExpired => "the PCK CA certificate has expired",
    234 PckCaRevoked => "the PCK CA certificate is revoked",
    235 RootNotYetValid => "the root certificate is not valid yet",
    236 RootExpired => "the root certificate has expired",
    237 RootRevoked => "the root certificate is revoked",

    240 RootCrlMalformed => "the root CRL is missing or malformed",
    241 RootCrlWrongIssuer => "the root CRL was issued by another CA",
    242 RootCrlSignatureInvalid => "the root CRL is not signed by the root",
    243 RootCrlNotYetIssued => "the root CRL was issued in the future",
    244 RootCrlExpired => "the root CRL has expired",
    245 RootCrlRollback => "a newer root CRL was accepted before",
    246 PckCrlMalformed => "the PCK CRL is missing or malformed",
    247 PckCrlWrongIssuer => "the PCK CRL was issued by another CA",
    248 PckCrlSignatureInvalid => "the PCK CRL is not signed by the PCK CA",
    249 PckCrlNotYetIssued => "the PCK CRL was issued in the future",
    250 PckCrlExpired => "the PCK CRL has expired",
    251 PckCrlRollback => "a newer PCK CRL was accepted before",

    300 RootBundleEmpty => "the root bundle is empty",
    301 RootBundleTooLong => "the root bundle does not fit into an account",
    302 RootBundleTooMany => "the root bundle has more than eight certificates",
    303 RootCertificateMalformed => "a root certificate is malformed",
    304 RootCertificateNotCa => "a root certificate is not a CA certificate that may sign certificates and CRLs",
    305 RootCertificateNotSelfSigned => "a root certificate is not signed by its own key",
    306 RootCertificateDuplicate => "a root certificate is in the bundle twice",

    310 GoldenMalformed => "the golden measurements are not the canonical ABI encoding of the vendor's struct",
    311 GoldenTooLarge => "the golden measurements do not fit into an account",

    400 ReportTruncated => "the evidence is shorter than an attestation report (1,184 bytes)",
    401 ReportVersion { version: u32 } => "report version {version} is not one that can be verified (2, 3, 5)",
    402 ReportSignatureAlgorithm { algorithm: u32 } =>
        "signature algorithm {algorithm} is not ECDSA P-384 with SHA-384 (1)",
    403 ReportUnsigned => "the report's signature is zero: the firmware did not sign it",
    404 ReportSignaturePadding => "bytes of the report's signature that must be zero are not",
    405 NoSigningKey => "the report says that no key signed it",
    406 ReservedSigningKey { key: u32 } => "the report says that key {key} signed it, which is reserved",

    410 VekMalformed => "the certificate of the endorsement key (VCEK, VLEK) is malformed",
    411 VekIssuerUnknown => "the certificate of the endorsement key names an issuer that is no ASK or ASVK of a known product",
    412 VekKindMismatch => "the certificate is not of the kind of key (VCEK, VLEK) that the report names",
    413 VekSignatureInvalid => "the certificate of the endorsement key is not signed by the ASK or ASVK in the collateral",
    414 VekNotYetValid => "the certificate of the endorsement key is not valid yet",
    415 VekExpired => "the certificate of the endorsement key has expired",
    416 VekRevoked => "the certificate of the endorsement key is revoked",
    417 StoredCrlMissing => "the stored collateral was verified without a CRL, and one was accepted since",
    418 StoredCrlSuperseded => "the stored collateral was verified with an older CRL than one accepted since",

    420 VekExtensionMalformed => "an extension of the endorsement key's certificate is missing or malformed",
    421 VekProductMismatch => "the endorsement key's certificate is for another product than its issuer",
    422 CpuMismatch { family: u8, model: u8 } =>
        "CPUID family {family:#x}, model {model:#x} is not of the product that the endorsement key is for",
    423 VekHwidMissing => "the VCEK certificate names no chip (HWID)",
    424 ChipIdMasked => "the report's CHIP_ID is zero, though a VCEK signed it",
    425 ChipIdMismatch => "the report's CHIP_ID is not the HWID of the VCEK certificate",
    426 VlekWithHwid => "the VLEK certificate names a chip (HWID)",
    427 VlekProviderMissing => "the VLEK certificate names no cloud provider (CSP id)",
    428 VekTcbMissing => "the endorsement key's certificate lacks a component of the TCB version",
    429 VekTcbMismatch => "the endorsement key's certificate is not for the report's REPORTED_TCB",
    430 ReportSignatureInvalid => "the report is not signed by the endorsement key",

    440 Vmpl { vmpl: u32 } => "the report was requested at VMPL {vmpl}, not 0",
    441 DebugPolicy => "the guest policy allows debugging",
    442 MigrationPolicy => "the guest policy allows a migration agent",
    443 ChipKeyMasked => "MASK_CHIP_KEY is set in a signed report",
    444 ReservedPolicy => "reserved bits of the guest policy do not have their fixed value",
    445 ReservedKeyInfo => "reserved bits of KEY_INFO are set",
    446 ReservedReportBytes => "reserved bytes of the report are not zero",

    450 EndorsementCaMalformed => "the ASK or ASVK certificate is malformed, or not a CA that may sign certificates",
    451 EndorsementCaUnknown => "the CA certificate is no ASK or ASVK of a known product",
    452 EndorsementCaUntrusted => "the ASK or ASVK certificate is not signed by a root (ARK) in state",
    453 EndorsementCaWrongProduct => "the ASK or ASVK certificate is for another product than its root (ARK)",
    454 EndorsementCaNotYetValid => "the ASK or ASVK certificate is not valid yet",
    455 EndorsementCaExpired => "the ASK or ASVK certificate has expired",
    456 EndorsementCaRevoked => "the ASK or ASVK certificate is revoked",
    457 ArkNotYetValid => "the root certificate (ARK) is not valid yet",
    458 ArkExpired => "the root certificate (ARK) has expired",
    459 ArkRevoked => "the root certificate (ARK) is revoked",

    460 AmdCrlMalformed => "the CRL is malformed",
    461 AmdCrlWrongIssuer => "the CRL was issued by another CA than the root (ARK)",
    462 AmdCrlSignatureInvalid => "the CRL is not signed by the root (ARK)",
    463 AmdCrlNotYetIssued => "the CRL was issued in the future",
    464 AmdCrlExpired => "the CRL has expired",
    465 AmdCrlRollback => "a newer CRL was accepted before",
    466 AmdCrlMissing => "the CRL is missing, and one was accepted before",
    467 EndorsementCaRollback => "a newer ASK or ASVK certificate was accepted before",

    500 GpuEvidenceTruncated => "the evidence of a GPU ends before a report and two certificates",
    501 GpuTrailingBytes { count: usize } => "{count} bytes follow the certificate of the device",
    502 GpuCertificatesTooLong => "the leaf and the certificate of the device have more than 2,048 bytes",
    503 GpuLeafMalformed => "the leaf is malformed, or names no chip",
    504 NotGpu => "the evidence is of an NVIDIA device that is not a GPU",
    505 BromMalformed => "the certificate of the device is malformed",
    506 SpdmTruncated => "the report ends before a field that it must have",
    507 SpdmTrailingBytes { count: usize } => "{count} bytes follow the signature of the report",
    508 SpdmRequest => "the request is not GET_MEASUREMENTS of SPDM 1.1 for all measurements, signed (11 E0 01 FF)",
    509 SpdmSlot { slot: u8 } => "slot {slot} of the request is not 0 to 7",
    510 SpdmResponse => "the response is not MEASUREMENTS of SPDM 1.1 (11 60)",
    511 SpdmSlotMismatch => "the response is not for the slot of the request",
    512 SpdmRecordLength => "the measurement record is longer than what is left of the report",
    513 SpdmBlockTruncated => "the measurement record ends inside a block",
    514 SpdmBlockCount { declared: u8, found: u8 } => "the report declares {declared} blocks and has {found}",
    515 SpdmBlockIndex { index: u8 } => "the indices of the blocks are not 1, 2, 3, and so on: {index}",
    516 SpdmSpecification { index: u8 } => "the measurement specification of block {index} is not DMTF's (1)",
    517 SpdmBlockSize { index: u8 } => "the size of block {index} is not 51",
    518 SpdmDigestSize { index: u8 } => "the digest of block {index} has not 48 bytes",
    519 OpaqueTruncated => "the opaque data of the report ends inside a field",
    520 OpaqueDuplicate { number: u16 } => "field {number} is in the opaque data twice",
    521 OpaqueTooMany => "the opaque data has more than 64 fields",
    522 OpaqueMissing { number: u16 } => "field {number} is not in the opaque data",
    523 OpaqueMalformed { number: u16 } => "field {number} of the opaque data is malformed",

    530 BromUntrusted => "the certificate of the device is not signed by the provisioner CA",
    531 BromNotCa => "the certificate of the device is not one of a CA that may sign certificates",
    532 BromNotYetValid => "the certificate of the device is not valid yet",
    533 BromExpired => "the certificate of the device has expired",
    534 GpuLeafUntrusted => "the leaf is not issued by the device",
    535 GpuLeafUsage => "the leaf is one of a CA, or may not sign reports",
    536 GpuLeafNotYetValid => "the leaf is not valid yet",
    537 GpuLeafExpired => "the leaf has expired",
    538 GpuReportSignatureInvalid => "the report is not signed by the leaf",
    539 FwidMissing => "the report has a firmware id and the leaf has none",
    540 FwidMalformed => "the firmware id of the leaf is malformed",
    541 FwidMismatch => "the firmware id of the report is not the one of the leaf",
    542 GpuMode => "the mode of the GPU is unknown or contradicts itself",
    543 GpuDebug => "the leaf is for firmware that can be debugged",

    550 IdentityCaMalformed => "the certificate of the identity CA is malformed",
    551 IdentityCaUntrusted => "the certificate of the identity CA is not signed by a root in state",
    552 IdentityCaNotCa => "the certificate of the identity CA is not one of a CA that may sign certificates",
    553 IdentityCaNotYetValid => "the certificate of the identity CA is not valid yet",
    554 IdentityCaExpired => "the certificate of the identity CA has expired",
    555 IdentityCaRollback => "a newer certificate of the identity CA was accepted before",
    556 ProvisionerCaMalformed => "the certificate of the provisioner CA is malformed",
    557 ProvisionerCaUntrusted => "the certificate of the provisioner CA is not signed by the identity CA",
    558 ProvisionerCaNotCa => "the certificate of the provisioner CA is not one of a CA that may sign certificates",
    559 ProvisionerCaNotYetValid => "the certificate of the provisioner CA is not valid yet",
    560 ProvisionerCaExpired => "the certificate of the provisioner CA has expired",
    561 ProvisionerCaRollback => "a newer certificate of the provisioner CA was accepted before",
    562 GpuPathTooLong => "a CA allows fewer CAs below it than there are",
    563 ChipUnnamed => "the identity CA names no chip",
    564 CollateralNotGpu => "the collateral is for NVIDIA devices that are not GPUs",

    570 GoldenText => "the chip or a version of the golden measurements is not one",
    571 GoldenIndex { index: u8 } => "index {index} of the golden measurements is not 1 to 64",
    572 GoldenDuplicate { index: u8 } => "index {index} is in one list of the golden measurements twice",
    573 GoldenConflict { index: u8 } => "index {index} is in the golden measurements of the driver and of the VBIOS",
    574 GoldenDigestCount { index: u8 } => "index {index} of the golden measurements has not 1 to 8 digests",
    575 GoldenDigestLength { index: u8 } => "a digest of index {index} of the golden measurements has not 48 bytes",
    576 GoldenChipMismatch => "the golden measurements for this driver and VBIOS are for another chip",
    577 GoldenMismatch { index: u8 } => "measurement {index} is none of the golden ones",

    600 CcaCborMalformed => "the token is not well-formed CBOR, or ends early",
    601 CcaTrailingBytes { count: usize } => "{count} bytes follow an item of the token",
    602 CcaCborIndefinite => "an item of the token has an indefinite length",
    603 CcaCborNotShortest => "an integer or a length of the token is not written in its shortest form",
    604 CcaCborDuplicateKey => "a map of the token has a key twice",
    605 CcaCborForbidden => "the token has a float, or a simple value other than false, true and null",
    606 CcaCborTooDeep => "the token nests items more than eight deep",
    607 CcaCborTooManyItems => "a layer of the token has more than 512 items",

    610 CcaUntagged => "the token has no tag",
    611 CcaTagUnknown { tag: u64 } => "tag {tag} is not one of a CCA token (399, 907)",
    612 CcaTagConfusion => "the platform or realm token is wrapped as a token with the other tag has it",
    613 CcaCollectionMalformed => "what the token's tag is about is not a map of wrapped byte strings, the platform token first",
    614 CcaContentFormat => "the content format of the platform or realm token is not EAT in CWT (263)",
    615 CcaPlatformTokenMissing => "the platform token is missing",
    616 CcaRealmTokenMissing => "the realm token is missing",
    617 CcaCollectionKeyUnknown => "the token has more than a platform and a realm token",

    620 CcaSign1Malformed => "the platform or realm token is not a COSE_Sign1 with its tag (18)",
    621 CcaUnprotectedHeader => "the unprotected header of the platform or realm token is not empty",
    622 CcaProtectedHeader => "the protected header of the platform or realm token is not an algorithm and nothing else",
    623 CcaAlgorithm => "the algorithm of the platform or realm token is neither ES256 nor ES384",
    624 CcaPayloadDetached => "the payload of the platform or realm token is detached or empty",
    625 CcaSignatureLength => "the signature of the platform or realm token does not have the length of its algorithm",
    626 CcaAlgorithmMismatch => "the algorithm of the platform or realm token is not that of its key",

    630 CcaClaimsMalformed => "the claims of the platform or realm are not a map",
    631 CcaPlatformClaimMissing { claim: u16 } => "the platform does not claim {claim}",
    632 CcaPlatformClaimMalformed { claim: u16 } => "claim {claim} of the platform is malformed",
    633 CcaPlatformProfileUnknown => "the profile of the platform is not a known one",
    634 CcaRealmClaimMissing { claim: u16 } => "the realm does not claim {claim}",
    635 CcaRealmClaimMalformed { claim: u16 } => "claim {claim} of the realm is malformed",
    636 CcaRealmProfileUnknown => "the profile of the realm is not a known one",
    638 CcaRealmChallengeLength { length: usize } => "the realm's challenge has {length} bytes, not 64",
    639 CcaRakForm => "the realm's key is not in the form that the profile asks for",
    640 CcaRakCompressed => "the realm's key is a compressed point",
    641 CcaRakOffCurve => "the realm's key is not a point of P-384",
    642 CcaRakHashUnknown => "the hash algorithm of the realm's key is neither sha-256 nor sha-512",

    643 CcaPlatformSignatureInvalid => "the platform token is not signed by the key of the platform",
    644 CcaRealmSignatureInvalid => "the realm token is not signed by the realm's key",
    645 CcaBindingMismatch => "the platform's challenge is not the hash of the realm's key",
    646 CcaDebug { lifecycle: u16 } => "the platform's lifecycle {lifecycle:#x} allows debugging",
    647 CcaDecommissioned { lifecycle: u16 } => "the platform's lifecycle {lifecycle:#x} says that it is decommissioned",
    648 CcaNotSecured { lifecycle: u16 } => "the platform's lifecycle {lifecycle:#x} is not secured",

    650 CcaPlatformUnknown => "no key is registered for the platform's instance id",
    651 CcaTestPlatform => "the platform is the test platform of TF-A, whose key is public, and it is not registered",
    652 CcaPlatformWithdrawn => "the key of the platform's instance id was withdrawn",
    653 CcaImplementationMismatch => "the platform's implementation id is not the one its key is registered for",

    660 CcaCpaksMalformed => "the keys are not the canonical ABI encoding of an array of CcaCpak",
    661 CcaCpakInstanceId => "an instance id is not 33 bytes of which the first is 1",
    662 CcaCpakForm => "a key is not an uncompressed point of 65 (P-256) or 97 (P-384) bytes",
    663 CcaCpakOffCurve => "a key is not a point of its curve",
    664 CcaCpakDuplicate => "an instance id is in the bundle twice",
    665 CcaCpaksTooLong => "the keys do not fit into an account",

    670 CcaGoldenDuplicate => "a golden measurement is in its list twice",
    671 CcaConfigurationUnknown => "the platform's configuration is none of the golden ones of its implementation",
    672 CcaComponentUnknown => "a software component of the platform is none of the golden ones of its implementation",
    673 CcaRealmUnknown => "the realm's measurements (RIM and REM) are none of the golden ones of the implementation",
}

impl Rejection {
    /// The reason as one of GPU evidence: where CPU and GPU evidence come together, what both can be refused for has
    /// a code for each.
    pub const fn of_gpu(self) -> Self {
        match self {
            Self::VendorPaused => Self::GpuPaused,
            Self::NoRoots => Self::GpuNoRoots,
            Self::NoCollateral => Self::GpuNoCollateral,
            Self::CollateralNotYetValid => Self::GpuCollateralNotYetValid,
            Self::CollateralExpired => Self::GpuCollateralExpired,
            Self::RootsChanged => Self::GpuRootsChanged,
            Self::DeviceRevoked => Self::GpuRevoked,
            Self::MeasurementBanned => Self::GpuMeasurementBanned,
            Self::MeasurementNotAllowed => Self::GpuMeasurementNotAllowed,
            Self::TrustScoreTooLow { score, minimum } => Self::GpuTrustScoreTooLow { score, minimum },
            other => other,
        }
    }
}
