//! The native command line of Brokerscope.
fn main() {}
