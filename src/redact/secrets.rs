//! Secrets that this machine holds, and the forms they take in text.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use regex::Regex;

use crate::shell;

/// Shorter values are not hidden: they would be found inside ordinary words.
const SHORTEST: usize = 6;
/// Shorter numbers are not hidden: they would be found among sizes, times and line numbers.
const SHORTEST_NUMBER: usize = 16;
/// Shorter lines of a value of several lines are not hidden.
const SHORTEST_LINE: usize = 16;

/// Words that make a name secret, wherever they stand in it.
const SECRET_WORDS: &[&str] = &[
    "TOKEN",
    "TOKENS",
    "SECRET",
    "SECRETS",
    "PASSWORD",
    "PASSWORDS",
    "PASSWD",
    "PASSPHRASE",
    "PASS",
    "PAT",
    "CREDENTIAL",
    "CREDENTIALS",
    "CREDS",
    "AUTH",
    "AUTHORIZATION",
    "AUTHTOKEN",
    "APIKEY",
    "APITOKEN",
    "ACCESSKEY",
    "PRIVATEKEY",
    "ACCESSTOKEN",
    "JWT",
    "BEARER",
    "COOKIE",
    "COOKIES",
];

/// What makes a following `KEY` secret.
const BEFORE_KEY: &[&str] = &[
    "API",
    "ACCESS",
    "PRIVATE",
    "SIGNING",
    "SIGN",
    "ENCRYPTION",
    "ACCOUNT",
    "SSH",
    "DEPLOY",
    "MASTER",
    "LICENSE",
    "SHARED",
    "STORAGE",
    "SUBSCRIPTION",
    "SERVICE",
    "GPG",
    "RSA",
    "HMAC",
    "SESSION",
];

/// Names that end so say where a secret is or how it is used, and hold none.
const HARMLESS_ENDS: &[&str] = &[
    "FILE", "FILES", "PATH", "DIR", "SOCK", "SOCKET", "URL", "URI", "TTL", "TYPE", "NAME",
    "TIMEOUT", "ENABLED", "EXPIRES", "EXPIRY", "METHOD", "MODE", "PROVIDER", "VERSION", "HOME",
];

/// Values that stand in reports for other reasons. Compared in lower case.
const COMMON: &[&str] = &[
    "true",
    "false",
    "yes",
    "no",
    "on",
    "off",
    "auto",
    "always",
    "never",
    "none",
    "null",
    "nil",
    "default",
    "enabled",
    "disabled",
    "required",
    "optional",
    "public",
    "private",
    "master",
    "latest",
    "direct",
    "netrc",
    "basic",
    "bearer",
    "oauth",
    "oauth2",
    "x-access-token",
    "x-oauth-basic",
    "github",
    "gitlab",
    "azure",
    "windows",
    "linux",
    "darwin",
    "amd64",
    "arm64",
    "x86_64",
    "aarch64",
    "windows/arm64",
    "windows/amd64",
    "linux/amd64",
    "linux/arm64",
    "localhost",
    "example",
    "password",
    "secret",
    "token",
    "redacted",
    "golang",
    "google",
    "docker",
    "runner",
    "system",
    "package",
    "packages",
    "module",
    "modules",
    "vendor",
    "import",
    "imports",
    "command",
    "gowoa",
    "github.com",
    "golang.org",
    "internal",
    "string",
    "return",
    "struct",
    "undefined",
    "production",
    "development",
    "testing",
    "staging",
    "release",
    "readonly",
    "manual",
    "anonymous",
    "nobody",
    "keyring",
    "ssh-agent",
];

/// First folders of paths. Base64 may begin with `/` too, so a slash alone does not make a path.
const ROOTS: &[&str] = &[
    "/home/",
    "/usr/",
    "/etc/",
    "/var/",
    "/tmp/",
    "/root/",
    "/opt/",
    "/run/",
    "/Users/",
    "/mnt/",
    "/private/",
    "/workspace/",
    "/builds/",
    "/github/",
    "/__w/",
    "/srv/",
    "/dev/",
    "/proc/",
    "/bin/",
    "/Library/",
    "~/",
];

/// Credentials in the URLs of a value.
static USERINFO: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r#"://([^\s/?#"'<>]+)@"#).expect("the pattern is valid"));

/// Collects the secrets of one variable.
pub(super) fn of_variable(name: &str, value: &str, found: &mut BTreeSet<String>) {
    if is_secret_name(name) {
        add(value, found);
        // A report shows lines, and a private key has many.
        for line in value.lines().map(str::trim).filter(|line| line.len() >= SHORTEST_LINE) {
            if line.len() < value.len() && !line.starts_with("-----") {
                add(line, found);
            }
        }
    }
    for userinfo in USERINFO.captures_iter(value).filter_map(|c| c.get(1)) {
        match userinfo.as_str().split_once(':') {
            // `https://TOKEN:x-oauth-basic@host`: the secret stands in the user's place.
            Some((user, password)) if password.is_empty() || is_common(password) => {
                add_both(user, found)
            }
            Some((_, password)) => add_both(password, found),
            None => add_both(userinfo.as_str(), found),
        }
    }
}

