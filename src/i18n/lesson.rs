//! Words of lesson mode. The lessons' own texts are in their files, in both languages.

use super::Lang;

/// The language as lesson files name it.
pub fn of(lang: Lang) -> kafka_lessons::Lang {
    match lang {
        Lang::En => kafka_lessons::Lang::En,
        Lang::Zh => kafka_lessons::Lang::Zh,
    }
}

/// "Kill the leader, step 2 of 8".
pub fn kicker(lang: Lang, title: &str, step: usize, of: usize) -> String {
    match lang {
        Lang::En => format!("{title}, step {step} of {of}"),
        Lang::Zh => format!("{title} · 第 {step}/{of} 步"),
    }
}

/// The name of a bar: "Step 2: kill -9".
pub fn step_name(lang: Lang, step: usize, title: &str) -> String {
    match lang {
        Lang::En => format!("Step {step}: {title}"),
        Lang::Zh => format!("第 {step} 步：{title}"),
    }
}

/// "Question 1 of 3".
pub fn question_of(lang: Lang, at: usize, of: usize) -> String {
    match lang {
        Lang::En => format!("Question {at} of {of}"),
        Lang::Zh => format!("问题 {at} / {of}"),
    }
}

/// "Hint 1 of 2".
pub fn hint_of(lang: Lang, at: usize, of: usize) -> String {
    match lang {
        Lang::En => format!("Hint {at} of {of}"),
        Lang::Zh => format!("提示 {at} / {of}"),
    }
}

/// "15 min, 8 steps".
pub fn facts(lang: Lang, minutes: u32, steps: usize) -> String {
    match lang {
        Lang::En => format!("{minutes} min, {steps} steps"),
        Lang::Zh => format!("{minutes} 分钟，{steps} 步"),
    }
}

/// "3 of 8 steps done".
pub fn steps_done(lang: Lang, done: usize, of: usize) -> String {
    match lang {
        Lang::En => format!("{done} of {of} steps done"),
        Lang::Zh => format!("已完成 {done}/{of} 步"),
    }
}

/// How an answer was.
pub fn verdict(lang: Lang, right: Option<bool>, sure: bool) -> &'static str {
    match (right, sure) {
        (None, _) => lang.either("You left this one out.", "这一题你跳过了。"),
        (Some(true), true) => lang.either("Right, and you were sure.", "答对了，而且你很确定。"),
        (Some(true), false) => lang.either("Right, though you guessed.", "答对了，虽然是猜的。"),
        (Some(false), true) => lang.either(
            "Not so, although you were sure: this one is worth a second look.",
            "不对，而你当时很确定：这一题值得再看一遍。",
        ),
        (Some(false), false) => lang.either("Not so.", "不对。"),
    }
}

/// A lesson's text could not be had.
pub fn not_loaded(lang: Lang, id: &str, reason: &str) -> String {
    match lang {
        Lang::En => format!("Lesson {id} could not be loaded: {reason}. Try again."),
        Lang::Zh => format!("课程 {id} 无法载入：{reason}。请重试。"),
    }
}

/// A lesson's text was had, but cannot be used.
pub fn not_usable(lang: Lang, id: &str, reason: &str) -> String {
    match lang {
        Lang::En => format!("Lesson {id} arrived damaged: {reason}. Try again."),
        Lang::Zh => format!("课程 {id} 的内容已损坏：{reason}。请重试。"),
    }
}

/// A mistake in a lesson file of one's own.
pub fn mistake(lang: Lang, told: &str) -> String {
    match lang {
        Lang::En => {
            let mut words = told.to_owned();
            if let Some(first) = words.get_mut(..1) {
                first.make_ascii_uppercase();
            }
            words
        }
        Lang::Zh => told.to_owned(),
    }
}

/// Kept progress could not be used.
pub fn bad_progress(lang: Lang) -> String {
    lang.either(
        "Your progress in the lessons could not be read.",
        "无法读取你的课程进度。",
    )
    .to_owned()
}

/// What was done with it.
pub fn bad_progress_remedy(lang: Lang, aside: Option<&str>) -> String {
    match (lang, aside) {
        (Lang::En, Some(name)) => {
            format!("It was set aside under the name {name}. Lessons begin without it.")
        }
        (Lang::En, None) => "Lessons begin without it.".into(),
        (Lang::Zh, Some(name)) => format!("它已另存为 {name}。课程从头开始记录。"),
        (Lang::Zh, None) => "课程从头开始记录。".into(),
    }
}
