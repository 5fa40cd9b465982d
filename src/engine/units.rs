//! What there is to check: one module, a workspace, or every module below a directory.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

use sha2::{Digest, Sha256};

use crate::facts::{Toolchain, Tried, UnitFacts};
use crate::go::command::GoCommand;
use crate::go::modules::{self, Workspace, flag_value, parse_flag, split_flags};
use crate::go::{cgo, toolchain};
use crate::model::{PlanReport, Problem, Report, Unproven};
use crate::plan::{Plan, Scope};
use crate::redact::{Redact as _, Redactor};

use super::cache::{self, Cache, Inputs, Known};
use super::listed::{self, Listed};
use super::probe;
use super::proof::Host;
use super::tried::LASTING;
use super::unit::{self, Unit};
use super::{EngineError, Gathered, Progress, Surroundings, inspect, rules, settings};

/// Flags that name files which decide what is built.
const NAMES_FILES: &[&str] = &["overlay", "modfile", "pgo", "toolexec"];
/// How long gowoa waits for another one that works on the same project.
const LOCK_WAIT: Duration = Duration::from_secs(600);
const LOCK_POLL: Duration = Duration::from_millis(200);
/// Flags that turn a build into something else than the build the user makes.
/// Coverage counters say nothing about arm64, and go's cover tool does not read overlays.
const OWN_FLAGS: &[&str] = &["overlay", "modfile", "cover", "coverpkg", "covermode"];

/// Finds Go and the units, and gathers the facts of each.
pub(super) async fn gather(
    plan: &Plan,
    around: &Surroundings,
    redactor: &Redactor,
    progress: &dyn Progress,
) -> Result<Outcome, EngineError> {
    let dir = &plan.dir;
    if dir.to_str().is_none() {
        return Err(EngineError::NotUtf8 { dir: dir.clone() });
    }
    if !dir.is_dir() {
        return Err(EngineError::NoDirectory { dir: dir.clone() });
    }
    // A rules file with an error is told before Go works for minutes.
    let database = rules::load(&plan.rules_files)?;
    let (program, origin) = toolchain::find(plan.go.as_deref(), around.path.as_deref())?;
    let mut go = base_command(plan, program, dir.clone());
    let toolchain = toolchain::ask(&go, origin).await?;
    toolchain::prove_target(&go, &toolchain.version).await?;
    refuse_flags(&toolchain)?;
    take_own_flags(&mut go, &toolchain, dir);

    let state = around.cache.join("projects").join(state_name(dir));
    cache::make(&state)?;
    let _lock = lock(&state).await?;
    cache::remove_links(&state)?;
    if let Some(out) = &plan.out_dir {
        // Go would count a directory that cannot be written against the packages it builds.
        fs_err::create_dir_all(out)?;
        tempfile::Builder::new().prefix(".gowoa-").tempfile_in(out)?;
    }
    let (compiler, c_toolchain_error) = c_compiler(plan, around, &state).await;
    if let Some(compiler) = &compiler {
        go.c_compiler =
            vec![("CC".into(), compiler.cc.clone()), ("CXX".into(), compiler.cxx.clone())];
    }

    let (planned, unvisited) = layout(plan, &go, &toolchain, &state).await?;
    let mut listed = Vec::new();
    let mut patterns = Vec::new();
    for unit in planned {
        patterns.extend(unit.patterns.clone());
        let unit = Unit { c_toolchain_error: c_toolchain_error.clone(), ..unit };
        let mut one = list_one(plan, &toolchain, unit, progress).await;
        rules::fill(&mut one.table, &database, plan, &one.toolchain);
        listed.push(one);
    }
    patterns.sort();
    patterns.dedup();
    let c_compiler = compiler.map(|compiler| compiler.cc);
    let mut gathered = Gathered { toolchain, units: Vec::new(), patterns, c_compiler, asked: None };
    let mut asked = settings::of_check(plan, &gathered);
    asked.redact(redactor);
    let lists = (listed.as_slice(), unvisited.as_slice());
    let cache = remembered(plan, around, asked, &gathered.toolchain, &go, lists, &state);
    if let Some(known) = cache.as_ref().and_then(|cache| cache.known.clone()) {
        return Ok(Outcome::Known(Box::new(known)));
    }
    for listed in listed {
        gathered.units.push(unit::gather(plan, listed, progress).await);
    }
    inspect::first_maps(&mut gathered.units);
    note_unvisited(&mut gathered.units, dir, unvisited);
    Ok(Outcome::Gathered(Box::new(gathered), cache.map(Box::new)))
}

