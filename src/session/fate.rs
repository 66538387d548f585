//! "What happened to this record": the ledger's answer at the moment shown.
//!
//! The ledger is not part of Kafka. It knows the branch up to its furthest moment; here only what
//! had happened by now is told.

use kafka_check::{AppendedAt, Fate};
use kafka_core::protocol::Acks;
use kafka_core::types::NodeId;
use kafka_sim::Seq;

use super::Session;
use crate::i18n::fate::{Stage, stage};
use crate::i18n::sentence::place;
use crate::view_model::flight;
use crate::view_model::inspector::WhyStep;
use crate::view_model::world::{client_names, number};

impl Session {
    /// The stages of a record's life so far, oldest first.
    pub fn fate(&self, tag: u64) -> Vec<WhyStep> {
        let fate = self.checks.fate(self.timeline.current(), tag);
        let Some(fate) = fate.filter(|_| tag != 0) else {
            return Vec::new();
        };
        let trace = self.timeline.world().trace();
        let mut stages = self.stages(&fate);
        stages.retain(|(seq, _)| seq.0 < trace.len());
        stages.sort_by_key(|(seq, _)| *seq);
        let lang = self.preferences.lang;
        stages
            .into_iter()
            .filter_map(|(seq, what)| {
                Some(WhyStep {
                    event: u64::from(seq.0),
                    at: trace.get(seq)?.at.0,
                    words: stage(lang, &what),
                })
            })
            .collect()
    }

    fn stages(&self, fate: &Fate) -> Vec<(Seq, Stage)> {
        let world = self.timeline.world();
        let names = client_names(world);
        let name = |id: NodeId| place(&flight::place(world, id, &names));
        let mut stages = Vec::new();
        if let Some((seq, producer)) = fate.sent {
            stages.push((seq, Stage::Sent(name(producer))));
        }
        for at in &fate.appended {
            self.copy_stages(at, &mut stages);
        }
        if let (Some((seq, _, acks)), Some((_, producer))) = (fate.acknowledged, fate.sent) {
            stages.push((seq, Stage::Acknowledged(name(producer), acks_name(acks))));
        }
        if let Some((seq, error)) = fate.failed {
            stages.push((seq, Stage::Failed(error.name())));
        }
        for (consumer, seq) in &fate.delivered {
            stages.push((*seq, Stage::Delivered(name(*consumer))));
        }
        stages
    }

    fn copy_stages(&self, at: &AppendedAt, stages: &mut Vec<(Seq, Stage)>) {
        let world = self.timeline.world();
        let partition = flight::partition_name(world, at.partition)
            .map_or_else(String::new, |name| name.to_string());
        let offset = at.offset.0;
        let appended = Stage::Appended(number(at.leader), partition.clone(), offset);
        stages.push((at.seq, appended));
        stages.extend(at.visible.map(|seq| (seq, Stage::Visible)));
        let lost = |seq| (seq, Stage::Superseded(partition.clone(), offset));
        stages.extend(at.superseded.map(lost));
    }
}

fn acks_name(acks: Acks) -> &'static str {
    match acks {
        Acks::None => "0",
        Acks::Leader => "1",
        Acks::All => "all",
    }
}
