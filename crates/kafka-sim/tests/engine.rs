//! The engine's duties towards processes (the contract in `kafka_core::node`),
//! shown with a toy: order on a connection (B-1), broken connections told once,
//! pause, answers to an earlier life, links, and what may be done to a message.

use std::rc::Rc;

use kafka_core::client::{AdminTarget, ClientCommand};
use kafka_core::node::{Effect, Effects, Input, Prng, TimerKey};
use kafka_core::protocol::{ApiVersionsRequest, ApiVersionsResponse, Request, Response};
use kafka_core::types::{Duration, NodeId, RequestId, Time};
use kafka_sim::engine::{Engine, Process};
use kafka_sim::{FlightPlace, Halt, LinkState, MessageId, NetworkSpec, Seq, Status};

/// What happened to a toy, with the time in microseconds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Saw {
    Started,
    Request(u64),
    Response(u64),
    Disconnected(u32),
    Timer(u32),
    Terminate,
}

/// Sends a request when commanded to, answers requests unless mute, ends when
/// asked to.
#[derive(Clone, Debug, Default)]
struct Toy {
    saw: Vec<(u64, Saw)>,
    mute: bool,
}

impl Process for Toy {
    fn handle(&mut self, now: Time, input: Input<'_>, _prng: &mut Prng, fx: &mut Effects) {
        let saw = match input {
            Input::Started => Saw::Started,
            Input::Request { from, id, .. } => {
                if !self.mute {
                    fx.respond(from, id, answer());
                }
                Saw::Request(id.0)
            }
            Input::Response { id, .. } => Saw::Response(id.0),
            Input::Disconnected { peer } => Saw::Disconnected(peer.0),
            Input::Timer(TimerKey::Retry(number)) => Saw::Timer(number),
            Input::Timer(_) => return,
            Input::Command(ClientCommand::Call(id, AdminTarget::Broker(to), request)) => {
                return fx.request(*to, RequestId(*id), (**request).clone());
            }
            Input::Command(ClientCommand::Poll) => {
                for number in 0..3 {
                    fx.set_timer(TimerKey::Retry(number), now + Duration::from_ms(5));
                }
                fx.cancel_timer(TimerKey::Retry(1));
                return fx.set_timer(TimerKey::Retry(0), now + Duration::from_ms(7));
            }
            Input::Command(_) => return,
            Input::Terminate => {
                fx.list.push(Effect::Exit);
                Saw::Terminate
            }
        };
        self.saw.push((now.0, saw));
    }

    fn halt(&mut self, _now: Time, _how: Halt) {}
}

fn answer() -> Response {
    Response::ApiVersions(ApiVersionsResponse::default())
}

const A: u16 = 0;
const B: u16 = 1;

/// Two toys, A = node 1 and B = node 2, 1 ms apart, started.
fn pair() -> Engine<Toy> {
    let network = NetworkSpec {
        latency: Duration::from_ms(1),
        jitter: Duration::ZERO,
    };
    let mut engine = Engine::new(1, network);
    for id in [1, 2] {
        let node = engine.add(NodeId(id), Toy::default()).expect("free");
        engine.start(node, Toy::default(), Seq::NONE);
    }
    engine.run_until(Time(10));
    engine
}

fn call(engine: &mut Engine<Toy>, from: u16, to: u32, id: u64) {
    let request = Box::new(Request::ApiVersions(ApiVersionsRequest::default()));
    let command = ClientCommand::Call(id, AdminTarget::Broker(NodeId(to)), request);
    engine.command(from, Rc::new(command), Seq::NONE);
    let now = engine.now();
    engine.run_until(now);
}

fn saw(engine: &Engine<Toy>, id: u32) -> Vec<(u64, Saw)> {
    let toy = engine.process(NodeId(id)).expect("it is there");
    toy.saw.iter().skip(1).copied().collect()
}

fn run(engine: &mut Engine<Toy>, ms: u64) {
    let until = engine.now() + Duration::from_ms(ms);
    engine.run_until(until);
}

/// A request and its answer take one latency each.
#[test]
fn a_round_trip_takes_two_latencies() {
    let mut engine = pair();
    call(&mut engine, A, 2, 7);
    assert_eq!(engine.in_flight().count(), 1);
    run(&mut engine, 5);
    assert_eq!(saw(&engine, 2), [(1_010, Saw::Request(7))]);
    assert_eq!(saw(&engine, 1), [(2_010, Saw::Response(7))]);
}

