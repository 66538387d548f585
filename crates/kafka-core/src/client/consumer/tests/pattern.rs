//! Subscriptions by pattern: what is asked for, when a member joins and joins again.

use super::*;
use crate::consumer_protocol::decode_subscription;
use crate::topic_pattern::TopicPattern;

/// Topics `event-a`, `event-b` and `other`, and an internal one that matches.
fn topics() -> Vec<crate::protocol::MetadataTopic> {
    let mut internal = topic("event-log", 7, &[(0, 0)]);
    internal.is_internal = true;
    let named = [("event-a", 4), ("other", 5), ("event-b", 6)];
    let named = named.map(|(name, id)| topic(name, id, &[(0, 0)]));
    named.into_iter().chain([internal]).collect()
}

fn subscribed(topics: &[crate::protocol::MetadataTopic]) -> Fake<Consumer> {
    let node = Consumer::new(config(), NodeId(10_000));
    let mut fake = Fake::new(node, 3, topics);
    fake.input(Input::Started);
    let pattern = TopicPattern::new("event-.*").expect("an expression");
    fake.command(ClientCommand::SubscribeTo(pattern));
    coordinator(&mut fake);
    fake
}

/// The topics that the oldest JoinGroup names.
fn joining(fake: &Fake<Consumer>) -> Vec<Name> {
    let mut joins = fake.sent.iter().filter_map(|sent| match &sent.request {
        Request::JoinGroup(join) => decode_subscription(&join.protocols[0].1),
        _ => None,
    });
    joins.next().expect("a member joins").topics
}

fn stable(fake: &mut Fake<Consumer>) {
    let required = join_error(ErrorCode::MemberIdRequired, "me");
    fake.answer(ApiKey::JoinGroup, |_| required);
    fake.answer(ApiKey::JoinGroup, |request| join_ok(request, 1, "other"));
    sync(fake, ErrorCode::None, &[]);
}

/// An update of the metadata, as after `metadata.max.age.ms`, and a poll after it.
fn refresh(fake: &mut Fake<Consumer>) {
    fake.node.net.request_update();
    fake.advance(Duration::from_secs(1));
    fake.command(ClientCommand::Poll);
}

/// All topics are asked for, and the first JoinGroup names those that match, internal ones left
/// out (`exclude.internal.topics`).
#[test]
fn the_first_join_names_what_matches() {
    let fake = subscribed(&topics());
    let names = ["event-a", "event-b"].map(Name::from);
    assert_eq!(joining(&fake), names);
    assert_eq!(fake.node.subscription(), names);
}

/// A pattern that matches nothing joins the group all the same.
#[test]
fn nothing_that_matches_is_a_subscription_too() {
    let fake = subscribed(&[topic("other", 5, &[(0, 0)])]);
    assert_eq!(joining(&fake), [""; 0].map(Name::from));
}

/// A new topic is found with the next metadata, and makes the member join again; one that does
/// not match changes nothing.
#[test]
fn a_new_topic_that_matches_makes_it_join_again() {
    let mut fake = subscribed(&topics());
    stable(&mut fake);
    let joins = |fake: &Fake<Consumer>| fake.apis().contains(&ApiKey::JoinGroup);
    fake.topics.push(topic("another", 8, &[(0, 0)]));
    refresh(&mut fake);
    assert!(!joins(&fake), "{:?}", fake.apis());
    fake.topics.push(topic("event-c", 9, &[(0, 0)]));
    refresh(&mut fake);
    let names = ["event-a", "event-b", "event-c"].map(Name::from);
    assert_eq!(joining(&fake), names);
}

/// Names take the place of a pattern: only they are asked for from then on.
#[test]
fn names_take_the_place_of_a_pattern() {
    let mut fake = subscribed(&topics());
    stable(&mut fake);
    fake.command(ClientCommand::Subscribe(vec!["other".into()]));
    refresh(&mut fake);
    let known = fake.node.net.view.topics();
    let known: Vec<&str> = known.map(|topic| &*topic.name).collect();
    assert_eq!(known, ["other"]);
}
