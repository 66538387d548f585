//! What `kafka-reassign-partitions.sh` asks the cluster, and what it has it do.

use std::collections::{BTreeMap, BTreeSet};

use kafka_core::client::AdminTarget;
use kafka_core::error::ErrorCode;
use kafka_core::protocol::{
    AlterOp, AlterPartitionReassignmentsRequest, ConfigResource, DescribeClusterRequest,
    DescribeLogDirsRequest, DescribeTopicPartitionsRequest, DescribedTopic,
    IncrementalAlterConfigsRequest, ListPartitionReassignmentsRequest, MetadataBroker,
    OngoingReassignment, Outcome, Request, Response,
};
use kafka_core::types::{BrokerId, Name};

use super::Tp;
use crate::admin::Admin;
use crate::java::Exception;

/// The cluster as the tool sees it.
pub(super) struct Cluster<'a> {
    pub(super) admin: &'a Admin,
}

fn wrong_answer() -> Exception {
    Exception::new("java.lang.IllegalStateException", "unexpected response")
}

impl Cluster<'_> {
    /// Reassignments that are running.
    pub(super) async fn ongoing(&self) -> Result<BTreeMap<Tp, OngoingReassignment>, Exception> {
        let request = ListPartitionReassignmentsRequest { partitions: None };
        let request = Request::ListPartitionReassignments(request);
        let Response::ListPartitionReassignments(answer) =
            self.admin.call(AdminTarget::AnyBroker, request).await?
        else {
            return Err(wrong_answer());
        };
        if answer.error.is_error() {
            return Err(Exception::of_code(answer.error).executed());
        }
        let ongoing = answer.partitions.into_iter();
        Ok(ongoing
            .map(|o| ((o.topic_name.clone(), o.partition), o))
            .collect())
    }

    /// The brokers that are up.
    pub(super) async fn brokers(&self) -> Result<Vec<MetadataBroker>, Exception> {
        let request = Request::DescribeCluster(DescribeClusterRequest::default());
        match self.admin.call(AdminTarget::AnyBroker, request).await? {
            Response::DescribeCluster(answer) => Ok(answer.brokers),
            _ => Err(wrong_answer()),
        }
    }

    /// Topics; unknown ones carry their error.
    pub(super) async fn topics(
        &self,
        names: BTreeSet<Name>,
    ) -> Result<Vec<DescribedTopic>, Exception> {
        if names.is_empty() {
            return Ok(Vec::new());
        }
        let topics = names.into_iter().collect();
        let request = Request::DescribeTopicPartitions(DescribeTopicPartitionsRequest { topics });
        match self.admin.call(AdminTarget::AnyBroker, request).await? {
            Response::DescribeTopicPartitions(answer) => Ok(answer.topics),
            _ => Err(wrong_answer()),
        }
    }

    /// As [`Cluster::topics`]; an unknown topic is an error.
    pub(super) async fn known_topics(
        &self,
        names: BTreeSet<Name>,
    ) -> Result<Vec<DescribedTopic>, Exception> {
        let topics = self.topics(names).await?;
        match topics.iter().find(|topic| topic.error.is_error()) {
            None => Ok(topics),
            Some(unknown) => {
                let text = format!("Topic {} not found.", unknown.name);
                let outcome = Outcome::fail(unknown.error, &text);
                Err(Exception::of_outcome(&outcome).executed())
            }
        }
    }

    /// The log directory of each of these replicas, as far as its broker is up.
    pub(super) async fn log_dirs(
        &self,
        replicas: &BTreeMap<Tp, Vec<BrokerId>>,
    ) -> Result<BTreeMap<(Tp, BrokerId), Name>, Exception> {
        let up: BTreeSet<BrokerId> = self.brokers().await?.iter().map(|b| b.id).collect();
        let asked: BTreeSet<BrokerId> = replicas.values().flatten().copied().collect();
        let mut dirs = BTreeMap::new();
        for broker in asked.intersection(&up) {
            let partitions = Some(replicas.keys().cloned().collect());
            let request = Request::DescribeLogDirs(DescribeLogDirsRequest { partitions });
            let target = AdminTarget::Broker(*broker);
            let Response::DescribeLogDirs(answer) = self.admin.call(target, request).await? else {
                return Err(wrong_answer());
            };
            for dir in answer.dirs.iter().filter(|dir| !dir.error.is_error()) {
                for replica in &dir.replicas {
                    let tp = (replica.topic_name.clone(), replica.partition.partition);
                    dirs.insert((tp, *broker), dir.path.clone());
                }
            }
        }
        Ok(dirs)
    }

    /// Starts or cancels reassignments; gives what was refused.
    pub(super) async fn reassign(
        &self,
        partitions: Vec<(Name, u32, Option<Vec<BrokerId>>)>,
    ) -> Result<Vec<(Tp, Outcome)>, Exception> {
        let request = AlterPartitionReassignmentsRequest { partitions };
        let request = Request::AlterPartitionReassignments(request);
        let Response::AlterPartitionReassignments(answer) =
            self.admin.call(AdminTarget::AnyBroker, request).await?
        else {
            return Err(wrong_answer());
        };
        if answer.error.is_error() {
            return Err(Exception::of_code(answer.error).executed());
        }
        let refused = answer.partitions.into_iter();
        Ok(refused
            .filter(|(_, _, outcome)| outcome.error != ErrorCode::None)
            .map(|(topic, partition, outcome)| ((topic, partition), outcome))
            .collect())
    }

    /// Changes configs: those of a broker at that broker, which checks them, all others at any.
    pub(super) async fn configure(
        &self,
        resources: Vec<(ConfigResource, Vec<(Name, AlterOp)>)>,
    ) -> Result<(), Exception> {
        let (own, others): (Vec<_>, Vec<_>) = resources
            .into_iter()
            .partition(|(resource, _)| matches!(resource, ConfigResource::Broker(Some(_))));
        for change in own {
            let target = match change.0 {
                ConfigResource::Broker(Some(broker)) => AdminTarget::Broker(broker),
                _ => AdminTarget::AnyBroker,
            };
            self.alter(target, vec![change]).await?;
        }
        if others.is_empty() {
            return Ok(());
        }
        self.alter(AdminTarget::AnyBroker, others).await
    }

    async fn alter(
        &self,
        target: AdminTarget,
        resources: Vec<(ConfigResource, Vec<(Name, AlterOp)>)>,
    ) -> Result<(), Exception> {
        let request = Request::IncrementalAlterConfigs(IncrementalAlterConfigsRequest {
            resources,
            validate_only: false,
        });
        let Response::IncrementalAlterConfigs(answer) = self.admin.call(target, request).await?
        else {
            return Err(wrong_answer());
        };
        let refused = answer.results.iter().find(|(_, o)| o.error.is_error());
        refused.map_or(Ok(()), |(_, outcome)| {
            Err(Exception::of_outcome(outcome).executed())
        })
    }
}
