//! float-syscall: a float or a small struct goes to a Windows function in the wrong registers.

use std::collections::BTreeMap;

use crate::facts::PackageFacts;
use crate::facts::source::{FloatCall, Passed, Sure};
use crate::model::{CheckId, Confidence, Evidence, Finding, Severity, SubjectKind, Verdict};

use super::draft::{self, function_reachability, is_called};
use super::{Check, Context, Meta, SubjectFacts, advice, comparable, listed, sources};

/// See the module.
#[derive(Debug)]
pub(super) struct FloatSyscall;

static META: Meta = Meta {
    id: CheckId::new("float-syscall"),
    title: "a float or a small struct is passed to a Windows function in the wrong registers",
    severity: Severity::Error,
    subjects: &[SubjectKind::Package],
    page: include_str!("float_syscall.md"),
};

/// How many lines of source one finding shows.
const MAX_LINES: usize = 8;

impl Check for FloatSyscall {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, subject: SubjectFacts<'_>, cx: Context<'_>) -> Verdict {
        let package = match comparable(subject, cx) {
            Ok(package) => package,
            Err(verdict) => return verdict,
        };
        let Some(source) = &package.source else {
            return Verdict::NotApplicable("its source text was not read".into());
        };
        let mut groups: BTreeMap<_, Vec<&FloatCall>> = BTreeMap::new();
        for call in &source.float_calls {
            let reach = function_reachability(package, call.place.function.as_deref());
            groups.entry((reach.as_str(), call.passed, call.sure)).or_default().push(call);
        }
        if !groups.is_empty() {
            for calls in groups.values_mut() {
                calls.sort_by_key(|call| !is_called(package, call.place.function.as_deref()));
            }
            let findings = groups.values().filter_map(|calls| finding(package, calls, cx));
            return Verdict::Fail(findings.collect());
        }
        if let Some(verdict) = sources::unread(source, ".go") {
            return verdict;
        }
        if !source.calls_system {
            return Verdict::NotApplicable("it calls no Windows function by itself".into());
        }
        Verdict::Pass
    }
}

/// One finding for calls of one kind that are reached alike.
fn finding(package: &PackageFacts, calls: &[&FloatCall], cx: Context<'_>) -> Option<Finding> {
    let first = *calls.first()?;
    let severity = match first.sure {
        Sure::Direct | Sure::Inferred => Severity::Error,
        Sure::Guess => Severity::Warning,
    };
    let message = message(package, first, others(calls));
    let mut finding = draft::finding(&META.id, cx.subject, severity, message);
    finding.confidence = match first.sure {
        Sure::Direct => Confidence::High,
        Sure::Inferred => Confidence::Medium,
        Sure::Guess => Confidence::Low,
    };
    finding.class = Some(class(first.passed).into());
    finding.help = Some(help(package, first.passed));
    finding.location = Some(draft::at(package, &first.place));
    finding
        .evidence
        .extend(calls.iter().take(MAX_LINES).map(|call| draft::source(package, &call.place)));
    finding.evidence.push(cause(first));
    let places = calls.iter().map(|call| &call.place);
    finding.evidence.extend(listed::system_calls(package, places));
    advice::add_rules(
        &mut finding,
        package,
        META.id.as_str(),
        first.place.function.as_deref(),
        cx.unit,
    );
    let reach = function_reachability(package, first.place.function.as_deref());
    Some(draft::about_package(finding, package, reach))
}

fn class(passed: Passed) -> &'static str {
    match passed {
        Passed::FloatBits => "float-bits",
        Passed::FloatConversion => "float-conversion",
        Passed::FloatResult => "float-result",
        Passed::FloatStruct | Passed::SmallStruct => "small-struct",
    }
}

/// How many functions beside the first do the same.
fn others(calls: &[&FloatCall]) -> usize {
    let mut functions: Vec<_> = calls.iter().map(|call| &call.place.function).collect();
    functions.sort_unstable();
    functions.dedup();
    functions.len().saturating_sub(1)
}

fn message(package: &PackageFacts, call: &FloatCall, others: usize) -> String {
    let function = call.place.function.as_deref().unwrap_or("the value of a variable");
    let callee = match &call.callee {
        Some(callee) => format!("{callee} ({})", call.via),
        None => call.via.clone(),
    };
    let what = match call.passed {
        Passed::FloatBits => format!("passes the bits of a float to {callee}"),
        Passed::FloatConversion => {
            format!("passes an integer to {callee}, whose parameter is a float")
        }
        Passed::FloatResult => format!("takes the float result of {callee} from r2"),
        Passed::FloatStruct => format!("passes a struct of floats to {callee} as an integer"),
        Passed::SmallStruct => {
            format!("passes a pointer to {callee}, which takes the struct by value")
        }
    };
    let more = match others {
        0 => String::new(),
        1 => "; so does 1 more function".to_owned(),
        n => format!("; so do {n} more functions"),
    };
    format!("{}: {function} {what}{more}", package.import_path)
}

/// Why that is wrong, with the way the value takes.
fn cause(call: &FloatCall) -> Evidence {
    let why = match call.passed {
        Passed::FloatBits | Passed::FloatConversion => {
            "arm64 takes a float from a vector register, and Go fills the integer registers alone \
             (go.dev/issue/62583); integers behind it stand one register too far"
        }
        Passed::FloatResult => "arm64 returns a float in a vector register, which Go does not read",
        Passed::FloatStruct => {
            "arm64 takes a struct of floats from vector registers, one for each, and Go fills the \
             integer registers alone"
        }
        Passed::SmallStruct => {
            "x64 takes the address of a struct of 9 to 16 bytes, arm64 takes the struct itself in two \
             registers"
        }
    };
    let text = match call.through.as_slice() {
        [] => why.to_owned(),
        through => format!("{why}; the value goes through {}", draft::listed(through, 4)),
    };
    Evidence::Cause { text, file: None, line: None }
}

fn help(package: &PackageFacts, passed: Passed) -> String {
    let own = match passed {
        Passed::SmallStruct => {
            "in a file for arm64, pass the two words of the struct: \
             w := (*[2]uintptr)(unsafe.Pointer(&v)), then w[0] and w[1]"
        }
        Passed::FloatResult => {
            "use a variant of the function that writes to a pointer, or RegisterFunc of \
             github.com/ebitengine/purego, or a shim in assembly; or return an error on arm64"
        }
        Passed::FloatBits | Passed::FloatConversion | Passed::FloatStruct => {
            "use a variant of the function that takes a pointer, or RegisterFunc of \
             github.com/ebitengine/purego, which fills the vector registers, or a shim in assembly; or \
             return an error on arm64"
        }
    };
    match package.module.as_ref().filter(|module| !module.main) {
        Some(module) => format!(
            "look for a newer version of {}, or do without this function on arm64; its authors can: {own}",
            module.reference.path
        ),
        None => own.to_owned(),
    }
}
