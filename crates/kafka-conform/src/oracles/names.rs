//! Topic names and their collisions.

use super::fields::{Fields, Trouble, same};
use kafka_core::topic_name;

/// `topic-name.jsonl`.
pub fn topic_name(case: &Fields) -> Result<(), Trouble> {
    let name = case.text("name")?;
    same(
        "length",
        case.int::<usize>("length")?,
        name.encode_utf16().count(),
    )?;
    let verdict = topic_name::validate(name);
    same("isValid", case.flag("isValid")?, verdict.is_ok())?;
    let message = case
        .find("error")
        .and_then(|error| error.get("message")?.as_str());
    same("error", message, verdict.as_ref().err().map(String::as_str))?;
    let collides = topic_name::has_collision_chars(name);
    same(
        "hasCollisionChars",
        case.flag("hasCollisionChars")?,
        collides,
    )?;
    let unified = topic_name::unify_collision_chars(name);
    same("unified", case.text("unified")?, unified.as_str())?;
    same(
        "isInternal",
        case.flag("isInternal")?,
        topic_name::is_internal(name),
    )
}

/// `topic-collision.jsonl`.
pub fn topic_collision(case: &Fields) -> Result<(), Trouble> {
    let ours = topic_name::has_collision(case.text("a")?, case.text("b")?);
    same("collision", case.flag("collision")?, ours)
}
