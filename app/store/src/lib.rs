//! The storage traits on sled and in memory: journal, key file, migrations.
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod checkpoint;
pub mod disk;
pub mod engine;
pub mod error;
mod frame;
mod journal;
mod keys;
mod layout;
pub mod memory;
mod ops;
pub mod random;
mod record;
pub mod seal;
mod sealed;
pub mod storage;
pub mod table;

pub use memory::MemoryStore;
pub use storage::Store;
