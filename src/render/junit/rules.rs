//! The rules of the two published schemas, written out: tests hold the strict dialect against them
//! where the schema files are not at hand.
//!
//! * Jenkins: jenkinsci/xunit-plugin, `types/model/xsd/junit-10.xsd` (MIT).
//! * windyroad: windyroad/JUnit-Schema, `JUnit.xsd` (Apache-2.0), which Azure's documentation cites.

use quick_xml::Reader;
use quick_xml::events::Event;

use super::repair;

/// An element of the file, as a parser gives it.
#[derive(Debug, Default, Clone)]
pub(super) struct Node {
    pub(super) name: String,
    pub(super) attributes: Vec<(String, String)>,
    pub(super) children: Vec<Self>,
    pub(super) text: String,
}

impl Node {
    /// Reads a document; the root is what it returns.
    pub(super) fn parse(xml: &str) -> Self {
        let mut reader = Reader::from_str(xml);
        let mut open = vec![Self::default()];
        loop {
            match reader.read_event().unwrap() {
                Event::Start(e) => open.push(Self::begin(&e)),
                Event::Empty(e) => {
                    let node = Self::begin(&e);
                    open.last_mut().unwrap().children.push(node);
                }
                Event::End(_) => {
                    let node = open.pop().unwrap();
                    open.last_mut().unwrap().children.push(node);
                }
                Event::Text(text) => open.last_mut().unwrap().text.push_str(&text.xml10_content()),
                Event::GeneralRef(r) => {
                    let reference = format!("&{};", &*r);
                    let text = quick_xml::escape::unescape(&reference).unwrap().into_owned();
                    open.last_mut().unwrap().text.push_str(&text);
                }
                Event::Eof => break,
                _ => {}
            }
        }
        open.pop().unwrap().children.pop().unwrap()
    }

    fn begin(element: &quick_xml::events::BytesStart<'_>) -> Self {
        Self {
            name: element.name().0.to_owned(),
            attributes: repair::attributes(element).unwrap(),
            ..Self::default()
        }
    }

    /// The value of an attribute.
    pub(super) fn get(&self, key: &str) -> Option<&str> {
        self.attributes.iter().find(|(name, _)| name == key).map(|(_, value)| value.as_str())
    }

    /// The first child of this name.
    pub(super) fn child(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.name == name)
    }

    /// All children of this name.
    pub(super) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Self> {
        self.children.iter().filter(move |child| child.name == name)
    }
}

/// What may and must stand in an element.
struct Rule {
    element: &'static str,
    required: &'static [&'static str],
    optional: &'static [&'static str],
    children: &'static [&'static str],
    text: bool,
}

/// junit-10.xsd. `testsuite` and `testcase` list their children in any order and number.
const JENKINS: &[Rule] = &[
    // <xs:element name="testsuites">: no skipped, no timestamp.
    Rule {
        element: "testsuites",
        required: &[],
        optional: &["name", "time", "tests", "failures", "errors"],
        children: &["testsuite"],
        text: false,
    },
    // <xs:element name="testsuite">
    Rule {
        element: "testsuite",
        required: &["name", "tests", "failures", "errors"],
        optional: &[
            "group",
            "time",
            "skipped",
            "timestamp",
            "hostname",
            "id",
            "package",
            "file",
            "log",
            "url",
            "version",
        ],
        children: &["testsuite", "properties", "testcase", "system-out", "system-err"],
        text: false,
    },
    // <xs:element name="testcase">: no file, no line, no properties.
    Rule {
        element: "testcase",
        required: &["name"],
        optional: &["time", "classname", "group"],
        children: &[
            "skipped",
            "error",
            "failure",
            "rerunFailure",
            "rerunError",
            "flakyFailure",
            "flakyError",
            "system-out",
            "system-err",
        ],
        text: false,
    },
    Rule {
        element: "properties",
        required: &[],
        optional: &[],
        children: &["property"],
        text: false,
    },
    Rule {
        element: "property",
        required: &["name", "value"],
        optional: &[],
        children: &[],
        text: false,
    },
    // mixed="true": text and nothing else.
    Rule {
        element: "failure",
        required: &[],
        optional: &["type", "message"],
        children: &[],
        text: true,
    },
    Rule {
        element: "error",
        required: &[],
        optional: &["type", "message"],
        children: &[],
        text: true,
    },
    Rule {
        element: "skipped",
        required: &[],
        optional: &["type", "message"],
        children: &[],
        text: true,
    },
    Rule { element: "system-out", required: &[], optional: &[], children: &[], text: true },
    Rule { element: "system-err", required: &[], optional: &[], children: &[], text: true },
];

