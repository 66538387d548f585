//! What the simulator itself says in the terminal, in both languages.
//!
//! Kafka's own texts are never translated and are not here. Invariant: a text
//! that lacks a language does not compile.

/// Language of the simulator's own texts.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Lang {
    /// English.
    #[default]
    En,
    /// Chinese.
    Zh,
}

/// Something the simulator says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Hint {
    /// The line cannot be read; column and reason.
    Unreadable(usize, Reason),
    /// Did you mean this command?
    DidYouMean(String),
    /// The regular expression of `--include` cannot be used; why.
    BadPattern(String),
    /// These are the servers' files.
    ServerFiles(String),
    /// That file holds no text; `kafka-dump-log.sh` prints it.
    BinaryFile(String),
    /// `kill` needs a process id; `ps aux` shows them.
    KillUsage,
    /// `sleep` needs seconds.
    SleepUsage,
    /// `--node-id` takes a number.
    NodeIdUsage,
    /// Another command still runs.
    Busy,
    /// List of what can be typed: tools, other commands.
    Help(String, String),
    /// This option of a tool is not simulated yet.
    OptionMissing(String),
    /// `server1.properties` was read as `server-1.properties`.
    SameServerFile(String),
    /// Curly quotes, long dashes and the like.
    OddCharacter(char),
}

/// Why a line cannot be read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reason {
    /// This quote is never closed.
    OpenQuote(char),
    /// A word is missing after `<<<`.
    NoHereString,
    /// A file's name is missing after a redirection.
    NoFile,
    /// `<<` is not supported.
    NoHereDocument,
    /// A command is missing before an operator.
    NoCommandBefore,
    /// A command is missing at the end.
    NoCommandAtEnd,
}

impl Reason {
    fn text(self, lang: Lang) -> String {
        match (self, lang) {
            (Reason::OpenQuote(q), Lang::En) => {
                format!("the quote {q} opened here is never closed; add a {q}")
            }
            (Reason::OpenQuote(q), Lang::Zh) => format!("此处的引号 {q} 没有闭合；请补上 {q}"),
            (Reason::NoHereString, Lang::En) => "a word is missing after <<<".to_string(),
            (Reason::NoHereString, Lang::Zh) => "<<< 后面缺少一个词".to_string(),
            (Reason::NoFile, Lang::En) => "a file name is missing after this".to_string(),
            (Reason::NoFile, Lang::Zh) => "此处之后缺少文件名".to_string(),
            (Reason::NoHereDocument, Lang::En) => {
                "this terminal has no here-documents; use <<< or a file".to_string()
            }
            (Reason::NoHereDocument, Lang::Zh) => {
                "此终端不支持 here-document；请使用 <<< 或文件".to_string()
            }
            (Reason::NoCommandBefore, Lang::En) => "a command is missing before this".to_string(),
            (Reason::NoCommandBefore, Lang::Zh) => "此处之前缺少命令".to_string(),
            (Reason::NoCommandAtEnd, Lang::En) => "a command is missing at the end".to_string(),
            (Reason::NoCommandAtEnd, Lang::Zh) => "末尾缺少命令".to_string(),
        }
    }
}

impl Hint {
    /// The text, with its line break.
    pub fn text(&self, lang: Lang) -> String {
        let text = match lang {
            Lang::En => self.english(),
            Lang::Zh => self.chinese(),
        };
        text + "\n"
    }

    fn english(&self) -> String {
        match self {
            Hint::Unreadable(column, reason) => {
                format!("column {column}: {}", reason.text(Lang::En))
            }
            Hint::DidYouMean(name) => format!("Did you mean {name}?"),
            Hint::BadPattern(problem) => format!(
                "--include: {problem}. Expressions are as in Java, without look-around and back-references."
            ),
            Hint::ServerFiles(files) => format!("The servers of this cluster are {files}."),
            Hint::BinaryFile(path) => format!(
                "{path} is not a text file; kafka-dump-log.sh --files {path} --print-data-log prints it."
            ),
            Hint::KillUsage => "kill takes the number of a process; ps aux shows them.".to_string(),
            Hint::SleepUsage => "sleep takes seconds, as in sleep 5.".to_string(),
            Hint::NodeIdUsage => "--node-id takes a number, as in --node-id=1.".to_string(),
            Hint::Busy => "A command still runs. End it with Ctrl-C first.".to_string(),
            Hint::Help(tools, others) => format!(
                "Kafka's tools: {tools}\nAlso: {others}\nTOOL --help lists options. Ctrl-C ends a tool, Ctrl-D ends its input."
            ),
            Hint::OptionMissing(option) => {
                format!("--{option} is not simulated yet. The command changed nothing.")
            }
            Hint::SameServerFile(file) => format!("Read as {file}, the name this cluster uses."),
            Hint::OddCharacter(c) => format!(
                "The line contains {c:?}, which looks like plain punctuation but is another character. Type it again."
            ),
        }
    }

    fn chinese(&self) -> String {
        match self {
            Hint::Unreadable(column, reason) => {
                format!("第 {column} 列：{}", reason.text(Lang::Zh))
            }
            Hint::DidYouMean(name) => format!("您是想输入 {name} 吗？"),
            Hint::BadPattern(problem) => {
                format!("--include：{problem}。正则表达式与 Java 相同，但不支持环视和反向引用。")
            }
            Hint::ServerFiles(files) => format!("此集群的服务器配置文件有：{files}。"),
            Hint::BinaryFile(path) => format!(
                "{path} 不是文本文件；可用 kafka-dump-log.sh --files {path} --print-data-log 查看。"
            ),
            Hint::KillUsage => "kill 需要进程号；用 ps aux 查看。".to_string(),
            Hint::SleepUsage => "sleep 需要秒数，例如 sleep 5。".to_string(),
            Hint::NodeIdUsage => "--node-id 需要一个数字，例如 --node-id=1。".to_string(),
            Hint::Busy => "有命令仍在运行。请先用 Ctrl-C 结束它。".to_string(),
            Hint::Help(tools, others) => format!(
                "Kafka 工具：{tools}\n其他命令：{others}\n“工具 --help”列出选项。Ctrl-C 结束工具，Ctrl-D 结束输入。"
            ),
            Hint::OptionMissing(option) => {
                format!("暂不模拟 --{option}。该命令没有改变任何状态。")
            }
            Hint::SameServerFile(file) => format!("已按本集群使用的名称 {file} 处理。"),
            Hint::OddCharacter(c) => {
                format!("该行包含 {c:?}，看起来像普通标点，其实是另一个字符。请重新输入。")
            }
        }
    }
}
