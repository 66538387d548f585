//! What is offered of an object, by its state.

use kafka_scenario::ast::Setup;
use kafka_scenario::parse::statement;

use super::*;
use crate::view_model::sample;

fn of(view: &ClusterView, object: &str) -> Vec<ActionView> {
    let id = ObjectId::parse(object);
    id.map_or_else(Vec::new, |id| levers(view, &id, Lang::En))
}

fn words(levers: &[ActionView]) -> Vec<&str> {
    levers.iter().map(|lever| lever.words.as_str()).collect()
}

fn line(levers: &[ActionView], words: &str) -> String {
    let found = levers.iter().find(|lever| lever.words == words);
    match found.map(|lever| &lever.task) {
        Some(Task::Command(line) | Task::Draft(line)) => line.clone(),
        Some(Task::Act(Action::Statement(text))) => text.clone(),
        other => format!("{other:?}"),
    }
}

/// What a lever says to the scenario language is understood there.
#[test]
fn every_statement_can_be_read() {
    let mut view = sample::failover();
    for broker in &mut view.brokers {
        broker.process = Process::Running;
    }
    view.clients[0].transaction = Some("IN_TRANSACTION");
    let producer = format!("client:{}", view.clients[0].name);
    let replica = "replica:my-replicated-topic-0@0";
    let known = ["p1", "w1"].map(str::to_owned);
    let known = [&known[..], &[view.clients[0].name.clone()]].concat();
    let mut read = 0;
    for kind in [GroupKind::Classic, GroupKind::Consumer, GroupKind::Share] {
        view.groups[0].kind = kind;
        for object in ["broker:1", "group:workers", "client:w1", &producer, replica] {
            for lever in of(&view, object) {
                let Task::Act(Action::Statement(text)) = &lever.task else {
                    continue;
                };
                let parsed = statement(1, text, &Setup::default(), &known);
                assert!(parsed.is_ok(), "{text}: {parsed:?}");
                read += 1;
            }
        }
    }
    assert!(read > 20, "{read}");
}

/// RAFT-15: a voter of a dynamic quorum may be removed, an observer may become one; a
/// static quorum offers neither.
#[test]
fn voters_can_be_changed_where_kafka_can() {
    let mut view = sample::failover();
    assert!(!words(&of(&view, "controller:100")).contains(&"Remove from the voters"));
    view.quorum.controllers[0].vote = Vote::Voter("uM_A6QDyJ1RdUTY6hFNsPQ".into());
    view.quorum.controllers[2].vote = Vote::Observer;
    let removed = line(&of(&view, "controller:100"), "Remove from the voters");
    let told =
        "remove-controller --controller-id 100 --controller-directory-id uM_A6QDyJ1RdUTY6hFNsPQ";
    assert!(removed.ends_with(told), "{removed}");
    let added = line(&of(&view, "controller:102"), "Make it a voter");
    let told = "--command-config config/server-102.properties add-controller";
    assert!(added.ends_with(told), "{added}");
}

/// KIP-113: a replica may move to the other log directories of its broker; one that moves may
/// stay.
#[test]
fn a_replica_moves_where_there_is_another_directory() {
    let mut view = sample::failover();
    let replica = "replica:my-replicated-topic-0@0";
    let moves = |view: &ClusterView| -> Vec<String> {
        let all = of(view, replica).into_iter().map(|lever| lever.words);
        all.filter(|words| words.starts_with("Move to log directory"))
            .collect()
    };
    assert_eq!(moves(&view), [""; 0]);
    let broker = view.brokers.iter_mut().find(|broker| broker.id == 0);
    let dirs = (0..2).map(|number| LogDirView {
        number,
        path: format!("/dir-{number}"),
        disk: Disk::Good,
        online: true,
    });
    broker.expect("it is there").dirs = dirs.collect();
    assert_eq!(moves(&view), ["Move to log directory /dir-1"]);
    let told = line(&of(&view, replica), "Move to log directory /dir-1");
    let plan = "\"replicas\":[1,2,0],\"log_dirs\":[\"any\",\"any\",\"/dir-1\"]";
    assert!(told.contains(plan), "{told}");
    let logs = view
        .topics
        .iter_mut()
        .flat_map(|topic| &mut topic.partitions);
    let logs = logs.flat_map(|partition| &mut partition.logs);
    for log in logs.filter(|log| log.broker == 0) {
        log.moves_to = Some((1, 3));
    }
    assert_eq!(moves(&view), ["Move to log directory /dir-0"]);
}

