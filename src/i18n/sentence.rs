//! Sentences and phrases with values, in both languages.

use super::{Lang, Text};

/// Virtual time as `MM:SS.mmm`, or `H:MM:SS.mmm` from an hour on.
pub fn clock(micros: u64) -> String {
    let ms = micros / 1_000;
    let (h, m, s, ms) = (
        ms / 3_600_000,
        ms / 60_000 % 60,
        ms / 1_000 % 60,
        ms % 1_000,
    );
    if h > 0 {
        format!("{h}:{m:02}:{s:02}.{ms:03}")
    } else {
        format!("{m:02}:{s:02}.{ms:03}")
    }
}

/// A duration with a fitting unit: `420 µs`, `5 ms`, `7.0 s`.
pub fn duration(micros: u64) -> String {
    match micros {
        0..=999 => format!("{micros} µs"),
        1_000..=999_999 => format!("{} ms", micros / 1_000),
        _ => format!("{}.{} s", micros / 1_000_000, micros / 100_000 % 10),
    }
}

/// Ids as Kafka prints them: `1,2,0`; a dash-free empty list is empty.
pub fn ids(ids: &[i32]) -> String {
    ids.iter().map(i32::to_string).collect::<Vec<_>>().join(",")
}

/// What stands where a replica shows no record: it has none, or all of them are older than what
/// is shown of its partition.
pub fn no_record_here(lang: Lang, log_start: u64, log_end: u64) -> String {
    match (
        lang,
        log_end.checked_sub(1).filter(|last| *last >= log_start),
    ) {
        (_, None) => lang.say(Text::Empty).to_owned(),
        (Lang::En, Some(last)) => format!("ends at {last}"),
        (Lang::Zh, Some(last)) => format!("止于 {last}"),
    }
}

/// "Broker 1", the same in both languages.
pub fn broker(id: i32) -> String {
    format!("Broker {id}")
}

/// "leads 3" with the number before the last step.
pub fn leads(lang: Lang, now: usize, was: Option<usize>) -> String {
    match (lang, was) {
        (Lang::En, None) => format!("leads {now}"),
        (Lang::En, Some(was)) => format!("leads {was}→{now}"),
        (Lang::Zh, None) => format!("leader × {now}"),
        (Lang::Zh, Some(was)) => format!("leader × {was}→{now}"),
    }
}

/// "partition 0".
pub fn partition(lang: Lang, number: i32) -> String {
    match lang {
        Lang::En => format!("partition {number}"),
        Lang::Zh => format!("分区 {number}"),
    }
}

/// "3 partitions · RF 2".
pub fn topic_note(lang: Lang, partitions: usize, factor: usize) -> String {
    match lang {
        Lang::En if partitions == 1 => format!("1 partition · RF {factor}"),
        Lang::En => format!("{partitions} partitions · RF {factor}"),
        Lang::Zh => format!("{partitions} 个分区 · RF {factor}"),
    }
}

/// "epoch 3".
pub fn epoch(lang: Lang, epoch: i32) -> String {
    match lang {
        Lang::En => format!("epoch {epoch}"),
        Lang::Zh => format!("纪元 {epoch}"),
    }
}

/// "sent 25 · ok 24".
pub fn sent(lang: Lang, sent: u64, acked: u64, failed: u64) -> String {
    let tail = match (lang, failed) {
        (_, 0) => String::new(),
        (Lang::En, n) => format!(" · {n} failed"),
        (Lang::Zh, n) => format!(" · 失败 {n}"),
    };
    match lang {
        Lang::En => format!("sent {sent} · ok {acked}{tail}"),
        Lang::Zh => format!("已发 {sent} · 确认 {acked}{tail}"),
    }
}

/// What an acknowledgement waits for.
pub fn needs_watermark(lang: Lang, offset: u64) -> String {
    match lang {
        Lang::En => format!("HW must reach {offset}"),
        Lang::Zh => format!("HW 须达到 {offset}"),
    }
}

/// "range · generation 3 · on broker 0".
pub fn group_note(lang: Lang, assignor: &str, generation: i32, coordinator: Option<i32>) -> String {
    let place = match (lang, coordinator) {
        (Lang::En, Some(id)) => format!(" · on broker {id}"),
        (Lang::Zh, Some(id)) => format!(" · 在 broker {id}"),
        (_, None) => String::new(),
    };
    let assignor = if assignor.is_empty() {
        String::new()
    } else {
        format!("{assignor} · ")
    };
    match lang {
        Lang::En => format!("{assignor}generation {generation}{place}"),
        Lang::Zh => format!("{assignor}第 {generation} 代{place}"),
    }
}

