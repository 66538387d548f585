//! The commands of the operating system that Kafka's tutorials use.
//!
//! Process ids belong to servers: the same server has the same id in every run,
//! a restarted one a new id. Columns of `ps` that a simulated process does not
//! have (memory, processor time) are zero.

use kafka_core::types::{Duration, NodeId};

use crate::clock::hour_minute;
use crate::data_dir::DataFile;
use crate::hints::Hint;
use crate::host::{Server, ServerAction, ServerState};
use crate::process::{Ctx, Wake};
use crate::tools::TOOLS;

/// Names of the commands, in the order `help` lists them.
pub const COMMANDS: &[&str] = &[
    "ps", "jps", "kill", "ls", "cat", "grep", "echo", "printf", "seq", "head", "wc", "sort",
    "sleep", "true", "false", "help",
];

/// Process id of a server. Brokers 0, 1, 2 have the ids the best known tutorial
/// shows; a restart gives a new one.
pub fn pid(server: &Server) -> u32 {
    let first = match (server.is_broker, server.node) {
        (true, NodeId(0)) => 25_102,
        (true, NodeId(1)) => 25_270,
        (true, NodeId(2)) => 25_431,
        (true, NodeId(n)) => 25_431 + 160 * (n % 1_000),
        (false, NodeId(n)) => 24_000 + n % 1_000,
    };
    first + 1_307 * server.starts.saturating_sub(1)
}

fn file(server: &Server) -> String {
    format!("config/server-{}.properties", server.node)
}

/// Runs a command. `following` are the commands behind it in the pipeline.
pub async fn run(ctx: Ctx, words: Vec<String>, following: Vec<Vec<String>>) -> i32 {
    let arguments = &words[1..];
    match words[0].as_str() {
        "ps" => ps(&ctx, &following),
        "jps" => jps(&ctx),
        "kill" => kill(&ctx, arguments).await,
        "ls" => ls(&ctx, arguments).await,
        "cat" => cat(&ctx, arguments).await,
        "grep" => grep(&ctx, arguments).await,
        "echo" => echo(&ctx, arguments),
        "printf" => printf(&ctx, arguments),
        "seq" => seq(&ctx, arguments),
        "head" => head(&ctx, arguments).await,
        "wc" => wc(&ctx, arguments).await,
        "sort" => sort(&ctx).await,
        "sleep" => sleep(&ctx, arguments).await,
        "true" => 0,
        "false" => 1,
        _ => help(&ctx),
    }
}

fn running(ctx: &Ctx) -> Vec<Server> {
    let mut servers = ctx.servers();
    servers.retain(|server| server.state != ServerState::Stopped);
    servers
}

fn ps(ctx: &Ctx, following: &[Vec<String>]) -> i32 {
    let start = hour_minute(ctx.wall_ms() - ctx.now().as_ms() as i64);
    ctx.out("USER       PID %CPU %MEM    VSZ   RSS TTY      STAT START   TIME COMMAND\n");
    for server in running(ctx) {
        let stat = if server.state == ServerState::Paused {
            "Tl"
        } else {
            "Sl"
        };
        ctx.out(format!(
            "root     {:5}  0.0  0.0      0     0 pts/1    {stat:<4} {start}   0:00 java -Xmx1G -Xms1G -server kafka.Kafka {}\n",
            pid(&server),
            file(&server)
        ));
    }
    // In a pipeline the shell starts all commands at once, so ps sees its readers.
    for words in following {
        ctx.out(format!(
            "root     26001  0.0  0.0      0     0 pts/1    S+   {}   0:00 {}\n",
            hour_minute(ctx.wall_ms()),
            words.join(" ")
        ));
    }
    0
}

fn jps(ctx: &Ctx) -> i32 {
    for server in running(ctx) {
        ctx.out(format!("{} Kafka\n", pid(&server)));
    }
    ctx.out("26030 Jps\n");
    0
}

async fn kill(ctx: &Ctx, arguments: &[String]) -> i32 {
    let mut action = ServerAction::Terminate;
    let mut ids = Vec::new();
    let mut rest = arguments.iter();
    while let Some(word) = rest.next() {
        let signal = match word.strip_prefix('-') {
            Some("s") => rest.next().map(String::as_str),
            other => other,
        };
        match signal {
            None => ids.push(word),
            Some(name) => match signal_action(name) {
                Some(found) => action = found,
                None => {
                    ctx.err(format!(
                        "bash: kill: {name}: invalid signal specification\n"
                    ));
                    return 1;
                }
            },
        }
    }
    if ids.is_empty() {
        ctx.err("kill: usage: kill [-s sigspec | -n signum | -sigspec] pid | jobspec ... or kill -l [sigspec]\n");
        ctx.hint(&Hint::KillUsage);
        return 2;
    }
    let mut exit = 0;
    for id in ids {
        if let Err(text) = kill_one(ctx, id, action).await {
            ctx.err(text);
            exit = 1;
        }
    }
    exit
}

