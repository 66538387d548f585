//! Whether a whole configuration makes sense: every setting by itself, then the rules
//! between settings. One file for each kind of configuration.
//!
//! Not here: what happens with it afterwards. Invariant: a refusal is Kafka's exception
//! with Kafka's message.

mod admin;
mod bootstrap;
mod broker;
mod consumer;
mod group;
mod listeners;
mod producer;
mod topic;

pub use admin::admin_client;
pub use broker::broker;
pub use consumer::{consumer_client, consumer_config};
pub use group::group;
pub use producer::{is_idempotent, producer_client, producer_config};
pub use topic::topic;
