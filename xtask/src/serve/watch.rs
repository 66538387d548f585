//! Noticing that a source changed, by looking at names, sizes and times of modification.

use std::path::PathBuf;
use std::time::SystemTime;

use crate::project;

/// What the sources looked like at one moment.
#[derive(PartialEq, Eq)]
pub struct Sources(Vec<(PathBuf, u64, Option<SystemTime>)>);

impl Sources {
    /// The sources as they are now: all that the page is built from.
    pub fn now() -> Self {
        let root = project::root();
        let mut files: Vec<PathBuf> = ["src", "www", "style", "crates"]
            .iter()
            .flat_map(|folder| project::files_under(&root.join(folder)))
            .collect();
        files.extend(["index.html", "Cargo.toml", "Cargo.lock"].map(|name| root.join(name)));
        let look = |path: PathBuf| {
            let known = path.metadata().ok();
            let size = known.as_ref().map_or(0, std::fs::Metadata::len);
            let modified = known.and_then(|known| known.modified().ok());
            (path, size, modified)
        };
        Self(files.into_iter().map(look).collect())
    }
}
