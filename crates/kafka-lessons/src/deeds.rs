//! What a person did, as text: the content of links and of what survives a reload.
//!
//! A script is the seed (or a scenario), the deeds with the moments they were done at, and the
//! moment that is shown. Replaying it gives the same run, because everything else is determined.
//! It is read from links, so nothing in it is trusted: reading gives a value or a reason.

use kafka_core::types::Time;
use kafka_sim::Moment;
use serde::{Deserialize, Serialize};

use crate::action::Action;

/// Version of the format.
const VERSION: u32 = 1;
/// Longest text read.
const TEXT_BYTES_MAX: usize = 1_000_000;

/// One deed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Deed {
    /// A line for the terminal.
    Line(String),
    /// A line for the command that runs in the terminal.
    Input(String),
    /// The command has ended by itself; nothing is done, but what follows is told from here on.
    Ended,
    /// Ctrl-C in the terminal.
    Interrupt,
    /// Ctrl-D in the terminal.
    EndInput,
    /// The running command of the terminal was left behind by a move in time.
    Leave,
    /// The terminal was closed: Ctrl-C, and the command ends without a screen.
    Close,
    /// An intervention.
    Act(Action),
}

fn is_first(terminal: &u8) -> bool {
    *terminal == 0
}

/// A deed and the moment right before it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Events delivered.
    pub events: u64,
    /// Virtual time, µs.
    pub at: u64,
    /// The terminal it was done in, from 0. Links of the time of one terminal have no number.
    #[serde(default, skip_serializing_if = "is_first")]
    pub terminal: u8,
    /// What.
    pub deed: Deed,
}

/// A whole run up to a moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Script {
    /// Format.
    pub v: u32,
    /// Seed of the run.
    pub seed: u64,
    /// Scenario the run begins with, as text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scenario: Option<String>,
    /// Deeds in order.
    pub deeds: Vec<Entry>,
    /// Events delivered at the moment shown.
    pub events: u64,
    /// Virtual time of the moment shown, µs.
    pub at: u64,
}

impl Script {
    /// A script without deeds.
    pub fn new(seed: u64) -> Script {
        Script {
            v: VERSION,
            seed,
            scenario: None,
            deeds: Vec::new(),
            events: 0,
            at: 0,
        }
    }

    /// The text to keep.
    pub fn write(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Reads kept text.
    ///
    /// # Errors
    /// A reason for people, in English, as parsers give it.
    pub fn read(text: &str) -> Result<Script, String> {
        let script: Script = read(text)?;
        if script.v != VERSION {
            return Err(format!(
                "its format is {}, this page reads {VERSION}",
                script.v
            ));
        }
        check_order(&script.deeds)?;
        Ok(script)
    }

    /// The hash of a link, without `#`.
    pub fn link(&self) -> String {
        format!("v{VERSION}.{}", encode(self.write().as_bytes()))
    }

    /// Reads the hash of a link.
    ///
    /// # Errors
    /// A reason for people.
    pub fn from_link(hash: &str) -> Result<Script, String> {
        let (version, body) = hash
            .split_once('.')
            .ok_or("it does not begin with a version")?;
        if version != format!("v{VERSION}") {
            return Err(format!(
                "its format is {version:.8}, this page reads v{VERSION}"
            ));
        }
        let bytes = decode(body).ok_or("it has a character that no link has, or is cut off")?;
        Script::read(std::str::from_utf8(&bytes).map_err(|error| error.to_string())?)
    }
}

/// The deeds done by that moment.
pub fn until(deeds: &[Entry], moment: Moment) -> Vec<Entry> {
    let reached = |e: &&Entry| (e.events, e.at) <= (moment.events, moment.at.0);
    deeds.iter().take_while(reached).cloned().collect()
}

/// Where a branch leaves its parent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fork {
    /// Number of the parent, smaller than the branch's own.
    pub parent: u32,
    /// Events delivered there.
    pub events: u64,
    /// Inputs applied there.
    pub inputs: u32,
    /// Virtual time there, µs.
    pub at: u64,
}

impl Fork {
    /// That moment.
    pub fn moment(self) -> Moment {
        Moment {
            events: self.events,
            inputs: self.inputs,
            at: Time(self.at),
        }
    }
}

/// A branch of a kept run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedBranch {
    /// Its name.
    pub name: String,
    /// Where it leaves its parent; only the first has none.
    pub fork: Option<Fork>,
    /// Deeds from the run's beginning on.
    pub deeds: Vec<Entry>,
    /// Events at its furthest moment.
    pub events: u64,
    /// Virtual time of its furthest moment, µs.
    pub at: u64,
}

/// A run with all its branches, as it is kept over reloads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Saved {
    /// Format.
    pub v: u32,
    /// Seed.
    pub seed: u64,
    /// Scenario the run begins with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scenario: Option<String>,
    /// Branches in order of creation.
    pub branches: Vec<SavedBranch>,
    /// The branch shown.
    pub current: u32,
    /// Events at the moment shown.
    pub events: u64,
    /// Inputs at the moment shown.
    pub inputs: u32,
    /// Virtual time of the moment shown, µs.
    pub at: u64,
}

