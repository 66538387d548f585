//! Searches that have a name.

use kafka_core::config::Truncation;
use kafka_sim::engine::Halt;

use crate::plan::{Budget, Plan};

/// A search worth repeating.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Named {
    /// How it is asked for.
    pub name: &'static str,
    /// What it looks at.
    pub about: &'static str,
    /// The search, by today's rules.
    pub plan: Plan,
    /// The same by a rule that Kafka gave up.
    pub historic: Option<Plan>,
}

/// All searches with a name.
pub fn named() -> Vec<Named> {
    vec![
        order(),
        power_loss(),
        three(),
        before_kip_101(),
        before_kip_279(),
        before_kip_320(),
        before_kip_966(),
    ]
}

fn order() -> Named {
    let budget = Budget {
        records: 2,
        ..Budget::default()
    };
    Named {
        name: "order",
        about: "two replicas, two records, no fault: only the order of messages varies",
        plan: pair(budget),
        historic: None,
    }
}

fn power_loss() -> Named {
    let budget = Budget {
        records: 2,
        crashes: 1,
        starts: 1,
        fences: 2,
        ..Budget::default()
    };
    Named {
        name: "power-loss",
        about: "two replicas, two records; one machine loses power and comes back, two leaders' sessions expire",
        plan: Plan {
            halt: Halt::PowerLoss,
            ..pair(budget)
        },
        historic: None,
    }
}

fn three() -> Named {
    let budget = Budget {
        records: 2,
        crashes: 2,
        ..Budget::default()
    };
    Named {
        name: "three",
        about: "three replicas, two records; two machines lose power",
        plan: Plan {
            brokers: 3,
            halt: Halt::PowerLoss,
            ..pair(budget)
        },
        historic: None,
    }
}

/// A follower cuts its log at its own high watermark, and leads next.
fn before_kip_101() -> Named {
    let budget = Budget {
        records: 1,
        crashes: 2,
        ..Budget::default()
    };
    let plan = Plan {
        brokers: 3,
        budget,
        ..Plan::default()
    };
    let about = "three replicas, one record, two crashes one after the other";
    historic("kip-101", about, plan, Truncation::HighWatermark)
}

/// Broker 1 leads, then broker 0, then broker 1 again, so fast that broker 1 may not hear
/// of it: told where an epoch ends but not which, broker 0 keeps what its leader never had.
fn before_kip_279() -> Named {
    let about = "two replicas, three records, a preferred election and another one";
    historic("kip-279", about, there_and_back(3), Truncation::EpochEnd)
}

/// A fetch that does not say its epoch is answered by a leader of an epoch that the
/// follower has not heard of.
fn before_kip_320() -> Named {
    let about = "two replicas, two records, a preferred election and another one";
    historic("kip-320", about, there_and_back(2), Truncation::Unfenced)
}

/// The high watermark moved on with one replica in sync although two were demanded.
fn before_kip_966() -> Named {
    let budget = Budget {
        records: 1,
        crashes: 1,
        ..Budget::default()
    };
    let plan = Plan {
        elr: false,
        ..pair(budget)
    };
    Named {
        name: "kip-966",
        about: "two replicas of which two must be in sync, one record, one crash",
        historic: Some(Plan {
            strict_min_isr: false,
            ..plan.clone()
        }),
        plan,
    }
}

/// Two replicas, `min.insync.replicas` 2.
fn pair(budget: Budget) -> Plan {
    Plan {
        min_isr: 2,
        budget,
        ..Plan::default()
    }
}

fn there_and_back(records: u32) -> Plan {
    let budget = Budget {
        records,
        fences: 1,
        preferred: 1,
        ..Budget::default()
    };
    Plan {
        second_leads: true,
        budget,
        ..Plan::default()
    }
}

fn historic(name: &'static str, about: &'static str, plan: Plan, truncation: Truncation) -> Named {
    Named {
        name,
        about,
        historic: Some(Plan {
            truncation,
            ..plan.clone()
        }),
        plan,
    }
}
