//! Which architecture extension an instruction belongs to, and from which
//! GOARM64 level on every processor has it.
//!
//! Names and "mandatory from" levels: DDI 0487, chapter A2, "Armv8-A and
//! Armv9-A architecture extensions"; the same lists are the implied features of
//! `HasV8_0aOps` to `HasV9_5aOps` in LLVM's AArch64Features.td. Levels and
//! options of GOARM64: `ParseGoarm64` in Go's internal/buildcfg.

use disarm64::Insn;
use disarm64_defn::InsnFeatureSet as Set;

use super::valid;

/// An extension of the architecture behind Armv8.0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Feature {
    /// The name in the Arm manual, or of the family: `FEAT_LSE`, `FEAT_SME`.
    pub name: &'static str,
    /// The first GOARM64 level that has it on every processor. `None` if it is
    /// optional at all levels.
    pub level: Option<&'static str>,
}

/// The extension an instruction belongs to. `None` for Armv8.0 with its floating
/// point and Advanced SIMD, and for what is no instruction. Hints count as
/// Armv8.0: a processor that does not know one does nothing, which is why
/// compilers use `paciasp` and `bti` without asking.
#[must_use]
pub fn feature(word: u32) -> Option<Feature> {
    of(word, valid::definition(word)?)
}

/// Does a GOARM64 value promise the feature? What is not a level of GOARM64
/// counts as v8.0, which is Go's default.
#[must_use]
pub fn allowed_by(goarm64: &str, feature: &Feature) -> bool {
    let mut parts = goarm64.trim().split(',');
    let level = parts.next().and_then(rank).unwrap_or(0);
    let option = |name| parts.clone().any(|part| part == name);
    match feature.name {
        "FEAT_LSE" if option("lse") => true,
        "FEAT_AES" | "FEAT_PMULL" | "FEAT_SHA1" | "FEAT_SHA256" if option("crypto") => true,
        _ => feature.level.and_then(rank).is_some_and(|needed| includes(level, needed)),
    }
}

/// A level as a number: the minor, and 16 more for Armv9.
fn rank(level: &str) -> Option<u8> {
    match level.as_bytes() {
        [b'v', b'8', b'.', minor @ b'0'..=b'9'] => Some(minor - b'0'),
        [b'v', b'9', b'.', minor @ b'0'..=b'5'] => Some(16 + minor - b'0'),
        _ => None,
    }
}

/// Does level `has` include level `needed`? v9.0 is v8.5 and more, v9.1 is v8.6
/// and more, and so on (`Goarm64Features.Supports`).
fn includes(has: u8, needed: u8) -> bool {
    match (has >= 16, needed >= 16) {
        (true, false) => needed <= has - 16 + 5,
        (false, true) => false,
        _ => needed <= has,
    }
}

/// Every processor has it from `level` on.
const fn from(name: &'static str, level: &'static str) -> Option<Feature> {
    Some(Feature { name, level: Some(level) })
}

/// No level promises it.
const fn optional(name: &'static str) -> Option<Feature> {
    Some(Feature { name, level: None })
}

/// The extension of an instruction with its definition.
pub(super) fn of(word: u32, definition: &Insn) -> Option<Feature> {
    let hint = word & 0xffff_f01f == 0xd503_201f;
    if hint {
        return None;
    }
    match definition.feature_set {
        Set::V8 => system_register(word),
        Set::FP | Set::SIMD | Set::V8R => None,
        Set::AES if definition.mnemonic.starts_with("pmull") => optional("FEAT_PMULL"),
        Set::AES => optional("FEAT_AES"),
        Set::SHA2 if definition.mnemonic.starts_with("sha1") => optional("FEAT_SHA1"),
        Set::SHA2 => optional("FEAT_SHA256"),
        Set::SHA3 if definition.mnemonic.starts_with("sha512") => optional("FEAT_SHA512"),
        Set::SHA3 => optional("FEAT_SHA3"),
        Set::SM4 if definition.mnemonic.starts_with("sm3") => optional("FEAT_SM3"),
        Set::SM4 => optional("FEAT_SM4"),
        set => mandatory(set).or_else(|| optional(name_of_optional(set))),
    }
}

/// Registers and fields that a program reads or sets and that Armv8.0 lacks. The
/// identification registers are not among them: they read as zero.
fn system_register(word: u32) -> Option<Feature> {
    const DIT: Option<Feature> = from("FEAT_DIT", "v8.4");
    match (word & 0xffff_ffe0, word & 0xffff_f0ff) {
        // mrs and msr DIT, S3_3_C4_C2_5; msr DIT, #imm
        (0xd53b_42a0 | 0xd51b_42a0, _) | (_, 0xd503_405f) => DIT,
        // mrs RNDR and RNDRRS, S3_3_C2_C4_0 and _1
        (0xd53b_2400 | 0xd53b_2420, _) => optional("FEAT_RNG"),
        _ => None,
    }
}

