//! `kafka-dump-log.sh` with its decoders, in the words recorded of Kafka 4.3.1.

use kafka_core::types::Duration;
use kafka_shell::files::Files;
use kafka_shell::script::{Ran, run_line_among};
use kafka_sim::{ClusterSpec, World};

const SERVER: &str = "--bootstrap-server localhost:9092";

fn world() -> World {
    let mut world = World::new(ClusterSpec::quick(1, 1), 1);
    world.run_for(Duration::from_secs(2));
    world
}

fn run(world: &mut World, line: &str, input: &str) -> Ran {
    let limit = Duration::from_secs(120);
    run_line_among(&Files::default(), world, line, input, limit)
}

fn dump(world: &mut World, folder: &str, options: &str) -> Ran {
    let file = format!("/tmp/kafka-logs-0/{folder}/00000000000000000000.log");
    run(
        world,
        &format!("kafka-dump-log.sh --files {file} {options}"),
        "",
    )
}

/// The contents of all partitions of a topic, a record a line, from its key on.
fn records(world: &mut World, topic: &str, option: &str) -> Vec<String> {
    let mut lines = Vec::new();
    for partition in 0..50 {
        let ran = dump(world, &format!("{topic}-{partition}"), option);
        let contents = ran.out.lines().filter_map(|line| line.split_once(" key: "));
        lines.extend(contents.map(|(_, content)| content.to_string()));
    }
    lines
}

/// The first line with that text.
fn one<'a>(lines: &'a [String], text: &str) -> &'a str {
    let mut found = lines.iter().filter(|line| line.contains(text));
    found
        .next()
        .unwrap_or_else(|| panic!("no {text} in {lines:#?}"))
}

fn with_records(world: &mut World) {
    let create = format!("kafka-topics.sh {SERVER} --create --topic t --partitions 2");
    run(world, &create, "");
    run(
        world,
        &format!("kafka-console-producer.sh {SERVER} --topic t"),
        "a\nb\nc\n",
    );
}

/// Offsets, a classic group and a group of the new protocol, and what deleting a group leaves.
#[test]
fn records_of_groups_are_told() {
    let mut world = world();
    with_records(&mut world);
    let read =
        format!("kafka-console-consumer.sh {SERVER} --topic t --from-beginning --max-messages 3");
    run(&mut world, &format!("{read} --group cg"), "");
    run(
        &mut world,
        &format!("{read} --group mg --command-property group.protocol=consumer"),
        "",
    );
    run(
        &mut world,
        &format!("kafka-consumer-groups.sh {SERVER} --delete --group cg"),
        "",
    );
    let lines = records(&mut world, "__consumer_offsets", "--offsets-decoder");
    let group = one(&lines, "\"generation\":1,");
    assert!(group.starts_with("{\"type\":\"2\",\"data\":{\"group\":\"cg\"}} payload: {\"version\":\"3\",\"data\":{\"protocolType\":\"consumer\",\"generation\":1,\"protocol\":\"range\",\"leader\":\"console-consumer-"), "{group}");
    assert!(group.ends_with("\"clientId\":\"console-consumer\",\"clientHost\":\"/127.0.0.1\",\"rebalanceTimeout\":300000,\"sessionTimeout\":45000,\"subscription\":{\"topics\":[\"t\"],\"userData\":null,\"ownedPartitions\":[],\"generationId\":-1,\"rackId\":null},\"assignment\":{\"assignedPartitions\":[{\"topic\":\"t\",\"partitions\":[0,1]}],\"userData\":null}}]}}"), "{group}");
    let offset = one(&lines, "{\"group\":\"mg\",\"topic\":\"t\",\"partition\":0}");
    assert!(
        offset.starts_with("{\"type\":\"1\",")
            && offset.contains("payload: {\"version\":\"4\",\"data\":{\"offset\":"),
        "{offset}"
    );
    let gone = "{\"type\":\"2\",\"data\":{\"group\":\"cg\"}} payload: <DELETE>";
    assert!(lines.iter().any(|line| line == gone), "{lines:#?}");
    let member = one(&lines, "{\"type\":\"5\"");
    assert!(member.ends_with("payload: {\"version\":\"0\",\"data\":{\"instanceId\":null,\"rackId\":null,\"clientId\":\"console-consumer\",\"clientHost\":\"/127.0.0.1\",\"subscribedTopicNames\":[\"t\"],\"subscribedTopicRegex\":\"\",\"rebalanceTimeoutMs\":300000,\"serverAssignor\":null,\"classicMemberMetadata\":null}}"), "{member}");
    let current = one(&lines, "{\"type\":\"8\"");
    assert!(
        current.contains(
            "\"previousMemberEpoch\":0,\"state\":0,\"assignedPartitions\":[{\"topicId\":\""
        ),
        "{current}"
    );
    assert!(
        !lines.iter().any(|line| line.contains("skipping")),
        "{lines:#?}"
    );
}