impl Saved {
    /// A kept run without branches.
    pub fn new(base: &Script) -> Saved {
        Saved {
            v: VERSION,
            seed: base.seed,
            scenario: base.scenario.clone(),
            branches: Vec::new(),
            current: 0,
            events: 0,
            inputs: 0,
            at: 0,
        }
    }

    /// Reads kept text.
    ///
    /// # Errors
    /// A reason for people, in English, as parsers give it.
    pub fn read(text: &str) -> Result<Saved, String> {
        let saved: Saved = read(text)?;
        if saved.v != VERSION {
            return Err(format!(
                "its format is {}, this page reads {VERSION}",
                saved.v
            ));
        }
        for (number, branch) in saved.branches.iter().enumerate() {
            let parent = branch.fork.map(|fork| fork.parent as usize);
            if parent.is_some_and(|p| p >= number) || (parent.is_none() != (number == 0)) {
                return Err(format!("branch {number} does not leave an earlier one"));
            }
            check_order(&branch.deeds)?;
        }
        if saved.current as usize >= saved.branches.len() {
            return Err(format!("branch {} is not there", saved.current));
        }
        Ok(saved)
    }

    /// The text to keep.
    pub fn write(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

fn read<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, String> {
    if text.len() > TEXT_BYTES_MAX {
        return Err(format!("it is longer than {TEXT_BYTES_MAX} bytes"));
    }
    serde_json::from_str(text).map_err(|error| error.to_string())
}

fn check_order(deeds: &[Entry]) -> Result<(), String> {
    if deeds.is_sorted_by_key(|e| (e.events, e.at)) {
        Ok(())
    } else {
        Err("its deeds are not in order of time".into())
    }
}

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// base64url without padding (RFC 4648, section 5).
fn encode(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len() * 4 / 3 + 3);
    for chunk in bytes.chunks(3) {
        let word =
            chunk.iter().fold(0_u32, |w, b| w << 8 | u32::from(*b)) << (8 * (3 - chunk.len()));
        for i in 0..=chunk.len() {
            out.push(char::from(ALPHABET[(word >> (18 - 6 * i) & 63) as usize]));
        }
    }
    out
}

fn decode(text: &str) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len() * 3 / 4);
    for chunk in text.as_bytes().chunks(4) {
        if chunk.len() == 1 {
            return None;
        }
        let mut word = 0_u32;
        for byte in chunk {
            word = word << 6 | u32::try_from(ALPHABET.iter().position(|a| a == byte)?).ok()?;
        }
        word <<= 6 * (4 - chunk.len());
        out.extend(&word.to_be_bytes()[1..chunk.len()]);
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::action::Server;

    fn sample() -> Script {
        Script {
            deeds: vec![
                Entry {
                    events: 3,
                    at: 1_000,
                    terminal: 0,
                    deed: Deed::Line("echo 你好 | cat".into()),
                },
                Entry {
                    events: 9,
                    at: 2_500,
                    terminal: 3,
                    deed: Deed::Act(Action::Crash(Server::Broker(1))),
                },
            ],
            events: 12,
            at: 3_000,
            ..Script::new(7)
        }
    }

    #[test]
    fn a_link_gives_the_script_back() {
        assert_eq!(Script::from_link(&sample().link()), Ok(sample()));
    }

    #[test]
    fn a_deed_without_a_terminal_is_of_the_first_one() {
        let old = r#"{"events":3,"at":1000,"deed":{"line":"ls"}}"#;
        let entry: Entry = serde_json::from_str(old).expect("an old deed");
        assert_eq!(entry.terminal, 0);
        assert_eq!(serde_json::to_string(&entry).unwrap_or_default(), old);
    }

    #[test]
    fn bytes_of_every_length_survive() {
        for len in 0..40_u8 {
            let bytes: Vec<u8> = (0..len).map(|b| b.wrapping_mul(37)).collect();
            assert_eq!(decode(&encode(&bytes)), Some(bytes));
        }
        assert_eq!(encode(b"Kafka"), "S2Fma2E");
    }

    #[test]
    fn a_damaged_link_gives_a_reason_and_never_a_panic() {
        let good = sample().link();
        let cut = &good[..good.len() - 5];
        for hash in [
            "",
            "v1",
            "v1.",
            "v2.abc",
            "v1.!!!",
            "v1.A",
            cut,
            "v1.eyJ2IjoxfQ",
            "x.y.z",
        ] {
            let refused = Script::from_link(hash);
            assert!(
                refused.as_ref().is_err_and(|reason| !reason.is_empty()),
                "{hash}: {refused:?}"
            );
        }
    }

    #[test]
    fn deeds_out_of_order_are_refused() {
        let mut script = sample();
        script.deeds.swap(0, 1);
        assert_eq!(
            Script::read(&script.write()),
            Err("its deeds are not in order of time".into())
        );
    }
}
