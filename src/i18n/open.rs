//! Opening runs: examples, links, files, what was kept, and what is wrong with them.

use kafka_scenario::{ParseError, Problem};

use super::Lang;
use crate::session::library::Example;

fn pick(lang: Lang, en: &str, zh: &str) -> String {
    match lang {
        Lang::En => en.to_owned(),
        Lang::Zh => zh.to_owned(),
    }
}

/// Name of an example and what is in it.
pub fn example(lang: Lang, example: Example) -> (&'static str, &'static str) {
    match (lang, example) {
        (Lang::En, Example::RunningCluster) => (
            "A cluster at work",
            "Three brokers, the topic orders, a producer and a group of two consumers.",
        ),
        (Lang::Zh, Example::RunningCluster) => (
            "运行中的集群",
            "三个 broker、主题 orders、一个生产者和两个消费者组成的消费组。",
        ),
        (Lang::En, Example::QuickStart) => (
            "The quick start",
            "Three brokers and an empty cluster: type the tutorial in the terminal.",
        ),
        (Lang::Zh, Example::QuickStart) => (
            "快速入门",
            "三个 broker 的空集群：在终端中输入教程里的命令。",
        ),
        (Lang::En, Example::KillTheLeader) => (
            "Kill the leader",
            "A replicated topic with two records. Which broker takes over?",
        ),
        (Lang::Zh, Example::KillTheLeader) => (
            "杀死 leader",
            "一个带副本的主题和两条消息。哪个 broker 会接替？",
        ),
        (Lang::En, Example::BeforeKip101) => (
            "A rule that lost data",
            "Followers truncate as before KIP-101. Crash broker 1, run: the checks stop the run.",
        ),
        (Lang::Zh, Example::BeforeKip101) => (
            "一条丢数据的旧规则",
            "追随者按 KIP-101 之前的方式截断。让 broker 1 崩溃并运行：检查会停下这次运行。",
        ),
    }
}

/// The title of a run: that of an example is told in the page's language.
pub fn title(lang: Lang, title: &str) -> &str {
    let known = Example::ALL.into_iter();
    let mut named = known.filter(|known| example(Lang::En, *known).0 == title);
    named.next().map_or(title, |known| example(lang, known).0)
}

/// A link cannot be opened.
pub fn bad_link(lang: Lang) -> String {
    pick(lang, "This link cannot be opened.", "无法打开这个链接。")
}

/// What to do about it.
pub fn bad_link_remedy(lang: Lang) -> String {
    pick(
        lang,
        "Links break when they are cut: copy the whole of it again, or ask its author for the scenario file. Your own run is shown instead.",
        "链接被截断就会失效：请重新完整复制，或向作者索取场景文件。现在显示的是你自己的运行。",
    )
}

/// The kept run cannot be read.
pub fn bad_state(lang: Lang) -> String {
    pick(
        lang,
        "The run that was kept here cannot be read.",
        "无法读取此处保存的运行。",
    )
}

/// What became of it: the name it is kept under now, if the browser took it.
pub fn bad_state_remedy(lang: Lang, aside: Option<&str>) -> String {
    match (lang, aside) {
        (Lang::En, Some(key)) => format!(
            "Nothing is lost: it was set aside as {key} in this browser's storage. Download it to look at it or to report it. A fresh run is shown instead."
        ),
        (Lang::Zh, Some(key)) => format!(
            "没有丢失任何内容：它已另存到本浏览器存储的 {key} 中。可以下载查看或用于报告问题。现在显示的是全新的运行。"
        ),
        (Lang::En, None) => {
            "Download it now: this browser allows no copy of it. A fresh run is shown instead."
                .into()
        }
        (Lang::Zh, None) => "请现在下载：本浏览器不允许另存副本。现在显示的是全新的运行。".into(),
    }
}

/// A scenario's step could not be done.
pub fn step_refused(lang: Lang, reason: &str) -> String {
    match lang {
        Lang::En => format!("The scenario stopped: {reason}"),
        Lang::Zh => format!("场景已停止：{reason}"),
    }
}

