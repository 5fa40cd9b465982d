//! `gowoa.toml`, read from its bytes. Every fault names its line and column, and what to write instead.
//!
//! The keys are few and all of them are listed in `docs/config.md`; one that is not known is refused, because
//! a mistyped waiver would otherwise waive nothing, or everything.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::STALE_WAIVER;
use super::waiver::{Day, Pattern, Waiver};
use crate::model::Severity;

/// The name of the file.
pub const FILE_NAME: &str = "gowoa.toml";
/// A file of more bytes is none that somebody wrote.
pub const LONGEST: u64 = 1 << 20;
/// Faults of one file that are told.
const FAULTS: usize = 20;

const KEYS: &[&str] = &["fail-on", "baseline", "tags", "waiver"];
const WAIVER_KEYS: &[&str] =
    &["check", "package", "module", "class", "subject", "file", "reason", "expires"];

/// `fail-on`: findings at or above this severity fail the report; absent for `never`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Threshold(pub Option<Severity>);

/// What the file says. What is absent is left to the command line and its defaults.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Config {
    /// `fail-on`.
    pub fail_on: Option<Threshold>,
    /// `baseline`: the path as it is written, meant from the directory of the file.
    pub baseline: Option<String>,
    /// `tags`: build tags.
    pub tags: Vec<String>,
    /// `[[waiver]]`, in order.
    pub waivers: Vec<Waiver>,
}

/// One thing wrong with the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// From 1.
    pub line: u32,
    /// In characters, from 1.
    pub column: u32,
    /// What is wrong.
    pub message: String,
    /// What to write instead.
    pub next: String,
}

/// Reads the file. `checks` are the ids of all checks.
///
/// # Errors
/// Everything that is wrong with it, in order, never empty.
pub fn parse(bytes: &[u8], checks: &[&str]) -> Result<Config, Vec<Fault>> {
    if bytes.len() as u64 > LONGEST {
        let message = format!("the file has more than {} KiB", LONGEST >> 10);
        return Err(vec![fault_at("", 0, message, "keep to what docs/config.md describes")]);
    }
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text.strip_prefix('\u{feff}').unwrap_or(text),
        Err(error) => {
            let good = bytes.get(..error.valid_up_to()).unwrap_or_default();
            let good = String::from_utf8_lossy(good);
            let message = "a byte is not UTF-8";
            return Err(vec![fault_at(&good, good.len(), message, "save the file as UTF-8")]);
        }
    };
    let table = DeTable::parse(text).map_err(|error| {
        let at = error.span().map_or(0, |span| span.start);
        let message = format!("not TOML: {}", one_line(error.message()));
        vec![fault_at(text, at, message, "see https://toml.io, and docs/config.md for an example")]
    })?;
    let mut reader = Reader { text, checks, faults: Vec::new() };
    let config = reader.config(table.get_ref());
    let mut faults = reader.faults;
    if faults.is_empty() {
        return Ok(config);
    }
    faults.sort_by_key(|fault| (fault.line, fault.column));
    faults.truncate(FAULTS);
    Err(faults)
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn fault_at(text: &str, at: usize, message: impl Into<String>, next: impl Into<String>) -> Fault {
    let (line, column) = position(text, at);
    Fault { line, column, message: message.into(), next: next.into() }
}

/// Line and column of a byte of the text, from 1.
fn position(text: &str, at: usize) -> (u32, u32) {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    let before = text.get(..at).unwrap_or_default();
    let line = before.bytes().filter(|byte| *byte == b'\n').count();
    let column = before.chars().rev().take_while(|c| *c != '\n').count();
    let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX).saturating_add(1);
    (number(line), number(column))
}

/// Reads values, and collects what is wrong with them.
struct Reader<'t> {
    text: &'t str,
    checks: &'t [&'t str],
    faults: Vec<Fault>,
}

type Value<'t> = Spanned<DeValue<'t>>;