fn signal_action(name: &str) -> Option<ServerAction> {
    match name.trim_start_matches("SIG") {
        "9" | "KILL" => Some(ServerAction::Kill),
        "15" | "TERM" | "2" | "INT" => Some(ServerAction::Terminate),
        "19" | "STOP" => Some(ServerAction::Pause),
        "18" | "CONT" => Some(ServerAction::Resume),
        _ => None,
    }
}

async fn kill_one(ctx: &Ctx, id: &str, action: ServerAction) -> Result<(), String> {
    let number: u32 = id
        .parse()
        .map_err(|_| format!("bash: kill: {id}: arguments must be process or job IDs\n"))?;
    let servers = running(ctx);
    let server = servers
        .iter()
        .find(|server| pid(server) == number)
        .ok_or_else(|| format!("bash: kill: ({number}) - No such process\n"))?;
    let done = ctx.act_on_server(server.node, action).await;
    done.map_err(|text| format!("bash: kill: ({number}) - {text}\n"))
}

/// A folder of a broker's data, one name a line; with `-l` the sizes too.
async fn ls(ctx: &Ctx, arguments: &[String]) -> i32 {
    let (flags, paths): (Vec<&String>, Vec<&String>) =
        arguments.iter().partition(|word| word.starts_with('-'));
    let long = flags.iter().any(|flag| flag.contains('l'));
    let mut exit = 0;
    for path in &paths {
        let Some(entries) = ctx.list_folder(path).await else {
            ctx.err(format!(
                "ls: cannot access '{path}': No such file or directory\n"
            ));
            exit = 2;
            continue;
        };
        for (name, size) in entries {
            let name = name.trim_end_matches('/');
            ctx.out(match size {
                _ if !long => format!("{name}\n"),
                Some(size) => format!("-rw-r--r-- 1 root root {size:>10} {name}\n"),
                None => format!("drwxr-xr-x 2 root root       4096 {name}\n"),
            });
        }
    }
    exit
}

/// Files of the terminal and text files of the brokers' folders.
async fn cat(ctx: &Ctx, arguments: &[String]) -> i32 {
    if arguments.is_empty() {
        for line in input(ctx).await {
            ctx.out(format!("{line}\n"));
        }
        return 0;
    }
    let mut exit = 0;
    for path in arguments {
        match (ctx.files().read(path), ctx.data_file(path).await) {
            (Some(text), _) | (None, Some(DataFile::Text(text))) => ctx.out(text),
            (None, Some(_)) => {
                ctx.hint(&Hint::BinaryFile(path.clone()));
                exit = 1;
            }
            (None, None) => {
                ctx.err(format!("cat: {path}: No such file or directory\n"));
                exit = 1;
            }
        }
    }
    exit
}

/// All lines of standard input.
async fn input(ctx: &Ctx) -> Vec<String> {
    let mut lines = Vec::new();
    loop {
        match ctx.wait(true, None).await {
            Wake::Line(line) => lines.push(line),
            Wake::EndOfInput | Wake::Signal(_) => return lines,
            Wake::Event(..) | Wake::Time => {}
        }
    }
}

async fn grep(ctx: &Ctx, arguments: &[String]) -> i32 {
    let (flags, words): (Vec<&String>, Vec<&String>) =
        arguments.iter().partition(|word| word.starts_with('-'));
    let has = |flag: char| {
        flags
            .iter()
            .any(|f| !f.starts_with("--") && f.contains(flag))
    };
    let Some(pattern) = words.first() else {
        ctx.err("Usage: grep [OPTION]... PATTERNS [FILE]...\n");
        return 2;
    };
    let lines = input(ctx).await;
    let fits = |line: &str, pattern: &str| {
        let found = if has('i') {
            line.to_lowercase().contains(&pattern.to_lowercase())
        } else {
            line.contains(pattern)
        };
        found != has('v')
    };
    let mut pattern = pattern.to_string();
    // Some tutorials write server1.properties: the same server.
    let dashed = dashed_server(&pattern);
    if let Some(dashed) = dashed.filter(|d| lines.iter().any(|line| line.contains(d.as_str()))) {
        ctx.hint(&Hint::SameServerFile(dashed.clone()));
        pattern = dashed;
    }
    let found: Vec<&String> = lines.iter().filter(|line| fits(line, &pattern)).collect();
    if has('c') {
        ctx.out(format!("{}\n", found.len()));
    } else {
        for line in &found {
            ctx.out(format!("{line}\n"));
        }
    }
    i32::from(found.is_empty())
}

