//! `abort` and `forceTerminateTransaction`: ending what nobody ends.

use kafka_core::client::{AdminTarget, NamedPartition};
use kafka_core::error::ErrorCode;
use kafka_core::protocol::{
    InitProducerIdRequest, Request, Response, TxnMarker, WriteTxnMarkersRequest,
};
use kafka_core::types::{Offset, ProducerEpoch, ProducerId, TopicPartition};

use super::arguments::Line;
use super::{End, Transactions, number, unexpected};

/// A transaction named by its producer (before 3.0 the only way).
type Named = (ProducerId, ProducerEpoch, i32);

pub(super) fn by_producer(line: &Line) -> Result<Named, End> {
    let number = |name: &str| line.value(name).and_then(|text| text.parse::<i64>().ok());
    let (id, epoch) = (number("--producer-id"), number("--producer-epoch"));
    match (id, epoch, number("--coordinator-epoch")) {
        (Some(id), Some(epoch), Some(coordinator)) => Ok((
            ProducerId(id),
            ProducerEpoch(epoch as i16),
            coordinator as i32,
        )),
        _ => Err(End::Message(
            "The transaction to abort must be identified either with --start-offset (for brokers on 3.0 or above) or with --producer-id, --producer-epoch, and --coordinator-epoch (for older brokers)"
                .to_string(),
        )),
    }
}

impl Transactions<'_> {
    /// Has an abort marker written for a transaction that nobody ends.
    pub(super) async fn abort(&self) -> Result<(), End> {
        let topic = self.line.value("--topic").unwrap_or_default();
        let partition = self.partition()?;
        let (producer, epoch, coordinator_epoch) = match number(self.line, "--start-offset")? {
            None => by_producer(self.line)?,
            Some(start) => {
                let producers = self.producers(topic, partition, None).await?;
                let mut producers = producers.into_iter();
                let found = producers.find(|it| it.current_txn_start_offset == Offset(start));
                let found = found.ok_or_else(|| {
                    End::Message(format!(
                        "Could not find any open transactions starting at offset {start} on partition {topic}-{partition}"
                    ))
                })?;
                let written_by = found.coordinator_epoch.max(0);
                (found.producer_id, found.producer_epoch, written_by)
            }
        };
        let topics = self.topics(Some(topic)).await?;
        let topic_id = topics.first().map(|it| it.topic).unwrap_or_default();
        let marker = TxnMarker {
            producer_id: producer,
            producer_epoch: epoch,
            commit: false,
            coordinator_epoch,
            partitions: vec![TopicPartition::new(topic_id, partition)],
        };
        let request = Request::WriteTxnMarkers(WriteTxnMarkersRequest {
            markers: vec![marker],
        });
        let target = AdminTarget::Leader(NamedPartition {
            topic: topic.into(),
            partition,
        });
        let Response::WriteTxnMarkers(answer) = self.admin.call(target, request).await? else {
            return Err(unexpected());
        };
        let error = answer.markers.first().map_or(ErrorCode::None, |it| it.2);
        if error.is_error() {
            let text = format!(
                "Failed to abort transaction of producer {producer} on partition {topic}-{partition}: {}",
                error.message()
            );
            return Err(End::kafka(text));
        }
        Ok(())
    }

    /// Fences whoever uses the id, which aborts its transaction.
    pub(super) async fn force_terminate(&self) -> Result<(), End> {
        let id = self.line.value("--transactionalId").unwrap_or_default();
        let request = Request::InitProducerId(InitProducerIdRequest {
            transactional_id: Some(id.into()),
            transaction_timeout_ms: 1,
            producer_id: ProducerId::NONE,
            producer_epoch: ProducerEpoch::NONE,
        });
        let target = AdminTarget::TransactionCoordinator(id.into());
        match self.admin.call(target, request).await? {
            Response::InitProducerId(answer) if answer.error.is_error() => {
                let text = format!(
                    "Failed to force terminate transactionalId `{id}`: {}",
                    answer.error.message()
                );
                Err(End::kafka(text))
            }
            Response::InitProducerId(_) => Ok(()),
            _ => Err(unexpected()),
        }
    }
}
