//! What a person can do to the world, as data: the same from a button, a key, a menu and a script.

use crate::object::ObjectId;

/// A server process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Server {
    /// A broker by its `node.id`.
    Broker(i32),
    /// A controller by its `node.id`.
    Controller(i32),
}

impl Server {
    /// The `node.id`.
    pub fn id(self) -> i32 {
        match self {
            Server::Broker(id) | Server::Controller(id) => id,
        }
    }
}

/// One action.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// The process ends without warning.
    Crash(Server),
    /// Controlled shutdown.
    Stop(Server),
    /// The process runs no code for now.
    Pause(Server),
    /// It runs again.
    Resume(Server),
    /// A stopped or crashed process starts again.
    Start(Server),
    /// No message from or to this server arrives.
    CutOff(Server),
    /// All links work again.
    Heal,
    /// A message is lost.
    DropMessage(u64),
    /// A message stays where it is.
    HoldMessage(u64),
    /// A held message flies on.
    ReleaseMessage(u64),
    /// A producer sends one record to a topic.
    Send {
        /// Topic.
        topic: String,
        /// Value.
        value: String,
    },
    /// A statement of the scenario language, as lessons use them: `consumer w1 topic=orders`.
    Statement(String),
    /// A client closes by itself.
    CloseClient(String),
    /// A client's process ends without warning.
    CrashClient(String),
    /// Selects an object; changes nothing in the world, so it is no deed to keep.
    #[serde(skip)]
    Select(ObjectId),
}
