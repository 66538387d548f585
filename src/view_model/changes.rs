//! What changed between two views: the marker wash of the last step.

use super::cluster::ClusterView;

/// Marks in `now` what differs from `before`.
pub fn mark(now: &mut ClusterView, before: &ClusterView) {
    for broker in &mut now.brokers {
        let old = before.broker(broker.id).map(|b| b.leads);
        broker.led = old.filter(|leads| *leads != broker.leads);
    }
    for topic in &mut now.topics {
        let Some(old) = before.topics.iter().find(|t| t.name == topic.name) else {
            continue;
        };
        for partition in &mut topic.partitions {
            let was = old
                .partitions
                .iter()
                .find(|p| p.partition == partition.partition);
            partition.changed = was.is_some_and(|was| {
                (was.leader, was.leader_epoch, &was.isr)
                    != (partition.leader, partition.leader_epoch, &partition.isr)
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view_model::sample;

    #[test]
    fn only_what_differs_is_marked() {
        let mut before = sample::failover();
        before.topics[0].partitions[0].leader = Some(1);
        before.brokers[2].leads = 1;
        let mut now = sample::failover();
        mark(&mut now, &before);
        let changed: Vec<bool> = now.partitions().map(|(_, _, p)| p.changed).collect();
        assert_eq!(changed, [true, false, false, false]);
        assert_eq!((now.brokers[0].led, now.brokers[2].led), (None, Some(1)));
    }
}
