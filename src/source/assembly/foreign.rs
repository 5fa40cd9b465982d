//! x86 by its names: instructions and registers that no ARM64 assembler knows.

use crate::facts::toolchain::GOARCH;

use super::lex::{Kind, Token};
use super::statement::Statement;

/// Instructions of cmd/internal/obj/x86 that are in most x86 code and not in cmd/internal/obj/arm64.
const INSTRUCTIONS: &[&str] = &[
    "ADCQ",
    "ADDL",
    "ADDQ",
    "ADDSD",
    "ADDSS",
    "AESENC",
    "ANDL",
    "ANDQ",
    "BSFQ",
    "BSRQ",
    "BSWAPL",
    "BSWAPQ",
    "BYTE",
    "CLD",
    "CMPB",
    "CMPL",
    "CMPQ",
    "CMPXCHGL",
    "CMPXCHGQ",
    "CPUID",
    "DECL",
    "DECQ",
    "IMULQ",
    "INCL",
    "INCQ",
    "JA",
    "JAE",
    "JB",
    "JBE",
    "JCC",
    "JCS",
    "JE",
    "JEQ",
    "JGE",
    "JGT",
    "JHI",
    "JLE",
    "JLS",
    "JLT",
    "JNE",
    "JNZ",
    "JZ",
    "LEAL",
    "LEAQ",
    "LFENCE",
    "LOCK",
    "LONG",
    "MFENCE",
    "MOVAPS",
    "MOVBLZX",
    "MOVBQZX",
    "MOVL",
    "MOVLQSX",
    "MOVLQZX",
    "MOVO",
    "MOVOA",
    "MOVOU",
    "MOVQ",
    "MOVSD",
    "MOVSS",
    "MOVUPS",
    "MULL",
    "MULQ",
    "NEGQ",
    "NOTL",
    "NOTQ",
    "ORL",
    "ORQ",
    "PADDL",
    "PADDQ",
    "PAUSE",
    "PCLMULQDQ",
    "POPQ",
    "PSHUFB",
    "PSHUFD",
    "PUSHQ",
    "PXOR",
    "QUAD",
    "RDTSC",
    "RDTSCP",
    "REP",
    "ROLL",
    "ROLQ",
    "RORQ",
    "SALQ",
    "SARQ",
    "SBBQ",
    "SHLL",
    "SHLQ",
    "SHRL",
    "SHRQ",
    "STOSQ",
    "SUBL",
    "SUBQ",
    "SYSCALL",
    "TESTB",
    "TESTL",
    "TESTQ",
    "VMOVDQA",
    "VMOVDQU",
    "VMOVUPS",
    "VPADDD",
    "VPADDQ",
    "VPSHUFB",
    "VPXOR",
    "VZEROUPPER",
    "XADDL",
    "XADDQ",
    "XCHGL",
    "XCHGQ",
    "XGETBV",
    "XORL",
    "XORPS",
    "XORQ",
];

/// General registers of x86 as Go names them, but for those that ARM64 has too (R8 and up, SP).
const REGISTERS: &[&str] =
    &["AH", "AL", "AX", "BH", "BL", "BP", "BX", "CH", "CL", "CX", "DH", "DI", "DL", "DX", "SI"];

/// Whether a file's name says for which architecture it is.
pub(super) fn has_suffix(name: &str) -> bool {
    let stem = name.strip_suffix(".s").unwrap_or(name);
    stem.rsplit_once('_').is_some_and(|(_, last)| GOARCH.contains(&last))
}

/// Whether a statement is x86.
pub(super) fn is_x86(statement: &Statement<'_>) -> bool {
    if INSTRUCTIONS.iter().any(|known| statement.name() == known.as_bytes()) {
        return true;
    }
    // Where a branch leads to is a label, and may have any name.
    if [&b"B"[..], b"CB", b"TB", b"J", b"CALL"]
        .iter()
        .any(|start| statement.name().starts_with(start))
    {
        return false;
    }
    let operands = statement.operands();
    let register = |operand: &&[Token<'_>]| match operand {
        // `AX`, `(AX)`, `8(AX)`: a name alone; `AX(SB)` would be a symbol of that name.
        [name] | [.., _, name, _] => {
            let inside = operand.len() == 1 || operand.last().is_some_and(|last| last.is(b")"));
            inside
                && name.kind == Kind::Name
                && REGISTERS.iter().any(|known| name.text == known.as_bytes())
        }
        _ => false,
    };
    operands.iter().any(register)
}
