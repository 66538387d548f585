//! DescribeTopicPartitions and DescribeCluster (KIP-966).

use super::metadata::offline_replicas;
use super::{Broker, Cx};
use crate::error::ErrorCode;
use crate::log::Log;
use crate::metadata::{PartitionRegistration, TopicImage};
use crate::protocol::{
    DescribeClusterRequest, DescribeClusterResponse, DescribeLogDirsRequest,
    DescribeLogDirsResponse, DescribeTopicPartitionsRequest, DescribeTopicPartitionsResponse,
    DescribedLogDir, DescribedPartition, DescribedReplicaLog, DescribedTopic, Listener,
    MetadataBroker, Outcome, Response,
};
use crate::topic_name;
use crate::types::{Name, NodeId, RequestId, TopicId, TopicPartition, Uuid};

impl Broker {
    pub(super) fn on_describe_topic_partitions(
        &mut self,
        cx: &mut Cx<'_>,
        from: NodeId,
        id: RequestId,
        request: &DescribeTopicPartitionsRequest,
    ) {
        let names = request.topics.iter();
        let topics = names.map(|name| match self.image.topic(name) {
            Some(topic) => self.described_topic(topic),
            None => undescribed(name),
        });
        let topics = topics.collect();
        let response =
            Response::DescribeTopicPartitions(DescribeTopicPartitionsResponse { topics });
        cx.fx.respond(from, id, response);
    }

    fn described_topic(&self, topic: &TopicImage) -> DescribedTopic {
        let partition = |(number, state): (usize, &PartitionRegistration)| DescribedPartition {
            partition: number as u32,
            leader: state.leader,
            leader_epoch: state.leader_epoch,
            replicas: state.replicas.clone(),
            isr: state.isr.clone(),
            elr: state.elr.clone(),
            last_known_elr: state.last_known_elr.clone(),
            offline_replicas: offline_replicas(&self.image, state),
        };
        DescribedTopic {
            error: ErrorCode::None,
            name: topic.name.clone(),
            topic: topic.topic,
            uuid: topic.uuid,
            is_internal: topic_name::is_internal(&topic.name),
            partitions: topic.partitions.iter().enumerate().map(partition).collect(),
        }
    }

    pub(super) fn on_describe_cluster(
        &mut self,
        cx: &mut Cx<'_>,
        (from, id): (NodeId, RequestId),
        request: &DescribeClusterRequest,
    ) {
        let mismatch = request.mismatch(Listener::Broker);
        let fenced = || {
            let registered = self.image.brokers.values();
            registered.filter(|it| request.include_fenced && it.fenced)
        };
        let response = mismatch.unwrap_or_else(|| DescribeClusterResponse {
            outcome: Outcome::ok(),
            brokers: (self.live_brokers().into_iter())
                .chain(fenced().map(MetadataBroker::from))
                .collect(),
            fenced: fenced().map(|it| it.broker).collect(),
            controller: self.some_live_broker(),
            cluster_id: CLUSTER_ID,
        });
        cx.fx.respond(from, id, Response::DescribeCluster(response));
    }

    pub(super) fn on_describe_log_dirs(
        &mut self,
        cx: &mut Cx<'_>,
        from: NodeId,
        id: RequestId,
        request: &DescribeLogDirsRequest,
    ) {
        let mut replicas = self.described_logs(request);
        replicas.sort_by(|(_, a), (_, b)| {
            let key = |replica: &DescribedReplicaLog| replica.partition.partition;
            (&a.topic_name, key(a)).cmp(&(&b.topic_name, key(b)))
        });
        let dirs = (0..).zip(self.config.log_dirs());
        let dirs = dirs.map(|(number, path)| {
            let here = replicas.extract_if(.., |(dir, _)| *dir == number);
            DescribedLogDir {
                error: match self.dirs.is_offline(number) {
                    true => ErrorCode::KafkaStorageError,
                    false => ErrorCode::None,
                },
                path,
                replicas: here.map(|(_, replica)| replica).collect(),
            }
        });
        let response = DescribeLogDirsResponse {
            error: ErrorCode::None,
            dirs: dirs.collect(),
        };
        cx.fx.respond(from, id, Response::DescribeLogDirs(response));
    }

    /// The logs asked for, each with the number of its directory.
    fn described_logs(&self, request: &DescribeLogDirsRequest) -> Vec<(u32, DescribedReplicaLog)> {
        let described = |id: TopicPartition, log: &Log, offset_lag: i64, is_future: bool| {
            let topic = self.image.topics.get(&id.topic)?;
            let wanted = request.partitions.as_ref();
            let is_wanted = wanted.is_none_or(|wanted| {
                let mut wanted = wanted.iter();
                wanted.any(|(name, number)| *name == topic.name && *number == id.partition)
            });
            is_wanted.then(|| DescribedReplicaLog {
                topic_name: topic.name.clone(),
                partition: id,
                size_bytes: log.disk().size_bytes(),
                offset_lag,
                is_future,
            })
        };
        let current = self.partitions.iter().filter_map(|partition| {
            let log = &partition.log;
            let lag = log.high_watermark().0 - log.log_end_offset().0;
            let described = described(partition.id, log, lag.max(0), false)?;
            Some((self.dirs.disk.place(partition.id), described))
        });
        let usable = self.moves.futures.iter();
        let usable = usable.filter(|(_, future)| !self.dirs.is_offline(future.dir));
        let future = usable.filter_map(|(id, future)| {
            let current = self.partitions.get(*id).map(|it| it.log.log_end_offset().0);
            let lag = current.map_or(-1, |end| end - future.log.log_end_offset().0);
            Some((future.dir, described(*id, &future.log, lag, true)?))
        });
        current.chain(future).collect()
    }
}

/// Id the simulated cluster was formatted with; the same in every world.
pub const CLUSTER_ID: Uuid = Uuid(0x4272_6f6b_6572_7363_6f70_6500_0000_0001);

fn undescribed(name: &Name) -> DescribedTopic {
    let error = if topic_name::validate(name).is_err() {
        ErrorCode::InvalidTopicException
    } else {
        ErrorCode::UnknownTopicOrPartition
    };
    DescribedTopic {
        error,
        name: name.clone(),
        topic: TopicId::default(),
        uuid: Uuid::default(),
        is_internal: topic_name::is_internal(name),
        partitions: Vec::new(),
    }
}
