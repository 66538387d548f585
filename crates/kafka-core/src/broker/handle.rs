//! The broker's one entry, and what is owed at the end of each input.

use super::assignments::RETRY_ASSIGNMENTS;
use super::delete_records::RETRY_DELETES;
use super::moves::RETRY_MOVES;
use super::producer_ids::RETRY_PRODUCER_IDS;
use super::{Broker, Cx};
use crate::node::{Effects, Input, Prng, TimerKey};
use crate::protocol::{ApiVersionsResponse, Listener, Request, Response};
use crate::types::{NodeId, RequestId, Time};

impl Broker {
    /// Handles one input.
    pub fn handle(&mut self, now: Time, input: Input<'_>, prng: &mut Prng, fx: &mut Effects) {
        let cx = &mut Cx { now, prng, fx };
        match input {
            Input::Started => self.on_started(cx),
            Input::Request { from, id, request } if self.serving => {
                self.on_request(cx, from, id, request);
            }
            Input::Request { from, id, request } => self.held.push((from, id, request.clone())),
            Input::Response { from, id, response } => self.on_response(cx, from, id, response),
            Input::Disconnected { peer } => self.on_disconnected(cx, peer),
            Input::Timer(key) => self.on_timer(cx, key),
            Input::Terminate => self.on_terminate(cx),
            // Applications talk to clients, not to brokers.
            Input::Command(_) => {}
        }
        self.settle(cx);
    }

    fn on_started(&mut self, cx: &mut Cx<'_>) {
        self.with_raft(cx, |raft, io| raft.start(io));
        self.start_lifecycle(cx);
        self.start_upkeep(cx);
        self.start_transactions(cx.now);
        self.follow_quorum(cx);
    }

    pub(super) fn on_request(
        &mut self,
        cx: &mut Cx<'_>,
        from: NodeId,
        id: RequestId,
        request: &Request,
    ) {
        match request {
            Request::Produce(request) => self.on_produce(cx, from, id, request),
            Request::Fetch(request) => match request.replica {
                Some((replica, epoch)) => {
                    self.on_follower_fetch(cx, (from, id), replica, epoch, request);
                }
                None => self.on_consumer_fetch(cx, from, id, request),
            },
            Request::ListOffsets(request) => self.on_list_offsets(cx, from, id, request),
            Request::OffsetForLeaderEpoch(request) => {
                self.on_offset_for_leader_epoch(cx, from, id, request);
            }
            Request::DeleteRecords(request) => self.on_delete_records(cx, from, id, request),
            Request::Metadata(request) => self.on_metadata(cx, from, id, request),
            Request::FindCoordinator(request) => self.on_find_coordinator(cx, from, id, request),
            Request::DescribeTopicPartitions(request) => {
                self.on_describe_topic_partitions(cx, from, id, request);
            }
            Request::DescribeCluster(request) => self.on_describe_cluster(cx, (from, id), request),
            Request::DescribeLogDirs(request) => self.on_describe_log_dirs(cx, from, id, request),
            Request::AlterReplicaLogDirs(request) => {
                self.on_alter_replica_log_dirs(cx, (from, id), request);
            }
            Request::ListConfigResources(_) => self.on_list_config_resources(cx, (from, id)),
            Request::DescribeConfigs(request) => self.on_describe_configs(cx, from, id, request),
            Request::IncrementalAlterConfigs(request) => {
                self.on_alter_configs(cx, (from, id), request);
            }
            Request::InitProducerId(request) => self.on_init_producer_id(cx, from, id, request),
            Request::ApiVersions(_) => self.on_api_versions(cx, from, id),
            Request::ShareGroupHeartbeat(_)
            | Request::JoinGroup(_)
            | Request::SyncGroup(_)
            | Request::Heartbeat(_)
            | Request::LeaveGroup(_)
            | Request::OffsetCommit(_)
            | Request::OffsetFetch(_)
            | Request::ListGroups(_)
            | Request::DescribeGroups(_)
            | Request::ConsumerGroupHeartbeat(_)
            | Request::ConsumerGroupDescribe(_)
            | Request::ShareGroupDescribe(_)
            | Request::DeleteGroups(_)
            | Request::OffsetDelete(_) => self.on_group_request(cx, from, id, request),
            Request::AddPartitionsToTxn(_)
            | Request::AddOffsetsToTxn(_)
            | Request::EndTxn(_)
            | Request::WriteTxnMarkers(_)
            | Request::TxnOffsetCommit(_)
            | Request::ListTransactions(_)
            | Request::DescribeTransactions(_)
            | Request::DescribeProducers(_) => self.on_txn_request(cx, (from, id), request),
            Request::ShareFetch(_)
            | Request::ShareAcknowledge(_)
            | Request::DescribeShareGroupOffsets(_)
            | Request::AlterShareGroupOffsets(_)
            | Request::DeleteShareGroupOffsets(_)
            | Request::InitializeShareGroupState(_)
            | Request::ReadShareGroupState(_)
            | Request::WriteShareGroupState(_)
            | Request::DeleteShareGroupState(_)
            | Request::ReadShareGroupStateSummary(_) => {
                self.on_share_request(cx, (from, id), request);
            }
            // A quorum request to an observer is refused by the Raft machine.
            Request::QuorumFetch(_) => {
                self.with_raft(cx, |raft, io| {
                    raft.on_request(io, from, id, request);
                });
                self.follow_quorum(cx);
            }
            request if is_forwarded(request) => self.forward(cx, (from, id), request.clone()),
            // What this listener does not speak; Kafka even closes the connection.
            _ => {}
        }
    }

