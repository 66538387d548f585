//! Words of the lens "Who got what".

use super::Lang;
use crate::view_model::matrix::{Given, GroupColumns, Outcome, Standing, TwinCell};
use kafka_lessons::TwinKind;
use kafka_lessons::twin::Ending;

/// "6 records, 4 consumers in 2 groups, 24 deliveries": what a reader who does not see it is told first.
pub fn summary(
    lang: Lang,
    records: usize,
    consumers: usize,
    groups: usize,
    given: usize,
) -> String {
    match lang {
        Lang::En => format!(
            "{}, {} in {}, {}",
            many(records, "record"),
            many(consumers, "consumer"),
            many(groups, "group"),
            if given == 1 {
                "1 delivery".into()
            } else {
                format!("{given} deliveries")
            }
        ),
        Lang::Zh => {
            format!("{records} 条消息，{groups} 个消费组共 {consumers} 个消费者，投递 {given} 次")
        }
    }
}

fn many(count: usize, noun: &str) -> String {
    match count {
        1 => format!("1 {noun}"),
        _ => format!("{count} {noun}s"),
    }
}

/// Under a group's name: what membership means for one record.
pub fn group_note(lang: Lang, group: &GroupColumns) -> String {
    let members = group.members.len();
    match (lang, group.share, group.name.is_some()) {
        (Lang::En, _, false) => "each reads for itself".into(),
        (Lang::Zh, _, false) => "各读各的".into(),
        (Lang::En, true, _) => "share group: record by record".into(),
        (Lang::Zh, true, _) => "共享组：逐条分发".into(),
        (Lang::En, ..) if members == 1 => "one member gets all".into(),
        (Lang::Zh, ..) if members == 1 => "唯一成员得到全部".into(),
        (Lang::En, ..) => format!("shared: one of {members} gets it"),
        (Lang::Zh, ..) => format!("分担：{members} 个成员之一得到"),
    }
}

/// What the storage column says instead of an offset.
pub fn standing(lang: Lang, standing: &Standing) -> String {
    match standing {
        Standing::Sent => lang.either("under way", "在途").into(),
        Standing::Failed(error) => match lang {
            Lang::En => format!("given up: {error}"),
            Lang::Zh => format!("已放弃：{error}"),
        },
        Standing::Appended => lang.either("not readable yet", "尚不可读").into(),
        Standing::Visible => lang.either("stored", "已存储").into(),
        Standing::Lost => lang.either("lost", "已丢失").into(),
    }
}

/// One consumer's cell, for those who listen: the numbers of the record in that consumer, and
/// what became of it there.
pub fn cell(lang: Lang, consumer: &str, given: &[Given], twice: bool) -> String {
    let list: Vec<String> = given.iter().map(|g| format!("#{}", g.number)).collect();
    let list = list.join(lang.either(" and ", " 和 "));
    let mut words = match (lang, given.len()) {
        (_, 0) => return lang.either("no", "无").into(),
        (Lang::En, 1) => format!("{consumer} got it as its {list}"),
        (Lang::En, n) => format!("{consumer} got it {n} times, as its {list}"),
        (Lang::Zh, 1) => format!("{consumer} 收到，是它的第 {list} 条"),
        (Lang::Zh, n) => format!("{consumer} 收到 {n} 次，是它的第 {list} 条"),
    };
    if twice && given.len() == 1 {
        words += lang.either(", another member got it too", "，另一成员也收到");
    }
    let last = given.last().map(|given| given.outcome);
    words + last.map_or("", |outcome| ending(lang, outcome))
}

fn ending(lang: Lang, outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Done => "",
        Outcome::Open => lang.either(", not committed", "，尚未提交"),
        Outcome::Acquired => lang.either(", works on it", "，正在处理"),
        Outcome::Released => lang.either(", released it", "，已放回"),
        Outcome::Rejected => lang.either(", rejected it", "，已拒绝"),
        Outcome::Lapsed => lang.either(
            ", did not acknowledge it in time: it was given out again",
            "，未及时确认，已重新分发",
        ),
    }
}

