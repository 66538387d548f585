//! What the transactional applications of a run do, and when: begin, send, send
//! offsets, commit or abort; some are killed in the middle and start again, some forget
//! to end a transaction (TXN-1 to TXN-13).

use kafka_core::client::{
    ClientCommand, NamedPartition, OffsetsToSend, RecordToSend, TransactionCall,
};
use kafka_core::types::{Bytes, Duration, NodeId, Offset, Time};
use kafka_sim::Action;
use kafka_sim::workload::Workload;

use crate::dice::Dice;

/// One application's deeds in order of time.
struct Script<'a> {
    client: NodeId,
    workload: &'a Workload,
    /// Records it has sent; restarts do not set it back, so tags stay distinct.
    sent: u64,
    at: Time,
    deeds: Vec<(Time, Action)>,
}

/// Draws what the applications do within `length`.
pub(crate) fn draw(
    dice: &mut Dice,
    applications: &[NodeId],
    workload: &Workload,
    length: Duration,
) -> Vec<(Time, Action)> {
    let mut deeds = Vec::new();
    for client in applications {
        let mut script = Script {
            client: *client,
            workload,
            sent: 0,
            at: Time::ZERO + dice.ms(500, 3_000),
            deeds: Vec::new(),
        };
        while script.at < Time::ZERO + length {
            script.transaction(dice);
        }
        deeds.append(&mut script.deeds);
    }
    deeds
}

impl Script<'_> {
    fn transaction(&mut self, dice: &mut Dice) {
        self.call(TransactionCall::Begin);
        for _ in 0..dice.number(0, 6) {
            self.send(dice);
            self.at = self.at + dice.ms(0, 150);
        }
        if dice.chance(30) {
            self.send_offsets(dice);
        }
        match dice.number(0, 99) {
            0..60 => self.call(TransactionCall::Commit),
            60..85 => self.call(TransactionCall::Abort),
            // Killed in the middle; the next life begins as every one does.
            85..93 => {
                self.push(Action::Crash(self.client));
                self.at = self.at + dice.ms(10, 4_000);
                self.push(Action::Start(self.client));
                self.call(TransactionCall::Init);
            }
            // The transaction stays open.
            _ => self.at = self.at + dice.ms(1_000, 15_000),
        }
        self.at = self.at + dice.ms(20, 2_500);
    }

    fn push(&mut self, action: Action) {
        self.deeds.push((self.at, action));
    }

    fn command(&mut self, command: ClientCommand) {
        self.push(Action::Command {
            client: self.client,
            command: Box::new(command),
        });
    }

    fn call(&mut self, call: TransactionCall) {
        self.command(ClientCommand::Transaction(call));
    }

    fn send(&mut self, dice: &mut Dice) {
        self.sent += 1;
        let key = format!("t{}", dice.number(0, 3));
        let value = format!("{}-{}", self.client, self.sent);
        let record = RecordToSend {
            topic: self.workload.topic.clone(),
            partition: None,
            key: Some(Bytes::from(key.as_bytes())),
            value: Some(Bytes::from(value.as_bytes())),
            headers: Vec::new(),
            timestamp_ms: None,
        };
        let tag = u64::from(self.client.0) << 32 | self.sent;
        self.command(ClientCommand::Send(record, tag));
    }

    fn send_offsets(&mut self, dice: &mut Dice) {
        let last = u64::from(self.workload.partitions) - 1;
        let partition = NamedPartition {
            topic: self.workload.topic.clone(),
            partition: dice.number(0, last) as u32,
        };
        let offset = Offset(self.sent as i64);
        self.command(ClientCommand::SendOffsets(OffsetsToSend {
            group: "swarm-offsets".into(),
            member: None,
            offsets: vec![(partition, offset)],
        }));
    }
}
