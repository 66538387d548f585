//! The sentences of what becomes of a log: deleted, compacted, its disk broken (LOG-16).

use kafka_sim::DiskState;

/// What a broker did to its log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LogFact {
    /// The first offset moved: broker, partition, from, to.
    Start(String, String, i64, i64),
    /// Compacted: broker, partition, clean up to, records before, after.
    Cleaned(String, String, i64, u64, u64),
    /// The disk under the broker's first log directory, the metadata's, is in this state now.
    Disk(String, DiskState),
    /// The disk under another of its log directories, by number.
    DiskOf(String, u32, DiskState),
    /// The broker gave up a log directory: its number, how many replicas were in it.
    DirFailed(String, u32, u32),
    /// The broker copies its replica of a partition to another of its log directories.
    MoveBegan(String, String, u32),
    /// The broker's replica of a partition does not move to that log directory after all.
    MoveCancelled(String, String, u32),
    /// The broker's replica of a partition moved from one log directory to another.
    Moved(String, String, u32, u32),
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
                format!(
                    "The log directory of {broker} that holds the metadata failed, so it halts."
                )
            }
            LogFact::Disk(broker, DiskState::Full) => {
                format!("The disk of {broker} is full. Nothing can be appended, so it halts.")
            }
            LogFact::Disk(broker, DiskState::Good) => {
                format!("The disk of {broker} works again.")
            }
            LogFact::DiskOf(broker, dir, DiskState::Broken) => format!(
                "The disk under log directory {dir} of {broker} broke. The broker notices when it next writes there."
            ),
            LogFact::DiskOf(broker, dir, DiskState::Full) => format!(
                "The disk under log directory {dir} of {broker} is full. The broker notices when it next writes there."
            ),
            LogFact::DiskOf(broker, dir, DiskState::Good) => format!(
                "The disk under log directory {dir} of {broker} works again. If the broker has given the directory up, it uses it again after a restart."
            ),
            LogFact::DirFailed(broker, dir, replicas) => format!(
                "{broker} gave up its log directory {dir}: {replicas} replicas are offline; the other directories go on."
            ),
            LogFact::MoveBegan(broker, partition, dir) => format!(
                "{broker} copies its replica of {partition} to log directory {dir}; the replica serves where it is until the copy is complete."
            ),
            LogFact::MoveCancelled(broker, partition, dir) => format!(
                "{broker} does not move its replica of {partition} to log directory {dir}: it stays where it is."
            ),
            LogFact::Moved(broker, partition, from, to) => format!(
                "{broker} moved its replica of {partition} from log directory {from} to {to}; the old files are deleted a minute later."
            ),
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
                format!("{broker} 存放元数据的日志目录失效，于是停机。")
            }
            LogFact::Disk(broker, DiskState::Full) => {
                format!("{broker} 的磁盘已满。无法再追加，于是停机。")
            }
            LogFact::Disk(broker, DiskState::Good) => format!("{broker} 的磁盘恢复正常。"),
            LogFact::DiskOf(broker, dir, DiskState::Broken) => {
                format!("{broker} 的日志目录 {dir} 所在磁盘损坏。broker 下次写入该目录时发现。")
            }
            LogFact::DiskOf(broker, dir, DiskState::Full) => {
                format!("{broker} 的日志目录 {dir} 所在磁盘已满。broker 下次写入该目录时发现。")
            }
            LogFact::DiskOf(broker, dir, DiskState::Good) => format!(
                "{broker} 的日志目录 {dir} 所在磁盘恢复正常。若 broker 已弃用该目录，重启后再使用。"
            ),
            LogFact::DirFailed(broker, dir, replicas) => {
                format!("{broker} 弃用日志目录 {dir}：{replicas} 个副本离线，其余目录照常工作。")
            }
            LogFact::MoveBegan(broker, partition, dir) => format!(
                "{broker} 把 {partition} 的副本复制到日志目录 {dir}；复制完成之前，副本仍在原处工作。"
            ),
            LogFact::MoveCancelled(broker, partition, dir) => {
                format!("{broker} 不再把 {partition} 的副本移到日志目录 {dir}：副本留在原处。")
            }
            LogFact::Moved(broker, partition, from, to) => format!(
                "{broker} 把 {partition} 的副本从日志目录 {from} 移到 {to}；旧文件一分钟后删除。"
            ),
        }
    }
}