/// "lag 2".
pub fn lag(lang: Lang, lag: u64) -> String {
    match lang {
        Lang::En => format!("lag {lag}"),
        Lang::Zh => format!("滞后 {lag}"),
    }
}

/// "position 5", cut to "pos 5" in the drawing.
pub fn position(lang: Lang, position: u64) -> String {
    match lang {
        Lang::En => format!("pos {position}"),
        Lang::Zh => format!("位置 {position}"),
    }
}

/// "no leader, 8.6 s".
pub fn leaderless(lang: Lang, micros: u64) -> String {
    match lang {
        Lang::En => format!("no leader, {}", duration(micros)),
        Lang::Zh => format!("无 leader，{}", duration(micros)),
    }
}

/// "fenced 20.902".
pub fn crashed_at(micros: u64) -> String {
    let text = clock(micros);
    text.strip_prefix("00:").map_or(text.clone(), str::to_owned)
}

/// "+3 more".
pub fn more(lang: Lang, count: usize) -> String {
    match lang {
        Lang::En => format!("+ {count} more"),
        Lang::Zh => format!("另有 {count} 个"),
    }
}

/// Two lines that sum up what has no column: topics and partitions, and the under-replicated.
pub fn folded(
    lang: Lang,
    topics: usize,
    partitions: usize,
    under_replicated: usize,
) -> [String; 3] {
    match lang {
        Lang::En => [
            format!("+ {topics} topics"),
            format!("{partitions} partitions"),
            format!("{under_replicated} under-repl."),
        ],
        Lang::Zh => [
            format!("另有 {topics} 个主题"),
            format!("{partitions} 个分区"),
            format!("{under_replicated} 个副本不足"),
        ],
    }
}

/// The accessible name of a broker.
pub fn broker_name(lang: Lang, id: i32, state: &str, leads: usize) -> String {
    match lang {
        Lang::En => format!("Broker {id}, {state}, leads {leads}"),
        Lang::Zh => format!("Broker {id}，{state}，担任 {leads} 个分区的 leader"),
    }
}

/// The accessible name of a replica.
pub fn replica_name(
    lang: Lang,
    partition: &str,
    broker: i32,
    role: &str,
    sync: &str,
    hw: u64,
    leo: u64,
) -> String {
    match lang {
        Lang::En => format!(
            "{partition} on broker {broker}, {role}, {sync}, high watermark {hw}, log end {leo}"
        ),
        Lang::Zh => format!(
            "{partition} 在 broker {broker} 上，{role}，{sync}，高水位 {hw}，日志末端 {leo}"
        ),
    }
}

/// A partition as a whole.
pub fn partition_name(lang: Lang, partition: &str, leader: Option<i32>) -> String {
    match (lang, leader) {
        (Lang::En, Some(leader)) => format!("partition {partition}, led by broker {leader}"),
        (Lang::En, None) => format!("partition {partition}, without a leader"),
        (Lang::Zh, Some(leader)) => format!("分区 {partition}，leader 是 broker {leader}"),
        (Lang::Zh, None) => format!("分区 {partition}，没有 leader"),
    }
}

/// A process in words: "broker 0", "controller 101", "p1".
pub fn place(place: &crate::view_model::cluster::Place) -> String {
    use crate::view_model::cluster::Place;
    match place {
        Place::Broker(id) => format!("broker {id}"),
        Place::Controller(id) => format!("controller {id}"),
        Place::Client(name) => name.clone(),
    }
}

/// "event 1318, paused".
pub fn event_state(lang: Lang, event: u64, playing: bool) -> String {
    match (lang, playing) {
        (Lang::En, true) => format!("event {event}"),
        (Lang::En, false) => format!("event {event}, paused"),
        (Lang::Zh, true) => format!("事件 {event}"),
        (Lang::Zh, false) => format!("事件 {event}，已暂停"),
    }
}

