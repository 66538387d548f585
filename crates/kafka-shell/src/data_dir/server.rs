//! What lies at the top of a server's folder besides its checkpoints: who the folder
//! belongs to, and how its last process ended.

use kafka_core::broker::CLUSTER_ID;
use kafka_core::metadata::directory_id;
use kafka_core::types::{BrokerEpoch, NodeId};
use kafka_sim::{Halt, Status, World};

use crate::clock::java_date;

/// `meta.properties`: every folder was formatted when the wall clock of the world began.
pub(super) fn meta_properties(world: &World, node: NodeId) -> String {
    let date = java_date(world.spec().clock_epoch_ms as i64);
    let directory = directory_id(node);
    format!(
        "#\n#{date}\nnode.id={node}\ndirectory.id={directory}\nversion=1\ncluster.id={CLUSTER_ID}\n"
    )
}

/// `.kafka_cleanshutdown`: written by a clean stop, read and removed by the next start (BRK-2).
pub(super) fn clean_shutdown(epoch: BrokerEpoch) -> String {
    format!("{{\"version\":0,\"brokerEpoch\":{}}}", epoch.0)
}

/// Whether `.lock` is there: a process holds it, or died with it.
pub(super) fn is_locked(world: &World, node: NodeId) -> bool {
    let status = world.node(node).map(|view| view.status);
    !matches!(status, None | Some(Status::New | Status::Down(Halt::Clean)))
}