#[test]
fn a_crashed_broker_can_only_be_started() {
    let view = sample::failover();
    let tasks: Vec<Task> = of(&view, "broker:1").into_iter().map(|l| l.task).collect();
    let start = Task::Act(Action::Start(Server::Broker(1)));
    assert_eq!(tasks[..2], [start, Task::Act(Action::Heal)]);
    let acts = |task: &&Task| matches!(task, Task::Act(_));
    assert_eq!(tasks.iter().filter(acts).count(), 2, "{tasks:?}");
}

/// LOG-16: a broken disk is replaced before the broker can start.
#[test]
fn a_broken_disk_is_repaired_before_the_broker_starts() {
    let mut view = sample::failover();
    view.brokers[1].disk = Disk::Broken;
    let levers = of(&view, "broker:1");
    assert_eq!(
        words(&levers)[..3],
        ["Start", "Repair the disk", "Heal the network"]
    );
    assert!(levers[0].off.is_some() && levers[1].off.is_none());
    assert_eq!(line(&levers, "Repair the disk"), "repair-disk 1");
}

#[test]
fn another_leader_than_the_preferred_one_can_be_elected_back_by_kafkas_tool() {
    let view = sample::failover();
    let levers = of(&view, "partition:my-replicated-topic-0");
    assert_eq!(
        line(&levers, "Elect the preferred leader"),
        "kafka-leader-election.sh --election-type preferred --topic my-replicated-topic \
         --partition 0 --bootstrap-server localhost:9092"
    );
    let plan = line(&levers, "Reassign…");
    assert!(plan.contains("\"replicas\":[2,0,1]"), "{plan}");
}

#[test]
fn offsets_of_a_group_with_members_cannot_be_reset() {
    let mut view = sample::failover();
    let with = of(&view, "group:workers");
    let reset = |levers: &[ActionView]| {
        let found = levers
            .iter()
            .find(|l| l.words == "Reset offsets to earliest");
        found.map(|lever| lever.off.is_none())
    };
    assert_eq!(reset(&with), Some(false));
    let joins = line(&with, "Add a member");
    assert_eq!(joins, "consumer c1 topic=orders group=workers");
    for group in &mut view.groups {
        group.members.clear();
    }
    assert_eq!(reset(&of(&view, "group:workers")), Some(true));
}

#[test]
fn a_transaction_is_ended_as_its_state_allows() {
    let mut view = sample::failover();
    let name = view.clients[0].name.clone();
    let mut offered = |state: Option<&'static str>| {
        view.clients[0].transaction = state;
        let levers = of(&view, &format!("client:{name}"));
        let own = |lever: &&ActionView| {
            let state = matches!(lever.task, Task::Act(Action::Statement(_)));
            state && lever.words != "Send 10 a second"
        };
        let own: Vec<String> = levers.iter().filter(own).map(|l| l.words.clone()).collect();
        own
    };
    assert_eq!(offered(None), [""; 0]);
    assert_eq!(offered(Some("READY")), ["Begin a transaction"]);
    assert_eq!(offered(Some("IN_TRANSACTION")), ["Commit", "Abort"]);
    assert_eq!(offered(Some("ABORTABLE_ERROR")), ["Abort"]);
    assert_eq!(offered(Some("COMMITTING_TRANSACTION")), [""; 0]);
}
