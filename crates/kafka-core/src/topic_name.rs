//! Which topic names Kafka accepts, and which two names it calls a collision
//! (rules TOP-1 and TOP-2).
//!
//! Text in, verdict out: whether a topic of that name exists is the controller's
//! knowledge, not this module's.

/// The longest legal name, in UTF-16 units as Java counts them.
pub const TOPIC_NAME_LENGTH_MAX: usize = 249;

/// The topic of committed offsets and group metadata.
pub const CONSUMER_OFFSETS_TOPIC: &str = "__consumer_offsets";
/// The topic of the transaction coordinator.
pub const TRANSACTION_STATE_TOPIC: &str = "__transaction_state";
/// The topic of the share coordinator.
pub const SHARE_GROUP_STATE_TOPIC: &str = "__share_group_state";

/// `Topic.validate`: `Err` is the message of Kafka's `InvalidTopicException`.
pub fn validate(name: &str) -> Result<(), String> {
    validate_as("Topic name", name)
}

/// The same rules for another kind of name; Kafka uses them for
/// `group.instance.id` too (`kind` = "Group instance id"). `Err` is the message.
pub fn validate_as(kind: &str, name: &str) -> Result<(), String> {
    if name.is_empty() {
        return Err(format!(
            "{kind} is invalid: the empty string is not allowed"
        ));
    }
    if name == "." || name == ".." {
        return Err(format!("{kind} is invalid: '{name}' is not allowed"));
    }
    if name.encode_utf16().count() > TOPIC_NAME_LENGTH_MAX {
        return Err(format!(
            "{kind} is invalid: the length of '{name}' is longer than the max allowed length {TOPIC_NAME_LENGTH_MAX}"
        ));
    }
    let legal = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
    if !name.bytes().all(legal) {
        return Err(format!(
            "{kind} is invalid: '{name}' contains one or more characters other than ASCII alphanumerics, '.', '_' and '-'"
        ));
    }
    Ok(())
}

/// Whether metrics could confuse this name with another: it holds a `.` or a `_`.
pub fn has_collision_chars(name: &str) -> bool {
    name.contains(['.', '_'])
}

/// The name as metrics see it: every `.` replaced by `_`.
pub fn unify_collision_chars(name: &str) -> String {
    name.replace('.', "_")
}

/// TOP-2: whether two names are the same once unified. A name collides with itself.
pub fn has_collision(a: &str, b: &str) -> bool {
    let unified = |byte: u8| if byte == b'.' { b'_' } else { byte };
    a.len() == b.len() && a.bytes().map(unified).eq(b.bytes().map(unified))
}

/// Whether Kafka itself owns the topic.
pub fn is_internal(name: &str) -> bool {
    matches!(
        name,
        CONSUMER_OFFSETS_TOPIC | TRANSACTION_STATE_TOPIC | SHARE_GROUP_STATE_TOPIC
    )
}
