//! What the coordinator tells tools: ListTransactions and DescribeTransactions.

use super::{TransactionCoordinator, TransactionMetadata, TxnState};
use crate::error::ErrorCode;
use crate::metadata::ClusterImage;
use crate::protocol::{DescribedTransaction, ListTransactionsRequest, ListedTransaction};
use crate::types::{Name, ProducerEpoch, ProducerId, Time};

impl TransactionCoordinator {
    /// ListTransactions: every id it knows, Dead ones left out.
    pub fn list(&self, now: Time, request: &ListTransactionsRequest) -> Vec<ListedTransaction> {
        let now_ms = now.as_ms() as i64;
        let long_enough = |txn: &&TransactionMetadata| match request.duration_filter_ms {
            Some(ms) if ms >= 0 => txn.start_ms >= 0 && now_ms - txn.start_ms > ms,
            _ => true,
        };
        let known = self.ids.values();
        let listed = known.filter(|txn| txn.state != TxnState::Dead);
        listed
            .filter(long_enough)
            .map(|txn| ListedTransaction {
                transactional_id: txn.transactional_id.clone(),
                producer_id: txn.producer_id,
                state: txn.state.name().into(),
            })
            .collect()
    }

    /// DescribeTransactions of one id.
    pub fn describe(&self, id: &Name, image: &ClusterImage) -> DescribedTransaction {
        if let Err(error) = self.check_led(id, image) {
            return undescribed(id, error);
        }
        match self.ids.get(id).filter(|txn| txn.state != TxnState::Dead) {
            None => undescribed(id, ErrorCode::TransactionalIdNotFound),
            Some(txn) => DescribedTransaction {
                error: ErrorCode::None,
                transactional_id: id.clone(),
                state: txn.state.name().into(),
                timeout_ms: txn.timeout_ms,
                start_ms: txn.start_ms,
                producer_id: txn.producer_id,
                producer_epoch: txn.producer_epoch,
                partitions: txn.partitions.iter().copied().collect(),
            },
        }
    }
}

fn undescribed(id: &Name, error: ErrorCode) -> DescribedTransaction {
    DescribedTransaction {
        error,
        transactional_id: id.clone(),
        state: "".into(),
        timeout_ms: 0,
        start_ms: -1,
        producer_id: ProducerId::NONE,
        producer_epoch: ProducerEpoch::NONE,
        partitions: Vec::new(),
    }
}