/// The facts, whatever an earlier run left.
pub(super) async fn anew(
    plan: &Plan,
    around: &Surroundings,
    progress: &dyn Progress,
) -> Result<Gathered, EngineError> {
    let plan = Plan { cached: false, ..plan.clone() };
    match gather(&plan, around, &Redactor::default(), progress).await? {
        Outcome::Gathered(gathered, _) => Ok(*gathered),
        Outcome::Known(_) => {
            Err(std::io::Error::other("the cache answered although nobody asked it").into())
        }
    }
}

/// What gathering gave.
pub(super) enum Outcome {
    /// Facts, and where the report that is made of them is to be kept.
    Gathered(Box<Gathered>, Option<Box<Remembered>>),
    /// The report of an earlier run of the same tree.
    Known(Box<Report>),
}

/// The cache of a screening, asked.
#[derive(Debug)]
pub(super) struct Remembered {
    cache: Cache,
    key: String,
    known: Option<Report>,
}

impl Remembered {
    /// Keeps the report of these facts.
    pub(super) fn keep(&self, units: &[UnitFacts], report: &Report) {
        // A version that could not be tried for a passing reason may be tried next time.
        let lasting = |tried: &Tried| {
            let why = tried.text.as_deref().unwrap_or_default();
            tried.outcome.is_some() || LASTING.contains(&why)
        };
        if units.iter().flat_map(|unit| &unit.tried).all(lasting) {
            self.cache.put(&self.key, report);
        }
    }
}

/// Asks the cache for the report of a screening with these settings. A build with C reads headers that nobody lists, and
/// what could not be listed may be there next time.
fn remembered(
    plan: &Plan,
    around: &Surroundings,
    asked: PlanReport,
    toolchain: &Toolchain,
    go: &GoCommand,
    (listed, unvisited): (&[Listed], &[PathBuf]),
    state: &Path,
) -> Option<Remembered> {
    let wanted = plan.scope == Scope::Screen && plan.cached && !plan.cgo;
    // What these flags name is read by `go` and known to no list.
    let goflags = split_flags(toolchain.env("GOFLAGS").unwrap_or_default());
    let all = || goflags.iter().chain(&plan.flags.extra);
    let hidden = NAMES_FILES.iter().any(|name| flag_value(all(), name).is_some());
    if !wanted || hidden || !listed.iter().all(Listed::is_ready) {
        return None;
    }
    let packages: Vec<_> = listed.iter().flat_map(|listed| listed.table.values()).collect();
    let started = around.stamp.started.as_str();
    let mut files: Vec<PathBuf> = Vec::new();
    for file in ["GOMOD", "GOWORK"].iter().filter_map(|name| toolchain.env(name)) {
        let file = Path::new(file);
        files.extend([file.to_owned(), file.with_extension("sum")]);
        files.extend(file.parent().map(|dir| dir.join("vendor").join("modules.txt")));
    }
    // Modules below that are not visited are told in the report.
    files.extend(unvisited.iter().map(|dir| dir.join("go.mod")));
    for unit in listed {
        let of_unit = [unit.unit.go.dir.join("go.mod"), unit.unit.go.dir.join("go.sum")];
        files.extend(of_unit);
    }
    let inputs = Inputs {
        plan,
        toolchain,
        go: &go.program,
        day: started.get(..10).unwrap_or(started),
        files,
        packages: packages.clone(),
    };
    let key = inputs.key()?;
    let cache = Cache::of(state);
    let lists = listed.iter().flat_map(|listed| listed.phases().to_vec()).collect();
    let expected = Known {
        plan: asked,
        module: plan.module.as_ref().map(|module| module.path.as_str()),
        platform: toolchain.host.to_string(),
        waives: !plan.exceptions.waivers.is_empty(),
        packages: &packages,
    };
    let known = cache.get(&key, &expected).map(|report| cache::known(report, started, lists));
    Some(Remembered { cache, key, known })
}

/// The lists of one unit, with the Go that its own go.mod selects (GOTOOLCHAIN may switch there).
async fn list_one(
    plan: &Plan,
    toolchain: &Toolchain,
    unit: Unit,
    progress: &dyn Progress,
) -> Listed {
    if unit.go.dir == plan.dir {
        return listed::list(plan, toolchain, unit, progress).await;
    }
    match toolchain::ask(&unit.go, toolchain.origin.clone()).await {
        Ok(own) => listed::list(plan, &own, unit, progress).await,
        Err(error) => {
            let problem = Problem {
                message: format!("{}: {error}", unit.name),
                details: error.words().lines().map(str::to_owned).collect(),
                next: Some(error.next_step().into()),
            };
            Listed::stopped(unit, toolchain, problem)
        }
    }
}

pub(super) fn base_command(plan: &Plan, program: PathBuf, dir: PathBuf) -> GoCommand {
    GoCommand {
        program,
        dir,
        below: None,
        flags: plan.flags.clone(),
        gowork: plan.alone.then(|| "off".into()),
        modfile: None,
        overlay: None,
        offline: plan.offline,
        c_compiler: Vec::new(),
        probe_limit: plan.probe_limit,
        work_limit: plan.work_limit,
    }
}

