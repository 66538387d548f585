//! What of the cluster the picture shows: a lesson begins with few things, and adds them when
//! their time has come.

use kafka_lessons::Feature;

use super::cluster::{MessageView, Place};

/// A set of features.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shows(u16);

impl Default for Shows {
    fn default() -> Shows {
        Shows::ALL
    }
}

impl Shows {
    /// Everything.
    pub const ALL: Shows = Shows(u16::MAX);

    /// Those and no others.
    pub fn of(features: &[Feature]) -> Shows {
        Shows(features.iter().fold(0, |all, feature| all | bit(*feature)))
    }

    /// Whether the message is seen: its ends must be.
    pub fn sees(self, message: &MessageView) -> bool {
        let hidden = |place: &Place| matches!(place, Place::Controller(_));
        let ends = [&message.from, &message.to];
        self.has(Feature::Controllers) || !ends.into_iter().any(hidden)
    }

    /// Whether it is shown.
    pub fn has(self, feature: Feature) -> bool {
        self.0 & bit(feature) != 0
    }
}

fn bit(feature: Feature) -> u16 {
    1 << feature as u16
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_named_is_shown() {
        let shows = Shows::of(&[Feature::Isr, Feature::Twins]);
        assert!(shows.has(Feature::Isr) && shows.has(Feature::Twins));
        assert!(!shows.has(Feature::Epochs) && !shows.has(Feature::Controllers));
        assert!(Shows::ALL.has(Feature::Timers));
    }
}
