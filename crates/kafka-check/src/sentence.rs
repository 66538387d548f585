//! Breaches as plain English sentences; a page in another language makes its own from the facts.

use std::fmt;

use kafka_core::types::TopicPartition;

use crate::verdict::Breach;

impl fmt::Display for Breach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Breach::LeaderOutsideIsr { .. }
            | Breach::IsrOutsideReplicas { .. }
            | Breach::InIsrAndElr { .. }
            | Breach::FencedInIsr { .. }
            | Breach::TwoLeaders { .. }
            | Breach::EpochSkipped { .. }
            | Breach::EpochAhead { .. } => self.fmt_metadata(f),
            Breach::TwoQuorumLeaders { .. }
            | Breach::MetadataDiffers { .. }
            | Breach::VotedTwice { .. }
            | Breach::QuorumEpochFell { .. } => self.fmt_quorum(f),
            Breach::TwoOwners { .. }
            | Breach::GenerationFell { .. }
            | Breach::ForeignCommit { .. } => self.fmt_group(f),
            Breach::AcknowledgedLost { .. }
            | Breach::AcknowledgedUncommitted { .. }
            | Breach::SequenceRepeated { .. }
            | Breach::SequenceSkipped { .. } => self.fmt_records(f),
            _ => self.fmt_replica(f),
        }
    }
}

/// A partition in a sentence: topics are numbers here.
struct P(TopicPartition);

impl fmt::Display for P {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "partition {} of topic #{}",
            self.0.partition, self.0.topic
        )
    }
}

impl Breach {
    fn fmt_replica(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Breach::OffsetsOutOfOrder {
                broker,
                partition,
                log_start,
                high_watermark,
                log_end,
            } => write!(
                f,
                "broker {broker} has log start {log_start}, high watermark {high_watermark} and log end {log_end} for {}: they must not decrease in that order",
                P(*partition)
            ),
            Breach::CommittedDiffers {
                broker,
                partition,
                offset,
            } => write!(
                f,
                "broker {broker} holds another record at committed offset {offset} of {} than the one that was committed",
                P(*partition)
            ),
            Breach::PrefixDiffers {
                broker,
                partition,
                offset,
                epoch,
            } => write!(
                f,
                "broker {broker} holds a batch of epoch {epoch} at offset {offset} of {} behind another history than that epoch's leader",
                P(*partition)
            ),
            Breach::EpochFell {
                broker,
                partition,
                offset,
                epoch,
                before,
            } => write!(
                f,
                "the log of broker {broker} for {} goes from epoch {before} back to {epoch} at offset {offset}",
                P(*partition)
            ),
            Breach::LeaderLacks {
                leader,
                partition,
                epoch,
                from,
                to,
            } => write!(
                f,
                "broker {leader} became leader of {} in epoch {epoch} without the committed records {from} to {to}",
                P(*partition)
            ),
            Breach::HighWatermarkFell {
                leader,
                partition,
                from,
                to,
            } => write!(
                f,
                "the high watermark of leader {leader} for {} fell from {from} to {to} within one epoch",
                P(*partition)
            ),
            Breach::HighWatermarkBeyondReplica {
                leader,
                partition,
                high_watermark,
                follower,
                log_end,
            } => write!(
                f,
                "leader {leader} moved the high watermark of {} to {high_watermark}, but in-sync broker {follower} holds only what is below {log_end}",
                P(*partition)
            ),
            Breach::MovedUnderMinIsr {
                leader,
                partition,
                isr,
                min_isr,
            } => write!(
                f,
                "leader {leader} moved the high watermark of {} with {isr} in-sync replicas, although {min_isr} are needed",
                P(*partition)
            ),
            _ => Ok(()),
        }
    }

    fn fmt_metadata(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Breach::LeaderOutsideIsr { partition, leader } => {
                write!(f, "leader {leader} of {} is not in the ISR", P(*partition))
            }
            Breach::IsrOutsideReplicas { partition, broker } => write!(
                f,
                "broker {broker} is in the ISR or ELR of {} without being a replica",
                P(*partition)
            ),
            Breach::InIsrAndElr { partition, broker } => write!(
                f,
                "broker {broker} is in the ISR and in the ELR of {}, or there is an ELR although the ISR is large enough",
                P(*partition)
            ),
            Breach::FencedInIsr { partition, broker } => {
                write!(
                    f,
                    "fenced broker {broker} is in the ISR of {}",
                    P(*partition)
                )
            }
            Breach::TwoLeaders {
                partition,
                epoch,
                one,
                other,
            } => write!(
                f,
                "brokers {one} and {other} both lead {} in epoch {epoch}",
                P(*partition)
            ),
            Breach::EpochSkipped {
                partition,
                from,
                to,
            } => write!(
                f,
                "the leader epoch of {} went from {from} to {to} in one record",
                P(*partition)
            ),
            Breach::EpochAhead {
                broker,
                partition,
                epoch,
                committed,
            } => write!(
                f,
                "broker {broker} acts in epoch {epoch} of {}, but the committed metadata knows only epoch {committed}",
                P(*partition)
            ),
            _ => Ok(()),
        }
    }

    fn fmt_quorum(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Breach::TwoQuorumLeaders { epoch, one, other } => write!(
                f,
                "controllers {one} and {other} are both taken for the quorum's leader of epoch {epoch}"
            ),
            Breach::MetadataDiffers { voter, offset } => write!(
                f,
                "controller {voter} has committed another metadata batch at offset {offset} than was committed before"
            ),
            Breach::VotedTwice {
                voter,
                epoch,
                first,
                second,
            } => match second {
                Some(second) => write!(
                    f,
                    "controller {voter} voted for {first} and then for {second} in epoch {epoch}"
                ),
                None => write!(
                    f,
                    "controller {voter} forgot its vote for {first} in epoch {epoch}"
                ),
            },
            Breach::QuorumEpochFell { voter, from, to } => {
                write!(f, "controller {voter} went from epoch {from} back to {to}")
            }
            _ => Ok(()),
        }
    }

    fn fmt_records(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Breach::AcknowledgedLost { partition, offset } => write!(
                f,
                "the acknowledged record at offset {offset} of {} is lost",
                P(*partition)
            ),
            Breach::AcknowledgedUncommitted {
                partition,
                offset,
                committed,
            } => write!(
                f,
                "acks=all acknowledged offset {offset} of {}, but only what is below {committed} is committed",
                P(*partition)
            ),
            Breach::SequenceRepeated {
                partition,
                producer,
                sequence,
                offset,
            } => write!(
                f,
                "sequence {sequence} of producer {producer} is in {} again at offset {offset}",
                P(*partition)
            ),
            Breach::SequenceSkipped {
                partition,
                producer,
                expected,
                sequence,
                offset,
            } => write!(
                f,
                "producer {producer} goes on in {} with sequence {sequence} at offset {offset} instead of {expected}",
                P(*partition)
            ),
            _ => Ok(()),
        }
    }

    fn fmt_group(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Breach::TwoOwners {
                group,
                generation,
                topic,
                partition,
                one,
                other,
            } => write!(
                f,
                "members {one} and {other} of group {group} both own {topic}-{partition} in generation {generation}"
            ),
            Breach::GenerationFell {
                group,
                coordinator,
                from,
                to,
            } => write!(
                f,
                "group {group} went from generation {from} back to {to} on coordinator {coordinator}"
            ),
            Breach::ForeignCommit {
                group,
                member,
                generation,
            } => write!(
                f,
                "group {group} accepted a commit of member '{member}' in generation {generation}, which is not its own"
            ),
            _ => Ok(()),
        }
    }
}
