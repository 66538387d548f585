//! Metadata, FindCoordinator and automatic creation (MET-3, TOP-10, GRP-1).

use super::{Broker, Cx};
use crate::error::ErrorCode;
use crate::group::OFFSETS_TOPIC;
use crate::hash::coordinator_partition;
use crate::metadata::{ClusterImage, PartitionRegistration, TopicImage};
use crate::protocol::{
    CoordinatorKind, CreatableTopic, CreateTopicsRequest, FindCoordinatorRequest,
    FindCoordinatorResponse, MetadataBroker, MetadataPartition, MetadataRequest, MetadataResponse,
    MetadataTopic, Request, Response,
};
use crate::share::broker_number;
use crate::topic_name::{self, SHARE_GROUP_STATE_TOPIC, TRANSACTION_STATE_TOPIC};
use crate::types::{BrokerId, Name, NodeId, RequestId, TopicId, TopicPartition, Uuid};

impl Broker {
    pub(super) fn on_metadata(
        &mut self,
        cx: &mut Cx<'_>,
        from: NodeId,
        id: RequestId,
        request: &MetadataRequest,
    ) {
        let topics = match &request.topics {
            None => {
                let image = &self.image;
                let ids = image.topics_by_name.values();
                let topics = ids.filter_map(|id| image.topics.get(id));
                topics.map(|topic| describe(image, topic)).collect()
            }
            Some(names) => {
                let allow = request.allow_auto_topic_creation;
                let names = names.iter();
                names
                    .map(|name| self.metadata_topic(cx, name, allow))
                    .collect()
            }
        };
        let response = Response::Metadata(MetadataResponse {
            brokers: self.live_brokers(),
            controller: self.some_live_broker(),
            topics,
        });
        cx.fx.respond(from, id, response);
    }

    fn metadata_topic(&mut self, cx: &mut Cx<'_>, name: &Name, allow: bool) -> MetadataTopic {
        if let Some(topic) = self.image.topic(name) {
            return describe(&self.image, topic);
        }
        let error = if topic_name::validate(name).is_err() {
            ErrorCode::InvalidTopicException
        } else {
            if allow && self.config.auto_create_topics {
                self.auto_create(cx, name);
            }
            ErrorCode::UnknownTopicOrPartition
        };
        MetadataTopic {
            error,
            name: name.clone(),
            topic: TopicId::default(),
            uuid: Uuid::default(),
            is_internal: topic_name::is_internal(name),
            partitions: Vec::new(),
        }
    }

    /// TOP-10: asks the controller to create a topic with the defaults, once.
    pub(super) fn auto_create(&mut self, cx: &mut Cx<'_>, name: &Name) {
        if !self.creating.insert(name.clone()) {
            return;
        }
        let topic = match &**name {
            OFFSETS_TOPIC => self.offsets_topic(),
            SHARE_GROUP_STATE_TOPIC => self.share_state_topic(),
            TRANSACTION_STATE_TOPIC => self.transaction_state_topic(),
            _ => CreatableTopic {
                name: name.clone(),
                num_partitions: self.config.num_partitions,
                replication_factor: self.config.default_replication_factor,
                assignments: Vec::new(),
                configs: Vec::new(),
            },
        };
        let request = CreateTopicsRequest {
            topics: vec![topic],
            validate_only: false,
        };
        self.forward_own(cx, Request::CreateTopics(request));
    }

    fn offsets_topic(&self) -> CreatableTopic {
        CreatableTopic {
            name: OFFSETS_TOPIC.into(),
            num_partitions: self.config.offsets_topic_partitions,
            replication_factor: self.config.offsets_topic_replication_factor,
            assignments: Vec::new(),
            configs: vec![
                set("cleanup.policy", "compact"),
                set("compression.type", "producer"),
                set("segment.bytes", "104857600"),
            ],
        }
    }

    /// The share coordinator's topic. Unless they are set, its replicas are as many as
    /// those of the other internal topic, so that a small cluster can have it.
    fn share_state_topic(&self) -> CreatableTopic {
        let number = |name: &str| broker_number(&self.config, name);
        let replicas = "share.coordinator.state.topic.replication.factor";
        let is_set = self
            .config
            .properties
            .iter()
            .any(|(name, _)| &**name == replicas);
        let replication_factor = if is_set {
            number(replicas) as i16
        } else {
            self.config.offsets_topic_replication_factor
        };
        let text = |name: &str| number(name).to_string();
        let min_isr = text("share.coordinator.state.topic.min.isr");
        let segment = text("share.coordinator.state.topic.segment.bytes");
        CreatableTopic {
            name: SHARE_GROUP_STATE_TOPIC.into(),
            num_partitions: number("share.coordinator.state.topic.num.partitions") as i32,
            replication_factor,
            assignments: Vec::new(),
            configs: vec![
                set("cleanup.policy", "delete"),
                set("compression.type", "producer"),
                set("min.insync.replicas", &min_isr),
                set("retention.ms", "-1"),
                set("segment.bytes", &segment),
            ],
        }
    }

