//! `brokerscope check`: what holds in a scenario, and what became of its records.

use std::path::Path;

use kafka_check::{Counts, Fate, Outcome as Verdict};
use kafka_scenario::driver::Driver;

use kafka_core::protocol::Acks;

use super::{Outcome, run};
use crate::checked::Checked;
use crate::input;

/// Most records listed by name.
const LISTED: usize = 20;

/// Plays a scenario silently and prints every verdict and the fates of the records.
pub fn check(file: &Path) -> Outcome {
    let scenario = input::scenario(file)?;
    let mut checked = Checked::new(input::world(&scenario, scenario.setup.seed)?, false);
    run::play(&scenario, &mut checked, false)
        .map_err(|error| format!("{}: {error}", file.display()))?;
    for verdict in checked.checker().verdicts_at(checked.world()) {
        let (id, name) = (verdict.invariant.id(), verdict.invariant.name());
        match verdict.outcome {
            Verdict::Holds => println!("{id:<7} {name}: holds"),
            Verdict::Violated => println!("{id:<7} {name}: VIOLATED"),
            Verdict::AllowedBy(setting) => {
                println!("{id:<7} {name}: broken, as {} permits", setting.text());
            }
        }
        if let Some(first) = verdict.first {
            println!("        {}", first.told(checked.world()));
        }
    }
    print_counts(&checked.checker().counts());
    let (lost, duplicated) = checked.checker().lost_and_duplicated();
    print_fates("lost", &lost);
    print_fates("duplicated", &duplicated);
    println!("digest {:016x}", checked.world().digest());
    Ok(run::report(&checked))
}

fn print_counts(counts: &Counts) {
    println!(
        "records: {} sent, {} appended, {} replicated, {} acknowledged, {} failed, {} visible, {} delivered, {} committed, {} lost, {} duplicated",
        counts.sent,
        counts.appended,
        counts.replicated,
        counts.acknowledged,
        counts.failed,
        counts.visible,
        counts.delivered,
        counts.committed,
        counts.lost,
        counts.duplicated
    );
}

fn acks_text(acks: Acks) -> &'static str {
    match acks {
        Acks::None => "0",
        Acks::Leader => "1",
        Acks::All => "all",
    }
}

fn print_fates(what: &str, fates: &[Fate]) {
    for fate in fates.iter().take(LISTED) {
        let topic = fate.topic.as_deref().unwrap_or("-");
        match fate.acknowledged {
            Some((seq, offset, acks)) => println!(
                "{what}: a record of {topic}, acknowledged at offset {offset} with acks={} (trace entry {})",
                acks_text(acks),
                seq.0
            ),
            None => println!("{what}: a record of {topic}, never acknowledged"),
        }
    }
    if fates.len() > LISTED {
        println!("{what}: {} more", fates.len() - LISTED);
    }
}
