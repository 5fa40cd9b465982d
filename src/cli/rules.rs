//! `gowoa rules`: what is in the rules database, and whether it is true.

use std::path::PathBuf;
use std::time::Duration;

use clap::Subcommand;

use crate::engine::{self, Answer, Tried};
use crate::facts::BuildFlags;
use crate::plan::{ListingScope, Plan, Scope};
use crate::platform;
use crate::policy::Exceptions;
use crate::redact::Redactor;
use crate::render::text;
use crate::rules::file::{Affected, End, Expect};
use crate::rules::{Database, Rule};

use super::check::surroundings;
use super::common::{Refusal, of_engine};
use super::{exit, output, secrets};

/// Arguments of `gowoa rules`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  gowoa rules list                              every rule
  gowoa rules list --json --rules own.json      with your own, for other programs
  gowoa rules verify GOWOA-2021-0001            build the versions that it names

A rules file is described in docs/rules.md. gowoa check --rules FILE uses it.
Exit codes of verify: 0 every try showed what its rule says, 1 one showed the contrary, 2 one could
not be made.")]
pub struct RulesArgs {
    /// What to do.
    #[command(subcommand)]
    pub command: RulesCommand,
}

/// The subcommands of `gowoa rules`.
#[derive(Debug, Subcommand)]
pub enum RulesCommand {
    /// List the rules
    List(ListArgs),
    /// Build the versions that rules name: does the bad one fail, and the good one build?
    Verify(VerifyArgs),
}

/// Arguments of `gowoa rules list`.
#[derive(Debug, clap::Args)]
pub struct ListArgs {
    /// More rules (repeatable)
    #[arg(long, value_name = "FILE")]
    pub rules: Vec<PathBuf>,

    /// As JSON
    #[arg(long)]
    pub json: bool,
}

/// Arguments of `gowoa rules verify`.
#[derive(Debug, clap::Args)]
pub struct VerifyArgs {
    /// Ids of rules [default: every rule]
    #[arg(value_name = "ID")]
    pub ids: Vec<String>,

    /// More rules (repeatable)
    #[arg(long, value_name = "FILE")]
    pub rules: Vec<PathBuf>,

    /// The go program [default: go on PATH]
    #[arg(long, value_name = "PATH")]
    pub go: Option<PathBuf>,

    /// No network: GOPROXY=off and GOTOOLCHAIN=local
    #[arg(long)]
    pub offline: bool,

    /// Time limit of each list and each build, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 3600, value_parser = clap::value_parser!(u64).range(1..=604_800))]
    pub timeout: u64,
}

/// Does the job and returns the exit code.
pub(super) fn run(args: &RulesArgs) -> u8 {
    let redactor = secrets::redactor();
    let done = match &args.command {
        RulesCommand::List(args) => list(args),
        RulesCommand::Verify(args) => verify(args, &redactor),
    };
    done.unwrap_or_else(|refusal| refusal.tell(&redactor))
}

fn load(files: &[PathBuf]) -> Result<Database, Refusal> {
    engine::load_rules(files).map_err(|error| Refusal::new(error.to_string(), error.next_step()))
}

fn list(args: &ListArgs) -> Result<u8, Refusal> {
    let database = load(&args.rules)?;
    let text = if args.json { json(&database) } else { table(&database) };
    output::give(text.as_bytes()).map_err(|error| {
        Refusal::new(
            format!("cannot write to standard output: {error}"),
            "make room, or give another place",
        )
    })?;
    Ok(exit::PASS)
}

fn table(database: &Database) -> String {
    let mut text = String::new();
    for rule in database.rules() {
        text.push_str(&format!(
            "{}  {:<7}  {}\n",
            safe(&rule.id),
            rule.severity.as_str(),
            rule.class.word
        ));
        for affected in &rule.affected {
            text.push_str(&format!(
                "  {}  {}\n",
                safe(&affected.package.name),
                ranges(affected).join(", ")
            ));
        }
        text.push_str(&format!("  {}\n", safe(&rule.summary)));
        if let Some(reference) = rule.references.first() {
            text.push_str(&format!("  {}\n", safe(&reference.url)));
        }
        text.push('\n');
    }
    text.push_str(&format!("{} rules\n", database.rules().len()));
    text
}

fn safe(text: &str) -> String {
    text::escape(text).into_owned()
}

/// The versions that are affected, in words.
fn ranges(affected: &Affected) -> Vec<String> {
    let spans = affected.ranges.iter().flat_map(|range| &range.spans);
    let words = spans.map(|(start, end)| match (start.is_start(), end) {
        (true, End::Fixed(fixed)) => format!("before {fixed}"),
        (true, End::Last(last)) => format!("up to {last}"),
        (true, End::Open) => "every version".into(),
        (false, End::Fixed(fixed)) => format!("{start} to before {fixed}"),
        (false, End::Last(last)) => format!("{start} to {last}"),
        (false, End::Open) => format!("{start} and newer"),
    });
    words.chain(affected.versions.iter().map(ToString::to_string)).collect()
}