/// Collects the passwords of a `.netrc`.
pub(super) fn of_netrc(text: &str, found: &mut BTreeSet<String>) {
    // A macro ends at an empty line; its words are not entries.
    let mut in_macro = false;
    let entries = text.lines().filter_map(|line| {
        if in_macro {
            in_macro = !line.trim().is_empty();
            return None;
        }
        let entry = line.split_once("macdef").map(|(before, _)| before);
        in_macro = entry.is_some();
        Some(entry.unwrap_or(line))
    });
    let mut words = entries.flat_map(str::split_whitespace);
    let mut login = None;
    while let Some(word) = words.next() {
        match word {
            "machine" | "default" => login = None,
            "login" => login = words.next(),
            "password" | "account" => {
                let Some(secret) = words.next() else { continue };
                let secret = secret.trim_matches('"');
                match login {
                    // `login TOKEN password x-oauth-basic`.
                    Some(user) if is_common(secret) => add_both(user, found),
                    _ => add_both(secret, found),
                }
            }
            _ => {}
        }
    }
}

/// Whether a variable of this name holds a secret. Words are what `_` and other marks separate.
pub(super) fn is_secret_name(name: &str) -> bool {
    let name = name.to_ascii_uppercase();
    let words: Vec<&str> =
        name.split(|c: char| !c.is_ascii_alphanumeric()).filter(|w| !w.is_empty()).collect();
    if words.last().is_none_or(|last| HARMLESS_ENDS.contains(last)) {
        return false;
    }
    // PWD alone is the working directory, and OLDPWD the one before.
    let password = words.len() > 1 && words.last() == Some(&"PWD");
    let key = words
        .windows(2)
        .any(|pair| BEFORE_KEY.contains(&pair[0]) && matches!(pair[1], "KEY" | "KEYS"));
    password || key || words.iter().any(|word| SECRET_WORDS.contains(word))
}

/// Whether a value is too ordinary to be hidden wherever it stands.
pub(super) fn is_common(value: &str) -> bool {
    COMMON.iter().any(|word| word.eq_ignore_ascii_case(value))
}

/// Adds a value worth hiding.
fn add(value: &str, found: &mut BTreeSet<String>) {
    let value = value.trim();
    let digits = value.bytes().all(|b| b.is_ascii_digit());
    let short = value.chars().count() < if digits { SHORTEST_NUMBER } else { SHORTEST };
    if !(short || is_common(value) || is_path(value)) {
        found.insert(value.to_owned());
    }
}

/// Adds a part of a URL as it is written and as it is meant.
fn add_both(value: &str, found: &mut BTreeSet<String>) {
    add(value, found);
    if let Some(decoded) = percent_decode(value) {
        add(&decoded, found);
    }
}

/// Whether a value is an absolute path.
fn is_path(value: &str) -> bool {
    let drive = matches!(value.as_bytes(), [letter, b':', b'\\' | b'/', ..] if letter.is_ascii_alphabetic());
    !value.contains('\n') && (drive || ROOTS.iter().any(|root| value.starts_with(root)))
}

/// The forms that a secret takes in text: as it is, quoted, URL-encoded, and in Base64.
pub(super) fn forms(secret: &str) -> Vec<String> {
    let mut forms = vec![
        secret.to_owned(),
        // Go's %q and JSON; then a POSIX shell.
        secret.replace('\\', r"\\").replace('"', r#"\""#).replace('\n', r"\n"),
        shell::inside_quotes(secret),
    ];
    // What different writers of URLs leave as it is beside letters, digits and `-_.~`: nothing (a query), user
    // names and passwords and paths in Go, browsers.
    for kept in ["", "$&+,;=", "$&+=:@", "!'()*"] {
        let upper = percent_encode(secret, kept, false);
        forms.push(upper.replace("%20", "+"));
        forms.push(upper);
        forms.push(percent_encode(secret, kept, true));
    }
    for alignment in 0..3 {
        let standard = base64_core(secret.as_bytes(), alignment);
        forms.push(standard.replace('+', "-").replace('/', "_"));
        forms.push(standard);
    }
    forms
}

/// Percent-encodes all but letters, digits, `-_.~` and the characters in `kept`.
fn percent_encode(text: &str, kept: &str, lower: bool) -> String {
    let mut out = String::with_capacity(text.len() * 3);
    for byte in text.bytes() {
        let c = char::from(byte);
        if byte.is_ascii_alphanumeric()
            || "-_.~".contains(c)
            || (byte.is_ascii() && kept.contains(c))
        {
            out.push(c);
        } else if lower {
            out.push_str(&format!("%{byte:02x}"));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

/// Undoes percent-encoding; `None` where nothing is encoded or the result is not text.
fn percent_decode(text: &str) -> Option<String> {
    let mut bytes = text.bytes();
    let mut out = Vec::with_capacity(text.len());
    while let Some(byte) = bytes.next() {
        let decoded = match byte {
            b'%' => {
                let digit = |b: Option<u8>| b.and_then(|b| char::from(b).to_digit(16));
                let (high, low) = (digit(bytes.next())?, digit(bytes.next())?);
                u8::try_from(high * 16 + low).ok()?
            }
            plain => plain,
        };
        out.push(decoded);
    }
    String::from_utf8(out).ok().filter(|decoded| decoded != text)
}

/// The characters that Base64 of any text has for these bytes when `alignment` bytes (modulo 3) stand before them: those that do not
/// depend on what stands before or after.
fn base64_core(bytes: &[u8], alignment: usize) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let padded: Vec<u8> = std::iter::repeat_n(0, alignment).chain(bytes.iter().copied()).collect();
    let whole = padded.len() * 8 / 6;
    // Six bits a character: the first that holds no bit of what stands before.
    let first = (alignment * 8).div_ceil(6);
    (first..whole)
        .map(|index| {
            let bit = index * 6;
            let high = u16::from(padded.get(bit / 8).copied().unwrap_or(0)) << 8;
            let pair = high | u16::from(padded.get(bit / 8 + 1).copied().unwrap_or(0));
            char::from(ALPHABET[usize::from(pair >> (10 - bit % 8)) & 63])
        })
        .collect()
}
