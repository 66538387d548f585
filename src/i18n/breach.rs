//! What a check found, as a sentence. English is the checker's own.

mod kept;

use kafka_check::{Breach, partition_name};
use kafka_sim::World;

use super::Lang;

/// The finding, with partitions called by their names.
pub fn breach(lang: Lang, world: &World, breach: &Breach) -> String {
    match lang {
        Lang::En => breach.told(world).to_string(),
        Lang::Zh => chinese(world, breach),
    }
}

/// Lists every finding, so that a new one without Chinese words does not compile.
fn chinese(world: &World, found: &Breach) -> String {
    match found {
        Breach::OffsetsOutOfOrder { .. }
        | Breach::CommittedDiffers { .. }
        | Breach::PrefixDiffers { .. }
        | Breach::DeletedTooMuch { .. }
        | Breach::CompactedTooMuch { .. }
        | Breach::EpochFell { .. }
        | Breach::LeaderLacks { .. }
        | Breach::HighWatermarkFell { .. }
        | Breach::HighWatermarkBeyondReplica { .. }
        | Breach::MovedUnderMinIsr { .. } => replica(world, found),
        Breach::LeaderOutsideIsr { .. }
        | Breach::IsrOutsideReplicas { .. }
        | Breach::InIsrAndElr { .. }
        | Breach::FencedInIsr { .. }
        | Breach::NotInMaximalIsr { .. }
        | Breach::FollowerAhead { .. }
        | Breach::ElectedOutsider { .. }
        | Breach::NoWayBack { .. }
        | Breach::ReplicaDropped { .. }
        | Breach::TwoLeaders { .. }
        | Breach::EpochSkipped { .. }
        | Breach::EpochAhead { .. } => metadata(world, found),
        Breach::TwoQuorumLeaders { .. }
        | Breach::MetadataDiffers { .. }
        | Breach::OldEpochCommitted { .. }
        | Breach::AppliedOther { .. }
        | Breach::QuorumLeaderLacks { .. }
        | Breach::MetadataGone { .. }
        | Breach::VotedTwice { .. }
        | Breach::QuorumEpochFell { .. } => quorum(found),
        Breach::AcknowledgedLost { .. }
        | Breach::AcknowledgedUncommitted { .. }
        | Breach::SequenceRepeated { .. }
        | Breach::SequenceSkipped { .. } => records(world, found),
        Breach::TwoMembersHold { .. }
        | Breach::TwoTargets { .. }
        | Breach::MeantForAnother { .. }
        | Breach::MeantForNobody { .. }
        | Breach::NotSettled { .. } => modern_group(world, found),
        Breach::TwoOutcomes { .. }
        | Breach::UndecidedExposed { .. }
        | Breach::SessionShared { .. }
        | Breach::TwoCoordinators { .. }
        | Breach::FencedWrite { .. }
        | Breach::WrittenAfterEnd { .. }
        | Breach::IllegalTransition { .. } => transaction(world, found),
        Breach::InSyncLacks { .. }
        | Breach::CandidateLacks { .. }
        | Breach::CommittedShrank { .. }
        | Breach::ReadTakenBack { .. }
        | Breach::SentBefore { .. }
        | Breach::KeyStrayed { .. }
        | Breach::PositionBeyondEnd { .. }
        | Breach::GivenAgain { .. }
        | Breach::NeverGiven { .. } => kept::chinese(world, found),
        Breach::AcquiredTwice { .. }
        | Breach::DeliveredTooOften { .. }
        | Breach::ShareStartFell { .. } => share(world, found),
        Breach::TwoOwners { .. } | Breach::GenerationFell { .. } | Breach::ForeignCommit { .. } => {
            group(found)
        }
    }
}

