//! What is wrong with a lesson file, where, and what to do.

use std::fmt;

use crate::text::Lang;

/// A mistake in a lesson's text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LessonError {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// What is wrong.
    pub problem: Problem,
}

/// Kinds of mistakes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Problem {
    /// The file is longer than a lesson may be (bytes).
    TooLong(usize),
    /// The first line must be `lesson 1 ID`.
    NoHeader,
    /// This version is not known.
    UnknownVersion(String),
    /// A line begins with a word that has no meaning here; what may stand here.
    UnknownWord(String, &'static str),
    /// Something is missing: what it must be.
    Missing(&'static str),
    /// A part of the lesson is missing: its keyword.
    MissingPart(&'static str),
    /// A text has no version in this language.
    MissingTranslation(Lang),
    /// The same part stands twice.
    Twice(String),
    /// One word too many.
    Unexpected(String),
    /// A quote is never closed.
    OpenQuote,
    /// Not a whole number in range.
    NotANumber(String),
    /// Not a span like `5s`, `200ms`.
    NotASpan(String),
    /// A value that is not possible here; what is.
    BadValue(String, &'static str),
    /// The text to leave blank is not part of the command.
    NotInLine(String),
    /// A question needs options: how many there are, how few there may be.
    FewOptions(usize, usize),
    /// Not exactly one option is the golden one.
    Golden(usize),
    /// A step with questions must let time pass before they are answered.
    NoTime,
    /// No accessor of this name here; the nearest one, and what there is.
    UnknownAccessor(String, Option<&'static str>, String),
    /// An accessor got another number of arguments: its form.
    Arity(String),
    /// An expression of another type: what it is, what is wanted.
    WrongType(&'static str, &'static str),
    /// An expression ends too early.
    OpenExpression,
    /// Expressions stand too deep in each other.
    TooDeep,
    /// `before`, `lowest`, `highest`, `spent` outside a question.
    OnlyInQuestions(String),
}

impl LessonError {
    /// The mistake in words, with place and remedy.
    pub fn text(&self, lang: Lang) -> String {
        let (line, column) = (self.line, self.column);
        match lang {
            Lang::En => format!("line {line}, column {column}: {}", self.problem),
            Lang::Zh => format!("第 {line} 行第 {column} 列：{}", self.problem.chinese()),
        }
    }
}

impl fmt::Display for LessonError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text(Lang::En))
    }
}

impl std::error::Error for LessonError {}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Problem::TooLong(most) => write!(f, "the lesson is longer than {most} bytes; split it"),
            Problem::NoHeader => write!(f, "a lesson begins with `lesson 1 L01`; add that line"),
            Problem::UnknownVersion(v) => {
                write!(
                    f,
                    "version {v} is not known here; this program reads `lesson 1`"
                )
            }
            Problem::UnknownWord(word, known) => {
                write!(f, "`{word}` has no meaning here; write one of: {known}")
            }
            Problem::Missing(what) => write!(f, "{what} is missing here"),
            Problem::MissingPart(part) => write!(f, "there is no `{part}`; add it"),
            Problem::MissingTranslation(Lang::En) => {
                write!(f, "the English text is missing; add en \"...\"")
            }
            Problem::MissingTranslation(Lang::Zh) => {
                write!(f, "the Chinese text is missing; add zh \"...\"")
            }
            Problem::Twice(part) => write!(f, "`{part}` stands here a second time; remove one"),
            Problem::Unexpected(word) => write!(f, "`{word}` is not expected here; remove it"),
            Problem::OpenQuote => write!(f, "the quote opened here is never closed; add a \""),
            Problem::NotANumber(word) => write!(f, "`{word}` is not a whole number in range"),
            Problem::NotASpan(word) => {
                write!(f, "`{word}` is not a span of time; write 5s or 200ms")
            }
            Problem::BadValue(value, known) => {
                write!(f, "`{value}` is not possible here; write {known}")
            }
            Problem::NotInLine(part) => {
                write!(
                    f,
                    "`{part}` is not a part of the command; blank a part of it"
                )
            }
            Problem::FewOptions(are, least) => {
                write!(f, "the question has {are} options; give at least {least}")
            }
            Problem::Golden(are) => {
                write!(
                    f,
                    "{are} options are golden; mark exactly one with `golden`"
                )
            }
            Problem::NoTime => write!(
                f,
                "nothing happens before the questions of this step are answered; end its acts with `run`, `until` or `quiet`"
            ),
            Problem::UnknownAccessor(name, Some(near), _) => {
                write!(f, "there is no `{name}` here; did you mean `{near}`?")
            }
            Problem::UnknownAccessor(name, None, known) => {
                write!(f, "there is no `{name}` here; there are {known}")
            }
            Problem::Arity(form) => write!(f, "the arguments do not fit; write {form}"),
            Problem::WrongType(is, wanted) => {
                write!(f, "this is {is}, and {wanted} is needed here")
            }
            Problem::OpenExpression => {
                write!(f, "the expression ends here too early; a value is missing")
            }
            Problem::TooDeep => {
                write!(
                    f,
                    "the expression is nested too deep; say it in fewer steps"
                )
            }
            Problem::OnlyInQuestions(name) => write!(
                f,
                "`{name}` looks at what a step does and stands only in questions; move it there"
            ),
        }
    }
}

