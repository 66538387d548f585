//! What the inspector tells of an object: facts of the picture, and what only the run knows.

use kafka_core::compress::Compression;
use kafka_core::types::NodeId;
use kafka_shell::data_dir;

use super::Session;
use crate::i18n::Text;
use crate::i18n::fate;
use crate::i18n::sentence::ids;
use crate::view_model::cluster::ClusterView;
use crate::view_model::inspector::{Fact, InspectorView, inspect};
use crate::view_model::object::{ObjectId, PartitionName};
use crate::view_model::records::{self, RecordFacts};
use crate::view_model::{timers, world};

/// Records listed for a partition.
const RECORDS: u64 = 12;

/// Files listed for a replica.
const FILES: usize = 14;

impl Session {
    /// The panel of an object, or of the whole cluster.
    pub(super) fn inspector(
        &self,
        cluster: &ClusterView,
        object: Option<&ObjectId>,
    ) -> InspectorView {
        let mut view = inspect(cluster, object, self.preferences.lang);
        let Some(object) = object else {
            view.checks = self.check_rows();
            return view;
        };
        view.why = self.why(object);
        for action in &mut view.actions {
            action.off = self.locked(&action.task).or(action.off);
        }
        if let Some(id) = self.process_of(object) {
            let world = self.timeline.world();
            view.timers.extend(timers::timers(world, id));
            view.configs = timers::configs(world, id);
        }
        match object {
            ObjectId::Partition(name) => view.records = self.newest_records(name),
            ObjectId::Replica(name, broker) => {
                view.records = self.newest_records(name);
                view.files = self.files(name, *broker);
            }
            ObjectId::Record(name, offset) => self.tell_record(&mut view, name, *offset),
            _ => {}
        }
        view
    }

    /// The process an object is.
    fn process_of(&self, object: &ObjectId) -> Option<NodeId> {
        match object {
            ObjectId::Broker(id) | ObjectId::Controller(id) => u32::try_from(*id).ok().map(NodeId),
            ObjectId::Client(name) => world::client_names(self.timeline.world())
                .into_iter()
                .find(|(_, n)| n == name)
                .map(|(id, _)| id),
            _ => None,
        }
    }

    /// The files of a replica's log; of many, those of its newest segments.
    fn files(&self, name: &PartitionName, broker: i32) -> Vec<(String, u64)> {
        let path = format!("/tmp/kafka-logs-{broker}/{name}");
        let listed = data_dir::list(self.timeline.world(), &path).unwrap_or_default();
        let sized = listed
            .into_iter()
            .filter_map(|(name, size)| Some((name, size?)));
        let mut files: Vec<(String, u64)> = sized.collect();
        // Names of segments sort by offset, and stand before those of checkpoints.
        files.drain(..files.len().saturating_sub(FILES));
        files
    }

    fn newest_records(&self, name: &PartitionName) -> Vec<(ObjectId, String)> {
        let lang = self.preferences.lang;
        let newest = records::newest(self.timeline.world(), name, RECORDS);
        let row = |r: RecordFacts| {
            let words = fate::record(lang, r.offset, r.key.as_deref(), r.value.as_deref());
            (ObjectId::Record(name.clone(), r.offset), words)
        };
        newest.into_iter().map(row).collect()
    }

    /// What is in a record and what became of it.
    fn tell_record(&self, view: &mut InspectorView, name: &PartitionName, offset: u64) {
        let Some(record) = records::find(self.timeline.world(), name, offset) else {
            return;
        };
        let lang = self.preferences.lang;
        let mut fact = |text: Text, value: String| {
            view.facts.push(Fact {
                name: lang.say(text).to_owned(),
                value,
                words: false,
                was: None,
            });
        };
        fact(Text::FactLeaderEpoch, record.epoch.to_string());
        if record.compression != Compression::None {
            fact(Text::FactCompression, record.compression.name().to_owned());
        }
        if let Some(key) = record.key {
            fact(Text::FactKey, key);
        }
        fact(
            Text::FactValue,
            record.value.unwrap_or_else(|| "null".into()),
        );
        fact(Text::FactTimestamp, record.timestamp_ms.to_string());
        fact(Text::FactHeldBy, ids(&record.brokers));
        view.fate = self.fate(record.tag);
        if !view.fate.is_empty() {
            // Its life says more than the last event of its partition.
            view.why.clear();
        }
    }
}
