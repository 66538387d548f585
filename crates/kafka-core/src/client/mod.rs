//! The client processes: producer, consumer, admin.
//!
//! Each is one process with Kafka's client state machine and a small application
//! on top (a load, a poll loop). What the application asks for is a
//! [`ClientCommand`]; what it sees is a [`ClientEvent`] of the client history.

mod admin;
mod backoff;
mod cluster;
mod command;
mod consumer;
mod event;
mod lookup;
mod network;
mod producer;
mod refresh;
mod share_consumer;
#[cfg(test)]
mod testing;

pub use admin::Admin;
pub use command::*;
pub use consumer::{Consumer, ConsumerPartition};
pub use event::*;
pub use producer::{
    OffsetsToSend, Producer, ProducerCounts, ProducerPartition, TransactionCall, TransactionState,
};
pub use share_consumer::ShareConsumer;
