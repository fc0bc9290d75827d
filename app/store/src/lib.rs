//! The storage traits on sled and in memory: journal, key file, migrations.
//!
//! From above to below:
//! - [`storage`]: the domain's `Storage` in typed records ([`Store`]); [`memory`]: the same without a
//!   disk ([`MemoryStore`]). One contract suite (`tests/contract.rs`) runs on both, and random
//!   commits (`tests/random.rs`) must give the same answers.
//! - `record`: how records look on disk, their versions and migrations; [`table`]: which there are.
//! - [`engine`]: tables, keys and values; one writer, group commit, checkpoints, recovery. Its
//!   opening words tell how a commit becomes durable and why nothing depends on sled.
//! - `journal`, `checkpoint`, `keys` (the key file), `frame` (their common form), `ops`, `mend`, `layout`
//!   (what lies where in the data directory).
//! - [`seal`], `sealed`: encryption at rest. [`disk`]: the file layer, with one that forgets.
//!
//! Nothing here knows clear text of a message: envelopes and states come in as ciphertext and are
//! sealed once more. Clock and randomness come in as arguments. What may be logged: counts, sizes,
//! paths, positions; never a record, a key or an id.
//!
//! To add a record: a table with a new number, a type with `Record` in `record`, its frozen bytes in
//! the tests there, the change and look-up in [`storage`] and in [`memory`], a case in the contract
//! suite, and a place in `everything` of `tests/parts`.
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod checkpoint;
pub mod disk;
pub mod engine;
pub mod error;
mod frame;
#[cfg(feature = "fuzz")]
pub mod fuzz;
mod journal;
mod keys;
mod layout;
pub mod memory;
mod mend;
mod ops;
pub mod random;
mod record;
pub mod seal;
mod sealed;
pub mod storage;
pub mod table;

pub use memory::MemoryStore;
pub use storage::Store;
