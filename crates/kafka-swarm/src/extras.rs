//! Clients beside the everyday work: members of a share group, applications that
//! write in transactions.
//!
//! They are added after the workload's clients and before anything goes wrong.

use kafka_core::client::{ClientCommand, TransactionCall};
use kafka_core::config::{Acknowledging, ProducerConfig, ShareConsumerConfig};
use kafka_core::protocol::AcknowledgeType;
use kafka_core::types::{Duration, Name, NodeId, Time};
use kafka_sim::{Action, ActionError, World};

use crate::dice::Dice;

/// Clients beside the workload's.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Extras {
    /// Members of a share group.
    pub share_members: Vec<ShareConsumerConfig>,
    /// Applications with a transactional id; two may have the same.
    pub applications: Vec<ProducerConfig>,
}

impl Extras {
    /// Draws them.
    pub(crate) fn draw(dice: &mut Dice) -> Extras {
        let mut extras = Extras::default();
        if dice.chance(30) {
            for _ in 0..dice.number(1, 3) {
                extras.share_members.push(share_member(dice));
            }
        }
        if dice.chance(40) {
            let timeout = *dice.pick(&[60_000, 10_000, 3_000]);
            for number in 0..dice.number(1, 2) {
                let mut config = ProducerConfig {
                    transactional_id: Some("swarm".into()),
                    transaction_timeout_ms: timeout,
                    max_block_ms: 20_000,
                    delivery_timeout_ms: 40_000,
                    ..ProducerConfig::default()
                };
                if number == 1 && dice.chance(60) {
                    config.transactional_id = Some("swarm-2".into());
                }
                extras.applications.push(config);
            }
        }
        extras
    }

    /// How many clients they are.
    pub(crate) fn clients(&self) -> u32 {
        (self.share_members.len() + self.applications.len()) as u32
    }

    /// Adds them to a world; the share group reads `topic`.
    pub(crate) fn start(&self, world: &mut World, topic: &Name) -> Result<(), ActionError> {
        for config in &self.share_members {
            let added = Action::AddShareConsumer(Box::new(config.clone()));
            begin(world, &added, ClientCommand::Subscribe(vec![topic.clone()]))?;
        }
        for config in &self.applications {
            let added = Action::AddProducer(Box::new(config.clone()));
            let init = ClientCommand::Transaction(TransactionCall::Init);
            begin(world, &added, init)?;
        }
        Ok(())
    }

    /// When members of the share group go, by leaving or by dying, and come back. `first`
    /// is the id of the first client that is not the workload's.
    pub(crate) fn draw_comings(
        &self,
        dice: &mut Dice,
        first: NodeId,
        topic: &Name,
        length: Duration,
    ) -> Vec<(Time, Action)> {
        let mut deeds = Vec::new();
        for number in 0..self.share_members.len() as u32 {
            if !dice.chance(50) {
                continue;
            }
            let client = NodeId(first.0 + number);
            let at = Time::ZERO + dice.ms(1_000, length.0 / 1_000);
            let back = at + dice.ms(100, 8_000);
            deeds.push(match dice.chance(50) {
                true => (at, Action::Crash(client)),
                false => (at, Action::Terminate(client)),
            });
            deeds.push((back, Action::Start(client)));
            let command = Box::new(ClientCommand::Subscribe(vec![topic.clone()]));
            deeds.push((back, Action::Command { client, command }));
        }
        deeds
    }

    /// The ids of the applications, given the id of the first client that is not the
    /// workload's.
    pub(crate) fn application_ids(&self, first: NodeId) -> Vec<NodeId> {
        let from = first.0 + self.share_members.len() as u32;
        let ids = from..from + self.applications.len() as u32;
        ids.map(NodeId).collect()
    }
}

fn begin(world: &mut World, added: &Action, command: ClientCommand) -> Result<(), ActionError> {
    let client = world.apply(added)?.node.ok_or(ActionError::WorldFull)?;
    let command = Box::new(command);
    world.apply(&Action::Command { client, command }).map(drop)
}

fn share_member(dice: &mut Dice) -> ShareConsumerConfig {
    use AcknowledgeType::{Accept, Reject, Release};
    let kinds = [
        Acknowledging::Implicit,
        Acknowledging::Implicit,
        Acknowledging::Always(Accept),
        Acknowledging::Always(Release),
        Acknowledging::Always(Reject),
    ];
    ShareConsumerConfig {
        group: "swarm-share".into(),
        acknowledging: *dice.pick(&kinds),
        max_poll_records: *dice.pick(&[500, 100]),
        work: dice.ms(0, 2),
        ..ShareConsumerConfig::default()
    }
}
