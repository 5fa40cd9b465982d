//! Every type of the model, field by field.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::IntoDeserializer;
use serde::de::value::{Error, StringDeserializer};

use super::secrets::{is_common, is_secret_name};
use super::{MARKER, Redact, Redactor};
use crate::model::{
    Anchor, AnchorKind, BuildState, ChainLink, CheckId, CheckResult, Confidence, ControlOutcome,
    Counts, Evidence, FileSetClass, Finding, FunctionPresence, Host, ImageMap, LinkerWay,
    ListingLine, Location, MapSection, MapSpan, ModuleRef, PhaseReport, PlanReport, Problem,
    Reachability, Report, ReportVerdict, ResultVerdict, Severity, SpanKind, Subcommand, Subject,
    SubjectId, SubjectKind, ToolRef, Unproven, Waived, Why, WhyImage,
};

/// Types without text.
macro_rules! no_text {
    ($($type:ty),+ $(,)?) => {
        $(impl Redact for $type {
            fn redact(&mut self, _: &Redactor) {}
        })+
    };
}

/// Structures, with all their fields: a field that is not named here is a compile error.
macro_rules! fields {
    ($($type:ident { $($field:ident),+ $(,)? })+) => {
        $(impl Redact for $type {
            fn redact(&mut self, redactor: &Redactor) {
                let Self { $($field),+ } = self;
                $($field.redact(redactor);)+
            }
        })+
    };
}

no_text!(bool, i32, u32, u64);
no_text!(
    AnchorKind,
    BuildState,
    SpanKind,
    Subcommand,
    Confidence,
    ControlOutcome,
    FileSetClass,
    FunctionPresence,
    Reachability,
    ReportVerdict,
    ResultVerdict,
    Severity,
    SubjectKind
);

fields! {
    Anchor { file, line, column, kind }
    ChainLink { package, module }
    CheckResult { check, subject, verdict, reason, gating }
    Counts {
        modules, packages, matched, commands, compiled, linked, link_proofs, tests_built, run, images, code_bytes, code_words, functions, objects,
        errors, warnings, notes, waived, known, inconclusive,
    }
    Finding {
        check, severity, confidence, class, message, help, package, module, subject, location, anchor, reachability,
        evidence, waived, known, origin,
    }
    LinkerWay { image, symbols, dynamic, reflection, unread_lines }
    ListingLine { function, file, line, text }
    Host { name, platform }
    Location { file, line, column, section, rva, file_offset, function }
    ImageMap { sections }
    MapSection { name, rva, file_offset, size, executable, spans }
    MapSpan { offset, length, kind, label }
    ModuleRef { path, version, replaced_by, vendored }
    PhaseReport { name, summary, duration_ms, go_ms }
    PlanReport {
        subcommand, expect, target, go_version, go_origin, go, patterns, cgo, c_compiler, tags, go_flags, environment, tests, offline,
        fail_on, module, listing, rules, config, baseline, started_in, directory, base, all_modules, no_config,
        given, reports,
    }
    Report {
        schema_version, tool, started, duration_ms, host, plan, verdict, counts, phases, problems, unproven, subjects,
        results, findings,
    }
    Subject {
        id, kind, name, module, matched, command, class, build, machine, size, sha256, packages, map,
    }
    ToolRef { name, version }
    Unproven { label, text, names }
    Waived { reason, expires }
    Why {
        package, function, module, target, chain, build, reach, images, functions, presence, elsewhere, linker, no_linker,
    }
    WhyImage { name, link_proof }
}

impl Redact for Evidence {
    fn redact(&mut self, redactor: &Redactor) {
        /// Binds the fields of one variant and cleans each.
        macro_rules! each {
            ($($field:ident),+) => {{ $($field.redact(redactor);)+ }};
        }
        match self {
            Self::Output { command, status, text } => each!(command, status, text),
            Self::Cause { text, file, line } => each!(text, file, line),
            Self::Control { target, outcome, text } => each!(target, outcome, text),
            Self::Chain { links } => each!(links),
            Self::Stops { packages } => each!(packages),
            Self::Files { amd64_only, arm64_only } => each!(amd64_only, arm64_only),
            Self::Field { name, value, file_offset } => each!(name, value, file_offset),
            Self::Code { rva, file_offset, bytes, x86, a64 } => {
                each!(rva, file_offset, bytes, x86, a64);
            }
            Self::Source { file, line, text } => each!(file, line, text),
            Self::Listing { command, lines } => each!(command, lines),
            Self::Linked { image, functions, reflection, link_proof, path } => {
                each!(image, functions, reflection, link_proof, path);
            }
            Self::Tried { module, target, outcome, text } => each!(module, target, outcome, text),
            Self::Rule { id, summary, url } => each!(id, summary, url),
            Self::Reproduce { command } => each!(command),
        }
    }
}

impl Redact for Problem {
    fn redact(&mut self, redactor: &Redactor) {
        let Self { message, details, next } = self;
        message.redact(redactor);
        next.redact(redactor);
        // The lines of one text: a private key spans several of them.
        let text = details.join("\n");
        let cleaned = redactor.clean(&text);
        if *cleaned != text {
            *details = cleaned.split('\n').map(str::to_owned).collect();
        }
    }
}

impl Redact for String {
    fn redact(&mut self, redactor: &Redactor) {
        if let std::borrow::Cow::Owned(cleaned) = redactor.clean(self) {
            *self = cleaned;
        }
    }
}

impl Redact for SubjectId {
    fn redact(&mut self, redactor: &Redactor) {
        let Self(id) = self;
        id.redact(redactor);
    }
}

impl Redact for CheckId {
    fn redact(&mut self, redactor: &Redactor) {
        let mut id = self.as_str().to_owned();
        id.redact(redactor);
        if id != self.as_str() {
            // Only an id from a saved report can come here; deserializing is how such ids are made.
            let id: StringDeserializer<Error> = id.into_deserializer();
            *self = Self::deserialize(id).unwrap_or(Self::new(MARKER));
        }
    }
}

impl<T: Redact> Redact for Option<T> {
    fn redact(&mut self, redactor: &Redactor) {
        if let Some(inner) = self {
            inner.redact(redactor);
        }
    }
}

impl<T: Redact> Redact for Vec<T> {
    fn redact(&mut self, redactor: &Redactor) {
        for item in self {
            item.redact(redactor);
        }
    }
}

/// Variables: a name can make a value secret that no shape and no length would.
impl Redact for BTreeMap<String, String> {
    fn redact(&mut self, redactor: &Redactor) {
        *self = std::mem::take(self)
            .into_iter()
            .map(|(mut name, mut value)| {
                if is_secret_name(&name) && !value.is_empty() && !is_common(&value) {
                    MARKER.clone_into(&mut value);
                }
                name.redact(redactor);
                value.redact(redactor);
                (name, value)
            })
            .collect();
    }
}
