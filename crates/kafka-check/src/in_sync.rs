//! Those in sync: what a leader relies on, and whom the controller may elect (INV-8,
//! INV-9, INV-11, INV-17, INV-23).
//!
//! Looked at when a high watermark moves, and of candidates when the committed metadata
//! of their partition change. A replica that lost what was not flushed is excused.

use kafka_core::metadata::PartitionRegistration;
use kafka_core::types::{BrokerId, Offset, TopicPartition};
use kafka_sim::Seq;

use crate::book::{BatchNo, Book};
use crate::cluster::{Cluster, RunningReplica};
use crate::findings::Findings;
use crate::invariant::Invariant;
use crate::permits::{Permit, permit};
use crate::replication::Scene;
use crate::verdict::{Breach, Setting};

/// A partition as its leader sees it.
pub(crate) struct Led<'a> {
    pub(crate) leader: BrokerId,
    pub(crate) partition: TopicPartition,
    pub(crate) high_watermark: Offset,
    pub(crate) running: RunningReplica<'a>,
}

/// INV-8 and INV-9: the leader's ISR, and the controller's, hold what lies below a high
/// watermark.
pub(crate) fn check_isr(
    findings: &mut Findings,
    seq: Seq,
    led: &Led<'_>,
    book: &Book,
    committed: Option<&PartitionRegistration>,
    is_elr_off: bool,
) {
    let leader = led.leader;
    let Some(at) = book.replicas.iter().position(|it| it.broker == leader) else {
        return;
    };
    let Some(last) = book.last_below(at, led.high_watermark) else {
        return;
    };
    let own = led.running.isr;
    let controllers = committed.map_or(&[][..], |state| &state.isr);
    for (invariant, isr) in [
        (Invariant::WeakIsr, own),
        (Invariant::StrongIsr, controllers),
    ] {
        let lacking = isr.iter().find(|it| !book.holds(**it, last));
        let Some(member) = lacking.copied().filter(|member| *member != leader) else {
            continue;
        };
        let permit = excuse(book, member, last)
            .or_else(|| permit(book, led.running.effective_min_isr, is_elr_off));
        let breach = Breach::InSyncLacks {
            leader,
            partition: led.partition,
            high_watermark: led.high_watermark,
            member,
        };
        findings.report(invariant, seq, permit, breach);
    }
}

/// INV-11: whoever runs and may be elected reaches the committed end. Of the one that is
/// elected INV-12 says more.
pub(crate) fn check_candidates<C: Cluster>(
    cluster: &C,
    findings: &mut Findings,
    seq: Seq,
    (partition, state): (TopicPartition, &PartitionRegistration),
    book: &Book,
    is_elr_off: bool,
) {
    let candidates = state.isr.iter().chain(&state.elr).copied();
    for broker in candidates.filter(|broker| state.leader != Some(*broker)) {
        let Some(view) = cluster.replica(broker, partition) else {
            continue;
        };
        let Some(running) = view.running.filter(|_| view.log_end < book.true_hw) else {
            continue;
        };
        let permit =
            lost_disk(book, broker).or_else(|| permit(book, running.effective_min_isr, is_elr_off));
        let breach = Breach::CandidateLacks {
            partition,
            broker,
            log_end: view.log_end,
            committed: book.true_hw,
        };
        let invariant = Invariant::LeaderCandidateComplete;
        findings.report(invariant, seq, permit, breach);
    }
}

/// A member that lost its disk, or a batch that some setting gave up.
fn excuse(book: &Book, member: BrokerId, no: BatchNo) -> Option<Permit> {
    lost_disk(book, member).or(book.batch(no).forfeit)
}

/// What permits that a replica that lost unflushed records lacks them.
fn lost_disk(book: &Book, broker: BrokerId) -> Option<Permit> {
    let replica = book.replicas.iter().find(|it| it.broker == broker)?;
    let seq = replica.lost_disk?;
    Some((Setting::UnflushedLoss, Some(seq)))
}

/// INV-17 and INV-23: what a leader's high watermark may rely on.
pub(crate) fn check_bounds<C: Cluster>(
    scene: &mut Scene<'_, C>,
    book: &Book,
    seq: Seq,
    (leader, partition): (BrokerId, TopicPartition),
    running: &RunningReplica<'_>,
) {
    let high_watermark = running.high_watermark;
    let (isr, min_isr) = (running.isr.len() as u32, running.effective_min_isr);
    if isr < min_isr {
        let breach = Breach::MovedUnderMinIsr {
            leader,
            partition,
            isr,
            min_isr,
        };
        scene
            .findings
            .violated(Invariant::StrictMinIsr, seq, breach);
    }
    for follower in running.maximal_isr() {
        let Some(view) = scene.cluster.replica(follower, partition) else {
            continue;
        };
        // The leader cannot know that a member lost its disk; the ISR will shrink.
        if view.log_end < high_watermark
            && view
                .running
                .is_some_and(|r| r.leader_epoch == running.leader_epoch)
        {
            let breach = Breach::HighWatermarkBeyondReplica {
                leader,
                partition,
                high_watermark,
                follower,
                log_end: view.log_end,
            };
            let permit = lost_disk(book, follower);
            (scene.findings).report(Invariant::HwBound, seq, permit, breach);
        }
    }
}
