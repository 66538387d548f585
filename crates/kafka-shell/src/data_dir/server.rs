//! What lies at the top of a server's folder besides its checkpoints: who the folder
//! belongs to, and how its last process ended.

use kafka_core::broker::CLUSTER_ID;
use kafka_core::types::{BrokerEpoch, NodeId, Uuid};
use kafka_sim::{Halt, Status, World};

use crate::clock::java_date;

/// `config/server-N.properties`: the file that server N was started with.
pub(super) fn properties(world: &World, path: &str) -> Option<String> {
    let number = path.strip_prefix("config/server-")?;
    let node = NodeId(number.strip_suffix(".properties")?.parse().ok()?);
    let spec = world.spec();
    let lines = match spec.controllers.iter().find(|it| it.node == node) {
        Some(controller) => controller.file(),
        None => spec.brokers.iter().find(|it| it.node == node)?.file(),
    };
    let lines = lines
        .iter()
        .map(|(name, value)| format!("{name}={value}\n"));
    Some(lines.collect())
}

/// `meta.properties`: every folder was formatted when the wall clock of the world began.
pub(super) fn meta_properties(world: &World, node: NodeId, directory: Uuid) -> String {
    let date = java_date(world.spec().clock_epoch_ms as i64);
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
