//! signature: is a signature that of the image as it is, and is what is signed for amd64 signed for arm64?

use std::collections::BTreeMap;

use crate::facts::given::{ClaimedBy, Form};
use crate::facts::signature::{Signature as Signed, SignedDigest};
use crate::facts::{GivenFacts, GivenFile, ImageFile};
use crate::model::{CheckId, Evidence, Finding, Location, Severity, SubjectKind, Verdict};

use super::draft;
use super::{Check, Context, Meta, SubjectFacts, readable};

/// See the module.
#[derive(Debug)]
pub(super) struct Signature;

static META: Meta = Meta {
    id: CheckId::new("signature"),
    title: "an Authenticode signature is not that of the image, or what is signed for amd64 is not for arm64",
    severity: Severity::Error,
    subjects: &[SubjectKind::Image, SubjectKind::Inputs],
    page: include_str!("signature.md"),
};

impl Check for Signature {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, subject: SubjectFacts<'_>, cx: Context<'_>) -> Verdict {
        if let SubjectFacts::Inputs(given) = subject {
            return twins(given, cx);
        }
        let (image, facts) = match readable(subject) {
            Ok(image) => image,
            Err(verdict) => return verdict,
        };
        match &facts.signature {
            Ok(None) => Verdict::NotApplicable("it is not signed".into()),
            Ok(Some(signed)) => digests(image, signed, cx),
            Err(problem) => {
                let message = format!("the signature of {} is malformed: {problem}", image.name);
                Verdict::Fail(vec![finding(image, cx, "malformed", message)])
            }
        }
    }
}

fn finding(image: &ImageFile, cx: Context<'_>, class: &str, message: String) -> Finding {
    let mut finding = draft::finding(&META.id, cx.subject, Severity::Error, message);
    finding.class = Some(class.into());
    finding.package = image.package.clone();
    finding.help = Some(
        "sign last: whatever changes the file (strip, UPX, an editor of resources) comes before"
            .into(),
    );
    finding
}

/// Holds the digests that were signed against those of the image. Who signed is not judged.
fn digests(image: &ImageFile, signed: &Signed, cx: Context<'_>) -> Verdict {
    let mut findings = Vec::new();
    for one in signed.signatures.iter().filter(|one| one.matches() == Some(false)) {
        let mut message = format!("{} was changed after it was signed{}", image.name, by(one));
        message
            .push_str(&format!(": its {} digest is not the one in the signature", one.algorithm));
        if signed.trailing > 0 {
            message.push_str(&format!(
                ", and {} bytes stand behind the certificate table",
                signed.trailing
            ));
        }
        let mut finding = finding(image, cx, "digest-mismatch", message);
        finding.location = Some(Location { file_offset: Some(one.offset), ..Location::default() });
        let field = |name: &str, value: &str, file_offset| Evidence::Field {
            name: name.into(),
            value: value.into(),
            file_offset,
        };
        finding.evidence.push(field("signed digest", &one.signed_digest, Some(one.offset)));
        let digest = one.image_digest.as_deref().unwrap_or_default();
        finding.evidence.push(field("digest of the image", digest, None));
        if let Some(certificates) = several(signed) {
            finding.evidence.push(field("certificate table", &certificates, Some(signed.offset)));
        }
        findings.push(finding);
    }
    if !findings.is_empty() {
        return Verdict::Fail(findings);
    }
    match signed.signatures.iter().find(|one| one.matches().is_none()) {
        Some(one) => Verdict::Inconclusive {
            reason: format!(
                "its digest is of an algorithm that is not computed here: {}",
                one.algorithm
            ),
            gating: true,
        },
        None => Verdict::Pass,
    }
}

fn by(one: &SignedDigest) -> String {
    one.signer.as_ref().map(|signer| format!(" by {signer}")).unwrap_or_default()
}

/// Every signature by name, where there are several.
fn several(signed: &Signed) -> Option<String> {
    let words = |one: &SignedDigest| {
        let form = if one.nested { "nested " } else { "" };
        let stamp = if one.timestamped { ", with a time stamp" } else { "" };
        let fits = if one.matches() == Some(false) { "does not match" } else { "matches" };
        format!("{form}{}{}{stamp}: {fits}", one.algorithm, by(one))
    };
    let all: Vec<String> = signed.signatures.iter().map(words).collect();
    (all.len() > 1).then(|| all.join("; "))
}

/// The files of one name for both architectures.
#[derive(Default)]
struct Pair<'a> {
    amd64: Vec<&'a GivenFile>,
    arm64: Vec<&'a GivenFile>,
}