/// JUnit.xsd of windyroad.
const WINDYROAD: &[Rule] = &[
    // <xs:element name="testsuites">: a sequence and no attribute.
    Rule {
        element: "testsuites",
        required: &[],
        optional: &[],
        children: &["testsuite"],
        text: false,
    },
    // <xs:complexType name="testsuite"> and its extension below testsuites (package, id).
    Rule {
        element: "testsuite",
        required: &[
            "package",
            "id",
            "name",
            "timestamp",
            "hostname",
            "tests",
            "failures",
            "errors",
            "time",
        ],
        optional: &["skipped"],
        children: &["properties", "testcase", "system-out", "system-err"],
        text: false,
    },
    Rule {
        element: "testcase",
        required: &["name", "classname", "time"],
        optional: &[],
        children: &["skipped", "error", "failure"],
        text: false,
    },
    Rule {
        element: "properties",
        required: &[],
        optional: &[],
        children: &["property"],
        text: false,
    },
    Rule {
        element: "property",
        required: &["name", "value"],
        optional: &[],
        children: &[],
        text: false,
    },
    Rule {
        element: "failure",
        required: &["type"],
        optional: &["message"],
        children: &[],
        text: true,
    },
    Rule {
        element: "error",
        required: &["type"],
        optional: &["message"],
        children: &[],
        text: true,
    },
    // <xs:element name="skipped">: a message, no type.
    Rule { element: "skipped", required: &[], optional: &["message"], children: &[], text: true },
    Rule { element: "system-out", required: &[], optional: &[], children: &[], text: true },
    Rule { element: "system-err", required: &[], optional: &[], children: &[], text: true },
];

/// What breaks Jenkins' schema.
pub(super) fn jenkins(root: &Node) -> Vec<String> {
    let mut broken = structure(root, JENKINS);
    for node in descendants(root) {
        // simpleType SUREFIRE_TIME, of testsuites and testsuite.
        if node.name.starts_with("testsuite")
            && let Some(time) = node.get("time")
            && !is_surefire_time(time)
        {
            broken.push(format!("{}: time {time}", node.name));
        }
    }
    broken
}

/// What breaks windyroad's schema.
pub(super) fn windyroad(root: &Node) -> Vec<String> {
    let mut broken = structure(root, WINDYROAD);
    for node in descendants(root) {
        let mut check = |good: bool, what: &str| {
            if !good {
                broken.push(format!("{}: {what}", node.name));
            }
        };
        let get = |key: &str| node.get(key).unwrap_or_default();
        match node.name.as_str() {
            "testsuite" => {
                // <xs:sequence>: properties, testcase*, system-out, system-err; each of them once.
                let names: Vec<&str> = node.children.iter().map(|c| c.name.as_str()).collect();
                let cases = names.len().saturating_sub(3);
                let sequence =
                    [&["properties"][..], &vec!["testcase"; cases], &["system-out", "system-err"]];
                check(names == sequence.concat(), "sequence of children");
                // Types: xs:int, xs:decimal, token with minLength 1, and the timestamp's pattern.
                for key in ["id", "tests", "failures", "errors"] {
                    check(get(key).parse::<i32>().is_ok(), key);
                }
                check(node.get("skipped").is_none_or(|n| n.parse::<i32>().is_ok()), "skipped");
                check(
                    !get("name").trim().is_empty() && !get("hostname").trim().is_empty(),
                    "token",
                );
                check(is_decimal(get("time")), "time");
                check(is_timestamp(get("timestamp")), "timestamp");
            }
            "testcase" => {
                // <xs:choice minOccurs="0">: at most one.
                check(node.children.len() <= 1, "at most one child");
                check(is_decimal(get("time")), "time");
            }
            "property" => check(!get("name").trim().is_empty(), "token"),
            _ => {}
        }
    }
    broken
}

fn structure(root: &Node, rules: &[Rule]) -> Vec<String> {
    let mut broken = Vec::new();
    for node in descendants(root) {
        let name = &node.name;
        let Some(rule) = rules.iter().find(|rule| rule.element == name) else {
            broken.push(format!("{name}: unknown element"));
            continue;
        };
        for key in rule.required.iter().filter(|key| node.get(key).is_none()) {
            broken.push(format!("{name}: no {key}"));
        }
        for (key, _) in &node.attributes {
            if !rule.required.iter().chain(rule.optional).any(|known| known == key) {
                broken.push(format!("{name}: attribute {key}"));
            }
        }
        for child in &node.children {
            if !rule.children.contains(&child.name.as_str()) {
                broken.push(format!("{name}: child {}", child.name));
            }
        }
        if !rule.text && !node.text.trim().is_empty() {
            broken.push(format!("{name}: text"));
        }
    }
    broken
}

fn descendants(root: &Node) -> Vec<&Node> {
    let mut all = vec![root];
    let mut next = 0;
    while let Some(node) = all.get(next) {
        next += 1;
        all.extend(node.children.iter());
    }
    all
}

fn digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

/// `(([0-9]{0,3},)*[0-9]{3}|[0-9]{0,3})*(\.[0-9]{0,3})?`, of which commas are of no use here.
fn is_surefire_time(time: &str) -> bool {
    let (whole, part) = time.split_once('.').unwrap_or((time, ""));
    digits(whole) && digits(part) && part.len() <= 3
}

/// xs:decimal without a sign: digits, one point, no exponent.
fn is_decimal(time: &str) -> bool {
    let (whole, part) = time.split_once('.').unwrap_or((time, ""));
    digits(whole) && digits(part) && !(whole.is_empty() && part.is_empty())
}

/// `[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}`.
fn is_timestamp(text: &str) -> bool {
    let shape: String = text.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
    shape == "0000-00-00T00:00:00"
}
