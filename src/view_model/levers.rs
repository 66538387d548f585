//! What can be done to an object: the buttons of the inspector and of the context menu.
//!
//! A lever is a task like any other: an action of the simulation, a statement of the scenario
//! language, or a command line of Kafka's own tools, which is then seen in the terminal. Invariant:
//! a lever that would be refused now is not offered, or says why it cannot be used.

use kafka_scenario::command::move_line;

use super::cluster::*;
use super::object::{ObjectId, PartitionName};
use crate::i18n::{Lang, Text, sentence};
use crate::tasks::Task;
use crate::tasks::action::{Action, Server};

/// How strong a button looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// The likely one.
    Primary,
    /// Another one.
    Plain,
    /// One that breaks something.
    Danger,
}

/// A button of the inspector and of the context menu.
#[derive(Clone, Debug, PartialEq)]
pub struct ActionView {
    /// Words.
    pub words: String,
    /// What it does.
    pub task: Task,
    /// How it looks.
    pub tone: Tone,
    /// Why it cannot be used now.
    pub off: Option<&'static str>,
}

/// The levers of `object`; none when it does not exist.
pub fn levers(view: &ClusterView, object: &ObjectId, lang: Lang) -> Vec<ActionView> {
    let mut levers = Levers {
        lang,
        view,
        out: Vec::new(),
    };
    levers.of(object);
    levers.out
}

struct Levers<'a> {
    lang: Lang,
    view: &'a ClusterView,
    out: Vec<ActionView>,
}

