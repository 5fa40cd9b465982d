//! What `action.yml` promises is what the README says, what the scripts read, and what the runner can read.

use std::collections::BTreeSet;

use fs_err as fs;

use crate::root;

/// An input or output: name, default, description.
struct Entry {
    name: String,
    default: String,
    description: String,
}

fn action() -> String {
    fs::read_to_string(root().join("action.yml")).unwrap()
}

fn readme() -> String {
    fs::read_to_string(root().join("README.md")).unwrap()
}

/// A scalar as this file writes it: plain, or in single quotes.
fn scalar(text: &str) -> String {
    let text = text.trim();
    match text.strip_prefix('\'').and_then(|text| text.strip_suffix('\'')) {
        Some(inside) => inside.replace("''", "'"),
        None => text.to_owned(),
    }
}

/// The entries below a key of the first level.
fn entries(section: &str) -> Vec<Entry> {
    let action = action();
    let lines = action.lines().skip_while(|line| *line != format!("{section}:")).skip(1);
    let mut entries: Vec<Entry> = Vec::new();
    for line in lines.take_while(|line| line.is_empty() || line.starts_with("  ")) {
        if let Some((key, value)) = line.strip_prefix("    ").and_then(|line| line.split_once(": "))
        {
            let entry = entries.last_mut().unwrap();
            match key {
                "description" => entry.description = scalar(value),
                "default" => entry.default = scalar(value),
                _ => {}
            }
        } else if let Some(name) = line.strip_prefix("  ").and_then(|line| line.strip_suffix(':')) {
            let (default, description) = (String::new(), String::new());
            entries.push(Entry { name: name.to_owned(), default, description });
        }
    }
    assert!(!entries.is_empty(), "{section} of action.yml could not be read");
    entries
}

/// The names in the first column of the table of the README whose head begins with a word.
fn rows(head: &str) -> Vec<String> {
    let readme = readme();
    let lines = readme.lines().skip_while(|line| !line.starts_with(&format!("| {head} |"))).skip(2);
    lines.take_while(|line| line.starts_with('|')).map(str::to_owned).collect()
}

#[test]
fn the_tables_of_the_readme_are_those_of_the_action() {
    let inputs: Vec<String> = entries("inputs")
        .iter()
        .map(|Entry { name, default, description }| {
            let default = if default.is_empty() { String::new() } else { format!("`{default}`") };
            format!("| `{name}` | {default} | {description} |").replace("|  |", "| |")
        })
        .collect();
    assert_eq!(
        rows("input"),
        inputs,
        "the table of inputs in the README should be\n{}",
        inputs.join("\n")
    );
    let outputs: Vec<String> = entries("outputs")
        .iter()
        .map(|e| format!("| `{}` | {} |", e.name, e.description))
        .collect();
    assert_eq!(
        rows("output"),
        outputs,
        "the table of outputs in the README should be\n{}",
        outputs.join("\n")
    );
}

#[test]
fn there_are_no_anchors_that_the_runner_would_refuse() {
    // "Anchors are not currently supported": actions/runner, YamlObjectReader.cs; linters take them.
    let refused = |text: &str| {
        text.lines().any(|line| {
            let value = line.split_once(": ").map_or(line.trim_start(), |(_, value)| value);
            let value = value.trim_start_matches("- ").trim_start();
            value.starts_with('&') && !value.starts_with("& ")
                || value.starts_with('*')
                || line.trim_start().starts_with("<<:")
        })
    };
    assert!(refused("env: &env\n  A: b") && refused("env: *env") && refused("  <<: *env"));
    assert!(!refused(&action()));
}

#[test]
fn nothing_is_nested_and_no_expression_stands_in_a_script() {
    let action = action();
    let runs = &action[action.find("\nruns:").unwrap()..];
    assert!(!runs.contains("uses:"));
    let mut inside = false;
    for line in runs.lines() {
        let depth = line.len() - line.trim_start().len();
        if line.trim_start().starts_with("run:") {
            inside = true;
        } else if inside && depth <= 6 && !line.trim().is_empty() {
            inside = false;
        }
        assert!(!(inside && line.contains("${{")), "{line}");
    }
}

#[test]
fn every_input_reaches_both_systems_and_is_read() {
    let action = action();
    let read = ["scripts/action/action.sh", "scripts/action/action.ps1", "src/cli/action.rs"]
        .map(|file| fs::read_to_string(root().join(file)).unwrap());
    for Entry { name, .. } in entries("inputs") {
        let variable = match name.as_str() {
            "token" => "GITHUB_TOKEN".to_owned(),
            _ => format!("GOWOA_INPUT_{}", name.to_uppercase().replace('-', "_")),
        };
        let line = format!("        {variable}: ${{{{ inputs.{name} }}}}\n");
        assert_eq!(action.matches(&line).count(), 2, "{name}: once for each system");
        let [bash, pwsh, program] = read.each_ref().map(|text| text.contains(&variable));
        let by_name = read[2].contains(&format!("\"{name}\""));
        assert_eq!(bash, pwsh, "{name}: both scripts read it or none");
        assert!(bash || program || by_name, "{name} is read by nobody");
    }
}

