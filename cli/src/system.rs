//! The clock and randomness: what the precompiles must never read, and this program may.

#![allow(clippy::disallowed_methods)] // the workspace bans both for the sake of consensus code

use crate::output::Failure;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

/// The current time in Unix seconds.
pub(crate) fn now() -> Result<u64, Failure> {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    let since = since.map_err(|_| {
        Failure::new("the clock of this machine is before 1970").next("give the time: --at <UNIX SECONDS>")
    })?;
    Ok(since.as_secs())
}

/// 32 random bytes from the operating system.
pub(crate) fn random_seed() -> Result<[u8; 32], Failure> {
    let mut seed = [0; 32];
    getrandom::fill(&mut seed)
        .map_err(|error| Failure::new(format!("the operating system gives no randomness: {error}")))?;
    Ok(seed)
}

/// Measures how long something takes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stopwatch(Instant);

impl Stopwatch {
    /// Starts now.
    pub(crate) fn start() -> Self {
        Self(Instant::now())
    }

    /// Microseconds since the start, in tenths.
    pub(crate) fn micros(self) -> f64 {
        let tenths = self.0.elapsed().as_nanos().div_ceil(100);
        u32::try_from(tenths).map_or(f64::MAX, f64::from) / 10.0
    }
}
