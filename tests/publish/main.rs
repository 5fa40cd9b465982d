//! `--github` against a local server that behaves as GitHub's API does, limits and moods included.

mod accounts;
mod calls;
mod hub;
mod limits;
mod moods;
mod run;