/// B-1: jitter never lets a message overtake another on its connection.
#[test]
fn messages_of_a_pair_arrive_in_order() {
    let network = NetworkSpec {
        latency: Duration::from_us(10),
        jitter: Duration::from_ms(50),
    };
    let mut engine = Engine::new(42, network);
    for id in [1, 2] {
        engine.add(NodeId(id), Toy::default()).expect("free");
    }
    engine.start(A, Toy::default(), Seq::NONE);
    engine.start(B, Toy::default(), Seq::NONE);
    for id in 0..100 {
        call(&mut engine, A, 2, id);
        run(&mut engine, 1);
    }
    run(&mut engine, 1_000);
    let order: Vec<Saw> = saw(&engine, 2).into_iter().map(|(_, saw)| saw).collect();
    assert_eq!(order, (0..100).map(Saw::Request).collect::<Vec<Saw>>());
}

/// A crash tells a peer with unanswered requests once, however many there are,
/// and later sends are refused, one at a time.
#[test]
fn a_crash_breaks_the_connection_once() {
    let mut engine = pair();
    for id in 0..3 {
        call(&mut engine, A, 2, id);
    }
    engine.halt(B, Halt::Crash, Seq::NONE);
    call(&mut engine, A, 2, 3);
    run(&mut engine, 5);
    assert_eq!(saw(&engine, 1), [(1_010, Saw::Disconnected(2))]);
    assert_eq!(saw(&engine, 2), []);
    call(&mut engine, A, 2, 4);
    run(&mut engine, 5);
    assert_eq!(saw(&engine, 1)[1..], [(7_010, Saw::Disconnected(2))]);
    assert_eq!(engine.status(NodeId(2)), Some(Status::Down(Halt::Crash)));
}

/// Sending to an id that nobody has is refused too.
#[test]
fn an_unknown_process_refuses() {
    let mut engine = pair();
    call(&mut engine, A, 77, 1);
    run(&mut engine, 5);
    assert_eq!(saw(&engine, 1), [(1_010, Saw::Disconnected(77))]);
}

/// A peer that waits for nothing sees its idle connection close all the same, and
/// one that has no connection learns nothing.
#[test]
fn an_idle_connection_closes_too() {
    let mut engine = pair();
    engine.halt(A, Halt::Crash, Seq::NONE);
    run(&mut engine, 5);
    assert_eq!(saw(&engine, 2), []);
    let mut engine = pair();
    call(&mut engine, A, 2, 1);
    run(&mut engine, 5);
    engine.halt(B, Halt::Crash, Seq::NONE);
    run(&mut engine, 50);
    let seen = [(2_010, Saw::Response(1)), (6_010, Saw::Disconnected(2))];
    assert_eq!(saw(&engine, 1), seen);
}

/// The answer to a request of an earlier life reaches nobody, although the new
/// life numbers its requests anew.
#[test]
fn an_answer_to_an_earlier_life_is_lost() {
    let mut engine = pair();
    call(&mut engine, A, 2, 1);
    engine.pause(B);
    run(&mut engine, 5);
    engine.halt(A, Halt::Crash, Seq::NONE);
    engine.start(A, Toy::default(), Seq::NONE);
    call(&mut engine, A, 2, 1);
    run(&mut engine, 5);
    engine.resume(B);
    run(&mut engine, 5);
    let answers = saw(&engine, 1);
    assert_eq!(
        answers.len(),
        1,
        "only the second life's request: {answers:?}"
    );
    assert_eq!(saw(&engine, 2).len(), 2, "both requests were served");
}

/// A clean end by Exit closes connections as a crash does.
#[test]
fn a_process_that_exits_is_down() {
    let mut engine = pair();
    engine.terminate(B, Seq::NONE);
    run(&mut engine, 1);
    assert_eq!(engine.status(NodeId(2)), Some(Status::Down(Halt::Clean)));
    assert_eq!(saw(&engine, 2).len(), 1);
}

/// While a process is paused, messages and timers wait; then they are delivered
/// at once, in the order they became due.
#[test]
fn a_pause_keeps_the_order() {
    let mut engine = pair();
    engine.command(B, Rc::new(ClientCommand::Poll), Seq::NONE);
    run(&mut engine, 1);
    engine.pause(B);
    call(&mut engine, A, 2, 1);
    run(&mut engine, 20);
    assert_eq!(saw(&engine, 2), []);
    let places: Vec<FlightPlace> = engine.in_flight().map(|flight| flight.place).collect();
    assert_eq!(places, [FlightPlace::AtDoor]);
    engine.resume(B);
    run(&mut engine, 0);
    let now = engine.now().0;
    let expected = [
        (now, Saw::Request(1)),
        (now, Saw::Timer(2)),
        (now, Saw::Timer(0)),
    ];
    assert_eq!(saw(&engine, 2), expected);
}