/// Compares the files that are there for both architectures.
fn twins(given: &GivenFacts, cx: Context<'_>) -> Verdict {
    let mut pairs: BTreeMap<&str, Pair<'_>> = BTreeMap::new();
    for file in &given.files {
        match goarch(file) {
            Some("amd64") => pairs.entry(file.pair.as_str()).or_default().amd64.push(file),
            Some("arm64") => pairs.entry(file.pair.as_str()).or_default().arm64.push(file),
            _ => {}
        }
    }
    pairs.retain(|_, pair| !pair.amd64.is_empty() && !pair.arm64.is_empty());
    if pairs.is_empty() {
        return Verdict::NotApplicable("no program is there for both amd64 and arm64".into());
    }
    let mut findings = Vec::new();
    let mut unknown = None;
    let mut signed = 0;
    for pair in pairs.values() {
        let Some(twin) = pair.amd64.iter().find(|file| file.signed == Some(true)) else { continue };
        signed += 1;
        for file in &pair.arm64 {
            match file.signed {
                Some(true) => {}
                Some(false) => findings.push(unsigned(file, twin, cx)),
                None => unknown = Some(file.name.as_str()),
            }
        }
    }
    match unknown {
        _ if !findings.is_empty() => Verdict::Fail(findings),
        Some(name) => {
            let reason =
                format!("whether {name} is signed could not be read, and its twin for amd64 is");
            Verdict::Inconclusive { reason, gating: true }
        }
        None if signed == 0 => Verdict::NotApplicable("no program for amd64 is signed".into()),
        None => Verdict::Pass,
    }
}

fn unsigned(file: &GivenFile, twin: &GivenFile, cx: Context<'_>) -> Finding {
    let message = format!("{} for arm64 is not signed, and {} for amd64 is", file.name, twin.name);
    let mut finding = draft::finding(&META.id, cx.subject, Severity::Error, message);
    finding.class = Some("arm64-unsigned".into());
    finding.help = Some("sign the file for arm64 in the same step of the release; look for a pattern that names amd64 only".into());
    finding.location = Some(Location { file: Some(file.name.clone()), ..Location::default() });
    for (file, words) in [(twin, "signed"), (file, "not signed")] {
        finding.evidence.push(Evidence::Cause {
            text: format!("{}: {words}", file.content.words),
            file: Some(file.name.clone()),
            line: None,
        });
    }
    finding
}

/// The architecture of a file for Windows: what is promised, else what it is.
fn goarch(file: &GivenFile) -> Option<&str> {
    let (claim, content) = (&file.claim, &file.content);
    if content.form == Form::Object {
        // Nobody signs objects.
        return None;
    }
    let promised = claim.by != ClaimedBy::Default;
    let goos = content.goos.as_deref().or(claim.goos.as_deref().filter(|_| promised))?;
    let goarch = claim.goarch.as_deref().filter(|_| promised).or(content.goarch.as_deref());
    goarch.filter(|_| goos == "windows")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::given::{Claim, Content};
    use crate::facts::{Company, UnitFacts};
    use crate::model::SubjectId;

    /// A program for Windows; `name` may have steps.
    fn file(name: &str, goarch: &str, signed: Option<bool>) -> GivenFile {
        GivenFile {
            name: name.into(),
            steps: name.split(" > ").map(str::to_owned).collect(),
            pair: ["amd64", "arm64", "386"]
                .iter()
                .fold(name.into(), |name, word| name.replace(word, "")),
            size: 0,
            sha256: String::new(),
            claim: Claim::default(),
            content: Content {
                words: format!("a PE image for {goarch}"),
                goos: Some("windows".into()),
                goarch: Some(goarch.into()),
                ..Content::default()
            },
            signed,
            company: Company::default(),
        }
    }

    fn judged(files: Vec<GivenFile>) -> Verdict {
        let given = GivenFacts { files, ..GivenFacts::default() };
        let unit = UnitFacts::default();
        let subject = SubjectId::new(SubjectKind::Inputs, "dist");
        Signature.judge(SubjectFacts::Inputs(&given), Context { unit: &unit, subject: &subject })
    }

    #[test]
    fn what_is_signed_for_amd64_has_to_be_signed_for_arm64() {
        let pair = |amd64, arm64| {
            judged(vec![
                file("tool_amd64.zip > tool.exe", "amd64", amd64),
                file("tool_arm64.zip > tool.exe", "arm64", arm64),
            ])
        };
        assert!(matches!(pair(Some(true), Some(true)), Verdict::Pass));
        assert!(matches!(pair(Some(true), None), Verdict::Inconclusive { gating: true, .. }));
        for amd64 in [Some(false), None] {
            assert!(matches!(pair(amd64, Some(false)), Verdict::NotApplicable(_)));
        }
        let Verdict::Fail(findings) = pair(Some(true), Some(false)) else { panic!("it fails") };
        assert_eq!(
            findings[0].message,
            "tool_arm64.zip > tool.exe for arm64 is not signed, and tool_amd64.zip > tool.exe for amd64 is"
        );
        assert_eq!(findings[0].class.as_deref(), Some("arm64-unsigned"));
    }

    #[test]
    fn only_programs_of_windows_for_both_are_compared() {
        let linux = |mut file: GivenFile| {
            file.content.goos = Some("linux".into());
            file
        };
        let files = vec![
            file("a_amd64.exe", "amd64", Some(true)),
            linux(file("a_arm64.exe", "arm64", Some(false))),
            file("a_386.exe", "386", Some(false)),
            file("b_arm64.exe", "arm64", Some(false)),
        ];
        assert!(matches!(judged(files), Verdict::NotApplicable(_)));
        // What its name promises comes before what it is: name-against-content judges that.
        let mut wrong = file("a_arm64.exe", "amd64", Some(false));
        wrong.claim = Claim {
            goos: None,
            goarch: Some("arm64".into()),
            by: ClaimedBy::OwnName,
            ..Claim::default()
        };
        let files = vec![file("a_amd64.exe", "amd64", Some(true)), wrong];
        assert!(matches!(judged(files), Verdict::Fail(_)));
    }
}
