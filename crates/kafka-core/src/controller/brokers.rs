//! Brokers come, live, stop and go: registration, heartbeats, fencing
//! (BRK-1 to BRK-9) and what that means for partitions.

use super::contacts::Contacts;
use super::event::{Event, View};
use super::log_dirs;
use crate::error::ErrorCode;
use crate::metadata::{BrokerRegistration, MetadataRecord, PartitionRegistration};
use crate::note::{ChangeReason, Note};
use crate::protocol::{
    BrokerHeartbeatRequest, BrokerHeartbeatResponse, BrokerRegistrationRequest,
    BrokerRegistrationResponse, Outcome, UnregisterBrokerRequest, UnregisterBrokerResponse,
};
use crate::types::{BrokerEpoch, BrokerId, Time};

/// What happened to a broker, as its partitions see it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Fate {
    /// Leaves the ISRs; its data is sound.
    Leaves,
    /// May have lost data: leaves ISRs and ELRs.
    Unclean,
    /// May lead again.
    Returns,
}

/// States of BRK-4.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum BrokerState {
    Fenced,
    Unfenced,
    ControlledShutdown,
    ShutdownNow,
}

/// Whether a request names the broker's current registration.
pub(super) fn check_epoch(
    view: View<'_>,
    broker: BrokerId,
    epoch: BrokerEpoch,
) -> Result<&BrokerRegistration, ErrorCode> {
    match view.image.brokers.get(&broker) {
        None => Err(ErrorCode::BrokerIdNotRegistered),
        Some(registration) if registration.epoch != epoch => Err(ErrorCode::StaleBrokerEpoch),
        Some(registration) => Ok(registration),
    }
}

/// REP-28 for every partition the broker's fate touches (REP-32).
pub(super) fn update_partitions(
    view: View<'_>,
    event: &mut Event,
    broker: BrokerId,
    fate: Fate,
    reason: ChangeReason,
    touches: impl Fn(&PartitionRegistration) -> bool,
) {
    let acceptable = |other: BrokerId| match fate {
        Fate::Returns => other == broker || view.image.is_active(other),
        Fate::Leaves | Fate::Unclean => other != broker && view.image.is_active(other),
    };
    for (topic, tp, partition) in view.partitions().filter(|(_, _, it)| touches(it)) {
        let builder = (view.builder(topic, partition, &acceptable))
            .election(view.default_election(&topic.name));
        let builder = match fate {
            Fate::Leaves => {
                let isr = partition.isr.iter().copied();
                builder.isr(isr.filter(|member| *member != broker).collect())
            }
            Fate::Unclean => builder.unclean_replica(broker),
            Fate::Returns => builder,
        };
        if let Some(built) = builder.build() {
            event.change_partition(tp, partition, built, reason);
        }
    }
}

/// BRK-1 and BRK-2.
pub(super) fn register(
    view: View<'_>,
    contacts: &mut Contacts,
    now: Time,
    request: &BrokerRegistrationRequest,
) -> (Event, BrokerRegistrationResponse) {
    let mut event = Event::default();
    let broker = request.broker;
    let answer = |error, broker_epoch| BrokerRegistrationResponse {
        error,
        broker_epoch,
    };
    let existing = view.image.brokers.get(&broker);
    if let Some(existing) = existing {
        if existing.incarnation == request.incarnation {
            contacts.touch(broker, now, None);
            return (event, answer(ErrorCode::None, existing.epoch));
        }
        if existing.is_active() && contacts.has_valid_session(broker, now) {
            let error = ErrorCode::DuplicateBrokerRegistration;
            return (event, answer(error, BrokerEpoch::NONE));
        }
        let reason = ChangeReason::UncleanRegistration(broker);
        if existing.epoch == request.previous_broker_epoch {
            let in_isr = |partition: &PartitionRegistration| partition.isr.contains(&broker);
            update_partitions(view, &mut event, broker, Fate::Leaves, reason, in_isr);
        } else {
            forget_replicas(view, &mut event, broker, reason);
        }
    }
    let broker_epoch = BrokerEpoch(view.image.next_offset.0);
    event.records.push(MetadataRecord::RegisterBroker {
        broker,
        incarnation: request.incarnation,
        broker_epoch,
        rack: request.rack.clone(),
        host: request.host.clone(),
        port: request.port,
        directories: request.log_dirs.clone(),
    });
    event
        .notes
        .push(Note::BrokerRegistered(broker, broker_epoch));
    contacts.register(broker, now);
    (event, answer(ErrorCode::None, broker_epoch))
}

/// Out of every ISR, then out of every ELR.
fn forget_replicas(view: View<'_>, event: &mut Event, broker: BrokerId, reason: ChangeReason) {
    let in_isr = |partition: &PartitionRegistration| partition.isr.contains(&broker);
    update_partitions(view, event, broker, Fate::Unclean, reason, in_isr);
    let in_elr = |partition: &PartitionRegistration| {
        partition.elr.contains(&broker) && !partition.isr.contains(&broker)
    };
    update_partitions(view, event, broker, Fate::Unclean, reason, in_elr);
}

