//! The sentences of what becomes of a log: deleted, compacted, its disk broken (LOG-16).

use kafka_sim::DiskState;

/// What a broker did to its log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LogFact {
    /// The first offset moved: broker, partition, from, to.
    Start(String, String, i64, i64),
    /// Compacted: broker, partition, clean up to, records before, after.
    Cleaned(String, String, i64, u64, u64),
    /// The disk under the broker's only log directory is in this state now.
    Disk(String, DiskState),
}

impl LogFact {
    /// The sentence in English.
    pub fn english(&self) -> String {
        match self {
            LogFact::Start(broker, partition, from, to) => format!(
                "{broker}: the log of {partition} begins at {to} now, no longer at {from}; what lay below is deleted."
            ),
            LogFact::Cleaned(broker, partition, until, before, after) => format!(
                "{broker} compacted {partition} up to offset {until}: {after} of {before} records are left, the latest of each key."
            ),
            LogFact::Disk(broker, DiskState::Broken) => {
                format!("The log directory of {broker} failed. It has no other, so it halts.")
            }
            LogFact::Disk(broker, DiskState::Full) => {
                format!("The disk of {broker} is full. Nothing can be appended, so it halts.")
            }
            LogFact::Disk(broker, DiskState::Good) => {
                format!("The disk of {broker} works again.")
            }
        }
    }

    /// The sentence in Chinese.
    pub fn chinese(&self) -> String {
        match self {
            LogFact::Start(broker, partition, from, to) => format!(
                "{broker}：{partition} 的日志现在从 {to} 开始，不再从 {from} 开始；之前的消息已删除。"
            ),
            LogFact::Cleaned(broker, partition, until, before, after) => format!(
                "{broker} 把 {partition} 压缩到偏移量 {until}：{before} 条消息剩下 {after} 条，即每个键的最新消息。"
            ),
            LogFact::Disk(broker, DiskState::Broken) => {
                format!("{broker} 的日志目录失效。它没有别的目录，于是停机。")
            }
            LogFact::Disk(broker, DiskState::Full) => {
                format!("{broker} 的磁盘已满。无法再追加，于是停机。")
            }
            LogFact::Disk(broker, DiskState::Good) => format!("{broker} 的磁盘恢复正常。"),
        }
    }
}
