//! The Beistand server: one process on the box.

fn main() {}
