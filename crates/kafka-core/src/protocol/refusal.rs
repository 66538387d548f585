//! What answers a request that nobody serves: an error, in the shape of each response (Kafka's
//! `getErrorResponse`).
//!
//! Only requests for the active controller are here: a controller that is none refuses them, and
//! so does a broker that finds no controller to hand them on to.

use super::{
    AllocateProducerIdsResponse, AlterPartitionReassignmentsResponse, AlterPartitionResponse,
    AssignReplicasToDirsResponse, BrokerHeartbeatResponse, BrokerRegistrationResponse,
    ControllerRegistrationResponse, CreatePartitionsResponse, CreateTopicsResponse,
    DeleteTopicsResponse, DescribeQuorumResponse, ElectLeadersResponse,
    IncrementalAlterConfigsResponse, ListPartitionReassignmentsResponse, Outcome,
    RaftVoterResponse, Request, Response, UnregisterBrokerResponse,
};
use crate::error::ErrorCode;
use crate::types::{BrokerEpoch, Offset, ProducerId, QuorumEpoch};

/// The answer with that error, in Kafka's words for it; `None` for a request that is not for
/// controllers.
pub(crate) fn refusal(request: &Request, error: ErrorCode) -> Option<Response> {
    let outcome = Outcome::code(error);
    let response = match request {
        Request::DescribeQuorum(_) => Response::DescribeQuorum(DescribeQuorumResponse {
            error,
            leader: None,
            epoch: QuorumEpoch(0),
            high_watermark: Offset::UNKNOWN,
            voters: Vec::new(),
            observers: Vec::new(),
            ports: Vec::new(),
        }),
        Request::ControllerRegistration(_) => {
            Response::ControllerRegistration(ControllerRegistrationResponse { error })
        }
        Request::BrokerRegistration(_) => {
            Response::BrokerRegistration(BrokerRegistrationResponse {
                error,
                broker_epoch: BrokerEpoch::NONE,
            })
        }
        Request::BrokerHeartbeat(_) => Response::BrokerHeartbeat(BrokerHeartbeatResponse {
            error,
            is_caught_up: false,
            is_fenced: true,
            should_shut_down: false,
        }),
        Request::AlterPartition(_) => Response::AlterPartition(AlterPartitionResponse {
            error,
            partitions: Vec::new(),
        }),
        Request::AssignReplicasToDirs(_) => {
            Response::AssignReplicasToDirs(AssignReplicasToDirsResponse {
                error,
                partitions: Vec::new(),
            })
        }
        Request::AllocateProducerIds(_) => {
            Response::AllocateProducerIds(AllocateProducerIdsResponse {
                error,
                start: ProducerId::NONE,
                len: 0,
            })
        }
        Request::ElectLeaders(_) => Response::ElectLeaders(ElectLeadersResponse {
            error,
            partitions: Vec::new(),
        }),
        Request::AlterPartitionReassignments(_) => {
            Response::AlterPartitionReassignments(AlterPartitionReassignmentsResponse {
                error,
                partitions: Vec::new(),
            })
        }
        Request::ListPartitionReassignments(_) => {
            Response::ListPartitionReassignments(ListPartitionReassignmentsResponse {
                error,
                partitions: Vec::new(),
            })
        }
        Request::UnregisterBroker(_) => {
            Response::UnregisterBroker(UnregisterBrokerResponse { outcome })
        }
        Request::AddRaftVoter(_) => Response::AddRaftVoter(RaftVoterResponse { outcome }),
        Request::RemoveRaftVoter(_) => Response::RemoveRaftVoter(RaftVoterResponse { outcome }),
        _ => return refusal_for_each(request, &outcome),
    };
    Some(response)
}

/// Responses without an error of their own carry it in every element.
fn refusal_for_each(request: &Request, outcome: &Outcome) -> Option<Response> {
    let response = match request {
        Request::CreateTopics(request) => {
            let topics = request.topics.iter();
            let topics = topics.map(|topic| (topic.name.clone(), outcome.clone(), None));
            Response::CreateTopics(CreateTopicsResponse {
                topics: topics.collect(),
            })
        }
        Request::DeleteTopics(request) => {
            let topics = request.topics.iter();
            let topics = topics.map(|name| (name.clone(), outcome.clone()));
            Response::DeleteTopics(DeleteTopicsResponse {
                topics: topics.collect(),
            })
        }
        Request::CreatePartitions(request) => {
            let topics = request.topics.iter();
            let topics = topics.map(|topic| (topic.name.clone(), outcome.clone()));
            Response::CreatePartitions(CreatePartitionsResponse {
                topics: topics.collect(),
            })
        }
        Request::IncrementalAlterConfigs(request) => {
            let results = request.resources.iter();
            let results = results.map(|(resource, _)| (resource.clone(), outcome.clone()));
            Response::IncrementalAlterConfigs(IncrementalAlterConfigsResponse {
                results: results.collect(),
            })
        }
        _ => return None,
    };
    Some(response)
}
