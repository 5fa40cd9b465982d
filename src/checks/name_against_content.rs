//! name-against-content: is every file that was given what its name, or metadata, says?

mod inputs;

use crate::facts::given::{
    Claim, ClaimedBy, Contradiction, Form, GivenContainer, GivenFacts, GivenFile, Platform,
};
use crate::facts::{ImageFile, ObjectFile};
use crate::model::{
    CheckId, Confidence, Evidence, Finding, Location, Severity, SubjectKind, Verdict,
};

use super::draft;
use super::{Check, Context, Meta, SubjectFacts};

/// See the module.
#[derive(Debug)]
pub(super) struct NameAgainstContent;

/// The class of one file under the names of two targets.
const SAME_BYTES: &str = "same-bytes";

static META: Meta = Meta {
    id: CheckId::new("name-against-content"),
    title: "a file is not for the platform that its name says, or none is for the platform expected",
    severity: Severity::Error,
    subjects: &[
        SubjectKind::Image,
        SubjectKind::Object,
        SubjectKind::File,
        SubjectKind::Container,
        SubjectKind::Inputs,
    ],
    page: include_str!("name_against_content.md"),
};

impl Check for NameAgainstContent {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, subject: SubjectFacts<'_>, cx: Context<'_>) -> Verdict {
        let Some(given) = &cx.unit.given else {
            return Verdict::NotApplicable("gowoa built it: its name is gowoa's".into());
        };
        match subject {
            SubjectFacts::Image(ImageFile { name, .. })
            | SubjectFacts::Object(ObjectFile { name, .. })
            | SubjectFacts::File(GivenFile { name, .. }) => match given.file(name) {
                Some(file) => judge_file(file, loaded(subject), cx),
                None => Verdict::NotApplicable("it was not given by itself".into()),
            },
            SubjectFacts::Container(container) => judge_container(container, cx),
            SubjectFacts::Inputs(given) => inputs::judge(given, cx),
            _ => Verdict::NotApplicable("it was not given".into()),
        }
    }
}

/// Whether another program loads the file into its own process, or the kernel does.
fn loaded(subject: SubjectFacts<'_>) -> bool {
    let SubjectFacts::Image(image) = subject else { return false };
    // IMAGE_SUBSYSTEM_NATIVE is 1: drivers (PE format, Windows Subsystem).
    image.facts.as_ref().is_ok_and(|facts| facts.dll() || facts.subsystem == 1)
}

fn judge_file(file: &GivenFile, loaded: bool, cx: Context<'_>) -> Verdict {
    let fail = |finding| Verdict::Fail(vec![finding]);
    if file.content.form == Form::NoProgram {
        return fail(no_program(file, cx));
    }
    let claim = &file.claim;
    let contradiction = file.content.contradicts(claim);
    if contradiction != Some(Contradiction::System) && is_copy(file) {
        return fail(copy(file, cx));
    }
    if let Some(installer) = file.content.installer
        && contradiction != Some(Contradiction::System)
    {
        return match file.content.goarch.as_deref() {
            Some("arm64") => Verdict::Pass,
            _ if !claim.windows_arm64() => Verdict::Pass,
            _ => fail(stub(file, installer, cx)),
        };
    }
    if let Some(contradiction) = contradiction.filter(|what| claim.says(*what).is_label()) {
        let said = claim.says(contradiction);
        return match severity(file, contradiction, said, loaded) {
            Some(severity) => fail(contradicts(file, contradiction, said, severity, cx)),
            None => Verdict::Pass,
        };
    }
    if let Some((container, outer)) = &file.company.misplaced {
        return fail(misplaced(file, container, outer, cx));
    }
    if contradiction.is_some() {
        return Verdict::NotApplicable(
            "no name and no metadata says what it is for; machine-type judges it".into(),
        );
    }
    if claim.by.is_label() || claim.goos_by.is_label() {
        Verdict::Pass
    } else {
        Verdict::NotApplicable("no name and no metadata says what it is for".into())
    }
}

/// Whether the same bytes have names for two targets, and do not tell themselves for which they are. In
/// archives for several machines the same files for any of them are usual, and so are installers of others.
fn is_copy(file: &GivenFile) -> bool {
    let own = matches!(file.claim.by, ClaimedBy::OwnName | ClaimedBy::Artifacts);
    let silent = match file.content.installer {
        Some(_) => own || file.company.agreeing == 0,
        None => own && file.content.goarch.is_none(),
    };
    let labelled = file.claim.names(&Platform::windows_arm64());
    silent && labelled && !file.company.twins.is_empty()
}

/// One file under the names of two targets.
fn copy(file: &GivenFile, cx: Context<'_>) -> Finding {
    let clause = says(&file.claim.by, file.claim.goarch());
    let mut finding = finding(file, Severity::Error, SAME_BYTES, &clause, cx);
    let twin = file.company.twins.first().map_or("another", |(twin, _)| twin.as_str());
    finding.help = Some(one_of_them(twin));
    finding
}