/// A timer set again moves, a cancelled one never fires, and both are readable.
#[test]
fn timers_move_and_are_cancelled() {
    let mut engine = pair();
    engine.command(A, Rc::new(ClientCommand::Poll), Seq::NONE);
    run(&mut engine, 1);
    let set = [
        (TimerKey::Retry(0), Time(7_010)),
        (TimerKey::Retry(2), Time(5_010)),
    ];
    assert_eq!(engine.timers(NodeId(1)), set);
    run(&mut engine, 20);
    let fired = [(5_010, Saw::Timer(2)), (7_010, Saw::Timer(0))];
    assert_eq!(saw(&engine, 1), fired);
    assert_eq!(engine.timers(NodeId(1)), []);
}

/// Dropped: silence, no disconnect. Held: later, in order. Slow: later.
#[test]
fn links_drop_hold_and_slow() {
    let mut engine = pair();
    engine.set_link(A, B, LinkState::Dropped);
    call(&mut engine, A, 2, 1);
    run(&mut engine, 50);
    assert_eq!((saw(&engine, 1), saw(&engine, 2)), (vec![], vec![]));

    engine.set_link(A, B, LinkState::Held);
    call(&mut engine, A, 2, 2);
    call(&mut engine, A, 2, 3);
    run(&mut engine, 50);
    assert_eq!(saw(&engine, 2), []);
    engine.set_link(A, B, LinkState::Up);
    run(&mut engine, 1);
    let at = engine.now().0;
    let both = [(at, Saw::Request(2)), (at, Saw::Request(3))];
    assert_eq!(saw(&engine, 2), both);

    engine.set_link(A, B, LinkState::Slow(Duration::from_ms(10)));
    let sent = engine.now().0;
    call(&mut engine, A, 2, 4);
    run(&mut engine, 50);
    assert_eq!(saw(&engine, 2)[2..], [(sent + 11_000, Saw::Request(4))]);
}

/// One way cut: requests arrive, answers do not, and a crash behind the cut
/// stays unknown.
#[test]
fn a_one_way_cut_loses_answers_and_resets() {
    let mut engine = pair();
    engine.set_link(B, A, LinkState::Dropped);
    call(&mut engine, A, 2, 1);
    run(&mut engine, 5);
    engine.halt(B, Halt::Crash, Seq::NONE);
    run(&mut engine, 50);
    assert_eq!(saw(&engine, 1), []);
}

/// A loss rate of all loses all, of none loses none, and half loses some.
#[test]
fn a_loss_rate_loses_that_share() {
    for (ppm, fits) in [(0, 200..=200), (500_000, 60..=140), (1_000_000, 0..=0)] {
        let mut engine = pair();
        engine.set_loss(A, B, ppm);
        for id in 0..200 {
            call(&mut engine, A, 2, id);
        }
        run(&mut engine, 5);
        let arrived = saw(&engine, 2).len();
        assert!(fits.contains(&arrived), "{arrived} of 200 at {ppm} ppm");
    }
}

/// Single messages: drop, duplicate, delay (nothing overtakes), hold, deliver.
#[test]
fn single_messages_can_be_handled() {
    let requests = |engine: &Engine<Toy>| -> Vec<u64> {
        let toy = saw(engine, 2).into_iter();
        toy.filter_map(|(_, saw)| match saw {
            Saw::Request(id) => Some(id),
            _ => None,
        })
        .collect()
    };
    let sent = || {
        let mut engine = pair();
        (0..3).for_each(|id| call(&mut engine, A, 2, id));
        engine
    };
    let mut engine = sent();
    engine.drop_message(MessageId(1), Seq::NONE);
    engine.duplicate_message(MessageId(2));
    run(&mut engine, 2);
    assert_eq!(requests(&engine), [0, 2, 2]);

    let mut engine = sent();
    engine.delay_message(MessageId(1), Duration::from_ms(3));
    run(&mut engine, 2);
    assert_eq!(requests(&engine), [0]);
    run(&mut engine, 5);
    assert_eq!(requests(&engine), [0, 1, 2]);

    let mut engine = sent();
    engine.hold_message(MessageId(1));
    call(&mut engine, A, 2, 3);
    run(&mut engine, 50);
    assert_eq!(requests(&engine), [0]);
    engine.deliver_now(MessageId(1));
    run(&mut engine, 0);
    assert_eq!(requests(&engine), [0, 1]);
    run(&mut engine, 5);
    assert_eq!(requests(&engine), [0, 1, 2, 3]);
}
