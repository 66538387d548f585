//! Breaches as plain English sentences; a page in another language makes its own from the facts.

mod kept;
mod modern_groups;

use std::fmt;

use kafka_core::types::TopicPartition;
use kafka_sim::World;

use crate::verdict::Breach;

/// How a partition is called in a sentence.
type Names<'a> = &'a dyn Fn(TopicPartition) -> String;

impl fmt::Display for Breach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let numbered =
            |id: TopicPartition| format!("partition {} of topic #{}", id.partition, id.topic);
        self.fmt_among(f, &numbered)
    }
}

/// A breach with the topics' names in it.
pub struct Told<'a> {
    breach: &'a Breach,
    world: &'a World,
}

impl fmt::Display for Told<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.breach
            .fmt_among(f, &|id| partition_name(self.world, id))
    }
}

/// `orders-0`; a topic that is gone is called by its number.
pub fn partition_name(world: &World, id: TopicPartition) -> String {
    match world.topic_name(id.topic) {
        Some(topic) => format!("{topic}-{}", id.partition),
        None => format!("#{}-{}", id.topic, id.partition),
    }
}

impl Breach {
    /// The sentence, with partitions named as that world names them.
    pub fn told<'a>(&'a self, world: &'a World) -> Told<'a> {
        Told {
            breach: self,
            world,
        }
    }

    fn fmt_among(&self, f: &mut fmt::Formatter<'_>, p: Names<'_>) -> fmt::Result {
        match self {
            Breach::LeaderOutsideIsr { .. }
            | Breach::IsrOutsideReplicas { .. }
            | Breach::InIsrAndElr { .. }
            | Breach::FencedInIsr { .. }
            | Breach::NotInMaximalIsr { .. }
            | Breach::FollowerAhead { .. }
            | Breach::ElectedOutsider { .. }
            | Breach::NoWayBack { .. }
            | Breach::ReplicaDropped { .. }
            | Breach::TwoLeaders { .. }
            | Breach::EpochSkipped { .. }
            | Breach::EpochAhead { .. } => self.fmt_metadata(f, p),
            Breach::TwoQuorumLeaders { .. }
            | Breach::MetadataDiffers { .. }
            | Breach::OldEpochCommitted { .. }
            | Breach::AppliedOther { .. }
            | Breach::QuorumLeaderLacks { .. }
            | Breach::MetadataGone { .. }
            | Breach::VotedTwice { .. }
            | Breach::QuorumEpochFell { .. } => self.fmt_quorum(f),
            Breach::TwoMembersHold { .. }
            | Breach::TwoTargets { .. }
            | Breach::MeantForAnother { .. }
            | Breach::MeantForNobody { .. }
            | Breach::NotSettled { .. } => self.fmt_modern_group(f, p),
            Breach::TwoOwners { .. }
            | Breach::GenerationFell { .. }
            | Breach::ForeignCommit { .. } => self.fmt_group(f),
            Breach::TwoOutcomes { .. }
            | Breach::UndecidedExposed { .. }
            | Breach::SessionShared { .. }
            | Breach::TwoCoordinators { .. }
            | Breach::FencedWrite { .. }
            | Breach::WrittenAfterEnd { .. }
            | Breach::IllegalTransition { .. } => self.fmt_transaction(f, p),
            Breach::InSyncLacks { .. }
            | Breach::CandidateLacks { .. }
            | Breach::CommittedShrank { .. }
            | Breach::ReadTakenBack { .. }
            | Breach::SentBefore { .. }
            | Breach::KeyStrayed { .. }
            | Breach::PositionBeyondEnd { .. }
            | Breach::GivenAgain { .. }
            | Breach::NeverGiven { .. } => self.fmt_kept(f, p),
            Breach::AcquiredTwice { .. }
            | Breach::DeliveredTooOften { .. }
            | Breach::ShareStartFell { .. } => self.fmt_share(f, p),
            Breach::AcknowledgedLost { .. }
            | Breach::AcknowledgedUncommitted { .. }
            | Breach::SequenceRepeated { .. }
            | Breach::SequenceSkipped { .. } => self.fmt_records(f, p),
            Breach::DeletedTooMuch { .. } | Breach::CompactedTooMuch { .. } => self.fmt_log(f, p),
            _ => self.fmt_replica(f, p),
        }
    }
}