/// The state of a share group, and the group's own records.
#[test]
fn records_of_share_groups_are_told() {
    let mut world = world();
    with_records(&mut world);
    run(
        &mut world,
        &format!(
            "kafka-configs.sh {SERVER} --alter --group sg --add-config share.auto.offset.reset=earliest"
        ),
        "",
    );
    run(
        &mut world,
        &format!(
            "kafka-console-share-consumer.sh {SERVER} --topic t --group sg --max-messages 3 --timeout-ms 20000"
        ),
        "",
    );
    let state = records(
        &mut world,
        "__share_group_state",
        "--share-group-state-decoder",
    );
    let snapshot = one(
        &state,
        "{\"type\":\"0\",\"data\":{\"groupId\":\"sg\",\"topicId\":\"",
    );
    assert!(
        snapshot
            .contains("payload: {\"version\":\"0\",\"data\":{\"snapshotEpoch\":0,\"stateEpoch\":")
            && snapshot.ends_with("\"stateBatches\":[]}}"),
        "{snapshot}"
    );
    let update = one(&state, "{\"type\":\"1\"");
    assert!(update.ends_with("\"startOffset\":0,\"deliveryCompleteCount\":3,\"stateBatches\":[{\"firstOffset\":0,\"lastOffset\":2,\"deliveryState\":2,\"deliveryCount\":1}]}}"), "{update}");
    let group = records(&mut world, "__consumer_offsets", "--offsets-decoder");
    let topics = one(&group, "\"initializingTopics\":[],\"initializedTopics\":[{");
    assert!(
        topics.contains("\"topicName\":\"t\",\"partitions\":[0,1]}],\"deletingTopics\":[]}}"),
        "{topics}"
    );
    assert!(
        !group.iter().any(|line| line.contains("skipping")),
        "{group:#?}"
    );
}

