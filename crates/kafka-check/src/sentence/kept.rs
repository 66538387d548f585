//! Sentences of what was promised and not kept: to those in sync, to readers, to senders.

use std::fmt;

use super::Names;
use crate::verdict::Breach;

impl Breach {
    pub(super) fn fmt_kept(&self, f: &mut fmt::Formatter<'_>, p: Names<'_>) -> fmt::Result {
        match self {
            Breach::InSyncLacks {
                leader,
                partition,
                high_watermark,
                member,
            } => write!(
                f,
                "broker {leader} has {high_watermark} as high watermark of {}, but in-sync broker {member} does not hold all of that",
                p(*partition)
            ),
            Breach::CandidateLacks {
                partition,
                broker,
                log_end,
                committed,
            } => write!(
                f,
                "broker {broker} may be elected leader of {} and holds only what is below {log_end}, although {committed} is committed",
                p(*partition)
            ),
            Breach::CommittedShrank {
                partition,
                leader,
                from,
                to,
            } => write!(
                f,
                "with leader {leader} the committed part of {} shrank from {from} to {to}",
                p(*partition)
            ),
            Breach::ReadTakenBack {
                partition,
                leader,
                offset,
            } => write!(
                f,
                "leader {leader} of {} does not hold the record at offset {offset} that a consumer was given",
                p(*partition)
            ),
            _ => self.fmt_applications(f, p),
        }
    }

    fn fmt_applications(&self, f: &mut fmt::Formatter<'_>, p: Names<'_>) -> fmt::Result {
        match self {
            Breach::SentBefore {
                partition,
                producer,
                offset,
            } => write!(
                f,
                "the record of producer {producer} at offset {offset} of {} was sent before the one in front of it",
                p(*partition)
            ),
            Breach::KeyStrayed {
                partition,
                producer,
                offset,
                expected,
            } => write!(
                f,
                "a key of a record of producer {producer} at offset {offset} of {} belongs to partition {expected}",
                p(*partition)
            ),
            Breach::PositionBeyondEnd {
                consumer,
                partition,
                position,
                log_end,
            } => write!(
                f,
                "consumer {consumer} is at offset {position} of {}, but its leader's log ends at {log_end}",
                p(*partition)
            ),
            Breach::GivenAgain {
                group,
                partition,
                offset,
            } => write!(
                f,
                "group {group} was given the record at offset {offset} of {} again",
                p(*partition)
            ),
            Breach::NeverGiven {
                group,
                partition,
                offset,
            } => write!(
                f,
                "group {group} has read {} to its end and was never given the record at offset {offset}",
                p(*partition)
            ),
            _ => Ok(()),
        }
    }
}