/// The headline of the text view.
pub fn summary(lang: Lang, view: &crate::view_model::cluster::ClusterView, event: u64) -> String {
    let (up, all) = (view.running(), view.brokers.len());
    let (under, without) = (view.under_replicated(), view.leaderless());
    let at = clock(view.now);
    match lang {
        Lang::En => format!(
            "Cluster at {at}, event {event}. {up} of {all} brokers running. {under} partitions under-replicated, {without} without leader."
        ),
        Lang::Zh => format!(
            "集群，时间 {at}，事件 {event}。{all} 个 broker 中有 {up} 个在运行。{under} 个分区副本不足，{without} 个没有 leader。"
        ),
    }
}

/// Name of a branch that an action made.
pub fn branch_name(lang: Lang, number: u32, at: u64) -> String {
    let at = crashed_at(at);
    match lang {
        Lang::En => format!("branch {number} at {at}"),
        Lang::Zh => format!("分支 {number}，{at}"),
    }
}

/// What is told when an action in the past made a branch.
pub fn new_branch(lang: Lang, name: &str) -> String {
    match lang {
        Lang::En => format!("New {name}. The old one is kept."),
        Lang::Zh => format!("新建{name}。原来的分支已保留。"),
    }
}

/// A client is not there (any more).
pub fn no_such_client(lang: Lang, name: &str) -> String {
    match lang {
        Lang::En => format!("{name} does not run at this time."),
        Lang::Zh => format!("{name} 此时没有运行。"),
    }
}

/// Nothing to crash.
pub fn no_leader_to_crash(lang: Lang) -> String {
    match lang {
        Lang::En => {
            "There is no partition leader to crash. Create a topic in the terminal first.".into()
        }
        Lang::Zh => "没有可以宕机的分区 leader。请先在终端创建 topic。".into(),
    }
}

/// Nothing to start.
pub fn nothing_to_restart(lang: Lang) -> String {
    match lang {
        Lang::En => "Every broker runs.".into(),
        Lang::Zh => "所有 broker 都在运行。".into(),
    }
}

/// Nowhere to write to.
pub fn no_topic_to_write(lang: Lang) -> String {
    match lang {
        Lang::En => "There is no topic to write to. Create one in the terminal first.".into(),
        Lang::Zh => "没有可写入的 topic。请先在终端创建一个。".into(),
    }
}

/// The value of a record sent by key press: when it was sent.
pub fn record_value(at: u64) -> String {
    format!("sent at {}", clock(at))
}

/// ISR standing in words.
pub fn sync(lang: Lang, sync: crate::view_model::cluster::Sync) -> &'static str {
    use crate::view_model::cluster::Sync;
    match (lang, sync) {
        (Lang::En, Sync::InSync) => "in ISR",
        (Lang::Zh, Sync::InSync) => "在 ISR 中",
        (Lang::En, Sync::Eligible) => "in ELR",
        (Lang::Zh, Sync::Eligible) => "在 ELR 中",
        (Lang::En, Sync::Out) => "out of ISR",
        (Lang::Zh, Sync::Out) => "不在 ISR 中",
        (Lang::En, Sync::Joining) => "joining the ISR",
        (Lang::Zh, Sync::Joining) => "正在加入 ISR",
        (Lang::En, Sync::Leaving) => "leaving the ISR",
        (Lang::Zh, Sync::Leaving) => "正在移出 ISR",
    }
}

/// A run of offsets in English.
pub fn english_run(first: i64, last: i64) -> String {
    if first == last {
        format!("offset {first}")
    } else {
        format!("offsets {first} to {last}")
    }
}

/// A run of offsets in Chinese.
pub fn chinese_run(first: i64, last: i64) -> String {
    if first == last {
        format!("偏移量 {first}")
    } else {
        format!("偏移量 {first} 至 {last}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clocks_and_durations() {
        assert_eq!(clock(21_056_000), "00:21.056");
        assert_eq!(clock(3_600_000_000), "1:00:00.000");
        assert_eq!(crashed_at(12_386_000), "12.386");
        assert_eq!(duration(999), "999 µs");
        assert_eq!(duration(5_400), "5 ms");
        assert_eq!(duration(8_560_000), "8.5 s");
    }

    #[test]
    fn a_failure_is_told_only_when_there_is_one() {
        assert_eq!(sent(Lang::En, 6, 5, 0), "sent 6 · ok 5");
        assert_eq!(sent(Lang::En, 6, 5, 1), "sent 6 · ok 5 · 1 failed");
    }
}
