//! Which functions of a package the exes hold, and how the linker comes to them.

use std::collections::BTreeMap;

/// How a function is in an exe.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Presence {
    /// Only inside functions that it was inlined into.
    Inlined,
    /// With code of its own, or of a closure of it.
    Body,
}

/// Functions by package, as one exe names them: import path, then the name without it (see
/// [`super::symbol::function`]).
pub type FunctionsByPackage = BTreeMap<String, BTreeMap<String, Presence>>;

/// What the exes hold of one package, by their function tables.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LinkedFunctions {
    /// The exes that link the package, in the order in which they were built.
    pub images: Vec<LinkedImage>,
    /// Functions by their name without the package: `F`, `T.M`, `(*T).M`, `init`.
    pub functions: BTreeMap<String, LinkedFunction>,
    /// Exes that link the package and whose function table could not be read: what they hold is not known.
    pub unread: Vec<String>,
}

/// An exe that links a package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkedImage {
    /// As the Report names it.
    pub name: String,
    /// Whether gowoa generated the program, to link libraries: what it holds is what a user of the libraries
    /// could reach.
    pub link_proof: bool,
}

/// One function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkedFunction {
    /// Places in [`LinkedFunctions::images`], in order.
    pub images: Vec<usize>,
    /// The most that one of them holds of it.
    pub presence: Presence,
    /// Those of the exes in which nothing but a method that the linker keeps for reflection leads to it, and the
    /// linker's way there, which is empty where nobody asked for it. An exe that is not here was not asked, or
    /// something calls the function in it.
    pub kept: BTreeMap<usize, Vec<String>>,
}

impl LinkedFunctions {
    /// A function by its name in the source. The wrapper `(*T).M` that the compiler makes of a method `T.M`
    /// stands for it: a type cannot have both.
    pub fn find(&self, function: &str) -> Option<&LinkedFunction> {
        self.functions.get(function).or_else(|| self.functions.get(&wrapper(function)?))
    }

    /// The same by name: that of the wrapper where that stands for it.
    pub fn find_mut(&mut self, function: &str) -> Option<&mut LinkedFunction> {
        if self.functions.contains_key(function) {
            return self.functions.get_mut(function);
        }
        self.functions.get_mut(&wrapper(function)?)
    }

    /// Whether reflection alone keeps a function: in every exe that holds it, programs that only link libraries left
    /// aside, since they ask reflection for everything.
    pub fn kept_for_reflection(&self, function: &str) -> bool {
        let Some(found) = self.find(function) else { return false };
        let mut programs = found
            .images
            .iter()
            .filter(|at| self.images.get(**at).is_some_and(|image| !image.link_proof))
            .peekable();
        programs.peek().is_some() && programs.all(|at| found.kept.contains_key(at))
    }

    /// The linker's way to a function that reflection alone keeps in an exe.
    pub fn way_of(&self, function: &str, image: &LinkedImage) -> Option<&[String]> {
        let found = self.find(function)?;
        let at = self.images.iter().position(|other| other == image)?;
        found.kept.get(&at).map(Vec::as_slice)
    }

    /// Whether an exe holds the function.
    pub fn contains(&self, function: &str) -> bool {
        self.find(function).is_some()
    }

    /// The exe to name for a function: a command before a link proof, and one that calls it before one that does
    /// not. Without a function, one that links the package.
    pub fn image_of(&self, function: Option<&str>) -> Option<&LinkedImage> {
        let Some(function) = function else {
            return self.images.iter().min_by_key(|image| image.link_proof);
        };
        let function = self.find(function)?;
        let images = function.images.iter().filter_map(|at| Some((at, self.images.get(*at)?)));
        let first =
            images.min_by_key(|(at, image)| (image.link_proof, function.kept.contains_key(at)));
        first.map(|(_, image)| image)
    }
}

/// The wrapper `(*T).M` of a method `T.M`.
fn wrapper(function: &str) -> Option<String> {
    let (receiver, method) = function.split_once('.')?;
    let value = !receiver.starts_with('(') && !method.contains('.');
    value.then(|| format!("(*{receiver}).{method}"))
}

