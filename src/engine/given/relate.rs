//! How the files stand to each other: same bytes, same label, variants of one file, and the DLLs beside an
//! image. Looked at once for all, so that no check has to search.

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::facts::given::{
    Claim, ClaimedBy, Contradiction, Form, GivenContainer, GivenFile, Platform,
};
use crate::facts::image::MachineKind;
use crate::facts::{Company, ImageFile};

use super::names;
use super::open::{INSIDE, Seen};

/// Fills in how every file stands to the others.
pub(super) fn relate(seen: &mut [Seen], containers: &mut [GivenContainer]) {
    same_containers(seen, containers);
    let twins = twins(seen);
    let labels = labels(seen);
    let variants = variants(seen);
    let contradicted = contradicted(seen, containers);
    for (at, one) in seen.iter_mut().enumerate() {
        let key = one.key.as_ref();
        let mut company = Company {
            agreeing: key.and_then(|key| labels.get(key)).copied().unwrap_or(0),
            ..Company::default()
        };
        let claim = &one.file.claim;
        let contradiction = one.file.content.contradicts(claim);
        match contradiction.filter(|what| claim.says(*what).is_label()) {
            Some(_) => {
                company.twins = twins.get(&at).cloned().unwrap_or_default();
                let goarch = one.file.claim.goarch.clone().unwrap_or_default();
                company.variant = variants.get(&variant_key(one, goarch)).cloned();
            }
            None => {
                company.twins = twins.get(&at).cloned().unwrap_or_default();
                company.misplaced = misplaced(&one.file, &contradicted);
            }
        }
        one.file.company = company;
    }
    siblings(seen);
}

/// Of each file that is not what it should be: the files of the same bytes that should be something else.
fn twins(seen: &[Seen]) -> HashMap<usize, Vec<(String, String)>> {
    let mut by_hash: HashMap<&str, Vec<usize>> = HashMap::new();
    for (at, one) in seen.iter().enumerate() {
        by_hash.entry(one.file.sha256.as_str()).or_default().push(at);
    }
    let mut twins = HashMap::new();
    let wrong = |file: &GivenFile| file.content.contradicts(&file.claim).is_some();
    let asked = |one: &Seen| wrong(&one.file) || is_silent(&one.file);
    for (at, one) in seen.iter().enumerate().filter(|(_, one)| asked(one)) {
        let others = by_hash.get(one.file.sha256.as_str()).into_iter().flatten();
        let other = |other: &usize| {
            let other = seen.get(*other).map(|other| &other.file)?;
            let different = other.claim.words() != one.file.claim.words();
            (different && other.claim.by.is_label())
                .then(|| (other.name.clone(), other.claim.words()))
        };
        // Those that are what they should be come first: they say what the file is.
        let mut found: Vec<(bool, (String, String))> = others
            .take(1000) // A thousand copies prove no more than three.
            .filter_map(|at| Some((wrong(&seen.get(*at)?.file), other(at)?)))
            .collect();
        found.sort();
        found.truncate(Company::MAX_TWINS);
        twins.insert(at, found.into_iter().map(|(_, twin)| twin).collect());
    }
    twins
}

/// Whether a file has a label for windows/arm64, and nothing in its bytes tells whether that is so: an
/// installer, or what has no machine.
fn is_silent(file: &GivenFile) -> bool {
    let known = file.content.goarch.is_some() && file.content.installer.is_none();
    file.claim.names(&Platform::windows_arm64()) && !known && file.content.form != Form::NoProgram
}

/// Tells every container whose own label says windows/arm64 which other has the same bytes under a label for
/// another machine. Where a file in it is not what it should be, that says it already.
fn same_containers(seen: &[Seen], containers: &mut [GivenContainer]) {
    let own = |claim: &Claim| matches!(claim.by, ClaimedBy::OwnName | ClaimedBy::Artifacts);
    let mut others: HashMap<String, (String, String)> = HashMap::new();
    for container in containers.iter().filter(|container| own(&container.claim)) {
        let other = !container.claim.windows_arm64() && container.claim.goarch.is_some();
        if let Some(hash) = container.sha256.as_ref().filter(|_| other) {
            let twin = (container.name.clone(), container.claim.words());
            others.entry(hash.clone()).or_insert(twin);
        }
    }
    if others.is_empty() {
        return;
    }
    let told: HashSet<String> = seen
        .iter()
        .filter(|one| one.file.content.contradicts(&one.file.claim).is_some())
        .flat_map(|one| outer(&one.file).collect::<Vec<_>>())
        .collect();
    // What is damaged says so itself, and two that are damaged alike are no release.
    let sound = |container: &GivenContainer| container.problem.is_none() || container.closed;
    for container in containers.iter_mut().filter(|container| sound(container)) {
        let arm = container.claim.names(&Platform::windows_arm64()) && own(&container.claim);
        if let Some(hash) =
            container.sha256.as_ref().filter(|_| arm && !told.contains(&container.name))
        {
            container.twin = others.get(hash).cloned();
        }
    }
}

/// How many programs under each outer label are what it says.
fn labels(seen: &[Seen]) -> HashMap<String, u64> {
    let mut labels = HashMap::new();
    for one in seen {
        let Some(key) = &one.key else { continue };
        let agrees = one.file.content.goarch.is_some()
            && is_program(one)
            && one.file.content.contradicts(&one.file.claim).is_none();
        *labels.entry(key.clone()).or_insert(0) += u64::from(agrees);
    }
    labels
}