/// One container under the names of two targets.
fn same_container(container: &GivenContainer, twin: &str, claim: &str, cx: Context<'_>) -> Finding {
    let name = &container.name;
    let says = says(&container.claim.by, container.claim.goarch());
    let message = format!(
        "{name} is {}; {says}; the same bytes as {twin}, which should be for {claim}",
        container.what
    );
    let mut finding = draft::finding(&META.id, cx.subject, Severity::Error, message);
    finding.class = Some(SAME_BYTES.into());
    finding.help = Some(one_of_them(twin));
    finding.evidence.extend(container.sha256.as_ref().map(|sha256| Evidence::Field {
        name: "SHA-256".into(),
        value: format!("{sha256}, as {twin} ({claim})"),
        file_offset: None,
    }));
    finding
}

fn one_of_them(twin: &str) -> String {
    format!(
        "one of them is a copy of {twin}: look where the release step takes each from; if one file is for \
         both, give it one name"
    )
}

/// How bad a contradiction is; `None` where it is as it should be.
fn severity(
    file: &GivenFile,
    contradiction: Contradiction,
    said: &ClaimedBy,
    loaded: bool,
) -> Option<Severity> {
    let claim = &file.claim;
    let is = file.content.goarch.as_deref();
    let outer = matches!(said, ClaimedBy::Outer(_));
    // Among files that are what the label says this one is a helper, and not the program itself.
    let helper = outer && file.company.agreeing > 0;
    if contradiction == Contradiction::System {
        let windows = claim.goos() == "windows" || file.content.form == Form::Pe;
        return Some(match (windows, helper) {
            (true, false) => Severity::Error,
            (true, true) => Severity::Note,
            (false, _) => Severity::Warning,
        });
    }
    // 32 bits under the name `windows_arm` is what Go means; whoever writes it may mean 64.
    let arm = matches!(claim.goarch(), "arm64" | "arm") && claim.goos() == "windows";
    let asked = arm || is == Some("arm64");
    match file.content.form {
        Form::Object if asked => return Some(Severity::Error),
        Form::Pe if asked => {}
        // An x86 helper in a package for x64 is usual.
        _ if outer && is == Some("386") && claim.goarch() == "amd64" => return None,
        // Not the question that gowoa asks, or not certain (.NET), and worth knowing.
        _ => return Some(Severity::Warning),
    }
    if outer && file.company.variant.is_some() {
        return None;
    }
    // A DLL of the wrong machine cannot be loaded; an EXE runs under emulation.
    Some(if helper && !loaded { Severity::Warning } else { Severity::Error })
}

/// What the label says, as a clause: `its name says windows/arm64`.
fn says(said: &ClaimedBy, what: &str) -> String {
    match said {
        ClaimedBy::Outer(name) => format!("{name}, which holds it, says {what}"),
        ClaimedBy::Artifacts => format!("artifacts.json says {what}"),
        _ => format!("its name says {what}"),
    }
}

fn contradicts(
    file: &GivenFile,
    contradiction: Contradiction,
    said: &ClaimedBy,
    severity: Severity,
    cx: Context<'_>,
) -> Finding {
    let claim = &file.claim;
    let (class, what) = match contradiction {
        Contradiction::System => ("wrong-system", claim.goos().to_owned()),
        Contradiction::Machine => ("wrong-machine", claim.goarch().to_owned()),
    };
    let mut finding = finding(file, severity, class, &says(said, &what), cx);
    let target = format!("GOOS={} GOARCH={}", claim.goos(), claim.goarch());
    finding.help = Some(match file.company.twins.first() {
        Some((twin, _)) => {
            format!("one of them is a copy of {twin}: look where the release step takes each from")
        }
        None if file.content.form == Form::Object => format!(
            "make it for {}: code with clang --target=aarch64-windows-gnu -c or the like, resources with \
             goversioninfo -arm -64, rsrc -arch arm64 or go-winres; or give it the name of what it is",
            claim.goarch()
        ),
        None if severity == Severity::Error => {
            format!("build it with {target}, or give it the name of what it is")
        }
        None => format!("ship one that is built with {target}, if there is one"),
    });
    if file.content.form == Form::Clr {
        // Which assemblies a runtime loads across machines was not tried.
        finding.confidence = Confidence::Medium;
    }
    finding
}

/// The container around it says something else than everything in it.
fn misplaced(file: &GivenFile, container: &str, outer: &Claim, cx: Context<'_>) -> Finding {
    let target = |claim: &Claim| claim.windows_arm64() && claim.goarch.is_some();
    let arm = target(outer) || file.content.goarch.as_deref() == Some("arm64");
    let system = outer.goos.as_deref().is_some_and(|goos| !file.content.form.fits(goos));
    let windows = outer.goos() == "windows" || file.content.form == Form::Pe;
    let error = windows && (system || arm);
    let severity = if error { Severity::Error } else { Severity::Warning };
    let class = if system { "wrong-system" } else { "wrong-machine" };
    let own = container.rsplit(['/', '>']).next().unwrap_or(container).trim();
    let clause = format!("{own}, which holds it, says {}, and so is nothing in it", outer.words());
    let mut finding = finding(file, severity, class, &clause, cx);
    finding.help = Some(format!(
        "put into {own} what was built for {}, or give it the name of what it holds",
        outer.words()
    ));
    finding
}

