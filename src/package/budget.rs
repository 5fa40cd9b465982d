//! Limits, and what is left of them while containers are opened.

use std::io::Read;

use super::PackageError;
use super::spool::{CHUNK, FillError, Spool, fill};

/// How a limit is named where it stops something.
pub(super) const MEMBER_SIZE: &str = "bytes in one member";
const TOTAL_SIZE: &str = "bytes in all members together";
const MEMBERS: &str = "members";
const DEPTH: &str = "containers in each other";
const RATIO: &str = "times its own size when it is unpacked";

/// Output beyond the ratio that is no bomb yet, of all containers below one outer file together: a small
/// file of zeros may shrink a thousandfold, and costs nothing. In bytes.
const RATIO_FREE: u64 = 64 << 20;

/// How much a container may cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Members of all containers below one outer file, wanted or not.
    pub members: u64,
    /// Containers in each other.
    pub depth: u32,
    /// Bytes out for a byte in, of one container.
    pub ratio: u64,
    /// Bytes of one member.
    pub member_size: u64,
    /// Bytes of all members below one outer file.
    pub total_size: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            // The source tree of Go has 15,000 files, a large node_modules 100,000.
            members: 200_000,
            // A gzip in a tar in a gzip in a zip in a zip is 5; more was never met.
            depth: 6,
            // Programs shrink to a half or a fifth, debug information to a tenth.
            ratio: 200,
            // The largest Go exe met has 0.3 GB; Windows loads none of 4 GiB.
            member_size: 2 << 30,
            // 20 seconds of unpacking at the 300 MB/s of deflate.
            total_size: 6 << 30,
        }
    }
}

/// What is left of the limits; shared by everything that is opened below one outer file.
#[derive(Debug)]
pub struct Budget {
    limits: Limits,
    members: u64,
    total: u64,
    depth: u32,
    /// What is left of [`RATIO_FREE`].
    free: u64,
}

impl Budget {
    /// Everything is left.
    #[must_use]
    pub fn new(limits: Limits) -> Self {
        let (members, total, depth) = (limits.members, limits.total_size, limits.depth);
        Self { members, total, depth, free: RATIO_FREE, limits }
    }
}

/// One container while it is open: it stands for one step of depth, and counts what comes out of it.
#[derive(Debug)]
pub(super) struct Opened<'b> {
    budget: &'b mut Budget,
    /// Bytes that may still come out of this container by its own size.
    left: u64,
}

impl<'b> Opened<'b> {
    /// Opens a container of these bytes.
    pub(super) fn new(budget: &'b mut Budget, bytes: &[u8]) -> Result<Self, PackageError> {
        let Some(depth) = budget.depth.checked_sub(1) else {
            return Err(limit(DEPTH, budget.limits.depth.into()));
        };
        budget.depth = depth;
        let left = (bytes.len() as u64).saturating_mul(budget.limits.ratio);
        Ok(Self { budget, left })
    }

    /// For the caller, while it looks at a member.
    pub(super) fn budget(&mut self) -> &mut Budget {
        self.budget
    }

    /// Counts the head of a member.
    pub(super) fn count(&mut self) -> Result<(), PackageError> {
        let Some(members) = self.budget.members.checked_sub(1) else {
            return Err(limit(MEMBERS, self.budget.limits.members));
        };
        self.budget.members = members;
        Ok(())
    }

    /// Reads a member to its end, within what is left.
    pub(super) fn read(
        &mut self,
        name: &str,
        reader: impl Read,
    ) -> Result<Spool<'static>, PackageError> {
        let (most, which, value) = self.most();
        let mut read = 0;
        let filled = fill(reader, most, &mut read);
        self.spend(read);
        match filled {
            Ok(spool) => Ok(spool),
            Err(FillError::TooLong) => Err(PackageError::Limit { which, value }),
            Err(FillError::Read(error)) => {
                // A decoder that fails keeps back what it unpacked of the last piece.
                self.spend(CHUNK as u64);
                Err(super::malformed(named(name), error))
            }
            Err(FillError::Keep(error)) => Err(PackageError::Io(error)),
        }
    }

    /// Reads on without keeping anything: what has to be unpacked to come to a member costs as well.
    pub(super) fn skip(
        &mut self,
        name: &str,
        reader: impl Read,
        bytes: u64,
    ) -> Result<(), PackageError> {
        let (most, which, value) = self.most();
        if bytes > most {
            return Err(PackageError::Limit { which, value });
        }
        let skipped = std::io::copy(&mut reader.take(bytes), &mut std::io::sink());
        self.spend(bytes);
        match skipped {
            Ok(_) => Ok(()),
            Err(error) => Err(super::malformed(named(name), error)),
        }
    }

    /// Lends the bytes of a stored member. They count like others: a caller reads them, and many entries may
    /// name the same bytes.
    pub(super) fn lend<'a>(&mut self, stored: &'a [u8]) -> Result<Spool<'a>, PackageError> {
        let (most, which, value) = self.most();
        if stored.len() as u64 > most {
            return Err(PackageError::Limit { which, value });
        }
        self.spend(stored.len() as u64);
        Ok(Spool::borrowed(stored))
    }

    /// Bytes that the next member may have, and the limit that sets them.
    fn most(&self) -> (u64, &'static str, u64) {
        let limits = self.budget.limits;
        let mut most = (limits.member_size, MEMBER_SIZE, limits.member_size);
        if self.budget.total < most.0 {
            most = (self.budget.total, TOTAL_SIZE, limits.total_size);
        }
        let left = self.left.saturating_add(self.budget.free);
        if left < most.0 {
            most = (left, RATIO, limits.ratio);
        }
        most
    }

    /// Bytes that were unpacked, handed out or not.
    pub(super) fn spend(&mut self, bytes: u64) {
        let beyond = bytes.saturating_sub(self.left);
        self.left = self.left.saturating_sub(bytes);
        self.budget.free = self.budget.free.saturating_sub(beyond);
        self.budget.total = self.budget.total.saturating_sub(bytes);
    }
}

impl Drop for Opened<'_> {
    fn drop(&mut self) {
        self.budget.depth += 1;
    }
}

fn limit(which: &'static str, value: u64) -> PackageError {
    PackageError::Limit { which, value }
}

/// A member without a name is the stream itself.
fn named(name: &str) -> &str {
    if name.is_empty() { "the stream" } else { name }
}
