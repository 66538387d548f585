//! What was promised and not kept: to those in sync, to readers, to senders.

use kafka_check::{Breach, partition_name};
use kafka_sim::World;

/// The finding in Chinese.
pub(super) fn chinese(world: &World, found: &Breach) -> String {
    let p = |id| partition_name(world, id);
    match found {
        Breach::InSyncLacks {
            leader,
            partition,
            high_watermark,
            member,
        } => format!(
            "broker {leader} 上 {} 的高水位为 {high_watermark}，但同步副本 broker {member} 并未持有其下的全部消息",
            p(*partition)
        ),
        Breach::CandidateLacks {
            partition,
            broker,
            log_end,
            committed,
        } => format!(
            "broker {broker} 可被选为 {} 的 leader，却只持有 {log_end} 之前的消息，而 {committed} 之前的都已提交",
            p(*partition)
        ),
        Breach::CommittedShrank {
            partition,
            leader,
            from,
            to,
        } => format!(
            "leader 为 {leader} 时，{} 的已提交部分从 {from} 缩短到 {to}",
            p(*partition)
        ),
        Breach::ReadTakenBack {
            partition,
            leader,
            offset,
        } => format!(
            "{} 偏移量 {offset} 处的消息已交给消费者，leader {leader} 却没有它",
            p(*partition)
        ),
        Breach::SentBefore {
            partition,
            producer,
            offset,
        } => format!(
            "生产者 {producer} 在 {} 偏移量 {offset} 处的消息比排在它前面的那条更早发送",
            p(*partition)
        ),
        Breach::KeyStrayed {
            partition,
            producer,
            offset,
            expected,
        } => format!(
            "生产者 {producer} 在 {} 偏移量 {offset} 处有消息，其键应属于分区 {expected}",
            p(*partition)
        ),
        Breach::PositionBeyondEnd {
            consumer,
            partition,
            position,
            log_end,
        } => format!(
            "消费者 {consumer} 在 {} 的位置为 {position}，但 leader 的日志末端为 {log_end}",
            p(*partition)
        ),
        Breach::GivenAgain {
            group,
            partition,
            offset,
        } => format!(
            "{} 偏移量 {offset} 处的消息再次交给了消费者组 {group}",
            p(*partition)
        ),
        Breach::NeverGiven {
            group,
            partition,
            offset,
        } => format!(
            "消费者组 {group} 已读到 {} 的末端，却从未得到偏移量 {offset} 处的消息",
            p(*partition)
        ),
        _ => String::new(),
    }
}
