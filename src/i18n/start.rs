//! The words of the start card: what this page is, and what to try first.

use super::Lang;

/// The headline.
pub fn headline(lang: Lang) -> &'static str {
    match lang {
        Lang::En => "A Kafka cluster is running in this page.",
        Lang::Zh => "这个页面里正运行着一个 Kafka 集群。",
    }
}

/// What runs and what can be done, in one or two sentences.
pub fn invitation(lang: Lang, brokers: usize, controllers: usize) -> String {
    match lang {
        Lang::En => {
            let keep = match brokers {
                1 => "1 broker keeps the records".to_owned(),
                _ => format!("{brokers} brokers keep copies"),
            };
            let decide = match controllers {
                1 => "1 controller decides".to_owned(),
                _ => format!("{controllers} controllers decide"),
            };
            format!(
                "{keep}, {decide} who leads. Send records, stop any of them, then rewind and look again."
            )
        }
        Lang::Zh => format!(
            "{brokers} 个 broker 保存副本，{controllers} 个 controller 决定谁是 leader。\
             发送消息，让其中任何一个停下，再倒回去重新观察。"
        ),
    }
}

/// What the large button does now.
pub fn crash(lang: Lang) -> &'static str {
    match lang {
        Lang::En => "Crash the leader",
        Lang::Zh => "让 leader 宕机",
    }
}

/// Under the crash button: who leads what.
pub fn crash_note(lang: Lang, broker: i32, partition: &str) -> String {
    match lang {
        Lang::En => format!("Broker {broker} leads {partition}. Rewinding brings it back."),
        Lang::Zh => format!("broker {broker} 是 {partition} 的 leader。倒回去它就恢复。"),
    }
}

/// The large button after a crash.
pub fn restart(lang: Lang) -> &'static str {
    match lang {
        Lang::En => "Start it again",
        Lang::Zh => "重新启动它",
    }
}

/// Under the restart button.
pub fn restart_note(lang: Lang, broker: i32) -> String {
    match lang {
        Lang::En => format!("Broker {broker} is down. Watch what the others do about it."),
        Lang::Zh => format!("broker {broker} 已停止。看看其他节点如何应对。"),
    }
}

/// The large button of a cluster without topics.
pub fn create(lang: Lang) -> &'static str {
    match lang {
        Lang::En => "Create a topic",
        Lang::Zh => "创建一个 topic",
    }
}

/// Under the create button.
pub fn create_note(lang: Lang) -> &'static str {
    match lang {
        Lang::En => "It types the command of Kafka's quick start into the terminal.",
        Lang::Zh => "它会在终端里输入 Kafka 快速入门中的命令。",
    }
}

/// A thing to try: its name and what it shows.
pub fn suggestion(lang: Lang, which: Suggestion) -> (&'static str, &'static str) {
    use Suggestion as S;
    match (lang, which) {
        (Lang::En, S::Send) => ("Send a record", "From the producer to every copy, and back"),
        (Lang::Zh, S::Send) => ("发送一条消息", "从生产者到每个副本，再到确认"),
        (Lang::En, S::Consume) => (
            "Read it from the beginning",
            "A console consumer joins as a group",
        ),
        (Lang::Zh, S::Consume) => ("从头读取", "控制台消费者作为消费组加入"),
        (Lang::En, S::Why) => ("Ask why", "Who leads, and what made it so"),
        (Lang::Zh, S::Why) => ("问一问为什么", "谁是 leader，起因是什么"),
    }
}

/// Things to try.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Suggestion {
    /// One record.
    Send,
    /// A console consumer.
    Consume,
    /// The chain of causes of a partition.
    Why,
}