impl Breach {
    fn fmt_log(&self, f: &mut fmt::Formatter<'_>, p: Names<'_>) -> fmt::Result {
        match self {
            Breach::DeletedTooMuch {
                broker,
                partition,
                from,
                to,
                bound,
            } => write!(
                f,
                "broker {broker} moved the log start of {} from {from} to {to}, but only what lies below {bound} was committed",
                p(*partition)
            ),
            Breach::CompactedTooMuch {
                broker,
                partition,
                offset,
            } => write!(
                f,
                "broker {broker} compacted {} and changed or removed the record at offset {offset}, the latest of its key",
                p(*partition)
            ),
            _ => Ok(()),
        }
    }

    fn fmt_replica(&self, f: &mut fmt::Formatter<'_>, p: Names<'_>) -> fmt::Result {
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
                p(*partition)
            ),
            Breach::CommittedDiffers {
                broker,
                partition,
                offset,
            } => write!(
                f,
                "broker {broker} holds another record at committed offset {offset} of {} than the one that was committed",
                p(*partition)
            ),
            Breach::PrefixDiffers {
                broker,
                partition,
                offset,
                epoch,
            } => write!(
                f,
                "broker {broker} holds a batch of epoch {epoch} at offset {offset} of {} behind another history than that epoch's leader",
                p(*partition)
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
                p(*partition)
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
                p(*partition)
            ),
            Breach::HighWatermarkFell {
                leader,
                partition,
                from,
                to,
            } => write!(
                f,
                "the high watermark of leader {leader} for {} fell from {from} to {to} within one epoch",
                p(*partition)
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
                p(*partition)
            ),
            Breach::MovedUnderMinIsr {
                leader,
                partition,
                isr,
                min_isr,
            } => write!(
                f,
                "leader {leader} moved the high watermark of {} with {isr} in-sync replicas, although {min_isr} are needed",
                p(*partition)
            ),
            _ => Ok(()),
        }
    }

    fn fmt_metadata(&self, f: &mut fmt::Formatter<'_>, p: Names<'_>) -> fmt::Result {
        match self {
            Breach::LeaderOutsideIsr { partition, leader } => {
                write!(f, "leader {leader} of {} is not in the ISR", p(*partition))
            }
            Breach::IsrOutsideReplicas { partition, broker } => write!(
                f,
                "broker {broker} is in the ISR or ELR of {} without being a replica",
                p(*partition)
            ),
            Breach::InIsrAndElr { partition, broker } => write!(
                f,
                "broker {broker} is in the ISR and in the ELR of {}, or there is an ELR although the ISR is large enough",
                p(*partition)
            ),
            Breach::FencedInIsr { partition, broker } => {
                write!(
                    f,
                    "fenced broker {broker} is in the ISR of {}",
                    p(*partition)
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
                p(*partition)
            ),
            Breach::NotInMaximalIsr {
                leader,
                partition,
                broker,
            } => write!(
                f,
                "leader {leader} of {} moved its high watermark without broker {broker}, which the controller may still elect",
                p(*partition)
            ),
            Breach::FollowerAhead {
                broker,
                partition,
                high_watermark,
                committed,
            } => write!(
                f,
                "follower {broker} of {} takes {high_watermark} for the high watermark, but no leader got beyond {committed}",
                p(*partition)
            ),
            Breach::ElectedOutsider { partition, leader } => write!(
                f,
                "broker {leader} was elected leader of {} as if no data could be lost, but was neither in the ISR nor eligible",
                p(*partition)
            ),
            Breach::NoWayBack { partition } => write!(
                f,
                "{} has nobody in sync and nobody eligible, and does not know who led it last",
                p(*partition)
            ),
            Breach::ReplicaDropped { partition, broker } => write!(
                f,
                "broker {broker} is no replica of {} any more, although no reassignment ended",
                p(*partition)
            ),
            Breach::EpochSkipped {
                partition,
                from,
                to,
            } => write!(
                f,
                "the leader epoch of {} went from {from} to {to} in one record",
                p(*partition)
            ),
            Breach::EpochAhead {
                broker,
                partition,
                epoch,
                committed,
            } => write!(
                f,
                "broker {broker} acts in epoch {epoch} of {}, but the committed metadata knows only epoch {committed}",
                p(*partition)
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
            Breach::AppliedOther { broker, offset } => write!(
                f,
                "broker {broker} applied a metadata batch at offset {offset} that is not the committed one"
            ),
            Breach::QuorumLeaderLacks {
                leader,
                epoch,
                offset,
            } => write!(
                f,
                "controller {leader} became leader in epoch {epoch} without the metadata committed at offset {offset}"
            ),
            Breach::OldEpochCommitted {
                leader,
                epoch,
                batch,
            } => write!(
                f,
                "controller {leader} leads in epoch {epoch} and committed a batch of epoch {batch} before any of its own"
            ),
            Breach::MetadataGone { offset } => write!(
                f,
                "no controller's disk holds the committed metadata at offset {offset}"
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

    fn fmt_records(&self, f: &mut fmt::Formatter<'_>, p: Names<'_>) -> fmt::Result {
        match self {
            Breach::AcknowledgedLost { partition, offset } => write!(
                f,
                "the acknowledged record at offset {offset} of {} is lost",
                p(*partition)
            ),
            Breach::AcknowledgedUncommitted {
                partition,
                offset,
                committed,
            } => write!(
                f,
                "acks=all acknowledged offset {offset} of {}, but only what is below {committed} is committed",
                p(*partition)
            ),
            Breach::SequenceRepeated {
                partition,
                producer,
                sequence,
                offset,
            } => write!(
                f,
                "sequence {sequence} of producer {producer} is in {} again at offset {offset}",
                p(*partition)
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
                p(*partition)
            ),
            _ => Ok(()),
        }
    }

    fn fmt_transaction(&self, f: &mut fmt::Formatter<'_>, p: Names<'_>) -> fmt::Result {
        match self {
            Breach::TwoOutcomes {
                producer,
                epoch,
                partition: Some(partition),
            } => write!(
                f,
                "the transaction of producer {producer}, epoch {epoch}, was committed in one partition and aborted in another, {} among them",
                p(*partition)
            ),
            Breach::TwoOutcomes {
                producer, epoch, ..
            } => write!(
                f,
                "the transaction of producer {producer}, epoch {epoch}, was decided twice, once each way"
            ),
            Breach::UndecidedExposed {
                broker,
                partition,
                last_stable,
                first,
            } => write!(
                f,
                "broker {broker} has {last_stable} as last stable offset of {}, but a transaction is open from {first} on",
                p(*partition)
            ),
            Breach::SessionShared {
                producer,
                epoch,
                one,
                other,
            } => write!(
                f,
                "clients {one} and {other} were both given producer {producer}, epoch {epoch}"
            ),
            Breach::TwoCoordinators {
                producer,
                epoch,
                one,
                other,
            } => write!(
                f,
                "brokers {one} and {other} both ended transactions of producer {producer} as coordinator of epoch {epoch}"
            ),
            Breach::FencedWrite {
                broker,
                partition,
                producer,
                epoch,
                seen,
            } => write!(
                f,
                "broker {broker} appended a batch of producer {producer}, epoch {epoch}, to {}, which had seen epoch {seen}",
                p(*partition)
            ),
            Breach::WrittenAfterEnd {
                broker,
                partition,
                producer,
                epoch,
                offset,
            } => write!(
                f,
                "broker {broker} appended a record of producer {producer}, epoch {epoch}, to {} at offset {offset}, behind the end of its transaction: nobody will end it",
                p(*partition)
            ),
            Breach::IllegalTransition { id, from, to } => {
                write!(f, "transactional id {id} went from {from} to {to}")
            }
            _ => Ok(()),
        }
    }

    fn fmt_share(&self, f: &mut fmt::Formatter<'_>, p: Names<'_>) -> fmt::Result {
        match self {
            Breach::AcquiredTwice {
                group,
                partition,
                offset,
                one,
                other,
            } => write!(
                f,
                "members {one} and {other} of share group {group} both hold offset {offset} of {}",
                p(*partition)
            ),
            Breach::DeliveredTooOften {
                group,
                partition,
                offset,
                count,
                limit,
            } => write!(
                f,
                "share group {group} was given offset {offset} of {} {count} times, more than {limit}",
                p(*partition)
            ),
            Breach::ShareStartFell {
                group,
                partition,
                from,
                to,
            } => write!(
                f,
                "the start of share group {group} in {} went back from {from} to {to}",
                p(*partition)
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
