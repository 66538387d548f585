//! The columns that are not Kafka: a lesson's models, fed with the same records at the same times.
//!
//! The models are run by `kafka-lessons` on the world shown, so a moment gone back to shows what
//! it showed.

use kafka_check::Checker;
use kafka_lessons::twin::{self, Ending, TwinRun};
use kafka_lessons::{Scene, Twin, TwinKind};
use kafka_sim::World;

/// The head and foot of a model's column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TwinColumn {
    /// What it does with a record.
    pub kind: TwinKind,
    /// The topic whose records it is fed with.
    pub topic: String,
    /// Records it still stores.
    pub left: usize,
    /// Times it gave a record to somebody.
    pub deliveries: usize,
}

/// One record in one model.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct TwinCell {
    /// It has reached the model.
    pub arrived: bool,
    /// The model still stores it.
    pub stored: bool,
    /// Who was given it, in order, and what came of it.
    pub given: Vec<(String, Ending)>,
}

/// The models as they are now.
pub struct Twins(Vec<(Twin, TwinRun)>);

impl Twins {
    /// Runs them on the world.
    pub fn run(world: &World, checker: &Checker, twins: &[Twin]) -> Twins {
        let scene = Scene::new(world, checker);
        let run = |twin: &Twin| (twin.clone(), twin::run(&scene, twin));
        Twins(twins.iter().map(run).collect())
    }

    /// Heads and feet.
    pub fn columns(&self) -> Vec<TwinColumn> {
        let column = |(twin, run): &(Twin, TwinRun)| TwinColumn {
            kind: twin.kind,
            topic: twin.topic.clone(),
            left: run.stored.len(),
            deliveries: run.deliveries.len(),
        };
        self.0.iter().map(column).collect()
    }

    /// A record in each of them, by its number in the ledger.
    pub fn cells(&self, tag: u64) -> Vec<TwinCell> {
        let cell = |(_, run): &(Twin, TwinRun)| {
            let given = run.deliveries.iter().filter(|d| d.tag == tag);
            TwinCell {
                arrived: run.arrived.iter().any(|(_, known)| *known == tag),
                stored: run.stored.contains(&tag),
                given: given.map(|d| (d.to.clone(), d.end)).collect(),
            }
        };
        self.0.iter().map(cell).collect()
    }
}
