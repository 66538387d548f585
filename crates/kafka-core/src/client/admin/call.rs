//! One call of an AdminClient: its life, its name, and which answers mean "try
//! again".

use crate::client::AdminTarget;
use crate::error::ErrorCode;
use crate::protocol::{Request, Response};
use crate::types::{NodeId, Time};

/// A call that has not ended.
#[derive(Clone, Debug)]
pub struct Call {
    /// The application's number.
    pub number: u64,
    /// Where it must go.
    pub target: AdminTarget,
    /// What is asked.
    pub request: Request,
    /// When it fails.
    pub deadline: Time,
    /// Attempts that failed.
    pub tries: u32,
    /// Not before this.
    pub next_try: Time,
    /// Whether it, or its lookup, is unanswered.
    pub in_flight: bool,
    /// The broker found for it.
    pub node: Option<NodeId>,
    /// Whether the client knew no broker yet when the call was made.
    pub waited_for_cluster: bool,
}

impl Call {
    /// A call to be tried at once.
    pub fn new(number: u64, target: AdminTarget, request: Request, deadline: Time) -> Call {
        Call {
            number,
            target,
            request,
            deadline,
            tries: 0,
            next_try: Time::ZERO,
            in_flight: false,
            node: None,
            waited_for_cluster: false,
        }
    }

    /// Whether it waits for nothing but a connection.
    pub fn may_try(&self, now: Time) -> bool {
        !self.in_flight && self.next_try <= now
    }

    /// Whether its time is over. The connection gives up what is on its way, a little later.
    pub fn is_over(&self, now: Time) -> bool {
        !self.in_flight && self.deadline <= now
    }

    /// When it must be looked at again; `None` while the connection has it.
    pub fn wake_at(&self, now: Time) -> Option<Time> {
        match (self.in_flight, self.next_try > now) {
            (true, _) => None,
            (false, true) => Some(self.next_try.min(self.deadline)),
            (false, false) => Some(self.deadline),
        }
    }

    /// The broker found earlier may be the wrong one.
    pub fn forget_location(&mut self) {
        self.node = None;
    }

    /// Calls that go to partition leaders say in which of their two stages they are.
    fn stage(&self) -> &'static str {
        match (&self.target, &self.request) {
            (AdminTarget::Leader(_), _) if self.node.is_none() => "(api=METADATA)",
            (AdminTarget::Leader(_), Request::ListOffsets(_)) => "(api=LIST_OFFSETS)",
            (AdminTarget::Leader(_), Request::DeleteRecords(_)) => "(api=DELETE_RECORDS)",
            _ => "",
        }
    }

    /// Kafka's text when attempts were made but none succeeded in time.
    pub fn timeout_text(&self, now: Time) -> String {
        format!(
            "Call(callName={}{}, deadlineMs={}, tries={}, nextAllowedTryMs={}) timed out at {} after {} attempt(s)",
            call_name(&self.request),
            self.stage(),
            self.deadline.as_ms(),
            self.tries,
            self.next_try.as_ms(),
            now.as_ms(),
            self.tries.max(1),
        )
    }
}

/// AdminClient's name of the call that sends this request.
pub fn call_name(request: &Request) -> &'static str {
    match request {
        Request::Metadata(asked) if asked.topics.is_none() => "listTopics",
        Request::Metadata(_) => "describeTopics",
        Request::CreateTopics(_) => "createTopics",
        Request::DeleteTopics(_) => "deleteTopics",
        Request::CreatePartitions(_) => "createPartitions",
        Request::DescribeTopicPartitions(_) => "describeTopicPartitions",
        Request::DescribeCluster(_) => "listNodes",
        Request::DescribeLogDirs(_) => "describeLogDirs",
        Request::AlterReplicaLogDirs(_) => "alterReplicaLogDirs",
        Request::DescribeConfigs(_) => "describeConfigs",
        Request::IncrementalAlterConfigs(_) => "incrementalAlterConfigs",
        Request::ElectLeaders(_) => "electLeaders",
        Request::AlterPartitionReassignments(_) => "alterPartitionReassignments",
        Request::ListPartitionReassignments(_) => "listPartitionReassignments",
        Request::ListGroups(_) => "listGroups",
        Request::DescribeGroups(_) | Request::ConsumerGroupDescribe(_) => "describeConsumerGroups",
        Request::ShareGroupDescribe(_) => "describeShareGroups",
        Request::DescribeShareGroupOffsets(_) => "describeShareGroupOffsets",
        Request::AlterShareGroupOffsets(_) => "alterShareGroupOffsets",
        Request::DeleteShareGroupOffsets(_) => "deleteShareGroupOffsets",
        Request::DeleteGroups(_) => "deleteConsumerGroups",
        Request::OffsetFetch(_) => "listConsumerGroupOffsets",
        Request::OffsetCommit(_) => "alterConsumerGroupOffsets",
        Request::OffsetDelete(_) => "deleteConsumerGroupOffsets",
        Request::ListOffsets(_) => "listOffsets",
        Request::DeleteRecords(_) => "deleteRecords",
        Request::FindCoordinator(_) => "findCoordinator",
        Request::ListTransactions(_) => "listTransactions",
        Request::DescribeTransactions(_) => "describeTransactions",
        Request::DescribeProducers(_) => "describeProducers",
        Request::WriteTxnMarkers(_) => "abortTransaction",
        Request::InitProducerId(_) => "fenceProducer",
        Request::UnregisterBroker(_) => "unregisterBroker",
        Request::DescribeQuorum(_) => "describeMetadataQuorum",
        Request::AddRaftVoter(_) => "addRaftVoter",
        Request::RemoveRaftVoter(_) => "removeRaftVoter",
        other => other.api().name(),
    }
}

