//! What the rules database says of a package of the build.

use crate::model::Severity;

/// What becomes of a package, by the class of a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RuleEffect {
    /// It does not build or link for windows/arm64.
    Breaks,
    /// It builds, and code that uses what arm64 lacks does not.
    BreaksImporters,
    /// Without cgo it does not build, is empty, or is a stub.
    NeedsCgo,
    /// It builds and then lacks something, is slower, or does something wrong.
    Differs,
}

impl RuleEffect {
    /// Whether a build shows it.
    pub const fn fails_to_build(self) -> bool {
        !matches!(self, Self::Differs)
    }
}

/// A rule that holds for the selected version of a package's module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleHit {
    /// Its id, such as `GOWOA-2021-0001`.
    pub id: String,
    /// The file of the user's that it comes from; absent for gowoa's own.
    pub file: Option<String>,
    /// The class of failure, kebab-case.
    pub class: String,
    /// What the class means for a build.
    pub effect: RuleEffect,
    /// How bad, before reachability.
    pub severity: Severity,
    /// One sentence: what is wrong.
    pub summary: String,
    /// The module that was judged: what replaces it, where it is replaced.
    pub module: String,
    /// Its version.
    pub version: String,
    /// Functions that it is about, as the linker names them without the package: `F`, `(*T).M`. None: the whole
    /// package.
    pub symbols: Vec<String>,
    /// The module that breaks in truth: this one only selects a bad version of it.
    pub through: Option<String>,
    /// The nearest version of the module that mends it, past what other rules say of the package where that can be.
    pub upgrade: Option<String>,
    /// Another way out, in words.
    pub workaround: Option<String>,
    /// Where that is known from.
    pub url: Option<String>,
}

impl RuleHit {
    /// Its id, with the file where it is the user's.
    pub fn name(&self) -> String {
        match &self.file {
            Some(file) => format!("{} ({file})", self.id),
            None => self.id.clone(),
        }
    }

    /// Whether it is about this function, or about the whole package.
    pub fn is_about(&self, function: Option<&str>) -> bool {
        self.symbols.is_empty()
            || self.symbols.iter().any(|symbol| Some(symbol.as_str()) == function)
    }

    /// Whether an exe contains one of its functions, by their names.
    pub fn links_function(&self, linked: &super::LinkedFunctions) -> bool {
        self.symbols.iter().any(|symbol| linked.contains(symbol))
    }
}
