//! The assignors a group leader runs over its members: range, round robin, sticky and
//! cooperative-sticky (section 8).
//!
//! Pure functions of topics and members; they know no group, no generation counter and
//! no protocol bytes. Orders that Kafka takes from a hash table are the order in which
//! the caller lists the members. Invariant (ASG-1): a partition of a subscribed topic is
//! given to at most one member, and to exactly one once nothing is being handed over.

mod racks;
mod range;
mod round_robin;
pub mod server;
mod sticky;

pub use range::range;
pub use round_robin::round_robin;
pub use sticky::{cooperative_sticky, sticky};

/// A partition: its topic's position in the list of topics, and its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Partition {
    /// Position in the list of topics, from 0.
    pub topic: u32,
    /// Partition number.
    pub number: u32,
}

/// A topic that some member names. List topics sorted by name: their positions stand
/// for their names wherever Kafka sorts by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Topic<'a> {
    /// Its name.
    pub name: &'a str,
    /// How many partitions; 0 if the cluster does not have the topic.
    pub partitions: u32,
    /// The racks of each partition's replicas; shorter than `partitions` (usually
    /// empty) where racks are unknown.
    pub racks: Vec<Vec<&'a str>>,
}

/// A member as its subscription describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member<'a> {
    /// Member id.
    pub id: &'a str,
    /// `group.instance.id` of a static member.
    pub instance: Option<&'a str>,
    /// `client.rack`.
    pub rack: Option<&'a str>,
    /// Positions of the topics it subscribes to.
    pub topics: Vec<u32>,
    /// Sticky ones only: the partitions it says it owned, in the order it says so.
    pub claims: Vec<Partition>,
    /// The generation of the claims; -1 if it did not say.
    pub generation: i32,
}

/// What each member gets, in the order of the members.
pub type Assignment = Vec<Vec<Partition>>;

/// Positions of the members as range and round robin sort them: static ones first by
/// instance id, then the others by member id.
fn sorted_members(members: &[Member]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..members.len()).collect();
    order.sort_by_key(|at| {
        let member = &members[*at];
        let dynamic = member.instance.is_none();
        (dynamic, member.instance.unwrap_or(member.id), member.id)
    });
    order
}

/// For each topic, which of the members (by position, in the order given) subscribe.
fn subscribers(topics: &[Topic], members: &[Member], order: &[usize]) -> Vec<Vec<usize>> {
    let mut subscribers = vec![Vec::new(); topics.len()];
    for member in order {
        for topic in &members[*member].topics {
            let of_topic: &mut Vec<usize> = &mut subscribers[*topic as usize];
            if of_topic.last() != Some(member) {
                of_topic.push(*member);
            }
        }
    }
    subscribers
}

/// The partitions of one topic, ascending.
fn partitions_of(
    topics: &[Topic],
    topic: usize,
) -> impl Iterator<Item = Partition> + Clone + use<> {
    (0..topics[topic].partitions).map(move |number| Partition {
        topic: topic as u32,
        number,
    })
}
