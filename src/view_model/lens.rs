//! The lenses: ways to look at the same moment.

use crate::i18n::Text;

/// A lens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum LensKind {
    /// Brokers, partitions, clients.
    #[default]
    Cluster,
    /// Records and who was given them.
    Matrix,
}

impl LensKind {
    /// Every lens, in the order of its tabs.
    pub const ALL: [LensKind; 2] = [LensKind::Cluster, LensKind::Matrix];

    /// Its key. Log, sequence and compare keep 2 to 4 for the day they exist.
    pub fn key(self) -> &'static str {
        match self {
            LensKind::Cluster => "1",
            LensKind::Matrix => "5",
        }
    }

    /// The lens of a key.
    pub fn of_key(key: &str) -> Option<LensKind> {
        LensKind::ALL.into_iter().find(|lens| lens.key() == key)
    }

    /// Its name.
    pub fn name(self) -> Text {
        match self {
            LensKind::Cluster => Text::ClusterLens,
            LensKind::Matrix => Text::MatrixLens,
        }
    }
}