/// Whether the controller asked does not lead the quorum: another does, or will.
pub fn is_not_leader(response: &Response) -> bool {
    let error = match response {
        Response::DescribeQuorum(r) => r.error,
        Response::AddRaftVoter(r) | Response::RemoveRaftVoter(r) => r.outcome.error,
        _ => return false,
    };
    error == ErrorCode::NotLeaderOrFollower
}

/// The error for which AdminClient repeats the call, if the answer has one.
pub fn retriable_error(response: &Response) -> Option<ErrorCode> {
    let coordinator = |error: &ErrorCode| {
        matches!(
            error,
            ErrorCode::CoordinatorLoadInProgress
                | ErrorCode::CoordinatorNotAvailable
                | ErrorCode::NotCoordinator
        )
    };
    let moved = |error: &ErrorCode| *error == ErrorCode::NotController;
    let retriable = |error: &ErrorCode| error.is_retriable();
    match response {
        Response::FindCoordinator(r) => Some(r.error).filter(retriable),
        Response::ListGroups(r) => Some(r.error).filter(coordinator),
        Response::ListTransactions(r) => Some(r.error).filter(coordinator),
        Response::DescribeTransactions(r) => {
            r.transactions.iter().map(|it| it.error).find(coordinator)
        }
        Response::InitProducerId(r) => Some(r.error).filter(retriable),
        Response::DescribeGroups(r) => r.groups.iter().map(|g| g.error).find(coordinator),
        Response::ConsumerGroupDescribe(r) => r.groups.iter().map(|g| g.error).find(coordinator),
        Response::ShareGroupDescribe(r) => r.groups.iter().map(|g| g.error).find(coordinator),
        Response::DescribeShareGroupOffsets(r) => Some(r.error).filter(coordinator),
        Response::AlterShareGroupOffsets(r) => Some(r.outcome.error).filter(coordinator),
        Response::DeleteShareGroupOffsets(r) => Some(r.outcome.error).filter(coordinator),
        Response::DeleteGroups(r) => r.groups.iter().map(|g| g.1).find(coordinator),
        Response::OffsetDelete(r) => Some(r.error).filter(coordinator),
        Response::OffsetCommit(r) => r.partitions.iter().map(|p| p.1).find(coordinator),
        Response::OffsetFetch(r) => Some(r.error).filter(retriable),
        Response::DescribeQuorum(r) => Some(r.error).filter(retriable),
        Response::ListOffsets(r) => r.partitions.iter().map(|p| p.error).find(retriable),
        Response::DeleteRecords(r) => r.partitions.iter().map(|p| p.1).find(retriable),
        Response::CreateTopics(r) => r.topics.iter().map(|t| t.1.error).find(moved),
        Response::DeleteTopics(r) => r.topics.iter().map(|t| t.1.error).find(moved),
        Response::CreatePartitions(r) => r.topics.iter().map(|t| t.1.error).find(moved),
        Response::ElectLeaders(r) => Some(r.error).filter(moved),
        Response::AlterPartitionReassignments(r) => Some(r.error).filter(moved),
        Response::ListPartitionReassignments(r) => Some(r.error).filter(moved),
        _ => None,
    }
}
