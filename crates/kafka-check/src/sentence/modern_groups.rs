//! Sentences of groups of the `consumer` protocol.

use std::fmt;

use super::Names;
use crate::verdict::Breach;

impl Breach {
    pub(super) fn fmt_modern_group(&self, f: &mut fmt::Formatter<'_>, p: Names<'_>) -> fmt::Result {
        match self {
            Breach::TwoMembersHold {
                group,
                epoch,
                partition,
                one,
                other,
            } => write!(
                f,
                "in epoch {epoch} of group {group} members {one} and {other} both hold {}",
                p(*partition)
            ),
            Breach::TwoTargets {
                group,
                epoch,
                partition,
                one,
                other,
            } => write!(
                f,
                "the target {epoch} of group {group} gives {} to {one} and to {other}",
                p(*partition)
            ),
            Breach::MeantForAnother {
                group,
                epoch,
                partition,
                one,
                other,
            } => write!(
                f,
                "in epoch {epoch} of group {group} member {one} has {}, which is meant for {other}",
                p(*partition)
            ),
            Breach::MeantForNobody {
                group,
                epoch,
                partition,
            } => write!(
                f,
                "the target {epoch} of group {group} gives {} to nobody, although somebody subscribes to its topic",
                p(*partition)
            ),
            Breach::NotSettled {
                group,
                epoch,
                member,
            } => write!(
                f,
                "group {group} is Stable in epoch {epoch}, but member {member} has not what is meant for it"
            ),
            _ => Ok(()),
        }
    }
}
