//! `brokerscope explore`: every state of a small cluster.

use kafka_model::{Named, explore as search, named};

use super::{Finding, Outcome};

/// Runs the search of that name, or lists them all; `historic` asks for the rule that Kafka
/// gave up.
pub fn explore(name: Option<&str>, historic: bool, most_states: u64) -> Outcome {
    let Some(name) = name else {
        for Named { name, about, .. } in named() {
            println!("{name:<12}{about}");
        }
        return Ok(Finding::Nothing);
    };
    let found = named().into_iter().find(|search| search.name == name);
    let known =
        found.ok_or_else(|| format!("no search `{name}`; without a name all are listed"))?;
    let plan = match (historic, known.historic) {
        (false, _) => known.plan,
        (true, Some(plan)) => plan,
        (true, None) => return Err(format!("`{name}` has no historic rule")),
    };
    let report = search(&plan, most_states);
    println!("{report}");
    Ok(match report.broken {
        None => Finding::Nothing,
        Some(_) => Finding::Something,
    })
}
