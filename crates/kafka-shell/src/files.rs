//! The few small files a terminal can write and its tools can read.
//!
//! They live beside the cluster, not in it: nothing a broker stores is here. The store
//! is bounded, so a script cannot fill the page's memory. Invariant: a path that was
//! written reads back byte for byte.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use crate::java::Exception;

/// Most bytes of one file.
pub const FILE_BYTES_MAX: usize = 64 << 10;

/// Most files.
pub const FILES_MAX: usize = 64;

/// The files; clones share them.
#[derive(Clone, Debug, Default)]
pub struct Files(Rc<RefCell<BTreeMap<String, String>>>);

impl Files {
    /// What is in the file; `None` if there is none.
    pub fn read(&self, path: &str) -> Option<String> {
        self.0.borrow().get(path).cloned()
    }

    /// What is in a file that a tool is given.
    ///
    /// # Errors
    /// Java's exception if there is no such file.
    pub fn given(&self, path: &str) -> Result<String, Exception> {
        self.read(path).ok_or_else(|| Exception {
            causes: vec![format!("java.nio.file.NoSuchFileException: {path}")],
            ..Exception::new("java.io.IOException", format!("Unable to read file {path}"))
        })
    }

    /// Writes a file anew, or adds to its end. False if it would be too large, or one
    /// too many.
    pub fn write(&self, path: &str, text: &str, append: bool) -> bool {
        let mut files = self.0.borrow_mut();
        let old = files.get(path).filter(|_| append).map_or(0, String::len);
        let room = files.len() < FILES_MAX || files.contains_key(path);
        if !room || old + text.len() > FILE_BYTES_MAX {
            return false;
        }
        let file = files.entry(path.to_owned()).or_default();
        if !append {
            file.clear();
        }
        file.push_str(text);
        true
    }

    /// A properties file as Java reads it: name and value of each line, comments left out.
    ///
    /// # Errors
    /// Java's exception if there is no such file.
    pub fn properties(&self, path: &str) -> Result<Vec<(String, String)>, Exception> {
        let Some(text) = self.read(path) else {
            let class = "java.nio.file.NoSuchFileException";
            return Err(Exception::new(class, path));
        };
        Ok(entries(&text))
    }
}

/// What a properties file says, as Java reads it: name and value of each line, comments left out.
pub fn entries(text: &str) -> Vec<(String, String)> {
    let lines = text.lines().map(str::trim_start);
    let entries = lines.filter(|line| !line.is_empty() && !line.starts_with(['#', '!']));
    entries.map(entry).collect()
}

/// `name=value`, `name:value` or `name value`, with blanks around the separator.
fn entry(line: &str) -> (String, String) {
    let end = line
        .find(|c: char| c == '=' || c == ':' || c.is_whitespace())
        .unwrap_or(line.len());
    let rest = line[end..].trim_start();
    let value = rest.strip_prefix(['=', ':']).unwrap_or(rest).trim_start();
    (line[..end].to_owned(), value.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn properties_are_read_as_java_reads_them() {
        let files = Files::default();
        let text = "# a comment\n! another\n\na=1\n  b : two words\nc three\nd\n";
        assert!(files.write("x.properties", text, false));
        let read = files.properties("x.properties").unwrap();
        let pairs: Vec<(&str, &str)> = read.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
        let expected = [("a", "1"), ("b", "two words"), ("c", "three"), ("d", "")];
        assert_eq!(pairs, expected);
        assert!(files.properties("y").is_err());
    }

    #[test]
    fn the_store_is_bounded() {
        let files = Files::default();
        let full = "x".repeat(FILE_BYTES_MAX);
        assert!(files.write("a", &full, false));
        assert!(!files.write("a", "y", true), "one byte too many");
        assert_eq!(files.read("a").map(|text| text.len()), Some(FILE_BYTES_MAX));
        for n in 1..FILES_MAX {
            assert!(files.write(&n.to_string(), "", false));
        }
        assert!(!files.write("one more", "", false));
        assert!(files.write("a", "anew", false), "a known file may change");
    }
}
