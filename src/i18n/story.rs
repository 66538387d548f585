//! The sentences of the story: one event, one sentence, in both languages.

use kafka_sim::DiskState;

use super::story_logs::LogFact;
use super::story_quorum::QuorumFact;
use super::story_transactions::TransactionFact;
use super::{Lang, sentence as phrase};

/// What happened, with names instead of numbers. The picture's words are made from it when a row
/// is looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fact {
    /// `kill -9`.
    Crashed(String),
    /// The machine lost power.
    PowerLost(String),
    /// Was asked to stop cleanly.
    AskedToStop(String),
    /// Was started.
    Started(String),
    /// Stands still.
    Paused(String),
    /// Goes on.
    Resumed(String),
    /// One directed link was changed: from, to.
    LinkChanged(String, String),
    /// Two sides were cut apart.
    CutApart(String, String),
    /// All links work.
    Healed,
    /// A client came.
    ClientAdded(String),
    /// A client was taken away.
    ClientRemoved(String),
    /// A client's application asked for something, by Kafka's name of it.
    Asked(String, &'static str),
    /// A message was dropped by hand.
    MessageDropped,
    /// A message was delayed, held, doubled or hurried by hand.
    MessageTouched,
    /// A message was lost on the way: API, receiver.
    Lost(String, String),
    /// The process ended by itself.
    Exited(String),
    /// What became of the controller quorum.
    Quorum(QuorumFact),
    /// The controller registered a broker.
    Registered(String),
    /// The controller fenced a broker.
    Fenced(String),
    /// The controller let a broker take part.
    Unfenced(String),
    /// A broker's controlled shutdown began.
    ShutdownBegan(String),
    /// The process finished its clean stop.
    StoppedCleanly(String),
    /// Topic and its partitions.
    TopicCreated(String, u32),
    /// Topic.
    TopicDeleted(String),
    /// The controller changed a partition.
    PartitionChanged(Box<Change>),
    /// Broker began to lead: broker, partition, epoch, offset.
    BecameLeader(String, String, i32, i64),
    /// Broker began to follow: broker, partition, leader.
    BecameFollower(String, String, Option<String>),
    /// Leader appended: broker, partition, first offset, offset after the last.
    LeaderAppended(String, String, i64, i64),
    /// Follower appended.
    FollowerAppended(String, String, i64, i64),
    /// High watermark moved: partition, offset.
    Committed(String, i64),
    /// Follower cut its log: broker, partition, old end, new end.
    Truncated(String, String, i64, i64),
    /// What became of a log.
    Log(LogFact),
    /// Leader asks for another ISR: broker, partition, ISR.
    IsrProposed(String, String, String),
    /// Leader refused records: broker, partition, error.
    ProduceRefused(String, String, &'static str),
    /// Leader recognised a repeated batch.
    Duplicate(String, String, i64),
    /// Group, state, generation.
    GroupState(String, &'static str, i32),
    /// Group, member.
    MemberJoined(String, String),
    /// Group, member, why.
    MemberRemoved(String, String, Removal),
    /// Group, partition, offset.
    OffsetsCommitted(String, String, i64),
    /// Member, share group, partition, first and last offset, deliveries.
    ShareAcquired(String, String, String, i64, i64, u16),
    /// Share group, partition, first and last offset.
    ShareLockExpired(String, String, i64, i64),
    /// Member, share group, partition, first and last offset.
    ShareReleased(String, String, String, i64, i64),
    /// Share group, partition, first and last offset, deliveries.
    ShareArchived(String, String, i64, i64, u16),
    /// Share group, partition, offset.
    ShareStart(String, String, i64),
    /// What became of a transaction.
    Transaction(TransactionFact),
    /// Consumer, number of partitions.
    Assigned(String, u32),
    /// Consumer, number of partitions.
    Revoked(String, u32),
    /// Producer, partition, error.
    Retry(String, String, &'static str),
    /// Consumer, records, partition, first offset.
    Delivered(String, usize, String, i64),
    /// Producer, partition, offset.
    Acknowledged(String, String, i64),
    /// Producer, topic, error.
    SendFailed(String, String, &'static str),
    /// Client, error.
    PollFailed(String, &'static str),
}

impl Fact {
    /// True when a process ended by it.
    pub fn is_end_of_process(&self) -> bool {
        matches!(
            self,
            Fact::Crashed(_)
                | Fact::PowerLost(_)
                | Fact::Log(LogFact::Disk(_, DiskState::Broken | DiskState::Full))
                | Fact::StoppedCleanly(_)
                | Fact::Exited(_)
        )
    }

    /// True when that partition has a leader after it.
    pub fn gives_leader(&self, partition: &str) -> bool {
        matches!(self, Fact::PartitionChanged(change) if change.partition == partition && change.to.is_some())
    }

    /// True when that partition has no leader after it.
    pub fn takes_leader(&self, partition: &str) -> bool {
        matches!(self, Fact::PartitionChanged(change) if change.partition == partition && change.to.is_none())
    }
}

/// A partition's change by the controller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Partition.
    pub partition: String,
    /// Leader before.
    pub from: Option<i32>,
    /// Leader after.
    pub to: Option<i32>,
    /// Leader epoch after.
    pub epoch: i32,
    /// ISR after.
    pub isr: Vec<i32>,
    /// Acknowledged records may be lost by it.
    pub unclean: bool,
}

/// Why a member is no longer in its group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Removal {
    /// It left.
    Left,
    /// `session.timeout.ms` passed without a heartbeat.
    Session,
    /// It did not rejoin or sync in time.
    Rebalance,
    /// Another process took its `group.instance.id`.
    Fenced,
}

/// The sentence of a fact that as many more partitions share.
pub fn and_more(lang: Lang, fact: &Fact, more: usize) -> String {
    let first = sentence(lang, fact);
    match lang {
        Lang::En => format!("{first} And {more} like it."),
        Lang::Zh => format!("{first}另有 {more} 个分区相同。"),
    }
}

/// The sentence of a fact.
pub fn sentence(lang: Lang, fact: &Fact) -> String {
    match lang {
        Lang::En => capital(english(fact)),
        Lang::Zh => chinese(fact),
    }
}

/// A sentence that begins with a server begins with a capital; names stay as they are written.
fn capital(mut sentence: String) -> String {
    if sentence.starts_with("broker ") || sentence.starts_with("controller ") {
        sentence[..1].make_ascii_uppercase();
    }
    sentence
}

/// "offset 5", "offsets 5 to 7"; `to` is exclusive.
fn offsets(lang: Lang, from: i64, to: i64) -> String {
    let last = to - 1;
    match (lang, last > from) {
        (Lang::En, false) => format!("offset {from}"),
        (Lang::En, true) => format!("offsets {from} to {last}"),
        (Lang::Zh, false) => format!("偏移量 {from}"),
        (Lang::Zh, true) => format!("偏移量 {from} 到 {last}"),
    }
}

fn plural(count: u64, one: &str, many: &str) -> String {
    if count == 1 {
        format!("1 {one}")
    } else {
        format!("{count} {many}")
    }
}

fn english(fact: &Fact) -> String {
    use Fact as F;
    let range = |from: &i64, to: &i64| offsets(Lang::En, *from, *to);
    let partitions = |count: &u32| plural(u64::from(*count), "partition", "partitions");
    match fact {
        F::Crashed(who) => format!("{who} crashed. It had no time to tell anyone."),
        F::PowerLost(who) => {
            format!("The machine of {who} lost power. What was not flushed is gone.")
        }
        F::AskedToStop(who) => format!("{who} was asked to stop cleanly."),
        F::Started(who) => format!("{who} was started."),
        F::Paused(who) => format!("{who} stands still, like in a long garbage collection."),
        F::Resumed(who) => format!("{who} goes on."),
        F::LinkChanged(from, to) => format!("The link from {from} to {to} was changed."),
        F::CutApart(one, other) => format!("The network between {one} and {other} was cut."),
        F::Healed => "The whole network works again.".into(),
        F::ClientAdded(who) => format!("{who} started."),
        F::ClientRemoved(who) => format!("{who} ended."),
        F::Asked(who, what) => format!("The application of {who} called {what}."),
        F::MessageDropped => "You dropped a message.".into(),
        F::MessageTouched => "You changed when a message arrives.".into(),
        F::Lost(api, to) => format!("A {api} message to {to} was lost on the way."),
        F::Exited(who) => format!("{who} ended."),
        F::Quorum(fact) => fact.english(),
        F::Registered(broker) => format!("The controller registered {broker}."),
        F::Fenced(broker) => format!("The controller fenced {broker}: no heartbeat in time."),
        F::Unfenced(broker) => format!("The controller lets {broker} take part."),
        F::ShutdownBegan(broker) => format!("{broker} stops cleanly: its leaderships move first."),
        F::StoppedCleanly(who) => format!("{who} has stopped cleanly."),
        F::TopicCreated(topic, count) => {
            format!("Topic {topic} was created with {}.", partitions(count))
        }
        F::TopicDeleted(topic) => format!("Topic {topic} was deleted."),
        F::PartitionChanged(change) => english_change(change),
        F::BecameLeader(broker, partition, epoch, offset) => {
            format!("{broker} leads {partition} in epoch {epoch}, from offset {offset} on.")
        }
        F::BecameFollower(broker, partition, Some(leader)) => {
            format!("{broker} follows {leader} for {partition}.")
        }
        F::BecameFollower(broker, partition, None) => {
            format!("{broker} has nobody to follow for {partition}.")
        }
        F::LeaderAppended(broker, partition, from, to) => {
            format!("{broker} appended {} to {partition}.", range(from, to))
        }
        F::FollowerAppended(broker, partition, from, to) => {
            format!("{broker} copied {} of {partition}.", range(from, to))
        }
        F::Committed(partition, offset) => {
            format!("{partition}: high watermark is {offset}, everything below it is committed.")
        }
        F::Truncated(broker, partition, from, to) => {
            format!("{broker} cut its log of {partition} from {from} back to {to}.")
        }
        F::Log(fact) => fact.english(),
        F::IsrProposed(broker, partition, isr) => {
            format!("{broker} asks the controller for ISR {isr} of {partition}.")
        }
        F::ProduceRefused(broker, partition, error) => {
            format!("{broker} refused a write to {partition}: {error}.")
        }
        F::Duplicate(broker, partition, offset) => {
            format!("{broker} knew that batch of {partition} already: it is at offset {offset}.")
        }
        F::GroupState(..)
        | F::MemberJoined(..)
        | F::MemberRemoved(..)
        | F::OffsetsCommitted(..)
        | F::ShareAcquired(..)
        | F::ShareLockExpired(..)
        | F::ShareReleased(..)
        | F::ShareArchived(..)
        | F::ShareStart(..) => english_group(fact),
        F::Transaction(fact) => fact.english(),
        F::Assigned(who, count) => format!("{who} was given {}.", partitions(count)),
        F::Revoked(who, count) => format!("{who} gave up {}.", partitions(count)),
        F::Retry(who, partition, error) => {
            format!("{who} sends to {partition} again after {error}: normal.")
        }
        F::Delivered(who, count, partition, offset) => {
            format!(
                "{who} received {} from {partition}, offset {offset} on.",
                plural(*count as u64, "record", "records")
            )
        }
        F::Acknowledged(who, partition, offset) => {
            format!("{who} has its acknowledgement: {partition} offset {offset}.")
        }
        F::SendFailed(who, topic, error) => format!("{who} could not write to {topic}: {error}."),
        F::PollFailed(who, error) => format!("{who} could not read: {error}."),
    }
}

fn english_group(fact: &Fact) -> String {
    use Fact as F;
    match fact {
        F::GroupState(group, state, generation) => {
            format!("Group {group} is {state}, generation {generation}.")
        }
        F::MemberJoined(group, member) => format!("{member} joined group {group}."),
        F::MemberRemoved(group, member, why) => format!(
            "{member} is no longer in group {group}: {}.",
            english_removal(*why)
        ),
        F::OffsetsCommitted(group, partition, offset) => {
            format!("Group {group} committed offset {offset} of {partition}.")
        }
        F::ShareAcquired(who, group, partition, first, last, count) => format!(
            "{who} of share group {group} holds {} of {partition}, delivery {count}.",
            phrase::english_run(*first, *last)
        ),
        F::ShareLockExpired(group, partition, first, last) => format!(
            "The lock on {} of {partition} expired: others in share group {group} may have it.",
            phrase::english_run(*first, *last)
        ),
        F::ShareReleased(who, group, partition, first, last) => format!(
            "{who} gave {} of {partition} back to share group {group}.",
            phrase::english_run(*first, *last)
        ),
        F::ShareArchived(group, partition, first, last, count) => format!(
            "Share group {group} sets {} of {partition} aside after {count} deliveries: nobody gets it any more.",
            phrase::english_run(*first, *last)
        ),
        F::ShareStart(group, partition, offset) => {
            format!("Share group {group} is done with {partition} up to offset {offset}.")
        }
        _ => String::new(),
    }
}

fn chinese_group(fact: &Fact) -> String {
    use Fact as F;
    match fact {
        F::GroupState(group, state, generation) => {
            format!("消费组 {group} 进入 {state}，第 {generation} 代。")
        }
        F::MemberJoined(group, member) => format!("{member} 加入消费组 {group}。"),
        F::MemberRemoved(group, member, why) => format!(
            "{member} 不再属于消费组 {group}：{}。",
            chinese_removal(*why)
        ),
        F::OffsetsCommitted(group, partition, offset) => {
            format!("消费组 {group} 提交了 {partition} 的偏移量 {offset}。")
        }
        F::ShareAcquired(who, group, partition, first, last, count) => format!(
            "共享组 {group} 的 {who} 持有 {partition} 的{}，第 {count} 次投递。",
            phrase::chinese_run(*first, *last)
        ),
        F::ShareLockExpired(group, partition, first, last) => format!(
            "{partition} 的{}的锁已到期：共享组 {group} 的其他成员可以得到它。",
            phrase::chinese_run(*first, *last)
        ),
        F::ShareReleased(who, group, partition, first, last) => format!(
            "{who} 把 {partition} 的{}交还给共享组 {group}。",
            phrase::chinese_run(*first, *last)
        ),
        F::ShareArchived(group, partition, first, last, count) => format!(
            "共享组 {group} 在 {count} 次投递后把 {partition} 的{}搁置：不再交给任何成员。",
            phrase::chinese_run(*first, *last)
        ),
        F::ShareStart(group, partition, offset) => {
            format!("共享组 {group} 已处理完 {partition} 中偏移量 {offset} 之前的消息。")
        }
        _ => String::new(),
    }
}

fn english_change(c: &Change) -> String {
    let isr = phrase::ids(&c.isr);
    let unclean = if c.unclean {
        " Acknowledged records may be lost."
    } else {
        ""
    };
    match (c.from, c.to) {
        (Some(from), Some(to)) if from == to => {
            format!("{}: ISR is {isr}, leader {to} stays.", c.partition)
        }
        (Some(from), Some(to)) => format!(
            "Broker {to} leads {} instead of {from}, epoch {}. ISR is {isr}.{unclean}",
            c.partition, c.epoch
        ),
        (None, Some(to)) => format!(
            "Broker {to} leads {}, epoch {}. ISR is {isr}.{unclean}",
            c.partition, c.epoch
        ),
        (_, None) => format!("{} has no leader. ISR is {isr}.", c.partition),
    }
}

fn english_removal(why: Removal) -> &'static str {
    match why {
        Removal::Left => "it left",
        Removal::Session => "no heartbeat within session.timeout.ms",
        Removal::Rebalance => "it did not rejoin in time",
        Removal::Fenced => "another process took its group.instance.id",
    }
}

fn chinese(fact: &Fact) -> String {
    use Fact as F;
    let range = |from: &i64, to: &i64| offsets(Lang::Zh, *from, *to);
    match fact {
        F::Crashed(who) => format!("{who} 宕机，来不及通知任何人。"),
        F::PowerLost(who) => format!("{who} 所在机器断电，未落盘的数据丢失。"),
        F::AskedToStop(who) => format!("要求 {who} 正常停止。"),
        F::Started(who) => format!("{who} 启动。"),
        F::Paused(who) => format!("{who} 停顿，就像长时间的垃圾回收。"),
        F::Resumed(who) => format!("{who} 继续运行。"),
        F::LinkChanged(from, to) => format!("从 {from} 到 {to} 的链路已改变。"),
        F::CutApart(one, other) => format!("{one} 与 {other} 之间的网络被切断。"),
        F::Healed => "整个网络恢复正常。".into(),
        F::ClientAdded(who) => format!("{who} 启动。"),
        F::ClientRemoved(who) => format!("{who} 的进程结束了。"),
        F::Asked(who, what) => format!("{who} 的应用调用了 {what}。"),
        F::MessageDropped => "你丢弃了一条消息。".into(),
        F::MessageTouched => "你改变了一条消息的到达时间。".into(),
        F::Lost(api, to) => format!("发往 {to} 的 {api} 消息在途中丢失。"),
        F::Exited(who) => format!("{who} 已退出。"),
        F::Quorum(fact) => fact.chinese(),
        F::Registered(broker) => format!("controller 登记了 {broker}。"),
        F::Fenced(broker) => format!("controller 隔离了 {broker}：没有按时收到心跳。"),
        F::Unfenced(broker) => format!("controller 允许 {broker} 参与工作。"),
        F::ShutdownBegan(broker) => format!("{broker} 正常停止：先移走它的 leader。"),
        F::StoppedCleanly(who) => format!("{who} 已正常停止。"),
        F::TopicCreated(topic, count) => format!("创建了主题 {topic}，{count} 个分区。"),
        F::TopicDeleted(topic) => format!("删除了主题 {topic}。"),
        F::PartitionChanged(change) => chinese_change(change),
        F::BecameLeader(broker, partition, epoch, offset) => {
            format!("{broker} 在纪元 {epoch} 成为 {partition} 的 leader，从偏移量 {offset} 开始。")
        }
        F::BecameFollower(broker, partition, Some(leader)) => {
            format!("{broker} 在 {partition} 上跟随 {leader}。")
        }
        F::BecameFollower(broker, partition, None) => {
            format!("{broker} 在 {partition} 上没有可跟随的 leader。")
        }
        F::LeaderAppended(broker, partition, from, to) => {
            format!("{broker} 向 {partition} 追加{}。", range(from, to))
        }
        F::FollowerAppended(broker, partition, from, to) => {
            format!("{broker} 复制了 {partition} 的{}。", range(from, to))
        }
        F::Committed(partition, offset) => {
            format!("{partition}：高水位为 {offset}，其下的消息均已提交。")
        }
        F::Truncated(broker, partition, from, to) => {
            format!("{broker} 把 {partition} 的日志从 {from} 截断到 {to}。")
        }
        F::Log(fact) => fact.chinese(),
        F::IsrProposed(broker, partition, isr) => {
            format!("{broker} 请求 controller 把 {partition} 的 ISR 改为 {isr}。")
        }
        F::ProduceRefused(broker, partition, error) => {
            format!("{broker} 拒绝写入 {partition}：{error}。")
        }
        F::Duplicate(broker, partition, offset) => {
            format!("{broker} 已有 {partition} 的该批次，位于偏移量 {offset}。")
        }
        F::GroupState(..)
        | F::MemberJoined(..)
        | F::MemberRemoved(..)
        | F::OffsetsCommitted(..)
        | F::ShareAcquired(..)
        | F::ShareLockExpired(..)
        | F::ShareReleased(..)
        | F::ShareArchived(..)
        | F::ShareStart(..) => chinese_group(fact),
        F::Transaction(fact) => fact.chinese(),
        F::Assigned(who, count) => format!("{who} 分到 {count} 个分区。"),
        F::Revoked(who, count) => format!("{who} 交出 {count} 个分区。"),
        F::Retry(who, partition, error) => {
            format!("{who} 在 {error} 之后重新发送到 {partition}，这是正常现象。")
        }
        F::Delivered(who, count, partition, offset) => {
            format!("{who} 从 {partition} 收到 {count} 条消息，起始偏移量 {offset}。")
        }
        F::Acknowledged(who, partition, offset) => {
            format!("{who} 收到确认：{partition} 偏移量 {offset}。")
        }
        F::SendFailed(who, topic, error) => format!("{who} 无法写入 {topic}：{error}。"),
        F::PollFailed(who, error) => format!("{who} 无法读取：{error}。"),
    }
}

fn chinese_change(c: &Change) -> String {
    let isr = phrase::ids(&c.isr);
    let unclean = if c.unclean {
        "已确认的消息可能丢失。"
    } else {
        ""
    };
    match (c.from, c.to) {
        (Some(from), Some(to)) if from == to => {
            format!("{}：ISR 为 {isr}，leader 仍是 {to}。", c.partition)
        }
        (Some(from), Some(to)) => format!(
            "broker {to} 取代 {from} 成为 {} 的 leader，纪元 {}。ISR 为 {isr}。{unclean}",
            c.partition, c.epoch
        ),
        (None, Some(to)) => format!(
            "broker {to} 成为 {} 的 leader，纪元 {}。ISR 为 {isr}。{unclean}",
            c.partition, c.epoch
        ),
        (_, None) => format!("{} 没有 leader。ISR 为 {isr}。", c.partition),
    }
}

fn chinese_removal(why: Removal) -> &'static str {
    match why {
        Removal::Left => "主动离开",
        Removal::Session => "超过 session.timeout.ms 没有心跳",
        Removal::Rebalance => "没有按时重新加入",
        Removal::Fenced => "另一进程占用了它的 group.instance.id",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failover_reads_as_one_sentence() {
        let fact = Fact::PartitionChanged(Box::new(Change {
            partition: "my-replicated-topic-0".into(),
            from: Some(1),
            to: Some(2),
            epoch: 1,
            isr: vec![2, 0],
            unclean: false,
        }));
        assert_eq!(
            sentence(Lang::En, &fact),
            "Broker 2 leads my-replicated-topic-0 instead of 1, epoch 1. ISR is 2,0."
        );
        assert_eq!(
            sentence(Lang::Zh, &fact),
            "broker 2 取代 1 成为 my-replicated-topic-0 的 leader，纪元 1。ISR 为 2,0。"
        );
    }

    #[test]
    fn counts_and_ranges_read_well() {
        let one = Fact::LeaderAppended("broker 0".into(), "orders-1".into(), 5, 6);
        let three = Fact::LeaderAppended("broker 0".into(), "orders-1".into(), 5, 8);
        assert_eq!(
            sentence(Lang::En, &one),
            "Broker 0 appended offset 5 to orders-1."
        );
        assert_eq!(
            sentence(Lang::En, &three),
            "Broker 0 appended offsets 5 to 7 to orders-1."
        );
        assert_eq!(
            sentence(Lang::En, &Fact::TopicCreated("t".into(), 1)),
            "Topic t was created with 1 partition."
        );
    }
}
