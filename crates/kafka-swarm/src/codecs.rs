//! Which producers compress, and whether the topic wants a codec of its own.

use kafka_core::compress::Compression;
use kafka_core::config::ProducerConfig;
use kafka_sim::workload::Workload;

use crate::dice::Dice;

/// Gives some producers and some topics a codec.
pub(crate) fn choose(
    dice: &mut Dice,
    workload: &mut Workload,
    applications: &mut [ProducerConfig],
) {
    for producer in workload.producers.iter_mut().chain(applications) {
        if dice.chance(30) {
            producer.compression = *dice.pick(&Compression::ALL);
        }
    }
    if dice.chance(15) {
        let codec = *dice.pick(&["uncompressed", "gzip", "snappy", "lz4", "zstd"]);
        let setting = ("compression.type".into(), codec.into());
        workload.configs.push(setting);
    }
}