/// Extensions that a level makes mandatory.
fn mandatory(set: Set) -> Option<Feature> {
    match set {
        Set::CRC => from("FEAT_CRC32", "v8.1"),
        Set::LSE => from("FEAT_LSE", "v8.1"),
        Set::LOR => from("FEAT_LOR", "v8.1"),
        Set::RDMA => from("FEAT_RDM", "v8.1"),
        Set::RCPC => from("FEAT_LRCPC", "v8.3"),
        Set::PAUTH => from("FEAT_PAuth", "v8.3"),
        Set::JSCVT => from("FEAT_JSCVT", "v8.3"),
        Set::COMPNUM => from("FEAT_FCMA", "v8.3"),
        Set::DOTPROD => from("FEAT_DotProd", "v8.4"),
        Set::RCPC2 => from("FEAT_LRCPC2", "v8.4"),
        Set::FLAGM => from("FEAT_FlagM", "v8.4"),
        Set::FLAGMANIP => from("FEAT_FlagM2", "v8.5"),
        Set::FRINTTS => from("FEAT_FRINTTS", "v8.5"),
        Set::SB => from("FEAT_SB", "v8.5"),
        Set::PREDRES => from("FEAT_SPECRES", "v8.5"),
        Set::BFLOAT16 => from("FEAT_BF16", "v8.6"),
        Set::I8MM => from("FEAT_I8MM", "v8.6"),
        Set::WFXT => from("FEAT_WFxT", "v8.7"),
        Set::XS => from("FEAT_XS", "v8.7"),
        Set::MOPS => from("FEAT_MOPS", "v8.8"),
        Set::HBC => from("FEAT_HBC", "v8.8"),
        Set::CSSC => from("FEAT_CSSC", "v8.9"),
        Set::PREDRES2 => from("FEAT_SPECRES2", "v8.9"),
        Set::CPA => from("FEAT_CPA", "v9.5"),
        _ => None,
    }
}

/// The name of an extension that stays optional. FEAT_FHM is mandatory from v8.4
/// only where FEAT_FP16 is there, and that is optional, as SVE is in Armv9.
fn name_of_optional(set: Set) -> &'static str {
    match set {
        Set::FP_F16 | Set::SIMD_F16 => "FEAT_FP16",
        Set::FP_16_V8_2A => "FEAT_FHM",
        Set::MEMTAG | Set::MOPS_MEMTAG => "FEAT_MTE",
        Set::LS64 => "FEAT_LS64",
        Set::RCPC3 => "FEAT_LRCPC3",
        Set::LSE128 => "FEAT_LSE128",
        Set::THE | Set::D128_THE => "FEAT_THE",
        Set::D128 | Set::D128_TLBID => "FEAT_SYSREG128",
        Set::GCS => "FEAT_GCS",
        Set::TME => "FEAT_TME",
        Set::BRBE => "FEAT_BRBE",
        Set::ITE => "FEAT_ITE",
        Set::CHK => "FEAT_CHK",
        Set::LUT => "FEAT_LUT",
        Set::FAMINMAX => "FEAT_FAMINMAX",
        Set::CMPBR => "FEAT_CMPBR",
        Set::FPRCVT => "FEAT_FPRCVT",
        Set::LSFE => "FEAT_LSFE",
        Set::LSUI | Set::LSUI_FP => "FEAT_LSUI",
        Set::LSCP => "FEAT_LSCP",
        Set::POE2 => "FEAT_S1POE2",
        Set::TEV => "FEAT_TEV",
        Set::MOPS_GO => "FEAT_MOPS_GO",
        Set::MPAMV2 => "FEAT_MPAMv2",
        Set::GCIE => "FEAT_GCIE",
        Set::F16F32DOT => "FEAT_F16F32DOT",
        Set::F16F32MM => "FEAT_F16F32MM",
        Set::F16MM => "FEAT_F16MM",
        Set::F8F16MM => "FEAT_F8F16MM",
        Set::F8F32MM => "FEAT_F8F32MM",
        Set::FP8 | Set::FP8_SME2 | Set::FP8_SVE2 => "FEAT_FP8",
        Set::FP8DOT2 | Set::FP8DOT2_SVE => "FEAT_FP8DOT2",
        Set::FP8DOT4 | Set::FP8DOT4_SVE => "FEAT_FP8DOT4",
        Set::FP8FMA | Set::FP8FMA_SVE => "FEAT_FP8FMA",
        other => name_of_scalable(other),
    }
}

