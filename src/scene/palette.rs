//! Contrast of the colour tokens, computed from `style/tokens.css` itself (WCAG 2.2, 1.4.3 and 1.4.11).

use std::collections::BTreeMap;

const TOKENS: &str = include_str!("../../style/tokens.css");

/// Light and dark value of every token of one theme block.
fn tokens(block: &str) -> BTreeMap<&'static str, [&'static str; 2]> {
    let start = TOKENS.find(block).expect("theme block");
    let body = &TOKENS[start..start + TOKENS[start..].find('}').expect("end of block")];
    let mut found = BTreeMap::new();
    for line in body.lines() {
        let Some((name, rest)) = line
            .trim()
            .strip_prefix("--")
            .and_then(|l| l.split_once(": light-dark("))
        else {
            continue;
        };
        let values = rest
            .trim_end_matches(");")
            .split_once(", ")
            .expect("two values");
        found.insert(name, [values.0, values.1]);
    }
    found
}

fn luminance(hex: &str) -> f64 {
    let channel = |i: usize| {
        let value = u8::from_str_radix(&hex[i..i + 2], 16).expect("hex colour");
        let c = f64::from(value) / 255.0;
        if c <= 0.04045 {
            c / 12.92
        } else {
            ((c + 0.055) / 1.055).powf(2.4)
        }
    };
    0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5)
}

fn contrast(a: &str, b: &str) -> f64 {
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

/// Text pairs need 4.5, edges of objects 3.0.
fn pairs() -> Vec<(String, String, f64)> {
    let mut pairs = Vec::new();
    let mut need = |front: &str, back: &str, least: f64| {
        pairs.push((front.to_owned(), back.to_owned(), least))
    };
    for back in ["paper", "sheet", "raise"] {
        for front in ["ink", "ink2", "ink3", "accent", "alarm", "caution", "good"] {
            need(front, back, 4.5);
        }
        need("rule2", back, 3.0);
    }
    for n in 0..6 {
        need("ink", &format!("epoch{n}"), 4.5);
        need(&format!("epoch{n}-edge"), "sheet", 3.0);
    }
    for front in ["ink", "ink2", "accent"] {
        need(front, "accent-wash", 4.5);
    }
    need("ink2", "dead", 4.5);
    need("ink", "mark", 4.5);
    need("alarm", "alarm-wash", 4.5);
    need("caution", "caution-wash", 4.5);
    need("good", "good-wash", 4.5);
    pairs
}

#[test]
fn every_pair_in_use_has_enough_contrast_in_every_theme() {
    let usual = tokens(":root {");
    let mut contrast_theme = usual.clone();
    contrast_theme.extend(tokens(":root[data-theme=\"contrast\"] {"));
    for (theme, tokens) in [("usual", &usual), ("contrast", &contrast_theme)] {
        for (front, back, least) in pairs() {
            let (fronts, backs) = (tokens[front.as_str()], tokens[back.as_str()]);
            for (side, (front_hex, back_hex)) in fronts.iter().zip(backs).enumerate() {
                let ratio = contrast(front_hex, back_hex);
                assert!(
                    ratio >= least,
                    "{theme}, side {side}: {front} on {back} is {ratio:.2}, needs {least}"
                );
            }
        }
    }
}
