//! Words of the presenter view and its notes.

use super::{Lang, sentence};

/// "Step 5 of 6".
pub fn step_of(lang: Lang, step: usize, of: usize) -> String {
    match lang {
        Lang::En => format!("Step {step} of {of}"),
        Lang::Zh => format!("第 {step} / {of} 步"),
    }
}

/// "in ISR" and its like, in large letters.
pub fn sync(lang: Lang, sync: crate::view_model::cluster::Sync) -> &'static str {
    use crate::view_model::cluster::Sync;
    match sync {
        Sync::InSync => lang.either("in ISR", "在 ISR 中"),
        Sync::Eligible => "ELR",
        Sync::Out => lang.either("out", "已移出"),
        Sync::Joining => lang.either("joining", "正在加入"),
        Sync::Leaving => lang.either("leaving", "正在移出"),
    }
}

/// "epoch 1".
pub fn epoch(lang: Lang, epoch: i32) -> String {
    match lang {
        Lang::En => format!("epoch {epoch}"),
        Lang::Zh => format!("纪元 {epoch}"),
    }
}

/// "and 2 more brokers".
pub fn more_brokers(lang: Lang, count: usize) -> String {
    match (lang, count) {
        (Lang::En, 1) => "and 1 more broker".into(),
        (Lang::En, n) => format!("and {n} more brokers"),
        (Lang::Zh, n) => format!("另有 {n} 个 broker"),
    }
}

/// "and 2 more members".
pub fn more_members(lang: Lang, count: usize) -> String {
    match (lang, count) {
        (Lang::En, 1) => "and 1 more member".into(),
        (Lang::En, n) => format!("and {n} more members"),
        (Lang::Zh, n) => format!("另有 {n} 个成员"),
    }
}

/// A partition in one line, for the notes.
pub fn partition_state(
    lang: Lang,
    name: &str,
    leader: Option<i32>,
    isr: &[i32],
    end: u64,
) -> String {
    let leader = match leader {
        Some(leader) => format!("leader {leader}"),
        None => lang.either("no leader", "没有 leader").to_owned(),
    };
    format!("{name}: {leader}, ISR {}, LEO {end}", sentence::ids(isr))
}

/// A title and what follows it; either may be empty.
pub fn joined(head: &str, words: &str) -> String {
    match (head, words) {
        ("", words) => words.to_owned(),
        (head, "") => head.to_owned(),
        (head, words) => format!("{head} · {words}"),
    }
}

/// What people believe who give a wrong answer, and what is true.
pub fn belief(lang: Lang, name: &str, meaning: &str) -> String {
    let head = lang.say(super::Text::LessonBelief);
    match lang {
        Lang::En => format!("{head} {name}. {meaning}"),
        Lang::Zh => format!("{head}{name}。{meaning}"),
    }
}

/// An object to point at, by its name in the lesson: `group:workers`, `terminal:0`.
pub fn pointed(lang: Lang, key: &str) -> String {
    let (kind, name) = key.split_once(':').unwrap_or(("", key));
    match (kind, name) {
        ("broker", id) => format!("Broker {id}"),
        ("controller", id) => format!("Controller {id}"),
        ("group", name) => format!("{} {name}", lang.either("group", "消费组")),
        ("terminal", number) => match number.parse() {
            Ok(number) => super::terminal::name(lang, number),
            Err(_) => key.to_owned(),
        },
        ("twin", "queue") => lang
            .either(
                "the plain queue, which is not Kafka",
                "普通队列（不是 Kafka）",
            )
            .to_owned(),
        ("twin", _) => lang
            .either(
                "the push topic, which is not Kafka",
                "推送式主题（不是 Kafka）",
            )
            .to_owned(),
        _ => name.to_owned(),
    }
}

/// One option of a vote, for those who listen.
pub fn hands(lang: Lang, letter: char, hands: u32) -> String {
    match (lang, hands) {
        (Lang::En, 1) => format!("{letter}: 1 hand"),
        (Lang::En, n) => format!("{letter}: {n} hands"),
        (Lang::Zh, n) => format!("{letter}：{n} 人举手"),
    }
}
