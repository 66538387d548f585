//! Making a failing plan small: fewer faults, the same kind of failure.

use crate::plan::Plan;
use crate::run::{Ending, Options, run};

/// Whether two endings are the same kind of failure.
fn is_same(one: &Ending, other: &Ending) -> bool {
    match (one, other) {
        (Ending::Broken(one), Ending::Broken(other)) => one.invariant == other.invariant,
        (Ending::NotConverged(one), Ending::NotConverged(other)) => {
            std::mem::discriminant(one) == std::mem::discriminant(other)
        }
        _ => false,
    }
}

/// Leaves out as many faults as it can while the plan still fails alike, in at
/// most `runs` runs. A plan that passes is given back as it is.
pub fn shrink(plan: &Plan, options: Options, mut runs: u32) -> Plan {
    let ending = run(plan, options).ending;
    let mut best = plan.clone();
    let mut chunk = best.faults.len().div_ceil(2);
    while chunk > 0 && runs > 0 {
        let mut from = 0;
        let mut shrunk = false;
        while from < best.faults.len() && runs > 0 {
            let to = (from + chunk).min(best.faults.len());
            let mut smaller = best.clone();
            smaller.faults.drain(from..to);
            runs -= 1;
            if is_same(&ending, &run(&smaller, options).ending) {
                best = smaller;
                shrunk = true;
            } else {
                from = to;
            }
        }
        if !shrunk || chunk > 1 {
            chunk = if chunk == 1 { 0 } else { chunk.div_ceil(2) };
        }
    }
    best
}
