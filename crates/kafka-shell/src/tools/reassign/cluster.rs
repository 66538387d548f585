//! What `kafka-reassign-partitions.sh` asks the cluster, and what it has it do.

use std::collections::{BTreeMap, BTreeSet};

use kafka_core::client::AdminTarget;
use kafka_core::error::ErrorCode;
use kafka_core::protocol::{
    AlterOp, AlterPartitionReassignmentsRequest, AlterReplicaLogDirsRequest, ConfigResource,
    DescribeClusterRequest, DescribeLogDirsRequest, DescribeTopicPartitionsRequest, DescribedTopic,
    IncrementalAlterConfigsRequest, ListPartitionReassignmentsRequest, MetadataBroker,
    OngoingReassignment, Outcome, Request, Response,
};
use kafka_core::types::{BrokerId, Name};

use super::Tp;
use super::log_dirs::{Lies, Replica};
use crate::admin::Admin;
use crate::java::Exception;

/// The cluster as the tool sees it.
pub(super) struct Cluster<'a> {
    pub(super) admin: &'a Admin,
}

/// The partitions of each broker.
fn by_broker(replicas: BTreeSet<Replica>) -> BTreeMap<BrokerId, Vec<Tp>> {
    let mut partitions: BTreeMap<BrokerId, Vec<Tp>> = BTreeMap::new();
    for (tp, broker) in replicas {
        partitions.entry(broker).or_default().push(tp);
    }
    partitions
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
        let of_partition = |(tp, brokers): (&Tp, &Vec<BrokerId>)| {
            let up = brokers.iter().filter(|broker| up.contains(broker));
            up.map(|broker| (tp.clone(), *broker)).collect::<Vec<_>>()
        };
        let asked = replicas.iter().flat_map(of_partition).collect();
        let places = self.places(asked).await?.into_iter();
        Ok(places
            .filter_map(|(replica, lies)| Some((replica, lies.current?)))
            .collect())
    }

    /// Where each of these replicas is, and where it moves to. An error if a broker does not
    /// answer.
    pub(super) async fn places(
        &self,
        replicas: BTreeSet<Replica>,
    ) -> Result<BTreeMap<Replica, Lies>, Exception> {
        let mut places: BTreeMap<Replica, Lies> = BTreeMap::new();
        for (broker, asked) in by_broker(replicas) {
            let partitions = Some(asked);
            let request = Request::DescribeLogDirs(DescribeLogDirsRequest { partitions });
            let target = AdminTarget::Broker(broker);
            let Response::DescribeLogDirs(answer) = self.admin.call(target, request).await? else {
                return Err(wrong_answer());
            };
            for dir in answer.dirs.iter().filter(|dir| !dir.error.is_error()) {
                for replica in &dir.replicas {
                    let tp = (replica.topic_name.clone(), replica.partition.partition);
                    let lies = places.entry((tp, broker)).or_default();
                    let place = match replica.is_future {
                        true => &mut lies.future,
                        false => &mut lies.current,
                    };
                    *place = Some(dir.path.clone());
                }
            }
        }
        Ok(places)
    }

    /// Has replicas move to directories: what each broker says of each, in order.
    pub(super) async fn alter_log_dirs(
        &self,
        wanted: &BTreeMap<Replica, Name>,
    ) -> BTreeMap<Replica, Result<ErrorCode, Exception>> {
        let mut outcomes = BTreeMap::new();
        for (broker, asked) in by_broker(wanted.keys().cloned().collect()) {
            let of_tp = |tp: Tp| {
                let dir = wanted.get(&(tp.clone(), broker)).cloned();
                (tp.0, tp.1, dir.unwrap_or_default())
            };
            let replicas = asked.iter().cloned().map(of_tp).collect();
            let request = Request::AlterReplicaLogDirs(AlterReplicaLogDirsRequest { replicas });
            let target = AdminTarget::Broker(broker);
            let failure = match self.admin.call(target, request).await {
                Ok(Response::AlterReplicaLogDirs(answer)) => {
                    let answers = answer.replicas.into_iter();
                    outcomes.extend(answers.map(|(topic, partition, error)| {
                        (((topic, partition), broker), Ok(error))
                    }));
                    continue;
                }
                Ok(_) => wrong_answer(),
                Err(failure) => failure,
            };
            let failed = |tp: Tp| ((tp, broker), Err(failure.clone()));
            outcomes.extend(asked.into_iter().map(failed));
        }
        outcomes
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
