//! `brokerscope run`: a scenario, played.

use std::path::Path;

use kafka_core::types::Duration;
use kafka_scenario::driver::Driver;
use kafka_scenario::{Player, Scenario, command};
use kafka_shell::files::Files;
use kafka_shell::script::{Ran, run_line_patiently};

use super::{Finding, Outcome};
use crate::checked::Checked;
use crate::input;

/// Virtual time a command line gets before Ctrl-C.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// Plays a scenario file, printing what its command lines print.
pub fn run(file: &Path, seed: Option<u64>, trace: bool) -> Outcome {
    let scenario = input::scenario(file)?;
    let seed = seed.unwrap_or(scenario.setup.seed);
    let mut checked = Checked::new(input::world(&scenario, seed)?, trace);
    play(&scenario, &mut checked, true).map_err(|error| format!("{}: {error}", file.display()))?;
    let world = checked.world();
    println!(
        "# seed {seed}, {} events, {}.{:06} s, digest {:016x}",
        world.events(),
        world.now().0 / 1_000_000,
        world.now().0 % 1_000_000,
        world.digest()
    );
    Ok(report(&checked))
}

/// Plays all steps, or those before an invariant breaks.
///
/// # Errors
/// A step the world refuses, with its line.
pub fn play(scenario: &Scenario, checked: &mut Checked, print: bool) -> Result<(), String> {
    let mut player = Player::default();
    let files = Files::default();
    for step in &scenario.steps {
        if checked.broken().is_some() {
            return Ok(());
        }
        if let Some((line, _)) = command::of(&step.what, checked.world())
            && print
        {
            println!("$ {line}");
        }
        let mut shell = |driver: &mut Checked, command: &str, input: &str| {
            let ran = run_line_patiently(&files, driver, command, input, PATIENCE);
            if print {
                show(&ran);
            }
        };
        player
            .play(checked, step, &mut shell)
            .map_err(|error| error.to_string())?;
    }
    Ok(())
}

fn show(ran: &Ran) {
    print!("{}", ran.out);
    eprint!("{}", ran.err);
    for hint in ran.hints.lines() {
        eprintln!("# {hint}");
    }
    match ran.exit {
        Some(0) => {}
        Some(status) => eprintln!("# exit status {status}"),
        None => eprintln!("# still running; ended"),
    }
}

/// Prints the breach that stopped the run, if there is one.
pub fn report(checked: &Checked) -> Finding {
    let Some(violation) = checked.broken() else {
        return Finding::Nothing;
    };
    println!("# stopped: {}", violation.told(checked.world()));
    for seq in &violation.evidence {
        if let Some(entry) = checked.world().trace().get(*seq) {
            println!("#   {}", crate::tell::line(checked.world(), *seq, entry));
        }
    }
    Finding::Something
}
