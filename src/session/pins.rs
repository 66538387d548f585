//! The pins of the open question, or of what is told after the step.

use kafka_lessons::Offered;

use super::Session;
use super::lesson::{Given, Learning, Phase};
use crate::i18n::{Text, lesson as words};
use crate::tasks::presenter::letter;
use crate::view_model::cluster::ClusterView;
use crate::view_model::object::ObjectId;
use crate::view_model::pins::{PinMark, PinView};

impl Session {
    /// Letters of answers that name objects of the picture.
    pub fn pins(&self, cluster: &ClusterView) -> Vec<PinView> {
        let Some(learning) = self.lessons.open.as_deref() else {
            return Vec::new();
        };
        if learning.free || self.is_learning_work() {
            return Vec::new();
        }
        match learning.phase {
            Phase::Asking(at) => {
                let offered = learning.offered.get(at);
                offered.map_or_else(Vec::new, |offered| self.offered(cluster, learning, offered))
            }
            // Of several questions the last one with objects: it is nearest to what is seen.
            Phase::Revealed => {
                let all = learning.offered.iter().zip(&learning.given).rev();
                let mut told = all.map(|(offered, given)| self.told(cluster, offered, given));
                told.find(|pins| !pins.is_empty()).unwrap_or_default()
            }
            _ => Vec::new(),
        }
    }

    fn offered(
        &self,
        cluster: &ClusterView,
        learning: &Learning,
        offered: &Offered,
    ) -> Vec<PinView> {
        let mark = |option: usize| match learning.choice == Some(option) {
            true => Some(PinMark::Chosen),
            false => Some(PinMark::Offered),
        };
        self.pins_of(cluster, offered, mark)
    }

    /// The learner's own answer keeps its pin, and the right one gets its mark.
    fn told(&self, cluster: &ClusterView, offered: &Offered, given: &Given) -> Vec<PinView> {
        let mark = |option: usize| {
            let right = offered.options.get(option).is_some_and(|offer| offer.right);
            match (right, given.choice == Some(option)) {
                (true, _) => Some(PinMark::Right),
                (false, true) => Some(PinMark::Wrong),
                (false, false) => None,
            }
        };
        self.pins_of(cluster, offered, mark)
    }

    fn pins_of(
        &self,
        cluster: &ClusterView,
        offered: &Offered,
        mark: impl Fn(usize) -> Option<PinMark>,
    ) -> Vec<PinView> {
        let lang = self.preferences.lang;
        let pin = |(option, offer): (usize, &kafka_lessons::Offer)| {
            let object = drawn(cluster, ObjectId::parse(offer.target.as_ref()?)?)?;
            let mark = mark(option)?;
            let letter = letter(option);
            let note = match mark {
                PinMark::Offered => None,
                PinMark::Chosen | PinMark::Wrong => Some(Text::LessonYourAnswer),
                PinMark::Right => Some(Text::LessonRight),
            };
            let label = offer.label.get(words::of(lang));
            let note = note.map_or_else(String::new, |text| format!(", {}", lang.say(text)));
            Some(PinView {
                object,
                option,
                letter,
                mark,
                words: format!("{letter}: {label}{note}"),
            })
        };
        offered.options.iter().enumerate().filter_map(pin).collect()
    }
}

/// The object that is drawn for it: a partition is seen in its leader.
fn drawn(cluster: &ClusterView, object: ObjectId) -> Option<ObjectId> {
    match object {
        ObjectId::Partition(name) => {
            let (_, partition) = cluster.partition(&name)?;
            Some(ObjectId::Replica(name, partition.leader?))
        }
        _ => Some(object),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::preferences::Preferences;
    use crate::session::tests::classroom::{learn, opened};
    use crate::tasks::lesson::Learn;

    fn pins(session: &Session) -> Vec<(String, char, PinMark)> {
        let pins = session.view().pins;
        pins.iter()
            .map(|p| (p.object.key(), p.letter, p.mark))
            .collect()
    }

    /// L12: which broker leads next? The answers that are brokers stand on the brokers; afterwards
    /// one's own keeps its pin and the right one has its mark.
    #[test]
    fn answers_that_are_objects_have_pins_until_the_step_is_told() {
        let mut session = opened(Preferences::default(), "L12", Some("S2"));
        let asked = [
            ("broker:0".to_owned(), 'A', PinMark::Offered),
            ("broker:2".to_owned(), 'B', PinMark::Offered),
        ];
        assert_eq!(pins(&session), asked);
        learn(&mut session, Learn::Choose(0));
        assert_eq!(pins(&session)[0].2, PinMark::Chosen);
        learn(&mut session, Learn::Answer);
        while let Some(Phase::Asking(_)) = session.lessons.open.as_ref().map(|l| l.phase) {
            learn(&mut session, Learn::Skip);
        }
        let told = [
            ("broker:0".to_owned(), 'A', PinMark::Wrong),
            ("broker:2".to_owned(), 'B', PinMark::Right),
        ];
        assert_eq!(pins(&session), told);
        learn(&mut session, Learn::Free(true));
        assert!(pins(&session).is_empty(), "nothing is asked in free play");
    }
}
