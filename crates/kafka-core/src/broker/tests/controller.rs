//! A controller that does as it is told.

use std::rc::Rc;

use super::CONTROLLER;
use crate::error::ErrorCode;
use crate::metadata::{
    ClusterImage, MetadataBatch, MetadataRecord, PartitionChange, PartitionRegistration,
};
use crate::node::Effects;
use crate::protocol::{
    AllocateProducerIdsResponse, AlterPartitionResponse, AlterPartitionResult,
    AssignReplicasToDirsRequest, AssignReplicasToDirsResponse, BrokerHeartbeatResponse,
    BrokerRegistrationResponse, CreateTopicsResponse, Outcome, QuorumFetchResponse, Request,
    Response,
};
use crate::raft::MetadataLog;
use crate::types::{
    BrokerEpoch, NodeId, Offset, ProducerId, QuorumEpoch, RequestId, TopicId, TopicPartition, Uuid,
};

const EPOCH: QuorumEpoch = QuorumEpoch(1);

#[derive(Default)]
pub(super) struct StubController {
    pub(super) image: ClusterImage,
    log: MetadataLog,
    parked: Vec<(NodeId, RequestId, Offset)>,
    /// Answers AlterPartition with this error instead of doing it.
    pub(super) refuse_isr: Option<ErrorCode>,
    blocks: i64,
}

impl StubController {
    pub(super) fn append(&mut self, records: Vec<MetadataRecord>) -> Effects {
        let batch = MetadataBatch {
            base_offset: self.log.end_offset(),
            epoch: EPOCH,
            append_time_ms: 0,
            records,
        };
        for record in &batch.records {
            self.image.apply(record);
        }
        self.log.append(Rc::new(batch));
        let mut fx = Effects::default();
        for (to, id, from) in std::mem::take(&mut self.parked) {
            fx.respond(to, id, self.fetched(from));
        }
        fx
    }

    fn fetched(&self, from: Offset) -> Response {
        Response::QuorumFetch(QuorumFetchResponse {
            error: ErrorCode::None,
            leader: Some(CONTROLLER),
            epoch: EPOCH,
            high_watermark: self.log.end_offset(),
            diverging: None,
            batches: self.log.read_from(from).map(Rc::clone).collect(),
        })
    }

    pub(super) fn handle(&mut self, from: NodeId, id: RequestId, request: &Request) -> Effects {
        let mut fx = Effects::default();
        match request {
            Request::QuorumFetch(fetch) => {
                let offset = fetch.fetch_offset;
                let stale = fetch.current_leader_epoch != EPOCH;
                if stale || offset < self.log.end_offset() {
                    fx.respond(from, id, self.fetched(offset));
                } else {
                    self.parked.retain(|parked| parked.0 != from);
                    self.parked.push((from, id, offset));
                }
            }
            Request::BrokerRegistration(request) => {
                let broker_epoch = BrokerEpoch(self.log.end_offset().0);
                fx = self.append(vec![MetadataRecord::RegisterBroker {
                    broker: request.broker,
                    incarnation: request.incarnation,
                    broker_epoch,
                    rack: None,
                    host: request.host.clone(),
                    port: request.port,
                    directories: request.log_dirs.clone(),
                }]);
                let error = ErrorCode::None;
                let response = BrokerRegistrationResponse {
                    error,
                    broker_epoch,
                };
                fx.respond(from, id, Response::BrokerRegistration(response));
            }
            Request::BrokerHeartbeat(_) => fx = self.heartbeat(from, id, request),
            Request::AlterPartition(_) => fx = self.alter(from, id, request),
            Request::AssignReplicasToDirs(request) => fx = self.assign(from, id, request),
            Request::AllocateProducerIds(_) => {
                let response = AllocateProducerIdsResponse {
                    error: ErrorCode::None,
                    start: ProducerId(self.blocks * 2),
                    len: 2,
                };
                self.blocks += 1;
                fx.respond(from, id, Response::AllocateProducerIds(response));
            }
            Request::CreateTopics(request) => {
                let topics = request.topics.iter();
                let done = |name: &crate::types::Name| (name.clone(), Outcome::ok(), None);
                let answer = topics.clone().map(|topic| done(&topic.name)).collect();
                for topic in topics {
                    let partitions = vec![vec![NodeId(1)]; topic.num_partitions as usize];
                    fx.list.extend(self.create(&topic.name, &partitions).1.list);
                }
                let response = CreateTopicsResponse { topics: answer };
                fx.respond(from, id, Response::CreateTopics(response));
            }
            _ => {}
        }
        fx
    }

    /// Unfences who asks for it; lets a stopping broker go at its second request.
    fn heartbeat(&mut self, from: NodeId, id: RequestId, request: &Request) -> Effects {
        let Request::BrokerHeartbeat(request) = request else {
            return Effects::default();
        };
        let mut fx = Effects::default();
        let broker = self.image.brokers[&from].clone();
        let caught_up = request.current_metadata_offset.0 >= request.broker_epoch.0;
        let change = |fenced, in_controlled_shutdown| MetadataRecord::BrokerRegistrationChange {
            broker: from,
            broker_epoch: request.broker_epoch,
            fenced,
            in_controlled_shutdown,
            directories: None,
        };
        let mut should_shut_down = false;
        if request.want_shut_down {
            should_shut_down = broker.in_controlled_shutdown;
            fx = self.append(vec![change(None, true)]);
        } else if broker.fenced && !request.want_fence && caught_up {
            fx = self.append(vec![change(Some(false), false)]);
        }
        let response = BrokerHeartbeatResponse {
            error: ErrorCode::None,
            is_caught_up: caught_up,
            is_fenced: self.image.brokers[&from].fenced,
            should_shut_down,
        };
        fx.respond(from, id, Response::BrokerHeartbeat(response));
        fx
    }