    fn on_api_versions(&mut self, cx: &mut Cx<'_>, from: NodeId, id: RequestId) {
        let transaction_version = self.image.transaction_version();
        let answer = ApiVersionsResponse {
            listener: Listener::Broker,
            transaction_version,
        };
        cx.fx.respond(from, id, Response::ApiVersions(answer));
    }

    fn on_response(&mut self, cx: &mut Cx<'_>, from: NodeId, id: RequestId, response: &Response) {
        match response {
            Response::Fetch(response) => self.on_fetch_response(cx, from, id, response),
            Response::ListOffsets(_) if self.is_share_operation(id) => {
                self.on_share_state_response(cx, id, response);
            }
            Response::ListOffsets(response) => self.on_leader_offsets(cx, from, id, response),
            Response::BrokerRegistration(response) => self.on_registration(cx, id, response),
            Response::BrokerHeartbeat(response) => self.on_heartbeat(cx, id, response),
            Response::AlterPartition(response) => self.on_alter_partition(cx, id, response),
            Response::AssignReplicasToDirs(response) => self.on_assigned(cx, id, response),
            Response::AllocateProducerIds(response) => {
                self.on_producer_id_block(cx, id, response);
            }
            Response::Vote(_)
            | Response::BeginQuorumEpoch(_)
            | Response::EndQuorumEpoch(_)
            | Response::QuorumFetch(_) => {
                self.with_raft(cx, |raft, io| {
                    raft.on_response(io, from, id, response);
                });
                self.follow_quorum(cx);
            }
            Response::ReadShareGroupState(_)
            | Response::WriteShareGroupState(_)
            | Response::InitializeShareGroupState(_)
            | Response::DeleteShareGroupState(_)
            | Response::ReadShareGroupStateSummary(_) => {
                self.on_share_state_response(cx, id, response);
            }
            Response::AddPartitionsToTxn(_) | Response::WriteTxnMarkers(_) => {
                self.on_txn_response(cx, id, response);
            }
            _ => self.on_forwarded(cx, id, response),
        }
    }

    fn on_disconnected(&mut self, cx: &mut Cx<'_>, peer: NodeId) {
        self.with_raft(cx, |raft, io| raft.on_disconnected(io, peer));
        self.lifecycle_disconnected(cx, peer);
        self.alter_disconnected(cx, peer);
        self.producer_ids_disconnected(cx, peer);
        self.assignments_disconnected(cx, peer);
        self.forwards_disconnected(cx, peer);
        self.fetcher_disconnected(cx, peer);
        self.held.retain(|(from, _, _)| *from != peer);
        self.sessions.drop_parked(peer);
        self.consumers.drop_parked(peer);
        self.share_disconnected(cx, peer);
        self.txn_disconnected(cx, peer);
        self.follow_quorum(cx);
    }