/// Names for facts that are made by hand: one exe, `app.exe`, holds them.
impl<S: Into<String>> FromIterator<S> for LinkedFunctions {
    fn from_iter<I: IntoIterator<Item = S>>(names: I) -> Self {
        let function =
            LinkedFunction { images: vec![0], presence: Presence::Body, kept: BTreeMap::new() };
        Self {
            images: vec![LinkedImage { name: "app.exe".into(), link_proof: false }],
            functions: names.into_iter().map(|name| (name.into(), function.clone())).collect(),
            unread: Vec::new(),
        }
    }
}

/// The linker's way from the entry of an exe to a function of a package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkerPath {
    /// The exe, as the Report names it.
    pub image: String,
    /// Whether gowoa generated the program, to link libraries.
    pub link_proof: bool,
    /// The function that was asked for, or the nearest one, without the package; absent where only data or the
    /// initialiser of the package is linked.
    pub function: Option<String>,
    /// Symbols as the linker prints them, from `main.main` (or another root) to the function.
    pub symbols: Vec<String>,
    /// Whether the way goes through a method that the linker keeps for reflection alone.
    pub reflection: bool,
    /// Whether the way goes through a method that is called through an interface or by reflection, and no way
    /// of direct references leads there.
    pub dynamic: bool,
    /// Lines of the linker's output that could not be read.
    pub unread_lines: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wrapper_of_a_method_stands_for_it() {
        let linked: LinkedFunctions = ["(*T).M", "F"].into_iter().collect();
        for (name, found) in [
            ("F", true),
            ("T.M", true),
            ("(*T).M", true),
            ("T.F", false),
            ("G", false),
            ("T.", false),
        ] {
            assert_eq!(linked.contains(name), found, "{name}");
        }
        let value: LinkedFunctions = ["T.M"].into_iter().collect();
        assert!(!value.contains("(*T).M"), "a method of the pointer is another");
    }

    #[test]
    fn a_command_is_named_before_a_link_proof() {
        let image = |name: &str, link_proof| LinkedImage { name: name.into(), link_proof };
        let function = |images: &[usize]| LinkedFunction {
            images: images.to_vec(),
            presence: Presence::Body,
            kept: BTreeMap::new(),
        };
        let linked = LinkedFunctions {
            images: vec![image("proof.exe", true), image("app.exe", false)],
            functions: [("F".into(), function(&[0, 1])), ("G".into(), function(&[0]))].into(),
            unread: Vec::new(),
        };
        let name = |function| linked.image_of(function).map(|image| image.name.as_str());
        assert_eq!(name(Some("F")), Some("app.exe"));
        assert_eq!(name(Some("G")), Some("proof.exe"));
        assert_eq!(name(Some("H")), None);
        assert_eq!(name(None), Some("app.exe"));
    }

    #[test]
    fn reflection_alone_keeps_what_no_program_calls() {
        let image = |name: &str, link_proof| LinkedImage { name: name.into(), link_proof };
        let function = |images: &[usize], kept: &[usize]| LinkedFunction {
            images: images.to_vec(),
            presence: Presence::Body,
            kept: kept.iter().map(|at| (*at, Vec::new())).collect(),
        };
        let linked = LinkedFunctions {
            images: vec![image("proof.exe", true), image("a.exe", false), image("b.exe", false)],
            functions: [
                ("(*T).Everywhere".into(), function(&[0, 1, 2], &[1, 2])),
                ("(*T).Called".into(), function(&[0, 1, 2], &[1])),
                ("(*T).Proof".into(), function(&[0], &[])),
                ("F".into(), function(&[2], &[])),
            ]
            .into(),
            unread: Vec::new(),
        };
        assert!(linked.kept_for_reflection("(*T).Everywhere"));
        assert!(linked.kept_for_reflection("T.Everywhere"), "the wrapper");
        for function in ["(*T).Called", "(*T).Proof", "F", "G"] {
            assert!(!linked.kept_for_reflection(function), "{function}");
        }
        let name = |function| linked.image_of(Some(function)).map(|image| image.name.as_str());
        assert_eq!(name("(*T).Everywhere"), Some("a.exe"));
        assert_eq!(name("(*T).Called"), Some("b.exe"), "the one that calls it");
    }
}
