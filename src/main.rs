//! Brokerscope, the page.
fn main() {}