#[test]
fn every_output_is_written() {
    let read = ["scripts/action/action.sh", "src/cli/action.rs", "src/render/outputs.rs"]
        .map(|file| fs::read_to_string(root().join(file)).unwrap())
        .concat();
    for Entry { name, .. } in entries("outputs") {
        assert!(
            read.contains(&format!("\"{name}\"")) || read.contains(&format!("set_output {name} ")),
            "{name} is written by nobody"
        );
    }
}

/// Both scripts say the same words, in the same order.
#[test]
fn the_scripts_are_twins() {
    let words = |file: &str, call: &str| -> Vec<String> {
        let text = fs::read_to_string(root().join("scripts/action").join(file)).unwrap();
        let calls = text.match_indices(call).map(|(at, call)| &text[at + call.len()..]);
        let sayings = calls.filter_map(|rest| {
            let quote = rest.trim_start().chars().next().filter(|c| "\"'".contains(*c))?;
            rest.trim_start()[1..].split(quote).next()
        });
        // What both spell in their own way: variables, names of files.
        let plain = |saying: &str| {
            let mut words = BTreeSet::new();
            for word in saying.split(|c: char| !c.is_ascii_alphabetic() && c != '-' && c != '$') {
                if word.len() > 3 && !word.contains('$') {
                    words.insert(word.to_owned());
                }
            }
            words.into_iter().collect::<Vec<_>>().join(" ")
        };
        sayings.map(plain).collect()
    };
    let bash = words("action.sh", "die ");
    let pwsh = words("action.ps1", "Stop-Action ");
    let about = |words: &[String], what: &str| words.iter().any(|saying| saying.contains(what));
    for what in ["attestation", "cargo", "gowoa-path", "install-mode", "checksum", "SHA", "version"]
    {
        assert_eq!(about(&bash, what), about(&pwsh, what), "{what}\n{bash:#?}\n{pwsh:#?}");
    }
}

/// A file of the repository.
fn text(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap()
}

/// Three scripts fetch with curl, each alone on somebody's machine, where it cannot ask another file: they use the same
/// flags, in the same order.
#[test]
fn what_is_fetched_is_fetched_the_same_way() {
    let flags = |path: &str| -> Vec<String> {
        let text = text(path);
        let from = text.find("--fail").expect(path);
        let end = from + text[from..].find("--output").expect(path);
        let plain = text[from..end].replace(['\'', ',', '[', ']', ';', '\\', '.'], " ");
        plain.split_whitespace().filter(|word| *word != "curl").map(str::to_owned).collect()
    };
    let action = flags("scripts/action/action.sh");
    for flag in ["--tlsv1", "--connect-timeout", "--speed-time", "--max-time", "--retry"] {
        assert!(action.iter().any(|word| word.starts_with(flag)), "{flag}: {action:?}");
    }
    assert_eq!(flags("workflows/azure/gowoa.yml"), action);
    let task = flags("azure/task/index.js");
    assert_eq!(task[..action.len()], action, "{task:?}");
}

/// The scripts that run a gowoa read the table of pins on their own, for the same reason. Those in the same language are
/// the same; `tests/action` and `scripts/azure.sh` run three of the five on tables.
#[test]
fn the_table_of_pins_is_read_the_same_way() {
    let between = |path: &str, begin: &str, end: &str| -> Vec<String> {
        let text = text(path);
        let (_, rest) = text.split_once(begin).expect(path);
        let (body, _) = rest.split_once(end).expect(path);
        let lines = body.lines().map(|line| line.trim().to_owned());
        lines.filter(|line| !line.is_empty()).collect()
    };
    let bash = |path: &str| between(path, "while read -r first second third fourth", "done <");
    let (action, template) = (bash("scripts/action/action.sh"), bash("workflows/azure/gowoa.yml"));
    // A template holds no comments in its table, and its last line ends.
    let differ = |line: &&String| !line.contains("; do") && !line.contains("continue ;;");
    let same = |lines: &[String]| lines.iter().filter(differ).cloned().collect::<Vec<_>>();
    assert_eq!(same(&action), same(&template));
    assert!(same(&action).len() >= 5, "{action:#?}");
    for (path, first, target) in [
        ("scripts/action/action.ps1", "$words[0] -ceq $found.Version", "$words[1] -ceq $Target"),
        ("workflows/azure/gowoa.yml", "$entry[0] -ceq $version", "$entry[1] -ceq $target"),
        ("azure/task/index.js", "first === found.version", "second === target"),
    ] {
        let text = text(path);
        let both = text.lines().any(|line| line.contains(first) && line.contains(target));
        assert!(both, "{path}: a row counts where version and target are the whole words");
    }
}