fn dashed_server(pattern: &str) -> Option<String> {
    let number = pattern
        .strip_prefix("server")?
        .strip_suffix(".properties")?;
    number.parse::<u32>().ok()?;
    Some(format!("server-{number}.properties"))
}

fn echo(ctx: &Ctx, arguments: &[String]) -> i32 {
    let mut words = arguments;
    let (mut newline, mut escapes) = (true, false);
    while let Some((first, rest)) = words.split_first() {
        match first.as_str() {
            "-n" => newline = false,
            "-e" => escapes = true,
            _ => break,
        }
        words = rest;
    }
    let text = words.join(" ");
    let text = if escapes { unescape(&text) } else { text };
    ctx.out(text + if newline { "\n" } else { "" });
    0
}

fn printf(ctx: &Ctx, arguments: &[String]) -> i32 {
    let Some((format, values)) = arguments.split_first() else {
        ctx.err("printf: usage: printf [-v var] format [arguments]\n");
        return 2;
    };
    let mut text = unescape(format);
    for value in values {
        text = text.replacen("%s", value, 1).replacen("%d", value, 1);
    }
    ctx.out(text);
    0
}

fn unescape(text: &str) -> String {
    text.replace("\\n", "\n").replace("\\t", "\t")
}

fn seq(ctx: &Ctx, arguments: &[String]) -> i32 {
    const MOST: i64 = 10_000;
    let mut words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let mut format = "%g".to_string();
    if words.first() == Some(&"-f") && words.len() > 1 {
        format = words[1].to_string();
        words.drain(..2);
    }
    let numbers: Option<Vec<i64>> = words.iter().map(|word| word.parse().ok()).collect();
    let (first, last) = match numbers.as_deref() {
        Some([last]) => (1, *last),
        Some([first, last]) => (*first, *last),
        _ => {
            ctx.err("seq: missing operand\n");
            return 1;
        }
    };
    for number in first..=last.min(first.saturating_add(MOST)) {
        ctx.out(format.replace("%g", &number.to_string()) + "\n");
    }
    0
}

async fn head(ctx: &Ctx, arguments: &[String]) -> i32 {
    let count = arguments
        .iter()
        .filter_map(|word| word.trim_start_matches(['-', 'n']).parse().ok())
        .next()
        .unwrap_or(10);
    for line in input(ctx).await.iter().take(count) {
        ctx.out(format!("{line}\n"));
    }
    0
}

async fn wc(ctx: &Ctx, arguments: &[String]) -> i32 {
    let lines = input(ctx).await;
    if arguments.iter().any(|word| word == "-l") {
        ctx.out(format!("{}\n", lines.len()));
    } else {
        let words: usize = lines
            .iter()
            .map(|line| line.split_whitespace().count())
            .sum();
        let bytes: usize = lines.iter().map(|line| line.len() + 1).sum();
        ctx.out(format!("{:7} {words:7} {bytes:7}\n", lines.len()));
    }
    0
}

async fn sort(ctx: &Ctx) -> i32 {
    let mut lines = input(ctx).await;
    lines.sort();
    for line in lines {
        ctx.out(format!("{line}\n"));
    }
    0
}

async fn sleep(ctx: &Ctx, arguments: &[String]) -> i32 {
    let seconds = arguments.first().and_then(|word| {
        let number: f64 = word.trim_end_matches('s').parse().ok()?;
        (number.is_finite() && (0.0..=86_400.0).contains(&number)).then_some(number)
    });
    let Some(seconds) = seconds else {
        let word = arguments.first().map_or("", String::as_str);
        ctx.err(format!("sleep: invalid time interval '{word}'\n"));
        ctx.hint(&Hint::SleepUsage);
        return 1;
    };
    let until = ctx.now() + Duration::from_us((seconds * 1_000_000.0) as u64);
    match ctx.wait(false, Some(until)).await {
        Wake::Signal(signal) => signal.exit(),
        _ => 0,
    }
}

fn help(ctx: &Ctx) -> i32 {
    let tools: Vec<String> = TOOLS
        .iter()
        .map(|tool| format!("{}.sh", tool.name))
        .collect();
    ctx.hint(&Hint::Help(tools.join(", "), COMMANDS.join(", ")));
    0
}
