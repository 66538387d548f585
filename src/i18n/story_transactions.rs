//! The sentences of transactions (section 5.4).

/// What became of a transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TransactionFact {
    /// Transactional id, state, producer epoch.
    State(String, &'static str, i16),
    /// Partition, commit or abort, offset of the marker.
    Marker(String, bool, i64),
}

impl TransactionFact {
    /// The sentence in English.
    pub fn english(&self) -> String {
        match self {
            TransactionFact::State(id, state, epoch) => {
                format!("Transactional id {id} is {state}, producer epoch {epoch}.")
            }
            TransactionFact::Marker(partition, commit, offset) => {
                let what = if *commit { "a commit" } else { "an abort" };
                format!("{partition} got {what} marker at offset {offset}.")
            }
        }
    }

    /// The sentence in Chinese.
    pub fn chinese(&self) -> String {
        match self {
            TransactionFact::State(id, state, epoch) => {
                format!("事务 ID {id} 进入 {state}，生产者 epoch {epoch}。")
            }
            TransactionFact::Marker(partition, commit, offset) => {
                let what = if *commit { "提交" } else { "中止" };
                format!("{partition} 写入{what}标记，偏移量 {offset}。")
            }
        }
    }
}
