//! Text to expression, with types: what has no meaning is refused where it stands.

use crate::accessors::{GETS, GetRow, ROOTS, RootRow};
use crate::cursor::{Cursor, span};
use crate::error::{LessonError, Problem};
use crate::expr::{Binary, Each, Expr, Literal, Type, Watch};

/// Deepest nesting.
const DEPTH_MAX: u32 = 32;

const EACH: [(&str, Each); 4] = [
    ("any", Each::Any),
    ("all", Each::All),
    ("count", Each::Count),
    ("sum", Each::Sum),
];
const WATCH: [(&str, Watch); 4] = [
    ("before", Watch::Before),
    ("lowest", Watch::Lowest),
    ("highest", Watch::Highest),
    ("spent", Watch::Spent),
];
/// Operators by how tightly they bind.
const LEVELS: [&[(&str, Binary)]; 5] = [
    &[("or", Binary::Or)],
    &[("and", Binary::And)],
    &[
        ("!=", Binary::Differs),
        ("<=", Binary::AtMost),
        (">=", Binary::AtLeast),
        ("=", Binary::Equal),
        ("<", Binary::Less),
        (">", Binary::More),
        ("contains", Binary::Contains),
    ],
    &[("+", Binary::Plus), ("-", Binary::Minus)],
    &[("*", Binary::Times), ("/", Binary::Over)],
];

/// An expression and its type.
type Typed = (Expr, Type);

pub(crate) struct Reader<'a> {
    pub(crate) line: &'a mut Cursor,
    /// Whether a step may be looked at as a whole.
    pub(crate) in_question: bool,
    variables: Vec<(String, Type)>,
    depth: u32,
}

/// Reads the expression that begins here; what cannot belong to it is left.
pub(crate) fn read(line: &mut Cursor, in_question: bool) -> Result<Typed, LessonError> {
    let mut reader = Reader {
        line,
        in_question,
        variables: Vec::new(),
        depth: 0,
    };
    let column = reader.line.column();
    let (expr, is) = reader.level(0)?;
    if !is.is_value() {
        return Err(reader
            .line
            .error_at(column, Problem::WrongType(is.name(), "a value")));
    }
    Ok((expr, is))
}

/// Reads an expression that must be of a type.
pub(crate) fn read_as(
    line: &mut Cursor,
    in_question: bool,
    wanted: Type,
) -> Result<Expr, LessonError> {
    let column = line.column();
    let (expr, is) = read(line, in_question)?;
    if is.fits(wanted) {
        Ok(expr)
    } else {
        Err(line.error_at(column, Problem::WrongType(is.name(), wanted.name())))
    }
}

