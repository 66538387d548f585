//! Breadth first through all states, to the end or to the first breach.
//!
//! Invariant: the trail to a breach is one of the shortest there are.

use std::collections::BTreeSet;
use std::fmt;

use kafka_check::Violation;
use kafka_core::protocol::{CreatableTopic, CreateTopicsRequest, Request};
use kafka_core::types::NodeId;

use crate::choice::Choice;
use crate::moves::{PARTITION, TOPIC};
use crate::plan::{CONTROLLER, Plan};
use crate::state::State;

/// Steps until nothing but the outside can change a cluster; more is a mistake.
const QUIET_STEPS: u32 = 200;

/// What a search found.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Report {
    /// Different states, the first one included.
    pub states: u64,
    /// Steps that led from one of them to another.
    pub transitions: u64,
    /// Steps to the farthest state.
    pub depth: u32,
    /// States in which nothing can happen any more.
    pub ends: u64,
    /// The search was given up at that many states.
    pub gave_up: bool,
    /// The nearest breach that no setting permits, or a state in which a broker is stuck.
    pub broken: Option<Trail>,
}

/// The way to a breach.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Trail {
    /// What happened, and what each broker had afterwards.
    pub steps: Vec<(Choice, String)>,
    /// What is wrong there.
    pub wrong: Wrong,
}

/// What may be wrong in a state.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Wrong {
    /// An invariant is broken.
    Breach(Violation),
    /// Nothing can happen any more, and this broker lacks what its leader has, or has not
    /// answered for what everybody in sync holds.
    Stuck(NodeId),
}

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Wrong::Breach(violation) => write!(f, "{violation}"),
            Wrong::Stuck(node) => write!(f, "broker {node} waits for ever"),
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Report { states, depth, .. } = self;
        let (transitions, ends) = (self.transitions, self.ends);
        write!(
            f,
            "{states} states, {transitions} transitions, depth {depth}, {ends} ends"
        )?;
        if self.gave_up {
            write!(f, "; given up")?;
        }
        match &self.broken {
            Some(trail) => write!(f, "\n{trail}"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Trail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, (choice, then)) in self.steps.iter().enumerate() {
            writeln!(f, "{:3}. {choice}\n     {then}", number + 1)?;
        }
        write!(f, "{}", self.wrong)
    }
}

/// A state found, and how.
struct Found {
    from: usize,
    choice: Choice,
}

/// Looks at every state that the plan allows, at most so many.
pub fn explore(plan: &Plan, most_states: u64) -> Report {
    let first = begin(plan);
    let here = first.fingerprint();
    let mut seen = BTreeSet::from([here]);
    // The first state is nobody's.
    let mut found = vec![Found {
        from: 0,
        choice: Choice::Prefer,
    }];
    let mut report = Report {
        states: 1,
        transitions: 0,
        depth: 0,
        ends: 0,
        gave_up: false,
        broken: None,
    };
    let mut level = vec![(0, here, first)];
    while !level.is_empty() {
        let mut next = Vec::new();
        for (index, here, state) in level {
            let mut is_end = true;
            for choice in state.choices() {
                let Some(after) = state.after(choice, plan.halt) else {
                    continue;
                };
                let from = index;
                if let Some(violation) = after.found.clone() {
                    found.push(Found { from, choice });
                    report.depth += 1;
                    let steps = retell(plan, &found, found.len() - 1);
                    let wrong = Wrong::Breach(violation);
                    report.broken = Some(Trail { steps, wrong });
                    return report;
                }
                let there = after.fingerprint();
                if there == here {
                    continue;
                }
                report.transitions += 1;
                is_end = false;
                if seen.insert(there) {
                    found.push(Found { from, choice });
                    report.states += 1;
                    next.push((found.len() - 1, there, after));
                }
            }
            report.ends += u64::from(is_end);
            if is_end && let Some(node) = state.unsettled() {
                let steps = retell(plan, &found, index);
                let wrong = Wrong::Stuck(node);
                report.broken = Some(Trail { steps, wrong });
                return report;
            }
            if report.states >= most_states {
                report.gave_up = true;
                return report;
            }
        }
        report.depth += u32::from(!next.is_empty());
        level = next;
    }
    report
}

