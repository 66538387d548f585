//! The accessors of expressions: one row each, with types. The only list there is; the reader, the
//! evaluator and the complaints all use it.

use crate::expr::Type;

/// Where an expression begins.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Root {
    /// A partition.
    Part,
    /// A topic.
    Topic,
    /// A group.
    Group,
    /// A consumer by name.
    Consumer,
    /// A producer by name.
    Producer,
    /// The controllers.
    Controllers,
    /// The ledger.
    Ledger,
    /// A record by its number in the ledger.
    LedgerRecord,
    /// A record by its place.
    Record,
    /// The trace's entries of one kind.
    Trace,
    /// Virtual time.
    Clock,
    /// Names of all groups.
    Groups,
    /// Names of all topics that are not internal.
    Topics,
    /// Names of all consumers.
    Consumers,
    /// Names of all producers.
    Producers,
    /// Numbers of all brokers.
    Brokers,
    /// Numbers of the brokers that run.
    RunningBrokers,
    /// 0, 1, ... below a number.
    Range,
    /// Name of the consumer that was started last.
    Last,
    /// A model that is not Kafka, fed with the same records.
    Twin,
}

/// What is asked of a thing.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
#[allow(missing_docs, reason = "the table below says what each is")]
pub enum Get {
    PartLeader,
    PartReplicas,
    PartIsr,
    PartElr,
    PartEpoch,
    PartLogStart,
    PartHighWatermark,
    PartLastStable,
    PartLogEnd,
    PartLogEndAt,
    PartRecords,
    PartLeaders,
    TopicPartitions,
    TopicStored,
    GroupState,
    GroupMembers,
    GroupAssign,
    GroupOwner,
    GroupCommitted,
    GroupLag,
    GroupProcessed,
    ConsumerReceived,
    ConsumerProcessed,
    ConsumerOffsets,
    ConsumerValues,
    ConsumerPartitions,
    ConsumerPosition,
    ProducerSent,
    ProducerAcked,
    ProducerFailed,
    ProducerAckTime,
    ControllerActive,
    ControllerEpoch,
    ControllerQuorum,
    LedgerLostAcked,
    LedgerUnavailable,
    LedgerLostToGroup,
    LedgerDupForGroup,
    LedgerDupInLog,
    RecordAcked,
    RecordBrokers,
    RecordCommitted,
    RecordDeliveredTo,
    RecordProcessed,
    RecordEffects,
    EventFrom,
    EventTo,
    EventAt,
    TwinStored,
    TwinReceived,
    TwinDeliveries,
    Length,
    First,
    LastOf,
    Sum,
    Distinct,
}

/// A row about a root.
pub(crate) struct RootRow {
    pub(crate) name: &'static str,
    pub(crate) root: Root,
    pub(crate) args: &'static [Type],
    pub(crate) gives: Type,
    pub(crate) form: &'static str,
}

/// A row about an accessor.
pub(crate) struct GetRow {
    pub(crate) of: Type,
    pub(crate) name: &'static str,
    pub(crate) get: Get,
    pub(crate) args: &'static [Type],
    pub(crate) gives: Type,
    pub(crate) form: &'static str,
}

const T: Type = Type::Text;
const N: Type = Type::Number;

const fn root(
    form: &'static str,
    name: &'static str,
    root: Root,
    args: &'static [Type],
    gives: Type,
) -> RootRow {
    RootRow {
        name,
        root,
        args,
        gives,
        form,
    }
}

pub(crate) const ROOTS: [RootRow; 20] = [
    root(
        "part(topic, number)",
        "part",
        Root::Part,
        &[T, N],
        Type::Part,
    ),
    root("topic(name)", "topic", Root::Topic, &[T], Type::Topic),
    root("group(name)", "group", Root::Group, &[T], Type::Group),
    root("cons(name)", "cons", Root::Consumer, &[T], Type::Consumer),
    root("prod(name)", "prod", Root::Producer, &[T], Type::Producer),
    root("ctl", "ctl", Root::Controllers, &[], Type::Controllers),
    root("ledger", "ledger", Root::Ledger, &[], Type::Ledger),
    root(
        "ledger(number)",
        "ledger",
        Root::LedgerRecord,
        &[N],
        Type::Record,
    ),
    root(
        "record(topic, partition, offset)",
        "record",
        Root::Record,
        &[T, N, N],
        Type::Record,
    ),
    root("trace(kind)", "trace", Root::Trace, &[T], Type::Events),
    root("clock", "clock", Root::Clock, &[], Type::Span),
    root("groups", "groups", Root::Groups, &[], Type::Texts),
    root("topics", "topics", Root::Topics, &[], Type::Texts),
    root("consumers", "consumers", Root::Consumers, &[], Type::Texts),
    root("producers", "producers", Root::Producers, &[], Type::Texts),
    root("brokers", "brokers", Root::Brokers, &[], Type::Numbers),
    root(
        "runningBrokers",
        "runningBrokers",
        Root::RunningBrokers,
        &[],
        Type::Numbers,
    ),
    root("range(count)", "range", Root::Range, &[N], Type::Numbers),
    root("last", "last", Root::Last, &[], Type::Text),
    root(
        "twin(\"queue\" or \"push\")",
        "twin",
        Root::Twin,
        &[T],
        Type::Twin,
    ),
];