/// A record in a model that is not Kafka.
pub fn twin(lang: Lang, kind: TwinKind, cell: &TwinCell) -> String {
    let names = |all: Vec<&str>| all.join(lang.either(", ", "、"));
    if !cell.arrived {
        return lang.either("not there yet", "尚未到达").into();
    }
    match kind {
        TwinKind::Push => match (lang, cell.given.len()) {
            (Lang::En, 0) => "nobody was connected: it is gone".into(),
            (Lang::Zh, 0) => "当时没有人连着：已经没有了".into(),
            (Lang::En, _) => format!("pushed to {}, and kept nowhere", receivers(cell, names)),
            (Lang::Zh, _) => format!("已推送给 {}，不留存", receivers(cell, names)),
        },
        TwinKind::Queue => match (lang, cell.given.last()) {
            (Lang::En, None) => "waits in the queue".into(),
            (Lang::Zh, None) => "在队列里等待".into(),
            (Lang::En, Some((to, Ending::Open))) => {
                format!("{to} works on it; it is stored until then")
            }
            (Lang::Zh, Some((to, Ending::Open))) => format!("{to} 正在处理，处理完之前仍保存"),
            (Lang::En, Some((to, Ending::Returned(_)))) => {
                format!("{to} was gone before it was done: it waits again")
            }
            (Lang::Zh, Some((to, Ending::Returned(_)))) => format!("{to} 没做完就离开了：重新等待"),
            (Lang::En, Some((to, _))) => format!("{to} acknowledged it: the queue forgot it"),
            (Lang::Zh, Some((to, _))) => format!("{to} 已确认：队列已把它删除"),
        },
    }
}

fn receivers<'a>(cell: &'a TwinCell, names: impl Fn(Vec<&'a str>) -> String) -> String {
    names(cell.given.iter().map(|(to, _)| to.as_str()).collect())
}

/// "0 left": what a model still stores.
pub fn left(lang: Lang, count: usize) -> String {
    match lang {
        Lang::En => format!("{count} left"),
        Lang::Zh => format!("剩 {count} 条"),
    }
}

/// A record that the group's committed offset has passed without any member getting it.
pub fn skipped(lang: Lang, group: &str) -> String {
    match lang {
        Lang::En => format!("{group} never got it: its committed offset is past it"),
        Lang::Zh => format!("{group} 从未收到：其提交的偏移量已越过它"),
    }
}

/// The sum under a group.
pub fn group_sum(lang: Lang, got: usize, of: usize, twice: usize) -> String {
    let mut words = match lang {
        Lang::En => format!("{got} of {of}"),
        Lang::Zh => format!("{got}/{of}"),
    };
    if twice > 0 {
        words += &match lang {
            Lang::En => format!(", {twice} twice or more"),
            Lang::Zh => format!("，{twice} 条重复"),
        };
    }
    words
}

/// "12 older records are not shown".
pub fn older(lang: Lang, count: usize) -> String {
    match (lang, count) {
        (Lang::En, 1) => "1 older record is not shown; the sums count it.".into(),
        (Lang::En, n) => format!("{n} older records are not shown; the sums count them."),
        (Lang::Zh, n) => format!("更早的 {n} 条消息未显示，合计中已计入。"),
    }
}

/// "3 more consumers".
pub fn hidden(lang: Lang, count: usize) -> String {
    match (lang, count) {
        (Lang::En, 1) => "1 more consumer has no column.".into(),
        (Lang::En, n) => format!("{n} more consumers have no column."),
        (Lang::Zh, n) => format!("另有 {n} 个消费者未列出。"),
    }
}

/// "6 sent".
pub fn sent(lang: Lang, count: usize) -> String {
    match lang {
        Lang::En => format!("{count} sent"),
        Lang::Zh => format!("已发送 {count} 条"),
    }
}
