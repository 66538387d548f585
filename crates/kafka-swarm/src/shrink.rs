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
        (Ending::Runaway, Ending::Runaway) => true,
        _ => false,
    }
}

/// Leaves out as many faults as it can while the plan, which ended with `ending`,
/// still fails alike, in at most `runs` runs.
pub fn shrink(plan: &Plan, ending: &Ending, options: Options, mut runs: u32) -> Plan {
    let mut best = plan.clone();
    let mut chunk = best.faults.len().div_ceil(2);
    while chunk > 0 {
        let before = best.faults.len();
        let mut from = 0;
        while from < best.faults.len() {
            if runs == 0 {
                return best;
            }
            runs -= 1;
            let to = (from + chunk).min(best.faults.len());
            let mut smaller = best.clone();
            smaller.faults.drain(from..to);
            if is_same(ending, &run(&smaller, options).ending) {
                best = smaller;
            } else {
                from = to;
            }
        }
        // Single faults are tried again as long as that makes it smaller.
        chunk = match chunk {
            1 if best.faults.len() == before => 0,
            _ => chunk.div_ceil(2),
        };
    }
    best
}
