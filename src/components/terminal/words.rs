//! A line whose words stay whole: browsers break after a hyphen, which tears `--partitions` apart.

use yew::prelude::*;

/// Pieces of a line: words with a hyphen, and everything between them.
fn pieces(text: &str) -> Vec<(bool, &str)> {
    let mut pieces: Vec<(bool, &str)> = Vec::new();
    let mut from = 0;
    for word in text.split_whitespace().filter(|word| word.contains('-')) {
        let at = word.as_ptr() as usize - text.as_ptr() as usize;
        if at > from {
            pieces.push((false, &text[from..at]));
        }
        pieces.push((true, word));
        from = at + word.len();
    }
    if from < text.len() {
        pieces.push((false, &text[from..]));
    }
    pieces
}

/// The line; words with a hyphen are boxes that no line break goes into as long as they fit.
pub fn whole(text: &str) -> Html {
    if !text.contains('-') {
        return html! { text.to_owned() };
    }
    let shown = pieces(text).into_iter().map(|(whole, piece)| {
        let piece = piece.to_owned();
        if whole {
            html! { <span class="whole">{ piece }</span> }
        } else {
            html! { piece }
        }
    });
    shown.collect()
}

#[cfg(test)]
mod tests {
    use super::pieces;

    #[test]
    fn options_are_whole_and_nothing_is_lost() {
        let line = "x --topic a-b\t 你好 c ";
        let found = pieces(line);
        let whole: Vec<&str> = found.iter().filter(|p| p.0).map(|p| p.1).collect();
        assert_eq!(whole, ["--topic", "a-b"]);
        let all: String = found.iter().map(|p| p.1).collect();
        assert_eq!(all, line);
    }
}
