//! Front door of the project: `cargo xtask`.
fn main() {}
