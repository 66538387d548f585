//! The rules that are checked, as sentences, and what is told when one is broken.

use kafka_check::{Invariant, Outcome, Setting, Violation};
use kafka_sim::World;

use super::Lang;
use super::breach::breach;

/// The rule in words.
pub fn rule(lang: Lang, invariant: Invariant) -> &'static str {
    use Invariant as I;
    let (en, zh) = match invariant {
        I::OffsetOrder
        | I::LogMatching
        | I::Retention
        | I::CompactionState
        | I::EpochPrefix
        | I::EpochMonotone => log_rule(invariant),
        I::LeaderComplete => (
            "A new leader holds everything committed.",
            "新 leader 拥有全部已提交的数据。",
        ),
        I::NoCommittedLost => (
            "What acks=all acknowledged is not lost.",
            "acks=all 确认过的数据不会丢失。",
        ),
        I::HwMonotoneLeader => (
            "A leader's high watermark never goes back.",
            "leader 的高水位不会倒退。",
        ),
        I::HwBound => (
            "The high watermark is at most what every in-sync replica holds.",
            "高水位不超过每个同步副本已有的数据。",
        ),
        I::AckedAll => (
            "acks=all is answered only below the high watermark.",
            "acks=all 只在高水位之下确认。",
        ),
        I::StrictMinIsr => (
            "The high watermark moves only with enough in-sync replicas.",
            "同步副本足够时高水位才前进。",
        ),
        I::NoDup => (
            "An idempotent producer leaves no duplicate.",
            "幂等生产者不会留下重复消息。",
        ),
        I::MaximalIsrSuperset
        | I::FollowerHw
        | I::LeaderInIsr
        | I::IsrSubset
        | I::FencedNotInIsr
        | I::EpochSteps
        | I::CleanElection
        | I::ElrRecovery
        | I::Reassign
        | I::ElectionSafety
        | I::QuorumLogMatching
        | I::MetadataPrefix
        | I::QuorumLeaderComplete
        | I::Durability
        | I::CommitOwnEpoch
        | I::OneVote
        | I::OneLeaderPerEpoch => metadata_rule(invariant),
        I::TxnAtomic
        | I::LsoRule
        | I::UniquePidEpoch
        | I::OneTxnCoordinator
        | I::Fenced
        | I::TxnStates => transaction_rule(invariant),
        I::SingleOwner
        | I::LegalTarget
        | I::MemberEpoch
        | I::StableGroup
        | I::GenerationMonotone
        | I::CommitFence
        | I::ShareExclusive
        | I::ShareOffsets => group_rule(invariant),
        I::WeakIsr
        | I::StrongIsr
        | I::LeaderCandidateComplete
        | I::ConsistentRead
        | I::TrueHwMonotone
        | I::Order
        | I::KeyRouting
        | I::PositionRange
        | I::AtLeastOnce
        | I::AtMostOnce => kept_rule(invariant),
    };
    match lang {
        Lang::En => en,
        Lang::Zh => zh,
    }
}

/// The rules of logs.
fn log_rule(invariant: Invariant) -> (&'static str, &'static str) {
    use Invariant as I;
    match invariant {
        I::OffsetOrder => (
            "Log start, high watermark and log end are in order.",
            "日志起始、高水位、日志末端依次不减。",
        ),
        I::LogMatching => (
            "Replicas agree on everything committed.",
            "各副本的已提交部分一致。",
        ),
        I::Retention => (
            "Only what is committed is deleted, and a log start never goes back.",
            "只删除已提交的消息，日志起始不会倒退。",
        ),
        I::CompactionState => (
            "Compaction keeps the latest value of every key, at its offset.",
            "压缩保留每个键的最新值，偏移量不变。",
        ),
        I::EpochPrefix => (
            "Same epoch at an offset means the same log up to it.",
            "同一偏移量上纪元相同，则此前日志相同。",
        ),
        I::EpochMonotone => (
            "Leader epochs along a log never go back.",
            "日志中的 leader 纪元不会倒退。",
        ),
        _ => ("", ""),
    }
}

