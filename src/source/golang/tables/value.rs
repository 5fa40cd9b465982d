//! What is known of a value while a function is followed for one architecture.

use std::rc::Rc;

use super::program::{At, Key};

/// A choice that was made because a condition was known.
#[derive(Debug, Clone)]
pub(super) struct Step<'t> {
    /// The `if`, the `switch` or the lookup.
    pub(super) at: At<'t>,
    /// The calls that led here.
    pub(super) context: u64,
    /// Which way.
    pub(super) choice: usize,
    /// Something unknown stands between this choice and where the run is now.
    pub(super) uncertain: bool,
}

/// Where a value came from that is no use to anybody.
#[derive(Debug)]
pub(super) struct Origin<'t> {
    pub(super) key: Key,
    /// The choices that led to it.
    pub(super) trail: Vec<Step<'t>>,
    /// Whether it is what a variable has that nothing was assigned to.
    pub(super) declared: bool,
}

/// A value.
#[derive(Debug, Clone)]
pub(super) enum Value<'t> {
    /// Anything.
    Unknown,
    /// A string; one that is empty because nothing gave it a value says where that began.
    Text(String, Option<Rc<Origin<'t>>>),
    /// True or false.
    Bool(bool),
    /// An error that is not nil.
    Error(Rc<Origin<'t>>),
    /// Nil for certain.
    Nil,
    /// A composite literal of map type.
    Table(At<'t>),
}

impl Value<'_> {
    /// A string without a history.
    pub(super) fn text(text: &str) -> Self {
        Self::Text(text.to_owned(), None)
    }

    /// What is known of a value that is either of two.
    pub(super) fn join(self, other: &Self) -> Self {
        match (&self, other) {
            (Self::Text(a, _), Self::Text(b, _)) if a == b => self,
            (Self::Bool(a), Self::Bool(b)) if a == b => self,
            (Self::Error(_), Self::Error(_)) | (Self::Nil, Self::Nil) => self,
            (Self::Table(a), Self::Table(b)) if a.key() == b.key() => self,
            _ => Self::Unknown,
        }
    }

    /// Where a value that is no use came from.
    pub(super) fn origin(&self) -> Option<Key> {
        match self {
            Self::Error(origin) | Self::Text(_, Some(origin)) => Some(origin.key),
            _ => None,
        }
    }
}

/// What an architecture gets that code does not know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    Error,
    Panic,
    Exit,
    /// A string that is empty.
    Empty,
    /// A word such as "unsupported" in the place of a name.
    NoName,
    /// The zero value of a map's element.
    Zero,
}

/// Something that fails.
#[derive(Debug, Clone)]
pub(super) struct Event<'t> {
    pub(super) at: At<'t>,
    pub(super) outcome: Outcome,
    /// The choices that led to it.
    pub(super) trail: Vec<Step<'t>>,
    /// Where the value came from that makes it fail.
    pub(super) origin: Option<Key>,
    /// It fails whatever else is so: no unknown condition needs to hold.
    pub(super) whatever: bool,
    /// Only calls reach the function, and they may know what to do.
    pub(super) pending: bool,
}