    /// Believes where replicas are.
    fn assign(
        &mut self,
        from: NodeId,
        id: RequestId,
        request: &AssignReplicasToDirsRequest,
    ) -> Effects {
        let mut fx = Effects::default();
        for (directory, tp) in &request.assignments {
            let state = self.image.partition(*tp).expect("it was created");
            let replicas = state.replicas.iter().zip(state.all_directories());
            let placed = replicas.map(|(broker, known)| match *broker == from {
                true => *directory,
                false => known,
            });
            let change = PartitionChange {
                directories: Some(placed.collect()),
                ..PartitionChange::default()
            };
            fx.list.extend(self.change(*tp, change).list);
        }
        let done = request.assignments.iter();
        let response = AssignReplicasToDirsResponse {
            error: ErrorCode::None,
            partitions: done.map(|(_, tp)| (*tp, ErrorCode::None)).collect(),
        };
        fx.respond(from, id, Response::AssignReplicasToDirs(response));
        fx
    }

    fn alter(&mut self, from: NodeId, id: RequestId, request: &Request) -> Effects {
        let Request::AlterPartition(request) = request else {
            return Effects::default();
        };
        let mut fx = Effects::default();
        let mut partitions = Vec::new();
        for wanted in &request.partitions {
            let error = self.refuse_isr.unwrap_or(ErrorCode::None);
            if !error.is_error() {
                let isr = wanted.new_isr.iter().map(|member| member.0).collect();
                let change = PartitionChange {
                    isr: Some(isr),
                    ..PartitionChange::default()
                };
                let id = TopicPartition::new(wanted.topic, wanted.partition);
                fx.list.extend(self.change(id, change).list);
            }
            let id = TopicPartition::new(wanted.topic, wanted.partition);
            let state = self.image.partition(id).cloned().unwrap_or_default();
            partitions.push(AlterPartitionResult {
                topic: wanted.topic,
                partition: wanted.partition,
                error,
                leader: state.leader,
                leader_epoch: state.leader_epoch,
                partition_epoch: state.partition_epoch,
                isr: state.isr,
                recovering: false,
            });
        }
        let error = ErrorCode::None;
        let response = AlterPartitionResponse { error, partitions };
        fx.respond(from, id, Response::AlterPartition(response));
        fx
    }

    /// A topic with these replicas, all in sync, led by the first.
    pub(super) fn create(&mut self, name: &str, partitions: &[Vec<NodeId>]) -> (TopicId, Effects) {
        let topic = self.image.next_topic;
        let mut records = vec![MetadataRecord::Topic {
            name: name.into(),
            topic,
            uuid: Uuid(u128::from(topic.0)),
        }];
        for (number, replicas) in partitions.iter().enumerate() {
            records.push(MetadataRecord::Partition {
                topic,
                partition: number as u32,
                state: PartitionRegistration {
                    replicas: replicas.clone(),
                    isr: replicas.clone(),
                    leader: replicas.first().copied(),
                    directories: self.image.default_dirs(replicas),
                    ..PartitionRegistration::default()
                },
            });
        }
        let fx = self.append(records);
        (topic, fx)
    }

    pub(super) fn change(&mut self, id: TopicPartition, change: PartitionChange) -> Effects {
        self.append(vec![MetadataRecord::PartitionChange {
            topic: id.topic,
            partition: id.partition,
            change,
        }])
    }
}

impl super::Bench {
    /// Creates a topic of one partition with these replicas.
    pub(super) fn create(&mut self, name: &str, replicas: &[u32]) -> TopicPartition {
        let replicas = replicas.iter().map(|id| NodeId(*id)).collect();
        let (topic, fx) = self.controller.create(name, &[replicas]);
        self.apply(CONTROLLER, fx);
        self.run_ms(600);
        TopicPartition::new(topic, 0)
    }

    /// Makes `leader` lead with this ISR, as after a failover.
    pub(super) fn elect(&mut self, id: TopicPartition, leader: Option<u32>, isr: &[u32]) {
        let change = PartitionChange {
            leader: Some(leader.map(NodeId)),
            isr: Some(isr.iter().map(|id| NodeId(*id)).collect()),
            ..PartitionChange::default()
        };
        let fx = self.controller.change(id, change);
        self.apply(CONTROLLER, fx);
    }

    /// Sets the ISR without an election, as when a broker is fenced.
    pub(super) fn set_isr(&mut self, id: TopicPartition, isr: &[u32]) {
        let change = PartitionChange {
            isr: Some(isr.iter().map(|id| NodeId(*id)).collect()),
            ..PartitionChange::default()
        };
        let fx = self.controller.change(id, change);
        self.apply(CONTROLLER, fx);
    }

    /// Fences (true) or unfences a broker.
    pub(super) fn fence(&mut self, id: u32, fenced: bool) {
        let broker = NodeId(id);
        let broker_epoch = self.controller.image.brokers[&broker].epoch;
        self.append(vec![MetadataRecord::BrokerRegistrationChange {
            broker,
            broker_epoch,
            fenced: Some(fenced),
            in_controlled_shutdown: false,
            directories: None,
        }]);
    }
}
