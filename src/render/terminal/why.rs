//! Why a package is there: `gowoa screen --why PACKAGE`.

use super::screen::Screen;
use super::{Options, count, names, plural};
use crate::model::{BuildState, FunctionPresence, Reachability, Why, WhyImage};
use crate::render::reach;
use crate::render::text::arrows;
use crate::render::words::{chain_link, version};

/// Links of an import chain or of the linker's way that are shown.
const LINKS: usize = 100;
/// What stands for the middle of a longer one.
const LEFT_OUT: &str = "left out here";
/// Functions that are named.
const FUNCTIONS: usize = 12;
/// Exes that are named.
const IMAGES: usize = 6;

/// Renders the answer as text that ends with a newline.
pub fn why(why: &Why, options: &Options) -> String {
    let mut screen = Screen::new(options);
    let function = why.function.as_ref().map(|name| format!(".{name}")).unwrap_or_default();
    screen.line(&format!("{}{function}{}", why.package, version(why.module.as_ref())));
    let links: Vec<String> = why.chain.iter().map(chain_link).collect();
    screen.keyed_lines("chain", arrows(&links, LINKS, LEFT_OUT));
    if why.target != "windows/arm64" {
        let text = format!("the chain is of {}: nothing for windows/arm64 imports it", why.target);
        screen.keyed("", &text);
    }
    screen.keyed("reach", &reached(why));
    exes(&mut screen, why);
    way(&mut screen, why);
    screen.finish()
}

fn reached(why: &Why) -> String {
    let state = match why.build {
        BuildState::Linked => "",
        BuildState::Compiled => ", compiled, and no exe links it",
        BuildState::Failed => ", it does not build",
        BuildState::Stopped => ", not built: a package that it needs fails",
        BuildState::Excluded => ", no file of it is for windows/arm64",
        BuildState::NotWindows => ", it is not for Windows",
        BuildState::NotBuilt => ", not built",
    };
    let linked = match (why.reach, why.build) {
        (Reachability::MainModule, BuildState::Linked) => ", linked",
        _ => "",
    };
    format!("{}{linked}{state}", reach::short(why.reach))
}

/// Which exes link it, and what they hold of it.
fn exes(screen: &mut Screen, why: &Why) {
    if let (Some(function), Some(file)) = (&why.function, &why.elsewhere) {
        let text =
            format!("{function} is declared in {file}, which is not built for windows/arm64");
        screen.keyed("declared", &text);
    }
    if why.images.is_empty() {
        return;
    }
    let name = |WhyImage { name, link_proof }: &WhyImage| {
        format!("{name}{}", if *link_proof { reach::LINK_PROOF } else { "" })
    };
    let shown: Vec<String> = why.images.iter().map(name).collect();
    screen.keyed("linked", &format!("into {}", names(&shown, IMAGES, ", ")));
    let text = match (&why.function, why.presence) {
        (Some(function), Some(FunctionPresence::Linked)) => format!("{function} is in it"),
        (Some(function), Some(FunctionPresence::Inlined)) => {
            format!("{function} is in it only inlined into others, so the linker does not know it")
        }
        (Some(function), Some(FunctionPresence::Absent)) => {
            format!("{function} is in no exe; {}", held(&why.functions))
        }
        (Some(function), _) => format!("whether {function} is in it is not known"),
        (None, _) => held(&why.functions),
    };
    screen.keyed("", &text);
}

fn held(functions: &[String]) -> String {
    match functions {
        [] => "no function of the package is in an exe".to_owned(),
        some => format!(
            "{} of the package: {}",
            plural(count(some.len()), "function"),
            names(some, FUNCTIONS, ", ")
        ),
    }
}

/// The linker's way.
fn way(screen: &mut Screen, why: &Why) {
    if let Some(problem) = &why.no_linker {
        screen.keyed("linker", &format!("not known: {problem}"));
    }
    let Some(way) = &why.linker else { return };
    screen.keyed_lines("linker", arrows(&way.symbols, LINKS, LEFT_OUT));
    let how = match (way.reflection, way.dynamic) {
        (true, _) => {
            "not by direct references: through a method that the linker keeps because reflection could \
             call it, and no interface with it is called"
        }
        (false, true) => {
            "not by direct references: through a method of a type in an interface, which calls it"
        }
        (false, false) => "by direct references",
    };
    screen.keyed("", how);
    if way.unread_lines > 0 {
        let lines = plural(way.unread_lines, "line");
        screen.keyed("", &format!("{lines} of the linker's output could not be read"));
    }
}