/// BRK-3 and BRK-4.
pub(super) fn heartbeat(
    view: View<'_>,
    contacts: &mut Contacts,
    now: Time,
    request: &BrokerHeartbeatRequest,
) -> (Event, BrokerHeartbeatResponse) {
    let mut event = Event::default();
    let broker = request.broker;
    let registration = match check_epoch(view, broker, request.broker_epoch) {
        Ok(registration) => registration,
        Err(error) => {
            let answer = BrokerHeartbeatResponse {
                error,
                is_caught_up: false,
                is_fenced: true,
                should_shut_down: false,
            };
            return (event, answer);
        }
    };
    // A batch is applied as a whole, so its first offset stands for all of it.
    let is_caught_up = request.current_metadata_offset.0 >= registration.epoch.0;
    let current = if registration.fenced {
        BrokerState::Fenced
    } else if registration.in_controlled_shutdown {
        BrokerState::ControlledShutdown
    } else {
        BrokerState::Unfenced
    };
    let next = match next_state(view, contacts, request, current, is_caught_up) {
        // Kafka does both at once, and may elect it for a replica in a directory that has failed.
        BrokerState::Unfenced if log_dirs::any_fails(registration, &request.offline_log_dirs) => {
            current
        }
        next => next,
    };
    if next != current {
        match next {
            BrokerState::Fenced | BrokerState::ShutdownNow => fence(view, &mut event, broker),
            BrokerState::Unfenced => unfence(view, &mut event, registration),
            BrokerState::ControlledShutdown => begin_shutdown(view, &mut event, registration),
        }
    }
    contacts.touch(broker, now, Some(request.current_metadata_offset));
    log_dirs::failed(view, &mut event, registration, &request.offline_log_dirs);
    if next == BrokerState::ControlledShutdown {
        let end = view.image.next_offset.plus(event.records.len() as i64 - 1);
        contacts.began_shutdown(broker, end);
    }
    let answer = BrokerHeartbeatResponse {
        error: ErrorCode::None,
        is_caught_up,
        is_fenced: matches!(next, BrokerState::Fenced | BrokerState::ShutdownNow),
        should_shut_down: next == BrokerState::ShutdownNow,
    };
    (event, answer)
}

fn next_state(
    view: View<'_>,
    contacts: &Contacts,
    request: &BrokerHeartbeatRequest,
    current: BrokerState,
    is_caught_up: bool,
) -> BrokerState {
    let leads = || view.leads_something(request.broker);
    match current {
        BrokerState::Fenced if request.want_shut_down => BrokerState::ShutdownNow,
        BrokerState::Fenced if !request.want_fence && is_caught_up => BrokerState::Unfenced,
        BrokerState::Unfenced if request.want_fence && !request.want_shut_down => {
            BrokerState::Fenced
        }
        BrokerState::Unfenced if request.want_shut_down => {
            if !request.want_fence && leads() {
                BrokerState::ControlledShutdown
            } else {
                BrokerState::ShutdownNow
            }
        }
        BrokerState::ControlledShutdown if !leads() => {
            let lowest = contacts.lowest_active_offset(view.image);
            let began = contacts.shutdown_offset(request.broker);
            if began.is_none_or(|began| lowest.is_none_or(|lowest| began <= lowest)) {
                BrokerState::ShutdownNow
            } else {
                BrokerState::ControlledShutdown
            }
        }
        _ => current,
    }
}

/// BRK-7: partitions first, then the broker.
pub(super) fn fence(view: View<'_>, event: &mut Event, broker: BrokerId) {
    let Some(registration) = view.image.brokers.get(&broker) else {
        return;
    };
    let in_isr = |partition: &PartitionRegistration| partition.isr.contains(&broker);
    let reason = ChangeReason::Fenced(broker);
    update_partitions(view, event, broker, Fate::Leaves, reason, in_isr);
    event
        .records
        .push(registration_change(registration, Some(true), false));
    event.notes.push(Note::BrokerFenced(broker));
}

/// BRK-5: the broker first, then the partitions that wait for a leader.
fn unfence(view: View<'_>, event: &mut Event, registration: &BrokerRegistration) {
    let broker = registration.broker;
    event
        .records
        .push(registration_change(registration, Some(false), false));
    event.notes.push(Note::BrokerUnfenced(broker));
    let leaderless = |partition: &PartitionRegistration| partition.leader.is_none();
    let reason = ChangeReason::Unfenced(broker);
    update_partitions(view, event, broker, Fate::Returns, reason, leaderless);
}

/// BRK-8: the broker first, then its partitions.
fn begin_shutdown(view: View<'_>, event: &mut Event, registration: &BrokerRegistration) {
    let broker = registration.broker;
    event
        .records
        .push(registration_change(registration, None, true));
    event.notes.push(Note::ControlledShutdownBegan(broker));
    let in_isr = |partition: &PartitionRegistration| partition.isr.contains(&broker);
    let reason = ChangeReason::ControlledShutdown(broker);
    update_partitions(view, event, broker, Fate::Leaves, reason, in_isr);
}

fn registration_change(
    registration: &BrokerRegistration,
    fenced: Option<bool>,
    in_controlled_shutdown: bool,
) -> MetadataRecord {
    MetadataRecord::BrokerRegistrationChange {
        broker: registration.broker,
        broker_epoch: registration.epoch,
        fenced,
        in_controlled_shutdown,
        directories: None,
    }
}

/// A broker is forgotten for good; its copies count no more (REP-33).
pub(super) fn unregister(
    view: View<'_>,
    contacts: &mut Contacts,
    request: &UnregisterBrokerRequest,
) -> (Event, UnregisterBrokerResponse) {
    let mut event = Event::default();
    let broker = request.broker;
    let Some(registration) = view.image.brokers.get(&broker) else {
        let text = format!("Broker ID {broker} is not currently registered");
        let outcome = Outcome::fail(ErrorCode::BrokerIdNotRegistered, &text);
        return (event, UnregisterBrokerResponse { outcome });
    };
    let reason = ChangeReason::Unregistered(broker);
    forget_replicas(view, &mut event, broker, reason);
    event.records.push(MetadataRecord::UnregisterBroker {
        broker,
        broker_epoch: registration.epoch,
    });
    contacts.forget(broker);
    let outcome = Outcome::ok();
    (event, UnregisterBrokerResponse { outcome })
}
