//! How far a measurement is: one line on standard error, written over where that is a terminal.

use std::{
    cell::Cell,
    io::{self, IsTerminal, Write as _},
};

/// What says how far it is.
pub(super) struct Progress {
    is_terminal: bool,
    /// The tenth of all rounds that was said last.
    said: Cell<usize>,
}

impl Progress {
    pub(super) fn new() -> Self {
        Self {
            is_terminal: io::stderr().is_terminal(),
            said: Cell::new(0),
        }
    }

    /// What is done now.
    pub(super) fn say(&self, line: &str) {
        self.said.set(0);
        if self.is_terminal {
            eprint!("\r\x1b[K{line}");
            let _ = io::stderr().flush(); // nobody sees it then
        } else {
            eprintln!("{line}");
        }
    }

    /// A round is done, of about so many. Where lines stay, every tenth of them has one.
    pub(super) fn round(&self, round: usize, rounds: usize) {
        let tenth = round * 10 / rounds.max(1);
        if self.is_terminal {
            eprint!("\r\x1b[Kround {round} of about {rounds}");
            let _ = io::stderr().flush();
        } else if tenth > self.said.get() {
            self.said.set(tenth);
            eprintln!("round {round} of about {rounds}");
        }
    }

    /// Leaves an empty line.
    pub(super) fn done(&self) {
        if self.is_terminal {
            eprint!("\r\x1b[K");
        }
    }
}
