//! A scripted fake cluster for the tests of the clients: it records what a
//! client sends and lets the test answer, or lose, each request.

use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;

use crate::client::{ClientCommand, ClientEvent};
use crate::error::ErrorCode;
use crate::node::{Effect, Effects, Input, Message, Prng, TimerKey};
use crate::protocol::{
    ApiKey, ApiVersionsResponse, MetadataBroker, MetadataPartition, MetadataResponse,
    MetadataTopic, Request, Response,
};
use crate::types::{Duration, LeaderEpoch, Name, NodeId, RequestId, Time, TopicId, Uuid};

/// A topic of an answer: leader and epoch a partition; leader 99 = none.
pub fn topic(name: &str, id: u32, leaders: &[(u32, i32)]) -> MetadataTopic {
    let partition = |(index, (leader, epoch)): (usize, &(u32, i32))| MetadataPartition {
        error: if *leader == 99 {
            ErrorCode::LeaderNotAvailable
        } else {
            ErrorCode::None
        },
        partition: index as u32,
        leader: (*leader != 99).then_some(NodeId(*leader)),
        leader_epoch: LeaderEpoch(*epoch),
        replicas: Vec::new(),
        isr: Vec::new(),
        offline_replicas: Vec::new(),
    };
    MetadataTopic {
        error: ErrorCode::None,
        name: name.into(),
        topic: TopicId(id),
        uuid: Uuid(u128::from(id)),
        is_internal: false,
        partitions: leaders.iter().enumerate().map(partition).collect(),
    }
}

/// A metadata answer of a cluster with brokers 0..count.
pub fn metadata(count: u32, topics: &[MetadataTopic]) -> MetadataResponse {
    let broker = |id| MetadataBroker {
        id: NodeId(id),
        host: "localhost".into(),
        port: 9092 + id as u16,
        rack: None,
    };
    MetadataResponse {
        brokers: (0..count).map(broker).collect(),
        controller: Some(NodeId(0)),
        topics: topics.to_vec(),
    }
}

/// An unknown topic in a metadata answer.
pub fn topic_error(name: &str, error: ErrorCode) -> MetadataTopic {
    let mut topic = topic(name, 0, &[]);
    topic.error = error;
    topic
}

/// What all clients have in common.
pub trait Client {
    fn handle(&mut self, now: Time, input: Input<'_>, prng: &mut Prng, fx: &mut Effects);
}

/// A request on its way.
#[derive(Debug)]
pub struct Sent {
    pub to: NodeId,
    pub id: RequestId,
    pub request: Request,
}

/// One client and the scripted rest of the world.
pub struct Fake<N> {
    pub node: N,
    pub now: Time,
    pub prng: Prng,
    /// Answered with this automatically.
    pub topics: Vec<MetadataTopic>,
    pub brokers: u32,
    /// The level of `transaction.version` they tell.
    pub transaction_version: i16,
    /// Requests not answered yet, oldest first.
    pub sent: VecDeque<Sent>,
    /// Every API sent so far, with its receiver.
    pub log: Vec<(ApiKey, NodeId)>,
    pub timers: BTreeMap<TimerKey, Time>,
    pub events: Vec<ClientEvent>,
    pub exited: bool,
}

impl<N: Client> Fake<N> {
    pub fn new(node: N, brokers: u32, topics: &[MetadataTopic]) -> Fake<N> {
        Fake {
            node,
            now: Time(1_000_000),
            prng: Prng::new(1, NodeId(10_000)),
            topics: topics.to_vec(),
            brokers,
            transaction_version: 2,
            sent: VecDeque::new(),
            log: Vec::new(),
            timers: BTreeMap::new(),
            events: Vec::new(),
            exited: false,
        }
    }

    pub fn input(&mut self, input: Input<'_>) {
        let mut fx = Effects::default();
        self.node.handle(self.now, input, &mut self.prng, &mut fx);
        for effect in fx.list {
            match effect {
                Effect::Send { to, message } => {
                    if let Message::Request(id, request) = Rc::unwrap_or_clone(message) {
                        self.log.push((request.api(), to));
                        self.sent.push_back(Sent { to, id, request });
                    }
                }
                Effect::SetTimer { key, at } => {
                    self.timers.insert(key, at);
                }
                Effect::CancelTimer(key) => {
                    self.timers.remove(&key);
                }
                Effect::Event(event) => self.events.push(event),
                Effect::Note(_) => {}
                Effect::Exit => self.exited = true,
            }
        }
    }

    pub fn command(&mut self, command: ClientCommand) {
        self.input(Input::Command(&command));
    }

    /// Answers the oldest unanswered request of that kind.
    pub fn answer(&mut self, api: ApiKey, response: impl FnOnce(&Request) -> Response) {
        let at = self.sent.iter().position(|s| s.request.api() == api);
        let at = at.unwrap_or_else(|| panic!("no {api:?} among {:?}", self.apis()));
        let sent = self.sent.remove(at).expect("position is in range");
        let response = response(&sent.request);
        self.input(Input::Response {
            from: sent.to,
            id: sent.id,
            response: &response,
        });
    }

    /// Unanswered requests by kind.
    pub fn apis(&self) -> Vec<ApiKey> {
        self.sent.iter().map(|s| s.request.api()).collect()
    }

    /// Answers everything every broker answers alike, until nothing is left of it.
    pub fn settle(&mut self) {
        loop {
            let easy = |api| matches!(api, ApiKey::ApiVersions | ApiKey::Metadata);
            let Some(api) = self.apis().into_iter().find(|api| easy(*api)) else {
                return;
            };
            let known = self.topics.clone();
            let brokers = self.brokers;
            let versions = ApiVersionsResponse {
                transaction_version: self.transaction_version,
                ..ApiVersionsResponse::default()
            };
            self.answer(api, |request| match request {
                Request::Metadata(asked) => {
                    let all = || known.iter().map(|t| t.name.clone()).collect();
                    let names = asked.topics.clone().unwrap_or_else(all);
                    let find = |name: &Name| known.iter().find(|t| t.name == *name).cloned();
                    let missing =
                        |name: &Name| topic_error(name, ErrorCode::UnknownTopicOrPartition);
                    let topics: Vec<_> = names
                        .iter()
                        .map(|name| find(name).unwrap_or_else(|| missing(name)))
                        .collect();
                    Response::Metadata(metadata(brokers, &topics))
                }
                _ => Response::ApiVersions(versions),
            });
        }
    }

    /// Loses everything unanswered at a peer.
    pub fn disconnect(&mut self, peer: u32) {
        self.sent.retain(|s| s.to != NodeId(peer));
        self.input(Input::Disconnected { peer: NodeId(peer) });
    }

    /// Fires the next timer, if it is due within `span`. Returns its key.
    pub fn step(&mut self, until: Time) -> Option<TimerKey> {
        let (&key, &at) = self.timers.iter().min_by_key(|(_, at)| **at)?;
        if at > until {
            return None;
        }
        self.timers.remove(&key);
        self.now = self.now.max(at);
        self.input(Input::Timer(key));
        Some(key)
    }

    /// Lets time pass, answering what all brokers answer alike.
    pub fn advance(&mut self, span: Duration) {
        let until = self.now + span;
        self.settle();
        while self.step(until).is_some() {
            self.settle();
        }
        self.now = until;
    }

    /// Takes the events so far.
    pub fn take_events(&mut self) -> Vec<ClientEvent> {
        std::mem::take(&mut self.events)
    }
}