/// What those in sync, readers and senders rely on.
fn kept_rule(invariant: Invariant) -> (&'static str, &'static str) {
    use Invariant as I;
    match invariant {
        I::WeakIsr => (
            "Who is in a leader's ISR holds what is below its high watermark.",
            "leader 的 ISR 成员都持有其高水位以下的全部消息。",
        ),
        I::StrongIsr => (
            "Who is in the controller's ISR does, whoever believes to lead.",
            "无论谁自认为是 leader，controller 的 ISR 成员都持有其高水位以下的消息。",
        ),
        I::LeaderCandidateComplete => (
            "Who may be elected holds everything committed.",
            "可被选为 leader 的副本拥有全部已提交的消息。",
        ),
        I::ConsistentRead => (
            "What a consumer was given stays where it was.",
            "交给消费者的消息始终留在原处。",
        ),
        I::TrueHwMonotone => (
            "What is committed stays committed.",
            "已提交的始终是已提交的。",
        ),
        I::Order => (
            "A producer's records stand in the order of sending.",
            "同一生产者的消息按发送次序排列。",
        ),
        I::KeyRouting => (
            "Records with one key are in one partition.",
            "键相同的消息都在同一个分区。",
        ),
        I::PositionRange => (
            "A consumer's position is no further than its leader's log.",
            "消费者的位置不超过 leader 的日志末端。",
        ),
        I::AtLeastOnce => (
            "At the end a group was given every committed record.",
            "最终每条已提交的消息都交给过消费者组。",
        ),
        I::AtMostOnce => (
            "A group is given each record once.",
            "每条消息只交给消费者组一次。",
        ),
        _ => ("", ""),
    }
}

/// The rules of the cluster's metadata and its quorum, in both languages.
fn metadata_rule(invariant: Invariant) -> (&'static str, &'static str) {
    use Invariant as I;
    match invariant {
        I::MaximalIsrSuperset => (
            "Who may still be in sync for the controller is so for the leader.",
            "controller 仍认为可能同步的副本，leader 也如此认为。",
        ),
        I::FollowerHw => (
            "A follower's high watermark is at most what some leader reached.",
            "follower 的高水位不超过某个 leader 到过的高水位。",
        ),
        I::LeaderInIsr => ("A leader is in its own ISR.", "leader 在自己的 ISR 中。"),
        I::IsrSubset => (
            "ISR and ELR are disjoint parts of the replicas.",
            "ISR 与 ELR 是副本集合中不相交的部分。",
        ),
        I::FencedNotInIsr => (
            "No fenced broker is in an ISR.",
            "被隔离的 broker 不在任何 ISR 中。",
        ),
        I::EpochSteps => (
            "A partition's epochs go up one by one.",
            "分区的纪元逐一递增。",
        ),
        I::CleanElection => (
            "A clean election chooses among those in sync or eligible.",
            "干净的选举只在同步或合格的副本中选择。",
        ),
        I::ElrRecovery => (
            "A partition that nobody may lead remembers who led it last.",
            "没有副本可以领导的分区记得最后的 leader。",
        ),
        I::Reassign => (
            "Replicas go only when a reassignment ends.",
            "只有重分配结束时才会减少副本。",
        ),
        I::ElectionSafety => (
            "One quorum epoch has one leader at most.",
            "一个仲裁纪元最多只有一个 leader。",
        ),
        I::QuorumLogMatching => (
            "Controllers agree on the committed metadata.",
            "各 controller 的已提交元数据一致。",
        ),
        I::MetadataPrefix => (
            "A broker's metadata is a beginning of the committed metadata.",
            "broker 的元数据是已提交元数据的前缀。",
        ),
        I::Durability => (
            "Committed metadata is on some controller's disk.",
            "已提交的元数据总在某个 controller 的磁盘上。",
        ),
        I::QuorumLeaderComplete => (
            "A new quorum leader holds all committed metadata.",
            "新的仲裁 leader 拥有全部已提交的元数据。",
        ),
        I::CommitOwnEpoch => (
            "A quorum leader commits a batch of its own epoch first.",
            "仲裁 leader 先提交自己纪元的批次。",
        ),
        I::OneVote => (
            "A controller votes once an epoch.",
            "一个 controller 在一个纪元只投一票。",
        ),
        I::OneLeaderPerEpoch => (
            "One epoch has one leader at most.",
            "一个纪元最多只有一个 leader。",
        ),
        _ => ("", ""),
    }
}

