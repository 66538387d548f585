//! Requests and timers of the active controller: who decides what (RAFT-14).

use super::active::{self, Waiting};
use super::event::{Event, View};
use super::{Controller, Env, brokers, configs, log_dirs, partitions, reassignment, topics};
use crate::broker::CLUSTER_ID;
use crate::error::ErrorCode;
use crate::metadata::MetadataRecord;
use crate::node::TimerKey;
use crate::protocol::{
    AllocateProducerIdsRequest, AllocateProducerIdsResponse, ApiVersionsResponse,
    ControllerRegistrationRequest, ControllerRegistrationResponse, DescribeClusterResponse,
    Listener, MetadataBroker, Outcome, Request, Response, refusal,
};
use crate::types::{NodeId, ProducerId, RequestId};

/// Ids in one block of producer ids.
const PRODUCER_ID_BLOCK: u32 = 1_000;

impl Controller {
    pub(super) fn on_request(
        &mut self,
        env: &mut Env<'_>,
        from: NodeId,
        id: RequestId,
        request: &Request,
    ) {
        if let Some(response) = self.introduce(request) {
            env.fx.respond(from, id, response);
            return;
        }
        let error = match request {
            Request::DescribeQuorum(_) => ErrorCode::NotLeaderOrFollower,
            _ => ErrorCode::NotController,
        };
        let Some(refusal) = refusal(request, error) else {
            return;
        };
        if let Request::DescribeQuorum(_) = request {
            // The quorum's own business: no record, and no office needed.
            let described = self.raft.describe(env.now, &self.disk.raft);
            let response = described.map_or(refusal, Response::DescribeQuorum);
            env.fx.respond(from, id, response);
            return;
        }
        let Some((event, response)) = self.decide(env, request) else {
            env.fx.respond(from, id, refusal);
            return;
        };
        self.finish(env, event);
        let waiting = Waiting {
            from,
            id,
            response,
            refusal,
        };
        // Also without records: the answer may rest on records not yet committed.
        let offset = self.image.next_offset;
        if let Some(active) = &mut self.active {
            active.wait(offset, waiting);
        }
    }

    /// What every controller tells of itself and the others.
    fn introduce(&self, request: &Request) -> Option<Response> {
        match request {
            Request::ApiVersions(_) => {
                let transaction_version = self.image.transaction_version();
                Some(Response::ApiVersions(ApiVersionsResponse {
                    listener: Listener::Controller,
                    transaction_version,
                }))
            }
            Request::DescribeCluster(request) => {
                let mismatch = request.mismatch(Listener::Controller);
                let controller = |id: &NodeId| MetadataBroker {
                    id: *id,
                    host: "localhost".into(),
                    port: self.config.quorum.port(*id),
                    rack: None,
                };
                let described = || DescribeClusterResponse {
                    outcome: Outcome::ok(),
                    brokers: self.image.controllers.iter().map(controller).collect(),
                    fenced: Vec::new(),
                    controller: self.raft.leader(),
                    cluster_id: CLUSTER_ID,
                };
                Some(Response::DescribeCluster(
                    mismatch.unwrap_or_else(described),
                ))
            }
            _ => None,
        }
    }

