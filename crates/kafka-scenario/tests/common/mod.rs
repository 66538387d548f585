//! Scenarios played in whole worlds, for the tests beside this.

use kafka_scenario::{Player, parse, spec};
use kafka_sim::World;

/// The world at the end of a scenario, played from the first moment with seed 5.
pub fn played(text: &str) -> World {
    let scenario = parse(text).unwrap_or_else(|error| panic!("{error}"));
    let spec = spec(&scenario.setup).unwrap_or_else(|error| panic!("{error}"));
    let mut world = World::new(spec, 5);
    let mut player = Player::default();
    for step in &scenario.steps {
        let done = player.play(&mut world, step, &mut |_, _, _| {});
        done.unwrap_or_else(|error| panic!("{error}"));
    }
    world
}