/// The rules of transactions, in both languages.
fn transaction_rule(invariant: Invariant) -> (&'static str, &'static str) {
    use Invariant as I;
    match invariant {
        I::TxnAtomic => (
            "A transaction has one outcome in all its partitions.",
            "一个事务在其所有分区中的结果相同。",
        ),
        I::LsoRule => (
            "Nobody who reads committed data sees an open transaction.",
            "只读已提交数据的读者看不到未结束的事务。",
        ),
        I::UniquePidEpoch => (
            "No two producers have the same producer id and epoch.",
            "没有两个生产者拥有相同的生产者 ID 和 epoch。",
        ),
        I::OneTxnCoordinator => (
            "At most one transaction coordinator an epoch.",
            "一个纪元最多只有一个事务协调者。",
        ),
        I::Fenced => (
            "Nothing is written in a producer epoch that is over.",
            "已过期的生产者 epoch 不能再写入。",
        ),
        I::TxnStates => (
            "A decided transaction is never decided otherwise.",
            "已决定的事务不会再改变结果。",
        ),
        _ => ("", ""),
    }
}

/// The rules of groups, in both languages.
fn group_rule(invariant: Invariant) -> (&'static str, &'static str) {
    use Invariant as I;
    match invariant {
        I::SingleOwner => (
            "In a generation or epoch a partition has one owner.",
            "同一代或同一纪元中一个分区只有一个所有者。",
        ),
        I::LegalTarget => (
            "A target gives every partition of a subscribed topic to one member.",
            "目标分配把所订阅主题的每个分区都给且只给一个成员。",
        ),
        I::MemberEpoch => (
            "A member in the target's epoch has nothing meant for another.",
            "处于目标纪元的成员不持有应属于别人的分区。",
        ),
        I::StableGroup => (
            "In a stable group every member has what is meant for it.",
            "稳定的消费组中，每个成员都得到应属于它的分区。",
        ),
        I::GenerationMonotone => (
            "A group's generations never go back.",
            "消费组的代不会倒退。",
        ),
        I::CommitFence => (
            "Only members of the current generation commit.",
            "只有当前代的成员可以提交。",
        ),
        I::ShareExclusive => (
            "A record of a share group is one member's at a time.",
            "共享组的一条消息同一时刻只属于一个成员。",
        ),
        I::ShareOffsets => (
            "A share group's start never goes back, and a record is delivered at most as often as the limit says.",
            "共享组的起点不会倒退，一条消息的投递次数不超过上限。",
        ),
        _ => ("", ""),
    }
}

/// What a setting allowed.
pub fn allowed(lang: Lang, setting: Setting) -> String {
    match lang {
        Lang::En => format!("broken, allowed by {}", setting.text()),
        Lang::Zh => format!("被打破，由 {} 允许", setting.text()),
    }
}

/// What is told when a rule stops the run.
pub fn broken(lang: Lang, world: &World, violation: &Violation) -> String {
    let (id, words) = (violation.invariant.id(), rule(lang, violation.invariant));
    let breach = found(lang, world, violation);
    match lang {
        Lang::En => format!("The run stopped: rule {id} is broken. {words} Found: {breach}."),
        Lang::Zh => format!("运行已停止：规则 {id} 被打破。{words}（{breach}）"),
    }
}

/// What was found, in words.
pub fn found(lang: Lang, world: &World, violation: &Violation) -> String {
    breach(lang, world, &violation.breach)
}

/// The standing of a rule.
pub fn outcome(lang: Lang, outcome: Outcome) -> String {
    match (lang, outcome) {
        (Lang::En, Outcome::Holds) => "holds".into(),
        (Lang::Zh, Outcome::Holds) => "成立".into(),
        (Lang::En, Outcome::Violated) => "broken".into(),
        (Lang::Zh, Outcome::Violated) => "被打破".into(),
        (_, Outcome::AllowedBy(setting)) => allowed(lang, setting),
    }
}
