//! The lines of a scenario that say what cluster it begins with.
//!
//! Not here: what then happens (`parse`). Invariant: a mistake names its place.

use kafka_core::config::Truncation;

use crate::ast::Setup;
use crate::error::{ParseError, Problem};
use crate::line::Line;

/// Most log directories of a broker.
const LOG_DIRS_MAX: u32 = 8;

/// One of a few words.
pub(crate) fn one_of<T: Copy>(
    line: &mut Line,
    words: &'static str,
    known: &[(&str, T)],
) -> Result<T, ParseError> {
    let value = line.want(words)?;
    let found = known.iter().find(|(word, _)| *word == value.text);
    match found {
        Some((_, meaning)) => Ok(*meaning),
        None => Err(line.error(value.column, Problem::BadValue(value.text, words))),
    }
}

/// The two ways of a switch.
pub(crate) const SWITCH: [(&str, bool); 2] = [("on", true), ("off", false)];

pub(crate) fn truncation(line: &mut Line) -> Result<Truncation, ParseError> {
    let known = [
        ("epochs", Truncation::Epochs),
        ("unfenced", Truncation::Unfenced),
        ("epoch-end", Truncation::EpochEnd),
        ("high-watermark", Truncation::HighWatermark),
    ];
    one_of(
        line,
        "epochs, unfenced, epoch-end or high-watermark",
        &known,
    )
}

/// The number of a log directory, `dir=1`: the first, 0, unless another is named.
pub(crate) fn log_dir(line: &mut Line) -> Result<u32, ParseError> {
    let mut dir = 0;
    for (name, value, column) in line.settings()? {
        if name != "dir" {
            return Err(line.error(column, Problem::UnknownSetting(name, "dir")));
        }
        let bad = line.error(column, Problem::BadValue(value.clone(), "0 to 7"));
        dir = value.parse().map_err(|_| bad.clone())?;
        if dir >= LOG_DIRS_MAX {
            return Err(bad);
        }
    }
    Ok(dir)
}

pub(crate) fn cluster(setup: &mut Setup, line: &mut Line) -> Result<(), ParseError> {
    for (name, value, column) in line.settings()? {
        let bad = line.error(column, Problem::BadValue(value.clone(), "1 to 100"));
        let number: u32 = value.parse().map_err(|_| bad.clone())?;
        if !(1..=100).contains(&number) {
            return Err(bad);
        }
        match name.as_str() {
            "brokers" => setup.brokers = number,
            "controllers" => setup.controllers = number,
            "voters" if number > setup.controllers => {
                let problem = Problem::BadValue(value, "at most as many as controllers before it");
                return Err(line.error(column, problem));
            }
            "voters" => setup.voters = Some(number),
            "log-dirs" if number > LOG_DIRS_MAX => {
                let problem = Problem::BadValue(value, "1 to 8");
                return Err(line.error(column, problem));
            }
            "log-dirs" => setup.log_dirs = number,
            _ => {
                let problem =
                    Problem::UnknownSetting(name, "brokers, controllers, voters, log-dirs");
                return Err(line.error(column, problem));
            }
        }
    }
    Ok(())
}

pub(crate) fn set(setup: &mut Setup, line: &mut Line) -> Result<(), ParseError> {
    for (name, value, column) in line.settings()? {
        let mut spec = kafka_sim::ClusterSpec::quick(1, 1);
        crate::properties::set(&mut spec, &name, &value)
            .map_err(|error| line.error(column, Problem::BadProperty(error.to_string())))?;
        setup.settings.retain(|(known, _)| *known != name);
        setup.settings.push((name, value));
    }
    Ok(())
}

pub(crate) fn racks(setup: &mut Setup, line: &mut Line) -> Result<(), ParseError> {
    for (number, rack, column) in line.settings()? {
        let bad = line.error(column, Problem::NotANumber(number.clone()));
        let broker: u32 = number.parse().map_err(|_| bad)?;
        if broker >= setup.brokers {
            return Err(line.error(column, Problem::UnknownServer(broker)));
        }
        setup.racks.retain(|(known, _)| *known != broker);
        setup.racks.push((broker, rack));
    }
    Ok(())
}

pub(crate) fn placement(setup: &mut Setup, line: &mut Line) -> Result<(), ParseError> {
    let topic = line.want("the topic")?.text;
    let mut lists = Vec::new();
    for (number, replicas, column) in line.settings()? {
        let bad = line.error(column, Problem::NotANumber(number.clone()));
        if number.parse::<usize>() != Ok(lists.len()) {
            return Err(bad);
        }
        let ids: Result<Vec<u32>, _> = replicas.split(',').map(str::parse).collect();
        let bad = line.error(column, Problem::NotANumber(replicas.clone()));
        let ids = ids.map_err(|_| bad)?;
        if let Some(unknown) = ids.iter().find(|id| **id >= setup.brokers) {
            return Err(line.error(column, Problem::UnknownServer(*unknown)));
        }
        let twice = |(at, id): (usize, &u32)| ids[..at].contains(id).then_some(*id);
        if let Some(id) = ids.iter().enumerate().find_map(twice) {
            return Err(line.error(column, Problem::ReplicaTwice(id)));
        }
        lists.push(ids);
    }
    setup.placements.push((topic, lists));
    Ok(())
}
