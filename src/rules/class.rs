//! The classes of failure that a rule can name, and what each means for a build.

use crate::facts::FailureClass;
use crate::facts::rules::RuleEffect;
use crate::model::FileSetClass;

/// Class, what it means, and what it says in words.
pub const CLASSES: &[(&str, RuleEffect, &str)] = &[
    (FailureClass::Excluded.as_str(), RuleEffect::Breaks, "build constraints leave no Go file"),
    (
        FailureClass::Sentinel.as_str(),
        RuleEffect::Breaks,
        "the package refuses the platform on purpose",
    ),
    (
        FailureClass::UndefinedSymbol.as_str(),
        RuleEffect::Breaks,
        "a name is declared for other architectures only",
    ),
    (
        FailureClass::MissingMethod.as_str(),
        RuleEffect::Breaks,
        "a method is declared for other architectures only",
    ),
    (
        FailureClass::Redeclared.as_str(),
        RuleEffect::Breaks,
        "two files that apply declare the same name",
    ),
    (
        FailureClass::MissingFunctionBody.as_str(),
        RuleEffect::Breaks,
        "assembly is missing; the compiler says so",
    ),
    (
        FailureClass::LinkUndefined.as_str(),
        RuleEffect::Breaks,
        "assembly is missing; the linker says so",
    ),
    (
        FailureClass::LinkError.as_str(),
        RuleEffect::Breaks,
        "the linker refuses it for another reason",
    ),
    (
        FailureClass::ForeignAssembly.as_str(),
        RuleEffect::Breaks,
        "assembly for another architecture is assembled",
    ),
    (
        FailureClass::ReservedRegister.as_str(),
        RuleEffect::Breaks,
        "assembly names R18, which the assembler refuses",
    ),
    (
        FailureClass::ObjectMachine.as_str(),
        RuleEffect::Breaks,
        "the linker refuses an object for another machine",
    ),
    (FailureClass::TypeError.as_str(), RuleEffect::Breaks, "another error of the compiler"),
    (
        FailureClass::UndefinedInDependency.as_str(),
        RuleEffect::BreaksImporters,
        "it builds, and what imports it lacks a name",
    ),
    (FailureClass::CgoExcluded.as_str(), RuleEffect::NeedsCgo, "every file needs cgo"),
    (
        FailureClass::CgoUndefined.as_str(),
        RuleEffect::NeedsCgo,
        "without cgo it lacks names and does not build",
    ),
    (
        FailureClass::CgoEmpty.as_str(),
        RuleEffect::NeedsCgo,
        "without cgo it is empty, and what imports it breaks",
    ),
    ("cgo-stub", RuleEffect::NeedsCgo, "without cgo it builds, and fails when it is called"),
    (
        FileSetClass::FilesLost.as_str(),
        RuleEffect::Differs,
        "files for amd64 have nothing in their place",
    ),
    (FileSetClass::ResourcesLost.as_str(), RuleEffect::Differs, "resources exist for amd64 only"),
    (
        FileSetClass::GenericFallback.as_str(),
        RuleEffect::Differs,
        "Go code in the place of assembly: slower",
    ),
    (
        "float-syscall",
        RuleEffect::Differs,
        "a float is passed to a system call and does not arrive",
    ),
    ("reserved-x18", RuleEffect::Differs, "machine code uses x18, which belongs to Windows"),
    (
        "cpu-detection",
        RuleEffect::Differs,
        "features of the processor are not found on Windows: slower",
    ),
    ("embedded-image", RuleEffect::Differs, "it carries a program or DLL for another machine"),
    ("arch-table", RuleEffect::Differs, "a table by architecture does not know arm64"),
    (
        "unsupported-at-run-time",
        RuleEffect::Differs,
        "it builds, and says at run time that it cannot work",
    ),
];

/// What a class means; absent for a word that is none.
pub fn effect(class: &str) -> Option<RuleEffect> {
    CLASSES.iter().find(|(word, ..)| *word == class).map(|(_, effect, _)| *effect)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_class_stands_once() {
        let mut words: Vec<&str> = CLASSES.iter().map(|(word, ..)| *word).collect();
        words.sort_unstable();
        let all = words.len();
        words.dedup();
        assert_eq!(words.len(), all);
        assert_eq!(effect("undefined-symbol"), Some(RuleEffect::Breaks));
        assert_eq!(effect("undefined"), None);
    }
}