fn replica(world: &World, found: &Breach) -> String {
    let p = |id| partition_name(world, id);
    match found {
        Breach::OffsetsOutOfOrder {
            broker,
            partition,
            log_start,
            high_watermark,
            log_end,
        } => format!(
            "broker {broker} 上 {} 的日志起始为 {log_start}、高水位为 {high_watermark}、日志末端为 {log_end}，次序不对",
            p(*partition)
        ),
        Breach::CommittedDiffers {
            broker,
            partition,
            offset,
        } => format!(
            "broker {broker} 在 {} 的已提交偏移量 {offset} 处持有的消息与当初提交的不同",
            p(*partition)
        ),
        Breach::DeletedTooMuch {
            broker,
            partition,
            from,
            to,
            bound,
        } => format!(
            "broker {broker} 把 {} 的日志起始从 {from} 移到 {to}，但只有 {bound} 之前的消息已提交",
            p(*partition)
        ),
        Breach::CompactedTooMuch {
            broker,
            partition,
            offset,
        } => format!(
            "broker {broker} 压缩 {} 时改动或删除了偏移量 {offset} 处的消息，而它是其键的最新消息",
            p(*partition)
        ),
        Breach::PrefixDiffers {
            broker,
            partition,
            offset,
            epoch,
        } => format!(
            "broker {broker} 在 {} 的偏移量 {offset} 处持有纪元 {epoch} 的批次，但此前的历史与该纪元的 leader 不同",
            p(*partition)
        ),
        Breach::EpochFell {
            broker,
            partition,
            offset,
            epoch,
            before,
        } => format!(
            "broker {broker} 上 {} 的日志在偏移量 {offset} 处从纪元 {before} 退回到 {epoch}",
            p(*partition)
        ),
        Breach::LeaderLacks {
            leader,
            partition,
            epoch,
            from,
            to,
        } => format!(
            "broker {leader} 在纪元 {epoch} 成为 {} 的 leader，却缺少已提交的消息 {from} 至 {to}",
            p(*partition)
        ),
        Breach::HighWatermarkFell {
            leader,
            partition,
            from,
            to,
        } => format!(
            "leader {leader} 的 {} 高水位在同一纪元内从 {from} 退到 {to}",
            p(*partition)
        ),
        Breach::HighWatermarkBeyondReplica {
            leader,
            partition,
            high_watermark,
            follower,
            log_end,
        } => format!(
            "leader {leader} 把 {} 的高水位移到 {high_watermark}，而同步副本 broker {follower} 只有 {log_end} 以下的数据",
            p(*partition)
        ),
        Breach::MovedUnderMinIsr {
            leader,
            partition,
            isr,
            min_isr,
        } => format!(
            "leader {leader} 在只有 {isr} 个同步副本时移动了 {} 的高水位，而至少需要 {min_isr} 个",
            p(*partition)
        ),
        _ => String::new(),
    }
}

fn metadata(world: &World, found: &Breach) -> String {
    let p = |id| partition_name(world, id);
    match found {
        Breach::LeaderOutsideIsr { partition, leader } => {
            format!("{} 的 leader {leader} 不在 ISR 中", p(*partition))
        }
        Breach::IsrOutsideReplicas { partition, broker } => format!(
            "broker {broker} 在 {} 的 ISR 或 ELR 中，却不是它的副本",
            p(*partition)
        ),
        Breach::InIsrAndElr { partition, broker } => format!(
            "broker {broker} 同时在 {} 的 ISR 和 ELR 中，或者 ISR 已足够大却仍有 ELR",
            p(*partition)
        ),
        Breach::FencedInIsr { partition, broker } => {
            format!("被隔离的 broker {broker} 在 {} 的 ISR 中", p(*partition))
        }
        Breach::NotInMaximalIsr {
            leader,
            partition,
            broker,
        } => format!(
            "{} 的 leader {leader} 没等 broker {broker} 就推进了高水位，而 controller 仍可能选它",
            p(*partition)
        ),
        Breach::FollowerAhead {
            broker,
            partition,
            high_watermark,
            committed,
        } => format!(
            "{} 的 follower {broker} 以为高水位是 {high_watermark}，而任何 leader 都没有超过 {committed}",
            p(*partition)
        ),
        Breach::ElectedOutsider { partition, leader } => format!(
            "broker {leader} 当选 {} 的 leader，被当作不会丢数据，却既不在 ISR 中，也不在 ELR 中",
            p(*partition)
        ),
        Breach::NoWayBack { partition } => format!(
            "{} 没有同步副本，也没有合格副本，还不知道最后的 leader 是谁",
            p(*partition)
        ),
        Breach::ReplicaDropped { partition, broker } => format!(
            "broker {broker} 不再是 {} 的副本，而没有重分配结束",
            p(*partition)
        ),
        Breach::TwoLeaders {
            partition,
            epoch,
            one,
            other,
        } => format!(
            "broker {one} 和 {other} 都在纪元 {epoch} 领导 {}",
            p(*partition)
        ),
        Breach::EpochSkipped {
            partition,
            from,
            to,
        } => format!(
            "{} 的 leader 纪元在一条元数据记录中从 {from} 变为 {to}",
            p(*partition)
        ),
        Breach::EpochAhead {
            broker,
            partition,
            epoch,
            committed,
        } => format!(
            "broker {broker} 按 {} 的纪元 {epoch} 行事，而已提交的元数据只到纪元 {committed}",
            p(*partition)
        ),
        _ => String::new(),
    }
}