impl Reader<'_> {
    fn fault(&mut self, span: Range<usize>, message: impl Into<String>, next: impl Into<String>) {
        self.faults.push(fault_at(self.text, span.start, message, next));
    }

    fn config(&mut self, table: &DeTable<'_>) -> Config {
        self.known(table, KEYS, "");
        let mut config = Config::default();
        if let Some(value) = table.get("fail-on") {
            config.fail_on = self.threshold(value);
        }
        if let Some(value) = table.get("baseline") {
            config.baseline = self.text_of("baseline", value, "baseline.json");
        }
        if let Some(value) = table.get("tags") {
            config.tags = self.tags(value);
        }
        if let Some(value) = table.get("waiver") {
            config.waivers = self.waivers(value);
        }
        config
    }

    /// Refuses keys that nobody would read.
    fn known(&mut self, table: &DeTable<'_>, keys: &[&str], of: &str) {
        for key in table.keys().filter(|key| !keys.contains(&key.get_ref().as_ref())) {
            let name = key.get_ref();
            let next = match near(name, keys.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None if of.is_empty() && WAIVER_KEYS.contains(&name.as_ref()) => {
                    "put it below a line [[waiver]]".into()
                }
                None => format!("there are {}", listed(keys)),
            };
            self.fault(key.span(), format!("there is no key `{name}`{of}"), next);
        }
    }

    /// A text that is not empty.
    fn text_of(&mut self, key: &str, value: &Value<'_>, example: &str) -> Option<String> {
        match value.get_ref() {
            DeValue::String(text) if !text.trim().is_empty() => {
                if text.chars().any(char::is_control) && key != "reason" {
                    let message = format!("`{key}` has a control character");
                    self.fault(value.span(), message, "write it on one line of plain text");
                    return None;
                }
                Some(text.trim().to_owned())
            }
            DeValue::String(_) => {
                let next = format!("write {key} = \"{example}\", or leave the line out");
                self.fault(value.span(), format!("`{key}` is empty"), next);
                None
            }
            other => {
                let message = format!("`{key}` is {}, and should be text", kind(other));
                self.fault(value.span(), message, format!("write {key} = \"{example}\""));
                None
            }
        }
    }

    fn threshold(&mut self, value: &Value<'_>) -> Option<Threshold> {
        const WORDS: &[&str] = &["error", "warning", "note", "never"];
        let word = self.text_of("fail-on", value, "error")?;
        match word.as_str() {
            "error" => Some(Threshold(Some(Severity::Error))),
            "warning" => Some(Threshold(Some(Severity::Warning))),
            "note" => Some(Threshold(Some(Severity::Note))),
            "never" => Some(Threshold(None)),
            other => {
                let message = format!("`fail-on` cannot be \"{other}\"");
                self.fault(value.span(), message, format!("choose {}", listed(WORDS)));
                None
            }
        }
    }

    fn tags(&mut self, value: &Value<'_>) -> Vec<String> {
        let example = "write tags = [\"netgo\", \"osusergo\"]";
        let DeValue::Array(items) = value.get_ref() else {
            let message = format!("`tags` is {}, and should be a list", kind(value.get_ref()));
            self.fault(value.span(), message, example);
            return Vec::new();
        };
        let mut tags = Vec::new();
        for item in items.iter() {
            match item.get_ref() {
                // https://pkg.go.dev/cmd/go#hdr-Build_constraints: letters, digits, underscores and dots.
                DeValue::String(tag)
                    if !tag.is_empty()
                        && tag.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '.') =>
                {
                    tags.push(tag.to_string());
                }
                DeValue::String(tag) => {
                    self.fault(item.span(), format!("{tag:?} is not a build tag"), example);
                }
                other => {
                    let message = format!("a build tag is {}, and should be text", kind(other));
                    self.fault(item.span(), message, example);
                }
            }
        }
        tags
    }

    fn waivers(&mut self, value: &Value<'_>) -> Vec<Waiver> {
        let next = "begin each waiver with a line [[waiver]], in two brackets";
        let DeValue::Array(items) = value.get_ref() else {
            let message = format!("`waiver` is {}, and should be a list", kind(value.get_ref()));
            self.fault(value.span(), message, next);
            return Vec::new();
        };
        let mut waivers = Vec::new();
        for item in items.iter() {
            match item.get_ref() {
                DeValue::Table(table) => waivers.extend(self.waiver(item.span(), table)),
                other => {
                    let message = format!("a waiver is {}, and should be a table", kind(other));
                    self.fault(item.span(), message, next);
                }
            }
        }
        waivers
    }

    /// One waiver; none where something is wrong with it.
    fn waiver(&mut self, span: Range<usize>, table: &DeTable<'_>) -> Option<Waiver> {
        let before = self.faults.len();
        self.known(table, WAIVER_KEYS, " of a waiver");
        let check = table.get("check").map(|value| self.check(value));
        let package = table.get("package").and_then(|value| self.package(value));
        let module = table.get("module").and_then(|value| self.module(value));
        let (module, version) = module.map_or((None, None), |(path, v)| (Some(path), v));
        let mut plain = |key: &str, example: &str| {
            table.get(key).and_then(|value| self.text_of(key, value, example))
        };
        let class = plain("class", "undefined-symbol");
        let subject = plain("subject", "image:app.exe");
        let file = plain("file", "raw/raw_windows.go");
        let reason = plain("reason", "who decided it, and why");
        let expires = table.get("expires").and_then(|value| self.day(value));
        match &check {
            None => self.fault(
                span.clone(),
                "the waiver names no check",
                "write check = \"cross-compile\"; `gowoa explain` lists all, \"*\" means every one",
            ),
            Some(Some(None)) if package.is_none() && module.is_none() && subject.is_none() => self
                .fault(
                    span.clone(),
                    "the waiver would waive everything",
                    "name a check, or add package, module or subject",
                ),
            Some(_) => {}
        }
        if !table.contains_key("reason") {
            let next = "write reason = \"…\": who reads this later wants to know why";
            self.fault(span.clone(), "the waiver gives no reason", next);
        }
        let wildcard = |pattern: Option<String>| pattern.map(Pattern::Name);
        let (line, _) = position(self.text, span.start);
        let expires_line = table.get("expires").map(|value| {
            let (line, _) = position(self.text, value.span().start);
            let text = self.text.lines().nth(line as usize - 1).unwrap_or_default();
            (line, text.trim().to_owned())
        });
        (self.faults.len() == before).then_some(())?;
        Some(Waiver {
            check: check??,
            package,
            module,
            version,
            class,
            subject: wildcard(subject),
            file: wildcard(file),
            reason: one_line(&reason?),
            expires,
            line,
            expires_line,
        })
    }

    /// `Some(None)` is every check, `None` a fault.
    #[expect(
        clippy::option_option,
        reason = "every check, one check, and a fault are three things"
    )]
    fn check(&mut self, value: &Value<'_>) -> Option<Option<String>> {
        let id = self.text_of("check", value, "cross-compile")?;
        if id == "*" {
            return Some(None);
        }
        if id == STALE_WAIVER {
            let message = format!("{STALE_WAIVER} cannot be waived");
            self.fault(value.span(), message, "mend or remove the waiver that it speaks of");
            return None;
        }
        if self.checks.contains(&id.as_str()) {
            return Some(Some(id));
        }
        let next = match near(&id, self.checks.iter().copied()) {
            Some(near) => format!("did you mean \"{near}\"? `gowoa explain` lists all"),
            None => "`gowoa explain` lists all checks; \"*\" means every one".into(),
        };
        self.fault(value.span(), format!("there is no check called {id:?}"), next);
        None
    }

    fn package(&mut self, value: &Value<'_>) -> Option<Pattern> {
        let example = "example.com/app/...";
        let text = self.text_of("package", value, example)?;
        self.import_path("package", &text, value, example).then_some(Pattern::Go(text))
    }

    fn module(&mut self, value: &Value<'_>) -> Option<(Pattern, Option<String>)> {
        let example = "github.com/go-ole/go-ole@v1.2.5";
        let text = self.text_of("module", value, example)?;
        let (path, version) = match text.split_once('@') {
            Some((path, version)) => (path.to_owned(), Some(version.to_owned())),
            None => (text, None),
        };
        if version.as_ref().is_some_and(|version| {
            let mut digits = version.strip_prefix('v').unwrap_or_default().chars();
            !digits.next().is_some_and(|c| c.is_ascii_digit()) || version.contains('@')
        }) {
            let message = "what follows the @ of `module` is not a version";
            let next = format!("write module = \"{example}\", or leave the version out");
            self.fault(value.span(), message, next);
            return None;
        }
        self.import_path("module", &path, value, example).then_some((Pattern::Go(path), version))
    }

    /// Whether the text can be a path as Go writes it in an import or in go.mod.
    fn import_path(&mut self, key: &str, text: &str, value: &Value<'_>, example: &str) -> bool {
        let relative =
            text == "." || text == ".." || text.starts_with("./") || text.starts_with("../");
        let message = if relative || text.starts_with('/') || text.contains('\\') {
            format!("`{key}` is a path of the file system, and should be as an import spells it")
        } else if text.is_empty() || text.contains(char::is_whitespace) || text.contains(['*', '@'])
        {
            format!("`{key}` cannot be \"{text}\"")
        } else {
            return true;
        };
        self.fault(
            value.span(),
            message,
            format!("write {key} = \"{example}\"; ... stands for any text"),
        );
        false
    }

    fn day(&mut self, value: &Value<'_>) -> Option<Day> {
        let day = match value.get_ref() {
            DeValue::String(text) => Day::parse(text),
            DeValue::Datetime(when) if when.time.is_none() && when.offset.is_none() => {
                when.date.and_then(|date| Day::new(date.year.into(), date.month, date.day))
            }
            _ => None,
        };
        if day.is_none() {
            let message = "`expires` is not a day of the calendar";
            let next =
                "write expires = \"2027-01-31\": the last day on which the waiver holds, in UTC";
            self.fault(value.span(), message, next);
        }
        day
    }
}