    fn on_timer(&mut self, cx: &mut Cx<'_>, key: TimerKey) {
        match key {
            TimerKey::BrokerHeartbeat => self.on_lifecycle_timer(cx),
            TimerKey::LogRecovery => self.on_recovered(cx),
            TimerKey::ReplicaFetch(leader) => self.on_fetcher_timer(cx, leader),
            TimerKey::IsrShrinkCheck => self.on_shrink_check(cx),
            TimerKey::HighWatermarkCheckpoint => self.on_checkpoint_timer(cx),
            TimerKey::AlterPartitionRetry => self.on_alter_timer(cx),
            TimerKey::DelayedProduce(_) => self.on_produce_timer(cx),
            TimerKey::DelayedFetch(_) => self.on_fetch_timer(cx),
            TimerKey::LogUpkeep => self.on_upkeep(cx),
            TimerKey::LogCleaner => self.on_cleaner_timer(cx),
            TimerKey::RequestTimeout(id) => self.on_forward_timer(cx, id),
            TimerKey::Retry(RETRY_DELETES) => self.on_deletes_timer(cx),
            TimerKey::Retry(RETRY_PRODUCER_IDS) => self.on_producer_ids_timer(cx),
            TimerKey::Retry(RETRY_ASSIGNMENTS) => self.on_assignments_timer(cx),
            TimerKey::Retry(RETRY_MOVES) => self.on_moves_timer(),
            TimerKey::RaftElection
            | TimerKey::RaftFetchTimeout
            | TimerKey::RaftFetch
            | TimerKey::RaftLeaderCheck
            | TimerKey::RaftAppendLinger
            | TimerKey::RaftVoterChange
            | TimerKey::RaftParkedFetch(_) => {
                self.with_raft(cx, |raft, io| {
                    raft.on_timer(io, key);
                });
                self.follow_quorum(cx);
            }
            TimerKey::GroupJoin(_)
            | TimerKey::GroupSync(_)
            | TimerKey::GroupSession(..)
            | TimerKey::GroupOffsetExpiry => self.on_group_timer(cx, key),
            TimerKey::ShareLocks => self.on_share_locks_timer(cx),
            TimerKey::ShareFetch => self.on_share_fetch_timer(cx),
            TimerKey::SharePersister => self.on_share_persister_timer(cx),
            TimerKey::TransactionTimeouts => self.on_txn_timeouts(cx),
            TimerKey::TransactionalIdExpiry => self.on_transactional_id_expiry(cx),
            TimerKey::TransactionRetry => self.on_txn_retry_timer(cx),
            // Timers of controllers and clients.
            _ => {}
        }
    }

    /// Answers and sends what became due during this input. Completing one wait can
    /// cause the next (a coordinator's write), so it runs until nothing is left.
    fn settle(&mut self, cx: &mut Cx<'_>) {
        loop {
            while let Some(id) = self.moved.pop() {
                self.complete_appends(cx, id);
                self.consumers.look_at(id);
                self.share.look_at(id);
            }
            let more = self.finish_produces(cx) | self.settle_share(cx) | self.settle_txn(cx);
            if !more && self.moved.is_empty() {
                break;
            }
        }
        self.answer_follower_fetches(cx);
        self.answer_consumer_fetches(cx);
        self.finish_deletes(cx);
        self.settle_moves(cx);
        self.send_fetches(cx);
        self.send_alter_partition(cx);
        self.write_owed_checkpoints();
    }
}

/// Whether it is for the active controller, although brokers take it.
fn is_forwarded(request: &Request) -> bool {
    let api = request.api();
    api.is_on(Listener::Broker) && api.definition().forwardable
}
