//! The first link of a chain of causes when it is a silence.
//!
//! The trace links an event to the message or timer that led to it. A timer that nobody renewed
//! has no such link to the process that fell silent, although that is what a person asks for. It
//! is looked up here: the broker's last change of life before the controller fenced it.

use kafka_sim::Seq;

use super::Session;
use super::story::Item;
use crate::i18n::story::Fact;

impl Session {
    /// Ends a chain (the newest first) at the silence behind it: what led up to the timer that
    /// noticed it is not what a person asks for.
    pub(super) fn end_with_silence(&self, chain: &mut Vec<Seq>) {
        let found = chain
            .iter()
            .enumerate()
            .find_map(|(i, seq)| Some((i, self.silence_before(*seq)?)));
        if let Some((i, silence)) = found {
            chain.truncate(i + 1);
            chain.extend(silence);
        }
    }

    /// The silence that made `root` happen, and before it what noticed it.
    fn silence_before(&self, root: Seq) -> Option<Vec<Seq>> {
        let item = self.story.item(root)?;
        let fenced = match item.fact {
            Fact::Fenced(_) => Some(item),
            Fact::PartitionChanged(_) => self.fenced_with(item),
            _ => None,
        }?;
        let silence = self.last_of_life(fenced).filter(|i| is_silence(&i.fact))?;
        let found = [fenced.seq, silence.seq];
        Some(found.into_iter().filter(|seq| *seq != root).collect())
    }

    /// The fencing that the same decision of the controller made.
    fn fenced_with(&self, item: &Item) -> Option<&Item> {
        let same = |i: &&Item| i.moment.events == item.moment.events;
        let around = self.story.items().iter().filter(same);
        around
            .filter(|i| matches!(i.fact, Fact::Fenced(_)))
            .find(|i| i.moment.at == item.moment.at)
    }

    /// The last thing that started, stopped, paused or resumed the broker before that.
    fn last_of_life(&self, fenced: &Item) -> Option<&Item> {
        let before = self.story.items().iter().rev();
        before
            .filter(|i| i.seq < fenced.seq && i.object == fenced.object)
            .find(|i| is_silence(&i.fact) || matches!(i.fact, Fact::Resumed(_) | Fact::Started(_)))
    }
}

/// True for what ends or halts a process.
fn is_silence(fact: &Fact) -> bool {
    fact.is_end_of_process() || matches!(fact, Fact::Paused(_))
}

#[cfg(test)]
mod tests {
    use kafka_core::types::{Duration, NodeId};
    use kafka_sim::{Action, ClusterSpec};

    use super::*;
    use crate::i18n::Lang;
    use crate::session::SEED_START;
    use crate::session::preferences::Preferences;
    use crate::view_model::object::ObjectId;

    /// A fencing is explained by the crash that silenced the broker (BRK-6), and by nothing when
    /// the broker had come back to life before.
    #[test]
    fn a_fenced_broker_is_explained_by_its_crash() {
        let mut session = Session::new(ClusterSpec::default(), SEED_START, Preferences::default());
        session.timeline.run_for(Duration::from_secs(5));
        for action in [
            Action::Pause(NodeId(1)),
            Action::Resume(NodeId(1)),
            Action::Crash(NodeId(2)),
        ] {
            session.timeline.act(action).expect("possible");
            session.timeline.run_for(Duration::from_secs(1));
        }
        session.timeline.run_for(Duration::from_secs(12));
        session.world_changed();
        assert_eq!(session.preferences.lang, Lang::En);
        let told = |id| {
            let steps = session.why(&ObjectId::Broker(id));
            steps.into_iter().map(|s| s.words).collect::<Vec<_>>()
        };
        assert_eq!(
            told(2),
            [
                "Broker 2 crashed. It had no time to tell anyone.",
                "The controller fenced broker 2: no heartbeat in time.",
            ]
        );
        assert_eq!(told(1), ["Broker 1 goes on."]);
    }
}
