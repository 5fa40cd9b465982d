//! Secrets that are known by their form.

use std::ops::Range;
use std::sync::LazyLock;

use regex::{Regex, RegexSet};

use super::secrets::is_common;

/// One form of a secret.
struct Shape {
    /// What it looks like. The first group that takes part is what is hidden; without groups, all of it.
    pattern: &'static str,
    /// Looks at what would be hidden: patterns alone cannot tell a token from a word.
    accept: fn(&str) -> bool,
}

/// Names of parameters and settings whose values are secret. Letters are matched in any case, as ASCII.
macro_rules! secret_names {
    () => {
        "(?i-u:password|passwd|passphrase|passcode|secret|token|api[_-]?key|access[_-]?key(?:[_-]?id)?\
         |private[_-]?key|account[_-]?key|signing[_-]?key|encryption[_-]?key|sharedaccesssignature\
         |client[_-]?secret|credentials?|x-amz-signature|x-goog-signature|x-amz-credential|x-goog-credential)"
    };
}

/// A value: quoted as a whole, or up to what separates it from its neighbours.
macro_rules! value {
    () => {
        r#"(?:"([^"]+)"|'([^']+)'|\\?["']?([^\s&"'`<>;]+))"#
    };
}

static SHAPES: &[Shape] = &[
    // scheme://user:password@host, also in JSON (`:\/\/`). Greedy up to the last `@` before the path, because
    // passwords hold unescaped `@`.
    Shape {
        pattern: r#"(?i-u:[a-z][a-z0-9+.-]*):(?:\\?/){2}([^\s/?#"'<>`]+)@"#,
        accept: is_userinfo,
    },
    // The same with an unescaped `/`, `?` or `#` in the password; a port alone is not a password.
    Shape {
        pattern: r#"(?x: (?i-u:[a-z][a-z0-9+.-]*) :// (
            [^\s/?\#@:,|\["'<>`]+ : [^\s/?\#@,|"'<>`]* [^\s/?\#@,|"'<>`0-9] [^\s/?\#@,|"'<>`]* [/?\#] [^\s@"'<>`]*
        ) @)"#,
        accept: anything,
    },
    // The same, URL-encoded as a whole.
    Shape {
        pattern: "(?i-u:%3a%2f%2f)((?i-u:[a-z0-9._~!$'()*+,;=:-]|%[0135-9a-f][0-9a-f]|%2[0-9a-e]|%4[1-9a-f])+)(?i-u:%40)",
        accept: is_userinfo,
    },
    // Headers. Not after `/`: a package path may end in `authorization:`.
    Shape {
        pattern: r#"(?m)(?:^|[\s"'{,(>])(?i-u:(?:proxy-)?authorization)\\?["']?[ \t]*[:=][ \t]*\\?["']?([^\s"'][^\r\n"']*)"#,
        accept: anything,
    },
    Shape {
        pattern: r#"(?i-u:\b(?:x-api-key|x-auth-token|private-token|job-token|deploy-token))["']?[ \t]*:[ \t]*["']?([^\s"']+)"#,
        accept: anything,
    },
    Shape { pattern: r#"(?i-u:\b(?:set-)?cookie:)[ \t]*([^\s=;,]+=[^\r\n"']+)"#, accept: anything },
    Shape {
        pattern: r"(?i-u:\b(?:bearer|basic))[ \t]+([A-Za-z0-9._~+/=-]{8,})",
        accept: is_random,
    },
    // Tokens that carry their maker's prefix.
    Shape { pattern: r"gh[pousr]_[A-Za-z0-9_]{16,}(?:[.-][A-Za-z0-9_-]+)*", accept: anything },
    Shape { pattern: r"github_pat_[A-Za-z0-9_]{20,}", accept: anything },
    Shape {
        pattern: r"gl(?:pat|ptt|dt|rt|cbt|ft|soat|agent|imt|oas|ffct)-[A-Za-z0-9_-]{16,}(?:\.[A-Za-z0-9_-]+)*",
        accept: is_random,
    },
    Shape { pattern: r"xox[a-z]-[A-Za-z0-9-]{10,}|xapp-[0-9]-[A-Za-z0-9-]{10,}", accept: anything },
    Shape { pattern: ACCESS_KEY_ID, accept: anything },
    Shape { pattern: r"npm_[A-Za-z0-9]{30,}", accept: anything },
    Shape { pattern: r"pypi-(?:AgE[A-Za-z0-9_-]{16,}|[A-Za-z0-9_-]{60,})", accept: is_random },
    Shape {
        pattern: r"eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*)*",
        accept: anything,
    },
    Shape { pattern: r"AIza[A-Za-z0-9_-]{30,}|ya29\.[A-Za-z0-9_-]{20,}", accept: anything },
    Shape {
        pattern: r"(?:sk|rk)_(?:live|test)_[A-Za-z0-9]{16,}|hv[sbr]\.[A-Za-z0-9_-]{20,}",
        accept: anything,
    },
    Shape {
        pattern: r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----[\s\S]*?(?:-----END [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----|\z)",
        accept: anything,
    },
    // Settings: `password=…`, `--token …`, `"secret": "…"`.
    Shape { pattern: concat!(secret_names!(), r#"\\?["']?="#, value!()), accept: is_setting },
    Shape {
        pattern: concat!(r#"(?:^|[\s"'])--?(?i-u:[a-z-]*)"#, secret_names!(), r"[ \t]+", value!()),
        accept: is_argument,
    },
    Shape {
        pattern: concat!(secret_names!(), r#"\\?["']\s*:\s*\\?["']([^"'\\]+)"#),
        accept: is_setting,
    },
    // Names that are secret only as parameters of a URL or of a connection string.
    Shape {
        pattern: r#"[?&;](?i-u:sig|signature|key|code|auth|jwt|pwd|pass|sv_?token|x-amz-security-token)=([^\s&"'`<>;#]+)"#,
        accept: is_setting,
    },
    Shape { pattern: r#"(?i-u:\b_auth|[_-]pwd|[_-]pass)=([^\s&"'`<>;]+)"#, accept: is_setting },
];

/// The public half of an AWS credential. It is hidden too: it names an account.
const ACCESS_KEY_ID: &str = r"(?-u:\b)(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}(?-u:\b)";

static ANY: LazyLock<RegexSet> = LazyLock::new(|| {
    RegexSet::new(SHAPES.iter().map(|shape| shape.pattern)).expect("the patterns above are valid")
});

static EACH: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    SHAPES
        .iter()
        .map(|shape| Regex::new(shape.pattern).expect("the patterns above are valid"))
        .collect()
});

/// The secret half of an AWS credential has no prefix: it is looked for only beside an access key id.
static AWS_SECRET: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"[A-Za-z0-9/+]{40,}").expect("the pattern is valid"));

/// Adds where the shapes are found. Spans may overlap.
pub(super) fn find(text: &str, spans: &mut Vec<Range<usize>>) {
    for index in ANY.matches(text).iter() {
        let (Some(shape), Some(regex)) = (SHAPES.get(index), EACH.get(index)) else { continue };
        for found in regex.captures_iter(text) {
            let hidden = found.iter().skip(1).flatten().next().or_else(|| found.get(0));
            spans.extend(hidden.filter(|h| (shape.accept)(h.as_str())).map(|h| h.range()));
        }
        if shape.pattern == ACCESS_KEY_ID {
            let secrets =
                AWS_SECRET.find_iter(text).filter(|s| s.len() == 40 && is_mixed(s.as_str()));
            spans.extend(secrets.map(|s| s.range()));
        }
    }
}

/// The pattern says it all.
fn anything(_: &str) -> bool {
    true
}

/// Whether what stands before `@` in a URL is a credential. `git` is what everyone writes in ssh URLs.
fn is_userinfo(text: &str) -> bool {
    text != "git" && text.chars().any(char::is_alphanumeric)
}

/// Whether a word behind `Bearer` or a prefix is a token and not prose: it has digits, both cases, or is
/// longer than words are.
fn is_random(text: &str) -> bool {
    let inner_upper = text.chars().skip(1).any(|c| c.is_ascii_uppercase());
    let lower = text.chars().any(|c| c.is_ascii_lowercase());
    text.chars().any(|c| c.is_ascii_digit() || matches!(c, '+' | '='))
        || (inner_upper && lower)
        || text.len() >= 24
}

/// Upper case, lower case and digits: what 40 random characters have, and hashes in hexadecimal have not.
fn is_mixed(text: &str) -> bool {
    text.bytes().any(|b| b.is_ascii_uppercase())
        && text.bytes().any(|b| b.is_ascii_lowercase())
        && text.bytes().any(|b| b.is_ascii_digit())
}

/// Whether the value of a secret setting is the secret itself, and not a switch, a number or a reference to a
/// variable.
fn is_setting(value: &str) -> bool {
    let reference = value.starts_with('$')
        || (value.len() > 2 && value.starts_with('%') && value.ends_with('%'));
    let operator = value.starts_with(['=', ':']);
    let stars = value.bytes().all(|b| b == b'*');
    let number = value.bytes().all(|b| b.is_ascii_digit());
    !(reference || operator || stars || number || is_common(value))
}

/// The same behind a space, where prose and the next flag stand too.
fn is_argument(value: &str) -> bool {
    !value.starts_with('-') && value.len() >= 6 && is_random(value) && is_setting(value)
}