/// The family of an extension of scalable vectors or matrices.
fn name_of_scalable(set: Set) -> &'static str {
    match set {
        Set::SVE | Set::BFLOAT16_SVE | Set::I8MM_SVE | Set::F32MM_SVE | Set::F64MM_SVE => {
            "FEAT_SVE"
        }
        Set::SVE2 | Set::SVE2AES | Set::SVE2BITPERM | Set::SVE2SHA3 | Set::SVE2SM4 => "FEAT_SVE2",
        Set::SVE2P1 | Set::SVE2P1_SME | Set::SVE2P1_SME2 | Set::SVE2P1_SME2P1 => "FEAT_SVE2p1",
        Set::SVE2P2_SME2P2 | Set::SVE_SME2P2 | Set::SVE_AES2 => "FEAT_SVE2p2",
        Set::SVE2P3 | Set::SVE2P3_SME2P3 => "FEAT_SVE2p3",
        Set::CPA_SVE
        | Set::FAMINMAX_SVE2
        | Set::LUT_SVE2
        | Set::F8F16MM_SVE2
        | Set::F8F32MM_SVE2
        | Set::SVE_B16B16_SVE2
        | Set::SVE_B16MM
        | Set::SVE_BFSCALE
        | Set::SVE_F16F32MM
        | Set::SVE_SSVE_FEXPA => "FEAT_SVE2",
        Set::SME | Set::SME_F64F64 | Set::SME_I16I64 => "FEAT_SME",
        _ => "FEAT_SME2",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn extensions_by_word() {
        for (word, expected) in [
            (0xb820_0001, Some(("FEAT_LSE", Some("v8.1")))),
            (0x9ac3_4c41, Some(("FEAT_CRC32", Some("v8.1")))),
            (0xb8bf_c020, Some(("FEAT_LRCPC", Some("v8.3")))),
            (0xd65f_0bff, Some(("FEAT_PAuth", Some("v8.3")))),
            (0x4e82_9420, Some(("FEAT_DotProd", Some("v8.4")))),
            (0xd503_415f, Some(("FEAT_DIT", Some("v8.4")))),
            (0x1940_0400, Some(("FEAT_MOPS", Some("v8.8")))),
            (0x4e28_4820, Some(("FEAT_AES", None))),
            (0x0ee2_e020, Some(("FEAT_PMULL", None))),
            (0x5e28_1820, Some(("FEAT_SHA1", None))),
            (0x5e02_4020, Some(("FEAT_SHA256", None))),
            (0xce62_8020, Some(("FEAT_SHA512", None))),
            (0x1ee0_4020, Some(("FEAT_FP16", None))),
            (0x0420_0020, Some(("FEAT_SVE", None))),
            (0x0e22_e020, None), // pmull of bytes
            (0xd503_233f, None), // paciasp, a hint
            (0xd503_245f, None), // bti c, a hint
            (0x1e62_4020, None), // fcvt s0, d1
            (0x4ea1_1c20, None), // mov v0.16b, v1.16b
            (0xc85f_7c20, None), // ldxr
            (0x0000_0000, None),
            (0xffff_ffff, None),
        ] {
            let found = feature(word).map(|found| (found.name, found.level));
            assert_eq!(found, expected, "{word:#010x}");
        }
    }

    #[test]
    fn levels_and_options_of_goarm64() {
        let lse = Feature { name: "FEAT_LSE", level: Some("v8.1") };
        let aes = Feature { name: "FEAT_AES", level: None };
        let mops = Feature { name: "FEAT_MOPS", level: Some("v8.8") };
        let cpa = Feature { name: "FEAT_CPA", level: Some("v9.5") };
        for (goarm64, expected) in [
            ("v8.0", [false, false, false, false]),
            ("v8.0,lse", [true, false, false, false]),
            ("v8.0,crypto", [false, true, false, false]),
            ("v8.0,crypto,lse", [true, true, false, false]),
            ("v8.1", [true, false, false, false]),
            ("v8.9", [true, false, true, false]),
            ("v9.0", [true, false, false, false]),
            ("v9.3", [true, false, true, false]),
            ("v9.5,crypto", [true, true, true, true]),
            ("", [false; 4]),
            ("v9.6", [false; 4]),
            ("v10.0", [false; 4]),
            ("lse", [false; 4]),
            ("nonsense,lse", [true, false, false, false]),
        ] {
            let found = [lse, aes, mops, cpa].map(|feature| allowed_by(goarm64, &feature));
            assert_eq!(found, expected, "{goarm64}");
        }
    }
}
