//! Names of client processes, as the page and lessons say them.

use std::collections::BTreeMap;

use kafka_core::types::NodeId;
use kafka_sim::World;

/// Names of the client processes: `client.id`, with the process number when two share one.
pub fn client_names(world: &World) -> BTreeMap<NodeId, String> {
    let ids = || {
        world
            .nodes()
            .filter_map(|n| n.config.client().map(|c| (n.id, c.client_id.clone())))
    };
    ids()
        .map(|(id, name)| {
            let twins = ids().filter(|(_, other)| *other == name).count();
            let name = if twins > 1 {
                numbered(&name, id)
            } else {
                name.to_string()
            };
            (id, name)
        })
        .collect()
}

/// A client's name with its number, which no other client has.
pub fn numbered(name: &str, id: NodeId) -> String {
    format!("{name}#{}", id.0 - NodeId::FIRST_CLIENT.0)
}

/// The client of that name, removed ones too: `w1`, of several the newest, or `w1#3`.
pub fn client(world: &World, name: &str) -> Option<NodeId> {
    let mut found = None;
    for (id, config) in world.ever() {
        let Some(client) = config.client() else {
            continue;
        };
        if *client.client_id == *name || numbered(&client.client_id, id) == name {
            found = Some(id);
        }
    }
    found
}
