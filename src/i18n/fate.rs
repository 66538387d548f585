//! What became of a record, and the links of a chain of causes, as sentences.

use super::Lang;

/// A stage of a record's life.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Given to a producer.
    Sent(String),
    /// Appended by a leader: broker, partition, offset.
    Appended(i32, String, i64),
    /// The high watermark passed it.
    Visible,
    /// Acknowledged: producer, acks.
    Acknowledged(String, &'static str),
    /// Given up: Kafka's error.
    Failed(&'static str),
    /// Given to a consumer.
    Delivered(String),
    /// Lost to its partition.
    Superseded(String, i64),
}

/// The sentence of a stage.
pub fn stage(lang: Lang, stage: &Stage) -> String {
    use Stage as S;
    match lang {
        Lang::En => match stage {
            S::Sent(who) => format!("The application gave it to {who}."),
            S::Appended(broker, partition, offset) => {
                format!("Leader broker {broker} appended it to {partition} at offset {offset}.")
            }
            S::Visible => "The high watermark passed it: it is committed and can be read.".into(),
            S::Acknowledged(who, acks) => {
                format!("{who} was told that it is stored (acks={acks}).")
            }
            S::Failed(error) => format!("The producer gave it up: {error}."),
            S::Delivered(who) => format!("{who} received it."),
            S::Superseded(partition, offset) => {
                format!(
                    "The copy at {partition} offset {offset} was lost: the new leader's log does not hold it."
                )
            }
        },
        Lang::Zh => match stage {
            S::Sent(who) => format!("应用把它交给了 {who}。"),
            S::Appended(broker, partition, offset) => {
                format!("leader broker {broker} 把它追加到 {partition}，偏移量 {offset}。")
            }
            S::Visible => "高水位已越过它：已提交，可以读取。".into(),
            S::Acknowledged(who, acks) => format!("{who} 得到确认，已存储（acks={acks}）。"),
            S::Failed(error) => format!("生产者放弃了它：{error}。"),
            S::Delivered(who) => format!("{who} 收到了它。"),
            S::Superseded(partition, offset) => {
                format!("{partition} 偏移量 {offset} 处的副本已丢失：新 leader 的日志中没有它。")
            }
        },
    }
}

/// A link of a chain of causes that the story does not tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cause {
    /// Receiver, API, sender.
    Request(String, String, String),
    /// Receiver, API, sender.
    Response(String, String, String),
    /// A timer of that process fired.
    Timer(String),
    /// The connection to the other broke.
    Disconnected(String, String),
    /// The process started.
    Started(String),
    /// Its application asked for something.
    Command(String),
    /// It was asked to stop.
    Terminate(String),
}

/// The sentence of a cause.
pub fn cause(lang: Lang, cause: &Cause) -> String {
    use Cause as C;
    match lang {
        Lang::En => match cause {
            C::Request(to, api, from) => format!("{to} got a {api} request from {from}."),
            C::Response(to, api, from) => format!("{to} got the {api} response of {from}."),
            C::Timer(who) => format!("A timer of {who} fired."),
            C::Disconnected(who, other) => format!("{who} lost its connection to {other}."),
            C::Started(who) => format!("{who} started."),
            C::Command(who) => format!("The application of {who} asked for something."),
            C::Terminate(who) => format!("{who} was asked to stop."),
        },
        Lang::Zh => match cause {
            C::Request(to, api, from) => format!("{to} 收到 {from} 的 {api} 请求。"),
            C::Response(to, api, from) => format!("{to} 收到 {from} 的 {api} 响应。"),
            C::Timer(who) => format!("{who} 的计时器到期。"),
            C::Disconnected(who, other) => format!("{who} 与 {other} 的连接断开。"),
            C::Started(who) => format!("{who} 启动。"),
            C::Command(who) => format!("{who} 的应用提出请求。"),
            C::Terminate(who) => format!("{who} 被要求停止。"),
        },
    }
}

/// Links that are left out.
pub fn folded(lang: Lang, count: usize) -> String {
    match lang {
        Lang::En if count == 1 => "… one cause between …".into(),
        Lang::En => format!("… {count} causes between …"),
        Lang::Zh => format!("……中间还有 {count} 个原因……"),
    }
}

/// "offset 5: k=v".
pub fn record(lang: Lang, offset: u64, key: Option<&str>, value: Option<&str>) -> String {
    let value = value.unwrap_or(match lang {
        Lang::En => "(tombstone)",
        Lang::Zh => "（墓碑）",
    });
    match key {
        Some(key) => format!("{offset}: {key} = {value}"),
        None => format!("{offset}: {value}"),
    }
}
