//! The scenarios that come with the page.

use kafka_scenario::Scenario;

/// A scenario of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Example {
    /// A topic, a producer and a group: what the page opens with.
    RunningCluster,
    /// An empty cluster.
    QuickStart,
    /// The replicated topic of the quick start, ready for a crash.
    KillTheLeader,
    /// A committed record about to be lost by the truncation rule that KIP-101 replaced (FAIL-9).
    BeforeKip101,
}

impl Example {
    /// All of them.
    pub const ALL: [Example; 4] = [
        Example::RunningCluster,
        Example::QuickStart,
        Example::KillTheLeader,
        Example::BeforeKip101,
    ];

    /// Its text.
    pub fn text(self) -> &'static str {
        match self {
            Example::RunningCluster => include_str!("../../scenarios/running-cluster.txt"),
            Example::QuickStart => include_str!("../../scenarios/quick-start.txt"),
            Example::KillTheLeader => include_str!("../../scenarios/kill-the-leader.txt"),
            Example::BeforeKip101 => include_str!("../../scenarios/before-kip-101.txt"),
        }
    }

    /// What it says; the tests read every one of them.
    pub fn scenario(self) -> Scenario {
        kafka_scenario::parse(self.text()).unwrap_or_default()
    }
}