/// The way to a state found, walked once more to say what each step did.
fn retell(plan: &Plan, found: &[Found], to: usize) -> Vec<(Choice, String)> {
    let mut choices = Vec::new();
    let mut at = to;
    while at > 0 {
        choices.push(found[at].choice);
        at = found[at].from;
    }
    let mut state = begin(plan);
    let mut steps = Vec::new();
    for choice in choices.into_iter().rev() {
        if let Some(after) = state.after(choice, plan.halt) {
            state = after;
        }
        steps.push((choice, tell(&state)));
    }
    steps
}

/// Log end, high watermark and epoch of every replica; `*` marks who thinks that it leads.
fn tell(state: &State) -> String {
    let one = |node: NodeId| {
        if state.is_down(node) {
            return format!("{node}: down");
        }
        let broker = state.broker(node);
        let Some(replica) = broker.and_then(|broker| broker.partition(PARTITION)) else {
            return format!("{node}: -");
        };
        let log = &replica.log;
        let (end, high_watermark) = (log.log_end_offset(), log.high_watermark());
        let star = if replica.is_leader() { "*" } else { "" };
        let batches = log.disk().batches();
        let records = batches.flat_map(|batch| {
            let tags = batch.body.records.iter().map(|record| record.tag);
            tags.map(|tag| format!("r{tag}@{}", batch.leader_epoch))
        });
        let records: Vec<String> = records.collect();
        let (epoch, records) = (replica.leader_epoch, records.join(" "));
        format!("{node}: {end}/{high_watermark}{star} epoch {epoch} [{records}]")
    };
    let all: Vec<String> = state.brokers().into_iter().map(one).collect();
    all.join(" | ")
}

/// A cluster that has come to rest, with the partition's log empty.
fn begin(plan: &Plan) -> State {
    let mut state = State::new(plan.settings(), plan.budget);
    state.start(CONTROLLER);
    for node in plan.replicas() {
        state.come_back(node);
    }
    state.ask_controller(Request::CreateTopics(CreateTopicsRequest {
        topics: vec![CreatableTopic {
            name: TOPIC.into(),
            num_partitions: -1,
            replication_factor: -1,
            assignments: vec![(0, plan.replicas().collect())],
            configs: vec![(
                "min.insync.replicas".into(),
                Some(plan.min_isr.to_string().into()),
            )],
        }],
        validate_only: false,
    }));
    rest(&mut state, plan);
    if plan.second_leads {
        (state.left.fences, state.left.unfences) = (1, 1);
        for choice in [Choice::Fence(NodeId(0)), Choice::Unfence(NodeId(0))] {
            if let Some(after) = state.after(choice, plan.halt) {
                state = after;
            }
            rest(&mut state, plan);
        }
    }
    state.left = plan.budget;
    let image = state.controller().map(|controller| controller.image());
    let partition = image.and_then(|image| image.partition(PARTITION));
    let in_sync = partition.map_or(0, |partition| partition.isr.len() as u32);
    assert_eq!(in_sync, plan.brokers, "all replicas are in sync at first");
    state
}

/// Lets everything under way arrive.
fn rest(state: &mut State, plan: &Plan) {
    let left = std::mem::take(&mut state.left);
    for _ in 0..QUIET_STEPS {
        let before = state.fingerprint();
        let mut choices = state.choices();
        choices.sort_by_key(|choice| !matches!(choice, Choice::Metadata(..)));
        let next = choices.into_iter().find_map(|choice| {
            let after = state.after(choice, plan.halt)?;
            (after.fingerprint() != before).then_some(after)
        });
        match next {
            Some(after) => *state = after,
            None => {
                state.left = left;
                return;
            }
        }
    }
    panic!("the cluster does not come to rest");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Budget;

    /// A follower whose answer got lost, with nothing else under way, is stuck; before the
    /// record and after its arrival it is not.
    #[test]
    fn a_follower_whose_answer_got_lost_is_stuck() {
        let budget = Budget {
            records: 1,
            ..Budget::default()
        };
        let plan = Plan {
            budget,
            ..Plan::default()
        };
        let (leader, follower) = (NodeId(0), NodeId(1));
        let step = |state: &State, choice| state.after(choice, plan.halt).expect("a step");
        let first = begin(&plan);
        assert_eq!(first.unsettled(), None);
        let mut lost = step(&first, Choice::Append(leader));
        let arrived = step(&lost, Choice::Deliver(leader, follower));
        let arrived = step(&arrived, Choice::Deliver(follower, leader));
        assert_eq!(arrived.unsettled(), None);
        lost.links.clear();
        assert_eq!(lost.unsettled(), Some(leader));
    }
}
