//! The scenario language: what is printed reads back, and mistakes name their place.

use kafka_scenario::{parse, print};

const ALL: &str = "\
scenario 1
title \"Kill the \\\"leader\\\"\"
seed 7
cluster brokers=4 controllers=3 voters=2 log-dirs=2
elr off
transaction-version 1
truncation high-watermark
strict-min-isr off
start-cold
set broker.session.timeout.ms=6000
racks 0=east 1=west
placement t 0=1,2,0 1=0,3
producer p1 acks=1 linger.ms=0 bootstrap=0,2
consumer c1 topic=t,u group=g from=earliest assignor=cooperative-sticky poll-every=50ms capacity=15/s
send p1 t \"hello world\" key=k partition=0
send p1 t - tombstone=true
load p1 t every=50ms count=10 keys=3
load p1 t every=50ms count=10 size=1000
load p1 t every=50ms keys=李四,张三
seek c1 t 0 12
wait 1500ms
step 12
crash 1
power-loss 2
start 1
stop 3
pause 0
resume 0
fail-log-dir 0
fill-disk 1 dir=1
repair-disk 0
add-voter 102
remove-voter 100
move-replica t 0 broker=3 dir=1
cut 0 -> 1
hold 1 - 2
slow 1 -> 2 20ms
link-up 0 -> 1
cut 0 -> p1
hold c1 - 3
partition 0 | 1,2
heal
stop-load p1
stop-polling c1
resume-polling c1
commit c1
begin p1
send-offsets p1 consumer=c1
send-offsets p1 group=g topic=t partition=0 offset=12
abort p1
close c1
kill p1
$ kafka-topics.sh --list --bootstrap-server localhost:9092
< one line
";

#[test]
fn every_statement_prints_as_it_was_written() {
    let scenario = parse(ALL).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(print(&scenario), ALL);
}

/// A lesson starts a consumer of the same name again after a crash.
#[test]
fn a_name_is_free_again_once_its_client_has_ended() {
    let text =
        "scenario 1\nconsumer c topic=t\nkill c\nconsumer c topic=t\nclose c\nconsumer c topic=t\n";
    assert!(parse(text).is_ok());
    let twice = "scenario 1\nconsumer c topic=t\nconsumer c topic=t\n";
    assert!(parse(twice).is_err());
}

#[test]
fn mistakes_name_line_column_and_remedy() {
    let cases = [
        (
            "",
            "line 1, column 1: a scenario begins with `scenario 1`; add that line",
        ),
        (
            "crash 1",
            "line 1, column 1: a scenario begins with `scenario 1`; add that line",
        ),
        (
            "scenario 2",
            "line 1, column 10: version 2 is not known here; this program reads `scenario 1`",
        ),
        (
            "scenario 1\ncrsh 1",
            "line 2, column 1: there is no statement `crsh`; did you mean `crash`?",
        ),
        (
            "scenario 1\nconsumer c topic=t capacity=15",
            "line 2, column 20: `15` is not possible here; write records a second, as 15/s",
        ),
        (
            "scenario 1\ncrash",
            "line 2, column 6: the server's number is missing here",
        ),
        (
            "scenario 1\ncrash 9",
            "line 2, column 7: this cluster has no server 9",
        ),
        (
            "scenario 1\nadd-voter 1",
            "line 2, column 11: this cluster has no controller 1",
        ),
        (
            "scenario 1\nmove-replica t 0 broker=1 dir=1",
            "line 2, column 27: the brokers of this cluster have no log directory 1; write `cluster log-dirs=...`",
        ),
        (
            "scenario 1\nmove-replica t 0 broker=1",
            "line 2, column 26: dir=... is missing here",
        ),
        (
            "scenario 1\nplacement t 0=1,1",
            "line 2, column 13: broker 1 stands twice in this replica list; name each broker once",
        ),
        (
            "scenario 1\ncrash 1 now",
            "line 2, column 9: `now` is not expected here; remove it",
        ),
        (
            "scenario 1\nwait 5",
            "line 2, column 6: `5` is not a span of time; write 5s, 200ms or 50us",
        ),
        (
            "scenario 1\nwait 1s\nseed 3",
            "line 3, column 1: `seed` describes the beginning; move it above the first step",
        ),
        (
            "scenario 1\nset num.partitionz=3",
            "line 2, column 5: Kafka has no broker setting num.partitionz; check its spelling",
        ),
        (
            "scenario 1\nsend p t v",
            "line 2, column 6: there is no client `p` yet; introduce it with `producer p` or `consumer p topic=...`",
        ),
        (
            "scenario 1\nproducer p acks=2",
            "line 2, column 12: `2` is not possible here; write 0, 1 or all",
        ),
        (
            "scenario 1\nproducer p\nproducer p",
            "line 3, column 10: the name `p` is taken; choose another",
        ),
        (
            "scenario 1\ntitle \"x",
            "line 2, column 7: the quote opened here is never closed; add a \"",
        ),
        (
            "scenario 1\n< x",
            "line 2, column 1: `<` gives a line to the command before it, and there is none",
        ),
        (
            "scenario 1\ncut 0 => 1",
            "line 2, column 7: `=>` is not possible here; write -> (one way) or - (both ways)",
        ),
    ];
    for (text, message) in cases {
        let error = parse(text).expect_err(text);
        assert_eq!(error.to_string(), message, "{text}");
    }
}

/// No text makes the parser panic: the lines of a good file, cut, joined and bent
/// by a seeded generator.
#[test]
fn no_text_makes_the_parser_panic() {
    let seed = 20_261_121_u64;
    println!("seed {seed}; repeat: cargo test -p kafka-scenario --test language no_text");
    let mut state = seed;
    let mut draw = |bound: usize| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % bound.max(1)
    };
    let lines: Vec<&str> = ALL.lines().collect();
    let odd = [
        "\"",
        "\\",
        "=",
        "->",
        "-",
        "|",
        "é",
        "99999999999999999999",
        "\u{0}",
        "#",
        "$",
        "<",
        "1,,2",
    ];
    for _ in 0..5_000 {
        let mut text = String::from("scenario 1\n");
        for _ in 0..draw(6) {
            let line: Vec<char> = lines[draw(lines.len())].chars().collect();
            let cut = draw(line.len() + 1);
            text.extend(&line[..cut]);
            text.push_str(odd[draw(odd.len())]);
            text.extend(&line[cut.min(line.len())..]);
            text.push('\n');
        }
        if let Ok(scenario) = parse(&text) {
            let printed = print(&scenario);
            let again =
                parse(&printed).unwrap_or_else(|error| panic!("{error}\n{text}\n{printed}"));
            assert_eq!(print(&again), printed, "{text}");
        }
    }
}
