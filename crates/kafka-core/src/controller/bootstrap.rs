//! The first records of a new cluster, as `kafka-storage.sh format` prepares them.

use crate::config::ControllerConfig;
use crate::metadata::MetadataRecord;
use crate::protocol::ConfigResource;

/// `metadata.version` 4.3-IV0.
const METADATA_VERSION: i16 = 30;

/// Bootstrap records in Kafka's order. With ELR off there is neither its feature nor a
/// cluster-wide `min.insync.replicas`.
pub fn records(config: &ControllerConfig) -> Vec<MetadataRecord> {
    let elr_on = config.elr_version >= 1;
    let feature = |name: &str, level: i16| MetadataRecord::FeatureLevel {
        name: name.into(),
        level,
    };
    let mut records = vec![
        MetadataRecord::BeginTransaction("Bootstrap records".into()),
        feature("metadata.version", METADATA_VERSION),
    ];
    if elr_on {
        let level = config.elr_version;
        records.push(feature("eligible.leader.replicas.version", level));
    }
    records.extend([
        feature("group.version", 1),
        feature("share.version", 1),
        feature("streams.version", 1),
    ]);
    if config.transaction_version > 0 {
        let level = config.transaction_version;
        records.push(feature("transaction.version", level));
    }
    if elr_on {
        records.push(MetadataRecord::Config {
            resource: ConfigResource::Broker(None),
            name: "min.insync.replicas".into(),
            value: Some(config.min_insync_replicas.to_string().into()),
        });
    }
    records.push(MetadataRecord::EndTransaction);
    records
}
