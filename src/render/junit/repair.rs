//! The pass over the XML of the JUnit crate: adds what the crate leaves out and writes what it gets
//! wrong in the form that readers and schemas want.
//!
//! | the crate writes | readers want |
//! |---|---|
//! | no `skipped`, no `line`, no properties, no totals at the root | all of them |
//! | times as bare floating point, `1.357456789` | seconds with three decimals |
//! | RFC 3339 timestamps with nanoseconds and zone | seconds, no zone |
//! | a `type` on skipped cases | none |
//! | CDATA sections | escaped text, which every parser gives back in one piece |

use std::borrow::Cow;

use quick_xml::events::attributes::Attribute;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};
use quick_xml::name::QName;
use quick_xml::{Reader, Writer};

use super::{Dialect, clean};

/// What the crate has no place for, suite by suite and case by case in the order of the document.
pub(super) struct Extras {
    /// When the run began, in the form of the file.
    pub(super) timestamp: String,
    pub(super) suites: Vec<SuiteExtras>,
}

/// What the crate has no place for in a suite.
pub(super) struct SuiteExtras {
    /// Wall time in milliseconds.
    pub(super) time_ms: u64,
    /// How many of its cases are skipped.
    pub(super) skipped: usize,
    pub(super) properties: Vec<(&'static str, String)>,
    pub(super) cases: Vec<CaseExtras>,
}

/// What the crate has no place for in a case.
pub(super) struct CaseExtras {
    pub(super) line: Option<u32>,
    pub(super) properties: Vec<(&'static str, String)>,
}

/// Writes the document again, completed. The error says what was not expected.
pub(super) fn repair(xml: &str, extras: &Extras, dialect: Dialect) -> Result<String, String> {
    let totals = Totals::of(xml, extras)?;
    let mut pass = Pass {
        out: Writer::new_with_indent(Vec::with_capacity(xml.len() + xml.len() / 2), b' ', 2),
        extras,
        dialect,
        totals,
        suites: 0,
        cases: 0,
        leaf: None,
    };
    let mut reader = Reader::from_str(xml);
    loop {
        match reader.read_event().map_err(|e| e.to_string())? {
            Event::Decl(_) => {
                pass.write(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?
            }
            Event::Start(element) => pass.start(&element, false)?,
            Event::Empty(element) => pass.start(&element, true)?,
            Event::End(element) => pass.end(&element)?,
            Event::CData(data) => pass.text(&data.xml10_content())?,
            Event::Text(text) => pass.text(&text.xml10_content())?,
            Event::Eof => break,
            other => return Err(format!("unexpected {other:?}")),
        }
    }
    let mut out = pass.out.into_inner();
    out.push(b'\n');
    String::from_utf8(out).map_err(|e| e.to_string())
}

/// `12.345`: no exponent, no thousands separator, three decimals, whatever the size.
pub(super) fn seconds(milliseconds: u64) -> String {
    format!("{}.{:03}", milliseconds / 1000, milliseconds % 1000)
}

/// The pass under way.
struct Pass<'a> {
    out: Writer<Vec<u8>>,
    extras: &'a Extras,
    dialect: Dialect,
    totals: Totals,
    /// Suites begun.
    suites: usize,
    /// Cases begun in the current suite.
    cases: usize,
    /// The element that holds text, and its text so far.
    leaf: Option<(BytesStart<'static>, String)>,
}

impl Pass<'_> {
    fn write(&mut self, event: Event<'_>) -> Result<(), String> {
        self.out.write_event(event).map_err(|e| e.to_string())
    }

    fn start(&mut self, element: &BytesStart<'_>, empty: bool) -> Result<(), String> {
        match element.name().0 {
            "testsuites" => {
                let root = self.root();
                self.write(if empty { Event::Empty(root) } else { Event::Start(root) })
            }
            "testsuite" => self.suite(element, empty),
            "testcase" => self.case(element, empty),
            "failure" | "error" | "skipped" | "system-out" | "system-err" => {
                let mut leaf = BytesStart::new(element.name().0.to_owned());
                for (key, value) in attributes(element)? {
                    // windyroad: a skipped case has no type, and the word would say nothing.
                    if !(element.name().0 == "skipped" && key == "type") {
                        push(&mut leaf, &key, &value);
                    }
                }
                self.leaf = Some((leaf, String::new()));
                if empty { self.leaf_done() } else { Ok(()) }
            }
            other => Err(format!("unexpected element {other}")),
        }
    }

    /// Strict: windyroad's root has no attribute at all.
    fn root(&self) -> BytesStart<'static> {
        let mut root = BytesStart::new("testsuites");
        if self.dialect == Dialect::Rich {
            let totals = &self.totals;
            push(&mut root, "name", "gowoa");
            push(&mut root, "tests", &totals.tests.to_string());
            push(&mut root, "failures", &totals.failures.to_string());
            push(&mut root, "errors", &totals.errors.to_string());
            push(&mut root, "skipped", &totals.skipped.to_string());
            push(&mut root, "time", &seconds(totals.time_ms));
            push(&mut root, "timestamp", &self.extras.timestamp);
        }
        root
    }

