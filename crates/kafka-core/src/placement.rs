//! Which brokers get the replicas of new partitions (rules TOP-5 and section 2.2, 2.3).
//!
//! Pure functions of the brokers, the wish and a source of random numbers. They know no
//! topic and no controller. Invariant: no broker twice in one partition.

use std::fmt;

mod admin_utils;
mod striped;

pub use admin_utils::{BrokerRack, assign_replicas_to_brokers};
pub use striped::{UsableBroker, place_striped};

/// Why replicas cannot be placed; the text is Kafka's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlacementError {
    /// The wished replication factor is 0 or negative.
    ReplicationFactorNotPositive(i32),
    /// No broker may lead.
    AllBrokersFenced,
    /// More replicas than brokers.
    ReplicationFactorTooLarge {
        /// The wish.
        replication_factor: i32,
        /// Brokers there are.
        brokers: usize,
    },
    /// ZooKeeper era: 0 or fewer partitions.
    LegacyPartitionsNotPositive,
    /// ZooKeeper era: 0 or fewer replicas.
    LegacyReplicationFactorNotPositive,
    /// ZooKeeper era: more replicas than brokers.
    LegacyReplicationFactorTooLarge {
        /// The wish.
        replication_factor: i32,
        /// Live brokers there are.
        brokers: usize,
    },
    /// ZooKeeper era: some brokers have a rack and some have none.
    LegacyRacksIncomplete,
}

impl PlacementError {
    /// The simple name of the Java exception, from which the error code follows.
    pub fn exception(&self) -> &'static str {
        match self {
            PlacementError::LegacyPartitionsNotPositive => "InvalidPartitionsException",
            PlacementError::LegacyRacksIncomplete => "AdminOperationException",
            _ => "InvalidReplicationFactorException",
        }
    }
}

impl fmt::Display for PlacementError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PlacementError::ReplicationFactorNotPositive(factor) => write!(
                f,
                "Invalid replication factor {factor}: the replication factor must be positive."
            ),
            PlacementError::AllBrokersFenced => f.write_str(
                "All brokers are currently fenced, or have all their log directories cordoned.",
            ),
            PlacementError::ReplicationFactorTooLarge {
                replication_factor,
                brokers,
            } => write!(
                f,
                "The target replication factor of {replication_factor} cannot be reached because \
                 only {brokers} broker(s) are registered or some brokers have all their log \
                 directories cordoned."
            ),
            PlacementError::LegacyPartitionsNotPositive => {
                f.write_str("Number of partitions must be larger than 0.")
            }
            PlacementError::LegacyReplicationFactorNotPositive => {
                f.write_str("Replication factor must be larger than 0.")
            }
            PlacementError::LegacyReplicationFactorTooLarge {
                replication_factor,
                brokers,
            } => write!(
                f,
                "Replication factor: {replication_factor} larger than available brokers: {brokers}."
            ),
            PlacementError::LegacyRacksIncomplete => f.write_str(
                "Not all brokers have rack information for replica rack aware assignment.",
            ),
        }
    }
}

impl std::error::Error for PlacementError {}