    /// The transaction coordinator's topic; unless they are set, its replicas are as
    /// many as those of the other internal topics, and no more of them must be in sync.
    fn transaction_state_topic(&self) -> CreatableTopic {
        let set_number = |name: &str| {
            let mut properties = self.config.properties.iter();
            let is_set = properties.any(|(known, _)| **known == *name);
            is_set.then(|| broker_number(&self.config, name))
        };
        let replicas = set_number("transaction.state.log.replication.factor");
        let replication_factor = replicas
            .map_or(self.config.offsets_topic_replication_factor, |replicas| {
                replicas as i16
            });
        let min_isr = set_number("transaction.state.log.min.isr");
        let min_isr = min_isr.unwrap_or(2).min(replication_factor.max(1) as u64);
        let number = |name: &str| broker_number(&self.config, name);
        let segment = number("transaction.state.log.segment.bytes").to_string();
        CreatableTopic {
            name: TRANSACTION_STATE_TOPIC.into(),
            num_partitions: number("transaction.state.log.num.partitions") as i32,
            replication_factor,
            assignments: Vec::new(),
            configs: vec![
                set("cleanup.policy", "compact"),
                set("compression.type", "uncompressed"),
                set("min.insync.replicas", &min_isr.to_string()),
                set("segment.bytes", &segment),
                set("unclean.leader.election.enable", "false"),
            ],
        }
    }

    pub(super) fn on_find_coordinator(
        &mut self,
        cx: &mut Cx<'_>,
        from: NodeId,
        id: RequestId,
        request: &FindCoordinatorRequest,
    ) {
        let node = self.coordinator_of(cx, request);
        let error = match (request.kind, node) {
            (_, Some(_)) => ErrorCode::None,
            (_, None) => ErrorCode::CoordinatorNotAvailable,
        };
        let response = FindCoordinatorResponse { error, node };
        cx.fx.respond(from, id, Response::FindCoordinator(response));
    }

    fn coordinator_of(
        &mut self,
        cx: &mut Cx<'_>,
        request: &FindCoordinatorRequest,
    ) -> Option<BrokerId> {
        let name = match request.kind {
            CoordinatorKind::Group => OFFSETS_TOPIC,
            CoordinatorKind::Share => SHARE_GROUP_STATE_TOPIC,
            CoordinatorKind::Transaction => TRANSACTION_STATE_TOPIC,
        };
        let Some(topic) = self.image.topic(name) else {
            self.auto_create(cx, &Name::from(name));
            return None;
        };
        let count = topic.partitions.len() as u32;
        let partition = coordinator_partition(&request.key, count);
        let id = TopicPartition::new(topic.topic, partition);
        let leader = self.image.partition(id)?.leader?;
        let registration = self.image.brokers.get(&leader)?;
        (!registration.fenced).then_some(leader)
    }

    pub(super) fn live_brokers(&self) -> Vec<MetadataBroker> {
        let registered = self.image.brokers.values();
        let live = registered.filter(|registration| !registration.fenced);
        live.map(MetadataBroker::from).collect()
    }

    /// KRaft brokers name a live broker as "controller", so that admin requests
    /// are spread and forwarded.
    pub(super) fn some_live_broker(&self) -> Option<NodeId> {
        let me = self.me();
        let is_live = |id: &BrokerId| self.image.brokers.get(id).is_some_and(|b| !b.fenced);
        if is_live(&me) {
            return Some(me);
        }
        self.image.brokers.keys().find(|id| is_live(id)).copied()
    }
}

fn set(name: &str, value: &str) -> (Name, Option<Name>) {
    (name.into(), Some(value.into()))
}

/// Replicas whose broker is fenced or unknown, or whose log directory has failed (MET-3).
pub(super) fn offline_replicas(
    image: &ClusterImage,
    state: &PartitionRegistration,
) -> Vec<BrokerId> {
    let is_fenced = |id: &BrokerId| image.brokers.get(id).is_none_or(|b| b.fenced);
    let is_offline = |id: &&BrokerId| is_fenced(id) || !image.is_dir_online(**id, state);
    state.replicas.iter().filter(is_offline).copied().collect()
}

fn describe(image: &ClusterImage, topic: &TopicImage) -> MetadataTopic {
    let partition = |(number, state): (usize, &PartitionRegistration)| MetadataPartition {
        error: match state.leader {
            Some(_) => ErrorCode::None,
            None => ErrorCode::LeaderNotAvailable,
        },
        partition: number as u32,
        leader: state.leader,
        leader_epoch: state.leader_epoch,
        replicas: state.replicas.clone(),
        isr: state.isr.clone(),
        offline_replicas: offline_replicas(image, state),
    };
    MetadataTopic {
        error: ErrorCode::None,
        name: topic.name.clone(),
        topic: topic.topic,
        uuid: topic.uuid,
        is_internal: topic_name::is_internal(&topic.name),
        partitions: topic.partitions.iter().enumerate().map(partition).collect(),
    }
}