    /// What a request makes the active controller do; `None` if it is not active.
    fn decide(&mut self, env: &mut Env<'_>, request: &Request) -> Option<(Event, Response)> {
        let active = self.active.as_mut()?;
        let contacts = &mut active.contacts;
        let view = View {
            config: &self.config,
            image: &self.image,
        };
        macro_rules! answer {
            ($kind:ident, $decided:expr) => {{
                let (event, response) = $decided;
                (event, Response::$kind(response))
            }};
        }
        Some(match request {
            Request::BrokerRegistration(request) => answer!(
                BrokerRegistration,
                brokers::register(view, contacts, env.now, request)
            ),
            Request::BrokerHeartbeat(request) => answer!(
                BrokerHeartbeat,
                brokers::heartbeat(view, contacts, env.now, request)
            ),
            Request::UnregisterBroker(request) => answer!(
                UnregisterBroker,
                brokers::unregister(view, contacts, request)
            ),
            Request::AlterPartition(request) => {
                answer!(AlterPartition, partitions::alter_partition(view, request))
            }
            Request::AssignReplicasToDirs(request) => {
                answer!(AssignReplicasToDirs, log_dirs::assign(view, request))
            }
            Request::ElectLeaders(request) => {
                answer!(ElectLeaders, partitions::elect_leaders(view, request))
            }
            Request::CreateTopics(request) => {
                answer!(CreateTopics, topics::create(view, env.prng, request))
            }
            Request::DeleteTopics(request) => {
                answer!(DeleteTopics, topics::delete(view, request))
            }
            Request::CreatePartitions(request) => answer!(
                CreatePartitions,
                topics::create_partitions(view, env.prng, request)
            ),
            Request::IncrementalAlterConfigs(request) => {
                answer!(IncrementalAlterConfigs, configs::alter(view, request))
            }
            Request::AlterPartitionReassignments(request) => answer!(
                AlterPartitionReassignments,
                reassignment::alter(view, request)
            ),
            Request::ListPartitionReassignments(request) => answer!(
                ListPartitionReassignments,
                (Event::default(), reassignment::list(view, request))
            ),
            Request::AllocateProducerIds(request) => {
                answer!(AllocateProducerIds, allocate_producer_ids(view, request))
            }
            Request::ControllerRegistration(request) => {
                answer!(ControllerRegistration, register_controller(request))
            }
            _ => return None,
        })
    }

    pub(super) fn on_timer(&mut self, env: &mut Env<'_>, key: TimerKey) {
        if key == TimerKey::ControllerRegistration {
            self.registration_pause_ended();
            return;
        }
        let Some(active) = &mut self.active else {
            return;
        };
        let view = View {
            config: &self.config,
            image: &self.image,
        };
        let event = match key {
            TimerKey::ControllerSessions => {
                active.session_timer_fired();
                // One broker an event: the next check sees what this one did (BRK-6).
                let mut event = Event::default();
                if let Some(broker) = active.contacts.take_expired(env.now) {
                    brokers::fence(view, &mut event, broker);
                }
                event
            }
            TimerKey::ControllerNoOp => Event {
                records: vec![MetadataRecord::NoOp],
                notes: Vec::new(),
            },
            TimerKey::ControllerPreferred => partitions::preferred_pass(view),
            TimerKey::ControllerUnclean => partitions::unclean_pass(view),
            _ => return,
        };
        if let Some(period) = active::period(&self.config, key) {
            env.fx.set_timer(key, env.now + period);
        }
        self.finish(env, event);
    }
}

/// PRO-13: the next block of producer ids.
fn allocate_producer_ids(
    view: View<'_>,
    request: &AllocateProducerIdsRequest,
) -> (Event, AllocateProducerIdsResponse) {
    let mut event = Event::default();
    let (broker, broker_epoch) = (request.broker, request.broker_epoch);
    if let Err(error) = brokers::check_epoch(view, broker, broker_epoch) {
        let answer = AllocateProducerIdsResponse {
            error,
            start: ProducerId::NONE,
            len: 0,
        };
        return (event, answer);
    }
    let start = view.image.next_producer_id;
    event.records.push(MetadataRecord::ProducerIds {
        broker,
        broker_epoch,
        next: ProducerId(start.0 + i64::from(PRODUCER_ID_BLOCK)),
    });
    let answer = AllocateProducerIdsResponse {
        error: ErrorCode::None,
        start,
        len: PRODUCER_ID_BLOCK,
    };
    (event, answer)
}

fn register_controller(
    request: &ControllerRegistrationRequest,
) -> (Event, ControllerRegistrationResponse) {
    let controller = request.controller;
    let event = Event {
        records: vec![MetadataRecord::RegisterController { controller }],
        notes: Vec::new(),
    };
    let error = ErrorCode::None;
    (event, ControllerRegistrationResponse { error })
}