/// Records of another kind, records without a key, and numbers that are none.
#[test]
fn what_is_no_such_record_is_told_as_kafka_tells_it() {
    let mut world = world();
    run(
        &mut world,
        &format!("kafka-topics.sh {SERVER} --create --topic t"),
        "",
    );
    run(
        &mut world,
        &format!("kafka-console-producer.sh {SERVER} --topic t"),
        "a\n",
    );
    let ran = dump(&mut world, "t-0", "--offsets-decoder");
    assert_eq!(ran.exit, Some(1));
    assert!(
        ran.out
            .ends_with("keySize: -1 valueSize: 1 sequence: 0 headerKeys: []"),
        "{}",
        ran.out
    );
    assert_eq!(
        ran.err,
        "Exception in thread \"main\" java.lang.RuntimeException: Failed to decode message at offset 0 using the specified decoder (message had a missing key)\n"
    );
    let ran = dump(&mut world, "t-0", "--cluster-metadata-decoder");
    assert!(ran.out.ends_with(" payload: Error at 0, skipping. Could not deserialize metadata record due to unknown frame version 97(only frame version 1 is supported)\n"), "{}", ran.out);
    let long = "--print-data-log --value-decoder-class org.apache.kafka.tools.api.LongDecoder";
    let ran = dump(&mut world, "t-0", long);
    assert_eq!(
        ran.err,
        "Exception in thread \"main\" java.nio.BufferUnderflowException\n"
    );
    let ran = dump(
        &mut world,
        "t-0",
        "--print-data-log --value-decoder-class foo.Bar",
    );
    assert_eq!(
        ran.err,
        "Exception in thread \"main\" java.lang.RuntimeException: Failed to load decoder class\nCaused by: java.lang.ClassNotFoundException: foo.Bar\n"
    );
    assert_eq!(ran.out, "");
    let read = format!(
        "kafka-console-consumer.sh {SERVER} --topic t --from-beginning --max-messages 1 --group g"
    );
    run(&mut world, &read, "");
    let lines = records(
        &mut world,
        "__consumer_offsets",
        "--transaction-log-decoder",
    );
    assert_eq!(lines[0], "Unknown record type 2 at offset 0, skipping.");
    let lines = records(
        &mut world,
        "__consumer_offsets",
        "--share-group-state-decoder",
    );
    assert!(lines.contains(&"Error at offset 2, skipping. Could not read record with version 1 from key's buffer due to: null.".to_string()), "{lines:#?}");
}

/// Each console producer's batch says its codec; a topic with a codec of its own keeps every
/// batch so, and readers never notice. Positions are sums of compressed sizes.
#[test]
fn batches_are_told_with_their_codecs() {
    let mut world = world();
    let create = format!("kafka-topics.sh {SERVER} --create --topic t");
    run(&mut world, &create, "");
    let line = "a line of text, a line of text, a line of text\n";
    let produce = |world: &mut World, options: &str| {
        let tool = format!("kafka-console-producer.sh {SERVER} --topic t {options}");
        let ran = run(world, &tool, &line.repeat(4));
        assert_eq!((ran.exit, ran.err.as_str()), (Some(0), ""), "{options}");
    };
    let codecs = ["none", "gzip", "snappy", "lz4", "zstd"];
    for codec in codecs {
        produce(&mut world, &format!("--compression-codec {codec}"));
    }
    // The option without a value; and a property, which the option overrides even unsaid.
    produce(&mut world, "--compression-codec");
    produce(&mut world, "--command-property compression.type=lz4");
    let configs = format!("kafka-configs.sh {SERVER} --alter --topic t --add-config");
    run(
        &mut world,
        &format!("{configs} compression.type=snappy"),
        "",
    );
    produce(&mut world, "--compression-codec gzip");
    run(
        &mut world,
        &format!("{configs} compression.type=uncompressed"),
        "",
    );
    produce(&mut world, "--compression-codec gzip");
    let told = dump(&mut world, "t-0", "").out;
    let headers = told.lines().filter(|line| line.starts_with("baseOffset"));
    let field = |header: &str, name: &str| {
        let (_, rest) = header.split_once(name).expect(name);
        rest.split(' ').next().unwrap_or_default().to_string()
    };
    let mut position = 0;
    let mut told = Vec::new();
    for header in headers {
        assert_eq!(field(header, " position: "), position.to_string());
        let size: u32 = field(header, " size: ").parse().expect("a size");
        let codec = field(header, "compresscodec: ");
        assert_eq!(size < 150, codec != "none", "{header}");
        position += size;
        told.push(codec);
    }
    let more = ["gzip", "none", "snappy", "none"];
    assert_eq!(told, [codecs.as_slice(), &more].concat());
    let read = format!("kafka-console-consumer.sh {SERVER} --topic t --from-beginning");
    let ran = run(&mut world, &format!("{read} --max-messages 36"), "");
    assert_eq!(ran.out, line.repeat(36));
}
