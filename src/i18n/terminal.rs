//! The words of the terminals' tabs.

use super::Lang;

/// The name of a terminal; people count from 1.
pub fn name(lang: Lang, number: u8) -> String {
    let number = u32::from(number) + 1;
    match lang {
        Lang::En => format!("Terminal {number}"),
        Lang::Zh => format!("终端 {number}"),
    }
}

/// The button that closes it.
pub fn close(lang: Lang, number: u8) -> String {
    let name = name(lang, number);
    match lang {
        Lang::En => format!("Close {name}"),
        Lang::Zh => format!("关闭{name}"),
    }
}

/// "New output in Terminal 3".
pub fn news(lang: Lang, number: u8) -> String {
    match lang {
        Lang::En => format!("New output in {}", name(lang, number)),
        Lang::Zh => format!("{} 有新输出", name(lang, number)),
    }
}
