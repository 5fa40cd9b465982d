//! How packages are shared out to calls of `go`: command lines have a longest length, and exes have names.

use std::collections::BTreeSet;

/// Splits packages into batches whose argument list stays below the limit of every platform.
pub fn batches(packages: &[String], limit: usize) -> Vec<Vec<String>> {
    // One more for the separator, two for quotes.
    batches_by(packages, limit, |package| package.len() + 3)
}

/// Splits items into batches by the bytes that each costs.
pub fn batches_by<T: Clone>(items: &[T], limit: usize, cost: impl Fn(&T) -> usize) -> Vec<Vec<T>> {
    let mut batches = Vec::new();
    let mut batch: Vec<T> = Vec::new();
    let mut bytes = 0;
    for item in items {
        let cost = cost(item);
        if !batch.is_empty() && bytes + cost > limit {
            batches.push(std::mem::take(&mut batch));
            bytes = 0;
        }
        bytes += cost;
        batch.push(item.clone());
    }
    if !batch.is_empty() {
        batches.push(batch);
    }
    batches
}

/// Groups commands so that no two of a group give an exe of the same name (compared without case, as
/// Windows and macOS do). Order is kept; the first group holds the first of each name.
pub fn groups_by_exe(commands: &[String]) -> Vec<Vec<String>> {
    let mut groups: Vec<(BTreeSet<String>, Vec<String>)> = Vec::new();
    for command in commands {
        let name = exe_base(command).to_lowercase();
        let free = groups.iter_mut().find(|(names, _)| !names.contains(&name));
        match free {
            Some((names, group)) => {
                names.insert(name);
                group.push(command.clone());
            }
            None => groups.push((BTreeSet::from([name]), vec![command.clone()])),
        }
    }
    groups.into_iter().map(|(_, group)| group).collect()
}

/// The exe's name without suffix, as cmd/go's DefaultExecName makes it: the last element of the import
/// path, or the one before where the last is a major version (`v2` and up).
pub fn exe_base(import_path: &str) -> &str {
    let (parent, last) = import_path.rsplit_once('/').unwrap_or(("", import_path));
    if parent.is_empty() || !is_version_element(last) {
        return last;
    }
    parent.rsplit_once('/').map_or(parent, |(_, name)| name)
}

fn is_version_element(element: &str) -> bool {
    let Some(digits) = element.strip_prefix('v') else { return false };
    let number = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    number && !digits.starts_with('0') && digits != "1"
}

#[cfg(test)]
mod tests {
    use super::*;

    fn strings(words: &[&str]) -> Vec<String> {
        words.iter().map(|word| (*word).to_owned()).collect()
    }

    #[test]
    fn exe_names_follow_cmd_go() {
        assert_eq!(exe_base("example.com/tool"), "tool");
        assert_eq!(exe_base("example.com/tool/v2"), "tool");
        assert_eq!(exe_base("example.com/tool/v1"), "v1");
        assert_eq!(exe_base("example.com/tool/v02"), "v02");
        assert_eq!(exe_base("v2"), "v2");
        assert_eq!(exe_base("tool"), "tool");
    }

    #[test]
    fn equal_exe_names_land_in_different_groups() {
        let commands = strings(&["a/tool", "b/tool", "b/Tool", "c/other", "d/tool/v2"]);
        let groups = groups_by_exe(&commands);
        assert_eq!(
            groups,
            [
                strings(&["a/tool", "c/other"]),
                strings(&["b/tool"]),
                strings(&["b/Tool"]),
                strings(&["d/tool/v2"])
            ]
        );
    }

    #[test]
    fn batches_stay_below_the_limit_and_lose_nothing() {
        let packages: Vec<String> =
            (0..5000).map(|n| format!("example.com/project/package{n}")).collect();
        let batches = batches(&packages, 24_000);
        assert!(batches.len() > 1);
        assert!(
            batches.iter().all(|batch| batch.iter().map(|p| p.len() + 3).sum::<usize>() <= 24_000)
        );
        assert_eq!(batches.concat(), packages);
        assert_eq!(super::batches(&strings(&["x"]), 0), [strings(&["x"])]);
    }
}
