//! Why a RIM file is refused, and what to do about it.

const GET_AGAIN: &str = "get the file again from NVIDIA's RIM service, \
                         https://rim.attestation.nvidia.com/v1/rim/ (see `aivm golden pack --help` for the ids)";

/// Why a RIM file is refused, and what to do about it.
#[derive(Debug)]
pub(super) struct Refused {
    /// What is wrong.
    pub(super) reason: String,
    /// What to do next.
    pub(super) next: String,
}

impl Refused {
    pub(super) fn new(reason: impl Into<String>, next: impl Into<String>) -> Self {
        Self {
            reason: reason.into(),
            next: next.into(),
        }
    }

    /// It is not XML, or not of the kind that is read.
    pub(super) fn xml(error: String) -> Self {
        Self::new(format!("it is not XML as RIM files have it: {error}"), GET_AGAIN)
    }

    /// The form of the signature.
    pub(super) fn signature(reason: impl Into<String>) -> Self {
        Self::new(reason, GET_AGAIN)
    }

    /// What was signed is not what is there.
    pub(super) fn changed(reason: impl Into<String>) -> Self {
        Self::new(reason, format!("do not use it; {GET_AGAIN}"))
    }

    /// The chain of certificates.
    pub(super) fn chain(reason: impl Into<String>) -> Self {
        let next = format!("do not use it; {GET_AGAIN}; another root than NVIDIA's is trusted with --root");
        Self::new(reason, next)
    }

    /// A certificate has expired.
    pub(super) fn expired(reason: impl Into<String>) -> Self {
        let next =
            format!("{GET_AGAIN}: NVIDIA signs its files anew. An earlier time can be given with --at");
        Self::new(reason, next)
    }

    /// A certificate is not valid yet.
    pub(super) fn early(reason: impl Into<String>) -> Self {
        Self::new(
            reason,
            "check the clock of this machine, or the time given with --at",
        )
    }

    /// What the file says is not what a RIM says.
    pub(super) fn content(reason: impl Into<String>) -> Self {
        Self::new(reason, GET_AGAIN)
    }
}
