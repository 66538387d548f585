//! The service worker of a published page: its list of files and its version.

use super::{Site, hash};

/// Fills in the template and adds it as `sw.js`.
///
/// The version is the hash of every file's name and content, so it changes exactly when anything
/// in the page does.
pub fn add(template: &str, site: &mut Site) -> Result<(), String> {
    for slot in ["{{version}}", "{{files}}"] {
        if template.matches(slot).count() != 1 {
            return Err(format!("www/sw.js must contain {slot} exactly once"));
        }
    }
    let mut everything = Vec::new();
    let mut files = vec!["./".to_owned()];
    for (name, content) in site.iter() {
        everything.extend_from_slice(name.as_bytes());
        everything.extend_from_slice(&hash(content).to_be_bytes());
        if name != "index.html" {
            files.push(format!("./{name}"));
        }
    }
    let list = serde_json::to_string(&files).map_err(|error| error.to_string())?;
    let version = format!("{:016x}", hash(&everything));
    let script = template
        .replace("{{version}}", &version)
        .replace("{{files}}", &list);
    site.insert("sw.js".to_owned(), script.into_bytes());
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEMPLATE: &str = "v={{version}} f={{files}}";

    fn site(content: &str) -> Site {
        let file = |name: &str, text: &str| (name.to_owned(), text.as_bytes().to_vec());
        Site::from([file("index.html", "<html>"), file("page.css", content)])
    }

    #[test]
    fn the_page_is_kept_under_its_folder_and_every_other_file_by_name() {
        let mut site = site("a{}");
        add(TEMPLATE, &mut site).unwrap();
        let script = String::from_utf8(site["sw.js"].clone()).unwrap();
        assert!(script.ends_with(r#"f=["./","./page.css"]"#), "{script}");
    }

    #[test]
    fn the_version_changes_with_any_content() {
        let (mut one, mut other, mut same) = (site("a{}"), site("b{}"), site("a{}"));
        for site in [&mut one, &mut other, &mut same] {
            add(TEMPLATE, site).unwrap();
        }
        assert_ne!(one["sw.js"], other["sw.js"]);
        assert_eq!(one["sw.js"], same["sw.js"]);
    }

    #[test]
    fn a_template_without_its_slots_is_refused() {
        let error = add("v={{version}}", &mut site("a{}")).unwrap_err();
        assert!(error.contains("{{files}}"), "{error}");
    }
}