    fn suite(&mut self, element: &BytesStart<'_>, empty: bool) -> Result<(), String> {
        let extras = self.extras;
        let suite = extras.suites.get(self.suites).ok_or("more suites than expected")?;
        self.suites += 1;
        self.cases = 0;
        let mut start = BytesStart::new("testsuite");
        for (key, value) in attributes(element)? {
            let value = match key.as_str() {
                "time" => seconds(suite.time_ms),
                "timestamp" => extras.timestamp.clone(),
                _ => value,
            };
            push(&mut start, &key, &value);
        }
        push(&mut start, "skipped", &suite.skipped.to_string());
        self.write(Event::Start(start))?;
        self.properties(&suite.properties)?;
        if empty { self.write(Event::End(BytesEnd::new("testsuite"))) } else { Ok(()) }
    }

    fn case(&mut self, element: &BytesStart<'_>, empty: bool) -> Result<(), String> {
        let extras = self.extras;
        let suite = self.suites.checked_sub(1).and_then(|i| extras.suites.get(i));
        let case = suite
            .and_then(|suite| suite.cases.get(self.cases))
            .ok_or("more cases than expected")?;
        self.cases += 1;
        let mut start = BytesStart::new("testcase");
        for (key, value) in attributes(element)? {
            let value = if key == "time" { rounded(&value)? } else { value };
            push(&mut start, &key, &value);
        }
        if let Some(line) = case.line {
            push(&mut start, "line", &line.to_string());
        }
        if empty && case.properties.is_empty() {
            return self.write(Event::Empty(start));
        }
        self.write(Event::Start(start))?;
        if !case.properties.is_empty() {
            self.properties(&case.properties)?;
        }
        if empty { self.write(Event::End(BytesEnd::new("testcase"))) } else { Ok(()) }
    }

    fn properties(&mut self, list: &[(&'static str, String)]) -> Result<(), String> {
        self.write(Event::Start(BytesStart::new("properties")))?;
        for (name, value) in list {
            let mut property = BytesStart::new("property");
            push(&mut property, "name", name);
            push(&mut property, "value", value);
            self.write(Event::Empty(property))?;
        }
        self.write(Event::End(BytesEnd::new("properties")))
    }

    fn text(&mut self, text: &str) -> Result<(), String> {
        match &mut self.leaf {
            Some((_, so_far)) => so_far.push_str(text),
            None if text.trim().is_empty() => {}
            None => return Err("text outside of an element that holds text".to_owned()),
        }
        Ok(())
    }

    fn end(&mut self, element: &BytesEnd<'_>) -> Result<(), String> {
        if self.leaf.is_some() {
            return self.leaf_done();
        }
        self.write(Event::End(BytesEnd::new(element.name().0.to_owned())))
    }

    fn leaf_done(&mut self) -> Result<(), String> {
        let Some((start, text)) = self.leaf.take() else { return Ok(()) };
        if text.is_empty() {
            return self.write(Event::Empty(start));
        }
        let end = start.to_end().into_owned();
        self.write(Event::Start(start))?;
        self.write(Event::Text(BytesText::from_escaped(clean::escape(&text))))?;
        self.write(Event::End(end))
    }
}

/// What the suites add up to.
#[derive(Default)]
struct Totals {
    tests: usize,
    failures: usize,
    errors: usize,
    skipped: usize,
    time_ms: u64,
}

impl Totals {
    /// Adds up the counts that the crate wrote on its suites, and what it left out.
    fn of(xml: &str, extras: &Extras) -> Result<Self, String> {
        let mut totals = Self::default();
        let mut reader = Reader::from_str(xml);
        loop {
            match reader.read_event().map_err(|e| e.to_string())? {
                Event::Start(e) | Event::Empty(e) if e.name().0 == "testsuite" => {
                    for (key, value) in attributes(&e)? {
                        let number = || value.parse::<usize>().map_err(|e| format!("{key}: {e}"));
                        match key.as_str() {
                            "tests" => totals.tests += number()?,
                            "failures" => totals.failures += number()?,
                            "errors" => totals.errors += number()?,
                            _ => {}
                        }
                    }
                }
                Event::Eof => break,
                _ => {}
            }
        }
        for suite in &extras.suites {
            totals.skipped += suite.skipped;
            totals.time_ms = totals.time_ms.saturating_add(suite.time_ms);
        }
        Ok(totals)
    }
}

/// The attributes with their values as they were before escaping.
pub(super) fn attributes(element: &BytesStart<'_>) -> Result<Vec<(String, String)>, String> {
    element
        .attributes()
        .map(|attribute| {
            let attribute = attribute.map_err(|e| e.to_string())?;
            let value = quick_xml::escape::unescape(&attribute.value).map_err(|e| e.to_string())?;
            Ok((attribute.key.0.to_owned(), value.into_owned()))
        })
        .collect()
}

fn push(element: &mut BytesStart<'_>, key: &str, value: &str) {
    let value = Cow::Owned(clean::escape(value));
    element.push_attribute(Attribute { key: QName(key), value });
}

/// The crate's seconds, as floating point, rounded to milliseconds.
fn rounded(time: &str) -> Result<String, String> {
    let time: f64 = time.parse().map_err(|e| format!("time {time:?}: {e}"))?;
    Ok(format!("{:.3}", time.max(0.0)))
}