/// Flags in the GOFLAGS that Go itself holds, from the variable or from its own settings.
fn refuse_flags(toolchain: &Toolchain) -> Result<(), EngineError> {
    for flag in split_flags(toolchain.env("GOFLAGS").unwrap_or_default()) {
        let Some((name, _)) = parse_flag(&flag) else { continue };
        if let Some(reason) = modules::forbidden(name) {
            return Err(EngineError::Flag { from: "GOFLAGS of go env", name: name.into(), reason });
        }
    }
    Ok(())
}

/// `-overlay` and `-modfile` that the user gave: gowoa merges the one and copies the other.
fn take_own_flags(go: &mut GoCommand, toolchain: &Toolchain, dir: &Path) {
    let goflags = split_flags(toolchain.env("GOFLAGS").unwrap_or_default());
    let all: Vec<String> = goflags.into_iter().chain(go.flags.extra.iter().cloned()).collect();
    let path = |name| flag_value(&all, name).map(|value| dir.join(value));
    go.overlay = path("overlay");
    go.modfile = path("modfile");
    go.flags
        .extra
        .retain(|flag| parse_flag(flag).is_none_or(|(name, _)| !OWN_FLAGS.contains(&name)));
}

async fn c_compiler(
    plan: &Plan,
    around: &Surroundings,
    state: &Path,
) -> (Option<cgo::CCompiler>, Option<String>) {
    if !plan.cgo {
        return (None, None);
    }
    let found = cgo::find(around.cc.as_deref(), around.path.as_deref(), &state.join("cc")).await;
    match found {
        Ok(compiler) => (Some(compiler), None),
        Err(reason) => (None, Some(reason)),
    }
}

/// The project's directory in the cache: its name for people, a hash for uniqueness.
fn state_name(dir: &Path) -> String {
    let hash = Sha256::digest(dir.as_os_str().as_encoded_bytes());
    let hash: String = hash.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    let name = dir.file_name().and_then(|name| name.to_str()).unwrap_or("root");
    let name: String = name
        .chars()
        .take(40)
        .map(|c| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' })
        .collect();
    format!("{name}-{hash}")
}

pub(super) async fn lock(state: &Path) -> Result<std::fs::File, EngineError> {
    let path = state.join("lock");
    // To open a pipe would wait for a reader, and no signal ends that.
    if fs_err::metadata(&path).is_ok_and(|metadata| !metadata.is_file()) {
        return Err(
            std::io::Error::other(format!("{} is not a regular file", path.display())).into()
        );
    }
    let file = fs_err::OpenOptions::new().create(true).truncate(false).write(true).open(&path)?;
    let (file, _) = file.into_parts();
    let mut waited = Duration::ZERO;
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(std::fs::TryLockError::WouldBlock) if waited < LOCK_WAIT => {
                tokio::time::sleep(LOCK_POLL).await;
                waited += LOCK_POLL;
            }
            Err(std::fs::TryLockError::WouldBlock) => return Err(EngineError::Locked { path }),
            // A file system without locks: two gowoas at once are the user's choice.
            Err(std::fs::TryLockError::Error(_)) => return Ok(file),
        }
    }
}

/// The units, and the modules below that are not among them.
async fn layout(
    plan: &Plan,
    go: &GoCommand,
    toolchain: &Toolchain,
    state: &Path,
) -> Result<(Vec<Unit>, Vec<PathBuf>), EngineError> {
    let dir = &plan.dir;
    let gomod = toolchain
        .env("GOMOD")
        .filter(|path| Path::new(path) != Path::new(null()))
        .map(PathBuf::from);
    let gowork = toolchain.env("GOWORK").filter(|value| *value != "off").map(PathBuf::from);
    let nested = if plan.patterns.is_empty() || plan.all_modules {
        modules::nested(dir)
    } else {
        Vec::new()
    };
    let mut covered: Vec<PathBuf> = Vec::new();
    let mut units = Vec::new();
    match gowork {
        Some(_) if go.modfile.is_some() => {
            let reason = "go cannot use it in workspace mode";
            return Err(EngineError::Flag { from: "workspace", name: "modfile".into(), reason });
        }
        Some(file) => {
            let workspace = modules::workspace(go, &file, &state.join("work")).await?;
            covered.extend(workspace.uses.iter().cloned());
            units.push(workspace_unit(plan, go, &file, workspace, gomod.as_deref(), state));
        }
        None if gomod.is_some() => {
            let patterns = or_all(&plan.patterns);
            let modfile = modfile_copy(go, toolchain, gomod.as_deref(), state)?;
            let go = GoCommand { modfile, ..go.clone() };
            units.push(unit(plan, ".", go, patterns, state));
        }
        None if plan.all_modules && !nested.is_empty() => {}
        None => {
            let below = nested.iter().map(|path| relative(dir, path)).collect();
            return Err(EngineError::NotInModule { dir: dir.clone(), below });
        }
    }
    let rest: Vec<PathBuf> = nested.into_iter().filter(|path| !covered.contains(path)).collect();
    if !plan.all_modules {
        return Ok((units, rest));
    }
    for path in rest {
        let name = relative(dir, &path);
        let gomod = path.join("go.mod");
        let state = state.join("modules").join(state_name(&path));
        let mut go =
            GoCommand { dir: path, gowork: Some("off".into()), modfile: None, ..go.clone() };
        go.below = Some(name.clone());
        go.modfile = modfile_copy(&go, toolchain, Some(&gomod), &state)?;
        units.push(unit(plan, &name, go, vec!["./...".into()], &state));
    }
    Ok((units, Vec::new()))
}

