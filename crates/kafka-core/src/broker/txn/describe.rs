//! DescribeTransactions and DescribeProducers.

use crate::broker::Broker;
use crate::broker::answers::leader_in_epoch;
use crate::error::ErrorCode;
use crate::log::Log;
use crate::protocol::{
    DescribeProducersRequest, DescribeProducersResponse, DescribeTransactionsRequest,
    DescribeTransactionsResponse, DescribedProducer, Response,
};
use crate::transaction::Asker;
use crate::types::{LeaderEpoch, Offset};

impl Broker {
    pub(super) fn on_describe_transactions(
        &mut self,
        asker: Asker,
        request: &DescribeTransactionsRequest,
    ) {
        let ids = request.transactional_ids.iter();
        let (coordinator, image) = (&self.txn.coordinator, &self.image);
        let transactions = ids.map(|id| coordinator.describe(id, image)).collect();
        let answer = DescribeTransactionsResponse { transactions };
        self.txn_respond(asker, Response::DescribeTransactions(answer));
    }

    pub(super) fn on_describe_producers(
        &mut self,
        asker: Asker,
        request: &DescribeProducersRequest,
    ) {
        let none = LeaderEpoch::NONE;
        let described = request.partitions.iter().map(|id| {
            // Any replica knows them.
            let here = self.partitions.get(*id).ok_or(());
            let here = here.or_else(|()| leader_in_epoch(&self.partitions, &self.image, *id, none));
            match here {
                Ok(partition) => (*id, ErrorCode::None, producers(&partition.log)),
                Err(error) => (*id, error, Vec::new()),
            }
        });
        let partitions = described.collect();
        let answer = DescribeProducersResponse { partitions };
        self.txn_respond(asker, Response::DescribeProducers(answer));
    }
}

fn producers(log: &Log) -> Vec<DescribedProducer> {
    let all = log.producers().iter();
    all.map(|(id, entry)| DescribedProducer {
        producer_id: *id,
        producer_epoch: entry.epoch,
        last_sequence: entry.last_sequence(),
        last_timestamp_ms: entry.last_timestamp_ms,
        coordinator_epoch: entry.coordinator_epoch,
        current_txn_start_offset: entry.current_txn_first_offset.unwrap_or(Offset::UNKNOWN),
    })
    .collect()
}
