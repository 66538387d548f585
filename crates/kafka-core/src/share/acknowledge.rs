//! Acknowledging records (SHG-4, SHG-6).

use super::partition::{SharePartition, write_of};
use super::settings::ShareSettings;
use super::state::{Held, RecordState, StateWrite, push_run};
use crate::error::ErrorCode;
use crate::protocol::{AcknowledgeType, AcknowledgementBatch};
use crate::types::{Offset, Time};

/// A change that has to be stored before anybody is told (SHG-4).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Transition {
    /// To be repeated in [`SharePartition::settle`].
    pub ticket: u64,
    /// What to store; empty if nothing has to be.
    pub writes: Vec<StateWrite>,
}

fn target(acknowledged: AcknowledgeType) -> Option<RecordState> {
    Some(match acknowledged {
        AcknowledgeType::Accept => RecordState::Acknowledged,
        AcknowledgeType::Release => RecordState::Available,
        AcknowledgeType::Reject | AcknowledgeType::Gap => RecordState::Archived,
        AcknowledgeType::Renew => return None,
    })
}

/// The type for one offset: one a batch, or one each.
fn type_of(batch: &AcknowledgementBatch, offset: Offset) -> Option<AcknowledgeType> {
    if let [only] = batch.types[..] {
        return Some(only);
    }
    let at = usize::try_from(offset.0 - batch.first.0).ok()?;
    batch.types.get(at).copied()
}

impl SharePartition {
    /// Acknowledges for a member: all of it or nothing (SHG-4).
    ///
    /// # Errors
    /// INVALID_RECORD_STATE: a record is not acquired, or another member has it.
    /// INVALID_REQUEST: the batches make no sense.
    pub fn acknowledge(
        &mut self,
        member: &str,
        batches: &[AcknowledgementBatch],
        settings: &ShareSettings,
        now: Time,
    ) -> Result<Transition, ErrorCode> {
        for batch in batches {
            self.check(member, batch)?;
        }
        let ticket = self.ticket();
        let mut writes = Vec::new();
        for batch in batches {
            self.apply(batch, settings, now, ticket, &mut writes);
        }
        Ok(Transition { ticket, writes })
    }

    /// Whether the member has every record of the batch that is not behind SPSO.
    fn check(&self, member: &str, batch: &AcknowledgementBatch) -> Result<(), ErrorCode> {
        let count = batch.last.0 - batch.first.0 + 1;
        let types = batch.types.len() as i64;
        if count < 1 || types < 1 || (types > 1 && types != count) {
            return Err(ErrorCode::InvalidRequest);
        }
        let from = batch.first.max(self.start);
        if batch.last < from {
            return Ok(());
        }
        let mut at = from;
        for known in self.batches.values() {
            if known.last < from || known.first > batch.last {
                continue;
            }
            if known.first > at {
                return Err(ErrorCode::InvalidRecordState);
            }
            for (first, last, held) in known.runs() {
                if last >= from && first <= batch.last && !held.is_of(member) {
                    return Err(ErrorCode::InvalidRecordState);
                }
            }
            at = known.last.next();
        }
        if at == from {
            Err(ErrorCode::InvalidRecordState)
        } else if at <= batch.last {
            Err(ErrorCode::InvalidRequest)
        } else {
            Ok(())
        }
    }

    fn apply(
        &mut self,
        batch: &AcknowledgementBatch,
        settings: &ShareSettings,
        now: Time,
        ticket: u64,
        writes: &mut Vec<StateWrite>,
    ) {
        let limit = settings.delivery_count_limit;
        let from = batch.first.max(self.start);
        let one_type = batch.types.len() == 1;
        let touched = self.batches.values_mut();
        for known in touched.filter(|known| known.last >= from && known.first <= batch.last) {
            if !one_type {
                known.split();
            }
            let mut change = |first: Offset, last: Offset, held: &mut Held| {
                let Some(acknowledged) = type_of(batch, first) else {
                    return;
                };
                match target(acknowledged) {
                    Some(state) => {
                        held.begin_leave(state, limit, ticket);
                        push_run(writes, write_of(first, last, held));
                    }
                    None => held.lock_until = Some(now + settings.record_lock),
                }
            };
            known.change(from, batch.last, &mut change);
        }
    }

    /// The session of a member ended: everything it has is given back (SHG-7), which
    /// is stored like an acknowledgement.
    pub fn release_member(&mut self, member: &str, settings: &ShareSettings) -> Option<Transition> {
        let ticket = self.ticket();
        let limit = settings.delivery_count_limit;
        let start = self.start;
        let mut writes = Vec::new();
        for batch in self.batches.values_mut() {
            let (from, to) = (batch.first, batch.last);
            batch.change(from, to, |first, last, held| {
                if held.is_of(member) {
                    let behind = last < start;
                    let state = if behind {
                        RecordState::Archived
                    } else {
                        RecordState::Available
                    };
                    held.begin_leave(state, limit, ticket);
                    push_run(&mut writes, write_of(first, last, held));
                }
            });
        }
        (!writes.is_empty()).then_some(Transition { ticket, writes })
    }
}
