//! `RoundRobinAssignor`: all partitions by topic and number, dealt to the sorted
//! members in a circle, skipping who does not subscribe (section 8.2).

use super::{Assignment, Member, Topic, partitions_of, sorted_members, subscribers};

/// Deals all partitions of subscribed topics.
pub fn round_robin(topics: &[Topic], members: &[Member]) -> Assignment {
    let order = sorted_members(members);
    let subscribers = subscribers(topics, members, &order);
    let mut assignment = vec![Vec::new(); members.len()];
    let mut circle = order.iter().cycle();
    for (topic, subscribers) in subscribers.iter().enumerate() {
        if subscribers.is_empty() {
            continue;
        }
        for partition in partitions_of(topics, topic) {
            if let Some(taker) = circle.find(|member| subscribers.contains(member)) {
                assignment[*taker].push(partition);
            }
        }
    }
    assignment
}