impl Reader<'_> {
    fn level(&mut self, level: usize) -> Result<Typed, LessonError> {
        let Some(operators) = LEVELS.get(level) else {
            return self.unary();
        };
        self.depth += 1;
        if self.depth > DEPTH_MAX * LEVELS.len() as u32 {
            return Err(self.line.error(Problem::TooDeep));
        }
        let column = self.line.column();
        let mut left = self.level(level + 1)?;
        while let Some(operator) = self.operator(operators) {
            let right_column = self.line.column();
            let right = self.level(level + 1)?;
            left = self.combine(operator, (left, column), (right, right_column))?;
        }
        self.depth -= 1;
        Ok(left)
    }

    fn operator(&mut self, operators: &[(&str, Binary)]) -> Option<Binary> {
        for (sign, operator) in operators {
            let mut ahead = self.line.clone();
            let found = sign.chars().all(|c| ahead.take() == Some(c));
            let is_word = sign.starts_with(char::is_alphabetic);
            if found && !(is_word && ahead.peek().is_some_and(is_name)) {
                ahead.blanks();
                *self.line = ahead;
                return Some(*operator);
            }
        }
        None
    }

    fn combine(
        &self,
        operator: Binary,
        ((left, left_type), left_column): (Typed, usize),
        ((right, right_type), right_column): (Typed, usize),
    ) -> Result<Typed, LessonError> {
        use Binary::*;
        let wrong = |column, is: Type, wanted: Type| {
            self.line
                .error_at(column, Problem::WrongType(is.name(), wanted.name()))
        };
        let both = |wanted: Type| {
            if !left_type.fits(wanted) {
                return Err(wrong(left_column, left_type, wanted));
            }
            if !right_type.fits(wanted) {
                return Err(wrong(right_column, right_type, wanted));
            }
            Ok(())
        };
        let gives = match operator {
            Or | And => both(Type::Bool).map(|()| Type::Bool)?,
            Equal | Differs => {
                both(if left_type.is_value() {
                    left_type
                } else {
                    Type::Any
                })?;
                Type::Bool
            }
            Contains => {
                let Some(element) = left_type.element().filter(|e| e.is_value()) else {
                    return Err(wrong(left_column, left_type, Type::Texts));
                };
                if !right_type.fits(element) {
                    return Err(wrong(right_column, right_type, element));
                }
                Type::Bool
            }
            Less | AtMost | More | AtLeast | Plus | Minus => {
                let is_span = left_type == Type::Span || right_type == Type::Span;
                let measure = if is_span { Type::Span } else { Type::Number };
                both(measure)?;
                match operator {
                    Plus | Minus => measure,
                    _ => Type::Bool,
                }
            }
            Times | Over => {
                if left_type != Type::Span {
                    both(Type::Number)?;
                } else if !right_type.fits(Type::Number) {
                    return Err(wrong(right_column, right_type, Type::Number));
                }
                left_type
            }
        };
        Ok((Expr::Binary(operator, left.into(), right.into()), gives))
    }

    fn unary(&mut self) -> Result<Typed, LessonError> {
        if self.operator(&[("not", Binary::And)]).is_some() {
            return Ok((Expr::Not(self.want(Type::Bool)?.into()), Type::Bool));
        }
        if self.operator(&[("-", Binary::Minus)]).is_some() {
            return Ok((
                Expr::Negative(self.want(Type::Number)?.into()),
                Type::Number,
            ));
        }
        let mut value = self.primary()?;
        while self.line.peek() == Some('.') {
            self.line.take();
            value = self.get(value)?;
        }
        self.line.blanks();
        Ok(value)
    }

    /// A unary expression of a type.
    fn want(&mut self, wanted: Type) -> Result<Expr, LessonError> {
        let column = self.line.column();
        self.depth += 1;
        if self.depth > DEPTH_MAX * LEVELS.len() as u32 {
            return Err(self.line.error(Problem::TooDeep));
        }
        let (expr, is) = self.unary()?;
        self.depth -= 1;
        self.check(column, is, wanted)?;
        Ok(expr)
    }

    fn check(&self, column: usize, is: Type, wanted: Type) -> Result<(), LessonError> {
        if is.fits(wanted) {
            return Ok(());
        }
        let problem = Problem::WrongType(is.name(), wanted.name());
        Err(self.line.error_at(column, problem))
    }

    fn primary(&mut self) -> Result<Typed, LessonError> {
        match self.line.peek() {
            None => Err(self.line.error(Problem::OpenExpression)),
            Some('(') => {
                self.line.take();
                self.line.blanks();
                let inner = self.level(0)?;
                self.close(')')?;
                Ok(inner)
            }
            Some('[') => self.list(),
            Some('"') => {
                let text = self.line.quoted("a text")?;
                Ok((Expr::Literal(Literal::Text(text)), Type::Text))
            }
            Some(c) if c.is_ascii_digit() => self.number(),
            Some(c) if is_name(c) => self.named(),
            Some(c) => Err(self.line.error(Problem::Unexpected(c.to_string()))),
        }
    }

    fn list(&mut self) -> Result<Typed, LessonError> {
        self.line.take();
        self.line.blanks();
        let (mut all, mut gives) = (Vec::new(), Type::Numbers);
        while self.line.peek() != Some(']') {
            let column = self.line.column();
            let (element, is) = self.level(0)?;
            if all.is_empty() && is == Type::Text {
                gives = Type::Texts;
            }
            self.check(column, is, gives.element().unwrap_or(Type::Number))?;
            all.push(element);
            if self.line.peek() != Some(',') {
                break;
            }
            self.line.take();
            self.line.blanks();
        }
        self.close(']')?;
        Ok((Expr::List(all), gives))
    }

    fn close(&mut self, bracket: char) -> Result<(), LessonError> {
        if self.line.peek() == Some(bracket) {
            self.line.take();
            // A dot may follow at once; blanks end the expression's part.
            if self.line.peek() != Some('.') {
                self.line.blanks();
            }
            return Ok(());
        }
        let what = if bracket == ')' { "`)`" } else { "`]`" };
        Err(self.line.error(Problem::Missing(what)))
    }

    fn number(&mut self) -> Result<Typed, LessonError> {
        let column = self.line.column();
        let mut text = String::new();
        while let Some(c) = self.line.peek() {
            let fraction = c == '.' && self.line.peek_after().is_some_and(|c| c.is_ascii_digit());
            if !c.is_ascii_alphanumeric() && !fraction {
                break;
            }
            text.push(c);
            self.line.take();
        }
        self.line.blanks();
        if let Some(us) = span(&text) {
            return Ok((Expr::Literal(Literal::Span(us)), Type::Span));
        }
        match text.parse::<i64>() {
            Ok(number) => Ok((Expr::Literal(Literal::Number(number)), Type::Number)),
            Err(_) => Err(self.line.error_at(column, Problem::NotANumber(text))),
        }
    }

    fn name(&mut self) -> String {
        let mut name = String::new();
        while let Some(c) = self.line.peek().filter(|c| is_name(*c)) {
            name.push(c);
            self.line.take();
        }
        name
    }

    fn named(&mut self) -> Result<Typed, LessonError> {
        let column = self.line.column();
        let name = self.name();
        let literal = match name.as_str() {
            "true" => Some((Literal::Bool(true), Type::Bool)),
            "false" => Some((Literal::Bool(false), Type::Bool)),
            "none" => Some((Literal::None, Type::Any)),
            "varies" => Some((Literal::Varies, Type::Any)),
            "later" => Some((Literal::Later, Type::Any)),
            _ => None,
        };
        if let Some((literal, is)) = literal {
            return Ok((Expr::Literal(literal), is));
        }
        if let Some((_, is)) = self.variables.iter().rev().find(|(v, _)| *v == name) {
            return Ok((Expr::Variable(name), *is));
        }
        if let Some((_, each)) = EACH.iter().find(|(word, _)| *word == name) {
            return self.each(*each);
        }
        if let Some((_, watch)) = WATCH.iter().find(|(word, _)| *word == name) {
            return self.watch(*watch, name, column);
        }
        match name.as_str() {
            "if" => self.choice(),
            "round" => {
                self.open("round(value, step)")?;
                let (value, is) = self.level(0)?;
                self.comma("round(value, step)")?;
                let (step, step_is) = self.level(0)?;
                self.check(column, step_is, is)?;
                self.close(')')?;
                Ok((Expr::Round(value.into(), step.into()), is))
            }
            _ => self.root(&name, column),
        }
    }

    fn open(&mut self, form: &str) -> Result<(), LessonError> {
        if self.line.peek() != Some('(') {
            return Err(self.line.error(Problem::Arity(form.to_owned())));
        }
        self.line.take();
        self.line.blanks();
        Ok(())
    }

    fn comma(&mut self, form: &str) -> Result<(), LessonError> {
        if self.line.peek() != Some(',') {
            return Err(self.line.error(Problem::Arity(form.to_owned())));
        }
        self.line.take();
        self.line.blanks();
        Ok(())
    }

    fn each(&mut self, each: Each) -> Result<Typed, LessonError> {
        let form = "any(x in list, condition)";
        self.open(form)?;
        let variable = self.name();
        self.line.blanks();
        if variable.is_empty() || self.name() != "in" {
            return Err(self.line.error(Problem::Arity(form.to_owned())));
        }
        self.line.blanks();
        let column = self.line.column();
        let (list, is) = self.level(0)?;
        let Some(element) = is.element() else {
            let problem = Problem::WrongType(is.name(), "a list");
            return Err(self.line.error_at(column, problem));
        };
        self.comma(form)?;
        self.variables.push((variable.clone(), element));
        let column = self.line.column();
        let (body, is) = self.level(0)?;
        self.variables.pop();
        let wanted = if each == Each::Sum {
            Type::Number
        } else {
            Type::Bool
        };
        self.check(column, is, wanted)?;
        self.close(')')?;
        let gives = match each {
            Each::Any | Each::All => Type::Bool,
            Each::Count | Each::Sum => Type::Number,
        };
        Ok((Expr::Each(each, variable, list.into(), body.into()), gives))
    }

    fn watch(&mut self, watch: Watch, name: String, column: usize) -> Result<Typed, LessonError> {
        if !self.in_question || !self.variables.is_empty() {
            let problem = Problem::OnlyInQuestions(name);
            return Err(self.line.error_at(column, problem));
        }
        self.open("before(value)")?;
        let column = self.line.column();
        let (inner, is) = self.level(0)?;
        self.close(')')?;
        let gives = match watch {
            Watch::Before => is,
            Watch::Lowest | Watch::Highest => {
                self.check(column, is, Type::Number)?;
                Type::Number
            }
            Watch::Spent => {
                self.check(column, is, Type::Bool)?;
                Type::Span
            }
        };
        Ok((Expr::Watch(watch, inner.into()), gives))
    }

    fn choice(&mut self) -> Result<Typed, LessonError> {
        let form = "if(condition, value, value)";
        self.open(form)?;
        let column = self.line.column();
        let (condition, is) = self.level(0)?;
        self.check(column, is, Type::Bool)?;
        self.comma(form)?;
        let (yes, yes_type) = self.level(0)?;
        self.comma(form)?;
        let column = self.line.column();
        let (no, no_type) = self.level(0)?;
        self.check(column, no_type, yes_type)?;
        self.close(')')?;
        let gives = if yes_type == Type::Any {
            no_type
        } else {
            yes_type
        };
        Ok((Expr::If(condition.into(), yes.into(), no.into()), gives))
    }

    fn root(&mut self, name: &str, column: usize) -> Result<Typed, LessonError> {
        let rows: Vec<&RootRow> = ROOTS.iter().filter(|row| row.name == name).collect();
        if rows.is_empty() {
            let near = nearest(name, ROOTS.iter().map(|row| row.name));
            let mut known: Vec<&str> = ROOTS.iter().map(|row| row.form).collect();
            known.dedup();
            let problem = Problem::UnknownAccessor(name.to_owned(), near, known.join(", "));
            return Err(self.line.error_at(column, problem));
        }
        let forms: Vec<&str> = rows.iter().map(|row| row.form).collect();
        let wanted: Vec<&[Type]> = rows.iter().map(|row| row.args).collect();
        let (number, args) = self.arguments(column, &forms, &wanted)?;
        Ok((Expr::Root(rows[number].root, args), rows[number].gives))
    }

    fn get(&mut self, (of, is): Typed) -> Result<Typed, LessonError> {
        let column = self.line.column();
        let name = self.name();
        let here = || GETS.iter().filter(|row| row.of == is);
        let rows: Vec<&GetRow> = here().filter(|row| row.name == name).collect();
        if rows.is_empty() {
            let near = nearest(&name, here().map(|row| row.name));
            let known: Vec<&str> = here().map(|row| row.form).collect();
            let problem = Problem::UnknownAccessor(name, near, known.join(", "));
            return Err(self.line.error_at(column, problem));
        }
        let forms: Vec<&str> = rows.iter().map(|row| row.form).collect();
        let wanted: Vec<&[Type]> = rows.iter().map(|row| row.args).collect();
        let (number, args) = self.arguments(column, &forms, &wanted)?;
        Ok((
            Expr::Get(of.into(), rows[number].get, args),
            rows[number].gives,
        ))
    }

    /// The arguments, and the number of the form they fit.
    fn arguments(
        &mut self,
        column: usize,
        forms: &[&str],
        wanted: &[&[Type]],
    ) -> Result<(usize, Vec<Expr>), LessonError> {
        let mut args = Vec::new();
        if self.line.peek() == Some('(') {
            self.line.take();
            self.line.blanks();
            while self.line.peek() != Some(')') {
                let at = self.line.column();
                let (arg, is) = self.level(0)?;
                args.push((arg, is, at));
                if self.line.peek() != Some(',') {
                    break;
                }
                self.line.take();
                self.line.blanks();
            }
            self.close(')')?;
        } else if self.line.peek() != Some('.') {
            self.line.blanks();
        }
        let fits = wanted.iter().position(|types| types.len() == args.len());
        let Some(number) = fits else {
            let problem = Problem::Arity(forms.join(" or "));
            return Err(self.line.error_at(column, problem));
        };
        let mut exprs = Vec::with_capacity(args.len());
        for ((arg, is, at), wanted) in args.into_iter().zip(wanted[number]) {
            self.check(at, is, *wanted)?;
            exprs.push(arg);
        }
        Ok((number, exprs))
    }
}

fn is_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

/// The known name that shares the longest beginning with a mistyped one.
fn nearest(word: &str, known: impl Iterator<Item = &'static str>) -> Option<&'static str> {
    let shared = |name: &str| {
        let pairs = name.chars().zip(word.chars());
        pairs.take_while(|(a, b)| a.eq_ignore_ascii_case(b)).count()
    };
    known
        .map(|name| (shared(name), name))
        .max_by_key(|(length, _)| *length)
        .filter(|(length, _)| *length >= 2)
        .map(|(_, name)| name)
}