fn null() -> &'static str {
    crate::platform::null_device()
}

fn or_all(patterns: &[String]) -> Vec<String> {
    if patterns.is_empty() { vec!["./...".into()] } else { patterns.to_vec() }
}

fn unit(plan: &Plan, name: &str, go: GoCommand, patterns: Vec<String>, state: &Path) -> Unit {
    let out = match &plan.out_dir {
        Some(dir) if name == "." => dir.clone(),
        Some(dir) => dir.join("modules").join(name),
        None => state.join("bin"),
    };
    Unit {
        name: name.into(),
        go,
        patterns,
        out,
        out_is_ours: plan.out_dir.is_none(),
        scratch: state.join("scratch"),
        c_toolchain_error: None,
        host: plan
            .module
            .is_some()
            .then(|| Host { path: probe::MODULE.to_owned(), dir: plan.dir.clone() }),
    }
}

/// At the root of a workspace every used module is checked: there `./...` alone would miss or refuse them.
fn workspace_unit(
    plan: &Plan,
    go: &GoCommand,
    file: &Path,
    workspace: Workspace,
    gomod: Option<&Path>,
    state: &Path,
) -> Unit {
    let at_root = file.parent() == Some(plan.dir.as_path());
    let patterns = if !plan.patterns.is_empty() {
        plan.patterns.clone()
    } else if at_root || gomod.is_none() {
        workspace.uses.iter().map(|used| pattern_below(&plan.dir, used)).collect()
    } else {
        vec!["./...".into()]
    };
    let go =
        GoCommand { gowork: Some(OsString::from(workspace.file)), modfile: None, ..go.clone() };
    unit(plan, ".", go, patterns, state)
}

fn pattern_below(dir: &Path, module: &Path) -> String {
    match module.strip_prefix(dir) {
        Ok(inside) if inside.as_os_str().is_empty() => "./...".into(),
        Ok(inside) => format!("./{}/...", slashed(inside)),
        Err(_) => format!("{}/...", slashed(module)),
    }
}

fn slashed(path: &Path) -> String {
    path.to_string_lossy().replace('\\', "/")
}

fn relative(dir: &Path, path: &Path) -> String {
    slashed(path.strip_prefix(dir).unwrap_or(path))
}

/// With `-mod=mod` Go would write go.mod and go.sum: it gets a copy.
fn modfile_copy(
    go: &GoCommand,
    toolchain: &Toolchain,
    gomod: Option<&Path>,
    state: &Path,
) -> Result<Option<PathBuf>, EngineError> {
    let goflags = split_flags(toolchain.env("GOFLAGS").unwrap_or_default());
    // In the order in which go reads them: the last one wins.
    let flags = &go.flags;
    let mode = flag_value(&flags.extra, "mod")
        .or(flags.mod_mode.as_deref())
        .or_else(|| flag_value(&goflags, "mod"));
    let source = go.modfile.as_deref().or(gomod);
    match (mode, source) {
        (Some("mod"), Some(source)) => Ok(Some(modules::copy_modfile(source, &state.join("mod"))?)),
        _ => Ok(go.modfile.clone()),
    }
}

/// Modules below that nothing of the build comes from (a directory that a `replace` names is visited).
fn note_unvisited(units: &mut [UnitFacts], dir: &Path, mut unvisited: Vec<PathBuf>) {
    let used: Vec<&PathBuf> = units
        .iter()
        .flat_map(|unit| unit.packages.values())
        .filter_map(|package| package.module.as_ref()?.dir.as_ref())
        .collect();
    unvisited.retain(|path| !used.contains(&path));
    let names: Vec<String> = unvisited.iter().map(|path| relative(dir, path)).collect();
    if let (Some(first), false) = (units.first_mut(), names.is_empty()) {
        first.unproven.push(Unproven {
            label: "not visited".into(),
            text: "modules below this one; --all-modules checks each".into(),
            names,
        });
    }
}