impl Problem {
    fn chinese(&self) -> String {
        match self {
            Problem::TooLong(most) => format!("课程超过 {most} 字节；请拆分"),
            Problem::NoHeader => "课程以 `lesson 1 L01` 开头；请加上这一行".into(),
            Problem::UnknownVersion(v) => format!("不认识版本 {v}；本程序读取 `lesson 1`"),
            Problem::UnknownWord(word, known) => {
                format!("`{word}` 在这里没有意义；可以写：{known}")
            }
            Problem::Missing(what) => format!("这里缺少 {what}"),
            Problem::MissingPart(part) => format!("没有 `{part}`；请补上"),
            Problem::MissingTranslation(Lang::En) => "缺少英文；请加上 en \"...\"".into(),
            Problem::MissingTranslation(Lang::Zh) => "缺少中文；请加上 zh \"...\"".into(),
            Problem::Twice(part) => format!("`{part}` 在这里出现了第二次；请删去一个"),
            Problem::Unexpected(word) => format!("这里不应出现 `{word}`；请删去"),
            Problem::OpenQuote => "这里的引号没有闭合；请补上 \"".into(),
            Problem::NotANumber(word) => format!("`{word}` 不是范围内的整数"),
            Problem::NotASpan(word) => format!("`{word}` 不是时间长度；请写 5s 或 200ms"),
            Problem::BadValue(value, known) => format!("这里不能写 `{value}`；请写 {known}"),
            Problem::NotInLine(part) => format!("命令里没有 `{part}`；请留空命令的一部分"),
            Problem::FewOptions(are, least) => format!("问题有 {are} 个选项；至少要 {least} 个"),
            Problem::Golden(are) => format!("有 {are} 个选项标了 `golden`；应当恰好一个"),
            Problem::NoTime => {
                "回答问题之前什么也没发生；请用 `run`、`until` 或 `quiet` 结束这一步".into()
            }
            Problem::UnknownAccessor(name, Some(near), _) => {
                format!("这里没有 `{name}`；是不是 `{near}`？")
            }
            Problem::UnknownAccessor(name, None, known) => {
                format!("这里没有 `{name}`；可以写 {known}")
            }
            Problem::Arity(form) => format!("参数不合适；请写 {form}"),
            Problem::WrongType(is, wanted) => format!("这里需要 {wanted}，写的却是 {is}"),
            Problem::OpenExpression => "表达式在这里过早结束；缺少一个值".into(),
            Problem::TooDeep => "表达式嵌套太深；请写得简单些".into(),
            Problem::OnlyInQuestions(name) => {
                format!("`{name}` 看的是一步之内发生的事，只能用在问题里")
            }
        }
    }
}
