//! Object identifiers in dotted notation, as the specifications print them.

/// `ecdsa-with-SHA256`.
pub const ECDSA_WITH_SHA256: &str = "1.2.840.10045.4.3.2";
/// `ecdsa-with-SHA384`.
pub const ECDSA_WITH_SHA384: &str = "1.2.840.10045.4.3.3";
/// `id-ecPublicKey`.
pub const EC_PUBLIC_KEY: &str = "1.2.840.10045.2.1";
/// `prime256v1`, the curve P-256.
pub const PRIME256V1: &str = "1.2.840.10045.3.1.7";
/// `secp384r1`, the curve P-384.
pub const SECP384R1: &str = "1.3.132.0.34";

/// Subject key identifier.
pub const SUBJECT_KEY_ID: &str = "2.5.29.14";
/// Key usage.
pub const KEY_USAGE: &str = "2.5.29.15";
/// Basic constraints.
pub const BASIC_CONSTRAINTS: &str = "2.5.29.19";
/// CRL number.
pub const CRL_NUMBER: &str = "2.5.29.20";
/// CRL entry reason.
pub const CRL_REASON: &str = "2.5.29.21";
/// CRL distribution points.
pub const CRL_DISTRIBUTION_POINTS: &str = "2.5.29.31";
/// Authority key identifier.
pub const AUTHORITY_KEY_ID: &str = "2.5.29.35";

/// The SGX extension of PCK certificates.
pub const SGX_EXTENSION: &str = "1.2.840.113741.1.13.1";
/// PPID.
pub const PPID: &str = "1.2.840.113741.1.13.1.1";
/// TCB, the parent of the sixteen components, of PCESVN and of CPUSVN.
pub const TCB: &str = "1.2.840.113741.1.13.1.2";
/// PCEID.
pub const PCE_ID: &str = "1.2.840.113741.1.13.1.3";
/// FMSPC.
pub const FMSPC: &str = "1.2.840.113741.1.13.1.4";
/// SGX type.
pub const SGX_TYPE: &str = "1.2.840.113741.1.13.1.5";
/// Platform instance id, under the Platform CA only.
pub const PLATFORM_INSTANCE_ID: &str = "1.2.840.113741.1.13.1.6";
/// Configuration, under the Platform CA only.
pub const CONFIGURATION: &str = "1.2.840.113741.1.13.1.7";
/// PCESVN, inside TCB.
pub const PCE_SVN: &str = "1.2.840.113741.1.13.1.2.17";
/// CPUSVN, inside TCB.
pub const CPU_SVN: &str = "1.2.840.113741.1.13.1.2.18";
