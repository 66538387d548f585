//! The disks under the log directories of a broker (LOG-16).

/// What became of the disk under a broker's log directory (LOG-16).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, serde::Serialize)]
pub enum Disk {
    /// It works.
    #[default]
    Good,
    /// Nothing more can be written.
    Full,
    /// Nothing can be read or written.
    Broken,
}

/// A log directory of a broker that has several (LOG-16).
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct LogDirView {
    /// Its number.
    pub number: u32,
    /// Its path.
    pub path: String,
    /// Its disk.
    pub disk: Disk,
    /// False when the running broker has given it up.
    pub online: bool,
}
