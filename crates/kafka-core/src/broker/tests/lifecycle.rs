//! BRK-3, BRK-10, BRK-2, BRK-8: start, heartbeats, clean stop, crash.

use super::{Bench, CONTROLLER, plain};
use crate::broker::BrokerState;
use crate::node::{Input, Message};
use crate::note::Note;
use crate::protocol::{Acks, Request};
use crate::types::{BrokerEpoch, NodeId, Offset, Time};

/// BRK-3, BRK-10: register, heartbeat at once, recover, ask to be unfenced, run;
/// then one heartbeat every two seconds.
#[test]
fn a_broker_registers_recovers_and_runs() {
    let mut bench = Bench::new(1);
    assert_eq!(bench.broker(1).state(), BrokerState::Running);
    assert_ne!(bench.broker(1).broker_epoch(), BrokerEpoch::NONE);
    let heartbeats = |bench: &Bench| {
        bench.count_sent(1, |message| {
            matches!(message, Message::Request(_, Request::BrokerHeartbeat(_)))
        })
    };
    let before = heartbeats(&bench);
    bench.run_ms(10_000);
    assert_eq!(heartbeats(&bench) - before, 5);
}

/// BRK-8, BRK-2, LOG-5: a clean stop asks the controller first, then writes the
/// high watermarks and the broker epoch; the next life names that epoch.
#[test]
fn a_clean_stop_leaves_a_clean_disk() {
    let mut bench = Bench::new(1);
    let partition = bench.create("t", &[1]);
    bench.produce(1, partition, Acks::All, plain(3), 10);
    let epoch = bench.broker(1).broker_epoch();
    bench.input(NodeId(1), Input::Terminate);
    assert_eq!(
        bench.broker(1).state(),
        BrokerState::PendingControlledShutdown
    );
    bench.run_ms(100);
    assert!(bench.notes.contains(&(NodeId(1), Note::StoppedCleanly)));
    let disk = &bench.disks[&NodeId(1)];
    assert_eq!(disk.clean_shutdown_epoch, Some(epoch));
    assert_eq!(disk.high_watermark(partition), Some(Offset(3)));
    assert_eq!(disk.logs[&partition].recovery_point().0, 3);
    bench.start(NodeId(1));
    bench.run_ms(3_000);
    let previous = bench.sent.iter().rev().find_map(|(_, to, message)| {
        match (&**message, *to == CONTROLLER) {
            (Message::Request(_, Request::BrokerRegistration(request)), true) => {
                Some(request.previous_broker_epoch)
            }
            _ => None,
        }
    });
    assert_eq!(previous, Some(epoch));
    assert_eq!(bench.log_end(1, partition), 3);
}

/// LOG-15, BRK-2: a crash keeps the appended records, the last checkpoint, and no
/// clean-shutdown epoch; a power loss takes the unflushed records too.
#[test]
fn a_crash_keeps_appended_records() {
    let mut bench = Bench::new(1);
    let partition = bench.create("t", &[1]);
    bench.produce(1, partition, Acks::All, plain(3), 10);
    bench.run_until(Time(15_000_000));
    bench.produce(1, partition, Acks::All, plain(2), 10);
    bench.kill(NodeId(1));
    let mut disk = bench.disks[&NodeId(1)].clone();
    assert_eq!(disk.clean_shutdown_epoch, None);
    assert_eq!(disk.logs[&partition].log_end_offset().0, 5);
    let known = disk.high_watermark(partition);
    assert_eq!(known, Some(Offset(3)), "up to 5 s old");
    disk.lose_unflushed();
    assert_eq!(disk.logs[&partition].log_end_offset().0, 0);
}
