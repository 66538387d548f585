//! Producers of scenarios: settings that need each other.

use kafka_core::compress::Compression;
use kafka_core::config::ProducerConfig;
use kafka_core::types::Duration;
use kafka_scenario::{Player, parse, spec};
use kafka_sim::World;

/// What a producer with these settings has, or why there is none.
fn producer(settings: &str) -> Result<ProducerConfig, String> {
    let text = format!("scenario 1\ncluster brokers=1 controllers=1\nproducer p {settings}\n");
    let scenario = parse(&text).map_err(|error| error.to_string())?;
    let spec = spec(&scenario.setup).map_err(|error| error.to_string())?;
    let mut world = World::new(spec, scenario.setup.seed);
    assert!(world.boot(Duration::from_secs(60)));
    let mut player = Player::default();
    for step in &scenario.steps {
        let played = player.play(&mut world, step, &mut |_, _, _| {});
        played.map_err(|error| error.to_string())?;
    }
    let client = player.client("p").expect("it was made");
    let producer = world.producer(client).expect("it runs");
    Ok(producer.config().clone())
}

/// PRO-12: idempotence gives way where nobody asked for it; asked for, or needed by a
/// transactional id, it contradicts; too many requests in flight always do.
#[test]
fn idempotence_gives_way_or_contradicts() {
    let acks = "Must set acks to all in order to use the idempotent producer. Otherwise we cannot guarantee idempotence.";
    let retries = "Must set retries to non-zero when using the idempotent producer.";
    let in_flight = "To use the idempotent producer, max.in.flight.requests.per.connection must be set to at most 5. Current value is 6.";
    let transactions = "Cannot set a transactional.id without also enabling idempotence.";
    let many = "max.in.flight.requests.per.connection=6";
    for (settings, expected) in [
        ("acks=all", Ok(true)),
        ("acks=1", Ok(false)),
        ("retries=0", Ok(false)),
        (many, Err(in_flight)),
        ("enable.idempotence=true acks=1", Err(acks)),
        ("acks=1 enable.idempotence=true", Err(acks)),
        ("enable.idempotence=true retries=0", Err(retries)),
        (&format!("enable.idempotence=false {many}"), Ok(false)),
        ("transactional.id=tx", Ok(true)),
        ("transactional.id=tx acks=1", Err(transactions)),
        (
            "transactional.id=tx enable.idempotence=false",
            Err(transactions),
        ),
        (&format!("transactional.id=tx {many}"), Err(in_flight)),
    ] {
        match (producer(settings), expected) {
            (Ok(told), Ok(expected)) => assert_eq!(told.idempotence, expected, "{settings}"),
            (Err(told), Err(expected)) => assert!(told.contains(expected), "{settings}: {told}"),
            (told, expected) => panic!("{settings}: {told:?}, expected {expected:?}"),
        }
    }
}

/// A codec by its name, and none that Kafka does not know.
#[test]
fn a_producer_has_a_codec() {
    let codec = |settings: &str| producer(settings).map(|config| config.compression);
    assert_eq!(codec(""), Ok(Compression::None));
    for known in Compression::ALL {
        let settings = format!("compression.type={}", known.name());
        assert_eq!(codec(&settings), Ok(known));
    }
    let refusal = codec("compression.type=zip").expect_err("there is no zip");
    assert!(
        refusal.contains("none, gzip, snappy, lz4 or zstd"),
        "{refusal}"
    );
}
