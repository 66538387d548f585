//! `index.html`: reading the links that name the page's parts, and writing the built page.
//!
//! Understands the four forms of Trunk's `<link data-trunk>` this project uses (css, copy-file,
//! copy-dir, rust) and refuses any other, so that both doors always build the same page.

use super::Mode;

/// One part of the page named by `index.html`, its path relative to the project's root.
#[derive(Debug, PartialEq, Eq)]
pub enum Link {
    /// A style sheet; all are joined, in order, into one.
    Css(String),
    /// A file copied under its own name.
    CopyFile(String),
    /// A folder copied under its own name.
    CopyFolder(String),
}

/// `index.html`, understood.
#[derive(Debug)]
pub struct Index {
    /// The parts, in the order of the page.
    pub links: Vec<Link>,
    /// The name of the program to build.
    pub bin: String,
    /// The text around the rust link: before it, and after it.
    text: (String, String),
}

/// The names of built files, relative to the page.
pub struct Names<'a> {
    /// The glue between browser and program.
    pub js: &'a str,
    /// The program.
    pub wasm: &'a str,
    /// All style sheets in one.
    pub css: &'a str,
    /// The script that starts the program.
    pub boot: &'a str,
}

impl Index {
    /// Reads `index.html`.
    pub fn parse(html: &str) -> Result<Self, String> {
        let html = without_comments(html)?;
        let mut links = Vec::new();
        let mut before = String::new();
        let mut program: Option<(String, String)> = None;
        let mut rest = html.as_str();
        while let Some(start) = rest.find("<link data-trunk") {
            let length = rest[start..]
                .find('>')
                .ok_or("a <link data-trunk> has no end")?
                + 1;
            let tag = &rest[start..start + length];
            before.push_str(&rest[..start]);
            rest = rest[start + length..].trim_start_matches('\n');
            let href = || attribute(tag, "href").ok_or(format!("{tag} has no href"));
            match attribute(tag, "rel").as_deref() {
                Some("css") => links.push(Link::Css(href()?)),
                Some("copy-file") => links.push(Link::CopyFile(href()?)),
                Some("copy-dir") => links.push(Link::CopyFolder(href()?)),
                Some("rust") if program.is_none() => {
                    let bin = attribute(tag, "data-bin").ok_or(format!("{tag} has no data-bin"))?;
                    program = Some((bin, std::mem::take(&mut before)));
                }
                _ => {
                    return Err(format!(
                        "{tag}: only one rust, and css, copy-file, copy-dir"
                    ));
                }
            }
        }
        before.push_str(rest);
        let (bin, head) = program.ok_or("no <link data-trunk rel=\"rust\">")?;
        Ok(Self {
            links,
            bin,
            text: (head, before),
        })
    }

    /// The built page.
    pub fn render(&self, names: &Names, mode: Mode) -> String {
        let Names {
            js,
            wasm,
            css,
            boot,
        } = names;
        let extra = match mode {
            Mode::Development => "data-reload=\"./@reload\"",
            Mode::Published => "data-sw=\"./sw.js\"",
        };
        let (before, after) = &self.text;
        format!(
            "{before}<link rel=\"stylesheet\" href=\"./{css}\">\n\
             <link rel=\"modulepreload\" href=\"./{js}\">\n\
             <link rel=\"preload\" href=\"./{wasm}\" as=\"fetch\" type=\"application/wasm\" crossorigin>\n\
             <script type=\"module\" src=\"./{boot}\" data-js=\"./{js}\" data-wasm=\"./{wasm}\" {extra}></script>\n\
             {after}"
        )
    }
}

/// Comments are for those who read the source, not for the page; a link in one is not a link.
fn without_comments(html: &str) -> Result<String, String> {
    let mut kept = String::new();
    let mut rest = html;
    while let Some(start) = rest.find("<!--") {
        let end = rest[start..].find("-->").ok_or("a comment has no end")? + 3;
        kept.push_str(&rest[..start]);
        rest = rest[start + end..].trim_start_matches('\n');
    }
    kept.push_str(rest);
    Ok(kept)
}

/// The value of an attribute written as ` name="value"`.
fn attribute(tag: &str, name: &str) -> Option<String> {
    let start = tag.find(&format!(" {name}=\""))? + name.len() + 3;
    let length = tag[start..].find('"')?;
    Some(tag[start..start + length].to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "<head>\n<!-- <link data-trunk rel=\"css\" href=\"not.css\"> -->\n\
        <link data-trunk rel=\"css\" href=\"style/a.css\">\n\
        <link data-trunk rel=\"copy-file\" href=\"www/boot.js\" />\n\
        <link data-trunk rel=\"copy-dir\" href=\"www/icons\">\n\
        <link data-trunk rel=\"rust\" href=\"Cargo.toml\" data-bin=\"page\">\n\
        <title>T</title></head><body></body>";

    fn names() -> Names<'static> {
        Names {
            js: "p.js",
            wasm: "p.wasm",
            css: "p.css",
            boot: "boot.js",
        }
    }

    #[test]
    fn the_four_forms_are_read_in_order_and_comments_are_not() {
        let index = Index::parse(PAGE).unwrap();
        let expected = [
            Link::Css("style/a.css".to_owned()),
            Link::CopyFile("www/boot.js".to_owned()),
            Link::CopyFolder("www/icons".to_owned()),
        ];
        assert_eq!(index.links, expected);
        assert_eq!(index.bin, "page");
    }

    #[test]
    fn the_built_page_has_no_trunk_link_and_only_relative_addresses() {
        for mode in [Mode::Development, Mode::Published] {
            let page = Index::parse(PAGE).unwrap().render(&names(), mode);
            assert!(!page.contains("data-trunk"), "{page}");
            for quoted in page.split("href=\"").chain(page.split("src=\"")).skip(1) {
                assert!(
                    !quoted.starts_with('/') && !quoted.starts_with("http"),
                    "{page}"
                );
            }
            assert!(page.contains("<title>T</title>"), "{page}");
        }
    }

    #[test]
    fn only_a_published_page_has_a_service_worker() {
        let index = Index::parse(PAGE).unwrap();
        assert!(index.render(&names(), Mode::Published).contains("data-sw"));
        assert!(
            !index
                .render(&names(), Mode::Development)
                .contains("data-sw")
        );
    }

    #[test]
    fn a_form_trunk_knows_but_we_do_not_is_refused() {
        let error = Index::parse("<link data-trunk rel=\"sass\" href=\"a.scss\">").unwrap_err();
        assert!(error.contains("sass"), "{error}");
    }

    #[test]
    fn a_page_without_a_program_is_refused() {
        assert!(Index::parse("<head></head>").unwrap_err().contains("rust"));
    }
}