const fn get(
    of: Type,
    form: &'static str,
    name: &'static str,
    get: Get,
    args: &'static [Type],
    gives: Type,
) -> GetRow {
    GetRow {
        of,
        name,
        get,
        args,
        gives,
        form,
    }
}

const PART: Type = Type::Part;
const GROUP: Type = Type::Group;
const CONS: Type = Type::Consumer;
const LEDGER: Type = Type::Ledger;
const RECORD: Type = Type::Record;

pub(crate) const GETS: [GetRow; 62] = [
    get(PART, "leader", "leader", Get::PartLeader, &[], Type::Any),
    get(
        PART,
        "replicas",
        "replicas",
        Get::PartReplicas,
        &[],
        Type::Numbers,
    ),
    get(PART, "isr", "isr", Get::PartIsr, &[], Type::Numbers),
    get(PART, "elr", "elr", Get::PartElr, &[], Type::Numbers),
    get(PART, "epoch", "epoch", Get::PartEpoch, &[], N),
    get(
        PART,
        "logStart",
        "logStart",
        Get::PartLogStart,
        &[],
        Type::Any,
    ),
    get(PART, "hw", "hw", Get::PartHighWatermark, &[], Type::Any),
    get(PART, "lso", "lso", Get::PartLastStable, &[], Type::Any),
    get(PART, "leo", "leo", Get::PartLogEnd, &[], Type::Any),
    get(
        PART,
        "leo(broker)",
        "leo",
        Get::PartLogEndAt,
        &[N],
        Type::Any,
    ),
    get(
        PART,
        "records",
        "records",
        Get::PartRecords,
        &[],
        Type::Texts,
    ),
    get(
        PART,
        "leaders",
        "leaders",
        Get::PartLeaders,
        &[],
        Type::Numbers,
    ),
    get(
        Type::Topic,
        "partitions",
        "partitions",
        Get::TopicPartitions,
        &[],
        N,
    ),
    get(Type::Topic, "stored", "stored", Get::TopicStored, &[], N),
    get(GROUP, "state", "state", Get::GroupState, &[], T),
    get(
        GROUP,
        "members",
        "members",
        Get::GroupMembers,
        &[],
        Type::Texts,
    ),
    get(
        GROUP,
        "assign(member)",
        "assign",
        Get::GroupAssign,
        &[T],
        Type::Texts,
    ),
    get(
        GROUP,
        "owner(topic, partition)",
        "owner",
        Get::GroupOwner,
        &[T, N],
        Type::Any,
    ),
    get(
        GROUP,
        "committed(topic, partition)",
        "committed",
        Get::GroupCommitted,
        &[T, N],
        Type::Any,
    ),
    get(GROUP, "lag", "lag", Get::GroupLag, &[], N),
    get(GROUP, "processed", "processed", Get::GroupProcessed, &[], N),
    get(
        CONS,
        "received",
        "received",
        Get::ConsumerReceived,
        &[],
        Type::Numbers,
    ),
    get(
        CONS,
        "processed",
        "processed",
        Get::ConsumerProcessed,
        &[],
        Type::Numbers,
    ),
    get(
        CONS,
        "offsets",
        "offsets",
        Get::ConsumerOffsets,
        &[],
        Type::Numbers,
    ),
    get(
        CONS,
        "values",
        "values",
        Get::ConsumerValues,
        &[],
        Type::Texts,
    ),
    get(
        CONS,
        "partitions",
        "partitions",
        Get::ConsumerPartitions,
        &[],
        Type::Texts,
    ),
    get(
        CONS,
        "position(topic, partition)",
        "position",
        Get::ConsumerPosition,
        &[T, N],
        Type::Any,
    ),
    get(Type::Producer, "sent", "sent", Get::ProducerSent, &[], N),
    get(
        Type::Producer,
        "ackedOk",
        "ackedOk",
        Get::ProducerAcked,
        &[],
        N,
    ),
    get(
        Type::Producer,
        "failed",
        "failed",
        Get::ProducerFailed,
        &[],
        N,
    ),
    get(
        Type::Producer,
        "ackMs(number)",
        "ackMs",
        Get::ProducerAckTime,
        &[N],
        Type::Any,
    ),
    get(
        Type::Controllers,
        "active",
        "active",
        Get::ControllerActive,
        &[],
        Type::Any,
    ),
    get(
        Type::Controllers,
        "epoch",
        "epoch",
        Get::ControllerEpoch,
        &[],
        N,
    ),
    get(
        Type::Controllers,
        "quorumAlive",
        "quorumAlive",
        Get::ControllerQuorum,
        &[],
        Type::Bool,
    ),
    get(
        LEDGER,
        "lostAcked",
        "lostAcked",
        Get::LedgerLostAcked,
        &[],
        N,
    ),
    get(
        LEDGER,
        "unavailable",
        "unavailable",
        Get::LedgerUnavailable,
        &[],
        N,
    ),
    get(
        LEDGER,
        "lostToGroup(group)",
        "lostToGroup",
        Get::LedgerLostToGroup,
        &[T],
        N,
    ),
    get(
        LEDGER,
        "dupForGroup(group)",
        "dupForGroup",
        Get::LedgerDupForGroup,
        &[T],
        N,
    ),
    get(
        LEDGER,
        "dupInLog(topic)",
        "dupInLog",
        Get::LedgerDupInLog,
        &[T],
        N,
    ),
    get(RECORD, "acked", "acked", Get::RecordAcked, &[], Type::Bool),
    get(
        RECORD,
        "onBrokers",
        "onBrokers",
        Get::RecordBrokers,
        &[],
        Type::Numbers,
    ),
    get(
        RECORD,
        "committed",
        "committed",
        Get::RecordCommitted,
        &[],
        Type::Bool,
    ),
    get(
        RECORD,
        "deliveredTo",
        "deliveredTo",
        Get::RecordDeliveredTo,
        &[],
        Type::Texts,
    ),
    get(
        RECORD,
        "timesProcessed(group)",
        "timesProcessed",
        Get::RecordProcessed,
        &[T],
        N,
    ),
    get(RECORD, "effects", "effects", Get::RecordEffects, &[], N),
    get(Type::Event, "from", "from", Get::EventFrom, &[], T),
    get(Type::Event, "to", "to", Get::EventTo, &[], T),
    get(Type::Event, "at", "at", Get::EventAt, &[], Type::Span),
    get(Type::Twin, "stored", "stored", Get::TwinStored, &[], N),
    get(
        Type::Twin,
        "received(name)",
        "received",
        Get::TwinReceived,
        &[T],
        N,
    ),
    get(
        Type::Twin,
        "deliveries",
        "deliveries",
        Get::TwinDeliveries,
        &[],
        N,
    ),
    get(Type::Numbers, "length", "length", Get::Length, &[], N),
    get(Type::Texts, "length", "length", Get::Length, &[], N),
    get(Type::Events, "length", "length", Get::Length, &[], N),
    get(Type::Numbers, "first", "first", Get::First, &[], Type::Any),
    get(Type::Texts, "first", "first", Get::First, &[], Type::Any),
    get(Type::Events, "first", "first", Get::First, &[], Type::Event),
    get(Type::Numbers, "last", "last", Get::LastOf, &[], Type::Any),
    get(Type::Texts, "last", "last", Get::LastOf, &[], Type::Any),
    get(Type::Events, "last", "last", Get::LastOf, &[], Type::Event),
    get(Type::Numbers, "sum", "sum", Get::Sum, &[], N),
    get(
        Type::Texts,
        "distinct",
        "distinct",
        Get::Distinct,
        &[],
        Type::Texts,
    ),
];

/// The forms of all roots and accessors.
#[cfg(test)]
pub(crate) fn names() -> Vec<&'static str> {
    let roots = ROOTS.iter().map(|row| row.form);
    roots.chain(GETS.iter().map(|row| row.form)).collect()
}