fn finding(
    file: &GivenFile,
    severity: Severity,
    class: &str,
    clause: &str,
    cx: Context<'_>,
) -> Finding {
    let content = &file.content;
    let mut proof: Vec<String> = Vec::new();
    // The meaning of the number stands before it.
    let number = |value: &str| value.split(' ').next().unwrap_or_default().to_owned();
    proof
        .extend(content.field.as_ref().map(|(name, value, _)| format!("{name} {}", number(value))));
    // The build information is proof where it says the same.
    proof.extend(content.more.iter().cloned());
    let proof = if proof.is_empty() { String::new() } else { format!(" ({})", proof.join(", ")) };
    let twins: Vec<&str> = file.company.twins.iter().map(|(name, _)| name.as_str()).collect();
    let same = if twins.is_empty() {
        String::new()
    } else {
        format!("; the same bytes as {}", twins.join(" and "))
    };
    let message = format!("{} is {}{proof}; {clause}{same}", file.name, content.words);
    let mut finding = draft::finding(&META.id, cx.subject, severity, message);
    finding.class = Some(class.into());
    if let Some((name, value, offset)) = &content.field {
        finding.location = Some(Location { file_offset: Some(*offset), ..Location::default() });
        finding.evidence.push(Evidence::Field {
            name: name.clone(),
            value: value.clone(),
            file_offset: Some(*offset),
        });
    }
    for (name, value) in content.more.iter().filter_map(|more| more.split_once(": ")) {
        finding.evidence.push(Evidence::Field {
            name: name.into(),
            value: value.into(),
            file_offset: None,
        });
    }
    for (twin, claim) in &file.company.twins {
        finding.evidence.push(Evidence::Field {
            name: "SHA-256".into(),
            value: format!("{}, as {twin} ({claim})", file.sha256),
            file_offset: None,
        });
    }
    finding
}

/// The program of an installer under a name for arm64.
fn stub(file: &GivenFile, installer: &str, cx: Context<'_>) -> Finding {
    let message = format!(
        "{} is an installer ({installer}) whose own program is {}, which runs under emulation; what it \
         installs was not looked at",
        file.name, file.content.words
    );
    let mut finding = draft::finding(&META.id, cx.subject, Severity::Note, message);
    finding.class = Some("installer-stub".into());
    finding.help = Some("inspect the files that go into it, before they are packed".into());
    finding
}

/// The name of a program, and no program.
fn no_program(file: &GivenFile, cx: Context<'_>) -> Finding {
    let claim = &file.claim;
    // A placeholder that an install step replaces has such a name, too.
    let promised = claim.by.is_label() && claim.windows_arm64();
    let severity = if promised { Severity::Error } else { Severity::Warning };
    let message = format!(
        "{} has the name of a program for Windows and is {}",
        file.name, file.content.words
    );
    let mut finding = draft::finding(&META.id, cx.subject, severity, message);
    finding.class = Some("no-program".into());
    finding.confidence = if promised { Confidence::High } else { Confidence::Medium };
    finding.help =
        Some("put the program there: a download, a checkout of Git LFS or a copy failed".into());
    finding
}

/// The members of a container are subjects of their own; of itself only whether it could be read is asked.
fn judge_container(container: &GivenContainer, cx: Context<'_>) -> Verdict {
    if let Some((twin, claim)) = &container.twin {
        return Verdict::Fail(vec![same_container(container, twin, claim, cx)]);
    }
    let Some(problem) = &container.problem else {
        return Verdict::NotApplicable("its members are judged one by one".into());
    };
    let claim = &container.claim;
    let other = claim.goos.is_some() && claim.goos() != "windows"
        || claim.goarch.is_some() && claim.goarch() != "arm64";
    if other {
        let what = claim.words();
        return Verdict::NotApplicable(format!("it is meant for {what}; {}", problem.reason));
    }
    // A form that gowoa does not read says nothing against the release, and neither does a damaged file deep
    // inside; what stopped at a limit may hide anything.
    let gating = problem.limit || !container.closed && !container.nested;
    Verdict::Inconclusive { reason: format!("{}: {}", problem.what, problem.reason), gating }
}

/// What a platform runs or loads, of everything that was given.
fn programs(given: &GivenFacts) -> impl Iterator<Item = &GivenFile> {
    given.files.iter().filter(|file| !matches!(file.content.form, Form::NoProgram | Form::Object))
}
