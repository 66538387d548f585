//! The same world as headings and tables: always in the page, for readers who do not see the
//! picture, for print and for tests.

use std::rc::Rc;

use yew::prelude::*;

use crate::i18n::{Lang, Text, sentence};
use crate::scene::broker::{controller_words, state_words};
use crate::view_model::cluster::{ClusterView, GroupView, MessageView, PartitionView};

/// What the text view shows.
#[derive(Properties, PartialEq)]
pub struct TextViewProps {
    /// Language.
    pub lang: Lang,
    /// The cluster.
    pub cluster: Rc<ClusterView>,
    /// Number of the last event.
    pub event: u64,
    /// True when it takes the place of the picture.
    pub shown: bool,
}

fn table(title: &str, heads: &[&str], rows: Vec<Vec<String>>) -> Html {
    if rows.is_empty() {
        return Html::default();
    }
    html! {
        <>
            <h3>{ title.to_owned() }</h3>
            <table>
                <thead><tr>{ for heads.iter().map(|h| html! { <th scope="col">{ (*h).to_owned() }</th> }) }</tr></thead>
                <tbody>
                    { for rows.into_iter().map(|row| html! { <tr>{ for row.into_iter().map(|c| html! { <td>{ c }</td> }) }</tr> }) }
                </tbody>
            </table>
        </>
    }
}

fn partition_row(lang: Lang, name: String, p: &PartitionView) -> Vec<String> {
    let none = lang.say(Text::None);
    let ends = p
        .logs
        .iter()
        .map(|l| format!("{}: {}/{}", l.broker, l.high_watermark, l.log_end))
        .collect::<Vec<_>>()
        .join("  ");
    vec![
        name,
        p.leader.map_or_else(|| none.to_owned(), |l| l.to_string()),
        p.leader_epoch.to_string(),
        sentence::ids(&p.replicas),
        sentence::ids(&p.isr),
        ends,
    ]
}

fn group_rows(lang: Lang, group: &GroupView) -> Vec<Vec<String>> {
    let number = |n: Option<u64>| n.map_or_else(|| "-".to_owned(), |n| n.to_string());
    let head = format!(
        "{}, {}, {}",
        group.name,
        group.state.name(),
        group.generation
    );
    let mut rows = Vec::new();
    for member in &group.members {
        if member.assignment.is_empty() {
            rows.push(vec![
                head.clone(),
                member.name.clone(),
                lang.say(Text::NoPartition).to_owned(),
                String::new(),
                String::new(),
                String::new(),
            ]);
        }
        for a in &member.assignment {
            rows.push(vec![
                head.clone(),
                member.name.clone(),
                a.partition.to_string(),
                number(a.position),
                number(a.committed),
                number(a.lag),
            ]);
        }
    }
    if rows.is_empty() {
        rows.push(vec![
            head,
            String::new(),
            String::new(),
            String::new(),
            String::new(),
            String::new(),
        ]);
    }
    rows
}

fn message_row(message: &MessageView) -> Vec<String> {
    vec![
        message.label(),
        sentence::place(&message.from),
        sentence::place(&message.to),
        message
            .partition
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default(),
        sentence::clock(message.arrives),
    ]
}

/// The text view.
#[component]
pub fn TextView(props: &TextViewProps) -> Html {
    let (lang, view) = (props.lang, &props.cluster);
    let say = |text: Text| lang.say(text);
    let brokers = view
        .brokers
        .iter()
        .map(|b| {
            vec![
                b.id.to_string(),
                state_words(lang, b.process, b.fenced).to_owned(),
                b.address.clone(),
                b.leads.to_string(),
            ]
        })
        .collect();
    let controllers = view
        .quorum
        .controllers
        .iter()
        .map(|c| {
            let state = controller_words(lang, c).to_owned();
            vec![c.id.to_string(), state]
        })
        .collect();
    let partitions = view
        .partitions()
        .map(|(name, _, p)| partition_row(lang, name.to_string(), p))
        .collect();
    let clients = view
        .clients
        .iter()
        .map(|c| {
            vec![
                c.name.clone(),
                c.topic.clone().unwrap_or_default(),
                c.acks.clone(),
                sentence::sent(lang, c.sent, c.acked, c.failed),
            ]
        })
        .collect();
    let groups = view
        .groups
        .iter()
        .flat_map(|g| group_rows(lang, g))
        .collect();
    let class = if props.shown {
        "text-view shown"
    } else {
        "text-view aloud"
    };
    html! {
        <section id="text-view" class={class} tabindex={if props.shown { "0" } else { "-1" }} aria-label={say(Text::TextView)}>
            <h2>{ say(Text::TextView) }</h2>
            <p data-summary="">{ sentence::summary(lang, view, props.event) }</p>
            { table(say(Text::KraftQuorum), &[say(Text::KindController), say(Text::FactState)], controllers) }
            { table(say(Text::Brokers), &[say(Text::KindBroker), say(Text::FactState), say(Text::FactAddress), say(Text::FactLeads)], brokers) }
            { table(say(Text::Partitions), &[
                say(Text::KindPartition), say(Text::FactLeader), say(Text::FactLeaderEpoch), say(Text::FactReplicas), say(Text::FactIsr), say(Text::FactEnds),
            ], partitions) }
            { table(say(Text::Clients), &[say(Text::KindProducer), say(Text::FactTopic), say(Text::FactAcks), say(Text::FactState)], clients) }
            { table(say(Text::Groups), &[
                say(Text::KindGroup), say(Text::FactMembers), say(Text::KindPartition), say(Text::FactPosition), say(Text::FactCommitted), say(Text::FactLag),
            ], groups) }
            if view.messages.is_empty() {
                <p>{ say(Text::NothingInFlight) }</p>
            } else {
                { table(say(Text::InFlight), &[
                    say(Text::KindMessage), say(Text::FactFrom), say(Text::FactTo), say(Text::KindPartition), say(Text::FactArrives),
                ], view.messages.iter().map(message_row).collect()) }
            }
        </section>
    }
}