fn quorum(found: &Breach) -> String {
    match found {
        Breach::TwoQuorumLeaders { epoch, one, other } => {
            format!("controller {one} 和 {other} 都被当作纪元 {epoch} 的仲裁 leader")
        }
        Breach::MetadataDiffers { voter, offset } => {
            format!("controller {voter} 在偏移量 {offset} 提交的元数据批次与先前提交的不同")
        }
        Breach::AppliedOther { broker, offset } => {
            format!("broker {broker} 应用了偏移量 {offset} 处并非已提交的元数据批次")
        }
        Breach::QuorumLeaderLacks {
            leader,
            epoch,
            offset,
        } => format!(
            "controller {leader} 在纪元 {epoch} 成为 leader，却没有偏移量 {offset} 处已提交的元数据"
        ),
        Breach::OldEpochCommitted {
            leader,
            epoch,
            batch,
        } => format!(
            "controller {leader} 在纪元 {epoch} 任 leader，还没有提交自己的批次就提交了纪元 {batch} 的批次"
        ),
        Breach::MetadataGone { offset } => {
            format!("没有任何 controller 的磁盘持有偏移量 {offset} 处已提交的元数据")
        }
        Breach::VotedTwice {
            voter,
            epoch,
            first,
            second: Some(second),
        } => format!("controller {voter} 在纪元 {epoch} 先投给 {first}，又投给 {second}"),
        Breach::VotedTwice {
            voter,
            epoch,
            first,
            second: None,
        } => format!("controller {voter} 忘记了它在纪元 {epoch} 投给 {first} 的票"),
        Breach::QuorumEpochFell { voter, from, to } => {
            format!("controller {voter} 从纪元 {from} 退回到 {to}")
        }
        _ => String::new(),
    }
}

fn records(world: &World, found: &Breach) -> String {
    let p = |id| partition_name(world, id);
    match found {
        Breach::AcknowledgedLost { partition, offset } => {
            format!("{} 偏移量 {offset} 处已确认的消息丢失了", p(*partition))
        }
        Breach::AcknowledgedUncommitted {
            partition,
            offset,
            committed,
        } => format!(
            "acks=all 确认了 {} 的偏移量 {offset}，而只有 {committed} 以下已提交",
            p(*partition)
        ),
        Breach::SequenceRepeated {
            partition,
            producer,
            sequence,
            offset,
        } => format!(
            "生产者 {producer} 的序号 {sequence} 在 {} 的偏移量 {offset} 处再次出现",
            p(*partition)
        ),
        Breach::SequenceSkipped {
            partition,
            producer,
            expected,
            sequence,
            offset,
        } => format!(
            "生产者 {producer} 在 {} 的偏移量 {offset} 处以序号 {sequence} 继续，而应为 {expected}",
            p(*partition)
        ),
        _ => String::new(),
    }
}

fn modern_group(world: &World, found: &Breach) -> String {
    let p = |id| partition_name(world, id);
    match found {
        Breach::TwoMembersHold {
            group,
            epoch,
            partition,
            one,
            other,
        } => format!(
            "消费组 {group} 在纪元 {epoch} 中，成员 {one} 和 {other} 同时持有 {}",
            p(*partition)
        ),
        Breach::TwoTargets {
            group,
            epoch,
            partition,
            one,
            other,
        } => format!(
            "消费组 {group} 的目标分配 {epoch} 把 {} 同时给了 {one} 和 {other}",
            p(*partition)
        ),
        Breach::MeantForAnother {
            group,
            epoch,
            partition,
            one,
            other,
        } => format!(
            "消费组 {group} 在纪元 {epoch} 中，成员 {one} 持有应属于 {other} 的 {}",
            p(*partition)
        ),
        Breach::MeantForNobody {
            group,
            epoch,
            partition,
        } => format!(
            "消费组 {group} 的目标分配 {epoch} 没有把 {} 给任何成员，尽管有成员订阅了该主题",
            p(*partition)
        ),
        Breach::NotSettled {
            group,
            epoch,
            member,
        } => format!(
            "消费组 {group} 在纪元 {epoch} 为 Stable，但成员 {member} 并未得到应属于它的分区"
        ),
        _ => String::new(),
    }
}

