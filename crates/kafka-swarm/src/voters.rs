//! A controller that comes and goes: in some clusters the voters of the quorum can change, and an
//! operator adds and removes one of them whatever else goes on (RAFT-15).
//!
//! Never two: of two voters, with the other one dead, a leader that removes itself has a log that
//! says it does not vote and that the other one lacks. Nobody can be elected then, in Kafka too.

use kafka_core::client::{AdminTarget, ClientCommand};
use kafka_core::metadata::ReplicaKey;
use kafka_core::protocol::{AddRaftVoterRequest, RemoveRaftVoterRequest, Request};
use kafka_core::types::{Duration, NodeId, Time};
use kafka_sim::{Action, ClusterSpec};

use crate::dice::Dice;
use crate::faults::ADMIN;

/// Numbers of these calls, above those of the operator of partitions.
const FIRST_CALL: u64 = 1_000_000;

/// Draws how the quorum is formatted, and what is asked of it within `length`.
pub(crate) fn draw(
    dice: &mut Dice,
    spec: &mut ClusterSpec,
    length: Duration,
) -> Vec<(Time, Action)> {
    let controllers: Vec<NodeId> = spec.controllers.iter().map(|it| it.node).collect();
    let &[.., last] = controllers.as_slice() else {
        return Vec::new();
    };
    if controllers.len() < 3 || !dice.chance(15) {
        return Vec::new();
    }
    let joins = usize::from(dice.chance(50));
    *spec = spec.clone().with_voters(controllers.len() - joins);
    let voter = ReplicaKey::of(last);
    let mut deeds = Vec::new();
    let mut at = Time::ZERO + dice.ms(500, 6_000);
    while at < Time::ZERO + length {
        let request = match dice.chance(50) {
            true => Request::AddRaftVoter(AddRaftVoterRequest {
                voter,
                ack_when_committed: true,
            }),
            false => Request::RemoveRaftVoter(RemoveRaftVoterRequest { voter }),
        };
        let number = FIRST_CALL + deeds.len() as u64;
        let call = ClientCommand::Call(number, AdminTarget::AnyBroker, Box::new(request));
        let (client, command) = (ADMIN, Box::new(call));
        deeds.push((at, Action::Command { client, command }));
        at = at + dice.ms(500, 6_000);
    }
    deeds
}