/// Whether it is a program: a DLL or an object that is right makes no helper of a program that is wrong.
fn is_program(one: &Seen) -> bool {
    let facts = one.image.as_ref().and_then(|image| image.facts.as_ref().ok());
    one.file.content.form != Form::Object && facts.is_none_or(|facts| !facts.dll())
}

type VariantKey = (String, String, String);

/// Directory, name without machine, and machine.
fn variant_key(one: &Seen, goarch: String) -> VariantKey {
    let name = one.file.steps.last().map_or("", String::as_str);
    let own = name.rsplit('/').next().unwrap_or(name);
    (one.dir.clone(), names::stem(own), goarch)
}

/// Images by directory, name without machine, and machine.
fn variants(seen: &[Seen]) -> HashMap<VariantKey, String> {
    let mut variants = HashMap::new();
    for one in seen.iter().filter(|one| one.file.content.form == Form::Pe) {
        if let Some(goarch) = &one.file.content.goarch {
            let key = variant_key(one, goarch.clone());
            variants.entry(key).or_insert_with(|| one.file.name.clone());
        }
    }
    variants
}

/// Containers whose own label is true of nothing in them: name and claim.
fn contradicted<'a>(
    seen: &[Seen],
    containers: &'a [GivenContainer],
) -> HashMap<&'a str, &'a Claim> {
    let own = |claim: &Claim| {
        let own = |by: &ClaimedBy| matches!(by, ClaimedBy::OwnName | ClaimedBy::Artifacts);
        own(&claim.by) && claim.goarch.is_some() || own(&claim.goos_by) && claim.goos.is_some()
    };
    let labelled: HashMap<&str, &Claim> = containers
        .iter()
        .filter(|container| own(&container.claim))
        .map(|container| (container.name.as_str(), &container.claim))
        .collect();
    let mut counts: HashMap<&str, (u64, u64)> = HashMap::new();
    for one in seen {
        for (name, claim) in outer(&one.file).filter_map(|name| labelled.get_key_value(&*name)) {
            let count = counts.entry(name).or_default();
            match one.file.content.contradicts(claim) {
                Some(contradiction) if !harmless(&one.file, claim, contradiction) => count.1 += 1,
                _ => count.0 += 1,
            }
        }
    }
    counts.retain(|_, (agreeing, contradicting)| *agreeing == 0 && *contradicting > 0);
    counts.into_keys().filter_map(|name| Some((name, *labelled.get(name)?))).collect()
}

/// x86 programs run on every Windows for x64, and installers on every Windows.
fn harmless(file: &GivenFile, claim: &Claim, contradiction: Contradiction) -> bool {
    let is = file.content.goarch.as_deref();
    contradiction == Contradiction::Machine
        && (is == Some("386") && claim.goarch() == "amd64" || file.content.installer.is_some())
}

/// The names of the containers around a file, outermost first.
fn outer(file: &GivenFile) -> impl Iterator<Item = String> {
    let around = file.steps.len().saturating_sub(1);
    (1..=around).map(|depth| file.steps.get(..depth).unwrap_or_default().join(INSIDE))
}

fn misplaced(file: &GivenFile, contradicted: &HashMap<&str, &Claim>) -> Option<(String, Claim)> {
    if contradicted.is_empty() {
        return None;
    }
    outer(file).find_map(|name| {
        let claim = contradicted.get(name.as_str())?;
        Some((name, (*claim).clone()))
    })
}

/// Tells every image which DLLs stand beside it.
fn siblings(seen: &mut [Seen]) {
    let mut beside: HashMap<String, BTreeMap<String, MachineKind>> = HashMap::new();
    let dll = |image: &ImageFile| Some(image.facts.as_ref().ok().filter(|f| f.dll())?.kind);
    for one in seen.iter() {
        let Some(kind) = one.image.as_ref().and_then(dll) else { continue };
        let name = one.file.steps.last().map_or("", String::as_str);
        let own = name.rsplit('/').next().unwrap_or(name).to_lowercase();
        beside.entry(one.dir.clone()).or_default().insert(own, kind);
    }
    for one in seen {
        if let (Some(image), Some(dlls)) = (&mut one.image, beside.get(&one.dir)) {
            image.siblings = needed(image, dlls);
        }
    }
}

/// Of the DLLs beside an image, those that it imports: in a directory of thousands a copy of all for each
/// would be millions.
fn needed(
    image: &ImageFile,
    dlls: &BTreeMap<String, MachineKind>,
) -> BTreeMap<String, MachineKind> {
    let Ok(facts) = &image.facts else { return BTreeMap::new() };
    let imported = facts.imported_dlls().filter_map(|dll| {
        let name = with_suffix(dll.name.to_lowercase());
        let kind = dlls.get(&name)?;
        Some((name, *kind))
    });
    imported.collect()
}

/// The name of the file that the loader looks for: a name without a dot gets `.dll` (Microsoft,
/// `LoadLibrary`).
fn with_suffix(name: String) -> String {
    if name.contains('.') { name } else { name + ".dll" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn imports_without_a_suffix_are_of_dlls() {
        assert_eq!(with_suffix("wintun".into()), "wintun.dll");
        assert_eq!(with_suffix("wintun.drv".into()), "wintun.drv");
    }
}