/// What a value is, with its article.
fn kind(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "text",
        DeValue::Integer(_) | DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}

/// `a, b and c`.
fn listed(words: &[&str]) -> String {
    match words.split_last() {
        Some((last, head)) if !head.is_empty() => format!("{} and {last}", head.join(", ")),
        _ => words.concat(),
    }
}

/// The word that was probably meant: the one with the fewest letters to change, at most a third of them.
fn near<'w>(word: &str, words: impl Iterator<Item = &'w str>) -> Option<&'w str> {
    /// Longer words are nobody's typing error, and the search is quadratic.
    const LONGEST_WORD: usize = 64;
    if word.len() > LONGEST_WORD {
        return None;
    }
    let plain = |word: &str| word.to_lowercase().replace('_', "-");
    let word = plain(word);
    let best = words.map(|known| (changes(&word, &plain(known)), known)).min()?;
    (best.0 <= 1 + best.1.len() / 4).then_some(best.1)
}

/// Letters to insert, remove or replace to get from one word to the other (Levenshtein).
fn changes(from: &str, to: &str) -> usize {
    let to: Vec<char> = to.chars().collect();
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (i, a) in from.chars().enumerate() {
        let mut next = vec![i + 1];
        for ((b, diagonal), above) in to.iter().zip(&row).zip(row.iter().skip(1)) {
            let left = next.last().copied().unwrap_or_default();
            next.push((diagonal + usize::from(a != *b)).min(above + 1).min(left + 1));
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests;
