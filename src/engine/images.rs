//! The exes of one unit, and the objects that are linked into them, read beside whatever `go` does next.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use rayon::prelude::*;
use tokio::task::{JoinError, JoinHandle};

use crate::facts::{ImageFile, ObjectFile, UnitFacts};
use crate::model::MAX_MAPS;
use crate::plan::Scope;

use super::phases::Clock;
use super::{inspect, objects};

/// What was read so far.
#[derive(Debug, Default)]
struct Read {
    images: Vec<ImageFile>,
    objects: Vec<ObjectFile>,
    took: Duration,
}

/// Images and objects that are being read.
#[derive(Debug)]
pub(super) struct Reading {
    task: Option<JoinHandle<Read>>,
    scope: Scope,
}

/// Reads them on threads of their own. `map`: whether each gets its map.
pub(super) fn start(
    mut images: Vec<ImageFile>,
    sources: Vec<objects::Source>,
    scope: Scope,
    map: bool,
) -> Reading {
    let some = !images.is_empty() || !sources.is_empty();
    let task = some.then(|| {
        tokio::task::spawn_blocking(move || {
            let begin = Instant::now();
            images.par_iter_mut().enumerate().for_each(|(at, image)| {
                inspect::look(image, scope, map && at < MAX_MAPS);
            });
            Read { images, objects: objects::read(sources), took: begin.elapsed() }
        })
    });
    Reading { task, scope }
}

impl Reading {
    /// Waits for them, reads the test binaries, and looks for the functions of the wanted packages: which these
    /// are is known last.
    pub(super) async fn finish(
        self,
        tests: Vec<ImageFile>,
        wanted: BTreeSet<String>,
        facts: &mut UnitFacts,
        clock: &mut Clock<'_>,
    ) -> Result<(), JoinError> {
        if self.task.is_none() && tests.is_empty() {
            return Ok(());
        }
        clock.begin("inspect");
        let read = self.rest(tests, wanted).await;
        let took = read.as_ref().map(|read| read.took).unwrap_or_default();
        clock.ended("inspect", took);
        let read = read?;
        (facts.images, facts.objects) = (read.images, read.objects);
        Ok(())
    }

    async fn rest(
        self,
        mut tests: Vec<ImageFile>,
        wanted: BTreeSet<String>,
    ) -> Result<Read, JoinError> {
        let mut read = match self.task {
            Some(task) => task.await?,
            None => Read::default(),
        };
        let scope = self.scope;
        // Off the thread that listens for signals. A map of a test binary is nothing that anybody waits for.
        let rest = tokio::task::spawn_blocking(move || {
            let begin = Instant::now();
            tests.par_iter_mut().for_each(|image| inspect::look(image, scope, false));
            read.images.append(&mut tests);
            if !wanted.is_empty() {
                read.images.par_iter_mut().for_each(|image| inspect::functions(image, &wanted));
            }
            objects::find_in_images(&mut read.objects, &read.images);
            read.took += begin.elapsed();
            read
        });
        rest.await
    }
}
