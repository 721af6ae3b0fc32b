//! Every reason for which evidence, collateral or roots are refused, each with its own code.
//!
//! The codes appear in reverts and in the program's output, so a code never changes its meaning. Below 100:
//! policy and state, every vendor. 100 to 199: an Intel quote. 200 to 299: Intel collateral. 300 to 399: roots.

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
    3 VendorUnsupported => "evidence of this vendor cannot be verified by this version",
    4 VendorPaused => "evidence of this vendor is paused",
    5 NoRoots => "the vendor has no root certificates in state",
    6 NoCollateral => "no collateral is stored for this platform (FMSPC and PCK CA)",
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

    200 CollateralMalformed => "the collateral is not the canonical ABI encoding of IntelCollateral",
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
}