fn transaction(world: &World, found: &Breach) -> String {
    let p = |id| partition_name(world, id);
    match found {
        Breach::TwoOutcomes {
            producer,
            epoch,
            partition: Some(partition),
        } => format!(
            "生产者 {producer}（epoch {epoch}）的事务在一个分区提交而在另一个分区中止，涉及 {}",
            p(*partition)
        ),
        Breach::TwoOutcomes {
            producer, epoch, ..
        } => format!("生产者 {producer}（epoch {epoch}）的事务被先后决定为提交和中止"),
        Breach::UndecidedExposed {
            broker,
            partition,
            last_stable,
            first,
        } => format!(
            "broker {broker} 上 {} 的最后稳定偏移量为 {last_stable}，但从 {first} 起有未结束的事务",
            p(*partition)
        ),
        Breach::SessionShared {
            producer,
            epoch,
            one,
            other,
        } => format!("客户端 {one} 和 {other} 都得到生产者 {producer}、epoch {epoch}"),
        Breach::TwoCoordinators {
            producer,
            epoch,
            one,
            other,
        } => format!(
            "broker {one} 和 {other} 同为纪元 {epoch} 的协调者，都结束了生产者 {producer} 的事务"
        ),
        Breach::FencedWrite {
            broker,
            partition,
            producer,
            epoch,
            seen,
        } => format!(
            "broker {broker} 向 {} 写入生产者 {producer} 在 epoch {epoch} 的批次，而该分区已见过 epoch {seen}",
            p(*partition)
        ),
        Breach::WrittenAfterEnd {
            broker,
            partition,
            producer,
            epoch,
            offset,
        } => format!(
            "broker {broker} 在 {} 的位移 {offset} 写入生产者 {producer}（epoch {epoch}）的记录，而它的事务已经结束：再没有谁会结束它",
            p(*partition)
        ),
        Breach::IllegalTransition { id, from, to } => {
            format!("事务 ID {id} 从 {from} 变为 {to}")
        }
        _ => String::new(),
    }
}

fn share(world: &World, found: &Breach) -> String {
    let p = |id| partition_name(world, id);
    match found {
        Breach::AcquiredTwice {
            group,
            partition,
            offset,
            one,
            other,
        } => format!(
            "共享组 {group} 的成员 {one} 和 {other} 同时持有 {} 的偏移量 {offset}",
            p(*partition)
        ),
        Breach::DeliveredTooOften {
            group,
            partition,
            offset,
            count,
            limit,
        } => format!(
            "共享组 {group} 已 {count} 次收到 {} 的偏移量 {offset}，超过上限 {limit}",
            p(*partition)
        ),
        Breach::ShareStartFell {
            group,
            partition,
            from,
            to,
        } => format!(
            "共享组 {group} 在 {} 的起点从 {from} 退回到 {to}",
            p(*partition)
        ),
        _ => String::new(),
    }
}

fn group(found: &Breach) -> String {
    match found {
        Breach::TwoOwners {
            group,
            generation,
            topic,
            partition,
            one,
            other,
        } => format!(
            "消费组 {group} 的成员 {one} 和 {other} 在第 {generation} 代同时拥有 {topic}-{partition}"
        ),
        Breach::GenerationFell {
            group,
            coordinator,
            from,
            to,
        } => format!("消费组 {group} 在协调者 {coordinator} 上从第 {from} 代退回到第 {to} 代"),
        Breach::ForeignCommit {
            group,
            member,
            generation,
        } => format!(
            "消费组 {group} 接受了成员 “{member}” 在第 {generation} 代的提交，而它不属于这一代"
        ),
        _ => String::new(),
    }
}
