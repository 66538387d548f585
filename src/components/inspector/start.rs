//! What the inspector shows while nothing is selected: what runs here and what to try first.
//!
//! Every button is a task that a key, a menu or the terminal can do too.

use std::rc::Rc;

use kafka_lessons::index::INDEX;
use yew::prelude::*;

use crate::i18n::start::{self, Suggestion};
use crate::i18n::{Lang, Text, lesson as lesson_words};
use crate::session::lesson::progress::Place;
use crate::tasks::Task;
use crate::tasks::lesson::Learn;
use crate::view_model::cluster::ClusterView;
use crate::view_model::object::{ObjectId, PartitionName};

/// The topic of Kafka's quick start.
const CREATE: &str = "kafka-topics.sh --create --topic my-replicated-topic --partitions 1 \
                      --replication-factor 3 --bootstrap-server localhost:9092";

/// What the card needs.
#[derive(Properties, PartialEq)]
pub struct StartProps {
    /// Language.
    pub lang: Lang,
    /// The cluster.
    pub cluster: Rc<ClusterView>,
    /// Takes tasks.
    pub on_task: Callback<Task>,
}

/// What the large button offers now.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Offer {
    /// There is nothing to lead yet.
    Create,
    /// A leader to crash.
    Crash(i32, PartitionName),
    /// A broker to start again.
    Restart(i32),
}

fn offer(view: &ClusterView) -> Offer {
    let down = view
        .brokers
        .iter()
        .filter_map(|b| b.process.down_since().map(|at| (at, b.id)));
    if let Some((_, id)) = down.max() {
        return Offer::Restart(id);
    }
    let led = partitions(view).find_map(|(name, leader)| Some((leader?, name)));
    led.map_or(Offer::Create, |(leader, name)| Offer::Crash(leader, name))
}

/// Partitions people made, each with its leader.
fn partitions(view: &ClusterView) -> impl Iterator<Item = (PartitionName, Option<i32>)> {
    let made = view.partitions().filter(|(_, topic, _)| !topic.internal);
    made.map(|(name, _, p)| (name, p.leader))
}

/// The card.
#[component]
pub fn Start(props: &StartProps) -> Html {
    let (lang, view) = (props.lang, &props.cluster);
    let offer = offer(view);
    let (words, note, task) = match &offer {
        Offer::Create => (
            start::create(lang),
            start::create_note(lang).to_owned(),
            Task::Command(CREATE.to_owned()),
        ),
        Offer::Crash(broker, partition) => (
            start::crash(lang),
            start::crash_note(lang, *broker, &partition.to_string()),
            Task::CrashLeader,
        ),
        Offer::Restart(broker) => (
            start::restart(lang),
            start::restart_note(lang, *broker),
            Task::RestartLast,
        ),
    };
    let press = {
        let on_task = props.on_task.clone();
        move |_| on_task.emit(task.clone())
    };
    let controllers = view.quorum.controllers.len();
    html! {
        <div class="start">
            <h2>{ start::headline(lang) }</h2>
            <p class="lead">{ start::invitation(lang, view.brokers.len(), controllers) }</p>
            <button type="button" class="offer" onclick={press}>{ words }</button>
            <p class="note">{ note }</p>
            { suggestions(props) }
            { lessons(props) }
        </div>
    }
}

/// Lessons to begin with; the list has them all.
const FIRST_LESSONS: [&str; 3] = ["L01", "L06", "L12"];

fn lessons(props: &StartProps) -> Html {
    let of = lesson_words::of(props.lang);
    let known = INDEX
        .iter()
        .filter(|lesson| FIRST_LESSONS.contains(&lesson.id));
    html! {
        <>
            <h3>{ props.lang.say(Text::Lessons) }</h3>
            <ul class="suggestions">
                { for known.map(|lesson| {
                    let place = Place { lesson: lesson.id.to_owned(), ..Place::default() };
                    let on_task = props.on_task.clone();
                    html! {
                        <li>
                            <button type="button" onclick={move |_| on_task.emit(Task::Learn(Learn::Open(place.clone())))}>
                                <b>{ lesson.title(of) }</b>
                                <span>{ lesson_words::facts(props.lang, lesson.minutes, lesson.steps) }</span>
                            </button>
                        </li>
                    }
                }) }
            </ul>
        </>
    }
}

fn suggestions(props: &StartProps) -> Html {
    let Some((name, _)) = partitions(&props.cluster).next() else {
        return Html::default();
    };
    let consume = format!(
        "kafka-console-consumer.sh --topic {} --from-beginning --bootstrap-server localhost:9092",
        name.topic
    );
    let tasks = [
        (Suggestion::Send, Task::ProduceOne),
        (Suggestion::Consume, Task::Command(consume)),
        (
            Suggestion::Why,
            Task::Select(Some(ObjectId::Partition(name))),
        ),
    ];
    html! {
        <ul class="suggestions">
            { for tasks.into_iter().map(|(which, task)| {
                let (words, note) = start::suggestion(props.lang, which);
                let on_task = props.on_task.clone();
                html! {
                    <li>
                        <button type="button" onclick={move |_| on_task.emit(task.clone())}>
                            <b>{ words }</b>
                            <span>{ note }</span>
                        </button>
                    </li>
                }
            }) }
        </ul>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view_model::cluster::Process;
    use crate::view_model::sample;

    #[test]
    fn a_cluster_without_a_topic_is_offered_one_and_a_crashed_broker_is_offered_a_start() {
        let mut view = sample::failover();
        assert_eq!(offer(&view), Offer::Restart(1));
        for broker in &mut view.brokers {
            broker.process = Process::Running;
        }
        let name = PartitionName {
            topic: "my-replicated-topic".into(),
            partition: 0,
        };
        assert_eq!(offer(&view), Offer::Crash(2, name));
        view.topics.retain(|topic| topic.internal);
        assert_eq!(offer(&view), Offer::Create);
    }
}
