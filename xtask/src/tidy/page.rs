//! Rules about `index.html`: the content security policy is there and is strict.

use super::{Breach, Source};

/// Checks `index.html`; other sources are not looked at.
pub fn check(source: &Source) -> Vec<Breach> {
    if source.path != "index.html" {
        return Vec::new();
    }
    let mut breaches = Vec::new();
    match policy(&source.text) {
        None => breaches.push(source.breach(1, "no Content-Security-Policy")),
        Some(policy) => {
            breaches.extend(policy_breaches(policy).map(|message| source.breach(1, message)))
        }
    }
    for (index, line) in source.text.lines().enumerate() {
        let mut refuse = |message: &str| breaches.push(source.breach(index + 1, message));
        if line.contains("<script") && !line.contains(" src=") {
            refuse("an inline script: put it in www/boot.js");
        }
        if line.contains("http://") || line.contains("https://") {
            refuse("an address of another host: the page must work offline and under any path");
        }
        for attribute in [
            " style=\"",
            " onclick=",
            " onload=",
            " onerror=",
            "href=\"/",
            "src=\"/",
        ] {
            if line.contains(attribute) {
                refuse(&format!(
                    "`{}`: use a class, a listener or a relative address",
                    attribute.trim()
                ));
            }
        }
    }
    breaches
}

fn policy(html: &str) -> Option<&str> {
    let after = html.split_once("http-equiv=\"Content-Security-Policy\"")?.1;
    after.split_once("content=\"")?.1.split('"').next()
}

fn policy_breaches(policy: &str) -> impl Iterator<Item = String> {
    let of = |name: &str| {
        let directives = policy.split(';').map(str::trim);
        directives
            .filter_map(|directive| directive.split_once(' '))
            .find(|(key, _)| *key == name)
    };
    let mut messages = Vec::new();
    let scripts = of("script-src")
        .or(of("default-src"))
        .map_or("*", |(_, sources)| sources);
    for loose in [
        "'unsafe-inline'",
        "'unsafe-eval'",
        "*",
        "http:",
        "https:",
        "data:",
    ] {
        if scripts.split(' ').any(|source| source == loose) {
            messages.push(format!("the policy lets scripts be {loose}"));
        }
    }
    for needed in ["default-src", "base-uri", "connect-src"] {
        if of(needed).is_none() {
            messages.push(format!("the policy does not say {needed}"));
        }
    }
    messages.into_iter()
}

#[cfg(test)]
mod tests {
    use super::super::source;
    use super::*;

    fn count(policy: &str, body: &str) -> usize {
        let meta =
            format!("<meta http-equiv=\"Content-Security-Policy\" content=\"{policy}\">\n{body}\n");
        check(&source("index.html", &meta)).len()
    }

    const STRICT: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; base-uri 'none'";

    #[test]
    fn the_strict_policy_passes_and_a_loose_one_does_not() {
        assert_eq!(count(STRICT, ""), 0);
        assert_eq!(
            count(&STRICT.replace("'wasm-unsafe-eval'", "'unsafe-inline'"), ""),
            1
        );
        assert_eq!(
            count(&STRICT.replace("script-src 'self'", "script-src *"), ""),
            1
        );
        assert_eq!(count("default-src 'none'", ""), 2);
        assert_eq!(check(&source("index.html", "<html></html>")).len(), 1);
    }

    #[test]
    fn inline_scripts_styles_and_absolute_addresses_are_breaches() {
        assert_eq!(count(STRICT, "<script>go()</script>"), 1);
        assert_eq!(count(STRICT, "<script src=\"./boot.js\"></script>"), 0);
        assert_eq!(count(STRICT, "<p style=\"color:red\">"), 1);
        assert_eq!(count(STRICT, "<link href=\"/main.css\">"), 1);
    }
}
