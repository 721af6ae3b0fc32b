//! State sync at `0x0AAC`, by what it says: every call is made with both signature backends, and a revert leaves the state
//! as it was.
//!
//! | file | what it shows |
//! |---|---|
//! | `roots` | which roots are accepted, and at which heights |
//! | `signatures` | who must sign what, and how |
//! | `committees` | who may be on a committee, and who may set one |
//! | `rotation` | how a committee hands over |
//! | `terms` | why a committee serves once |
//! | `equivocation` | what two roots of one height lead to |
//! | `proofs` | what a device proof proves |
//! | `model` | random calls against a model, and damaged ones |
//! | `storage` | every slot, worked out from the documentation |
//! | `gas` | prices, the rules for every call |
//! | `input` | inputs that are no call, and limits of the input |

#[path = "sync/committees.rs"]
mod committees;
mod common;
#[path = "sync/equivocation.rs"]
mod equivocation;
#[path = "sync/gas.rs"]
mod gas;
#[path = "sync/input.rs"]
mod input;
#[path = "sync/model.rs"]
mod model;
#[path = "sync/proofs.rs"]
mod proofs;
#[path = "sync/roots.rs"]
mod roots;
#[path = "sync/rotation.rs"]
mod rotation;
#[path = "sync/setup.rs"]
mod setup;
#[path = "sync/signatures.rs"]
mod signatures;
#[path = "sync/storage.rs"]
mod storage;
#[path = "sync/terms.rs"]
mod terms;