fn json(database: &Database) -> String {
    let of_rule = |rule: &Rule| {
        let affected: Vec<serde_json::Value> = rule
            .affected
            .iter()
            .map(|affected| {
                let imports = &affected.ecosystem_specific.imports;
                serde_json::json!({
                    "module": affected.package.name,
                    "versions": ranges(affected),
                    "packages": imports.iter().map(|import| &import.path).collect::<Vec<_>>(),
                })
            })
            .collect();
        serde_json::json!({
            "id": rule.id,
            "severity": rule.severity,
            "class": rule.class.word,
            "summary": rule.summary,
            "details": rule.details,
            "affected": affected,
            "references": rule.references.iter().map(|reference| &reference.url).collect::<Vec<_>>(),
            "file": rule.file,
        })
    };
    let rules: Vec<serde_json::Value> = database.rules().iter().map(of_rule).collect();
    let mut text = serde_json::to_string_pretty(&rules).unwrap_or_default();
    text.push('\n');
    text
}

fn verify(args: &VerifyArgs, redactor: &Redactor) -> Result<u8, Refusal> {
    let database = load(&args.rules)?;
    let rules = engine::chosen_rules(&database, &args.ids).map_err(|id| {
        Refusal::new(format!("there is no rule {id}"), "gowoa rules list shows the rules")
    })?;
    let plan = plan(args)?;
    let around = surroundings()?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(|error| {
            Refusal::new(format!("cannot start: {error}"), "free some threads and memory")
        })?;
    let mut interrupts = runtime.block_on(async { platform::Interrupts::listen() });
    let told = |tried: &Tried| output::tell(&line(tried, redactor));
    let outcome = runtime.block_on(async {
        tokio::select! {
            tried = engine::verify_rules(&plan, &around, &rules, &told) => Ok(tried),
            interrupt = interrupts.next() => Err(interrupt),
        }
    });
    runtime.shutdown_background();
    match outcome {
        Err(interrupt) => {
            output::tell("gowoa: interrupted\n");
            Ok(interrupt.exit_code())
        }
        Ok(Err(error)) => Err(of_engine(&error)),
        Ok(Ok(tried)) => {
            output::tell(&summary(&tried));
            Ok(code(&tried))
        }
    }
}

/// How the versions are built: each alone, with nothing of the user's.
fn plan(args: &VerifyArgs) -> Result<Plan, Refusal> {
    let here = std::env::current_dir().map_err(|error| {
        Refusal::new(format!("the working directory: {error}"), "change to a directory that exists")
    })?;
    Ok(Plan {
        why: None,
        exceptions: Exceptions::default(),
        given: Vec::new(),
        dir: here,
        given_dir: None,
        patterns: Vec::new(),
        go: args.go.clone(),
        flags: BuildFlags::default(),
        cgo: false,
        tests: false,
        scope: Scope::Check,
        listing: ListingScope::Off,
        module: None,
        cached: false,
        alone: true,
        map: false,
        all_modules: false,
        advise: false,
        rules_files: Vec::new(),
        offline: args.offline,
        out_dir: None,
        fail_on: None,
        work_limit: Duration::from_secs(args.timeout),
        probe_limit: Duration::from_secs(args.timeout.min(600)),
    })
}

fn line(tried: &Tried, redactor: &Redactor) -> String {
    let word = match tried.answer {
        Answer::Confirmed => "ok",
        Answer::Contradicted => "WRONG",
        Answer::Unknown => "unknown",
        Answer::NotTried => "not tried",
    };
    let expect = match tried.expect {
        Expect::Affected => "bad",
        Expect::Fine => "good",
    };
    let words = redactor.clean(&tried.words).into_owned();
    format!(
        "{word:<9} {}  {}  {expect:<4}  {}\n",
        safe(&tried.rule),
        safe(&tried.module),
        safe(words.lines().next().unwrap_or_default())
    )
}

fn count(tried: &[Tried], answer: Answer) -> usize {
    tried.iter().filter(|tried| tried.answer == answer).count()
}

fn summary(tried: &[Tried]) -> String {
    let of = |answer| count(tried, answer);
    format!(
        "\n{} tries: {} as the rules say, {} wrong, {} unknown, {} not tried\n",
        tried.len(),
        of(Answer::Confirmed),
        of(Answer::Contradicted),
        of(Answer::Unknown),
        of(Answer::NotTried)
    )
}

/// What could not be seen outranks what is wrong, as in a report.
fn code(tried: &[Tried]) -> u8 {
    if count(tried, Answer::Unknown) > 0 {
        exit::INCOMPLETE
    } else if count(tried, Answer::Contradicted) > 0 {
        exit::FAIL
    } else {
        exit::PASS
    }
}
