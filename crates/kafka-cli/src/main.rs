//! The native command line of Brokerscope: scenarios, the terminal, checks, recordings
//! and benches without a browser.
//!
//! What it is not: a place for Kafka's rules or for text about them; each command is a
//! thin door to the room that does the work. Exit status: 0 when all is well, 1 when
//! something was found (a broken invariant, a failed case), 2 when the input is wrong.

mod checked;
mod commands;
mod input;
mod tell;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use kafka_lessons::Lang;

/// A deterministic simulator of Apache Kafka, without the browser.
#[derive(Parser)]
#[command(name = "brokerscope", version, about)]
struct Options {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Play a scenario file and print what its command lines print.
    Run {
        /// The scenario.
        file: PathBuf,
        /// Seed of the run, instead of the file's.
        #[arg(long)]
        seed: Option<u64>,
        /// Print every event, one line each.
        #[arg(long)]
        trace: bool,
    },
    /// A terminal on a simulated cluster: Kafka's own tools, typed.
    Shell {
        /// A scenario to play first; without one, three brokers and three controllers.
        file: Option<PathBuf>,
    },
    /// Play a scenario and print the verdict of every invariant and the fate of the records.
    Check {
        /// The scenario.
        file: PathBuf,
    },
    /// Play a lesson: its questions, what is offered, what happens, and its goals.
    Lesson {
        /// The lesson, as `lessons/L06.lesson`.
        file: PathBuf,
        /// Seed of the run, instead of the lesson's.
        #[arg(long)]
        seed: Option<u64>,
        /// In Chinese.
        #[arg(long)]
        zh: bool,
    },
    /// Play learners' results again and tell which claims hold.
    Grade {
        /// The files.
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
    /// Replay a folder of recordings of real Kafka.
    Conform {
        /// The folder with transcripts, traces, clients and oracles.
        dir: PathBuf,
        /// Only cases whose name contains this.
        #[arg(long)]
        only: Option<String>,
        /// One JSON object a line instead of text.
        #[arg(long)]
        json: bool,
    },
    /// Random clusters, work and faults, every invariant checked; one number repeats a failure.
    Swarm {
        /// The seeds, as `1..1001`; the end is not run.
        #[arg(long, value_parser = commands::swarm::seeds)]
        seeds: std::ops::Range<u64>,
        /// Simulated seconds of faults a seed, 1 to 3600; then everything is healed.
        #[arg(long, default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..=3_600))]
        seconds: u64,
        /// Runs that may be spent on leaving faults out of a plan that fails; 0 reports at once.
        #[arg(long, default_value_t = 200)]
        shrink: u32,
    },
    /// Every state of a small cluster, every invariant in each; the shortest way to a breach.
    Explore {
        /// The search; without one, all are listed.
        name: Option<String>,
        /// By the rule that Kafka gave up.
        #[arg(long)]
        historic: bool,
        /// States after which it is given up.
        #[arg(long, default_value_t = 1_000_000)]
        most: u64,
    },
    /// Measure something; one line of JSON a result.
    Bench {
        /// The bench and its options, as `kernel --in-flight 300`.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true, required = true)]
        words: Vec<String>,
    },
}

fn main() -> ExitCode {
    let outcome = match Options::parse().command {
        Command::Run { file, seed, trace } => commands::run::run(&file, seed, trace),
        Command::Shell { file } => commands::shell::shell(file.as_deref()),
        Command::Check { file } => commands::check::check(&file),
        Command::Lesson { file, seed, zh } => {
            let lang = if zh { Lang::Zh } else { Lang::En };
            commands::lesson::lesson(&file, seed, lang)
        }
        Command::Grade { files } => commands::lesson::grade_files(&files),
        Command::Conform { dir, only, json } => {
            commands::conform::conform(&dir, only.as_deref(), json)
        }
        Command::Swarm {
            seeds,
            seconds,
            shrink,
        } => commands::swarm::swarm(seeds, seconds, shrink),
        Command::Explore {
            name,
            historic,
            most,
        } => commands::explore::explore(name.as_deref(), historic, most),
        Command::Bench { words } => commands::bench::bench(&words),
    };
    match outcome {
        Ok(commands::Finding::Nothing) => ExitCode::SUCCESS,
        Ok(commands::Finding::Something) => ExitCode::from(1),
        Err(message) => {
            eprintln!("brokerscope: {message}");
            ExitCode::from(2)
        }
    }
}
