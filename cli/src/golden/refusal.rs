//! Why a RIM file is refused, and what to do about it.

use crate::output::{Failure, Fields, Report};
use serde_json::json;
use std::path::{Path, PathBuf};

const GET_AGAIN: &str = "get the file again from NVIDIA's RIM service, \
                         https://rim.attestation.nvidia.com/v1/rim/ (see `aivm golden pack --help` for the ids)";

/// Why a RIM file, or a pair of them, is refused, and what to do about it.
#[derive(Debug)]
pub(super) struct Refused {
    file: Option<PathBuf>,
    reason: String,
    next: String,
}

/// A file that is refused, or one that cannot be read at all.
pub(super) enum Stop {
    Refused(Refused),
    Failure(Failure),
}

impl From<Refused> for Stop {
    fn from(refused: Refused) -> Self {
        Self::Refused(refused)
    }
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        Self::Failure(failure)
    }
}

impl Stop {
    /// What a command says whose work it is to judge these files.
    pub(super) fn report(self) -> Result<Report, Failure> {
        match self {
            Self::Refused(refused) => Ok(refused.report()),
            Self::Failure(failure) => Err(failure),
        }
    }

    /// What a command says that needs these files for something else.
    pub(super) fn failure(self) -> Failure {
        match self {
            Self::Refused(refused) => refused.failure(),
            Self::Failure(failure) => failure,
        }
    }
}

impl Refused {
    /// What is wrong, and what to do next.
    pub(super) fn new(reason: impl Into<String>, next: impl Into<String>) -> Self {
        Self {
            file: None,
            reason: reason.into(),
            next: next.into(),
        }
    }

    /// Says which file it is.
    pub(super) fn in_file(self, path: &Path) -> Self {
        Self {
            file: Some(path.to_path_buf()),
            ..self
        }
    }

    fn report(self) -> Report {
        let file = self.file.map(|path| path.display().to_string());
        let mut fields = Fields::default();
        fields.add("verified", "no");
        if let Some(file) = &file {
            fields.add("file", file);
        }
        fields.add("reason", &self.reason);
        fields.add("next", &self.next);
        Report {
            json: json!({ "verified": false, "file": file, "reason": self.reason, "next": self.next }),
            text: fields.render(0),
            passed: false,
        }
    }

    fn failure(self) -> Failure {
        let what = match self.file {
            Some(path) => format!("the RIM file {}: {}", path.display(), self.reason),
            None => format!("the RIM files: {}", self.reason),
        };
        Failure::new(what).next(self.next)
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
