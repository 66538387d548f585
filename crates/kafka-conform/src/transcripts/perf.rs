//! `kafka-producer-perf-test.sh` of a recorded story, played as the producer it is.
//!
//! The tool is not simulated, and what it printed are numbers of the recorded machine, so that is
//! not compared. The records it sent are those it always sends, and all that the story asks of
//! them afterwards is. Not here: the other tools that measure. Invariant: a line with an option
//! that is not understood is not played.

use kafka_core::client::{ClientCommand, ClientEvent, RecordToSend, TransactionCall};
use kafka_core::config::ProducerConfig;
use kafka_core::types::Duration;
use kafka_scenario::clients::producer_setting;
use kafka_sim::{Action, World};

use super::actors::{Wait, command, start};
use super::producers::{call, until_ready, wait};

const TOOL: &str = "kafka-producer-perf-test.sh";

/// How long the recorded machine took between the first record and the second where that made
/// two batches of them: the topic, and the milliseconds by the records' own times.
const HESITATIONS: [(&str, usize, u64); 1] = [("bank", 3, 8)];

/// What a line asks for.
pub(super) struct Load {
    config: ProducerConfig,
    topic: String,
    records: usize,
    record_size: usize,
    /// Between two records.
    pause: Duration,
}

impl Load {
    /// The load of a command line; `None` if it is another tool, or asks for more than records
    /// of one size.
    pub(super) fn of(line: &str) -> Option<Load> {
        let mut words = line.split_whitespace();
        if words.next() != Some(TOOL) {
            return None;
        }
        let mut load = Load {
            config: ProducerConfig::default(),
            topic: String::new(),
            records: 0,
            record_size: 0,
            pause: Duration::ZERO,
        };
        load.config.client.client_id = "perf-producer-client".into();
        while let (Some(option), Some(value)) = (words.next(), words.next()) {
            match option {
                // Every story has one broker; a transaction lasts longer than the load.
                "--bootstrap-server" | "--transaction-duration-ms" => {}
                "--topic" => load.topic = value.to_string(),
                "--num-records" => load.records = value.parse().ok()?,
                "--record-size" => load.record_size = value.parse().ok()?,
                "--throughput" => load.pause = pause(value.parse().ok()?),
                "--transactional-id" => load.config.transactional_id = Some(value.into()),
                "--command-property" if value == "compression.type=none" => {}
                "--command-property" => {
                    let (name, value) = value.split_once('=')?;
                    producer_setting(&mut load.config, name, value).ok()?;
                }
                _ => return None,
            }
        }
        (load.records > 0 && load.record_size > 0).then_some(load)
    }

    /// Sends the records and closes the producer.
    ///
    /// # Errors
    /// What could not be done.
    pub(super) fn run(self, world: &mut World) -> Result<(), String> {
        let is_transactional = self.config.transactional_id.is_some();
        let client = start(world, &Action::AddProducer(Box::new(self.config)))?;
        if is_transactional {
            call(world, client, TransactionCall::Init)?;
            until_ready(world, client)?;
            call(world, client, TransactionCall::Begin)?;
        }
        let mut letters = Letters(0);
        for number in 0..self.records {
            let value: Vec<u8> = (0..self.record_size).map(|_| letters.next()).collect();
            let record = RecordToSend {
                topic: self.topic.as_str().into(),
                partition: None,
                key: None,
                value: Some(value.into()),
                headers: Vec::new(),
                timestamp_ms: None,
            };
            command(world, client, ClientCommand::Send(record, 0))?;
            let mut hesitations = HESITATIONS.iter().filter(|_| number == 0);
            let here = hesitations.find(|it| it.0 == self.topic && it.1 == self.records);
            let pause = here.map_or(self.pause, |it| Duration::from_ms(it.2));
            if pause > Duration::ZERO {
                let _ = world.run_for(pause);
            }
        }
        if is_transactional {
            command(world, client, ClientCommand::Commit(None))?;
            until_ready(world, client)?;
        }
        let closed = Wait::For(client, world.history().len(), |event| {
            matches!(event, ClientEvent::Closed)
        });
        command(world, client, ClientCommand::Close { leave: true })?;
        wait(world, |world| closed.is_over(world), "it does not close")
    }
}

fn pause(throughput: i64) -> Duration {
    match u64::try_from(throughput) {
        Ok(per_second) if per_second > 0 => Duration::from_us(1_000_000 / per_second),
        _ => Duration::ZERO,
    }
}

/// Java's `SplittableRandom` of that seed, drawing letters as the tool does.
struct Letters(u64);

impl Letters {
    fn bits(&mut self) -> u32 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ self.0 >> 33).wrapping_mul(0x62a9_d9ed_7997_05f5);
        ((z ^ z >> 28).wrapping_mul(0xcb24_d0a5_c88c_35b3) >> 32) as u32
    }

    fn next(&mut self) -> u8 {
        const LETTERS: u32 = 26;
        loop {
            let drawn = self.bits() >> 1;
            let letter = drawn % LETTERS;
            // Too near to the end of the range to be fair.
            if drawn - letter <= (i32::MAX as u32) - (LETTERS - 1) {
                return b'A' + letter as u8;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The letters of a recorded load.
    #[test]
    fn the_records_are_those_the_tool_sends() {
        let mut letters = Letters(0);
        let drawn: Vec<u8> = (0..40).map(|_| letters.next()).collect();
        let recorded = "YQHHNEBSEPDNSEIFGAMSUJXKOLTXSPLGHDIOYZJF";
        assert_eq!(String::from_utf8_lossy(&drawn), recorded);
    }

    #[test]
    fn only_plain_loads_are_played() {
        let line = |more: &str| {
            format!(
                "{TOOL} --bootstrap-server localhost:9092 --topic t --num-records 3 --throughput -1 {more}"
            )
        };
        assert!(Load::of(&line("--record-size 8")).is_some());
        assert!(Load::of(&line("--payload-monotonic")).is_none());
        assert!(Load::of(&line("--record-size 8 --print-metrics x")).is_none());
        assert!(Load::of("kafka-topics.sh --list x").is_none());
    }
}
