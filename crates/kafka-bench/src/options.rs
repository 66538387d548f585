//! The arguments of a bench: a name and `--option number` pairs.

/// Parsed arguments.
pub(crate) struct Options {
    pub name: String,
    pairs: Vec<(String, String)>,
}

impl Options {
    /// Reads the name and the pairs.
    pub fn parse(args: &[String]) -> Result<Options, String> {
        let (name, rest) = args
            .split_first()
            .ok_or_else(|| format!("which bench? {}", crate::BENCHES))?;
        let mut pairs = Vec::new();
        for pair in rest.chunks(2) {
            match pair {
                [option, value] if option.starts_with("--") => {
                    pairs.push((option[2..].to_owned(), value.clone()));
                }
                [option, ..] => return Err(format!("`{option}`: options are `--name number`")),
                [] => {}
            }
        }
        Ok(Options {
            name: name.clone(),
            pairs,
        })
    }

    /// An option's text.
    pub fn text(&self, name: &str) -> Option<&str> {
        let found = self.pairs.iter().find(|(option, _)| option == name);
        found.map(|(_, value)| value.as_str())
    }

    /// An option's number.
    pub fn number(&self, name: &str) -> Result<Option<u64>, String> {
        let Some(text) = self.text(name) else {
            return Ok(None);
        };
        match text.parse() {
            Ok(number) => Ok(Some(number)),
            Err(_) => Err(format!("--{name} {text}: a whole number is needed")),
        }
    }
}