impl Levers<'_> {
    fn of(&mut self, object: &ObjectId) -> Option<()> {
        match object {
            ObjectId::Broker(id) => self.broker(self.view.broker(*id)?),
            ObjectId::Controller(id) => self.controller(*id)?,
            ObjectId::Partition(name) => self.partition(name)?,
            ObjectId::Replica(name, broker) => self.replica(name, *broker)?,
            ObjectId::Client(name) => self.client(name)?,
            ObjectId::Group(name) => self.group(name)?,
            ObjectId::Message(id) => self.message(*id)?,
            ObjectId::Record(name, offset) => self.record(name, *offset)?,
            ObjectId::Event(_) => {}
        }
        Some(())
    }

    fn push(&mut self, words: impl Into<String>, task: Task, tone: Tone) {
        self.out.push(ActionView {
            words: words.into(),
            task,
            tone,
            off: None,
        });
    }

    fn act(&mut self, words: Text, action: Action, tone: Tone) {
        self.push(self.lang.say(words), Task::Act(action), tone);
    }

    /// Does a statement of the scenario language.
    fn state(&mut self, words: Text, statement: String, tone: Tone) {
        self.act(words, Action::Statement(statement), tone);
    }

    /// Runs a tool of Kafka in a terminal.
    fn run(&mut self, words: Text, line: String, tone: Tone) {
        self.push(self.lang.say(words), Task::Command(line), tone);
    }

    /// Puts a command line into a terminal, to be edited.
    fn draft(&mut self, words: Text, line: String) {
        self.push(self.lang.say(words), Task::Draft(line), Tone::Plain);
    }

    /// Why the last lever cannot be used.
    fn off_unless(&mut self, usable: bool, why: Text) {
        if let Some(last) = self.out.last_mut().filter(|_| !usable) {
            last.off = Some(self.lang.say(why));
        }
    }

    fn show(&mut self, words: Text, object: ObjectId) {
        self.act(words, Action::Select(object), Tone::Plain);
    }

    /// The option of every tool: a broker that can answer.
    fn bootstrap(&self) -> String {
        let mut brokers = self.view.brokers.iter();
        let up = brokers.find(|broker| broker.process == Process::Running);
        let address = up.map_or("localhost:9092", |broker| &broker.address);
        format!("--bootstrap-server {address}")
    }

    /// The levers of a server process, by what it does now.
    fn server(&mut self, server: Server, process: Process) {
        let power = format!("power-loss {}", server.id());
        match process {
            Process::Running => {
                self.act(Text::ActCrash, Action::Crash(server), Tone::Danger);
                self.act(Text::ActStop, Action::Stop(server), Tone::Plain);
                self.act(Text::ActPause, Action::Pause(server), Tone::Plain);
                self.act(Text::ActCut, Action::CutOff(server), Tone::Plain);
                self.state(Text::ActPowerLoss, power, Tone::Danger);
            }
            Process::Paused => {
                self.act(Text::ActResume, Action::Resume(server), Tone::Primary);
                self.act(Text::ActCrash, Action::Crash(server), Tone::Danger);
            }
            Process::Stopping => self.act(Text::ActCrash, Action::Crash(server), Tone::Danger),
            Process::Stopped { .. } | Process::Crashed { .. } => {
                self.act(Text::ActStart, Action::Start(server), Tone::Primary)
            }
        }
    }

    fn heal(&mut self) {
        self.act(Text::ActHeal, Action::Heal, Tone::Plain);
    }

    /// The disk of a log directory that is not the first.
    fn log_dir(&mut self, broker: &BrokerView, dir: &LogDirView) {
        let mut lever = |words: Text, verb: &str, tone| {
            let statement = format!("{verb} {} dir={}", broker.id, dir.number);
            let words = format!("{} ({})", self.lang.say(words), dir.path);
            self.push(words, Task::Act(Action::Statement(statement)), tone);
        };
        match dir.disk {
            Disk::Good if broker.process == Process::Running && dir.online => {
                lever(Text::ActFillDisk, "fill-disk", Tone::Danger);
                lever(Text::ActFailLogDir, "fail-log-dir", Tone::Danger);
            }
            Disk::Good => {}
            Disk::Full | Disk::Broken => lever(Text::ActRepairDisk, "repair-disk", Tone::Primary),
        }
    }

    fn broker(&mut self, broker: &BrokerView) {
        self.server(Server::Broker(broker.id), broker.process);
        if broker.disk == Disk::Broken && broker.process.is_down() {
            self.off_unless(false, Text::OffDisk);
        }
        match broker.disk {
            Disk::Good if broker.process == Process::Running => {
                let (full, broken) = (broker.id, broker.id);
                self.state(Text::ActFillDisk, format!("fill-disk {full}"), Tone::Danger);
                self.state(
                    Text::ActFailLogDir,
                    format!("fail-log-dir {broken}"),
                    Tone::Danger,
                );
            }
            Disk::Good => {}
            Disk::Full | Disk::Broken => {
                let repair = format!("repair-disk {}", broker.id);
                self.state(Text::ActRepairDisk, repair, Tone::Primary);
            }
        }
        for dir in broker.dirs.iter().filter(|dir| dir.number != 0) {
            self.log_dir(broker, dir);
        }
        self.heal();
        let (id, server) = (broker.id, self.bootstrap());
        let config = format!(
            "kafka-configs.sh --alter --entity-type brokers --entity-name {id} --add-config \
             log.retention.ms=600000 {server}"
        );
        self.draft(Text::ActConfig, config);
        if broker.process.is_down() && broker.fenced {
            let line = format!("kafka-cluster.sh unregister --id {id} {server}");
            self.run(Text::ActUnregister, line, Tone::Danger);
        }
    }

    fn controller(&mut self, id: i32) -> Option<()> {
        let mut controllers = self.view.quorum.controllers.iter();
        let controller = controllers.find(|c| c.id == id)?;
        self.server(Server::Controller(id), controller.process);
        self.heal();
        let tool = format!("kafka-metadata-quorum.sh {}", self.bootstrap());
        match &controller.vote {
            Vote::Fixed => {}
            Vote::Voter(directory) => {
                let line = format!(
                    "{tool} remove-controller --controller-id {id} \
                     --controller-directory-id {directory}"
                );
                self.run(Text::ActRemoveVoter, line, Tone::Danger);
            }
            Vote::Observer => {
                let line = format!("{tool} --command-config config/server-{id}.properties");
                let line = format!("{line} add-controller");
                self.run(Text::ActAddVoter, line, Tone::Primary);
            }
        }
        Some(())
    }

    fn partition(&mut self, name: &PartitionName) -> Option<()> {
        let (topic, partition) = self.view.partition(name)?;
        match partition.leader {
            Some(leader) => {
                self.of_broker(Text::ActCrash, Action::Crash, leader, Tone::Danger);
                self.show(Text::ActSelectLeader, ObjectId::Broker(leader));
                let preferred = partition.replicas.first().copied();
                if preferred != Some(leader) {
                    self.run(
                        Text::ActElectPreferred,
                        self.election(name, "preferred"),
                        Tone::Plain,
                    );
                }
            }
            None => {
                for &broker in &partition.replicas {
                    self.of_broker(Text::ActStart, Action::Start, broker, Tone::Primary);
                }
                let line = self.election(name, "unclean");
                self.run(Text::ActElectUnclean, line, Tone::Danger);
            }
        }
        if !topic.internal {
            self.shape(name, topic, partition);
        }
        Some(())
    }

    /// An action to a broker that is named in the words.
    fn of_broker(&mut self, words: Text, does: fn(Server) -> Action, broker: i32, tone: Tone) {
        let words = format!("{} broker {broker}", self.lang.say(words));
        self.push(words, Task::Act(does(Server::Broker(broker))), tone);
    }

    fn election(&self, name: &PartitionName, kind: &str) -> String {
        format!(
            "kafka-leader-election.sh --election-type {kind} --topic {} --partition {} {}",
            name.topic,
            name.partition,
            self.bootstrap()
        )
    }

    /// More partitions, other replicas, fewer records; what needs a plan is drafted for editing.
    fn shape(&mut self, name: &PartitionName, topic: &TopicView, partition: &PartitionView) {
        let server = self.bootstrap();
        let more = format!(
            "kafka-topics.sh --alter --topic {} --partitions {} {server}",
            topic.name,
            topic.partitions.len() + 1
        );
        self.run(Text::ActAddPartition, more, Tone::Plain);
        let (topic, number) = (&name.topic, name.partition);
        let moved = sentence::ids(&self.moved(partition));
        let plan = format!(
            "echo '{{\"version\":1,\"partitions\":[{{\"topic\":\"{topic}\",\"partition\":{number},\
             \"replicas\":[{moved}]}}]}}' > plan.json; kafka-reassign-partitions.sh --execute \
             --reassignment-json-file plan.json {server}"
        );
        self.draft(Text::ActReassign, plan);
        let high = partition.ends().map_or(0, |(high, _)| high);
        let delete = format!(
            "echo '{{\"version\":1,\"partitions\":[{{\"topic\":\"{topic}\",\"partition\":{number},\
             \"offset\":{high}}}]}}' > delete.json; kafka-delete-records.sh --offset-json-file \
             delete.json {server}"
        );
        self.draft(Text::ActDeleteRecords, delete);
        let config = format!(
            "kafka-configs.sh --alter --entity-type topics --entity-name {topic} --add-config \
             min.insync.replicas=2 {server}"
        );
        self.draft(Text::ActConfig, config);
    }

    /// A plan to begin with: a broker without a replica in the place of the last one, or the same
    /// replicas with another one preferred.
    fn moved(&self, partition: &PartitionView) -> Vec<i32> {
        let mut replicas = partition.replicas.clone();
        let mut brokers = self.view.brokers.iter().map(|broker| broker.id);
        let spare = brokers.find(|id| !replicas.contains(id));
        if let Some(spare) = spare {
            replicas.pop();
            replicas.push(spare);
        } else if !replicas.is_empty() {
            replicas.rotate_left(1);
        }
        replicas
    }

    fn replica(&mut self, name: &PartitionName, broker: i32) -> Option<()> {
        let (_, partition) = self.view.partition(name)?;
        partition.log(broker)?;
        let process = self.view.broker(broker)?.process;
        self.server(Server::Broker(broker), process);
        if let Some(leader) = partition.leader.filter(|leader| *leader != broker) {
            self.state(
                Text::ActCutLeader,
                format!("cut {broker} - {leader}"),
                Tone::Plain,
            );
            self.state(
                Text::ActSlowLeader,
                format!("slow {broker} - {leader} 500ms"),
                Tone::Plain,
            );
        }
        self.heal();
        self.moves(name, partition, broker)
    }

    /// The replica moves to another log directory; one that is moving stays if it is asked to be
    /// where it is.
    fn moves(&mut self, name: &PartitionName, partition: &PartitionView, id: i32) -> Option<()> {
        let (broker, replica) = (self.view.broker(id)?, partition.log(id)?);
        let goes_to = replica.moves_to.map(|(dir, _)| dir).or(replica.dir);
        let is_running = broker.process == Process::Running;
        let others = broker.dirs.iter().filter(|dir| {
            is_running && dir.online && dir.disk == Disk::Good && goes_to != Some(dir.number)
        });
        let (tp, server) = (name.topic.as_str(), self.bootstrap());
        for dir in others {
            let number = u32::try_from(name.partition).ok()?;
            let line = move_line((tp, number), &partition.replicas, &id, &dir.path, &server);
            let words = format!("{} {}", self.lang.say(Text::ActMoveReplica), dir.path);
            self.push(words, Task::Command(line), Tone::Plain);
        }
        Some(())
    }

    fn client(&mut self, name: &str) -> Option<()> {
        let found = self.view.clients.iter().find(|c| c.name == name);
        let alive = match found {
            Some(client) => {
                self.transaction(client);
                self.load(client);
                true
            }
            None => self.member(name)?,
        };
        if alive {
            self.act(
                Text::ActClose,
                Action::CloseClient(name.to_owned()),
                Tone::Plain,
            );
            self.act(
                Text::ActCrash,
                Action::CrashClient(name.to_owned()),
                Tone::Danger,
            );
        }
        Some(())
    }

    fn transaction(&mut self, client: &ClientView) {
        let name = &client.name;
        match client.transaction {
            Some("READY") => self.state(Text::ActBegin, format!("begin {name}"), Tone::Primary),
            Some("IN_TRANSACTION") => {
                self.state(Text::ActCommit, format!("commit {name}"), Tone::Primary);
                self.state(Text::ActAbort, format!("abort {name}"), Tone::Plain);
            }
            Some("ABORTABLE_ERROR") => {
                self.state(Text::ActAbort, format!("abort {name}"), Tone::Primary)
            }
            _ => {}
        }
    }

    /// Ten records a second to the topic it wrote to, or no more of them.
    fn load(&mut self, client: &ClientView) {
        let name = &client.name;
        match &client.topic {
            _ if client.loaded => {
                self.state(Text::ActStopLoad, format!("stop-load {name}"), Tone::Plain)
            }
            Some(topic) => {
                let load = format!("load {name} {topic} every=100ms");
                self.state(Text::ActLoad, load, Tone::Plain);
            }
            None => {}
        }
    }

    /// Levers of a consumer; tells whether it runs.
    fn member(&mut self, name: &str) -> Option<bool> {
        let mut groups = self.view.groups.iter();
        let (group, member) =
            groups.find_map(|g| g.members.iter().find(|m| m.name == name).map(|m| (g, m)))?;
        match member.polling {
            Some(true) => self.state(
                Text::ActStopPolling,
                format!("stop-polling {name}"),
                Tone::Plain,
            ),
            Some(false) => {
                let resume = format!("resume-polling {name}");
                self.state(Text::ActResumePolling, resume, Tone::Primary);
            }
            None => {}
        }
        let commits = !group.name.is_empty() && group.kind != GroupKind::Share;
        if member.alive && commits {
            self.state(
                Text::ActCommitOffsets,
                format!("commit {name}"),
                Tone::Plain,
            );
        }
        Some(member.alive)
    }

    fn group(&mut self, name: &str) -> Option<()> {
        let group = self.view.groups.iter().find(|g| g.name == name)?;
        if name.is_empty() {
            return Some(());
        }
        let empty = group.members.is_empty();
        if let Some(topic) = &group.topic {
            let statement = group.kind.joining(&self.free_name(), topic, name);
            self.state(Text::ActAddMember, statement, Tone::Primary);
        }
        let server = self.bootstrap();
        let tool = group.kind.tool();
        if let Some(topic) = &group.topic {
            for (words, to) in [
                (Text::ActToEarliest, "--to-earliest"),
                (Text::ActToLatest, "--to-latest"),
            ] {
                let line = format!(
                    "{tool} --reset-offsets --group {name} --topic {topic} {to} --execute {server}"
                );
                self.run(words, line, Tone::Plain);
                self.off_unless(empty, Text::OffMembers);
            }
        }
        let delete = format!("{tool} --delete --group {name} {server}");
        self.run(Text::ActDeleteGroup, delete, Tone::Danger);
        self.off_unless(empty, Text::OffMembers);
        Some(())
    }

    /// A name that no client has.
    fn free_name(&self) -> String {
        let taken = |name: &str| {
            let mut members = self.view.groups.iter().flat_map(|group| &group.members);
            members.any(|m| m.name == name) || self.view.clients.iter().any(|c| c.name == name)
        };
        let mut names = (1_u32..).map(|n| format!("c{n}"));
        names.find(|name| !taken(name)).unwrap_or_default()
    }

    fn message(&mut self, id: u64) -> Option<()> {
        let message = self.view.messages.iter().find(|m| m.id == id)?;
        match message.passage {
            Passage::Flying => {
                self.act(Text::ActDrop, Action::DropMessage(id), Tone::Danger);
                self.act(Text::ActHold, Action::HoldMessage(id), Tone::Plain);
                self.act(
                    Text::ActDuplicate,
                    Action::DuplicateMessage(id),
                    Tone::Plain,
                );
                self.act(Text::ActDeliverNow, Action::ReleaseMessage(id), Tone::Plain);
            }
            Passage::Held => {
                self.act(Text::ActRelease, Action::ReleaseMessage(id), Tone::Primary);
                self.act(Text::ActDrop, Action::DropMessage(id), Tone::Danger);
            }
            _ => {}
        }
        Some(())
    }

    fn record(&mut self, name: &PartitionName, offset: u64) -> Option<()> {
        let (_, partition) = self.view.partition(name)?;
        let leader = partition.leader.or(partition.holder(offset))?;
        self.show(Text::ActShowPartition, ObjectId::Partition(name.clone()));
        self.show(Text::ActSelectLeader, ObjectId::Broker(leader));
        Some(())
    }
}

#[cfg(test)]
mod tests;