/// Another run was opened.
pub fn opened(lang: Lang) -> String {
    pick(
        lang,
        "Opened. The run before is under Open, too.",
        "已打开。之前的运行仍可在“打开”中找到。",
    )
}

/// The browser does not keep the run.
pub fn not_kept(lang: Lang) -> String {
    pick(
        lang,
        "This browser does not keep the run over a reload. Use Share to keep it yourself.",
        "本浏览器无法在刷新后保留运行。请用“分享”自行保存。",
    )
}

/// "3,120 characters".
pub fn link_length(lang: Lang, length: usize) -> String {
    match lang {
        Lang::En => format!("{length} characters"),
        Lang::Zh => format!("{length} 个字符"),
    }
}

/// A mistake in a scenario: place, what, remedy.
pub fn mistake(lang: Lang, error: &ParseError) -> String {
    match lang {
        Lang::En => format!(
            "Line {}, column {}: {}.",
            error.line, error.column, error.problem
        ),
        Lang::Zh => format!(
            "第 {} 行，第 {} 列：{}。",
            error.line,
            error.column,
            problem(&error.problem)
        ),
    }
}

fn problem(problem: &Problem) -> String {
    use Problem as P;
    match problem {
        P::TooLong(most) => format!("场景超过 {most} 字节；请拆分"),
        P::TooManySteps(most) => format!("场景超过 {most} 步；请拆分"),
        P::NoVersion => "场景须以 `scenario 1` 开头；请加上这一行".into(),
        P::UnknownVersion(version) => {
            format!("不认识版本 {version}；本程序读取 `scenario 1`")
        }
        P::UnknownStatement(word, Some(near)) => {
            format!("没有语句 `{word}`；是不是 `{near}`？")
        }
        P::UnknownStatement(word, None) => format!("没有语句 `{word}`；请检查拼写"),
        P::SetupTooLate(word) => format!("`{word}` 描述初始状态；请移到第一步之前"),
        P::Missing(what) => format!("此处缺少 {what}"),
        P::Unexpected(word) => format!("此处不应有 `{word}`；请删除"),
        P::NotANumber(word) => format!("`{word}` 不是范围内的整数"),
        P::NotASpan(word) => format!("`{word}` 不是时长；请写成 5s、200ms 或 50us"),
        P::NotASetting(word) => format!("`{word}` 不是 名称=值 的形式"),
        P::UnknownSetting(name, known) => format!("这里没有设置 `{name}`；可用的有 {known}"),
        P::BadValue(value, known) => format!("此处不能用 `{value}`；请写 {known}"),
        P::BadProperty(text) => format!("Kafka 拒绝该设置（{text}）"),
        P::OpenQuote => "此处的引号没有闭合；请补上 \"".into(),
        P::InputWithoutCommand => "`<` 为上一条命令提供输入，但之前没有命令".into(),
        P::UnknownClient(name) => {
            format!(
                "还没有客户端 `{name}`；请先用 `producer {name}` 或 `consumer {name} topic=...` 定义"
            )
        }
        P::NameTaken(name) => format!("名称 `{name}` 已被使用；请换一个"),
        P::UnknownServer(id) => format!("此集群没有服务器 {id}"),
        P::UnknownController(id) => format!("此集群没有 controller {id}"),
        P::UnknownLogDir(dir) => {
            format!("此集群的 broker 没有日志目录 {dir}；请写 `cluster log-dirs=...`")
        }
        P::ReplicaTwice(id) => {
            format!("broker {id} 在此副本列表中出现了两次；每个 broker 只写一次")
        }
    }
}
/// A file of the page could not be fetched.
pub fn not_fetched(lang: Lang, reason: &str) -> String {
    match lang {
        Lang::En => {
            format!("The file could not be fetched ({reason}). Check the connection and try again.")
        }
        Lang::Zh => format!("无法获取文件（{reason}）。请检查网络连接后重试。"),
    }
}

/// "12 terms".
pub fn terms(lang: Lang, count: usize) -> String {
    match (lang, count) {
        (Lang::En, 1) => "1 term".into(),
        (Lang::En, n) => format!("{n} terms"),
        (Lang::Zh, n) => format!("{n} 个术语"),
    }
}
