//! Writes every record of a data directory that nobody has open, opened with its storage key, into one
//! file: what whoever has the disk and all its keys can read. For tests/browser/blindness.test.js.
//!
//! `cargo run -p beistand-store --example records -- STORE STORAGE-KEY OUTPUT`
#![allow(clippy::unwrap_used, reason = "a tool of tests: a panic is the report")]

use beistand_store::Store;
use beistand_store::disk::real::RealDisk;
use beistand_store::engine::{Limits, Options};
use beistand_store::seal::StorageKey;
use std::fs::File;
use std::io::{BufWriter, Read, Write};
use std::path::PathBuf;
use std::sync::Arc;

fn main() {
    let [store, key, output] = std::array::from_fn(|index| {
        PathBuf::from(std::env::args().nth(index + 1).expect("STORE STORAGE-KEY OUTPUT"))
    });
    let store = Store::open(Options {
        data: store,
        database: None,
        key: StorageKey::load(&key).unwrap(),
        disk: Arc::new(RealDisk),
        random: Box::new(|bytes: &mut [u8]| File::open("/dev/urandom").unwrap().read_exact(bytes).unwrap()),
        limits: Limits::default(),
    })
    .unwrap();
    let mut output = BufWriter::new(File::create(output).unwrap());
    let mut count = 0_u64;
    store
        .visit_records(&mut |place, plain| {
            output.write_all(place).and_then(|()| output.write_all(plain)).unwrap();
            count += 1;
        })
        .unwrap();
    output.flush().unwrap();
    println!("{count} records");
}
